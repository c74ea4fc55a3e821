//! Values by something, good to the right and harm to the left: a table whose rows are drawn too.

use super::{Glyph, small};
use crate::{
    label::Estimate,
    measure::{Currency, Decimal},
    ui::words,
};
use dioxus::prelude::*;

/// Half the width of a drawing, in its own units.
const HALF: i128 = 500;

/// A value with what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueRow {
    /// Of what.
    pub name: String,
    /// As an icon.
    pub glyph: Option<Glyph>,
    /// How much; a harm is negative.
    pub value: Estimate,
    /// What else is to be said of it, or nothing.
    pub more: String,
}

/// Where an amount stands on a scale of ± `most`, 0..=1000.
pub(super) fn place(amount: Decimal, most: Decimal) -> i128 {
    let most = most.nanos().max(1);
    HALF + (amount.nanos().clamp(-most, most).saturating_mul(HALF)) / most
}

/// Values, each with its interval.
#[component]
pub fn ValuesTable(
    /// What the table is of, for whoever does not see it.
    caption: String,
    /// What the first column holds.
    head: &'static str,
    /// The rows.
    rows: Vec<ValueRow>,
    /// The money of the values; without one they are in purchases, the low end harm alone and the high end good alone.
    currency: Option<Currency>,
) -> Element {
    let most = rows.iter().flat_map(|r| [r.value.low.abs(), r.value.high.abs()]).max().unwrap_or_default();
    rsx! {
        table { class: "values",
            caption { class: "hidden", {caption} }
            thead {
                tr {
                    th { scope: "col", {head} }
                    th { scope: "col", class: "end", "Good less harm" }
                }
            }
            for row in rows {
                tbody { key: "{row.name}",
                    tr {
                        th { scope: "row",
                            if let Some(glyph) = row.glyph {
                                {small(glyph)}
                            }
                            {row.name.clone()}
                            if !row.more.is_empty() {
                                span { class: "fine", {row.more.clone()} }
                            }
                        }
                        td { class: "end num",
                            b { {words::signed_value(row.value.central, currency)} }
                            span { class: "fine", {words::value_range(row.value, currency)} }
                        }
                    }
                    tr { "aria-hidden": "true",
                        td { colspan: "2", {drawn(row.value, most)} }
                    }
                }
            }
        }
    }
}

/// A value as a bar from the middle, and a thin line from its low to its high end.
fn drawn(value: Estimate, most: Decimal) -> Element {
    let [low, central, high] = [value.low, value.central, value.high].map(|end| place(end, most));
    let (from, to) = (central.min(HALF), central.max(HALF));
    let class = if central < HALF { "harm" } else { "good" };
    rsx! {
        svg { class: "bars", view_box: "0 0 1000 100", preserve_aspect_ratio: "none", "aria-hidden": "true",
            rect { class, x: "{from}", y: "20", width: "{to - from}", height: "60" }
            rect { class: "reach", x: "{low}", y: "44", width: "{(high - low).max(4)}", height: "12" }
            rect { class: "zero", x: "{HALF - 2}", y: "0", width: "4", height: "100" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_stands_left_the_best_right_and_nothing_in_the_middle() {
        let d = |text: &str| Decimal::parse(text).unwrap();
        assert_eq!(["-2", "-1", "0", "2", "9"].map(|a| place(d(a), d("2"))), [0, 250, 500, 1000, 1000]);
        assert_eq!(place(Decimal::ZERO, Decimal::ZERO), 500);
    }
}
