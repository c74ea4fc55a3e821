//! `ecosphere-node sample`.

use crate::node::{
    NodeError,
    cli::{Outcome, SampleArgs},
    sample::{self, Sources},
};

/// Builds the sample ledger into a folder.
///
/// # Errors
/// The sources cannot be read, or the folder cannot be written.
pub fn sample(args: &SampleArgs) -> Result<Outcome, NodeError> {
    let built = sample::build(&Sources::read(&args.source)?)?;
    sample::write(&built, &args.out)?;
    let r = &built.report;
    let products = r.passports.get("product").copied().unwrap_or_default();
    let text = format!(
        "{} written: {} leaves, {} passports ({products} products), {} prices, {} printable passports.\nIndex {} bytes ({} a passport), dossiers {} bytes, all files {} bytes.\nKey: {}",
        args.out.display(),
        r.leaves,
        r.passports.values().sum::<u64>(),
        r.listings,
        built.shelf.len(),
        r.index_bytes,
        r.index_bytes / r.passports.values().sum::<u64>().max(1),
        r.dossier_bytes,
        r.total_bytes,
        built.vkey,
    );
    let json = serde_json::json!({ "out": args.out, "vkey": built.vkey, "shelf": built.shelf.len(), "report": r });
    Ok(Outcome { text, json, yes: true })
}
