//! Prices over time, as a line; and as a list, for those who do not see lines.

use crate::{measure::Millis, ui::words};
use dioxus::prelude::*;

const WIDE: i64 = 320;
const HIGH: i64 = 120;
/// Room around the line.
const ROOM: i64 = 8;
/// A price has so many decimals at most.
const PLACES: usize = 9;

/// A decimal above 0 in units of 1e-9.
fn nanos(price: &str) -> i64 {
    let (whole, part) = price.split_once('.').unwrap_or((price, ""));
    format!("{whole}{part:0<PLACES$}").parse().unwrap_or(i64::MAX)
}

/// Where points lie on the drawing, from the left below.
fn points(prices: &[(i64, String)]) -> Vec<(i64, i64)> {
    let prices: Vec<(i64, i64)> = prices.iter().map(|(time, price)| (*time, nanos(price))).collect();
    let span = |values: &[i64]| (values.iter().copied().min().unwrap_or(0), values.iter().copied().max().unwrap_or(0));
    let (first, last) = span(&prices.iter().map(|(time, _)| *time).collect::<Vec<_>>());
    let (low, high) = span(&prices.iter().map(|(_, price)| *price).collect::<Vec<_>>());
    let place = |value: i64, from: i64, to: i64, room: i64| {
        let (part, whole) = (i128::from(value) - i128::from(from), i128::from(to) - i128::from(from));
        // One value alone stands in the middle.
        let at = if whole == 0 { i128::from(room) / 2 } else { part * i128::from(room) / whole };
        i64::try_from(at).unwrap_or(0) + ROOM
    };
    prices.iter().map(|(time, price)| (place(*time, first, last, WIDE - 2 * ROOM), HIGH - place(*price, low, high, HIGH - 2 * ROOM))).collect()
}

/// The chart.
#[component]
pub fn Chart(
    /// When, and the price.
    prices: Vec<(i64, String)>,
    /// What it is.
    label: String,
) -> Element {
    if prices.is_empty() {
        return rsx! { p { class: "quiet", "This wallet has seen no price here yet." } };
    }
    let points = points(&prices);
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let text = |price: Option<&(i64, String)>| price.map(|(_, p)| p.clone()).unwrap_or_default();
    let (first, last) = (text(prices.first()), text(prices.last()));
    let said = format!("{label}: {} prices, from {first} to {last}", prices.len());
    rsx! {
        figure { class: "chart",
            svg { view_box: "0 0 {WIDE} {HIGH}", role: "img", "aria-label": said,
                polyline { points: line.join(" ") }
                for (n , (x , y)) in points.iter().enumerate() {
                    circle { key: "{n}", cx: "{x}", cy: "{y}", r: "3" }
                }
            }
            figcaption { class: "num", b { "{last}" } " now" if first != last { ", {first} when first seen" } }
        }
        details {
            summary { "All prices seen" }
            ul { class: "readings",
                for (n , (time , price)) in prices.into_iter().enumerate().rev() {
                    li { key: "{n}", span { class: "fine", "{words::day_and_time(Millis(time))} UTC" } b { class: "num", {price} } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stay_inside_whatever_the_prices_are() {
        let far = |prices: &[(i64, &str)]| points(&prices.iter().map(|(t, p)| (*t, (*p).to_owned())).collect::<Vec<_>>());
        assert_eq!(far(&[(5, "1.5")]), [(WIDE / 2, HIGH / 2)]);
        assert_eq!(far(&[(0, "1"), (10, "2.000000001")]), [(ROOM, HIGH - ROOM), (WIDE - ROOM, ROOM)]);
        for (x, y) in far(&[(i64::MIN, "0.000000001"), (0, "18446744073.709551615"), (i64::MAX, "x")]) {
            assert!((ROOM..=WIDE - ROOM).contains(&x) && (ROOM..=HIGH - ROOM).contains(&y), "{x} {y}");
        }
    }
}
