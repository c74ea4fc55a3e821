//! Quantities that two devices must agree on to the last digit: ledger time, money, scores.
//!
//! *In:* text and integers from statements and importers. *Out:* checked types. Nothing here is a float:
//! whatever the ledger or two devices must agree on is an integer with a stated unit.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Ledger time comes from `BatchClose` and from nowhere else; a
/// device's own clock is passed in as an argument of the same type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// One day, in milliseconds.
    pub const DAY: i64 = 86_400_000;

    /// Reads an RFC 3339 instant such as `2026-11-22T09:00:00Z`.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse_rfc3339(text: &str) -> Result<Self, MeasureError> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_millisecond())).map_err(|_| MeasureError::Time(text.chars().take(40).collect()))
    }

    /// Writes the instant as RFC 3339 in UTC, e.g. `2026-11-22T09:00:00Z`. Times outside years -9999..=9999 are clamped.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let t = jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX });
        t.to_string()
    }
}

/// What is wrong with a quantity read from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// Not an RFC 3339 instant.
    #[error("\"{0}\" is not a time; write it like 2026-11-22T09:00:00Z")]
    Time(String),
    /// Not an amount of money.
    #[error("\"{0}\" is not a price; write it like 3.20 or 3.20 EUR")]
    Money(String),
    /// Not a currency code.
    #[error("\"{0}\" is not a currency code; use three letters such as EUR")]
    Currency(String),
}

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

/// An ISO 4217 currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// The code's three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}
impl TryFrom<String> for Currency {
    type Error = MeasureError;
    fn try_from(text: String) -> Result<Self, MeasureError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MeasureError::Currency(text.chars().take(10).collect())),
        }
    }
}
impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.code().to_owned()
    }
}

/// An amount of money in minor units (cents) of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: 320 is 3.20.
    pub minor: i64,
    /// Which money.
    pub currency: Currency,
}

impl Money {
    /// Reads a price a person typed: `3.20`, `3,20`, `3.2 EUR`. Never negative, at most two decimals, at most 1 000 000.
    ///
    /// # Errors
    /// Says how to write a price.
    pub fn parse(text: &str, default: Currency) -> Result<Self, MeasureError> {
        let bad = || MeasureError::Money(text.chars().take(30).collect());
        let mut words = text.split_whitespace();
        let amount = words.next().ok_or_else(bad)?.replace(',', ".");
        let currency = match words.next() {
            Some(code) => Currency::try_from(code.to_ascii_uppercase())?,
            None => default,
        };
        if words.next().is_some() {
            return Err(bad());
        }
        let (whole, cents) = amount.split_once('.').unwrap_or((&amount, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 7 || cents.len() > 2 || !digits(whole) || !digits(cents) {
            return Err(bad());
        }
        let whole: i64 = whole.parse().map_err(|_| bad())?;
        let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| bad())?;
        if whole > 1_000_000 {
            return Err(bad());
        }
        Ok(Self { minor: whole * 100 + cents, currency })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02} {}", self.minor / 100, (self.minor % 100).abs(), self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_price_is_read_in_either_decimal_style() {
        for text in ["3.20", "3,20", "3.2", "3.2 eur"] {
            assert_eq!(Money::parse(text, Currency::EUR).unwrap().to_string(), "3.20 EUR");
        }
        for text in ["", "-1", "1e3", "3.205", "٣", "1 2 3", "99999999"] {
            assert!(Money::parse(text, Currency::EUR).is_err(), "{text}");
        }
    }

    #[test]
    fn time_survives_the_round_trip() {
        let t = Millis::parse_rfc3339("2026-11-22T09:00:00Z").unwrap();
        assert_eq!(t.to_rfc3339(), "2026-11-22T09:00:00Z");
    }
}
