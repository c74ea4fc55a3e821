//! `verify`: a credential file.

use crate::{
    UNUSABLE,
    device::Device,
    print::{self, say},
};
use anyhow::Context as _;
use ecosphere::engine::{CredentialCheck, MAX_CREDENTIAL, clock, did_web_issuer};
use serde::Serialize;
use std::io::Read as _;

#[derive(Debug, Serialize)]
struct Said<'a> {
    input: &'a str,
    #[serde(flatten)]
    check: &'a CredentialCheck,
}

/// Verifies one credential.
pub fn run(device: &Device, json: bool, input: &str, resolve: bool) -> anyhow::Result<u8> {
    let text = read(input)?;
    let known = did_web_issuer(&text).filter(|_| resolve).map(|did| device.resolve(&did)).transpose()?.unwrap_or_default();
    let check = match device.engine.check_credential_of(&text, &known, clock()) {
        Ok(check) => check,
        Err(e) => {
            if json {
                print::json(&serde_json::json!({ "input": input, "outcome": null, "error": e.id(), "message": e.to_string() }))?;
            }
            eprintln!("{input}: {e}");
            return Ok(UNUSABLE);
        }
    };
    if json {
        print::json(&Said { input, check: &check })?;
    } else {
        show(input, &check);
    }
    Ok(check.outcome.exit_code())
}

/// One byte more than is looked at, so that a file that is too large is known for one.
fn read(input: &str) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    let limit = MAX_CREDENTIAL as u64 + 1;
    if input == "-" {
        std::io::stdin().take(limit).read_to_end(&mut text).context("standard input cannot be read")?;
    } else {
        let file = std::fs::File::open(input).with_context(|| format!("{input} cannot be read"))?;
        file.take(limit).read_to_end(&mut text).with_context(|| format!("{input} cannot be read"))?;
    }
    Ok(text)
}

fn show(input: &str, check: &CredentialCheck) {
    say!("{input}\n  {}. {}", check.outcome.title(), check.message);
    if let Some(issuer) = &check.issuer {
        let name = check.issuer_name.as_deref().unwrap_or("not on this ledger");
        say!("  issuer: {name}, {issuer}, {}", if check.in_standing { "in standing" } else { "not in standing" });
    }
    for signer in &check.signers {
        say!("  signed by: {signer}");
    }
    match check.number {
        Some(number) => say!("  on the ledger: yes, passport number {number}"),
        None => say!("  on the ledger: not in this snapshot"),
    }
    if check.private > 0 {
        say!("  private attributes: {}, of which {} shown", check.private, check.disclosed.len());
    }
    for shown in &check.disclosed {
        say!("    {}: {}", shown.name, shown.value);
    }
    say!("  {}", check.next_step);
}
