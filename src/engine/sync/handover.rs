//! A log that another key signs now: whether the quorum of this device's policy handed it over.
//!
//! The file of hand-overs is asked for only when the checkpoint is not signed by the key that is believed, which depends on the server alone.

use super::{
    super::{source::Source, store::Store, wire::EngineError},
    Evidence, SyncError, small, untrusted,
};
use crate::log::{self, Handover, LogError, Policy, Trusted};
use std::cell::RefCell;

/// What a checkpoint is believed under.
pub(super) struct Vouched {
    pub(super) trusted: Trusted,
    /// The policy that holds: the device's own, or what hand-overs made of it.
    pub(super) policy: Policy,
    /// The hand-overs that led there, oldest first.
    pub(super) handovers: Vec<(Handover, String)>,
}

/// Whether the policy vouches for a checkpoint, if need be after hand-overs that its quorum signed.
pub(super) async fn vouched<S: Source>(source: &S, policy: &Policy, note: &str, mine: &RefCell<Store>) -> Result<Vouched, SyncError> {
    let refused = match policy.open(note) {
        Ok(trusted) => return Ok(Vouched { trusted, policy: policy.clone(), handovers: Vec::new() }),
        Err(refused) => refused,
    };
    // The note is sound but not by the believed key: only then could the log have changed hands.
    let asked = matches!(refused, LogError::Checkpoint { .. }) && policy.asks_for_witnesses();
    let Some(file) = (if asked { small(source, "handover", log::MAX_HANDOVERS as u64).await.ok() } else { None }) else {
        return Err(refused.into());
    };
    let no = |e: log::HandoverError| untrusted(format!("its checkpoint is by another key, and {e}"));
    let notes = log::read_handovers(&String::from_utf8(file).map_err(|_| untrusted("its hand-overs are not text"))?).map_err(no)?;
    let (handovers, after) = log::follow_handovers(policy, &notes).map_err(no)?;
    if handovers.is_empty() {
        return match contradiction(&notes, &mine.borrow())? {
            Some(evidence) => Err(SyncError::Conflict(Box::new(evidence))),
            None => Err(refused.into()),
        };
    }
    Ok(Vouched { trusted: after.open(note)?, policy: after, handovers })
}

/// A hand-over that the same quorum signed as one this device followed, from the same key to another one.
fn contradiction(notes: &[String], mine: &Store) -> Result<Option<Evidence>, EngineError> {
    for note in notes {
        let Ok(read) = Handover::read(note) else { continue };
        for (policy, taken) in mine.handovers(read.origin())? {
            let known = Handover::read(&taken).ok().filter(|known| known.from == read.from && *known != read);
            let counts = Policy::parse(&policy).is_ok_and(|p| Handover::open(note, &p).is_ok());
            if known.is_some() && counts {
                let why = "its witnesses handed the log over twice, to two operators or at two checkpoints".to_owned();
                return Ok(Some(Evidence { origin: read.origin().to_owned(), why, trusted: taken, offered: note.clone(), proof: Vec::new() }));
            }
        }
    }
    Ok(None)
}
