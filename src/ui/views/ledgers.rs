//! The ledgers that this device believes: which, under which fingerprint, how fresh; one more, or one less.

use crate::{
    engine::wire::{EngineError, LedgerOffer, LedgerRow, Request, Status},
    ui::{
        ask::ask_for,
        components::{Glyph, Trouble, icon, small},
        state::{SharedStoreExt, shared},
        words,
    },
};
use dioxus::prelude::*;

/// The list, and what changes it.
#[component]
pub fn Ledgers() -> Element {
    let rows = shared().status().cloned().map(|s| s.ledgers).unwrap_or_default();
    let failed = use_signal(|| None::<EngineError>);
    rsx! {
        section { class: "block",
            h2 { "Ledgers" }
            p { class: "quiet", "A code is checked against the ledger it is sealed for; what carries no seal is looked up in all of them. Two people who see the same fingerprint believe the same." }
            ul { class: "cards",
                for row in rows {
                    Row { key: "{row.origin}", row, failed }
                }
            }
            if let Some(error) = failed() {
                Trouble { error }
            }
            Add { failed }
        }
    }
}

/// Asks for a change, and shows what came of it.
async fn change(request: Request, mut failed: Signal<Option<EngineError>>) -> bool {
    match ask_for::<Status>(request).await {
        Ok(status) => {
            shared().status().set(Some(status));
            // What was found was judged by other ledgers.
            shared().found().set(Vec::new());
            failed.set(None);
            true
        }
        Err(error) => {
            failed.set(Some(error));
            false
        }
    }
}

#[component]
fn Row(row: LedgerRow, failed: Signal<Option<EngineError>>) -> Element {
    let mut sure = use_signal(|| false);
    let origin = row.origin.clone();
    let remove = move |_| {
        let origin = origin.clone();
        async move {
            change(Request::RemoveLedger(origin), failed).await;
        }
    };
    rsx! {
        li {
            dl { class: "facts",
                div { dt { "Ledger" } dd { class: "code", {row.origin.clone()} } }
                div { dt { "Fingerprint" } dd { class: "code", {words::groups(&row.fingerprint)} } }
                div { dt { "Last synced" }
                    dd {
                        match row.synced {
                            Some(time) => rsx! { "{words::day_and_time(time)} UTC" },
                            None => rsx! { "not yet" },
                        }
                    }
                }
            }
            if let Some(error) = row.trouble {
                Trouble { error }
            }
            if sure() {
                div { class: "erase", role: "alert",
                    p { "Remove {row.origin} and everything that came from it? Your values and history stay." }
                    div { class: "row-buttons",
                        button { class: "button", r#type: "button", onclick: move |_| sure.set(false), "Keep it" }
                        button { class: "button danger", r#type: "button", onclick: remove, "Remove it" }
                    }
                }
            } else {
                button { class: "button plain", r#type: "button", "aria-label": "Remove {row.origin}", onclick: move |_| sure.set(true), {small(Glyph::Bin)} "Remove" }
            }
        }
    }
}

#[component]
fn Add(failed: Signal<Option<EngineError>>) -> Element {
    let mut address = use_signal(String::new);
    let mut offer = use_signal(|| None::<LedgerOffer>);
    let look = move |event: FormEvent| async move {
        event.prevent_default();
        match ask_for::<LedgerOffer>(Request::LookAtLedger { url: address().trim().to_owned(), policy: None }).await {
            Ok(found) => {
                failed.set(None);
                offer.set(Some(found));
            }
            Err(error) => failed.set(Some(error)),
        }
    };
    let add = move |()| async move {
        let Some(LedgerOffer { url, policy, fingerprint, .. }) = offer() else { return };
        if change(Request::AddLedger { url, policy, fingerprint }, failed).await {
            offer.set(None);
            address.set(String::new());
        }
    };
    rsx! {
        if let Some(found) = offer() {
            Confirm { found, onyes: add, onno: move |()| offer.set(None) }
        } else {
            form { class: "field", style: "margin-top: .75rem", onsubmit: look,
                label { r#for: "ledger-address", "Add a ledger" }
                div { class: "pair",
                    input {
                        id: "ledger-address",
                        inputmode: "url",
                        autocomplete: "off",
                        autocapitalize: "off",
                        spellcheck: false,
                        placeholder: "https://example.org/ledger/",
                        value: "{address}",
                        oninput: move |e| address.set(e.value()),
                    }
                    button { class: "button", r#type: "submit", disabled: address.read().trim().is_empty(), "Look" }
                }
            }
        }
    }
}

/// Shows whom the person would believe, and asks.
#[component]
fn Confirm(found: LedgerOffer, onyes: EventHandler<()>, onno: EventHandler<()>) -> Element {
    rsx! {
        div { class: "block note tone-mixed", role: "alert", {icon(Glyph::Alert)}
            div {
                p { b { "Is this the fingerprint you were given? " } "Whoever answers at this address chose it. Compare it with one you were given on another way: printed, or by somebody you know." }
                dl { class: "facts",
                    div { dt { "Ledger" } dd { class: "code", {found.origin.clone()} } }
                    div { dt { "Fingerprint" } dd { class: "code", {words::groups(&found.fingerprint)} } }
                    div { dt { "Witnesses" } dd { "{found.witnesses}" } }
                }
                div { class: "row-buttons",
                    button { class: "button", r#type: "button", onclick: move |_| onno.call(()), "Not the same" }
                    button { class: "button strong", r#type: "button", onclick: move |_| onyes.call(()), "The same: add it" }
                }
            }
        }
    }
}
