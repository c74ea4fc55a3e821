//! Decimals: integers of 10⁻⁹, so that a phone, a node and an auditor agree to the last digit.
//!
//! Sums are exact. A product, a quotient and a text with more than nine places are rounded once, half to even (the nearest, and of two equally
//! near the even one). Whatever leaves the range is an error, never wrapped or clamped.

use super::MeasureError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The longest text read as a number, in bytes.
const MAX_TEXT: usize = 80;

/// A number with nine decimal places, within ±(2¹²⁷ − 1) × 10⁻⁹ (about 1.7 × 10²⁹).
///
/// As text, in JSON and on a page it is the shortest decimal, without exponent: `0.4`, `-12`, `1500.000000001`.
///
/// # Examples
/// ```
/// use ecosphere::measure::Decimal;
/// let parts = ["0.2", "0.1", "0.1"].map(|text| Decimal::parse(text).unwrap());
/// let sum = parts.into_iter().try_fold(Decimal::ZERO, Decimal::plus).unwrap();
/// assert_eq!(sum.to_string(), "0.4");
/// assert_eq!(Decimal::ONE.over(Decimal::from(3)).unwrap().to_string(), "0.333333333");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i128);

impl Decimal {
    /// How many decimal places there are.
    pub const PLACES: u32 = 9;
    /// Units of the last place in 1.
    pub const NANOS: i128 = 1_000_000_000;
    /// 0
    pub const ZERO: Self = Self(0);
    /// 1
    pub const ONE: Self = Self(Self::NANOS);
    /// The largest; its negative is the smallest.
    pub const MAX: Self = Self(i128::MAX);

    /// A number of billionths. `i128::MIN`, the one value without an opposite, becomes the smallest decimal.
    #[must_use]
    pub const fn from_nanos(nanos: i128) -> Self {
        Self(if nanos == i128::MIN { -i128::MAX } else { nanos })
    }

    /// The number in billionths.
    #[must_use]
    pub const fn nanos(self) -> i128 {
        self.0
    }

    /// Reads a JSON number or the same in a string: `12`, `-0.5`, `1.5e-7`. What is beyond nine places is rounded half to even.
    ///
    /// # Errors
    /// [`MeasureError::Number`] for what is no number, [`MeasureError::TooLarge`] for what is out of range.
    pub fn parse(text: &str) -> Result<Self, MeasureError> {
        let bad = || MeasureError::Number(text.chars().take(40).collect());
        if text.len() > MAX_TEXT {
            return Err(bad());
        }
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return Err(bad()),
            None => (mantissa, ""),
        };
        let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if !is_digits(whole) || !is_digits(exponent_digits) {
            return Err(bad());
        }
        let zero = !mantissa.bytes().any(|b| matches!(b, b'1'..=b'9'));
        let exponent: i64 = match exponent.parse::<i64>() {
            _ if zero => 0,
            Ok(e) if e.abs() < 1_000_000 => e,
            _ if exponent.starts_with('-') => -1_000_000,
            _ => return Err(MeasureError::TooLarge),
        };
        // The digits that stand before and behind the ninth place.
        let kept = (whole.len() as i64).saturating_add(exponent).saturating_add(i64::from(Self::PLACES));
        let mut nanos: u128 = 0;
        let mut rest = Rest::None;
        for (n, digit) in whole.bytes().chain(fraction.bytes()).map(|b| u128::from(b - b'0')).enumerate() {
            if (n as i64) < kept {
                nanos = nanos.checked_mul(10).and_then(|n| n.checked_add(digit)).ok_or(MeasureError::TooLarge)?;
            } else {
                rest = rest.then(digit, n as i64 == kept);
            }
        }
        for _ in (whole.len() + fraction.len()) as i64..kept {
            if nanos == 0 {
                break;
            }
            nanos = nanos.checked_mul(10).ok_or(MeasureError::TooLarge)?;
        }
        signed(negative, rest.round(nanos)?)
    }

    /// The sum, exactly.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`].
    pub fn plus(self, other: Self) -> Result<Self, MeasureError> {
        self.0.checked_add(other.0).filter(|n| *n != i128::MIN).map(Self).ok_or(MeasureError::TooLarge)
    }

    /// The difference, exactly.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`].
    pub fn minus(self, other: Self) -> Result<Self, MeasureError> {
        self.plus(other.negated())
    }

    /// The product, rounded once.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`].
    pub fn times(self, other: Self) -> Result<Self, MeasureError> {
        self.scaled(other.0, Self::NANOS)
    }

    /// The quotient, rounded once.
    ///
    /// # Errors
    /// [`MeasureError::DividedByZero`], [`MeasureError::TooLarge`].
    pub fn over(self, other: Self) -> Result<Self, MeasureError> {
        self.scaled(Self::NANOS, other.0)
    }

    /// `self` × `by` / `of`, rounded once: a share of a whole, or a conversion by a fraction.
    ///
    /// # Errors
    /// [`MeasureError::DividedByZero`], [`MeasureError::TooLarge`].
    pub fn scaled(self, by: i128, of: i128) -> Result<Self, MeasureError> {
        let negative = (self.0 < 0) ^ (by < 0) ^ (of < 0);
        signed(negative, product_over(self.0.unsigned_abs(), by.unsigned_abs(), of.unsigned_abs())?)
    }

    /// The number with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The number without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// -1, 0 or 1.
    #[must_use]
    pub const fn signum(self) -> i128 {
        self.0.signum()
    }

    /// The nearest number with at most `places` decimal places, half to even.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        let step = 10_i128.pow(Self::PLACES.saturating_sub(places));
        let (whole, rest) = (self.0 / step, (self.0 % step).abs());
        let up = rest * 2 > step || (rest * 2 == step && whole % 2 != 0);
        let steps = whole + if up { self.0.signum() } else { 0 };
        // Rounding the very largest up would leave the range; then the next one down is the nearest there is.
        Self(steps.checked_mul(step).unwrap_or(whole * step))
    }

    /// The text with exactly `places` decimal places (at most nine), rounded half to even: `1.50`.
    #[must_use]
    pub fn to_fixed(self, places: u32) -> String {
        let places = places.min(Self::PLACES);
        let nanos = self.rounded(places).0;
        let (whole, fraction) = (nanos.unsigned_abs() / Self::NANOS.unsigned_abs(), nanos.unsigned_abs() % Self::NANOS.unsigned_abs());
        let sign = if nanos < 0 { "-" } else { "" };
        if places == 0 {
            return format!("{sign}{whole}");
        }
        let fraction = format!("{fraction:09}");
        format!("{sign}{whole}.{}", fraction.get(..places as usize).unwrap_or_default())
    }
}

/// What was left out behind the last place kept.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    None,
    BelowHalf,
    Half,
    AboveHalf,
}

impl Rest {
    /// One digit more; `first` if it stands right behind the last place kept.
    fn then(self, digit: u128, first: bool) -> Self {
        match (self, digit) {
            (Self::None, 0) => Self::None,
            (Self::None, 1..=4) => Self::BelowHalf,
            (Self::None, 5) if first => Self::Half,
            (Self::None, _) if first => Self::AboveHalf,
            (Self::None, _) => Self::BelowHalf,
            (Self::Half, 1..) => Self::AboveHalf,
            (rest, _) => rest,
        }
    }

    fn round(self, nanos: u128) -> Result<u128, MeasureError> {
        let up = self == Self::AboveHalf || (self == Self::Half && nanos % 2 == 1);
        nanos.checked_add(u128::from(up)).ok_or(MeasureError::TooLarge)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn signed(negative: bool, nanos: u128) -> Result<Decimal, MeasureError> {
    let nanos = i128::try_from(nanos).map_err(|_| MeasureError::TooLarge)?;
    Ok(Decimal(if negative { -nanos } else { nanos }))
}

/// `a` × `b` / `d`, half to even, the product in 256 bits.
fn product_over(a: u128, b: u128, d: u128) -> Result<u128, MeasureError> {
    if d == 0 {
        return Err(MeasureError::DividedByZero);
    }
    let (high, low) = match a.checked_mul(b) {
        Some(low) => (0, low),
        None => wide_product(a, b),
    };
    let (quotient, rest) = if high == 0 { (low / d, low % d) } else { wide_quotient(high, low, d)? };
    let up = rest > d - rest || (rest == d - rest && quotient % 2 == 1);
    quotient.checked_add(u128::from(up)).ok_or(MeasureError::TooLarge)
}

/// The product of two 128-bit numbers as (high, low).
fn wide_product(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = (1 << 64) - 1;
    let (a1, a0, b1, b0) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let low = a0 * b0;
    let mid = a1 * b0 + (low >> 64);
    let mid2 = a0 * b1 + (mid & HALF);
    (a1 * b1 + (mid >> 64) + (mid2 >> 64), (mid2 << 64) | (low & HALF))
}

/// (high, low) / d bit by bit: the quotient, if it fits, and the rest.
fn wide_quotient(high: u128, low: u128, d: u128) -> Result<(u128, u128), MeasureError> {
    if high >= d {
        return Err(MeasureError::TooLarge);
    }
    let (mut rest, mut quotient) = (high, 0_u128);
    for bit in (0..128).rev() {
        let carry = rest >> 127 == 1;
        rest = (rest << 1) | ((low >> bit) & 1);
        if carry || rest >= d {
            rest = rest.wrapping_sub(d);
            quotient |= 1 << bit;
        }
    }
    Ok((quotient, rest))
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = self.to_fixed(Self::PLACES);
        f.pad(fixed.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Self(i128::from(whole) * Self::NANOS)
    }
}
impl From<i32> for Decimal {
    fn from(whole: i32) -> Self {
        Self::from(i64::from(whole))
    }
}
impl From<u64> for Decimal {
    fn from(whole: u64) -> Self {
        Self(i128::from(whole) * Self::NANOS)
    }
}

impl std::str::FromStr for Decimal {
    type Err = MeasureError;
    fn from_str(text: &str) -> Result<Self, MeasureError> {
        Self::parse(text)
    }
}

/// A string in JSON, so that no reader makes a double of it; billionths in a binary format.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i128(self.0) }
    }
}

/// A JSON string or number; a number counts as the shortest decimal that gives its double back, which is its canonical text (RFC 8785).
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i128::deserialize(deserializer).map(Self::from_nanos);
        }
        let parsed = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Self::parse(&text),
            serde_json::Value::Number(number) => Self::parse(&number.to_string()),
            other => Err(MeasureError::Number(other.to_string().chars().take(40).collect())),
        };
        parsed.map_err(de::Error::custom)
    }
}

/// How a table writes its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberStyle {
    /// `1,234.5`: a point before the decimals, commas between thousands.
    Point,
    /// `1.234,5`: a comma before the decimals, points between thousands.
    Comma,
}

impl NumberStyle {
    /// The only style in which this text is a number, or `None` if it is one in both (`1.234`, `12`) or in none.
    #[must_use]
    pub fn seen_in(text: &str) -> Option<Self> {
        match (Self::Point.parse(text), Self::Comma.parse(text)) {
            (Ok(_), Err(_)) => Some(Self::Point),
            (Err(_), Ok(_)) => Some(Self::Comma),
            _ => None,
        }
    }

    /// Reads a number as a person or a spreadsheet writes it: with a sign, and between thousands this style's mark, a space or an apostrophe.
    ///
    /// # Errors
    /// As [`Decimal::parse`]; also where a mark between thousands stands elsewhere, as in `1,23` read with a decimal point.
    pub fn parse(self, text: &str) -> Result<Decimal, MeasureError> {
        let bad = || MeasureError::Number(text.chars().take(40).collect());
        let (mark, group) = match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        };
        let trimmed = text.trim();
        let (sign, rest) = match trimmed.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => ("-", rest),
            None => ("", trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let end = rest.find([mark, 'e', 'E']).unwrap_or(rest.len());
        let (whole, tail) = rest.split_at(end);
        let is_group = |c: char| c == group || matches!(c, ' ' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2019}');
        let mut groups = whole.split(is_group);
        let first = groups.next().unwrap_or_default();
        let grouped = whole.contains(is_group);
        if (grouped && !(1..=3).contains(&first.len())) || groups.any(|g| g.len() != 3) || (grouped && first == "0") {
            return Err(bad());
        }
        let mut plain = String::from(sign);
        plain.push_str(if whole.is_empty() && tail.len() > 1 { "0" } else { "" });
        plain.extend(whole.chars().filter(|c| !is_group(*c)));
        plain.extend(tail.chars().map(|c| {
            if c == mark {
                '.'
            } else if c == '.' {
                '?'
            } else {
                c
            }
        }));
        Decimal::parse(&plain).map_err(|e| if e == MeasureError::TooLarge { e } else { bad() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigInt;
    use proptest::prelude::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn numbers_are_read_and_written_without_loss() {
        for (text, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("12", "12"),
            ("-0.5", "-0.5"),
            ("1e3", "1000"),
            ("1.5E-7", "0.00000015"),
            ("0.1000", "0.1"),
            ("123456789012345678901234567.123456789", "123456789012345678901234567.123456789"),
            ("0e999999999999999999999", "0"),
        ] {
            assert_eq!(d(text).to_string(), written, "{text}");
        }
    }

    #[test]
    fn the_tenth_place_is_rounded_half_to_even() {
        for (text, nanos) in [
            ("0.0000000005", 0),
            ("0.0000000015", 2),
            ("0.00000000050000001", 1),
            ("-0.0000000025", -2),
            ("-0.0000000035", -4),
            ("5e-10", 0),
            ("51e-11", 1),
            ("9e-10", 1),
            ("9e-11", 0),
            ("99e-12", 0),
            ("1e-400", 0),
            ("0.9999999999", 1_000_000_000),
        ] {
            assert_eq!(d(text).nanos(), nanos, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_refused() {
        for text in ["", "-", ".5", "5.", "1,5", "+1", "1e", "1e+", "0x1", "NaN", "1 000", "٣", "--1", "1.2.3"] {
            assert!(matches!(Decimal::parse(text), Err(MeasureError::Number(_))), "{text}");
        }
        for text in ["1e30", "1e999999999999999999999", "170141183460469231731687303715.884105728"] {
            assert_eq!(Decimal::parse(text), Err(MeasureError::TooLarge), "{text}");
        }
        assert_eq!(d("-170141183460469231731687303715.884105727").negated(), Decimal::MAX);
        assert_eq!(Decimal::ONE.over(Decimal::ZERO), Err(MeasureError::DividedByZero));
        assert_eq!(Decimal::MAX.plus(Decimal::from_nanos(1)), Err(MeasureError::TooLarge));
        assert_eq!(Decimal::MAX.negated().minus(Decimal::from_nanos(1)), Err(MeasureError::TooLarge));
        assert_eq!(Decimal::MAX.times(d("1.1")), Err(MeasureError::TooLarge));
    }

    #[test]
    fn a_number_is_shown_with_as_many_places_as_asked() {
        assert_eq!([d("1.5").to_fixed(2), d("-0.005").to_fixed(2), d("2.5").to_fixed(0), d("0.015").to_fixed(2)], ["1.50", "0.00", "2", "0.02"]);
        assert_eq!(format!("{:>6}", d("1.5")), "   1.5");
    }

    #[test]
    fn tables_in_either_style_are_read() {
        for (style, text, value) in [
            (NumberStyle::Comma, "1.234,5", "1234.5"),
            (NumberStyle::Comma, "0,25", "0.25"),
            (NumberStyle::Point, "1,234,567.25", "1234567.25"),
            (NumberStyle::Point, " 12 345 ", "12345"),
            (NumberStyle::Point, "1\u{202f}234.5", "1234.5"),
            (NumberStyle::Point, "1'000", "1000"),
            (NumberStyle::Point, "\u{2212}4", "-4"),
            (NumberStyle::Point, "+.5", "0.5"),
            (NumberStyle::Comma, "2,5e3", "2500"),
        ] {
            assert_eq!(style.parse(text), Ok(d(value)), "{text}");
        }
        for (style, text) in [
            (NumberStyle::Point, "1,23"),
            (NumberStyle::Comma, "1.5"),
            (NumberStyle::Point, "1,2345"),
            (NumberStyle::Point, ""),
            (NumberStyle::Comma, ","),
            (NumberStyle::Point, "0,123"),
            (NumberStyle::Point, "12,34,567.0"),
            (NumberStyle::Comma, "1,5.3"),
        ] {
            assert!(style.parse(text).is_err(), "{text}");
        }
        assert_eq!(["1.234,5", "3,5", "1.234", "1.5", "12", "x"].map(NumberStyle::seen_in), {
            let (p, c) = (Some(NumberStyle::Point), Some(NumberStyle::Comma));
            [c, c, None, p, None, None]
        });
    }

    #[test]
    fn json_carries_a_decimal_as_text_and_reads_a_number_by_its_digits() {
        assert_eq!(serde_json::to_string(&d("0.1")).unwrap(), "\"0.1\"");
        let read: Vec<Decimal> = serde_json::from_str(r#"["0.1", 0.1, 1e-7, 3]"#).unwrap();
        assert_eq!(read, [d("0.1"), d("0.1"), d("0.0000001"), d("3")]);
        assert!(serde_json::from_str::<Decimal>("true").is_err());
        let bytes = postcard::to_stdvec(&d("-0.1")).unwrap();
        assert_eq!(postcard::from_bytes::<Decimal>(&bytes).unwrap(), d("-0.1"));
    }

    /// n / d to the nearest integer, half to even.
    fn half_even(n: BigInt, d: BigInt) -> BigInt {
        let (n, d) = if d < BigInt::ZERO { (-n, -d) } else { (n, d) };
        let two = BigInt::from(2);
        let mut floor = &n / &d;
        if n < BigInt::ZERO && &floor * &d != n {
            floor -= 1;
        }
        let rest: BigInt = (n - &floor * &d) * &two;
        let odd = &floor % &two != BigInt::ZERO;
        if rest > d || (rest == d && odd) { floor + 1 } else { floor }
    }

    fn expected(exact: BigInt) -> Result<Decimal, MeasureError> {
        match i128::try_from(exact) {
            Ok(n) if n != i128::MIN => Ok(Decimal(n)),
            _ => Err(MeasureError::TooLarge),
        }
    }

    /// Of every size, so that both the short way and the 256-bit way are taken.
    fn any_decimal() -> impl Strategy<Value = Decimal> {
        (any::<i128>(), 0_u32..127).prop_map(|(n, shift)| Decimal::from_nanos(n >> shift))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn arithmetic_is_that_of_exact_integers(a in any_decimal(), b in any_decimal(), c in any_decimal()) {
            let big = |x: Decimal| BigInt::from(x.0);
            let nanos = BigInt::from(Decimal::NANOS);
            prop_assert_eq!(a.plus(b), expected(big(a) + big(b)));
            prop_assert_eq!(a.minus(b), expected(big(a) - big(b)));
            prop_assert_eq!(a.times(b), expected(half_even(big(a) * big(b), nanos.clone())));
            if b == Decimal::ZERO {
                prop_assert_eq!(a.over(b), Err(MeasureError::DividedByZero));
            } else {
                prop_assert_eq!(a.over(b), expected(half_even(big(a) * nanos, big(b))));
                prop_assert_eq!(a.scaled(c.0, b.0), expected(half_even(big(a) * big(c), big(b))));
            }
        }

        #[test]
        fn what_is_written_reads_back(a in any_decimal(), places in 0_u32..12) {
            prop_assert_eq!(Decimal::parse(&a.to_string()), Ok(a));
            let json = serde_json::to_string(&a).unwrap();
            prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), a);
            let step = BigInt::from(10).pow(9 - places.min(9));
            let exact = half_even(BigInt::from(a.0), step.clone()) * step;
            if let Ok(rounded) = expected(exact) {
                prop_assert_eq!(a.rounded(places), rounded);
                prop_assert_eq!(Decimal::parse(&a.to_fixed(places)), Ok(rounded));
            }
        }

        #[test]
        fn any_mantissa_and_exponent_are_read_as_their_exact_value_rounded(mantissa in any::<i128>(), shift in 0_u32..127, point in 0_usize..40, exponent in -60_i32..40) {
            let mantissa = mantissa >> shift;
            let digits = format!("{:0>40}", mantissa.unsigned_abs());
            let (whole, fraction) = digits.split_at(40 - point);
            let sign = if mantissa < 0 { "-" } else { "" };
            let text = if point == 0 { format!("{sign}{whole}e{exponent}") } else { format!("{sign}{whole}.{fraction}e{exponent}") };
            let power = exponent - point as i32 + 9;
            let ten = |n: i32| BigInt::from(10).pow(n.unsigned_abs());
            let exact = if power >= 0 { BigInt::from(mantissa) * ten(power) } else { half_even(BigInt::from(mantissa), ten(power)) };
            prop_assert_eq!(Decimal::parse(&text), expected(exact), "{}", text);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,30}") {
            let _ = (Decimal::parse(&text), NumberStyle::Comma.parse(&text), NumberStyle::Point.parse(&text), NumberStyle::seen_in(&text));
        }
    }
}
