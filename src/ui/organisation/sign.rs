//! Sign and publish: the passports in a file, or one for each serial number, and what became of them.

use super::{
    attributes::{ForReaders, attributes, readers},
    issued::Made,
};
use crate::{
    organisation::{
        client::{self, Product, Source},
        wire::{Answer, Concealed, Issued, Request, Signer},
    },
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// The field of the table of serial numbers.
const SERIALS: &str = "organisation-serials";
/// Where codes lead other phones, unless a person says otherwise.
const BASE: &str = "https://id.ecosphere.example/";

/// How far it is.
#[derive(Clone, PartialEq)]
enum Doing {
    Nothing,
    /// So many passports are issued, of how many.
    Issuing(u64, u64),
    /// What became of it, and where the sheet and the table are.
    Done(Box<Issued>, Option<String>, Option<String>),
    Refused(String),
}

/// Signs what is in the file, gives it to the node, and tells what became of it.
#[component]
pub fn Sign(
    /// What was read.
    source: Source,
    /// The file's name.
    name: String,
    /// How many passports are in it.
    passports: u64,
    /// Whether one can be issued for each serial number.
    serial: bool,
    /// Who signs, once the ledger knows the key.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let mut base = use_signal(|| BASE.to_owned());
    let mut table = use_signal(String::new);
    // The same order keeps its time, so that going on with it issues nothing twice.
    let mut time = use_signal(|| None);
    // So it keeps what was encrypted, which is another text each time it is made.
    let mut concealed = use_signal(|| None::<Box<Concealed>>);
    let (said, to) = (use_signal(String::new), use_signal(String::new));
    let mut changed = move || {
        time.set(None);
        concealed.set(None);
    };
    let issue = use_callback(move |with_serials: bool| {
        let Some(signer) = signer.cloned() else { return };
        let now = *time.write().get_or_insert_with(client::now);
        let (name, mut about) = (name.clone(), vec![source.clone()]);
        if with_serials {
            about.push(Source::Chosen(SERIALS));
        }
        doing.set(Doing::Issuing(0, 0));
        spawn(async move {
            let progress = move |done, of| {
                let mut doing = doing;
                doing.set(Doing::Issuing(done, of));
            };
            let attributes = if with_serials || passports > 1 { Vec::new() } else { attributes(&said.peek()) };
            let kept = concealed.cloned();
            let private = match kept {
                None if !attributes.is_empty() => match client::conceal(attributes, readers(&to.peek())).await {
                    Ok(made) => Some(Box::new(made)),
                    Err(why) => return doing.set(Doing::Refused(why)),
                },
                kept => kept,
            };
            concealed.set(private.clone());
            let request = Request::Issue { name, signer, base: base.cloned(), private, now };
            let end = match client::ask(&request, &about, progress).await {
                Answer::Issued(issued) => {
                    if issued.stopped.is_none() {
                        changed();
                    }
                    Doing::Done(issued, client::made(Product::Sheet), client::made(Product::Links))
                }
                Answer::Refused(why) => Doing::Refused(why),
                _ => Doing::Refused(client::STRANGE.to_owned()),
            };
            doing.set(end);
        });
    });
    let choose = move |e: FormEvent| {
        table.set(e.files().first().map(|file| file.name()).unwrap_or_default());
        changed();
        doing.set(Doing::Nothing);
    };
    let busy = matches!(*doing.read(), Doing::Issuing(..));
    let off = busy || signer.read().is_none();
    let with_serials = !table.read().is_empty();
    rsx! {
        if signer.read().is_none() {
            p { class: "quiet", "First give this device a key that the ledger knows: see \u{201c}Your key\u{201d} below." }
        }
        div { class: "field",
            label { r#for: "organisation-base", "Where the codes lead other phones" }
            input { id: "organisation-base", r#type: "url", disabled: busy, value: "{base}", oninput: move |e| base.set(e.value()) }
        }
        if serial {
            p { class: "quiet", "For one passport on each piece, bring a table (CSV) of serial numbers: a column \u{201c}serial\u{201d}, and if you like \u{201c}lot\u{201d}, \u{201c}date\u{201d}, \u{201c}name\u{201d} and \u{201c}quantity\u{201d}." }
            label { class: "button wide file",
                input { id: SERIALS, r#type: "file", accept: ".csv,.txt", disabled: busy, "aria-label": "Bring serial numbers", onchange: choose }
                Icon { glyph: Glyph::Layers }
                if with_serials { "{table}" } else { "Bring serial numbers" }
            }
        }
        if passports == 1 && !with_serials {
            ForReaders { said, to, disabled: busy, onwrite: move |()| changed() }
        }
        button { class: "button main wide", r#type: "button", disabled: off, onclick: move |_| issue.call(with_serials), Icon { glyph: Glyph::Signed }
            if with_serials {
                "Sign a passport for each serial number"
            } else if passports == 1 {
                "Sign the passport and publish it"
            } else {
                "Sign {words::count(passports)} passports and publish them"
            }
        }
        div { role: "status",
            match &*doing.read() {
                Doing::Nothing => rsx! {},
                Doing::Issuing(done, of) => rsx! {
                    div { class: "progress",
                        if *of == 0 {
                            span { class: "fine num", "Looking at what is to be signed\u{2026}" }
                            progress { "aria-label": "Issuing" }
                        } else {
                            span { class: "fine num", "{words::count(*done)} of {words::count(*of)} issued. Keep this page open." }
                            progress { "aria-label": "Issuing", max: "{of}", value: "{done}" }
                        }
                    }
                },
                Doing::Refused(why) => rsx! {
                    div { class: "note tone-against", Icon { glyph: Glyph::Alert } div { p { class: "lines", "{why}." } } }
                },
                Doing::Done(issued, sheet, links) => rsx! {
                    Made { issued: (**issued).clone(), sheet: sheet.clone(), links: links.clone() }
                },
            }
        }
    }
}
