//! A supplier's events as steps of a product's way: each becomes a document, and a statement that whoever acted signs.
//!
//! ```text
//! events of one actor, by time --one document each--> RecordStage, signed by the actor --POST /statements--> the ledger
//! the hand-over, if there is one, comes last --> offer = { "statement": signed by the actor, "bodies": [document] } --> the receiver signs it too
//! ```
//! What both verifications disprove, or what of the file was left out, is for the caller to look at first: nothing of that is recorded.

use super::issue;
use crate::{
    measure::Millis,
    provenance::{Agent, Event, EventKind, Evidence, MAX_EVIDENCE, StageDocument, check::covers_event},
    statement::{self, Body, DidKey, Digest, Draft, SigningKey, StageEvent, StatementError, json},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// How long an offer can be confirmed.
const OFFER: i64 = 7 * Millis::DAY;

/// Whose events they are, of which product, on which ledger.
pub struct Way<'w> {
    /// The ledger.
    pub origin: &'w str,
    /// Who acted, and signs.
    pub key: &'w SigningKey,
    /// When the statements are made.
    pub time: Millis,
    /// The subject of the product's passport.
    pub product: &'w str,
    /// The passport's digest.
    pub passport: Digest,
    /// Who takes the goods over at a hand-over, and its name on the ledger.
    pub receiver: Option<(DidKey, String)>,
    /// What certifiers signed of the events.
    pub evidence: &'w [Evidence],
}

/// A step, ready for the ledger or for whoever takes the goods over.
pub struct Step {
    /// Position along the way.
    pub number: u16,
    /// What happened.
    pub title: String,
    /// The signed statement; of an offer, what the actor proposes.
    pub statement: Vec<u8>,
    /// The canonical text of the step's document.
    pub document: Vec<u8>,
    /// The goods are handed over with it, so it needs a second signature.
    pub offered: bool,
}

/// Why events cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Nobody knows whose events to sign.
    #[error("these events are of several actors, and each signs its own: choose one of {0}")]
    Actors(String),
    /// Nothing to sign.
    #[error("the file has no event of this actor")]
    None,
    /// The goods are somebody else's by then.
    #[error("after a hand-over its receiver records what follows; leave these events to them")]
    AfterHandOver,
    /// No way is so long.
    #[error("a way has at most 65 535 steps")]
    TooLong,
    /// The statement or its document.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// Everybody whose events these are, each once.
#[must_use]
pub fn actors(events: &[Event]) -> Vec<&Agent> {
    let mut actors: Vec<&Agent> = events.iter().filter_map(|e| e.actor.as_ref()).collect();
    actors.sort_unstable_by_key(|a| &a.id);
    actors.dedup_by_key(|a| &a.id);
    actors
}

/// The events of one actor, by time; of the only one there is where none is named.
///
/// # Errors
/// There are several actors and none was named, or no event is the named one's.
pub fn of_actor<'e>(events: &'e [Event], actor: Option<&str>) -> Result<Vec<&'e Event>, StepError> {
    if actor.is_none()
        && let several @ [_, _, ..] = actors(events).as_slice()
    {
        return Err(StepError::Actors(several.iter().map(|a| a.id.as_str()).collect::<Vec<_>>().join(", ")));
    }
    let named = |event: &&Event| actor.is_none_or(|actor| event.actor.as_ref().is_some_and(|a| a.id == actor));
    let mut found: Vec<&Event> = events.iter().filter(named).collect();
    found.sort_by_key(|e| (e.time, e.id));
    if found.is_empty() { Err(StepError::None) } else { Ok(found) }
}

impl Way<'_> {
    /// Signs the events of one actor as steps, the first of which is number `first`.
    ///
    /// # Errors
    /// An event follows a hand-over, or cannot be written down.
    pub fn steps(&self, events: &[&Event], first: u16) -> Result<Vec<Step>, StepError> {
        let mut steps: Vec<Step> = Vec::with_capacity(events.len());
        for (number, event) in (first..=u16::MAX).zip(events) {
            if steps.last().is_some_and(|step| step.offered) {
                return Err(StepError::AfterHandOver);
            }
            steps.push(self.step(number, event)?);
        }
        if steps.len() == events.len() { Ok(steps) } else { Err(StepError::TooLong) }
    }

    fn step(&self, number: u16, event: &Event) -> Result<Step, StatementError> {
        let gives = event.hand_over().is_some_and(|(from, _)| event.actor.as_ref().is_some_and(|a| a.id == from.id));
        let to = self.receiver.as_ref().filter(|_| gives);
        let about = |e: &&Evidence| e.attestations.iter().any(|a| a.ids.iter().any(|id| names(event, id)) || covers_event(a, event));
        let words = self.evidence.iter().filter(about).take(MAX_EVIDENCE).cloned().collect();
        let title = title(event);
        let document = StageDocument::of_event(self.product, (number, title), to.map(|(_, name)| name.clone()), event.clone(), words).to_json();
        let body = json::canonical(&document)?;
        let stage = StageEvent { passport: self.passport, step: number, digest: Sha256::digest(&body).into(), receiver: to.map(|(did, _)| *did) };
        let lifetime = if to.is_some() { OFFER } else { issue::LIFETIME };
        let draft = Draft {
            ledger: self.origin.to_owned(),
            nonce: issue::nonce(self.key, self.origin, self.time, &format!("step\0{}\0{number}", hex::encode(self.passport))),
            expires: Millis(self.time.0.saturating_add(lifetime)),
            body: Body::RecordStage(stage),
        };
        let offered = to.is_some();
        let statement = if offered { statement::propose(&draft, self.time, self.key)? } else { statement::sign(&draft, self.time, self.key, &[])? };
        Ok(Step { number, title: title.to_owned(), statement, document: body, offered })
    }
}

impl Step {
    /// What the receiver is asked to confirm, as a file (`confirm::parts`).
    ///
    /// # Errors
    /// None is known.
    pub fn offer(&self) -> Result<Vec<u8>, StatementError> {
        let (statement, document) = (json::parse(&self.statement)?, json::parse(&self.document)?);
        Ok(json::canonical(&json!({ "statement": statement, "bodies": [document] }))?)
    }
}

fn names(event: &Event, id: &str) -> bool {
    event.certificates.iter().chain(event.measurements.iter().map(|m| &m.evidence)).any(|named| named == id)
}

/// The business step's bare word, else the kind of happening.
fn title(event: &Event) -> &str {
    let word = event.step.rsplit(['/', '-']).next().unwrap_or_default();
    match (word, event.kind) {
        ("", EventKind::Transformation) => "made",
        ("", EventKind::Aggregation) => "packed",
        ("", _) => "seen",
        (word, _) => word,
    }
}
