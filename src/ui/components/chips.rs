//! Chips: hard lines to draw, and one-of-a-few choices.

use super::{Glyph, icon, small};
use crate::values::{HardLine, Profile};
use dioxus::prelude::*;

/// The hard lines, each on or off.
#[component]
pub fn HardLines(
    /// Holds the lines drawn so far.
    profile: Signal<Profile>,
    /// A line was drawn or taken back; `profile` holds it already.
    onanswer: Option<EventHandler<()>>,
) -> Element {
    rsx! {
        fieldset {
            legend { class: "hidden", "Lines you do not cross" }
            div { class: "chips",
                for line in HardLine::ALL {
                    label { key: "{line:?}", class: if profile.read().hard_lines.contains(&line) { "chip on" } else { "chip" }, title: line.about(),
                        input {
                            r#type: "checkbox",
                            name: line.id(),
                            checked: profile.read().hard_lines.contains(&line),
                            onchange: move |_| {
                                let mut profile = profile;
                                let mut now = profile.write();
                                if !now.hard_lines.remove(&line) {
                                    now.hard_lines.insert(line);
                                }
                                drop(now);
                                if let Some(told) = onanswer {
                                    told.call(());
                                }
                            },
                        }
                        {small(Glyph::Stop)}
                        {line.name()}
                    }
                }
            }
        }
    }
}

/// One of a few.
#[component]
pub fn Picks(
    /// What is chosen, for the screen reader.
    label: &'static str,
    /// Name of the group of fields.
    name: &'static str,
    /// Value, word and icon of each.
    picks: Vec<(&'static str, &'static str, Glyph)>,
    /// The value chosen.
    chosen: String,
    /// Another was chosen.
    onpick: EventHandler<&'static str>,
) -> Element {
    rsx! {
        fieldset {
            legend { class: "hidden", {label} }
            div { class: "kinds",
                for (value , word , glyph) in picks {
                    label { key: "{value}", class: if chosen == value { "on" },
                        input { r#type: "radio", name, value, checked: chosen == value, onchange: move |_| onpick.call(value) }
                        {icon(glyph)}
                        span { {word} }
                    }
                }
            }
        }
    }
}
