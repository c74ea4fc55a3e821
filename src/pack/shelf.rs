//! The printable sample passports, `shelf.json` beside a sample ledger.

use crate::passport::Outcome;
use serde::{Deserialize, Serialize};

/// A printable sample passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfCard {
    /// What the card is.
    pub title: String,
    /// What it shows.
    pub about: String,
    /// The text in the code.
    pub code: String,
    /// `qr` or `ean13`.
    pub symbology: String,
    /// The outcome it must give.
    pub outcome: Outcome,
}
