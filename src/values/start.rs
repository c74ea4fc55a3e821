//! Starting profiles: what people who hold some things dear are likely to hold dear, for whoever wants to begin without a questionnaire.
//!
//! **Authored, not measured**, like the prior they come from: they are the means of four groups that k-means finds among simulated people, drawn from what
//! [`TopicPrior`](super::TopicPrior) expects of anybody and brought to a mean of 1, because only how topics stand to each other changes a verdict. A test draws the people
//! and finds the groups again (`bot/learn/starts.rs`). A start is only where learning begins: answers and choices move on from it, and what is set by hand outranks it.

use super::Topic;
use serde::{Deserialize, Serialize};

/// A starting profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Climate, water, waste, nature before all.
    Planet,
    /// What is good for the body, and safe.
    Body,
    /// Those who make it.
    People,
    /// Openness, honesty, privacy.
    Honesty,
}

impl Start {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Planet, Self::People, Self::Body, Self::Honesty];

    /// Stable id: `planet`, `people`, `body` or `honesty`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Planet => "planet",
            Self::Body => "body",
            Self::People => "people",
            Self::Honesty => "honesty",
        }
    }

    /// Short name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planet => "The planet first",
            Self::Body => "Body and safety first",
            Self::People => "People first",
            Self::Honesty => "Honest business first",
        }
    }

    /// What counts more in it than elsewhere, in a plain sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Planet => "Climate, energy, water, waste, nature and pollution count more than the rest.",
            Self::Body => "Health and safety count most by far, then what is in it and from where.",
            Self::People => "Freedom, fair pay, equality and fair trade count more than the rest.",
            Self::Honesty => "Openness, honest business and privacy count most, then safety and health.",
        }
    }

    /// The start with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.id() == id)
    }

    /// The expected weight per topic, in thousandths of a plain weight; their mean is about 1000.
    #[must_use]
    pub const fn mean(self) -> [i32; Topic::COUNT] {
        match self {
            Self::Planet => [1_260, 1_230, 1_250, 1_250, 1_260, 1_240, 1_110, 960, 970, 760, 770, 780, 890, 760, 840, 840, 830],
            Self::Body => [1_060, 1_030, 460, 460, 420, 1_180, 630, 2_710, 2_750, 530, 560, 480, 1_080, 570, 1_160, 800, 1_150],
            Self::People => [770, 790, 1_010, 990, 1_000, 700, 1_020, 740, 660, 1_480, 1_380, 1_460, 1_080, 1_370, 840, 900, 830],
            Self::Honesty => [800, 800, 640, 690, 640, 730, 780, 1_250, 1_210, 920, 870, 850, 970, 870, 1_760, 1_500, 1_730],
        }
    }
}
