//! Lines a person will not cross, and whether a subject is known to keep them.

use serde::{Deserialize, Serialize};

/// A line a person will not cross. Each is also a *fact* about a subject that claims can assert or deny. Append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[allow(missing_docs, reason = "each variant is documented by its name and about sentence")]
pub enum HardLine {
    NoForcedLabour = 0,
    LivingWage,
    NoPalmOil,
    Vegan,
    Vegetarian,
    NoAnimalTesting,
    Organic,
    NoGmo,
    FairTrade,
    GlutenFree,
    LactoseFree,
    Halal,
    Kosher,
    AlcoholFree,
}

/// Whether a subject keeps a line, as far as claims tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// A claim says it is kept and none denies it.
    Kept,
    /// A claim says it is crossed and none denies it.
    Crossed,
    /// No claim says anything. Never read as "kept".
    Unknown,
    /// Claims disagree. Never read as "kept".
    Contradicted,
}

impl HardLine {
    /// All hard lines in table order.
    pub const ALL: [Self; 14] = [
        Self::NoForcedLabour,
        Self::LivingWage,
        Self::NoPalmOil,
        Self::Vegan,
        Self::Vegetarian,
        Self::NoAnimalTesting,
        Self::Organic,
        Self::NoGmo,
        Self::FairTrade,
        Self::GlutenFree,
        Self::LactoseFree,
        Self::Halal,
        Self::Kosher,
        Self::AlcoholFree,
    ];
    /// Stable id in kebab case, e.g. `no-palm-oil`.
    #[must_use]
    pub fn id(self) -> &'static str {
        todo!("helper C")
    }
    /// Short name for a person, e.g. "No palm oil".
    #[must_use]
    pub fn name(self) -> &'static str {
        todo!("helper C")
    }
    /// The line with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.id() == id)
    }
    /// True for lines about health or faith (gluten, lactose, halal, kosher, alcohol), where the app adds "check the pack".
    #[must_use]
    pub fn is_sensitive(self) -> bool {
        matches!(self, Self::GlutenFree | Self::LactoseFree | Self::Halal | Self::Kosher | Self::AlcoholFree)
    }
}
