//! The terminal companion, as its users run it.
#![cfg(feature = "cli")]

use ecosphere::{
    pack::{Manifest, ShelfCard, decode_dossiers, sample_files},
    passport::{Outcome, qr_out},
};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::{Command, Output},
};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecosphere-cli")).args(args).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The objects a command printed, one per line.
fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// The one object a command printed, and its exit status.
fn answer(args: &[&str]) -> (Value, i32) {
    let output = run(&[&["--json"], args].concat());
    let mut found = lines(&output);
    assert_eq!(found.len(), 1, "{args:?}: {output:?}");
    (found.remove(0), status(&output))
}

fn shelf() -> Vec<ShelfCard> {
    let (_, bytes) = sample_files().iter().find(|(path, _)| *path == "shelf.json").unwrap();
    serde_json::from_slice(bytes).unwrap()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The bodies on the sample ledger, by the name of their subject.
fn credential(name: &str) -> Vec<u8> {
    let file = |path: &str| sample_files().iter().find(|(p, _)| *p == path).map(|(_, b)| *b);
    let manifest: Manifest =
        sample_files().iter().find_map(|(path, b)| path.starts_with("pack/").then(|| serde_json::from_slice(b).ok()).flatten()).unwrap();
    let bodies = manifest.dossiers().flat_map(|f| decode_dossiers(&f.open(file(&f.path()).unwrap()).unwrap()).unwrap()).map(|d| d.body);
    bodies.into_iter().find(|b| String::from_utf8_lossy(b).contains(name)).unwrap()
}

#[test]
fn every_card_of_the_shelf_gives_its_outcome_and_exit_status() {
    let cards = shelf();
    let codes: Vec<&str> = cards.iter().map(|c| c.code.as_str()).collect();
    let output = run(&[&["--json", "scan"], codes.as_slice()].concat());
    let found = lines(&output);
    assert_eq!(found.len(), cards.len(), "one object per input");
    for (card, said) in cards.iter().zip(&found) {
        assert_eq!(said["outcome"], json!(card.outcome.id()), "{}", card.title);
        assert_eq!((&said["input"], &said["code"]), (&json!(card.code), &json!(card.code)));
        for member in ["codes", "gtin", "message", "subject", "verdict", "alignment", "reasons", "unknown", "options"] {
            assert!(said.get(member).is_some(), "{member} is missing");
        }
    }
    assert_eq!(status(&output), 1, "the worst of several wins");
    for outcome in [Outcome::Verified, Outcome::Altered, Outcome::Suspended, Outcome::Expired] {
        let card = cards.iter().find(|c| c.outcome == outcome).unwrap();
        assert_eq!(status(&run(&["scan", &card.code])), i32::from(outcome.exit_code()), "{}", card.title);
    }
}

#[test]
fn what_cannot_be_used_is_said_and_the_rest_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let text = write(folder.path(), "notes.txt", b"no picture");
    let empty = write(folder.path(), "empty.png", b"");
    let output = run(&["--json", "scan", "no-such-file.png", &text, &empty, "3017620422003"]);
    let found = lines(&output);
    assert_eq!((status(&output), found.len()), (2, 4));
    for said in &found[..3] {
        assert!(said["outcome"].is_null() && said["code"].is_null() && said["error"] == "unusable", "{said}");
        assert!(said["message"].as_str().unwrap().len() > 20);
    }
    assert_eq!(found[3]["outcome"], "not-in-snapshot");
    assert_eq!(status(&run(&["scan", "hello"])), 2);
    assert_eq!(status(&run(&["scan"])), 2);
    let (said, code) = answer(&["scan", "3017620422004"]);
    assert!(code == 0 && said["outcome"] == "not-a-passport", "a wrong check digit is told: {said}");
}

#[test]
fn a_picture_is_scanned_like_the_code_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let cards = shelf();
    let code = |outcome| &cards.iter().find(|c| c.outcome == outcome).unwrap().code;
    let good = write(folder.path(), "good.png", &qr_out::png(code(Outcome::Verified), 4).unwrap());
    let bad = write(folder.path(), "bad.png", &qr_out::png(code(Outcome::Altered), 4).unwrap());
    let output = run(&["--json", "scan", &good, &bad]);
    let found = lines(&output);
    assert_eq!(status(&output), 1);
    assert_eq!((&found[0]["outcome"], &found[0]["code"]), (&json!("verified"), &json!(code(Outcome::Verified))));
    assert_eq!((&found[1]["outcome"], &found[1]["input"]), (&json!("altered"), &json!(bad)));
    assert!(found[0]["verdict"].is_string() && found[1]["verdict"].is_null());
}

#[test]
fn several_codes_in_one_picture_are_all_told() {
    let folder = tempfile::tempdir().unwrap();
    let cards = shelf();
    let code = |outcome| cards.iter().find(|c| c.outcome == outcome).unwrap().code.as_str();
    let beside = |a: &str, b: &str| {
        let draw = |text: &str| image::load_from_memory(&qr_out::png(text, 4).unwrap()).unwrap().to_luma8();
        let (left, right) = (draw(a), draw(b));
        let mut both = image::GrayImage::from_pixel(left.width() + right.width() + 80, left.height().max(right.height()) + 40, image::Luma([255]));
        image::imageops::overlay(&mut both, &left, 20, 20);
        image::imageops::overlay(&mut both, &right, i64::from(left.width()) + 60, 20);
        let mut png = std::io::Cursor::new(Vec::new());
        both.write_to(&mut png, image::ImageFormat::Png).unwrap();
        write(folder.path(), "both.png", &png.into_inner())
    };
    let (said, exit) = answer(&["scan", &beside(code(Outcome::Verified), code(Outcome::Revoked))]);
    assert_eq!((exit, said["codes"].as_array().unwrap().len(), said["results"].as_array().unwrap().len()), (1, 2, 2), "{said}");
    assert!(said["message"].as_str().unwrap().contains("2 codes"));
    // Beside a code that is no passport, the passport speaks.
    let (said, exit) = answer(&["scan", &beside("https://example.com/menu", code(Outcome::Verified))]);
    assert_eq!((exit, &said["outcome"], said["codes"].as_array().unwrap().len()), (0, &json!("verified"), 2), "{said}");
}

#[test]
fn pictures_that_cannot_be_used_are_told_apart_from_pictures_without_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let white = |width: u32, height: u32| {
        let mut png = std::io::Cursor::new(Vec::new());
        image::GrayImage::from_pixel(width, height, image::Luma([255])).write_to(&mut png, image::ImageFormat::Png).unwrap();
        png.into_inner()
    };
    let (said, exit) = answer(&["scan", &write(folder.path(), "white.png", &white(300, 200))]);
    assert_eq!((exit, &said["code"], &said["outcome"]), (0, &Value::Null, &json!("not-a-passport")));
    // A header that claims 60 000 x 60 000 pixels.
    let mut bomb = white(8, 8);
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let full = qr_out::png("https://id.example/01/09526001000012", 8).unwrap();
    for (name, bytes) in [("bomb.png", bomb.as_slice()), ("cut.png", &full[..full.len() / 2]), ("noise.jpg", &[0xff, 0xd8, 0xff, 0x00, 0x11])] {
        let (said, exit) = answer(&["scan", &write(folder.path(), name, bytes)]);
        assert_eq!((exit, &said["error"]), (2, &json!("unusable")), "{name}: {said}");
    }
    // As much text as a code can hold is read, and is no passport.
    let text = "x".repeat(2_900);
    let large = qrcode::QrCode::with_error_correction_level(&text, qrcode::EcLevel::L).unwrap();
    let side = large.width() as u32;
    let picture = image::GrayImage::from_fn((side + 8) * 5, (side + 8) * 5, |x, y| {
        let at = |v: u32| (v / 5).checked_sub(4).filter(|m| *m < side);
        let dark = at(x).zip(at(y)).is_some_and(|(x, y)| large[(x as usize, y as usize)] == qrcode::Color::Dark);
        image::Luma([if dark { 0 } else { 255 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let (said, exit) = answer(&["scan", &write(folder.path(), "large.png", &png.into_inner())]);
    assert_eq!((exit, &said["code"], &said["outcome"]), (0, &json!(text), &json!("not-a-passport")));
}

#[test]
fn opposite_values_get_opposite_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    let vegan = write(folder.path(), "vegan.json", br#"{"version":1,"hard_lines":["vegan"]}"#);
    let anything = write(folder.path(), "anything.json", br#"{"version":1}"#);
    let rank =
        |profile: &str| answer(&["--profile", profile, "rank", "--kind", "product", "--limit", "1000"]).0["options"].as_array().unwrap().clone();
    let crossed: Vec<Value> = rank(&vegan).into_iter().filter(|o| o["band"] == "crosses-line").collect();
    assert!(!crossed.is_empty());
    let free = rank(&anything);
    assert!(crossed.iter().all(|c| free.iter().any(|o| o["id"] == c["id"] && o["band"] != "crosses-line")));
    let id = crossed[0]["id"].as_str().unwrap();
    let scan = |profile: &str| answer(&["--profile", profile, "scan", id]).0;
    assert_eq!(scan(&vegan)["verdict"], "crosses-line");
    assert_eq!(scan(&vegan)["alignment"]["value"], crossed[0]["alignment"]["value"], "list and card agree");
    assert_ne!(scan(&anything)["verdict"], "crosses-line");
}

#[test]
fn rank_answers_for_all_four_kinds() {
    for kind in ["product", "retailer", "project", "organisation"] {
        let (said, code) = answer(&["rank", "--kind", kind, "--limit", "3"]);
        assert!(code == 0 && said["kind"] == kind && !said["options"].as_array().unwrap().is_empty(), "{said}");
    }
    let (said, _) = answer(&["categories"]);
    let category = said["categories"][0]["id"].as_str().unwrap().to_owned();
    assert!(!answer(&["rank", "--kind", "product", "--category", &category]).0["options"].as_array().unwrap().is_empty());
    assert_eq!(status(&run(&["rank", "--kind", "product", "--category", "en:nowhere"])), 2);
    assert_eq!(status(&run(&["rank", "--kind", "person"])), 2);
}

#[test]
fn a_credential_is_judged_by_its_signature_its_issuer_and_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let good = credential("Orchard apple juice");
    let path = write(folder.path(), "good.json", &good);
    let (said, code) = answer(&["verify", &path]);
    assert_eq!((code, &said["outcome"], &said["logged"], &said["in_standing"]), (0, &json!("verified"), &json!(true), &json!(true)), "{said}");
    assert!(said["issuer"].as_str().unwrap().starts_with("did:key:z6Mk") && said["issuer_name"].is_string() && said["number"].is_number());

    let text = String::from_utf8(good).unwrap();
    let altered = write(folder.path(), "altered.json", text.replacen("apple", "grape", 1).as_bytes());
    let (said, code) = answer(&["verify", &altered]);
    assert_eq!((code, &said["outcome"]), (1, &json!("altered")));

    let mut named: Value = serde_json::from_str(&text).unwrap();
    named["issuer"]["id"] = json!("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let other = write(folder.path(), "other.json", named.to_string().as_bytes());
    assert_eq!(answer(&["verify", &other]).0["outcome"], "altered");

    let (said, code) = answer(&["verify", &write(folder.path(), "revoked.json", &credential("Cider vinegar"))]);
    assert_eq!((code, &said["outcome"]), (1, &json!("revoked")));
}

#[test]
fn a_file_that_is_no_credential_is_told_apart_by_its_fault() {
    let folder = tempfile::tempdir().unwrap();
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for (text, error) in [
        ("", "not-json"),
        ("{\"issuer\": ", "not-json"),
        ("{\"issuer\":\"a\",\"issuer\":\"b\"}", "duplicate-key"),
        ("{\"issuer\":\"a\",\"n\":12345678901234567890}", "number"),
        (deep.as_str(), "too-deep"),
        ("{\"name\":\"nobody\"}", "not-a-credential"),
        ("{\"issuer\":\"did:key:z6Mk\"}", "not-a-credential"),
    ] {
        let (said, code) = answer(&["verify", &write(folder.path(), "c.json", text.as_bytes())]);
        assert_eq!((code, &said["error"]), (2, &json!(error)), "{said}");
    }
    assert_eq!(status(&run(&["verify", "no-such-file.json"])), 2);
}

#[test]
fn a_store_keeps_snapshot_profile_and_history() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let with = |args: &[&str]| answer(&[&["--data", data], args].concat());
    assert_eq!(with(&["scan", "09526001000012"]).0["outcome"], "not-in-snapshot");
    let (said, _) = with(&["sync", "sample"]);
    assert!(said["kept"] == true && said["snapshot"]["sample"] == true, "{said}");
    assert_eq!(with(&["scan", "09526001000012"]).0["outcome"], "unsealed");
    let (profile, _) = with(&["profile", "set", "--topic", "climate=matters-most", "--line", "no-palm-oil"]);
    assert_eq!((&profile["topics"]["climate"], &profile["hard_lines"]), (&json!("matters-most"), &json!(["no-palm-oil"])));
    assert_eq!(with(&["profile", "get"]).0, profile);
    let (info, _) = with(&["store", "info"]);
    assert_eq!((&info["durable"], &info["history"], &info["has_profile"]), (&json!(true), &json!(1), &json!(true)));
    assert!(info["ledger_bytes"].as_u64().unwrap() > 100_000);

    std::fs::write(folder.path().join("ledger.db"), "scribble").unwrap();
    let output = run(&["--data", data, "--json", "store", "info"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("ledger.db.damaged-"));
    assert_eq!(lines(&output)[0]["snapshot"]["sample"], true, "it is rebuilt at once");
}

#[test]
fn weights_between_the_levels_purchases_and_an_organisations_values_are_there_in_the_terminal_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let with = |args: &[&str]| answer(&[&["--data", data], args].concat());
    with(&["sync", "sample"]);
    let (profile, code) = with(&["profile", "set", "--topic", "climate=45", "--topic", "health=300", "--form", "stars"]);
    assert_eq!((code, &profile["topics"], &profile["form"]), (0, &json!({ "climate": 45, "health": "matters-most" }), &json!("stars")));
    assert_eq!(status(&run(&["--data", data, "profile", "set", "--topic", "climate=301"])), 2);
    with(&["scan", "09526001000012"]);
    let (did, _) = with(&["values", "months"]);
    assert_eq!((&did["months"][0]["scanned"], &did["months"][0]["took"]), (&json!(1), &json!(0)));
    let plain = run(&["--data", data, "values", "months"]);
    assert!(String::from_utf8_lossy(&plain.stdout).contains("You have not said of anything that you took it"));

    assert_eq!(with(&["values", "ours"]).0, json!({ "ours": null }));
    let file = write(folder.path(), "theirs.json", br#"{"version": 3, "topics": {"climate": "matters-most"}, "hard_lines": ["vegan"]}"#);
    let (brought, _) = with(&["values", "ours", "import", &file, "--name", "Club"]);
    assert_eq!(
        (&brought["ours"]["name"], &brought["ours"]["speaks"], &brought["topics"][0]["topic"]),
        (&json!("Club"), &json!(false), &json!("climate"))
    );
    assert_eq!(with(&["scan", "09526001000012"]).0["by"], Value::Null);
    assert_eq!(with(&["values", "ours", "speak", "ours"]).0["ours"]["speaks"], true);
    assert_eq!(with(&["scan", "09526001000012"]).0["by"], "Club");
    assert_eq!(with(&["rank", "--kind", "product"]).0["by"], "Club");
    let told = run(&["--data", data, "scan", "09526001000012"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("By the values of Club, not yours:"));
    assert_eq!(with(&["values", "ours", "export"]).0["hard_lines"], json!(["vegan"]));
    with(&["values", "ours", "erase"]);
    assert_eq!(with(&["scan", "09526001000012"]).0["by"], Value::Null);
}

#[test]
fn a_second_ledger_is_added_by_its_fingerprint_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let with = |args: &[&str]| answer(&[&["--data", data], args].concat());
    assert_eq!(with(&["ledger", "list"]).0["ledgers"], json!([]));
    let (said, code) = with(&["ledger", "add", "sample"]);
    assert_eq!((code, &said["error"]), (2, &json!("not-confirmed")), "{said}");
    let fingerprint = said["offer"]["fingerprint"].as_str().unwrap().to_owned();
    let (said, code) = with(&["ledger", "add", "sample", "--fingerprint", &"0".repeat(64)]);
    assert_eq!((code, &said["error"]), (2, &json!("other-fingerprint")));
    let (said, code) = with(&["ledger", "add", "sample", "--fingerprint", &fingerprint]);
    assert_eq!((code, &said["ledgers"][0]["fingerprint"]), (0, &json!(fingerprint)), "{said}");
    let origin = said["ledgers"][0]["origin"].as_str().unwrap().to_owned();
    assert_eq!(with(&["scan", "09526001000012"]).0["ledger"], json!(origin));
    for sync in [vec!["sync"], vec!["sync", &origin]] {
        let (said, code) = with(&sync);
        assert_eq!((code, &said["ledgers"][0]["trouble"]), (0, &Value::Null), "{said}");
    }
    assert_eq!(with(&["ledger", "remove", &origin]).0["ledgers"], json!([]));
    assert_eq!(with(&["ledger", "remove", &origin]).1, 2);
    assert_eq!(status(&run(&["ledger", "add", "sample"])), 2, "there is nowhere to keep it");
}

#[test]
fn a_profile_is_changed_only_by_words_that_exist_and_only_where_it_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for wrong in [["--topic", "weather=matters"], ["--topic", "climate"], ["--topic", "climate=very"], ["--line", "no-gravity"]] {
        let output = run(&["--data", data, "profile", "set", wrong[0], wrong[1]]);
        assert_eq!(status(&output), 2);
        assert!(!output.stderr.is_empty());
    }
    assert_eq!(status(&run(&["profile", "set", "--line", "vegan"])), 2);
    let newer = write(folder.path(), "newer.json", br#"{"version":99}"#);
    assert_eq!(status(&run(&["--data", data, "profile", "set", &newer])), 2);
}

#[test]
fn values_are_asked_for_answered_shown_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let with = |args: &[&str]| answer(&[&["--data", data], args].concat());
    let (asked, _) = with(&["values", "ask"]);
    assert_eq!(
        (&asked["ask"], &asked["item"], &asked["of"], &asked["scale"]["6"]),
        (&json!("item"), &json!(1), &json!(10), &json!("Very much like me"))
    );
    // Somebody who cares for people: universalism and benevolence high, power and achievement low.
    with(&["values", "answer", "1=3", "2=2", "3=6", "4=6", "5=4", "6=3", "7=3", "8=1", "9=1", "10=3"]);
    assert_eq!(with(&["values", "ask"]).0["ask"], "environment");
    let (shown, _) = with(&["values", "answer", "environment=5"]);
    assert_eq!(shown["scores"]["universalism"], json!(2.8), "(10·6 - 32) / 10");
    let topic = |said: &Value, id: &str| said["topics"].as_array().unwrap().iter().find(|t| t["topic"] == id).unwrap().clone();
    assert_eq!(topic(&shown, "equality")["from"], "questionnaire");
    assert!(topic(&shown, "equality")["weight"].as_i64() > topic(&shown, "safety")["weight"].as_i64(), "{shown}");

    let mut asked = 0;
    loop {
        let (said, _) = with(&["values", "ask"]);
        if said["ask"] == "nothing" {
            assert!(["stable", "enough"].contains(&said["progress"].as_str().unwrap()), "{said}");
            break;
        }
        // Work and trade before all else.
        let people = |side: &str| ["freedom", "decent-work", "equality", "fair-trade"].contains(&said[side]["good_in"].as_str().unwrap_or_default());
        with(&["values", "choose", if people("b") && !people("a") { "b" } else { "a" }]);
        asked += 1;
    }
    assert!((3..=6).contains(&asked), "{asked}");
    let (learned, _) = with(&["values", "show"]);
    let sources =
        learned["topics"].as_array().unwrap().iter().filter(|t| t["from"] == "choices" && !t["choices"].as_array().unwrap().is_empty()).count();
    assert!(sources > 0 && learned["choices"] == json!(asked), "{learned}");

    with(&["profile", "set", "--topic", "privacy=matters-most"]);
    let (shown, _) = with(&["values", "show"]);
    assert_eq!((&topic(&shown, "privacy")["from"], &topic(&shown, "privacy")["weight"]), (&json!("hand"), &json!(300)));
    with(&["profile", "set", "--topic", "privacy=learned"]);
    assert_eq!(with(&["values", "show"]).0, learned);

    with(&["values", "pause"]);
    assert_eq!((with(&["values", "choose", "a"]).1, with(&["values", "answer", "1=6"]).1), (2, 2));
    assert_eq!(with(&["values", "resume"]).0, learned);
    let (fewer, _) = with(&["values", "undo", "1"]);
    assert_eq!(fewer["choices"], json!(asked - 1));
    assert_eq!((with(&["values", "undo", "1"]).1, with(&["values", "answer", "21=1"]).1, with(&["values", "answer", "1=7"]).1), (2, 2, 2));

    // The whole of it travels as a file, and is refused by whom it is not about.
    let own = write(folder.path(), "own.json", with(&["profile", "get"]).0.to_string().as_bytes());
    assert_eq!(with(&["profile", "set", &own]).1, 0);
    assert_eq!(answer(&["--profile", &own, "values", "show"]).0, fewer);
    let mut theirs = with(&["profile", "get"]).0;
    theirs["owner"] = json!("0123456789abcdef");
    let theirs = write(folder.path(), "theirs.json", theirs.to_string().as_bytes());
    let (refused, code) = with(&["profile", "set", &theirs]);
    assert_eq!(code, 2);
    assert!(refused["message"].as_str().unwrap().contains("somebody else"), "{refused}");
    assert_eq!(status(&run(&["values", "choose", "a"])), 2, "there is nowhere to keep it");
}

#[test]
fn a_wallet_is_made_restored_and_signs_what_it_was_asked_to_pay() {
    let folder = tempfile::tempdir().unwrap();
    let phrase = write(folder.path(), "phrase", b"correct horse\n");
    let wallet = folder.path().join("mine.wallet").to_str().unwrap().to_owned();
    let with = |args: &[&str]| [&["--json"], args, &["--passphrase-file", &phrase]].concat().iter().map(ToString::to_string).collect::<Vec<_>>();
    let told = |args: &[&str]| {
        let args = with(args);
        let output = run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        (lines(&output).pop(), status(&output), String::from_utf8(output.stderr).unwrap())
    };
    let (made, status, _) = told(&["wallet", "new", &wallet]);
    let made = made.unwrap();
    let words: Vec<&str> = made["words"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    assert_eq!((status, words.len()), (0, 12));
    let bytes = std::fs::read(&wallet).unwrap();
    // Single words may be there by chance ("nonce" and "version" are among them), two in a row may not.
    assert!(words.windows(2).map(|two| two.join(" ")).all(|two| !bytes.windows(two.len()).any(|b| b == two.as_bytes())));
    assert_eq!(told(&["wallet", "new", &wallet]).1, 2, "a wallet is never written over");

    let text = write(folder.path(), "words", words.join(" ").as_bytes());
    let second = folder.path().join("second.wallet").to_str().unwrap().to_owned();
    let (restored, ..) = told(&["wallet", "restore", &second, "--from", &text]);
    assert_eq!(restored.unwrap(), made["keys"]);
    let wrong = write(folder.path(), "wrong", b"battery staple\n");
    let refused = run(&["wallet", "show", &wallet, "--passphrase-file", &wrong]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the passphrase is wrong"));

    let (rule, ..) = told(&["wallet", "rule", &second, "--lines", "refuse", "--label", "warn", "--least", "c"]);
    assert_eq!(rule, Some(json!({ "lines": "refuse", "label": "warn", "least": "C" })));
    assert_eq!(told(&["wallet", "rule", &second]).0, rule);

    let (token, to) = ("ab".repeat(32), made["keys"]["accounts"][0].as_str().unwrap().to_owned());
    let about = ["--ledger", "example.org/ledger", "--token", &token, "--decimals", "2"];
    let asked = answer(&[&["pay", "ask", "--to", &to, "--amount", "12.50", "--message", "bread"], about.as_slice()].concat()).0;
    let link = asked["request"].as_str().unwrap();
    let (signed, status, _) = told(&[&["pay", "sign", &second, "--account", "1", "--request", link], about.as_slice()].concat());
    let entry = serde_json_canonicalizer::to_vec(&signed.unwrap()["statement"]).unwrap();
    let statement = ecosphere::statement::verify(&entry).unwrap();
    let said = Value::Object(statement.body.to_members().unwrap());
    assert_eq!((status, &said["body"]["pay"]["amount"], &said["body"]["pay"]["to"]), (0, &json!("1250"), &json!(to)));
    assert_eq!(said["body"]["pay"]["reference"], asked["reference"]);
    let (_, status, why) = told(&[&["pay", "sign", &second, "--request", &link.replace("12.5", "1e3")], about.as_slice()].concat());
    assert!(status == 2 && why.contains("not 1e3"), "{why}");
    let quote = answer(&["swap", "quote", "--decimals", "0,2", "--pool", "1000,250000", "--side", "sell", "--amount", "10", "--limit", "2.4"]).0;
    assert_eq!(
        (quote["gets"].as_str(), quote["worst"].as_str()),
        (Some("24.43"), Some("24")),
        "997 / 1 000 of 10 units: floor(9.97 · 250 000 / (1 000 + 2 · 9.97)) = 2 443"
    );
}

#[test]
fn a_backup_brings_store_and_wallet_to_a_new_device_or_says_why_not_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (old, fresh, wallet, again, file) = (at("old"), at("new"), at("mine.wallet"), at("again.wallet"), at("all.backup"));
    let (phrase, other) = (write(folder.path(), "phrase", b"correct horse\n"), write(folder.path(), "other", b"battery staple\n"));
    let json = |args: &[&str]| answer(args).0;
    json(&["--data", &old, "sync", "sample"]);
    let profile = json(&["--data", &old, "profile", "set", "--topic", "climate=matters-most", "--line", "no-palm-oil"]);
    json(&["--data", &old, "scan", "09526001000012"]);
    json(&["--data", &old, "list", "add", "shopping", "09526001000012"]);
    let made = json(&["wallet", "new", &wallet, "--passphrase-file", &other]);
    let who = made["keys"]["accounts"][0].as_str().unwrap();
    let names = json(&["wallet", "name", &wallet, "--passphrase-file", &other, "--who", who, "--name", "Ana of the oven"]);

    let make = ["backup", "make", &file, "--passphrase-file", &phrase];
    let nothing = run(&make);
    assert!(status(&nothing) == 2 && String::from_utf8_lossy(&nothing.stderr).contains("--data"), "{nothing:?}");
    let both = ["--wallet", &wallet, "--wallet-passphrase-file", &other];
    let said = json(&[&["--data", &old], make.as_slice(), &both].concat());
    assert_eq!((&said["personal"], &said["wallet"]), (&json!(true), &json!(true)));
    let bytes = std::fs::read(&file).unwrap();
    for secret in ["climate", "no-palm-oil", "09526001000012", "Ana of the oven", who] {
        assert!(!bytes.windows(secret.len()).any(|b| b == secret.as_bytes()), "{secret}");
    }
    assert_eq!(status(&run(&[&["--data", &old], make.as_slice(), &both].concat())), 2, "a backup is never written over");

    let restore =
        |file: &str, phrase: &str| run(&["--json", "--data", &fresh, "backup", "restore", file, "--passphrase-file", phrase, "--wallet", &again]);
    let untouched = || !Path::new(&again).exists() && json(&["--data", &fresh, "store", "info"])["has_profile"] == false;
    let version = |n: u8| [&bytes[..17], &[n], &bytes[18..]].concat();
    let changed = [&bytes[..bytes.len() - 1], &[bytes[bytes.len() - 1] ^ 1]].concat();
    for (n, (bytes, phrase, why)) in [
        (bytes.clone(), &other, "passphrase is not this backup"),
        (version(0), &phrase, "version 0, which is no longer read"),
        (version(2), &phrase, "version 2, made by a newer program"),
        (changed, &phrase, "damaged"),
        (bytes[..bytes.len() / 2].to_vec(), &phrase, "damaged"),
        (b"PK".to_vec(), &phrase, "not a backup"),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = restore(&write(folder.path(), &format!("bad{n}"), &bytes), phrase);
        assert!(status(&refused) == 2 && String::from_utf8_lossy(&refused.stderr).contains(why), "{why}: {refused:?}");
        assert!(untouched(), "{why}");
    }
    let back = restore(&file, &phrase);
    assert_eq!((&lines(&back)[0]["personal"], &lines(&back)[0]["wallet"]), (&json!("restored"), &json!("restored")));
    assert_eq!(json(&["--data", &fresh, "profile", "get"]), profile);
    assert_eq!(json(&["--data", &fresh, "store", "info"])["history"], 1);
    assert_eq!(json(&["--data", &fresh, "list"])["rows"].as_array().map(Vec::len), json(&["--data", &old, "list"])["rows"].as_array().map(Vec::len));
    // The backup's passphrase opens the wallet, whose keys and contacts are the same.
    assert_eq!(json(&["wallet", "show", &again, "--passphrase-file", &phrase]), made["keys"]);
    assert_eq!(
        json(&[
            "wallet",
            "name",
            &again,
            "--passphrase-file",
            &phrase,
            "--who",
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "--name",
            "Ben"
        ])
        .as_array()
        .unwrap()
        .len(),
        names.as_array().unwrap().len() + 1
    );
    let refused = restore(&file, &phrase);
    assert!(status(&refused) == 2 && String::from_utf8_lossy(&refused.stderr).contains("never written over"), "{refused:?}");
}

#[test]
fn the_help_and_the_manual_are_complete() {
    for command in [
        "scan",
        "verify",
        "rank",
        "profile",
        "values",
        "sync",
        "ledger",
        "store",
        "search",
        "ask",
        "options",
        "compare",
        "basket",
        "list",
        "categories",
        "wallet",
        "pay",
        "swap",
        "backup",
        "man",
    ] {
        assert_eq!(status(&run(&[command, "--help"])), 0);
        assert!(String::from_utf8(run(&["--help"]).stdout).unwrap().contains(command));
    }
    let help = String::from_utf8(run(&["scan", "--help"]).stdout).unwrap();
    assert!(help.contains("Examples:") && help.contains("Exit status:"));
    let manual = String::from_utf8(run(&["man"]).stdout).unwrap();
    assert!(manual.contains(".TH ecosphere-cli 1") && manual.contains("Exit status"));
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(status(&run(&["man", "--out", folder.path().to_str().unwrap()])), 0);
    assert!(folder.path().join("ecosphere-cli-scan.1").exists());
}

#[test]
fn lists_are_kept_in_the_store_and_a_wrong_owner_is_told_the_right_ones() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", folder.path().to_str().unwrap()];
    assert_eq!(status(&run(&[&data[..], &["sync", "sample"]].concat())), 0);
    let (ranked, _) = answer(&[&data[..], &["rank", "--kind", "product"]].concat());
    let of = |row: &Value| row["id"].as_str().unwrap().to_owned();
    let codes: Vec<String> = ranked["options"].as_array().unwrap().iter().map(of).collect();
    let (added, code) = answer(&[&data[..], &["list", "add", "shopping", &codes[0]]].concat());
    assert_eq!((code, added["rows"][0]["id"].as_str()), (0, Some(codes[0].as_str())));
    assert_eq!(added["shopping"]["alignment"], added["rows"][0]["option"]["alignment"]);
    answer(&[&data[..], &["list", "add", "blocked", &codes[1]]].concat());
    let (lists, _) = answer(&[&data[..], &["list"]].concat());
    assert_eq!(lists["rows"].as_array().unwrap().len(), 2);
    let shown = String::from_utf8(run(&[&data[..], &["list"]].concat()).stdout).unwrap();
    assert!(shown.contains("All of it: ") && shown.contains("Favourites: nothing"), "{shown}");
    let (ranked, _) = answer(&[&data[..], &["rank", "--kind", "product"]].concat());
    assert!(ranked["options"].as_array().unwrap().iter().all(|o| of(o) != codes[1]), "what is blocked is not offered");
    answer(&[&data[..], &["list", "remove", "blocked", &codes[1]]].concat());
    let refused = run(&[&data[..], &["list", "add", "blocked", &codes[0], "--owner", "Nobody"]].concat());
    assert_eq!(status(&refused), 2);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("Nobody does not own it; "));
    assert_eq!(answer(&[&data[..], &["list"]].concat()).0["rows"].as_array().unwrap().len(), 1);
}
