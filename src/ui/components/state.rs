//! What a screen shows while it waits, and when something went wrong.

use super::{Glyph, Mark, icon};
use crate::{
    engine::wire::EngineError,
    ui::{
        state::{SharedStoreExt, Sync, shared},
        words,
    },
};
use dioxus::prelude::*;

/// Something is under way. It shows itself only after a quarter of a second, so that quick answers do not flicker.
#[component]
pub fn Waiting(
    /// What is under way, in words.
    what: String,
) -> Element {
    rsx! {
        div { class: "waiting", role: "status", Mark {} p { {what} } }
    }
}

/// Something went wrong: what, and a way on.
#[component]
pub fn Trouble(
    /// What went wrong.
    error: EngineError,
    /// Tries again.
    onretry: Option<EventHandler<()>>,
) -> Element {
    rsx! {
        div { class: "note tone-against", role: "alert",
            {icon(if matches!(error, EngineError::Offline(_)) { Glyph::Offline } else { Glyph::Alert })}
            div {
                p { {sentence(&error)} }
                if let Some(retry) = onretry {
                    button { class: "button", r#type: "button", onclick: move |_| retry.call(()), {icon(Glyph::Sync)} "Try again" }
                }
            }
        }
    }
}

/// An error as a sentence that starts and ends like one.
pub fn sentence(error: &EngineError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// How far the sync is.
#[component]
pub fn SyncProgress() -> Element {
    let sync = shared().sync();
    let Sync::Running(done, total) = *sync.read() else { return rsx! {} };
    let text = if total == 0 { "Asking the ledger\u{2026}".to_owned() } else { format!("{} of {} checked", words::size(done), words::size(total)) };
    rsx! {
        div { class: "progress", role: "status",
            span { class: "fine num", {text} }
            if total == 0 {
                progress { "aria-label": "Sync" }
            } else {
                progress { "aria-label": "Sync", max: "{total}", value: "{done}" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_a_sentence() {
        let said = sentence(&EngineError::OpenElsewhere);
        assert_eq!(said, "EcoSphere is open in another tab; close that one, or use it.");
        assert_eq!(sentence(&EngineError::BadInput("é is no digit".into())), "É is no digit.");
    }
}
