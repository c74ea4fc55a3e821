//! Which passport is meant: named by its number or by its code's link, and found on the ledger.

use crate::{
    organisation::{client, wire::OnLedger},
    ui::components::{Glyph, Icon},
};
use dioxus::prelude::*;

/// A field for it, and what the ledger says of it.
#[component]
pub fn Which(
    /// The field's id.
    id: &'static str,
    /// What was found.
    found: Signal<Option<OnLedger>>,
) -> Element {
    let mut named = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let mut busy = use_signal(|| false);
    let look = move |e: FormEvent| {
        e.prevent_default();
        busy.set(true);
        spawn(async move {
            let (mut found, named) = (found, named.peek().clone());
            let answer = client::find(&named).await;
            wrong.set(answer.as_ref().err().cloned().unwrap_or_default());
            found.set(answer.ok());
            busy.set(false);
        });
    };
    rsx! {
        form { class: "which", onsubmit: look,
            div { class: "field",
                label { r#for: id, "Its passport: the number, or the link of its code" }
                input { id, autocomplete: "off", spellcheck: "false", value: "{named}", oninput: move |e| named.set(e.value()) }
            }
            button { class: "button", r#type: "submit", disabled: busy() || named.read().trim().is_empty(), Icon { glyph: Glyph::Search }
                if busy() { "Asking the ledger\u{2026}" } else { "Find it" }
            }
        }
        div { role: "status",
            if !wrong.read().is_empty() {
                p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{wrong}." }
            }
            if let Some(found) = found.cloned() {
                super::passport::Facts { found }
            }
        }
    }
}
