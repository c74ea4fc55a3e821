//! Everything personal in one file: saved from the open wallet, and put back where there is none yet. What the rest of the app keeps comes from its
//! engine and goes to it in memory.

use super::{
    setup::{Passphrase, Wrong},
    shared::{engine, wallet},
};
use crate::{
    engine::{client::errand::Told, wire},
    measure::Millis,
    purse::wire::{Answer, Request},
    ui::{
        components::{Glyph, Heading, Icon},
        words,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dioxus::prelude::*;

/// What the file is called.
const NAME: &str = "ecosphere.backup";

/// Making one.
#[component]
pub fn BackUp() -> Element {
    let shared = wallet();
    let mut made = use_signal(|| None::<String>);
    let mut wrong = use_signal(String::new);
    let make = move |passphrase: String| {
        spawn(async move {
            wrong.set(String::new());
            let personal = match engine(wire::Request::Export).await {
                Ok(Told::Text(text)) => Some(text),
                Ok(_) => return wrong.set("the app did not hand over what is yours; load the page again".to_owned()),
                Err(why) => return wrong.set(why),
            };
            match shared.send(Request::BackUp { passphrase, personal }).await {
                Answer::BackedUp { file } => made.set(Some(format!("data:application/octet-stream;base64,{file}"))),
                Answer::Refused(why) => wrong.set(why),
                _ => {}
            }
        });
    };
    rsx! {
        details { class: "block",
            summary { "Backup of everything" }
            div { class: "stack",
                p { class: "fine", "One file with all that is yours: this wallet with its words, contacts and history, and from the app your values, scans, lists and prices. Keep it somewhere else than on this device." }
                match made.cloned() {
                    Some(address) => rsx! {
                        a { class: "button strong wide", href: address, download: NAME, Icon { glyph: Glyph::Save } "Save {NAME}" }
                        p { class: "fine", role: "status", "Only the passphrase you just chose opens it. Without it nobody can, not even we." }
                    },
                    None => rsx! {
                        Passphrase { id: "backup", word: "Make the backup", busy: *shared.busy.read(), onphrase: make,
                            "The backup\u{2019}s own passphrase. It can be another one than this device\u{2019}s."
                        }
                    },
                }
                Wrong { why: wrong.cloned() }
            }
        }
    }
}

/// Putting one back.
#[component]
pub fn PutBack() -> Element {
    let shared = wallet();
    let mut file = use_signal(|| None::<(String, String)>);
    let mut phrase = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let mut said = use_signal(String::new);
    let choose = move |event: FormEvent| async move {
        let Some(chosen) = event.files().into_iter().next() else { return };
        wrong.set(String::new());
        match chosen.read_bytes().await {
            Ok(bytes) => file.set(Some((chosen.name(), STANDARD.encode(&bytes)))),
            Err(_) => wrong.set("this file could not be read; choose it again".to_owned()),
        }
    };
    let restore = move |e: FormEvent| {
        e.prevent_default();
        let Some((_, file)) = file.cloned() else { return wrong.set("choose the file of the backup first".to_owned()) };
        spawn(async move {
            wrong.set(String::new());
            said.set(String::new());
            let (personal, made) = match shared.send(Request::Unpack { passphrase: phrase.cloned(), file }).await {
                Answer::Unpacked { personal, made, .. } => (personal, made),
                Answer::Refused(why) => return wrong.set(why),
                _ => return,
            };
            if let Some(text) = personal
                && let Err(why) = engine(wire::Request::Import(text)).await
            {
                return wrong.set(format!("nothing was put back: {why}"));
            }
            match shared.send(Request::Adopt { passphrase: phrase.cloned() }).await {
                Answer::Refused(why) => wrong.set(format!("your values, scans and lists are back, but the wallet is not: {why}. Do the same again")),
                Answer::Nothing => {
                    said.set(format!(
                        "Your values, scans and lists are as they were on {}. There was no wallet in this backup.",
                        words::day_and_time(Millis(made))
                    ));
                }
                _ => {}
            }
        });
    };
    rsx! {
        div { class: "head",
            Heading { title: "Backup", "Put back a backup" }
            p { class: "quiet", "All of it comes back: the wallet, and the app\u{2019}s values, scans, lists and prices. What is here already and not in the file stays." }
        }
        form { class: "stack", onsubmit: restore,
            label { class: "button wide file",
                input { r#type: "file", "aria-label": "Choose the backup file", onchange: choose }
                Icon { glyph: Glyph::Load }
                {file.read().as_ref().map_or_else(|| "Choose the file".to_owned(), |(name, _)| name.clone())}
            }
            div { class: "field",
                label { r#for: "phrase", "The backup\u{2019}s passphrase" }
                input { id: "phrase", r#type: "password", autocomplete: "current-password", "aria-describedby": "phrase-opens", oninput: move |e| phrase.set(e.value()) }
                p { id: "phrase-opens", class: "fine", "From then on it opens the wallet on this device too." }
            }
            Wrong { why: wrong.cloned() }
            p { role: "status", {said} }
            button { class: "button main wide", r#type: "submit", disabled: *shared.busy.read(), Icon { glyph: Glyph::Check } if *shared.busy.read() { "Putting it back\u{2026}" } else { "Put it back" } }
        }
    }
}
