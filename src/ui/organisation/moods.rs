//! How people speak of the organisation: reviews or answers to a survey in, what they come to out. Nothing of it leaves the device.

use super::felt::HowFelt;
use crate::{
    organisation::{
        client::{self, Source},
        wire::{Answer, Felt, Request},
    },
    ui::components::{Glyph, Icon},
};
use dioxus::prelude::*;

/// The file's field.
const FILE: &str = "moods-file";

/// A place for texts.
#[component]
pub fn Moods() -> Element {
    let mut done = use_signal(|| None::<Result<Felt, String>>);
    let mut busy = use_signal(|| false);
    let mut text = use_signal(String::new);
    let score = use_callback(move |source: Source| {
        busy.set(true);
        spawn(async move {
            done.set(Some(match client::ask(&Request::Feel, &[source], |_, _| ()).await {
                Answer::Felt(felt) => Ok(*felt),
                Answer::Refused(why) => Err(why),
                _ => Err(client::STRANGE.to_owned()),
            }));
            busy.set(false);
        });
    });
    rsx! {
        section { class: "block",
            h2 { "How do people speak of you?" }
            p { class: "quiet", "Bring reviews or answers to a survey, one a line. They are scored here, on this device, and sent nowhere." }
            label { class: "button wide file",
                input { id: FILE, r#type: "file", accept: ".txt,.csv", disabled: busy(), "aria-label": "Bring a file of texts", onchange: move |e: FormEvent| if !e.files().is_empty() { score.call(Source::Chosen(FILE)) } }
                Icon { glyph: Glyph::Load }
                "Bring a file of texts"
            }
            form { onsubmit: move |e: FormEvent| { e.prevent_default(); score.call(Source::Text(text.cloned())) },
                div { class: "field",
                    label { r#for: "moods-text", "Or write or paste them" }
                    textarea { id: "moods-text", rows: "4", value: "{text}", oninput: move |e| text.set(e.value()) }
                }
                button { class: "button plain wide", r#type: "submit", disabled: busy() || text.read().trim().is_empty(), Icon { glyph: Glyph::Check } "Score these texts" }
            }
            div { role: "status",
                if busy() {
                    div { class: "progress", span { class: "fine", "Scoring\u{2026}" } progress { "aria-label": "Scoring" } }
                } else {
                    match &*done.read() {
                        None => rsx! {},
                        Some(Err(why)) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                        Some(Ok(felt)) => rsx! { HowFelt { felt: felt.clone() } },
                    }
                }
            }
        }
    }
}
