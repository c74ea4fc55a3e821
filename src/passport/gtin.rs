//! GTIN: the number in a product's barcode (GS1 General Specifications, sections 2.1 and 7.9).

use serde::{Deserialize, Serialize};

/// A Global Trade Item Number whose check digit is right. GTIN-8, -12 (UPC-A), -13 (EAN-13) and -14 name the same product when they
/// differ in leading zeros only, so the number is kept in its 14-digit form.
///
/// # Examples
/// ```
/// use ecosphere::passport::Gtin;
/// let gtin = Gtin::parse("3017620422003").unwrap();
/// assert_eq!(gtin.to_string(), "03017620422003");
/// assert!(Gtin::parse("3017620422004").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Gtin(u64);

/// Why a text is not a GTIN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Something else than digits.
    #[error("a barcode number has digits only; \"{0}\" has something else in it")]
    NotDigits(String),
    /// Not 8, 12, 13 or 14 digits.
    #[error("a barcode number has 8, 12, 13 or 14 digits, this one has {0}; look at the digits under the bars")]
    Length(usize),
    /// The last digit does not fit the others.
    #[error("the last digit of {number} should be {expected}; one of the digits is wrong, look at the digits under the bars")]
    CheckDigit {
        /// The number as given.
        number: String,
        /// The check digit the other digits ask for, 0..=9.
        expected: u8,
    },
    /// All zeros: has the right check digit, but names nothing.
    #[error("a barcode number of zeros names no product; look at the digits under the bars")]
    Zero,
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 ASCII digits, check digit last.
    ///
    /// # Errors
    /// Says which rule does not hold.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        let Some(digits) = digits(text) else {
            return Err(GtinError::NotDigits(text.chars().take(40).collect()));
        };
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return Err(GtinError::Length(digits.len()));
        }
        if let Some(expected) = wrong_check_digit(&digits) {
            return Err(GtinError::CheckDigit { number: text.to_owned(), expected });
        }
        match digits.iter().fold(0, |n, d| n * 10 + u64::from(*d)) {
            0 => Err(GtinError::Zero),
            n => Ok(Self(n)),
        }
    }

    /// All 14 digits, zeros in front.
    #[must_use]
    pub fn digits14(&self) -> String {
        format!("{:014}", self.0)
    }

    /// The digits a shop prints under the bars: 8, 12, 13 or 14 of them, whichever is the shortest that holds the number. (A UPC-A and
    /// an EAN-13 with a leading zero have the same bars; this gives the 12 digits.)
    #[must_use]
    pub fn shortest(&self) -> String {
        match self.0 {
            0..=99_999_999 => format!("{:08}", self.0),
            100_000_000..=999_999_999_999 => format!("{:012}", self.0),
            1_000_000_000_000..=9_999_999_999_999 => format!("{:013}", self.0),
            _ => self.digits14(),
        }
    }

    /// The 12 digits of the UPC-A that a UPC-E (8 digits: number system 0 or 1, six digits, check digit) leaves the zeros out of.
    /// `None` when the text is not a UPC-E. GS1 General Specifications, section 5.2.2.4.2.
    #[must_use]
    pub fn expand_upc_e(text: &str) -> Option<String> {
        let [system @ (0 | 1), a, b, c, d, e, last, check] = digits(text)?[..] else {
            return None;
        };
        let middle = match last {
            0..=2 => [a, b, last, 0, 0, 0, 0, c, d, e],
            3 => [a, b, c, 0, 0, 0, 0, 0, d, e],
            4 => [a, b, c, d, 0, 0, 0, 0, 0, e],
            _ => [a, b, c, d, e, 0, 0, 0, 0, last],
        };
        let all: Vec<u8> = std::iter::once(system).chain(middle).chain([check]).collect();
        let text: String = all.iter().map(|d| char::from(b'0' + d)).collect();
        wrong_check_digit(&all).is_none().then_some(text)
    }
}

/// The values of a text of ASCII digits; `None` when something else is in it.
pub(super) fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|b| b.is_ascii_digit().then(|| b - b'0')).collect()
}

/// GS1's mod-10 check (General Specifications, section 7.9.1): weights 3, 1, 3, … from the digit left of the check digit. `None` when the
/// last digit is right, else the one that would be.
pub(super) fn wrong_check_digit(digits: &[u8]) -> Option<u8> {
    let (check, rest) = digits.split_last()?;
    let sum: u32 = rest.iter().rev().zip([3, 1].into_iter().cycle()).map(|(d, weight)| u32::from(*d) * weight).sum();
    let expected = u8::try_from((10 - sum % 10) % 10).unwrap_or(0);
    (expected != *check).then_some(expected)
}

impl std::fmt::Display for Gtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:014}", self.0)
    }
}
impl std::str::FromStr for Gtin {
    type Err = GtinError;
    fn from_str(text: &str) -> Result<Self, GtinError> {
        Self::parse(text)
    }
}
impl TryFrom<String> for Gtin {
    type Error = GtinError;
    fn try_from(text: String) -> Result<Self, GtinError> {
        Self::parse(&text)
    }
}
impl From<Gtin> for String {
    fn from(gtin: Gtin) -> Self {
        gtin.digits14()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_product_has_one_number_however_many_zeros_lead() {
        let forms = ["036000291452", "0036000291452", "00036000291452"];
        for form in forms {
            assert_eq!(Gtin::parse(form).unwrap().digits14(), "00036000291452");
            assert_eq!(Gtin::parse(form).unwrap().shortest(), "036000291452");
        }
        assert_eq!(Gtin::parse("96385074").unwrap().shortest(), "96385074");
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        assert_eq!(Gtin::parse(""), Err(GtinError::Length(0)));
        assert_eq!(Gtin::parse("301762042200"), Err(GtinError::CheckDigit { number: "301762042200".into(), expected: 9 }));
        assert_eq!(Gtin::parse("3017620422"), Err(GtinError::Length(10)));
        assert!(matches!(Gtin::parse("30176204２2003"), Err(GtinError::NotDigits(_))));
        assert_eq!(Gtin::parse("00000000"), Err(GtinError::Zero));
    }

    #[test]
    fn a_upc_e_is_the_upc_a_with_its_zeros_back() {
        assert_eq!(Gtin::expand_upc_e("04252614").as_deref(), Some("042100005264"));
        assert_eq!(Gtin::expand_upc_e("24252614"), None);
        assert_eq!(Gtin::expand_upc_e("04252615"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(n in 1u64..10_000_000_000_000) {
            let stem = format!("{n:013}");
            let gtin = (0..10).find_map(|c| Gtin::parse(&format!("{stem}{c}")).ok()).unwrap();
            prop_assert_eq!(Gtin::parse(&gtin.to_string()).unwrap(), gtin);
            prop_assert_eq!(Gtin::parse(&gtin.shortest()).unwrap(), gtin);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,20}") {
            let _ = Gtin::parse(&text);
            let _ = Gtin::expand_upc_e(&text);
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(n in 0u64..10_000_000_000_000, at in 0usize..14, by in 1u8..10) {
            let stem = format!("{n:013}");
            let good = (0..10).map(|c| format!("{stem}{c}")).find(|t| wrong_check_digit(&digits(t).unwrap()).is_none()).unwrap();
            let mut wrong = digits(&good).unwrap();
            wrong[at] = (wrong[at] + by) % 10;
            prop_assert!(wrong_check_digit(&wrong).is_some());
        }
    }
}
