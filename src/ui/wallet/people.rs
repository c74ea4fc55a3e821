//! What people are called here. Only this device knows; a key is who it is, whatever it is called.

use super::{hold::short, setup::Wrong, shared::wallet};
use crate::{
    purse::wire::{Answer, Request},
    statement::DidKey,
};
use dioxus::prelude::*;

/// So many letters of a key are read out to tell it from another.
const TOLD: usize = 6;

/// The last letters of a key.
pub fn last(key: &str) -> &str {
    key.get(key.len().saturating_sub(TOLD)..).unwrap_or(key)
}

/// Names a key, or calls it something else.
#[component]
pub fn Naming(
    /// Where: no two on one page.
    id: String,
    /// The key.
    who: String,
    /// What it is called.
    name: Option<String>,
    /// It is called something else now.
    onnamed: EventHandler,
) -> Element {
    let shared = wallet();
    let mut wanted = use_signal(|| name.clone().unwrap_or_default());
    let mut wrong = use_signal(String::new);
    let id = format!("name-{id}");
    let key = DidKey::try_from(who).ok();
    let keep = move |e: FormEvent| {
        e.prevent_default();
        spawn(async move {
            let Some(who) = key else { return };
            match shared.send(Request::Name { who, name: wanted.cloned() }).await {
                Answer::Refused(why) => wrong.set(why),
                _ => onnamed.call(()),
            }
        });
    };
    rsx! {
        details {
            summary { if name.is_some() { "Call this key something else" } else { "Name this key" } }
            form { class: "stack", onsubmit: keep,
                div { class: "field",
                    label { r#for: "{id}", "What you call them" }
                    input { id: "{id}", maxlength: "60", autocomplete: "off", value: "{wanted}", oninput: move |e| wanted.set(e.value()) }
                    p { class: "fine", "Only this device knows. Left empty, the name is forgotten." }
                }
                Wrong { why: wrong.cloned() }
                button { class: "button", r#type: "submit", "Keep the name" }
            }
        }
    }
}

/// Everybody who has a name here.
#[component]
pub fn People() -> Element {
    let people = wallet().view.read().contacts.clone();
    if people.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "block", h2 { "People you named" }
            ul { class: "readings rows",
                for (who , name) in people {
                    li { key: "{who}{name}",
                        b { {name.clone()} }
                        p { class: "fine code", {short(&who)} }
                        Naming { id: who.clone(), who, name: Some(name), onnamed: |()| () }
                    }
                }
            }
        }
    }
}
