//! Files larger than what is kept of them: the program's peak memory stays the same whatever the file's size. A gigabyte each where
//! `ECOSPHERE_SOAK` is set.
#![cfg(target_os = "linux")]

use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
    process::Command,
    time::Duration,
};

/// What the program may need at its peak, in kB, itself included (some 30 MB where it is not optimised): each of these files has 50 MB or more.
pub const MOST_KB: u64 = 64_000;

pub fn size() -> u64 {
    if std::env::var_os("ECOSPHERE_SOAK").is_some() { 1_000_000_000 } else { 50_000_000 }
}

/// What `import` answers, what it says on its error stream, and the most memory it had, in kB.
pub fn import(format: &str, file: &Path, more: &[&str]) -> (Value, String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| File::create(folder.path().join(name)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"))
        .args(["--json", "import", "--progress", "--format", format])
        .arg(file)
        .args(more)
        .stdout(out("answer"))
        .stderr(out("said"))
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let said = std::fs::read_to_string(&status).unwrap_or_default();
        let now = said.lines().find_map(|l| l.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        peak = now.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(10));
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let answer = read("answer");
    (serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}{}", read("said"))), read("said"), peak)
}

/// Writes parts until the file has its size; how many.
fn fill(path: &Path, before: &str, part: impl Fn(u64) -> String, after: &str) -> u64 {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let (mut written, mut count) = (before.len() as u64, 0);
    file.write_all(before.as_bytes()).unwrap();
    while written < size() {
        let text = part(count);
        file.write_all(text.as_bytes()).unwrap();
        written += text.len() as u64;
        count += 1;
    }
    file.write_all(after.as_bytes()).unwrap();
    file.flush().unwrap();
    count
}

/// A GTIN-13 with its check digit (GS1 General Specifications, 7.9).
fn gtin(n: u64) -> String {
    let body = format!("301{n:09}");
    let sum: u64 = body.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[test]
fn products_of_any_number_are_read_in_bounded_memory_with_every_odd_row_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, notes) = (folder.path().join("products.jsonl"), folder.path().join("notes.jsonl"));
    let padding = "x".repeat(1_800);
    let rows = fill(
        &path,
        "",
        // One in ten has no name, one in ten a label that nobody knows.
        |n| {
            let name = if n % 10 == 3 { "" } else { "A product" };
            let label = if n % 10 == 7 { "en:no-such-label" } else { "en:organic" };
            let row = json!({ "code": gtin(n), "product_name": name, "categories_tags": ["en:spreads"], "labels_tags": [label],
                "generic_name": padding });
            format!("{row}\n")
        },
        "",
    );
    let (answer, said, peak) = import("openfoodfacts", &path, &["--notes", notes.to_str().unwrap()]);
    let dropped = (0..rows).filter(|n| n % 10 == 3).count() as u64;
    assert_eq!((answer["records"].as_u64(), answer["dropped_count"].as_u64()), (Some(rows - dropped), Some(dropped)));
    assert_eq!((&answer["dropped"][0]["line"], &answer["dropped"][0]["reason"]), (&json!(4), &json!("the row has no product name")));
    let unknown = (0..rows).filter(|n| n % 10 == 7).count() as u64;
    let listed = std::fs::read_to_string(&notes).unwrap();
    assert_eq!(listed.lines().count() as u64, dropped + unknown);
    let last = (0..rows).rfind(|n| matches!(n % 10, 3 | 7)).unwrap() + 1;
    assert!(listed.lines().next_back().unwrap().contains(&format!("\"line\":{last},")), "{}", listed.lines().next_back().unwrap());
    let last = said.lines().next_back().unwrap_or_default();
    assert!(last.starts_with("100 % ("), "{said}");
    assert!(peak > 0 && peak < MOST_KB, "{peak} kB for {rows} rows");
}

#[test]
fn events_of_any_number_are_counted_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonld");
    let event = json!({"type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+01:00",
        "bizStep": "shipping", "epcList": ["urn:epc:id:sgtin:0614141.107346.2017"], "example:note": "x".repeat(1_800)})
    .to_string();
    let start = "{\"@context\":[],\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\",\"creationDate\":\"2026-01-01T00:00:00Z\",\"epcisBody\":{\"eventList\":[";
    let count = fill(&path, start, |n| if n == 0 { event.clone() } else { format!(",\n{event}") }, "]}}");
    let (answer, _, peak) = import("epcis", &path, &["--no-check"]);
    assert_eq!((answer["events"].as_u64(), answer["dropped_count"].as_u64()), (Some(count), Some(0)));
    assert!(peak > 0 && peak < MOST_KB, "{peak} kB for {count} events");
}

#[test]
fn rows_of_tables_of_any_number_are_read_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let padding = "x".repeat(900);
    let rows =
        fill(&path, "date;lot;quantity (kg);remarks\n", |n| format!("2026-01-01;L{n};{};{padding}\n", if n % 5 == 0 { "-1,5" } else { "1,5" }), "");
    let (answer, said, peak) = import("table", &path, &["--no-check"]);
    let dropped = rows.div_ceil(5);
    assert_eq!((answer["events"].as_u64(), answer["dropped_count"].as_u64()), (Some(rows - dropped), Some(dropped)));
    assert!(said.lines().next_back().unwrap_or_default().starts_with("100 % ("), "{said}");
    assert!(peak > 0 && peak < MOST_KB, "{peak} kB for {rows} rows");
}
