//! `ecosphere-node issue`.

use super::signer;
use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::{IssueArgs, Outcome},
        folder::replace,
        sequencer::Sequencer,
    },
    passport::{DigitalLink, Seal, qr_out},
    provenance::Record,
    statement::{StatementError, json},
};

/// Modules of the PNG code are this many pixels wide.
const PNG_SCALE: u32 = 8;

/// Issues a passport from a credential file.
///
/// # Errors
/// The file cannot be read as a record, the statement is refused, or the disk.
pub fn issue(args: &IssueArgs) -> Result<Outcome, NodeError> {
    let text = std::fs::read(&args.record).map_err(NodeError::file(&args.record))?;
    let mut credential = json::parse(&text).map_err(StatementError::from)?;
    let valid_until = args.valid_until.as_deref().map(Millis::parse_rfc3339).transpose().map_err(|e| NodeError::Usage(e.to_string()))?;
    let mut ledger = Sequencer::open(&args.data, 0)?;
    let key = signer::key(&args.signer, ledger.config().sample)?;
    // A draft has no issuer yet; who signs is the issuer.
    if let Some(members) = credential.as_object_mut() {
        members.remove("proof");
        members.insert("issuer".to_owned(), serde_json::json!({ "id": key.did().to_string() }));
    }
    let record = Record::from_credential(&credential)?;
    let link = DigitalLink::parse_element_string(&record.id).ok();
    let issued = signer::issue(&mut ledger, &record, &key, valid_until)?;
    ledger.close()?;

    let seal = Seal::make(&ledger.config().origin, u64::from(issued.number), &record.id, issued.digest, &key);
    let mut json = serde_json::json!({ "number": issued.number, "leaf": issued.leaf, "digest": hex::encode(issued.digest), "subject": record.id });
    let mut text = format!("{} has passport number {} (leaf {}).", record.name, issued.number, issued.leaf);
    // Only what has a GS1 key can carry a link; other subjects are found by name.
    if let Some(link) = link {
        let link = link.with_seal(&seal).to_uri(&args.base);
        let failed = |e: &dyn std::fmt::Display| NodeError::Usage(format!("the passport is issued, but its code could not be drawn: {e}"));
        let (svg, png) = (args.out.join(format!("{}.svg", issued.number)), args.out.join(format!("{}.png", issued.number)));
        replace(&svg, qr_out::svg(&link).map_err(|e| failed(&e))?.as_bytes())?;
        replace(&png, &qr_out::png(&link, PNG_SCALE).map_err(|e| failed(&e))?)?;
        text.push_str(&format!("\n{link}\nIts code: {} and {}", svg.display(), png.display()));
        json["link"] = link.into();
        json["svg"] = svg.display().to_string().into();
        json["png"] = png.display().to_string().into();
    }
    Ok(Outcome { text, json, yes: true })
}
