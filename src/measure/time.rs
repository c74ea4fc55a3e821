//! Ledger time.

use super::MeasureError;
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

    /// The calendar year in UTC, 0 for one before it and 9999 for one beyond.
    #[must_use]
    pub fn year(self) -> u16 {
        let year =
            jiff::Timestamp::from_millisecond(self.0).map_or(if self.0 < 0 { 0 } else { 9999 }, |t| jiff::tz::Offset::UTC.to_datetime(t).year());
        u16::try_from(year).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_survives_the_round_trip() {
        let t = Millis::parse_rfc3339("2026-11-22T09:00:00Z").unwrap();
        assert_eq!((t.to_rfc3339().as_str(), t.year()), ("2026-11-22T09:00:00Z", 2026));
        assert_eq!([Millis(-1), Millis(i64::MIN), Millis(i64::MAX)].map(Millis::year), [1969, 0, 9999]);
    }
}
