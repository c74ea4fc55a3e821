//! What organisations, projects and processes report, in the terminal: labels, impact, the classic ratio, sentiment, freedom.

use serde_json::{Value, json};
use std::{fs, process::Command};

fn node(args: &[&str]) -> (Option<i32>, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).arg("--json").args(args).output().unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e} {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), said)
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn keep(&self, name: &str, text: &str) -> String {
        fs::write(self.0.path().join(name), text).unwrap();
        self.path(name)
    }
}

fn answers(kind: &str, subject: &str, year: u16, carbon: &str) -> String {
    json!({
        "version": 1, "kind": kind, "subject": subject, "by": { "id": subject, "name": "GreenBasket Co-op" }, "at": format!("{year}-12-31T00:00:00Z"),
        "paid": { "minor": 60_000_000, "currency": "EUR" }, "received": { "minor": 90_000_000, "currency": "EUR" },
        "answers": if kind == "person" { json!({}) } else { json!({ "carbon": carbon }) },
    })
    .to_string()
}

#[test]
fn an_organisation_has_a_label_of_what_it_reported_in_a_file_and_on_a_ledger_and_a_person_has_none() {
    let folder = Folder::new();
    let file = folder.keep("report.json", &answers("organisation", "retailer:greenbasket", 2025, "120"));
    let (code, of_file) = node(&["label", &file]);
    assert_eq!((code, &of_file["subject"], &of_file["label"]["financial"]), (Some(0), &json!("retailer:greenbasket"), &json!("300000")), "{of_file}");
    assert!(of_file["label"]["ratio"]["central"].as_str().unwrap().starts_with('-'), "carbon is a harm: {of_file}");

    let data = folder.path("data");
    node(&["init", "--data", &data, "--sample"]);
    let record =
        ["import", "--format", "answers", &file, "--data", &data, "--sample-key", "retailer:greenbasket", "--passport", "retailer:greenbasket"];
    let (code, said) = node(&record);
    assert_eq!((code, &said["recorded"]), (Some(0), &json!(1)), "{said}");
    let (code, of_ledger) = node(&["label", "retailer:greenbasket", "--data", &data]);
    assert_eq!((code, &of_ledger["label"]), (Some(0), &of_file["label"]), "{of_ledger}");

    let person = folder.keep("person.json", &answers("person", "person:1", 2025, ""));
    let (code, said) = node(&["label", &person]);
    assert!(code == Some(2) && said["error"].as_str().unwrap().contains("a person is never given a price"), "{said}");
}

#[test]
fn impact_is_what_changed_between_two_reports_of_one_subject() {
    let folder = Folder::new();
    let report = |name: &str, subject: &str, year, carbon| folder.keep(name, &answers("organisation", subject, year, carbon));
    let (before, after) = (report("a.json", "org:1", 2024, "120"), report("b.json", "org:1", 2025, "60"));
    let (code, said) = node(&["impact", &before, &after]);
    let number = |member: &str| said[member].as_str().unwrap().parse::<f64>().unwrap();
    assert_eq!((code, said["reading"].as_str()), (Some(0), Some("positive")), "{said}");
    assert!((number("after") - number("before") - number("impact")).abs() < 1e-8);
    for (a, b, why) in [(&after, &before, "earlier one first"), (&before, &report("c.json", "org:2", 2025, "1"), "two subjects")] {
        let (code, said) = node(&["impact", a, b]);
        assert!(code == Some(2) && said["error"].as_str().unwrap().contains(why), "{said}");
    }
}

#[test]
fn the_classic_ratio_is_the_published_one_with_its_caveat_and_refuses_to_divide_by_nothing() {
    let folder = Folder::new();
    let facts = json!({
        "carbon_t": "50328", "price_per_t": "52", "leveraged": "28.00", "csr": "63.5", "people": "8.573", "capitalisation": "20100", "shares": "12200",
        "sentiment": { "positive": "37", "mentions": 288 }, "separation": 0,
    });
    let file = folder.keep("facts.json", &facts.to_string());
    let (code, said) = node(&["classic", &file]);
    assert_eq!((code, said["classic"]["ratio"].as_str().unwrap().get(..6)), (Some(0), Some("1.5107")), "{said}");
    assert!(said["classic"]["caveat"].as_str().unwrap().contains("cannot fall below 1"));
    // Four mentions are too few for a margin of five per cent: they count for less, and so does the people's term.
    let reviews = folder.keep("reviews.txt", "Great work!\nAwful.\n\nThey do a lot of good.\nI love it.\n");
    let (_, few) = node(&["classic", &file, "--reviews", &reviews, "--margin", "0.05"]);
    assert_eq!(few["facts"]["sentiment"], json!({ "positive": "1.9125", "mentions": 4 }));
    let mut none = facts;
    none["csr"] = json!("0");
    let (code, said) = node(&["classic", &folder.keep("none.json", &none.to_string())]);
    assert!(code == Some(2) && said["error"].as_str().unwrap().contains("divides by CSR"), "{said}");
}

#[test]
fn texts_are_counted_by_how_they_are_felt() {
    let folder = Folder::new();
    let file = folder.keep("reviews.txt", "Great work!\nIt isn't good.\nA jar.\nI love it.\n");
    let (code, said) = node(&["sentiment", &file]);
    assert_eq!((code, &said["moods"], &said["share"]), (Some(0), &json!({ "positive": 2, "negative": 1, "undecided": 1 }), &json!("0.5")));
    assert_eq!(node(&["sentiment", &folder.keep("empty.txt", "\n")]).0, Some(2));
    assert_eq!(node(&["sentiment", &file, "--margin", "0"]).0, Some(2));
}

#[test]
fn freedom_is_measured_by_a_survey_and_a_countrys_risk_is_only_a_prior() {
    let folder = Folder::new();
    let (_, said) = node(&["freedom", "--questions"]);
    assert_eq!(said["questions"].as_array().unwrap().len(), 10);
    let neutral = "2,2,2,2,2,2,2,2,2,2\n";
    let pay = ["freedom", "--mean-pay", "20400", "--minimum-wage", "10", "--survey"];
    let (code, said) = node(&[&pay[..], &[&folder.keep("five.csv", &neutral.repeat(5))]].concat());
    assert_eq!((code, &said["freedom"]["value"], &said["freedom"]["state"]), (Some(0), &json!("1"), &json!("self-declared")), "{said}");
    let (code, said) = node(&[&pay[..], &[&folder.keep("four.csv", &neutral.repeat(4))]].concat());
    assert!(code == Some(2) && said["error"].as_str().unwrap().contains("recognised"), "{said}");
    let (_, said) = node(&[&pay[..], &[&folder.keep("odd.csv", &format!("{neutral}7,2,2\n"))]].concat());
    assert!(said["error"].as_str().unwrap().contains("line 2"), "{said}");
    let (code, said) = node(&["freedom", "--prior", "0.8", "--country", "XX", "--source", "an index"]);
    assert_eq!((code, &said["freedom"]["state"]), (Some(0), &json!("inferred")));
    assert_eq!(said["freedom"]["basis"], "prior from country risk: XX, an index");
}
