//! The desk on the suppliers' files of `tests/data/suppliers`, good and faulty.

use super::{
    desk::{Watched, answer, understand},
    tables::TableError,
    wire::{Answer, FileKind, Request, SHOWN, Understanding},
};
use crate::{
    measure::Millis,
    provenance::{ClaimState, Field},
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
    let Answer::Refused(why) = answer(request, Cursor::new(b"\xff".to_vec())) else { panic!("it was read") };
    assert!(why.contains("CSV"), "{why}");
}

#[test]
fn how_far_a_large_file_is_read_is_told_as_it_goes() {
    let mut table = b"time;item;quantity\n".to_vec();
    for n in 0..20_000 {
        table.extend_from_slice(format!("2026-08-20;L{n};1{}\n", if n % 1_000 == 0 { "x" } else { "" }).as_bytes());
    }
    let (size, mut steps) = (table.len() as u64, Vec::new());
    let told = understand("large.csv", Watched::new(Cursor::new(table), size, |at| steps.push(at)), None, now()).unwrap();
    assert_eq!((told.counts.events, told.counts.noted + told.counts.dropped, told.odd.len()), (20_000, 20, 20), "{:?}", told.odd.first());
    assert!(told.odd.iter().all(|row| row.line > 1 && !row.reason.is_empty()));
    assert!(steps.len() > 3 && steps.last() == Some(&size), "{steps:?}");
}

#[test]
fn an_answer_survives_the_wire() {
    let answer = Answer::Understood(Box::new(read("faulty/conserve-tre-torri.csv")));
    assert_eq!(serde_json::from_str::<Answer>(&serde_json::to_string(&answer).unwrap()).unwrap(), answer);
}
