//! What was scanned: judged anew each time, forgotten at a tap.

use crate::{
    bot::VerdictBand,
    engine::wire::{EngineError, HistoryRow, Request},
    ui::{
        ask::{ask, use_ask},
        components::{Glyph, Heading, Sphere, Trouble, Waiting, icon, small},
        route::{Of, Route},
        state, words,
    },
};
use dioxus::prelude::*;

/// The history.
#[component]
pub fn History() -> Element {
    let mut rows = use_ask::<Vec<HistoryRow>>(|| Request::History);
    let mut sure = use_signal(|| false);
    let mut trouble = use_signal(|| None::<EngineError>);
    let forget = move |which: Option<u64>| async move {
        match ask(Request::Forget(which)).await {
            Ok(left) => {
                rows.set(left);
                sure.set(false);
                state::refresh().await;
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    rsx! {
        div { class: "head",
            Heading { title: "History", "What you scanned" }
            p { class: "quiet", "Only on this phone. Every verdict is worked out anew with today\u{2019}s snapshot and your values." }
        }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        match &rows.read() {
            None => rsx! {
                Waiting { what: "Reading your history\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| rows.restart() }
            },
            Some(Ok(all)) if all.is_empty() => rsx! {
                div { class: "empty",
                    {icon(Glyph::Clock)}
                    p { "Nothing yet. What you scan is listed here, also what no snapshot knows yet." }
                    Link { class: "button main", to: Route::Scan {}, {icon(Glyph::Scan)} "Scan something" }
                }
            },
            Some(Ok(all)) => {
                let (later, done): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|row| row.saved_for_later);
                rsx! {
                    if !later.is_empty() {
                        section { class: "block", style: "margin-top: 0",
                            h2 { {small(Glyph::Bookmark)} "Saved for later" }
                            Rows { rows: later, onforget: move |id| forget(Some(id)) }
                        }
                    }
                    if !done.is_empty() {
                        section { class: "block", h2 { "Scanned" } Rows { rows: done, onforget: move |id| forget(Some(id)) } }
                    }
                    div { class: "block cards",
                        Link { class: "button wide", to: Route::Months {}, {icon(Glyph::Leaf)} "What your purchases did" }
                        if sure() {
                            div { class: "erase", role: "alert",
                                p { "Forget all {all.len()} scans on this phone? This cannot be undone." }
                                div { class: "row-buttons",
                                    button { class: "button", r#type: "button", onclick: move |_| sure.set(false), "Keep them" }
                                    button { class: "button danger", r#type: "button", onclick: move |_| forget(None), "Forget all" }
                                }
                            }
                        } else {
                            button { class: "button plain", r#type: "button", onclick: move |_| sure.set(true), {small(Glyph::Bin)} "Forget all" }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Rows(rows: Vec<HistoryRow>, onforget: EventHandler<u64>) -> Element {
    rsx! {
        ul { class: "cards history",
            for row in rows {
                Row { key: "{row.id}", row, onforget }
            }
        }
    }
}

#[component]
fn Row(row: HistoryRow, onforget: EventHandler<u64>) -> Element {
    let (glyph, tone, word) = match row.band {
        Some(band) => {
            let sign = words::band(band);
            (sign.glyph, sign.tone, sign.word)
        }
        None => {
            let (glyph, tone) = words::outcome(row.outcome);
            (glyph, tone, row.outcome.title())
        }
    };
    let id = row.id;
    rsx! {
        li { class: "card {tone}",
            if let Some(alignment) = row.alignment {
                Sphere { alignment, open: row.band == Some(VerdictBand::NotEnoughKnown) }
            } else {
                span { class: "blank", {icon(glyph)} }
            }
            div { class: "body",
                Link { class: "title", to: Route::Verdict { of: Of::Code(row.code.clone()) }, {row.name.clone()} }
                span { class: "band", {small(glyph)} {word} }
                span { class: "when",
                    {words::day_and_time(row.time)}
                    if row.band.is_some() {
                        " \u{b7} {row.outcome.title()}"
                    }
                }
            }
            span { class: "above",
                button { class: "icon-button", r#type: "button", "aria-label": "Forget {row.name}", onclick: move |_| onforget.call(id), {icon(Glyph::Bin)} }
            }
        }
    }
}
