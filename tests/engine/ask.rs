//! Typed questions over the sample: what is asked for is what comes, and what is said agrees with every other screen.

use super::{ask, options, sample, scan};
use ecosphere::{
    engine::{
        Engine,
        wire::{Answer, Asked, ListName, OptionRow, RankKind, Request, Told},
    },
    measure::{Currency, Money},
    values::{HardLine, LineState, Profile},
};

fn told(engine: &Engine, text: &str, about: Option<u32>) -> Told {
    match ask(engine, Request::Ask { text: text.into(), about, limit: 1_000 }).unwrap() {
        Answer::Told(told) => told,
        other => panic!("{other:?}"),
    }
}

fn found(engine: &Engine, text: &str) -> Vec<OptionRow> {
    let told = told(engine, text, None);
    assert_eq!(told.asked, Asked::Find, "{text}");
    told.rows
}

/// What the card of a row says of these lines.
fn keeps(engine: &Engine, row: &OptionRow, lines: &[HardLine]) -> bool {
    let Answer::Scan(results) = ask(engine, Request::Subject(row.number)).unwrap() else { panic!() };
    let verdict = results[0].verdict.as_ref().unwrap();
    lines.iter().all(|line| verdict.lines.iter().any(|f| f.line == *line && f.state == LineState::Kept))
}

#[test]
fn what_is_asked_for_is_all_of_what_is_known_to_be_so() {
    let engine = sample();
    let lines = [HardLine::Vegan, HardLine::NoPalmOil];
    ask(&engine, Request::SetProfile(Profile { hard_lines: lines.into_iter().collect(), ..Profile::default() })).unwrap();
    let all = found(&engine, "chocolate");
    let wanted = told(&engine, "vegan chocolate without palm oil", None);
    assert_eq!(wanted.understood, "chocolate; no palm oil; vegan");
    let rows = wanted.rows;
    assert!(!rows.is_empty() && rows.len() < all.len());
    for row in &all {
        let listed = rows.iter().any(|r| r.number == row.number);
        assert_eq!(listed, row.kind == ecosphere::statement::SubjectKind::Product && keeps(&engine, row, &lines), "{}", row.name);
    }
    assert!(wanted.said.iter().any(|s| s.contains("not known whether")), "{:?}", wanted.said);
    // The order is the ranking's.
    let ranked = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    let places: Vec<usize> = rows.iter().map(|r| ranked.iter().position(|o| o.number == r.number).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn a_price_is_kept_to_and_a_product_without_one_is_said_to_be_left_out() {
    let engine = sample();
    let rows = found(&engine, "anything under 3 euros");
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|r| r.price.is_some_and(|p| p.minor <= 300 && p.currency == Currency::EUR)));
    assert!(told(&engine, "anything under 3 euros", None).said.iter().any(|s| s.contains("price is not known")));
    let cheap = found(&engine, "cheapest product under 3");
    assert!(cheap.is_sorted_by_key(|r| r.price.map(|p| p.minor)));
    let first = cheap[0].number;
    ask(&engine, Request::SetPrice { subject: first, price: Some(Money { minor: 99_900, currency: Currency::EUR }) }).unwrap();
    assert!(found(&engine, "under 3").iter().all(|r| r.number != first), "the price that the person saw is the one that counts");
}

#[test]
fn this_is_what_is_on_the_screen_or_was_scanned_last() {
    let engine = sample();
    let none = told(&engine, "why is this red?", None);
    assert!(none.said[0].contains("Scan something") && none.about.is_none() && !none.examples.is_empty());
    let ranked = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1 });
    let spread = scan(&engine, &ranked[0].id);
    let (subject, verdict) = (spread.subject.unwrap(), spread.verdict.unwrap());
    for about in [None, Some(subject.number)] {
        let why = told(&engine, "why is this red?", about);
        assert_eq!((why.asked, why.about), (Asked::Why, Some(subject.number)));
        assert!(why.said[0].contains(verdict.band.title()), "{:?}", why.said);
        let strongest = verdict.reasons.iter().find(|r| r.points != 0).unwrap();
        assert!(why.said.iter().any(|s| s.contains(&strongest.text)), "{:?}", why.said);
    }
    let owner = told(&engine, "who owns this brand?", Some(subject.number));
    assert!(subject.owners.iter().all(|o| owner.said[0].contains(o)), "{:?} {:?}", owner.said, subject.owners);
    let better = told(&engine, "show something better", None);
    assert_eq!(better.rows, options(&engine, Request::Options { subject: Some(subject.number), category: None }));
}

#[test]
fn a_name_is_found_with_slips_and_a_kind_of_product_by_its_category() {
    let engine = sample();
    let search = |text: &str| options(&engine, Request::Search { text: text.into(), limit: 1_000 });
    // A long word of every fiftieth product's name: as it is, in capitals, without its last letter, with two letters swapped, with one left out.
    let products = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 });
    let mut tried = 0;
    for product in products.iter().step_by(50) {
        let long = |w: &&str| w.len() > 7 && w.bytes().all(|b| b.is_ascii_alphabetic());
        let Some(word) = product.name.split_whitespace().find(long) else { continue };
        let swapped = format!("{}{}{}{}", &word[..2], &word[3..4], &word[2..3], &word[4..]);
        let short = format!("{}{}", &word[..3], &word[4..]);
        for typed in [word.to_owned(), word.to_uppercase(), word[..word.len() - 1].to_owned(), swapped, short] {
            assert!(search(&typed).iter().any(|r| r.number == product.number), "{typed} for {}", product.name);
        }
        tried += 1;
    }
    assert!(tried > 3);
    assert!(search("").is_empty() && search("?!").is_empty());
    let Answer::Categories(categories) = ask(&engine, Request::Categories).unwrap() else { panic!() };
    let category = categories.iter().find(|c| c.name.to_lowercase().contains("chocolate") && c.products > 3).unwrap();
    let better = told(&engine, &format!("show better {}", category.name), None);
    assert_eq!(better.rows, options(&engine, Request::Options { subject: None, category: Some(category.id.clone()) }));
    assert!(search(&category.name).len() >= category.products as usize);
}

#[test]
fn what_is_not_understood_or_not_there_is_said_with_what_can_be_asked() {
    let engine = sample();
    for text in ["", "when is the next train?", "not vegan chocolate"] {
        let answer = told(&engine, text, None);
        assert_eq!((answer.asked, answer.rows.len(), answer.examples.is_empty()), (Asked::Unknown, 0, false), "{text}");
    }
    let nothing = told(&engine, "qqqqzzzzxxxx", None);
    assert!(nothing.said[0].contains("qqqqzzzzxxxx") && nothing.rows.is_empty());
    assert!(told(&engine, "who owns qqqqzzzzxxxx", None).said[0].contains("Nothing in your snapshot is called"));
    let shops = told(&engine, "shops", None);
    assert_eq!(shops.rows, options(&engine, Request::Rank { kind: RankKind::Retailer, category: None, limit: 1_000 }));
    let gluten = told(&engine, "gluten free", None);
    assert!(gluten.said.iter().any(|s| s.contains("Check the pack")), "{:?}", gluten.said);
}

#[test]
fn an_engine_without_a_snapshot_answers_all_the_same() {
    let engine = Engine::open_memory().unwrap();
    for text in ["vegan chocolate under 3", "why is this red?", "who owns nutella", "show better shampoo", "where can I buy this?", "best shops"] {
        let answer = told(&engine, text, Some(7));
        assert!(answer.rows.is_empty() && !answer.said.is_empty(), "{text}");
    }
}

#[test]
fn a_basket_is_what_the_shopping_list_comes_to_for_the_money() {
    let engine = sample();
    let asked = |text: &str| told(&engine, text, None);
    assert!(asked("a basket for 30 euros").said[0].contains("shopping list is empty"));
    let Answer::Options(listed) = ask(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1_000 }).unwrap() else { panic!() };
    let chosen: Vec<&OptionRow> = listed.iter().rev().filter(|row| row.price.is_some()).step_by(9).take(4).collect();
    for row in &chosen {
        ask(&engine, Request::Mark { id: row.id.clone(), list: ListName::Shopping, on: true }).unwrap();
    }
    // In the order in which they are on the list.
    let Answer::Lists(lists) = ask(&engine, Request::Lists).unwrap() else { panic!() };
    let items: Vec<u32> = lists.rows.iter().filter_map(|row| row.option.as_ref()).map(|o| o.number).collect();
    assert_eq!(items.len(), chosen.len());
    let money = Money { minor: 3_000, currency: Currency::EUR };
    let Answer::Basket(basket) = ask(&engine, Request::Basket { money, items }).unwrap() else { panic!() };
    let answer = asked("a basket for 30 euros");
    assert_eq!(answer.rows, basket.places.iter().map(|place| place.taken.clone()).collect::<Vec<_>>(), "the same as the basket's own request");
    let swaps = basket.places.iter().filter(|place| place.taken.number != place.given.number).count();
    assert!(swaps > 0 && answer.said.len() == 1 + swaps && answer.said[0].contains(&basket.total.to_string()), "{:?}", answer.said);
    assert!(asked("a basket for 0.01 euros").said[0].contains("not enough"));
}
