//! The S/E label taken apart: by topic, by goal, by step, what is not valued, and how to read it.

use super::story::{Checked, Telling, Whose};
use crate::{
    engine::wire::{Proof, Story},
    label::{GOAL_NAMES, Grade, Label as Se},
    ui::{
        components::{Glyph, Letter, StageChart, ValueRow, ValuesTable, small},
        route::{Of, Route},
        words,
    },
};
use dioxus::prelude::*;
use std::collections::BTreeSet;

/// The label of a code or a known subject.
#[component]
pub fn Label(
    /// Whose.
    of: Of,
) -> Element {
    let there = of.clone();
    rsx! {
        Telling { of, show: move |story: Story| rsx! { Shown { of: there.clone(), story } } }
    }
}

#[component]
fn Shown(of: Of, story: Story) -> Element {
    let Story { name, fictional, proof, label, no_label, stages, .. } = story;
    let said = label.as_ref().map_or("No S/E label", |label| words::grade(label.grade).word);
    rsx! {
        Whose { title: format!("S/E label: {name}"), heading: "S/E label", name, fictional, more: said }
        if let Some(label) = label {
            Letter { label: label.clone() }
            section { class: "block", h2 { "In money" } {in_money(&label)} }
            section { class: "block",
                h2 { "By topic" }
                {by_topic(&label)}
            }
            section { class: "block",
                h2 { "By goal" span { class: "fine", "of the United Nations" } }
                {by_goal(&label)}
            }
            section { class: "block",
                h2 { "Step by step" span { class: "fine", "for one of it" } }
                StageChart { stages: stages.clone(), label: label.clone() }
            }
            section { class: "block",
                h2 { "Measured, but not valued" }
                {not_valued(&stages.iter().flat_map(|s| &s.readings).filter(|r| r.worth.is_none()).map(|r| r.name.as_str()).collect())}
            }
            section { class: "block", h2 { "Read it with care" } {care(&label)} }
        } else {
            p { {no_label} }
        }
        section { class: "block", h2 { "Who computed it" } Checked { proof } }
        if proof == Proof::Checked && !stages.is_empty() {
            Link { class: "button main wide", to: Route::Journey { of }, {small(Glyph::Flag)} "See every step and its proof" }
        }
    }
}

fn in_money(label: &Se) -> Element {
    let currency = label.currency;
    rsx! {
        dl { class: "hands",
            div { dt { "Price, as it grew step by step" } dd { class: "num", {words::worth(label.financial, currency)} } }
            div { dt { "Good less harm" } dd { class: "num", "{words::signed_worth(label.non_financial.central, currency)} ({words::range(label.non_financial, currency)})" } }
            div { dt { "Total value, both together" } dd { class: "num", "{words::signed_worth(label.total.central, currency)} ({words::range(label.total, currency)})" } }
        }
    }
}

fn by_topic(label: &Se) -> Element {
    let row = |t: &crate::label::TopicValue| ValueRow {
        name: t.topic.info().name.to_owned(),
        glyph: Some(Glyph::of_topic(t.topic)),
        value: t.value,
        more: String::new(),
    };
    rsx! {
        ValuesTable { caption: "Good less harm by topic, for one of it, each with what it may be at least and at most", head: "Topic", rows: label.topics.iter().map(row).collect::<Vec<_>>(), currency: label.currency }
    }
}

fn by_goal(label: &Se) -> Element {
    let known: Vec<u8> = label.goals.iter().map(|(goal, _)| goal).collect();
    let silent: Vec<String> = (1..).zip(GOAL_NAMES).map(|(goal, _)| goal).filter(|goal| !known.contains(goal)).map(words::goal).collect();
    let rows: Vec<ValueRow> =
        label.goals.iter().map(|(goal, value)| ValueRow { name: words::goal(goal), glyph: None, value, more: String::new() }).collect();
    rsx! {
        ValuesTable { caption: "The same value by Sustainable Development Goal", head: "Goal", rows, currency: label.currency }
        p { class: "fine", "The same value as by topic, shared out over the goals that a topic serves." }
        if !silent.is_empty() {
            details {
                summary { "Nothing known for {silent.len()} goals" }
                ul { class: "plain",
                    for name in silent {
                        li { key: "{name}", {name} }
                    }
                }
            }
        }
    }
}

fn not_valued(names: &BTreeSet<&str>) -> Element {
    if names.is_empty() {
        return rsx! {
            p { class: "quiet", "Everything that was measured has a factor." }
        };
    }
    rsx! {
        p { class: "quiet", "No factor says what these are worth, so they move the letter neither up nor down." }
        ul { class: "tags",
            for name in names {
                li { class: "tag", key: "{*name}", {small(Glyph::Ask)} {*name} }
            }
        }
    }
}

fn care(label: &Se) -> Element {
    let years: Vec<String> = label.price_years.iter().map(u16::to_string).collect();
    let least =
        |grade: Grade| grade.least().map_or_else(|| "below that".to_owned(), |least| format!("from {}", least.to_fixed(2).replace('-', "\u{2212}")));
    rsx! {
        ul { class: "care",
            li { "What a good or a harm is worth is an estimate by the sources of the factor table; that is why every value has a low and a high end." }
            li { "Good counts as much as it is proven: in full when certified, nine tenths when the other party signed too, half when only the source says so. A harm that somebody owns up to counts in full." }
            li { "It speaks of what was measured. Silence about a topic is not a good mark: {label.coverage.get()} % of the steps have something measured that can be valued." }
            li { "Prices of {years.join(\" and \")}." }
        }
        details {
            summary { "How the letter comes about" }
            p { "Good less harm, divided by the price, gives one number. Its letter:" }
            dl { class: "hands",
                for grade in Grade::ALL {
                    div { key: "{grade:?}", dt { "{words::letter(grade)}, {words::grade(Some(grade)).word}" } dd { class: "num", {least(grade)} } }
                }
            }
            p { "With less than half of the steps known there is no letter. Method {label.version}; factor table {label.table.version}, whose fingerprint is:" }
            p { class: "code", {label.table.digest.clone()} }
        }
    }
}
