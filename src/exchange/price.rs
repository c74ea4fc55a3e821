//! The price grid, and what an amount of one token is worth in the other.

use super::{ExchangeError, Side};
use crate::measure::Decimal;
use serde::{Deserialize, Serialize};

/// Whole quote tokens for one whole base token, in units of 1e-9; never 0. In JSON a decimal in quotes, `"1.25"`.
///
/// ```
/// use ecosphere::exchange::Price;
/// let price: Price = serde_json::from_str("\"1.25\"").unwrap();
/// assert_eq!(price.nanos(), 1_250_000_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Price(u64);

impl Price {
    /// The lowest.
    pub const MIN: Self = Self(1);
    /// The highest.
    pub const MAX: Self = Self(u64::MAX);

    /// From units of 1e-9.
    ///
    /// # Errors
    /// It is 0.
    pub const fn from_nanos(nanos: u64) -> Result<Self, ExchangeError> {
        if nanos == 0 { Err(ExchangeError::BadPrice) } else { Ok(Self(nanos)) }
    }

    /// In units of 1e-9.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// As a decimal.
    #[must_use]
    pub const fn decimal(self) -> Decimal {
        Decimal::from_nanos(self.0 as i128)
    }
}

impl TryFrom<String> for Price {
    type Error = ExchangeError;
    /// One spelling each: digits, at most one point, no trailing zero behind it.
    fn try_from(text: String) -> Result<Self, ExchangeError> {
        let decimal = Decimal::parse(&text).map_err(|_| ExchangeError::BadPrice)?;
        let nanos = u64::try_from(decimal.nanos()).map_err(|_| ExchangeError::BadPrice)?;
        if decimal.to_string() != text {
            return Err(ExchangeError::BadPrice);
        }
        Self::from_nanos(nanos)
    }
}

impl From<Price> for String {
    fn from(price: Price) -> Self {
        price.decimal().to_string()
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.decimal().fmt(f)
    }
}

/// How minor units of a pair's two tokens go together: `quote = base × price / scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    scale: u64,
}

impl Grid {
    /// The grid of a pair by its tokens' decimals.
    ///
    /// # Errors
    /// More than 9 decimals, or the base token has more of them than the quote token.
    pub fn new(base_decimals: u8, quote_decimals: u8) -> Result<Self, ExchangeError> {
        if quote_decimals > 9 {
            return Err(ExchangeError::BadPair);
        }
        let finer = quote_decimals.checked_sub(base_decimals).ok_or(ExchangeError::BadPair)?;
        let scale = 10_u64.checked_pow(9_u32.saturating_sub(u32::from(finer))).ok_or(ExchangeError::BadPair)?;
        Ok(Self { scale })
    }

    /// The price at which somebody swapped so much of the one for so much of the other, rounded down; none for nothing.
    #[must_use]
    pub fn price_of(self, base: u64, quote: u64) -> Option<Price> {
        let nanos = (u128::from(quote) * self.scale()).checked_div(u128::from(base))?;
        Price::from_nanos(u64::try_from(nanos).ok()?).ok()
    }

    /// What so much of the token given is worth in the other one at a price, rounded down; none where that is more than there can be.
    #[must_use]
    pub fn worth(self, side: Side, gives: u64, price: Price) -> Option<u64> {
        let got = match side {
            Side::Sell => self.quote_down(gives, price),
            Side::Buy => self.base_for(gives, price),
        };
        u64::try_from(got).ok()
    }

    /// What one whole unit of price stands for: 1 to 1e9.
    pub(super) const fn scale(self) -> u128 {
        self.scale as u128
    }

    /// Whole quote units that base units are worth, rounded down.
    pub(super) fn quote_down(self, base: u64, price: Price) -> u128 {
        u128::from(base) * u128::from(price.0) / self.scale()
    }

    /// Whole quote units that base units are worth, rounded up.
    pub(super) fn quote_up(self, base: u64, price: Price) -> u128 {
        (u128::from(base) * u128::from(price.0)).div_ceil(self.scale())
    }

    /// Whole base units that quote units pay for.
    pub(super) fn base_for(self, quote: u64, price: Price) -> u128 {
        let units = u128::from(quote) * self.scale();
        // Most products fit in 64 bits, whose division is many times quicker.
        match u64::try_from(units) {
            Ok(units) => u128::from(units / price.0),
            Err(_) => units / u128::from(price.0),
        }
    }
}

/// `a × b / c` and its remainder, where the product may need more than 128 bits. `a < c < 2^95` and `b < 2^64`; nothing here is larger, since
/// amounts have 64 bits, a grid 30 and a fee 14.
pub(super) fn mul_div(a: u128, b: u128, c: u128) -> (u128, u128) {
    if let Some(product) = a.checked_mul(b) {
        return (product / c, product % c);
    }
    // Long division, half of b at a time.
    let first = a * (b >> 32);
    let second = ((first % c) << 32) + a * (b & u128::from(u32::MAX));
    (((first / c) << 32) + second / c, second % c)
}
