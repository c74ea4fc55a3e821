//! What the person does with a product: takes it or does not want it, and why. It is kept on their device, teaches their values, and can be taken back.

use crate::{
    engine::wire::{Act, DeedRow, EngineError, Learn, OptionRow, Turn, Why},
    ui::{
        ask::use_ask,
        components::{Glyph, Trouble, icon},
        state::{self, SharedStoreExt, shared},
        words,
    },
    values::Topic,
};
use dioxus::prelude::*;

/// So many topics are offered as reasons.
const REASONS: usize = 4;

/// What stands on the screen together: this subject and the options beside it, unless it is one of those that were shown a moment ago.
#[must_use]
fn beside(number: u32, options: &[OptionRow]) -> Vec<u32> {
    let now = shared().beside();
    if !now.peek().contains(&number) {
        now.clone().set(std::iter::once(number).chain(options.iter().map(|o| o.number)).collect());
    }
    now.peek().clone()
}

/// Two buttons, and then why.
#[component]
pub fn Decide(
    /// The product.
    number: u32,
    /// The options shown beside it.
    options: Vec<OptionRow>,
    /// Topics that its verdict speaks of, the strongest first.
    topics: Vec<Topic>,
) -> Element {
    let shown = use_hook(|| beside(number, &options));
    let mut deed = use_signal(|| None::<DeedRow>);
    let mut trouble = use_signal(|| None::<EngineError>);
    let tell = move |what: Learn| async move {
        let of = if let Learn::Because { deed, .. } = what { Some(deed) } else { None };
        let taken_back = matches!(what, Learn::TakeBack(_));
        match state::learn(what).await {
            Ok(now) => {
                let told = now.deeds.into_iter().find(|d| of.is_none_or(|id| d.id == id));
                deed.set(told.filter(|_| !taken_back));
                trouble.set(None);
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let mut reasons: Vec<Topic> = Vec::new();
    topics.into_iter().for_each(|t| {
        if !reasons.contains(&t) {
            reasons.push(t)
        }
    });
    reasons.truncate(REASONS);
    let others = shown.len().saturating_sub(1);
    let did = move |act: Act| {
        let shown = shown.clone();
        spawn(tell(Learn::Did { act, subject: number, shown }));
    };
    let took = did.clone();
    rsx! {
        section { class: "block decide", "aria-label": "Your choice",
            h2 { "Your choice" span { class: "fine", "stays on this phone" } }
            if let Some(error) = trouble() {
                Trouble { error }
            }
            if let Some(deed) = deed() {
                div { class: "note tone-fits", role: "status", {icon(Glyph::Check)} div { p { {kept(&deed, others)} } } }
                if deed.why.is_none() {
                    fieldset {
                        legend { "Why? One tap, if you like." }
                        div { class: "chips",
                            for topic in reasons {
                                button { key: "{topic:?}", class: "chip", r#type: "button", onclick: move |_| tell(Learn::Because { deed: deed.id, why: Why::Topic(topic) }), {topic.info().name} }
                            }
                            if deed.price.is_some() {
                                button { class: "chip", r#type: "button", onclick: move |_| tell(Learn::Because { deed: deed.id, why: Why::Price }), "Its price" }
                            }
                            button { class: "chip", r#type: "button", onclick: move |_| tell(Learn::Because { deed: deed.id, why: Why::Other }), "Taste, or something else" }
                        }
                    }
                }
                button { class: "button plain wide", r#type: "button", onclick: move |_| tell(Learn::TakeBack(deed.id)), "Take it back" }
            } else {
                div { class: "row-buttons",
                    button { class: "button", r#type: "button", onclick: move |_| took(Act::Took), {icon(Glyph::Check)} "I take it" }
                    button { class: "button", r#type: "button", onclick: move |_| did(Act::Left), {icon(Glyph::Close)} "Not for me" }
                }
            }
        }
    }
}

/// What was kept, and what follows from it.
fn kept(deed: &DeedRow, others: usize) -> String {
    let what = match (deed.act, others) {
        (Act::Took, 0) => "Kept: you take it.".to_owned(),
        (Act::Took, 1) => "Kept: you take it rather than the other one that was shown.".to_owned(),
        (Act::Took, n) => format!("Kept: you take it rather than the {n} others that were shown."),
        (Act::Left, _) => "Kept: you do not want it.".to_owned(),
    };
    let follows = match (deed.why, deed.choices.is_empty()) {
        (Some(Why::Other), _) => "It was not about your values, so nothing is learned from it.",
        (_, true) => "Nothing about your values follows from that alone.",
        _ => "Your values follow it.",
    };
    format!("{what} {follows}")
}

/// What would turn the verdict.
#[component]
pub fn Turns(
    /// The subject.
    number: u32,
) -> Element {
    let turns = use_ask::<Vec<Turn>>(move || crate::engine::wire::Request::Turns(number));
    rsx! {
        if let Some(Ok(turns)) = &turns.read() {
            details {
                summary { "What would change this?" }
                if turns.is_empty() {
                    p { class: "quiet", "No single fact that is still open would." }
                }
                ul { class: "turns",
                    for turn in turns {
                        li { key: "{turn.fact:?}",
                            {words::open_fact(turn.fact)}
                            ": "
                            b { {words::band(turn.band).word} }
                        }
                    }
                }
            }
        }
    }
}
