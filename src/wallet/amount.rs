//! Amounts of a token as people write them: digits, at most one point, no more decimals than the token has. Nothing else.

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one point.
    #[error("this is not an amount; write it in digits with a point, like 12.50")]
    NotAnAmount,
    /// Below zero.
    #[error("an amount cannot be negative; to get something back, ask the other side to pay you")]
    Negative,
    /// Nothing.
    #[error("an amount is more than 0")]
    Zero,
    /// Written with an exponent.
    #[error("write the amount out, like 1000 and not 1e3")]
    Exponent,
    /// Digits of another script, which can be mistaken for others.
    #[error("write the amount with the digits 0 to 9; digits of other scripts can look like different ones")]
    OtherDigits,
    /// More decimals than the token has.
    #[error("this token has {0} decimals; write no more than that")]
    TooManyDecimals(u8),
    /// More than there can be.
    #[error("this is more than there can be of any token")]
    TooLarge,
}

/// Reads an amount into minor units.
///
/// ```
/// use ecosphere::wallet::{AmountError, read_amount};
/// assert_eq!(read_amount("12.5", 2), Ok(1250));
/// assert_eq!(read_amount("12.505", 2), Err(AmountError::TooManyDecimals(2)));
/// ```
///
/// # Errors
/// What is wrong with it.
pub fn read_amount(text: &str, decimals: u8) -> Result<u64, AmountError> {
    if text.starts_with(['-', '\u{2212}']) {
        return Err(AmountError::Negative);
    }
    if text.chars().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
        return Err(AmountError::OtherDigits);
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['e', 'E']) {
        return Err(AmountError::Exponent);
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || fraction.is_some_and(|f| !digits(f)) || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(AmountError::NotAnAmount);
    }
    let fraction = fraction.unwrap_or_default();
    let missing = usize::from(decimals).checked_sub(fraction.len()).ok_or(AmountError::TooManyDecimals(decimals))?;
    let units = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', missing));
    let sum = units.into_iter().try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0'))));
    match sum {
        None => Err(AmountError::TooLarge),
        Some(0) => Err(AmountError::Zero),
        Some(units) => Ok(units),
    }
}

/// Writes minor units as people read them, with no zeros at the end: `1250` of two decimals is `12.5`.
#[must_use]
pub fn write_amount(units: u64, decimals: u8) -> String {
    let places = usize::from(decimals);
    let digits = format!("{units:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_strictly() {
        use AmountError::{Exponent, Negative, NotAnAmount, OtherDigits, TooLarge, TooManyDecimals, Zero};
        for (text, decimals, units) in [
            ("1", 0, 1),
            ("12.5", 2, 1_250),
            ("12.50", 2, 1_250),
            ("0.01", 2, 1),
            ("18446744073.709551615", 9, u64::MAX),
            ("18446744073709551615", 0, u64::MAX),
        ] {
            assert_eq!(read_amount(text, decimals), Ok(units), "{text}");
        }
        for (text, why) in [
            ("", NotAnAmount),
            (" 1", NotAnAmount),
            ("1 ", NotAnAmount),
            ("+1", NotAnAmount),
            ("1,5", NotAnAmount),
            ("1 000", NotAnAmount),
            (".5", NotAnAmount),
            ("5.", NotAnAmount),
            ("007", NotAnAmount),
            ("0x10", NotAnAmount),
            ("1.2.3", NotAnAmount),
            ("NaN", NotAnAmount),
            ("-1", Negative),
            ("\u{2212}1", Negative),
            ("0", Zero),
            ("0.00", Zero),
            ("1e3", Exponent),
            ("1E-3", Exponent),
            ("\u{661}\u{662}", OtherDigits),
            ("1\u{ff12}", OtherDigits),
            ("\u{b2}", OtherDigits),
            ("1.005", TooManyDecimals(2)),
            ("1.000", TooManyDecimals(2)),
            ("184467440737095516.16", TooLarge),
            ("99999999999999999999999999", TooLarge),
        ] {
            assert_eq!(read_amount(text, 2), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_no_text_makes_the_reader_panic(units in 1_u64.., decimals in 0_u8..=9, text in "\\PC{0,20}") {
            prop_assert_eq!(read_amount(&write_amount(units, decimals), decimals), Ok(units));
            let _ = read_amount(&text, decimals);
        }
    }
}
