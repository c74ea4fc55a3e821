//! A ranked subject, the same on every list: sphere, name, band in words, strongest reason, price.

use super::{Sphere, frame::verdict_of, small};
use crate::{
    bot::VerdictBand,
    engine::wire::OptionRow,
    ui::words::{self, Sign},
};
use dioxus::prelude::*;

/// A ranked subject; the whole card leads to its verdict.
#[component]
pub fn OptionCard(
    /// The subject.
    row: OptionRow,
    /// What else there is to say of it here.
    #[props(default)]
    note: String,
    /// What stands at its end.
    #[props(default)]
    children: Element,
) -> Element {
    let Sign { word, glyph, tone } = words::band(row.band);
    let about = [row.brand.as_str(), row.category.as_str()].into_iter().find(|part| !part.is_empty()).unwrap_or_default().to_owned();
    rsx! {
        li { class: "card {tone}",
            Sphere { alignment: row.alignment, open: row.band == VerdictBand::NotEnoughKnown }
            div { class: "body",
                Link { class: "title", to: verdict_of(row.number), {row.name} }
                if !about.is_empty() || row.fictional {
                    span { class: "fine",
                        {about}
                        if row.fictional {
                            " "
                            span { class: "made-up", "made up" }
                        }
                    }
                }
                span { class: "band", {small(glyph)} {word} }
                if !row.why.is_empty() {
                    span { class: "why", {row.why} }
                }
                if !note.is_empty() {
                    span { class: "fine", {note} }
                }
            }
            if let Some(price) = row.price {
                span { class: "price num",
                    {words::price(price)}
                    if let Some(at) = row.at {
                        small { {at} }
                    }
                }
            }
            {children}
        }
    }
}
