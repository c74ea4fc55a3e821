//! A step of a product's way with all that is known of it: who, where, when, what changed hands, what was measured and by whom it was checked.

use super::{Glyph, Known, small};
use crate::{
    engine::wire::{LedgerTree, ReadingRow, StageStory},
    measure::Currency,
    ui::words::{self, Sign},
};
use dioxus::prelude::*;

/// One step of the timeline.
#[component]
pub fn Step(
    /// The step.
    stage: StageStory,
    /// The tree its statement was found in.
    tree: Option<LedgerTree>,
    /// The money of the label, if there is one.
    currency: Option<Currency>,
) -> Element {
    let row = stage.row;
    let later = match stage.days {
        None => String::new(),
        Some(0) => "the same day".to_owned(),
        Some(1) => "a day later".to_owned(),
        Some(days) => format!("{days} days later"),
    };
    let place = [row.place.as_str(), stage.country_name.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
    let facts: Vec<(&str, String)> = [
        ("Took in", stage.took),
        ("Paid for it", stage.paid.map_or_else(String::new, words::price)),
        ("Gave out", stage.gave),
        ("Received or asks for it", stage.received.map_or_else(String::new, words::price)),
        ("Handed to", stage.receiver.unwrap_or_default()),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .collect();
    let added = currency.zip(stage.value);
    rsx! {
        li {
            span { class: "n", "aria-hidden": "true", "{row.step}" }
            div {
                p { class: "fine",
                    {words::day(&row.date)}
                    if !later.is_empty() {
                        " \u{b7} {later}"
                    }
                    if let Some(kind) = stage.kind {
                        " \u{b7} {words::stage(kind).word}"
                    }
                }
                h3 { {row.title.clone()} }
                p { "{row.actor}, {place}" }
                if let Some(other) = row.confirmed_by {
                    p { class: "signed", {small(Glyph::TwoSigned)} "Checked by {other}, who signed it too" }
                } else {
                    p { class: "alone", {small(Glyph::Said)} "Signed by {row.actor} only; nobody else checked it" }
                }
                if !facts.is_empty() {
                    dl { class: "hands",
                        for (name , text) in facts {
                            div { key: "{name}", dt { {name} } dd { class: "num", {text} } }
                        }
                    }
                }
                if !stage.readings.is_empty() {
                    ul { class: "readings", "aria-label": "Measured at this step",
                        for reading in stage.readings {
                            {measured(reading, currency)}
                        }
                    }
                }
                if let Some((currency, value)) = added {
                    p { class: "added num",
                        "Adds to one of it: "
                        if let Some(price) = value.financial {
                            b { {words::signed_worth(price, currency)} }
                            " of price and "
                        }
                        b { {words::good_or_harm(value.non_financial.central, currency)} }
                        ". So far {words::worth(value.financial_so_far, currency)} of price, {words::good_or_harm(value.non_financial_so_far.central, currency)}."
                    }
                }
                if let Some(tree) = tree {
                    Known { about: format!("Step {}, {}", row.step, row.title), signed: stage.signed, tree }
                }
            }
        }
    }
}

/// Something measured: how much, how that was verified, what it counts for.
fn measured(reading: ReadingRow, currency: Option<Currency>) -> Element {
    let Sign { word, glyph, tone } = words::claim(reading.state);
    rsx! {
        li { class: tone,
            b { {reading.name} }
            span { class: "num", {reading.amount} }
            span { class: "how", {small(glyph)} {word} }
            span { class: "fine num",
                if !reading.own.is_empty() {
                    "{reading.own} for one of it"
                }
                if let Some((worth, currency)) = reading.worth.zip(currency) {
                    ", counts as {words::signed_worth(worth.central, currency)} ({words::range(worth, currency)}); factor by {reading.source}"
                } else {
                    ", measured but not valued"
                }
            }
        }
    }
}
