//! How texts are felt: reviews, or what people write in a survey, scored with a small lexicon, in integers.
//!
//! ```text
//! text --words--> each word's rating (assets/sentiment/lexicon.txt, tenths of -4..4) x 100
//!      +- 293 (278, 263) for a word that makes the next (second, third) stronger or weaker
//!      x -0.74 after a negation within three words; x 1/2 before the first "but", x 3/2 after it
//!      --sum--> above 0 glad, below 0 not, 0 undecided
//! ```
//! The rules and numbers are those of VADER (Hutto and Gilbert, ICWSM-14; MIT) without its emphasis by capitals, exclamation marks and emoticons. English
//! only: a text in another language is undecided. What is published is a count of glad texts among all, with the correction for small samples of
//! [`Sentiment::corrected`].

use super::Sentiment;
use crate::measure::Decimal;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

const LEXICON: &str = include_str!("../../assets/sentiment/lexicon.txt");
/// More words of one text are not read.
const MAX_WORDS: usize = 10_000;
/// How a stronger or weaker word before it changes a rating, by how far before: 0.293 of a point, x 0.95, x 0.9, in thousandths.
const BOOST: [i32; 3] = [293, 278, 263];
/// What is left of a rating after a negation, in hundredths.
const NEGATED: i32 = -74;

#[rustfmt::skip]
const NEGATIONS: [&str; 33] = [
    "aint", "arent", "barely", "cannot", "cant", "couldnt", "despite", "didnt", "doesnt", "dont", "hadnt", "hardly", "hasnt", "havent", "isnt",
    "lacking", "neither", "never", "none", "nope", "nor", "not", "nothing", "nowhere", "rarely", "scarcely", "seldom", "shouldnt", "wasnt",
    "werent", "without", "wont", "wouldnt",
];
#[rustfmt::skip]
const STRONGER: [&str; 47] = [
    "absolutely", "amazingly", "awfully", "completely", "considerable", "considerably", "decidedly", "deeply", "enormous", "enormously",
    "entirely", "especially", "exceptional", "exceptionally", "extreme", "extremely", "fabulously", "fully", "greatly", "hella", "highly",
    "hugely", "incredible", "incredibly", "intensely", "major", "majorly", "more", "most", "particularly", "purely", "quite", "really",
    "remarkably", "so", "substantially", "thoroughly", "total", "totally", "tremendous", "tremendously", "uber", "unbelievably", "unusually",
    "utter", "utterly", "very",
];
#[rustfmt::skip]
const WEAKER: [&str; 18] = [
    "almost", "barely", "hardly", "kinda", "kindof", "less", "little", "marginal", "marginally", "occasional", "occasionally", "partly",
    "scarce", "scarcely", "slight", "slightly", "somewhat", "sorta",
];

static WORDS: LazyLock<Vec<(&'static str, i8)>> = LazyLock::new(|| {
    LEXICON.lines().filter_map(|line| line.split_once(' ')).filter_map(|(word, rating)| Some((word, rating.parse().ok()?))).collect()
});

/// How a text is felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// Glad.
    Positive,
    /// Not glad.
    Negative,
    /// It says neither.
    Undecided,
}

impl Mood {
    /// Of a text.
    ///
    /// ```
    /// use ecosphere::label::Mood;
    /// assert_eq!(Mood::of("The sauce is very good."), Mood::Positive);
    /// assert_eq!(Mood::of("It isn't good at all."), Mood::Negative);
    /// assert_eq!(Mood::of("It is a sauce."), Mood::Undecided);
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        match score(text) {
            0 => Self::Undecided,
            1.. => Self::Positive,
            _ => Self::Negative,
        }
    }
}

/// Texts, counted by mood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moods {
    /// Glad texts.
    pub positive: u64,
    /// Texts that are not glad.
    pub negative: u64,
    /// Texts that say neither: mentions all the same.
    pub undecided: u64,
}

impl Moods {
    /// Counts texts.
    #[must_use]
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut moods = Self::default();
        texts.into_iter().for_each(|text| moods.add(Mood::of(text)));
        moods
    }

    /// Counts one more.
    pub const fn add(&mut self, mood: Mood) {
        let count = match mood {
            Mood::Positive => &mut self.positive,
            Mood::Negative => &mut self.negative,
            Mood::Undecided => &mut self.undecided,
        };
        *count = count.saturating_add(1);
    }

    /// As the classic ratio takes it: glad ones among all.
    #[must_use]
    pub fn sentiment(&self) -> Sentiment {
        let mentions = self.positive.saturating_add(self.negative).saturating_add(self.undecided);
        Sentiment { positive: Decimal::from(self.positive), mentions }
    }
}

/// The sum over the words, in thousandths of a point; see the drawing above.
fn score(text: &str) -> i32 {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let words = lower.split(|c: char| !(c.is_ascii_lowercase() || c == '\'')).map(|word| word.trim_matches('\'')).filter(|w| !w.is_empty());
    let words: Vec<&str> = words.take(MAX_WORDS).collect();
    let but = words.iter().position(|word| *word == "but");
    let rated = words.iter().enumerate().map(|(at, word)| {
        let (before, after) = (words.get(..at).unwrap_or_default(), words.get(at + 1).copied());
        let value = rated(word, before, after);
        match but {
            Some(but) if at < but => value / 2,
            Some(but) if at > but => value * 3 / 2,
            _ => value,
        }
    });
    rated.fold(0, i32::saturating_add)
}

fn rated(word: &str, before: &[&str], after: Option<&str>) -> i32 {
    let Some(rating) = rating(word) else { return 0 };
    // "No problem" is rated by its second word, "kind of" by nothing.
    if (word == "no" && after.is_some_and(|next| self::rating(next).is_some())) || (word == "kind" && after == Some("of")) {
        return 0;
    }
    let mut value = i32::from(rating) * 100;
    let side = value.signum();
    let mut negated = false;
    for (near, boost) in before.iter().rev().zip(BOOST) {
        if STRONGER.contains(near) {
            value += side * boost;
        } else if WEAKER.contains(near) {
            value -= side * boost;
        }
        negated |= near.ends_with("n't") || NEGATIONS.contains(near);
    }
    // "Never so good" praises.
    let praises = before.iter().rev().take(3).zip(before.iter().rev().skip(1)).any(|(next, word)| *word == "never" && matches!(*next, "so" | "this"));
    if negated && !praises { value * NEGATED / 100 } else { value }
}

fn rating(word: &str) -> Option<i8> {
    if STRONGER.contains(&word) || WEAKER.contains(&word) {
        return None;
    }
    let at = WORDS.binary_search_by_key(&word, |(known, _)| known).ok()?;
    WORDS.get(at).map(|(_, rating)| *rating)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_is_sorted_and_every_line_is_a_word_and_a_rating() {
        assert_eq!((WORDS.len(), WORDS.is_sorted_by_key(|(word, _)| *word)), (LEXICON.lines().count(), true));
        assert!(WORDS.iter().all(|(_, rating)| *rating != 0 && (-40..=40).contains(rating)));
    }

    #[test]
    fn negation_turns_a_word_around_and_intensifiers_make_it_more_or_less() {
        assert!(score("very good") > score("good") && score("good") > score("slightly good"));
        assert!(score("horrible") > score("really horrible"));
        assert!(score("not good") < 0 && score("not bad") > 0 && score("I don't like it") < 0 && score("I don\u{2019}t like it") < 0);
        assert_eq!(score("not good"), score("good") * -74 / 100);
        assert!(score("not, when all is said and done, good") > 0, "a negation reaches three words");
        assert!(score("never so good") > 0);
        assert!(score("good but terrible") < 0 && score("terrible but good") > score("terrible and good"));
        assert_eq!(["", "une sauce", "kind of"].map(score), [0; 3]);
    }

    #[test]
    fn few_texts_count_for_less() {
        let moods = Moods::of(["Great!", "Awful.", "A jar.", "I love it."]);
        assert_eq!(moods, Moods { positive: 2, negative: 1, undecided: 1 });
        let sentiment = moods.sentiment();
        assert_eq!(sentiment, Sentiment { positive: Decimal::from(2), mentions: 4 });
        let corrected = sentiment.corrected(Decimal::parse("0.05").unwrap(), None).unwrap();
        assert_eq!(corrected.positive.to_string(), "1.275", "moe' = sqrt(0.680625 / 4) = 0.4125, 2 x (1 - 0.3625)");
    }

    /// Of the whole set 2 441 of 3 000 are judged as people did, 81.4 % beside 81.7 % of vaderSentiment 3.3.2; see `tests/data/sentiment/README.md`.
    #[test]
    fn four_of_five_labelled_sentences_are_felt_as_people_felt_them() {
        let sentences = include_str!("../../tests/data/sentiment/sentences.txt");
        let judged =
            sentences.lines().filter_map(|line| line.split_once(' ')).map(|(glad, text)| (Mood::of(text) == Mood::Positive) == (glad == "1"));
        let judged: Vec<bool> = judged.collect();
        let right = judged.iter().filter(|right| **right).count();
        assert_eq!(judged.len(), 300);
        assert!(right >= 248, "{right} of 300");
    }
}
