//! A person's profile: an importance per topic and a set of hard lines. It never leaves the device.

use super::{HardLine, Topic};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How much a topic matters to a person. Three levels, because five were found to be too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Importance {
    /// Does not count.
    Ignore,
    /// Counts.
    #[default]
    Matters,
    /// Counts three times as much.
    MattersMost,
}

impl Importance {
    /// The weight in the alignment sum.
    #[must_use]
    pub const fn weight(self) -> i16 {
        match self {
            Self::Ignore => 0,
            Self::Matters => 1,
            Self::MattersMost => 3,
        }
    }
}

/// A person's value preferences. A topic that is not listed has [`Importance::Matters`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Format version of the exported file; this code writes 1.
    #[serde(default = "version")]
    pub version: u32,
    /// Importance per topic.
    #[serde(default)]
    pub topics: BTreeMap<Topic, Importance>,
    /// Lines this person will not cross.
    #[serde(default)]
    pub hard_lines: BTreeSet<HardLine>,
}

fn version() -> u32 {
    1
}

/// Why a profile could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not a profile at all.
    #[error("this is not a values profile ({0}); export one from the Values screen and try again")]
    Unreadable(String),
    /// Made by a newer app.
    #[error("this profile is of version {0}, made by a newer app; update EcoSphere and try again")]
    Newer(u32),
}

impl Profile {
    /// The importance of a topic.
    #[must_use]
    pub fn importance(&self, topic: Topic) -> Importance {
        self.topics.get(&topic).copied().unwrap_or_default()
    }

    /// The weights in topic order.
    #[must_use]
    pub fn weights(&self) -> [i16; Topic::COUNT] {
        Topic::ALL.map(|t| self.importance(t).weight())
    }
}
