//! `ecosphere-node import`.

use super::{import_events::import_events, signer};
use crate::{
    node::{
        NodeError,
        cli::{Format, ImportArgs, Outcome},
        sequencer::{Sequencer, now},
    },
    provenance::{BrandIndex, Import, Note, openfoodfacts, openfoodfacts::Site, wikirate},
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::Path,
};

/// The largest text of WikiRate that is read, in bytes.
const MAX_TEXT: u64 = 256 * 1024 * 1024;

/// Reads a source and reports what became of each row; with `--data`, records what was read on a ledger.
///
/// # Errors
/// The source cannot be read, or the ledger refuses a record.
pub fn import(args: &ImportArgs) -> Result<Outcome, NodeError> {
    let import = match args.format {
        Format::Epcis | Format::Untp | Format::Table | Format::Answers => return import_events(args, now()),
        Format::Openfoodfacts => products(&args.file, Site::Food)?,
        Format::Openbeautyfacts => products(&args.file, Site::Beauty)?,
        Format::Wikirate => {
            let read = |name: &str| text(&args.file, name);
            let (answers, brands, scores) = (read("brand_answers.json")?, read("sub_brands.json")?, read("living_wage_scores.json")?);
            wikirate::import(wikirate::Texts { brand_answers: &answers, sub_brands: &brands, living_wage_scores: &scores, until: now().year() })?
                .import
        }
    };
    let recorded = args.data.as_deref().map(|data| record(args, data, &import)).transpose()?;

    let read = import.records.len() + import.dropped.len();
    let mut lines =
        vec![format!("{read} rows read: {} records, {} dropped, {} notes.", import.records.len(), import.dropped.len(), import.notes.len())];
    for (title, notes) in [("dropped", &import.dropped), ("noted", &import.notes)] {
        lines.extend(reasons(notes).iter().map(|(why, n)| format!("  {n} {title}: {why}")));
        if args.rows {
            lines.extend(notes.iter().map(|n| format!("    line {} ({}): {}", n.line, n.id, n.reason)));
        }
    }
    lines.push(match &recorded {
        None => "Nothing was written (no --data).".to_owned(),
        Some((new, known)) => format!("{new} passports issued; {known} subjects had one already."),
    });
    let rows =
        |notes: &[Note]| notes.iter().map(|n| serde_json::json!({ "line": n.line, "id": n.id, "reason": n.reason.to_string() })).collect::<Vec<_>>();
    let json = serde_json::json!({
        "read": read, "records": import.records.len(), "dropped": rows(&import.dropped), "notes": rows(&import.notes),
        "issued": recorded.map(|r| r.0), "known": recorded.map(|r| r.1),
    });
    Ok(Outcome { text: lines.join("\n"), json, yes: true })
}

/// Issues a record's passport for every subject that this signer has not recorded yet. Returns how many were new, how many known.
fn record(args: &ImportArgs, data: &Path, import: &Import) -> Result<(usize, usize), NodeError> {
    let mut ledger = Sequencer::open(data, 0)?;
    let key = signer::key(&args.signer, ledger.config().sample)?;
    let did = key.did();
    let mut new = 0;
    let known: std::collections::BTreeSet<String> =
        ledger.ledger().state().passports().iter().filter(|p| p.issuer == did).map(|p| p.subject.to_string()).collect();
    for record in import.records.iter().filter(|r| !known.contains(&r.id)) {
        signer::issue(&mut ledger, record, &key, None, &|_| ())?;
        new += 1;
    }
    ledger.close()?;
    Ok((new, import.records.len() - new))
}

fn products(path: &Path, site: Site) -> Result<Import, NodeError> {
    openfoodfacts::import(open(path)?, site, &BrandIndex::default()).map_err(NodeError::file(path))
}

/// A file, unpacked if its name says that it is packed.
fn open(path: &Path) -> Result<Box<dyn BufRead>, NodeError> {
    let file = File::open(path).map_err(NodeError::file(path))?;
    let packed = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    Ok(if packed { Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file))) } else { Box::new(BufReader::new(file)) })
}

/// A text of WikiRate's folder, packed or not, with or without the prefix the sample's sources have.
fn text(folder: &Path, name: &str) -> Result<Vec<u8>, NodeError> {
    let names = [name.to_owned(), format!("{name}.gz"), format!("wikirate_{name}.gz")];
    let path = names.iter().map(|n| folder.join(n)).find(|p| p.is_file()).unwrap_or_else(|| folder.join(name));
    let mut bytes = Vec::new();
    open(&path)?.take(MAX_TEXT).read_to_end(&mut bytes).map_err(NodeError::file(&path))?;
    Ok(bytes)
}

fn reasons(notes: &[Note]) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for note in notes {
        *out.entry(note.reason.to_string()).or_default() += 1;
    }
    out
}
