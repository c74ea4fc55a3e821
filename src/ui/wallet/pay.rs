//! Paying: a request read, everything that tells it from another shown, and then signed.

use super::{
    camera::Camera,
    hold::{Issuer, Rows},
    people::{Naming, last},
    setup::Wrong,
    shared::{Wallet, regard, wallet},
};
use crate::{
    label::Grade,
    purse::wire::{Answer, Asking, Request},
    ui::{
        browser,
        components::{Glyph, Heading, Icon},
        paying::Handed,
    },
    wallet::{Firmness, Regard, Rule},
};
use dioxus::prelude::*;

/// A request, from the camera, the clipboard or the hand.
#[component]
pub fn Pay() -> Element {
    let shared = wallet();
    let mut text = use_signal(String::new);
    let mut asking = use_signal(|| None::<Asking>);
    let mut wrong = use_signal(String::new);
    let mut paid = use_signal(|| false);
    let mut looking = use_signal(|| false);
    let read = use_callback(move |()| {
        spawn(async move {
            wrong.set(String::new());
            paid.set(false);
            let text = text.cloned();
            let regard = of(shared, &text).await;
            match shared.send(Request::Read { text, regard }).await {
                Answer::Asking(asked) => asking.set(Some(asked)),
                Answer::Refused(why) => {
                    asking.set(None);
                    wrong.set(why);
                }
                _ => {}
            }
        });
    });
    use_effect(move || {
        let asked = shared.asked.read();
        if !asked.request.is_empty() {
            text.set(asked.request.clone());
        }
        if !text.peek().is_empty() && shared.view.read().batch.is_some() && asking.peek().is_none() && !*paid.peek() {
            read.call(());
        }
    });
    let away = move || {
        let mut asked = shared.asked;
        asked.set(Handed::default());
        text.set(String::new());
        asking.set(None);
    };
    let done = move |()| {
        let mut away = away;
        away();
        paid.set(true);
    };
    let newest = shared.view.read().history.first().cloned();
    rsx! {
        div { class: "head", Heading { title: "Pay", "Pay" } }
        match asking.cloned() {
            Some(asked) => rsx! {
                Confirm { asked, onpaid: done,
                    onno: move |()| {
                        let mut away = away;
                        away();
                    },
                    onnamed: move |()| read.call(()),
                }
            },
            None => rsx! {
                if paid() && let Some(row) = newest {
                    section { class: "block", role: "status", h2 { "Signed and kept" } Rows { rows: vec![row] } }
                }
                div { class: "stack",
                    if looking() {
                        Camera {
                            onclose: move |()| looking.set(false),
                            onfound: move |code| {
                                looking.set(false);
                                text.set(code);
                                read.call(());
                            },
                        }
                    } else {
                        button { class: "button main wide", r#type: "button", onclick: move |_| looking.set(true), Icon { glyph: Glyph::Scan } "Scan a code" }
                    }
                    form { class: "stack", onsubmit: move |e: FormEvent| { e.prevent_default(); read.call(()) },
                        div { class: "field",
                            label { r#for: "link", "Or the link of a request" }
                            textarea { id: "link", rows: "3", autocapitalize: "off", autocomplete: "off", spellcheck: "false", placeholder: "ecosphere:did:key:\u{2026}", value: "{text}", oninput: move |e| text.set(e.value()) }
                        }
                        Wrong { why: wrong.cloned() }
                        div { class: "row-buttons",
                            button { class: "button strong", r#type: "submit", "Look at it" }
                            button {
                                class: "button",
                                r#type: "button",
                                onclick: move |_| async move {
                                    match browser::clipboard().await {
                                        Some(copied) => {
                                            text.set(copied);
                                            read.call(());
                                        }
                                        None => wrong.set("the browser did not hand over what was copied; hold the field and choose Paste".to_owned()),
                                    }
                                },
                                Icon { glyph: Glyph::Link, class: "small" }
                                "Paste"
                            }
                        }
                    }
                }
                Rules {}
            },
        }
    }
}

/// What the device thinks of who asks: as it came with the request, or else as the app's engine says now. Kept for when it is signed.
async fn of(shared: Wallet, text: &str) -> Option<Regard> {
    if let Some(handed) = of_this(&shared.asked.peek(), text) {
        return handed;
    }
    let who = text.trim().strip_prefix("ecosphere:")?.split('?').next()?.to_owned();
    let found = regard(&who).await;
    let mut asked = shared.asked;
    asked.set(Handed { request: text.to_owned(), regard: found.clone() });
    found
}

/// What came with this request; none if it is another one.
fn of_this(handed: &Handed, text: &str) -> Option<Option<Regard>> {
    (handed.request.trim() == text.trim()).then(|| handed.regard.clone())
}

/// What is paid to whom, before it is signed.
#[component]
pub fn Confirm(
    /// What is asked.
    asked: Asking,
    /// It is signed and kept.
    onpaid: EventHandler,
    /// It is not paid.
    onno: EventHandler,
    /// Who asks has a name now.
    onnamed: EventHandler,
) -> Element {
    let shared = wallet();
    let mut amount = use_signal(String::new);
    let mut wrong = use_signal(String::new);
    let text = asked.text.clone();
    let known = of_this(&shared.asked.read(), &text).flatten().is_some();
    let refused = !asked.refusals.is_empty();
    let pay = move |_| {
        let text = text.clone();
        spawn(async move {
            let regard = of(shared, &text).await;
            match shared.send(Request::Pay { text, amount: amount.cloned(), regard }).await {
                Answer::Refused(why) => wrong.set(why),
                _ => onpaid.call(()),
            }
        });
    };
    let busy = *shared.busy.read();
    rsx! {
        section { class: "slip", "aria-label": "Request for payment",
            match asked.amount.clone() {
                Some(amount) => rsx! { p { class: "much", b { class: "num", "{amount} {asked.token.symbol}" } } },
                None => rsx! {
                    div { class: "field",
                        label { r#for: "amount", "How much, in {asked.token.symbol}" }
                        input { id: "amount", inputmode: "decimal", autocomplete: "off", oninput: move |e| amount.set(e.value()) }
                    }
                },
            }
            Issuer { token: asked.token.clone() }
            dl { class: "facts",
                div { dt { "To" }
                    dd {
                        if let Some(name) = asked.to_name.clone() { b { {name} } " " }
                        span { class: "code", {asked.to.clone()} }
                    }
                }
                if let Some(label) = asked.label.clone() {
                    div { dt { "Who asks, as they say" } dd { {label} } }
                }
                if let Some(message) = asked.message.clone() {
                    div { dt { "What for, as they say" } dd { {message} } }
                }
                div { dt { "Fee" } dd { "None" } }
            }
            if asked.to_name.is_none() {
                p { class: "fine", "You have not named this key. Anybody can call themselves anything in a code: ask them for the last letters of their key, \u{2026}{last(&asked.to)}." }
            }
            Naming { id: "asked", who: asked.to.clone(), name: asked.to_name.clone(), onnamed: move |()| onnamed.call(()) }
            Thoughts { warnings: asked.warnings.clone(), refusals: asked.refusals.clone() }
            if !known {
                p { class: "fine", "Not held against your values: no organisation of this key is known here." }
            }
            Wrong { why: wrong.cloned() }
            button { class: "button main wide", r#type: "button", disabled: busy || refused, onclick: pay, Icon { glyph: Glyph::Signed } if busy { "Signing\u{2026}" } else { "Pay" } }
            button { class: "button wide", r#type: "button", onclick: move |_| onno.call(()), "Do not pay" }
        }
    }
}

/// What to think of before signing, and why nothing is signed.
#[component]
pub fn Thoughts(warnings: Vec<String>, refusals: Vec<String>) -> Element {
    rsx! {
        for (n , warning) in warnings.iter().enumerate() {
            p { key: "{n}", class: "note tone-mixed", Icon { glyph: Glyph::Alert } span { "{warning}." } }
        }
        for (n , why) in refusals.iter().enumerate() {
            p { key: "{n}", class: "note tone-crossed", Icon { glyph: Glyph::Stop } span { b { "Not signed, by your own rule. " } "{why}." } }
        }
    }
}

/// The wallet's own rule.
#[component]
fn Rules() -> Element {
    let shared = wallet();
    let rule = shared.view.read().rule;
    let mut wrong = use_signal(String::new);
    let set = use_callback(move |rule: Rule| {
        spawn(async move {
            wrong.set(String::new());
            if let Answer::Refused(why) = shared.send(Request::Rule(rule)).await {
                wrong.set(why);
            }
        });
    });
    rsx! {
        details { class: "block",
            summary { "Before you pay an organisation or take its token" }
            div { class: "stack",
                p { class: "fine", "It is held against what this device knows of it and the values you said in the app: who asks to be paid, and who issues a token that you swap for or ask for. People are never judged." }
                Firm { id: "rule-lines", label: "If it crosses a hard line of yours", firmness: rule.lines, onfirm: move |lines| set.call(Rule { lines, ..rule }) }
                Firm { id: "rule-label", label: "If its S/E label is worse than {rule.least:?}", firmness: rule.label, onfirm: move |label| set.call(Rule { label, ..rule }) }
                div { class: "field",
                    label { r#for: "rule-least", "The worst label that is good enough" }
                    select { id: "rule-least",
                        onchange: move |e| set.call(Rule { least: Grade::ALL.into_iter().find(|g| format!("{g:?}") == e.value()).unwrap_or(Grade::B), ..rule }),
                        for grade in Grade::ALL {
                            option { key: "{grade:?}", value: "{grade:?}", selected: grade == rule.least, "{grade:?}" }
                        }
                    }
                }
                Wrong { why: wrong.cloned() }
            }
        }
    }
}

/// How much a rule means.
#[component]
fn Firm(id: &'static str, label: String, firmness: Firmness, onfirm: EventHandler<Firmness>) -> Element {
    const ALL: [(Firmness, &str); 3] = [(Firmness::Off, "Say nothing"), (Firmness::Warn, "Tell me first"), (Firmness::Refuse, "Do not sign")];
    rsx! {
        div { class: "field",
            label { r#for: id, {label} }
            select { id,
                onchange: move |e| onfirm.call(ALL.into_iter().find(|(_, word)| *word == e.value()).map_or(Firmness::Warn, |(firm, _)| firm)),
                for (firm , word) in ALL {
                    option { key: "{word}", value: word, selected: firm == firmness, {word} }
                }
            }
        }
    }
}
