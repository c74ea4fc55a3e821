//! `ecosphere-node import`, as a supplier runs it.

use super::folder;
use serde_json::Value;
use std::process::Command;

/// What the command answers, and its exit status.
fn import(format: &str, file: &std::path::Path, more: &[&str]) -> (Value, i32) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).args(["--json", "import", "--format", format]).arg(file).args(more).output().unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    (answer, output.status.code().unwrap())
}

#[test]
fn a_supplier_sees_what_was_understood_and_keeps_the_map_of_a_table() {
    let (answer, status) = import("epcis", &folder("good/podere-luna-rossa.epcis.jsonld"), &[]);
    assert_eq!((&answer["events"], &answer["claims"], &answer["dropped"]), (&2.into(), &2.into(), &Value::Array(vec![])));
    assert_eq!(
        (answer["states"]["attested"].as_u64(), answer["states"]["self-declared"].as_u64()),
        (Some(0), Some(5)),
        "alone, it is only its own word"
    );
    assert_eq!(status, 1, "its certificate is not in the file");
    assert!(answer["findings"][0]["text"].as_str().unwrap().contains("three-oaks-1 is not known"));

    let temporary = tempfile::tempdir().unwrap();
    let map = temporary.path().join("map.json");
    let (csv, map_text) = (folder("good/conserve-tre-torri.csv"), map.to_str().unwrap());
    let (answer, _) = import("table", &csv, &["--save-map", map_text]);
    assert_eq!((&answer["events"], &answer["map"]["confirmed"]), (&3.into(), &false.into()));
    let unconfirmed = std::fs::read_to_string(&map).unwrap();
    let refused =
        Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).args(["import", "--format", "table", "--map", map_text]).arg(&csv).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("confirmed"), "{refused:?}");
    std::fs::write(&map, unconfirmed.replace("\"confirmed\": false", "\"confirmed\": true")).unwrap();
    let (answer, _) = import("table", &csv, &["--map", map_text]);
    assert_eq!((&answer["events"], &answer["map"]["confirmed"]), (&3.into(), &true.into()));

    let (answer, status) = import("untp", &folder("faulty/bottega-filo-e-ago.untp.json"), &["--no-check"]);
    assert_eq!((&answer["events"], &answer["checked"], status), (&2.into(), &false.into(), 1));
    assert!(answer["dropped"][0]["reason"].as_str().unwrap().starts_with("credentialSubject[0].outputProduct: "));
}
