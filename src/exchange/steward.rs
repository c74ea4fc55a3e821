//! A steward pool: for a token that few trade, its steward sells another token for it at a fixed rate, as long as what it put in lasts.
//!
//! No auction and no market price: whoever is let in gets the rate, and caps keep one person, or a rush, from emptying it. A cap per person
//! holds only where a community says who is a person: otherwise one person has as many keys as they like, so [`Steward::person_cap`] asks that
//! the caller tells members apart.

use super::{ExchangeError, Grid, Price};
use serde::{Deserialize, Serialize};

/// What a steward offers: quote tokens for base tokens, at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steward {
    /// Quote for base.
    pub rate: Price,
    /// Quote minor units that are still there.
    pub reserve: u64,
    /// Base minor units taken in so far.
    pub taken: u64,
    /// Quote minor units given out so far.
    pub given: u64,
    /// Quote minor units given out at most, over all time.
    pub total_cap: u64,
    /// Quote minor units for one person at most, over all time; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_cap: Option<u64>,
}

/// A swap with a steward pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Base minor units given.
    pub base: u64,
    /// Quote minor units got.
    pub quote: u64,
}

impl Steward {
    /// Swaps base tokens, rounded to the pool. `had` is what this person got from it before.
    ///
    /// # Errors
    /// It comes to nothing, or a cap or the reserve does not allow it. Nothing is swapped then.
    pub fn swap(&mut self, grid: Grid, base: u64, had: u64) -> Result<Taken, ExchangeError> {
        let quote = u64::try_from(grid.quote_down(base, self.rate)).map_err(|_| ExchangeError::TooLarge)?;
        if quote == 0 {
            return Err(ExchangeError::TooSmall);
        }
        if let Some(cap) = self.person_cap {
            let left = cap.saturating_sub(had);
            if quote > left {
                return Err(ExchangeError::PersonCapReached { left });
            }
        }
        let left = self.left();
        if quote > left {
            return Err(ExchangeError::CapReached { left });
        }
        let taken = self.taken.checked_add(base).ok_or(ExchangeError::TooLarge)?;
        let given = self.given.checked_add(quote).ok_or(ExchangeError::TooLarge)?;
        *self = Self { reserve: self.reserve.saturating_sub(quote), taken, given, ..*self };
        Ok(Taken { base, quote })
    }

    /// What it still gives out in all.
    #[must_use]
    pub const fn left(&self) -> u64 {
        let to_cap = self.total_cap.saturating_sub(self.given);
        if to_cap < self.reserve { to_cap } else { self.reserve }
    }
}
