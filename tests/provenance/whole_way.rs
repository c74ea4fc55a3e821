//! From four suppliers' files in four formats, over a ledger on which each signs its own steps and the next confirms them, to the label that a device
//! works out by itself: the same to the last digit as what the files come to.
#![cfg(feature = "cli")]

use crate::{collect, folder, others};
use ecosphere::{
    label::{FactorTable, Label, LabelSubject, Stage, Terms, label},
    measure::{Currency, Decimal},
    node::sample,
    provenance::{ClaimState, Collected, Event, Journey, Lot, MetricId, Split, check::verify, untp},
    values::Topic,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const SAUCE: &str = "(01)09520000000011(10)LR2608";
const BAG: &str = "(01)09520000000028(10)B1";
const PARTY: &str = "https://ecosphere.example/parties/";

fn run(program: &str, args: &[&str]) -> (Option<i32>, Value) {
    let output = Command::new(program).arg("--json").args(args).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let said = text.lines().next().and_then(|line| serde_json::from_str(line).ok());
    (output.status.code(), said.unwrap_or_else(|| panic!("{args:?}: {text} {}", String::from_utf8_lossy(&output.stderr))))
}

fn node(args: &[&str]) -> Value {
    let (code, said) = run(env!("CARGO_BIN_EXE_ecosphere-node"), args);
    assert_eq!(code, Some(0), "{args:?}: {said}");
    said
}

/// The certifier's credential on the farm, with a word on the hours paid at a living wage, and what was measured of them.
fn certificate(hours: u32) -> Value {
    let all: Vec<Value> = serde_json::from_slice(&fs::read(folder("good/bottega-filo-e-ago.untp.json")).unwrap()).unwrap();
    let mut one = all.into_iter().find(|c| c["id"].as_str().unwrap().ends_with("three-oaks-1")).unwrap();
    let assessments = one["credentialSubject"]["conformityAssessment"].as_array_mut().unwrap();
    let mut wages = assessments.last().unwrap().clone();
    let topic = "https://vocabulary.uncefact.org/conformity-topic/decent-work-conditions";
    wages["id"] = json!("https://ecosphere.example/assessments/three-oaks-1-wages");
    wages["conformityTopic"][0]["id"] = json!(topic);
    wages["assessmentCriteria"][0]["id"] = json!(topic);
    wages["assessedPerformance"] = json!([{
        "metric": { "type": ["PerformanceMetric"], "id": "https://vocabulary.uncefact.org/performance-metric/living-wage-hours", "name": "Hours" },
        "measure": { "value": hours, "unit": "HUR" },
    }]);
    assessments.push(wages);
    one
}

/// The files' events and words of others, as they are once all have signed.
fn told(hours: u32) -> Collected {
    let mut all = collect("good");
    all.attestations.retain(|a| !a.ids.iter().any(|id| id.ends_with("three-oaks-1")));
    all.attestations.extend(untp::conformity(&certificate(hours)).unwrap());
    all
}

/// What the files come to: for one kilogram of the product.
fn label_of_files(all: &Collected, product: &str) -> Label {
    let mut others = others(all);
    let gives = |e: &&Event| e.hand_over().is_some_and(|(from, _)| e.actor.as_ref().is_some_and(|a| a.id == from.id));
    let signed: Vec<_> = all.events.iter().filter(gives).map(|e| e.id).collect();
    others.signatures.retain(|id, _| signed.contains(id));
    let verified = verify(&all.events, &all.claims, &others);
    assert_eq!(verified.findings, []);
    let states = verified.measurement_states();
    let last = all.events.iter().filter(|e| e.outputs.iter().any(|lot| lot.item == product)).max_by_key(|e| e.time).unwrap();
    let unit = last.outputs[0].quantity.unwrap().1;
    let one = Lot { item: product.to_owned(), quantity: Some((Decimal::ONE, unit)) };
    let journey = Journey::follow(&all.events, &one, &Split::Mass).unwrap();
    let stages = Stage::of_journey(&journey, &all.events, |event, measured| states[&(event.id, measured.metric)]);
    let table = FactorTable::builtin().unwrap();
    let terms = Terms { table: &table, currency: Currency::EUR, price_year: last.time.year() };
    label(LabelSubject::Product, &stages, &terms).unwrap()
}

struct Ledger {
    folder: tempfile::TempDir,
}

impl Ledger {
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Issues the passport under which the steps stand; the link on the product.
    fn issue(&self, like: &str, subject: &str, key: &str) -> String {
        let mut draft = node(&["passport", "export", like]);
        draft["credentialSubject"]["id"] = json!(subject);
        fs::write(self.path("draft.json"), draft.to_string()).unwrap();
        let (draft, data, out) = (self.path("draft.json"), self.path("data"), self.path("codes"));
        node(&["issue", &draft, "--data", &data, "--sample-key", key, "--out", &out])["link"].as_str().unwrap().to_owned()
    }

    /// One supplier records what it did, offers the last to the next, who confirms.
    fn record(&self, file: &[&str], product: &str, actor: &str, receiver: &str) -> u64 {
        let (data, offer) = (self.path("data"), self.path("offer.json"));
        let (to, id) = (sample::key(receiver).did().to_string(), format!("{PARTY}{actor}"));
        let key = ["--data", &data, "--sample-key", actor, "--actor", &id, "--passport", product];
        let said = node(&[&["import"], file, &key, &["--receiver", &to, "--offer", &offer, "--evidence", &self.path("signed.json")]].concat());
        let confirmed = node(&["confirm", &offer, "--data", &data, "--sample-key", receiver]);
        assert_eq!(confirmed["status"], "logged", "{confirmed}");
        said["recorded"].as_u64().unwrap()
    }
}

fn file(set: &str, name: &str) -> String {
    folder(set).join(name).to_str().unwrap().to_owned()
}

/// The cannery's map, as it keeps it once it has looked at it.
fn confirmed_map(folder: &Path) -> PathBuf {
    let map = folder.join("map.json");
    let csv = file("good", "conserve-tre-torri.csv");
    let (code, _) = run(env!("CARGO_BIN_EXE_ecosphere-node"), &["import", "--format", "table", &csv, "--save-map", map.to_str().unwrap()]);
    assert_eq!(code, Some(1), "alone, the file does not say where the tomatoes came from");
    let mut read: Value = serde_json::from_slice(&fs::read(&map).unwrap()).unwrap();
    read["confirmed"] = json!(true);
    read["offset"] = json!("+02:00");
    fs::write(&map, read.to_string()).unwrap();
    map
}

#[test]
fn from_four_files_in_four_formats_to_a_label_that_the_device_recomputes_to_the_digit() {
    let ledger = Ledger { folder: tempfile::tempdir().unwrap() };
    let data = ledger.path("data");
    node(&["init", "--data", &data, "--sample"]);
    fs::write(ledger.path("certificate.json"), certificate(420).to_string()).unwrap();
    node(&["attest", &ledger.path("certificate.json"), "--sample-key", "certifier", "--out", &ledger.path("signed.json")]);
    let (epcis, xlsx) = (file("good", "podere-luna-rossa.epcis.jsonld"), file("good", "conceria-castagno.xlsx"));
    let (csv, vc) = (file("good", "conserve-tre-torri.csv"), file("good", "bottega-filo-e-ago.untp.json"));
    let map = confirmed_map(ledger.folder.path());

    let sauce = ledger.issue("09520000000011", "https://id.gs1.org/01/09520000000011/10/LR2608", "tomato-cannery");
    assert_eq!(ledger.record(&["--format", "epcis", &epcis], SAUCE, "tomato-farm", "tomato-cannery"), 1);
    let table = ["--format", "table", &csv, "--map", map.to_str().unwrap()];
    assert_eq!(ledger.record(&table, SAUCE, "tomato-cannery", "retailer:greenbasket"), 2);
    let bag = ledger.issue("09520000000028", "https://id.gs1.org/01/09520000000028/10/B1", "leather-workshop");
    assert_eq!(ledger.record(&["--format", "table", &xlsx], BAG, "leather-farm", "leather-tannery"), 1);
    assert_eq!(ledger.record(&["--format", "table", &xlsx], BAG, "leather-tannery", "leather-workshop"), 2);
    assert_eq!(ledger.record(&["--format", "untp", &vc], BAG, "leather-workshop", "retailer:lantern"), 1);

    // The device syncs the ledger, scans the codes, and works the labels out from the signed steps.
    let cli = env!("CARGO_BIN_EXE_ecosphere-cli");
    let store = ledger.path("device");
    let vkey = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/ledger.vkey")).unwrap();
    let (code, said) = run(cli, &["--data", &store, "sync", &format!("{data}/ledger"), "--key", vkey.trim()]);
    assert_eq!(code, Some(0), "{said}");
    let all = told(420);
    for (product, link, stages) in [(SAUCE, &sauce, 5), (BAG, &bag, 7)] {
        let (_, scanned) = run(cli, &["--data", &store, "scan", link]);
        let of_device: Label = serde_json::from_value(scanned["label"].clone()).unwrap_or_else(|e| panic!("{product}: {e} {scanned}"));
        let of_files = label_of_files(&all, product);
        assert_eq!((scanned["outcome"].as_str(), of_device.stages.len()), (Some("verified"), stages), "{product}");
        assert_eq!(of_device, of_files, "{product}");
        let of_node = node(&["label", product, "--data", &data]);
        assert_eq!(of_node["label"], serde_json::to_value(&of_device).unwrap(), "{product}");
    }

    // The certifier's word counts: what it attests is worth all of it, what it does not, half.
    let wages = |label: &Label| label.topics.iter().find(|t| t.topic == Topic::DecentWork).unwrap().value;
    let (attested, declared) = (wages(&label_of_files(&all, SAUCE)), wages(&label_of_files(&told(400), SAUCE)));
    assert!(attested.central > declared.central, "{attested:?} {declared:?}");

    // A file with something disproven, or that cannot be read whole, records nothing.
    for (format, name, actor) in [
        ("epcis", "podere-luna-rossa.epcis.jsonld", "tomato-farm"),
        ("table", "conserve-tre-torri.csv", "tomato-cannery"),
        ("table", "conceria-castagno.xlsx", "leather-tannery"),
        ("untp", "bottega-filo-e-ago.untp.json", "leather-workshop"),
    ] {
        let key = ["--data", &data, "--sample-key", actor, "--passport", SAUCE];
        let faulty = file("faulty", name);
        let args = [&["import", "--format", format, &faulty], &key[..]].concat();
        let (code, said) = run(env!("CARGO_BIN_EXE_ecosphere-node"), &args);
        assert_eq!((code, said["recorded"].as_u64()), (Some(1), Some(0)), "{name}: {said}");
    }
}

#[test]
fn an_attestation_covers_the_value_that_was_examined_and_no_other() {
    let state = |hours: u32, change: &dyn Fn(&mut Collected)| {
        let mut all = told(hours);
        change(&mut all);
        let picked = all.events.iter().find(|e| e.source_id.ends_with("P1")).unwrap().id;
        let verified = verify(&all.events, &all.claims, &others(&all));
        let verdict = verified.of_measurement(picked, MetricId::from_id("living-wage-hours").unwrap()).unwrap();
        (verdict.state, verdict.reasons.join("; "))
    };
    assert_eq!(state(420, &|_| ()).0, ClaimState::Attested);
    let (other, why) = state(400, &|_| ());
    assert!(other == ClaimState::SelfDeclared && why.contains("attests 400 and not this value"), "{why}");
    // Of the very lot, both cannot be true.
    let of_the_lot = |all: &mut Collected| {
        let lot = all.events.iter().find(|e| e.source_id.ends_with("P1")).unwrap().outputs[0].item.clone();
        all.attestations.iter_mut().for_each(|a| a.scope = vec![lot.clone()]);
    };
    assert_eq!(state(400, &of_the_lot).0, ClaimState::Contradicted);
    assert_eq!(state(420, &of_the_lot).0, ClaimState::Attested);
    let late = |all: &mut Collected| all.attestations.iter_mut().for_each(|a| a.until = Some(a.from));
    assert_eq!(state(420, &late).0, ClaimState::SelfDeclared, "its period is over");
}
