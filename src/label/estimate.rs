//! A value with its uncertainty.

use crate::measure::{Decimal, MeasureError};
use serde::{Deserialize, Serialize};

/// An amount with its low and high reading, `low` ≤ `central` ≤ `high`. Harms are negative, so that a harm's low end is the worse one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The least it may be.
    pub low: Decimal,
    /// The best single reading.
    pub central: Decimal,
    /// The most it may be.
    pub high: Decimal,
}

impl Estimate {
    /// Nothing, for certain.
    pub const ZERO: Self = Self { low: Decimal::ZERO, central: Decimal::ZERO, high: Decimal::ZERO };

    /// An amount that is known.
    #[must_use]
    pub const fn exact(amount: Decimal) -> Self {
        Self { low: amount, central: amount, high: amount }
    }

    /// The sum, end by end: both amounts may be at their worst at once.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`].
    pub fn plus(self, other: Self) -> Result<Self, MeasureError> {
        Ok(Self { low: self.low.plus(other.low)?, central: self.central.plus(other.central)?, high: self.high.plus(other.high)? })
    }

    /// Each end × `by` / `of`, rounded once. A negative factor turns the ends around.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`], [`MeasureError::DividedByZero`].
    pub fn scaled(self, by: i128, of: i128) -> Result<Self, MeasureError> {
        let [a, central, b] = [self.low, self.central, self.high].map(|end| end.scaled(by, of));
        let (a, b) = (a?, b?);
        Ok(Self { low: a.min(b), central: central?, high: a.max(b) })
    }

    /// The ends turned around and negated: what a benefit of this size is as a harm.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { low: self.high.negated(), central: self.central.negated(), high: self.low.negated() }
    }
}
