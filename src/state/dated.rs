//! When passports were issued, to within 30 days: a few numbers for a whole ledger, because passports are numbered in the order of the log.

use super::State;
use crate::measure::Millis;
use serde::{Deserialize, Serialize};

/// At least so far lie two entries of the table apart.
const APART: i64 = 30 * Millis::DAY;

/// From a passport number on, what the ledger has was issued at this time or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The first passport.
    pub first: u32,
    /// Time of the batch that took it.
    pub time: Millis,
}

impl Since {
    /// When a passport was issued, at the earliest; `None` where the table does not reach so far back.
    ///
    /// ```
    /// use ecosphere::{measure::Millis, state::Since};
    ///
    /// let table = [Since { first: 0, time: Millis(1_000) }, Since { first: 7, time: Millis(9_000) }];
    /// assert_eq!(Since::of(&table, 6), Some(Millis(1_000)));
    /// assert_eq!(Since::of(&table, 7), Some(Millis(9_000)));
    /// ```
    #[must_use]
    pub fn of(table: &[Self], passport: u32) -> Option<Millis> {
        let at = table.partition_point(|since| since.first <= passport).checked_sub(1)?;
        table.get(at).map(|since| since.time)
    }
}

/// The table, and how many passports it speaks of.
#[derive(Debug, Clone, Default)]
pub(super) struct Dated {
    table: Vec<Since>,
    to: u32,
}

impl Dated {
    /// A batch of this time ends with so many passports.
    pub(super) fn end_batch(&mut self, passports: usize, time: Millis) {
        let passports = u32::try_from(passports).unwrap_or(u32::MAX);
        if passports > self.to && self.table.last().is_none_or(|last| time.0.saturating_sub(last.time.0) >= APART) {
            self.table.push(Since { first: self.to, time });
        }
        self.to = passports;
    }
}

impl State {
    /// When passports were issued, as it stands once a batch of this time has ended; by rising number and time.
    #[must_use]
    pub fn dated(&self, time: Millis) -> Vec<Since> {
        let mut dated = self.dated.clone();
        dated.end_batch(self.passports().len(), time);
        dated.table
    }
}
