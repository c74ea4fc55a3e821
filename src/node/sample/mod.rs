//! The sample ledger: real products and brands recorded by data stewards, plus a plainly made-up part in which every actor signs.
//!
//! *In:* the files of `assets/sample/source/`. *Out:* [`SampleLedger`], byte for byte the same every time: its keys are derived from public
//! names, its nonces from what is stated, its times are fixed. Whoever wants to forge in this ledger can; that is why the app says so.
//!
//! Two batches: in the first (1 October 2026) actors register and passports are issued; in the second (1 November 2026) prices are
//! published, some passports change their status and one issuer loses its standing. The pack is made at the second.

mod cast;
mod chains;
mod examples;
mod records;
mod scribe;
mod shelf;

pub use cast::{LOG, ORIGIN, key, key_of, registrars, seed, trust_policy, witnesses};
pub use records::Sources;

use super::{NodeError, ledger::LogKeys};
use crate::{
    log::bundle_path,
    measure::Millis,
    pack::{Manifest, ShelfCard, decode_dossiers, sample_files},
    statement::json,
};
use scribe::Scribe;
use std::{collections::BTreeMap, path::Path};

/// Time of the first batch, 2026-10-01T00:00:00Z.
pub const FIRST_BATCH: Millis = Millis(1_790_812_800_000);
/// Time of the second batch, 2026-11-01T00:00:00Z: the sample's "now".
pub const SECOND_BATCH: Millis = Millis(1_793_491_200_000);

/// The sample ledger, ready to be written to a folder.
pub struct SampleLedger {
    /// Path to bytes, relative to the ledger's folder.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The log's verifier key.
    pub vkey: String,
    /// Printable passports.
    pub shelf: Vec<ShelfCard>,
    /// What it holds, for a report.
    pub report: Report,
}

/// What a sample ledger holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Leaves of the log.
    pub leaves: u64,
    /// Passports by kind.
    pub passports: BTreeMap<String, u64>,
    /// Prices.
    pub listings: u64,
    /// Bytes of the index as served.
    pub index_bytes: u64,
    /// Bytes of the dossiers as served.
    pub dossier_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
}

/// Builds the sample ledger.
///
/// # Errors
/// The sources cannot be read, or state something that may not be stated.
pub fn build(sources: &Sources) -> Result<SampleLedger, NodeError> {
    let keys = LogKeys::from_seed(ORIGIN, &seed(LOG))?;
    let mut scribe = Scribe::new(FIRST_BATCH);
    cast::introduce(&mut scribe, sources)?;
    records::issue(&mut scribe, sources)?;
    chains::issue(&mut scribe, sources)?;
    let examples = examples::issue(&mut scribe)?;
    scribe.close(&keys, false)?;

    scribe.begin(SECOND_BATCH);
    records::publish_prices(&mut scribe, sources)?;
    examples::change(&mut scribe, &examples)?;
    let shelf = shelf::cards(&scribe, &examples)?;
    let last = scribe.close(&keys, true)?;
    // What only the smaller log of the first batch needed, its partial tiles, is left out.
    let mut files = scribe.ledger().tiles();
    files.extend(last.files);
    files.insert("checkpoint".to_owned(), cosigned(last.checkpoint)?.into_bytes());
    files.insert("policy".to_owned(), trust_policy()?.into_bytes());
    let shelf_json = serde_json::to_value(&shelf).map_err(|e| NodeError::Data(e.to_string()))?;
    files.insert("shelf.json".to_owned(), json::canonical(&shelf_json).map_err(|e| NodeError::Data(e.to_string()))?);
    let newest_bundle = bundle_path(scribe.ledger().size(), scribe.ledger().size() - 1);
    let (older, device): (Vec<_>, Vec<_>) = files.keys().cloned().partition(|path| path.starts_with("tile/entries/") && *path != newest_bundle);
    files.insert("files.rs".to_owned(), list(&device).into_bytes());
    files.insert("older_entries.rs".to_owned(), list(&older).into_bytes());

    let mut report = Report { leaves: scribe.ledger().size(), total_bytes: files.values().map(|b| b.len() as u64).sum(), ..Report::default() };
    for p in scribe.ledger().state().passports().iter() {
        *report.passports.entry(p.kind.id().to_owned()).or_default() += 1;
    }
    if let Some(pack) = &last.pack {
        report.listings = pack.index()?.listings.len() as u64;
        report.index_bytes = pack.manifest.index().map(|f| f.size).sum();
        report.dossier_bytes = pack.manifest.dossiers().map(|f| f.size).sum();
    }
    Ok(SampleLedger { files, vkey: keys.key().to_string(), shelf, report })
}

/// The checkpoint with the cosignatures of both witnesses, dated as the batch.
fn cosigned(checkpoint: String) -> Result<String, NodeError> {
    let time = SECOND_BATCH.0.unsigned_abs() / 1000;
    let lines = witnesses()?.iter().map(|witness| witness.cosign(&checkpoint, time)).collect::<Result<String, _>>()?;
    Ok(checkpoint + &lines)
}

/// Writes a sample ledger to a folder (its files), its key and its policy beside that folder (`<folder>.vkey`, `<folder>.policy`). What was in the folder is removed.
///
/// # Errors
/// The folder cannot be written, or holds something that is not a ledger.
pub fn write(sample: &SampleLedger, out: &Path) -> Result<(), NodeError> {
    if out.exists() {
        let foreign = std::fs::read_dir(out).map_err(NodeError::file(out))?.next().is_some() && !out.join("checkpoint").exists();
        if foreign {
            return Err(NodeError::Usage(format!("{} is not empty and holds no ledger; choose another folder", out.display())));
        }
        std::fs::remove_dir_all(out).map_err(NodeError::file(out))?;
    }
    for (path, bytes) in &sample.files {
        let path = out.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(NodeError::file(parent))?;
        }
        std::fs::write(&path, bytes).map_err(NodeError::file(&path))?;
    }
    let policy = out.with_extension("policy");
    std::fs::write(&policy, trust_policy()?).map_err(NodeError::file(&policy))?;
    let vkey = out.with_extension("vkey");
    std::fs::write(&vkey, &sample.vkey).map_err(NodeError::file(&vkey))
}

/// Every body, document and sheet of the sample ledger that is built into this program.
///
/// # Errors
/// The program was built with a damaged sample.
pub fn bodies() -> Result<Vec<Vec<u8>>, NodeError> {
    let files: BTreeMap<&str, &[u8]> = sample_files().iter().copied().collect();
    let broken = || NodeError::Data("the sample in this program has no dossiers".to_owned());
    // The only readable JSON among the pack's files is the manifest.
    let manifest = files.iter().filter(|(path, _)| path.starts_with("pack/")).find_map(|(_, b)| serde_json::from_slice::<Manifest>(b).ok());
    let mut bodies = Vec::new();
    for file in manifest.ok_or_else(broken)?.dossiers() {
        let bytes = files.get(file.path().as_str()).ok_or_else(broken)?;
        for dossier in decode_dossiers(&file.open(bytes)?)? {
            bodies.push(dossier.body);
            bodies.extend(dossier.stages.into_iter().map(|s| s.document));
            bodies.extend(dossier.listing.map(|l| l.document));
        }
    }
    Ok(bodies)
}

/// A list through which `pack::sample` embeds files of the ledger.
fn list(paths: &[String]) -> String {
    let mut out = String::from("// Written by `ecosphere-node sample`.\n&[\n");
    for path in paths {
        out.push_str(&format!("    (\"{path}\", include_bytes!(\"{path}\")),\n"));
    }
    out.push_str("]\n");
    out
}

#[cfg(test)]
mod tests;
