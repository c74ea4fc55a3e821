//! The organisation's key on this device: made or brought, locked with a passphrase, saved as a copy, and known to the ledger or introduced to it.

use super::passphrase::Passphrase;
use crate::{
    organisation::{client, wire::Signer},
    statement::DidKey,
    ui::{
        browser,
        components::{Glyph, Icon},
    },
};
use dioxus::prelude::*;

/// The key; `signer` says who it is once it is open and the ledger knows it.
#[component]
pub fn Key(
    /// Who signs with it.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut kept = use_resource(client::kept_key);
    // Only here, in the page's memory, is the key open; it is gone when the page is closed.
    let mut open = use_signal(|| None::<String>);
    let mut brought = use_signal(|| None::<String>);
    let mut busy = use_signal(|| false);
    let mut wrong = use_signal(String::new);
    let mut done = move |result: Result<String, String>| {
        busy.set(false);
        wrong.set(result.as_ref().err().cloned().unwrap_or_default());
        if let Ok(seed) = result {
            open.set(Some(seed));
            brought.set(None);
            kept.restart();
        }
    };
    let lock = use_callback(move |(seed, passphrase): (Option<String>, String)| {
        busy.set(true);
        spawn(async move {
            done(match seed {
                Some(seed) => client::lock(seed.clone(), passphrase).await.map(|()| seed),
                None => Err("this device gives no random numbers".to_owned()),
            });
        });
    });
    let unlock = use_callback(move |(locked, passphrase): (String, String)| {
        busy.set(true);
        spawn(async move {
            let keep = brought.peek().is_some();
            done(client::unlock(locked, passphrase, keep).await);
        });
    });
    let bring = move |e: FormEvent| async move {
        if let Some(file) = e.files().first() {
            let text = file.read_string().await.unwrap_or_default().trim().to_owned();
            let fits = client::is_locked(&text) || client::key(&text).is_some();
            wrong.set(if fits { String::new() } else { "this is no key: its file holds 64 hex digits, or a locked key".to_owned() });
            brought.set(Some(text).filter(|_| fits));
        }
    };
    let close = move |()| {
        let mut signer = signer;
        signer.set(None);
        open.set(None);
    };
    let held = brought.cloned().or_else(|| kept.cloned().flatten());
    let opened = open.cloned().and_then(|seed| Some((client::did(&seed)?, seed)));
    rsx! {
        section { class: "block",
            h2 { "Your key" }
            match (opened, held) {
                (Some((did, seed)), held) => rsx! { Known { key: "{did}", did, seed, locked: held.unwrap_or_default(), signer, onclose: close } },
                (None, Some(held)) if client::is_locked(&held) => rsx! {
                    p { class: "quiet", "The key on this device is locked. It is open only until you close this page." }
                    Passphrase { new: false, button: "Open the key", busy: busy(), onsay: move |said| unlock.call((held.clone(), said)) }
                    Bring { bring }
                },
                (None, Some(held)) => rsx! {
                    p { class: "quiet", "This key lies open. Lock it with a passphrase before it signs anything." }
                    Passphrase { new: true, button: "Lock the key", busy: busy(), onsay: move |said| lock.call((Some(held.clone()), said)) }
                },
                (None, None) => rsx! {
                    p { class: "quiet", "What your organisation states is signed with its key. It stays on this device, locked with your passphrase; nobody can make it anew, so save a copy." }
                    Passphrase { new: true, button: "Make a key here", busy: busy(), onsay: move |said| lock.call((client::new_key(), said)) }
                    Bring { bring }
                },
            }
            if !wrong.read().is_empty() {
                div { class: "note tone-against", role: "alert", Icon { glyph: Glyph::Alert } div { p { "{wrong}." } } }
            }
        }
    }
}

#[component]
fn Bring(bring: EventHandler<FormEvent>) -> Element {
    rsx! {
        label { class: "button file",
            input { r#type: "file", "aria-label": "Bring a key file", onchange: move |e| bring.call(e) }
            Icon { glyph: Glyph::Load }
            "Bring a key file"
        }
    }
}

/// With a key: who it is on the ledger.
#[component]
fn Known(did: DidKey, seed: String, locked: String, signer: Signal<Option<Signer>>, onclose: EventHandler<()>) -> Element {
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
    let (copy, bare) = (browser::text_file(&locked), browser::text_file(&seed));
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
        div { class: "keys",
            a { class: "button", href: copy, download: "organisation.locked-key", Icon { glyph: Glyph::Save } "Save a locked copy" }
            button { class: "button", r#type: "button", onclick: move |_| onclose.call(()), Icon { glyph: Glyph::Lock } "Lock it now" }
        }
        details {
            summary { "For the terminal" }
            p { class: "quiet", "Its programs read the key unlocked. Whoever has this file signs in your name." }
            a { class: "button plain", href: bare, download: "organisation.key", Icon { glyph: Glyph::Save } "Save it unlocked" }
        }
    }
}
