//! A steward pool: for a token that few trade, its steward sells another token for it at a fixed rate, as long as what it put in lasts.
//!
//! No auction and no market price: whoever is let in gets the rate, and caps keep one person, or a rush, from emptying it. A cap per person
//! holds only where a community says who is a person: otherwise one person has as many keys as they like, so [`Steward::person_cap`] asks that
//! the caller tells members apart.

use super::{ExchangeError, Fill, Grid, Price, Side};
use serde::{Deserialize, Serialize};

/// What a steward offers: one token of a pair for the other, at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steward {
    /// Which way whoever swaps with it goes.
    pub side: Side,
    /// Whole quote tokens for one whole base token.
    pub rate: Price,
    /// Minor units of the token that it gives, which are still there.
    pub reserve: u64,
    /// Minor units taken in so far.
    pub taken: u64,
    /// Minor units given out so far.
    pub given: u64,
    /// Minor units given out at most, over all time.
    pub total_cap: u64,
    /// Minor units for one person at most, over all time; none for no limit.
    pub person_cap: Option<u64>,
}

impl Steward {
    /// What so much given would get, rounded to the pool.
    ///
    /// # Errors
    /// It comes to nothing, or to more than there can be.
    pub fn gets(&self, grid: Grid, gives: u64) -> Result<u64, ExchangeError> {
        match grid.worth(self.side, gives, self.rate).ok_or(ExchangeError::TooLarge)? {
            0 => Err(ExchangeError::TooSmall),
            got => Ok(got),
        }
    }

    /// Swaps, rounded to the pool. `had` is what this person got from it before.
    ///
    /// # Errors
    /// It comes to nothing, or a cap or the reserve does not allow it. Nothing is swapped then.
    pub fn swap(&mut self, grid: Grid, gives: u64, had: u64) -> Result<Fill, ExchangeError> {
        let got = self.gets(grid, gives)?;
        if let Some(cap) = self.person_cap {
            let left = cap.saturating_sub(had);
            if got > left {
                return Err(ExchangeError::PersonCapReached { left });
            }
        }
        let left = self.left();
        if got > left {
            return Err(ExchangeError::CapReached { left });
        }
        let taken = self.taken.checked_add(gives).ok_or(ExchangeError::TooLarge)?;
        let given = self.given.checked_add(got).ok_or(ExchangeError::TooLarge)?;
        *self = Self { reserve: self.reserve.saturating_sub(got), taken, given, ..*self };
        Ok(Fill { gave: gives, got })
    }

    /// What it still gives out in all.
    #[must_use]
    pub const fn left(&self) -> u64 {
        let to_cap = self.total_cap.saturating_sub(self.given);
        if to_cap < self.reserve { to_cap } else { self.reserve }
    }
}
