//! What became of an order to record events: each step, and the offer that its receiver has to sign.

use super::issued::Became;
use crate::{
    organisation::wire::Recorded,
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// All of it.
#[component]
pub fn Took(
    /// What became of it.
    done: Recorded,
    /// Address of the offer, where there is one.
    offer: Option<String>,
) -> Element {
    let Recorded { steps, offered, stopped } = done;
    let taken = steps.iter().filter(|step| step.refused.is_none()).count() as u64;
    rsx! {
        if taken > 0 {
            p { class: "signed", Icon { glyph: Glyph::Check, class: "small" }
                if taken == 1 { "1 step is on the ledger." } else { "{words::count(taken)} steps are on the ledger." }
            }
        }
        if let Some(why) = stopped {
            div { class: "note tone-mixed", Icon { glyph: Glyph::Offline }
                div { p { b { "Not finished. " } "{why}. Sign again to go on: what is done is not done twice." } }
            }
        }
        ul { class: "readings",
            for step in steps {
                Became { key: "{step.subject}", fate: step }
            }
        }
        if let Some((number, href)) = offered.zip(offer) {
            div { class: "note tone-mixed", Icon { glyph: Glyph::TwoSigned }
                div {
                    p { "Step {number} hands the goods over. It counts once their receiver has signed it too: send them this file within a week." }
                    a { class: "button", href, download: "offer.json", Icon { glyph: Glyph::Save } "Save the offer" }
                }
            }
        }
    }
}
