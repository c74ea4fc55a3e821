//! Quantities that two devices must agree on to the last digit: ledger time, money, scores, decimals, units.
//!
//! *In:* text and integers from statements and importers. *Out:* checked types. Nothing here is a float:
//! whatever the ledger or two devices must agree on is an integer with a stated unit.
//!
//! | file | what | specification |
//! |---|---|---|
//! | `time` | [`Millis`] | RFC 3339 |
//! | `money` | [`Currency`], [`Money`] | ISO 4217 |
//! | `score` | [`Score`], [`Confidence`] | drawn in the file |
//! | `decimal` | [`Decimal`], [`NumberStyle`] | RFC 8259, section 6, for the text |
//! | `unit`, `unit_table` | [`Unit`], [`Dimension`] | UN/ECE Recommendation 20 |

mod decimal;
mod money;
mod score;
mod time;
mod unit;
mod unit_table;

pub use decimal::{Decimal, NumberStyle};
pub use money::{Currency, Money};
pub use score::{Confidence, Score};
pub use time::Millis;
pub use unit::{Dimension, Unit};

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
    /// Not a number.
    #[error("\"{0}\" is not a number; write it like 1234.5")]
    Number(String),
    /// More than a decimal holds.
    #[error("this number is too large to calculate with; the limit is about 170 billion billion billion")]
    TooLarge,
    /// Division by zero.
    #[error("nothing can be divided by zero; give an amount that is not zero")]
    DividedByZero,
    /// Not a unit of UN/ECE Recommendation 20 that is known here.
    #[error("\"{0}\" is not a known unit; use a UN/ECE Recommendation 20 code such as KGM, LTR or H87")]
    Unit(String),
    /// Two units that measure different things.
    #[error("{from} measures {} and {to} measures {}: one cannot be turned into the other", .from.dimension().name(), .to.dimension().name())]
    Dimension {
        /// The unit there is.
        from: Unit,
        /// The unit asked for.
        to: Unit,
    },
}
