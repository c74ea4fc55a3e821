//! What another party asks this organisation to confirm: read, shown, signed too, published.

use crate::{
    organisation::{
        client::{self, Asked},
        wire::Signer,
    },
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// What became of it.
#[derive(Clone, PartialEq)]
enum Doing {
    Nothing,
    Asked(String, Asked),
    Sending,
    Done(Option<u64>),
    Refused(String),
}

/// A place for an offer.
#[component]
pub fn Confirm(
    /// Who signs, once the ledger knows the key.
    signer: Signal<Option<Signer>>,
) -> Element {
    let mut doing = use_signal(|| Doing::Nothing);
    let bring = move |e: FormEvent| async move {
        if let Some(file) = e.files().first() {
            let offer = file.read_string().await.unwrap_or_default();
            doing.set(match client::read_offer(offer.trim().as_bytes()) {
                Ok(asked) => Doing::Asked(offer.trim().to_owned(), asked),
                Err(why) => Doing::Refused(why.to_string()),
            });
        }
    };
    let sign = use_callback(move |offer: String| {
        doing.set(Doing::Sending);
        let signer = signer.cloned();
        spawn(async move { doing.set(signed(&offer, signer).await.map_or_else(Doing::Refused, Doing::Done)) });
    });
    rsx! {
        section { class: "block",
            h2 { "Asked to confirm something?" }
            p { class: "quiet", "A hand-over counts once both sides have signed. Bring the file that the other party sent you; nothing is signed until you say so." }
            label { class: "button wide file",
                input { r#type: "file", accept: ".json", "aria-label": "Bring what is to be confirmed", onchange: bring }
                Icon { glyph: Glyph::TwoSigned }
                "Bring what is to be confirmed"
            }
            div { role: "status",
                match &*doing.read() {
                    Doing::Nothing => rsx! {},
                    Doing::Sending => rsx! { p { class: "quiet", "Sending\u{2026}" } },
                    Doing::Asked(offer, asked) => rsx! {
                        div { class: "note tone-mixed", Icon { glyph: Glyph::Ask }
                            div {
                                p { class: "code", "{asked.what}." }
                                p { class: "fine", "On the ledger {asked.ledger}, until {words::day_and_time(asked.until)} UTC. Their signature holds." }
                                button {
                                    class: "button",
                                    r#type: "button",
                                    onclick: { let offer = offer.clone(); move |_| sign.call(offer.clone()) },
                                    Icon { glyph: Glyph::Signed }
                                    "Sign it too and publish it"
                                }
                            }
                        }
                    },
                    Doing::Done(leaf) => rsx! {
                        p { class: "signed", Icon { glyph: Glyph::Check, class: "small" }
                            "Confirmed and taken by the ledger."
                            if let Some(leaf) = leaf {
                                " It is entry {words::count(*leaf)}."
                            }
                        }
                    },
                    Doing::Refused(why) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                }
            }
        }
    }
}

/// Signs an offer with this device's key and publishes it; its leaf, once it has one.
async fn signed(offer: &str, signer: Option<Signer>) -> Result<Option<u64>, String> {
    let signer = signer.ok_or("this device has no key yet that the ledger knows; see \u{201c}Your key\u{201d} below, then bring the file again")?;
    let made = client::confirm(offer.as_bytes(), &signer.seed, &signer.origin, client::now())?;
    client::publish(&[made]).await?.pop().map_or(Ok(None), |said| said.map(|said| said.leaf))
}
