//! What matters to this person: changed at any time, taken along, put back, erased.

use crate::{
    engine::wire::{EngineError, Request},
    ui::{
        ask::{ask, ask_for},
        browser,
        components::{ByHand, Glyph, HardLines, Heading, Trouble, icon, small},
        route::Route,
        state::{self, set_profile},
    },
    values::Profile,
};
use dioxus::prelude::*;

/// The values.
#[component]
pub fn Values() -> Element {
    let profile = state::use_profile();
    let mut said = use_signal(|| None::<Result<&'static str, EngineError>>);
    let keep = move |()| async move {
        let now: Profile = profile.peek().clone();
        said.set(Some(set_profile(now).await.map(|()| "Kept. Every verdict follows.")));
    };
    rsx! {
        div { class: "head",
            Heading { title: "Values", "What matters to you" }
            p { class: "quiet", "Learned from your answers and choices, on this phone only. What you set by hand below outranks it." }
        }
        super::learned::Learned {}
        p { class: "hidden", role: "status",
            if let Some(Ok(word)) = &*said.read() {
                {*word}
            }
        }
        if let Some(Err(error)) = said() {
            Trouble { error, onretry: move |()| { spawn(keep(())); } }
        }
        section { class: "block",
            h2 { "Set by hand" }
            ByHand { profile, onanswer: move |()| { spawn(keep(())); } }
        }
        section { class: "block",
            h2 { "Lines you do not cross" }
            HardLines { profile, onanswer: move |()| { spawn(keep(())); } }
            p { class: "fine", style: "margin-top: .75rem", "For allergies and faith, always check the pack too: the app never calls a product safe because nothing is known." }
        }
        section { class: "block cards",
            Link { class: "button wide", to: Route::Months {}, {icon(Glyph::Leaf)} "What your purchases did" }
            Link { class: "button wide", to: Route::Ours {}, {icon(Glyph::Bank)} "My organisation\u{2019}s values" }
        }
        Yours {}
    }
}

/// Everything personal: taken along, put back, erased.
#[component]
fn Yours() -> Element {
    let mut file = use_signal(|| None::<String>);
    let mut said = use_signal(|| None::<Result<&'static str, EngineError>>);
    let mut sure = use_signal(|| false);
    let export = move |_| async move {
        match ask_for::<String>(Request::Export).await {
            Ok(text) => file.set(Some(browser::text_file(&text))),
            Err(error) => said.set(Some(Err(error))),
        }
    };
    let import = move |event: FormEvent| async move {
        let Some(chosen) = event.files().into_iter().next() else { return };
        let done = match chosen.read_string().await {
            Ok(text) => ask(Request::Import(text)).await.map(|_| "Put back. Your values and history are as in the file."),
            Err(_) => Err(EngineError::BadInput("this file could not be read; choose the one you saved here".into())),
        };
        state::reload().await;
        said.set(Some(done));
    };
    let erase = move |_| async move {
        match ask(Request::EraseMine).await {
            Ok(_) => {
                browser::keep(super::first_run::PLACE, None);
                state::reload().await;
                navigator().replace(Route::Home {});
            }
            Err(error) => said.set(Some(Err(error))),
        }
    };
    rsx! {
        section { class: "block",
            h2 { "Your data" }
            div { class: "cards",
                if let Some(address) = file() {
                    a { class: "button strong wide", href: address, download: "ecosphere.json", {icon(Glyph::Save)} "Save ecosphere.json" }
                } else {
                    button { class: "button wide", r#type: "button", onclick: export, {icon(Glyph::Save)} "Take everything along" }
                }
                label { class: "button wide file",
                    input { r#type: "file", accept: "application/json,.json", "aria-label": "Put back from a file", onchange: import }
                    {icon(Glyph::Load)}
                    "Put back from a file"
                }
                if sure() {
                    div { class: "erase", role: "alert",
                        p { "Erase your values, choices, history and prices on this phone? This cannot be undone." }
                        div { class: "row-buttons",
                            button { class: "button", r#type: "button", onclick: move |_| sure.set(false), "Keep them" }
                            button { class: "button danger", r#type: "button", onclick: erase, "Erase everything" }
                        }
                    }
                } else {
                    button { class: "button plain", r#type: "button", onclick: move |_| sure.set(true), {small(Glyph::Bin)} "Erase everything about me" }
                }
                div { role: "status",
                    match said() {
                        Some(Ok(word)) => rsx! {
                            p { class: "note tone-fits", {icon(Glyph::Check)} {word} }
                        },
                        Some(Err(error)) => rsx! {
                            Trouble { error }
                        },
                        None => rsx! {},
                    }
                }
            }
        }
    }
}
