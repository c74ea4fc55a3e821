//! What a person's purchases did, month by month, by topic and by Sustainable Development Goal.
//!
//! *In:* what the person said they took and what they scanned, both in their own file. *Out:* a [`Month`] each, the newest first. Each purchase is judged by what
//! the snapshot says of it today, by the same evidence as every verdict, so that no screen disagrees with this one; what a product was like when it was taken
//! is not kept. Whole numbers and decimals only. Nothing of it leaves the device.

use super::{
    choose::best_by_id,
    service::{Engine, Fault},
    store::Deed,
    wire::{Act, Answer, Effect, EngineError, Month},
};
use crate::{
    bot::TopicEvidence,
    label::{Estimate, Label, spread_over_goals, together},
    measure::{Decimal, MeasureError, Millis, Money},
    values::Topic,
};
use std::collections::{BTreeMap, BTreeSet};

/// What was taken in a month, with what is known of it.
#[derive(Default)]
struct Bought {
    scanned: u32,
    took: Vec<Thing>,
}

/// A purchase.
struct Thing {
    price: Option<Money>,
    /// How good or bad in hundredths, in topic order; `None` where nothing is known.
    effects: [Option<i8>; Topic::COUNT],
    label: Option<Label>,
}

impl Engine {
    pub(super) fn months(&self) -> Result<Answer, Fault> {
        let (seen, deeds) = {
            let store = self.store.borrow();
            (store.seen()?, store.deeds()?)
        };
        let mut months = BTreeMap::<String, Bought>::new();
        for scan in seen {
            months.entry(month(scan.time)).or_default().scanned += 1;
        }
        for deed in deeds.into_iter().filter(|d| d.act == Act::Took) {
            let thing = self.thing(&deed)?;
            months.entry(month(deed.time)).or_default().took.push(thing);
        }
        let told = months.into_iter().rev().map(|(month, bought)| told(month, &bought)).collect::<Result<_, _>>();
        Ok(Answer::Months(told.map_err(|e: MeasureError| EngineError::BadInput(e.to_string()))?))
    }

    fn thing(&self, deed: &Deed) -> Result<Thing, Fault> {
        let number = best_by_id(&self.catalogue.borrow(), &self.store.borrow(), &deed.subject)?;
        let Some(number) = number else { return Ok(Thing { price: deed.price, effects: [None; Topic::COUNT], label: None }) };
        let label = self.verified(number)?.label;
        let c = self.catalogue.borrow();
        let subject = c.subject(number);
        let (evidence, counted) = (subject.evidence(), subject.alternative(None).topics);
        let known = |t: Topic| {
            let TopicEvidence { confidence, .. } = evidence[t.index()];
            (confidence.get() > 0).then_some(counted[t.index()])
        };
        Ok(Thing { price: deed.price, effects: Topic::ALL.map(known), label })
    }
}

/// The calendar month in UTC, e.g. `2026-11`.
fn month(time: Millis) -> String {
    time.to_rfc3339().chars().take(7).collect()
}

fn told(month: String, bought: &Bought) -> Result<Month, MeasureError> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let whole = |hundredths: i128| Decimal::from_nanos(hundredths * (Decimal::NANOS / 100));
    let effect = |topic: Topic| {
        let known: Vec<i128> = bought.took.iter().filter_map(|t| t.effects[topic.index()]).map(i128::from).collect();
        let sum = |of: fn(i128) -> i128| whole(known.iter().map(|e| of(*e)).sum());
        let value = Estimate { low: sum(|e| e.min(0)), central: sum(|e| e), high: sum(|e| e.max(0)) };
        (!known.is_empty()).then_some(Effect { topic, value, known: count(known.len()) })
    };
    let topics: Vec<Effect> = Topic::ALL.into_iter().filter_map(effect).collect();
    let currencies: BTreeSet<_> = bought.took.iter().filter_map(|t| t.price).map(|p| p.currency).collect();
    let paid = |currency| {
        let prices = bought.took.iter().filter_map(|t| t.price).filter(|p| p.currency == currency);
        Money { minor: prices.fold(0, |sum: i64, p| sum.saturating_add(p.minor)), currency }
    };
    Ok(Month {
        month,
        scanned: bought.scanned,
        took: count(bought.took.len()),
        unknown: count(bought.took.iter().filter(|t| t.effects.iter().all(Option::is_none)).count()),
        paid: currencies.into_iter().map(paid).collect(),
        unpriced: count(bought.took.iter().filter(|t| t.price.is_none()).count()),
        goals: spread_over_goals(topics.iter().map(|e| (e.topic, e.value)))?,
        topics,
        labels: together(bought.took.iter().filter_map(|t| t.label.as_ref()))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Currency;

    fn thing(effects: &[(Topic, i8)], minor: Option<i64>) -> Thing {
        let mut thing = Thing { price: minor.map(|minor| Money { minor, currency: Currency::EUR }), effects: [None; Topic::COUNT], label: None };
        for (topic, effect) in effects {
            thing.effects[topic.index()] = Some(*effect);
        }
        thing
    }

    #[test]
    fn good_and_harm_stand_beside_each_other_and_what_is_not_known_counts_for_nothing() {
        let took = vec![
            thing(&[(Topic::Climate, 60), (Topic::Water, 0)], Some(320)),
            thing(&[(Topic::Climate, -85)], Some(180)),
            thing(&[], None),
            thing(&[(Topic::DecentWork, 41)], None),
        ];
        let month = told("2026-11".into(), &Bought { scanned: 7, took }).unwrap();
        assert_eq!((month.took, month.scanned, month.unknown, month.unpriced), (4, 7, 1, 2));
        assert_eq!(month.paid, [Money { minor: 500, currency: Currency::EUR }]);
        let of = |t: Topic| {
            month.topics.iter().find(|e| e.topic == t).map(|e| ([e.value.low, e.value.central, e.value.high].map(|d| d.to_fixed(2)), e.known))
        };
        assert_eq!(of(Topic::Climate), Some((["-0.85", "-0.25", "0.60"].map(String::from), 2)));
        assert_eq!(of(Topic::Water), Some((["0.00", "0.00", "0.00"].map(String::from), 1)), "known, and neither good nor bad");
        assert_eq!(of(Topic::Energy), None);
        let goals: Decimal = month.goals.iter().fold(Decimal::ZERO, |sum, (_, v)| sum.plus(v.central).unwrap());
        let topics: Decimal = month.topics.iter().fold(Decimal::ZERO, |sum, e| sum.plus(e.value.central).unwrap());
        assert_eq!(goals, topics, "the goals add up to the topics");
    }

    #[test]
    fn a_month_is_the_calendars() {
        assert_eq!(["2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00Z"].map(|t| month(Millis::parse_rfc3339(t).unwrap())), ["2026-10", "2026-11"]);
    }
}
