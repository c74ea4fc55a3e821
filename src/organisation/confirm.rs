//! What another party asks to be confirmed: a statement that they have signed, and that needs a second signature (`statement::propose`).
//!
//! ```text
//! { statement }                                     the proposal alone
//! { "statement": { … }, "bodies": [ { … } ] }       with the bodies it names
//! ```

use super::{publish, wire::Submission};
use crate::{
    measure::Millis,
    statement::{self, Body, DidKey, Draft, StatementError, json},
};
use serde_json::Value;

/// What is asked, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// A sentence without its full stop.
    pub what: String,
    /// On which ledger.
    pub ledger: String,
    /// Until when it can be confirmed.
    pub until: Millis,
}

/// The proposal in an offer, in its canonical form, and the bodies that came with it.
///
/// # Errors
/// It is no JSON that a statement could be.
pub fn parts(offer: &[u8]) -> Result<(Vec<u8>, Vec<Value>), StatementError> {
    let value = json::parse(offer)?;
    let Some(proposal) = value.get("statement") else { return Ok((json::canonical(&value)?, Vec::new())) };
    let bodies = value.get("bodies").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok((json::canonical(proposal)?, bodies))
}

/// Reads an offer: the other party's signature holds, and nobody else has signed yet.
///
/// # Errors
/// It is no offer, or was altered, or there is nothing in it to confirm.
pub fn read(offer: &[u8]) -> Result<Asked, StatementError> {
    let (actor, draft) = statement::read_proposal(&parts(offer)?.0)?;
    let what = sentence(&actor, &draft).ok_or_else(|| StatementError::Signers { needs: format!("{actor} alone; there is nothing to confirm") })?;
    Ok(Asked { what, ledger: draft.ledger, until: draft.expires })
}

/// What a proposal asks; `None` for a kind that nobody else confirms.
#[must_use]
pub fn sentence(actor: &DidKey, draft: &Draft) -> Option<String> {
    Some(match &draft.body {
        Body::TransferOwnership(b) => format!("{actor} hands the passport {} over to {}", hex::encode(b.digest), b.to),
        Body::RecordStage(b) => {
            let receiver = b.receiver.map(|r| r.to_string()).unwrap_or_default();
            format!("{actor} hands goods over to {receiver}: step {} of the passport {}", b.step, hex::encode(b.passport))
        }
        Body::RotateKey(b) => format!("{actor} changes its key to {}", b.new),
        Body::RecoverKey(b) => format!("{actor} gives the actor {} the new key {}", b.subject, b.new),
        _ => return None,
    })
}

/// Signs it too.
///
/// # Errors
/// As [`read`], or somebody else is asked, or it is for another ledger, or it is too late.
pub fn sign(offer: &[u8], seed: &str, origin: &str, now: Millis) -> Result<Submission, String> {
    let asked = read(offer).map_err(|e| e.to_string())?;
    if asked.ledger != origin {
        return Err(format!("this is for the ledger {}, and this one is {origin}", asked.ledger));
    }
    if asked.until < now {
        return Err("it is too late to confirm this; ask the other party to send it anew".to_owned());
    }
    let key = publish::key(seed).ok_or("the key is not 64 hex digits; bring its file again")?;
    let (proposal, bodies) = parts(offer).map_err(|e| e.to_string())?;
    let entry = statement::confirm(&proposal, now, &key).map_err(|e| e.to_string())?;
    let statement = String::from_utf8(entry).map_err(|e| e.to_string())?;
    Ok(Submission { name: asked.what, statement, bodies: bodies.iter().map(Value::to_string).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{Transfer, propose, verify};

    const LEDGER: &str = "example.org/ledger";

    fn offer(until: i64) -> Vec<u8> {
        let (from, to) = (publish::key(&"01".repeat(32)).unwrap(), publish::key(&"02".repeat(32)).unwrap());
        let body = Body::TransferOwnership(Transfer { digest: [9; 32], to: to.did() });
        propose(&Draft { ledger: LEDGER.to_owned(), nonce: [3; 16], expires: Millis(until), body }, Millis(0), &from).unwrap()
    }

    #[test]
    fn whoever_is_asked_reads_what_and_signs_it_too() {
        let asked = read(&offer(1_000)).unwrap();
        assert!(asked.what.contains("hands the passport 0909") && asked.ledger == LEDGER && asked.until == Millis(1_000));
        let made = sign(&offer(1_000), &"02".repeat(32), LEDGER, Millis(500)).unwrap();
        assert_eq!(verify(made.statement.as_bytes()).unwrap().signers.len(), 2);
    }

    #[test]
    fn the_bodies_that_came_with_an_offer_go_with_it() {
        let alone = String::from_utf8(offer(1_000)).unwrap();
        let both = format!(r#"{{"bodies":[{{"said":"more"}}],"statement":{alone}}}"#);
        assert_eq!(read(both.as_bytes()).unwrap(), read(alone.as_bytes()).unwrap());
        let made = sign(both.as_bytes(), &"02".repeat(32), LEDGER, Millis(500)).unwrap();
        assert_eq!(made.bodies, [r#"{"said":"more"}"#]);
        assert!(sign(alone.as_bytes(), &"02".repeat(32), LEDGER, Millis(500)).unwrap().bodies.is_empty());
    }

    #[test]
    fn another_key_another_ledger_a_late_or_an_altered_offer_confirm_nothing() {
        let key = "02".repeat(32);
        assert!(sign(&offer(1_000), &"03".repeat(32), LEDGER, Millis(500)).is_err());
        assert!(sign(&offer(1_000), &key, "other.org/ledger", Millis(500)).unwrap_err().contains("other.org"));
        assert!(sign(&offer(1_000), &key, LEDGER, Millis(1_001)).unwrap_err().contains("too late"));
        let altered = String::from_utf8(offer(1_000)).unwrap().replace("0909", "0908");
        assert!(read(altered.as_bytes()).is_err() && read(b"{}").is_err());
    }
}
