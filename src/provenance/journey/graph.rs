//! Which event puts out what, in which order.

use super::{Event, EventKind, JourneyError};
use crate::provenance::Action;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An event's place among those that touch an item: time; making before seeing before using up; then the order given.
type Key = (i64, u8, usize);

/// An output of an event: index of the event, index of the lot.
type Output = (usize, usize);

pub(super) struct Graph<'e> {
    events: &'e [Event],
    /// By item: who put it out.
    made: BTreeMap<&'e str, Vec<(Key, usize)>>,
    /// The same, by item and who held it afterwards.
    held: BTreeMap<(&'e str, &'e str), Vec<(Key, usize)>>,
    /// By item: events that packed it, with its place among the inputs.
    packings: BTreeMap<&'e str, Vec<(Key, usize)>>,
    /// By item: events that ended it.
    ended: BTreeMap<&'e str, Vec<Output>>,
    order: Vec<usize>,
}

/// Goods are put into something larger, and keep their own past.
pub(super) fn packs(event: &Event) -> bool {
    event.kind == EventKind::Aggregation && event.action == Some(Action::Add)
}

/// Goods are taken out of something larger.
pub(super) fn unpacks(event: &Event) -> bool {
    event.kind == EventKind::Aggregation && event.action == Some(Action::Delete)
}

impl<'e> Graph<'e> {
    pub(super) fn of(events: &'e [Event]) -> Result<Self, JourneyError> {
        let mut seen = BTreeSet::new();
        if let Some(doubled) = events.iter().find(|e| !seen.insert(e.id)) {
            return Err(JourneyError::Doubled(doubled.id));
        }
        let mut graph =
            Self { events, made: BTreeMap::new(), held: BTreeMap::new(), packings: BTreeMap::new(), ended: BTreeMap::new(), order: Vec::new() };
        for (at, event) in events.iter().enumerate() {
            let holder = event.destination.as_ref().or(event.actor.as_ref()).map_or("", |a| a.id.as_str());
            for (lot, output) in event.outputs.iter().enumerate() {
                let entry = (key(event, at, &output.item), lot);
                graph.made.entry(&output.item).or_default().push(entry);
                graph.held.entry((&output.item, holder)).or_default().push(entry);
            }
            for (lot, input) in event.inputs.iter().enumerate() {
                if packs(event) {
                    graph.packings.entry(&input.item).or_default().push((key(event, at, &input.item), lot));
                } else if event.outputs.is_empty() {
                    graph.ended.entry(&input.item).or_default().push((at, lot));
                }
            }
        }
        graph.made.values_mut().chain(graph.held.values_mut()).chain(graph.packings.values_mut()).for_each(|list| list.sort_unstable());
        graph.refuse_cycles()?;
        graph.order = graph.sorted()?;
        Ok(graph)
    }

    /// Every event after those it takes from.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The last event that put an item out.
    pub(super) fn last(&self, item: &str) -> Option<Output> {
        self.made.get(item)?.last().map(|((.., at), lot)| (*at, *lot))
    }

    /// The last event that put an item out before another one, or at all.
    pub(super) fn before(&self, item: &str, event: Option<usize>) -> Option<Output> {
        let Some((at, event)) = event.and_then(|at| Some((at, self.events.get(at)?))) else { return self.last(item) };
        latest(self.made.get(item)?, key(event, at, item)).map(|((.., at), lot)| (at, lot))
    }

    /// Events that ended an item: destroyed, recycled, thrown away.
    pub(super) fn ends(&self, item: &str) -> impl Iterator<Item = Output> + '_ {
        self.ended.get(item).into_iter().flatten().copied()
    }

    /// Where an event has an item from: the latest event before it that left it with the actor or the source, else the latest.
    pub(super) fn source(&self, at: usize, event: &Event, item: &str) -> Option<Output> {
        let before = key(event, at, item);
        let by = |agent: &Option<crate::provenance::Agent>| {
            let agent = agent.as_ref()?;
            latest(self.held.get(&(item, agent.id.as_str()))?, before)
        };
        let held = by(&event.actor).max(by(&event.source));
        held.or_else(|| latest(self.made.get(item)?, before)).map(|((.., at), lot)| (at, lot))
    }

    /// The last packing of an item after the event that put it out and before the one that takes it.
    pub(super) fn packed(&self, item: &str, made: usize, taken: Option<usize>) -> Option<Output> {
        let made = key(self.events.get(made)?, made, item);
        let list = self.packings.get(item)?;
        let found = match taken.and_then(|at| Some(key(self.events.get(at)?, at, item))) {
            Some(before) => latest(list, before),
            None => list.last().copied(),
        };
        found.filter(|(key, _)| *key > made).map(|((.., at), lot)| (at, lot))
    }

    /// Nothing is made from itself: over all transformations, no item leads back to itself.
    fn refuse_cycles(&self) -> Result<(), JourneyError> {
        let mut next = BTreeMap::<&str, Vec<&str>>::new();
        let mut waiting = BTreeMap::<&str, usize>::new();
        for event in self.events.iter().filter(|e| e.kind == EventKind::Transformation) {
            for input in &event.inputs {
                waiting.entry(&input.item).or_default();
                for output in &event.outputs {
                    next.entry(&input.item).or_default().push(&output.item);
                    *waiting.entry(&output.item).or_default() += 1;
                }
            }
        }
        let mut ready: Vec<&str> = waiting.iter().filter(|(_, n)| **n == 0).map(|(item, _)| *item).collect();
        while let Some(item) = ready.pop() {
            waiting.remove(item);
            for output in next.get(item).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(output) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        ready.push(output);
                    }
                }
            }
        }
        waiting.keys().next().map_or(Ok(()), |item| Err(JourneyError::Cycle((*item).to_owned())))
    }

    /// Kahn's algorithm over "takes from"; ties in the order of time.
    fn sorted(&self) -> Result<Vec<usize>, JourneyError> {
        let mut sources: Vec<Vec<usize>> = vec![Vec::new(); self.events.len()];
        for (at, event) in self.events.iter().enumerate() {
            let Some(list) = sources.get_mut(at) else { continue };
            let out = unpacks(event).then_some(&event.outputs).into_iter().flatten();
            for lot in event.inputs.iter().chain(out) {
                let Some((from, _)) = self.source(at, event, &lot.item) else { continue };
                list.push(from);
                // What the goods were packed in meanwhile, and what that was packed in.
                let (mut item, mut made) = (lot.item.as_str(), from);
                for _ in 0..self.events.len() {
                    let Some((packing, _)) = self.packed(item, made, Some(at)) else { break };
                    let Some(parent) = self.events.get(packing).and_then(|e| e.outputs.first()) else { break };
                    let Some((last, _)) = self.before(&parent.item, Some(at)) else { break };
                    list.push(last);
                    if last == packing {
                        break;
                    }
                    (item, made) = (&parent.item, last);
                }
            }
            list.retain(|from| *from != at);
        }
        let mut takers: Vec<Vec<usize>> = vec![Vec::new(); self.events.len()];
        let mut waiting: Vec<usize> = sources.iter().map(Vec::len).collect();
        for (at, list) in sources.iter().enumerate() {
            list.iter().for_each(|from| takers.get_mut(*from).into_iter().for_each(|t| t.push(at)));
        }
        let mut by_time: Vec<usize> = (0..self.events.len()).collect();
        by_time.sort_by_key(|at| (self.events.get(*at).map(|e| e.time), *at));
        let mut ready: VecDeque<usize> = by_time.iter().copied().filter(|at| waiting.get(*at) == Some(&0)).collect();
        let mut order = Vec::with_capacity(self.events.len());
        while let Some(at) = ready.pop_front() {
            order.push(at);
            for taker in takers.get(at).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(*taker) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        ready.push_back(*taker);
                    }
                }
            }
        }
        let stuck = waiting.iter().position(|left| *left > 0).and_then(|at| self.events.get(at)).and_then(|e| e.outputs.first());
        match stuck {
            Some(lot) => Err(JourneyError::Cycle(lot.item.clone())),
            // Events wait only for events before them, so their times are in order but for ties, and a stable sort keeps these.
            None => {
                order.sort_by_key(|at| self.events.get(*at).map(|e| e.time));
                Ok(order)
            }
        }
    }
}

fn key(event: &Event, at: usize, item: &str) -> Key {
    let among = |lots: &[super::Lot]| lots.iter().any(|lot| lot.item == item);
    let rank = match (among(&event.inputs) && !packs(event), among(&event.outputs)) {
        (false, true) if !unpacks(event) => 0,
        (true, false) => 2,
        _ => 1,
    };
    (event.time.0, rank, at)
}

/// The last entry before a key.
fn latest(list: &[(Key, usize)], before: Key) -> Option<(Key, usize)> {
    let end = list.partition_point(|(key, _)| *key < before);
    list.get(end.checked_sub(1)?).copied()
}
