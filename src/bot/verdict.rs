//! The verdict: how a subject fits a person, and why.

use crate::{
    provenance::ClaimState,
    values::{HardLine, LineState, Topic},
};
use serde::{Deserialize, Serialize};

/// How well a subject fits, -100..=100, and what the unknown part leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Alignment {
    /// The fit of what is known, after any cap.
    pub value: i8,
    /// If everything unknown turned out bad.
    pub low: i8,
    /// If everything unknown turned out good (and no hard line is crossed).
    pub high: i8,
    /// How much of what the person cares about is known, 0..=100.
    pub coverage: u8,
}

/// The verdict at one glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictBand {
    /// Fits you.
    Fits,
    /// Some for, some against.
    Mixed,
    /// Against your values.
    Against,
    /// Crosses a hard line.
    CrossesLine,
    /// Not enough known to say.
    NotEnoughKnown,
}

/// One thing that moved the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The topic it speaks to.
    pub topic: Topic,
    /// Its share of the alignment, in points (sums to about `Alignment::value` over all reasons); > 0 speaks for.
    pub points: i8,
    /// The claim in plain words, e.g. "Organic label".
    pub text: String,
    /// The claim's code.
    pub claim: String,
    /// How it was verified.
    pub state: ClaimState,
}

/// What is known about one of the person's hard lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFinding {
    /// The line.
    pub line: HardLine,
    /// What claims say.
    pub state: LineState,
    /// The claim texts behind it.
    pub because: Vec<String>,
}

/// How a subject fits a person, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// At one glance.
    pub band: VerdictBand,
    /// The number behind it.
    pub alignment: Alignment,
    /// What moved it, strongest first.
    pub reasons: Vec<Reason>,
    /// The person's hard lines.
    pub lines: Vec<LineFinding>,
    /// Topics the person cares about of which nothing is known, most important first.
    pub unknown: Vec<Topic>,
}
