//! The exported profile: what a person takes along, or reads and writes by hand.
//!
//! ```json
//! {
//!   "version": 3,
//!   "owner": "00c0ffee00c0ffee",
//!   "topics": { "climate": "matters-most", "energy": "ignore", "waste": 45 },
//!   "form": "slider",
//!   "hard_lines": ["no-forced-labour", "vegan"],
//!   "paused": false,
//!   "answers": [4, 6, 2, 5, 5, 1, 3, 2, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
//!   "environment": 5,
//!   "choices": [
//!     { "number": 1, "time": "2026-01-01T10:00:00.000Z", "picked": 0,
//!       "shown": [{ "decent-work": 80, "price": "3.20 EUR" }, { "nature": 80, "price": "2.80 EUR" }] }
//!   ],
//!   "learned": { "climate": { "weight": 140, "spread": 35, "from": [1] } }
//! }
//! ```
//! Every member may be left out. `topics` maps topic ids to what was set by hand: `ignore`, `matters`, `matters-most`, or between them a number of
//! hundredths of a topic that simply matters, 0 to 300; a topic that is not listed is as it was learned, else it `matters`. `form` is the form in which the person
//! sets it: `levels`, `stars` or `slider`; `start` the starting profile they took: `planet`, `people`, `body` or `honesty`. `answers` are those to the questionnaire's twenty items, 1 to 6, and 0 for none. `choices` give of each
//! alternative what is known per topic, -100 to 100, and the price. `owner` tells whose answers and choices they are, by a number drawn
//! when the first of them was given. Anything else is refused with its place named, since a misspelt value that is silently dropped would change every
//! verdict.
//!
//! *Version 1* had `topics` and `hard_lines` only, listed every topic, and could not tell what was set to `matters` from what nobody had touched; read
//! today, these are open to be learned, and weigh the same as before. `version` left out is 1. *Version 2* had the three levels only, no `form` and no `start`.

use super::{Alternative, Answers, Form, HardLine, Importance, Learned, Likeness, PastChoice, Profile, Start, Topic, Weight};
use crate::{
    measure::{Currency, Millis, Money},
    statement::json::{self, JsonError},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

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
    /// What somebody else answered and chose.
    #[error(
        "this profile holds what somebody else answered and chose, not you; to take over their topics and lines, delete \"owner\", \"answers\", \"environment\", \"choices\" and \"learned\" from it and try again"
    )]
    SomebodyElses,
    /// A topic this app does not know.
    #[error("this profile names the topic \"{0}\", which does not exist; correct or remove it and try again")]
    UnknownTopic(String),
    /// A level this app does not know.
    #[error("this profile gives {topic} the importance \"{level}\"; use ignore, matters, matters-most or a number from 0 to {}", Weight::MOST)]
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
    /// Writes the profile as a file a person can read, keys in a fixed order: the same profile always gives the same text. What cannot be (an
    /// answer of 9, a choice of one) is left out.
    ///
    /// ```
    /// use ecosphere::values::{HardLine, Profile};
    ///
    /// let mut mine = Profile::default();
    /// mine.hard_lines.insert(HardLine::Vegan);
    /// let text = mine.export();
    /// assert_eq!(Profile::import(&text).unwrap(), mine);
    /// ```
    #[must_use]
    pub fn export(&self) -> String {
        // Ids hold only letters and dashes, so nothing needs escaping.
        let mut text = format!("{{\n  \"version\": {}", Self::VERSION);
        let mut member = |name: &str, value: &str| text.extend([",\n  \"", name, "\": ", value]);
        if let Some(owner) = self.owner {
            member("owner", &format!("\"{owner:016x}\""));
        }
        let set = |(t, w): (&Topic, &Weight)| {
            let id = t.info().id;
            w.level().map_or_else(|| format!("\"{id}\": {}", w.hundredths()), |level| format!("\"{id}\": \"{}\"", level.id()))
        };
        member("topics", &braced(self.topics.iter().map(set)));
        if self.form != Form::default() {
            member("form", &format!("\"{}\"", self.form.id()));
        }
        let lines: Vec<String> = self.hard_lines.iter().map(|l| format!("\"{}\"", l.id())).collect();
        member("hard_lines", &format!("[{}]", lines.join(", ")));
        if self.paused {
            member("paused", "true");
        }
        let answer = |a: Option<Likeness>| a.map_or(0, Likeness::get).to_string();
        let answers: Vec<String> = (0..super::ITEMS.len()).map(|i| answer(self.answers.get(i))).collect();
        if answers.iter().any(|a| a != "0") {
            member("answers", &format!("[{}]", answers.join(", ")));
        }
        if self.answers.environment().is_some() {
            member("environment", &answer(self.answers.environment()));
        }
        if let Some(start) = self.start {
            member("start", &format!("\"{}\"", start.id()));
        }
        let choices: Vec<String> = self.choices.iter().filter(|c| c.is_sound()).map(choice_text).collect();
        if !choices.is_empty() {
            member("choices", &format!("[\n    {}\n  ]", choices.join(",\n    ")));
        }
        if !self.learned.is_empty() {
            let learned = |(t, l): (&Topic, &Learned)| {
                let (weight, spread) = (l.weight.clamp(0, Learned::MOST), l.spread.clamp(0, Learned::MOST));
                format!("\"{}\": {{ \"weight\": {weight}, \"spread\": {spread}, \"from\": {:?} }}", t.info().id, l.from)
            };
            member("learned", &braced(self.learned.iter().map(learned)));
        }
        text + "\n}\n"
    }

    /// Reads what [`Profile::export`] wrote, now or in an older version, or what a person wrote by hand in that form.
    ///
    /// ```
    /// use ecosphere::values::{Profile, ProfileError};
    ///
    /// assert_eq!(Profile::import(r#"{"version": 9}"#), Err(ProfileError::Newer(9)));
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
            return Err(unreadable("it is not a JSON object"));
        };
        // A newer version may hold anything, so it is looked at before all else.
        let version = read_version(fields.remove("version"))?;
        let mut profile =
            Self { topics: read_topics(fields.remove("topics"), version)?, hard_lines: read_lines(fields.remove("hard_lines"))?, ..Self::default() };
        if version == 1 {
            profile.topics.retain(|_, w| *w != Importance::Matters.into());
        } else {
            if version > 2
                && let Some(form) = fields.remove("form")
            {
                profile.form = form.as_str().and_then(Form::from_id).ok_or_else(|| unreadable("its form is not levels, stars or slider"))?;
            }
            if version > 2
                && let Some(start) = fields.remove("start")
            {
                profile.start = Some(start.as_str().and_then(Start::from_id).ok_or_else(|| unreadable("there is no such start"))?);
            }
            read_learning(&mut profile, &mut fields)?;
        }
        match fields.keys().next() {
            Some(name) => Err(ProfileError::UnknownField(shortened(name))),
            None => Ok(profile),
        }
    }

    /// As [`Profile::import`], for the person whose profile is `mine`.
    ///
    /// # Errors
    /// As [`Profile::import`], and [`ProfileError::SomebodyElses`] when both hold answers or choices and they are not one person's.
    pub fn import_for(text: &str, mine: &Self) -> Result<Self, ProfileError> {
        let profile = Self::import(text)?;
        match (profile.owner, mine.owner) {
            (Some(theirs), Some(own)) if theirs != own => Err(ProfileError::SomebodyElses),
            _ => Ok(profile),
        }
    }
}

fn braced(members: impl Iterator<Item = String>) -> String {
    let members: Vec<String> = members.collect();
    if members.is_empty() { "{}".to_owned() } else { format!("{{\n    {}\n  }}", members.join(",\n    ")) }
}

fn choice_text(choice: &PastChoice) -> String {
    let shown = |a: &Alternative| {
        let known = Topic::ALL.iter().zip(a.topics).filter(|(_, s)| *s != 0);
        let known = known.map(|(t, s)| format!("\"{}\": {}", t.info().id, s.clamp(-100, 100)));
        let members: Vec<String> = known.chain(a.sound_price().map(|p| format!("\"price\": \"{p}\""))).collect();
        format!("{{{}}}", members.join(", "))
    };
    let shown: Vec<String> = choice.shown.iter().map(shown).collect();
    let (number, time, picked) = (choice.number, choice.time.to_rfc3339(), choice.picked);
    format!("{{ \"number\": {number}, \"time\": \"{time}\", \"picked\": {picked}, \"shown\": [{}] }}", shown.join(", "))
}

/// True when the text is the beginning of a JSON document, and not one with a fault inside.
fn ends_early(text: &str) -> bool {
    // A lone sign at the end is the beginning of a number, which the reader does not see.
    let text = text.strip_suffix('-').unwrap_or(text);
    !text.trim().is_empty() && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err_and(|e| e.is_eof())
}

fn read_version(value: Option<Value>) -> Result<u64, ProfileError> {
    match value {
        None => Ok(1),
        Some(Value::Number(n)) => match n.as_u64() {
            Some(v) if v > u64::from(Profile::VERSION) => Err(ProfileError::Newer(v)),
            Some(v) if v > 0 => Ok(v),
            _ => Err(unreadable(&format!("there is no version {n}"))),
        },
        Some(_) => Err(unreadable("its version is not a number")),
    }
}

fn read_topics(value: Option<Value>, version: u64) -> Result<BTreeMap<Topic, Weight>, ProfileError> {
    let read = |(id, level): (String, Value)| {
        let between = || level.as_i64().filter(|w| version > 2 && (0..=i64::from(Weight::MOST)).contains(w)).map(|w| Weight::of(w as i16));
        let weight = level.as_str().and_then(Importance::from_id).map(Weight::from).or_else(between);
        let topic = topic(&id)?;
        let weight = weight.ok_or_else(|| {
            let level = level.as_str().map_or_else(|| level.to_string(), str::to_owned);
            ProfileError::UnknownImportance { topic: id, level: shortened(&level) }
        })?;
        Ok((topic, weight))
    };
    object(value, "topics")?.into_iter().map(read).collect()
}

fn read_lines<C: FromIterator<HardLine>>(value: Option<Value>) -> Result<C, ProfileError> {
    let read = |line: Value| match line.as_str() {
        Some(id) => HardLine::from_id(id).ok_or_else(|| ProfileError::UnknownLine(shortened(id))),
        None => Err(ProfileError::UnknownLine(shortened(&line.to_string()))),
    };
    list(value, "hard lines")?.into_iter().map(read).collect()
}

/// What version 2 added.
fn read_learning(profile: &mut Profile, fields: &mut Map<String, Value>) -> Result<(), ProfileError> {
    if let Some(owner) = fields.remove("owner") {
        let read = owner.as_str().filter(|o| o.len() == 16).and_then(|o| u64::from_str_radix(o, 16).ok());
        profile.owner = Some(read.ok_or_else(|| unreadable("its owner is not sixteen hexadecimal digits"))?);
    }
    if let Some(paused) = fields.remove("paused") {
        profile.paused = paused.as_bool().ok_or_else(|| unreadable("paused is neither true nor false"))?;
    }
    let answers = list(fields.remove("answers"), "answers")?;
    if answers.len() > super::ITEMS.len() {
        return Err(unreadable("it has more answers than the questionnaire has items"));
    }
    let mut read = Answers::default();
    for (item, answer) in answers.iter().enumerate() {
        read.set(item, likeness(answer)?);
    }
    read.set_environment(fields.remove("environment").map_or(Ok(None), |a| likeness(&a))?);
    profile.answers = read;
    for value in list(fields.remove("choices"), "choices")? {
        let choice = read_choice(value)?;
        if !choice.is_sound() || profile.choices.last().is_some_and(|last| last.number >= choice.number) {
            return Err(unreadable(&format!("choice {} is none, or out of its order", choice.number)));
        }
        profile.choices.push(choice);
    }
    if profile.choices.len() > Profile::MOST_CHOICES {
        return Err(unreadable("it has too many choices"));
    }
    for (id, value) in object(fields.remove("learned"), "learned")? {
        let topic = topic(&id)?;
        let mut members = object(Some(value), "learned weights")?;
        let from = list(members.remove("from"), "learned weights")?;
        let learned = Learned {
            weight: number(members.remove("weight"), "weight", 0, i64::from(Learned::MOST))? as i16,
            spread: number(members.remove("spread"), "spread", 0, i64::from(Learned::MOST))? as i16,
            from: from.into_iter().map(|n| Ok(number(Some(n), "from", 0, i64::from(u32::MAX))? as u32)).collect::<Result<_, _>>()?,
        };
        nothing_left(&members)?;
        profile.learned.insert(topic, learned);
    }
    Ok(())
}

fn read_choice(value: Value) -> Result<PastChoice, ProfileError> {
    let mut members = object(Some(value), "choices")?;
    let time = members.remove("time").and_then(|t| Millis::parse_rfc3339(t.as_str()?).ok());
    let mut shown = Vec::new();
    for value in list(members.remove("shown"), "alternatives")? {
        let mut alternative = Alternative::default();
        for (id, value) in object(Some(value), "alternatives")? {
            if id == "price" {
                let price = value.as_str().and_then(|p| Money::parse(p, Currency::EUR).ok());
                alternative.price = Some(price.ok_or_else(|| unreadable("a price in it is none; write it like 3.20 EUR"))?);
            } else {
                let at = topic(&id)?.index();
                alternative.topics[at] = number(Some(value), &id, -100, 100)? as i8;
            }
        }
        shown.push(alternative);
    }
    let choice = PastChoice {
        number: number(members.remove("number"), "number", 0, i64::from(u32::MAX))? as u32,
        time: time.ok_or_else(|| unreadable("the time of a choice is none; write it like 2026-01-01T10:00:00Z"))?,
        shown,
        picked: number(members.remove("picked"), "picked", 0, 255)? as u8,
    };
    nothing_left(&members)?;
    Ok(choice)
}

fn topic(id: &str) -> Result<Topic, ProfileError> {
    Topic::from_id(id).ok_or_else(|| ProfileError::UnknownTopic(shortened(id)))
}

fn likeness(value: &Value) -> Result<Option<Likeness>, ProfileError> {
    match value.as_u64() {
        Some(0) => Ok(None),
        answer => match answer.and_then(|a| Likeness::new(u8::try_from(a).ok()?)) {
            Some(likeness) => Ok(Some(likeness)),
            None => Err(unreadable("an answer in it does not lie in 1 to 6")),
        },
    }
}

fn number(value: Option<Value>, name: &str, least: i64, most: i64) -> Result<i64, ProfileError> {
    let found = value.and_then(|v| v.as_i64()).filter(|n| (least..=most).contains(n));
    found.ok_or_else(|| unreadable(&format!("{} is not a whole number from {least} to {most}", shortened(name))))
}

fn object(value: Option<Value>, name: &str) -> Result<Map<String, Value>, ProfileError> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(unreadable(&format!("its {name} are not an object"))),
    }
}

fn list(value: Option<Value>, name: &str) -> Result<Vec<Value>, ProfileError> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(members)) => Ok(members),
        Some(_) => Err(unreadable(&format!("its {name} are not a list"))),
    }
}

fn nothing_left(members: &Map<String, Value>) -> Result<(), ProfileError> {
    members.keys().next().map_or(Ok(()), |name| Err(ProfileError::UnknownField(shortened(name))))
}

fn unreadable(why: &str) -> ProfileError {
    ProfileError::Unreadable(why.to_owned())
}

/// What is quoted back to a person, at a length that fits a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn any_alternative()(topics in any::<[i8; Topic::COUNT]>(), price in proptest::option::of(1..=Alternative::MOST_MINOR)) -> Alternative {
            Alternative { topics: topics.map(|s| s.clamp(-100, 100)), price: price.map(|minor| Money { minor, currency: Currency::EUR }) }
        }
    }

    prop_compose! {
        fn any_choice()(shown in proptest::collection::vec(any_alternative(), 2..=6), picked in 0_u8..2, time in 0_i64..4_000_000_000_000) -> PastChoice {
            PastChoice { number: 0, time: Millis(time), shown, picked }
        }
    }

    prop_compose! {
        fn any_profile()(
            topics in proptest::collection::btree_map(0..Topic::COUNT, 0..=Weight::MOST, 0..Topic::COUNT),
            form in 0..Form::ALL.len(),
            start in 0..=Start::ALL.len(),
            lines in proptest::collection::btree_set(0..HardLine::ALL.len(), 0..6),
            answers in proptest::collection::vec(0_u8..=6, 0..=21),
            choices in proptest::collection::vec(any_choice(), 0..4),
            learned in proptest::collection::btree_map(0..Topic::COUNT, (0..=Learned::MOST, 0..=Learned::MOST, proptest::collection::vec(any::<u32>(), 0..3)), 0..5),
            owner in any::<Option<u64>>(),
            paused in any::<bool>(),
        ) -> Profile {
            let mut profile = Profile { owner, paused, form: Form::ALL[form], start: Start::ALL.get(start).copied(), ..Profile::default() };
            profile.topics = topics.into_iter().map(|(t, i)| (Topic::ALL[t], Weight::of(i))).collect();
            profile.hard_lines = lines.into_iter().map(|l| HardLine::ALL[l]).collect();
            for (item, answer) in answers.iter().enumerate() {
                profile.answers.set(item, Likeness::new(*answer));
            }
            profile.answers.set_environment(answers.first().copied().and_then(Likeness::new));
            profile.choices = choices;
            for (i, choice) in profile.choices.iter_mut().enumerate() {
                choice.number = 3 * i as u32;
            }
            profile.learned = learned.into_iter().map(|(t, (weight, spread, from))| (Topic::ALL[t], Learned { weight, spread, from })).collect();
            profile
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn an_exported_profile_is_the_same_when_imported(profile in any_profile()) {
            let text = profile.export();
            prop_assert_eq!(&Profile::import(&text).unwrap(), &profile);
            let bytes = postcard::to_stdvec(&profile).unwrap();
            prop_assert_eq!(&postcard::from_bytes::<Profile>(&bytes).unwrap(), &profile, "over the wire");
        }

        #[test]
        fn a_profile_cut_anywhere_is_refused_as_cut(profile in any_profile(), at in any::<proptest::sample::Index>()) {
            let text = profile.export();
            let end = text.trim_end().len();
            prop_assert_eq!(Profile::import(&text[..1 + at.index(end - 1)]), Err(ProfileError::Cut));
        }

        #[test]
        fn no_text_makes_the_import_panic(text in ".{0,200}") {
            let _ = Profile::import(&text);
        }

        #[test]
        fn a_profile_with_one_byte_changed_is_refused_or_exports_again(profile in any_profile(), at in any::<proptest::sample::Index>(), to in 32_u8..127) {
            let mut bytes = profile.export().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = to;
            if let Ok(read) = Profile::import(&String::from_utf8(bytes).unwrap()) {
                prop_assert_eq!(Profile::import(&read.export()).unwrap(), read);
            }
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
        assert_eq!(refused(r#"{"version": 1, "choices": []}"#), ProfileError::UnknownField("choices".to_owned()));
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
            r#"{"version": 3, "form": "dial"}"#,
            r#"{"version": 3, "form": 1}"#,
            r#"{"version": 3, "start": "moon"}"#,
            r#"{"version": 2, "owner": "me"}"#,
            r#"{"version": 2, "paused": 1}"#,
            r#"{"version": 2, "answers": [7]}"#,
            r#"{"version": 2, "answers": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}"#,
            r#"{"version": 2, "environment": -1}"#,
            r#"{"version": 2, "choices": [{}]}"#,
            r#"{"version": 2, "choices": [{"number": 1, "time": "2026-01-01T00:00:00Z", "picked": 2, "shown": [{}, {}]}]}"#,
            r#"{"version": 2, "choices": [{"number": 1, "time": "yesterday", "picked": 0, "shown": [{}, {}]}]}"#,
            r#"{"version": 2, "choices": [{"number": 1, "time": "2026-01-01T00:00:00Z", "picked": 0, "shown": [{"climate": 101}, {}]}]}"#,
            r#"{"version": 2, "choices": [{"number": 1, "time": "2026-01-01T00:00:00Z", "picked": 0, "shown": [{"price": "dear"}, {}]}]}"#,
            r#"{"version": 2, "learned": {"climate": {"weight": 1001, "spread": 1}}}"#,
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

    #[test]
    fn a_profile_of_the_first_version_weighs_as_it_did() {
        let old = r#"{"version": 1, "topics": {"climate": "matters-most", "energy": "ignore", "water": "matters"}, "hard_lines": ["vegan"]}"#;
        let p = Profile::import(old).unwrap();
        let weight = |t: Topic| p.weights()[t.index()];
        assert_eq!((weight(Topic::Climate), weight(Topic::Energy), weight(Topic::Water), weight(Topic::Waste)), (300, 0, 100, 100));
        assert!(!p.topics.contains_key(&Topic::Water), "what nobody set is open to be learned");
        assert!(p.hard_lines.contains(&HardLine::Vegan));
    }

    #[test]
    fn a_profile_of_the_second_version_reads_as_it_did_and_knows_no_weights_between_the_levels() {
        let old = r#"{"version": 2, "topics": {"climate": "matters", "energy": "ignore"}, "hard_lines": [], "paused": true}"#;
        let p = Profile::import(old).unwrap();
        assert_eq!((p.topics[&Topic::Climate].hundredths(), p.topics[&Topic::Energy].hundredths(), p.form), (100, 0, Form::Levels));
        let refused = |text: &str| Profile::import(text).unwrap_err();
        assert!(matches!(refused(r#"{"version": 2, "topics": {"climate": 45}}"#), ProfileError::UnknownImportance { .. }));
        assert_eq!(refused(r#"{"version": 2, "form": "stars"}"#), ProfileError::UnknownField("form".to_owned()));
        let fine = Profile::import(r#"{"version": 3, "topics": {"climate": 45, "energy": 300}, "form": "stars"}"#).unwrap();
        assert_eq!((fine.weights()[0], fine.form, fine.importance(Topic::Energy)), (45, Form::Stars, Importance::MattersMost));
        for beyond in ["-1", "301", "4.5"] {
            let text = format!(r#"{{"version": 3, "topics": {{"climate": {beyond}}}}}"#);
            assert!(matches!(refused(&text), ProfileError::UnknownImportance { .. }), "{beyond}");
        }
        assert!(fine.export().contains("\"climate\": 45,\n    \"energy\": \"matters-most\""), "{}", fine.export());
    }

    #[test]
    fn what_somebody_else_chose_is_not_taken_for_mine() {
        let of = |owner| Profile { owner, ..Profile::default() };
        let theirs = of(Some(7)).export();
        assert_eq!(Profile::import_for(&theirs, &of(Some(8))), Err(ProfileError::SomebodyElses));
        assert!(Profile::import_for(&theirs, &of(Some(7))).is_ok());
        assert!(Profile::import_for(&theirs, &of(None)).is_ok(), "a new device takes its owner's profile over");
        assert!(Profile::import_for("{}", &of(Some(8))).is_ok());
    }
}
