//! The second verification of a supplier's file against a ledger: what the receiver signed is confirmed, what a certifier in standing signed is
//! attested, and nothing else is.
#![cfg(feature = "cli")]

use super::folder;
use ecosphere::node::sample;
use serde_json::{Value, json};
use std::{fs, process::Command};

const LOT: &str = "(01)09520000001025(10)F7";

fn node(args: &[&str]) -> (Value, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).arg("--json").args(args).output().unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    (answer, output.status.code().unwrap())
}

fn done(args: &[&str]) -> Value {
    let (answer, status) = node(args);
    assert_eq!(status, 0, "{args:?}: {answer}");
    answer
}

/// The farm's events, with the receiver's name and something measured on the way.
fn events() -> Value {
    let mut document: Value = serde_json::from_slice(&fs::read(folder("good/podere-luna-rossa.epcis.jsonld")).unwrap()).unwrap();
    let shipped = &mut document["epcisBody"]["eventList"][1];
    shipped["ecosphere:parties"] = json!({ "https://ecosphere.example/parties/tomato-cannery": "Conserve Tre Torri" });
    shipped["ecosphere:measurements"] = json!([{ "metric": "energy-use", "quantity": 30, "unit": "KWH" }]);
    document
}

#[test]
fn a_file_is_judged_by_who_signed_on_a_ledger_and_by_certifiers_in_standing_there() {
    let temporary = tempfile::tempdir().unwrap();
    let at = |name: &str| temporary.path().join(name).to_str().unwrap().to_owned();
    let data = at("data");
    done(&["init", "--data", &data, "--sample"]);
    fs::write(at("events.jsonld"), events().to_string()).unwrap();
    let judge = |file: &str, more: &[&str]| {
        let (answer, _) = node(&[&["import", "--format", "epcis", &at(file), "--ledger", &data], more].concat());
        let state = |name: &str| answer["states"][name].as_u64().unwrap_or_else(|| panic!("{answer}"));
        (state("attested"), state("confirmed"), state("self-declared"))
    };

    let mut draft = done(&["passport", "export", "09520000000011"]);
    draft["credentialSubject"]["id"] = json!("https://id.gs1.org/01/09520000001025/10/F7");
    fs::write(at("draft.json"), draft.to_string()).unwrap();
    done(&["issue", &at("draft.json"), "--data", &data, "--sample-key", "tomato-farm", "--out", &at("codes")]);
    assert_eq!(judge("events.jsonld", &[]), (0, 0, 6), "the ledger knows nothing of it yet");
    let cannery = sample::key("tomato-cannery").did().to_string();
    let key = ["--data", &data, "--sample-key", "tomato-farm", "--passport", LOT, "--receiver", &cannery, "--offer", &at("offer.json")];
    done(&[&["import", "--format", "epcis", &at("events.jsonld")], &key[..]].concat());
    assert_eq!(judge("events.jsonld", &[]), (0, 0, 6), "an offer confirms nothing");
    done(&["confirm", &at("offer.json"), "--data", &data, "--sample-key", "tomato-cannery"]);
    assert_eq!(judge("events.jsonld", &[]), (0, 1, 5), "what was measured on the way is confirmed by whoever took the goods over");

    let mut other = events();
    other["epcisBody"]["eventList"][1]["ecosphere:received"]["amount"] = json!(3_361);
    fs::write(at("other.jsonld"), other.to_string()).unwrap();
    assert_eq!(judge("other.jsonld", &[]), (0, 0, 6), "it is another event than the one that was signed");

    // The certificate counts once its certifier, in standing on this ledger, has signed it; anybody else's signature changes nothing.
    let all: Vec<Value> = serde_json::from_slice(&fs::read(folder("good/bottega-filo-e-ago.untp.json")).unwrap()).unwrap();
    let certificate = all.iter().find(|c| c["id"].as_str().unwrap().ends_with("three-oaks-1")).unwrap();
    fs::write(at("certificate.json"), certificate.to_string()).unwrap();
    for (signer, attested) in [("tomato-cannery", 0), ("certifier", 4)] {
        done(&["attest", &at("certificate.json"), "--sample-key", signer, "--out", &at("signed.json")]);
        assert_eq!(judge("events.jsonld", &["--evidence", &at("signed.json")]).0, attested, "signed by {signer}");
    }
    let (answer, status) = node(&["import", "--format", "epcis", &at("events.jsonld"), "--evidence", &at("certificate.json")]);
    assert!(status != 0 && answer["error"].is_string(), "what nobody signed is nobody's word: {answer}");
}
