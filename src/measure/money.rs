//! Currencies and amounts of money.

use super::{Decimal, MeasureError};
use serde::{Deserialize, Serialize};

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
    /// The amount in whole units: 320 cents are 3.2.
    #[must_use]
    pub const fn amount(self) -> Decimal {
        Decimal::from_nanos(self.minor as i128 * (Decimal::NANOS / 100))
    }

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
    fn money_is_a_decimal_of_whole_units() {
        assert_eq!(Money { minor: -320, currency: Currency::EUR }.amount().to_string(), "-3.2");
    }
}
