//! Scores and confidences.

use serde::{Deserialize, Serialize};

/// How good or bad a fact is for a topic, -100 (as bad as it gets) to +100 (as good as it gets).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "i8", from = "i8")]
pub struct Score(i8);

impl Score {
    /// The score nearest to `value` in -100..=100.
    #[must_use]
    pub const fn clamped(value: i32) -> Self {
        Self(if value < -100 {
            -100
        } else if value > 100 {
            100
        } else {
            value as i8
        })
    }
    /// The score as an integer, -100..=100.
    #[must_use]
    pub const fn get(self) -> i8 {
        self.0
    }
}
impl From<Score> for i8 {
    fn from(s: Score) -> Self {
        s.0
    }
}
impl From<i8> for Score {
    fn from(v: i8) -> Self {
        Self::clamped(i32::from(v))
    }
}

/// How much of a topic is known, 0 (nothing) to 100 (all, and verified).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "u8", from = "u8")]
pub struct Confidence(u8);

impl Confidence {
    /// The confidence nearest to `value` in 0..=100.
    #[must_use]
    pub const fn clamped(value: u32) -> Self {
        Self(if value > 100 { 100 } else { value as u8 })
    }
    /// The confidence as an integer, 0..=100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}
impl From<Confidence> for u8 {
    fn from(c: Confidence) -> Self {
        c.0
    }
}
impl From<u8> for Confidence {
    fn from(v: u8) -> Self {
        Self::clamped(u32::from(v))
    }
}
