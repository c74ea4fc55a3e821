//! What a person's purchases did, month by month: by topic, by goal, and in money where there are labels.

use crate::{
    engine::wire::{Month, Request},
    label::{GOAL_NAMES, Together},
    ui::{
        ask::use_ask,
        components::{Glyph, Heading, Trouble, ValueRow, ValuesTable, Waiting, icon},
        route::Route,
        words,
    },
};
use dioxus::prelude::*;

/// The months.
#[component]
pub fn Months() -> Element {
    let mut months = use_ask::<Vec<Month>>(|| Request::Months);
    rsx! {
        div { class: "head",
            Heading { title: "What your purchases did", "What your purchases did" }
            p { class: "quiet", "From what you said you took, by what your snapshot knows of it today. Only on this phone." }
        }
        match &months.read() {
            None => rsx! {
                Waiting { what: "Adding up\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| months.restart() }
            },
            Some(Ok(all)) if all.iter().all(|m| m.took == 0) => rsx! {
                div { class: "empty",
                    {icon(Glyph::Leaf)}
                    p { "Nothing yet. When you look at a product, say that you took it; here you then see what that did, month by month." }
                    Link { class: "button main", to: Route::Scan {}, {icon(Glyph::Scan)} "Scan something" }
                }
            },
            Some(Ok(all)) => rsx! {
                for month in all {
                    section { class: "block learned", key: "{month.month}", {one(month)} }
                }
                p { class: "fine", "A purchase that is as good in a topic as can be, and surely so, counts +1; one that is as bad, \u{2212}1. What is not known counts nothing, and is no good mark. How much was used of it, nobody knows here." }
            },
        }
    }
}

fn one(month: &Month) -> Element {
    let Month { month: name, scanned, took, unknown, paid, unpriced, topics, goals, labels } = month;
    let paid = paid.iter().copied().map(words::price).collect::<Vec<_>>().join(" and ");
    let by_topic: Vec<ValueRow> = topics
        .iter()
        .map(|e| {
            let more = format!("known of {} of {took}", e.known);
            ValueRow { name: e.topic.info().name.to_owned(), glyph: Some(Glyph::of_topic(e.topic)), value: e.value, more }
        })
        .collect();
    let by_goal: Vec<ValueRow> =
        goals.iter().map(|(goal, value)| ValueRow { name: words::goal(goal), glyph: None, value, more: String::new() }).collect();
    rsx! {
            h2 { {words::month(name)} }
            p { "You took {took} and scanned {scanned}."
                if !paid.is_empty() {
                    " You paid {paid}"
                    if *unpriced > 0 {
                        ", and of {unpriced} no price is known"
                    }
                    "."
                }
            }
            if *unknown > 0 {
                p { class: "note", {icon(Glyph::Ask)} "Of {unknown} of them nothing is known." }
            }
            if !by_topic.is_empty() {
                ValuesTable { caption: "By topic, in purchases", head: "Topic", rows: by_topic }
                details {
                    summary { "By goal of the United Nations" }
                    ValuesTable { caption: "The same by Sustainable Development Goal", head: "Goal", rows: by_goal }
                    p { class: "fine", "The same as by topic, shared out over the goals that a topic serves. Of the other {GOAL_NAMES.len() - goals.iter().count()} goals nothing is known." }
                }
            }
            for sum in labels {
                {in_money(sum)}
            }
    }
}

/// Those that have an S/E label.
fn in_money(sum: &Together) -> Element {
    let currency = sum.currency;
    let letter = sum.grade.map_or("no letter, too little is known", words::letter);
    rsx! {
        p { "{sum.labels} with an S/E label, together: {letter}. Price {words::worth(sum.financial, currency)}, good less harm {words::signed_worth(sum.non_financial.central, currency)} ({words::range(sum.non_financial, currency)})." }
        details {
            summary { "In money, by topic" }
            ValuesTable {
                caption: "Good less harm in money, by topic",
                head: "Topic",
                rows: sum.topics.iter().map(|(t, value)| ValueRow { name: t.info().name.to_owned(), glyph: Some(Glyph::of_topic(*t)), value: *value, more: String::new() }).collect::<Vec<_>>(),
                currency,
            }
        }
    }
}
