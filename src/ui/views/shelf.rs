//! A sheet of sample passports to print and scan: one of every outcome.

use crate::{
    engine::wire::{Request, ShelfCard},
    ui::{
        ask::use_ask,
        browser,
        components::{Actions, Drawing, Glyph, Heading, Trouble, Waiting, icon, small},
        words,
    },
};
use dioxus::prelude::*;

/// The sheet.
#[component]
pub fn Shelf() -> Element {
    let mut cards = use_ask::<Vec<ShelfCard>>(|| Request::Shelf);
    rsx! {
        div { class: "head",
            Heading { title: "Shelf", "Sample passports" }
            p { class: "quiet no-print", "Print this sheet, or open it on another screen, and scan. Under each code stands what the app must say." }
        }
        match &cards.read() {
            None => rsx! { Waiting { what: "Drawing the codes\u{2026}" } },
            Some(Err(error)) => rsx! { Trouble { error: error.clone(), onretry: move |()| cards.restart() } },
            Some(Ok(cards)) => rsx! {
                ul { class: "sheet",
                    for card in cards.iter().cloned() {
                        Passport { key: "{card.code}{card.title}", card }
                    }
                }
                Actions { button { class: "button main", r#type: "button", onclick: move |_| browser::print(), {icon(Glyph::Print)} "Print the sheet" } }
            },
        }
    }
}

#[component]
fn Passport(card: ShelfCard) -> Element {
    let (glyph, _) = words::outcome(card.outcome);
    let what = if card.symbology == "qr" { "QR code" } else { "Barcode" };
    rsx! {
        li { "data-outcome": card.outcome.id(), "data-code": card.code.clone(),
            Drawing { code: card.code.clone(), label: "{what}: {card.title}" }
            h2 { {card.title} }
            p { {card.about} }
            p { class: "must", {small(glyph)} {card.outcome.title()} }
        }
    }
}
