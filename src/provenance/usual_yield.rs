//! How much of a good an industry usually gets out of another, by weight: what a transformation that names its process is compared with.
//!
//! ```text
//! process            from -> to                        usual       who says so
//! coffee-roasting    green coffee -> roasted coffee    1 / 1.19    International Coffee Organization, ICC 102-10
//! ```
//! *In:* a process's name. *Out:* the row. A figure alone is a fact and has no licence; whoever published it is named. Where a source gives a range its
//! upper end stands here. Most are averages, so a step well above one is told and not called impossible (`check::balance`). An industry that is not here
//! has no row rather than a guessed one: of hides and leather, say, no published figure was found that could be checked.

use crate::measure::Decimal;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualYield {
    /// The name by which an event says what it is.
    pub process: &'static str,
    /// What goes in.
    pub from: &'static str,
    /// What comes out.
    pub to: &'static str,
    /// Kilograms that usually come out of each that goes in, above 0 and at most 1; rounded at the ninth place.
    pub usual: Decimal,
    /// Who says so.
    pub said_by: &'static str,
}

const ICO: &str = "International Coffee Organization, Rules on Statistics ICC 102-10, 2011";
const USDA: &str = "US Department of Agriculture, as in the Wisconsin Milk Marketing Board's Milk Facts";

impl UsualYield {
    const TABLE: [Self; 16] = [
        // 2 kg of dried cherries, 1.25 kg of parchment for one of green coffee; 1.19 and 2.6 kg of green for one of roasted and of soluble.
        row("coffee-cherry-hulling", ("dried coffee cherries", "green coffee"), 500_000_000, ICO),
        row("coffee-parchment-hulling", ("parchment coffee", "green coffee"), 800_000_000, ICO),
        row("coffee-roasting", ("green coffee", "roasted coffee"), 840_336_134, ICO),
        row("soluble-coffee", ("green coffee", "soluble coffee"), 384_615_385, ICO),
        row("cocoa-grinding", ("cocoa beans", "cocoa liquor"), 820_000_000, "UTZ Cocoa Program, cocoa bean equivalent, June 2016"),
        // Pounds of milk for one: 21.2, 10.0, 6.25, 7.4 and 11.0.
        row("butter", ("whole milk", "butter"), 47_169_811, USDA),
        row("whole-milk-cheese", ("whole milk", "whole-milk cheese"), 100_000_000, USDA),
        row("cottage-cheese", ("skimmed milk", "cottage cheese"), 160_000_000, USDA),
        row("whole-milk-powder", ("whole milk", "whole-milk powder"), 135_135_135, USDA),
        row("skimmed-milk-powder", ("skimmed milk", "skimmed-milk powder"), 90_909_091, USDA),
        row("white-flour-milling", ("wheat", "normal white flour"), 720_000_000, "A Dictionary of Food and Nutrition, flour extraction rate"),
        // 1.25 kg of paddy for one of husked rice.
        row("rice-husking", ("paddy rice", "husked rice"), 800_000_000, "Commission Implementing Regulation (EU) 2023/2834, article 1"),
        row("rice-milling", ("paddy rice", "white rice"), 700_000_000, "International Rice Research Institute, milling yields of a modern mill"),
        // 100 pounds of fibre beside about 140 of seed.
        row("cotton-ginning", ("seed cotton", "cotton lint"), 416_666_667, "Cotton Incorporated, CottonWorks production dictionary"),
        row("olive-pressing", ("olives", "olive oil"), 250_000_000, "Bio D'Auria, from olive to extra virgin olive oil"),
        // 6 kg for one.
        row("tomato-paste", ("tomatoes", "tomato paste of 26 to 28 Brix"), 166_666_667, "Teachers Village, tomato processing training"),
    ];

    /// Every row.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        Self::TABLE.iter()
    }

    /// The row of a process.
    #[must_use]
    pub fn of(process: &str) -> Option<&'static Self> {
        Self::all().find(|row| row.process == process)
    }
}

const fn row(process: &'static str, (from, to): (&'static str, &'static str), nanos: i128, said_by: &'static str) -> UsualYield {
    UsualYield { process, from, to, usual: Decimal::from_nanos(nanos), said_by }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::Event;

    #[test]
    fn a_process_has_one_row_with_a_yield_that_can_be_and_says_who_says_so() {
        for row in UsualYield::all() {
            assert_eq!(UsualYield::of(row.process), Some(row), "named once");
            assert!(Event::is_yield(row.usual) && row.usual <= Decimal::ONE && !row.said_by.is_empty(), "{row:?}");
        }
        assert_eq!(UsualYield::of(""), None);
    }

    #[test]
    fn what_is_given_as_so_much_for_one_is_its_inverse() {
        for (process, per_one) in
            [("coffee-roasting", "1.19"), ("soluble-coffee", "2.6"), ("butter", "21.2"), ("whole-milk-powder", "7.4"), ("rice-husking", "1.25")]
        {
            let inverse = Decimal::ONE.scaled(Decimal::NANOS, Decimal::parse(per_one).unwrap().nanos()).unwrap();
            assert_eq!(UsualYield::of(process).map(|row| row.usual), Some(inverse), "{process}");
        }
    }
}
