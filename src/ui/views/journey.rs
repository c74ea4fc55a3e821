//! The way of a product from farm to landfill: a map, a timeline, what its passport claims, and how each is known.

use super::story::{Checked, Telling, Whose};
use crate::{
    engine::wire::{ClaimRow, LedgerTree, Signed, Story},
    provenance::ClaimState,
    ui::{
        components::{Flow, Glyph, Known, Step, icon, small},
        route::{Of, Route},
        words::{self, Sign},
    },
};
use dioxus::prelude::*;

/// The journey of a code or a known subject.
#[component]
pub fn Journey(
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
    let Story { name, fictional, proof, label, stages, gaps, ended, claims, issuer, certifier, passport, ledger, .. } = story;
    let currency = label.as_ref().map(|l| l.currency);
    let days: u32 = stages.iter().filter_map(|s| s.days).sum();
    let more = if stages.is_empty() { String::new() } else { format!("{} steps in {days} days", stages.len()) };
    rsx! {
        Whose { title: format!("The way of {name}"), heading: "Its way", name, fictional, more }
        Checked { proof }
        if stages.is_empty() {
            p { class: "quiet", "No step of its way is signed on the ledger." }
        } else {
            section { class: "block", h2 { "Map" } Flow { stages: stages.clone() } }
            section { class: "block",
                h2 { "Step by step" }
                ol { class: "way steps-told",
                    for stage in stages {
                        Step { key: "{stage.row.step}", stage, tree: ledger.clone(), currency }
                    }
                    li {
                        span { class: "n", "aria-hidden": "true", {small(Glyph::Loop)} }
                        div {
                            h3 { "In the end" }
                            if let Some(ended) = ended {
                                p { {ended} }
                            } else {
                                p { class: "quiet", "Not signed yet: how it is used and what becomes of it, recycled or thrown away, is not on the ledger." }
                            }
                        }
                    }
                }
                for gap in gaps {
                    div { class: "note tone-mixed", key: "{gap}", {icon(Glyph::Alert)} div { p { {gap} } } }
                }
            }
        }
        if !claims.is_empty() {
            section { class: "block",
                h2 { "What its passport claims" }
                {told(claims, issuer, certifier)}
                if let Some((signed, tree)) = passport.zip(ledger) {
                    {source(signed, tree)}
                }
            }
        }
        if label.is_some() {
            Link { class: "button main wide", to: Route::Label { of }, {small(Glyph::Balance)} "What it adds up to: the label" }
        }
    }
}

fn source(signed: Signed, tree: LedgerTree) -> Element {
    rsx! {
        Known { about: "The passport and its claims", signed, tree }
    }
}

/// The claims, each with how it was verified and who stands by it.
fn told(claims: Vec<ClaimRow>, issuer: String, certifier: String) -> Element {
    let by = |state: ClaimState| match state {
        ClaimState::Attested if certifier.is_empty() => "A certifier signed it.".to_owned(),
        ClaimState::Attested => format!("{certifier} examined it and signed the passport too."),
        ClaimState::Confirmed => format!("{issuer} says so, and the other party to it agrees."),
        ClaimState::SelfDeclared => format!("{issuer} says so; nobody else has checked it."),
        ClaimState::Inferred => "Nobody measured it: it is what is usual in that country.".to_owned(),
        ClaimState::Contradicted => "Another fact on the ledger says the opposite.".to_owned(),
    };
    rsx! {
        ul { class: "readings",
            for claim in claims {
                {claimed(by(claim.state), claim)}
            }
        }
    }
}

fn claimed(by: String, claim: ClaimRow) -> Element {
    let Sign { word, glyph, tone } = words::claim(claim.state);
    rsx! {
        li { class: tone,
            b { {claim.text} }
            span { class: "how", {small(glyph)} {word} }
            span { class: "fine", {by} }
        }
    }
}
