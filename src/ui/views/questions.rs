//! Trade-off questions: which of two would you take? In the first run until there is enough to begin with; later for as long as a person likes,
//! between real products.

use super::learned::Slips;
use crate::{
    engine::wire::{EngineError, Learn, Learning, Progress},
    ui::{
        components::{Heading, TradeOff, Trouble, Waiting},
        route::Route,
        state,
    },
    values::Alternative,
};
use dioxus::prelude::*;

/// More questions, from the values.
#[component]
pub fn Questions() -> Element {
    rsx! {
        Asking { real: true }
        Link { class: "button plain wide", to: Route::Values {}, "Enough for now" }
    }
}

/// One question after the other.
#[component]
pub fn Asking(
    /// Between real products where there are any, and without end.
    real: bool,
    /// There is enough to begin with, or nothing left to ask.
    onend: Option<EventHandler<()>>,
) -> Element {
    let mut passed = use_signal(Vec::<Vec<Alternative>>::new);
    let mut trouble = use_signal(|| None::<EngineError>);
    let mut asked = use_resource(move || async move {
        let asked = state::learn(Learn::Ask { passed: passed(), real }).await;
        if let (Ok(now), Some(end)) = (&asked, onend)
            && (now.question.is_none() || now.progress != Progress::Asking)
        {
            end.call(());
        }
        asked
    });
    let pick = move |(now, picked): (Learning, u8)| async move {
        let after = now.profile.choices.last().map_or(0, |c| c.number);
        match state::learn(Learn::Choose { shown: shown(&now), picked, after }).await {
            Ok(_) => {
                trouble.set(None);
                asked.restart();
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let now = asked.read().clone();
    rsx! {
        match now {
            None => rsx! {
                Waiting { what: "Looking for a question\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                div { class: "head", Heading { title: "No question", "There is no question now" } }
                Trouble { error, onretry: move |()| asked.restart() }
            },
            Some(Ok(now)) => rsx! {
                // Every question is a screen of its own: by its key it is made anew, and its heading takes the focus.
                for made in [now.profile.choices.len() + passed.read().len()] {
                    div { class: "head", key: "{made}",
                        if real {
                            p { class: "fine",
                                if now.profile.choices.len() == 1 { "1 choice learned from" } else { "{now.profile.choices.len()} choices learned from" }
                            }
                        } else {
                            p { class: "fine", "Three to six of these" }
                        }
                        Heading { title: "Which would you take?", "Which would you take, all else alike?" }
                    }
                }
                if let Some(error) = trouble() {
                    Trouble { error }
                }
                Slips { learning: now.clone(), newest: true, onchange: move |()| asked.restart() }
                if let Some(sides) = now.question.clone() {
                    TradeOff { sides, onpick: { let now = now.clone(); move |picked| { spawn(pick((now.clone(), picked))); } } }
                    button { class: "button plain wide", r#type: "button", onclick: move |_| { let asked = shown(&now); passed.write().push(asked); }, "Neither: ask another" }
                } else {
                    p { class: "quiet", "There is nothing left to ask." }
                }
            },
        }
    }
}

/// What a question shows.
fn shown(now: &Learning) -> Vec<Alternative> {
    now.question.iter().flatten().map(|side| side.alternative).collect()
}
