//! The person's own lists over the sample: what to buy, what they like, what is never offered.

use super::{ask, options, sample};
use ecosphere::{
    bot::VerdictBand,
    engine::{
        Engine,
        wire::{Answer, Criterion, EngineError, ListName, MyLists, OptionRow, RankKind, Request, ScanResult},
    },
};
use std::collections::BTreeSet;

fn mark(engine: &Engine, id: &str, list: ListName, on: bool) -> MyLists {
    lists_of(ask(engine, Request::Mark { id: id.into(), list, on }).unwrap())
}

fn lists(engine: &Engine) -> MyLists {
    lists_of(ask(engine, Request::Lists).unwrap())
}

fn lists_of(answer: Answer) -> MyLists {
    match answer {
        Answer::Lists(lists) => *lists,
        other => panic!("{other:?}"),
    }
}

fn opened(engine: &Engine, number: u32) -> ScanResult {
    match ask(engine, Request::Subject(number)).unwrap() {
        Answer::Scan(mut results) => results.remove(0),
        other => panic!("{other:?}"),
    }
}

fn ranked(engine: &Engine, kind: RankKind) -> Vec<OptionRow> {
    options(engine, Request::Rank { kind, category: None, limit: 1_000 })
}

/// Everything that is suggested anywhere, by number.
fn suggested(engine: &Engine, beside: &[OptionRow]) -> BTreeSet<u32> {
    let mut all: BTreeSet<u32> = [RankKind::Product, RankKind::Organisation, RankKind::Project, RankKind::Retailer]
        .into_iter()
        .flat_map(|k| ranked(engine, k))
        .map(|o| o.number)
        .collect();
    for of in beside {
        all.extend(options(engine, Request::Options { subject: Some(of.number), category: None }).iter().map(|o| o.number));
        all.extend(opened(engine, of.number).options.iter().map(|o| o.number));
        let Ok(Answer::Choices(choices)) = ask(engine, Request::Choices { subject: Some(of.number), category: None, near: None, by: Criterion::Fit })
        else {
            panic!("options can be weighed")
        };
        all.extend(choices.aligned.iter().chain(&choices.compromise).map(|w| w.row.number));
    }
    for question in ["cheapest chocolate", "shops", "chocolate good for climate"] {
        let Ok(Answer::Told(told)) = ask(engine, Request::Ask { text: question.into(), about: None, limit: 1_000 }) else { panic!("{question}") };
        all.extend(told.rows.iter().map(|o| o.number));
    }
    all
}

#[test]
fn what_is_blocked_is_suggested_nowhere_with_all_that_belongs_to_it_and_still_found_and_judged_as_before() {
    let engine = sample();
    let all = ranked(&engine, RankKind::Product);
    // A product whose brand belongs to somebody, and is suggested somewhere.
    let (product, subject) = all
        .iter()
        .find_map(|row| {
            let subject = opened(&engine, row.number).subject.unwrap();
            (subject.listable.len() > 1).then_some((row, subject))
        })
        .expect("the sample knows who owns a brand");
    let owner = subject.listable.last().unwrap();
    assert_eq!(Some(&owner.name), subject.owners.last());
    let beside: Vec<OptionRow> = all.iter().filter(|o| o.category == product.category).take(4).cloned().collect();
    let before = suggested(&engine, &beside);
    let verdict = opened(&engine, product.number).verdict;

    let now = mark(&engine, &owner.id, ListName::Blocked, true);
    assert_eq!(now.rows.iter().map(|r| (r.list, r.name.as_str())).collect::<Vec<_>>(), [(ListName::Blocked, owner.name.as_str())]);
    let after = suggested(&engine, &beside);
    assert!(before.contains(&product.number) && !after.contains(&product.number));
    let belongs = |n: u32| opened(&engine, n).subject.is_some_and(|s| s.listable.iter().any(|l| l.id == owner.id));
    assert!(before.difference(&after).all(|n| belongs(*n)), "nothing else is left out");
    assert!(!after.iter().any(|n| belongs(*n)));

    let said = opened(&engine, product.number);
    assert_eq!(said.verdict, verdict, "a verdict is about values");
    assert_eq!(said.subject.unwrap().listable.last().unwrap().on, [ListName::Blocked]);
    let found = options(&engine, Request::Search { text: product.name.clone(), limit: 20 });
    assert!(found.iter().any(|o| o.number == product.number), "what is looked for is found");

    mark(&engine, &owner.id, ListName::Blocked, false);
    assert_eq!(suggested(&engine, &beside), before);
}

#[test]
fn a_blocked_shop_is_not_suggested() {
    let engine = sample();
    let shops = ranked(&engine, RankKind::Retailer);
    mark(&engine, &shops[0].id, ListName::Blocked, true);
    assert_eq!(ranked(&engine, RankKind::Retailer), shops[1..]);
    let others = options(&engine, Request::Options { subject: Some(shops[2].number), category: None });
    assert!(others.iter().all(|o| o.number != shops[0].number));
}

#[test]
fn a_shopping_list_says_what_it_comes_to_as_a_whole() {
    let engine = sample();
    assert_eq!(lists(&engine), MyLists::default());
    let all = ranked(&engine, RankKind::Product);
    let priced: Vec<&OptionRow> = all.iter().filter(|o| o.price.is_some()).take(2).collect();
    let unpriced = all.iter().rev().find(|o| o.price.is_none()).unwrap();
    let wanted = [priced[0], priced[1], unpriced];
    for row in wanted {
        mark(&engine, &row.id, ListName::Shopping, true);
    }
    // Twice is once.
    let now = mark(&engine, &unpriced.id, ListName::Shopping, true);
    assert_eq!(now.rows.len(), 3);
    for row in &now.rows {
        assert_eq!(row.option.as_ref(), wanted.into_iter().find(|w| w.id == row.id), "a list says what every other says");
    }
    let whole = now.shopping.unwrap();
    let sum: i32 = wanted.iter().map(|o| i32::from(o.alignment.value)).sum();
    assert!((i32::from(whole.alignment.value) * 3 - sum).abs() <= 1, "{whole:?}");
    assert_eq!(whole.bands.iter().map(|(_, n)| n).sum::<u32>(), 3);
    assert!(whole.bands.iter().any(|(band, n)| *band == VerdictBand::Fits && *n >= 2), "the two best fit");
    assert_eq!((whole.total.len(), whole.total[0].minor), (1, priced.iter().map(|o| o.price.unwrap().minor).sum::<i64>()));
    assert_eq!(whole.unpriced, 1);
    assert_eq!(mark(&engine, &unpriced.id, ListName::Shopping, false).rows.len(), 2);
}

#[test]
fn lists_are_taken_along_erased_and_put_back_and_what_no_snapshot_knows_keeps_its_name() {
    let engine = sample();
    let liked = &ranked(&engine, RankKind::Product)[0];
    mark(&engine, &liked.id, ListName::Favourite, true);
    let Answer::Text(text) = ask(&engine, Request::Export).unwrap() else { panic!() };
    ask(&engine, Request::EraseMine).unwrap();
    assert_eq!(lists(&engine), MyLists::default());
    ask(&engine, Request::Import(text.clone())).unwrap();
    assert_eq!(lists(&engine).rows[0].option.as_ref(), Some(liked));

    let bare = Engine::open_memory().unwrap();
    ask(&bare, Request::Import(text)).unwrap();
    let row = lists(&bare).rows.remove(0);
    assert_eq!((row.name.as_str(), row.option), (liked.name.as_str(), None));
    assert!(matches!(
        ask(&bare, Request::Mark { id: liked.id.clone(), list: ListName::Shopping, on: true }),
        Err(EngineError::BadInput(why)) if why.contains("does not know this")
    ));
    assert!(lists_of(ask(&bare, Request::Mark { id: liked.id.clone(), list: ListName::Favourite, on: false }).unwrap()).rows.is_empty());
}

#[test]
fn a_list_in_an_export_that_cannot_be_one_is_refused_whole() {
    let engine = sample();
    for lists in [
        r#"[{"list":"hated","subject":"a","name":"","time":0}]"#.to_owned(),
        format!(r#"[{{"list":"blocked","subject":"{}","name":"","time":0}}]"#, "a".repeat(9_000)),
    ] {
        let text = format!(r#"{{"version":3,"prices":{{"x":{{"minor":100,"currency":"EUR"}}}},"lists":{lists}}}"#);
        let refused = ask(&engine, Request::Import(text));
        assert!(matches!(&refused, Err(EngineError::BadInput(why)) if why.contains("nothing was taken over")), "{refused:?}");
    }
    assert_eq!(lists(&engine), MyLists::default());
}
