//! The factor table: from a measured quantity to money.
//!
//! ```text
//! # <anything>, version <version>
//! row,name,year,unit,low,central,high,currency,price_year,effect,topic,source,licence
//! factor,ghg-emissions,2026,TNE,138.61,277.22,415.83,GBP,2022,harm,climate,DESNZ …,OGL 3.0
//! rate,EUR,2022,,,0.852760856,,GBP,,,,European Central Bank …,free with the source named
//! index,EUR,2022,,,116.82,,,,,,Eurostat HICP …,CC BY 4.0
//! ```
//! Fields as in RFC 4180, one row a line; the columns are explained in `assets/factors/README.md`. A table with a fault is refused whole, with the
//! line: a label made from half a table would be a number that nobody can explain.

use super::Estimate;
use crate::{
    measure::{Currency, Decimal, MeasureError, Unit},
    provenance::Direction,
    statement::Digest,
    values::Topic,
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const COLUMNS: &str = "row,name,year,unit,low,central,high,currency,price_year,effect,topic,source,licence";
/// The most rows of a table.
const MAX_ROWS: usize = 20_000;
/// The years that a table may speak of.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2200;

/// What one unit of a metric is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The metric's id, e.g. `ghg-emissions`.
    pub metric: String,
    /// Year of the event that it is for; `None` = any.
    pub year: Option<u16>,
    /// Of what unit one is valued.
    pub unit: Unit,
    /// Money for one, never negative.
    pub value: Estimate,
    /// Which money.
    pub currency: Currency,
    /// At the prices of which year.
    pub price_year: u16,
    /// Harm or benefit.
    pub effect: Direction,
    /// The topic it counts for.
    pub topic: Topic,
    /// Who says so.
    pub source: String,
    /// Under which terms.
    pub licence: String,
}

/// A quantity in money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valued<'t> {
    /// In the currency asked for; a harm is negative.
    pub value: Estimate,
    /// The prices of which year: [`FactorTable::price_year`] where the table has the index for the factor's own as well, else the factor's own.
    pub price_year: u16,
    /// The row used.
    pub factor: &'t Factor,
}

/// Why a table or a quantity was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// The columns are not those of a factor table.
    #[error("this is no factor table; its first line after comments must be {COLUMNS}")]
    Columns,
    /// A row has a fault.
    #[error("line {line}: {why}; correct the row and load the table again")]
    Line {
        /// 1 = first.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// More rows than any table needs.
    #[error("this table has more than {MAX_ROWS} rows; split it")]
    TooLong,
    /// No row values this metric.
    #[error("no row of the table values \"{0}\"; load a table that does")]
    NoFactor(String),
    /// No way from one currency to the other.
    #[error("the table has no rate from {from} to {to} for {year}; add a row, with its source")]
    NoRate {
        /// The money there is.
        from: String,
        /// The money asked for.
        to: String,
        /// The year.
        year: u16,
    },
    /// Units that do not fit, or numbers too large.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

/// A factor table, read and whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorTable {
    version: String,
    digest: Digest,
    factors: BTreeMap<String, Vec<Factor>>,
    /// One of the first currency in the second, by year.
    rates: BTreeMap<(u16, Currency, Currency), Decimal>,
    /// Price level, by currency and year.
    indexes: BTreeMap<(Currency, u16), Decimal>,
}

impl FactorTable {
    /// The table in the program.
    ///
    /// # Errors
    /// Never for a program that passed its tests.
    pub fn builtin() -> Result<Self, FactorError> {
        Self::read(include_str!("../../assets/factors/factors.csv"))
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The first row with a fault, with its line: a missing unit, a negative number, an unknown topic, a row without source or licence.
    pub fn read(text: &str) -> Result<Self, FactorError> {
        let mut table = Self {
            version: String::new(),
            digest: Sha256::digest(text.as_bytes()).into(),
            factors: BTreeMap::new(),
            rates: BTreeMap::new(),
            indexes: BTreeMap::new(),
        };
        let mut head = false;
        for (n, line) in text.lines().enumerate() {
            let line_text = line.trim_start_matches('\u{feff}').trim_end();
            if line_text.is_empty() {
                continue;
            }
            if let Some(comment) = line_text.strip_prefix('#') {
                if let Some((_, version)) = comment.split_once("version ") {
                    table.version = version.trim().chars().take(40).collect();
                }
                continue;
            }
            if !head {
                head = line_text == COLUMNS;
                if !head {
                    return Err(FactorError::Columns);
                }
                continue;
            }
            if n > MAX_ROWS {
                return Err(FactorError::TooLong);
            }
            table.row(line_text).map_err(|why| FactorError::Line { line: n + 1, why })?;
        }
        if head { Ok(table) } else { Err(FactorError::Columns) }
    }

    fn row(&mut self, line: &str) -> Result<(), String> {
        let fields = fields(line)?;
        let [row, name, year, unit, low, central, high, currency, price_year, effect, topic, source, licence] = fields.as_slice() else {
            return Err(format!("it has {} columns instead of 13", fields.len()));
        };
        if name.is_empty() || source.is_empty() || licence.is_empty() {
            return Err("name, source and licence must be given".to_owned());
        }
        let year_of = |text: &str, what: &str| {
            let year = text.parse::<u16>().ok().filter(|y| YEARS.contains(y));
            year.ok_or_else(|| format!("the {what} \"{text}\" is not a year"))
        };
        let number = |text: &str, what: &str| match Decimal::parse(text) {
            Ok(n) if n >= Decimal::ZERO => Ok(n),
            Ok(_) => Err(format!("{what} is negative; write the amount and say harm or benefit")),
            Err(e) => Err(format!("{what}: {e}")),
        };
        let money = |text: &str| Currency::try_from(text.to_owned()).map_err(|e| e.to_string());
        match row.as_str() {
            "factor" => {
                if unit.is_empty() {
                    return Err(format!("the factor for \"{name}\" has no unit"));
                }
                let value = Estimate { low: number(low, "low")?, central: number(central, "central")?, high: number(high, "high")? };
                if value.low > value.central || value.central > value.high {
                    return Err("low, central and high must rise in this order".to_owned());
                }
                let factor = Factor {
                    metric: name.clone(),
                    year: if year.is_empty() { None } else { Some(year_of(year, "year")?) },
                    unit: Unit::from_code(unit).map_err(|e| e.to_string())?,
                    value,
                    currency: money(currency)?,
                    price_year: year_of(price_year, "price year")?,
                    effect: match effect.as_str() {
                        "harm" => Direction::Harm,
                        "benefit" => Direction::Benefit,
                        other => return Err(format!("the effect \"{other}\" is neither harm nor benefit")),
                    },
                    topic: Topic::from_id(topic).ok_or_else(|| format!("\"{topic}\" is not a topic"))?,
                    source: source.clone(),
                    licence: licence.clone(),
                };
                let rows = self.factors.entry(name.clone()).or_default();
                if rows.iter().any(|f| f.year == factor.year && f.source == factor.source) {
                    return Err(format!("\"{name}\" has two rows of this source for one year"));
                }
                rows.push(factor);
            }
            "rate" => {
                let (from, to) = (money(name)?, money(currency)?);
                let rate = number(central, "the rate")?;
                if rate == Decimal::ZERO || self.rates.insert((year_of(year, "year")?, from, to), rate).is_some() {
                    return Err("the rate is zero, or there already is one for this year".to_owned());
                }
            }
            "index" => {
                let level = number(central, "the price level")?;
                if level == Decimal::ZERO || self.indexes.insert((money(name)?, year_of(year, "year")?), level).is_some() {
                    return Err("the price level is zero, or there already is one for this year".to_owned());
                }
            }
            other => return Err(format!("\"{other}\" is neither factor, rate nor index")),
        }
        Ok(())
    }

    /// The table's own name for its version, from its first comment; may be empty.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// SHA-256 of its text: which table this is, whatever it calls itself.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Every factor, by metric and in the table's order.
    pub fn factors(&self) -> impl Iterator<Item = &Factor> {
        self.factors.values().flatten()
    }

    /// The row for a metric in a year: of the source that is asked for or else stands first, this year's row, else the nearest earlier one's, else
    /// the earliest; a row without year fits any.
    ///
    /// # Errors
    /// [`FactorError::NoFactor`].
    pub fn factor(&self, metric: &str, year: u16, source: Option<&str>) -> Result<&Factor, FactorError> {
        let rows = self.factors.get(metric).map_or(&[][..], Vec::as_slice);
        let first =
            rows.iter().find(|f| source.is_none_or(|s| f.source == s)).ok_or_else(|| FactorError::NoFactor(metric.chars().take(60).collect()))?;
        let of_source = || rows.iter().filter(|f| f.source == first.source);
        let year_of = |f: &&Factor| f.year.unwrap_or(0);
        let before = of_source().filter(|f| f.year.is_none_or(|y| y <= year)).max_by_key(year_of);
        Ok(before.or_else(|| of_source().min_by_key(year_of)).unwrap_or(first))
    }

    /// The year whose prices a label is brought to that asks for those of `asked`: the newest year, not after it, of which the table has the
    /// currency's price level; `asked` itself where it has none. A year's mean level is known only once the year is over.
    #[must_use]
    pub fn price_year(&self, currency: Currency, asked: u16) -> u16 {
        self.indexes.range((currency, 0)..=(currency, asked)).next_back().map_or(asked, |((_, year), _)| *year)
    }

    /// From the prices of one year to those of a label that asks for another's, as a fraction, with the year that it leads to. Where the table lacks
    /// either year's level nothing is guessed: the fraction is one, and the year stays what it was.
    fn prices(&self, currency: Currency, year: u16, asked: u16) -> (Decimal, Decimal, u16) {
        let to = self.price_year(currency, asked);
        let level = |year| self.indexes.get(&(currency, year)).copied();
        match (level(to), level(year)) {
            (Some(now), Some(then)) if to != year => (now, then, to),
            _ => (Decimal::ONE, Decimal::ONE, year),
        }
    }

    /// What a quantity is worth: × factor, then into `currency` at the factor's price year, then to the prices of `price_year`, or of the newest year
    /// before it whose price level is known, where the table has the factor's year's level as well. Each of the three steps rounds once.
    ///
    /// # Errors
    /// No factor, no rate, a unit that measures something else, numbers too large.
    pub fn value(
        &self,
        (metric, quantity, unit): (&str, Decimal, Unit),
        year: u16,
        (currency, price_year): (Currency, u16),
    ) -> Result<Valued<'_>, FactorError> {
        let factor = self.factor(metric, year, None)?;
        let quantity = unit.convert(quantity, factor.unit)?;
        let mut value = factor.value.scaled(quantity.nanos(), Decimal::NANOS)?;
        if factor.currency != currency {
            let (by, of) = self.rate(factor.currency, currency, factor.price_year)?;
            value = value.scaled(by.nanos(), of.nanos())?;
        }
        let (by, of, price_year) = self.prices(currency, factor.price_year, price_year);
        value = value.scaled(by.nanos(), of.nanos())?;
        if factor.effect == Direction::Harm {
            value = value.negated();
        }
        Ok(Valued { value, price_year, factor })
    }

    /// Money of a year in a label's currency and at its prices, with the year whose prices those are: exchanged at that year's mean rate or else the
    /// newest earlier one's, then brought to the prices of `price_year` as [`Self::value`] does. Each step rounds once.
    ///
    /// # Errors
    /// [`FactorError::NoRate`], numbers too large.
    pub fn money(
        &self,
        (amount, from): (Decimal, Currency),
        year: u16,
        (currency, price_year): (Currency, u16),
    ) -> Result<(Decimal, u16), FactorError> {
        let mut amount = amount;
        if from != currency {
            let (by, of) = self.rate(from, currency, year)?;
            amount = amount.scaled(by.nanos(), of.nanos())?;
        }
        let (by, of, price_year) = self.prices(currency, year, price_year);
        Ok((amount.scaled(by.nanos(), of.nanos())?, price_year))
    }

    /// The mean rate of a year, or of the newest year before it that has one.
    fn rate(&self, from: Currency, to: Currency, year: u16) -> Result<(Decimal, Decimal), FactorError> {
        let mut tried = None;
        for year in self.rates.keys().rev().map(|(y, ..)| *y).filter(|y| *y <= year) {
            if tried.replace(year) == Some(year) {
                continue;
            }
            if let Some(rate) = self.rate_of(from, to, year)? {
                return Ok(rate);
            }
        }
        Err(FactorError::NoRate { from: from.code().to_owned(), to: to.code().to_owned(), year })
    }

    /// As a fraction: directly, the other way round, or through a third currency, the first that serves in alphabetical order.
    fn rate_of(&self, from: Currency, to: Currency, year: u16) -> Result<Option<(Decimal, Decimal)>, FactorError> {
        let one = |a: Currency, b: Currency| {
            let direct = self.rates.get(&(year, a, b)).map(|r| (*r, Decimal::ONE));
            direct.or_else(|| self.rates.get(&(year, b, a)).map(|r| (Decimal::ONE, *r)))
        };
        if let Some(rate) = one(from, to) {
            return Ok(Some(rate));
        }
        for third in self.rates.keys().filter(|(y, ..)| *y == year).flat_map(|(_, a, b)| [*a, *b]) {
            if let (Some(a), Some(b)) = (one(from, third), one(third, to)) {
                return Ok(Some((a.0.times(b.0)?, a.1.times(b.1)?)));
            }
        }
        Ok(None)
    }
}

/// The fields of one row (RFC 4180, section 2, without line breaks inside fields).
fn fields(line: &str) -> Result<Vec<String>, String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(field) = out.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => field.push(c),
        }
    }
    if quoted { Err("a quotation mark is not closed".to_owned()) } else { Ok(out.iter().map(|f| f.trim().to_owned()).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::MetricId;

    fn gbp() -> Currency {
        Currency::try_from("GBP".to_owned()).unwrap()
    }

    fn with(row: &str) -> Result<FactorTable, FactorError> {
        FactorTable::read(&format!("# mine, version 7\n{COLUMNS}\n{row}\n"))
    }

    #[test]
    fn the_table_in_the_program_is_whole_and_says_its_version() {
        let table = FactorTable::builtin().unwrap();
        assert_eq!(table.version(), "2026-11-23");
        assert!(table.factors().all(|f| !f.source.is_empty() && !f.licence.is_empty()));
        for factor in table.factors() {
            let metric = MetricId::from_id(&factor.metric).unwrap();
            assert_eq!((metric.info().direction, metric.info().topic), (factor.effect, factor.topic), "{}", factor.metric);
            assert_eq!(metric.unit().dimension(), factor.unit.dimension(), "{}", factor.metric);
        }
        let secondary = FactorTable::read(include_str!("../../assets/factors/secondary.csv")).unwrap();
        assert_eq!(secondary.factor("forced-labour-years", 2026, None).unwrap().value.high, Decimal::from(139_000));
    }

    #[test]
    fn a_tonne_emitted_in_2026_costs_what_the_ministry_says() {
        let table = FactorTable::builtin().unwrap();
        let valued = table.value(("ghg-emissions", Decimal::from(2_000), Unit::KILOGRAM), 2026, (gbp(), 2022)).unwrap();
        assert_eq!([valued.value.low, valued.value.central, valued.value.high].map(|v| v.to_string()), ["-831.66", "-554.44", "-277.22"]);
        assert_eq!((valued.price_year, valued.factor.price_year), (2022, 2022));
        let epa = table.factor("ghg-emissions", 2027, Some("US EPA report on the social cost of greenhouse gases Dec 2023")).unwrap();
        assert_eq!((epa.year, epa.value.central), (Some(2025), Decimal::from(210)));
        assert_eq!(table.factor("ghg-emissions", 2019, None).unwrap().year, Some(2020));
    }

    #[test]
    fn money_is_turned_at_the_price_years_rate_and_through_a_third_currency() {
        let table = FactorTable::builtin().unwrap();
        let euros = table.value(("ghg-emissions", Decimal::ONE, Unit::TONNE), 2026, (Currency::EUR, 2022)).unwrap();
        // 277.22 / 0.852760856
        assert_eq!(euros.value.central.to_string(), "-325.08527807");
        let methane = table.value(("methane-emissions", Decimal::ONE, Unit::TONNE), 2026, (gbp(), 2020)).unwrap();
        // 2000 / 1.142196109 x 0.889704086
        assert_eq!(methane.value.central.to_fixed(4), "-1557.8832");
        let yen = Currency::try_from("JPY".to_owned()).unwrap();
        assert!(matches!(table.value(("ghg-emissions", Decimal::ONE, Unit::TONNE), 2026, (yen, 2026)), Err(FactorError::NoRate { year: 2022, .. })));
    }

    #[test]
    fn an_index_brings_values_and_money_to_one_years_prices() {
        let table = FactorTable::builtin().unwrap();
        let priced = |asked| table.value(("ghg-emissions", Decimal::ONE, Unit::TONNE), 2026, (Currency::EUR, asked)).unwrap();
        // By hand: 277.22 GBP of 2022 / 0.852760856 = 325.08527807 EUR; x 128.75 / 116.82 (euro area HICP of 2025 over 2022) = 358.283937267.
        assert_eq!((priced(2025).value.central.to_string().as_str(), priced(2025).price_year), ("-358.283937267", 2025));
        // A year that is not over has no mean yet: the newest that has one counts, and is named.
        assert_eq!((table.price_year(Currency::EUR, 2026), priced(2026)), (2025, priced(2025)));
        // Back in time as well: 325.08527807 x 104.8 / 116.82.
        assert_eq!((priced(2019).value.central.to_string().as_str(), priced(2019).price_year), ("-291.636167966", 2019));
        let money = |amount: i64, year, asked| table.money((Decimal::from(amount), Currency::EUR), year, (Currency::EUR, asked)).unwrap();
        // 1000 x 128.75 / 126.07
        assert_eq!(money(1_000, 2024, 2026), (Decimal::parse("1021.258031252").unwrap(), 2025));
        // Nothing is guessed for a year without a level: not for the one that runs, not for one before the table begins.
        assert_eq!([money(7, 2026, 2026), money(7, 2001, 2026), money(7, 2020, 2001)], [2026, 2001, 2020].map(|year| (Decimal::from(7), year)));
        // 1000 GBP of 2024: / 0.846616602, x 128.75 / 126.07.
        let pounds = table.money((Decimal::from(1_000), gbp()), 2024, (Currency::EUR, 2025)).unwrap();
        assert_eq!((pounds.0.to_fixed(4).as_str(), pounds.1), ("1206.2816", 2025));
    }

    #[test]
    fn a_currency_without_an_index_keeps_each_years_own_prices() {
        let table = with("factor,x,,HUR,1,2,3,CHF,2020,benefit,community,me,mine\nindex,CHF,2024,,,108,,,,,,me,mine").unwrap();
        let francs = Currency::try_from("CHF".to_owned()).unwrap();
        let valued = table.value(("x", Decimal::from(2), Unit::HOUR), 2026, (francs, 2026)).unwrap();
        assert_eq!((valued.value.central.to_string().as_str(), valued.price_year), ("4", 2020));
        assert_eq!((table.price_year(francs, 2026), table.price_year(Currency::EUR, 2026)), (2024, 2026));
    }

    #[test]
    fn a_table_with_a_fault_is_refused_with_the_line() {
        let good = "factor,x,2026,HUR,1,2,3,EUR,2020,benefit,community,me,mine";
        assert_eq!(with(good).unwrap().version(), "7");
        for (from, to, why) in [
            ("HUR", "", "the factor for \"x\" has no unit"),
            ("HUR", "XYZ", "is not a known unit"),
            ("1,2,3", "-1,2,3", "negative"),
            ("1,2,3", "1,1;5,3", "is not a number"),
            ("1,2,3", "3,2,1", "rise"),
            ("benefit", "good", "neither harm nor benefit"),
            ("community", "love", "is not a topic"),
            (",me,", ",,", "source"),
            ("2026", "20266", "is not a year"),
            ("EUR", "Euro", "currency"),
            ("factor", "fact", "neither factor, rate nor index"),
            (",mine", "", "12 columns"),
            ("me,", "\"me,", "quotation mark"),
        ] {
            let fault = with(&good.replacen(from, to, 1)).unwrap_err();
            assert!(matches!(&fault, FactorError::Line { line: 3, .. }) && fault.to_string().contains(why), "{to}: {fault}");
        }
        assert!(with(&format!("{good}\n{good}")).is_err());
        assert_eq!(FactorTable::read("metric,price\n"), Err(FactorError::Columns));
    }

    #[test]
    fn a_quantity_of_another_dimension_or_without_a_factor_is_refused() {
        let table = with("factor,x,,HUR,1,2,3,EUR,2020,benefit,community,\"me, \"\"and\"\" you\",mine").unwrap();
        assert_eq!(table.factor("x", 2026, None).unwrap().source, "me, \"and\" you");
        assert!(matches!(table.value(("x", Decimal::ONE, Unit::KILOGRAM), 2026, (Currency::EUR, 2026)), Err(FactorError::Measure(_))));
        assert!(matches!(table.value(("y", Decimal::ONE, Unit::KILOGRAM), 2026, (Currency::EUR, 2026)), Err(FactorError::NoFactor(_))));
    }
}
