//! Whose key signs what a command writes, and how it is written.

use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::SignerArgs,
        issuing::{Issuer, Made},
        sample,
        sequencer::{Sequencer, now},
    },
    provenance::Record,
    statement::{Digest, SigningKey},
};
use serde_json::Value;

/// How long a statement made here may still be taken.
pub(super) const LIFETIME: i64 = Millis::DAY;

/// The key that was asked for.
pub(super) fn key(args: &SignerArgs, config_sample: bool) -> Result<SigningKey, NodeError> {
    let usage = |why: &str| Err(NodeError::Usage(why.to_owned()));
    match (&args.key, &args.sample_key) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path).map_err(NodeError::file(path))?;
            let mut seed = [0; 32];
            match hex::decode_to_slice(text.trim(), &mut seed) {
                Ok(()) => Ok(SigningKey::from_seed(&seed)),
                Err(_) => usage("the key file must hold 64 hex digits"),
            }
        }
        (None, Some(name)) if config_sample => Ok(sample::key(name)),
        (None, Some(_)) => usage("sample keys are public; they sign only on a copy of the sample ledger"),
        (None, None) => usage("name the signer's key with --key <file> (or --sample-key <name> on a copy of the sample)"),
    }
}

/// A passport that was issued.
pub(super) struct Issued {
    pub number: u32,
    pub digest: Digest,
    pub leaf: u64,
}

/// Signs a record as a credential and puts it on the ledger. The batch is left open.
/// `finish` sees the credential before it is signed.
pub(super) fn issue(
    ledger: &mut Sequencer,
    record: &Record,
    signer: &SigningKey,
    valid_until: Option<Millis>,
    finish: &dyn Fn(&mut Value),
) -> Result<Issued, NodeError> {
    let name = name_of(ledger, signer)?;
    let origin = ledger.config().origin.clone();
    let issuer = Issuer { origin: &origin, key: signer, name: &name, time: now(), valid_until };
    let Made { entry, body, digest } = issuer.make(record, nonce()?, finish)?;
    let receipt = ledger.take(entry, vec![body])?;
    let number = ledger.ledger().state().passport_by_digest(&digest).map(|p| p.number);
    let number = number.ok_or_else(|| NodeError::Data("an issued passport has no number".to_owned()))?;
    Ok(Issued { number, digest, leaf: receipt.leaf })
}

/// What the ledger calls the signer.
pub(super) fn name_of(ledger: &Sequencer, signer: &SigningKey) -> Result<String, NodeError> {
    let name = ledger.ledger().state().actor(&signer.did()).map(|a| a.name.to_owned());
    Ok(name.ok_or(crate::state::Rejection::UnknownActor(signer.did()))?)
}

/// 16 random bytes.
pub(super) fn nonce() -> Result<[u8; 16], NodeError> {
    let mut nonce = [0; 16];
    getrandom04::fill(&mut nonce).map_err(|e| NodeError::Usage(format!("this system gives no random numbers: {e}")))?;
    Ok(nonce)
}
