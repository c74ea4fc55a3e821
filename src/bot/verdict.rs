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

impl VerdictBand {
    /// All bands, best first.
    pub const BEST_FIRST: [Self; 5] = [Self::Fits, Self::Mixed, Self::NotEnoughKnown, Self::Against, Self::CrossesLine];

    /// The place in a list, 0 = first: what fits, what is mixed, what is not known well enough, what is against the person's
    /// values, and after all else what crosses one of their lines.
    #[must_use]
    pub const fn place(self) -> u8 {
        match self {
            Self::Fits => 0,
            Self::Mixed => 1,
            Self::NotEnoughKnown => 2,
            Self::Against => 3,
            Self::CrossesLine => 4,
        }
    }

    /// Stable id in kebab case, e.g. `crosses-line`; also its name on the wire.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Mixed => "mixed",
            Self::Against => "against",
            Self::CrossesLine => "crosses-line",
            Self::NotEnoughKnown => "not-enough-known",
        }
    }

    /// The verdict in a few words for a person.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Fits => "Fits your values",
            Self::Mixed => "Some for, some against",
            Self::Against => "Against your values",
            Self::CrossesLine => "Crosses a line of yours",
            Self::NotEnoughKnown => "Not enough known",
        }
    }
}

/// One thing that moved the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The topic it speaks to.
    pub topic: Topic,
    /// Its share of the alignment, in points; > 0 speaks for. Over all reasons they add up to [`Alignment::value`], unless a
    /// crossed line caps that. 0 with state `Contradicted`: named, but not counted.
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

impl LineFinding {
    /// The finding in a plain sentence. Of a line about health or faith it never says more than that a label claims it.
    ///
    /// ```
    /// use ecosphere::{bot::LineFinding, values::{HardLine, LineState}};
    ///
    /// let finding = LineFinding { line: HardLine::GlutenFree, state: LineState::Unknown, because: vec![] };
    /// assert_eq!(finding.sentence(), "Gluten-free: not known. Check the pack.");
    /// ```
    #[must_use]
    pub fn sentence(&self) -> String {
        let said = match self.state {
            LineState::Kept if self.line.is_sensitive() => "the label says so",
            LineState::Kept => "kept",
            LineState::Crossed => "crossed",
            LineState::Unknown => "not known",
            LineState::Contradicted => "maybe, the facts contradict each other",
        };
        let because = if self.because.is_empty() { String::new() } else { format!(" ({})", self.because.join("; ")) };
        let check = if self.line.is_sensitive() { " Check the pack." } else { "" };
        format!("{}: {said}{because}.{check}", self.line.name())
    }
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
    /// The person's hard lines, in table order.
    pub lines: Vec<LineFinding>,
    /// Topics the person cares about of which nothing is known, most important first, then in topic order.
    pub unknown: Vec<Topic>,
}
