//! The way of a product, step by step, each signed by whoever did it.

use super::{Glyph, small};
use crate::engine::wire::StageRow;
use dioxus::prelude::*;

/// The signed steps of a product's way.
#[component]
pub fn Way(
    /// In order.
    stages: Vec<StageRow>,
) -> Element {
    rsx! {
        ol { class: "way",
            for stage in stages {
                li { key: "{stage.step}",
                    span { class: "n", "aria-hidden": "true", "{stage.step}" }
                    div {
                        b { {stage.title} }
                        span { {stage.actor} if !stage.place.is_empty() { ", {stage.place}" } }
                        span { class: "fine", " \u{b7} {stage.date}" }
                        div {
                            if let Some(other) = stage.confirmed_by {
                                span { class: "signed", {small(Glyph::TwoSigned)} "Also signed by {other}" }
                            } else {
                                span { class: "signed", {small(Glyph::Check)} "Signed" }
                            }
                        }
                    }
                }
            }
        }
    }
}
