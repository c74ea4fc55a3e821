//! Days and times as tables write them.

use crate::measure::Millis;
use serde::{Deserialize, Serialize};

/// In which order a table writes the parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// `2026-08-20`: the year first. Such days are read whatever the order is set to.
    #[default]
    YearFirst,
    /// `20.08.2026`, `20/8/26`.
    DayFirst,
    /// `08/20/2026`.
    MonthFirst,
}

/// The instant that a text means, `offset` minutes ahead of UTC where it names no zone; a day without a time is its midnight there.
pub(super) fn parse(text: &str, order: DateOrder, offset: i16) -> Result<Millis, String> {
    let text = text.trim();
    if let Ok(instant) = Millis::parse_rfc3339(text) {
        return Ok(instant);
    }
    let wrong = || format!("\"{}\" is not a date", text.chars().take(40).collect::<String>());
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let (hour, minute, second) = clock(time.trim()).ok_or_else(wrong)?;
    let parts: Vec<&str> = day.split(['-', '.', '/']).collect();
    let [a, b, c] = parts.as_slice() else { return Err(wrong()) };
    let number = |part: &str, most: usize| -> Option<u16> { (1..=most).contains(&part.len()).then(|| part.parse().ok())? };
    let (year, month, day) = match order {
        _ if a.len() == 4 => (a, b, c),
        DateOrder::DayFirst => (c, b, a),
        DateOrder::MonthFirst => (c, a, b),
        DateOrder::YearFirst => return Err(format!("{}: say in the map whether days or months stand first", wrong())),
    };
    let century = if year.len() == 2 { 2_000 } else { 0 };
    let read = || {
        let year = number(year, 4).filter(|_| matches!(year.len(), 2 | 4))?.checked_add(century)?;
        let midnight = Millis::of_day(year, number(month, 2)?.try_into().ok()?, number(day, 2)?.try_into().ok()?)?;
        let seconds = (i64::from(hour) * 60 + i64::from(minute) - i64::from(offset)) * 60 + i64::from(second);
        Some(Millis(midnight.0 + seconds * 1_000))
    };
    read().ok_or_else(wrong)
}

/// `14:30`, `14:30:59` or nothing.
fn clock(text: &str) -> Option<(i8, i8, i8)> {
    if text.is_empty() {
        return Some((0, 0, 0));
    }
    let mut parts = text.split(':').map(|p| (1..=2).contains(&p.len()).then(|| p.parse::<i8>().ok())?);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    (parts.next().is_none() && (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second)).then_some((hour, minute, second))
}

/// The order that some dates of a table show: a part above twelve is the day. `None` where none tells.
pub(super) fn seen_order<'a>(cells: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
    cells.into_iter().find_map(|cell| {
        let parts: Vec<&str> = cell.trim().split([' ', 'T']).next()?.split(['-', '.', '/']).collect();
        let [a, b, _] = parts.as_slice() else { return None };
        match (a.parse::<u16>().ok()?, b.parse::<u16>().ok()?) {
            _ if a.len() == 4 => Some(DateOrder::YearFirst),
            (13..=31, 1..=12) => Some(DateOrder::DayFirst),
            (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_order_the_table_writes_them() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for (text, order, offset, instant) in [
            ("2026-08-20", DayFirst, 0, "2026-08-20T00:00:00Z"),
            ("20.08.2026", DayFirst, 120, "2026-08-19T22:00:00Z"),
            ("20/8/26 14:30", DayFirst, 0, "2026-08-20T14:30:00Z"),
            ("08/20/2026", MonthFirst, -300, "2026-08-20T05:00:00Z"),
            ("2026-08-20T10:00:00+02:00", YearFirst, 0, "2026-08-20T08:00:00Z"),
        ] {
            assert_eq!(parse(text, order, offset).map(Millis::to_rfc3339).as_deref(), Ok(instant), "{text}");
        }
        for (text, order) in [
            ("31.02.2026", DayFirst),
            ("20.08.2026", MonthFirst),
            ("20.08.2026", YearFirst),
            ("20.08.026", DayFirst),
            ("", DayFirst),
            ("1.1.2026 25:00", DayFirst),
        ] {
            assert!(parse(text, order, 0).is_err(), "{text}");
        }
        assert_eq!(seen_order(["1.2.2026", "13.2.2026"].into_iter()), Some(DayFirst));
        assert_eq!(seen_order(["1/2/2026"].into_iter()), None);
    }
}
