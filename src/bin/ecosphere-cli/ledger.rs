//! `ledger add`, `ledger list`, `ledger remove`.

use crate::{
    ANSWERED, UNUSABLE,
    args::{Cli, LedgerCommand},
    device::Device,
    print::{self, say},
};
use anyhow::{Context as _, bail};
use ecosphere::engine::wire::{Answer, LedgerOffer, LedgerRow, Request, Status};
use serde_json::{Value, json};
use std::path::Path;

/// Does what is asked with the ledgers of a store.
pub fn run(cli: &Cli, command: &LedgerCommand) -> anyhow::Result<u8> {
    let device = Device::open(cli)?;
    match command {
        LedgerCommand::List => {
            show(cli, &device.status()?)?;
            Ok(ANSWERED)
        }
        LedgerCommand::Add { url, policy, fingerprint } => add(&device, cli, url, policy.as_deref(), fingerprint.as_deref()),
        LedgerCommand::Remove { origin } => {
            kept(cli)?;
            show(cli, &status(device.ask(Request::RemoveLedger(origin.clone()))?)?)?;
            Ok(ANSWERED)
        }
    }
}

/// Adds a ledger, once its fingerprint is confirmed; until then it only says what there is to confirm.
fn add(device: &Device, cli: &Cli, url: &str, policy: Option<&Path>, fingerprint: Option<&str>) -> anyhow::Result<u8> {
    kept(cli)?;
    let policy = policy.map(|f| std::fs::read_to_string(f).with_context(|| format!("the policy {} cannot be read", f.display()))).transpose()?;
    let Answer::Offer(offer) = device.ask(Request::LookAtLedger { url: url.to_owned(), policy })? else {
        bail!("the engine did not answer with an offer")
    };
    let (error, message) = match fingerprint {
        None => {
            ("not-confirmed", "Nothing was added. Compare the fingerprint with one you were given on another way, then say it with --fingerprint.")
        }
        Some(given) if !same(given, &offer.fingerprint) => (
            "other-fingerprint",
            "Nothing was added: the ledger's policy has another fingerprint. Whoever gave you the one, or the address, is mistaken or lies.",
        ),
        Some(_) => {
            let LedgerOffer { url, policy, fingerprint, .. } = offer;
            show(cli, &status(device.ask(Request::AddLedger { url, policy, fingerprint })?)?)?;
            return Ok(ANSWERED);
        }
    };
    if cli.json {
        print::json(&json!({ "error": error, "message": message, "offer": offer }))?;
    } else {
        say!("ledger       {}", offer.origin);
        say!("fingerprint  {}", groups(&offer.fingerprint));
        say!("witnesses    {}", offer.witnesses);
    }
    eprintln!("{message}");
    Ok(UNUSABLE)
}

/// That there is a store to keep a change in.
fn kept(cli: &Cli) -> anyhow::Result<()> {
    if cli.data.is_none() {
        bail!("without --data DIR there is no store that could hold several ledgers");
    }
    Ok(())
}

fn status(answer: Answer) -> anyhow::Result<Status> {
    match answer {
        Answer::Status(status) => Ok(status),
        other => bail!("the engine answered {other:?} when asked for its status"),
    }
}

fn show(cli: &Cli, status: &Status) -> anyhow::Result<()> {
    if cli.json {
        return print::json(&json!({ "ledgers": rows(&status.ledgers) }));
    }
    if status.ledgers.is_empty() {
        say!("No ledger yet; use `sync` or `ledger add`.");
    }
    for row in &status.ledgers {
        say!("{}", row.origin);
        say!("  address      {}", row.url);
        say!("  fingerprint  {}", groups(&row.fingerprint));
        say!("  last synced  {}", row.synced.map_or_else(|| "not yet".to_owned(), |time| time.to_rfc3339()));
        if let Some(trouble) = &row.trouble {
            say!("  trouble      {trouble}");
        }
    }
    Ok(())
}

/// Ledgers as `--json` lists them.
pub fn rows(rows: &[LedgerRow]) -> Vec<Value> {
    let row = |r: &LedgerRow| {
        json!({
            "origin": r.origin,
            "url": r.url,
            "fingerprint": r.fingerprint,
            "synced": r.synced.map(|time| time.to_rfc3339()),
            "snapshot": r.snapshot,
            "trouble": r.trouble.as_ref().map(ToString::to_string),
        })
    };
    rows.iter().map(row).collect()
}

/// A fingerprint in groups that can be read out.
fn groups(fingerprint: &str) -> String {
    let letters: Vec<char> = fingerprint.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Whether two spellings of a fingerprint, in groups or not, are the same.
fn same(given: &str, fingerprint: &str) -> bool {
    let plain: String = given.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    plain == fingerprint
}
