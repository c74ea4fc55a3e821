//! Statements for a node, and what it says of them (`POST /statements`).

use super::{
    issue::LIFETIME,
    wire::{Signer, Submission},
};
use crate::{
    measure::Millis,
    state::StateProof,
    statement::{self, Body, DidKey, Draft, Registration, Role, SigningKey, StatementError},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A key's seed, from 64 hex digits.
#[must_use]
pub fn seed(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).ok().map(|()| bytes)
}

/// A key by its seed, 64 hex digits.
#[must_use]
pub fn key(seed: &str) -> Option<SigningKey> {
    self::seed(seed).map(|seed| SigningKey::from_seed(&seed))
}

/// Who a key is.
#[must_use]
pub fn did(seed: &str) -> Option<DidKey> {
    key(seed).map(|key| key.did())
}

/// An organisation introduces itself and its key as a supplier. A registrar has to vouch for it before its passports count.
///
/// # Errors
/// The name or the origin is out of bounds, or the key is none.
pub fn introduce(signer: &Signer, now: Millis, nonce: [u8; 16]) -> Result<Submission, StatementError> {
    let body = Body::RegisterActor(Registration { name: signer.name.clone(), role: Role::Supplier, fictional: false });
    signed(signer, signer.name.clone(), body, now, nonce)
}

/// A statement that the signer alone signs.
///
/// # Errors
/// It is out of bounds, or the key is none.
pub fn signed(signer: &Signer, name: String, body: Body, now: Millis, nonce: [u8; 16]) -> Result<Submission, StatementError> {
    let draft = Draft { ledger: signer.origin.clone(), nonce, expires: Millis(now.0.saturating_add(LIFETIME)), body };
    let wrong = |member, why: &str| StatementError::Shape { member, why: why.to_owned() };
    let key = key(&signer.seed).ok_or_else(|| wrong("key", "it must be 64 hex digits"))?;
    let entry = statement::sign(&draft, now, &key, &[])?;
    let statement = String::from_utf8(entry).map_err(|_| wrong("document", "it is not UTF-8"))?;
    Ok(Submission { name, statement, bodies: Vec::new() })
}

/// The text of a request with these.
///
/// # Errors
/// One of them is no JSON.
pub fn request<'a>(submissions: impl IntoIterator<Item = &'a Submission>) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Sent {
        statements: Vec<Item>,
    }
    #[derive(Serialize)]
    struct Item {
        statement: Box<RawValue>,
        bodies: Vec<Box<RawValue>>,
    }
    let raw = |text: &String| RawValue::from_string(text.clone());
    let item = |s: &Submission| Ok(Item { statement: raw(&s.statement)?, bodies: s.bodies.iter().map(raw).collect::<Result<_, _>>()? });
    let statements = submissions.into_iter().map(item).collect::<Result<_, serde_json::Error>>()?;
    serde_json::to_string(&Sent { statements })
}

/// What a node says of a statement that it has not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The statement's id.
    pub id: String,
    /// Its leaf, if it has one already.
    pub leaf: Option<u64>,
    /// Of a passport: its number, if it has one already.
    pub passport: Option<u32>,
}

#[derive(Deserialize)]
struct Results {
    results: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    status: String,
    id: Option<String>,
    leaf: Option<u64>,
    passport: Option<u32>,
    /// Why not, in an answer to a statement that was just sent.
    error: Option<String>,
    /// Why not, in an answer to a question.
    reason: Option<String>,
}

impl One {
    fn said(self) -> Result<Said, String> {
        match (self.status.as_str(), self.id) {
            ("pending" | "logged", Some(id)) => Ok(Said { id, leaf: self.leaf, passport: self.passport }),
            _ => Err(self.error.or(self.reason).unwrap_or(self.status)),
        }
    }
}

/// What the node says of each, or why it was refused (`POST /statements`).
///
/// # Errors
/// It is no answer of a node.
pub fn results(text: &str) -> Result<Vec<Result<Said, String>>, serde_json::Error> {
    let results: Results = serde_json::from_str(text)?;
    Ok(results.results.into_iter().map(One::said).collect())
}

/// What the node says of one (`GET /statements/{id}`).
///
/// # Errors
/// It is no answer of a node.
pub fn result(text: &str) -> Result<Result<Said, String>, serde_json::Error> {
    serde_json::from_str(text).map(One::said)
}

/// What a node says when it refuses a request as a whole.
#[must_use]
pub fn fault(text: &str) -> String {
    let said = serde_json::from_str::<serde_json::Value>(text).ok();
    let said = said.as_ref().and_then(|v| v.get("error")).and_then(serde_json::Value::as_str);
    said.unwrap_or("the node takes no statements").to_owned()
}

/// The ledger's origin, from its checkpoint (C2SP tlog-checkpoint: the first line).
#[must_use]
pub fn origin(checkpoint: &str) -> Option<String> {
    checkpoint.lines().next().map(str::to_owned).filter(|origin| !origin.is_empty())
}

/// What a ledger's state says of an entry, from what a node answers (`GET /state/{kind}/{id}`); `None` where there is no such entry.
///
/// The proof is shown to nobody here, and nothing rests on what is read but what this desk offers to sign: devices check for themselves.
///
/// # Errors
/// It is no answer of a node.
pub fn state<T: DeserializeOwned>(answer: &str) -> Result<Option<T>, serde_json::Error> {
    let answer: Answer = serde_json::from_str(answer)?;
    answer.proof.value.map(|value| serde_json::from_slice(&value)).transpose()
}

/// The name that a ledger knows an actor by (`GET /state/actor/…`).
#[must_use]
pub fn actor_name(answer: &str) -> Option<String> {
    state::<Actor>(answer).ok()?.map(|actor| actor.name)
}

#[derive(Deserialize)]
struct Actor {
    name: String,
}

#[derive(Deserialize)]
struct Answer {
    proof: StateProof,
}
