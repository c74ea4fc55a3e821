//! What the label and the journey have in common: they tell one story, and lead back to its verdict.

use super::verdict::look_up;
use crate::{
    engine::wire::{EngineError, Proof, Request, Story},
    ui::{
        ask::ask_for,
        components::{Glyph, Heading, Trouble, Waiting, icon, small},
        route::{Of, Route},
    },
};
use dioxus::prelude::*;

/// What is behind a code or a known subject. A code that is not to be believed has no story.
async fn told(of: Of) -> Result<Box<Story>, EngineError> {
    let number = match of {
        Of::Number(number) => number,
        code => {
            let found = look_up(code).await?.into_iter().next().filter(|result| result.verdict.is_some());
            let unknown = || EngineError::BadInput("nothing can be told of this code; look at its verdict".into());
            found.and_then(|result| result.subject).ok_or_else(unknown)?.number
        }
    };
    ask_for(Request::Story(number)).await
}

/// Asks for the story and shows it.
#[component]
pub fn Telling(
    /// Of what.
    of: Of,
    /// How it is shown.
    show: Callback<Story, Element>,
) -> Element {
    // As with the verdict: another subject is another screen.
    rsx! {
        for of in [of] {
            Told { key: "{of}", of, show }
        }
    }
}

#[component]
fn Told(of: Of, show: Callback<Story, Element>) -> Element {
    let back = of.clone();
    let mut story = use_resource(move || told(of.clone()));
    rsx! {
        match &*story.read() {
            None => rsx! {
                Waiting { what: "Checking every step\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                div { class: "head", Heading { title: "Nothing to show", "This could not be told" } }
                Trouble { error: error.clone(), onretry: move |()| story.restart() }
            },
            Some(Ok(story)) => show((**story).clone()),
        }
        div { class: "block",
            Link { class: "button wide", to: Route::Verdict { of: back }, {small(Glyph::Leaf)} "Back to the verdict" }
        }
    }
}

/// The head of the screen: its own title, whose story it is, and one thing more to say of it.
#[component]
pub fn Whose(
    /// The document's title.
    title: String,
    /// What the screen is called.
    heading: String,
    /// Whose.
    name: String,
    /// Whether it is made up for the sample.
    fictional: bool,
    /// What else is said; empty for nothing.
    more: String,
) -> Element {
    rsx! {
        div { class: "head",
            Heading { title, {heading} }
            p { class: "quiet",
                b { {name} }
                if fictional {
                    " \u{b7} made up for the sample"
                }
                if !more.is_empty() {
                    " \u{b7} {more}"
                }
            }
        }
    }
}

/// How far this device has checked what is shown.
#[component]
pub fn Checked(
    /// What it has verified.
    proof: Proof,
) -> Element {
    let (tone, glyph, text) = match proof {
        Proof::Checked => (
            "tone-fits",
            Glyph::ShieldCheck,
            "Recomputed here: this phone has checked every signature, every document and its place in the ledger itself.",
        ),
        Proof::AsPublished => (
            "tone-unknown",
            Glyph::ShieldAsk,
            "As published: this phone holds no copy of the signed statements to check, only what the ledger published.",
        ),
        Proof::Failed => {
            ("tone-crossed", Glyph::ShieldCross, "The signed statements do not agree with what the ledger published. Do not rely on any of it.")
        }
    };
    rsx! {
        div { class: "note {tone}", {icon(glyph)} div { p { {text} } } }
    }
}
