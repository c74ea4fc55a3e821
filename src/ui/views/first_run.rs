//! The first run: what matters to you, in five short steps. Every step is kept at once, so that it can be left and resumed.

use crate::{
    engine::wire::EngineError,
    ui::{
        browser,
        components::{Actions, Glyph, HardLines, Heading, Icon, Levels, Trouble},
        route::Route,
        state::{self, set_profile},
        words,
    },
    values::{Importance, Profile},
};
use dioxus::prelude::*;

/// Where the place in the first run is kept.
pub const PLACE: &str = "ecosphere.first-run";
/// The groups of topics, then the hard lines.
const STEPS: usize = words::GROUPS.len() + 1;

/// One step of the first run.
#[component]
pub fn FirstRun(
    /// 0..5; anything beyond is the last one.
    step: usize,
) -> Element {
    let step = step.min(STEPS - 1);
    // A step is a screen of its own: by its key it is made anew, and its heading takes the focus.
    rsx! {
        for step in [step] {
            Step { key: "{step}", step }
        }
    }
}

#[component]
fn Step(step: usize) -> Element {
    let navigator = use_navigator();
    let profile = state::use_profile();
    let mut trouble = use_signal(|| None::<EngineError>);
    let last = step + 1 == STEPS;
    let leave = move |to: Option<usize>| async move {
        let kept: Profile = profile.peek().clone();
        match set_profile(kept).await {
            Ok(()) => {
                let place = to.map(|step| step.to_string());
                browser::keep(PLACE, place.as_deref());
                state::refresh().await;
                navigator.push(to.map_or(Route::Scan {}, |step| Route::FirstRun { step }));
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let group = words::GROUPS.get(step).copied();
    let (title, about) = match group {
        Some((what, ..)) => (
            format!("What matters to you about {what}?"),
            "Everything counts a little. Tap the star for what counts most, the dash for what does not.",
        ),
        None => ("Any lines you do not cross?".into(), "A product that crosses one never fits you. Draw as many as you like, or none."),
    };
    rsx! {
        ol { class: "steps", "aria-hidden": "true",
            for n in 0..STEPS {
                li { key: "{n}", class: if n < step { "done" } else if n == step { "now" } }
            }
        }
        div { class: "head",
            p { class: "fine", "Step {step + 1} of {STEPS}" }
            Heading { title: "What matters to you", {title} }
            p { class: "quiet", {about} }
        }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        if let Some((_, _, topics)) = group {
            p { class: "legend", "aria-hidden": "true",
                for level in Importance::ALL {
                    span { key: "{level:?}", Icon { glyph: words::importance(level), class: "small" } {level.name()} }
                }
            }
            Levels { topics, profile }
        } else {
            HardLines { profile }
        }
        Actions { alone: true,
            if last {
                button { class: "button main", r#type: "button", onclick: move |_| leave(None), Icon { glyph: Glyph::Scan } "Done, start scanning" }
            } else {
                button { class: "button", r#type: "button", onclick: move |_| leave(None), "Skip the rest" }
                button { class: "button main", r#type: "button", onclick: move |_| leave(Some(step + 1)), "Next" Icon { glyph: Glyph::Next, class: "small" } }
            }
        }
    }
}
