//! The S/E label, method [`VERSION`].
//!
//! For each stage, first to last:
//! 1. *Financial value added*: what was received for what came out less what was paid for what went in, in the label's currency and at the prices
//!    of the label's year ([`FactorTable::money`]).
//! 2. *Non-financial value added*: each reading × its factor at the prices of the same year ([`FactorTable::value`]), a harm negative, weighed by
//!    how it was verified:
//!
//!    | | low | central | high |
//!    |---|---|---|---|
//!    | benefit, attested | all | all | all |
//!    | benefit, confirmed by the other party | 9/10 | 9/10 | all |
//!    | benefit, self-declared | 0 | 1/2 | all |
//!    | benefit, inferred or contradicted | 0 | 0 | 0 |
//!    | harm, inferred | all | 0 | 0 |
//!    | harm, otherwise | all | all | all |
//!
//!    A claim earns as much as it is proven. A harm that somebody owns up to counts in full, and to contradict it takes nothing away.
//! 3. Both are carried along: 0.2 + 0.1 + 0.1 = 0.4.
//!
//! The label's number is the quotient of the two sums, per topic and in total; [`Grade`] says which letter it is. *Coverage* is the share of stages
//! for which anything was measured that the table values. Below [`LEAST_COVERAGE`] per cent there is no letter, because it would say more about
//! silence than about the subject.
//!
//! Method 1 left money at the prices of the year in which it changed hands, and a value at its factor's unless the table had the level of the very
//! year asked for.

use super::{Estimate, Factor, FactorError, FactorTable, Goals, spread_over_goals};
use crate::{
    measure::{Confidence, Currency, Decimal, MeasureError, Unit},
    provenance::{ClaimState, Event, Journey, JourneyStage, Measured, MetricId},
    statement::SubjectKind,
    values::Topic,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The method's version; a change of any rule or threshold above makes it another.
pub const VERSION: u16 = 2;

/// Below this coverage, in per cent, a label has no letter.
pub const LEAST_COVERAGE: u8 = 50;

/// What can carry an S/E label. There is no variant for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelSubject {
    /// A product.
    Product,
    /// An organisation.
    Organisation,
    /// A project.
    Project,
    /// A process.
    Process,
}

impl TryFrom<SubjectKind> for LabelSubject {
    type Error = LabelError;
    fn try_from(kind: SubjectKind) -> Result<Self, LabelError> {
        match kind {
            SubjectKind::Product => Ok(Self::Product),
            SubjectKind::Organisation => Ok(Self::Organisation),
            SubjectKind::Project => Ok(Self::Project),
            SubjectKind::Process => Ok(Self::Process),
            SubjectKind::Person => Err(LabelError::Person),
        }
    }
}

/// Why there is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The subject is a person.
    #[error("a person is never given a price or a score; show what they choose to prove about themselves instead")]
    Person,
    /// Nothing to divide by.
    #[error("no financial value is known, so there is nothing to compare with; state what was paid and received")]
    NoFinancialValue,
    /// The table cannot value a reading.
    #[error("stage {stage}: {fault}")]
    Stage {
        /// 1 = first.
        stage: usize,
        /// Why.
        fault: FactorError,
    },
    /// The sums leave the range.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

/// A measured quantity of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Of what.
    pub metric: MetricId,
    /// How much, for the subject's own share of the stage.
    pub quantity: Decimal,
    /// In which unit.
    pub unit: Unit,
    /// How it was verified.
    pub state: ClaimState,
}

/// What a reading counts for in a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth<'t> {
    /// In the label's currency, weighed by how it was verified.
    pub value: Estimate,
    /// The prices of which year it is at.
    pub price_year: u16,
    /// The row of the table used.
    pub factor: &'t Factor,
}

impl Reading {
    /// What it counts for in a label of these terms; `None` where the table has no row for it.
    ///
    /// # Errors
    /// A unit or currency that the table cannot convert, numbers too large.
    pub fn worth<'t>(&self, year: u16, terms: &Terms<'t>) -> Result<Option<Worth<'t>>, FactorError> {
        match terms.table.value((self.metric.id(), self.quantity, self.unit), year, (terms.currency, terms.price_year)) {
            Err(FactorError::NoFactor(_)) => Ok(None),
            Err(fault) => Err(fault),
            Ok(valued) => Ok(Some(Worth { value: weigh(valued.value, self.state)?, price_year: valued.price_year, factor: valued.factor })),
        }
    }
}

/// A stage of a product's way, or a year of an organisation's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Which factors and rates hold.
    pub year: u16,
    /// Received (positive) and paid (negative); empty = not known.
    pub money: Vec<(Decimal, Currency)>,
    /// What was measured.
    pub readings: Vec<Reading>,
}

impl Stage {
    /// The stages of a journey. `state` says how each measurement of the events given was verified.
    #[must_use]
    pub fn of_journey(journey: &Journey, events: &[Event], state: impl Fn(&Event, &Measured) -> ClaimState) -> Vec<Self> {
        let stage = |stage: &JourneyStage| {
            let event = events.get(stage.event)?;
            let readings = stage.measured.iter().zip(&event.measurements);
            let readings = readings.map(|(&(metric, quantity, unit), measured)| Reading { metric, quantity, unit, state: state(event, measured) });
            Some(Self { year: event.time.year(), money: stage.money.clone(), readings: readings.collect() })
        };
        journey.stages.iter().filter_map(stage).collect()
    }
}

/// What a label is made with.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'t> {
    /// The factor table.
    pub table: &'t FactorTable,
    /// The money of the label.
    pub currency: Currency,
    /// The prices of which year, where the table can convert; see [`FactorTable::price_year`].
    pub price_year: u16,
}

/// Which table made a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableName {
    /// What it calls itself.
    pub version: String,
    /// SHA-256 of its text, lower-case hex.
    pub digest: String,
}

/// The letter of a label, from its central ratio. The thresholds are [`Grade::least`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each letter is documented by its threshold")]
pub enum Grade {
    A,
    B,
    C,
    D,
    E,
}

impl Grade {
    /// Best first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// The least ratio for this letter: A 0.10, B 0, C -0.10, D -0.25; E has none.
    #[must_use]
    pub const fn least(self) -> Option<Decimal> {
        let hundredths = match self {
            Self::A => 10,
            Self::B => 0,
            Self::C => -10,
            Self::D => -25,
            Self::E => return None,
        };
        Some(Decimal::from_nanos(hundredths * (Decimal::NANOS / 100)))
    }

    /// The letter of a ratio.
    #[must_use]
    pub fn of(ratio: Decimal) -> Self {
        Self::ALL.into_iter().find(|grade| grade.least().is_none_or(|least| ratio >= least)).unwrap_or(Self::E)
    }
}

/// What one topic contributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicValue {
    /// Which.
    pub topic: Topic,
    /// In the label's currency.
    pub value: Estimate,
    /// Over the label's financial value, rounded once.
    pub ratio: Estimate,
}

/// What one stage adds, and what there is after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageValue {
    /// Financial value added; `None` = not known.
    pub financial: Option<Decimal>,
    /// Non-financial value added.
    pub non_financial: Estimate,
    /// Financial value so far.
    pub financial_so_far: Decimal,
    /// Non-financial value so far.
    pub non_financial_so_far: Estimate,
}

/// An S/E label with everything that is needed to explain and to recompute it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The method, see [`VERSION`].
    pub version: u16,
    /// The factor table.
    pub table: TableName,
    /// The money of all values.
    pub currency: Currency,
    /// The years whose prices the money and the values are at: one, where the table could bring them all to it.
    pub price_years: Vec<u16>,
    /// Financial value in all.
    pub financial: Decimal,
    /// Non-financial value in all.
    pub non_financial: Estimate,
    /// Financial and non-financial value together.
    pub total: Estimate,
    /// The label's number: non-financial over financial value, rounded once.
    pub ratio: Estimate,
    /// The letter; `None` where too little is known.
    pub grade: Option<Grade>,
    /// Share of stages with a valued reading, in per cent, rounded down.
    pub coverage: Confidence,
    /// By topic, in the order of the topic table.
    pub topics: Vec<TopicValue>,
    /// By Sustainable Development Goal.
    pub goals: Goals,
    /// Stage by stage.
    pub stages: Vec<StageValue>,
    /// Metrics that were measured but that the table does not value.
    pub unvalued: Vec<String>,
}

impl Label {
    /// The label in one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        let letter = self.grade.map_or_else(|| "no letter, too little is known".to_owned(), |g| format!("{g:?}"));
        let ratio = self.ratio;
        format!(
            "S/E label: {letter}. {} ({} to {}): {} {} of good less harm beside {} of price; {} % of its stages known.",
            ratio.central.to_fixed(3),
            ratio.low.to_fixed(3),
            ratio.high.to_fixed(3),
            self.non_financial.central.to_fixed(2),
            self.currency.code(),
            self.financial.to_fixed(2),
            self.coverage.get()
        )
    }
}

/// Makes a label.
///
/// # Errors
/// No financial value, a unit or currency that the table cannot convert, sums out of range.
pub fn label(_subject: LabelSubject, stages: &[Stage], terms: &Terms<'_>) -> Result<Label, LabelError> {
    let mut financial = Decimal::ZERO;
    let mut non_financial = Estimate::ZERO;
    let mut topics = BTreeMap::<Topic, Estimate>::new();
    let (mut price_years, mut unvalued) = (BTreeSet::new(), BTreeSet::new());
    let mut values = Vec::with_capacity(stages.len());
    let mut covered = 0_u64;
    for (n, stage) in stages.iter().enumerate() {
        let fault = |fault: FactorError| LabelError::Stage { stage: n + 1, fault };
        let mut added = None;
        for (amount, currency) in &stage.money {
            let (amount, price_year) = terms.table.money((*amount, *currency), stage.year, (terms.currency, terms.price_year)).map_err(fault)?;
            price_years.insert(price_year);
            added = Some(added.unwrap_or(Decimal::ZERO).plus(amount)?);
        }
        let mut worth = Estimate::ZERO;
        let mut known = false;
        for reading in &stage.readings {
            let Some(Worth { value, price_year, factor }) = reading.worth(stage.year, terms).map_err(fault)? else {
                unvalued.insert(reading.metric.id().to_owned());
                continue;
            };
            known = true;
            price_years.insert(price_year);
            worth = worth.plus(value)?;
            let topic = topics.entry(factor.topic).or_default();
            *topic = topic.plus(value)?;
        }
        covered += u64::from(known);
        financial = financial.plus(added.unwrap_or_default())?;
        non_financial = non_financial.plus(worth)?;
        values.push(StageValue { financial: added, non_financial: worth, financial_so_far: financial, non_financial_so_far: non_financial });
    }
    if financial <= Decimal::ZERO {
        return Err(LabelError::NoFinancialValue);
    }
    let over = |value: Estimate| value.scaled(Decimal::NANOS, financial.nanos());
    let coverage = covered * 100 / (stages.len() as u64).max(1);
    let coverage = Confidence::clamped(u32::try_from(coverage).unwrap_or(100));
    let ratio = over(non_financial)?;
    let topics = topics.into_iter().map(|(topic, value)| Ok(TopicValue { topic, value, ratio: over(value)? }));
    let topics = topics.collect::<Result<Vec<_>, MeasureError>>()?;
    Ok(Label {
        version: VERSION,
        table: TableName { version: terms.table.version().to_owned(), digest: hex::encode(terms.table.digest()) },
        currency: terms.currency,
        price_years: price_years.into_iter().collect(),
        financial,
        non_financial,
        total: non_financial.plus(Estimate::exact(financial))?,
        ratio,
        grade: (coverage.get() >= LEAST_COVERAGE).then(|| Grade::of(ratio.central)),
        coverage,
        goals: spread_over_goals(topics.iter().map(|t| (t.topic, t.value)))?,
        topics,
        stages: values,
        unvalued: unvalued.into_iter().collect(),
    })
}

/// The table in the module's doc: one rounding per end that is not all or nothing.
fn weigh(value: Estimate, state: ClaimState) -> Result<Estimate, MeasureError> {
    let harm = value.high <= Decimal::ZERO && value.low < Decimal::ZERO;
    Ok(match state {
        ClaimState::Inferred if harm => Estimate { low: value.low, ..Estimate::ZERO },
        _ if harm => value,
        ClaimState::Attested => value,
        ClaimState::Confirmed => Estimate { high: value.high, ..value.scaled(9, 10)? },
        ClaimState::SelfDeclared => Estimate { low: Decimal::ZERO, central: value.central.scaled(1, 2)?, high: value.high },
        ClaimState::Inferred | ClaimState::Contradicted => Estimate::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn table() -> FactorTable {
        FactorTable::read(
            "# t, version 1\nrow,name,year,unit,low,central,high,currency,price_year,effect,topic,source,licence\n\
             factor,ghg-emissions,,KGM,0.1,0.2,0.4,EUR,2025,harm,climate,s,l\n\
             factor,living-wage-hours,,HUR,1,2,3,EUR,2025,benefit,decent-work,s,l\n\
             factor,volunteer-hours,,HUR,1,2,3,JPY,2025,benefit,decent-work,s,l\n",
        )
        .unwrap()
    }

    fn stage(money: &str, readings: &[(&str, &str, Unit, ClaimState)]) -> Stage {
        Stage {
            year: 2026,
            money: vec![(d(money), Currency::EUR)],
            readings: readings
                .iter()
                .map(|(m, q, unit, state)| Reading { metric: MetricId::from_id(m).unwrap(), quantity: d(q), unit: *unit, state: *state })
                .collect(),
        }
    }

    fn make(stages: &[Stage]) -> Result<Label, LabelError> {
        let table = table();
        label(LabelSubject::Product, stages, &Terms { table: &table, currency: Currency::EUR, price_year: 2025 })
    }

    #[test]
    fn value_is_added_along_the_chain_as_in_value_added_tax() {
        let label = make(&[stage("0.2", &[]), stage("0.1", &[]), stage("0.1", &[])]).unwrap();
        assert_eq!(label.stages.iter().map(|s| s.financial_so_far.to_string()).collect::<Vec<_>>(), ["0.2", "0.3", "0.4"]);
        assert_eq!(label.financial, d("0.4"));
    }

    #[test]
    fn a_label_is_non_financial_over_financial_value_by_topic_and_in_all() {
        let attested = ClaimState::Attested;
        let label = make(&[
            stage("1.5", &[("ghg-emissions", "2", Unit::KILOGRAM, attested), ("living-wage-hours", "0.25", Unit::HOUR, attested)]),
            stage("0.5", &[("ghg-emissions", "1", Unit::KILOGRAM, attested)]),
        ])
        .unwrap();
        // -3 x 0.2 + 0.25 x 2 = -0.1 over 2
        assert_eq!([label.ratio.low, label.ratio.central, label.ratio.high], [d("-0.475"), d("-0.05"), d("0.225")]);
        assert_eq!((label.total.central, label.grade, label.coverage.get()), (d("1.9"), Some(Grade::C), 100));
        let topics: Vec<_> = label.topics.iter().map(|t| (t.topic, t.ratio.central)).collect();
        assert_eq!(topics, [(Topic::Climate, d("-0.3")), (Topic::DecentWork, d("0.25"))]);
        // The money is of 2026, the factors of 2025, and this table has no index to bring them together: it is said, not hidden.
        assert_eq!((label.version, label.table.version.as_str(), label.price_years.as_slice()), (VERSION, "1", [2025, 2026].as_slice()));
    }

    #[test]
    fn a_claim_earns_as_much_as_it_is_proven_and_a_harm_counts_in_full() {
        let central = |metric, unit, state| make(&[stage("1", &[(metric, "1", unit, state)])]).unwrap().non_financial;
        let benefit = |state| central("living-wage-hours", Unit::HOUR, state);
        let harm = |state| central("ghg-emissions", Unit::KILOGRAM, state);
        let e = |low, central, high| Estimate { low: d(low), central: d(central), high: d(high) };
        use ClaimState::{Attested, Confirmed, Contradicted, Inferred, SelfDeclared};
        assert_eq!(
            [Attested, Confirmed, SelfDeclared, Inferred, Contradicted].map(benefit),
            [e("1", "2", "3"), e("0.9", "1.8", "3"), e("0", "1", "3"), Estimate::ZERO, Estimate::ZERO]
        );
        let all = e("-0.4", "-0.2", "-0.1");
        assert_eq!([Attested, Confirmed, SelfDeclared, Inferred, Contradicted].map(harm), [all, all, all, e("-0.4", "0", "0"), all]);
    }

    #[test]
    fn silence_has_no_letter_and_an_unknown_metric_is_named() {
        let label = make(&[
            stage("1", &[("living-wage-hours", "1", Unit::HOUR, ClaimState::Attested)]),
            stage("1", &[("work-hours", "1", Unit::HOUR, ClaimState::Attested)]),
            stage("1", &[]),
        ])
        .unwrap();
        assert_eq!((label.grade, label.coverage.get(), label.unvalued), (None, 33, vec!["work-hours".to_owned()]));
    }

    #[test]
    fn letters_change_at_their_thresholds() {
        let letters: Vec<Grade> = ["0.1", "0.099999999", "0", "-0.000000001", "-0.1", "-0.25", "-0.250000001"].map(|r| Grade::of(d(r))).to_vec();
        assert_eq!(letters, [Grade::A, Grade::B, Grade::B, Grade::C, Grade::C, Grade::D, Grade::E]);
    }

    #[test]
    fn no_label_is_made_of_nothing_or_of_a_person() {
        assert_eq!(make(&[]), Err(LabelError::NoFinancialValue));
        assert_eq!(make(&[stage("0", &[])]), Err(LabelError::NoFinancialValue));
        assert_eq!(LabelSubject::try_from(SubjectKind::Person), Err(LabelError::Person));
        let wrong_unit = make(&[stage("1", &[]), stage("1", &[("living-wage-hours", "1", Unit::KILOGRAM, ClaimState::Attested)])]);
        assert!(matches!(wrong_unit, Err(LabelError::Stage { stage: 2, fault: FactorError::Measure(_) })));
        let no_rate = make(&[stage("1", &[("volunteer-hours", "1", Unit::HOUR, ClaimState::Attested)])]);
        assert!(matches!(no_rate, Err(LabelError::Stage { stage: 1, fault: FactorError::NoRate { .. } })));
    }
}
