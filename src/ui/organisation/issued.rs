//! What became of an order to issue passports: how many were taken, what to print, why some were refused.

use crate::{
    organisation::wire::{Fate, Issued},
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// All of it.
#[component]
pub fn Made(
    /// What became of it.
    issued: Issued,
    /// Address of the codes to print, where there are any.
    sheet: Option<String>,
    /// Address of the table of links, where there are any.
    links: Option<String>,
) -> Element {
    let Issued { taken, refused, linked, first, last, fates, stopped } = issued;
    let numbers = match (first, last) {
        (Some(first), Some(last)) if first != last => format!("Numbers {} to {}. ", words::count(first.into()), words::count(last.into())),
        _ => String::new(),
    };
    let more = (taken + refused).saturating_sub(fates.len() as u64);
    rsx! {
        if taken > 0 {
            p { class: "signed", Icon { glyph: Glyph::Check, class: "small" }
                if taken == 1 { "1 passport is on the ledger." } else { "{words::count(taken)} passports are on the ledger." }
            }
            p { class: "fine", "{numbers}Everybody can check them from its next batch on." }
        }
        if let Some(why) = stopped {
            div { class: "note tone-mixed", Icon { glyph: Glyph::Offline }
                div { p { b { "Not finished. " } "{why}. Sign again to go on: what is done is not done twice." } }
            }
        }
        if let Some(sheet) = sheet {
            a { class: "button strong wide", href: sheet, download: "codes.pdf", Icon { glyph: Glyph::Print }
                if linked == 1 { "Save the code to print (PDF)" } else { "Save {words::count(linked)} codes to print (PDF)" }
            }
        }
        if let Some(links) = links {
            a { class: "button wide", href: links, download: "links.csv", Icon { glyph: Glyph::Save } "Save their links (CSV)" }
        }
        if taken > linked {
            p { class: "fine", "{words::count(taken - linked)} have no code: they bear no product number, or this node does not know their passport number yet." }
        }
        if refused > 0 || taken <= FEW {
            ul { class: "readings",
                for (n , fate) in fates.into_iter().filter(|fate| taken <= FEW || fate.refused.is_some()).enumerate() {
                    Became { key: "{n}", fate }
                }
            }
        }
        if refused > 0 && more > 0 {
            p { class: "fine", "The list is not whole: {words::count(refused)} were refused in all." }
        }
    }
}

/// So many passports are told one by one.
const FEW: u64 = 20;

/// What became of one thing that was signed.
#[component]
pub fn Became(
    /// Of which, and what.
    fate: Fate,
) -> Element {
    let Fate { name, subject, leaf, passport, refused } = fate;
    let (tone, glyph, word, more) = match (refused, leaf) {
        (Some(why), _) => ("tone-against", Glyph::Close, "Refused", why),
        (None, Some(leaf)) => {
            let number = passport.map(|number| format!("Passport number {}, ", words::count(number.into()))).unwrap_or_default();
            ("tone-fits", Glyph::Check, "Taken", format!("{number}entry {} of the ledger.", words::count(leaf)))
        }
        (None, None) => ("tone-fits", Glyph::Check, "Taken", "It waits for its place in the ledger.".to_owned()),
    };
    rsx! {
        li { class: tone,
            b { {name} }
            span { class: "how", Icon { glyph, class: "small" } {word} }
            span { class: "fine", "{subject}: {more}" }
        }
    }
}
