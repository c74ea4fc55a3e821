//! What an issuer or owner states of a passport: on hold, taken back, replaced, handed over, recycled, destroyed.

use super::which::Which;
use crate::{
    organisation::{
        client,
        wire::{Act, OnLedger, Signer},
    },
    statement::{End, PassportStatus},
    ui::{
        browser,
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// What can be stated, as a person says it, and who may.
const STATED: [(&str, &str, &str); 7] = [
    ("suspended", "Put it on hold", "its issuer"),
    ("valid", "Put it in force again", "its issuer"),
    ("superseded", "Say that another passport replaces it", "its issuer"),
    ("revoked", "Take it back, for good", "its issuer"),
    ("transfer", "Hand it to a new owner", "its owner"),
    ("recycled", "Say that the product was recycled", "its owner"),
    ("destroyed", "Say that the product is no more", "its owner"),
];

/// What became of it.
#[derive(Clone, PartialEq)]
enum Doing {
    Nothing,
    Sending,
    Done(Option<u64>),
    /// Address of the offer.
    Offered(String),
    Refused(String),
}

/// A place for what happens to a passport after it was issued.
#[component]
pub fn Life(
    /// Who signs, once the ledger knows the key.
    signer: Signal<Option<Signer>>,
) -> Element {
    let found = use_signal(|| None::<OnLedger>);
    let mut stated = use_signal(|| "suspended".to_owned());
    // The reason, the new owner's key, or the newer passport.
    let mut reason = use_signal(String::new);
    let mut other = use_signal(String::new);
    let mut doing = use_signal(|| Doing::Nothing);
    let act = use_callback(move |()| {
        let (Some(signer), Some(of)) = (signer.cloned(), found.cloned()) else { return };
        doing.set(Doing::Sending);
        spawn(async move {
            let (stated, reason, other) = (stated.cloned(), reason.cloned(), other.cloned());
            doing.set(done(&stated, reason, other.trim(), &of, &signer).await.unwrap_or_else(Doing::Refused));
        });
    });
    let mut choose = move |value: String| {
        stated.set(value);
        other.set(String::new());
        doing.set(Doing::Nothing);
    };
    let now = stated.cloned();
    let who = STATED.iter().find(|(id, ..)| *id == now).map_or("", |(.., who)| who);
    let (status, hands, replaces) = (status(&now).is_some(), now == "transfer", now == "superseded");
    let off = signer.read().is_none() || *doing.read() == Doing::Sending;
    rsx! {
        section { class: "block",
            h2 { "A passport\u{2019}s later life" }
            p { class: "quiet", "On hold, taken back, replaced, in new hands, recycled: whoever scans it is told." }
            Which { id: "life-passport", found }
            if found.read().is_some() {
                div { class: "field",
                    label { r#for: "life-stated", "What you state" }
                    select { id: "life-stated", onchange: move |e| choose(e.value()),
                        for (id , text , _) in STATED {
                            option { key: "{id}", value: id, selected: id == now, {text} }
                        }
                    }
                }
                if status {
                    div { class: "field",
                        label { r#for: "life-reason", "Why, in a sentence that everybody may read" }
                        input { id: "life-reason", maxlength: "200", value: "{reason}", oninput: move |e| reason.set(e.value()) }
                    }
                }
                if hands || replaces {
                    div { class: "field",
                        label { r#for: "life-other",
                            if hands { "The new owner\u{2019}s key (did:key of their desk)" } else { "The newer passport: its number or link, if there is one" }
                        }
                        input { id: "life-other", autocomplete: "off", spellcheck: "false", value: "{other}", oninput: move |e| other.set(e.value()) }
                    }
                }
                p { class: "fine",
                    "Only {who} can."
                    if !matches!(now.as_str(), "suspended" | "valid" | "transfer") {
                        " It cannot be taken back."
                    }
                }
                button { class: "button main wide", r#type: "button", disabled: off, onclick: move |_| act.call(()), Icon { glyph: Glyph::Signed }
                    if hands { "Sign the offer" } else { "Sign it and publish it" }
                }
            }
            div { role: "status",
                match &*doing.read() {
                    Doing::Nothing => rsx! {},
                    Doing::Sending => rsx! { p { class: "quiet", "Sending\u{2026}" } },
                    Doing::Done(leaf) => rsx! {
                        p { class: "signed", Icon { glyph: Glyph::Check, class: "small" }
                            "Stated and taken by the ledger."
                            if let Some(leaf) = leaf {
                                " It is entry {words::count(*leaf)}."
                            }
                        }
                    },
                    Doing::Offered(href) => rsx! {
                        div { class: "note tone-mixed", Icon { glyph: Glyph::TwoSigned }
                            div {
                                p { "Nothing has changed hands yet: it counts once the new owner has signed too. Send them this file within a week." }
                                a { class: "button", href: "{href}", download: "offer.json", Icon { glyph: Glyph::Save } "Save the offer" }
                            }
                        }
                    },
                    Doing::Refused(why) => rsx! { p { class: "note tone-against", Icon { glyph: Glyph::Alert } "{why}." } },
                }
            }
        }
    }
}

fn status(stated: &str) -> Option<PassportStatus> {
    use PassportStatus::{Revoked, Superseded, Suspended, Valid};
    [Valid, Suspended, Revoked, Superseded].into_iter().find(|status| status.id() == stated)
}

/// Signs it, and gives it to the ledger or to the new owner.
async fn done(stated: &str, reason: String, other: &str, of: &OnLedger, signer: &Signer) -> Result<Doing, String> {
    if stated == "transfer" {
        return client::offer(of, other, signer).map(|offer| Doing::Offered(browser::text_file(&offer)));
    }
    let ends = End::ALL.into_iter().find(|end| end.id() == stated).map(Act::End);
    let act = match (ends, status(stated)) {
        (Some(act), _) => act,
        (None, Some(status)) => {
            let newer = if other.is_empty() { None } else { Some(client::find(other).await?.digest) };
            Act::Status { status, successor: newer, reason }
        }
        (None, None) => return Err("nothing was chosen".to_owned()),
    };
    client::state(of, &act, signer).await.map(Doing::Done)
}
