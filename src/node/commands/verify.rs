//! `ecosphere-node log verify`: what an auditor does, on a folder.

use super::init::dids;
use crate::{
    log::{Checkpoint, LogKey, LogWriter, prove_inclusion},
    node::{
        NodeError,
        cli::{Outcome, VerifyArgs},
        sample,
        serve::inside,
    },
    pack::{Manifest, SAMPLE_VKEY, decode_dossiers, decode_index, root_before_last, verify_dossier_entry, verify_row},
    state::{Policy, State},
    statement::{self, Body, DidKey, Statement},
};

/// Verifies every leaf, root, batch and pack of a published ledger.
///
/// # Errors
/// The first thing that does not hold, or a file that is missing.
pub fn verify(args: &VerifyArgs) -> Result<Outcome, NodeError> {
    let file = |path: &str| std::fs::read(inside(&args.folder, path)?).ok();
    let need = |path: &str| file(path).ok_or_else(|| NodeError::Usage(format!("{} has no {path}", args.folder.display())));
    let key = LogKey::parse(args.key.as_deref().unwrap_or(SAMPLE_VKEY))?;
    let registrars = if args.registrar.is_empty() { sample::registrars() } else { dids(&args.registrar)? };
    let note = String::from_utf8(need("checkpoint")?).map_err(|_| NodeError::Usage("the checkpoint is not text".to_owned()))?;
    let checkpoint = Checkpoint::open(&note, &key)?;
    let log = LogWriter::load(&file, checkpoint.size, &checkpoint.root)?;
    let state = replay(&log, Policy { origin: checkpoint.origin.clone(), log: DidKey::from_public(*key.public()), registrars })?;

    let last = checkpoint.size.saturating_sub(1);
    let newest = statement::verify(log.entry(last).unwrap_or_default())?;
    let Body::BatchClose(close) = newest.body else {
        return Err(NodeError::Replay { leaf: last, why: "the last leaf is not a BatchClose".to_owned() });
    };
    let mut dossiers = 0;
    if let Some(digest) = &close.manifest {
        let manifest = Manifest::open(&need(&format!("pack/{digest}"))?, &checkpoint.origin, &close, last)?;
        let proof = prove_inclusion(&file, checkpoint.size, last)?;
        if root_before_last(&proof) != Some(manifest.log_root) {
            return Err(NodeError::Unfit("the manifest names another log root than the checkpoint leads to"));
        }
        let index = manifest.index()?;
        let index = decode_index(&index.open(&need(&index.path())?)?)?;
        for bucket in manifest.dossiers() {
            for dossier in decode_dossiers(&bucket.open(&need(&bucket.path())?)?)? {
                verify_row(&index, dossier.number, &verify_dossier_entry(&dossier, &manifest)?)?;
                dossiers += 1;
            }
        }
        if index.subjects.len() != state.passports().len() || dossiers != index.subjects.len() {
            return Err(NodeError::Unfit("the pack does not have every passport of the log"));
        }
    }
    let text = format!(
        "{} holds: {} leaves, {} batches, {} passports, {dossiers} dossiers. Root {}",
        checkpoint.origin,
        checkpoint.size,
        close.number,
        state.passports().len(),
        hex::encode(checkpoint.root)
    );
    let json = serde_json::json!({
        "origin": checkpoint.origin, "size": checkpoint.size, "root": hex::encode(checkpoint.root), "batches": close.number,
        "passports": state.passports().len(), "dossiers": dossiers, "holds": true,
    });
    Ok(Outcome { text, json, yes: true })
}

fn replay(log: &LogWriter, policy: Policy) -> Result<State, NodeError> {
    let mut state = State::new(policy);
    let mut batch: Vec<Statement> = Vec::new();
    for leaf in 0..log.size() {
        let statement = statement::verify(log.entry(leaf).unwrap_or_default()).map_err(|e| NodeError::Replay { leaf, why: e.to_string() })?;
        let closes = matches!(statement.body, Body::BatchClose(_));
        batch.push(statement);
        if closes {
            let first = leaf + 1 - batch.len() as u64;
            state.fold_batch(first, &batch).map_err(|(leaf, why)| NodeError::Replay { leaf, why: why.to_string() })?;
            batch.clear();
        }
    }
    Ok(state)
}
