//! The way as a map: a lane per country, a station per step, and what went from one to the next.

use crate::engine::wire::StageStory;
use dioxus::prelude::*;

/// All lengths are in the units of the drawing, which on a phone are CSS pixels.
const WIDTH: i32 = 328;
const MARGIN: i32 = 24;
const FIRST: i32 = 56;
const ROW: i32 = 68;
/// About the width of a letter.
const LETTER: i32 = 7;

/// Where a lane lies: the first at the left, the last at the right.
fn lane(at: usize, lanes: usize) -> i32 {
    let (at, last) = (i32::try_from(at).unwrap_or(0), i32::try_from(lanes.saturating_sub(1)).unwrap_or(0));
    if last == 0 { MARGIN } else { MARGIN + (WIDTH - 2 * MARGIN) * at / last }
}

/// A text cut to what fits in this width.
fn fitting(text: &str, width: i32) -> String {
    let most = usize::try_from(width / LETTER).unwrap_or(0);
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('\u{2026}');
    cut
}

/// The way of a product as a map.
#[component]
pub fn Flow(
    /// Its steps, in order.
    stages: Vec<StageStory>,
) -> Element {
    let mut countries: Vec<(&str, &str)> = Vec::new();
    for stage in &stages {
        if !countries.iter().any(|(code, _)| *code == stage.country) {
            countries.push((&stage.country, &stage.country_name));
        }
    }
    let lanes = countries.len();
    let x_of = |stage: &StageStory| lane(countries.iter().position(|(code, _)| *code == stage.country).unwrap_or(0), lanes);
    let stations: Vec<(i32, i32)> = stages.iter().zip(0..).map(|(stage, n)| (x_of(stage), FIRST + ROW * n)).collect();
    let height = stations.last().map_or(FIRST, |(_, y)| y + 30);
    let heard: Vec<String> = stages.iter().map(|s| format!("{}, {}, by {}", s.row.place, s.country_name, s.row.actor)).collect();
    let heard = format!("Map of the way. {}.", heard.join("; then "));
    let names = countries.iter().enumerate().map(|(n, (_, name))| {
        let x = lane(n, lanes);
        let (anchor, x) = if n == 0 {
            ("start", 4)
        } else if n + 1 == lanes {
            ("end", WIDTH - 4)
        } else {
            ("middle", x)
        };
        (x, anchor, fitting(name, WIDTH / i32::try_from(lanes).unwrap_or(1)), lane(n, lanes))
    });
    let edges = stations.iter().zip(stations.iter().skip(1)).zip(&stages).map(|((from, to), stage)| {
        let (x1, y1, x2, y2) = (from.0, from.1 + 14, to.0, to.1 - 14);
        let middle = (y1 + y2) / 2;
        let path = format!("M{x1} {y1}C{x1} {middle} {x2} {middle} {x2} {y2}");
        let (x, anchor) = if x1 != x2 { ((x1 + x2) / 2, "middle") } else { beside(x1) };
        (path, stage.row.confirmed_by.is_some(), x, middle + 4, anchor, stage.gave.clone())
    });
    rsx! {
        svg { class: "flow", view_box: "0 0 {WIDTH} {height}", role: "img", "aria-label": heard,
            for (x , anchor , name , at) in names {
                path { class: "lane", d: "M{at} 24V{height}" }
                text { class: "country", x: "{x}", y: "14", text_anchor: anchor, {name} }
            }
            for (path , both , x , y , anchor , gave) in edges {
                path { class: if both { "edge both" } else { "edge" }, d: path }
                text { class: "gave", x: "{x}", y: "{y}", text_anchor: anchor, {gave} }
            }
            for (stage , (x , y)) in stages.iter().zip(stations.iter().copied()) {
                circle { cx: "{x}", cy: "{y}", r: "13" }
                text { class: "n", x: "{x}", y: "{y + 5}", text_anchor: "middle", "{stage.row.step}" }
                text { class: "place", x: "{beside(x).0}", y: "{y - 2}", text_anchor: beside(x).1, {fitting(&stage.row.place, room(x))} }
                text { class: "actor", x: "{beside(x).0}", y: "{y + 14}", text_anchor: beside(x).1, {fitting(&stage.row.actor, room(x))} }
            }
        }
        p { class: "fine", "A full line: whoever took the goods over signed it too. A dotted line: only one side did." }
    }
}

/// Where the text beside a station begins or ends.
const fn beside(x: i32) -> (i32, &'static str) {
    if x > WIDTH / 2 { (x - 20, "end") } else { (x + 20, "start") }
}

/// How wide that text may be.
const fn room(x: i32) -> i32 {
    if x > WIDTH / 2 { x - 20 } else { WIDTH - x - 20 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_lie_from_edge_to_edge_and_one_alone_at_the_left() {
        assert_eq!([lane(0, 1), lane(0, 2), lane(1, 2), lane(1, 3)], [24, 24, 304, 164]);
    }

    #[test]
    fn a_long_name_is_cut_where_it_would_leave_the_map() {
        assert_eq!(fitting("Parma", 70), "Parma");
        assert_eq!([room(MARGIN), room(WIDTH / 2), room(WIDTH - MARGIN)], [284, 144, 284]);
        assert_eq!(fitting("Langhirano, near Parma", 70), "Langhiran\u{2026}");
    }
}
