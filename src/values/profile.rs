//! A person's profile: what matters to them and how much, and lines they will not cross. It never leaves the device unless the person exports it.

use super::{Alternative, Answers, Form, HardLine, Importance, Learned, Origin, PastChoice, Start, Topic, Weight};
use crate::measure::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A person's values: what they set by hand, what they answered and chose, and what was learned from that.
///
/// A topic set by hand weighs what was set, whatever was learned; one that was learned weighs that; any other [matters](Importance::Matters).
///
/// ```
/// use ecosphere::values::{HardLine, Importance, Learned, Origin, Profile, Topic, Weight};
///
/// let mut mine = Profile::default();
/// mine.topics.insert(Topic::Climate, Importance::MattersMost.into());
/// mine.topics.insert(Topic::Waste, Weight::of(45));
/// mine.hard_lines.insert(HardLine::NoPalmOil);
/// for topic in [Topic::Climate, Topic::Water] {
///     mine.learned.insert(topic, Learned { weight: 140, spread: 35, from: vec![2] });
/// }
/// let weights = mine.weights();
/// assert_eq!((weights[Topic::Climate.index()], mine.origin(Topic::Climate)), (300, Origin::Hand));
/// assert_eq!((weights[Topic::Waste.index()], mine.origin(Topic::Waste)), (45, Origin::Hand));
/// assert_eq!((weights[Topic::Water.index()], mine.origin(Topic::Water)), (140, Origin::Choices(&[2])));
/// assert_eq!((weights[Topic::Energy.index()], mine.origin(Topic::Energy)), (100, Origin::Default));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Format version of the exported file; this code writes [`Profile::VERSION`].
    pub version: u32,
    /// What a topic counts, where it was set by hand.
    pub topics: BTreeMap<Topic, Weight>,
    /// How this person likes to set it.
    pub form: Form,
    /// Lines this person will not cross.
    pub hard_lines: BTreeSet<HardLine>,
    /// Answers to the questionnaire.
    pub answers: Answers,
    /// The starting profile they took; it counts for as long as nothing is answered.
    pub start: Option<Start>,
    /// What was chosen, oldest first.
    pub choices: Vec<PastChoice>,
    /// What was learned from answers and choices; empty before there are any.
    pub learned: BTreeMap<Topic, Learned>,
    /// True: nothing is learned until the person says so.
    pub paused: bool,
    /// Whose answers and choices these are: a number drawn once, which says nothing about the person.
    pub owner: Option<u64>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            topics: BTreeMap::new(),
            form: Form::default(),
            hard_lines: BTreeSet::new(),
            answers: Answers::default(),
            start: None,
            choices: Vec::new(),
            learned: BTreeMap::new(),
            paused: false,
            owner: None,
        }
    }
}

/// Why a choice is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// It is none.
    #[error("a choice is one of two to {} alternatives; show as many, and pick one of them", PastChoice::MOST_SHOWN)]
    NoChoice,
    /// The person wants nothing learned now.
    #[error("learning is paused, so this choice was not kept; resume learning first")]
    Paused,
}

impl Profile {
    /// The format version this code writes; it reads all versions up to it.
    pub const VERSION: u32 = 3;
    /// The longest text [`Profile::import`] looks at, in bytes.
    pub const MAX_BYTES: usize = 524_288;
    /// So many of the newest choices are kept: values change, and what was chosen long ago counts least.
    pub const MOST_CHOICES: usize = 200;

    /// The importance of a topic: the level nearest to what it counts. Nothing is shown as not mattering while it weighs anything.
    #[must_use]
    pub fn importance(&self, topic: Topic) -> Importance {
        Importance::nearest(self.weight(topic))
    }

    /// The weights in topic order, in hundredths of a topic that simply matters.
    #[must_use]
    pub fn weights(&self) -> [i16; Topic::COUNT] {
        Topic::ALL.map(|t| self.weight(t))
    }

    fn weight(&self, topic: Topic) -> i16 {
        match (self.topics.get(&topic), self.learned.get(&topic)) {
            (Some(set), _) => set.hundredths(),
            (None, Some(learned)) => learned.weight.clamp(0, Learned::MOST),
            (None, None) => Weight::from(Importance::Matters).hundredths(),
        }
    }

    /// Where a topic's weight comes from.
    #[must_use]
    pub fn origin(&self, topic: Topic) -> Origin<'_> {
        match (self.topics.get(&topic), self.learned.get(&topic)) {
            (Some(_), _) => Origin::Hand,
            (None, Some(learned)) if !learned.from.is_empty() => Origin::Choices(&learned.from),
            (None, Some(_)) if !self.answers.is_empty() => Origin::Questionnaire,
            (None, Some(_)) if self.start.is_some() => Origin::Start,
            _ => Origin::Default,
        }
    }

    /// Keeps a choice and gives its number. Beyond [`Profile::MOST_CHOICES`] the oldest goes.
    ///
    /// # Errors
    /// It is no choice, or learning is paused; nothing is kept then.
    pub fn chose(&mut self, time: Millis, shown: Vec<Alternative>, picked: u8) -> Result<u32, NotKept> {
        let number = self.choices.last().map_or(1, |last| last.number.saturating_add(1));
        let choice = PastChoice { number, time, shown, picked };
        if !choice.is_sound() {
            return Err(NotKept::NoChoice);
        }
        if self.paused {
            return Err(NotKept::Paused);
        }
        if self.choices.len() >= Self::MOST_CHOICES {
            self.choices.drain(..=self.choices.len() - Self::MOST_CHOICES);
        }
        self.choices.push(choice);
        Ok(number)
    }

    /// Takes back a choice by its number, or the newest, and gives it; `None` when there is none such. What was learned from it has to be learned anew.
    pub fn undo(&mut self, number: Option<u32>) -> Option<PastChoice> {
        let at = match number {
            Some(number) => self.choices.iter().position(|c| c.number == number)?,
            None => self.choices.len().checked_sub(1)?,
        };
        Some(self.choices.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Vec<Alternative> {
        vec![Alternative::good_in(Topic::Climate, None), Alternative::good_in(Topic::Water, None)]
    }

    #[test]
    fn a_choice_can_be_taken_back_by_its_number_and_numbers_are_not_used_again_while_later_ones_stand() {
        let mut mine = Profile::default();
        for picked in [0, 1, 0] {
            mine.chose(Millis(5), two(), picked).unwrap();
        }
        assert_eq!(mine.undo(Some(2)).unwrap().picked, 1);
        assert_eq!((mine.undo(Some(2)), mine.chose(Millis(6), two(), 0)), (None, Ok(4)));
        assert_eq!(mine.undo(None).unwrap().number, 4);
        assert_eq!(mine.choices.iter().map(|c| c.number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!((mine.undo(None).is_some(), mine.undo(None).is_some(), mine.undo(None)), (true, true, None));
    }

    #[test]
    fn what_is_no_choice_or_comes_while_learning_is_paused_is_not_kept() {
        let mut mine = Profile::default();
        assert_eq!(mine.chose(Millis(0), two(), 2), Err(NotKept::NoChoice));
        assert_eq!(mine.chose(Millis(0), two()[..1].to_vec(), 0), Err(NotKept::NoChoice));
        mine.paused = true;
        assert_eq!(mine.chose(Millis(0), two(), 0), Err(NotKept::Paused));
        assert_eq!(mine, Profile { paused: true, ..Profile::default() });
    }

    #[test]
    fn the_newest_choices_are_the_ones_kept() {
        let mut mine = Profile::default();
        for _ in 0..Profile::MOST_CHOICES + 3 {
            mine.chose(Millis(0), two(), 0).unwrap();
        }
        assert_eq!((mine.choices.len(), mine.choices[0].number), (Profile::MOST_CHOICES, 4));
        assert_eq!(Profile::import(&mine.export()).unwrap(), mine);
    }

    #[test]
    fn what_was_set_by_hand_outranks_what_was_learned() {
        let mut mine = Profile::default();
        for (topic, weight) in [(Topic::Climate, 240), (Topic::Water, 0), (Topic::Waste, 20), (Topic::Nature, 5_000)] {
            mine.learned.insert(topic, Learned { weight, spread: 10, from: vec![] });
        }
        let weight = |p: &Profile, t: Topic| (p.weights()[t.index()], p.importance(t));
        assert_eq!(weight(&mine, Topic::Climate), (240, Importance::MattersMost));
        assert_eq!(weight(&mine, Topic::Water), (0, Importance::Ignore));
        assert_eq!(weight(&mine, Topic::Waste), (20, Importance::Matters));
        assert_eq!(weight(&mine, Topic::Nature), (1_000, Importance::MattersMost));
        for level in Importance::ALL {
            mine.topics.insert(Topic::Climate, level.into());
            assert_eq!(weight(&mine, Topic::Climate), (Weight::from(level).hundredths(), level));
            assert_eq!(mine.origin(Topic::Climate), Origin::Hand);
        }
        mine.topics.clear();
        assert_eq!((mine.origin(Topic::Water), mine.origin(Topic::Health)), (Origin::Default, Origin::Default));
        mine.answers.set_environment(super::super::Likeness::new(4));
        assert_eq!(mine.origin(Topic::Water), Origin::Questionnaire);
    }
}
