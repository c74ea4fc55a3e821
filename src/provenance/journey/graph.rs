//! Which event puts out what, in which order.

use super::{Event, EventKind, JourneyError};
use crate::provenance::{Action, Agent};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An item's number: its place among the names that the events use. Names are compared once, numbers from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item(usize);

/// An event's place among those that touch an item: time; making before seeing before using up; then the order given.
type Key = (i64, u8, usize);

/// A lot of an event: index of the event, index of the lot.
type Place = (usize, usize);

/// What happened to items, sorted by what (an item, or an item and its holder), then by [`Key`]; with the index of the lot.
struct Happened<T>(Vec<(T, Key, usize)>);

impl<T: Ord + Copy> Happened<T> {
    fn of(mut list: Vec<(T, Key, usize)>) -> Self {
        list.sort_unstable();
        Self(list)
    }

    /// All of it, in order.
    fn all(&self, what: T) -> impl Iterator<Item = (Key, Place)> + '_ {
        let start = self.0.partition_point(|(one, ..)| *one < what);
        self.0.iter().skip(start).take_while(move |(one, ..)| *one == what).map(|(_, key, lot)| (*key, (key.2, *lot)))
    }

    /// The last, or the last before a key.
    fn latest(&self, what: T, before: Option<Key>) -> Option<(Key, Place)> {
        let end = match before {
            Some(before) => self.0.partition_point(|(one, key, _)| (*one, *key) < (what, before)),
            None => self.0.partition_point(|(one, ..)| *one <= what),
        };
        let (one, key, lot) = self.0.get(end.checked_sub(1)?)?;
        (*one == what).then_some((*key, (key.2, *lot)))
    }
}

pub(super) struct Graph<'e> {
    events: &'e [Event],
    /// Every item and every agent by its number.
    names: Names<'e>,
    /// By event: where its inputs and where its outputs begin in `lots`.
    begins: Vec<(usize, usize)>,
    /// The items of all lots: inputs, then outputs, event after event.
    lots: Vec<Item>,
    /// Who put an item out.
    made: Happened<Item>,
    /// The same, with who held it afterwards.
    held: Happened<(Item, Item)>,
    /// Events that packed it, with its place among the inputs.
    packings: Happened<Item>,
    /// Events that ended it.
    ended: Happened<Item>,
    order: Vec<usize>,
}

#[derive(Default)]
struct Names<'e>(BTreeMap<&'e str, Item>);

impl<'e> Names<'e> {
    fn number(&mut self, name: &'e str) -> Item {
        let next = Item(self.0.len());
        *self.0.entry(name).or_insert(next)
    }
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
        let (mut names, mut begins, mut lots) = (Names::default(), Vec::with_capacity(events.len()), Vec::new());
        for event in events {
            begins.push((lots.len(), lots.len() + event.inputs.len()));
            lots.extend(event.inputs.iter().chain(&event.outputs).map(|lot| names.number(&lot.item)));
        }
        let none = || Happened::of(Vec::new());
        let held = Happened::of(Vec::new());
        let mut graph = Self { events, names, begins, lots, made: none(), held, packings: none(), ended: none(), order: Vec::new() };
        graph.gather();
        graph.refuse_cycles()?;
        graph.order = graph.sorted()?;
        Ok(graph)
    }

    /// Fills in what happened to each item.
    fn gather(&mut self) {
        let (mut made, mut held, mut packings, mut ended) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, event) in self.events.iter().enumerate() {
            let holder = self.names.number(event.destination.as_ref().or(event.actor.as_ref()).map_or("", |a| a.id.as_str()));
            for (lot, item) in self.outputs(at).iter().copied().enumerate() {
                let key = self.key(at, item);
                made.push((item, key, lot));
                held.push(((item, holder), key, lot));
            }
            for (lot, item) in self.inputs(at).iter().copied().enumerate() {
                if packs(event) {
                    packings.push((item, self.key(at, item), lot));
                } else if event.outputs.is_empty() {
                    ended.push((item, self.key(at, item), lot));
                }
            }
        }
        (self.made, self.held, self.packings, self.ended) = (Happened::of(made), Happened::of(held), Happened::of(packings), Happened::of(ended));
    }

    /// An item's number, if an event names it.
    pub(super) fn item(&self, name: &str) -> Option<Item> {
        self.names.0.get(name).copied()
    }

    /// The items that went into an event.
    pub(super) fn inputs(&self, at: usize) -> &[Item] {
        self.begins.get(at).and_then(|(inputs, outputs)| self.lots.get(*inputs..*outputs)).unwrap_or_default()
    }

    /// The items that came out of it.
    pub(super) fn outputs(&self, at: usize) -> &[Item] {
        let end = self.begins.get(at + 1).map_or(self.lots.len(), |(inputs, _)| *inputs);
        self.begins.get(at).and_then(|(_, outputs)| self.lots.get(*outputs..end)).unwrap_or_default()
    }

    /// Every event after those it takes from.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The last event that put an item out.
    pub(super) fn last(&self, item: Item) -> Option<Place> {
        self.made.latest(item, None).map(|(_, place)| place)
    }

    /// The last event that put an item out before another one, or at all.
    pub(super) fn before(&self, item: Item, event: Option<usize>) -> Option<Place> {
        self.made.latest(item, event.map(|at| self.key(at, item))).map(|(_, place)| place)
    }

    /// Events that ended an item: destroyed, recycled, thrown away.
    pub(super) fn ends(&self, item: Item) -> impl Iterator<Item = Place> + '_ {
        self.ended.all(item).map(|(_, place)| place)
    }

    /// Where an event has an item from: the latest event before it that left it with the actor or the source, else the latest.
    pub(super) fn source(&self, at: usize, event: &Event, item: Item) -> Option<Place> {
        let before = Some(self.key(at, item));
        let by = |agent: &Option<Agent>| self.held.latest((item, self.item(&agent.as_ref()?.id)?), before);
        let held = by(&event.actor).max(by(&event.source));
        held.or_else(|| self.made.latest(item, before)).map(|(_, place)| place)
    }

    /// The last packing of an item after the event that put it out and before the one that takes it.
    pub(super) fn packed(&self, item: Item, made: usize, taken: Option<usize>) -> Option<Place> {
        let (key, place) = self.packings.latest(item, taken.map(|at| self.key(at, item)))?;
        (key > self.key(made, item)).then_some(place)
    }

    fn key(&self, at: usize, item: Item) -> Key {
        let Some(event) = self.events.get(at) else { return (i64::MAX, 2, at) };
        let rank = match (self.inputs(at).contains(&item) && !packs(event), self.outputs(at).contains(&item)) {
            (false, true) if !unpacks(event) => 0,
            (true, false) => 2,
            _ => 1,
        };
        (event.time.0, rank, at)
    }

    /// Nothing is made from itself: over all transformations, no item leads back to itself.
    fn refuse_cycles(&self) -> Result<(), JourneyError> {
        let mut next = vec![Vec::new(); self.names.0.len()];
        let mut waiting = vec![0_usize; next.len()];
        for (at, _) in self.events.iter().enumerate().filter(|(_, e)| e.kind == EventKind::Transformation) {
            for input in self.inputs(at) {
                for output in self.outputs(at) {
                    next.get_mut(input.0).into_iter().for_each(|list| list.push(*output));
                    waiting.get_mut(output.0).into_iter().for_each(|n| *n += 1);
                }
            }
        }
        let mut ready: Vec<usize> = (0..waiting.len()).filter(|item| waiting.get(*item) == Some(&0)).collect();
        while let Some(item) = ready.pop() {
            for output in next.get(item).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(output.0) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        ready.push(output.0);
                    }
                }
            }
        }
        let stuck = self.names.0.iter().find(|(_, item)| waiting.get(item.0).is_some_and(|left| *left > 0));
        stuck.map_or(Ok(()), |(name, _)| Err(JourneyError::Cycle((*name).to_owned())))
    }

    /// Kahn's algorithm over "takes from"; ties in the order of time.
    fn sorted(&self) -> Result<Vec<usize>, JourneyError> {
        let mut sources: Vec<Vec<usize>> = vec![Vec::new(); self.events.len()];
        for (at, event) in self.events.iter().enumerate() {
            let Some(list) = sources.get_mut(at) else { continue };
            let out = if unpacks(event) { self.outputs(at) } else { &[] };
            for taken in self.inputs(at).iter().chain(out) {
                let Some((from, _)) = self.source(at, event, *taken) else { continue };
                list.push(from);
                // What the goods were packed in meanwhile, and what that was packed in.
                let (mut item, mut made) = (*taken, from);
                for _ in 0..self.events.len() {
                    let Some((packing, _)) = self.packed(item, made, Some(at)) else { break };
                    let Some(parent) = self.outputs(packing).first().copied() else { break };
                    let Some((last, _)) = self.before(parent, Some(at)) else { break };
                    list.push(last);
                    if last == packing {
                        break;
                    }
                    (item, made) = (parent, last);
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
