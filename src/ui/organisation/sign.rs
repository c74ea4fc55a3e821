//! Sign and publish the passports in a file, and tell what became of each.

use crate::{
    organisation::{
        client,
        wire::{Answer, Request, Signer, Submission},
    },
    ui::{
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

/// Signs what is in the file, gives it to the node, and tells what became of each.
#[component]
pub fn Sign(
    /// The field that holds the file.
    file: &'static str,
    /// The file's name.
    name: String,
    /// How many passports are in it.
    passports: u64,
    /// Who signs, once the ledger knows the key.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let sign = move |_| {
        let Some(signer) = signer.cloned() else { return };
        let request = Request::Sign { name: name.clone(), signer, now: client::now() };
        doing.set(Doing::Signing);
        spawn(async move {
            let end = match client::ask(&request, file, |_, _| ()).await {
                Answer::Signed(made) => {
                    doing.set(Doing::Sending(made.len()));
                    sent(&made).await
                }
                Answer::Refused(why) => Doing::Refused(why),
                Answer::Understood(_) => Doing::Refused("the answer does not belong to the question".to_owned()),
            };
            doing.set(end);
        });
    };
    let busy = matches!(*doing.read(), Doing::Signing | Doing::Sending(_));
    rsx! {
        if signer.read().is_none() {
            p { class: "quiet", "First give this device a key that the ledger knows: see \u{201c}Your key\u{201d} below." }
        }
        button { class: "button main wide", r#type: "button", disabled: busy || signer.read().is_none(), onclick: sign, Icon { glyph: Glyph::Signed }
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
        Ok(Some(leaf)) => {
            ("tone-fits", Glyph::Check, "Taken", format!("It is entry {} of the ledger, public with its next batch.", words::count(leaf)))
        }
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
