//! The first run: a short questionnaire, one item a screen and one tap each; a few trade-offs; the lines. Everything is kept at once, so that it can be left
//! and taken up where it was left, and any part can be skipped.

use super::questions::Asking;
use crate::{
    engine::wire::{EngineError, Item, Learn},
    ui::{
        browser,
        components::{Actions, ByHand, Glyph, HardLines, Heading, Trouble, Waiting, icon},
        route::Route,
        state::{self, set_profile},
    },
    values::{Answers, ENVIRONMENT, ITEMS, Likeness, Profile, Start, Topic},
};
use dioxus::prelude::*;

/// Where the place in the first run is kept.
pub const PLACE: &str = "ecosphere.first-run";
/// So many items ask for each value once.
const SHORT: usize = ITEMS.len() / 2;

/// A part of the first run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// So many items of the questionnaire, and the question on the environment.
    Items(usize),
    /// In place of items: a starting profile.
    Starts,
    /// In place of both: topics by hand.
    Hand,
    /// Trade-offs.
    Choices,
    /// The lines.
    Lines,
}

impl Part {
    fn id(self) -> &'static str {
        match self {
            Self::Items(SHORT) => "items",
            Self::Items(_) => "all-items",
            Self::Starts => "starts",
            Self::Hand => "hand",
            Self::Choices => "choices",
            Self::Lines => "lines",
        }
    }

    fn kept() -> Self {
        let id = browser::kept(PLACE).unwrap_or_default();
        [Self::Items(ITEMS.len()), Self::Starts, Self::Hand, Self::Choices, Self::Lines]
            .into_iter()
            .find(|p| p.id() == id)
            .unwrap_or(Self::Items(SHORT))
    }
}

/// The first run, where it was left.
#[component]
pub fn FirstRun() -> Element {
    let mut known = use_resource(|| state::learn(Learn::Show));
    rsx! {
        match &*known.read() {
            None => rsx! {
                Waiting { what: "Opening\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                div { class: "head", Heading { title: "What matters to you", "This could not be opened" } }
                Trouble { error: error.clone(), onretry: move |()| known.restart() }
            },
            Some(Ok(known)) => rsx! {
                Conversation { answers: known.profile.answers }
            },
        }
    }
}

#[component]
fn Conversation(answers: Answers) -> Element {
    let mut part = use_signal(Part::kept);
    let go = move |to: Part| {
        let mut part = part;
        browser::keep(PLACE, Some(to.id()));
        part.set(to);
    };
    use_hook(|| browser::keep(PLACE, Some(part.peek().id())));
    rsx! {
        match part() {
            Part::Items(of) => rsx! {
                for of in [of] {
                    Items { key: "{of}", of, answers, onend: move |answered| go(if answered { Part::Choices } else { Part::Starts }), onmore: move |()| part.set(Part::Items(ITEMS.len())) }
                }
            },
            Part::Starts => rsx! {
                Starts { onend: move |()| go(Part::Choices), onhand: move |()| go(Part::Hand) }
            },
            Part::Hand => rsx! {
                Hand { onend: move |()| go(Part::Lines) }
            },
            Part::Choices => rsx! {
                Asking { real: false, onend: move |()| go(Part::Lines) }
                button { class: "button plain wide", r#type: "button", onclick: move |_| go(Part::Lines), "Skip the rest" }
            },
            Part::Lines => rsx! {
                Lines {}
            },
        }
    }
}

/// The questionnaire, one item at a time.
#[component]
fn Items(of: usize, answers: Answers, onend: EventHandler<bool>, onmore: EventHandler<()>) -> Element {
    let mut given = use_signal(|| answers);
    // Whoever has answered everything looks through it from the first.
    let mut at = use_signal(|| answers.next_item(of).unwrap_or(if answers.environment().is_none() { of } else { 0 }));
    let mut trouble = use_signal(|| None::<EngineError>);
    let answer = move |likeness: u8| async move {
        let item = u8::try_from(at()).ok().filter(|_| at() < of).map_or(Item::Environment, Item::Inventory);
        match state::learn(Learn::Answer(vec![(item, Some(likeness))])).await {
            Ok(now) => {
                given.set(now.profile.answers);
                trouble.set(None);
                if at() < of {
                    at += 1;
                } else {
                    onend.call(true);
                }
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let item = at().min(of);
    let chosen = if item < of { given.read().get(item) } else { given.read().environment() };
    rsx! {
        div { class: "item",
            progress { "aria-hidden": "true", max: "{of + 1}", value: "{item}" }
            // An item is a screen of its own: by its key it is made anew, and its heading takes the focus.
            for item in [item] {
                div { class: "head", key: "{item}",
                    p { class: "fine", "Question {item + 1} of {of + 1}. How much are you like this?" }
                    Heading { title: "How much are you like this?", {ITEMS.get(item).copied().filter(|_| item < of).unwrap_or(ENVIRONMENT)} }
                }
            }
            if let Some(error) = trouble() {
                Trouble { error }
            }
            ul { class: "likeness",
                for (likeness , word) in answers_from_most() {
                    li { key: "{likeness}",
                        button { class: "button wide", r#type: "button", "aria-pressed": chosen.is_some_and(|c| c.get() == likeness), onclick: move |_| answer(likeness), {word} }
                    }
                }
            }
            div { class: "row-buttons",
                if item > 0 {
                    button { class: "button plain", r#type: "button", onclick: move |_| at -= 1, "Back" }
                } else if of == SHORT {
                    button { class: "button plain", r#type: "button", onclick: move |_| onmore.call(()), "Ask me all twenty" }
                }
                button { class: "button plain", r#type: "button", onclick: move |_| onend.call(false), "Skip these" }
            }
        }
    }
}

/// In place of the questionnaire: where to begin.
#[component]
fn Starts(onend: EventHandler<()>, onhand: EventHandler<()>) -> Element {
    let mut trouble = use_signal(|| None::<EngineError>);
    let begin = move |start: Start| async move {
        match state::learn(Learn::Begin(Some(start))).await {
            Ok(_) => onend.call(()),
            Err(error) => trouble.set(Some(error)),
        }
    };
    rsx! {
        div { class: "head",
            Heading { title: "Where to begin", "Where shall it begin?" }
            p { class: "quiet", "Four groups of people as we expect them, not measured. What you choose then makes it yours." }
        }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        div { class: "trade-off",
            for start in Start::ALL {
                button { key: "{start:?}", r#type: "button", onclick: move |_| begin(start), b { {start.name()} } span { class: "quiet", {start.about()} } }
            }
        }
        div { class: "cards block",
            button { class: "button wide", r#type: "button", onclick: move |_| onhand.call(()), "Set each topic by hand" }
            button { class: "button plain wide", r#type: "button", onclick: move |_| onend.call(()), "None of these" }
        }
    }
}

/// Topics by hand.
#[component]
fn Hand(onend: EventHandler<()>) -> Element {
    let profile = state::use_profile();
    let mut trouble = use_signal(|| None::<EngineError>);
    let keep = move || async move {
        let now: Profile = profile.peek().clone();
        trouble.set(set_profile(now).await.err());
    };
    rsx! {
        div { class: "head", Heading { title: "By hand", "How much does each matter?" } }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        ByHand { profile, onanswer: move |()| { spawn(keep()); } }
        Actions { alone: true,
            button { class: "button main", r#type: "button", onclick: move |_| onend.call(()), "On to the lines" }
        }
    }
}

/// The six answers with their numbers, the strongest first.
fn answers_from_most() -> impl Iterator<Item = (u8, &'static str)> {
    let mut answers = Likeness::WORDS.map(|word| (0, word));
    answers.iter_mut().zip(1..).for_each(|(answer, number)| answer.0 = number);
    answers.into_iter().rev()
}

/// The lines, and what was learned.
#[component]
fn Lines() -> Element {
    let navigator = use_navigator();
    let profile = state::use_profile();
    let mut trouble = use_signal(|| None::<EngineError>);
    let leave = move |_| async move {
        // Taken out first: what is still being read while it is kept could not be changed by it.
        let kept: Profile = profile.peek().clone();
        match set_profile(kept).await {
            Ok(()) => {
                browser::keep(PLACE, None);
                state::refresh().await;
                navigator.push(Route::Scan {});
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let weights = profile.read().weights();
    let mut most = Topic::ALL;
    most.sort_by_key(|t| -weights[t.index()]);
    let most = most.iter().take(3).map(|t| t.info().name.to_lowercase()).collect::<Vec<_>>().join(", ");
    rsx! {
        div { class: "head",
            if !profile.read().learned.is_empty() {
                p { class: "note", "What seems to count most for you: {most}. See all of it, and change it, under Values." }
            }
            Heading { title: "Your lines", "Any lines you do not cross?" }
            p { class: "quiet", "A product that crosses one never fits you. Draw as many as you like, or none." }
        }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        HardLines { profile }
        Actions { alone: true,
            button { class: "button main", r#type: "button", onclick: leave, {icon(Glyph::Scan)} "Done, start scanning" }
        }
    }
}
