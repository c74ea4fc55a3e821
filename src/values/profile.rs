//! A person's profile: an importance per topic and a set of hard lines. It never leaves the device unless the person exports it.
//!
//! # The exported file
//! ```json
//! {
//!   "version": 1,
//!   "topics": { "climate": "matters-most", "energy": "ignore", "water": "matters" },
//!   "hard_lines": ["no-forced-labour", "vegan"]
//! }
//! ```
//! `topics` maps topic ids to `ignore`, `matters` or `matters-most`; a topic that is not listed `matters`. The export lists
//! all of them. `hard_lines` holds ids of hard lines. `version` may be left out and is then 1. Anything else is refused with
//! its place named, since a misspelt value that is silently dropped would change every verdict.

use super::{HardLine, Topic};
use crate::statement::json::{self, JsonError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
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
    /// All levels, from least to most.
    pub const ALL: [Self; 3] = [Self::Ignore, Self::Matters, Self::MattersMost];

    /// The weight in the alignment sum: 0, 1 or 3.
    #[must_use]
    pub const fn weight(self) -> i16 {
        match self {
            Self::Ignore => 0,
            Self::Matters => 1,
            Self::MattersMost => 3,
        }
    }

    /// Stable id in kebab case, e.g. `matters-most`; also its name on the wire.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Matters => "matters",
            Self::MattersMost => "matters-most",
        }
    }

    /// Short name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ignore => "Does not matter",
            Self::Matters => "Matters",
            Self::MattersMost => "Matters most",
        }
    }

    /// The level with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|i| i.id() == id)
    }
}

/// A person's value preferences. A topic that is not listed has [`Importance::Matters`].
///
/// ```
/// use ecosphere::values::{HardLine, Importance, Profile, Topic};
///
/// let mut mine = Profile::default();
/// mine.topics.insert(Topic::Climate, Importance::MattersMost);
/// mine.hard_lines.insert(HardLine::NoPalmOil);
/// assert_eq!(mine.importance(Topic::Climate).weight(), 3);
/// assert_eq!(mine.importance(Topic::Water).weight(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Format version of the exported file; this code writes [`Profile::VERSION`].
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
    Profile::VERSION
}

impl Default for Profile {
    fn default() -> Self {
        Self { version: Self::VERSION, topics: BTreeMap::new(), hard_lines: BTreeSet::new() }
    }
}

/// Why a profile could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not a profile at all.
    #[error("this is not a values profile ({0}); export one from the Values screen and try again")]
    Unreadable(String),
    /// The text ends before the profile does.
    #[error("this profile is cut off before its end; copy or export the whole file and try again")]
    Cut,
    /// Longer than any profile can be.
    #[error("this file is longer than {} bytes, so it is not a values profile; choose the file that the Values screen exported", Profile::MAX_BYTES)]
    TooLong,
    /// Made by a newer app.
    #[error("this profile is of version {0}, made by a newer app; update EcoSphere and try again")]
    Newer(u64),
    /// A topic this app does not know.
    #[error("this profile names the topic \"{0}\", which does not exist; correct or remove it and try again")]
    UnknownTopic(String),
    /// A level this app does not know.
    #[error("this profile gives {topic} the importance \"{level}\"; use ignore, matters or matters-most")]
    UnknownImportance {
        /// The topic's id.
        topic: String,
        /// What was found.
        level: String,
    },
    /// A hard line this app does not know.
    #[error("this profile names the hard line \"{0}\", which does not exist; correct or remove it and try again")]
    UnknownLine(String),
    /// A field this app does not know.
    #[error("this profile has a field \"{0}\", which does not exist; correct or remove it and try again")]
    UnknownField(String),
}

impl Profile {
    /// The format version this code writes and reads.
    pub const VERSION: u32 = 1;
    /// The longest text [`Profile::import`] looks at, in bytes.
    pub const MAX_BYTES: usize = 65_536;

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

    /// Writes the profile as a file a person can read, all topics listed, keys in a fixed order: the same profile always
    /// gives the same text.
    ///
    /// ```
    /// use ecosphere::values::{HardLine, Profile};
    ///
    /// let mut mine = Profile::default();
    /// mine.hard_lines.insert(HardLine::Vegan);
    /// let text = mine.export();
    /// let back = Profile::import(&text).unwrap();
    /// assert_eq!(back.weights(), mine.weights());
    /// assert_eq!(back.hard_lines, mine.hard_lines);
    /// assert_eq!(back.export(), text);
    /// ```
    #[must_use]
    pub fn export(&self) -> String {
        // Ids hold only letters and dashes, so nothing needs escaping.
        let topics: Vec<String> = Topic::ALL.iter().map(|t| format!("    \"{}\": \"{}\"", t.info().id, self.importance(*t).id())).collect();
        let lines: Vec<String> = self.hard_lines.iter().map(|l| format!("\"{}\"", l.id())).collect();
        format!(
            "{{\n  \"version\": {},\n  \"topics\": {{\n{}\n  }},\n  \"hard_lines\": [{}]\n}}\n",
            Self::VERSION,
            topics.join(",\n"),
            lines.join(", ")
        )
    }

    /// Reads what [`Profile::export`] wrote, or what a person wrote by hand in that form.
    ///
    /// ```
    /// use ecosphere::values::{Profile, ProfileError};
    ///
    /// assert_eq!(Profile::import(r#"{"version": 2}"#), Err(ProfileError::Newer(2)));
    /// assert_eq!(Profile::import(r#"{"version": 1, "topics": {"cli"#), Err(ProfileError::Cut));
    /// ```
    ///
    /// # Errors
    /// The first fault found. Nothing is ever dropped or guessed.
    pub fn import(text: &str) -> Result<Self, ProfileError> {
        if text.len() > Self::MAX_BYTES {
            return Err(ProfileError::TooLong);
        }
        let text = text.trim_start_matches('\u{feff}');
        let value = json::parse(text.as_bytes()).map_err(|e| match e {
            JsonError::Syntax(_) if ends_early(text) => ProfileError::Cut,
            e => ProfileError::Unreadable(e.to_string()),
        })?;
        let Value::Object(mut fields) = value else {
            return Err(ProfileError::Unreadable("it is not a JSON object".to_owned()));
        };
        // A newer version may hold anything, so it is looked at before all else.
        read_version(fields.remove("version"))?;
        let topics = read_topics(fields.remove("topics"))?;
        let hard_lines = read_lines(fields.remove("hard_lines"))?;
        match fields.keys().next() {
            Some(name) => Err(ProfileError::UnknownField(shortened(name))),
            None => Ok(Self { version: Self::VERSION, topics, hard_lines }),
        }
    }
}

/// True when the text is the beginning of a JSON document, and not one with a fault inside.
fn ends_early(text: &str) -> bool {
    !text.trim().is_empty() && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err_and(|e| e.is_eof())
}

fn read_version(value: Option<Value>) -> Result<(), ProfileError> {
    match value {
        None => Ok(()),
        Some(Value::Number(n)) => match n.as_u64() {
            Some(v) if v == u64::from(Profile::VERSION) => Ok(()),
            Some(v) if v > u64::from(Profile::VERSION) => Err(ProfileError::Newer(v)),
            _ => Err(ProfileError::Unreadable(format!("there is no version {n}"))),
        },
        Some(_) => Err(ProfileError::Unreadable("its version is not a number".to_owned())),
    }
}

fn read_topics(value: Option<Value>) -> Result<BTreeMap<Topic, Importance>, ProfileError> {
    let listed = match value {
        None => Map::new(),
        Some(Value::Object(listed)) => listed,
        Some(_) => return Err(ProfileError::Unreadable("its topics are not an object".to_owned())),
    };
    let read = |(id, level): (String, Value)| {
        let topic = Topic::from_id(&id).ok_or_else(|| ProfileError::UnknownTopic(shortened(&id)))?;
        let importance = level.as_str().and_then(Importance::from_id).ok_or_else(|| {
            let level = level.as_str().map_or_else(|| level.to_string(), str::to_owned);
            ProfileError::UnknownImportance { topic: id, level: shortened(&level) }
        })?;
        Ok((topic, importance))
    };
    listed.into_iter().map(read).collect()
}

fn read_lines(value: Option<Value>) -> Result<BTreeSet<HardLine>, ProfileError> {
    let listed = match value {
        None => Vec::new(),
        Some(Value::Array(listed)) => listed,
        Some(_) => return Err(ProfileError::Unreadable("its hard lines are not a list".to_owned())),
    };
    let read = |line: Value| match line.as_str() {
        Some(id) => HardLine::from_id(id).ok_or_else(|| ProfileError::UnknownLine(shortened(id))),
        None => Err(ProfileError::UnknownLine(shortened(&line.to_string()))),
    };
    listed.into_iter().map(read).collect()
}

/// What is quoted back to a person, at a length that fits a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_profile() -> impl Strategy<Value = Profile> {
        let topics = proptest::collection::btree_map(0..Topic::COUNT, 0..3_usize, 0..Topic::COUNT);
        let lines = proptest::collection::btree_set(0..HardLine::ALL.len(), 0..6);
        (topics, lines).prop_map(|(topics, lines)| Profile {
            version: Profile::VERSION,
            topics: topics.into_iter().map(|(t, i)| (Topic::ALL[t], Importance::ALL[i])).collect(),
            hard_lines: lines.into_iter().map(|l| HardLine::ALL[l]).collect(),
        })
    }

    proptest! {
        #[test]
        fn an_exported_profile_means_the_same_when_imported(profile in any_profile()) {
            let text = profile.export();
            let back = Profile::import(&text).unwrap();
            prop_assert_eq!(back.weights(), profile.weights());
            prop_assert_eq!(&back.hard_lines, &profile.hard_lines);
            prop_assert_eq!(back.export(), text);
        }

        #[test]
        fn a_profile_cut_anywhere_is_refused_as_cut(profile in any_profile(), at in 1_usize..1000) {
            let text = profile.export();
            let end = text.trim_end().len();
            prop_assert_eq!(Profile::import(&text[..at % (end - 1) + 1]), Err(ProfileError::Cut));
        }

        #[test]
        fn no_text_makes_the_import_panic(text in ".{0,200}") {
            let _ = Profile::import(&text);
        }

        #[test]
        fn a_profile_crosses_the_wire_whole(profile in any_profile()) {
            let bytes = postcard::to_stdvec(&profile).unwrap();
            prop_assert_eq!(&postcard::from_bytes::<Profile>(&bytes).unwrap(), &profile);
            let json = serde_json::to_string(&profile).unwrap();
            prop_assert_eq!(Profile::import(&json).unwrap(), profile);
        }
    }

    #[test]
    fn each_fault_of_a_profile_is_named() {
        let refused = |text: &str| Profile::import(text).unwrap_err();
        assert_eq!(refused(r#"{"version": 7, "moods": []}"#), ProfileError::Newer(7));
        assert_eq!(refused(r#"{"topics": {"climat": "matters"}}"#), ProfileError::UnknownTopic("climat".to_owned()));
        assert_eq!(refused(r#"{"hard_lines": ["vegn"]}"#), ProfileError::UnknownLine("vegn".to_owned()));
        assert_eq!(refused(r#"{"hard_lines": [7]}"#), ProfileError::UnknownLine("7".to_owned()));
        assert_eq!(refused(r#"{"hardlines": ["vegan"]}"#), ProfileError::UnknownField("hardlines".to_owned()));
        assert_eq!(refused(r#"{"topics": {"climate": 5}}"#), ProfileError::UnknownImportance { topic: "climate".to_owned(), level: "5".to_owned() });
        assert_eq!(refused(&" ".repeat(Profile::MAX_BYTES + 1)), ProfileError::TooLong);
        let unreadable = [
            "",
            "   ",
            "null",
            "[]",
            "hello",
            "{]",
            r#"{"version": 0}"#,
            r#"{"version": -1}"#,
            r#"{"version": "1"}"#,
            r#"{"version": 1.5}"#,
            r#"{"topics": []}"#,
            r#"{"hard_lines": {}}"#,
            r#"{"version": 1} {"version": 1}"#,
            r#"{"topics": {"climate": "ignore", "climate": "matters"}}"#,
        ];
        for text in unreadable {
            assert!(matches!(refused(text), ProfileError::Unreadable(_)), "{text}: {:?}", refused(text));
        }
    }

    #[test]
    fn a_profile_written_by_hand_may_leave_out_what_has_a_default() {
        let p = Profile::import("\u{feff}{\"topics\": {\"health\": \"matters-most\"}}").unwrap();
        assert_eq!(p.importance(Topic::Health), Importance::MattersMost);
        assert_eq!(p.importance(Topic::Climate), Importance::Matters);
        assert_eq!(Profile::import("{}").unwrap(), Profile::default());
    }
}
