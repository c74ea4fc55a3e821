//! The page: a file in, what was understood of it out.

use super::{
    Told, answers::Questions, attest::Attest, confirm::Confirm, key::Key, life::Life, moods::Moods, private::Private, record::Record, sign::Sign,
};
use crate::{
    organisation::{
        client::{self, Source},
        wire::{Answer, Request, Signer, Understanding},
    },
    provenance::ColumnMap,
    statement::SubjectKind,
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
    let mut source = use_signal(|| Source::Chosen(FILE));
    // Each reading is of its own: what was chosen for the one before does not hold.
    let mut reading = use_signal(|| 0_u32);
    let signer = use_signal(|| None);
    let read = use_callback(move |map: Option<ColumnMap>| {
        doing.set(Doing::Reading(0, 0));
        reading += 1;
        spawn(async move {
            let request = Request::Read { name: name.cloned(), map, now: client::now() };
            let progress = move |at, of| {
                let mut doing = doing;
                doing.set(Doing::Reading(at, of));
            };
            doing.set(match client::ask(&request, &[source.cloned()], progress).await {
                Answer::Understood(told) => Doing::Told(told),
                Answer::Refused(why) => Doing::Refused(why),
                _ => Doing::Refused(client::STRANGE.to_owned()),
            });
        });
    });
    let choose = move |e: FormEvent| {
        if let Some(file) = e.files().first() {
            name.set(file.name());
            source.set(Source::Chosen(FILE));
            read.call(None);
        }
    };
    let answered = move |text: String| {
        name.set("answers.json".to_owned());
        source.set(Source::Text(text));
        read.call(None);
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
                    input { id: FILE, r#type: "file", accept: ".json,.jsonld,.csv,.tsv,.txt,.xlsx,.xlsm,.parquet,.parq,.pq", disabled: busy, "aria-label": "Choose a file", onchange: choose }
                    Icon { glyph: Glyph::Load }
                    if name.read().is_empty() { "Choose a file" } else { "Choose another file" }
                }
                Forms { signer, onread: answered }
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
                                Sign { key: "{reading}", source: source.cloned(), name: name.cloned(), passports: told.counts.passports, serial: told.serial, signer }
                            }
                        }
                        if told.steps > 0 {
                            section { class: "block",
                                h2 { "Record it on a product\u{2019}s way" }
                                if told.map.as_ref().is_some_and(|map| !map.confirmed) {
                                    p { class: "quiet", "First look at what the columns are, and say that it is right." }
                                } else {
                                    Record { key: "{reading}", source: source.cloned(), name: name.cloned(), map: told.map.clone(), actors: told.actors.clone(), steps: told.steps, signer }
                                }
                            }
                        }
                    },
                    Doing::Refused(why) => rsx! {
                        div { class: "block note tone-against", role: "alert", Icon { glyph: Glyph::Alert } div { p { "{name}: {why}." } } }
                    },
                    _ => rsx! {},
                }
                Confirm { signer }
                Life { signer }
                Private {}
                Attest { signer }
                Moods {}
                Key { signer }
            }
        }
    }
}

/// Whom a form can be about, as a person says it.
const KINDS: [(SubjectKind, &str); 5] = [
    (SubjectKind::Product, "A product"),
    (SubjectKind::Organisation, "An organisation"),
    (SubjectKind::Project, "A project"),
    (SubjectKind::Process, "A process"),
    (SubjectKind::Person, "A person"),
];

/// The forms, for whoever has no file to bring.
#[component]
fn Forms(signer: Signal<Option<Signer>>, onread: EventHandler<String>) -> Element {
    let mut kind = use_signal(|| SubjectKind::Product);
    let chosen = kind();
    let by = signer.read().as_ref().map(|signer| signer.name.clone()).unwrap_or_default();
    rsx! {
        details { class: "forms",
            summary { "No file? Answer questions instead" }
            div { class: "field",
                label { r#for: "forms-kind", "About what" }
                select { id: "forms-kind",
                    onchange: move |e: FormEvent| kind.set(KINDS.into_iter().find(|(_, name)| *name == e.value()).map_or(SubjectKind::Product, |(kind, _)| kind)),
                    for (_ , name) in KINDS {
                        option { key: "{name}", value: name, {name} }
                    }
                }
            }
            if let Some(form) = client::form(chosen) {
                Questions { key: "{chosen:?} {by}", form, by: by.clone(), onread }
            }
        }
    }
}
