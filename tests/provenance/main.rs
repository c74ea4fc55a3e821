//! From suppliers' files in four formats through both verifications: everything good passes, every planted fault is caught and named.
#![cfg(feature = "node")]

mod bad_input;
mod corroborated;
mod large;
mod measures;
mod parquet_files;
mod rules;
mod terminal;
mod vectors;
mod whole_way;

use ecosphere::{
    measure::Millis,
    node::tables,
    provenance::{
        ClaimState, Collected, ColumnMap, Event, Field, MetricId,
        check::{Fact, Others, Verified, verify},
        epcis, untp,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/suppliers").join(name)
}

/// Imports the four files of a folder, each by its own importer.
fn collect(name: &str) -> Collected {
    let mut all = Collected::default();
    let at = |file: &str| folder(name).join(file);
    epcis::import(BufReader::new(File::open(at("podere-luna-rossa.epcis.jsonld")).unwrap()), |f| all.take(f)).unwrap();
    let mut map = cannery_map();
    map.offset = "+02:00".to_owned();
    tables::import(&at("conserve-tre-torri.csv"), Some(map), |f| all.take(f)).unwrap();
    tables::import(&at("conceria-castagno.xlsx"), None, |f| all.take(f)).unwrap();
    untp::import(&std::fs::read(at("bottega-filo-e-ago.untp.json")).unwrap(), |f| all.take(f));
    all
}

/// The map that the cannery confirmed: the guessed one, with its remarks left out.
fn cannery_map() -> ColumnMap {
    let map = tables::import(&folder("good/conserve-tre-torri.csv"), None, |_| {}).unwrap();
    assert_eq!(map.columns["Bemerkung"].is, Field::Ignore);
    map
}

/// Others' word: every counterparty signed, every attestation carries its certifier's proof.
fn others(all: &Collected) -> Others {
    let signed = |e: &Event| Some((e.id, BTreeSet::from([e.counterparty()?.id.clone()])));
    Others {
        now: Millis::parse_rfc3339("2026-11-22T09:00:00Z").unwrap(),
        signatures: all.events.iter().filter_map(signed).collect(),
        proven: all.attestations.iter().flat_map(|a| a.ids.iter().cloned()).collect(),
        attestations: all.attestations.clone(),
        anchors: all.anchors.clone(),
        facts: Vec::new(),
        yields: BTreeMap::new(),
    }
}

fn state(verified: &Verified, code: &str) -> ClaimState {
    verified.judged.iter().find(|j| j.claim.code.as_deref() == Some(code)).unwrap_or_else(|| panic!("{code}")).verdict.state
}

#[test]
fn the_tomato_and_the_bag_come_whole_from_four_formats_through_both_verifications() {
    let all = collect("good");
    assert_eq!((all.dropped.as_slice(), all.notes.len()), (&[][..], 0), "{:?}", all.notes);
    assert_eq!((all.events.len(), all.anchors.len(), all.attestations.len()), (12, 1, 6));
    let verified = verify(&all.events, &all.claims, &others(&all));
    assert_eq!(verified.findings, []);

    let by_source: BTreeMap<&str, &Event> = all.events.iter().map(|e| (e.source_id.rsplit('/').next().unwrap(), e)).collect();
    let metric = |id: &str| MetricId::from_id(id).unwrap();
    let measured = |event: &str, id: &str| by_source[event].measurements.iter().find(|m| m.metric == metric(id)).unwrap().quantity.to_string();
    assert_eq!(measured("P1", "ghg-emissions"), "310.5", "tonnes became kilograms");
    assert_eq!(measured("K2", "energy-use"), "1250.75", "a decimal comma");
    assert_eq!(measured("C4", "water-use"), "38.5");
    assert_eq!(by_source["K2"].inputs[0].item, by_source["P1"].outputs[0].item, "the tomato is one item in both formats");
    assert_eq!(by_source["B1"].inputs[0].item, by_source["C5"].outputs[0].item, "the leather too");
    assert_eq!(by_source["C1"].place.as_ref().unwrap().country, "ES");
    assert_eq!(by_source["K1"].time.to_rfc3339(), "2026-08-22T19:00:00Z", "local time of the cannery");
    assert_eq!(by_source["K3"].received.unwrap().to_string(), "12880.00 EUR");

    assert_eq!(state(&verified, "label:organic"), ClaimState::Attested);
    assert_eq!(state(&verified, "own:pasture-raised"), ClaimState::SelfDeclared);
    let verdict = |event: &str, id: &str| verified.of_measurement(by_source[event].id, metric(id)).unwrap();
    assert_eq!(verdict("P1", "water-use").state, ClaimState::Attested);
    assert_eq!(verdict("P1", "living-wage-hours").state, ClaimState::SelfDeclared);
    assert!(verdict("P1", "living-wage-hours").reasons.iter().any(|r| r.contains("another criterion")));
}

#[test]
fn every_planted_fault_is_caught_and_named() {
    #[derive(serde::Deserialize)]
    struct Planted {
        r#in: String,
        named: String,
    }
    let all = collect("faulty");
    let verified = verify(&all.events, &all.claims, &others(&all));
    let source = |id| all.events.iter().find(|e| e.id == id).map(|e| e.source_id.clone()).unwrap_or_default();
    let mut told: Vec<(String, String)> = verified.findings.iter().map(|f| (source(f.event), f.fault.to_string())).collect();
    told.extend(all.dropped.iter().chain(&all.notes).map(|n| (n.id.clone(), n.reason.to_string())));

    let planted: Vec<Planted> = serde_json::from_slice(&std::fs::read(folder("faulty/planted.json")).unwrap()).unwrap();
    assert!(planted.len() >= 20);
    let missed: Vec<_> = planted
        .iter()
        .filter(|p| !told.iter().any(|(at, why)| at.ends_with(&p.r#in) && why.contains(&p.named)))
        .map(|p| (&p.r#in, &p.named))
        .collect();
    assert!(missed.is_empty(), "missed: {missed:#?}\ntold: {told:#?}");
    // And nobody is accused of what was not planted, but for what follows from it.
    let stray: Vec<_> = told.iter().filter(|(at, _)| !planted.iter().any(|p| at.ends_with(&p.r#in))).collect();
    assert!(stray.is_empty(), "{stray:#?}");
}

#[test]
fn a_claim_ends_in_the_state_that_its_evidence_carries() {
    let all = collect("good");
    let sound = others(&all);
    let organic = |others: &Others| {
        let verified = verify(&all.events, &all.claims, others);
        let judged = verified.judged.into_iter().find(|j| j.claim.code.as_deref() == Some("label:organic")).unwrap();
        (judged.verdict.state, judged.verdict.reasons.join("; "))
    };
    let change = |change: &dyn Fn(&mut Others)| {
        let mut others = sound.clone();
        change(&mut others);
        organic(&others)
    };
    assert_eq!(organic(&sound).0, ClaimState::Attested);
    for (what, others, why) in [
        ("no proof", change(&|o| o.proven.clear()), "no valid proof"),
        ("another criterion", change(&|o| o.attestations.iter_mut().for_each(|a| a.codes.clear())), "another criterion"),
        (
            "another scope",
            change(&|o| o.attestations.iter_mut().for_each(|a| a.scope = vec!["https://ecosphere.example/x".into()])),
            "another subject",
        ),
        ("too early", change(&|o| o.attestations.iter_mut().for_each(|a| a.from = o.now)), "not in force"),
    ] {
        assert_eq!(others.0, ClaimState::SelfDeclared, "{what}: {}", others.1);
        assert!(others.1.contains(why), "{what}: {}", others.1);
    }
    let failed = change(&|o| o.attestations.iter_mut().for_each(|a| a.conforms = false));
    assert!(failed.0 == ClaimState::Contradicted && failed.1.contains("does not conform"), "{}", failed.1);
}

#[test]
fn a_hand_over_is_confirmed_by_the_other_partys_signature_and_a_label_denied_by_facts_is_contradicted() {
    let mut all = collect("good");
    let moved = all.events.iter().find(|e| e.source_id == "K3").unwrap().clone();
    let claim = |code: &str| ecosphere::provenance::Claim::with_event(&moved, moved.outputs[0].item.clone(), Some(code.to_owned()), None);
    all.claims = vec![claim("own:plant-only"), claim("own:traceable")];
    let mut others = others(&all);
    let states = |others: &Others| verify(&all.events, &all.claims, others).judged[..2].iter().map(|j| j.verdict.state).collect::<Vec<_>>();
    assert_eq!(states(&others), [ClaimState::Confirmed, ClaimState::Confirmed]);
    others.facts =
        vec![Fact { subject: moved.outputs[0].item.clone(), code: "ingredients:non-vegan".to_owned(), source: "Open Food Facts".to_owned() }];
    assert_eq!(states(&others), [ClaimState::Contradicted, ClaimState::Confirmed]);
    others.facts.clear();
    others.signatures.clear();
    assert_eq!(states(&others), [ClaimState::SelfDeclared, ClaimState::SelfDeclared]);
    all.claims[0].inferred = true;
    assert_eq!(verify(&all.events, &all.claims, &others).judged[0].verdict.state, ClaimState::Inferred);
}
