//! `ecosphere-node log prove` and `log check`: proofs that stand alone.

use super::verify::trust;
use crate::{
    log::{LogError, Policy, Proof},
    node::{
        NodeError,
        cli::{CheckArgs, Outcome, ProveArgs},
        published::Place,
    },
    statement,
};

/// Prints the proof that an entry is in a log.
///
/// # Errors
/// There is no such entry, or the log does not hold.
pub fn prove(args: &ProveArgs) -> Result<Outcome, NodeError> {
    let (place, policy) = (Place::open(&args.log)?, trust(&args.trust)?);
    // 64 digits are an id, even where they could be a number.
    let index = match args.entry.parse().ok().filter(|_| args.entry.len() < 64) {
        Some(index) => index,
        None => find(&place, &policy, &args.entry)?,
    };
    let proof = place.prove(index, &policy)?;
    let text = proof.to_string();
    let json = serde_json::json!({ "index": index, "proof": text });
    // The terminal ends the last line.
    Ok(Outcome { text: text.trim_end().to_owned(), json, yes: true })
}

/// The leaf of a statement: every entry is looked at, so that the server does not learn which one is meant.
fn find(place: &Place, policy: &Policy, id: &str) -> Result<u64, NodeError> {
    let mut wanted = [0; 32];
    hex::decode_to_slice(id, &mut wanted)
        .map_err(|_| NodeError::Usage(format!("\"{id}\" is neither an index, such as 42, nor a statement's id of 64 hex digits")))?;
    let size = place.checkpoint(policy)?.0.checkpoint.size;
    let mut found = None;
    let mut index = 0;
    while index < size {
        for entry in place.bundle(size, index)? {
            if statement::verify(&entry).is_ok_and(|s| s.id == wanted) {
                found = found.or(Some(index));
            }
            index += 1;
        }
    }
    found.ok_or_else(|| NodeError::Usage(format!("no statement of this log has the id {id}")))
}

/// Checks a proof.
///
/// # Errors
/// It does not hold, or a file cannot be read.
pub fn check(args: &CheckArgs) -> Result<Outcome, NodeError> {
    let policy = trust(&args.trust)?;
    let proof = Proof::parse(&std::fs::read_to_string(&args.proof).map_err(NodeError::file(&args.proof))?)?;
    let entry = match (&args.entry, &proof.extra) {
        (Some(file), _) => std::fs::read(file).map_err(NodeError::file(file))?,
        // It is what is proven, so nobody has to believe it first.
        (None, Some(extra)) => extra.clone(),
        (None, None) => return Err(NodeError::Usage("the proof does not carry the entry; name its file with --entry".to_owned())),
    };
    match proof.check(&entry, &policy) {
        Ok(trusted) => {
            let witnesses: Vec<&str> = trusted.witnessed.iter().map(|(name, _)| name.as_str()).collect();
            let checkpoint = &trusted.checkpoint;
            let text = format!(
                "The entry of {} bytes is number {} of {} in {}. Cosigned by {}.",
                entry.len(),
                proof.index,
                checkpoint.size,
                checkpoint.origin,
                if witnesses.is_empty() { "no witness of the policy".to_owned() } else { witnesses.join(", ") }
            );
            let json = serde_json::json!({
                "holds": true, "origin": checkpoint.origin, "index": proof.index, "size": checkpoint.size, "witnesses": witnesses,
                "entry": String::from_utf8_lossy(&entry),
            });
            Ok(Outcome { text, json, yes: true })
        }
        Err(
            why @ (LogError::Inclusion | LogError::Range { .. } | LogError::Checkpoint { .. } | LogError::Quorum { .. } | LogError::Cosignature(_)),
        ) => Ok(Outcome {
            text: format!("The proof does not hold: {why}"),
            json: serde_json::json!({ "holds": false, "why": why.to_string() }),
            yes: false,
        }),
        Err(other) => Err(other.into()),
    }
}
