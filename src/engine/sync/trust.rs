//! Whether a checkpoint may be believed: the policy vouches for it, it extends the newest one ever trusted, and its last leaf closes a batch.

use super::{
    super::{source::Source, wire::EngineError},
    download::tile,
    untrusted,
};
use crate::{
    log::{self, Checkpoint, Handover, Policy, Trusted},
    measure::Millis,
    pack,
    statement::{self, BatchClose, Body as Said, DidKey, Digest},
};
use std::collections::BTreeMap;

/// A tile has at most 256 hashes of 32 bytes (C2SP tlog-tiles).
const MAX_TILE: u64 = 256 * 32;
/// A bundle has at most 256 entries, each of a `u16` length and that many bytes.
const MAX_BUNDLE: u64 = 256 * (2 + statement::MAX_ENTRY_BYTES as u64);
/// How far a batch's time may lie from the median of what its witnesses say, in milliseconds.
const APART: u64 = 5 * 60 * 1000;

/// Two signed checkpoints of one ledger that cannot both be true, or so the ledger's own files say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The ledger.
    pub origin: String,
    /// What is wrong, in a sentence.
    pub why: String,
    /// The note that this device trusts.
    pub trusted: String,
    /// The note that came.
    pub offered: String,
    /// The consistency proof from the one to the other that the ledger's tiles gave and that does not hold; empty where there is none.
    pub proof: Vec<Digest>,
}

/// How a checkpoint stands to the one trusted so far.
pub(super) enum Step {
    /// It is the same.
    Same,
    /// It is newer and extends it, or there was none.
    Newer,
}

/// Why a checkpoint is refused.
pub(super) enum Refused {
    /// It, or what came with it, is not to be believed, or nothing came.
    Plainly(EngineError),
    /// It contradicts the trusted one.
    Conflict(Box<Evidence>),
}

impl From<EngineError> for Refused {
    fn from(e: EngineError) -> Self {
        Self::Plainly(e)
    }
}

/// The checkpoint of a note that this device trusted, if the policy still names the key that signed it. A policy that no longer does (a key
/// was lost or stolen) is a new beginning, which only the person can make.
pub(super) fn still_trusted(policy: &Policy, note: Option<&str>) -> Option<(Checkpoint, String)> {
    let note = note?;
    policy.open_without_quorum(note).ok().map(|t| (t.checkpoint, note.to_owned()))
}

/// Whether `new` (as `note`) extends what is trusted.
pub(super) async fn follows<S: Source>(source: &S, new: &Checkpoint, note: &str, trusted: Option<&(Checkpoint, String)>) -> Result<Step, Refused> {
    let Some((old, old_note)) = trusted else { return Ok(Step::Newer) };
    let conflict = |why: String, proof| {
        let (origin, trusted, offered) = (old.origin.clone(), old_note.clone(), note.to_owned());
        Refused::Conflict(Box::new(Evidence { origin, why, trusted, offered, proof }))
    };
    if new.size < old.size {
        return Err(untrusted(format!("it went back from {} to {} entries", old.size, new.size)).into());
    }
    if new.size == old.size {
        let other = "it shows a different history than before, with as many entries";
        return if new.root == old.root { Ok(Step::Same) } else { Err(conflict(other.to_owned(), Vec::new())) };
    }
    let mut tiles = BTreeMap::new();
    for path in log::needed_tiles_consistency(old.size, new.size) {
        let bytes = tile(source, &path, MAX_TILE).await?;
        tiles.insert(path, bytes);
    }
    let proof = log::prove_consistency(&|path| tiles.get(path).cloned(), old.size, new.size).map_err(EngineError::from)?;
    if log::verify_consistency(old.size, new.size, &old.root, &new.root, &proof).is_err() {
        let rewrote = "it rewrote what was already logged: the new checkpoint does not extend the one this device trusts";
        return Err(conflict(rewrote.to_owned(), proof));
    }
    Ok(Step::Newer)
}

/// The last leaf under the checkpoint, which must be a `BatchClose` by the log (by its old operator where it was just handed over), and the root of the tree before it.
pub(super) async fn batch_close<S: Source>(
    source: &S,
    trusted: &Trusted,
    handovers: &[(Handover, String)],
) -> Result<(BatchClose, Option<Digest>), EngineError> {
    let checkpoint = &trusted.checkpoint;
    let last = checkpoint.size.checked_sub(1).ok_or_else(|| untrusted("it is empty"))?;
    let bundle = tile(source, &log::bundle_path(checkpoint.size, last), MAX_BUNDLE).await?;
    let entry = usize::try_from(last % 256)
        .ok()
        .and_then(|i| log::read_bundle(&bundle).map(|mut entries| (i < entries.len()).then(|| entries.swap_remove(i))).transpose())
        .ok_or_else(|| untrusted("its newest entries are cut short"))??;
    let mut tiles = BTreeMap::new();
    for path in log::needed_tiles_inclusion(checkpoint.size, last) {
        let bytes = tile(source, &path, MAX_TILE).await?;
        tiles.insert(path, bytes);
    }
    let proof = log::prove_inclusion(&|path| tiles.get(path).cloned(), checkpoint.size, last)?;
    log::verify_inclusion(&log::leaf_hash(&entry), last, checkpoint.size, &checkpoint.root, &proof)?;
    let statement = statement::verify(&entry).map_err(|e| untrusted(e.to_string()))?;
    if statement.ledger != checkpoint.origin {
        return Err(untrusted(format!("its last entry is for the ledger {}", statement.ledger)));
    }
    // Until a new operator closed a batch of its own, the last one is the old operator's, and what was handed over.
    let before = handovers.iter().any(|(h, _)| last < h.size && statement.actor == DidKey::from_public(*h.from.public()));
    if !before && statement.actor != DidKey::from_public(*trusted.log.public()) {
        return Err(untrusted("its last batch was closed by somebody other than the log"));
    }
    match statement.body {
        Said::BatchClose(close) => Ok((close, pack::root_before_last(&proof))),
        _ => Err(untrusted("its last entry does not close a batch")),
    }
}

/// Refuses a batch whose time is not what its witnesses saw: the fold's only clock must be the world's.
pub(super) fn check_time(close: Millis, trusted: &Trusted) -> Result<(), EngineError> {
    let mut seen: Vec<u64> = trusted.witnessed.iter().map(|(_, seconds)| *seconds).collect();
    seen.sort_unstable();
    let Some(median) = seen.get(seen.len().saturating_sub(1) / 2) else { return Ok(()) };
    let median = i64::try_from(median.saturating_mul(1000)).unwrap_or(i64::MAX);
    if close.0.abs_diff(median) > APART {
        return Err(untrusted(format!(
            "its newest batch is dated {}, but its witnesses saw it at {}",
            close.to_rfc3339(),
            Millis(median).to_rfc3339()
        )));
    }
    Ok(())
}
