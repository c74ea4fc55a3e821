//! The topic table.

use serde::{Deserialize, Serialize};

/// What a person may care about. The discriminant is the index used in packs and weights: append only, never reorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[allow(missing_docs, reason = "each variant is documented by its row in the table")]
pub enum Topic {
    Climate = 0,
    Energy,
    Water,
    Waste,
    Nature,
    Pollution,
    AnimalWelfare,
    Health,
    Safety,
    Freedom,
    DecentWork,
    Equality,
    Community,
    FairTrade,
    Transparency,
    Ethics,
    Privacy,
}

/// One row of the topic table.
#[derive(Debug, Clone, Copy)]
pub struct TopicInfo {
    /// Stable id in kebab case, e.g. `animal-welfare`.
    pub id: &'static str,
    /// Short name for a person.
    pub name: &'static str,
    /// What the topic means, in a plain sentence.
    pub about: &'static str,
    /// The Sustainable Development Goals it serves (1..=17).
    pub sdgs: &'static [u8],
    /// UNTP conformity topic codes.
    pub untp: &'static [&'static str],
    /// TwIVI values it relates to.
    pub twivi: &'static [&'static str],
}

impl Topic {
    /// How many topics there are.
    pub const COUNT: usize = 17;
    /// All topics in table order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Climate,
        Self::Energy,
        Self::Water,
        Self::Waste,
        Self::Nature,
        Self::Pollution,
        Self::AnimalWelfare,
        Self::Health,
        Self::Safety,
        Self::Freedom,
        Self::DecentWork,
        Self::Equality,
        Self::Community,
        Self::FairTrade,
        Self::Transparency,
        Self::Ethics,
        Self::Privacy,
    ];

    /// The topic's index, 0..COUNT.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The topic with this id, e.g. `animal-welfare`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.info().id == id)
    }

    /// The topic's row.
    #[must_use]
    pub fn info(self) -> &'static TopicInfo {
        todo!("helper C")
    }
}
