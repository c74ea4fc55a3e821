//! A batch of passports from a table, and the life of one of them: handed over with both signatures, and ended by its owner.

use ecosphere::node::sample;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

fn node(args: &[&str]) -> (Option<i32>, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).arg("--json").args(args).output().unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e} {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), said)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_batch_is_issued_and_one_of_it_changes_hands_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (data, record) = (folder.path().join("data"), folder.path().join("juice.json"));
    let (table, sheet, offer) = (folder.path().join("bottles.csv"), folder.path().join("sheet.pdf"), folder.path().join("offer.json"));
    let at = text(&data);
    assert_eq!(node(&["init", "--data", at, "--sample"]).0, Some(0));
    let (_, credential) = node(&["passport", "export", "09526001000012"]);
    fs::write(&record, credential.to_string()).unwrap();

    // A wrong row stops all of it, before anything is issued.
    let issue = ["issue", text(&record), "--data", at, "--sample-key", "orchard-and-loom", "--batch", text(&table), "--out", text(folder.path())];
    let issue = [&issue[..], &["--sheet", text(&sheet)]].concat();
    fs::write(&table, "serial,lot\n1,L1\n1,L1\n").unwrap();
    let (code, said) = node(&issue);
    assert_eq!((code, said["error"].as_str().is_some_and(|why| why.contains("line 3"))), (Some(2), true), "{said}");
    fs::write(&table, "serial,lot\n1,L1\n2,L1\n3,L2\n").unwrap();
    let (code, said) = node(&issue);
    let numbers = (said["issued"].as_u64(), said["last"].as_u64().zip(said["first"].as_u64()).map(|(last, first)| last - first));
    assert_eq!((code, numbers), (Some(0), (Some(3), Some(2))), "{said}");
    assert!(fs::read(&sheet).unwrap().starts_with(b"%PDF-1.7"));
    let links = fs::read_to_string(folder.path().join("links.csv")).unwrap();
    assert_eq!(links.lines().count(), 4);
    assert!(links.contains("https://id.ecosphere.example/01/09526001000012/10/L1/21/2?seal="), "{links}");

    // Offered by one side, confirmed by the other.
    let (bottle, buyer) = ("(01)09526001000012(10)L1(21)2", sample::key("retailer:greenbasket").did().to_string());
    let give = ["passport", "transfer", bottle, "--to-owner", &buyer, "--data", at, "--sample-key", "orchard-and-loom", "--out", text(&offer)];
    assert_eq!(node(&give).0, Some(0));
    let (code, said) = node(&["confirm", text(&offer)]);
    assert!(code == Some(0) && said["asked"].as_str().unwrap().contains(&buyer), "{said}");
    let confirm = |key: &str| node(&["confirm", text(&offer), "--data", at, "--sample-key", key]);
    assert_eq!(confirm("retailer:harbour").0, Some(1), "only whom it is offered to confirms it");
    let end = |key: &str| node(&["passport", "end", bottle, "--how", "recycled", "--data", at, "--sample-key", key]);
    let (code, said) = end("retailer:greenbasket");
    assert_eq!((code, said["rejection"].as_str()), (Some(1), Some("NotTheOwner")), "not before it is confirmed");
    assert_eq!(confirm("retailer:greenbasket").1["status"], "logged");
    let (code, said) = end("orchard-and-loom");
    assert_eq!((code, said["rejection"].as_str()), (Some(1), Some("NotTheOwner")), "its issuer no longer owns it");
    assert_eq!(end("retailer:greenbasket").1["status"], "logged");
    let (_, list) = node(&["passport", "list", "--data", at]);
    let status = |subject: &str| list["passports"].as_array().unwrap().iter().find(|p| p["subject"] == subject).unwrap()["status"].clone();
    assert_eq!((status(bottle), status("(01)09526001000012(10)L1(21)1")), ("superseded".into(), "valid".into()));

    // An issuer changes the status of what it issued.
    let change = ["passport", "status", "(01)09526001000012(10)L1(21)1", "suspended", "--reason", "A test.", "--data", at, "--sample-key"];
    assert_eq!(node(&[&change[..], &["retailer:harbour"]].concat()).1["rejection"], "NotTheIssuer");
    assert_eq!(node(&[&change[..], &["orchard-and-loom"]].concat()).1["status"], "logged");
}
