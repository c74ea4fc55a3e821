//! The group `label`: one label, labels a second on one core, and the total value of long chains of events.

#[path = "measure.rs"]
mod measure;

use ecosphere::{
    label::{FactorTable, LabelSubject, SignedStage, Stage, Terms, label, subject_label},
    measure::{Currency, Decimal, Millis, Money, Unit},
    provenance::{ChainsFile, ClaimState, Event, EventKind, Journey, Lot, Measured, MetricId, Split, StageDocument},
    statement::SubjectKind,
};
use measure::{median_us, print, report_value};
use std::time::Instant;

fn main() {
    let table = FactorTable::builtin().expect("the table in the program is whole");
    let chains = ChainsFile::read(include_str!("../assets/sample/source/chains.json")).expect("the sample's source is whole");
    let documents = chains.documents(&chains.chains[0]);
    let stages: Vec<SignedStage> =
        (0_u8..).zip(&documents).map(|(n, document): (u8, &StageDocument)| SignedStage { digest: [n; 32], document, confirmed: true }).collect();
    let one = median_us(|| subject_label(SubjectKind::Product, &stages, &table, &|_| false).expect("the sample has a label"));
    report_value("label of a product with five stages", "ms", one / 1000.0, 1.0);

    let started = Instant::now();
    let labels = 20_000;
    let known = (0..labels).filter(|_| subject_label(SubjectKind::Product, &stages, &table, &|_| false).is_ok_and(|label| label.is_some())).count();
    assert_eq!(known, labels);
    let per_second = labels as f64 / started.elapsed().as_secs_f64();
    print("labels on one core", "labels/s", per_second, None, ">= 10000 labels/s", per_second >= 10_000.0);

    let small = chain_ms(&chain(1_000), &table);
    let large = chain_ms(&chain(10_000), &table);
    report_value("total value of a chain of 10 000 events", "ms", large, 50.0);
    // Ten times the events in ten times the time, with room for the logarithm of a sorted map.
    report_value("the same per event, beside a chain of 1 000", "x", large / (10.0 * small), 1.5);
}

/// A chain in which every tenth event also takes from the very first one.
fn chain(length: usize) -> Vec<Event> {
    let metric = MetricId::from_id("ghg-emissions").expect("it is in the registry");
    let lot = |n: usize, kilograms: i64| Lot { item: format!("lot-{n}"), quantity: Some((Decimal::from(kilograms), Unit::KILOGRAM)) };
    let event = |n: usize| {
        let mut event = Event::at(EventKind::Transformation, None, Millis(n as i64 * 1000));
        event.inputs = n.checked_sub(1).map(|before| lot(before, 1_000_000)).into_iter().collect();
        if n > 1 && n.is_multiple_of(10) {
            event.inputs.push(lot(0, 1));
        }
        event.outputs = vec![lot(n, 1_000_000)];
        event.measurements = vec![Measured { metric, quantity: Decimal::from(3), unit: Unit::KILOGRAM, evidence: String::new() }];
        event.received = Some(Money { minor: 100, currency: Currency::EUR });
        event.seal()
    };
    (0..length).map(event).collect()
}

fn chain_ms(events: &[Event], table: &FactorTable) -> f64 {
    let goods = Lot { item: format!("lot-{}", events.len() - 1), quantity: None };
    let total = || {
        let journey = Journey::follow(events, &goods, &Split::Mass).expect("the chain has no cycle");
        assert_eq!(journey.stages.len(), events.len());
        let stages = Stage::of_journey(&journey, events, |_, _| ClaimState::Attested);
        label(LabelSubject::Product, &stages, &Terms { table, currency: Currency::EUR, price_year: 2026 }).expect("it has a value").total
    };
    let mut times: Vec<f64> = (0..21)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(total());
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
