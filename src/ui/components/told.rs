//! What the bot says to a question: what it understood, the answer in sentences, what belongs to it, and what else can be asked.

use super::{OptionCard, frame::verdict_of};
use crate::{
    engine::wire::Told as Answer,
    ui::route::{Of, Route},
};
use dioxus::prelude::*;

/// An answer. Its sentences are read out as they come.
#[component]
pub fn Told(
    /// What the bot says.
    told: Answer,
    /// One of the examples was chosen.
    onexample: EventHandler<String>,
) -> Element {
    rsx! {
        section { class: "told", role: "status", "aria-label": "Answer",
            if !told.understood.is_empty() {
                p { class: "fine", "You ask: {told.understood}" }
            }
            for (n , sentence) in told.said.iter().enumerate() {
                p { key: "{n}", {sentence.clone()} }
            }
            if let Some(number) = told.about {
                p { Link { to: verdict_of(number), "See the whole verdict" } }
                p { Link { to: Route::Options { of: Of::Number(number) }, "Weigh the options" } }
            }
            if !told.rows.is_empty() {
                p { class: "hidden", "{told.rows.len()} results" }
            }
        }
        if !told.rows.is_empty() {
            ol { class: "cards",
                for row in told.rows.iter().cloned() {
                    OptionCard { key: "{row.number}", row }
                }
            }
        }
        if !told.examples.is_empty() {
            ul { class: "examples", "aria-label": "What you can ask",
                for example in told.examples {
                    li { key: "{example}",
                        button {
                            class: "button plain",
                            r#type: "button",
                            onclick: {
                                let example = example.clone();
                                move |_| onexample.call(example.clone())
                            },
                            {example.clone()}
                        }
                    }
                }
            }
        }
    }
}
