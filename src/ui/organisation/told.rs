//! What was understood of a file, and what not: counts, the map, odd rows with line and reason, faults, how well it is proven.

use super::columns::Columns;
use crate::{
    organisation::wire::{EventRow, FaultRow, FileKind, OddRow, Understanding},
    provenance::{ClaimState, ColumnMap},
    ui::{
        components::{Glyph, Icon},
        words::{self, Sign},
    },
};
use dioxus::prelude::*;

/// All of it.
#[component]
pub fn Told(
    /// What was understood.
    told: Understanding,
    /// A person has said what the columns are.
    onmap: EventHandler<ColumnMap>,
) -> Element {
    let Understanding { kind, counts, map, columns, events, passports, odd, faults, states, all_checked, .. } = told;
    let found: Vec<(&str, u64)> = [
        ("Events", counts.events),
        ("Claims", counts.claims),
        ("Attestations", counts.attestations),
        ("Register entries", counts.anchors),
        ("Passports", counts.passports),
    ]
    .into_iter()
    .filter(|(_, number)| *number > 0)
    .collect();
    let shown = events.len() as u64;
    rsx! {
        section { class: "block",
            h2 { "What was understood" span { class: "fine", {what(kind)} } }
            if found.is_empty() {
                p { class: "quiet", "Nothing in this file could be used. Why stands below." }
            } else {
                dl { class: "counts",
                    for (name , number) in found {
                        div { key: "{name}", dt { {name} } dd { {words::count(number)} } }
                    }
                }
            }
            for (n , name) in passports.into_iter().enumerate() {
                p { key: "{n}", class: "signed", Icon { glyph: Glyph::Bookmark, class: "small" } "Passport of {name}" }
            }
        }
        if let Some(map) = map {
            section { class: "block",
                h2 { "What its columns are" }
                Columns { key: "{map.confirmed}", map, columns, onmap }
            }
        }
        section { class: "block",
            h2 { "What was not" }
            Odd { rows: odd, dropped: counts.dropped, noted: counts.noted }
        }
        if counts.events > 0 {
            section { class: "block",
                h2 { "Do the events agree?" }
                Faults { faults, all: counts.faults, all_checked }
            }
        }
        if counts.claims > 0 || states.iter().any(|(_, n)| *n > 0) {
            section { class: "block",
                h2 { "How well it is proven" span { class: "fine", "by this file alone" } }
                ul { class: "readings",
                    for (state , number) in states.into_iter().filter(|(_, number)| *number > 0) {
                        Proven { key: "{state:?}", state, number }
                    }
                }
            }
        }
        if !events.is_empty() {
            section { class: "block",
                h2 { "The events" if shown < counts.events { span { class: "fine", "the first {shown}" } } }
                ol { class: "way steps-told",
                    for (n , event) in events.into_iter().enumerate() {
                        Happened { key: "{n}", n: n + 1, event }
                    }
                }
            }
        }
    }
}

const fn what(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Epcis => "an EPCIS document",
        FileKind::Untp => "UNTP credentials",
        FileKind::Answers => "answers to a questionnaire",
        FileKind::Table => "a table",
    }
}

#[component]
fn Odd(rows: Vec<OddRow>, dropped: u64, noted: u64) -> Element {
    if rows.is_empty() {
        return rsx! {
            p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "Everything in it was understood." }
        };
    }
    let more = (dropped + noted).saturating_sub(rows.len() as u64);
    rsx! {
        p { class: "quiet", "{words::count(dropped)} left out, {words::count(noted)} taken only in part. Correct them in your system and bring the file again." }
        ul { class: "readings odd",
            for (n , row) in rows.into_iter().enumerate() {
                OddOne { key: "{n}", row }
            }
        }
        if more > 0 {
            p { class: "fine", "And {words::count(more)} more." }
        }
    }
}

#[component]
fn OddOne(row: OddRow) -> Element {
    let (word, glyph, tone) = if row.dropped { ("Left out", Glyph::Close, "tone-against") } else { ("Taken in part", Glyph::Dash, "tone-mixed") };
    rsx! {
        li { class: tone,
            b { "Line {words::count(row.line)}" }
            span { class: "code", {row.id} }
            span { class: "how", Icon { glyph, class: "small" } {word} }
            span { class: "fine", {row.reason} }
        }
    }
}

#[component]
fn Faults(faults: Vec<FaultRow>, all: u64, all_checked: bool) -> Element {
    let more = all.saturating_sub(faults.len() as u64);
    rsx! {
        if faults.is_empty() {
            p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "Order, quantities and hand-overs agree with each other." }
        } else {
            ul { class: "readings odd",
                for (n , fault) in faults.into_iter().enumerate() {
                    li { key: "{n}", class: "tone-against",
                        b { if fault.id.is_empty() { "An event" } else { {fault.id} } }
                        span { class: "how", Icon { glyph: Glyph::Alert, class: "small" } "Does not agree" }
                        span { class: "fine", {fault.text} }
                    }
                }
            }
        }
        if more > 0 {
            p { class: "fine", "And {words::count(more)} more." }
        }
        if !all_checked {
            p { class: "fine", "There are more events than this device can hold against each other at once; only the first were." }
        }
    }
}

#[component]
fn Proven(state: ClaimState, number: u64) -> Element {
    let Sign { word, glyph, tone } = words::claim(state);
    rsx! {
        li { class: tone,
            span { class: "how", Icon { glyph, class: "small" } {word} }
            b { class: "num", {words::count(number)} }
        }
    }
}

#[component]
fn Happened(n: usize, event: EventRow) -> Element {
    let EventRow { time, step, actor, inputs, outputs, measured, id } = event;
    let step = step.rsplit(['/', ':', '-']).next().unwrap_or_default().replace('_', " ");
    let facts: Vec<(&str, String)> = [
        ("Took in", inputs.join(", ")),
        ("Goods", outputs.join(", ")),
        ("Measured", if measured == 0 { String::new() } else { format!("{measured} things") }),
        ("Number", id),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .collect();
    rsx! {
        li {
            span { class: "n", "aria-hidden": "true", "{n}" }
            div {
                p { class: "fine", "{words::day_and_time(time)} UTC" }
                h3 { if step.is_empty() { "Event" } else { {step} } }
                if !actor.is_empty() {
                    p { {actor} }
                }
                dl { class: "hands",
                    for (name , text) in facts {
                        div { key: "{name}", dt { {name} } dd { class: "num", {text} } }
                    }
                }
            }
        }
    }
}
