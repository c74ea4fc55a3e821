//! A second profile on the device: that of an organisation a person belongs to, beside their own.

use super::{Profile, Topic};
use serde::{Deserialize, Serialize};

/// What an organisation stands for, as a person keeps it on their device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ours {
    /// What the person calls it, 1..=[`Ours::NAME`] characters.
    pub name: String,
    /// Its topics and lines. It answers no questionnaire and makes no choices here.
    pub profile: Profile,
    /// True: verdicts are by its values, not by the person's.
    pub speaks: bool,
}

impl Ours {
    /// The longest name, in characters.
    pub const NAME: usize = 60;

    /// One that does not speak yet. A name that is empty or too long is mended. What a file says beside topics and lines is somebody's own, so that it
    /// is left out; what they had learned stays as weights set by hand.
    #[must_use]
    pub fn of(name: &str, profile: &Profile) -> Self {
        let name: String = name.trim().chars().take(Self::NAME).collect();
        let weights = profile.weights();
        let known = |t: &Topic| profile.topics.contains_key(t) || profile.learned.contains_key(t);
        let topics = Topic::ALL.into_iter().filter(known).map(|t| (t, weights[t.index()].into())).collect();
        let profile = Profile { topics, hard_lines: profile.hard_lines.clone(), form: profile.form, ..Profile::default() };
        Self { name: if name.is_empty() { "My organisation".to_owned() } else { name }, profile, speaks: false }
    }
}

/// How much two profiles differ in a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apart {
    /// Which topic.
    pub topic: Topic,
    /// Its share of all that counts for the first, in thousandths.
    pub mine: i16,
    /// The same for the second.
    pub theirs: i16,
}

/// From this difference of shares on two profiles differ in a topic, in thousandths: about a third of what one topic of seventeen counts.
const DIFFERS: u16 = 20;

impl Apart {
    /// Two profiles topic by topic, where they differ most first. Shares are compared and not weights: a common factor on all weights changes no verdict.
    #[must_use]
    pub fn between(mine: &Profile, theirs: &Profile) -> Vec<Self> {
        let (a, b) = (shares(mine), shares(theirs));
        let mut all: Vec<Self> = Topic::ALL.into_iter().map(|topic| Self { topic, mine: a[topic.index()], theirs: b[topic.index()] }).collect();
        all.sort_by_key(|apart| std::cmp::Reverse(apart.mine.abs_diff(apart.theirs)));
        all
    }

    /// True when they differ by enough to say so.
    #[must_use]
    pub const fn differs(&self) -> bool {
        self.mine.abs_diff(self.theirs) >= DIFFERS
    }
}

/// What each topic is of all that counts, in thousandths, rounded down; nothing where nothing counts.
fn shares(profile: &Profile) -> [i16; Topic::COUNT] {
    let weights = profile.weights();
    let all: i32 = weights.iter().map(|w| i32::from(*w)).sum();
    // A part of the whole is at most a thousand thousandths.
    weights.map(|w| (i32::from(w) * 1_000).checked_div(all).unwrap_or(0) as i16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{HardLine, Importance, Learned, Weight};

    #[test]
    fn what_differs_most_stands_first_and_a_common_factor_makes_no_difference() {
        let with = |all: i16, topic: Topic, weight: i16| {
            let mut topics: std::collections::BTreeMap<_, _> = Topic::ALL.map(|t| (t, Weight::of(all))).into();
            topics.insert(topic, Weight::of(weight));
            Profile { topics, ..Profile::default() }
        };
        let (mine, theirs) = (with(100, Topic::Climate, 300), with(100, Topic::Privacy, 300));
        let apart = Apart::between(&mine, &theirs);
        assert_eq!(
            apart[..2].iter().map(|a| (a.topic, a.mine, a.theirs)).collect::<Vec<_>>(),
            [(Topic::Climate, 157, 52), (Topic::Privacy, 52, 157)]
        );
        assert_eq!(apart.iter().filter(|a| a.differs()).count(), 2);
        assert!(!Apart::between(&with(50, Topic::Climate, 50), &with(100, Topic::Climate, 100)).iter().any(Apart::differs));
        assert!(Apart::between(&with(0, Topic::Climate, 0), &with(0, Topic::Climate, 0)).iter().all(|a| a.mine == 0), "nothing counts");
    }

    #[test]
    fn an_organisation_takes_topics_and_lines_from_a_file_and_nobodys_answers() {
        let mut file = Profile { owner: Some(7), paused: true, ..Profile::default() };
        file.topics.insert(Topic::Climate, Importance::MattersMost.into());
        file.hard_lines.insert(HardLine::Vegan);
        for topic in [Topic::Climate, Topic::Water] {
            file.learned.insert(topic, Learned { weight: 140, spread: 3, from: vec![1] });
        }
        let ours = Ours::of("  ", &file);
        assert_eq!((ours.name.as_str(), ours.speaks, ours.profile.owner, ours.profile.learned.len()), ("My organisation", false, None, 0));
        assert_eq!((ours.profile.weights(), &ours.profile.hard_lines), (file.weights(), &file.hard_lines));
        assert_eq!(Ours::of(&"x".repeat(100), &file).name.len(), Ours::NAME);
    }
}
