//! A trade-off question: two sides, each a whole button, one under the other in thumb reach.

use super::{Glyph, small};
use crate::{engine::wire::Side, ui::words, values::Topic};
use dioxus::prelude::*;

/// Which of the two would you take?
#[component]
pub fn TradeOff(
    /// The two sides, in their order.
    sides: Vec<Side>,
    /// One was taken, by its position.
    onpick: EventHandler<u8>,
) -> Element {
    rsx! {
        ul { class: "trade-off",
            for (place , side) in (0_u8..).zip(sides) {
                li { key: "{place}",
                    button { r#type: "button", onclick: move |_| onpick.call(place), Of { side } }
                }
            }
        }
    }
}

#[component]
fn Of(side: Side) -> Element {
    let known = words::sides(&side.alternative);
    // One topic alone is told with what it stands for; a product by its name, with what is known of it.
    let (title, about, facts): (String, String, Vec<(Topic, bool)>) = match (side.product, known.as_slice()) {
        (Some((name, brand)), _) => (name, brand, known),
        (None, [(topic, _)]) => (topic.info().name.into(), topic.info().about.into(), Vec::new()),
        (None, _) => ("Nothing known of it".into(), "Nobody has shown what it does, good or bad.".into(), known),
    };
    rsx! {
        b { {title} }
        if let Some(price) = side.alternative.price {
            span { class: "num", {words::price(price)} }
        }
        span { class: "quiet", {about} }
        if !facts.is_empty() {
            ul {
                for (topic , good) in facts {
                    li { key: "{topic:?}", class: if good { "tone-fits" } else { "tone-against" },
                        {small(if good { Glyph::Up } else { Glyph::Down })}
                        if good { "Good for " } else { "Bad for " }
                        {topic.info().name.to_lowercase()}
                    }
                }
            }
        }
    }
}
