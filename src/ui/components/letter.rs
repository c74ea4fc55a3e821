//! The S/E label at one glance: its letter with its words, its number with the interval, how much is known, and who computed it from what.

use super::{Glyph, icon, small};
use crate::{
    label::{Grade, Label},
    ui::words::{self, Sign},
};
use dioxus::prelude::*;

/// A label's letter and number. A label is only ever shown as this device computed it itself.
#[component]
pub fn Letter(
    /// The label.
    label: Label,
) -> Element {
    let Sign { word, glyph, tone } = words::grade(label.grade);
    let name = label.grade.map_or_else(|| "No letter".to_owned(), |g| format!("Letter {} of A to E", words::letter(g)));
    let (ratio, currency) = (label.ratio, label.currency);
    let coin = words::worth(crate::measure::Decimal::ONE, currency);
    let steps = label.stages.len();
    rsx! {
        div { class: "letter {tone}",
            div { class: "scale", role: "img", "aria-label": name,
                for grade in Grade::ALL {
                    span { key: "{grade:?}", class: if label.grade == Some(grade) { "on" }, {words::letter(grade)} }
                }
            }
            p { class: "word", {icon(glyph)} {word} }
            p { class: "num",
                "For {coin} of its price: "
                b { {words::good_or_harm(ratio.central, currency)} }
                ". It may be {words::range(ratio, currency)}."
            }
            p { class: "fine num", "{label.coverage.get()} % of its steps have something measured that can be valued." }
            p { class: "fine made",
                {small(Glyph::Check)}
                span {
                    if steps == 1 { "Recomputed on this phone from 1 signed step, " } else { "Recomputed on this phone from {steps} signed steps, " }
                    "method {label.version}, factor table {label.table.version}."
                }
            }
        }
    }
}
