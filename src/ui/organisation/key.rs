//! The organisation's key on this device: made or brought, saved as a copy, and known to the ledger or introduced to it.

use crate::{
    organisation::{client, wire::Signer},
    statement::DidKey,
    ui::{
        browser,
        components::{Glyph, Icon},
    },
};
use dioxus::prelude::*;

/// The key; `signer` says who it is once the ledger knows it.
#[component]
pub fn Key(
    /// Who signs with it.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut key = use_resource(client::kept_key);
    let mut wrong = use_signal(String::new);
    let keep = use_callback(move |seed: Option<String>| {
        spawn(async move {
            let kept = match seed.as_deref().filter(|seed| client::key(seed).is_some()) {
                Some(seed) => client::keep_key(seed.trim()).await,
                None => Err("this is no key: its file holds 64 hex digits".to_owned()),
            };
            wrong.set(kept.err().unwrap_or_default());
            key.restart();
        });
    });
    let bring = move |e: FormEvent| async move {
        if let Some(file) = e.files().first() {
            keep.call(file.read_string().await.ok());
        }
    };
    let seed = key.cloned().flatten();
    rsx! {
        section { class: "block",
            h2 { "Your key" }
            match seed.and_then(|seed| Some((client::did(&seed)?, seed))) {
                Some((did, seed)) => rsx! { Known { key: "{did}", did, seed, signer } },
                None => rsx! {
                    p { class: "quiet", "Passports and confirmations are signed with your organisation\u{2019}s key. It stays on this device; nobody can make it anew, so save a copy." }
                    div { class: "keys",
                        button { class: "button strong", r#type: "button", onclick: move |_| keep.call(client::new_key()), Icon { glyph: Glyph::Key } "Make a key here" }
                        label { class: "button file",
                            input { r#type: "file", "aria-label": "Bring a key file", onchange: bring }
                            Icon { glyph: Glyph::Load }
                            "Bring a key file"
                        }
                    }
                },
            }
            if !wrong.read().is_empty() {
                div { class: "note tone-against", role: "alert", Icon { glyph: Glyph::Alert } div { p { "{wrong}." } } }
            }
        }
    }
}

/// With a key: who it is on the ledger.
#[component]
fn Known(did: DidKey, seed: String, signer: Signal<Option<Signer>>) -> Element {
    let mut called = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let whose = seed.clone();
    let mut standing = use_resource(move || {
        let seed = whose.clone();
        async move {
            let (origin, name) = client::standing(&did).await?;
            let mut signer = signer;
            signer.set(name.clone().map(|name| Signer { seed, name, origin: origin.clone() }));
            Ok::<_, String>((origin, name))
        }
    });
    let copy = browser::text_file(&seed);
    let introduce = use_callback(move |origin: String| {
        let signer = Signer { seed: seed.clone(), name: called.read().trim().to_owned(), origin };
        spawn(async move {
            wrong.set(client::introduce(&signer).await.err().unwrap_or_default());
            standing.restart();
        });
    });
    rsx! {
        dl { class: "facts",
            div { dt { "This device signs as" } dd { class: "code", "{did}" } }
        }
        match &*standing.read() {
            None => rsx! { p { class: "quiet", role: "status", "Asking the ledger\u{2026}" } },
            Some(Err(why)) => rsx! {
                div { class: "note tone-mixed", role: "alert", Icon { glyph: Glyph::Offline }
                    div { p { "{why}." } button { class: "button", r#type: "button", onclick: move |_| standing.restart(), Icon { glyph: Glyph::Sync } "Try again" } }
                }
            },
            Some(Ok((origin, None))) => rsx! {
                p { "The ledger {origin} does not know this key yet. What is introduced is public with its next batch." }
                div { class: "field",
                    label { r#for: "organisation-name", "Your organisation\u{2019}s name" }
                    input { id: "organisation-name", maxlength: "120", autocomplete: "organization", oninput: move |e: FormEvent| called.set(e.value()) }
                }
                div { class: "keys",
                    button {
                        class: "button strong",
                        r#type: "button",
                        disabled: called.read().trim().is_empty(),
                        onclick: { let origin = origin.clone(); move |_| introduce.call(origin.clone()) },
                        Icon { glyph: Glyph::Hands }
                        "Introduce it"
                    }
                    button { class: "button", r#type: "button", onclick: move |_| standing.restart(), Icon { glyph: Glyph::Sync } "Ask again" }
                }
                p { class: "fine", "Then ask a registrar to vouch for it: until one has, every device says \u{201c}signer not accredited\u{201d} of its passports." }
            },
            Some(Ok((origin, Some(known)))) => rsx! {
                p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "{origin} knows it as {known}." }
            },
        }
        if !wrong.read().is_empty() {
            div { class: "note tone-against", role: "alert", Icon { glyph: Glyph::Alert } div { p { "{wrong}." } } }
        }
        a { class: "button plain", href: copy, download: "organisation.key", Icon { glyph: Glyph::Save } "Save a copy of the key" }
    }
}
