//! What issuers and owners state of a passport after it was issued: its status, whose it is, its end. And `ecosphere-node confirm`, by which the
//! other side of a hand-over signs.

use super::{
    actor::{Sent, did},
    signer,
};
use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::{Outcome, SignerArgs},
        folder::replace,
        passports::Passports,
        sequencer::now,
    },
    organisation::confirm,
    statement::{self, Body, DidKey, Digest, Draft, End, Ending, PassportStatus, StatusChange, Transfer},
};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;

/// Example under the help of `passport transfer` and `confirm`.
pub const TRANSFER_EXAMPLE: &str = "Example:
  ecosphere-node passport transfer '(01)09526001000081(21)18' --to-owner did:key:z6Mk… --data DIR --key mine.key --out offer.json
  ecosphere-node confirm offer.json                                                 # says what is asked
  ecosphere-node confirm offer.json --key theirs.key --to https://example.org       # signs it and sends it

Nothing changes hands until both have signed and the ledger has taken it.";

/// Options of `passport status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// The digits under the barcode, the subject, or the digest of the passport (64 hex digits).
    #[arg(value_name = "GTIN|SUBJECT|DIGEST")]
    pub passport: String,
    /// What it becomes: valid (reinstated), suspended, revoked (for good) or superseded.
    #[arg(value_parser = status)]
    pub status: PassportStatus,
    /// Why, in a sentence for people.
    #[arg(long)]
    pub reason: String,
    /// Digest of the passport that replaces it; only with superseded.
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    pub successor: Option<Digest>,
    /// Its issuer, and where the statement goes.
    #[command(flatten)]
    pub sent: Sent,
}

/// Options of `passport end`.
#[derive(Debug, clap::Args)]
pub struct EndArgs {
    /// The digits under the barcode, the subject, or the digest of the passport (64 hex digits).
    #[arg(value_name = "GTIN|SUBJECT|DIGEST")]
    pub passport: String,
    /// What became of the product: recycled or destroyed.
    #[arg(long, value_parser = end_of)]
    pub how: End,
    /// Its owner, and where the statement goes.
    #[command(flatten)]
    pub sent: Sent,
}

/// Options of `passport transfer`.
#[derive(Debug, clap::Args)]
pub struct TransferArgs {
    /// The digits under the barcode, the subject, or the digest of the passport (64 hex digits).
    #[arg(value_name = "GTIN|SUBJECT|DIGEST")]
    pub passport: String,
    /// did:key of the new owner, who confirms.
    #[arg(long, value_name = "DID", value_parser = did)]
    pub to_owner: DidKey,
    /// The ledger: a node's data folder, a folder of published files, or an address.
    #[arg(long, value_name = "DIR|URL")]
    pub data: String,
    /// The owner.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Days in which it can be confirmed.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=29))]
    pub days: i64,
    /// File for the offer.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Options of `confirm`.
#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// What the other side proposes, signed by them.
    pub offer: PathBuf,
    /// Who confirms.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Folder of a ledger to write to; no node may be using it.
    #[arg(long, value_name = "DIR", conflicts_with = "to")]
    pub data: Option<PathBuf>,
    /// Address of a node to send it to, e.g. https://example.org. Without it and without --data, nothing is signed: it says what is asked.
    #[arg(long, value_name = "URL")]
    pub to: Option<String>,
}

fn status(text: &str) -> Result<PassportStatus, String> {
    use PassportStatus::{Revoked, Superseded, Suspended, Valid};
    let found = [Valid, Suspended, Revoked, Superseded].into_iter().find(|s| s.id() == text);
    found.ok_or_else(|| "a status is valid, suspended, revoked or superseded".to_owned())
}

fn end_of(text: &str) -> Result<End, String> {
    End::ALL.into_iter().find(|end| end.id() == text).ok_or_else(|| "a product is recycled or destroyed".to_owned())
}

fn digest(text: &str) -> Result<Digest, String> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).map(|()| digest).map_err(|_| "a digest has 64 hex digits".to_owned())
}

/// The digest of the passport that a person names.
fn named(passport: &str, place: &str) -> Result<Digest, NodeError> {
    if let Ok(digest) = digest(passport) {
        return Ok(digest);
    }
    let passports = Passports::at(place)?;
    let (number, _) = passports.find(passport)?;
    Ok(Sha256::digest(passports.body(number)?).into())
}

/// Changes a passport's status.
///
/// # Errors
/// It is refused, or the folder, file or node cannot be used.
pub fn change(args: &StatusArgs) -> Result<Outcome, NodeError> {
    let digest = named(&args.passport, &args.sent.place())?;
    let successor = args.successor.map(hex::encode);
    args.sent.state(Body::ChangeStatus(StatusChange { digest, status: args.status, successor, reason: args.reason.clone() }), None)
}

/// Ends a product's life.
///
/// # Errors
/// It is refused, or the folder, file or node cannot be used.
pub fn end(args: &EndArgs) -> Result<Outcome, NodeError> {
    let digest = named(&args.passport, &args.sent.place())?;
    args.sent.state(Body::EndOfLife(Ending { digest, how: args.how }), None)
}

/// Writes an offer to hand a passport over.
///
/// # Errors
/// There is no such passport, or the file cannot be written.
pub fn transfer(args: &TransferArgs) -> Result<Outcome, NodeError> {
    let passports = Passports::at(&args.data)?;
    let head = &passports.index.head;
    let key = signer::key(&args.signer, head.sample)?;
    let digest = named(&args.passport, &args.data)?;
    let time = now();
    let draft = Draft {
        ledger: head.origin.clone(),
        nonce: signer::nonce()?,
        expires: Millis(time.0.saturating_add(args.days.saturating_mul(Millis::DAY))),
        body: Body::TransferOwnership(Transfer { digest, to: args.to_owner }),
    };
    replace(&args.out, &statement::propose(&draft, time, &key)?)?;
    let text = format!("Offered until {}, for {} to confirm: {}", draft.expires.to_rfc3339(), args.to_owner, args.out.display());
    let json = serde_json::json!({ "offer": args.out.display().to_string(), "digest": hex::encode(digest), "to": args.to_owner, "expires": draft.expires.to_rfc3339() });
    Ok(Outcome { text, json, yes: true })
}

/// Says what an offer asks for; with a ledger to give it to, signs it.
///
/// # Errors
/// The offer does not hold, is for somebody else, or is refused.
pub fn confirm(args: &ConfirmArgs) -> Result<Outcome, NodeError> {
    let offer = std::fs::read(&args.offer).map_err(NodeError::file(&args.offer))?;
    let (offer, bodies) = confirm::parts(&offer)?;
    let (actor, draft) = statement::read_proposal(&offer)?;
    let asked = confirm::sentence(&actor, &draft).ok_or(NodeError::Unfit("nothing in this file is for somebody else to confirm"))?;
    if args.data.is_none() && args.to.is_none() {
        let text = format!(
            "On {}, until {}:\n{asked}.\nTo confirm, say with which key and where: --key <file> --to <address>",
            draft.ledger,
            draft.expires.to_rfc3339()
        );
        let body = draft.body.to_members()?;
        let json =
            serde_json::json!({ "asked": asked, "actor": actor, "ledger": draft.ledger, "expires": draft.expires.to_rfc3339(), "statement": body });
        return Ok(Outcome { text, json, yes: true });
    }
    let sent = Sent::new(&args.signer, args.data.as_deref(), args.to.as_deref());
    let mut outcome = sent.give(&bodies, |origin, key| {
        if origin != draft.ledger {
            return Err(NodeError::Usage(format!("the offer is for the ledger {}, and this one is {origin}", draft.ledger)));
        }
        Ok(statement::confirm(&offer, now(), key)?)
    })?;
    outcome.text = format!("{asked}.\n{}", outcome.text);
    if let Some(members) = outcome.json.as_object_mut() {
        members.insert("asked".to_owned(), asked.into());
    }
    Ok(outcome)
}
