//! The wheel of values: a spoke per topic. How far it is filled is what the topic counts, the pale part how far that is unsure, the broken circle a topic
//! that simply matters. It is a picture of the table beside it, which says the same in numbers and words.

use super::Glyph;
use crate::{
    ui::words,
    values::{Origin, Profile, Topic},
};
use dioxus::prelude::*;

// The middle of the drawing, the hub, and where a weight of `FULL` ends.
const CENTRE: f64 = 160.0;
const HUB: f64 = 26.0;
const RIM: f64 = 122.0;
/// The weight that fills a spoke; more does not show as more.
const FULL: f64 = 300.0;
/// Half a gap between two spokes, in radians.
const GAP: f64 = 0.02;

/// How far from the middle a weight ends.
fn radius(weight: i16) -> f64 {
    HUB + (RIM - HUB) * (f64::from(weight) / FULL).clamp(0.0, 1.0)
}

/// A point on the wheel, for a path.
fn point(radius: f64, angle: f64) -> String {
    format!("{:.1} {:.1}", CENTRE + radius * angle.sin(), CENTRE - radius * angle.cos())
}

/// The part of a spoke between two distances from the middle.
fn part(spoke: usize, from: f64, to: f64) -> String {
    let turn = std::f64::consts::TAU / Topic::COUNT as f64;
    let (a, b) = (turn * spoke as f64 + GAP, turn * (spoke + 1) as f64 - GAP);
    let (p, q, r, s) = (point(from, a), point(to, a), point(to, b), point(from, b));
    format!("M{p}L{q}A{to:.1} {to:.1} 0 0 1 {r}L{s}A{from:.1} {from:.1} 0 0 0 {p}Z")
}

/// Where a spoke's icon stands.
fn place(spoke: usize) -> String {
    let angle = std::f64::consts::TAU / Topic::COUNT as f64 * (spoke as f64 + 0.5);
    let (x, y) = (CENTRE + 142.0 * angle.sin() - 12.0, CENTRE - 142.0 * angle.cos() - 12.0);
    format!("translate({x:.1} {y:.1})")
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
                Spoke { key: "{topic:?}", spoke, topic, weight: weights[topic.index()], spread: spread(&profile, topic) }
            }
            circle { class: "plain", cx: "{CENTRE}", cy: "{CENTRE}", r: "{radius(100):.1}" }
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

#[component]
fn Spoke(spoke: usize, topic: Topic, weight: i16, spread: Option<i16>) -> Element {
    let end = radius(weight);
    rsx! {
        path { class: "empty", d: part(spoke, HUB, RIM) }
        path { class: if spread.is_none() { "full sure" } else { "full" }, d: part(spoke, HUB, end.max(HUB + 2.0)) }
        if let Some(spread) = spread {
            path { class: "unsure", d: part(spoke, radius(weight - spread), radius(weight.saturating_add(spread))) }
            path { class: "mark", d: part(spoke, (end - 1.5).max(HUB), end + 1.5) }
        }
        g { class: "icon", transform: place(spoke), path { d: Glyph::of_topic(topic).path() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoke_is_empty_at_nothing_and_full_at_three_times_a_plain_topic() {
        assert_eq!((radius(0), radius(300), radius(1_000), radius(-5)), (HUB, RIM, RIM, HUB));
        assert!(radius(100) > HUB && radius(100) < radius(200));
        assert_eq!(point(10.0, 0.0), "160.0 150.0", "it begins at the top");
    }
}
