//! The desk on the suppliers' files of `tests/data/suppliers`, good and faulty.

use super::{
    desk::{Watched, answer, understand},
    publish,
    tables::TableError,
    wire::{Answer, FileKind, Request, SHOWN, Signer, Understanding},
};
use crate::{
    measure::Millis,
    provenance::{ClaimState, Field, Record},
    statement::{Body, Role, json, verify},
};
use std::io::Cursor;

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/suppliers/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn now() -> Millis {
    Millis::parse_rfc3339("2026-11-23T00:00:00Z").unwrap()
}

fn read(path: &str) -> Understanding {
    understand(path, Cursor::new(bytes(path)), None, now()).unwrap()
}

#[test]
fn a_file_of_every_kind_is_known_by_its_name_or_its_beginning() {
    let files = ["podere-luna-rossa.epcis.jsonld", "bottega-filo-e-ago.untp.json", "conserve-tre-torri.csv", "conceria-castagno.xlsx"];
    let kinds = [FileKind::Epcis, FileKind::Untp, FileKind::Table, FileKind::Table];
    for (file, kind) in files.into_iter().zip(kinds) {
        let told = read(&format!("good/{file}"));
        assert_eq!(told.kind, kind, "{file}");
        assert!(told.counts.events > 0, "{file}: {:?}", told.counts);
        assert_eq!(told.events.len() as u64, told.counts.events.min(SHOWN as u64), "{file}");
        assert!(told.states.iter().map(|(_, n)| n).sum::<u64>() > 0 && told.all_checked, "{file}");
        assert_eq!(told.states.iter().find(|(state, _)| *state == ClaimState::Attested).unwrap().1, 0, "{file}: nobody else has spoken yet");
    }
}

#[test]
fn what_is_planted_in_a_faulty_file_is_told() {
    for file in ["podere-luna-rossa.epcis.jsonld", "bottega-filo-e-ago.untp.json", "conserve-tre-torri.csv", "conceria-castagno.xlsx"] {
        let (good, faulty) = (read(&format!("good/{file}")).counts, read(&format!("faulty/{file}")).counts);
        let odd = |c: super::wire::Counts| c.dropped + c.noted + c.faults;
        assert!(odd(faulty) > odd(good) || faulty.claims != good.claims || faulty.events != good.events, "{file}: {good:?} {faulty:?}");
    }
}

#[test]
fn a_guessed_map_can_be_set_right_and_the_table_is_then_read_so() {
    let path = "good/conserve-tre-torri.csv";
    let told = read(path);
    let mut map = told.map.unwrap();
    assert!(!map.confirmed);
    assert_eq!(told.columns.iter().map(|c| &c.heading).collect::<std::collections::BTreeSet<_>>(), map.columns.keys().collect());
    assert!(told.columns.iter().any(|c| !c.samples.is_empty()));
    let measured = |told: &Understanding| told.events.iter().map(|e| e.measured).sum::<usize>();
    assert!(measured(&read(path)) > 0, "the file measures something");
    for column in map.columns.values_mut().filter(|c| c.is == Field::Measurement) {
        column.is = Field::Ignore;
    }
    map.confirmed = true;
    let again = understand(path, Cursor::new(bytes(path)), Some(map), now()).unwrap();
    assert_eq!((measured(&again), again.map.unwrap().confirmed), (0, true));
}

#[test]
fn a_map_for_another_table_and_a_file_of_no_known_kind_are_refused_with_a_sentence() {
    let map = read("good/conserve-tre-torri.csv").map;
    let refused = |name: &str, bytes: &[u8], map| understand(name, Cursor::new(bytes.to_vec()), map, now()).unwrap_err();
    assert!(matches!(refused("other.csv", b"a;b\n1;2\n", map), TableError::Map(_)));
    assert!(matches!(refused("empty.csv", b"", None), TableError::Empty));
    assert!(matches!(refused("empty.csv", b"\n \n", None), TableError::Empty));
    assert!(matches!(refused("photo.jpg", b"\xff\xd8\xff", None), TableError::Unknown));
    assert!(matches!(refused("broken.xlsx", b"PK\x03\x04 and then nothing", None), TableError::Broken(_)));
    let request = Request::Read { name: "photo.jpg".to_owned(), map: None, now: now() };
    let Answer::Refused(why) = answer(request, Cursor::new(b"\xff".to_vec()), &mut || None) else { panic!("it was read") };
    assert!(why.contains("CSV"), "{why}");
}

#[test]
fn how_far_a_large_file_is_read_is_told_as_it_goes() {
    let mut table = b"time;item;quantity (kg)\n".to_vec();
    for n in 0..20_000 {
        table.extend_from_slice(format!("2026-08-20;L{n};1{}\n", if n % 1_000 == 0 { "x" } else { "" }).as_bytes());
    }
    let (size, mut steps) = (table.len() as u64, Vec::new());
    let told = understand("large.csv", Watched::new(Cursor::new(table), size, |at| steps.push(at)), None, now()).unwrap();
    assert_eq!((told.counts.events, told.counts.noted + told.counts.dropped, told.odd.len()), (19_980, 20, 20), "{:?}", told.odd.first());
    assert!(told.odd.iter().all(|row| row.line > 1 && !row.reason.is_empty()));
    assert!(steps.len() > 3 && steps.last() == Some(&size), "{steps:?}");
}

#[test]
fn an_answer_survives_the_wire() {
    let answer = Answer::Understood(Box::new(read("faulty/conserve-tre-torri.csv")));
    assert_eq!(serde_json::from_str::<Answer>(&serde_json::to_string(&answer).unwrap()).unwrap(), answer);
}

fn signer() -> Signer {
    Signer { seed: "07".repeat(32), name: "Bottega Filo e Ago".to_owned(), origin: "example.org/ledger".to_owned() }
}

#[test]
fn the_passports_of_a_file_are_signed_as_a_node_takes_them() {
    let path = "passports/pear-juice.untp.json";
    let passports = read(path).counts.passports;
    assert!(passports > 0);
    let request = Request::Sign { name: path.to_owned(), signer: signer(), now: now() };
    let mut n = 0;
    let mut nonce = || {
        n += 1;
        Some([n; 16])
    };
    let Answer::Signed(made) = answer(request, Cursor::new(bytes(path)), &mut nonce) else { panic!("it was refused") };
    assert_eq!(made.len() as u64, passports);
    for one in &made {
        let statement = verify(one.statement.as_bytes()).unwrap();
        assert_eq!((statement.actor, statement.ledger.as_str()), (publish::did(&signer().seed).unwrap(), "example.org/ledger"));
        let Body::IssuePassport(issued) = statement.body else { panic!("it issues nothing") };
        let [body] = &one.bodies[..] else { panic!("it has not one body") };
        assert_eq!(issued.digest, <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(body)));
        let record = Record::from_credential(&json::parse(body.as_bytes()).unwrap()).unwrap();
        assert_eq!((record.id, record.name), (issued.subject, one.name.clone()));
    }
    let sent: serde_json::Value = serde_json::from_str(&publish::request(&made).unwrap()).unwrap();
    assert_eq!(sent["statements"].as_array().unwrap().len(), made.len());
}

#[test]
fn nothing_is_signed_without_a_key_or_without_random_numbers() {
    let path = "passports/pear-juice.untp.json";
    let asked = |signer, nonce| {
        let request = Request::Sign { name: path.to_owned(), signer, now: now() };
        matches!(answer(request, Cursor::new(bytes(path)), &mut || nonce), Answer::Refused(_))
    };
    assert!(asked(Signer { seed: "07".to_owned(), ..signer() }, Some([0; 16])) && asked(signer(), None) && !asked(signer(), Some([0; 16])));
    assert!(!format!("{:?}", signer()).contains("0707"), "a key is never printed");
}

#[test]
fn an_organisation_introduces_itself_as_a_supplier_and_reads_what_the_node_says() {
    let made = publish::introduce(&signer(), now(), [1; 16]).unwrap();
    let Body::RegisterActor(body) = verify(made.statement.as_bytes()).unwrap().body else { panic!("it introduces nobody") };
    assert_eq!((body.name.as_str(), body.role, body.fictional), ("Bottega Filo e Ago", Role::Supplier, false));
    assert!(publish::introduce(&Signer { origin: "a b".to_owned(), ..signer() }, now(), [1; 16]).is_err());
    let said =
        publish::results(r#"{"results":[{"status":"pending","id":"a","leaf":7},{"status":"pending","id":"b"},{"status":"rejected","error":"no"}]}"#);
    assert_eq!(said.unwrap(), [Ok(Some(7)), Ok(None), Err("no".to_owned())]);
    assert_eq!(publish::origin("example.org/ledger\n12\n"), Some("example.org/ledger".to_owned()));
    assert_eq!(publish::fault(r#"{"error":"this node only serves"}"#), "this node only serves");
}
