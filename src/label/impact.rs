//! The same value seen by the 17 Sustainable Development Goals of the United Nations, and Proof of Impact between two dates.

use super::Estimate;
use crate::{
    measure::{Decimal, MeasureError, Millis},
    values::Topic,
};
use serde::{Deserialize, Serialize};

/// How many goals there are.
pub const GOALS: usize = 17;

/// The goals' short names, goal 1 first (United Nations, "Sustainable Development Goals", 2015).
pub const GOAL_NAMES: [&str; GOALS] = [
    "No poverty",
    "Zero hunger",
    "Good health and well-being",
    "Quality education",
    "Gender equality",
    "Clean water and sanitation",
    "Affordable and clean energy",
    "Decent work and economic growth",
    "Industry, innovation and infrastructure",
    "Reduced inequalities",
    "Sustainable cities and communities",
    "Responsible consumption and production",
    "Climate action",
    "Life below water",
    "Life on land",
    "Peace, justice and strong institutions",
    "Partnerships for the goals",
];

/// Value by goal, goals 1 to 17; only goals with a value, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Goals(Vec<(u8, Estimate)>);

impl Goals {
    /// Goal (1..=17) and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, Estimate)> + '_ {
        self.0.iter().copied()
    }

    /// The mean of the central values over all 17 goals, rounded once. A goal without a value counts as nothing.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`].
    pub fn mean(&self) -> Result<Decimal, MeasureError> {
        self.0.iter().try_fold(Decimal::ZERO, |sum, (_, v)| sum.plus(v.central))?.scaled(1, GOALS as i128)
    }
}

/// Why two dates prove no impact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImpactError {
    /// Not one before the other.
    #[error("impact is what changed between two dates; give the earlier one first")]
    Order,
    /// Out of range.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

/// Spreads each topic's value over the goals it serves (`values::TopicInfo::sdgs`), in equal parts; what does not divide goes to the first of them,
/// so that the goals add up to the topics to the last digit.
///
/// # Errors
/// [`MeasureError::TooLarge`].
pub fn spread_over_goals(topics: impl Iterator<Item = (Topic, Estimate)>) -> Result<Goals, MeasureError> {
    let mut goals = [const { Option::<Estimate>::None }; GOALS];
    for (topic, value) in topics {
        let served = topic.info().sdgs;
        let parts = served.len().max(1) as i128;
        let part = |whole: Decimal, first: bool| {
            let share = whole.nanos() / parts;
            Decimal::from_nanos(if first { whole.nanos() - share * (parts - 1) } else { share })
        };
        for (n, goal) in served.iter().enumerate() {
            let share = Estimate { low: part(value.low, n == 0), central: part(value.central, n == 0), high: part(value.high, n == 0) };
            if let Some(slot) = usize::from(*goal).checked_sub(1).and_then(|at| goals.get_mut(at)) {
                *slot = Some(slot.unwrap_or_default().plus(share)?);
            }
        }
    }
    Ok(Goals((1..).zip(goals).filter_map(|(goal, value)| Some((goal, value?))).collect()))
}

/// Proof of Impact: the mean over the goals at the later date less that at the earlier one. Above 0 is positive.
///
/// # Errors
/// The dates are in the wrong order, or numbers too large.
pub fn proof_of_impact(before: (Millis, &Goals), after: (Millis, &Goals)) -> Result<Decimal, ImpactError> {
    if before.0 >= after.0 {
        return Err(ImpactError::Order);
    }
    Ok(after.1.mean()?.minus(before.1.mean()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(nanos: i128) -> Estimate {
        Estimate { low: Decimal::from_nanos(nanos - 1), central: Decimal::from_nanos(nanos), high: Decimal::from_nanos(nanos * 2) }
    }

    #[test]
    fn goals_add_up_to_the_topics_to_the_last_digit() {
        let topics: Vec<(Topic, Estimate)> = (-8..).zip(Topic::ALL).map(|(n, topic)| (topic, worth(n * 1_000_000_007))).collect();
        let goals = spread_over_goals(topics.iter().copied()).unwrap();
        let sum = |values: Vec<Estimate>| values.into_iter().try_fold(Estimate::ZERO, Estimate::plus).unwrap();
        assert_eq!(sum(goals.iter().map(|(_, v)| v).collect()), sum(topics.iter().map(|(_, v)| *v).collect()));
        assert!(goals.iter().zip(goals.iter().skip(1)).all(|((a, _), (b, _))| a < b && b <= 17));
    }

    #[test]
    fn a_topic_with_two_goals_is_shared_between_them() {
        let goals = spread_over_goals([(Topic::Water, worth(3))].into_iter()).unwrap();
        assert_eq!(goals.iter().map(|(goal, v)| (goal, v.central.nanos())).collect::<Vec<_>>(), [(6, 2), (14, 1)]);
    }

    #[test]
    fn impact_is_the_later_mean_less_the_earlier_one() {
        let goals = |n| spread_over_goals([(Topic::Climate, worth(n))].into_iter()).unwrap();
        let impact = |a, b| proof_of_impact((Millis(1), &goals(a)), (Millis(2), &goals(b))).unwrap().nanos();
        assert_eq!([impact(17, 51), impact(51, 17), impact(5, 5)], [2, -2, 0]);
        assert_eq!(proof_of_impact((Millis(2), &goals(1)), (Millis(2), &goals(1))), Err(ImpactError::Order));
    }
}
