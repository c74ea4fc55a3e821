//! Beginning: new words or old ones, a passphrase; and opening what is there.

use super::{backup::PutBack, lock::Quick, shared::wallet};
use crate::{
    purse::wire::{Answer, Request},
    ui::components::{Glyph, Heading, Icon},
};
use dioxus::prelude::*;

/// A passphrase has at least so many characters.
const LEAST: usize = 10;

/// What a wallet's passphrase covers.
const COVERS: &str = "It covers everything that this wallet keeps: keys, balances, contacts, history. What the rest of the app keeps on this device, your values and what you scanned, it does not cover.";

/// How far setting up is.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Choose,
    Words(Vec<String>),
    Passphrase,
    Restore,
    PutBack,
}

/// Nothing is here yet.
#[component]
pub fn Begin() -> Element {
    let shared = wallet();
    let mut step = use_signal(|| Step::Choose);
    let mut wrong = use_signal(String::new);
    let make = move |_| {
        spawn(async move {
            match shared.send(Request::New { count: 12 }).await {
                Answer::Words { words, .. } => step.set(Step::Words(words)),
                Answer::Refused(why) => wrong.set(why),
                _ => {}
            }
        });
    };
    let keep = move |passphrase: String| {
        spawn(async move {
            if let Answer::Refused(why) = shared.send(Request::Keep { passphrase }).await {
                wrong.set(why);
            }
        });
    };
    match step.cloned() {
        Step::Choose => rsx! {
            div { class: "head",
                Heading { title: "Wallet", "A wallet of your own" }
                p { class: "quiet", "Hold tokens, pay and be paid with a code, and swap. The keys are made here and never leave this device." }
            }
            div { class: "stack",
                button { class: "button main wide", r#type: "button", onclick: make, Icon { glyph: Glyph::Key } "Make a new wallet" }
                button { class: "button wide", r#type: "button", onclick: move |_| step.set(Step::Restore), Icon { glyph: Glyph::Load } "I have my words already" }
                button { class: "button wide", r#type: "button", onclick: move |_| step.set(Step::PutBack), Icon { glyph: Glyph::Save } "I have a backup file" }
            }
            Wrong { why: wrong.cloned() }
        },
        Step::Words(words) => rsx! {
            div { class: "head",
                Heading { title: "Your words", "Write these words down" }
                p { class: "quiet", "In this order, on paper. Whoever has them has everything in this wallet, and without them nobody can bring it back: not even we." }
            }
            Words { words }
            button { class: "button main wide", r#type: "button", onclick: move |_| step.set(Step::Passphrase), Icon { glyph: Glyph::Check } "I wrote them down" }
        },
        Step::Passphrase => rsx! {
            div { class: "head",
                Heading { title: "Passphrase", "A passphrase for this device" }
                p { class: "quiet", "It opens the wallet here, and locks it up in between. It is not a part of your words, and can be another one on each device." }
            }
            Passphrase { id: "phrase", word: "Keep the wallet", busy: *shared.busy.read(), onphrase: keep, {COVERS} }
            Wrong { why: wrong.cloned() }
        },
        Step::Restore => rsx! { Restore {} },
        Step::PutBack => rsx! { PutBack {} },
    }
}

/// Words in their order.
#[component]
pub fn Words(words: Vec<String>) -> Element {
    rsx! {
        ol { class: "words", "aria-label": "Your words",
            for (n , word) in words.into_iter().enumerate() {
                li { key: "{n}", span { class: "fine num", "{n + 1}" } b { {word} } }
            }
        }
    }
}

/// A passphrase, typed twice.
#[component]
pub fn Passphrase(
    /// Of its first field: no two on one page.
    id: &'static str,
    /// What the button says.
    word: &'static str,
    /// Something is being done.
    busy: bool,
    /// It was typed twice.
    onphrase: EventHandler<String>,
    /// What it covers.
    children: Element,
) -> Element {
    let mut first = use_signal(String::new);
    let mut second = use_signal(String::new);
    let mut wrong = use_signal(|| "");
    let check = move |e: FormEvent| {
        e.prevent_default();
        let (one, two) = (first.cloned(), second.cloned());
        if one.chars().count() < LEAST {
            wrong.set("Take at least ten characters; several words in a row are good.");
        } else if one != two {
            wrong.set("The two are not the same.");
        } else {
            wrong.set("");
            onphrase.call(one);
        }
    };
    rsx! {
        form { class: "stack", onsubmit: check,
            div { class: "field",
                label { r#for: id, "Passphrase" }
                input { id, r#type: "password", autocomplete: "new-password", oninput: move |e| first.set(e.value()) }
            }
            div { class: "field",
                label { r#for: "{id}-again", "The same again" }
                input { id: "{id}-again", r#type: "password", autocomplete: "new-password", "aria-describedby": "{id}-said", oninput: move |e| second.set(e.value()) }
                p { id: "{id}-said", role: "alert", class: "wrong", {wrong()} }
            }
            p { class: "fine", {children} }
            button { class: "button main wide", r#type: "submit", disabled: busy, Icon { glyph: Glyph::Lock } if busy { "Locking it up\u{2026}" } else { {word} } }
        }
    }
}

/// Words that were written down once.
#[component]
fn Restore() -> Element {
    let shared = wallet();
    let mut words = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let restore = move |passphrase: String| {
        spawn(async move {
            if let Answer::Refused(why) = shared.send(Request::Restore { words: words.cloned(), passphrase }).await {
                wrong.set(why);
            }
        });
    };
    rsx! {
        div { class: "head",
            Heading { title: "Restore", "Your words" }
            p { class: "quiet", "12 or 24 words with spaces between them. Then the ledger is read from its beginning; what payments were for and whom you know is on no ledger, and does not come back." }
        }
        div { class: "stack",
            div { class: "field",
                label { r#for: "words", "The words, in order" }
                textarea { id: "words", rows: "4", autocapitalize: "off", autocomplete: "off", spellcheck: "false", oninput: move |e| words.set(e.value()) }
            }
            Wrong { why: wrong.cloned() }
            Passphrase { id: "phrase", word: "Restore the wallet", busy: *shared.busy.read(), onphrase: restore, {COVERS} }
        }
    }
}

/// What is there, locked.
#[component]
pub fn Unlock() -> Element {
    let shared = wallet();
    let mut phrase = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let asked = !shared.asked.read().request.is_empty();
    let open = move |e: FormEvent| {
        e.prevent_default();
        spawn(async move {
            if let Answer::Refused(why) = shared.send(Request::Unlock { passphrase: phrase.cloned() }).await {
                wrong.set(why);
            }
        });
    };
    let busy = *shared.busy.read();
    rsx! {
        div { class: "head",
            Heading { title: "Locked", "Your wallet is locked" }
            if asked {
                p { class: "quiet", "Open it to see who asks for a payment." }
            }
        }
        Quick {}
        form { class: "stack", onsubmit: open,
            div { class: "field",
                label { r#for: "phrase", "Passphrase" }
                input { id: "phrase", r#type: "password", autocomplete: "current-password", oninput: move |e| phrase.set(e.value()) }
            }
            button { class: "button main wide", r#type: "submit", disabled: busy, Icon { glyph: Glyph::Key } if busy { "Opening\u{2026}" } else { "Open" } }
            Wrong { why: wrong.cloned() }
        }
    }
}

/// What is wrong, said at once.
#[component]
pub fn Wrong(why: String) -> Element {
    rsx! {
        div { role: "alert", class: "said",
            if !why.is_empty() {
                p { class: "note tone-against", Icon { glyph: Glyph::Alert } span { "{why}." } }
            }
        }
    }
}
