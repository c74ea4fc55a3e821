//! A person's values, learned on their device.

use crate::{ask, history, load_sample, options, sample, scan};
use ecosphere::{
    bot::VerdictBand,
    engine::{
        Engine,
        wire::{Act, Answer, EngineError, Item, Learn, Learning, ListName, Progress, RankKind, Request, Why},
    },
    pack::ShelfCard,
    passport::Outcome,
    values::{Alternative, Form, HardLine, Importance, Origin, Profile, Topic},
};
use std::collections::BTreeMap;

fn learn(engine: &Engine, what: Learn) -> Learning {
    match ask(engine, Request::Learn(what)).unwrap() {
        Answer::Learning(learning) => *learning,
        other => panic!("{other:?}"),
    }
}

/// Answers the ten items and the one on the environment.
fn answer(engine: &Engine, items: [u8; 10], environment: u8) -> Learning {
    let items = (0..).zip(items).map(|(n, a)| (Item::Inventory(n), Some(a)));
    learn(engine, Learn::Answer(items.chain([(Item::Environment, Some(environment))]).collect()))
}

fn next(engine: &Engine, real: bool) -> Learning {
    learn(engine, Learn::Ask { passed: vec![], real })
}

/// Answers the question that is asked next.
fn choose(engine: &Engine, asked: &Learning, prefers: impl Fn(&Alternative) -> i32) -> Learning {
    let shown: Vec<Alternative> = asked.question.as_ref().unwrap().iter().map(|s| s.alternative).collect();
    let picked = u8::from(prefers(&shown[1]) > prefers(&shown[0]));
    let after = asked.profile.choices.last().map_or(0, |c| c.number);
    learn(engine, Learn::Choose { shown, picked, after })
}

const PLANET: [Topic; 5] = [Topic::Climate, Topic::Nature, Topic::Water, Topic::Pollution, Topic::Waste];
const SELF: [Topic; 3] = [Topic::Health, Topic::Safety, Topic::Privacy];

/// Somebody to whom these topics, and little else, matter, after a first run and some more questions.
fn person(items: [u8; 10], environment: u8, cares: &[Topic]) -> Engine {
    let engine = sample();
    answer(&engine, items, environment);
    for _ in 0..10 {
        let asked = next(&engine, false);
        choose(&engine, &asked, |a| {
            let cared: i32 = cares.iter().map(|t| 10 * i32::from(a.topics[t.index()])).sum();
            cared + a.topics.iter().map(|s| i32::from(*s)).sum::<i32>() - a.price.map_or(0, |p| p.minor as i32 / 3)
        });
    }
    engine
}

fn for_the_planet() -> Engine {
    person([1, 1, 4, 6, 4, 3, 2, 1, 1, 2], 6, &PLANET)
}

fn for_oneself() -> Engine {
    person([4, 3, 2, 1, 3, 3, 6, 4, 4, 6], 1, &SELF)
}

#[test]
fn a_first_run_is_kept_step_by_step_and_ends() {
    let engine = sample();
    let now = learn(&engine, Learn::Answer(vec![(Item::Inventory(0), Some(4))]));
    assert_eq!((now.profile.answers.next_item(10), now.profile.owner.is_some()), (Some(1), true));
    answer(&engine, [3, 2, 6, 6, 4, 3, 3, 1, 1, 3], 5);
    let mut asked = 0;
    loop {
        let now = next(&engine, false);
        if now.progress != Progress::Asking {
            break;
        }
        choose(&engine, &now, |a| i32::from(a.topics[Topic::Climate.index()]));
        asked += 1;
    }
    assert!((3..=6).contains(&asked), "{asked}");
    let now = learn(&engine, Learn::Show);
    assert_eq!((now.profile.choices.len(), now.question, now.profile.learned.len()), (asked, None, Topic::COUNT));
    assert!(matches!(now.profile.origin(Topic::Climate), Origin::Choices(_) | Origin::Questionnaire));
    assert!(now.over_time.last().is_some_and(|(_, w)| *w == Topic::ALL.map(|t| now.profile.learned[&t].weight)));
}

#[test]
fn a_second_tap_on_the_same_question_teaches_nothing_and_a_passed_one_is_not_asked_again() {
    let engine = sample();
    let asked = next(&engine, false);
    choose(&engine, &asked, |_| 0);
    assert_eq!(choose(&engine, &asked, |_| 0).profile.choices.len(), 1);
    let shown = |l: &Learning| l.question.as_ref().unwrap().iter().map(|s| s.alternative).collect::<Vec<_>>();
    let first = shown(&next(&engine, false));
    let other = shown(&learn(&engine, Learn::Ask { passed: vec![first.clone()], real: false }));
    assert!(first != other);
}

#[test]
fn what_is_blocked_is_not_asked_about() {
    let engine = for_the_planet();
    let asked = |engine: &Engine| -> Vec<String> {
        next(engine, true).question.into_iter().flatten().filter_map(|side| side.product).map(|(name, _)| name).collect()
    };
    let all = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    for _ in 0..3 {
        let names = asked(&engine);
        assert_eq!(names.len(), 2, "the sample has real products to ask about");
        for row in all.iter().filter(|row| row.name == names[0]) {
            ask(&engine, Request::Mark { id: row.id.clone(), list: ListName::Blocked, on: true }).unwrap();
        }
        assert!(!asked(&engine).contains(&names[0]));
    }
}

#[test]
fn later_questions_are_between_real_products_with_prices_in_one_category() {
    let engine = for_the_planet();
    let asked = next(&engine, true).question.unwrap();
    assert_eq!(asked.len(), 2);
    for side in &asked {
        assert!(side.product.as_ref().is_some_and(|(name, _)| !name.is_empty()) && side.alternative.price.is_some(), "{side:?}");
    }
    let better =
        |a: &Alternative, b: &Alternative| a.topics.iter().zip(b.topics).any(|(x, y)| *x > y) || a.price.map(|p| p.minor) < b.price.map(|p| p.minor);
    assert!(better(&asked[0].alternative, &asked[1].alternative) && better(&asked[1].alternative, &asked[0].alternative), "{asked:?}");
}

#[test]
fn what_is_set_by_hand_outranks_and_erases_nothing_that_was_learned() {
    let engine = for_the_planet();
    let before = learn(&engine, Learn::Show).profile;
    let topics = BTreeMap::from([(Topic::Climate, Importance::Ignore.into())]);
    let now = learn(&engine, Learn::SetByHand { topics, form: Form::Levels, hard_lines: [HardLine::Vegan].into() }).profile;
    assert_eq!((now.weights()[Topic::Climate.index()], now.origin(Topic::Climate)), (0, Origin::Hand));
    assert_eq!((&now.choices, &now.learned, now.answers), (&before.choices, &before.learned, before.answers));
    let freed = learn(&engine, Learn::SetByHand { topics: BTreeMap::new(), form: Form::Levels, hard_lines: [].into() }).profile;
    assert_eq!(freed, before);
}

#[test]
fn pausing_keeps_what_was_learned_and_takes_nothing_more() {
    let engine = for_the_planet();
    let before = learn(&engine, Learn::Pause(true)).profile;
    assert!(matches!(ask(&engine, Request::Learn(Learn::Answer(vec![(Item::Environment, Some(1))]))), Err(EngineError::BadInput(_))));
    let asked = next(&engine, false);
    let shown: Vec<Alternative> = asked.question.unwrap().iter().map(|s| s.alternative).collect();
    let after = before.choices.last().unwrap().number;
    assert!(ask(&engine, Request::Learn(Learn::Choose { shown, picked: 0, after })).is_err());
    assert_eq!(learn(&engine, Learn::Show).profile, before);
    let bad = [Learn::Answer(vec![(Item::Inventory(0), Some(7))]), Learn::Undo(Some(999)), Learn::TakeBack(9)];
    learn(&engine, Learn::Pause(false));
    for what in bad {
        assert!(matches!(ask(&engine, Request::Learn(what.clone())), Err(EngineError::BadInput(_))), "{what:?}");
    }
}

#[test]
fn choices_that_cannot_all_be_meant_are_named_and_taking_one_back_settles_it() {
    let engine = sample();
    let (a, b) = (Alternative::good_in(Topic::Climate, None), Alternative::good_in(Topic::Privacy, None));
    for (after, picked) in [(0, 0), (1, 1)] {
        learn(&engine, Learn::Choose { shown: vec![a, b], picked, after });
    }
    assert_eq!(learn(&engine, Learn::Show).contradictions, [[1, 2]]);
    let now = learn(&engine, Learn::Undo(Some(1)));
    assert_eq!((now.contradictions, now.profile.choices.len()), (vec![], 1));
}

/// Takes the best option beside a product, where that says something of values; with what was shown.
fn take_an_option(engine: &Engine) -> (Vec<u32>, Learning) {
    let rows = options(engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    for row in rows.iter().rev() {
        let others = options(engine, Request::Options { subject: Some(row.number), category: None });
        let shown: Vec<u32> = [row.number].into_iter().chain(others.iter().take(3).map(|o| o.number)).collect();
        if shown.len() == 4 {
            let now = learn(engine, Learn::Did { act: Act::Took, subject: shown[1], shown: shown.clone() });
            if !now.profile.choices.is_empty() {
                return (shown, now);
            }
            learn(engine, Learn::TakeBack(now.deeds[0].id));
        }
    }
    panic!("nothing that was taken said anything");
}

#[test]
fn what_is_taken_over_others_moves_the_values_and_can_be_taken_back_whole() {
    let engine = sample();
    let (shown, now) = take_an_option(&engine);
    assert_eq!((now.deeds.len(), now.deeds[0].number, now.deeds[0].act), (1, Some(shown[1]), Act::Took));
    let choice = &now.profile.choices[0];
    assert!((2..=4).contains(&choice.shown.len()) && now.deeds[0].choices == [choice.number]);
    assert!(!now.profile.learned.is_empty() && now.profile.owner.is_some() && now.contradictions.is_empty());
    // Why counts beside it, and is said once.
    let deed = now.deeds[0].id;
    let why = learn(&engine, Learn::Because { deed, why: Why::Topic(Topic::Privacy) });
    assert_eq!((why.profile.choices.len(), why.deeds[0].why, why.deeds[0].choices.len()), (2, Some(Why::Topic(Topic::Privacy)), 2));
    assert!(why.profile.weights()[Topic::Privacy.index()] > now.profile.weights()[Topic::Privacy.index()]);
    assert!(ask(&engine, Request::Learn(Learn::Because { deed, why: Why::Other })).is_err());
    // It is part of what can be taken along.
    let Answer::Text(text) = ask(&engine, Request::Export).unwrap() else { panic!() };
    let other = sample();
    ask(&other, Request::Import(text.clone())).unwrap();
    ask(&other, Request::Import(text)).unwrap();
    assert_eq!(learn(&other, Learn::Show).deeds.len(), 1, "twice is once");
    assert_eq!((learn(&other, Learn::Show).profile, &learn(&other, Learn::Show).deeds[0].choices), (why.profile.clone(), &why.deeds[0].choices));
    // Another profile's choices are not what a deed was learned as.
    ask(&other, Request::SetProfile(Profile::default())).unwrap();
    assert_eq!(learn(&other, Learn::Show).deeds[0].choices, [0_u32; 0]);
    let back = learn(&engine, Learn::TakeBack(deed));
    assert_eq!((back.deeds.len(), back.profile.choices.len(), back.profile.learned.len()), (0, 0, 0));
    // Not wanted for its taste: kept, and nothing follows.
    let left = learn(&engine, Learn::Did { act: Act::Left, subject: shown[0], shown });
    let taste = learn(&engine, Learn::Because { deed: left.deeds[0].id, why: Why::Other });
    assert_eq!((taste.deeds.len(), taste.profile.choices.len(), taste.profile.learned.len()), (1, 0, 0));
    ask(&engine, Request::EraseMine).unwrap();
    assert!(learn(&engine, Learn::Show).deeds.is_empty());
}

#[test]
fn a_choice_that_is_taken_back_leaves_no_deed_that_names_it() {
    let engine = sample();
    let number = take_an_option(&engine).1.deeds[0].choices[0];
    let undone = learn(&engine, Learn::Undo(Some(number)));
    assert_eq!((undone.deeds.len(), undone.deeds[0].choices.len(), undone.profile.choices.len()), (1, 0, 0));
}

#[test]
fn while_learning_is_paused_what_is_taken_is_kept_but_teaches_nothing() {
    let engine = sample();
    let (shown, now) = take_an_option(&engine);
    learn(&engine, Learn::TakeBack(now.deeds[0].id));
    learn(&engine, Learn::Pause(true));
    let now = learn(&engine, Learn::Did { act: Act::Took, subject: shown[1], shown });
    assert_eq!((now.deeds.len(), now.profile.choices.len()), (1, 0));
    assert!(matches!(ask(&engine, Request::Learn(Learn::Did { act: Act::Took, subject: u32::MAX, shown: vec![] })), Err(EngineError::BadInput(_))));
}

#[test]
fn what_would_turn_a_verdict_is_told_for_products_and_not_for_whole_assortments() {
    let engine = for_the_planet();
    let rows = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    let turns = |n: u32| match ask(&engine, Request::Turns(n)).unwrap() {
        Answer::Turns(turns) => turns,
        other => panic!("{other:?}"),
    };
    let mut told = 0;
    for row in &rows {
        let turns = turns(row.number);
        assert!(turns.iter().all(|t| t.band != row.band), "{}", row.name);
        told += usize::from(!turns.is_empty());
    }
    assert!(told > rows.len() / 2, "{told} of {}", rows.len());
    let shops = options(&engine, Request::Rank { kind: RankKind::Retailer, category: None, limit: 9 });
    assert!(shops.iter().all(|s| turns(s.number).is_empty()));
}

/// Sets what matters most by hand.
fn stars(engine: &Engine, topics: &[Topic]) {
    let topics = topics.iter().map(|t| (*t, Importance::MattersMost.into())).collect();
    learn(engine, Learn::SetByHand { topics, form: Form::Levels, hard_lines: [].into() });
}

#[test]
fn two_people_of_opposite_values_get_opposite_explained_advice() {
    let (planet, own) = (for_the_planet(), for_oneself());
    let weighs = |e: &Engine, t: Topic| learn(e, Learn::Show).profile.weights()[t.index()];
    for topic in [Topic::Climate, Topic::Nature] {
        assert!(weighs(&planet, topic) > 2 * weighs(&own, topic), "{topic}");
    }
    for topic in [Topic::Health, Topic::Safety] {
        assert!(weighs(&own, topic) > 2 * weighs(&planet, topic), "{topic}");
    }
    // What matters most they also say by hand.
    stars(&planet, &[Topic::Climate, Topic::Nature]);
    stars(&own, &[Topic::Health]);
    let rows = |e: &Engine| options(e, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    let theirs: BTreeMap<u32, _> = rows(&own).into_iter().map(|r| (r.number, r)).collect();
    let mut opposite = 0;
    for row in rows(&planet) {
        let other = &theirs[&row.number];
        if row.band == VerdictBand::Fits && other.band == VerdictBand::Against {
            opposite += 1;
            assert!(!row.why.is_empty() && row.why != other.why, "{}: {} {}", row.name, row.why, other.why);
            println!("{} {}: {} ({}) | {} ({})", row.id, row.name, row.alignment.value, row.why, other.alignment.value, other.why);
        }
    }
    assert!(opposite > 0, "no product fits the one and is against the other");
}

/// Verdict, list, search, options, history: the same person gets the same answer everywhere, whatever they taught.
#[test]
fn verdict_list_search_options_and_history_never_disagree() {
    for engine in [sample(), for_the_planet(), for_oneself()] {
        let cards: Vec<ShelfCard> = match ask(&engine, Request::Shelf).unwrap() {
            Answer::Shelf(cards) => cards,
            other => panic!("{other:?}"),
        };
        for lines in [vec![], vec![HardLine::NoPalmOil, HardLine::NoForcedLabour]] {
            learn(&engine, Learn::SetByHand { topics: BTreeMap::new(), form: Form::Levels, hard_lines: lines.into_iter().collect() });
            for card in &cards {
                scan(&engine, &card.code);
            }
            for row in history(&engine).iter().filter(|r| r.band.is_some()) {
                let said = scan(&engine, &row.code).verdict.unwrap();
                assert_eq!((row.band, row.alignment), (Some(said.band), Some(said.alignment)), "{}", row.name);
            }
            for kind in [RankKind::Product, RankKind::Retailer, RankKind::Project, RankKind::Organisation] {
                let rows = options(&engine, Request::Rank { kind, category: None, limit: 1_000 });
                assert!(!rows.is_empty());
                for row in rows.iter().step_by(41) {
                    let Answer::Scan(said) = ask(&engine, Request::Subject(row.number)).unwrap() else { panic!() };
                    if said[0].outcome != Outcome::Unsealed {
                        continue;
                    }
                    let verdict = said[0].verdict.as_ref().unwrap();
                    assert_eq!((row.band, row.alignment), (verdict.band, verdict.alignment), "{}", row.name);
                    assert_eq!(row.why, verdict.reasons.first().map(|r| r.text.clone()).unwrap_or_default());
                    let same = |other: &&ecosphere::engine::wire::OptionRow| other.number == row.number;
                    let found = options(&engine, Request::Search { text: row.name.clone(), limit: 200 });
                    for found in found.iter().filter(same) {
                        assert_eq!((found.band, found.alignment), (row.band, row.alignment), "{}", row.name);
                    }
                    for option in
                        said[0].options.iter().chain(options(&engine, Request::Options { subject: Some(row.number), category: None }).iter().take(3))
                    {
                        let Answer::Scan(of) = ask(&engine, Request::Subject(option.number)).unwrap() else { panic!() };
                        let of = of[0].verdict.as_ref().unwrap();
                        assert_eq!((option.band, option.alignment), (of.band, of.alignment), "{}", option.name);
                    }
                }
            }
        }
    }
}

#[test]
fn what_was_learned_is_there_when_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Engine::open_folder(folder.path()).unwrap();
    let engine = open();
    load_sample(&engine);
    learn(&engine, Learn::Answer(vec![(Item::Inventory(0), Some(3)), (Item::Inventory(1), Some(5))]));
    drop(engine);
    let again = learn(&open(), Learn::Show);
    assert_eq!(again.profile.answers.next_item(10), Some(2));
}
