//! What the bot says to a typed question.

use super::OptionRow;
use serde::{Deserialize, Serialize};

/// Which kind of question it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// What there is on some terms.
    Find,
    /// Why something is judged as it is.
    Why,
    /// Whom something belongs to.
    Owner,
    /// What fits better.
    Better,
    /// Where something is sold.
    Where,
    /// What of the shopping list to take for some money.
    Basket,
    /// None that the bot understands.
    Unknown,
}

/// What the bot says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The kind of question.
    pub asked: Asked,
    /// What was understood, in plain words; empty when nothing was.
    pub understood: String,
    /// The answer, a sentence each.
    pub said: Vec<String>,
    /// Number of the subject it is about.
    pub about: Option<u32>,
    /// What belongs to the answer, best first.
    pub rows: Vec<OptionRow>,
    /// What can be asked, where the question was not understood or led to nothing.
    pub examples: Vec<String>,
}
