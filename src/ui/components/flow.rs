//! The way as a map: a lane per country, a station per step, and what went from one to the next.

use crate::engine::wire::StageStory;
use dioxus::prelude::*;

/// All lengths are in the units of the drawing, which on a phone are CSS pixels.
const WIDTH: i32 = 328;
const MARGIN: i32 = 24;
const FIRST: i32 = 56;
const ROW: i32 = 68;
/// From one line of a name to the next.
const LINE: i32 = 16;
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

/// A name on as many lines of this width as it needs, at most two.
fn lines(text: &str, width: i32) -> Vec<String> {
    let most = usize::try_from(width / LETTER).unwrap_or(0);
    if text.chars().count() <= most {
        return vec![text.to_owned()];
    }
    // Broken at the last space that fits, else where it must be.
    let reach = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    let space = text.get(..=reach).unwrap_or(text).rfind(' ').filter(|at| *at > 0);
    let (first, rest) = text.split_at(space.unwrap_or(reach));
    vec![first.to_owned(), fitting(rest.trim_start(), width)]
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
    let named = |stage: &StageStory| [lines(&stage.row.place, room(x_of(stage))), lines(&stage.row.actor, room(x_of(stage)))];
    // Where a name needs a second line, all stations stand further apart.
    let more = if stages.iter().flat_map(named).any(|lines| lines.len() > 1) { LINE } else { 0 };
    let stations: Vec<(i32, i32)> = stages.iter().zip(0..).map(|(stage, n)| (x_of(stage), FIRST + more + (ROW + 2 * more) * n)).collect();
    let height = stations.last().map_or(FIRST, |(_, y)| y + 30 + more);
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
                for (class , y , line) in lettered(named(stage), y) {
                    text { class, x: "{beside(x).0}", y: "{y}", text_anchor: beside(x).1, {line} }
                }
            }
        }
        p { class: "fine", "A full line: whoever took the goods over signed it too. A dotted line: only one side did." }
    }
}

/// The lines of a station's place, which end at its height, and of its actor, which begin below.
fn lettered([place, actor]: [Vec<String>; 2], y: i32) -> Vec<(&'static str, i32, String)> {
    let place = place.into_iter().rev().zip(0..).map(|(line, n)| ("place", y - 2 - LINE * n, line));
    place.chain(actor.into_iter().zip(0..).map(|(line, n)| ("actor", y + 14 + LINE * n, line))).collect()
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

    #[test]
    fn a_name_is_broken_at_a_space_and_ends_in_a_sign_only_where_two_lines_are_too_few() {
        assert_eq!(lines("Parma", 70), ["Parma"]);
        assert_eq!(lines("Conserve Tre Torri", 84), ["Conserve Tre", "Torri"]);
        assert_eq!(lines("Langhirano, near Parma", 70), ["Langhirano", ", near Pa\u{2026}"]);
        assert_eq!(lines("Sch\u{f6}nwetterm\u{fc}hle", 70), ["Sch\u{f6}nwette", "rm\u{fc}hle"]);
        let [place, actor] = [lines("Conserve Tre Torri", 84), lines("Parma", 84)];
        let heights: Vec<i32> = lettered([place, actor], 100).iter().map(|(_, y, _)| *y).collect();
        assert_eq!(heights, [98, 82, 114]);
    }
}
