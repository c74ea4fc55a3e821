//! Freedom from modern slavery, as published by the same authors:
//!
//! ```text
//! freedom = (mean_pay + mean_pay x (sentiment - 50) / 100) / (minimum_wage_per_hour x 2040)
//! ```
//! `mean_pay` is a full-time year's, 2040 its hours; 1 is the legal minimum earned by workers who are neither glad nor afraid. `sentiment`, 0 to 100,
//! comes from an anonymous survey of workers with ten questions ([`SURVEY`]). A country's risk is not a measurement of anybody: it may stand in for
//! one only as a prior, [`Freedom::prior`], which is always [`ClaimState::Inferred`].

use crate::{
    measure::{Decimal, MeasureError},
    provenance::ClaimState,
};
use serde::{Deserialize, Serialize};

/// Hours of a full-time year in the published formula.
const HOURS: i128 = 2040;
/// Fewer workers than this could be recognised by their answers.
pub const LEAST_WORKERS: u32 = 5;
/// The best answer to a question; 0 is the worst.
const BEST: u8 = 4;

/// The ten questions. Answers are 0 (not at all) to 4 (fully); where the second member is true, agreeing is the bad answer.
pub const SURVEY: [(&str, bool); 10] = [
    ("I feel positive at work.", false),
    ("It is safe to speak up here.", false),
    ("This work is bad for my health.", true),
    ("I would recommend working here.", false),
    ("I am forced to work beyond my hours.", true),
    ("I feel safe here.", false),
    ("My freedom to move or to leave is restricted.", true),
    ("I work here of my own free will.", false),
    ("Travel, food or rent is deducted from my pay.", true),
    ("I am exploited.", true),
];

/// Answers of workers, added up: no single worker's answers are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Survey {
    workers: u32,
    /// Points towards the best, over all questions.
    points: u64,
}

/// How free the workers are, and on what basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freedom {
    /// See the formula.
    pub value: Decimal,
    /// How it is known.
    pub state: ClaimState,
    /// In plain words, e.g. "survey of 40 workers" or "prior from country risk: …".
    pub basis: String,
}

/// Why there is no metric.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreedomError {
    /// Not an answer to the ten questions.
    #[error("a worker answers ten questions with 0 to 4; leave out a sheet that is not filled in")]
    Answers,
    /// Too few to be anonymous.
    #[error("fewer than {LEAST_WORKERS} workers answered, and each could be recognised; ask more of them")]
    TooFew,
    /// Pay or minimum wage cannot be.
    #[error("mean pay cannot be negative and the minimum wage must be above 0; where no law sets one, give the wage that unions ask for and say so")]
    Wage,
    /// Out of range.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

impl Survey {
    /// Adds one worker's answers.
    ///
    /// # Errors
    /// [`FreedomError::Answers`] unless there are ten answers of 0 to 4.
    pub fn add(&mut self, answers: &[u8]) -> Result<(), FreedomError> {
        if answers.len() != SURVEY.len() || answers.iter().any(|a| *a > BEST) {
            return Err(FreedomError::Answers);
        }
        let good = |(answer, (_, reversed)): (&u8, &(&str, bool))| u64::from(if *reversed { BEST - answer } else { *answer });
        self.points = self.points.saturating_add(answers.iter().zip(&SURVEY).map(good).sum());
        self.workers = self.workers.saturating_add(1);
        Ok(())
    }

    /// How many workers answered.
    #[must_use]
    pub const fn workers(&self) -> u32 {
        self.workers
    }

    /// The mean of all answers, 0 to 100, rounded once.
    ///
    /// # Errors
    /// [`FreedomError::TooFew`].
    pub fn sentiment(&self) -> Result<Decimal, FreedomError> {
        if self.workers < LEAST_WORKERS {
            return Err(FreedomError::TooFew);
        }
        Ok(Decimal::from(self.points).scaled(100, i128::from(self.workers) * SURVEY.len() as i128 * i128::from(BEST))?)
    }
}

impl Freedom {
    /// From pay and a survey; `mean_pay` a year's and `minimum_wage` an hour's, in the same money. Self-declared until somebody attests it.
    ///
    /// # Errors
    /// Too few workers, wages that cannot be, numbers out of range.
    pub fn measured(mean_pay: Decimal, minimum_wage: Decimal, survey: &Survey) -> Result<Self, FreedomError> {
        if mean_pay < Decimal::ZERO || minimum_wage <= Decimal::ZERO {
            return Err(FreedomError::Wage);
        }
        let lean = survey.sentiment()?.minus(Decimal::from(50))?;
        let felt = mean_pay.plus(mean_pay.times(lean)?.scaled(1, 100)?)?;
        let value = felt.over(minimum_wage.scaled(HOURS, 1)?)?;
        Ok(Self { value, state: ClaimState::SelfDeclared, basis: format!("survey of {} workers", survey.workers) })
    }

    /// A stand-in where nothing was measured: what `source` says of the country. It is never more than a prior.
    #[must_use]
    pub fn prior(value: Decimal, country: &str, source: &str) -> Self {
        Self { value, state: ClaimState::Inferred, basis: format!("prior from country risk: {country}, {source}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(answers: [u8; 10], workers: u32) -> Survey {
        let mut survey = Survey::default();
        (0..workers).for_each(|_| survey.add(&answers).unwrap());
        survey
    }

    #[test]
    fn freedom_is_pay_as_it_feels_over_the_legal_minimum() {
        let neutral = survey([2; 10], 10);
        assert_eq!(neutral.sentiment().unwrap(), Decimal::from(50));
        let minimum = Decimal::from(10);
        let measured = |pay: i32, survey| Freedom::measured(Decimal::from(pay), minimum, survey).unwrap().value.to_string();
        assert_eq!(measured(20_400, &neutral), "1");
        let best = survey([4, 4, 0, 4, 0, 4, 0, 4, 0, 0], 5);
        let worst = survey([0, 0, 4, 0, 4, 0, 4, 0, 4, 4], 5);
        assert_eq!([measured(20_400, &best), measured(20_400, &worst), measured(30_600, &neutral)], ["1.5", "0.5", "1.5"]);
    }

    #[test]
    fn few_workers_and_odd_answers_are_refused() {
        assert_eq!(survey([2; 10], 4).sentiment(), Err(FreedomError::TooFew));
        let mut survey = survey([2; 10], 5);
        assert_eq!([survey.add(&[2; 9]), survey.add(&[5; 10])], [Err(FreedomError::Answers), Err(FreedomError::Answers)]);
        assert_eq!(Freedom::measured(Decimal::ONE, Decimal::ZERO, &survey), Err(FreedomError::Wage));
        assert_eq!(Freedom::measured(Decimal::from(-1), Decimal::ONE, &survey), Err(FreedomError::Wage));
    }

    #[test]
    fn a_countrys_risk_is_only_ever_a_prior() {
        let prior = Freedom::prior(Decimal::ONE, "XX", "an index");
        assert_eq!((prior.state, prior.basis.as_str()), (ClaimState::Inferred, "prior from country risk: XX, an index"));
        assert_eq!(Freedom::measured(Decimal::ONE, Decimal::ONE, &survey([2; 10], 5)).unwrap().state, ClaimState::SelfDeclared);
    }
}
