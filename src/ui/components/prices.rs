//! What it costs and where, and what the person saw on the shelf.

use super::{Glyph, small, state::sentence};
use crate::{
    engine::wire::{EngineError, PriceRow, Request},
    measure::{Currency, Money},
    ui::{ask::ask, words},
};
use dioxus::prelude::*;

/// Prices at retailers, and a field for the price on the shelf.
#[component]
pub fn Prices(
    /// Passport number of the product.
    number: u32,
    /// At retailers, cheapest first.
    prices: Vec<PriceRow>,
    /// What the person typed before.
    mine: Option<Money>,
) -> Element {
    let mut typed = use_signal(|| mine.map_or_else(String::new, |m| format!("{}.{:02}", m.minor / 100, m.minor % 100)));
    let mut kept = use_signal(|| mine);
    let mut said = use_signal(|| None::<Result<&'static str, EngineError>>);
    let save = move |_| async move {
        let text = typed.peek().trim().to_owned();
        let price = if text.is_empty() { Ok(None) } else { Money::parse(&text, Currency::EUR).map(Some) };
        let done = match price {
            Err(error) => Err(EngineError::BadInput(error.to_string())),
            Ok(price) => ask(Request::SetPrice { subject: number, price }).await.map(|_| {
                kept.set(price);
                if price.is_some() { "Kept on this device." } else { "Forgotten." }
            }),
        };
        said.set(Some(done));
    };
    rsx! {
        if !prices.is_empty() {
            ul { class: "prices",
                for row in prices {
                    li { key: "{row.retailer}",
                        span { {row.retailer} span { class: "fine", if row.stock == 0 { " \u{b7} none left" } else { " \u{b7} {row.stock} in stock" } } }
                        b { {words::price(row.price)} }
                    }
                }
            }
        }
        form { class: "field", style: "margin-top: .75rem", onsubmit: move |e: FormEvent| { e.prevent_default(); save(()) },
            label { r#for: "shelf-price", "Price on the shelf" if let Some(price) = kept() { span { class: "fine", " (you wrote {words::price(price)})" } } }
            div { class: "pair",
                input {
                    id: "shelf-price",
                    inputmode: "decimal",
                    autocomplete: "off",
                    placeholder: "3.20",
                    "aria-describedby": "shelf-price-said",
                    value: "{typed}",
                    oninput: move |e| typed.set(e.value()),
                }
                button { class: "button", r#type: "submit", "Keep" }
            }
            p { id: "shelf-price-said", role: "status", class: if matches!(&*said.read(), Some(Err(_))) { "wrong" } else { "fine" },
                match &*said.read() {
                    Some(Ok(word)) => rsx! { {*word} },
                    Some(Err(error)) => rsx! { {small(Glyph::Alert)} {sentence(error)} },
                    None => rsx! {},
                }
            }
        }
    }
}
