//! From evidence to alignment and band.

use super::{Alignment, Evidence, Subject, VerdictBand, evidence::divide, lines::LineFacts};
use crate::values::{HardLine, LineState, Profile, Topic};

/// A subject fits from this value on, if every hard line is known to be kept. Twenty is well beyond what rounding or one weak claim
/// moves; of the food products of the sample a seventh lies between the two.
pub const FITS_FROM: i8 = 20;
/// A subject is against a person's values from this value down.
pub const AGAINST_TO: i8 = -20;
/// The coverage from which a verdict is given: as much as half of one topic when all seventeen matter alike.
///
/// Chosen on the 570 food products of the sample that have a name and a category. Public sources speak of health, animal
/// welfare, nature and, where there is an Eco-Score, climate, and their word is self-declared, so that a well-described
/// product reaches 5 to 10. At 3 a product known by two topics gets a verdict and one known by a single label does not: 89 % of
/// them when all topics matter alike, 99 % for a person to whom health, climate and animal welfare matter most. At 5 it would
/// be 47 %. Of the 254 cosmetics, of which the sources say little, 12 % get one, and the rest are honestly not known.
pub const ENOUGH_KNOWN: u8 = 3;
/// A crossed hard line caps value, low and high here, well inside `Against`, whatever else speaks for the subject.
pub const CROSSED_CAP: i8 = -50;

/// How a subject fits a person, without the reasons: the same numbers as [`assess`](super::assess) at a fraction of the cost.
/// For many subjects make the [`Terms`] once.
///
/// ```
/// use ecosphere::{
///     bot::{CROSSED_CAP, Subject, VerdictBand, alignment},
///     provenance::{ClaimState, claim_table},
///     values::{HardLine, Profile},
/// };
///
/// let defs = claim_table();
/// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
/// let claims = [(row("nutriscore:a"), ClaimState::SelfDeclared), (row("ingredients:palm-oil"), ClaimState::SelfDeclared)];
/// let spread = Subject { claims: &claims, defs, months: 0 };
///
/// let mut mine = Profile::default();
/// assert_eq!(alignment(&mine, &spread).0.value, 17);
/// mine.hard_lines.insert(HardLine::NoPalmOil);
/// let (fit, band) = alignment(&mine, &spread);
/// assert_eq!((fit.value, band), (CROSSED_CAP, VerdictBand::CrossesLine));
/// ```
#[must_use]
pub fn alignment(profile: &Profile, subject: &Subject<'_>) -> (Alignment, VerdictBand) {
    Terms::of(profile).alignment(subject)
}

/// A profile made ready for many subjects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub(super) weights: [i16; Topic::COUNT],
    pub(super) lines: Vec<HardLine>,
}

impl Terms {
    /// The terms of this person.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        Self { weights: profile.weights(), lines: profile.hard_lines.iter().copied().collect() }
    }

    /// See [`alignment`].
    #[must_use]
    pub fn alignment(&self, subject: &Subject<'_>) -> (Alignment, VerdictBand) {
        let facts = if self.lines.is_empty() { LineFacts::default() } else { LineFacts::of(subject) };
        self.judge(&subject.evidence(), facts)
    }

    /// The one place where evidence becomes a number and a band.
    pub(super) fn judge(&self, evidence: &Evidence, facts: LineFacts) -> (Alignment, VerdictBand) {
        self.judge_fit(weigh(&self.weights, evidence), facts)
    }

    /// What hard lines and the part that is known make of an alignment before any cap.
    pub(super) fn judge_fit(&self, mut fit: Alignment, facts: LineFacts) -> (Alignment, VerdictBand) {
        let state = |line: &HardLine| facts.state(*line);
        if self.lines.iter().any(|l| state(l) == LineState::Crossed) {
            fit.value = fit.value.min(CROSSED_CAP);
            fit.low = fit.low.min(CROSSED_CAP);
            fit.high = fit.high.min(CROSSED_CAP);
            return (fit, VerdictBand::CrossesLine);
        }
        let all_kept = self.lines.iter().all(|l| state(l) == LineState::Kept);
        let band = match fit.value {
            _ if fit.coverage < ENOUGH_KNOWN => VerdictBand::NotEnoughKnown,
            v if v <= AGAINST_TO => VerdictBand::Against,
            v if v >= FITS_FROM && all_kept => VerdictBand::Fits,
            _ => VerdictBand::Mixed,
        };
        (fit, band)
    }
}

/// The alignment before any cap. Weights are not negative. Sums stay below 17 · 32 767 · 100 · 100 in `i64`.
pub(super) fn weigh(weights: &[i16; Topic::COUNT], evidence: &Evidence) -> Alignment {
    let (mut all, mut known, mut sum) = (0_i64, 0_i64, 0_i64);
    for (weight, topic) in weights.iter().zip(evidence) {
        let weight = i64::from(*weight);
        let sure = i64::from(topic.confidence.get());
        all += weight;
        known += weight * sure;
        sum += weight * sure * i64::from(topic.score.get());
    }
    of_sums(all, known, sum)
}

/// The alignment of Σ w, Σ w·C and Σ w·C·S, however they were added up.
///
/// Where nothing matters to the person nothing is known either: value 0, open on both sides.
pub(super) const fn of_sums(all: i64, known: i64, sum: i64) -> Alignment {
    if known == 0 {
        return Alignment { value: 0, low: -100, high: 100, coverage: 0 };
    }
    let open = 100 * (100 * all - known);
    // Each quotient lies in -100..=100, and known / all in 0..=100, because every score and confidence does.
    Alignment {
        value: divide(sum, known) as i8,
        low: divide(sum - open, 100 * all) as i8,
        high: divide(sum + open, 100 * all) as i8,
        coverage: (known / all) as u8,
    }
}
