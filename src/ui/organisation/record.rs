//! Records what a file says happened as steps of a product's way, signed here, and hands goods over.

use super::{took::Took, which::Which};
use crate::{
    organisation::{
        client::{self, Product, Source},
        wire::{Answer, OnLedger, Recorded, Request, Signer},
    },
    provenance::ColumnMap,
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// The field of certifiers' words.
const WORDS: &str = "organisation-certificates";

/// How far it is.
#[derive(Clone, PartialEq)]
enum Doing {
    Nothing,
    Recording,
    /// What became of it, and where the offer is.
    Done(Box<Recorded>, Option<String>),
    Refused(String),
}

/// Whose way it is, who takes the goods over, and the order to sign.
#[component]
pub fn Record(
    /// What was read.
    source: Source,
    /// The file's name.
    name: String,
    /// Of a table: what its columns are.
    map: Option<ColumnMap>,
    /// Whose events they are, by identifier and name.
    actors: Vec<(String, String)>,
    /// How many steps it comes to.
    steps: u64,
    /// Who signs, once the ledger knows the key.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let mut found = use_signal(|| None::<OnLedger>);
    let mut actor = use_signal(|| actors.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let mut receiver = use_signal(String::new);
    let mut words = use_signal(String::new);
    // The same order keeps its time, so that going on with it records nothing twice.
    let mut time = use_signal(|| None);
    let several = actors.len() > 1;
    let record = use_callback(move |()| {
        let (Some(signer), Some(passport)) = (signer.cloned(), found.cloned()) else { return };
        let (source, name, map) = (source.clone(), name.clone(), map.clone());
        let (first, now) = (passport.steps.saturating_add(1), *time.write().get_or_insert_with(client::now));
        doing.set(Doing::Recording);
        spawn(async move {
            let to = receiver.peek().trim().to_owned();
            let receiver = if to.is_empty() { None } else { Some((to.clone(), client::name_of(&to).await)) };
            let actor = several.then(|| actor.peek().clone());
            let request = Request::Record { name, map, actor, signer, passport: Box::new(passport), first, receiver, now };
            let about = if words.peek().is_empty() { vec![source] } else { vec![source, Source::Chosen(WORDS)] };
            doing.set(match client::ask(&request, &about, |_, _| ()).await {
                Answer::Recorded(done) => {
                    if done.stopped.is_none() {
                        time.set(None);
                        let taken = done.steps.iter().filter(|step| step.refused.is_none()).count();
                        // What was just recorded is in the ledger's state with its next batch only.
                        found.with_mut(|found| found.iter_mut().for_each(|f| f.steps = f.steps.saturating_add(u16::try_from(taken).unwrap_or(0))));
                    }
                    Doing::Done(done, client::made(Product::Offer))
                }
                Answer::Refused(why) => Doing::Refused(why),
                _ => Doing::Refused(client::STRANGE.to_owned()),
            });
        });
    });
    let busy = *doing.read() == Doing::Recording;
    rsx! {
        p { class: "quiet", "What happened becomes a step of a product\u{2019}s way. Everybody who scans it sees who signed which step." }
        Which { id: "record-passport", found }
        if let Some(passport) = found.cloned() {
            if several {
                div { class: "field",
                    label { r#for: "record-actor", "Whose events you sign" }
                    select { id: "record-actor", disabled: busy, onchange: move |e| actor.set(e.value()),
                        for (id , name) in actors {
                            option { key: "{id}", value: "{id}", if name.is_empty() { "{id}" } else { "{name}" } }
                        }
                    }
                }
            }
            div { class: "field",
                label { r#for: "record-receiver", "Who takes the goods over (did:key of their desk), if a hand-over is the last event" }
                input { id: "record-receiver", autocomplete: "off", spellcheck: "false", disabled: busy, placeholder: "did:key:z6Mk\u{2026}", value: "{receiver}", oninput: move |e| receiver.set(e.value()) }
            }
            label { class: "button wide file",
                input { id: WORDS, r#type: "file", accept: ".json", disabled: busy, "aria-label": "Bring signed certificates", onchange: move |e| words.set(e.files().first().map(|file| file.name()).unwrap_or_default()) }
                Icon { glyph: Glyph::Bookmark }
                if words.read().is_empty() { "Bring signed certificates, if there are any" } else { "{words}" }
            }
            if signer.read().is_none() {
                p { class: "quiet", "First give this device a key that the ledger knows: see \u{201c}Your key\u{201d} below." }
            }
            button { class: "button main wide", r#type: "button", disabled: busy || signer.read().is_none(), onclick: move |_| record.call(()), Icon { glyph: Glyph::Signed }
                if several {
                    "Sign the steps from {passport.steps + 1} on"
                } else if steps == 1 {
                    "Sign it as step {passport.steps + 1}"
                } else {
                    "Sign {words::count(steps)} steps from {passport.steps + 1} on"
                }
            }
        }
        div { role: "status",
            match &*doing.read() {
                Doing::Nothing => rsx! {},
                Doing::Recording => rsx! { p { class: "quiet", "Signing and sending\u{2026} Keep this page open." } },
                Doing::Refused(why) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "Nothing was recorded: {why}." } },
                Doing::Done(done, offer) => rsx! { Took { done: (**done).clone(), offer: offer.clone() } },
            }
        }
    }
}
