//! The verdict: genuine or not, fits or not, why, what nobody knows, what it costs, its way, and what would fit better.

use super::decide::{Decide, Turns};
use crate::{
    bot::VerdictBand,
    engine::wire::{CategoryRow, EngineError, OptionRow, Request, ScanResult},
    label::Label,
    passport::Outcome,
    statement::SubjectKind,
    ui::{
        ask::{ask_for, use_ask},
        browser,
        components::{
            Actions, Glance, Glyph, Heading, Letter, Lines, OptionCard, Prices, Reasons, Stamp, Trouble, Unknown, Waiting, Way, icon, small,
        },
        route::{Choice, Of, Route},
        state::{SharedStoreExt, shared},
        words,
    },
    values::Topic,
};
use dioxus::prelude::*;

/// The verdict on a code or a known subject.
#[component]
pub fn Verdict(
    /// Whose.
    of: Of,
) -> Element {
    // Another subject is another screen: by its key it is made anew, and its heading takes the focus.
    rsx! {
        for of in [of] {
            Asked { key: "{of}", of }
        }
    }
}

/// What the last scan found of this code, else the engine's answer.
pub(super) async fn look_up(of: Of) -> Result<Vec<ScanResult>, EngineError> {
    match of {
        Of::Code(code) => {
            let found = shared().found().peek().iter().find(|result| result.code.as_deref() == Some(&code)).cloned();
            match found {
                Some(result) => Ok(vec![result]),
                None => ask_for(Request::ScanText(code)).await,
            }
        }
        Of::Number(number) => ask_for(Request::Subject(number)).await,
    }
}

#[component]
fn Asked(of: Of) -> Element {
    let mut answer = use_resource(move || look_up(of.clone()));
    rsx! {
        match &*answer.read() {
            None => rsx! {
                Waiting { what: "Checking\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                div { class: "head", Heading { title: "No verdict", "This could not be checked" } }
                Trouble { error: error.clone(), onretry: move |()| answer.restart() }
            },
            Some(Ok(results)) => match results.first() {
                Some(result) => rsx! {
                    Said { result: result.clone() }
                },
                None => rsx! {
                    div { class: "head", Heading { title: "Nothing found", "There is no code in this" } }
                    Link { class: "button main wide", to: Route::Scan {}, {icon(Glyph::Scan)} "Scan again" }
                },
            },
        }
    }
}

/// The whole verdict: the glance at once, the rest a moment later, so that the page is never blocked for long on a slow phone.
#[component]
fn Said(result: ScanResult) -> Element {
    let mut drawn = use_signal(|| cfg!(not(target_arch = "wasm32")));
    use_future(move || async move {
        browser::breathe().await;
        drawn.set(true);
    });
    rsx! {
        Glance { result: result.clone() }
        Stamp { result: result.clone() }
        if drawn() {
            Rest { result }
        }
    }
}

/// Why, what nobody knows, what fits better, its way and its price.
#[component]
fn Rest(result: ScanResult) -> Element {
    let ScanResult { code, subject, verdict, options, outcome, .. } = result;
    // A code that is not to be believed gets no price either.
    let believed = verdict.is_some();
    // What decided it comes first.
    let against = verdict.as_ref().is_some_and(|v| matches!(v.band, VerdictBand::Against | VerdictBand::CrossesLine));
    let topics: Vec<Topic> = verdict.iter().flat_map(|v| &v.reasons).map(|r| r.topic).collect();
    rsx! {
        if let Some(verdict) = verdict {
            if !verdict.lines.is_empty() {
                section { class: "block", h2 { "Your lines" } Lines { lines: verdict.lines } }
            }
            section { class: "block",
                h2 { "Why" span { class: "fine", "points for you" } }
                if verdict.reasons.is_empty() {
                    p { class: "quiet", "Nothing is known that speaks for or against it." }
                }
                Reasons { reasons: verdict.reasons.clone(), speaks_for: !against }
                Reasons { reasons: verdict.reasons, speaks_for: against }
                if let Some(subject) = subject.as_ref() {
                    Turns { number: subject.number }
                }
            }
            if let Some(subject) = subject.as_ref().filter(|s| s.kind == SubjectKind::Product) {
                Decide { number: subject.number, options: options.clone(), topics }
            }
            if let Some(subject) = subject.as_ref() {
                if !subject.calls.is_empty() {
                    section { class: "block",
                        h2 { "What you follow says" }
                        for call in subject.calls.iter().filter(|call| !call.why.is_empty()) {
                            p { key: "{call.by}{call.whom}", b { {words::call(call).1} } br {} "\u{201c}{call.why}\u{201d}" }
                        }
                    }
                }
                super::lists::Keep { listable: subject.listable.clone() }
            }
            // Of a product it is said when there is none; of others only few report.
            if let Some(subject) = subject.as_ref().filter(|s| s.kind == SubjectKind::Product || s.label.is_some()) {
                {se_label(code.clone().map_or(Of::Number(subject.number), Of::Code), subject.label.clone(), !subject.stages.is_empty())}
            }
            if !verdict.unknown.is_empty() {
                section { class: "block",
                    h2 { "Nobody has shown" }
                    Unknown { topics: verdict.unknown }
                }
            }
        }
        if outcome == Outcome::NotInSnapshot {
            Later {}
        } else if !options.is_empty() {
            {better(options, subject.as_ref().map(|s| (s.number, s.category_id.clone())))}
        }
        if let Some(subject) = subject {
            if !subject.stages.is_empty() {
                section { class: "block",
                    h2 { if subject.kind == SubjectKind::Product { "Its way" } else { "What it reported" } span { class: "fine", "every step signed" } }
                    Way { stages: subject.stages }
                    if believed {
                        Link { class: "button wide", to: Route::Journey { of: code.clone().map_or(Of::Number(subject.number), Of::Code) }, {small(Glyph::Flag)} "See its whole way" }
                    }
                }
            }
            if believed && subject.kind == SubjectKind::Product {
                section { class: "block", h2 { "Price" } Prices { number: subject.number, prices: subject.prices, mine: subject.my_price } }
            }
        }
    }
}

/// What it does beyond its price, as a letter, and the way to what stands behind it.
fn se_label(of: Of, label: Option<Label>, has_way: bool) -> Element {
    rsx! {
        section { class: "block", "aria-label": "S/E label",
            h2 { "S/E label" span { class: "fine", "good and harm beside the price" } }
            if let Some(label) = label {
                Letter { label }
                Link { class: "button wide", to: Route::Label { of }, {small(Glyph::Balance)} "What the label is made of" }
            } else if has_way {
                p { class: "quiet", "None: its signed steps do not say enough to compute one." }
            } else {
                p { class: "quiet", "None: this phone holds no signed steps of it to compute one from." }
            }
        }
    }
}

/// Better options, and the way to them in thumb reach. Than what: its number, and its category.
fn better(options: Vec<OptionRow>, of: Option<(u32, String)>) -> Element {
    let count = options.len();
    rsx! {
        section { class: "block", id: "better",
            h2 { "Fits you better" }
            ul { class: "cards",
                for row in options {
                    OptionCard { key: "{row.number}", row }
                }
            }
            if let Some((number, category)) = of {
                Link { class: "button plain wide", to: Route::Options { of: Of::Number(number) }, "Weigh them side by side" {small(Glyph::Next)} }
                if !category.is_empty() {
                    Link { class: "button plain wide", to: Route::ForYou { choice: Choice(format!("product:{category}")) }, "All of this kind" {small(Glyph::Next)} }
                }
            }
        }
        Actions {
            button { class: "button strong", r#type: "button", onclick: move |_| browser::show("better"),
                {icon(Glyph::Leaf)}
                if count == 1 { "See what fits better" } else { "See {count} that fit better" }
            }
        }
    }
}

/// Not in the snapshot: kept for later; meanwhile its category has something to offer.
#[component]
fn Later() -> Element {
    let categories = use_ask::<Vec<CategoryRow>>(|| Request::Categories);
    let mut chosen = use_signal(String::new);
    let options = use_resource(move || async move {
        let category = chosen();
        if category.is_empty() {
            Ok(Vec::new())
        } else {
            ask_for::<Vec<OptionRow>>(Request::Options { subject: None, category: Some(category) }).await
        }
    });
    rsx! {
        section { class: "block",
            div { class: "note tone-unknown",
                {icon(Glyph::Bookmark)}
                div { p { "Saved for later. When a new snapshot knows it, its verdict stands in your history." } }
            }
        }
        if let Some(Ok(categories)) = &categories.read() {
            section { class: "block",
                h2 { "What is it? See what fits you" }
                div { class: "field",
                    label { r#for: "category", "Kind of product" }
                    select { id: "category", onchange: move |e| chosen.set(e.value()),
                        option { value: "", "Choose\u{2026}" }
                        for row in categories {
                            option { key: "{row.id}", value: "{row.id}", "{row.name} ({row.products})" }
                        }
                    }
                }
            }
        }
        match &*options.read() {
            Some(Ok(rows)) if !rows.is_empty() => rsx! {
                section { class: "block",
                    h2 { "Fits you best of this kind" }
                    ul { class: "cards",
                        for row in rows.iter().take(5).cloned() {
                            OptionCard { key: "{row.number}", row }
                        }
                    }
                }
            },
            Some(Ok(_)) if !chosen.read().is_empty() => rsx! {
                p { class: "quiet", role: "status", "Nothing of this kind is in the snapshot." }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone() }
            },
            _ => rsx! {},
        }
    }
}
