//! Why: what speaks for and against, how each fact was verified, the person's hard lines, and what nobody has told yet.

use super::{Glyph, icon, small};
use crate::{
    bot::{LineFinding, Reason},
    ui::words,
    values::{LineState, Topic},
};
use dioxus::prelude::*;

/// How many reasons stand open on each side; the rest is one tap away.
const OPEN: usize = 4;

/// The reasons of one side.
#[component]
pub fn Reasons(
    /// All reasons of the verdict, strongest first.
    reasons: Vec<Reason>,
    /// Those that speak for it, or those against.
    speaks_for: bool,
) -> Element {
    let side: Vec<Reason> = reasons.into_iter().filter(|r| if speaks_for { r.points > 0 } else { r.points < 0 }).collect();
    if side.is_empty() {
        return rsx! {};
    }
    let (tone, glyph, word) = if speaks_for { ("tone-fits", Glyph::Up, "Speaks for it") } else { ("tone-against", Glyph::Down, "Speaks against it") };
    let more = side.len().saturating_sub(OPEN);
    rsx! {
        section { class: "reasons {tone}",
            h3 { {small(glyph)} {word} }
            ul {
                for reason in side.iter().take(OPEN) {
                    {because(reason.clone())}
                }
            }
            if more > 0 {
                details {
                    summary { "{more} more" }
                    ul {
                        for reason in side.iter().skip(OPEN) {
                            {because(reason.clone())}
                        }
                    }
                }
            }
        }
    }
}

fn because(reason: Reason) -> Element {
    let how = words::claim(reason.state);
    rsx! {
        li { class: "reason",
            span { class: "about", {icon(Glyph::of_topic(reason.topic))} }
            span { class: "text", {reason.text} }
            span { class: "points", {words::signed(reason.points)} span { class: "hidden", " points" } }
            span { class: "how",
                span { {reason.topic.info().name} }
                span { {icon(how.glyph)} {how.word} }
            }
        }
    }
}

/// The person's hard lines: crossed ones first, kept ones last.
#[component]
pub fn Lines(
    /// What is known of each.
    lines: Vec<LineFinding>,
) -> Element {
    let mut lines = lines;
    lines.sort_by_key(|finding| match finding.state {
        LineState::Crossed => 0,
        LineState::Contradicted => 1,
        LineState::Unknown => 2,
        LineState::Kept => 3,
    });
    rsx! {
        ul { class: "lines",
            for finding in lines {
                Line { key: "{finding.line:?}", finding }
            }
        }
    }
}

#[component]
fn Line(finding: LineFinding) -> Element {
    let sign = words::line(finding.state);
    let because = finding.because.join(", ");
    let check = finding.line.is_sensitive();
    rsx! {
        li { class: "line {sign.tone}",
            {icon(sign.glyph)}
            div {
                b { "{finding.line.name()}: {sign.word}" }
                if !because.is_empty() {
                    span { {because} ". " }
                }
                if check {
                    span { "Always check the pack too." }
                }
            }
        }
    }
}

/// Topics of which nothing is known.
#[component]
pub fn Unknown(
    /// Most important first.
    topics: Vec<Topic>,
) -> Element {
    rsx! {
        ul { class: "tags",
            for topic in topics {
                li { class: "tag", key: "{topic:?}", {small(Glyph::of_topic(topic))} {topic.info().name} }
            }
        }
    }
}
