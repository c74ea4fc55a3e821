//! Measuring: the median of many runs, printed as one JSON object per line. A bench takes this file in with
//! `#[path = "measure.rs"] mod measure;`.
#![allow(dead_code, reason = "each bench uses its part")]

use serde_json::json;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How often each thing is timed, at least for a fifth of a millisecond each.
const ROUNDS: usize = 501;

/// The median time of one call, in microseconds. Quick calls are timed in bundles, so that the clock itself does not count; two things to be
/// compared are best measured by [`side_by_side`].
pub fn median_us<T>(mut call: impl FnMut() -> T) -> f64 {
    let bundle = bundle_size(&mut call);
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| time_us(bundle, &mut call)).collect();
    middle(&mut times)
}

/// The median times of one call each of ours and the peer's, in microseconds, taken in turns so that a busy moment of the machine hits both alike.
pub fn side_by_side<T, U>(mut ours: impl FnMut() -> T, mut peers: impl FnMut() -> U) -> (f64, f64) {
    let bundles = (bundle_size(&mut ours), bundle_size(&mut peers));
    let (mut a, mut b): (Vec<f64>, Vec<f64>) = (0..ROUNDS).map(|_| (time_us(bundles.0, &mut ours), time_us(bundles.1, &mut peers))).unzip();
    (middle(&mut a), middle(&mut b))
}

/// How many calls take about a fifth of a millisecond: long beside the clock's own cost, short beside the turns that a busy machine gives its
/// programs, so that only few rounds are interrupted and the median knows nothing of it.
fn bundle_size<T>(call: &mut impl FnMut() -> T) -> u32 {
    let mut bundle = 1;
    loop {
        let started = Instant::now();
        (0..bundle).for_each(|_| drop(black_box(call())));
        if started.elapsed() >= Duration::from_micros(200) || bundle >= 1 << 20 {
            return bundle;
        }
        bundle *= 2;
    }
}

fn time_us<T>(bundle: u32, call: &mut impl FnMut() -> T) -> f64 {
    let started = Instant::now();
    (0..bundle).for_each(|_| drop(black_box(call())));
    started.elapsed().as_secs_f64() * 1e6 / f64::from(bundle)
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Prints a measure where less is better: `goal` bounds the ratio to the peer.
pub fn report_ratio(name: &str, unit: &str, value: f64, peer: &str, peer_value: f64, goal: f64) {
    let ratio = value / peer_value;
    print(name, unit, value, Some((peer, peer_value)), &format!("ratio <= {goal}"), ratio <= goal);
}

/// Prints a measure where less is better and that has no peer: `goal` bounds the value.
pub fn report_value(name: &str, unit: &str, value: f64, goal: f64) {
    print(name, unit, value, None, &format!("<= {goal} {unit}"), value <= goal);
}

/// Prints one measure as one JSON object: `name`, `value`, `unit`, `peer`, `peer_value`, `ratio`, `goal`, `met`.
pub fn print(name: &str, unit: &str, value: f64, peer: Option<(&str, f64)>, goal: &str, met: bool) {
    let rounded = |x: f64| (x * 1000.0).round() / 1000.0;
    let (peer, peer_value, ratio) = match peer {
        Some((peer, theirs)) => (json!(peer), json!(rounded(theirs)), json!(rounded(value / theirs))),
        None => (json!(null), json!(null), json!(null)),
    };
    println!(
        "{}",
        json!({ "name": name, "value": rounded(value), "unit": unit, "peer": peer, "peer_value": peer_value, "ratio": ratio, "goal": goal, "met": met })
    );
}
