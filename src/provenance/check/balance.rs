//! Mass balance: no transformation gives more than its inputs times their yield, nobody passes on more than they had, and what arrives is what
//! was sent.
//!
//! A yield is what others know of the goods, else what the actor states in the event, else 1; never more than others know. That more comes out than
//! went in because the actor says so is told, though it disproves nothing. So is more than a tenth above what the industry gets ([`UsualYield`]) from
//! a transformation that names its process and has one output; with several, what of the mass is whose is not known.
//!
//! A shipment takes from the sender's stock and gives to the receiver's when the receiver says so, or at once where the receiver says nothing.
//! Lots without a quantity, and quantities of different dimensions, are not compared.

use super::{Fault, order::made};
use crate::{
    measure::{Decimal, Unit},
    provenance::{Event, EventId, EventKind, Lot, UsualYield},
};
use std::collections::{BTreeMap, BTreeSet};

const ARRIVALS: [&str; 4] = ["receiving", "accepting", "arriving", "unloading"];

/// `events` by rising time.
pub(super) fn check(events: &[&Event], yields: &BTreeMap<String, Decimal>, say: &mut impl FnMut(EventId, Fault)) {
    for event in events.iter().filter(|e| e.kind == EventKind::Transformation) {
        mass(event, yields, say);
        usual(event, say);
    }
    stocks(events, say);
}

fn kilograms(lots: &[Lot]) -> Option<Decimal> {
    let mass = |lot: &Lot| lot.quantity.and_then(|(quantity, unit)| unit.convert(quantity, Unit::KILOGRAM).ok());
    lots.iter().try_fold(Decimal::ZERO, |sum, lot| sum.plus(mass(lot)?).ok()).filter(|_| !lots.is_empty())
}

fn mass(event: &Event, yields: &BTreeMap<String, Decimal>, say: &mut impl FnMut(EventId, Fault)) {
    let (Some(used), Some(made)) = (kilograms(&event.inputs), kilograms(&event.outputs)) else { return };
    let known = |lot: &Lot| yields.iter().filter(|(item, _)| lot.item.starts_with(item.as_str())).map(|(_, y)| *y).next_back();
    // With several outputs the largest yield counts: what is possible for one is not held against all.
    let most = |stated: Option<Decimal>| {
        let of = |lot: &Lot| match (known(lot), stated) {
            (Some(known), Some(stated)) => known.min(stated),
            (known, stated) => known.or(stated).unwrap_or(Decimal::ONE),
        };
        used.times(event.outputs.iter().map(of).max().unwrap_or(Decimal::ONE)).ok()
    };
    let (Some(most), Some(unstated)) = (most(event.stated_yield), most(None)) else { return };
    match event.stated_yield {
        _ if made > most => say(event.id, Fault::MassBalance { used, made, most }),
        Some(stated) if made > unstated => say(event.id, Fault::OnlyStated { used, made, stated }),
        _ => {}
    }
}

fn usual(event: &Event, say: &mut impl FnMut(EventId, Fault)) {
    let (Some(row), [_]) = (UsualYield::of(&event.process), event.outputs.as_slice()) else { return };
    let (Some(used), Some(made)) = (kilograms(&event.inputs), kilograms(&event.outputs)) else { return };
    let Ok(usual) = used.times(row.usual) else { return };
    // Averages: a tenth is left for richer milk and lighter roasts.
    if usual.scaled(11, 10).is_ok_and(|most| made > most) {
        say(event.id, Fault::AboveUsual { used, made, usual, from: row.from, to: row.to, said_by: row.said_by });
    }
}

/// What somebody had and gave of an item, in the unit first seen; `None` once a quantity was not said.
struct Stock {
    had: Decimal,
    out: Decimal,
    unit: Unit,
    known: bool,
}

#[derive(Default)]
struct Stocks<'a>(BTreeMap<(&'a str, &'a str), Stock>);

impl<'a> Stocks<'a> {
    fn entry(&mut self, agent: &'a str, lot: &'a Lot) -> (&mut Stock, Option<Decimal>) {
        let unit = lot.quantity.map_or(Unit::PIECE, |(_, unit)| unit);
        let stock = self.0.entry((agent, &lot.item)).or_insert(Stock { had: Decimal::ZERO, out: Decimal::ZERO, unit, known: true });
        let quantity = lot.quantity.and_then(|(quantity, unit)| unit.convert(quantity, stock.unit).ok());
        stock.known &= quantity.is_some();
        (stock, quantity)
    }

    fn put(&mut self, agent: &'a str, lot: &'a Lot) {
        let (stock, quantity) = self.entry(agent, lot);
        match quantity.map(|q| stock.had.plus(q)) {
            Some(Ok(had)) => stock.had = had,
            _ => stock.known = false,
        }
    }

    fn take(&mut self, agent: &'a str, lot: &'a Lot, event: EventId, say: &mut impl FnMut(EventId, Fault)) {
        // What nobody says came in is a missing link, told elsewhere, and not more than nothing.
        if !self.0.contains_key(&(agent, lot.item.as_str())) {
            return;
        }
        let (stock, quantity) = self.entry(agent, lot);
        match quantity.map(|q| stock.out.plus(q)) {
            Some(Ok(out)) => stock.out = out,
            _ => stock.known = false,
        }
        if stock.known && stock.out > stock.had {
            let (had, out, unit) = (stock.had, stock.out, stock.unit);
            say(event, Fault::MoreThanHad { agent: agent.to_owned(), item: lot.item.clone(), out, had, unit });
        }
    }
}

fn is_arrival(event: &Event) -> bool {
    ARRIVALS.contains(&event.step.as_str())
}

fn stocks(events: &[&Event], say: &mut impl FnMut(EventId, Fault)) {
    let mut seen = BTreeSet::new();
    let hand_overs: Vec<(&Event, &str, &str)> =
        events.iter().filter(|e| e.observes()).filter_map(|e| e.hand_over().map(|(from, to)| (*e, from.id.as_str(), to.id.as_str()))).collect();
    let told = |arrivals: bool| -> BTreeSet<(&str, &str, &str)> {
        let of = hand_overs.iter().filter(|(e, ..)| is_arrival(e) == arrivals);
        of.flat_map(|(e, from, to)| e.inputs.iter().map(move |lot| (*from, *to, lot.item.as_str()))).collect()
    };
    let (sent, arrived) = (told(false), told(true));
    compare(&hand_overs, say);
    let mut stocks = Stocks::default();
    for event in events.iter().filter(|e| seen.insert(e.id)) {
        if let Some((from, to)) = event.hand_over().filter(|_| event.observes()) {
            for lot in &event.inputs {
                let link = (from.id.as_str(), to.id.as_str(), lot.item.as_str());
                let arrives = is_arrival(event);
                if !arrives || !sent.contains(&link) {
                    stocks.take(&from.id, lot, event.id, say);
                }
                if arrives || !arrived.contains(&link) {
                    stocks.put(&to.id, lot);
                }
            }
        } else if let Some(actor) = event.actor.as_ref().filter(|_| !event.observes()) {
            for lot in &event.inputs {
                stocks.take(&actor.id, lot, event.id, say);
            }
            for lot in made(event) {
                stocks.put(&actor.id, lot);
            }
        }
    }
}

/// What arrived of an item between two parties, beside what was sent: in all, since either may be told in parts.
fn compare(hand_overs: &[(&Event, &str, &str)], say: &mut impl FnMut(EventId, Fault)) {
    let mut sums = BTreeMap::<(&str, &str, &str), (Option<Decimal>, Option<Decimal>, Unit, EventId)>::new();
    let mut seen = BTreeSet::new();
    for (event, from, to) in hand_overs.iter().filter(|(e, ..)| seen.insert(e.id)) {
        for lot in &event.inputs {
            let Some((quantity, unit)) = lot.quantity else { continue };
            let entry = sums.entry((from, to, &lot.item)).or_insert((None, None, unit, event.id));
            let Ok(quantity) = unit.convert(quantity, entry.2) else { continue };
            let side = if is_arrival(event) { &mut entry.1 } else { &mut entry.0 };
            *side = side.unwrap_or(Decimal::ZERO).plus(quantity).ok();
            if is_arrival(event) {
                entry.3 = event.id;
            }
        }
    }
    for ((_, _, item), (sent, got, unit, event)) in sums {
        if let (Some(sent), Some(got)) = (sent, got)
            && sent != got
        {
            say(event, Fault::HandOverDiffers { item: item.to_owned(), sent, got, unit });
        }
    }
}
