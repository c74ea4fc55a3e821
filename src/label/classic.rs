//! The Social Earnings Ratio ("S/E Ratio", "Seratio" and "Microshare" are claimed as registered marks of their owners), for organisations, as
//! published in the first two white papers of the Centre for Citizenship, Enterprise and Governance (31 October 2016, p. 13; 21 December 2016, p. 14):
//!
//! ```text
//! SER = [ carbon_t x price_per_t / 1e6 + leveraged + csr + people x (capitalisation / shares) x positive / mentions ] / [ csr x 10^separation ]
//! ```
//! Money is in millions of pounds, shares and people in millions. Quotients and products are rounded at the ninth place, from left to right as
//! written. It is a *classic* reading beside the S/E label, never part of it; [`CLASSIC_CAVEAT`] says why and is shown with it.

use crate::measure::{Decimal, MeasureError};
use serde::{Deserialize, Serialize};

/// Shown wherever a classic ratio is.
pub const CLASSIC_CAVEAT: &str = "With no degree of separation this ratio is 1 + (carbon + leveraged + people) / CSR: it cannot fall below 1 for an \
    organisation that does no measured good at all, and it falls as more is spent on CSR. Read it as published: 1 or more is good, some buyers ask for 5.";

/// The farthest degree of separation.
const MAX_SEPARATION: u32 = 6;
/// z² p (1 - p) for z = 1.65 and p = 0.5, in billionths.
const Z2_PQ: i128 = 680_625_000;

/// What an organisation reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassicFacts {
    /// Carbon saved, tonnes of CO2 equivalent.
    pub carbon_t: Decimal,
    /// Price of a tonne, GBP.
    pub price_per_t: Decimal,
    /// Money leveraged, GBP million.
    pub leveraged: Decimal,
    /// Spent on corporate social responsibility, GBP million; not 0.
    pub csr: Decimal,
    /// People supported, million.
    pub people: Decimal,
    /// Market capitalisation, GBP million.
    pub capitalisation: Decimal,
    /// Shares, million; not 0.
    pub shares: Decimal,
    /// What is said of it.
    pub sentiment: Sentiment,
    /// Degree of separation, 0..=6.
    pub separation: u32,
}

/// How it is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentiment {
    /// Positive mentions; a decimal because the correction for small samples reduces it.
    pub positive: Decimal,
    /// All mentions; not 0.
    pub mentions: u64,
}

/// A classic ratio with its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassicRatio {
    /// The carbon term, GBP million.
    pub carbon: Decimal,
    /// The people term, GBP million.
    pub people: Decimal,
    /// The ratio.
    pub ratio: Decimal,
    /// csr × ratio, GBP million.
    pub social_impact: Decimal,
    /// Social impact less csr, GBP million.
    pub added_value: Decimal,
    /// Always [`CLASSIC_CAVEAT`].
    pub caveat: String,
}

/// Why there is no classic ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassicError {
    /// Nothing was spent on CSR.
    #[error("the classic ratio divides by CSR spending, so it says nothing of an organisation that spends none; use the S/E label instead")]
    NoCsr,
    /// A number that cannot be.
    #[error("{0}")]
    Fact(&'static str),
    /// Out of range.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

impl ClassicFacts {
    /// The ratio.
    ///
    /// # Errors
    /// [`ClassicError::NoCsr`] for csr = 0; negative or impossible facts; numbers out of range.
    pub fn ratio(&self) -> Result<ClassicRatio, ClassicError> {
        if self.csr == Decimal::ZERO {
            return Err(ClassicError::NoCsr);
        }
        let facts =
            [self.carbon_t, self.price_per_t, self.leveraged, self.csr, self.people, self.capitalisation, self.shares, self.sentiment.positive];
        if facts.iter().any(|f| *f < Decimal::ZERO) {
            return Err(ClassicError::Fact("none of the facts can be negative; correct the sign"));
        }
        if self.shares == Decimal::ZERO {
            return Err(ClassicError::Fact("the number of shares cannot be 0; state them in millions"));
        }
        if self.sentiment.mentions == 0 || self.sentiment.positive > Decimal::from(self.sentiment.mentions) {
            return Err(ClassicError::Fact("there must be mentions, and no more positive ones than mentions"));
        }
        if self.separation > MAX_SEPARATION {
            return Err(ClassicError::Fact("the degree of separation is 0 to 6"));
        }
        let carbon = self.carbon_t.times(self.price_per_t)?.scaled(1, 1_000_000)?;
        let price_per_share = self.capitalisation.over(self.shares)?;
        let people = self.people.times(price_per_share)?.times(self.sentiment.positive)?.over(Decimal::from(self.sentiment.mentions))?;
        let above = carbon.plus(self.leveraged)?.plus(self.csr)?.plus(people)?;
        let ratio = above.scaled(Decimal::NANOS, self.csr.scaled(10_i128.pow(self.separation), 1)?.nanos())?;
        let social_impact = self.csr.times(ratio)?;
        let added_value = social_impact.minus(self.csr)?;
        Ok(ClassicRatio { carbon, people, ratio, social_impact, added_value, caveat: CLASSIC_CAVEAT.to_owned() })
    }
}

impl Sentiment {
    /// The published correction for small samples, for a margin of error `moe` (0.05 is five per cent): z = 1.65, p = 0.5,
    ///
    /// ```text
    /// n_crit = 0.680625 / moe²;   for N < n_crit:   n_red = n_crit / (1 + 0.680625 / (moe² population))
    /// for N < n_red:   moe' = sqrt(0.680625 / N),   positive' = positive x (1 - (moe' - moe))
    /// ```
    /// The papers write N for both the mentions and the population. With one N for both, n_red = N n_crit / (N + n_crit) is always less than N, and
    /// nothing would ever be corrected; so the population that the mentions are a sample of is an argument of its own, `None` for one without end
    /// (then n_red = n_crit). A correction beyond the whole leaves nothing positive.
    ///
    /// # Errors
    /// No mentions, a margin that is not between 0 and 1, numbers out of range.
    pub fn corrected(self, moe: Decimal, population: Option<u64>) -> Result<Self, ClassicError> {
        if self.mentions == 0 || moe <= Decimal::ZERO || moe >= Decimal::ONE {
            return Err(ClassicError::Fact("there must be mentions, and the margin of error lies between 0 and 1"));
        }
        let mentions = Decimal::from(self.mentions);
        let square = moe.times(moe)?;
        let critical = Decimal::from_nanos(Z2_PQ).over(square)?;
        let reduced = match population {
            Some(n) => critical.over(Decimal::ONE.plus(critical.over(Decimal::from(n.max(1)))?)?)?,
            None => critical,
        };
        if mentions >= reduced {
            return Ok(self);
        }
        let spread = square_root(Decimal::from_nanos(Z2_PQ).over(mentions)?)?;
        let kept = Decimal::ONE.minus(spread.minus(moe)?)?.max(Decimal::ZERO);
        Ok(Self { positive: self.positive.times(kept)?, mentions: self.mentions })
    }
}

/// To the nearest billionth. The argument is small here: at most 0.680625.
fn square_root(x: Decimal) -> Result<Decimal, MeasureError> {
    let square = x.nanos().checked_mul(Decimal::NANOS).and_then(|n| u128::try_from(n).ok()).ok_or(MeasureError::TooLarge)?;
    let floor = square.isqrt();
    let root = floor + u128::from(square - floor * floor > floor);
    i128::try_from(root).map(Decimal::from_nanos).map_err(|_| MeasureError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn published() -> ClassicFacts {
        ClassicFacts {
            carbon_t: d("50328"),
            price_per_t: d("52"),
            leveraged: d("28.00"),
            csr: d("63.5"),
            people: d("8.573"),
            capitalisation: d("20100"),
            shares: d("12200"),
            sentiment: Sentiment { positive: d("37"), mentions: 288 },
            separation: 0,
        }
    }

    #[test]
    fn the_published_example_gives_the_published_ratio() {
        let ratio = published().ratio().unwrap();
        assert_eq!((ratio.people.to_fixed(4).as_str(), ratio.ratio.to_fixed(4).as_str()), ("1.8146", "1.5107"));
        assert_eq!(ratio.carbon, d("2.617056"));
        assert_eq!(ratio.added_value, ratio.social_impact.minus(d("63.5")).unwrap());
        assert_eq!(ClassicFacts { separation: 2, ..published() }.ratio().unwrap().ratio.to_fixed(4), "0.0151");
    }

    #[test]
    fn the_caveat_is_true_of_the_arithmetic() {
        let idle = ClassicFacts { carbon_t: d("0"), leveraged: d("0"), people: d("0"), ..published() };
        assert_eq!(idle.ratio().unwrap().ratio, Decimal::ONE);
        let more = ClassicFacts { csr: d("127"), ..published() };
        assert!(more.ratio().unwrap().ratio < published().ratio().unwrap().ratio);
        assert_eq!(more.ratio().unwrap().caveat, CLASSIC_CAVEAT);
    }

    #[test]
    fn impossible_facts_are_refused() {
        assert_eq!(ClassicFacts { csr: d("0"), ..published() }.ratio(), Err(ClassicError::NoCsr));
        for wrong in [
            ClassicFacts { csr: d("-1"), ..published() },
            ClassicFacts { shares: d("0"), ..published() },
            ClassicFacts { separation: 7, ..published() },
            ClassicFacts { sentiment: Sentiment { positive: d("0"), mentions: 0 }, ..published() },
            ClassicFacts { sentiment: Sentiment { positive: d("289"), mentions: 288 }, ..published() },
        ] {
            assert!(matches!(wrong.ratio(), Err(ClassicError::Fact(_))), "{wrong:?}");
        }
    }

    #[test]
    fn few_mentions_of_many_people_count_for_less() {
        let few = Sentiment { positive: d("37"), mentions: 100 };
        // n_crit = 0.680625 / 0.0025 = 272.25; moe' = sqrt(0.00680625) = 0.0825
        let corrected = few.corrected(d("0.05"), None).unwrap();
        assert_eq!(corrected.positive, d("37").times(d("0.9675")).unwrap());
        let many = Sentiment { positive: d("37"), mentions: 288 };
        assert_eq!(many.corrected(d("0.05"), None).unwrap(), many);
        // Of 120 people 100 are nearly all: n_red = 272.25 / (1 + 272.25 / 120) = 83.3
        assert_eq!(few.corrected(d("0.05"), Some(120)).unwrap(), few);
        assert_eq!(Sentiment { positive: d("1"), mentions: 1 }.corrected(d("0.05"), None).unwrap().positive, d("0.225"));
        assert!(few.corrected(d("0"), None).is_err());
    }

    #[test]
    fn with_one_number_for_sample_and_population_nothing_is_ever_corrected() {
        for mentions in [1, 10, 100, 271] {
            let sentiment = Sentiment { positive: d("1"), mentions };
            assert_eq!(sentiment.corrected(d("0.05"), Some(mentions)).unwrap(), sentiment);
        }
    }
}
