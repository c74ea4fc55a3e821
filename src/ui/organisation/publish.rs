//! Sign and publish: the organisation's key on this device, its standing on the ledger, and what became of each passport.

use crate::{
    organisation::{
        client, publish,
        wire::{Answer, Request, Signer, Submission},
    },
    statement::DidKey,
    ui::{
        browser,
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// What became of a passport: its leaf in the log once it has one, or why it was refused.
type Fate = (String, Result<Option<u64>, String>);

/// How far publishing is.
#[derive(Clone, PartialEq)]
enum Doing {
    Nothing,
    Signing,
    Sending(usize),
    Done(Vec<Fate>),
    Refused(String),
}

/// The whole of it.
#[component]
pub fn Publish(
    /// The field that holds the file.
    file: &'static str,
    /// The file's name.
    name: String,
    /// How many passports are in it.
    passports: u64,
) -> Element {
    let mut key = use_resource(client::kept_key);
    let mut wrong = use_signal(String::new);
    let keep = use_callback(move |seed: Option<String>| {
        spawn(async move {
            let kept = match seed.as_deref().filter(|seed| publish::key(seed).is_some()) {
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
            h2 { "Sign and publish" }
            match seed.and_then(|seed| Some((publish::did(&seed)?, seed))) {
                Some((did, seed)) => rsx! { Ready { key: "{did}", did, seed, file, name, passports } },
                None => rsx! {
                    p { class: "quiet", "A passport is signed with your organisation\u{2019}s key. It stays on this device; nobody can make it anew, so save a copy." }
                    div { class: "panel row-buttons",
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

/// With a key: who it is on the ledger, then signing.
#[component]
fn Ready(did: DidKey, seed: String, file: &'static str, name: String, passports: u64) -> Element {
    let mut standing = use_resource(move || async move { client::standing(&did).await });
    let mut called = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let copy = browser::text_file(&seed);
    let introduce = {
        let seed = seed.clone();
        move |origin: String| {
            let signer = Signer { seed: seed.clone(), name: called.read().trim().to_owned(), origin };
            spawn(async move {
                wrong.set(client::introduce(&signer).await.err().unwrap_or_default());
                standing.restart();
            });
        }
    };
    rsx! {
        dl { class: "facts",
            div { dt { "Your key" } dd { class: "code", "{did}" } }
        }
        a { class: "button plain", href: copy, download: "organisation.key", Icon { glyph: Glyph::Save } "Save a copy of the key" }
        match &*standing.read() {
            None => rsx! { p { class: "quiet", role: "status", "Asking the ledger\u{2026}" } },
            Some(Err(why)) => rsx! {
                div { class: "note tone-mixed", role: "alert", Icon { glyph: Glyph::Offline }
                    div { p { "{why}." } button { class: "button", r#type: "button", onclick: move |_| standing.restart(), Icon { glyph: Glyph::Sync } "Try again" } }
                }
            },
            Some(Ok((origin, None))) => rsx! {
                p { "The ledger {origin} does not know this key yet." }
                div { class: "field",
                    label { r#for: "organisation-name", "Your organisation\u{2019}s name" }
                    input { id: "organisation-name", maxlength: "120", autocomplete: "organization", oninput: move |e| called.set(e.value()) }
                }
                button {
                    class: "button strong wide",
                    r#type: "button",
                    disabled: called.read().trim().is_empty(),
                    onclick: { let origin = origin.clone(); let introduce = introduce.clone(); move |_| introduce.clone()(origin.clone()) },
                    Icon { glyph: Glyph::Hands }
                    "Introduce it to this ledger"
                }
                p { class: "fine", "Then ask a registrar to vouch for it: until one has, every device says \u{201c}signer not accredited\u{201d} of its passports." }
            },
            Some(Ok((origin, Some(known)))) => rsx! {
                p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "{origin} knows it as {known}." }
                Sign { file, name: name.clone(), passports, signer: Signer { seed: seed.clone(), name: known.clone(), origin: origin.clone() } }
            },
        }
        if !wrong.read().is_empty() {
            div { class: "note tone-against", role: "alert", Icon { glyph: Glyph::Alert } div { p { "{wrong}." } } }
        }
    }
}

/// Signs what is in the file, gives it to the node, and tells what became of each.
#[component]
fn Sign(file: &'static str, name: String, passports: u64, signer: Signer) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let sign = move |_| {
        let request = Request::Sign { name: name.clone(), signer: signer.clone(), now: client::now() };
        doing.set(Doing::Signing);
        spawn(async move {
            doing.set(match client::ask(&request, file, |_, _| ()).await {
                Answer::Signed(made) => {
                    doing.set(Doing::Sending(made.len()));
                    sent(&made).await
                }
                Answer::Refused(why) => Doing::Refused(why),
                Answer::Understood(_) => Doing::Refused("the answer does not belong to the question".to_owned()),
            });
        });
    };
    let busy = matches!(*doing.read(), Doing::Signing | Doing::Sending(_));
    rsx! {
        button { class: "button main wide", r#type: "button", disabled: busy, onclick: sign, Icon { glyph: Glyph::Signed }
            if passports == 1 { "Sign the passport and publish it" } else { "Sign {words::count(passports)} passports and publish them" }
        }
        div { role: "status",
            match &*doing.read() {
                Doing::Nothing => rsx! {},
                Doing::Signing => rsx! { p { class: "quiet", "Signing\u{2026}" } },
                Doing::Sending(number) => rsx! { p { class: "quiet", "Sending {number}\u{2026}" } },
                Doing::Refused(why) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                Doing::Done(fates) => rsx! {
                    ul { class: "readings",
                        for (n , (name , fate)) in fates.iter().enumerate() {
                            Became { key: "{n}", name: name.clone(), fate: fate.clone() }
                        }
                    }
                },
            }
        }
    }
}

async fn sent(made: &[Submission]) -> Doing {
    match client::publish(made).await {
        Ok(said) => Doing::Done(made.iter().map(|s| s.name.clone()).zip(said).collect()),
        Err(why) => Doing::Refused(why),
    }
}

#[component]
fn Became(name: String, fate: Result<Option<u64>, String>) -> Element {
    let (tone, glyph, word, more) = match fate {
        Ok(Some(leaf)) => ("tone-fits", Glyph::Check, "Taken", format!("It is entry {} of the ledger, public with its next batch.", words::count(leaf))),
        Ok(None) => ("tone-fits", Glyph::Check, "Taken", "It waits for its place in the ledger.".to_owned()),
        Err(why) => ("tone-against", Glyph::Close, "Refused", why),
    };
    rsx! {
        li { class: tone,
            b { {name} }
            span { class: "how", Icon { glyph, class: "small" } {word} }
            span { class: "fine", {more} }
        }
    }
}
