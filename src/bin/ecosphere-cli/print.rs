//! How answers look, for people and for programs.

use ecosphere::{
    bot::{Alignment, Verdict, VerdictBand},
    engine::wire::OptionRow,
    measure::Money,
};
use serde::Serialize;

/// Prints a line. Whoever reads it may have had enough (`| head`): then there is nobody to tell, and the program ends quietly.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        if writeln!(std::io::stdout(), $($text)*).is_err() {
            std::process::exit(0);
        }
    }};
}
pub(crate) use say;

/// One JSON object on one line.
pub fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// Why a command could not be done: a sentence for people on standard error, and with `--json` an object with a stable name for it.
pub fn failure(as_json: bool, error: &str, message: &str) {
    if as_json {
        say!("{}", serde_json::json!({ "error": error, "message": message }));
    }
    eprintln!("{message}");
}

/// A band in words.
pub const fn band(band: VerdictBand) -> &'static str {
    match band {
        VerdictBand::Fits => "fits you",
        VerdictBand::Mixed => "mixed",
        VerdictBand::Against => "against your values",
        VerdictBand::CrossesLine => "crosses your line",
        VerdictBand::NotEnoughKnown => "not enough known",
    }
}

/// An alignment with what the unknown leaves open, e.g. `+42 (from -10 to +71, 55 % known)`.
pub fn alignment(a: Alignment) -> String {
    format!("{:+} (from {:+} to {:+}, {} % known)", a.value, a.low, a.high, a.coverage)
}

/// The verdict in a few lines.
pub fn verdict(v: &Verdict) {
    say!("  {}: {}", capital(band(v.band)), alignment(v.alignment));
    for reason in v.reasons.iter().take(5) {
        say!("    {:+4}  {} ({})", reason.points, reason.text, reason.topic.info().name);
    }
    for line in &v.lines {
        let state = serde_json::to_value(line.state).ok().and_then(|s| s.as_str().map(str::to_owned)).unwrap_or_default();
        say!("    line  {}: {state}", line.line.name());
    }
    if !v.unknown.is_empty() {
        let names: Vec<_> = v.unknown.iter().map(|t| t.info().name).collect();
        say!("    unknown: {}", names.join(", "));
    }
}

/// A row of a list.
pub fn row(place: usize, o: &OptionRow) {
    let cost = o.price.map(|p| format!(", {}", price(p, o.at.as_deref()))).unwrap_or_default();
    let brand = if o.brand.is_empty() { String::new() } else { format!(" ({})", o.brand) };
    say!("{place:>4}. {}{brand}: {}, {}{cost}", o.name, band(o.band), alignment(o.alignment));
    if !o.why.is_empty() {
        say!("      {}", o.why);
    }
}

/// A price and where.
pub fn price(p: Money, at: Option<&str>) -> String {
    at.map_or_else(|| p.to_string(), |at| format!("{p} at {at}"))
}

/// With a capital in front.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
