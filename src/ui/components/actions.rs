//! What to do next, kept above the bar: where the thumb is.

use dioxus::prelude::*;

/// A row of actions that stays in thumb reach.
#[component]
pub fn Actions(
    /// The bar is not shown below it.
    #[props(default)]
    alone: bool,
    /// One or two buttons.
    children: Element,
) -> Element {
    rsx! {
        div { class: if alone { "actions alone no-print" } else { "actions no-print" }, div { {children} } }
    }
}
