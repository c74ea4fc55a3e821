//! The glance: does it fit, in one word, one picture and one line.

use super::{Glyph, Heading, Sphere, icon, small};
use crate::{
    bot::VerdictBand,
    engine::wire::{ListName, ScanResult},
    ui::words::{self, Sign},
    values::LineState,
};
use dioxus::prelude::*;

/// The answer to a scan, before anything else: the fit when the code may be believed, else what is wrong with it.
#[component]
pub fn Glance(
    /// What came of the code.
    result: ScanResult,
) -> Element {
    let subject = result.subject.as_ref();
    let Some(verdict) = &result.verdict else {
        let (glyph, tone) = words::outcome(result.outcome);
        return rsx! {
            section { class: "glance {tone}", "aria-label": "Verdict",
                Heading { title: result.outcome.title().to_owned(),
                    span { class: "word alone", {icon(glyph)} {result.outcome.title()} }
                }
                p { class: "say", {result.message.clone()} }
                Named { name: subject.map_or_else(String::new, |s| s.name.clone()), about: String::new() }
            }
        };
    };
    let Sign { word, glyph, tone } = words::band(verdict.band);
    let alignment = verdict.alignment;
    let crossed: Vec<&str> = verdict.lines.iter().filter(|finding| finding.state == LineState::Crossed).map(|finding| finding.line.name()).collect();
    let because = match (&result.by, crossed.is_empty()) {
        (None, true) => format!("{} % of what you care about is known", alignment.coverage),
        (Some(by), true) => format!("{} % of what {by} cares about is known", alignment.coverage),
        (None, false) => format!("Your line: {}", crossed.join(", ")),
        (Some(by), false) => format!("Line of {by}: {}", crossed.join(", ")),
    };
    let about = subject.map_or_else(String::new, |s| {
        [s.brand.as_str(), s.quantity.as_str(), s.category.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" \u{b7} ")
    });
    let blocked = subject.and_then(|s| s.listable.iter().find(|l| l.on.contains(&ListName::Blocked)));
    let by = result.by.iter().map(|by| (Glyph::Bank, format!("By the values of {by}, not yours")));
    let mut marked: Vec<_> = by.collect();
    marked.extend(blocked.map(|l| (Glyph::Stop, format!("You blocked {}", l.name))));
    marked.extend(subject.iter().flat_map(|s| &s.calls).map(words::call));
    let name = subject.map_or_else(|| result.gtin.clone().unwrap_or_default(), |s| s.name.clone());
    rsx! {
        section { class: "glance {tone}", "aria-label": "Verdict",
            div { class: "answer",
                div {
                    Heading { title: format!("{word}: {name}"),
                        span { class: "word", {icon(glyph)} {word} }
                        span { class: "hidden", ": {name}" }
                    }
                    p { class: "range num", {because} }
                }
                Sphere { alignment, size: 112, ends: true, open: verdict.band == VerdictBand::NotEnoughKnown }
            }
            Named { name, about, made_up: subject.is_some_and(|s| s.fictional), marked }
        }
    }
}

/// What it is about.
#[component]
fn Named(
    name: String,
    about: String,
    #[props(default)] made_up: bool,
    /// What the person, or whom they follow, says of it or of who owns it.
    #[props(default)]
    marked: Vec<(Glyph, String)>,
) -> Element {
    rsx! {
        if !name.is_empty() {
            p { class: "name",
                b { {name} }
                span { "{about}" }
                if made_up {
                    span { if !about.is_empty() { " \u{b7} " } "made up for the sample" }
                }
                for (glyph , said) in marked {
                    span { key: "{said}", class: "blocked", {small(glyph)} {said} }
                }
            }
        }
    }
}
