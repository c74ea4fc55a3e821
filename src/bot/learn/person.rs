//! A person: their profile's answers and choices, learned from, and what to ask them next.

use super::{Choice, Matrix, Model, NotAPrior, Posterior, Prior, Sign, Vector, best_question, contradiction, same_order};
use crate::{
    measure::{Currency, Millis, Money},
    values::{Alternative, Learned, PLAIN_WEIGHT, PastChoice, Profile, Topic, TopicPrior},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many attributes an alternative has: a score per topic, how cheap it is, and whether it was shown first.
pub const SIZE: usize = Topic::COUNT + 2;
/// How cheap it is beside the others: minus the logarithm of its price over their geometric mean.
const CHEAP: usize = Topic::COUNT;
/// 1 for what was shown first.
const FIRST: usize = Topic::COUNT + 1;

/// What a price is expected to weigh: at 3, a third more money is worth a whole step (0 to 100) of a topic that simply matters. Our judgement.
const CHEAP_PRIOR: (f64, f64) = (3.0, 4.0);
/// Nobody is expected to favour what is shown first, but many do a little.
const FIRST_PRIOR: (f64, f64) = (0.0, 0.25);

/// A choice is named as a source of a weight when it moved it by so many hundredths.
const NAMED_FROM: f64 = 4.0;
/// So many sources of a weight are named.
const MOST_NAMED: usize = 5;

/// The fewest trade-off questions before the ranking may be called stable, and the most that a first run asks.
const QUESTIONS: (usize, usize) = (3, 6);
/// An answer leaves the ranking as it is when so many of the pairs of topics keep their order.
const KEPT: f64 = 0.95;
/// From this probability on a person is said to pick without looking.
const RANDOM_FROM: f64 = 0.5;

/// A trade-off question: which of two would you take?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What each side is good in; `None` for one of which nothing is known.
    pub good_in: [Option<Topic>; 2],
    /// The two sides, in the order they are to be shown.
    pub shown: [Alternative; 2],
}

impl Question {
    fn of(sides: [(Option<Topic>, i64); 2], currency: Currency) -> Self {
        let side = |(topic, minor): (Option<Topic>, i64)| {
            let price = Some(Money { minor, currency });
            topic.map_or(Alternative { price, ..Alternative::default() }, |t| Alternative::good_in(t, price))
        };
        Self { good_in: sides.map(|s| s.0), shown: sides.map(side) }
    }

    /// A side in words, e.g. "Fair pay and decent work, 3.20 EUR".
    #[must_use]
    pub fn words(&self, side: usize) -> String {
        let good_in = self.good_in.get(side).copied().flatten().map_or("Nothing known of it", |t| t.info().name);
        let price = self.shown.get(side).and_then(|a| a.price).map_or_else(String::new, |p| format!(", {p}"));
        format!("{good_in}{price}")
    }

    fn turned(mut self) -> Self {
        self.good_in.reverse();
        self.shown.reverse();
        self
    }
}

/// How far a first run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Another question would tell something.
    Asking,
    /// The last answers left the ranking of topics as it was.
    Stable,
    /// As many questions as a first run asks; what is still open shows as uncertainty.
    Enough,
    /// The choices are foretold no better than by chance, so nothing can be learned from them.
    Random,
}

impl Progress {
    /// Stable id: `asking`, `stable`, `enough` or `random`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Stable => "stable",
            Self::Enough => "enough",
            Self::Random => "random",
        }
    }

    /// What it means, in a plain sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Asking => "Another answer would tell more of what matters to you.",
            Self::Stable => "Your last answers left the order of your topics as it was.",
            Self::Enough => "That is enough to begin with; the rest is learned from what you choose.",
            Self::Random => "Your choices do not follow from anything they were about, so nothing is learned from them yet.",
        }
    }
}

/// What is known of a person, ready to be asked and to learn more.
///
/// ```
/// use ecosphere::{bot::learn::{Person, relearn}, measure::{Currency, Millis}, values::{Origin, Profile}};
///
/// let mut mine = Profile::default();
/// for _ in 0..3 {
///     let question = Person::of(&mine)?.next_question(Currency::EUR).unwrap();
///     mine.chose(Millis(0), question.shown.to_vec(), 0)?;
/// }
/// relearn(&mut mine)?;
/// assert!(mine.learned.keys().any(|t| matches!(mine.origin(*t), Origin::Choices(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Person {
    model: Model<SIZE>,
    choices: Vec<(u32, Choice<SIZE>)>,
    asked: Vec<Vec<Alternative>>,
    /// How much of the topics' order each of the choices left as it was.
    kept: Vec<f64>,
}

impl Person {
    /// Learns everything in a profile.
    ///
    /// # Errors
    /// Never for a prior of this version: its covariance is a sum of squares.
    pub fn of(profile: &Profile) -> Result<Self, NotAPrior> {
        let model = Model::new(&prior(&TopicPrior::expected(profile)))?;
        let mut person = Self { model, choices: Vec::new(), asked: Vec::new(), kept: Vec::new() };
        profile.choices.iter().for_each(|c| person.learn(c));
        Ok(person)
    }

    /// Learns from one more choice; what is none is passed over.
    pub fn learn(&mut self, past: &PastChoice) {
        let Ok(choice) = Choice::new(attributes(&past.shown), usize::from(past.picked)) else { return };
        let before = self.model.posterior().clone();
        self.model.learn(choice.clone());
        self.kept.push(same_order(&before, self.model.posterior(), &topics()));
        self.choices.push((past.number, choice));
        self.asked.push(past.shown.clone());
    }

    /// What is believed of the person's weights; see [`Model::belief`].
    #[must_use]
    pub fn belief(&self) -> Posterior<SIZE> {
        self.model.belief()
    }

    /// How probable it is that the person picks without looking, 0..=1.
    #[must_use]
    pub fn randomness(&self) -> f64 {
        self.model.randomness()
    }

    /// How often the person takes what is shown first of two that they like alike, 0..=1: 0.5 when the place means nothing to them. This habit is
    /// taken out of what is learned of their values.
    #[must_use]
    pub fn takes_the_first(&self) -> f64 {
        super::posterior::logistic(self.model.posterior().mean[FIRST])
    }

    /// How sure it is, 0..=1, that by the person's values, and prices, `a` is the better of the two.
    #[must_use]
    pub fn surely_better(&self, a: &Alternative, b: &Alternative) -> f64 {
        let mut shown = attributes(&[*a, *b]);
        shown.iter_mut().for_each(|s| s[FIRST] = 0.0);
        self.belief().surely_better(&shown[0], &shown[1])
    }

    /// What was learned, rounded to whole hundredths of a topic that simply matters. Choices tell weights only up to a common factor (how decided
    /// a person is), so they are scaled until the mean topic matters plainly, as it does where nothing is learned.
    #[must_use]
    pub fn learned(&self) -> BTreeMap<Topic, Learned> {
        let belief = self.belief();
        let mean = belief.mean[..Topic::COUNT].iter().sum::<f64>() / Topic::COUNT as f64;
        // Where nothing matters nothing can be scaled.
        let scale = if mean > 0.01 { 100.0 / mean } else { 100.0 };
        let whole = |x: f64| (x * scale).round().clamp(0.0, f64::from(Learned::MOST)) as i16;
        let shares: Vec<(u32, Vector<SIZE>)> = self.choices.iter().map(|(n, c)| (*n, self.model.share_of(c))).collect();
        let of = |topic: Topic| {
            let t = topic.index();
            let mut moved: Vec<(u32, f64)> = shares.iter().map(|(n, s)| (*n, (s[t] * scale).abs())).filter(|(_, m)| *m >= NAMED_FROM).collect();
            moved.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
            let from = moved.into_iter().take(MOST_NAMED).map(|(n, _)| n).collect();
            (topic, Learned { weight: whole(belief.mean[t]), spread: whole(belief.covariance[t][t].max(0.0).sqrt()), from })
        };
        Topic::ALL.into_iter().map(of).collect()
    }

    /// The trade-off question that is expected to tell most, of all that were not asked yet; `None` when none tells anything.
    #[must_use]
    pub fn next_question(&self, currency: Currency) -> Option<Question> {
        let mut questions: Vec<Question> = candidates(currency).into_iter().filter(|q| !self.was_asked(&q.shown)).collect();
        let question = questions.swap_remove(self.most_telling(questions.iter().map(|q| &q.shown))?);
        Some(if self.turns_sides() { question.turned() } else { question })
    }

    /// The pair that is expected to tell most, by its position, of the first [`MOST_CANDIDATES`](super::MOST_CANDIDATES) that were not asked yet;
    /// `None` when none tells anything.
    #[must_use]
    pub fn best_pair(&self, pairs: &[[Alternative; 2]]) -> Option<usize> {
        let new: Vec<usize> = (0..pairs.len()).filter(|i| !self.was_asked(&pairs[*i])).collect();
        self.most_telling(new.iter().map(|i| &pairs[*i])).map(|best| new[best])
    }

    /// Whether the two sides of the next question are to be turned about, so that neither topic nor price has a place of its own.
    #[must_use]
    pub fn turns_sides(&self) -> bool {
        !self.choices.len().is_multiple_of(2)
    }

    /// Keeps a question from being asked again, though it was not answered.
    pub fn pass(&mut self, shown: Vec<Alternative>) {
        self.asked.push(shown);
    }

    fn was_asked(&self, pair: &[Alternative; 2]) -> bool {
        let [a, b] = pair;
        self.asked.iter().any(|shown| matches!(shown.as_slice(), [x, y] if (x, y) == (a, b) || (y, x) == (a, b)))
    }

    fn most_telling<'a>(&self, pairs: impl Iterator<Item = &'a [Alternative; 2]>) -> Option<usize> {
        let rows: Vec<Vec<Vector<SIZE>>> = pairs.map(|shown| attributes(shown)).collect();
        let (best, told) = best_question(self.model.posterior(), rows.iter().map(Vec::as_slice))?;
        (told > 0.0).then_some(best)
    }

    /// How far a first run has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let made = self.choices.len();
        let unmoved = self.kept.iter().rev().take(2).filter(|k| **k >= KEPT).count() == 2;
        match made {
            _ if self.randomness() >= RANDOM_FROM => Progress::Random,
            _ if made >= QUESTIONS.0 && unmoved => Progress::Stable,
            _ if made >= QUESTIONS.1 => Progress::Enough,
            _ => Progress::Asking,
        }
    }

    /// Sets of choices, by their numbers, that no weights could explain together, each with the newest of it last.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Vec<u32>> {
        let signs = signs();
        let choices: Vec<Choice<SIZE>> = self.choices.iter().map(|(_, c)| c.clone()).collect();
        let found = (1..=choices.len()).filter_map(|end| contradiction(&choices[..end], &signs));
        found.map(|set| set.into_iter().filter_map(|i| self.choices.get(i).map(|(n, _)| *n)).collect()).collect()
    }
}

/// What was learned of each topic after some of a profile's choices, at most so many, oldest first and with the newest last; empty when there are
/// fewer than two choices.
///
/// # Errors
/// As [`Person::of`].
pub fn over_time(profile: &Profile, most: usize) -> Result<Vec<(Millis, [i16; Topic::COUNT])>, NotAPrior> {
    let made = profile.choices.len();
    let mut person = Person::of(&Profile { choices: Vec::new(), ..profile.clone() })?;
    let mut points = Vec::new();
    for (n, choice) in profile.choices.iter().enumerate() {
        person.learn(choice);
        // Evenly spread, and always the last.
        if made > 1 && (n + 1) * most / made > n * most / made {
            let learned = person.learned();
            points.push((choice.time, Topic::ALL.map(|t| learned.get(&t).map_or(0, |l| l.weight))));
        }
    }
    Ok(points)
}

/// True when a choice says something of a person's values: what was picked differs from the rest, and is not worse than another of them in every
/// way that is known. Who takes it all the same has reasons that no topic speaks of.
#[must_use]
pub fn tells(shown: &[Alternative], picked: usize) -> bool {
    let Ok(choice) = Choice::new(attributes(shown), picked) else { return false };
    let differs = choice.differences().any(|d| d[..FIRST].iter().any(|x| *x != 0.0));
    differs && contradiction(&[choice], &signs()).is_none()
}

/// What each attribute may weigh.
fn signs() -> [Sign; SIZE] {
    let mut signs = [Sign::OneSided; SIZE];
    signs[FIRST] = Sign::Aside;
    signs
}

/// Learns a profile's weights anew from its answers and choices; without any, nothing is learned.
///
/// # Errors
/// As [`Person::of`]; the profile stays as it is.
pub fn relearn(profile: &mut Profile) -> Result<(), NotAPrior> {
    let nothing = profile.answers.is_empty() && profile.choices.is_empty() && profile.start.is_none();
    profile.learned = if nothing { BTreeMap::new() } else { Person::of(profile)?.learned() };
    Ok(())
}

/// The topics' prior, with that of price and place beside it.
fn prior(topics: &TopicPrior) -> Prior<SIZE> {
    let plain = f64::from(PLAIN_WEIGHT);
    let mut mean = [0.0; SIZE];
    let mut covariance: Matrix<SIZE> = [[0.0; SIZE]; SIZE];
    for t in 0..Topic::COUNT {
        mean[t] = f64::from(topics.mean[t]) / plain;
        for u in 0..Topic::COUNT {
            covariance[t][u] = f64::from(topics.covariance[t][u]) / (plain * plain);
        }
    }
    (mean[CHEAP], covariance[CHEAP][CHEAP]) = CHEAP_PRIOR;
    (mean[FIRST], covariance[FIRST][FIRST]) = FIRST_PRIOR;
    let mut one_sided = [true; SIZE];
    one_sided[FIRST] = false;
    Prior { mean, covariance, one_sided }
}

/// The rows of what was shown. Prices count when all have one, of one currency.
fn attributes(shown: &[Alternative]) -> Vec<Vector<SIZE>> {
    let prices: Vec<Money> = shown.iter().filter_map(Alternative::sound_price).collect();
    let comparable = prices.len() == shown.len() && prices.windows(2).all(|p| p[0].currency == p[1].currency);
    let logs: Vec<f64> = if comparable { prices.iter().map(|p| (p.minor as f64).ln()).collect() } else { vec![0.0; shown.len()] };
    let mean = logs.iter().sum::<f64>() / shown.len().max(1) as f64;
    let row = |(place, (a, log)): (usize, (&Alternative, &f64))| {
        let mut row = [0.0; SIZE];
        for (x, score) in row.iter_mut().zip(a.topics) {
            *x = f64::from(score.clamp(-100, 100)) / 100.0;
        }
        row[CHEAP] = mean - log;
        row[FIRST] = f64::from(u8::from(place == 0));
        row
    };
    shown.iter().zip(&logs).enumerate().map(row).collect()
}

/// One alternative per topic, good in it alone: what the ranking of topics is read from.
fn topics() -> [Vector<SIZE>; Topic::COUNT] {
    std::array::from_fn(|t| std::array::from_fn(|i| f64::from(u8::from(i == t))))
}

/// Every two topics at three prices, and every topic against nothing at three.
fn candidates(currency: Currency) -> Vec<Question> {
    let mut questions = Vec::new();
    for (i, a) in Topic::ALL.into_iter().enumerate() {
        for b in Topic::ALL.into_iter().skip(i + 1) {
            for (x, y) in [(300, 300), (320, 280), (280, 320)] {
                questions.push(Question::of([(Some(a), x), (Some(b), y)], currency));
            }
        }
        for (x, y) in [(310, 290), (330, 270), (360, 240)] {
            questions.push(Question::of([(Some(a), x), (None, y)], currency));
        }
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bot::learn::{MOST_CANDIDATES, linear::cholesky},
        values::{Answers, Likeness, Origin},
    };
    use proptest::prelude::*;

    /// Answers as somebody would to whom topics weigh this much.
    fn interview(profile: &mut Profile, questions: usize, weigh: impl Fn(&Alternative) -> f64) {
        for _ in 0..questions {
            let question = Person::of(profile).unwrap().next_question(Currency::EUR).unwrap();
            let picked = u8::from(weigh(&question.shown[1]) > weigh(&question.shown[0]));
            profile.chose(Millis(0), question.shown.to_vec(), picked).unwrap();
        }
        relearn(profile).unwrap();
    }

    fn cares_for(topics: &'static [Topic]) -> impl Fn(&Alternative) -> f64 {
        move |a| {
            let cared: i32 = topics.iter().map(|t| 5 * i32::from(a.topics[t.index()])).sum();
            let rest: i32 = a.topics.iter().map(|s| i32::from(*s)).sum();
            f64::from(cared + rest) / 100.0 - a.price.map_or(0.0, |p| p.minor as f64 / 100.0)
        }
    }

    const PLANET: &[Topic] = &[Topic::Climate, Topic::Nature, Topic::Water, Topic::AnimalWelfare];
    const PEOPLE: &[Topic] = &[Topic::Freedom, Topic::DecentWork, Topic::Equality, Topic::FairTrade];

    #[test]
    fn six_answers_tell_two_people_of_opposite_values_apart() {
        let (mut one, mut other) = (Profile::default(), Profile::default());
        interview(&mut one, 6, cares_for(PLANET));
        interview(&mut other, 6, cares_for(PEOPLE));
        let weigh = |p: &Profile, topics: &[Topic]| topics.iter().map(|t| i32::from(p.weights()[t.index()])).sum::<i32>();
        assert!(weigh(&one, PLANET) > 11 * weigh(&one, PEOPLE) / 10, "{:?}", one.weights());
        assert!(weigh(&other, PEOPLE) > 11 * weigh(&other, PLANET) / 10, "{:?}", other.weights());
        let (forest, wages) = (Alternative::good_in(Topic::Nature, None), Alternative::good_in(Topic::DecentWork, None));
        let sure = |p: &Profile| Person::of(p).unwrap().surely_better(&forest, &wages);
        assert!(sure(&one) > 0.55 && sure(&other) < 0.45, "{} {}", sure(&one), sure(&other));
    }

    #[test]
    fn learned_weights_name_the_choices_they_came_from_and_taking_all_back_leaves_none() {
        let mut mine = Profile::default();
        interview(&mut mine, 6, cares_for(PLANET));
        let asked: Vec<u32> = mine.choices.iter().map(|c| c.number).collect();
        for (topic, learned) in &mine.learned {
            assert!(learned.from.iter().all(|n| asked.contains(n)) && learned.spread > 0, "{topic}: {learned:?}");
        }
        let touched = Topic::ALL.into_iter().filter(|t| matches!(mine.origin(*t), Origin::Choices(_))).count();
        assert!(touched >= 4, "{:?}", mine.learned);
        let five = Profile { choices: mine.choices[..5].to_vec(), ..mine.clone() };
        mine.undo(None).unwrap();
        relearn(&mut mine).unwrap();
        let mut replayed = five;
        relearn(&mut replayed).unwrap();
        assert_eq!(mine, replayed, "an undone choice leaves no trace");
        while mine.undo(None).is_some() {}
        relearn(&mut mine).unwrap();
        assert_eq!(mine, Profile::default());
    }

    #[test]
    fn no_question_is_asked_twice_and_sides_take_turns() {
        let all = candidates(Currency::EUR);
        assert!(all.len() <= MOST_CANDIDATES, "{}", all.len());
        let mut mine = Profile::default();
        interview(&mut mine, 12, cares_for(PEOPLE));
        let mut sides: Vec<Vec<Alternative>> = mine.choices.iter().map(|c| c.shown.clone()).collect();
        sides.iter_mut().for_each(|s| s.sort_by_key(|a| (a.topics, a.price.map(|p| p.minor))));
        sides.sort_by_key(|s| s.iter().map(|a| (a.topics, a.price.map(|p| p.minor))).collect::<Vec<_>>());
        sides.dedup();
        assert_eq!(sides.len(), 12);
        let question = &all[0];
        assert_eq!((question.words(0), question.words(1)), ("Climate, 3.00 EUR".into(), "Energy, 3.00 EUR".into()));
        assert_eq!(question.clone().turned().words(0), "Energy, 3.00 EUR");
        assert_eq!(all.iter().find(|q| q.good_in[1].is_none()).unwrap().words(1), "Nothing known of it, 2.90 EUR");
    }

    #[test]
    fn a_first_run_ends_after_three_to_six_questions() {
        for topics in [PLANET, PEOPLE, &[Topic::Health], &[]] {
            let mut mine = Profile::default();
            let mut asked = 0;
            while Person::of(&mine).unwrap().progress() == Progress::Asking {
                interview(&mut mine, 1, cares_for(topics));
                asked += 1;
            }
            assert!((QUESTIONS.0..=QUESTIONS.1).contains(&asked), "{topics:?}: {asked}");
        }
    }

    #[test]
    fn of_real_pairs_the_most_telling_new_one_is_asked() {
        let pair = |a, b| [Alternative::good_in(a, None), Alternative::good_in(b, None)];
        let pairs = [pair(Topic::Climate, Topic::Climate), pair(Topic::Climate, Topic::Privacy), pair(Topic::Privacy, Topic::Climate)];
        let mut person = Person::of(&Profile::default()).unwrap();
        assert_eq!((person.best_pair(&pairs), person.best_pair(&[])), (Some(1), None));
        person.pass(pairs[1].to_vec());
        assert_eq!(person.best_pair(&pairs[1..]), None, "turned about it is the same question");
    }

    #[test]
    fn what_is_taken_although_it_is_worse_in_every_way_says_nothing_of_values() {
        let (good, none) = (Alternative::good_in(Topic::Climate, None), Alternative::default());
        assert!(tells(&[good, none], 0));
        assert!(!tells(&[good, none], 1) && !tells(&[none, none], 0) && !tells(&[good], 0) && !tells(&[good, none], 2));
        let bad = Alternative { topics: good.topics.map(|s| -s), ..good };
        assert!(tells(&[bad, none], 1) && tells(&[good, Alternative::good_in(Topic::Water, None), none], 1));
    }

    #[test]
    fn how_values_changed_ends_with_what_is_learned_now() {
        let mut mine = Profile::default();
        assert_eq!(over_time(&mine, 4).unwrap(), []);
        interview(&mut mine, 7, cares_for(PLANET));
        let points = over_time(&mine, 4).unwrap();
        assert_eq!(points.len(), 4);
        assert_eq!(points[3].1, Topic::ALL.map(|t| mine.learned[&t].weight));
    }

    #[test]
    fn answers_that_go_back_on_others_are_found() {
        let mut mine = Profile::default();
        let (a, b) = (Alternative::good_in(Topic::Climate, None), Alternative::good_in(Topic::Privacy, None));
        mine.chose(Millis(0), vec![a, b], 0).unwrap();
        mine.chose(Millis(0), vec![b, a], 1).unwrap();
        assert_eq!(Person::of(&mine).unwrap().contradictions(), Vec::<Vec<u32>>::new());
        mine.chose(Millis(0), vec![a, b], 1).unwrap();
        assert_eq!(Person::of(&mine).unwrap().contradictions(), [[1, 3]]);
    }

    #[test]
    fn who_always_takes_the_first_shows_it_and_keeps_their_values() {
        let (mut first, mut steady) = (Profile::default(), Profile::default());
        for _ in 0..12 {
            for (profile, by_place) in [(&mut first, true), (&mut steady, false)] {
                let question = Person::of(profile).unwrap().next_question(Currency::EUR).unwrap();
                let care = cares_for(PLANET);
                let picked = if by_place { 0 } else { u8::from(care(&question.shown[1]) > care(&question.shown[0])) };
                profile.chose(Millis(0), question.shown.to_vec(), picked).unwrap();
            }
        }
        let habit = |p: &Profile| Person::of(p).unwrap().takes_the_first();
        assert!(habit(&first) > 0.55 && habit(&first) > habit(&steady) + 0.05, "{} {}", habit(&first), habit(&steady));
        assert_eq!(habit(&Profile::default()), 0.5);
    }

    #[test]
    fn prices_count_only_where_they_can_be_compared() {
        let priced = |minor, currency: &str| Alternative {
            price: Some(Money { minor, currency: currency.to_owned().try_into().unwrap() }),
            ..Alternative::default()
        };
        let cheap = |shown: &[Alternative]| attributes(shown)[0][CHEAP];
        assert!((cheap(&[priced(100, "EUR"), priced(200, "EUR")]) - 0.5 * 2.0_f64.ln()).abs() < 1e-9);
        for other in [priced(200, "USD"), priced(0, "EUR"), priced(-5, "EUR"), priced(i64::MAX, "EUR"), Alternative::default()] {
            assert_eq!(cheap(&[priced(100, "EUR"), other]), 0.0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn whatever_was_answered_and_chosen_the_weights_are_whole_and_in_range(
            answers in proptest::collection::vec(0_u8..=6, 21),
            choices in proptest::collection::vec((any::<[i8; Topic::COUNT]>(), any::<[i8; Topic::COUNT]>(), any::<i64>(), 0_u8..2), 0..12),
        ) {
            let mut mine = Profile::default();
            for (item, answer) in answers.iter().take(20).enumerate() {
                mine.answers.set(item, Likeness::new(*answer));
            }
            mine.answers.set_environment(Likeness::new(answers[20]));
            prop_assert!(cholesky(&prior(&TopicPrior::of(&mine.answers)).covariance).is_some());
            for (a, b, minor, picked) in choices {
                let price = Some(Money { minor, currency: Currency::EUR });
                mine.chose(Millis(0), vec![Alternative { topics: a, price }, Alternative { topics: b, price }], picked).unwrap();
            }
            relearn(&mut mine).unwrap();
            let learning = mine.answers != Answers::default() || !mine.choices.is_empty();
            prop_assert_eq!(mine.learned.len(), if learning { Topic::COUNT } else { 0 });
            prop_assert!(mine.learned.values().all(|l| (0..=Learned::MOST).contains(&l.weight) && (1..=Learned::MOST).contains(&l.spread)));
            prop_assert!((0.0..=1.0).contains(&Person::of(&mine).unwrap().randomness()));
        }
    }
}
