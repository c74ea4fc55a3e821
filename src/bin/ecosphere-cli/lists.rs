//! `ask`, `rank`, `search`, `categories`.

use crate::{
    ANSWERED,
    args::Kind,
    device::Device,
    print::{self, say},
};
use ecosphere::engine::wire::{Answer, OptionRow, Request, SubjectView};
use serde_json::json;

/// Ranks subjects of a kind.
pub fn rank(device: &Device, as_json: bool, kind: Kind, category: Option<&str>, limit: u32) -> anyhow::Result<u8> {
    let rows = options(device, Request::Rank { kind: kind.into(), category: category.map(str::to_owned), limit })?;
    if as_json {
        let kind = clap::ValueEnum::to_possible_value(&kind).map(|v| v.get_name().to_owned());
        print::json(&json!({ "kind": kind, "category": category, "by": device.status()?.speaks, "options": rows }))?;
    } else {
        show(&rows, "Nothing of this kind is in the snapshot.");
    }
    Ok(ANSWERED)
}

/// Answers a question.
pub fn ask(device: &Device, as_json: bool, text: &str, about: Option<&str>, limit: u32) -> anyhow::Result<u8> {
    let about = about.map(|code| number_of(device, code)).transpose()?;
    let Answer::Told(told) = device.ask(Request::Ask { text: text.to_owned(), about, limit })? else {
        anyhow::bail!("the engine did not answer the question");
    };
    if as_json {
        print::json(&told)?;
        return Ok(ANSWERED);
    }
    if !told.understood.is_empty() {
        say!("You ask: {}", told.understood);
    }
    for sentence in &told.said {
        say!("{sentence}");
    }
    for (i, row) in told.rows.iter().enumerate() {
        print::row(i + 1, row);
    }
    for example in &told.examples {
        say!("  {example}");
    }
    Ok(ANSWERED)
}

/// The number of the subject that a code stands for.
pub fn number_of(device: &Device, code: &str) -> anyhow::Result<u32> {
    subject_of(device, code).map(|s| s.number)
}

/// The subject that a code stands for.
pub fn subject_of(device: &Device, code: &str) -> anyhow::Result<SubjectView> {
    let Answer::Scan(results) = device.ask(Request::ScanText(code.to_owned()))? else { anyhow::bail!("the engine did not look the code up") };
    let subject = results.into_iter().find_map(|r| r.subject);
    subject.ok_or_else(|| anyhow::anyhow!("the snapshot knows nothing by the code {code}"))
}

/// Finds subjects by name.
pub fn search(device: &Device, as_json: bool, text: &str, limit: u32) -> anyhow::Result<u8> {
    let rows = options(device, Request::Search { text: text.to_owned(), limit })?;
    if as_json {
        print::json(&json!({ "text": text, "options": rows }))?;
    } else {
        show(&rows, "Nothing in the snapshot has all these words in its name, brand or category.");
    }
    Ok(ANSWERED)
}

/// Lists the categories.
pub fn categories(device: &Device, as_json: bool) -> anyhow::Result<u8> {
    let Answer::Categories(rows) = device.ask(Request::Categories)? else { anyhow::bail!("the engine did not answer with categories") };
    if as_json {
        print::json(&json!({ "categories": rows }))?;
    } else {
        for row in rows {
            say!("{:>6}  {}  {}", row.products, row.id, row.name);
        }
    }
    Ok(ANSWERED)
}

fn options(device: &Device, request: Request) -> anyhow::Result<Vec<OptionRow>> {
    match device.ask(request)? {
        Answer::Options(rows) => Ok(rows),
        other => anyhow::bail!("the engine answered {other:?} when asked for a list"),
    }
}

fn show(rows: &[OptionRow], nothing: &str) {
    if rows.is_empty() {
        say!("{nothing}");
    }
    for (i, row) in rows.iter().enumerate() {
        print::row(i + 1, row);
    }
}
