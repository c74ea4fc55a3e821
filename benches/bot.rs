//! The group `bot`: ranking and searching a whole market (`market.rs`), one verdict with its reasons, and learning a person's weights from real
//! choices (`choices.rs`).

#[path = "choices.rs"]
mod choices;
#[path = "market.rs"]
mod market;
#[path = "measure.rs"]
mod measure;

use ecosphere::{
    bot::{Candidate, Subject, assess, rank},
    provenance::{ClaimState, claim_table},
    values::{HardLine, Importance, Profile, Topic},
};
use measure::{median_us, report_value};
use std::{hint::black_box, time::Instant};

const PRODUCTS: usize = 100_000;

fn main() {
    let defs = claim_table();
    // Four to nine claims each, spread over the table by a fixed rule: as many as a well-described product has.
    let claims: Vec<Vec<(u16, ClaimState)>> =
        (0..PRODUCTS).map(|i| (0..4 + i % 6).map(|k| (((i * 7 + k * 13) % defs.len()) as u16, ClaimState::SelfDeclared)).collect()).collect();
    let names: Vec<String> = (0..PRODUCTS).map(|i| format!("Product {i}")).collect();
    let market: Vec<Candidate<'_>> = claims
        .iter()
        .zip(&names)
        .map(|(claims, name)| Candidate { subject: Subject { claims, defs, months: 0 }, category: None, price: None, name })
        .collect();
    let mut profile = Profile::default();
    profile.topics.insert(Topic::Climate, Importance::MattersMost.into());
    profile.hard_lines.extend([HardLine::NoPalmOil, HardLine::Vegetarian]);

    // A call takes long enough to be timed by itself, and too long to be made hundreds of times.
    let mut times: Vec<f64> = (0..15).map(|_| timed_ms(|| rank(&profile, &market))).collect();
    times.sort_by(f64::total_cmp);
    report_value("rank 100 000 products from their claims, all of them", "ms", times[times.len() / 2], 200.0);
    report_value("one verdict with its reasons", "us", median_us(|| assess(&profile, &market[5].subject)), 50.0);
    market::run();
    choices::run();
}

fn timed_ms<T>(call: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    drop(black_box(call()));
    started.elapsed().as_secs_f64() * 1000.0
}
