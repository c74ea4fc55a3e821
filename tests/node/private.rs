//! Private attributes, from the file of an issuer to somebody who is shown one of them.
#![cfg(feature = "cli")]

use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn run(program: &str, args: &[&str]) -> (Option<i32>, Value) {
    let Output { status, stdout, stderr } = Command::new(program).arg("--json").args(args).output().unwrap();
    let said = serde_json::from_slice(&stdout).unwrap_or_else(|e| panic!("{args:?}: {e} {}", String::from_utf8_lossy(&stderr)));
    (status.code(), said)
}

fn node(args: &[&str]) -> (Option<i32>, Value) {
    run(env!("CARGO_BIN_EXE_ecosphere-node"), args)
}

fn verify(path: &Path) -> (Option<i32>, Value) {
    run(env!("CARGO_BIN_EXE_ecosphere-cli"), &["verify", path.to_str().unwrap()])
}

#[test]
fn a_reader_sees_and_shows_one_attribute_and_anybody_else_sees_that_there_are_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let data = text("data");
    node(&["init", "--data", &data, "--sample"]);
    let (_, reader) = node(&["passport", "reader-key", "--out", &text("reader.key")]);
    node(&["passport", "reader-key", "--out", &text("stranger.key")]);
    let (_, credential) = node(&["passport", "export", "09526001000012"]);
    let mut draft = credential;
    draft["credentialSubject"]["id"] = "https://id.gs1.org/01/09526001000012/21/9".into();
    fs::write(path("draft.json"), draft.to_string()).unwrap();
    fs::write(path("costs.json"), json!({ "buyingPrice": "0.40 EUR", "grower": "Obsthof Nord" }).to_string()).unwrap();
    let issue = ["issue", &text("draft.json"), "--data", &data, "--sample-key", "orchard-and-loom", "--out", &text("out")];
    let (code, said) = node(&[&issue[..], &["--private", &text("costs.json"), "--reader", reader["reader"].as_str().unwrap()]].concat());
    assert_eq!(code, Some(0), "{said}");

    let subject = said["subject"].as_str().unwrap().to_owned();
    let open = ["passport", "open", &subject, "--data", &data];
    let (code, said) = node(&open);
    assert_eq!((code, &said["private"], &said["readers"], &said["attributes"]), (Some(0), &json!(2), &json!([reader["reader"]]), &Value::Null));
    let (code, said) = node(&[&open[..], &["--identity", &text("stranger.key")]].concat());
    assert_eq!((code, &said["attributes"]), (Some(1), &Value::Null), "not for this reader");
    let (code, said) = node(&[&open[..], &["--identity", &text("reader.key")]].concat());
    let both = json!([{ "name": "buyingPrice", "value": "0.40 EUR" }, { "name": "grower", "value": "Obsthof Nord" }]);
    assert_eq!((code, &said["attributes"]), (Some(0), &both));

    let (_, public) = node(&["passport", "export", &subject, "--data", &data]);
    assert!(!public.to_string().contains("Obsthof") && !public.to_string().contains("grower"));
    let show = ["passport", "disclose", &subject, "--data", &data, "--identity", &text("reader.key"), "--attribute"];
    assert_eq!(node(&[&show[..], &["colour"]].concat()).0, Some(2));
    let (_, shown) = node(&[&show[..], &["grower"]].concat());
    assert!(!shown.to_string().contains("0.40"));
    fs::write(path("shown.json"), shown.to_string()).unwrap();
    let (code, said) = verify(&path("shown.json"));
    assert_eq!((code, &said["private"], &said["disclosed"]), (Some(0), &json!(2), &json!([{ "name": "grower", "value": "Obsthof Nord" }])), "{said}");

    // The same in the form of RFC 9901, which its issuer signs once and its reader shows.
    let export = |form: &str| node(&["passport", "export", &subject, "--data", &data, "--form", form]).1["id"].as_str().unwrap().to_owned();
    fs::write(path("bag.sd-jwt"), export("sd-jwt").trim_start_matches("data:application/vc+sd-jwt,")).unwrap();
    let (_, said) = node(&[&show[..], &["grower", "--sd-jwt", &text("bag.sd-jwt")]].concat());
    let sd_jwt = said["sd_jwt"].as_str().unwrap().to_owned();
    assert_eq!((sd_jwt.matches('~').count(), sd_jwt.ends_with('~')), (2, true));
    fs::write(path("shown.sd-jwt"), &sd_jwt).unwrap();
    let (code, said) = verify(&path("shown.sd-jwt"));
    assert_eq!(
        (code, &said["outcome"], &said["disclosed"]),
        (Some(0), &json!("not-in-snapshot"), &json!([{ "name": "grower", "value": "Obsthof Nord" }])),
        "{said}"
    );
    let parts: Vec<&str> = sd_jwt.split('~').collect();
    for wrong in [format!("{0}~{1}~{1}~", parts[0], parts[1]), format!("{}~{}~", parts[0], parts[1].replacen('W', "X", 1))] {
        fs::write(path("wrong.sd-jwt"), wrong).unwrap();
        assert_eq!(verify(&path("wrong.sd-jwt")).0, Some(1));
    }
    fs::write(path("vc.jwt"), export("jwt").trim_start_matches("data:application/vc+jwt,")).unwrap();
    assert_eq!(node(&[&show[..], &["grower", "--sd-jwt", &text("vc.jwt")]].concat()).0, Some(2), "an envelope of the other kind");

    // What is shown has to be what was signed.
    let other = node(&[&show[..], &["buyingPrice"]].concat()).1["disclosures"][0].clone();
    let mut altered = shown.clone();
    altered["disclosures"] = json!([other.as_str().unwrap().replacen('W', "X", 1)]);
    fs::write(path("altered.json"), altered.to_string()).unwrap();
    assert_eq!(verify(&path("altered.json")).0, Some(1));
    altered = shown;
    altered["credential"]["credentialSubject"]["characteristics"]["_sd"] = json!([]);
    fs::write(path("stripped.json"), altered.to_string()).unwrap();
    assert_eq!(verify(&path("stripped.json")).1["outcome"], "altered");
}

#[test]
fn a_device_says_whose_a_passport_is_and_how_much_of_it_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, device) = (text("data"), text("device"));
    node(&["init", "--data", &data, "--sample"]);
    let (_, reader) = node(&["passport", "reader-key", "--out", &text("reader.key")]);
    let mut draft = node(&["passport", "export", "09526001000012"]).1;
    draft["credentialSubject"]["id"] = "https://id.gs1.org/01/09526001000012/21/10".into();
    fs::write(text("draft.json"), draft.to_string()).unwrap();
    fs::write(text("costs.json"), json!({ "buyingPrice": "0.40 EUR", "grower": "Obsthof Nord" }).to_string()).unwrap();
    let issue = ["issue", &text("draft.json"), "--data", &data, "--sample-key", "orchard-and-loom", "--out", &text("out"), "--private"];
    let (_, issued) = node(&[&issue[..], &[&text("costs.json"), "--reader", reader["reader"].as_str().unwrap()]].concat());
    let (subject, link) = (issued["subject"].as_str().unwrap(), issued["link"].as_str().unwrap());
    let vkey = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/ledger.vkey")).unwrap();
    let cli = env!("CARGO_BIN_EXE_ecosphere-cli");
    let scanned = || {
        let (code, said) = run(cli, &["--data", &device, "sync", &format!("{data}/ledger"), "--key", vkey.trim()]);
        assert_eq!(code, Some(0), "{said}");
        let scan = Command::new(cli).args(["--json", "--data", &device, "scan", link]).output().unwrap();
        let first = String::from_utf8(scan.stdout).unwrap().lines().next().map(str::to_owned).unwrap();
        let said: Value = serde_json::from_str(&first).unwrap();
        (said["subject"]["holder"].clone(), said["subject"]["private"].clone(), said["outcome"].clone())
    };
    assert_eq!(scanned(), ("Orchard & Loom".into(), 2.into(), "verified".into()), "whoever issued it owns it first");
    let shop = ecosphere::node::sample::key("retailer:greenbasket").did().to_string();
    let give =
        ["passport", "transfer", subject, "--to-owner", &shop, "--data", &data, "--sample-key", "orchard-and-loom", "--out", &text("offer.json")];
    assert_eq!(node(&give).0, Some(0));
    assert_eq!(node(&["confirm", &text("offer.json"), "--data", &data, "--sample-key", "retailer:greenbasket"]).0, Some(0));
    assert_eq!(scanned(), ("GreenBasket Co-op".into(), 2.into(), "verified".into()));
}
