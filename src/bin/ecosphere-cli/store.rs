//! `sync` and `store info`.

use crate::{
    ANSWERED,
    args::Cli,
    device::Device,
    ledger,
    print::{self, say},
};
use anyhow::Context as _;
use ecosphere::engine::wire::{Answer, Event, Request, Snapshot, Status};
use serde_json::json;
use std::{cell::OnceCell, path::Path};

/// Brings one snapshot up to date, or all.
pub fn sync(device: &Device, cli: &Cli, url: Option<&str>, key: Option<String>, policy: Option<&Path>) -> anyhow::Result<u8> {
    let policy = policy.map(|f| std::fs::read_to_string(f).with_context(|| format!("the policy {} cannot be read", f.display()))).transpose()?;
    let key = key.or(policy);
    let bar = OnceCell::new();
    let progress = |Event::SyncProgress { done, total }: Event| {
        if !cli.json {
            bar.get_or_init(|| indicatif::ProgressBar::new(total)).set_position(done);
        }
    };
    let held = device.status()?.ledgers;
    let request = match url {
        None => Request::SyncAll { home: None },
        Some(name) if key.is_none() && held.iter().any(|l| l.origin == name) => Request::SyncLedger(name.to_owned()),
        Some(url) => Request::Sync { url: url.to_owned(), key },
    };
    let answer = device.ask_with(request, &[], &progress);
    if let Some(bar) = bar.get() {
        bar.finish_and_clear();
    }
    let Answer::Status(status) = answer? else { anyhow::bail!("the engine did not answer with its status") };
    if cli.json {
        print::json(&json!({ "url": url, "kept": cli.data.is_some(), "snapshot": status.snapshot, "ledgers": ledger::rows(&status.ledgers) }))?;
    } else {
        show(&status);
        if cli.data.is_none() {
            say!("The ledger verifies. Nothing was kept: pass --data DIR to keep it.");
        }
    }
    Ok(ANSWERED)
}

/// Says what the store holds.
pub fn info(device: &Device, cli: &Cli) -> anyhow::Result<u8> {
    let status = device.status()?;
    let (ledger, mine) = device.engine.store_sizes()?;
    if cli.json {
        print::json(&json!({
            "data": cli.data,
            "durable": status.durable,
            "snapshot": status.snapshot,
            "ledgers": ledger::rows(&status.ledgers),
            "market": status.market,
            "has_profile": status.has_profile,
            "history": status.history,
            "ledger_bytes": ledger,
            "mine_bytes": mine,
            "notices": status.notices,
            "evidence": status.evidence,
        }))?;
    } else {
        match &cli.data {
            Some(folder) => say!("store      {}", folder.display()),
            None => say!("store      in memory (pass --data DIR to keep one)"),
        }
        show(&status);
        if status.evidence > 0 {
            say!("evidence   {} against a ledger that contradicted itself; see `store evidence`", status.evidence);
        }
        say!("profile    {}", if status.has_profile { "set" } else { "not set" });
        say!("history    {} codes", status.history);
        say!("size       {} kB ledger, {} kB personal", ledger / 1024, mine / 1024);
    }
    Ok(ANSWERED)
}

/// Prints or writes the evidence against ledgers.
pub fn evidence(device: &Device, cli: &Cli, out: Option<&Path>) -> anyhow::Result<u8> {
    let Answer::Text(text) = device.ask(Request::Evidence)? else { anyhow::bail!("the engine did not answer with its evidence") };
    match out {
        Some(file) => {
            std::fs::write(file, &text).with_context(|| format!("{} cannot be written", file.display()))?;
            if cli.json {
                print::json(&json!({ "out": file, "evidence": device.status()?.evidence }))?;
            } else {
                say!("{} pieces of evidence written to {}", device.status()?.evidence, file.display());
            }
        }
        // With --json on one line, as everything else.
        None if cli.json => print::json(&serde_json::from_str::<serde_json::Value>(&text)?)?,
        None => say!("{text}"),
    }
    Ok(ANSWERED)
}

fn show(status: &Status) {
    if status.snapshot.is_none() {
        say!("snapshot   none yet; use `sync`");
    }
    for ledger in &status.ledgers {
        if let Some(trouble) = &ledger.trouble {
            say!("trouble    {}: {trouble}", ledger.origin);
        }
        if let Some(snapshot) = &ledger.snapshot {
            show_snapshot(snapshot, &status.market);
        }
    }
}

fn show_snapshot(s: &Snapshot, wanted: &str) {
    say!("policy     {}", s.policy);
    say!("ledger     {}{}", s.origin, if s.sample { " (a sample: its keys are public, it proves nothing)" } else { "" });
    say!(
        "snapshot   batch {} of {}, {} log entries{}",
        s.batch,
        s.time.to_rfc3339(),
        s.log_size,
        if s.stale { format!(", {} days old: bring it up to date", s.days) } else { String::new() }
    );
    if s.market != wanted || !s.markets.is_empty() {
        let others = if s.markets.is_empty() { "only that".to_owned() } else { format!("world {}", s.markets.join(" ")) };
        say!("market     {} (wanted: {wanted}; the ledger has {others})", s.market);
    }
    say!("holds      {} products, {} organisations, {} projects, {} retailers", s.products, s.organisations, s.projects, s.retailers);
}
