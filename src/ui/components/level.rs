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
    let (now, set) = (profile.read().importance(topic), profile.read().topics.contains_key(&topic));
    rsx! {
        fieldset { class: "level {now.id()}",
            legend { Icon { glyph: Glyph::of_topic(topic) }
                span { {info.name}
                    small { {now.name()}
                        if set {
                            ", set by you"
                        }
                    }
                }
            }
            div { class: "three",
                for answer in Importance::ALL {
                    Answer { key: "{answer:?}", topic, answer, nearest: answer == now, chosen: set && answer == now, profile, onanswer }
                }
            }
        }
    }
}

#[component]
fn Answer(topic: Topic, answer: Importance, nearest: bool, chosen: bool, profile: Signal<Profile>, onanswer: Option<EventHandler<()>>) -> Element {
    rsx! {
        // What was not set by hand is shown at the level that comes nearest, and can still be set to it.
        label { class: if chosen { "on {answer.id()}" } else if nearest { "near {answer.id()}" } else { "{answer.id()}" },
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
