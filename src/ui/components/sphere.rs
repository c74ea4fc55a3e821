//! The sphere: the app's picture of an alignment.
//!
//! How full it stands is the fit (-100 empty, 0 half, 100 full); the thin lines above the level and the bracket beside it are what
//! the unknown part leaves open. The number stands in it; whoever cannot see it hears it from the `meter` role.

use crate::{bot::Alignment, ui::words};
use dioxus::prelude::*;

const CENTRE: f64 = 60.0;
const RADIUS: f64 = 52.0;

/// The height of a fit on the 120-unit canvas.
fn height(fit: i8) -> f64 {
    CENTRE - f64::from(fit.clamp(-100, 100)) / 100.0 * RADIUS
}

/// Half the width of the sphere at a height.
fn half_width(y: f64) -> f64 {
    (RADIUS * RADIUS - (y - CENTRE) * (y - CENTRE)).max(0.0).sqrt()
}

/// A number for an SVG attribute, to a tenth.
fn n(value: f64) -> String {
    let tenths = (value * 10.0).round() as i32;
    format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)
}

/// The part of the sphere below a height.
fn tide(y: f64) -> String {
    let half = half_width(y);
    let large = u8::from(y < CENTRE);
    format!("M{} {}A{RADIUS} {RADIUS} 0 {large} 0 {} {}Z", n(CENTRE - half), n(y), n(CENTRE + half), n(y))
}

/// A chord of the sphere at a height.
fn chord(y: f64) -> String {
    let half = half_width(y);
    format!("M{} {}H{}", n(CENTRE - half), n(y), n(CENTRE + half))
}

/// The chords between the level and the best that can still be.
fn open_chords(alignment: Alignment) -> String {
    let (top, level) = (height(alignment.high), height(alignment.value));
    let mut path = String::new();
    let mut y = level - 6.0;
    while y > top {
        path.push_str(&chord(y));
        y -= 6.0;
    }
    path
}

/// An alignment as a sphere.
#[component]
pub fn Sphere(
    /// What to show.
    alignment: Alignment,
    /// Width in CSS pixels.
    #[props(default = 56)]
    size: u32,
    /// Also writes the ends of the interval beside the bracket.
    #[props(default)]
    ends: bool,
    /// Too little is known for the level to mean anything: a question mark stands for it. The number is still told to who asks.
    #[props(default)]
    open: bool,
) -> Element {
    let (low, high) = (height(alignment.low), height(alignment.high));
    let level = height(alignment.value);
    let width = if ends { 164 } else { 128 };
    let drawn = size * width / 128;
    let bracket = format!("M114 {}h8V{}h-8", n(high), n(low));
    let value = if open { "?".to_owned() } else { words::signed(alignment.value) };
    let font = if alignment.value == -100 { "36" } else { "42" };
    let is_open = alignment.low < alignment.high;
    // Ends that stand too close would print over each other.
    let (high_text, low_text) = if low - high < 20.0 { ((low + high) / 2.0 - 4.0, (low + high) / 2.0 + 16.0) } else { (high + 6.0, low + 6.0) };
    rsx! {
        svg {
            class: "sphere",
            width: "{drawn}",
            height: "{size}",
            view_box: "0 0 {width} 120",
            role: "meter",
            "aria-label": "Fit",
            "aria-valuemin": "-100",
            "aria-valuemax": "100",
            "aria-valuenow": "{alignment.value}",
            "aria-valuetext": words::fit(alignment),
            circle { class: "ball", cx: "60", cy: "60", r: "52" }
            if open {
                path { class: "open", d: open_chords(Alignment { value: alignment.low, ..alignment }) }
            } else {
                path { class: "full", d: tide(level) }
                path { class: "open", d: open_chords(alignment) }
                path { class: "zero", d: chord(CENTRE) }
                path { class: "level", d: chord(level) }
            }
            circle { class: "rim", cx: "60", cy: "60", r: "52" }
            if is_open {
                path { class: "bracket", d: bracket }
            }
            text { x: "60", y: "75", font_size: font, {value} }
            if ends && is_open {
                text { class: "end", x: "128", y: n(high_text), {words::signed(alignment.high)} }
                text { class: "end", x: "128", y: n(low_text), {words::signed(alignment.low)} }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_stands_at_the_bottom_for_the_worst_and_at_the_top_for_the_best() {
        assert_eq!((n(height(-100)), n(height(0)), n(height(100))), ("112.0".into(), "60.0".into(), "8.0".into()));
        assert_eq!(n(half_width(60.0)), "52.0");
        assert_eq!(n(-0.25), "-0.3");
    }

    #[test]
    fn nothing_is_drawn_between_level_and_best_when_all_is_known() {
        let known = Alignment { value: 40, low: 40, high: 40, coverage: 100 };
        assert_eq!(open_chords(known), "");
    }
}
