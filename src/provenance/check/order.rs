//! Time and links: future dates, doubled events, goods used before they were made, missing links, goods made from themselves.

use super::Fault;
use crate::{
    measure::{Decimal, Millis},
    provenance::{Action, Event, EventId, EventKind, Lot},
};
use std::collections::{BTreeMap, BTreeSet};

/// More than this of anything in one lot is no quantity but a mistake: a thousand million.
const MOST: i64 = 1_000_000_000;

/// `events` by rising time.
pub(super) fn check(events: &[&Event], now: Millis, say: &mut impl FnMut(EventId, Fault)) {
    for event in events {
        if event.time > now {
            say(event.id, Fault::Future { date: event.time.to_rfc3339() });
        }
        for measured in event.measurements.iter().filter(|m| !m.metric.is_plausible(m.quantity)) {
            say(event.id, Fault::Implausible { metric: measured.metric, quantity: measured.quantity });
        }
        for lot in event.inputs.iter().chain(&event.outputs) {
            if let Some((quantity, unit)) = lot.quantity
                && (quantity.signum() < 0 || quantity > Decimal::from(MOST))
            {
                say(event.id, Fault::Absurd { item: lot.item.clone(), quantity, unit });
            }
        }
    }
    doubles(events, say);
    places(events, say);
    order(events, say);
    cycles(events, say);
}

fn doubles(events: &[&Event], say: &mut impl FnMut(EventId, Fault)) {
    let (mut ids, mut numbers) = (BTreeSet::new(), BTreeMap::new());
    for event in events {
        // A supplier's own number counts together with who gave it: two suppliers may both have an event 7.
        let actor = event.actor.as_ref().map(|a| a.id.as_str());
        if !ids.insert(event.id) {
            say(event.id, Fault::Doubled { first: event.id });
        } else if !event.source_id.is_empty()
            && let Some(first) = numbers.insert((actor, event.source_id.as_str()), event.id)
        {
            say(event.id, Fault::Doubled { first });
        }
    }
    // The same but for the supplier's number is the same as well.
    let mut contents = BTreeMap::new();
    for event in events.iter().filter(|e| !e.source_id.is_empty()) {
        let bare = Event { source_id: String::new(), ..(*event).clone() }.seal().id;
        if let Some(first) = contents.insert(bare, event.id).filter(|first| *first != event.id) {
            say(event.id, Fault::Doubled { first });
        }
    }
}

fn places(events: &[&Event], say: &mut impl FnMut(EventId, Fault)) {
    let mut countries = BTreeMap::new();
    for event in events {
        let Some(site) = event.place.as_ref().filter(|s| !s.id.is_empty() && !s.country.is_empty()) else { continue };
        let there = *countries.entry(site.id.as_str()).or_insert(site.country.as_str());
        if there != site.country {
            say(event.id, Fault::PlaceMoves { site: site.id.clone(), here: site.country.clone(), there: there.to_owned() });
        }
    }
}

/// What an event brings into being: what was not there before.
pub(super) fn made(event: &Event) -> &[Lot] {
    let begins = matches!(event.kind, EventKind::Transformation | EventKind::Aggregation) || event.action == Some(Action::Add);
    if begins { &event.outputs } else { &[] }
}

fn order(events: &[&Event], say: &mut impl FnMut(EventId, Fault)) {
    let mut first_made = BTreeMap::<&str, Millis>::new();
    for event in events {
        for lot in made(event) {
            first_made.entry(&lot.item).or_insert(event.time);
        }
    }
    for event in events {
        for lot in &event.inputs {
            match first_made.get(lot.item.as_str()) {
                Some(made) if *made > event.time => say(event.id, Fault::OutOfOrder { item: lot.item.clone() }),
                Some(_) => {}
                None => {
                    let agent = event.actor.as_ref().map_or("whoever acts", |a| if a.name.is_empty() { &a.id } else { &a.name });
                    say(event.id, Fault::Gap { item: lot.item.clone(), agent: agent.to_owned() });
                }
            }
        }
    }
}

/// Goods that stand on a circle of transformations, found without recursion: items that nothing unfinished goes into are taken away one after
/// another; what stays is on a circle or behind one, and what gives nothing that stays is behind.
fn cycles(events: &[&Event], say: &mut impl FnMut(EventId, Fault)) {
    let mut edges = BTreeSet::new();
    for event in events.iter().filter(|e| e.kind == EventKind::Transformation) {
        for input in &event.inputs {
            edges.extend(event.outputs.iter().map(|output| (input.item.as_str(), output.item.as_str())));
        }
    }
    let forwards = stuck(edges.iter().copied());
    let both: BTreeSet<&str> = stuck(edges.iter().filter(|(a, b)| forwards.contains(a) && forwards.contains(b)).map(|(a, b)| (*b, *a)));
    for event in events.iter().filter(|e| e.kind == EventKind::Transformation) {
        let is_in = event.inputs.iter().any(|lot| both.contains(lot.item.as_str()));
        if let Some(lot) = event.outputs.iter().find(|lot| is_in && both.contains(lot.item.as_str())) {
            say(event.id, Fault::Cycle { item: lot.item.clone() });
        }
    }
}

/// What remains when every node without an incoming edge is taken away, again and again.
fn stuck<'a>(edges: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeSet<&'a str> {
    let (mut incoming, mut out) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, Vec<&str>>::new());
    for (from, to) in edges {
        incoming.entry(from).or_default();
        *incoming.entry(to).or_default() += 1;
        out.entry(from).or_default().push(to);
    }
    let mut free: Vec<&str> = incoming.iter().filter(|(_, n)| **n == 0).map(|(item, _)| *item).collect();
    while let Some(item) = free.pop() {
        incoming.remove(item);
        for to in out.remove(item).unwrap_or_default() {
            if let Some(n) = incoming.get_mut(to) {
                *n = n.saturating_sub(1);
                if *n == 0 {
                    free.push(to);
                }
            }
        }
    }
    incoming.into_keys().collect()
}
