//! What the questionnaire lets us expect of a person's weights before they have made a single choice: a mean and a full covariance over the
//! topics, in whole numbers.
//!
//! **Authored, not measured.** No published data tie TwIVI's values to weights over these topics. The numbers follow from the shape of
//! Schwartz's theory and from the constants below, which are our judgement; [`PRIOR_VERSION`] names them. Choices replace them quickly, and
//! real choices are what the model is measured on.
//!
//! # The mapping, version 1
//! A weight of 1000 is a topic that simply matters; it is the usefulness of a whole step of evidence (0 to 100) in the choice model.
//!
//! 1. *The circle.* Schwartz (1992) orders the ten values in a circle of nine wedges, 40 degrees each (tradition and conformity share one):
//!    what is near is held together, what is opposite is traded off, and what lies outside the circle relates to it by a sine curve. So the
//!    pull of a value on a topic is the cosine of the angle between them, averaged over the values that the topic table names.
//! 2. *The mean.* `1000 + 15 · z`, where `z` is a fifth of the sum of pull times score (twentieths): the amplitude of the sine curve that
//!    fits the ten scores, at the topic's place. The answer to the environment question `e` (twentieths) adds `15 · e` to climate, energy, water,
//!    waste, nature, pollution, and half of it to animal welfare. Held to 100..=3000, so that no topic is written off by a questionnaire.
//! 3. *The covariance*, in millionths: what people share in how much they care at all, plus the circle (cosines between topics), plus
//!    families of topics that are cared for together, plus what is the topic's own. Each is a sum of squares, so the whole is positive
//!    definite. What the person has answered is no longer open: half of the circle's part goes with the scores, half of the environment's with
//!    that answer. Not all of it, because two answers two weeks apart agree at .51 to .81 only.

use super::{Answers, BasicValue, Profile, Topic};

/// Names the mapping and its constants; a change of either is a new version.
pub const PRIOR_VERSION: u32 = 1;

/// The weight of a topic that simply matters.
pub const PLAIN_WEIGHT: i32 = 1_000;
/// What one twentieth of a point at the topic's place on the circle adds.
const PER_TWENTIETH: i64 = 15;
/// What one twentieth of a point in the environment's answer adds.
const PER_ENVIRONMENT: i64 = 15;
/// The least and the most a questionnaire makes of a topic.
const MEAN_RANGE: (i64, i64) = (100, 3_000);

/// Variances, in thousandths of a plain weight squared. Together about 0.64: a standard deviation of 0.8.
const SHARED: i64 = 100;
const CIRCLE: i64 = 200;
const FAMILY: i64 = 160;
const OWN: i64 = 180;

/// Cosines of 0, 40, 80, 120 and 160 degrees, in thousandths.
const COSINES: [i64; 5] = [1_000, 766, 174, -500, -940];

/// Topics that are cared for together, each with its share in its family, in halves. The first family is the environment's.
const FAMILIES: [&[(Topic, i64)]; 4] = [
    &[
        (Topic::Climate, 2),
        (Topic::Energy, 2),
        (Topic::Water, 2),
        (Topic::Waste, 2),
        (Topic::Nature, 2),
        (Topic::Pollution, 2),
        (Topic::AnimalWelfare, 1),
    ],
    &[(Topic::Freedom, 2), (Topic::DecentWork, 2), (Topic::Equality, 2), (Topic::FairTrade, 2), (Topic::Community, 1)],
    &[(Topic::Health, 2), (Topic::Safety, 2), (Topic::Pollution, 1)],
    &[(Topic::Transparency, 2), (Topic::Ethics, 2), (Topic::Privacy, 2)],
];

/// What is expected of a person's weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicPrior {
    /// The expected weight per topic, in thousandths of a plain weight.
    pub mean: [i32; Topic::COUNT],
    /// How far and how jointly the weights may lie off it, in millionths of a plain weight squared; symmetric and positive definite.
    pub covariance: [[i32; Topic::COUNT]; Topic::COUNT],
}

impl TopicPrior {
    /// What these answers let us expect; without any, that every topic matters alike.
    ///
    /// ```
    /// use ecosphere::values::{Answers, Likeness, Topic, TopicPrior};
    ///
    /// let mut mine = Answers::default();
    /// assert!(TopicPrior::of(&mine).mean.iter().all(|m| *m == 1000));
    /// for item in 0..10 {
    ///     mine.set(item, Likeness::new(if item == 3 { 6 } else { 3 })); // universalism
    /// }
    /// let prior = TopicPrior::of(&mine);
    /// assert!(prior.mean[Topic::Nature.index()] > prior.mean[Topic::Safety.index()]);
    /// ```
    #[must_use]
    pub fn of(answers: &Answers) -> Self {
        let (scores, environment) = (answers.scores(), answers.environment_twentieths());
        let mean = Topic::ALL.map(|topic| {
            let pull = |v: BasicValue| pull(topic, v) * scores.map_or(0, |s| i64::from(s.twentieths(v)));
            let by_values = PER_TWENTIETH * BasicValue::ALL.into_iter().map(pull).sum::<i64>() / 5_000;
            let by_environment = PER_ENVIRONMENT * environment.map_or(0, i64::from) * share(0, topic) / 2;
            (i64::from(PLAIN_WEIGHT) + by_values + by_environment).clamp(MEAN_RANGE.0, MEAN_RANGE.1) as i32
        });
        let circle = if scores.is_some() { CIRCLE / 2 } else { CIRCLE };
        let covariance = Topic::ALL.map(|a| {
            Topic::ALL.map(|b| {
                let family = |(f, of): (usize, i64)| of * share(f, a) * share(f, b) / 4;
                let together: i64 = (0..FAMILIES.len()).map(|f| family((f, if f == 0 && environment.is_some() { FAMILY / 2 } else { FAMILY }))).sum();
                let own = if a == b { OWN } else { 0 };
                // Each part is at most a few hundred thousandths, so the sum stays far inside an i32.
                (1_000 * (SHARED + together + own) + circle * nearness(a, b)) as i32
            })
        });
        Self { mean, covariance }
    }

    /// What a person's answers let us expect, or in place of answers the starting profile that they took.
    #[must_use]
    pub fn expected(mine: &Profile) -> Self {
        let prior = Self::of(&mine.answers);
        match mine.start.filter(|_| mine.answers.is_empty()) {
            Some(start) => Self { mean: start.mean(), ..prior },
            None => prior,
        }
    }
}

/// A topic's share in a family, in halves.
fn share(family: usize, topic: Topic) -> i64 {
    FAMILIES[family].iter().find(|(t, _)| *t == topic).map_or(0, |(_, share)| *share)
}

/// The wedge of the circle a value stands in, 0..9.
const fn wedge(value: BasicValue) -> usize {
    match value {
        BasicValue::SelfDirection => 0,
        BasicValue::Universalism => 1,
        BasicValue::Benevolence => 2,
        BasicValue::Tradition | BasicValue::Conformity => 3,
        BasicValue::Security => 4,
        BasicValue::Power => 5,
        BasicValue::Achievement => 6,
        BasicValue::Hedonism => 7,
        BasicValue::Stimulation => 8,
    }
}

/// The cosine of the angle between two wedges, in thousandths.
const fn cosine(a: usize, b: usize) -> i64 {
    let apart = a.abs_diff(b);
    COSINES[if apart > 4 { 9 - apart } else { apart }]
}

/// The values that the topic table names for a topic.
fn related(topic: Topic) -> impl Iterator<Item = BasicValue> + Clone {
    topic.info().twivi.iter().filter_map(|id| BasicValue::from_id(id))
}

/// How a value pulls on a topic: the mean cosine of the angles to the topic's own values, in thousandths.
fn pull(topic: Topic, value: BasicValue) -> i64 {
    let own = related(topic);
    let count = own.clone().count().max(1) as i64;
    own.map(|v| cosine(wedge(v), wedge(value))).sum::<i64>() / count
}

/// How near two topics stand on the circle: the mean cosine between their values, in thousandths.
fn nearness(a: Topic, b: Topic) -> i64 {
    let (of_a, of_b) = (related(a), related(b));
    let count = (of_a.clone().count() * of_b.clone().count()).max(1) as i64;
    of_a.flat_map(|v| of_b.clone().map(move |u| cosine(wedge(v), wedge(u)))).sum::<i64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Likeness;
    use proptest::prelude::*;

    fn answers(likeness: &[u8], environment: Option<u8>) -> Answers {
        let mut answers = Answers::default();
        answers.set_environment(environment.and_then(Likeness::new));
        for (item, answer) in likeness.iter().enumerate() {
            answers.set(item, Likeness::new(*answer));
        }
        answers
    }

    fn caring_for(value: BasicValue) -> TopicPrior {
        let likeness: Vec<u8> = BasicValue::ALL.iter().map(|v| if *v == value { 6 } else { 3 }).collect();
        TopicPrior::of(&answers(&likeness, None))
    }

    proptest! {
        #[test]
        fn no_answers_write_a_topic_off_or_make_the_covariance_lopsided(
            likeness in proptest::collection::vec(1_u8..=6, 0..=20), environment in proptest::option::of(1_u8..=6),
        ) {
            let prior = TopicPrior::of(&answers(&likeness, environment));
            prop_assert!(prior.mean.iter().all(|m| (100..=3_000).contains(m)));
            for (a, row) in prior.covariance.iter().enumerate() {
                for (b, together) in row.iter().enumerate() {
                    prop_assert_eq!(*together, prior.covariance[b][a]);
                    // Cauchy-Schwarz, and strictly, because every topic has something of its own.
                    let (i, j) = (i64::from(row[a]), i64::from(prior.covariance[b][b]));
                    prop_assert!(a == b || i64::from(*together).pow(2) < i * j);
                }
            }
        }
    }

    #[test]
    fn without_answers_every_topic_matters_alike() {
        let prior = TopicPrior::of(&Answers::default());
        assert_eq!(prior.mean, [PLAIN_WEIGHT; Topic::COUNT]);
        let variance = |t: Topic| prior.covariance[t.index()][t.index()];
        assert!(Topic::ALL.into_iter().all(|t| (400_000..=800_000).contains(&variance(t))));
    }

    #[test]
    fn a_value_raises_the_topics_that_name_it_and_its_opposite_lowers_them() {
        for topic in Topic::ALL {
            // A topic's values may stand far apart (health: security and hedonism); their pull is then weak, but never turned round.
            let most = related(topic).map(|v| caring_for(v).mean[topic.index()]).max().unwrap();
            assert!(most > PLAIN_WEIGHT, "{topic}: {most}");
        }
        let nature = Topic::Nature.index();
        assert!(caring_for(BasicValue::Universalism).mean[nature] > caring_for(BasicValue::SelfDirection).mean[nature]);
        assert!(caring_for(BasicValue::Power).mean[nature] < PLAIN_WEIGHT);
        assert!(caring_for(BasicValue::Achievement).mean[nature] < PLAIN_WEIGHT);
    }

    #[test]
    fn the_environment_question_moves_the_environment_alone() {
        let prior = |e| TopicPrior::of(&answers(&[], Some(e)));
        for topic in Topic::ALL {
            let (low, high) = (prior(1).mean[topic.index()], prior(6).mean[topic.index()]);
            match share(0, topic) {
                0 => assert_eq!((low, high), (PLAIN_WEIGHT, PLAIN_WEIGHT), "{topic}"),
                _ => assert!(low < PLAIN_WEIGHT && high > PLAIN_WEIGHT, "{topic}: {low} {high}"),
            }
        }
    }

    #[test]
    fn answers_leave_less_open_than_there_was_before() {
        let open = |answers: &Answers| TopicPrior::of(answers).covariance;
        let (none, all) = (open(&Answers::default()), open(&answers(&[3; 10], Some(3))));
        assert!((0..Topic::COUNT).all(|t| all[t][t] < none[t][t]));
    }

    #[test]
    fn topics_of_one_family_go_together_and_opposites_on_the_circle_do_not() {
        let c = TopicPrior::of(&Answers::default()).covariance;
        let of = |a: Topic, b: Topic| c[a.index()][b.index()];
        assert!(of(Topic::Water, Topic::Nature) > of(Topic::Water, Topic::Safety));
        assert!(of(Topic::Freedom, Topic::DecentWork) > of(Topic::Freedom, Topic::Safety));
        assert_eq!(cosine(0, 8), COSINES[1], "the circle closes");
        assert_eq!((cosine(wedge(BasicValue::Universalism), wedge(BasicValue::Power))), COSINES[4]);
    }
}
