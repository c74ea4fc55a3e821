//! A code drawn by the engine.

use crate::{engine::wire::Request, ui::ask::use_ask};
use dioxus::prelude::*;

/// A QR code or barcode.
#[component]
pub fn Drawing(
    /// The text in it.
    code: String,
    /// What it is, for those who cannot see it.
    label: String,
) -> Element {
    let svg = use_ask::<String>(move || Request::Qr(code.clone()));
    rsx! {
        match &svg.read() {
            Some(Ok(svg)) => rsx! {
                div { class: "drawing", role: "img", "aria-label": label, dangerous_inner_html: "{svg}" }
            },
            Some(Err(_)) => rsx! {
                div { class: "drawing", p { "This code could not be drawn." } }
            },
            None => rsx! {
                div { class: "drawing", "aria-hidden": "true" }
            },
        }
    }
}
