//! The page: a file in, what was understood of it out.

use super::{Told, confirm::Confirm, key::Key, sign::Sign};
use crate::{
    organisation::{
        client,
        wire::{Answer, Request, Understanding},
    },
    provenance::ColumnMap,
    ui::{
        components::{Glyph, Heading, Icon, Mark},
        words,
    },
};
use dioxus::prelude::*;

/// The file's field.
const FILE: &str = "organisation-file";

/// What the page is at.
#[derive(Clone, PartialEq)]
enum Doing {
    Nothing,
    /// Bytes read, of how many.
    Reading(u64, u64),
    Told(Box<Understanding>),
    Refused(String),
}

/// The organisation's desk.
#[allow(non_snake_case, reason = "components are named like types")]
pub fn Organisation() -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let mut name = use_signal(String::new);
    let signer = use_signal(|| None);
    let read = use_callback(move |map: Option<ColumnMap>| {
        doing.set(Doing::Reading(0, 0));
        spawn(async move {
            let request = Request::Read { name: name.cloned(), map, now: client::now() };
            let progress = move |at, of| {
                let mut doing = doing;
                doing.set(Doing::Reading(at, of));
            };
            doing.set(match client::ask(&request, &[FILE], progress).await {
                Answer::Understood(told) => Doing::Told(told),
                Answer::Refused(why) => Doing::Refused(why),
                Answer::Issued(_) => Doing::Refused("the answer does not belong to the question".to_owned()),
            });
        });
    });
    let choose = move |e: FormEvent| {
        if let Some(file) = e.files().first() {
            name.set(file.name());
            read.call(None);
        }
    };
    let busy = matches!(*doing.read(), Doing::Reading(..));
    rsx! {
        div { class: "app desk",
            header { class: "top no-print",
                a { class: "home", href: "/", "aria-label": "EcoSphere, home", Mark {} "EcoSphere" }
            }
            main { id: "page", tabindex: "-1",
                div { class: "head",
                    Heading { title: "Organisation", "Your organisation\u{2019}s desk" }
                    p { class: "quiet", "Bring what your system gives: an EPCIS or UNTP document, or a table as CSV or spreadsheet. It is read here, on this device, and sent nowhere unless you sign and publish it." }
                }
                label { class: "button main wide file",
                    input { id: FILE, r#type: "file", accept: ".json,.jsonld,.csv,.tsv,.txt,.xlsx,.xlsm", disabled: busy, "aria-label": "Choose a file", onchange: choose }
                    Icon { glyph: Glyph::Load }
                    if name.read().is_empty() { "Choose a file" } else { "Choose another file" }
                }
                div { role: "status",
                    match &*doing.read() {
                        Doing::Reading(at, of) => rsx! {
                            div { class: "block progress",
                                span { class: "fine num", if *of == 0 { "Opening {name}\u{2026}" } else { "{words::size(*at)} of {words::size(*of)} read" } }
                                if *of == 0 {
                                    progress { "aria-label": "Reading" }
                                } else {
                                    progress { "aria-label": "Reading", max: "{of}", value: "{at}" }
                                }
                            }
                        },
                        Doing::Told(told) => rsx! {
                            p { class: "block quiet", "{name}: read to its end, {words::count(told.counts.dropped)} rows left out." }
                        },
                        _ => rsx! {},
                    }
                }
                match &*doing.read() {
                    Doing::Told(told) => rsx! {
                        Told { told: (**told).clone(), onmap: move |map| read.call(Some(map)) }
                        if told.counts.passports > 0 {
                            section { class: "block",
                                h2 { "Sign and publish" }
                                Sign { file: FILE, name: name.cloned(), passports: told.counts.passports, serial: told.serial, signer }
                            }
                        }
                    },
                    Doing::Refused(why) => rsx! {
                        div { class: "block note tone-against", role: "alert", Icon { glyph: Glyph::Alert } div { p { "{name}: {why}." } } }
                    },
                    _ => rsx! {},
                }
                Confirm { signer }
                Key { signer }
            }
        }
    }
}
