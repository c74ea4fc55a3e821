//! How much a topic matters: three answers, one tap.

use super::{Glyph, Icon};
use crate::{
    ui::words,
    values::{Importance, Profile, Topic},
};
use dioxus::prelude::*;

/// Topics with their answers.
#[component]
pub fn Levels(
    /// Which topics.
    topics: &'static [Topic],
    /// The answers so far.
    profile: Signal<Profile>,
    /// An answer was given; `profile` holds it already.
    onanswer: Option<EventHandler<()>>,
) -> Element {
    rsx! {
        div { class: "levels",
            for topic in topics.iter().copied() {
                Level { key: "{topic:?}", topic, profile, onanswer }
            }
        }
    }
}

#[component]
fn Level(topic: Topic, profile: Signal<Profile>, onanswer: Option<EventHandler<()>>) -> Element {
    let info = topic.info();
    let now = profile.read().importance(topic);
    rsx! {
        fieldset { class: "level {now.id()}",
            legend { Icon { glyph: Glyph::of_topic(topic) } span { {info.name} small { {now.name()} } } }
            div { class: "three",
                for answer in Importance::ALL {
                    Answer { key: "{answer:?}", topic, answer, chosen: answer == now, profile, onanswer }
                }
            }
        }
    }
}

#[component]
fn Answer(topic: Topic, answer: Importance, chosen: bool, profile: Signal<Profile>, onanswer: Option<EventHandler<()>>) -> Element {
    rsx! {
        label { class: if chosen { "on {answer.id()}" } else { "{answer.id()}" },
            input {
                r#type: "radio",
                name: "{topic.info().id}",
                value: answer.id(),
                checked: chosen,
                "aria-label": answer.name(),
                onchange: move |_| {
                    let mut profile = profile;
                    profile.write().topics.insert(topic, answer);
                    if let Some(told) = onanswer {
                        told.call(());
                    }
                },
            }
            Icon { glyph: words::importance(answer) }
        }
    }
}
