//! `ecosphere-node import`.

use super::{import_events::import_events, recorder::Recorder, told::Told};
use crate::{
    node::{
        NodeError,
        cli::{Format, ImportArgs, Outcome},
        progress::Progress,
        sequencer::now,
        tables::Utf8,
    },
    provenance::{BrandIndex, Found, openfoodfacts, openfoodfacts::Site, wikirate},
};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

/// The largest text of WikiRate that is read, in bytes.
const MAX_TEXT: u64 = 256 * 1024 * 1024;

/// Reads a source and reports what became of each row; with `--data`, records what was read on a ledger.
///
/// # Errors
/// The source cannot be read, or the ledger refuses a record.
pub fn import(args: &ImportArgs) -> Result<Outcome, NodeError> {
    let site = match args.format {
        Format::Epcis | Format::Untp | Format::Table | Format::Answers => return import_events(args, now()),
        Format::Openfoodfacts => Some(Site::Food),
        Format::Openbeautyfacts => Some(Site::Beauty),
        Format::Wikirate => None,
    };
    let mut told = Told::new(args.notes.as_deref())?;
    let mut recorder = args.data.as_deref().map(|data| Recorder::open(data, &args.signer)).transpose()?;
    let mut records = 0_u64;
    // Once the ledger has refused one, no more are recorded, and the import ends with that.
    let mut refused = Ok(());
    let sink = |found: Found| {
        told.take(&found);
        if let Found::Record(record) = found {
            records += 1;
            if let (Ok(()), Some(recorder)) = (&refused, &mut recorder) {
                refused = recorder.add(*record);
            }
        }
    };
    match site {
        Some(site) => products(args, site, sink)?,
        None => brands(args, sink)?,
    }
    refused?;
    let recorded = recorder.map(Recorder::finish).transpose()?;
    told.close()?;

    let read = records + told.dropped.count;
    let mut lines = vec![format!("{read} rows read: {records} records, {} dropped, {} notes.", told.dropped.count, told.noted.count)];
    lines.extend(told.lines(args.rows));
    lines.push(match &recorded {
        None => "Nothing was written (no --data).".to_owned(),
        Some((new, known)) => format!("{new} passports issued; {known} subjects had one already."),
    });
    let mut json = told.json();
    if let Some(members) = json.as_object_mut() {
        let more =
            [("read", read.into()), ("records", records.into()), ("issued", json!(recorded.map(|r| r.0))), ("known", json!(recorded.map(|r| r.1)))];
        members.extend(more.map(|(name, value): (&str, Value)| (name.to_owned(), value)));
    }
    Ok(Outcome { text: lines.join("\n"), json, yes: true })
}

fn products(args: &ImportArgs, site: Site, sink: impl FnMut(Found)) -> Result<(), NodeError> {
    let progress = Progress::bytes(std::fs::metadata(&args.file).map_err(NodeError::file(&args.file))?.len(), args.progress);
    let failed = || NodeError::file(&args.file);
    let text = Utf8::new(open(&args.file, &progress)?).map_err(failed())?;
    openfoodfacts::read(BufReader::with_capacity(1 << 16, text), site, &BrandIndex::default(), sink).map_err(failed())?;
    progress.finish();
    Ok(())
}

fn brands(args: &ImportArgs, mut sink: impl FnMut(Found)) -> Result<(), NodeError> {
    let paths = ["brand_answers.json", "sub_brands.json", "living_wage_scores.json"].map(|name| text_path(&args.file, name));
    let sizes = paths.iter().map(|path| std::fs::metadata(path).map(|m| m.len()).map_err(NodeError::file(path)));
    let progress = Progress::bytes(sizes.sum::<Result<u64, _>>()?, args.progress);
    let [answers, brands, scores] = paths.map(|path| {
        let mut bytes = Vec::new();
        open(&path, &progress)?.take(MAX_TEXT).read_to_end(&mut bytes).map_err(NodeError::file(&path))?;
        Ok::<_, NodeError>(bytes)
    });
    let texts = wikirate::Texts { brand_answers: &answers?, sub_brands: &brands?, living_wage_scores: &scores?, until: now().year() };
    let import = wikirate::import(texts)?.import;
    import.dropped.into_iter().for_each(|note| sink(Found::Dropped(note)));
    import.notes.into_iter().for_each(|note| sink(Found::Noted(note)));
    import.records.into_iter().for_each(|record| sink(Found::Record(Box::new(record))));
    progress.finish();
    Ok(())
}

/// A file, unpacked if its name says that it is packed.
pub(super) fn open<'p>(path: &Path, progress: &'p Progress) -> Result<Box<dyn BufRead + 'p>, NodeError> {
    let file = progress.watch(File::open(path).map_err(NodeError::file(path))?);
    let packed = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    let wide = 1 << 16;
    Ok(if packed {
        let unpacked = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(wide, file));
        Box::new(BufReader::with_capacity(wide, unpacked))
    } else {
        Box::new(BufReader::with_capacity(wide, file))
    })
}

/// A text of WikiRate's folder, packed or not, with or without the prefix the sample's sources have.
fn text_path(folder: &Path, name: &str) -> PathBuf {
    let names = [name.to_owned(), format!("{name}.gz"), format!("wikirate_{name}.gz")];
    names.iter().map(|n| folder.join(n)).find(|p| p.is_file()).unwrap_or_else(|| folder.join(name))
}
