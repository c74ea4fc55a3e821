//! `scan`: pictures, links and barcode numbers.

use crate::{
    ANSWERED, UNUSABLE,
    device::Device,
    print::{self, say},
};
use ecosphere::{
    bot::{Alignment, LineFinding, Reason, VerdictBand},
    engine::wire::{Answer, EngineError, OptionRow, Request, ScanResult, SubjectView},
    label::Label,
    passport::Outcome,
    values::Topic,
};
use serde::Serialize;
use std::path::Path;

/// The largest picture file that is read, in bytes.
const MAX_PICTURE: u64 = 64 << 20;

/// An answer as programs read it. Names are stable; members may be added.
#[derive(Debug, Serialize)]
struct Said<'a> {
    input: &'a str,
    code: Option<&'a str>,
    codes: Vec<&'a str>,
    gtin: Option<&'a str>,
    outcome: Option<Outcome>,
    ledger: Option<&'a str>,
    message: String,
    next_step: &'a str,
    stale: bool,
    subject: Option<&'a SubjectView>,
    /// The S/E label, computed here; the same as the subject's.
    label: Option<&'a Label>,
    verdict: Option<VerdictBand>,
    /// The organisation by whose values that is; none: by the person's own.
    by: Option<&'a str>,
    alignment: Option<Alignment>,
    reasons: &'a [Reason],
    lines: &'a [LineFinding],
    unknown: &'a [Topic],
    options: &'a [OptionRow],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<Self>,
}

/// Scans all inputs; the exit status is the highest of theirs.
pub fn run(device: &Device, json: bool, inputs: &[String]) -> anyhow::Result<u8> {
    let mut status = ANSWERED;
    for input in inputs {
        let found = scan(device, input);
        status = status.max(exit_status(&found));
        if json {
            print::json(&said(input, &found))?;
        }
        match &found {
            Ok(results) if !json => show(input, results),
            Ok(_) => {}
            Err(e) => eprintln!("{input}: {e}"),
        }
    }
    Ok(status)
}

fn exit_status(found: &Result<Vec<ScanResult>, EngineError>) -> u8 {
    match found {
        Ok(results) => results.iter().map(|r| r.outcome.exit_code()).max().unwrap_or(ANSWERED),
        Err(_) => UNUSABLE,
    }
}

/// The results of one input; none for a picture without a code.
fn scan(device: &Device, input: &str) -> Result<Vec<ScanResult>, EngineError> {
    let answer = if Path::new(input).is_file() {
        let picture = read(Path::new(input))?;
        device.ask_with(Request::ScanPicture, &picture, &|_| ())?
    } else if is_code(input) {
        device.ask(Request::ScanText(input.to_owned()))?
    } else {
        return Err(EngineError::BadInput(
            "this is neither a file that is there, nor a link (https://…), nor the digits of a barcode; check the spelling".into(),
        ));
    };
    match answer {
        Answer::Scan(results) => Ok(results),
        _ => Ok(Vec::new()),
    }
}

/// A link, a GS1 element string, or digits (spaces and hyphens between them do not matter).
fn is_code(input: &str) -> bool {
    let text = input.trim();
    let scheme = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let digits = text.chars().filter(|c| !matches!(c, ' ' | '-')).all(|c| c.is_ascii_digit());
    scheme.starts_with("http://") || scheme.starts_with("https://") || text.starts_with("(01)") || (!text.is_empty() && digits)
}

fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    let unreadable = |e: std::io::Error| EngineError::BadInput(format!("the file cannot be read: {e}"));
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_PICTURE {
        return Err(EngineError::BadInput(format!("the file is larger than {} MB; choose a smaller picture", MAX_PICTURE >> 20)));
    }
    std::fs::read(path).map_err(unreadable)
}

/// The one that speaks for the picture: the only passport among its codes, else the first code.
fn chosen(results: &[ScanResult]) -> Option<&ScanResult> {
    let mut passports = results.iter().filter(|r| r.outcome != Outcome::NotAPassport);
    match (passports.next(), passports.next()) {
        (Some(one), None) => Some(one),
        _ => results.first(),
    }
}

const NO_CODE: &str = "No QR code and no barcode was found in this picture.";
const NO_CODE_NEXT: &str = "Take it again from nearer, straight on and in good light, or type the digits under the barcode.";

fn said<'a>(input: &'a str, found: &'a Result<Vec<ScanResult>, EngineError>) -> Said<'a> {
    match found {
        Err(e) => Said { message: e.to_string(), error: Some(name(e)), ..nothing(input) },
        Ok(results) => match chosen(results) {
            None => Said { outcome: Some(Outcome::NotAPassport), message: NO_CODE.to_owned(), next_step: NO_CODE_NEXT, ..nothing(input) },
            Some(one) => {
                let mut said = one_of(input, one);
                if results.len() > 1 {
                    said.message = format!("{} {}", several(results.len()), said.message);
                    said.results = results.iter().map(|r| one_of(input, r)).collect();
                }
                said.codes = results.iter().filter_map(|r| r.code.as_deref()).collect();
                said
            }
        },
    }
}

fn several(codes: usize) -> String {
    format!("There are {codes} codes in this picture; this is the answer for one of them, \"results\" has all.")
}

fn one_of<'a>(input: &'a str, r: &'a ScanResult) -> Said<'a> {
    let verdict = r.verdict.as_ref();
    Said {
        input,
        code: r.code.as_deref(),
        codes: r.code.as_deref().into_iter().collect(),
        gtin: r.gtin.as_deref(),
        outcome: Some(r.outcome),
        ledger: r.ledger.as_deref(),
        message: r.message.clone(),
        next_step: &r.next_step,
        stale: r.stale,
        subject: r.subject.as_ref(),
        label: r.subject.as_ref().and_then(|s| s.label.as_ref()),
        verdict: verdict.map(|v| v.band),
        by: r.by.as_deref(),
        alignment: verdict.map(|v| v.alignment),
        reasons: verdict.map(|v| v.reasons.as_slice()).unwrap_or_default(),
        lines: verdict.map(|v| v.lines.as_slice()).unwrap_or_default(),
        unknown: verdict.map(|v| v.unknown.as_slice()).unwrap_or_default(),
        options: &r.options,
        error: None,
        results: Vec::new(),
    }
}

fn nothing(input: &str) -> Said<'_> {
    Said {
        input,
        code: None,
        codes: Vec::new(),
        gtin: None,
        outcome: None,
        ledger: None,
        message: String::new(),
        next_step: "",
        stale: false,
        subject: None,
        label: None,
        verdict: None,
        by: None,
        alignment: None,
        reasons: &[],
        lines: &[],
        unknown: &[],
        options: &[],
        error: None,
        results: Vec::new(),
    }
}

const fn name(e: &EngineError) -> &'static str {
    match e {
        EngineError::BadInput(_) => "unusable",
        EngineError::DiskFull => "disk-full",
        _ => "store",
    }
}

fn show(input: &str, results: &[ScanResult]) {
    if results.is_empty() {
        say!("{input}\n  {NO_CODE} {NO_CODE_NEXT}");
    }
    if results.len() > 1 {
        say!("{input}\n  There are {} codes in this picture:", results.len());
    }
    for r in results {
        say!("{}", r.code.as_deref().unwrap_or(input));
        say!("  {}. {}", r.outcome.title(), r.message);
        if r.stale {
            say!("  The snapshot is old; bring it up to date with `sync`.");
        }
        if let Some(s) = &r.subject {
            let brand = if s.brand.is_empty() { String::new() } else { format!(", {}", s.brand) };
            let fictional = if s.fictional { " [made up for the sample]" } else { "" };
            say!("  {}{brand}{fictional}", s.name);
            if !s.holder.is_empty() && s.holder != s.issuer {
                say!("  Its passport belongs to {}.", s.holder);
            }
            if s.private > 0 {
                say!("  {} attributes of it are private: open only to readers whom its issuer chose.", s.private);
            }
            if let Some(p) = s.prices.first() {
                say!("  {}", print::price(p.price, Some(&p.retailer)));
            }
            for step in &s.stages {
                say!("  step {}: {}, {}, {}, {}", step.step, step.title, step.actor, step.place, step.date);
            }
        }
        if let Some(label) = r.subject.as_ref().and_then(|s| s.label.as_ref()) {
            say!("  {}", label.sentence());
        }
        if let Some(by) = &r.by {
            say!("  By the values of {by}, not yours:");
        }
        if let Some(v) = &r.verdict {
            print::verdict(v);
        }
        if !r.options.is_empty() {
            say!("  Better on your terms:");
            for (i, o) in r.options.iter().enumerate() {
                print::row(i + 1, o);
            }
        }
        say!("  {}", r.next_step);
    }
}
