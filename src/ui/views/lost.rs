//! An address that is no screen: perhaps a passport's own link, opened with the phone's camera.

use crate::ui::{
    browser,
    components::{Glyph, Heading, icon},
    route::{Of, Route},
};
use dioxus::prelude::*;

/// GS1 Digital Link's primary keys that the app knows to be subjects of passports: a path that starts with one is a passport's link.
const PRIMARY_KEYS: [&str; 3] = ["01", "414", "417"];

/// Leads a passport's link to its verdict; any other address back to the app.
#[component]
pub fn Lost(
    /// The address, in parts.
    segments: Vec<String>,
) -> Element {
    let navigator = use_navigator();
    let is_passport = segments.iter().any(|part| PRIMARY_KEYS.contains(&part.as_str()));
    use_effect(move || {
        if is_passport && let Some(address) = browser::address() {
            navigator.replace(Route::Verdict { of: Of::Code(address) });
        }
    });
    rsx! {
        div { class: "head",
            Heading { title: "Not found", "There is nothing at this address" }
            p { class: "quiet code", {format!("/{}", segments.join("/"))} }
        }
        Link { class: "button main wide", to: Route::Scan {}, {icon(Glyph::Scan)} "Scan a product" }
    }
}
