//! How much is in a pack, read from what is printed on it, and what that makes of a price.

use crate::measure::{Currency, Money};
use serde::{Deserialize, Serialize};

/// What a pack's content is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Grams.
    Gram,
    /// Millilitres.
    Millilitre,
}

/// How much is in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// Thousandths of the unit, above 0.
    thousandths: u64,
    content: Content,
}

/// A price for 100 g or 100 ml, so that packs of any size can be compared. Ordered by unit and currency first: what cannot be compared stands apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnitPrice {
    /// What it is for 100 of.
    pub content: Content,
    /// Which money.
    pub currency: Currency,
    /// Thousandths of the money's minor unit.
    pub thousandths: i64,
}

/// More than any pack holds: a million kilograms or litres.
const MOST: u64 = 1_000_000_000_000;

/// Units as they are printed, what they are and how many thousandths.
const UNITS: [(&str, Content, u64); 24] = [
    ("mg", Content::Gram, 1),
    ("g", Content::Gram, 1_000),
    ("gr", Content::Gram, 1_000),
    ("gram", Content::Gram, 1_000),
    ("grams", Content::Gram, 1_000),
    ("gramm", Content::Gram, 1_000),
    ("grammes", Content::Gram, 1_000),
    ("kg", Content::Gram, 1_000_000),
    ("oz", Content::Gram, 28_350),
    ("lb", Content::Gram, 453_592),
    ("lbs", Content::Gram, 453_592),
    ("ml", Content::Millilitre, 1_000),
    ("cl", Content::Millilitre, 10_000),
    ("dl", Content::Millilitre, 100_000),
    ("l", Content::Millilitre, 1_000_000),
    ("lt", Content::Millilitre, 1_000_000),
    ("ltr", Content::Millilitre, 1_000_000),
    ("liter", Content::Millilitre, 1_000_000),
    ("liters", Content::Millilitre, 1_000_000),
    ("litre", Content::Millilitre, 1_000_000),
    ("litres", Content::Millilitre, 1_000_000),
    ("litro", Content::Millilitre, 1_000_000),
    ("litros", Content::Millilitre, 1_000_000),
    ("fl", Content::Millilitre, 29_574),
];

impl Quantity {
    /// Reads what is printed; the first amount with a unit counts. `None` where there is none: pieces, portions and the like are not compared.
    ///
    /// ```
    /// use ecosphere::{bot::Quantity, measure::{Currency, Money}};
    ///
    /// let price = Money::parse("3.20", Currency::EUR).unwrap();
    /// for printed in ["400 g", "0,4kg e", "4 x 100 g", "2×200G (net)"] {
    ///     let per_hundred = Quantity::parse(printed).unwrap().price(price).unwrap();
    ///     assert_eq!(per_hundred.rounded().to_string(), "0.80 EUR", "{printed}");
    /// }
    /// assert_eq!(Quantity::parse("12 pieces"), None);
    /// ```
    #[must_use]
    pub fn parse(printed: &str) -> Option<Self> {
        let text: String = printed.chars().take(100).flat_map(char::to_lowercase).collect();
        let mut rest = text.as_str();
        let mut times = None;
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (mut number, behind) = number(rest.get(at..)?);
            // Within a word it is no amount: "1e3", "B12".
            if rest.get(..at)?.ends_with(char::is_alphabetic) {
                number = None;
            }
            let behind = behind.trim_start();
            let word = behind.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
            if let Some((_, content, each)) = UNITS.iter().find(|(unit, ..)| *unit == word) {
                // An amount in thousandths of a unit of so many thousandths.
                let one = number?.checked_mul(*each)? / 1_000;
                let thousandths = one.checked_mul(times.unwrap_or(1))?;
                return (1..=MOST).contains(&thousandths).then_some(Self { thousandths, content: *content });
            }
            let is_times = word == "x" || behind.starts_with(['\u{d7}', '*']);
            times = number.filter(|n| is_times && n % 1_000 == 0).map(|n| n / 1_000);
            let mut left = behind.chars();
            rest = if is_times { left.next().map_or("", |_| left.as_str()) } else { behind };
        }
        None
    }

    /// The price of 100 g or 100 ml; `None` for a price that is none.
    #[must_use]
    pub fn price(self, price: Money) -> Option<UnitPrice> {
        let thousandths = i128::from(price.minor) * 100 * 1_000 * 1_000 / i128::from(self.thousandths);
        let thousandths = i64::try_from(thousandths).ok().filter(|_| price.minor >= 0)?;
        Some(UnitPrice { content: self.content, currency: price.currency, thousandths })
    }
}

impl UnitPrice {
    /// As a person reads it, rounded half up to the minor unit.
    #[must_use]
    pub const fn rounded(self) -> Money {
        Money { minor: self.thousandths / 1_000 + (self.thousandths % 1_000 >= 500) as i64, currency: self.currency }
    }
}

/// The number at the beginning, in thousandths, and what is behind it; no number where it is too long to be one.
fn number(text: &str) -> (Option<u64>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (digits, behind) = text.split_at(end);
    let digits = digits.trim_end_matches(['.', ',']).replace(',', ".");
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let part = part.get(..part.len().min(3)).unwrap_or_default();
    let read = || Some(whole.parse::<u64>().ok()?.checked_mul(1_000)? + format!("{part:0<3}").parse::<u64>().ok()?);
    (read(), behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(printed: &str) -> Option<(u64, Content)> {
        Quantity::parse(printed).map(|q| (q.thousandths, q.content))
    }

    #[test]
    fn what_is_printed_is_read_in_all_its_ways() {
        for (printed, thousandths, unit) in [
            ("350 g", 350_000, Content::Gram),
            ("350g", 350_000, Content::Gram),
            ("1,5 L", 1_500_000, Content::Millilitre),
            ("6 x 330 ml", 1_980_000, Content::Millilitre),
            ("6x33cl", 1_980_000, Content::Millilitre),
            ("2 \u{d7} 125 g", 250_000, Content::Gram),
            ("1 kg", 1_000_000, Content::Gram),
            ("12 sachets, 24 g", 24_000, Content::Gram),
            ("16 oz (453 g)", 453_600, Content::Gram),
            ("0.75l", 750_000, Content::Millilitre),
        ] {
            assert_eq!(content(printed), Some((thousandths, unit)), "{printed}");
        }
        for printed in ["", "12", "12 pieces", "g", "0 g", "\u{221e} g", "NaN g", "99999999999999999999 g", "1e3 g", "999999999999 kg", "1.2.3 g"] {
            assert_eq!(content(printed), None, "{printed}");
        }
    }

    #[test]
    fn a_price_that_is_none_has_no_unit_price() {
        let pack = Quantity::parse("1 mg").unwrap();
        let price = |minor| pack.price(Money { minor, currency: Currency::EUR });
        assert_eq!(price(i64::MAX), None);
        assert_eq!(price(-1), None);
        assert_eq!(price(0).map(|p| p.thousandths), Some(0));
    }

    proptest! {
        #[test]
        fn whatever_is_printed_it_is_read_or_not(printed in any::<String>(), number in "[0-9.,x ]{0,30}(g|ml|oz)?") {
            for text in [printed, number] {
                if let Some(q) = Quantity::parse(&text) {
                    prop_assert!(q.thousandths > 0 && q.thousandths <= MOST);
                }
            }
        }
    }
}
