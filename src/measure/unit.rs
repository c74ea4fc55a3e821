//! Units of measure and their exact conversion.

use super::{Decimal, MeasureError, unit_table::TABLE};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a unit measures. Quantities of different dimensions are never added or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Base unit: kilogram, `KGM`.
    Mass,
    /// Base unit: litre, `LTR`.
    Volume,
    /// Base unit: metre, `MTR`.
    Length,
    /// Base unit: square metre, `MTK`.
    Area,
    /// Base unit: piece, `H87`.
    Count,
    /// Base unit: person, `IE`.
    People,
    /// Base unit: kilowatt hour, `KWH`.
    Energy,
    /// Base unit: kilowatt, `KWT`.
    Power,
    /// Base unit: hour, `HUR`.
    Time,
    /// Base unit: tonne kilometre, `TKM`.
    Transport,
    /// Base unit: per cent, `P1`.
    Ratio,
    /// Only degrees Celsius, `CEL`.
    Temperature,
}

impl Dimension {
    /// What is measured, in a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mass => "mass",
            Self::Volume => "volume",
            Self::Length => "length",
            Self::Area => "area",
            Self::Count => "a count of things",
            Self::People => "a number of people",
            Self::Energy => "energy",
            Self::Power => "power",
            Self::Time => "time",
            Self::Transport => "transport",
            Self::Ratio => "a ratio",
            Self::Temperature => "temperature",
        }
    }

    /// The unit that the others of this dimension are fractions of.
    #[must_use]
    pub const fn base(self) -> Unit {
        match self {
            Self::Mass => Unit::KILOGRAM,
            Self::Volume => Unit::LITRE,
            Self::Length => Unit::METRE,
            Self::Area => Unit::SQUARE_METRE,
            Self::Count => Unit::PIECE,
            Self::People => Unit::PERSON,
            Self::Energy => Unit::KILOWATT_HOUR,
            Self::Power => Unit::KILOWATT,
            Self::Time => Unit::HOUR,
            Self::Transport => Unit::TONNE_KILOMETRE,
            Self::Ratio => Unit::PERCENT,
            Self::Temperature => Unit::CELSIUS,
        }
    }
}

/// A unit of UN/ECE Recommendation 20 that is known here, e.g. `KGM`.
///
/// # Examples
/// ```
/// use ecosphere::measure::{Decimal, Unit};
/// let pounds = Unit::from_code("LBR").unwrap();
/// assert_eq!(pounds.convert(Decimal::from(100), Unit::KILOGRAM).unwrap().to_string(), "45.359237");
/// assert!(pounds.convert(Decimal::ONE, Unit::LITRE).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Unit(u8);

impl Unit {
    /// `KGM`
    pub const KILOGRAM: Self = Self::known("KGM");
    /// `TNE`
    pub const TONNE: Self = Self::known("TNE");
    /// `LTR`
    pub const LITRE: Self = Self::known("LTR");
    /// `MTQ`
    pub const CUBIC_METRE: Self = Self::known("MTQ");
    /// `MTR`
    pub const METRE: Self = Self::known("MTR");
    /// `MTK`
    pub const SQUARE_METRE: Self = Self::known("MTK");
    /// `H87`
    pub const PIECE: Self = Self::known("H87");
    /// `IE`
    pub const PERSON: Self = Self::known("IE");
    /// `KWH`
    pub const KILOWATT_HOUR: Self = Self::known("KWH");
    /// `KWT`
    pub const KILOWATT: Self = Self::known("KWT");
    /// `HUR`
    pub const HOUR: Self = Self::known("HUR");
    /// `ANN`
    pub const YEAR: Self = Self::known("ANN");
    /// `TKM`
    pub const TONNE_KILOMETRE: Self = Self::known("TKM");
    /// `P1`
    pub const PERCENT: Self = Self::known("P1");
    /// `CEL`
    pub const CELSIUS: Self = Self::known("CEL");

    /// The unit with this code; evaluated when the program is built, so that a constant without a row does not compile.
    const fn known(code: &str) -> Self {
        let mut n = 0;
        while n < TABLE.len() {
            let (a, b) = (TABLE[n].code.as_bytes(), code.as_bytes());
            let mut same = a.len() == b.len();
            let mut i = 0;
            while same && i < a.len() {
                same = a[i] == b[i];
                i += 1;
            }
            if same {
                return Self(n as u8);
            }
            n += 1;
        }
        panic!("no such unit")
    }

    /// The unit with this code of UN/ECE Recommendation 20.
    ///
    /// # Errors
    /// [`MeasureError::Unit`] for a code that is not in the table.
    pub fn from_code(code: &str) -> Result<Self, MeasureError> {
        Self::all().find(|unit| unit.code() == code).ok_or_else(|| MeasureError::Unit(code.chars().take(20).collect()))
    }

    /// The unit that a table calls so: a code, or a usual name such as `kg`, `Litre` or `pcs`.
    ///
    /// # Errors
    /// [`MeasureError::Unit`] for what is neither.
    pub fn from_name(name: &str) -> Result<Self, MeasureError> {
        let name = name.trim();
        Self::from_code(name).or_else(|unknown| {
            // "MW" and "mw", "ML" and "ml" differ: what is written exactly like a symbol is that unit.
            let lower = name.to_lowercase();
            let symbol = Self::all().find(|unit| unit.symbol() == name);
            let called = || Self::all().find(|unit| unit.row().names.contains(&lower.as_str()) || unit.code().eq_ignore_ascii_case(name));
            symbol.or_else(called).ok_or(unknown)
        })
    }

    /// Every unit known, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len() as u8).map(Self)
    }

    const fn row(self) -> &'static super::unit_table::Row {
        &TABLE[self.0 as usize]
    }

    /// Its code, e.g. `KGM`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// For a person, e.g. `kg`.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        self.row().symbol
    }

    /// What it measures.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        self.row().dimension
    }

    /// `quantity` of this unit in another, exactly but for one rounding at the ninth place.
    ///
    /// # Errors
    /// [`MeasureError::Dimension`] where the other unit measures something else, [`MeasureError::TooLarge`].
    pub fn convert(self, quantity: Decimal, to: Self) -> Result<Decimal, MeasureError> {
        if self == to {
            return Ok(quantity);
        }
        let (a, b) = (self.row(), to.row());
        if a.dimension != b.dimension {
            return Err(MeasureError::Dimension { from: self, to });
        }
        let cross = |x: u64, y: u64| i128::try_from(u128::from(x) * u128::from(y)).map_err(|_| MeasureError::TooLarge);
        quantity.scaled(cross(a.factor.0, b.factor.1)?, cross(a.factor.1, b.factor.0)?)
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The code.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.code().to_owned()
    }
}
impl TryFrom<String> for Unit {
    type Error = MeasureError;
    fn try_from(code: String) -> Result<Self, MeasureError> {
        Self::from_code(&code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn convert(quantity: &str, from: &str, to: &str) -> Result<String, MeasureError> {
        let (from, to) = (Unit::from_name(from)?, Unit::from_name(to)?);
        from.convert(Decimal::parse(quantity)?, to).map(|q| q.to_string())
    }

    #[test]
    fn units_convert_by_their_legal_definitions() {
        for (quantity, from, to, result) in [
            ("1", "LBR", "KGM", "0.45359237"),
            ("16", "ONZ", "LBR", "1"),
            ("2000", "LBR", "STN", "1"),
            ("2240", "LBR", "LTN", "1"),
            ("14", "LBR", "STI", "1"),
            ("7000", "GRN", "LBR", "1"),
            ("1", "TNE", "kg", "1000"),
            ("8", "PTI", "GLI", "1"),
            ("160", "OZI", "GLI", "1"),
            ("128", "OZA", "GLL", "1"),
            ("42", "GLL", "BLL", "1"),
            ("1728", "INQ", "FTQ", "1"),
            ("1", "m³", "LTR", "1000"),
            ("5280", "FOT", "SMI", "1"),
            ("43560", "FTK", "ACR", "1"),
            ("1", "HAR", "MTK", "10000"),
            ("3.6", "3B", "KWH", "1"),
            ("1", "GV", "KWH", "277.777777778"),
            ("1", "BTU", "JOU", "1055.05585262"),
            ("1", "E14", "JOU", "4186.8"),
            ("1", "kcal", "KJO", "4.184"),
            ("12", "MON", "ANN", "1"),
            ("1", "ANN", "DAY", "365.25"),
            ("2", "DZN", "pcs", "24"),
            ("10000", "59", "P1", "1"),
        ] {
            assert_eq!(convert(quantity, from, to).as_deref(), Ok(result), "{quantity} {from} in {to}");
        }
    }

    #[test]
    fn no_unit_turns_into_one_that_measures_something_else() {
        for a in Unit::all() {
            for b in Unit::all() {
                assert_eq!(a.convert(Decimal::ONE, b).is_ok(), a.dimension() == b.dimension(), "{a} {b}");
            }
        }
        let refusal = convert("1", "KGM", "LTR").unwrap_err().to_string();
        assert_eq!(refusal, "KGM measures mass and LTR measures volume: one cannot be turned into the other");
    }

    #[test]
    fn every_code_stands_once_and_every_base_unit_is_one() {
        let codes: BTreeSet<_> = Unit::all().map(Unit::code).collect();
        assert_eq!(codes.len(), TABLE.len());
        for unit in Unit::all() {
            assert_eq!(unit.dimension().base().row().factor, (1, 1));
            assert_eq!(unit.dimension().base().dimension(), unit.dimension());
            for name in unit.row().names {
                let meant = Unit::from_name(name).unwrap();
                assert_eq!((meant.dimension(), meant.row().factor), (unit.dimension(), unit.row().factor), "{name}");
            }
        }
        assert!(matches!(Unit::from_name("bushel of joy"), Err(MeasureError::Unit(_))));
    }

    #[test]
    fn capitals_count_where_they_change_the_meaning() {
        let code = |name| Unit::from_name(name).unwrap().code();
        assert_eq!(
            [code("ML"), code("ml"), code("MW"), code("KG"), code("kgm"), code("h"), code("t")],
            ["MAL", "MLT", "MAW", "KGM", "KGM", "HUR", "TNE"]
        );
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_but_for_the_last_place(a in 0..TABLE.len() as u8, b in 0_usize..100, n in -1_000_000_000_000_i64..1_000_000_000_000) {
            let a = Unit(a);
            let alike: Vec<Unit> = Unit::all().filter(|unit| unit.dimension() == a.dimension()).collect();
            let b = alike[b % alike.len()];
            let quantity = Decimal::from(n);
            let there = a.convert(quantity, b).unwrap();
            let error = b.convert(there, a).unwrap().minus(quantity).unwrap().abs();
            // Half a place of `b`, seen in `a`, and half a place of `a`.
            let place = b.convert(Decimal::from_nanos(1), a).unwrap().nanos().max(1);
            prop_assert!(error.nanos() <= place / 2 + 1, "{a} {b} {quantity} {there} {error}");
        }
    }
}
