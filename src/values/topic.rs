//! The topic table: one row per thing a person may care about.
//!
//! The columns come from three vocabularies, so that what others publish can be read as evidence for a topic:
//! - *SDGs*: the United Nations' 17 Sustainable Development Goals.
//! - *UNTP*: the conformity topics of the UN Transparency Protocol 0.7 (its core taxonomies, version 0.2), by the last
//!   segment of their identifier, see [`UNTP_TOPIC_BASE`]. A code stands in one row only, so a claim that names it has one
//!   meaning here. UNTP has no topic for the welfare of animals or for a shopper's nutrition; those rows name the nearest.
//! - *TwIVI*: the ten basic values of the Twenty Item Values Inventory. Its items do not speak of the environment, so for
//!   those topics the relation is the theory's (universalism covers nature) and the app asks about them separately.

use serde::{Deserialize, Serialize};

/// What a person may care about. On the wire and in files it is its id, e.g. `animal-welfare`. The discriminant is the index used in packs and weights: append only, never reorder.
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

/// What stands before a conformity topic's code in its identifier.
pub const UNTP_TOPIC_BASE: &str = "https://vocabulary.uncefact.org/conformity-topic/";

/// One row of the topic table.
///
/// ```
/// use ecosphere::values::Topic;
/// let row = Topic::Nature.info();
/// assert_eq!((row.id, row.name), ("nature", "Nature and forests"));
/// assert_eq!(row.sdgs, [14, 15]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicInfo {
    /// Stable id in kebab case, e.g. `animal-welfare`.
    pub id: &'static str,
    /// Short name for a person.
    pub name: &'static str,
    /// What the topic means, in a plain sentence.
    pub about: &'static str,
    /// The Sustainable Development Goals it serves (1..=17).
    pub sdgs: &'static [u8],
    /// UNTP conformity topic codes, the nearest first; each stands after [`UNTP_TOPIC_BASE`] in its identifier.
    pub untp: &'static [&'static str],
    /// TwIVI values it relates to, in lower case.
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

    /// The topic with this id.
    ///
    /// ```
    /// use ecosphere::values::Topic;
    /// assert_eq!(Topic::from_id("animal-welfare"), Some(Topic::AnimalWelfare));
    /// assert_eq!(Topic::from_id("Animal welfare"), None);
    /// ```
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.info().id == id)
    }

    /// The topic that a UNTP conformity topic speaks to; takes the bare code or the whole identifier.
    ///
    /// ```
    /// use ecosphere::values::Topic;
    /// assert_eq!(Topic::from_untp("forced-labor-elimination"), Some(Topic::Freedom));
    /// let id = "https://vocabulary.uncefact.org/conformity-topic/greenhouse-gas-emissions";
    /// assert_eq!(Topic::from_untp(id), Some(Topic::Climate));
    /// ```
    #[must_use]
    pub fn from_untp(code: &str) -> Option<Self> {
        let code = code.strip_prefix(UNTP_TOPIC_BASE).unwrap_or(code);
        Self::ALL.into_iter().find(|t| t.info().untp.contains(&code))
    }

    /// The topic's row.
    #[must_use]
    pub const fn info(self) -> &'static TopicInfo {
        match self {
            Self::Climate => &TopicInfo {
                id: "climate",
                name: "Climate",
                about: "Making and moving it adds little to global warming.",
                sdgs: &[13],
                untp: &["greenhouse-gas-emissions"],
                twivi: &["universalism", "security"],
            },
            Self::Energy => &TopicInfo {
                id: "energy",
                name: "Energy",
                about: "It is made with little energy, and that energy is renewable.",
                sdgs: &[7],
                untp: &["renewable-energy-use", "energy-optimization"],
                twivi: &["universalism", "security"],
            },
            Self::Water => &TopicInfo {
                id: "water",
                name: "Water",
                about: "It uses little fresh water and leaves rivers and lakes clean.",
                sdgs: &[6, 14],
                untp: &["water-conservation"],
                twivi: &["universalism"],
            },
            Self::Waste => &TopicInfo {
                id: "waste",
                name: "Waste and packaging",
                about: "It lasts, comes in little packaging, and can be reused or recycled.",
                sdgs: &[12],
                untp: &[
                    "waste-minimization",
                    "recycled-material-integration",
                    "resource-circularity",
                    "end-of-life-management",
                    "sustainable-product-design",
                    "product-longevity",
                ],
                twivi: &["universalism"],
            },
            Self::Nature => &TopicInfo {
                id: "nature",
                name: "Nature and forests",
                about: "No forest is cleared for it, and plants and animals keep their place to live.",
                sdgs: &[14, 15],
                untp: &["ecosystem-preservation", "forest-conservation"],
                twivi: &["universalism"],
            },
            Self::Pollution => &TopicInfo {
                id: "pollution",
                name: "Pollution and chemicals",
                about: "No harmful substances go into it, or from it into air, soil and water.",
                sdgs: &[3, 12],
                untp: &["chemical-safety", "substance-control", "air-quality-management"],
                twivi: &["universalism", "security"],
            },
            Self::AnimalWelfare => &TopicInfo {
                id: "animal-welfare",
                name: "Animal welfare",
                about: "No animal suffers for it: on farms, in tests or in the sea.",
                sdgs: &[14, 15],
                untp: &["sanitary-and-phytosanitary-measures"],
                twivi: &["universalism", "benevolence"],
            },
            Self::Health => &TopicInfo {
                id: "health",
                name: "Health and nutrition",
                about: "It is good for the body of whoever eats, wears or uses it.",
                sdgs: &[2, 3],
                untp: &["consumer-information", "nutrition-standards"],
                twivi: &["security", "hedonism"],
            },
            Self::Safety => &TopicInfo {
                id: "safety",
                name: "Safety and quality",
                about: "It is tested, safe to use, and does what it promises.",
                sdgs: &[3, 12],
                untp: &["product-safety-standards", "quality-performance", "standards-adherence", "testing-and-certification"],
                twivi: &["security"],
            },
            Self::Freedom => &TopicInfo {
                id: "freedom",
                name: "No forced or child labour",
                about: "Nobody was forced to work on it, and no child did.",
                sdgs: &[8, 16],
                untp: &["forced-labor-elimination", "youth-protection"],
                twivi: &["self-direction", "universalism"],
            },
            Self::DecentWork => &TopicInfo {
                id: "decent-work",
                name: "Fair pay and decent work",
                about: "The people who make it can live on their pay, work in safety, and may join a union.",
                sdgs: &[1, 8],
                untp: &[
                    "decent-work-conditions",
                    "workplace-safety",
                    "worker-representation",
                    "supply-chain-labor-rights",
                    "workplace-hazard-control",
                    "emergency-readiness",
                    "living-conditions",
                ],
                twivi: &["benevolence", "universalism"],
            },
            Self::Equality => &TopicInfo {
                id: "equality",
                name: "Equality and inclusion",
                about: "Everybody is treated alike, whatever their gender, origin, faith or ability.",
                sdgs: &[5, 10],
                untp: &["rights-and-equality", "gender-equity", "accessibility-requirements"],
                twivi: &["universalism"],
            },
            Self::Community => &TopicInfo {
                id: "community",
                name: "Community and local economy",
                about: "It keeps work and money in the region and gives something back to it.",
                sdgs: &[8, 11],
                untp: &["community-empowerment", "regional-economic-growth", "employment-opportunities"],
                twivi: &["benevolence", "tradition"],
            },
            Self::FairTrade => &TopicInfo {
                id: "fair-trade",
                name: "Fair trade",
                about: "Farmers and small makers get a fair and steady price for what they sell.",
                sdgs: &[1, 10, 17],
                untp: &["responsible-procurement", "ethical-material-sourcing", "supplier-development", "competitive-fairness"],
                twivi: &["universalism", "benevolence"],
            },
            Self::Transparency => &TopicInfo {
                id: "transparency",
                name: "Openness about its origin",
                about: "The maker shows where it comes from, who made it and how, so that others can check.",
                sdgs: &[12, 16],
                untp: &["supply-chain-traceability", "open-reporting", "origin-tracking", "transparent-communication"],
                twivi: &["self-direction", "security"],
            },
            Self::Ethics => &TopicInfo {
                id: "ethics",
                name: "Honest business",
                about: "The company keeps the law, pays its taxes, and neither bribes nor cheats.",
                sdgs: &[16, 17],
                untp: &["anti-corruption-measures", "legal-compliance", "tariff-and-duty-compliance"],
                twivi: &["conformity", "universalism"],
            },
            Self::Privacy => &TopicInfo {
                id: "privacy",
                name: "Privacy and data",
                about: "It collects no more about people than it needs, and keeps that safe.",
                sdgs: &[16],
                untp: &["data-protection-and-privacy", "data-privacy", "cybersecurity-controls"],
                twivi: &["self-direction", "security"],
            },
        }
    }
}

impl std::fmt::Display for Topic {
    /// Writes the name for a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.info().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_index_is_the_position_and_the_id_is_the_name_on_the_wire() {
        for (i, t) in Topic::ALL.into_iter().enumerate() {
            assert_eq!(t.index(), i);
            assert_eq!(serde_json::to_value(t).unwrap(), t.info().id);
            assert_eq!(Topic::from_id(t.info().id), Some(t));
        }
        assert_eq!(Topic::from_id("unheard-of"), None);
    }

    #[test]
    fn every_row_is_filled_and_no_untp_code_stands_in_two_rows() {
        let values = [
            "conformity",
            "tradition",
            "benevolence",
            "universalism",
            "self-direction",
            "stimulation",
            "hedonism",
            "achievement",
            "power",
            "security",
        ];
        let mut codes = BTreeSet::new();
        for t in Topic::ALL {
            let row = t.info();
            assert!(row.about.ends_with('.') && row.about.len() < 100, "{}", row.id);
            assert!(!row.sdgs.is_empty() && row.sdgs.iter().all(|g| (1..=17).contains(g)), "{}", row.id);
            assert!(!row.twivi.is_empty() && row.twivi.iter().all(|v| values.contains(v)), "{}", row.id);
            assert!(!row.untp.is_empty(), "{}", row.id);
            for code in row.untp {
                assert!(codes.insert(code), "{code} stands twice");
                assert_eq!(Topic::from_untp(code), Some(t));
            }
        }
    }

    #[test]
    fn the_topics_of_the_published_untp_samples_are_known() {
        for (code, topic) in [
            ("greenhouse-gas-emissions", Topic::Climate),
            ("recycled-material-integration", Topic::Waste),
            ("energy-optimization", Topic::Energy),
            ("ethical-material-sourcing", Topic::FairTrade),
            ("emergency-readiness", Topic::DecentWork),
            ("forced-labor-elimination", Topic::Freedom),
            ("chemical-safety", Topic::Pollution),
        ] {
            assert_eq!(Topic::from_untp(code), Some(topic));
        }
        assert_eq!(Topic::from_untp("mutual-recognition"), None);
    }
}
