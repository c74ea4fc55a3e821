//! `ecosphere-node import --data`: puts a supplier's events on a ledger as steps of a product's way, each signed by who acted.
//!
//! ```text
//! file --import, both verifications--> events --one document each--> RecordStage, signed by the actor
//! a hand-over --> offer = { "statement": signed by the actor, "bodies": [document] } --ecosphere-node confirm--> signed by the receiver too
//! ```
//! What the verification disproves is not recorded, and then nothing is.

use super::signer;
use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::{ImportArgs, Outcome},
        folder::replace,
        sequencer::{Sequencer, now},
    },
    passport::Gtin,
    provenance::{
        Collected, Event, EventKind, Evidence, MAX_EVIDENCE, StageDocument,
        check::{Verified, covers_event},
        untp,
    },
    statement::{self, Body, Draft, PassportStatus, StageEvent, StatementError, json},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// How long an offer can be confirmed.
const OFFER: i64 = 7 * Millis::DAY;

/// Records what was read, if nothing in it is disproven and none of it was dropped. `said` is what the import found, to be told along.
///
/// # Errors
/// There is no such passport, the events are several actors', a file cannot be used, or the ledger refuses a step.
pub(super) fn record(
    (args, data): (&ImportArgs, &Path),
    all: &Collected,
    evidence: &[Evidence],
    dropped: u64,
    verified: &Verified,
    mut said: Outcome,
) -> Result<Outcome, NodeError> {
    let usage = |why: &str| NodeError::Usage(why.to_owned());
    let disproven = verified.findings.iter().filter(|f| f.fault.disproves()).count();
    if disproven > 0 || dropped > 0 {
        said.text.push_str("\nNothing was recorded: correct what was dropped and what is disproven, then import the file again.");
        said.json["recorded"] = 0.into();
        said.yes = false;
        return Ok(said);
    }
    let subject = args.passport.as_deref().ok_or_else(|| usage("say whose way these events are with --passport <GTIN|SUBJECT>"))?;
    let events = events_of(args, all)?;

    let mut ledger = Sequencer::open(data, 0)?;
    let key = signer::key(&args.signer, ledger.config().sample)?;
    let origin = ledger.config().origin.clone();
    let gtin = Gtin::parse(subject.trim()).ok().map(|g| format!("(01){}", g.digits14()));
    let state = ledger.ledger().state();
    let is = |id: &str| id == subject || gtin.as_deref().is_some_and(|gtin| id.starts_with(gtin));
    let found = state.passports().iter().rfind(|p| p.status == PassportStatus::Valid && is(&p.subject));
    let found = found.ok_or_else(|| NodeError::Usage(format!("no passport in force on this ledger is for {subject}; issue it first")))?;
    let (product, passport) = (found.subject.clone(), found.digest);
    let mut step = found.stages().last().map_or(1, |s| s.step.saturating_add(1));
    let receiver = args.receiver.map(|did| (did, state.actor(&did).map_or_else(|| did.to_string(), |a| a.name.to_owned())));

    let (mut recorded, mut offered) = (0, None);
    for event in events {
        if offered.is_some() {
            return Err(usage("after a hand-over its receiver records what follows; leave these events to them"));
        }
        let gives = event.hand_over().is_some_and(|(from, _)| event.actor.as_ref().is_some_and(|a| a.id == from.id));
        let to = receiver.as_ref().filter(|_| gives);
        let about = |e: &&Evidence| e.attestations.iter().any(|a| a.ids.iter().any(|id| names(event, id)) || covers_event(a, event));
        let words = evidence.iter().filter(about).take(MAX_EVIDENCE).cloned().collect();
        let document = StageDocument::of_event(&product, (step, title(event)), to.map(|(_, name)| name.clone()), event.clone(), words);
        let body = json::canonical(&document.to_json()).map_err(StatementError::from)?;
        let stage = StageEvent { passport, step, digest: Sha256::digest(&body).into(), receiver: to.map(|(did, _)| *did) };
        let time = now();
        let lifetime = if to.is_some() { OFFER } else { signer::LIFETIME };
        let draft = Draft {
            ledger: origin.clone(),
            nonce: signer::nonce()?,
            expires: Millis(time.0.saturating_add(lifetime)),
            body: Body::RecordStage(stage),
        };
        if to.is_some() {
            let path = args.offer.as_deref().ok_or_else(|| usage("say where to keep what the receiver has to confirm: --offer <file>"))?;
            let statement = json::parse(&statement::propose(&draft, time, &key)?).map_err(StatementError::from)?;
            let offer = json::canonical(&json!({ "statement": statement, "bodies": [document.to_json()] })).map_err(StatementError::from)?;
            replace(path, &offer)?;
            offered = Some((step, path.display().to_string()));
        } else {
            ledger.take(statement::sign(&draft, time, &key, &[])?, vec![body])?;
            recorded += 1;
        }
        step = step.saturating_add(1);
    }
    ledger.close()?;
    said.text.push_str(&format!("\n{recorded} steps of {product} recorded, signed with {}.", key.did()));
    if let Some((step, path)) = &offered {
        said.text.push_str(&format!("\nStep {step} hands the goods over: its receiver confirms {path}, and it is recorded then."));
    }
    said.json["recorded"] = recorded.into();
    said.json["offer"] = offered.map(|(_, path)| path).into();
    // A missing link is another supplier's to tell; it was said above.
    said.yes = true;
    Ok(said)
}

/// The events of one actor, by time.
fn events_of<'c>(args: &ImportArgs, all: &'c Collected) -> Result<Vec<&'c Event>, NodeError> {
    let named = |event: &&Event| args.actor.as_deref().is_none_or(|actor| event.actor.as_ref().is_some_and(|a| a.id == actor));
    let mut events: Vec<&Event> = all.events.iter().filter(named).collect();
    let mut actors: Vec<&str> = events.iter().filter_map(|e| e.actor.as_ref()).map(|a| a.id.as_str()).collect();
    actors.sort_unstable();
    actors.dedup();
    if actors.len() > 1 {
        return Err(NodeError::Usage(format!(
            "these events are of several actors, and each signs its own: choose with --actor, one of {}",
            actors.join(", ")
        )));
    }
    if events.is_empty() {
        return Err(NodeError::Unfit("the file has no event of this actor"));
    }
    events.sort_by_key(|e| (e.time, e.id));
    Ok(events)
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

/// A signed conformity credential, or an array of them.
pub(super) fn read_evidence(file: &Path) -> Result<Vec<Evidence>, NodeError> {
    let text = std::fs::read(file).map_err(NodeError::file(file))?;
    let value = json::parse(&text).map_err(StatementError::from)?;
    let all = if let Value::Array(all) = value { all } else { vec![value] };
    let faulty = |why| NodeError::Usage(format!("{}: {why}", file.display()));
    let read = |one: Value| untp::schema_fault(&one).map_or_else(|| Ok(Evidence::read(one)?), |why| Err(faulty(why)));
    all.into_iter().map(read).collect()
}
