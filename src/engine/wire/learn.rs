//! What the page and the engine say to each other of a person's values and of what they chose.

use crate::{
    measure::{Millis, Money},
    values::{Alternative, Form, HardLine, Profile, Start, Topic, Weight},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use crate::bot::{OpenFact, Turn, learn::Progress};

/// What a person says of their values, or does. Each is answered by [`Answer::Learning`](super::Answer::Learning).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Learn {
    /// What was learned so far, and from what.
    Show,
    /// Sets topics and lines by hand, all of them at once. Answers and choices stay as they are.
    SetByHand {
        /// What a topic counts, where it is set by hand.
        topics: BTreeMap<Topic, Weight>,
        /// How the person likes to set it.
        form: Form,
        /// The lines that are not to be crossed.
        hard_lines: BTreeSet<HardLine>,
    },
    /// Answers of the questionnaire, 1 to 6 each; `None` takes one back.
    Answer(Vec<(Item, Option<u8>)>),
    /// Takes a starting profile, or none.
    Begin(Option<Start>),
    /// Wants the next trade-off question.
    Ask {
        /// What was asked already and is not to be asked again now, as it was shown.
        passed: Vec<Vec<Alternative>>,
        /// Between two real products, where there are any that teach something.
        real: bool,
    },
    /// Answers a trade-off question.
    Choose {
        /// What was shown, in that order.
        shown: Vec<Alternative>,
        /// Which was picked.
        picked: u8,
        /// The number of the newest choice when it was shown: a second tap on the same question teaches nothing.
        after: u32,
    },
    /// Takes back a choice by its number, or the newest, and everything that was learned from it.
    Undo(Option<u32>),
    /// Stops learning, or goes on.
    Pause(bool),
    /// Took a product, or did not want it.
    Did {
        /// Which of the two.
        act: Act,
        /// Its number on this device.
        subject: u32,
        /// The numbers of what was on the screen beside it, in that order; it may be among them.
        shown: Vec<u32>,
    },
    /// Says why.
    Because {
        /// Which deed.
        deed: u64,
        /// The reason.
        why: Why,
    },
    /// Takes a deed back, and everything that was learned from it.
    TakeBack(u64),
}

/// An item that a person can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// One of the questionnaire's, 0..20.
    Inventory(u8),
    /// Our own question on the environment.
    Environment,
}

/// What became of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It was taken.
    Took,
    /// It was not wanted.
    Left,
}

impl Act {
    /// Stable id: `took` or `left`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Took => "took",
            Self::Left => "left",
        }
    }

    /// The act of this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Took, Self::Left].into_iter().find(|a| a.id() == id)
    }
}

/// Why it was taken or not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// For what it does in a topic.
    Topic(Topic),
    /// For its price.
    Price,
    /// For something that no topic speaks of, such as its taste: nothing follows from it.
    Other,
}

impl Why {
    /// Stable id: a topic's, `price` or `other`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Topic(topic) => topic.info().id,
            Self::Price => "price",
            Self::Other => "other",
        }
    }

    /// The reason of this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "price" => Some(Self::Price),
            "other" => Some(Self::Other),
            id => Topic::from_id(id).map(Self::Topic),
        }
    }
}

/// What is known of a person's values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learning {
    /// The values, the answers and the choices themselves.
    pub profile: Profile,
    /// How far a first run has come.
    pub progress: Progress,
    /// How often, of a hundred, the person takes what stands first of two that they like alike. It is taken out of what is learned.
    pub takes_the_first: u8,
    /// Sets of choices, by number, that cannot all have been meant; the newest of each stands last.
    pub contradictions: Vec<Vec<u32>>,
    /// The question that was wanted; `None` when there is none that teaches anything, or none was wanted.
    pub question: Option<Vec<Side>>,
    /// What was taken and not wanted, newest first.
    pub deeds: Vec<DeedRow>,
    /// What the topics weighed after each of some choices, oldest first; the last is now. Empty before there are two.
    pub over_time: Vec<(Millis, [i16; Topic::COUNT])>,
}

/// One side of a trade-off question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What counts.
    pub alternative: Alternative,
    /// Name and brand, when it is a real product.
    pub product: Option<(String, String)>,
}

/// Something that was taken or not wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeedRow {
    /// Row id.
    pub id: u64,
    /// When.
    pub time: Millis,
    /// Which of the two.
    pub act: Act,
    /// Its number on this device, when the snapshot knows it.
    pub number: Option<u32>,
    /// Its name.
    pub name: String,
    /// What it cost, when that is known.
    pub price: Option<Money>,
    /// Why, when it was said.
    pub why: Option<Why>,
    /// The numbers of the choices that were learned from it.
    pub choices: Vec<u32>,
}
