//! A passphrase, asked for: once for what is locked with it already, twice for what will be.

use crate::ui::components::{Glyph, Icon};
use dioxus::prelude::*;

/// The shortest passphrase that a key is locked with, in characters.
const SHORTEST: usize = 12;

/// The fields, and the button beneath them.
#[component]
pub fn Passphrase(
    /// Whether it is a new one, said twice.
    new: bool,
    /// What the button says.
    button: String,
    /// The device is at it.
    busy: bool,
    /// It was said.
    onsay: EventHandler<String>,
) -> Element {
    let mut said = use_signal(String::new);
    let mut again = use_signal(String::new);
    let short = said.read().chars().count() < SHORTEST;
    let differs = *said.read() != *again.read();
    let ready = if new { !short && !differs } else { !said.read().is_empty() };
    let submit = move |e: FormEvent| {
        e.prevent_default();
        if ready && !busy {
            onsay.call(said.take());
            again.set(String::new());
        }
    };
    rsx! {
        form { class: "passphrase", onsubmit: submit,
            div { class: "field",
                label { r#for: "passphrase", if new { "A passphrase for it" } else { "Its passphrase" } }
                input {
                    id: "passphrase",
                    r#type: "password",
                    autocomplete: if new { "new-password" } else { "current-password" },
                    "aria-describedby": if new { "passphrase-hint" },
                    value: "{said}",
                    disabled: busy,
                    oninput: move |e| said.set(e.value()),
                }
            }
            if new {
                p { id: "passphrase-hint", class: "fine", "Several words, at least {SHORTEST} characters. Nobody can open the key without it." }
                div { class: "field",
                    label { r#for: "passphrase-again", "The same again" }
                    input {
                        id: "passphrase-again",
                        r#type: "password",
                        autocomplete: "new-password",
                        value: "{again}",
                        disabled: busy,
                        oninput: move |e| again.set(e.value()),
                    }
                    if differs && !again.read().is_empty() {
                        p { class: "wrong", role: "status", Icon { glyph: Glyph::Alert, class: "small" } "The two differ." }
                    }
                }
            }
            button { class: "button strong", r#type: "submit", disabled: busy || !ready, Icon { glyph: if new { Glyph::Lock } else { Glyph::Key } }
                if busy { "One moment\u{2026}" } else { {button} }
            }
        }
    }
}
