//! A log that another key signs now: whether the quorum of the mirror's policy handed it over, by the same rules as a device follows.
//!
//! `ledger/handover` is asked for when a checkpoint is not signed by the key that is believed. What was followed is kept in our own copy, from
//! which a mirror that is started again with its first policy gets to the one that holds; and it is served, so that devices follow here too.

use super::{Mirror, text};
use crate::{
    log::{
        Checkpoint, Handover, HandoverError, LogError, LogWriter, MAX_HANDOVERS, Policy, follow_handovers, read_handovers, verify_consistency,
        write_handovers,
    },
    node::{NodeError, files::HANDOVER},
};

/// The policy whose key signed a checkpoint, and the hand-overs that led to it from the one held until now, oldest first.
pub(super) struct Believed {
    pub(super) policy: Policy,
    pub(super) handovers: Vec<(Handover, String)>,
}

impl Mirror {
    /// The policy whose log's key signed this checkpoint: the mirror's own, or what hand-overs that its quorum signed make of it.
    ///
    /// # Errors
    /// Neither; why. That the witnesses handed the log to two operators is kept as evidence.
    pub(super) fn believed(&self, note: &str) -> Result<Believed, NodeError> {
        let refused = match self.policy.open_without_quorum(note) {
            Ok(_) => return Ok(Believed { policy: self.policy.clone(), handovers: Vec::new() }),
            Err(refused) => refused,
        };
        // The note is sound but not by the believed key: only then could the log have changed hands.
        let asked = matches!(refused, LogError::Checkpoint { .. }) && self.policy.asks_for_witnesses();
        let Some(file) = (if asked { self.upstream.find(HANDOVER_NAME, MAX_HANDOVERS as u64)? } else { None }) else {
            return Err(refused.into());
        };
        let no = |e: HandoverError| NodeError::Upstream { url: self.upstream.name(), why: format!("its checkpoint is by another key, and {e}") };
        let notes = read_handovers(&text(file)?).map_err(no)?;
        let (handovers, policy) = follow_handovers(&self.policy, &notes).map_err(no)?;
        if handovers.is_empty() {
            self.second_handover(&notes)?;
            return Err(refused.into());
        }
        policy.open_without_quorum(note)?;
        Ok(Believed { policy, handovers })
    }

    /// Looks for a hand-over that the same quorum signed as one that was followed here, from the same key to another one.
    fn second_handover(&self, notes: &[String]) -> Result<(), NodeError> {
        let mut then = self.given.clone();
        for taken in kept(&self.files.read(HANDOVER)?) {
            let Ok((known, after)) = Handover::open(&taken, &then) else { continue };
            let other = notes.iter().find(|note| Handover::open(note, &then).is_ok_and(|(read, _)| read.from == known.from && read != known));
            if let Some(other) = other {
                let kept = self.keep_evidence("second-handover", &taken, other)?;
                let what = "its witnesses handed it over twice, to two operators or at two checkpoints".to_owned();
                return Err(NodeError::Conflict { what, kept });
            }
            then = after;
        }
        Ok(())
    }

    /// Refuses a log that does not begin with what was handed over: whoever took it over rewrote it. `log` is that of `checkpoint`.
    pub(super) fn extends(&self, handovers: &[(Handover, String)], log: &LogWriter, checkpoint: &Checkpoint, note: &str) -> Result<(), NodeError> {
        for (handover, signed) in handovers {
            let begins = handover.size <= checkpoint.size
                && log
                    .prove_consistency(handover.size)
                    .and_then(|proof| verify_consistency(handover.size, log.size(), &handover.root, &log.root(), &proof))
                    .is_ok();
            if !begins {
                let kept = self.keep_evidence("not-what-was-handed-over", signed, note)?;
                let what = format!("its {} entries do not begin with the {} that were handed over", checkpoint.size, handover.size);
                return Err(NodeError::Conflict { what, kept });
            }
        }
        Ok(())
    }

    /// Keeps and serves hand-overs that were followed, behind those from before.
    pub(super) fn keep_handovers(&self, handovers: Vec<(Handover, String)>) -> Result<(), NodeError> {
        if handovers.is_empty() {
            return Ok(());
        }
        let mut chain = kept(&self.files.read(HANDOVER)?);
        for (handover, note) in handovers {
            if !chain.iter().any(|known| Handover::read(known).is_ok_and(|known| known == handover)) {
                chain.push(note);
            }
        }
        self.files.replace_handovers(&write_handovers(&chain))
    }

    /// Copies the hand-overs from before this mirror's time: without them nobody knows who closed the older batches. They have to lead to those
    /// that were followed here, and to the key that is believed.
    pub(super) fn fetch_handovers(&self, policy: &Policy) -> Result<(), NodeError> {
        let Some(file) = self.upstream.find(HANDOVER_NAME, MAX_HANDOVERS as u64)?.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return Ok(());
        };
        let Ok(notes) = read_handovers(&file) else { return Ok(()) };
        let Ok(offered) = notes.iter().map(|note| Handover::read(note)).collect::<Result<Vec<_>, _>>() else { return Ok(()) };
        let chained = offered.windows(2).all(|pair| matches!(pair, [one, next] if one.to == next.from && one.size <= next.size));
        let leads = offered.last().is_some_and(|last| policy.logs().any(|log| *log == last.to));
        let held = kept(&self.files.read(HANDOVER)?);
        let (followed, signed): (Vec<Handover>, Vec<String>) =
            follow_handovers(&self.given, &held).map(|(taken, _)| taken).unwrap_or_default().into_iter().unzip();
        if !(chained && leads && offered.ends_with(&followed)) {
            return Ok(());
        }
        let older = notes.into_iter().take(offered.len() - followed.len());
        let chain: Vec<String> = older.chain(signed).collect();
        if chain == held { Ok(()) } else { self.files.replace_handovers(&write_handovers(&chain)) }
    }

    /// The policy that holds after the hand-overs that this mirror followed.
    pub(super) fn followed(&self) -> Result<Policy, NodeError> {
        let (_, policy) = follow_handovers(&self.given, &kept(&self.files.read(HANDOVER)?))
            .map_err(|e| NodeError::Data(format!("its hand-overs do not hold: {e}")))?;
        Ok(policy)
    }
}

const HANDOVER_NAME: &str = "handover";

/// The notes in our own copy.
fn kept(file: &Option<Vec<u8>>) -> Vec<String> {
    let text = file.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    text.and_then(|text| read_handovers(text).ok()).unwrap_or_default()
}
