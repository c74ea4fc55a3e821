//! A certifier's desk: a certificate in, the same signed out.

use crate::{
    organisation::{client, wire::Signer},
    ui::{
        browser,
        components::{Glyph, Icon},
    },
};
use dioxus::prelude::*;

/// A place for a certificate.
#[component]
pub fn Attest(
    /// Who signs, once the ledger knows the key.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut done = use_signal(|| None::<Result<(String, usize), String>>);
    let bring = move |e: FormEvent| async move {
        let Some(file) = e.files().first().cloned() else { return };
        let text = file.read_string().await.unwrap_or_default();
        done.set(Some(match signer.cloned() {
            Some(signer) => client::attest(text.trim(), &signer),
            None => {
                Err("this device has no open key that the ledger knows; see \u{201c}Your key\u{201d} below, then bring the file again".to_owned())
            }
        }));
    };
    rsx! {
        section { class: "block",
            h2 { "You certify others?" }
            p { class: "quiet", "Bring a certificate (UNTP Digital Conformity Credential 0.7). It is checked and signed here; its holder records it with what it is about. It weighs while your key stands as a certifier\u{2019}s." }
            label { class: "button wide file",
                input { r#type: "file", accept: ".json", "aria-label": "Sign a certificate", onchange: bring }
                Icon { glyph: Glyph::Star }
                "Sign a certificate"
            }
            div { role: "status",
                match &*done.read() {
                    None => rsx! {},
                    Some(Err(why)) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                    Some(Ok((text, assessments))) => rsx! {
                        p { class: "signed", Icon { glyph: Glyph::Check, class: "small" }
                            if *assessments == 1 { "Signed: 1 assessment." } else { "Signed: {assessments} assessments." }
                        }
                        a { class: "button wide", href: browser::text_file(text), download: "certificate.signed.json", Icon { glyph: Glyph::Save } "Save the signed certificate" }
                    },
                }
            }
        }
    }
}
