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
    /// The line's row: id, name, about sentence.
    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NoForcedLabour => ("no-forced-labour", "No forced labour", "Nobody found forced or child labour in making it."),
            Self::LivingWage => ("living-wage", "Living wage", "The people who make it are paid enough to live on."),
            Self::NoPalmOil => ("no-palm-oil", "No palm oil", "It contains no palm oil."),
            Self::Vegan => ("vegan", "Vegan", "Nothing in it comes from an animal."),
            Self::Vegetarian => ("vegetarian", "Vegetarian", "It contains no meat, no fish and nothing else from a killed animal."),
            Self::NoAnimalTesting => ("no-animal-testing", "No animal testing", "Neither it nor its ingredients were tested on animals."),
            Self::Organic => ("organic", "Organic", "It is certified organic."),
            Self::NoGmo => ("no-gmo", "No genetic engineering", "It contains nothing that was genetically modified."),
            Self::FairTrade => ("fair-trade", "Fair trade", "It is certified fair trade."),
            Self::GlutenFree => ("gluten-free", "Gluten-free", "It is labelled as free of gluten; always check the pack as well."),
            Self::LactoseFree => ("lactose-free", "Lactose-free", "It is labelled as free of lactose; always check the pack as well."),
            Self::Halal => ("halal", "Halal", "It is certified halal; always check the pack as well."),
            Self::Kosher => ("kosher", "Kosher", "It is certified kosher; always check the pack as well."),
            Self::AlcoholFree => ("alcohol-free", "Alcohol-free", "It contains no alcohol; always check the pack as well."),
        }
    }
    /// Stable id in kebab case, e.g. `no-palm-oil`; also its name on the wire.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.row().0
    }
    /// Short name for a person, e.g. "No palm oil".
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().1
    }
    /// What a subject that keeps the line is like, in a plain sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        self.row().2
    }
    /// A line that is kept whenever this one is kept, so crossing that one crosses this one: what is vegan is vegetarian.
    /// Nothing else is inferred: a vegan product may still hold traces of milk, so it is not called lactose-free.
    #[must_use]
    pub const fn implies(self) -> Option<Self> {
        match self {
            Self::Vegan => Some(Self::Vegetarian),
            _ => None,
        }
    }
    /// The line with this id.
    ///
    /// ```
    /// use ecosphere::values::HardLine;
    /// let line = HardLine::from_id("gluten-free").unwrap();
    /// assert_eq!(line.name(), "Gluten-free");
    /// assert!(line.is_sensitive());
    /// ```
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

impl std::fmt::Display for HardLine {
    /// Writes the name for a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_the_id_it_has_on_the_wire() {
        for (i, line) in HardLine::ALL.into_iter().enumerate() {
            assert_eq!(line as usize, i);
            assert_eq!(serde_json::to_value(line).unwrap(), line.id());
            assert_eq!(HardLine::from_id(line.id()), Some(line));
            assert!(line.about().ends_with('.'), "{line}");
            assert_eq!(line.about().contains("check the pack"), line.is_sensitive(), "{line}");
        }
        assert_eq!(HardLine::from_id("raw"), None);
    }
}
