//! The profile of an organisation that a person belongs to: set or brought, beside their own, and which of the two speaks.

use crate::{
    engine::wire::{AskOurs, EngineError, Request},
    ui::{
        ask::{ask, ask_for, use_ask},
        browser,
        components::{ByHand, Glyph, HardLines, Heading, Picks, Trouble, Waiting, icon, small},
        state,
    },
    values::{Apart, HardLine, Ours as Theirs, Profile},
};
use dioxus::prelude::*;
use std::collections::BTreeSet;

/// So many topics are named as the ones that differ most, each way.
const NAMED: usize = 3;

/// The organisation's profile.
#[component]
pub fn Ours() -> Element {
    let mut known = use_ask::<Option<Theirs>>(|| Request::Ours(AskOurs::Show));
    let mut trouble = use_signal(|| None::<EngineError>);
    let mut file = use_signal(|| None::<String>);
    let tell = move |what: AskOurs| async move {
        match ask(Request::Ours(what)).await {
            Ok(now) => {
                known.set(now);
                file.set(None);
                trouble.set(None);
                // Verdicts may now be by other values.
                state::reload().await;
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let export = move |_| async move {
        match ask_for::<String>(Request::Ours(AskOurs::Export)).await {
            Ok(text) => file.set(Some(browser::text_file(&text))),
            Err(error) => trouble.set(Some(error)),
        }
    };
    let now = known.read().clone();
    let name = now.as_ref().and_then(|n| n.as_ref().ok()?.as_ref()).map(|o| o.name.clone()).unwrap_or_default();
    rsx! {
        div { class: "head",
            Heading { title: "My organisation", "My organisation\u{2019}s values" }
            p { class: "quiet", "A club, a company or a family you belong to, beside your own values. Only on this phone." }
        }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        match now {
            None => rsx! {
                Waiting { what: "Opening\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error, onretry: move |()| known.restart() }
            },
            Some(Ok(held)) => rsx! {
                if let Some(ours) = held.clone() {
                    Beside { ours: ours.clone(), onspeaks: move |speaks| { spawn(tell(AskOurs::Speaks(speaks))); } }
                    Change { ours, onchange: move |ours: Theirs| { spawn(tell(AskOurs::Set { name: ours.name, profile: ours.profile })); } }
                }
                div { class: "cards block",
                    if held.is_none() {
                        button { class: "button main wide", r#type: "button", onclick: move |_| tell(AskOurs::Set { name: String::new(), profile: Profile::default() }), "Set its values" }
                    } else if let Some(address) = file() {
                        a { class: "button strong wide", href: address, download: "organisation.json", {icon(Glyph::Save)} "Save organisation.json" }
                    } else {
                        button { class: "button wide", r#type: "button", onclick: export, {icon(Glyph::Save)} "Take it along as a file" }
                    }
                    label { class: "button wide file",
                        input {
                            r#type: "file",
                            accept: "application/json,.json",
                            "aria-label": "Bring its values from a file",
                            onchange: move |event: FormEvent| {
                                let name = name.clone();
                                async move {
                                    let Some(chosen) = event.files().into_iter().next() else { return };
                                    match chosen.read_string().await {
                                        Ok(text) => tell(AskOurs::Import { name, text }).await,
                                        Err(_) => trouble.set(Some(EngineError::BadInput("this file could not be read; choose one that was saved here".into()))),
                                    }
                                }
                            },
                        }
                        {icon(Glyph::Load)}
                        "Bring its values from a file"
                    }
                    if held.is_some() {
                        button { class: "button plain", r#type: "button", onclick: move |_| tell(AskOurs::Drop), {small(Glyph::Bin)} "Erase this profile" }
                    }
                }
            },
        }
    }
}

/// The two side by side.
#[component]
fn Beside(ours: Theirs, onspeaks: EventHandler<bool>) -> Element {
    let mine = state::use_profile().read().clone();
    let apart = Apart::between(&mine, &ours.profile);
    let more = |theirs: bool| {
        let named = apart.iter().filter(|a| a.differs() && (a.theirs > a.mine) == theirs).take(NAMED);
        named.map(|a| a.topic.info().name.to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    let only = |a: &BTreeSet<HardLine>, b: &BTreeSet<HardLine>| a.difference(b).map(|l| l.name().to_lowercase()).collect::<Vec<_>>().join(", ");
    let told = [
        (format!("Counts more for {}", ours.name), more(true)),
        ("Counts more for you".to_owned(), more(false)),
        (format!("Lines only {} draws", ours.name), only(&ours.profile.hard_lines, &mine.hard_lines)),
        ("Lines only you draw".to_owned(), only(&mine.hard_lines, &ours.profile.hard_lines)),
    ];
    let alike = told.iter().all(|(_, what)| what.is_empty());
    rsx! {
        section { class: "block learned",
            h2 { "By whose values verdicts are" }
            Picks {
                label: "By whose values verdicts are",
                name: "speaks",
                picks: vec![("mine", "Mine", Glyph::Heart), ("ours", "My organisation\u{2019}s", Glyph::Bank)],
                chosen: if ours.speaks { "ours" } else { "mine" },
                onpick: move |id| onspeaks.call(id == "ours"),
            }
            h2 { "{ours.name} and you" }
            if alike {
                p { "You hold the same dear." }
            }
            for (who , what) in told.into_iter().filter(|(_, what)| !what.is_empty()) {
                p { key: "{who}", b { "{who}: " } "{what}." }
            }
            table { class: "values weights",
                caption { class: "hidden", "What each topic is of all that counts, for you and for {ours.name}; where you differ most first" }
                thead {
                    tr {
                        th { scope: "col", "Of all that counts" }
                        th { scope: "col", class: "end", "You" }
                        th { scope: "col", class: "end", {ours.name.clone()} }
                    }
                }
                tbody {
                    for apart in apart.iter().copied() {
                        tr { key: "{apart.topic:?}",
                            th { scope: "row", {apart.topic.info().name} }
                            for share in [apart.mine, apart.theirs] {
                                td { class: "end num", "{(share + 5) / 10} %" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Its name, topics and lines, changed by hand.
#[component]
fn Change(ours: Theirs, onchange: EventHandler<Theirs>) -> Element {
    let mut name = use_signal(|| ours.name.clone());
    let mut profile = use_signal(|| ours.profile.clone());
    // What came from a file since.
    use_effect(use_reactive!(|ours| {
        name.set(ours.name);
        profile.set(ours.profile);
    }));
    let keep = move || onchange.call(Theirs { name: name.peek().clone(), profile: profile.peek().clone(), speaks: false });
    rsx! {
        details {
            summary { "Its name, topics and lines" }
            div { class: "field",
                label { r#for: "called", "What is it called?" }
                input { id: "called", maxlength: "{Theirs::NAME}", value: "{name}", oninput: move |e| name.set(e.value()), onchange: move |_| keep() }
            }
            ByHand { profile, onanswer: move |()| keep() }
            section { class: "block",
                h3 { "Lines it does not cross" }
                HardLines { profile, onanswer: move |()| keep() }
            }
        }
    }
}
