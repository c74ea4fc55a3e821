//! `ecosphere-node call`: signs a list of calls to boycott or to support, for people to follow.

use super::signer;
use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::{Outcome, SignerArgs},
        folder::replace,
        sequencer::now,
    },
    statement::{self, StatementError, json},
    values::ValuesList,
};
use serde_json::json;
use std::path::PathBuf;

/// Example under the help of `call`.
pub const CALL_EXAMPLE: &str = "Example:
  ecosphere-node call fair-chocolate.json --key ngo.key --until 2027-06-30T00:00:00Z --out fair-chocolate.signed.json

The file: { \"name\": \"Fair chocolate\", \"boycott\": [{ \"id\": \"brand:x\", \"name\": \"X\", \"why\": \"…\" }], \"support\": [] }
An id is a subject's on the ledger; a call holds for all that belongs to it. Hand the signed file out as you like: nothing of it goes on the ledger.
Who follows it (ecosphere-cli list follow, or Your lists in the app) must find you in standing there. A later one of the same name takes its place.";

/// Options of `call`.
#[derive(Debug, clap::Args)]
pub struct CallArgs {
    /// The list, JSON.
    pub list: PathBuf,
    /// Its publisher.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Until when it holds, RFC 3339 [default: until there is a later one].
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub until: Option<Millis>,
    /// File for the signed list [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

fn until(text: &str) -> Result<Millis, String> {
    Millis::parse_rfc3339(text).map_err(|e| e.to_string())
}

/// Signs a list.
///
/// # Errors
/// It is none, too long or empty, or a file cannot be used.
pub fn call(args: &CallArgs) -> Result<Outcome, NodeError> {
    let text = std::fs::read(&args.list).map_err(NodeError::file(&args.list))?;
    let bad = |why: String| NodeError::Usage(format!("{}: {why}", args.list.display()));
    let list: ValuesList = serde_json::from_slice(&text).map_err(|e| bad(e.to_string()))?;
    list.check().map_err(|e| bad(e.to_string()))?;
    // A public sample key can do no harm here: only the sample vouches for it.
    let key = signer::key(&args.signer, true)?;
    let signed = statement::add_proof(&list.credential(&key.did().to_string(), now(), args.until), &key, now())?;
    let text = json::canonical(&signed).map_err(StatementError::from)?;
    let Some(out) = &args.out else { return Ok(Outcome { text: String::from_utf8_lossy(&text).into_owned(), json: signed, yes: true }) };
    replace(out, &text)?;
    let calls = list.calls().count();
    let json = json!({ "publisher": key.did(), "calls": calls, "out": out.display().to_string() });
    Ok(Outcome { text: format!("{calls} calls signed with {}: {}", key.did(), out.display()), json, yes: true })
}
