//! A person's values, learned on their device: answers, trade-off questions, what they take and do not want; all of it can be taken back.
//!
//! What is asked and what was answered is kept in the person's own file with every request, so that it can be left and taken up again at any time. How it
//! is learned is `bot::learn`'s affair.

use super::{
    calls::Calls,
    options::{Lists, typed},
    service::{Engine, Fault},
    store::Deed,
    wire::{Act, Answer, DeedRow, EngineError, Item, Learn, Learning, Side, Why},
};
use crate::{
    bot::{
        Terms,
        learn::{Person, over_time, relearn, tells},
    },
    measure::{Currency, Millis, Money},
    statement::SubjectKind,
    values::{Alternative, Likeness, PastChoice, Profile, Topic},
};

/// What a topic counts for when a person names it as the reason and nothing fitting is known of it.
const NAMED: i8 = 50;
/// So many points show how values changed.
const POINTS: usize = 6;
/// The most products that pairs to ask about are made of.
const MOST_PRODUCTS: usize = 2_000;
/// So many products of a category each one is held against.
const BESIDE: usize = 6;
/// How many pairs are weighed against each other.
const MOST_PAIRS: usize = crate::bot::learn::MOST_CANDIDATES;

impl Engine {
    pub(super) fn learn(&self, request: Learn, now: Millis) -> Result<Answer, Fault> {
        let mut mine = self.store.borrow().profile()?.unwrap_or_default();
        let mut question = None;
        match request {
            Learn::Show => {}
            Learn::Ask { passed, real } => question = self.question(&mine, passed, real)?,
            Learn::SetByHand { topics, form, hard_lines } => {
                (mine.topics, mine.form, mine.hard_lines) = (topics, form, hard_lines);
                self.keep(&mut mine)?;
            }
            Learn::Begin(start) => {
                mine.start = start;
                self.keep(&mut mine)?;
            }
            Learn::Answer(answers) => {
                if mine.paused {
                    return Err(bad("learning is paused, so nothing was kept; resume learning first"));
                }
                for (item, answer) in answers {
                    let likeness = answer.and_then(Likeness::new);
                    if likeness.is_none() && answer.is_some() {
                        return Err(bad("an answer is a number from 1 to 6"));
                    }
                    match item {
                        Item::Inventory(n) => mine.answers.set(usize::from(n), likeness),
                        Item::Environment => mine.answers.set_environment(likeness),
                    }
                }
                self.keep(&mut mine)?;
            }
            Learn::Choose { shown, picked, after } => {
                if newest(&mine) == after {
                    mine.chose(now, shown, picked).map_err(|e| bad(&e.to_string()))?;
                    self.keep(&mut mine)?;
                }
            }
            Learn::Undo(number) => {
                let undone = mine.undo(number).ok_or_else(|| bad("there is no such choice to take back"))?;
                self.keep(&mut mine)?;
                self.forget_choice(&mine, undone.number)?;
            }
            Learn::Pause(paused) => {
                mine.paused = paused;
                self.keep(&mut mine)?;
            }
            Learn::Did { act, subject, shown } => self.did(&mut mine, act, subject, &shown, now)?,
            Learn::Because { deed, why } => self.because(&mut mine, deed, why, now)?,
            Learn::TakeBack(deed) => {
                let deed = self.deed(deed)?;
                mine.choices.retain(|c| !deed.choices.contains(&c.number));
                learned(&mut mine)?;
                self.store.borrow_mut().drop_deed(&mine, deed.id)?;
            }
        }
        Ok(Answer::Learning(Box::new(self.learning(mine, question)?)))
    }

    /// What would turn the verdict on a subject.
    pub(super) fn turns(&self, number: u32) -> Result<Answer, Fault> {
        let c = self.catalogue.borrow();
        let profile = self.store.borrow().judging()?;
        // A retailer's fit may rest on all that it sells, and a person is not judged: nothing single turns these.
        let judged = c.retailer_of(number).is_none() && c.kind(number) != Some(SubjectKind::Person);
        Ok(Answer::Turns(if judged { Terms::of(&profile).turns(&c.subject(number)) } else { Vec::new() }))
    }

    fn learning(&self, profile: Profile, question: Option<Vec<Side>>) -> Result<Learning, Fault> {
        let person = Person::of(&profile).map_err(|e| bad(&e.to_string()))?;
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let deeds = store.deeds()?.into_iter().map(|deed| {
            let number = super::choose::best_by_id(&c, &store, &deed.subject)?;
            let Deed { id, time, act, name, price, why, choices, .. } = deed;
            Ok(DeedRow { id, time, act, number, name, price, why, choices })
        });
        Ok(Learning {
            progress: person.progress(),
            // Between 0 and 100.
            takes_the_first: (100.0 * person.takes_the_first()).round() as u8,
            contradictions: person.contradictions(),
            question,
            deeds: deeds.collect::<Result<_, Fault>>()?,
            over_time: over_time(&profile, POINTS).map_err(|e| bad(&e.to_string()))?,
            profile,
        })
    }

    /// Learns anew, and keeps it.
    fn keep(&self, mine: &mut Profile) -> Result<(), Fault> {
        learned(mine)?;
        Ok(self.store.borrow_mut().set_profile(mine)?)
    }

    /// The next question: between two real products where one is wanted and there are any, else between two topics and prices.
    fn question(&self, mine: &Profile, passed: Vec<Vec<Alternative>>, real: bool) -> Result<Option<Vec<Side>>, Fault> {
        let mut person = Person::of(mine).map_err(|e| bad(&e.to_string()))?;
        passed.into_iter().take(PastChoice::MOST_SHOWN * Profile::MOST_CHOICES).for_each(|shown| person.pass(shown));
        if real && let Some(sides) = self.real_question(&person)? {
            return Ok(Some(sides));
        }
        let side = |alternative| Side { alternative, product: None };
        Ok(person.next_question(Currency::EUR).map(|q| q.shown.map(side).into()))
    }

    fn real_question(&self, person: &Person) -> Result<Option<Vec<Side>>, Fault> {
        let calls = self.calls()?;
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let mut offered: Vec<(u16, u32, Alternative)> = c
            .in_force(SubjectKind::Product)
            .filter(|n| !calls.blocks(&c, *n))
            .filter_map(|n| Some((c.category(n)?, n, c.subject(n).alternative(Some(c.cheapest(n)?.0)))))
            .filter(|(.., a)| a.topics.iter().any(|s| *s != 0))
            .take(MOST_PRODUCTS)
            .collect();
        offered.sort_by_key(|(category, n, _)| (*category, *n));
        // A trade-off is one only where each side has something the other has not.
        let both_ways = |a: &Alternative, b: &Alternative| tells(&[*a, *b], 0) && tells(&[*a, *b], 1);
        let near = |i: usize| (i + 1..offered.len().min(i + 1 + BESIDE)).map(move |j| (i, j));
        let is_one = |(i, j): &(usize, usize)| offered[*i].0 == offered[*j].0 && both_ways(&offered[*i].2, &offered[*j].2);
        let pairs: Vec<(usize, usize)> = (0..offered.len()).flat_map(near).filter(is_one).take(MOST_PAIRS).collect();
        let shown: Vec<[Alternative; 2]> = pairs.iter().map(|(i, j)| [offered[*i].2, offered[*j].2]).collect();
        let Some((i, j)) = person.best_pair(&shown).and_then(|best| pairs.get(best)) else { return Ok(None) };
        let mut sides = Vec::with_capacity(2);
        for (_, number, alternative) in [&offered[*i], &offered[*j]] {
            let brand = store.subject(*number)?.map(|d| d.brand).unwrap_or_default();
            sides.push(Side { alternative: *alternative, product: Some((c.name(*number).to_owned(), brand)) });
        }
        if person.turns_sides() {
            sides.reverse();
        }
        Ok(Some(sides))
    }

    /// Keeps what became of a product. That something was taken tells of everything that stood beside it; that something was not wanted tells only
    /// that nothing in particular would have been better.
    fn did(&self, mine: &mut Profile, act: Act, subject: u32, shown: &[u32], now: Millis) -> Result<(), Fault> {
        let (deed, choice) = {
            let (c, store) = (self.catalogue.borrow(), self.store.borrow());
            let known = store.subject(subject)?.ok_or_else(|| bad("this snapshot has no such product; scan it again"))?;
            let typed = typed(&store, &store.my_prices()?)?;
            let lists = Lists { catalogue: &c, store: &store, profile: mine, typed: &typed, calls: &Calls::default() };
            let price = lists.price(subject);
            let alternative = |n: u32| c.subject(n).alternative(lists.price(n));
            let choice = match act {
                Act::Took => {
                    // Beside what is better in every way that is known, something else than values decided.
                    let own = alternative(subject);
                    let speaks = |n: &u32| *n == subject || (c.kind(*n) == c.kind(subject) && tells(&[own, alternative(*n)], 0));
                    let numbers = on_the_screen(subject, shown.iter().copied().filter(speaks));
                    let at = numbers.iter().position(|n| *n == subject).unwrap_or_default();
                    (numbers.into_iter().map(alternative).collect(), at)
                }
                Act::Left => against(mine, Alternative { price, ..Alternative::default() }, alternative(subject)),
            };
            let name = c.name(subject).to_owned();
            (Deed { id: 0, time: now, act, subject: known.id, name, price, why: None, choices: Vec::new() }, choice)
        };
        self.keep_deed(mine, deed, Some(choice), now)
    }

    /// Keeps why a product was taken or not wanted; that is said once.
    fn because(&self, mine: &mut Profile, id: u64, why: Why, now: Millis) -> Result<(), Fault> {
        let mut deed = self.deed(id)?;
        if deed.why.is_some() {
            return Err(bad("why was said already; take it back first"));
        }
        let plain = Alternative { price: deed.price, ..Alternative::default() };
        let choice = match why {
            Why::Topic(topic) => {
                let known = self.known(&deed, topic)?;
                let fitting = if deed.act == Act::Took { known.max(0) } else { known.min(0).saturating_neg() };
                let strength = if fitting == 0 { NAMED } else { fitting };
                let mut good = plain;
                good.topics[topic.index()] = strength;
                Some(against(mine, good, plain))
            }
            Why::Price => deed.price.map(|p| {
                let dearer = Alternative { price: Some(Money { minor: p.minor.saturating_mul(3) / 2, ..p }), ..plain };
                against(mine, plain, dearer)
            }),
            Why::Other => {
                // It was not for its values at all, so nothing follows from it.
                mine.choices.retain(|c| !deed.choices.contains(&c.number));
                deed.choices.clear();
                None
            }
        };
        deed.why = Some(why);
        self.keep_deed(mine, deed, choice, now)
    }

    /// What is known of a deed's subject in a topic.
    fn known(&self, deed: &Deed, topic: Topic) -> Result<i8, Fault> {
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let number = super::choose::best_by_id(&c, &store, &deed.subject)?;
        Ok(number.map_or(0, |n| c.subject(n).alternative(None).topics[topic.index()]))
    }

    /// Keeps a deed and, unless learning is paused or nothing follows from it, the choice it was.
    fn keep_deed(&self, mine: &mut Profile, mut deed: Deed, choice: Option<(Vec<Alternative>, usize)>, now: Millis) -> Result<(), Fault> {
        if let Some((shown, picked)) = choice
            && tells(&shown, picked)
            && let Ok(number) = mine.chose(now, shown, u8::try_from(picked).unwrap_or(u8::MAX))
        {
            deed.choices.push(number);
        }
        learned(mine)?;
        self.store.borrow_mut().keep_deed(mine, &deed)?;
        Ok(())
    }

    fn deed(&self, id: u64) -> Result<Deed, Fault> {
        let found = self.store.borrow().deeds()?.into_iter().find(|d| d.id == id);
        found.ok_or_else(|| bad("this was taken back already"))
    }

    /// A number that was taken back may be given again, so no deed may go on naming it.
    fn forget_choice(&self, mine: &Profile, number: u32) -> Result<(), Fault> {
        let mut store = self.store.borrow_mut();
        for mut deed in store.deeds()?.into_iter().filter(|d| d.choices.contains(&number)) {
            deed.choices.retain(|n| *n != number);
            store.keep_deed(mine, &deed)?;
        }
        Ok(())
    }
}

/// Learns anew; whose it is, is settled with the first thing learned.
fn learned(mine: &mut Profile) -> Result<(), Fault> {
    relearn(mine).map_err(|e| bad(&e.to_string()))?;
    if mine.owner.is_none() && !mine.learned.is_empty() {
        mine.owner = drawn();
    }
    Ok(())
}

/// A number that says nothing about anybody.
fn drawn() -> Option<u64> {
    #[cfg(any(target_arch = "wasm32", feature = "device"))]
    {
        let mut bytes = [0; 8];
        getrandom04::fill(&mut bytes).ok().map(|()| u64::from_le_bytes(bytes))
    }
    #[cfg(not(any(target_arch = "wasm32", feature = "device")))]
    None
}

fn newest(mine: &Profile) -> u32 {
    mine.choices.last().map_or(0, |c| c.number)
}

/// A choice of one over the other that stood nowhere: their places take turns, so that none is taken for a habit.
fn against(mine: &Profile, picked: Alternative, left: Alternative) -> (Vec<Alternative>, usize) {
    if mine.choices.len().is_multiple_of(2) { (vec![picked, left], 0) } else { (vec![left, picked], 1) }
}

/// What stood on the screen, in its order, each once, as many as a choice holds, with the subject among them.
fn on_the_screen(subject: u32, shown: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut numbers: Vec<u32> = Vec::new();
    for n in shown {
        if !numbers.contains(&n) {
            numbers.push(n);
        }
    }
    if !numbers.contains(&subject) {
        numbers.insert(0, subject);
    }
    let at = numbers.iter().position(|n| *n == subject).unwrap_or_default();
    if at >= PastChoice::MOST_SHOWN {
        numbers.swap(at, PastChoice::MOST_SHOWN - 1);
    }
    numbers.truncate(PastChoice::MOST_SHOWN);
    numbers
}

fn bad(why: &str) -> Fault {
    EngineError::BadInput(why.to_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_stays_among_what_was_shown() {
        assert_eq!(on_the_screen(1, [1, 2, 2, 3].into_iter()), [1, 2, 3]);
        assert_eq!(on_the_screen(9, [1, 2].into_iter()), [9, 1, 2]);
        assert_eq!(on_the_screen(8, 1..10), [1, 2, 3, 4, 5, 8]);
    }
}
