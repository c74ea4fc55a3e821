//! Several labels as one: what the things that somebody bought cost and did together.

use super::{Estimate, Goals, Grade, Label, spread_over_goals};
use crate::{
    measure::{Currency, Decimal, MeasureError},
    values::Topic,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Labels in one currency, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// The money of all values.
    pub currency: Currency,
    /// How many labels.
    pub labels: u32,
    /// Financial value in all.
    pub financial: Decimal,
    /// Non-financial value in all.
    pub non_financial: Estimate,
    /// The letter of the two; `None` where one of the labels has none.
    pub grade: Option<Grade>,
    /// By topic, in the order of the topic table.
    pub topics: Vec<(Topic, Estimate)>,
    /// By Sustainable Development Goal.
    pub goals: Goals,
}

/// Adds labels up, currency by currency: there is no rate here to convert them by.
///
/// # Errors
/// [`MeasureError::TooLarge`].
pub fn together<'a>(labels: impl Iterator<Item = &'a Label>) -> Result<Vec<Together>, MeasureError> {
    let mut by_currency = BTreeMap::<Currency, Vec<&Label>>::new();
    for label in labels {
        by_currency.entry(label.currency).or_default().push(label);
    }
    by_currency.into_iter().map(|(currency, labels)| add_up(currency, &labels)).collect()
}

fn add_up(currency: Currency, labels: &[&Label]) -> Result<Together, MeasureError> {
    let (mut financial, mut non_financial) = (Decimal::ZERO, Estimate::ZERO);
    let mut topics = BTreeMap::<Topic, Estimate>::new();
    for label in labels {
        financial = financial.plus(label.financial)?;
        non_financial = non_financial.plus(label.non_financial)?;
        for t in &label.topics {
            let topic = topics.entry(t.topic).or_default();
            *topic = topic.plus(t.value)?;
        }
    }
    let all_lettered = labels.iter().all(|l| l.grade.is_some()) && financial > Decimal::ZERO;
    let letter = || Ok(Grade::of(non_financial.scaled(Decimal::NANOS, financial.nanos())?.central));
    Ok(Together {
        currency,
        labels: u32::try_from(labels.len()).unwrap_or(u32::MAX),
        financial,
        non_financial,
        grade: all_lettered.then(letter).transpose()?,
        goals: spread_over_goals(topics.iter().map(|(t, v)| (*t, *v)))?,
        topics: topics.into_iter().collect(),
    })
}
