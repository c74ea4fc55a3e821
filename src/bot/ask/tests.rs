//! What people type, and what of it is understood.

use super::*;
use proptest::prelude::*;

fn find(text: &str) -> Wanted {
    match question(text) {
        Some(Question::Find(wanted)) => wanted,
        other => panic!("{text}: {other:?}"),
    }
}

fn euros(minor: i64) -> Option<Money> {
    Some(Money { minor, currency: Currency::EUR })
}

#[test]
fn wishes_are_told_apart_from_names() {
    let wanted = find("vegan chocolate without palm oil under 3");
    assert_eq!((wanted.name.as_str(), wanted.lines.as_slice(), wanted.most), ("chocolate", &[HardLine::NoPalmOil, HardLine::Vegan][..], euros(300)));
    for text in ["Show me a gluten-free pasta for at most 2,50 euros!", "pasta, free of gluten, max €2.50", "no gluten pasta cheaper than 2.5€"] {
        let wanted = find(text);
        assert_eq!((wanted.name.as_str(), wanted.lines.as_slice(), wanted.most), ("pasta", &[HardLine::GlutenFree][..], euros(250)), "{text}");
    }
    assert_eq!((find("tea between 5 and 2").least, find("tea between 5 and 2").most), (euros(200), euros(500)));
    assert_eq!(find("coffee no more than 4").most, euros(400));
    assert_eq!(find("coffee over 4").least, euros(400));
    assert_eq!((find("best shops for the climate").kind, find("best shops for the climate").topic), (Kind::Retailer, Some(Topic::Climate)));
    assert_eq!((find("healthy snacks").topic, find("healthy snacks").name), (Some(Topic::Health), "snacks".into()));
    assert!(find("cheapest organic milk").cheapest);
    assert_eq!(find("nutella").name, "nutella");
    assert_eq!(find("crème brûlée").name, "crème brûlée");
    assert_eq!(find("7up").name, "7up");
    assert_eq!(find("vegan").told(), "any product; vegan");
}

#[test]
fn questions_are_about_a_name_or_about_what_is_on_the_screen() {
    let named = |name: &str| About::Named(name.into());
    assert_eq!(question("why is this red?"), Some(Question::Why { about: About::This, good: Some(false) }));
    assert_eq!(question("Why"), Some(Question::Why { about: About::This, good: None }));
    assert_eq!(question("why is nutella good"), Some(Question::Why { about: named("nutella"), good: Some(true) }));
    assert_eq!(question("why does it not fit me?"), Some(Question::Why { about: About::This, good: Some(false) }));
    assert_eq!(question("Who owns Ben & Jerry's?"), Some(Question::Owner(named("ben & jerry's"))));
    assert_eq!(question("whose is this?"), Some(Question::Owner(About::This)));
    assert_eq!(question("something better"), Some(Question::Better(About::This)));
    assert_eq!(question("better than nutella"), Some(Question::Better(named("nutella"))));
    assert_eq!(question("what can I buy instead of this?"), Some(Question::Better(About::This)));
    assert_eq!(question("better for the climate").map(|q| matches!(q, Question::Find(_))), Some(true));
    assert_eq!(question("where can I buy this"), Some(Question::Where(About::This)));
    assert_eq!(question("how much does nutella cost?"), Some(Question::Where(named("nutella"))));
}

#[test]
fn what_no_rule_covers_is_not_guessed() {
    for text in [
        "",
        "?!",
        "   ",
        "when is the next train",
        "not vegan chocolate",
        "chocolate without nuts",
        "how are you",
        "who are you",
        "should I buy this",
    ] {
        assert_eq!(question(text), None, "{text}");
    }
}

#[test]
fn every_example_is_understood() {
    for text in EXAMPLES {
        assert!(question(text).is_some(), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read(text in any::<String>()) {
        if let Some(Question::Find(wanted)) = question(&text) {
            prop_assert!(!wanted.told().is_empty());
        }
    }

    #[test]
    fn a_name_alone_is_looked_up(name in "[k-z]{4,9}( [k-z]{4,9})?") {
        prop_assume!(name.split(' ').all(|w| !FILLERS.contains(&w) && !NOT.contains(&w) && !MONEY.contains(&w)));
        prop_assert_eq!(question(&name).map(|q| matches!(q, Question::Find(w) if w.name == name)), Some(true));
    }
}

#[test]
fn a_basket_is_asked_for_with_its_money_and_is_also_a_thing() {
    let basket = |minor| Some(Question::Basket(Money { minor, currency: Currency::EUR }));
    for text in ["a basket for 30 euros", "Fill my basket for €30!", "basket under 30", "my shopping list for at most 30,00"] {
        assert_eq!(question(text), basket(3_000), "{text}");
    }
    assert_eq!((find("picnic basket under 30").name.as_str(), find("basket").name.as_str()), ("picnic basket", "basket"));
}
