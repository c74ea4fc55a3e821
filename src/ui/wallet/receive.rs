//! Asking for a payment: a code that somebody else scans.

use super::{hold::short, pay::Thoughts, setup::Wrong, shared::wallet};
use crate::{
    purse::wire::{Answer, Request},
    ui::components::{Glyph, Heading, Icon},
};
use dioxus::prelude::*;

/// A request, and its code.
#[component]
pub fn Receive() -> Element {
    let shared = wallet();
    let mut token = use_signal(String::new);
    let mut amount = use_signal(String::new);
    let mut label = use_signal(String::new);
    let mut message = use_signal(String::new);
    let mut made = use_signal(|| None::<(String, String, Vec<String>)>);
    let mut wrong = use_signal(String::new);
    let tokens = shared.view.read().tokens.clone();
    let chosen = if token.read().is_empty() { tokens.first().map(|t| t.id.clone()).unwrap_or_default() } else { token.cloned() };
    // Looked up while the form is filled in, so that the code is there at once.
    let mut ahead = use_signal(String::new);
    if *ahead.peek() != chosen && !chosen.is_empty() {
        ahead.set(chosen.clone());
        let chosen = chosen.clone();
        spawn(async move { drop(shared.issuer(&chosen).await) });
    }
    let ask = move |e: FormEvent| {
        e.prevent_default();
        let chosen = chosen.clone();
        spawn(async move {
            wrong.set(String::new());
            let regard = shared.issuer(&chosen).await;
            let request = Request::Ask { token: chosen, amount: amount.cloned(), label: label.cloned(), message: message.cloned(), regard };
            match shared.send(request).await {
                Answer::Asked { uri, code, warnings } => made.set(Some((uri, code, warnings))),
                Answer::Refused(why) => wrong.set(why),
                _ => {}
            }
        });
    };
    if tokens.is_empty() {
        return rsx! {
            div { class: "head", Heading { title: "Receive", "Be paid" }
                p { class: "quiet", "This ledger has no tokens yet. An issuer has to define one first." }
            }
        };
    }
    rsx! {
        div { class: "head", Heading { title: "Receive", "Be paid" }
            p { class: "quiet", "Make a code and let the other one scan it. What it says is public to whoever sees the code; the ledger gets none of it but a salted hash." }
        }
        if let Some((uri, code, warnings)) = made.cloned() {
            Thoughts { warnings, refusals: Vec::new() }
            div { class: "drawing", role: "img", "aria-label": "Request for payment, as a code", dangerous_inner_html: code }
            details { summary { "The same as a link" } p { class: "code", {uri} } }
        }
        form { class: "stack", onsubmit: ask,
            div { class: "field",
                label { r#for: "token", "Token" }
                select { id: "token", onchange: move |e| token.set(e.value()),
                    for t in tokens {
                        option { key: "{t.id}", value: "{t.id}", "{t.symbol}: {t.name}, by {t.issuer_name.clone().unwrap_or_else(|| short(&t.issuer))}" }
                    }
                }
            }
            div { class: "field",
                label { r#for: "amount", "How much (leave it empty to let them choose)" }
                input { id: "amount", inputmode: "decimal", autocomplete: "off", oninput: move |e| amount.set(e.value()) }
            }
            div { class: "field",
                label { r#for: "label", "Who asks (optional)" }
                input { id: "label", maxlength: "60", autocomplete: "off", oninput: move |e| label.set(e.value()) }
            }
            div { class: "field",
                label { r#for: "message", "What for (optional)" }
                input { id: "message", maxlength: "120", autocomplete: "off", oninput: move |e| message.set(e.value()) }
            }
            Wrong { why: wrong.cloned() }
            button { class: "button main wide", r#type: "submit", Icon { glyph: Glyph::Scan } if made.read().is_some() { "Make another code" } else { "Make a code" } }
        }
    }
}
