//! A log goes on under a new operator: from a mirror's copy and a hand-over that the policy's quorum signed.
//!
//! *In:* a folder with a copy of the log, the hand-over, the policy it counts under, the new operator's key. *Out:* a node's data folder that
//! goes on where the old operator stopped: the same entries, bodies and packs, the checkpoint signed anew, `ledger/handover` beside it. Where the
//! policy says where its witnesses are, it is also the `policy` by which the new node asks them.

use super::{
    NodeError,
    cosigners::addressed,
    files::{LEDGER, is_cut_short},
    folder::{DataFolder, LedgerConfig, replace},
    ledger::LogKeys,
    status_token,
};
use crate::{
    log::{Handover, LogSigner, LogWriter, Policy, read_handovers, write_handovers},
    statement::DidKey,
};
use std::{fs, path::Path};

/// What is needed besides the copy.
pub struct TakeOver<'a> {
    /// The hand-over, with its signatures.
    pub note: &'a str,
    /// The policy that devices have now.
    pub policy: &'a Policy,
    /// Seed of the new operator's key.
    pub seed: &'a [u8; 32],
    /// The ledger's registrars, as they were.
    pub registrars: Vec<DidKey>,
}

/// Makes a node's data folder from a copy of the log, and returns the policy that holds from now on.
///
/// # Errors
/// The hand-over does not count or is to another key, the copy does not hold or is not at its checkpoint, or the folder cannot be written.
pub fn take_over(copy: &Path, data: &Path, with: TakeOver<'_>) -> Result<Policy, NodeError> {
    let refused = |why: &str| NodeError::Usage(why.to_owned());
    let (handover, after) = Handover::open(with.note, with.policy).map_err(|e| NodeError::Usage(e.to_string()))?;
    let origin = handover.origin();
    let signer = LogSigner::from_seed(origin, with.seed)?;
    if *signer.key() != handover.to {
        return Err(refused("the hand-over is to another key than this one"));
    }
    let from = copy.join(LEDGER);
    let read = |path: &str| fs::read(from.join(path)).ok();
    let text = |path: &str| read(path).and_then(|bytes| String::from_utf8(bytes).ok());
    let note = text("checkpoint").ok_or_else(|| refused("the copy has no checkpoint; name the folder of a mirror"))?;
    let held = with.policy.open(&note)?.checkpoint;
    if held != handover.checkpoint() {
        return Err(refused("the hand-over is at another checkpoint than the copy's; bring the copy there, or make the hand-over at the copy's"));
    }
    LogWriter::load(&read, held.size, &held.root)?;
    let earlier = text("handover").map(|file| read_handovers(&file)).transpose().map_err(|e| NodeError::Data(e.to_string()))?;
    let chain: Vec<String> = earlier.unwrap_or_default().into_iter().chain([with.note.to_owned()]).collect();

    let config = LedgerConfig { origin: origin.to_owned(), registrars: with.registrars, sample: false };
    // Before the key is written: a name or seed that cannot be one is refused while there is nothing to clean up.
    LogKeys::from_seed(origin, with.seed)?;
    let folder = DataFolder::create(data, &config, with.seed)?;
    for part in [LEDGER, "body"] {
        copy_tree(&copy.join(part), &data.join(part))?;
    }
    replace(&data.join(LEDGER).join("handover"), write_handovers(&chain).as_bytes())?;
    replace(&data.join(LEDGER).join("policy"), after.to_string().as_bytes())?;
    if addressed(&after) {
        replace(&data.join("policy"), after.to_string().as_bytes())?;
    }
    folder.move_checkpoint(&held.sign(&signer))?;
    Ok(after)
}

/// Copies what never changes; the checkpoint is the new operator's to write.
fn copy_tree(from: &Path, to: &Path) -> Result<(), NodeError> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).map_err(NodeError::file(to))?;
    for entry in fs::read_dir(from).map_err(NodeError::file(from))? {
        let path = entry.map_err(NodeError::file(from))?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy_tree(&path, &to.join(name))?;
        } else if !matches!(name.to_str(), Some("checkpoint" | "handover" | "policy" | status_token::NAME))
            && !name.to_str().is_some_and(is_cut_short)
        {
            fs::copy(&path, to.join(name)).map_err(NodeError::file(&path))?;
        }
    }
    Ok(())
}
