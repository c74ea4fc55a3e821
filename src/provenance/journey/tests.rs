use super::*;
use crate::{
    measure::{Millis, Money},
    provenance::{Action, Agent, Measured},
};
use proptest::prelude::*;

fn d(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

/// `"tomato 10 kg"`, or `"jar-7"` without a quantity.
fn lot(text: &str) -> Lot {
    let words: Vec<&str> = text.split(' ').collect();
    let quantity = match words.as_slice() {
        [_, quantity, unit] => Some((d(quantity), Unit::from_name(unit).unwrap())),
        _ => None,
    };
    Lot { item: words[0].to_owned(), quantity }
}

fn lots(texts: &[&str]) -> Vec<Lot> {
    texts.iter().map(|t| lot(t)).collect()
}

fn event(kind: EventKind, action: Option<Action>, day: i64, inputs: &[&str], outputs: &[&str]) -> Event {
    Event { inputs: lots(inputs), outputs: lots(outputs), ..Event::at(kind, action, Millis(day * Millis::DAY)) }.seal()
}
fn made(day: i64, outputs: &[&str]) -> Event {
    event(EventKind::Object, Some(Action::Add), day, &[], outputs)
}
fn seen(day: i64, goods: &[&str]) -> Event {
    event(EventKind::Object, Some(Action::Observe), day, goods, goods)
}
fn turned(day: i64, inputs: &[&str], outputs: &[&str]) -> Event {
    event(EventKind::Transformation, None, day, inputs, outputs)
}
fn carbon(mut event: Event, kilograms: &str) -> Event {
    event.measurements.push(Measured { metric: metric(), quantity: d(kilograms), unit: Unit::KILOGRAM, evidence: String::new() });
    event.seal()
}
fn metric() -> MetricId {
    MetricId::from_id("ghg-emissions").unwrap()
}
fn agent(id: &str) -> Option<Agent> {
    Some(Agent { id: id.to_owned(), name: String::new() })
}
fn euros(cents: i64) -> Option<Money> {
    Some(Money { minor: cents, currency: Currency::EUR })
}

fn follow(events: &[Event], goods: &str) -> Result<Journey, JourneyError> {
    Journey::follow(events, &lot(goods), &Split::Mass)
}

/// All that was measured along the way, in the goods' share.
fn total(journey: &Journey) -> Decimal {
    journey.stages.iter().flat_map(|s| &s.measured).fold(Decimal::ZERO, |sum, (_, quantity, _)| sum.plus(*quantity).unwrap())
}

#[test]
fn a_jar_carries_its_part_of_every_event_before_it() {
    let events = [
        carbon(made(1, &["tomato 4000 kg"]), "400"),
        carbon(seen(2, &["tomato 4000 kg"]), "40"),
        carbon(turned(3, &["tomato 1 t", "salt 20 kg"], &["jars 2000 pcs"]), "100"),
        carbon(seen(4, &["jars 500 pcs"]), "50"),
    ];
    let journey = follow(&events, "jars 1 pcs").unwrap();
    // (400 + 40) x 1000/4000 / 2000 + 100 / 2000 + 50 / 500
    assert_eq!(total(&journey), d("0.205"));
    let kinds: Vec<StageKind> = journey.stages.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [StageKind::Origin, StageKind::Moving, StageKind::Making, StageKind::Moving]);
    assert_eq!((journey.origins, journey.doubts), (vec![(2, "salt".to_owned())], vec![]));
}

#[test]
fn outputs_share_an_event_by_mass_or_by_value() {
    let events = [carbon(made(1, &["milk 100 kg"]), "100"), carbon(turned(2, &["milk 100 kg"], &["cheese 10 kg", "whey 90000 g"]), "50")];
    assert_eq!(total(&follow(&events, "cheese").unwrap()), d("15"));
    let values = BTreeMap::from([("cheese".to_owned(), d("90")), ("whey".to_owned(), d("10"))]);
    let by_value = |item| Journey::follow(&events, &lot(item), &Split::Value(values.clone())).unwrap();
    assert_eq!([total(&by_value("cheese")), total(&by_value("whey"))], [d("135"), d("15")]);
    let odd = [turned(2, &["milk 100 kg"], &["cheese 10 pcs", "whey 90 kg"])];
    let refusal = follow(&odd, "cheese").unwrap_err();
    assert!(matches!(&refusal, JourneyError::NoSplit { item, how: "by mass", .. } if item == "whey"), "{refusal}");
}

#[test]
fn goods_seen_together_keep_their_own_past() {
    let events =
        [carbon(made(1, &["dirty 10 kg"]), "1000"), carbon(made(1, &["clean 30 kg"]), "3"), carbon(seen(2, &["dirty 10 kg", "clean 30 kg"]), "40")];
    assert_eq!([total(&follow(&events, "clean").unwrap()), total(&follow(&events, "dirty").unwrap())], [d("33"), d("1010")]);
}

#[test]
fn two_ways_from_one_origin_meet_again_and_nothing_is_counted_twice() {
    let events = [
        carbon(made(1, &["grain 100 kg"]), "100"),
        turned(2, &["grain 40 kg"], &["flour 40 kg"]),
        turned(2, &["grain 60 kg"], &["malt 60 kg"]),
        turned(3, &["flour 40 kg", "malt 60 kg"], &["bread 100 kg"]),
    ];
    let journey = follow(&events, "bread").unwrap();
    assert_eq!((total(&journey), journey.stages.len(), journey.stages[0].share), (d("100"), 4, Share::ALL));
}

#[test]
fn goods_come_from_the_delivery_that_reached_their_maker() {
    let delivery = |day, to: &str, kilograms: &str, carbon_kg: &str| {
        let goods = format!("flour {kilograms} kg");
        let event = Event { actor: agent("mill"), source: agent("mill"), destination: agent(to), ..seen(day, &[&goods]) };
        carbon(event, carbon_kg)
    };
    let bread = Event { actor: agent("baker"), ..turned(4, &["flour 10 kg"], &["bread 20 pcs"]) }.seal();
    let events = [made(1, &["flour 50 kg"]), delivery(2, "baker", "10", "1"), delivery(3, "brewer", "40", "99"), bread];
    assert_eq!(total(&follow(&events, "bread").unwrap()), d("1"));
}

#[test]
fn what_happens_to_a_pallet_is_shared_by_what_is_on_it() {
    let pack = event(EventKind::Aggregation, Some(Action::Add), 3, &["a 1 kg", "b 3 kg"], &["pallet"]);
    let unpack = event(EventKind::Aggregation, Some(Action::Delete), 5, &["pallet"], &["a 1 kg", "b 3 kg"]);
    let events = [carbon(made(1, &["a 1 kg"]), "1"), carbon(made(2, &["b 3 kg"]), "300"), pack, carbon(seen(4, &["pallet"]), "8")];
    assert_eq!([total(&follow(&events, "a").unwrap()), total(&follow(&events, "b").unwrap())], [d("3"), d("306")]);
    let mut unpacked = events.to_vec();
    unpacked.extend([carbon(unpack, "4"), carbon(seen(6, &["a 1 kg"]), "7")]);
    assert_eq!([total(&follow(&unpacked, "a").unwrap()), total(&follow(&unpacked, "b").unwrap())], [d("11"), d("309")]);
}

#[test]
fn the_way_goes_on_to_the_landfill() {
    let thrown = carbon(event(EventKind::Object, Some(Action::Delete), 9, &["jars 10 pcs"], &[]), "5");
    let events = [carbon(made(1, &["jars 100 pcs"]), "100"), thrown];
    let journey = follow(&events, "jars 1 pcs").unwrap();
    assert_eq!((total(&journey), journey.stages.last().map(|s| s.kind)), (d("1.5"), Some(StageKind::Ending)));
}

#[test]
fn money_is_what_each_actor_received_less_what_it_paid() {
    let sale =
        |day, who: &str, paid, received| Event { actor: agent(who), paid: euros(paid), received: euros(received), ..seen(day, &["jar"]) }.seal();
    let mut shop = sale(4, "shop", 40, 0);
    shop.received = None;
    let events = [sale(1, "farm", 0, 20), sale(2, "mill", 20, 30), sale(3, "cannery", 30, 40), shop.seal()];
    let journey = follow(&events, "jar").unwrap();
    let added: Vec<String> = journey.stages.iter().map(|s| s.money.iter().fold(Decimal::ZERO, |sum, m| sum.plus(m.0).unwrap()).to_string()).collect();
    assert_eq!(added, ["0.2", "0.1", "0.1", "0"]);
    assert!(journey.stages[3].money.is_empty(), "what the shop has not sold yet is no loss");
}

#[test]
fn cycles_doubled_events_and_unknown_goods_are_refused() {
    let around = [turned(1, &["a 1 kg"], &["b 1 kg"]), turned(2, &["b 1 kg"], &["c 1 kg"]), turned(3, &["c 1 kg"], &["a 1 kg"])];
    assert!(matches!(follow(&around, "a"), Err(JourneyError::Cycle(_))));
    assert!(matches!(follow(&[turned(1, &["a 1 kg"], &["a 1 kg"])], "a"), Err(JourneyError::Cycle(item)) if item == "a"));
    let twice = [made(1, &["a 1 kg"]), made(1, &["a 1 kg"])];
    assert_eq!(follow(&twice, "a"), Err(JourneyError::Doubled(twice[0].id)));
    assert_eq!(follow(&twice[..1], "b"), Err(JourneyError::Unknown("b".to_owned())));
    assert!(matches!(follow(&[made(1, &["a 1 kg"])], "a 1 l"), Err(JourneyError::Measure { .. })));
}

#[test]
fn more_taken_than_there_was_is_a_doubt_and_counts_as_all() {
    let events = [carbon(made(1, &["a 1 kg"]), "7"), turned(2, &["a 3 kg"], &["b 3 kg"])];
    let journey = follow(&events, "b").unwrap();
    assert_eq!((total(&journey), journey.doubts), (d("7"), vec![(1, "a".to_owned())]));
}

#[test]
fn events_of_one_moment_are_put_in_the_order_of_their_goods() {
    let events =
        [carbon(turned(1, &["b 1 kg"], &["c 1 kg"]), "1"), carbon(turned(1, &["a 1 kg"], &["b 1 kg"]), "1"), carbon(made(1, &["a 1 kg"]), "1")];
    let journey = follow(&events, "c").unwrap();
    assert_eq!(journey.stages.iter().map(|s| s.event).collect::<Vec<_>>(), [2, 1, 0]);
    assert_eq!(total(&journey), d("3"));
}

proptest! {
    /// However a chain branches, all its last products together carry all that was measured, but for what the last digit rounds.
    #[test]
    fn nothing_is_lost_and_nothing_is_made_up(parts in prop::collection::vec(prop::collection::vec(1_u32..1000, 1..4), 1..12), amounts in prop::collection::vec(0_u32..10_000, 12)) {
        let mut events = vec![carbon(made(0, &["x0 1000 kg"]), "1000")];
        let mut leaves = Vec::new();
        let mut measured = Decimal::from(1000);
        for (n, parts) in parts.iter().enumerate() {
            let day = i64::try_from(n).unwrap() + 1;
            let mut outputs = vec![format!("x{} 7 kg", n + 1)];
            outputs.extend(parts.iter().enumerate().map(|(k, part)| format!("leaf{n}-{k} {part} kg")));
            leaves.extend(outputs.iter().skip(1).map(|o| o.split(' ').next().unwrap().to_owned()));
            let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
            let input = format!("x{n}");
            events.push(carbon(turned(day, &[&input], &outputs), &amounts[n].to_string()));
            measured = measured.plus(Decimal::from(u64::from(amounts[n]))).unwrap();
        }
        leaves.push(format!("x{}", parts.len()));
        let sum = leaves.iter().map(|leaf| total(&follow(&events, leaf).unwrap())).fold(Decimal::ZERO, |a, b| a.plus(b).unwrap());
        prop_assert!(sum.minus(measured).unwrap().abs() < d("0.000001"), "{sum} instead of {measured}");
    }
}
