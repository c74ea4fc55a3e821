//! A reader's desk: what a passport says to named readers only, opened with a key; and a key for whoever has none.

use super::{attributes::Opened, which::Which};
use crate::{
    organisation::{
        client,
        wire::{OnLedger, Readable, Secret},
    },
    ui::{
        browser,
        components::{Glyph, Icon},
    },
};
use dioxus::prelude::*;

/// A place for it.
#[component]
pub fn Private() -> Element {
    let found = use_signal(|| None::<OnLedger>);
    let mut done = use_signal(|| None::<Result<Readable, String>>);
    let mut made = use_signal(|| None::<Result<(Secret, String), String>>);
    // What was opened belongs to the passport that was asked for then.
    use_effect(move || {
        found.read();
        done.set(None);
    });
    let look = use_callback(move |key: Option<Secret>| {
        let Some(of) = found.cloned() else { return };
        spawn(async move { done.set(Some(client::reveal(&of, key).await)) });
    });
    let bring = move |e: FormEvent| async move {
        if let Some(file) = e.files().first() {
            look.call(Some(Secret(file.read_string().await.unwrap_or_default())));
        }
    };
    let make = move |_| {
        spawn(async move { made.set(Some(client::reader_key().await)) });
    };
    rsx! {
        section { class: "block",
            h2 { "What a passport says to you only" }
            p { class: "quiet", "An issuer can say things to named readers. Your key is read here, on this device, and kept nowhere." }
            Which { id: "private-passport", found }
            if found.read().is_some() {
                div { class: "keys",
                    button { class: "button", r#type: "button", onclick: move |_| look.call(None), Icon { glyph: Glyph::Lock } "Is there anything?" }
                    label { class: "button strong file",
                        input { r#type: "file", "aria-label": "Open it with your reader\u{2019}s key", onchange: bring }
                        Icon { glyph: Glyph::Load }
                        "Open it with your reader\u{2019}s key"
                    }
                }
            }
            div { role: "status",
                match &*done.read() {
                    None => rsx! {},
                    Some(Err(why)) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                    Some(Ok(readable)) => rsx! { Opened { readable: readable.clone() } },
                }
            }
            details {
                summary { "No reader\u{2019}s key yet?" }
                p { class: "quiet", "Make one, keep its file where nobody else gets it, and give its name to whoever issues. It is made on this device; nobody can make it anew." }
                button { class: "button", r#type: "button", onclick: make, Icon { glyph: Glyph::Lock } "Make a reader\u{2019}s key" }
                div { role: "status",
                    match &*made.read() {
                        None => rsx! {},
                        Some(Err(why)) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                        Some(Ok((Secret(file), name))) => rsx! {
                            dl { class: "facts", div { dt { "Its name, for issuers" } dd { class: "code", {name.clone()} } } }
                            a { class: "button wide", href: browser::text_file(file), download: "reader.key", Icon { glyph: Glyph::Save } "Save the reader\u{2019}s key" }
                        },
                    }
                }
            }
        }
    }
}
