//! Options weighed, put side by side and put in a basket, over the sample.

use super::{ask, options, sample};
use ecosphere::{
    bot::VerdictBand,
    engine::{
        Engine,
        wire::{Answer, Basket, Choices, Compared, Criterion, EngineError, OptionRow, RankKind, Request, Spot, Weighed},
    },
    measure::{Currency, Money},
};

fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::EUR }
}

fn products(engine: &Engine) -> Vec<OptionRow> {
    options(engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 })
}

fn choices(engine: &Engine, number: u32, near: Option<Spot>, by: Criterion) -> Choices {
    match ask(engine, Request::Choices { subject: Some(number), category: None, near, by }).unwrap() {
        Answer::Choices(choices) => choices,
        other => panic!("{other:?}"),
    }
}

fn basket(engine: &Engine, money: Money, items: &[u32]) -> Result<Basket, EngineError> {
    ask(engine, Request::Basket { money, items: items.to_vec() }).map(|answer| match answer {
        Answer::Basket(basket) => basket,
        other => panic!("{other:?}"),
    })
}

#[test]
fn options_agree_with_the_lists_and_nothing_beats_a_compromise() {
    let engine = sample();
    let mut compromises = 0;
    for product in products(&engine).iter().rev().step_by(40) {
        let all = choices(&engine, product.number, None, Criterion::Fit);
        let listed = options(&engine, Request::Options { subject: Some(product.number), category: None });
        assert_eq!(all.aligned.iter().map(|w| &w.row).collect::<Vec<_>>(), listed.iter().take(10).collect::<Vec<_>>());
        compromises += all.compromise.len();
        for option in &all.compromise {
            assert!(matches!(option.row.band, VerdictBand::Fits | VerdictBand::Mixed) && option.row.number != product.number);
            assert!(all.aligned.iter().all(|a| a.row.number != option.row.number));
            let beats = |o: &Weighed| {
                let (a, b) = (o.row.alignment, option.row.alignment);
                let cheaper =
                    o.unit.zip(option.unit).is_some_and(|(x, y)| (x.content, x.currency) == (y.content, y.currency) && x.thousandths < y.thousandths);
                a.value > b.value && a.coverage > b.coverage && cheaper
            };
            assert!(!all.aligned.iter().chain(&all.compromise).filter(|o| o.row.category == option.row.category).any(beats), "{}", option.row.name);
        }
        for by in [Criterion::Price, Criterion::Known, Criterion::Distance] {
            let other = choices(&engine, product.number, Some(Spot { lat: 52_370_000, lon: 4_890_000 }), by);
            let known = |w: &Weighed| std::cmp::Reverse(w.row.alignment.coverage);
            let sorted = match by {
                Criterion::Price => other.aligned.is_sorted_by_key(|w| (w.unit.is_none(), w.unit)),
                Criterion::Distance => other.aligned.is_sorted_by_key(|w| (w.metres.is_none(), w.metres)),
                _ => other.aligned.is_sorted_by_key(known),
            };
            assert!(sorted, "{by:?}");
        }
    }
    assert!(compromises > 0, "the sample has some");
}

#[test]
fn a_shop_is_as_far_as_the_way_to_it_and_what_is_out_of_stock_is_nowhere() {
    let engine = sample();
    let priced = products(&engine).into_iter().find(|p| p.at.is_some()).unwrap();
    let near = |lat, lon| {
        let request = Request::Compare { numbers: vec![priced.number], near: Some(Spot { lat, lon }), by: Criterion::Fit };
        let Answer::Compared(mut compared) = ask(&engine, request).unwrap() else { panic!() };
        compared.remove(0).option
    };
    let (here, north) = (near(0, 0), near(1_000_000, 0));
    assert!(!here.shops.is_empty() && here.shops.is_sorted_by_key(|s| s.band.place()));
    let (here, north) = (i64::from(here.metres.unwrap()), i64::from(north.metres.unwrap()));
    assert!((here - north).abs() <= 112_000, "a degree is 111 km: {here} {north}");
    // Neither the date line nor a pole, nor a place that is none, is a panic.
    for (lat, lon) in [(90_000_000, 0), (0, 180_000_000), (i32::MAX, i32::MIN), (i32::MIN, i32::MAX)] {
        assert!(near(lat, lon).metres.is_some());
    }
}

#[test]
fn up_to_five_stand_side_by_side_with_what_their_cards_say() {
    let engine = sample();
    let rows = products(&engine);
    let numbers: Vec<u32> = rows.iter().step_by(30).take(5).map(|r| r.number).collect();
    let compare = |numbers: &[u32]| ask(&engine, Request::Compare { numbers: numbers.to_vec(), near: None, by: Criterion::Fit });
    let Answer::Compared(compared) = compare(&numbers).unwrap() else { panic!() };
    assert_eq!(compared.iter().map(|c| c.option.row.number).collect::<Vec<_>>(), numbers, "the order is the ranking's");
    for Compared { option, topics } in &compared {
        assert_eq!(Some(&option.row), rows.iter().find(|r| r.number == option.row.number));
        assert_eq!(topics.len(), 17, "every topic matters to somebody who said nothing");
    }
    let six: Vec<u32> = rows.iter().take(6).map(|r| r.number).collect();
    assert!(matches!(compare(&six), Err(EngineError::BadInput(_))));
    assert_eq!(compare(&[u32::MAX]).unwrap(), Answer::Compared(vec![]));
}

#[test]
fn a_basket_keeps_to_its_money_and_never_fits_worse_than_what_was_given() {
    let engine = sample();
    let mut priced: Vec<OptionRow> = products(&engine).into_iter().filter(|p| p.price.is_some_and(|m| m.currency == Currency::EUR)).collect();
    priced.sort_by_key(|p| p.alignment.value);
    let given: Vec<&OptionRow> = priced.iter().step_by((priced.len() / 5).max(1)).take(5).collect();
    let items: Vec<u32> = given.iter().map(|p| p.number).collect();
    let cost: i64 = given.iter().filter_map(|p| p.price).map(|m| m.minor).sum();
    let filled = basket(&engine, euros(cost), &items).unwrap();
    assert!(filled.total.minor <= cost && filled.before == euros(cost));
    assert!(filled.places.iter().map(|p| p.gain).sum::<i16>() >= 0);
    for place in &filled.places {
        let (given, taken) = (place.given.price.unwrap().minor, place.taken.price.unwrap().minor);
        assert_eq!(place.extra, Some(taken - given));
        assert_ne!((place.taken.band, place.given.number == place.taken.number), (VerdictBand::CrossesLine, false));
    }
    let more = basket(&engine, euros(cost * 2), &items).unwrap();
    let gain = |b: &Basket| b.places.iter().map(|p| p.gain).sum::<i16>();
    assert!(gain(&more) >= gain(&filled), "more money never buys less");
    for (money, items) in
        [(euros(1), items.clone()), (euros(-1), items.clone()), (euros(i64::MAX), items.clone()), (euros(100), vec![]), (euros(100), vec![u32::MAX])]
    {
        assert!(matches!(basket(&engine, money, &items), Err(EngineError::BadInput(_))), "{money:?}");
    }
    // A price beyond all measure takes no part, and is no panic.
    ask(&engine, Request::SetPrice { subject: items[0], price: Some(euros(i64::MAX)) }).unwrap();
    let _ = basket(&engine, euros(cost), &items);
    let _ = choices(&engine, items[1], None, Criterion::Price);
}

#[test]
fn of_a_key_that_is_to_be_paid_the_device_knows_the_organisation_whose_own_passport_it_signed() {
    use ecosphere::{node::sample::key, statement::SigningKey};
    let engine = sample();
    let regard = |key: &SigningKey| match ask(&engine, Request::Regard(key.did())).unwrap() {
        Answer::Regard(regard) => regard,
        other => panic!("{other:?}"),
    };
    let harbour = regard(&key("retailer:harbour")).unwrap();
    let listed = options(&engine, Request::Rank { kind: RankKind::Retailer, category: None, limit: 10 });
    let row = listed.iter().find(|row| row.name == harbour.name).unwrap();
    assert_eq!((harbour.crosses.is_empty(), harbour.grade), (row.band != VerdictBand::CrossesLine, None));
    // What a steward recorded of others is not about the steward; and people's keys are nobody's.
    for nobody in [key("steward-wikirate"), SigningKey::from_seed(&[7; 32])] {
        assert_eq!(regard(&nobody), None);
    }
}
