//! What a person chose, as it is kept, and what was learned from it. How it is learned is `bot`'s affair.

use super::Topic;
use crate::measure::{Millis, Money};
use serde::{Deserialize, Serialize};

/// Something that was to be had: what is known of it, and its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Alternative {
    /// Score times confidence per topic, -100..=100, in topic order; 0 where nothing is known.
    pub topics: [i8; Topic::COUNT],
    /// Its price, when one is known.
    pub price: Option<Money>,
}

impl Alternative {
    /// The highest price that counts as one, in minor units.
    pub const MOST_MINOR: i64 = 100_000_000;

    /// Good, to 80 of 100, in one topic, and nothing known of the others.
    #[must_use]
    pub fn good_in(topic: Topic, price: Option<Money>) -> Self {
        let mut topics = [0; Topic::COUNT];
        topics[topic.index()] = 80;
        Self { topics, price }
    }

    /// The price, if it can be one: above 0 and at most [`Self::MOST_MINOR`].
    #[must_use]
    pub fn sound_price(&self) -> Option<Money> {
        self.price.filter(|p| (1..=Self::MOST_MINOR).contains(&p.minor))
    }
}

/// One of several alternatives was picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastChoice {
    /// Its number, by which a person can speak of it and take it back; later choices have higher ones.
    pub number: u32,
    /// When.
    pub time: Millis,
    /// What was shown, in that order.
    pub shown: Vec<Alternative>,
    /// The position of what was picked.
    pub picked: u8,
}

impl PastChoice {
    /// The most alternatives that a choice is between.
    pub const MOST_SHOWN: usize = 6;

    /// True when it is a choice at all: two to six alternatives, and one of them picked.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        (2..=Self::MOST_SHOWN).contains(&self.shown.len()) && usize::from(self.picked) < self.shown.len()
    }
}

/// What was learned of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Learned {
    /// The weight, in hundredths of a topic that simply matters, 0..=[`Self::MOST`].
    pub weight: i16,
    /// One standard deviation of it, in the same unit.
    pub spread: i16,
    /// The numbers of the choices that moved it most, the strongest first. Empty: it is what the questionnaire, or nothing, lets expect.
    pub from: Vec<u32>,
}

impl Learned {
    /// The highest weight and spread.
    pub const MOST: i16 = 1_000;
}

/// Where a topic's weight comes from. What was set by hand outranks what was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// The person set it.
    Hand,
    /// It was learned from these choices, the strongest first.
    Choices(&'a [u32]),
    /// The questionnaire lets expect it; no choice has moved it much.
    Questionnaire,
    /// It is as in the starting profile they took; no choice has moved it much.
    Start,
    /// Nothing was said of it.
    Default,
}

impl Origin<'_> {
    /// Stable id: `hand`, `choices`, `questionnaire`, `start` or `default`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Choices(_) => "choices",
            Self::Questionnaire => "questionnaire",
            Self::Start => "start",
            Self::Default => "default",
        }
    }
}
