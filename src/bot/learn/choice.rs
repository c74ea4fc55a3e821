//! One choice: what was shown, and which of it was picked.

use super::linear::Vector;

/// No attribute counts for more than this, either way: a slip of a decimal point must not settle everything.
pub const REACH: f64 = 100.0;
/// The most alternatives that one choice may be between.
pub const MOST_SHOWN: usize = 1_000;

/// Why something is not a choice to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Nothing to choose between.
    #[error("a choice needs at least two alternatives; show one more and ask again")]
    TooFew,
    /// More than [`MOST_SHOWN`].
    #[error("a choice between more than {MOST_SHOWN} alternatives says too little about each; name the few that were looked at")]
    TooMany,
    /// The picked one is not among those shown.
    #[error("what was picked is not among what was shown; pick one of the alternatives")]
    NotShown,
    /// An attribute is no number.
    #[error("an alternative has an attribute that is not a number; leave out what is not known")]
    NotANumber,
}

/// A choice between alternatives of `D` attributes each.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice<const D: usize> {
    shown: Vec<Vector<D>>,
    picked: usize,
}

impl<const D: usize> Choice<D> {
    /// A choice of one of several alternatives. Attributes beyond [`REACH`] are held to it.
    ///
    /// # Errors
    /// See [`ChoiceError`].
    pub fn new(mut shown: Vec<Vector<D>>, picked: usize) -> Result<Self, ChoiceError> {
        match shown.len() {
            0 | 1 => return Err(ChoiceError::TooFew),
            n if n > MOST_SHOWN => return Err(ChoiceError::TooMany),
            n if picked >= n => return Err(ChoiceError::NotShown),
            _ => {}
        }
        for x in shown.iter_mut().flatten() {
            if x.is_nan() {
                return Err(ChoiceError::NotANumber);
            }
            *x = x.clamp(-REACH, REACH);
        }
        Ok(Self { shown, picked })
    }

    /// What was shown, in that order.
    #[must_use]
    pub fn shown(&self) -> &[Vector<D>] {
        &self.shown
    }

    /// The position of what was picked.
    #[must_use]
    pub const fn picked(&self) -> usize {
        self.picked
    }

    /// What the picked alternative has more, or less, than each of the others.
    pub(super) fn differences(&self) -> impl Iterator<Item = Vector<D>> + '_ {
        let picked = &self.shown[self.picked];
        let others = self.shown.iter().enumerate().filter(|(i, _)| *i != self.picked);
        others.map(move |(_, other)| std::array::from_fn(|i| picked[i] - other[i]))
    }
}

/// The chance of each alternative when these are their utilities: the logit rule.
pub(super) fn softmax(utilities: &[f64]) -> Vec<f64> {
    let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut chances: Vec<f64> = utilities.iter().map(|u| (u - most).exp()).collect();
    let sum: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|c| *c /= sum);
    chances
}
