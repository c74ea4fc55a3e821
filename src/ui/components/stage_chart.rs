//! What each step adds: price, good and harm stacked in one bar, in a table that says the same in numbers.

use crate::{
    engine::wire::StageStory,
    label::Label,
    measure::{Currency, Decimal},
    ui::words,
};
use dioxus::prelude::*;

/// The width of a drawing, in its own units.
const WIDTH: i128 = 1000;
/// The least width of what is not nothing: it can be seen.
const SEEN: i128 = 6;

/// The parts of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Parts {
    price: Decimal,
    good: Decimal,
    harm: Decimal,
}

impl Parts {
    fn of(stage: &StageStory) -> Self {
        let price = stage.value.and_then(|v| v.financial).unwrap_or_default();
        let worth = || stage.readings.iter().filter_map(|r| r.worth).map(|w| w.central);
        let sum = |sign: i128| worth().filter(|w| w.signum() == sign).try_fold(Decimal::ZERO, Decimal::plus).unwrap_or_default();
        Self { price, good: sum(1), harm: sum(-1) }
    }

    fn add(self, other: Self) -> Self {
        let plus = |a: Decimal, b: Decimal| a.plus(b).unwrap_or(a);
        Self { price: plus(self.price, other.price), good: plus(self.good, other.good), harm: plus(self.harm, other.harm) }
    }

    /// How far it reaches to the right and to the left.
    fn reach(self) -> (i128, i128) {
        let (up, down) = if self.price < Decimal::ZERO { (0, -self.price.nanos()) } else { (self.price.nanos(), 0) };
        (up.saturating_add(self.good.nanos()), down.saturating_sub(self.harm.nanos()))
    }
}

/// Value per step, and in all.
#[component]
pub fn StageChart(
    /// The steps.
    stages: Vec<StageStory>,
    /// Their label.
    label: Label,
) -> Element {
    let currency = label.currency;
    let rows: Vec<(String, Parts)> = stages.iter().map(|s| (format!("{}. {}", s.row.step, s.row.title), Parts::of(s))).collect();
    let (right, left) = rows.iter().map(|(_, p)| p.reach()).fold((1, 0), |(r, l), (right, left)| (r.max(right), l.max(left)));
    let whole = rows.iter().fold(Parts::default(), |sum, (_, parts)| sum.add(*parts));
    rsx! {
        ul { class: "key", "aria-hidden": "true",
            li { span { class: "price" } "Price" }
            li { span { class: "good" } "Good" }
            li { span { class: "harm" } "Harm" }
        }
        table { class: "values",
            caption { class: "hidden", "What each step adds to one of it: price, good and harm, in {currency.code()}" }
            thead {
                tr {
                    th { scope: "col", "Step" }
                    th { scope: "col", class: "end", "Price" }
                    th { scope: "col", class: "end", "Good" }
                    th { scope: "col", class: "end", "Harm" }
                }
            }
            for (name , parts) in rows {
                tbody { key: "{name}",
                    {numbers(name.clone(), parts, currency)}
                    tr { "aria-hidden": "true",
                        td { colspan: "4", {stack(parts, right, left)} }
                    }
                }
            }
            tfoot {
                {numbers("In all".into(), whole, currency)}
            }
        }
    }
}

fn numbers(name: String, parts: Parts, currency: Currency) -> Element {
    rsx! {
        tr {
            th { scope: "row", {name} }
            for (n , amount) in [parts.price, parts.good, parts.harm].into_iter().enumerate() {
                td { key: "{n}", class: "end num", {words::signed_worth(amount, currency)} }
            }
        }
    }
}

/// Harm to the left of the line, price and good behind each other to the right.
fn stack(parts: Parts, right: i128, left: i128) -> Element {
    let span = right.saturating_add(left).max(1);
    let wide = |nanos: i128| if nanos == 0 { 0 } else { (nanos.saturating_mul(WIDTH) / span).max(SEEN) };
    let zero = left.saturating_mul(WIDTH) / span;
    let price = wide(parts.price.nanos().max(0));
    let loss = wide((-parts.price.nanos()).max(0));
    let (good, harm) = (wide(parts.good.nanos()), wide(-parts.harm.nanos()));
    rsx! {
        svg { class: "bars", view_box: "0 0 1000 100", preserve_aspect_ratio: "none", "aria-hidden": "true",
            rect { class: "price", x: "{zero}", y: "10", width: "{price}", height: "80" }
            rect { class: "price", x: "{zero - loss}", y: "10", width: "{loss}", height: "80" }
            rect { class: "good", x: "{zero + price}", y: "10", width: "{good}", height: "80" }
            rect { class: "harm", x: "{zero - loss - harm}", y: "30", width: "{harm}", height: "40" }
            rect { class: "zero", x: "{zero - 2}", y: "0", width: "4", height: "100" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_reaches_as_far_as_what_stands_on_each_side() {
        let d = |text: &str| Decimal::parse(text).unwrap();
        let gain = Parts { price: d("2"), good: d("0.5"), harm: d("-1") };
        assert_eq!(gain.reach(), (d("2.5").nanos(), d("1").nanos()));
        let loss = Parts { price: d("-2"), ..gain };
        assert_eq!(loss.reach(), (d("0.5").nanos(), d("3").nanos()));
        assert_eq!(gain.add(loss), Parts { price: Decimal::ZERO, good: d("1"), harm: d("-2") });
    }
}
