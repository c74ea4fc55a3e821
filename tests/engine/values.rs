//! What stands beside a person's own values: the form they set them in, what their purchases did, and what an organisation of theirs stands for.

use crate::{NOW, ask, history, options, sample, scan};
use ecosphere::{
    bot::VerdictBand,
    engine::{
        Engine,
        wire::{Act, Answer, AskOurs, EngineError, Item, Learn, Month, RankKind, Request},
    },
    label::{Grade, together},
    measure::Decimal,
    values::{Alternative, Apart, Form, HardLine, Importance, Origin, Ours, Profile, Start, Topic, Weight},
};

/// Tomato sauce of the sample: its whole way is signed, so that it has a label.
const SAUCE: &str = "09520000000011";

fn months(engine: &Engine) -> Vec<Month> {
    match ask(engine, Request::Months).unwrap() {
        Answer::Months(months) => months,
        other => panic!("{other:?}"),
    }
}

fn ours(engine: &Engine, what: AskOurs) -> Option<Ours> {
    match ask(engine, Request::Ours(what)).unwrap() {
        Answer::Ours(ours) => ours,
        other => panic!("{other:?}"),
    }
}

fn text(engine: &Engine, request: Request) -> String {
    match ask(engine, request).unwrap() {
        Answer::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

fn took(engine: &Engine, subject: u32) {
    ask(engine, Request::Learn(Learn::Did { act: Act::Took, subject, shown: vec![] })).unwrap();
}

/// A profile to which one topic matters most and the rest nothing.
fn only(topic: Topic) -> Profile {
    let weight = |t| if t == topic { Importance::MattersMost } else { Importance::Ignore };
    Profile { topics: Topic::ALL.into_iter().map(|t| (t, weight(t).into())).collect(), ..Profile::default() }
}

#[test]
fn a_weight_between_the_levels_is_kept_counts_and_outranks_what_was_learned() {
    let engine = sample();
    // The best of all for health, of which other things are known too.
    ask(&engine, Request::SetProfile(only(Topic::Health))).unwrap();
    let mixed = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 200 });
    ask(&engine, Request::SetProfile(Profile { topics: [(Topic::Health, Importance::Ignore.into())].into(), ..Profile::default() })).unwrap();
    let without = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    let apart = |n: u32| without.iter().find(|r| r.number == n).map_or(0, |r| r.alignment.value);
    let best = mixed.iter().min_by_key(|r| apart(r.number)).unwrap().number;
    let set = |weight: i16| {
        let topics = Topic::ALL.into_iter().map(|t| (t, Weight::of(if t == Topic::Health { weight } else { 100 }))).collect();
        let Answer::Learning(now) = ask(&engine, Request::Learn(Learn::SetByHand { topics, form: Form::Slider, hard_lines: [].into() })).unwrap()
        else {
            panic!()
        };
        assert_eq!((now.profile.form, now.profile.weights()[Topic::Health.index()]), (Form::Slider, weight));
        let Answer::Scan(results) = ask(&engine, Request::Subject(best)).unwrap() else { panic!() };
        results[0].verdict.as_ref().unwrap().alignment.value
    };
    let values = [0, 45, 100, 155, 300].map(set);
    assert!(
        values.is_sorted() && values.windows(2).filter(|w| w[0] < w[1]).count() >= 3,
        "the better for its best topic, the more that counts: {values:?}"
    );
    let Answer::Profile(Some(kept)) = ask(&engine, Request::Profile).unwrap() else { panic!() };
    assert_eq!(kept.form, Form::Slider);
}

#[test]
fn what_was_taken_adds_up_month_by_month_by_topic_and_goal_with_its_label_and_what_is_not_known() {
    let engine = sample();
    assert_eq!(months(&engine), []);
    let sauce = scan(&engine, SAUCE).subject.unwrap();
    scan(&engine, "4006381333931");
    let only_scanned = months(&engine);
    assert_eq!((only_scanned.len(), only_scanned[0].scanned, only_scanned[0].took, only_scanned[0].topics.len()), (1, 2, 0, 0));
    took(&engine, sauce.number);
    took(&engine, sauce.number);
    // What was not wanted did nothing.
    ask(&engine, Request::Learn(Learn::Did { act: Act::Left, subject: sauce.number, shown: vec![] })).unwrap();
    let [month] = &months(&engine)[..] else { panic!("one month") };
    assert_eq!((month.month.as_str(), month.took, month.unknown), ("2026-11", 2, 0));
    assert_eq!(NOW.to_rfc3339()[..7], *month.month);
    // Twice what one does, topic by topic.
    let label = sauce.label.unwrap();
    assert_eq!(month.labels, together([&label, &label].into_iter()).unwrap());
    let [sum] = &month.labels[..] else { panic!("one currency") };
    assert_eq!((sum.labels, sum.financial, sum.grade), (2, label.financial.plus(label.financial).unwrap(), label.grade));
    assert_eq!(sum.grade.map(|g| g <= Grade::C), Some(true));
    for effect in &month.topics {
        assert_eq!(effect.known, 2);
        assert!(effect.value.low <= effect.value.central && effect.value.central <= effect.value.high, "{effect:?}");
        assert!(
            effect.value.high <= Decimal::from_nanos(2 * Decimal::NANOS) && effect.value.low >= Decimal::from_nanos(-2 * Decimal::NANOS),
            "no purchase counts more than one: {effect:?}"
        );
    }
    assert!(!month.topics.is_empty() && month.goals.iter().count() > 0);
    // Taken back, it did nothing either.
    let Answer::Learning(now) = ask(&engine, Request::Learn(Learn::Show)).unwrap() else { panic!() };
    for deed in now.deeds {
        ask(&engine, Request::Learn(Learn::TakeBack(deed.id))).unwrap();
    }
    assert_eq!(months(&engine)[0].took, 0);
}

#[test]
fn an_organisations_profile_speaks_on_every_surface_while_it_is_let_and_never_learns() {
    let engine = sample();
    let refused = ask(&engine, Request::Ours(AskOurs::Speaks(true)));
    assert!(matches!(refused, Err(EngineError::BadInput(why)) if why.contains("set or bring one first")));
    ask(&engine, Request::SetProfile(only(Topic::Health))).unwrap();
    let theirs = Profile { hard_lines: [HardLine::Vegan].into(), ..only(Topic::Climate) };
    assert!(!ours(&engine, AskOurs::Set { name: "Village shop".into(), profile: theirs.clone() }).unwrap().speaks, "it does not speak by itself");
    let shelf = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 40 });
    let numbers: Vec<u32> = shelf.iter().map(|row| row.number).collect();
    let judged = |engine: &Engine| -> Vec<(i8, VerdictBand)> {
        let one = |n: &u32| {
            let Answer::Scan(results) = ask(engine, Request::Subject(*n)).unwrap() else { panic!() };
            let verdict = results[0].verdict.as_ref().unwrap();
            (verdict.alignment.value, verdict.band)
        };
        numbers.iter().map(one).collect()
    };
    let mine = judged(&engine);
    assert_eq!((scan(&engine, SAUCE).by, mine.clone()), (None, shelf.iter().map(|r| (r.alignment.value, r.band)).collect::<Vec<_>>()));
    assert!(ours(&engine, AskOurs::Speaks(true)).unwrap().speaks);
    let by_theirs = judged(&engine);
    assert_ne!(mine, by_theirs);
    // Card, list, history, search and comparison say the same, and the card and the status say by whom.
    let said = scan(&engine, SAUCE);
    assert_eq!((said.by.as_deref(), crate::status(&engine).speaks.as_deref()), (Some("Village shop"), Some("Village shop")));
    let value = said.verdict.unwrap().alignment;
    assert_eq!(history(&engine)[0].alignment, Some(value));
    let ranked = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    for (n, (value, band)) in numbers.iter().zip(&by_theirs) {
        let row = ranked.iter().find(|r| r.number == *n).unwrap();
        assert_eq!((row.alignment.value, row.band), (*value, *band));
    }
    let Answer::Compared(compared) = ask(&engine, Request::Compare { numbers: numbers[..3].to_vec(), near: None, by: Default::default() }).unwrap()
    else {
        panic!()
    };
    for side in compared {
        let row = ranked.iter().find(|r| r.number == side.option.row.number).unwrap();
        assert_eq!(side.option.row.alignment, row.alignment);
        assert!(side.topics.iter().all(|(t, ..)| *t == Topic::Climate), "compared by what counts for whoever speaks");
    }
    // What is chosen meanwhile teaches the person's own profile.
    took(&engine, numbers[0]);
    assert_eq!(ours(&engine, AskOurs::Show).unwrap().profile, Ours::of("", &theirs).profile);
    ours(&engine, AskOurs::Speaks(false));
    assert_eq!((judged(&engine), scan(&engine, SAUCE).by), (mine, None));
}

#[test]
fn an_organisations_profile_is_brought_exported_taken_along_and_erased_like_ones_own() {
    let engine = sample();
    let theirs = Profile { hard_lines: [HardLine::Vegan].into(), ..only(Topic::Climate) };
    let brought = ours(&engine, AskOurs::Import { name: "Club".into(), text: theirs.export() }).unwrap();
    assert_eq!((brought.name.as_str(), &brought.profile), ("Club", &theirs));
    assert_eq!(Profile::import(&text(&engine, Request::Ours(AskOurs::Export))).unwrap(), theirs);
    ours(&engine, AskOurs::Speaks(true));
    // All of it goes along, and comes back on another device.
    let all = text(&engine, Request::Export);
    let other = sample();
    ask(&other, Request::Import(all.clone())).unwrap();
    let there = ours(&other, AskOurs::Show).unwrap();
    assert_eq!((there.name.as_str(), there.speaks, there.profile), ("Club", true, theirs.clone()));
    // Everything somebody exported serves as an organisation's file too: its topics and lines.
    ask(&other, Request::SetProfile(only(Topic::Privacy))).unwrap();
    let somebody = text(&other, Request::Export);
    let from_export = ours(&engine, AskOurs::Import { name: "Club".into(), text: somebody }).unwrap();
    assert_eq!((from_export.profile.weights(), from_export.speaks), (only(Topic::Privacy).weights(), true));
    assert!(Apart::between(&theirs, &from_export.profile)[0].differs());
    // What is no profile changes nothing, and an older export without an organisation leaves it.
    let bad = ask(&engine, Request::Ours(AskOurs::Import { name: String::new(), text: "{\"topics\": {\"climat\": 5}}".into() }));
    assert!(matches!(bad, Err(EngineError::BadInput(why)) if why.contains("climat")));
    ask(&engine, Request::Import("{\"version\": 3}".into())).unwrap();
    assert_eq!(ours(&engine, AskOurs::Show), Some(from_export));
    assert_eq!(ours(&engine, AskOurs::Drop), None);
    ask(&other, Request::EraseMine).unwrap();
    assert_eq!((ours(&other, AskOurs::Show), crate::status(&other).speaks), (None, None));
    assert!(matches!(ask(&other, Request::Ours(AskOurs::Export)), Err(EngineError::BadInput(_))));
}

#[test]
fn a_start_is_where_learning_begins_and_no_answer() {
    let engine = sample();
    let learn = |what| match ask(&engine, Request::Learn(what)).unwrap() {
        Answer::Learning(now) => now.profile,
        other => panic!("{other:?}"),
    };
    let weight = |p: &Profile, t: Topic| p.weights()[t.index()];
    let begun = learn(Learn::Begin(Some(Start::People)));
    assert_eq!((begun.start, begun.origin(Topic::FairTrade)), (Some(Start::People), Origin::Start));
    assert!(weight(&begun, Topic::FairTrade) > 120 && weight(&begun, Topic::Safety) < 90, "{:?}", begun.weights());
    assert_eq!(Profile::import(&begun.export()).unwrap(), begun);
    // A choice moves on from it, and an answer takes its place.
    let shown = vec![Alternative::good_in(Topic::FairTrade, None), Alternative::good_in(Topic::Safety, None)];
    let chosen = learn(Learn::Choose { shown, picked: 1, after: 0 });
    assert!(weight(&chosen, Topic::Safety) > weight(&begun, Topic::Safety) && weight(&chosen, Topic::FairTrade) < weight(&begun, Topic::FairTrade));
    learn(Learn::Undo(None));
    let answered = learn(Learn::Answer(vec![(Item::Environment, Some(6))]));
    assert!(weight(&answered, Topic::Climate) > weight(&begun, Topic::Climate));
    assert_eq!(answered.origin(Topic::Climate), Origin::Questionnaire);
    learn(Learn::Answer(vec![(Item::Environment, None)]));
    assert!(learn(Learn::Begin(None)).learned.is_empty(), "taken back, nothing is left of it");
}
