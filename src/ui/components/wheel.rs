//! The wheel of values: a spoke per topic. How far it is filled is what the topic counts, the pale part how far that is unsure, the broken circle a topic
//! that simply matters. It is a picture of the table beside it, which says the same in numbers and words.

use super::Glyph;
use crate::{
    ui::words,
    values::{Origin, Profile, Topic},
};
use dioxus::prelude::*;

// In tenths of a unit of the drawing: the hub, and where a weight of `FULL` ends.
const HUB: i32 = 260;
const RIM: i32 = 1220;
/// The weight that fills a spoke; more does not show as more.
const FULL: i32 = 300;
// Sine and cosine of half a spoke (a turn by 34, less a gap of 0.02), in ten thousandths. Every spoke is the one at the top, turned: so the page needs no trigonometry.
const SIN: i32 = 1_641;
const COS: i32 = 9_865;

/// How far from the middle a weight ends.
fn radius(weight: i16) -> i32 {
    HUB + (RIM - HUB) * i32::from(weight).clamp(0, FULL) / FULL
}

/// Tenths, as a drawing takes them.
fn n(tenths: i32) -> String {
    format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)
}

/// The part of the spoke at the top between two distances from the middle.
fn part(from: i32, to: i32) -> String {
    let [(a, b), (c, d)] = [from, to].map(|r| (r * SIN / 10_000, -r * COS / 10_000));
    let ([fx, fy, tx, ty], [minus_fx, minus_tx]) = ([a, b, c, d].map(n), [-a, -c].map(n));
    let (from, to) = (n(from), n(to));
    format!("M{minus_fx} {fy}L{minus_tx} {ty}A{to} {to} 0 0 1 {tx} {ty}L{fx} {fy}A{from} {from} 0 0 0 {minus_fx} {fy}Z")
}

/// By how many tenths of a degree a spoke is turned; the first begins at the top.
fn turn(spoke: usize) -> i32 {
    3_600 * (2 * spoke as i32 + 1) / (2 * Topic::COUNT as i32)
}

/// The wheel.
#[component]
pub fn Wheel(
    /// Whose values.
    profile: Profile,
) -> Element {
    let weights = profile.weights();
    let topics: Vec<Topic> = words::GROUPS.iter().flat_map(|(_, _, topics)| topics.iter().copied()).collect();
    let mut order = Topic::ALL;
    order.sort_by_key(|t| -weights[t.index()]);
    let most = order.iter().take(3).map(|t| t.info().name).collect::<Vec<_>>().join(", ");
    let label = format!("Wheel of your values. What counts most: {most}. The table below says all of it in words.");
    rsx! {
        svg { class: "wheel", view_box: "0 0 320 320", role: "img", "aria-label": label,
            for (spoke , topic) in topics.into_iter().enumerate() {
                g { key: "{topic:?}", transform: "translate(160 160) rotate({n(turn(spoke))})",
                    {drawn(weights[topic.index()], spread(&profile, topic))}
                    // The icon stands upright.
                    g { class: "icon", transform: "translate(0 -142) rotate({n(-turn(spoke))}) translate(-12 -12)", path { d: Glyph::of_topic(topic).path() } }
                }
            }
            circle { class: "plain", cx: "160", cy: "160", r: n(radius(100)) }
        }
    }
}

/// How unsure the weight of a topic is of which nothing was learned: about what the prior leaves open.
const OPEN: i16 = 80;

/// How unsure a weight is; what is set by hand is sure.
#[must_use]
pub fn spread(profile: &Profile, topic: Topic) -> Option<i16> {
    if profile.origin(topic) == Origin::Hand { None } else { Some(profile.learned.get(&topic).map_or(OPEN, |l| l.spread)) }
}

/// A spoke at the top.
fn drawn(weight: i16, spread: Option<i16>) -> Element {
    let end = radius(weight);
    rsx! {
        path { class: "empty", d: part(HUB, RIM) }
        path { class: if spread.is_none() { "full sure" } else { "full" }, d: part(HUB, end.max(HUB + 20)) }
        if let Some(spread) = spread {
            path { class: "unsure", d: part(radius(weight - spread), radius(weight.saturating_add(spread))) }
            path { class: "mark", d: part((end - 15).max(HUB), end + 15) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoke_is_empty_at_nothing_and_full_at_three_times_a_plain_topic() {
        assert_eq!((radius(0), radius(300), radius(1_000), radius(-5)), (HUB, RIM, RIM, HUB));
        assert!(radius(100) > HUB && radius(100) < radius(200));
        assert_eq!((n(-5), n(turn(0)), n(turn(Topic::COUNT - 1))), ("-0.5".into(), "10.5".into(), "349.4".into()));
        // The constants are what they say they are.
        let half = std::f64::consts::PI / Topic::COUNT as f64 - 0.02;
        assert_eq!((SIN, COS), ((half.sin() * 10_000.0).round() as i32, (half.cos() * 10_000.0).round() as i32));
    }
}
