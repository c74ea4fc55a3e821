//! The person's own lists over the sample: what to buy, what they like, what is never offered.

use super::{ask, options, sample};
use ecosphere::{
    bot::VerdictBand,
    engine::{
        Engine,
        wire::{Answer, Criterion, EngineError, ListName, MyLists, OptionRow, RankKind, Request, ScanResult},
    },
};
use ecosphere::{
    measure::Millis,
    node::sample as sample_ledger,
    statement::add_proof,
    values::{CallFor, ValuesList},
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

fn signed(by: &str, list: &ValuesList, from: i64, until: Option<i64>) -> String {
    let key = sample_ledger::key(by);
    let credential = list.credential(&key.did().to_string(), Millis(from), until.map(Millis));
    add_proof(&credential, &key, Millis(from)).unwrap().to_string()
}

fn follow(engine: &Engine, text: String) -> Result<MyLists, EngineError> {
    ask(engine, Request::Follow(text)).map(lists_of)
}

#[test]
fn a_followed_boycott_holds_for_all_that_belongs_to_it_and_support_is_said() {
    let engine = sample();
    let all = ranked(&engine, RankKind::Product);
    let owned: Vec<_> = all.iter().filter_map(|row| opened(&engine, row.number).subject.filter(|s| s.listable.len() > 1)).collect();
    let (shunned, backed) = (&owned[0], owned.iter().find(|s| s.owners.last() != owned[0].owners.last()).unwrap());
    let call = |id: &str, name: &str| CallFor { id: id.into(), name: name.into(), why: "Told in a report.".into() };
    let boycott = vec![call(&shunned.listable.last().unwrap().id, "Them"), call("brand:not-in-this-snapshot", "Others")];
    let list = ValuesList { name: "Fair food".into(), boycott, support: vec![call(&backed.id, "These")] };
    let now = follow(&engine, signed("steward-wikirate", &list, 1_000, None)).unwrap();
    assert_eq!(now.followed.iter().map(|f| (f.name.as_str(), f.boycott, f.support, &f.trouble)).collect::<Vec<_>>(), [("Fair food", 2, 1, &None)]);
    assert!(!now.followed[0].by.is_empty());
    assert!(ranked(&engine, RankKind::Product).iter().all(|row| row.number != shunned.number));
    let calls = |number| opened(&engine, number).subject.unwrap().calls.into_iter().map(|c| (c.whom, c.why)).collect::<Vec<_>>();
    assert_eq!(calls(shunned.number), [("Them".to_owned(), "Told in a report.".to_owned())]);
    assert_eq!(calls(backed.number), [("These".to_owned(), "Told in a report.".to_owned())]);

    // A later one of the same name takes its place, an earlier one does not.
    let mild = ValuesList { boycott: vec![], ..list.clone() };
    assert_eq!(follow(&engine, signed("steward-wikirate", &mild, 2_000, None)).unwrap().followed.len(), 1);
    assert!(ranked(&engine, RankKind::Product).iter().any(|row| row.number == shunned.number));
    assert!(
        matches!(follow(&engine, signed("steward-wikirate", &list, 1_500, None)), Err(EngineError::BadInput(why)) if why.contains("newer version"))
    );

    // Taken along, and left.
    let Answer::Text(text) = ask(&engine, Request::Export).unwrap() else { panic!() };
    let other = sample();
    ask(&other, Request::Import(text)).unwrap();
    let followed = lists(&other).followed;
    assert_eq!(followed, lists(&engine).followed);
    let left = ask(&other, Request::Unfollow { issuer: followed[0].issuer.clone(), name: "Fair food".into() }).map(lists_of).unwrap();
    assert!(left.followed.is_empty() && opened(&other, backed.number).subject.unwrap().calls.is_empty());
}

#[test]
fn a_list_nobody_vouches_for_an_altered_one_and_one_whose_time_has_passed_are_not_followed() {
    let engine = sample();
    let list = ValuesList {
        name: "Fair food".into(),
        boycott: vec![CallFor { id: "brand:x".into(), name: "X".into(), why: String::new() }],
        support: vec![],
    };
    let refused = |text: String, because: &str| {
        let answer = follow(&engine, text);
        assert!(matches!(&answer, Err(EngineError::BadInput(why)) if why.contains(because)), "{because}: {answer:?}");
    };
    refused(signed("stranger", &list, 1_000, None), "vouches");
    refused(signed("steward-wikirate", &list, 1_000, None).replace("brand:x", "brand:y"), "not to be believed");
    refused(signed("steward-wikirate", &list, 1_000, Some(2_000)), "does not hold now");
    refused(signed("steward-wikirate", &list, super::NOW.0 + 1, None), "does not hold now");
    refused("{}".into(), "no list");
    refused("nothing".into(), "no list");
    let unsigned = list.credential(&sample_ledger::key("steward-wikirate").did().to_string(), Millis(1_000), None).to_string();
    assert!(follow(&engine, unsigned).is_err());
    assert_eq!(lists(&engine), MyLists::default());

    // What was followed counts for nothing once its time has passed, and that is said.
    follow(&engine, signed("steward-wikirate", &list, 1_000, Some(super::NOW.0 + 1))).unwrap();
    assert_eq!(lists(&engine).followed[0].trouble, None);
    let later = super::now(engine.handle(Request::Lists, None, Millis(super::NOW.0 + 1), &|_| ())).map(lists_of).unwrap();
    assert!(later.followed[0].trouble.as_ref().is_some_and(|why| why.contains("does not hold now")));
}
