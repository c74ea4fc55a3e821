//! Everything behind a subject: its way, its label, and what each rests on.

use crate::{ask, sample, scan};
use ecosphere::{
    engine::{
        Engine,
        wire::{Answer, EngineError, Proof, Request, Story},
    },
    log::{leaf_hash, verify_inclusion},
    measure::Decimal,
    provenance::{ClaimState, StageKind},
};

const TOMATO: &str = "https://id.ecosphere.example/01/09520000000011/10/LR2608";

fn story(engine: &Engine, number: u32) -> Story {
    match ask(engine, Request::Story(number)).unwrap() {
        Answer::Story(story) => *story,
        other => panic!("{other:?}"),
    }
}

fn tomato(engine: &Engine) -> Story {
    let found = scan(engine, TOMATO).subject.expect("the sample has the tomato sauce");
    let told = story(engine, found.number);
    assert_eq!(told.label, found.label, "the story and the verdict show one label");
    told
}

#[test]
fn the_way_of_a_jar_is_told_step_by_step_with_what_changed_hands() {
    let told = tomato(&sample());
    assert_eq!((told.proof, told.stages.len(), told.gaps.len()), (Proof::Checked, 5, 0));
    let kinds: Vec<_> = told.stages.iter().map(|s| s.kind).collect();
    assert_eq!(kinds.first(), Some(&Some(StageKind::Origin)));
    assert!(kinds.iter().all(Option::is_some));
    let cooked = &told.stages[2];
    assert_eq!((cooked.row.title.as_str(), cooked.country_name.as_str(), cooked.days), ("Cooked and bottled", "Italy", Some(2)));
    assert_eq!((cooked.took.as_str(), cooked.gave.as_str()), ("4\u{202f}200\u{a0}kg", "5\u{202f}600\u{a0}pcs"));
    assert_eq!(cooked.receiver.as_deref(), Some("Alpine Rail Freight"));
    assert_eq!(cooked.row.confirmed_by, cooked.receiver, "the carrier signed it too");
}

#[test]
fn the_readings_of_all_steps_add_up_to_the_label() {
    let told = tomato(&sample());
    let label = told.label.unwrap();
    let worth = told.stages.iter().flat_map(|s| &s.readings).filter_map(|r| r.worth);
    let sum = worth.map(|w| w.central).try_fold(Decimal::ZERO, Decimal::plus).unwrap();
    assert_eq!(sum, label.non_financial.central);
    let unvalued = told.stages.iter().flat_map(|s| &s.readings).filter(|r| r.worth.is_none());
    assert_eq!(unvalued.map(|r| r.name.as_str()).collect::<std::collections::BTreeSet<_>>().len(), label.unvalued.len());
    assert!(told.stages.iter().flat_map(|s| &s.readings).all(|r| r.worth.is_none() || !r.source.is_empty()));
    // The last step is the shop's own word, everything before it was taken over by somebody who signed.
    let states = |n: usize| told.stages[n].readings.iter().map(|r| r.state).collect::<Vec<_>>();
    assert!(states(0).iter().all(|s| *s == ClaimState::Confirmed) && states(4).iter().all(|s| *s == ClaimState::SelfDeclared));
}

#[test]
fn every_step_leads_down_to_its_signed_statement_and_its_place_in_the_log() {
    let told = tomato(&sample());
    let ledger = told.ledger.unwrap();
    assert!(ledger.size > 0 && ledger.checkpoint >= ledger.size && ledger.root.len() == 64);
    for signed in told.stages.iter().map(|s| &s.signed).chain(&told.passport) {
        assert!(!signed.by.is_empty() && signed.by.iter().all(|(name, key)| !name.is_empty() && key.starts_with("did:key:")));
        assert!(signed.leaf < ledger.size && signed.document.len() == 64);
        // A leaf among full 256 has the eight hashes beside its way up; the tail's leaves stand in the tree file themselves.
        let full = signed.leaf / 256 < ledger.size / 256;
        assert_eq!(signed.siblings.len(), if full { 8 } else { 0 });
        let hash = |text: &str| <[u8; 32]>::try_from(hex::decode(text).unwrap()).unwrap();
        let siblings: Vec<[u8; 32]> = signed.siblings.iter().map(|s| hash(s)).collect();
        let made_up = verify_inclusion(&leaf_hash(b"another"), signed.leaf % 256, 256, &hash(&ledger.root), &siblings);
        assert!(made_up.is_err());
    }
    let claims = told.claims;
    assert!(claims.iter().any(|c| c.state == ClaimState::Attested) && claims.iter().any(|c| c.state == ClaimState::SelfDeclared));
    assert_eq!((told.certifier.as_str(), told.issuer.as_str()), ("Three Oaks Certification", "Conserve Tre Torri"));
}

#[test]
fn a_subject_without_signed_steps_says_why_it_has_no_label() {
    let engine = sample();
    let number = (0..).find(|n| ask(&engine, Request::Story(*n)).is_ok_and(|a| matches!(a, Answer::Story(s) if s.stages.is_empty()))).unwrap();
    let told = story(&engine, number);
    assert!(told.label.is_none() && told.no_label.ends_with('.') && !told.claims.is_empty());
    assert!(matches!(ask(&engine, Request::Story(u32::MAX)), Err(EngineError::BadInput(_))));
}
