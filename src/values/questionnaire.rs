//! The questionnaire: TwIVI, the Twenty Item Values Inventory, whose first ten items are TIVI, and beside it one question on the environment.
//!
//! *In:* how much a person is like the people described, item by item, in any order and as far as they like. *Out:* [`Scores`], a score for
//! each of Schwartz's ten basic values.
//!
//! Source: Sandy, Gosling, Schwartz & Koelkebeck, "The Development and Validation of Brief and Ultrabrief Measures of Values", Journal of
//! Personality Assessment 99(5), 545-555 (2017), doi 10.1080/00223891.2016.1231115; anyone may use it for any purpose. The wording is
//! its own, in the they/them form. Its scores are dependable enough to begin from and no more: alpha .33 (security) to .91, retest after two
//! weeks .51 to .81 (n = 46). They are never a verdict on a person.
//!
//! # Scoring, as published
//! Items `n` and `n + 10` ask for the same value; there are no reverse items. A person's own level is taken off, so that what counts is what
//! they hold dearer than other things:
//! ```text
//! TwIVI   score = (10 · (item n + item n+10) - sum of all 20) / 20
//! TIVI    score = (10 · item n - sum of the first 10) / 10
//! ```
//! Both lie in -4.5..=4.5 and add up to 0 over the ten values. They are kept in twentieths, which hold them exactly.
//!
//! TwIVI has no item on the environment, so that is [asked separately](ENVIRONMENT) and never part of a TwIVI score.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Schwartz's ten basic values, in the order of the questionnaire's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the theory's own")]
pub enum BasicValue {
    Conformity = 0,
    Tradition,
    Benevolence,
    Universalism,
    SelfDirection,
    Stimulation,
    Hedonism,
    Achievement,
    Power,
    Security,
}

impl BasicValue {
    /// How many there are.
    pub const COUNT: usize = 10;
    /// All of them, in the order of the items.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Conformity,
        Self::Tradition,
        Self::Benevolence,
        Self::Universalism,
        Self::SelfDirection,
        Self::Stimulation,
        Self::Hedonism,
        Self::Achievement,
        Self::Power,
        Self::Security,
    ];

    /// Stable id in kebab case, as the topic table names it, e.g. `self-direction`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Conformity => "conformity",
            Self::Tradition => "tradition",
            Self::Benevolence => "benevolence",
            Self::Universalism => "universalism",
            Self::SelfDirection => "self-direction",
            Self::Stimulation => "stimulation",
            Self::Hedonism => "hedonism",
            Self::Achievement => "achievement",
            Self::Power => "power",
            Self::Security => "security",
        }
    }

    /// The value with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.id() == id)
    }
}

impl fmt::Display for BasicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The four groups of values that the theory sets against each other: openness against conservation, self-enhancement against
/// self-transcendence. Hedonism is counted with openness, as the questionnaire's authors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the theory's own")]
pub enum HigherOrder {
    Openness,
    SelfEnhancement,
    Conservation,
    SelfTranscendence,
}

impl HigherOrder {
    /// The values in it.
    #[must_use]
    pub const fn values(self) -> &'static [BasicValue] {
        match self {
            Self::Openness => &[BasicValue::SelfDirection, BasicValue::Stimulation, BasicValue::Hedonism],
            Self::SelfEnhancement => &[BasicValue::Achievement, BasicValue::Power],
            Self::Conservation => &[BasicValue::Security, BasicValue::Conformity, BasicValue::Tradition],
            Self::SelfTranscendence => &[BasicValue::Benevolence, BasicValue::Universalism],
        }
    }
}

/// How much a person is like the one described, 1..=6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Likeness(u8);

impl Likeness {
    /// What the six answers say, from 1 to 6.
    pub const WORDS: [&'static str; 6] =
        ["Not like me at all", "Not like me", "A little like me", "Somewhat like me", "Like me", "Very much like me"];

    /// `None` when it does not lie in 1..=6.
    #[must_use]
    pub const fn new(answer: u8) -> Option<Self> {
        if answer >= 1 && answer <= 6 { Some(Self(answer)) } else { None }
    }

    /// 1..=6.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The items of TwIVI; the first ten are TIVI. Item `i` asks for the value at `i % 10` in [`BasicValue::ALL`].
pub const ITEMS: [&str; 20] = [
    "They believe they should always show respect to their parents and to older people. It is important to them to be obedient.",
    "Religious belief is important to them. They try hard to do what their religion requires.",
    "It's very important to them to help the people around them. They want to care for their well-being.",
    "They think it is important that every person in the world be treated equally. They believe everyone should have equal opportunities in life.",
    "They think it's important to be interested in things. They like to be curious and to try to understand all sorts of things.",
    "They like to take risks. They are always looking for adventures.",
    "They seek every chance they can to have fun. It is important to them to do things that give them pleasure.",
    "Getting ahead in life is important to them. They strive to do better than others.",
    "They always want to be the one who makes the decisions. They like to be the leader.",
    "It is important to them that things be organized and clean. They really do not like things to be a mess.",
    "It is important to them to always behave properly. They want to avoid doing anything people would say is wrong.",
    "They think it is best to do things in traditional ways. It is important to them to keep up the customs they have learned.",
    "It is important to them to respond to the needs of others. They try to support those they know.",
    "They think it is best for all the world's people to live in harmony. Promoting peace among all groups in the world is important to them.",
    "Thinking up new ideas and being creative is important to them. They like to do things in their own original way.",
    "They think it is important to do lots of different things in life. They always look for new things to try.",
    "They really want to enjoy life. Having a good time is very important to them.",
    "Being very successful is important to them. They like to impress other people.",
    "It is important to them to be in charge and tell others what to do. They want people to do what they say.",
    "Having a stable government is important to them. They are concerned that the social order be protected.",
];

/// Our own question on the environment, on the same scale. It is **not part of TwIVI** and not validated; it feeds no [`Scores`].
pub const ENVIRONMENT: &str =
    "They worry about what people do to nature. It is important to them that little is wasted and that the living world is left unharmed.";

/// What a person has answered so far. Any of it may be missing; it can be taken up again at any time.
///
/// ```
/// use ecosphere::values::{Answers, BasicValue, Likeness};
///
/// let mut mine = Answers::default();
/// for item in 0..10 {
///     mine.set(item, Likeness::new(if item == 3 { 6 } else { 2 }));
/// }
/// let scores = mine.scores().unwrap();
/// assert_eq!(scores.twentieths(BasicValue::Universalism), 72); // (10·6 - 24) / 10 = 3.6
/// assert_eq!(mine.next_item(20), Some(10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    /// 1..=6; anything else is no answer.
    items: [u8; ITEMS.len()],
    environment: u8,
}

impl Answers {
    /// The answer to an item, 0..20.
    #[must_use]
    pub fn get(&self, item: usize) -> Option<Likeness> {
        Likeness::new(*self.items.get(item)?)
    }

    /// Answers an item, 0..20, or takes its answer back. An item beyond the last is passed over.
    pub fn set(&mut self, item: usize, answer: Option<Likeness>) {
        if let Some(place) = self.items.get_mut(item) {
            *place = answer.map_or(0, Likeness::get);
        }
    }

    /// The answer to [`ENVIRONMENT`].
    #[must_use]
    pub const fn environment(&self) -> Option<Likeness> {
        Likeness::new(self.environment)
    }

    /// Answers [`ENVIRONMENT`], or takes its answer back.
    pub fn set_environment(&mut self, answer: Option<Likeness>) {
        self.environment = answer.map_or(0, Likeness::get);
    }

    /// True when nothing is answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first item without an answer among the first `of`: 10 asks for TIVI, 20 for TwIVI.
    #[must_use]
    pub fn next_item(&self, of: usize) -> Option<usize> {
        (0..of.min(ITEMS.len())).find(|i| self.get(*i).is_none())
    }

    /// The scores: TwIVI's when all twenty are answered, TIVI's when the first ten are, else none. What a person left out is never guessed.
    #[must_use]
    pub fn scores(&self) -> Option<Scores> {
        let said = |items: std::ops::Range<usize>| -> Option<Vec<i16>> { items.map(|i| self.get(i).map(|l| i16::from(l.get()))).collect() };
        let first = said(0..10)?;
        let (pairs, per_item) = match said(10..20) {
            Some(second) => (first.iter().zip(second).map(|(a, b)| a + b).collect(), 1),
            None => (first, 2),
        };
        let total: i16 = pairs.iter().sum();
        let mut scores = [0; BasicValue::COUNT];
        for (score, pair) in scores.iter_mut().zip(&pairs) {
            *score = per_item * (10 * pair - total);
        }
        Some(Scores(scores))
    }

    /// How much more the environment matters to the person than other things do, in twentieths of a point of the scale, -100..=100: the answer
    /// to [`ENVIRONMENT`] less the mean of the items answered, or less the middle of the scale when none is.
    #[must_use]
    pub fn environment_twentieths(&self) -> Option<i16> {
        let own = i16::from(self.environment()?.get());
        let said: Vec<i16> = (0..ITEMS.len()).filter_map(|i| self.get(i)).map(|l| i16::from(l.get())).collect();
        let count = i16::try_from(said.len()).unwrap_or(0);
        Some(if count == 0 { 20 * own - 70 } else { 20 * own - 20 * said.iter().sum::<i16>() / count })
    }
}

/// A score per basic value, in twentieths: -90..=90, which is -4.5..=4.5. They add up to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scores([i16; BasicValue::COUNT]);

impl Scores {
    /// The score of a value, in twentieths.
    #[must_use]
    pub const fn twentieths(&self, value: BasicValue) -> i16 {
        self.0[value as usize]
    }

    /// The mean score of a group of values, in twentieths, rounded towards 0.
    #[must_use]
    pub fn group(&self, group: HigherOrder) -> i16 {
        let sum: i16 = group.values().iter().map(|v| self.twentieths(*v)).sum();
        sum / i16::try_from(group.values().len()).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answered(likeness: &[u8]) -> Answers {
        let mut answers = Answers::default();
        for (item, answer) in likeness.iter().enumerate() {
            answers.set(item, Likeness::new(*answer));
        }
        answers
    }

    proptest! {
        #[test]
        fn the_ten_scores_add_up_to_zero_and_stay_in_the_published_range(
            likeness in proptest::collection::vec(1_u8..=6, 10..=20),
        ) {
            let scores = answered(&likeness).scores().unwrap();
            let all = BasicValue::ALL.map(|v| scores.twentieths(v));
            prop_assert_eq!(all.iter().sum::<i16>(), 0);
            prop_assert!(all.iter().all(|s| (-90..=90).contains(s)));
        }

        #[test]
        fn a_person_who_ticks_one_answer_throughout_holds_nothing_dearer_than_the_rest(answer in 1_u8..=6, twenty in any::<bool>()) {
            let scores = answered(&vec![answer; if twenty { 20 } else { 10 }]).scores().unwrap();
            prop_assert!(BasicValue::ALL.iter().all(|v| scores.twentieths(*v) == 0));
        }

        #[test]
        fn the_environment_answer_is_no_part_of_the_scores(likeness in proptest::collection::vec(1_u8..=6, 20), environment in 1_u8..=6) {
            let mut answers = answered(&likeness);
            let without = answers.scores();
            answers.set_environment(Likeness::new(environment));
            prop_assert_eq!(answers.scores(), without);
            prop_assert!((-100..=100).contains(&answers.environment_twentieths().unwrap()));
        }
    }

    #[test]
    fn the_score_of_a_value_is_what_the_published_formula_gives() {
        // Pair sums 12, 2 and eight times 7: total 70; (10·12 - 70)/20 = 2.5, (10·2 - 70)/20 = -2.5.
        let likeness = [6, 1, 3, 3, 3, 3, 3, 3, 3, 3, 6, 1, 4, 4, 4, 4, 4, 4, 4, 4];
        let scores = answered(&likeness).scores().unwrap();
        assert_eq!(scores.twentieths(BasicValue::Conformity), 50);
        assert_eq!(scores.twentieths(BasicValue::Tradition), -50);
        assert_eq!(scores.twentieths(BasicValue::Security), 0);
        assert_eq!(scores.group(HigherOrder::Conservation), 0);
        // The most there is: one value at 6, all else at 1.
        let mut most = [1; 20];
        (most[8], most[18]) = (6, 6);
        assert_eq!(answered(&most).scores().unwrap().twentieths(BasicValue::Power), 90);
        assert_eq!(answered(&most[..10]).scores().unwrap().twentieths(BasicValue::Power), 90);
    }

    #[test]
    fn every_value_is_asked_twice_and_stands_in_one_group_at_most() {
        assert_eq!(ITEMS.len(), 2 * BasicValue::COUNT);
        let groups = [HigherOrder::Openness, HigherOrder::SelfEnhancement, HigherOrder::Conservation, HigherOrder::SelfTranscendence];
        for (i, value) in BasicValue::ALL.into_iter().enumerate() {
            assert_eq!((value as usize, BasicValue::from_id(value.id())), (i, Some(value)));
            assert_eq!(groups.iter().filter(|g| g.values().contains(&value)).count(), 1, "{value}");
        }
        assert!(ITEMS.iter().chain([&ENVIRONMENT]).all(|item| item.starts_with("They ") || item.contains(" them")));
    }

    #[test]
    fn what_is_left_out_is_never_guessed() {
        let mut answers = answered(&[3; 10]);
        answers.set(4, None);
        assert_eq!((answers.scores(), answers.next_item(10)), (None, Some(4)));
        answers.set(4, Likeness::new(3));
        answers.set(11, Likeness::new(6));
        // Some of the second ten are not yet all: TIVI's scores stand until then.
        assert_eq!(answers.scores(), answered(&[3; 10]).scores());
        answers.set(20, Likeness::new(1));
        assert_eq!((Likeness::new(0), Likeness::new(7), answers.next_item(20)), (None, None, Some(10)));
        let mut alone = Answers::default();
        alone.set_environment(Likeness::new(6));
        assert_eq!((alone.environment_twentieths(), alone.scores(), alone.is_empty()), (Some(50), None, false));
    }
}
