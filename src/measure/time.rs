//! Ledger time. Its calendar is the crate `time`'s, which is also the one that certificates are made with, and a third of the size of others in the
//! engine's wasm.

use super::MeasureError;
use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, format_description::well_known::Rfc3339};

/// Milliseconds since 1970-01-01T00:00:00Z. Ledger time comes from `BatchClose` and from nowhere else; a
/// device's own clock is passed in as an argument of the same type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// One day, in milliseconds.
    pub const DAY: i64 = 86_400_000;
    /// The first instant that RFC 3339 can write, 0000-01-01T00:00:00Z, and the last one, 9999-12-31T23:59:59.999Z.
    const WRITTEN: [i64; 2] = [-62_167_219_200_000, 253_402_300_799_999];

    /// Reads an RFC 3339 instant such as `2026-11-22T09:00:00Z`. What is finer than a millisecond is dropped.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse_rfc3339(text: &str) -> Result<Self, MeasureError> {
        let wrong = |_| MeasureError::Time(text.chars().take(40).collect());
        OffsetDateTime::parse(text, &Rfc3339).map(|t| Self(t.unix_timestamp() * 1_000 + i64::from(t.millisecond()))).map_err(wrong)
    }

    /// Midnight, in UTC, of a day of the calendar such as `2026-11-22`.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse_day(text: &str) -> Result<Self, MeasureError> {
        Self::parse_rfc3339(&format!("{text}T00:00:00Z")).map_err(|_| MeasureError::Time(text.chars().take(40).collect()))
    }

    /// Midnight, in UTC, of a day of the calendar; `None` where there is no such day. Months and days count from 1.
    #[must_use]
    pub fn of_day(year: u16, month: u8, day: u8) -> Option<Self> {
        let date = Date::from_calendar_date(year.into(), Month::try_from(month).ok()?, day).ok()?;
        Some(Self(date.midnight().assume_utc().unix_timestamp() * 1_000))
    }

    /// Writes the instant as RFC 3339 in UTC, e.g. `2026-11-22T09:00:00Z`. Times outside the years 0 to 9999 are clamped.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.civil().format(&Rfc3339).unwrap_or_default()
    }

    /// The calendar year in UTC, 0 for one before it and 9999 for one beyond.
    #[must_use]
    pub fn year(self) -> u16 {
        u16::try_from(self.civil().year()).unwrap_or_default()
    }

    fn civil(self) -> OffsetDateTime {
        let [first, last] = Self::WRITTEN;
        let at = self.0.clamp(first, last);
        let seconds = OffsetDateTime::from_unix_timestamp(at.div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let millisecond = u16::try_from(at.rem_euclid(1_000)).unwrap_or_default();
        seconds.replace_millisecond(millisecond).unwrap_or(seconds)
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

    #[test]
    fn times_are_written_to_the_millisecond_and_no_further_than_they_can_be() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_800_000_000_120, "2027-01-15T08:00:00.12Z"),
            (i64::MIN, "0000-01-01T00:00:00Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Millis(millis).to_rfc3339(), text);
            assert_eq!(Millis::parse_rfc3339(text), Ok(Millis(millis.clamp(Millis::WRITTEN[0], Millis::WRITTEN[1]))));
        }
        assert_eq!(Millis::parse_rfc3339("2026-08-20T10:00:00.123456+02:00").unwrap().to_rfc3339(), "2026-08-20T08:00:00.123Z");
        for text in ["", "2026-11-22", "2026-11-22T09:00:00", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "２026-11-22T09:00:00Z"] {
            assert!(Millis::parse_rfc3339(text).is_err(), "{text}");
        }
        assert_eq!(Millis::parse_day("2024-02-29"), Millis::parse_rfc3339("2024-02-29T00:00:00Z"));
        assert_eq!(Millis::of_day(2024, 2, 29), Millis::parse_day("2024-02-29").ok());
        assert!(Millis::of_day(2026, 2, 29).is_none() && Millis::parse_day("2026-2-1").is_err());
    }
}
