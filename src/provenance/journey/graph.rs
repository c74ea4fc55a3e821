//! Which event puts out what, in which order.

use super::{Event, EventKind, JourneyError};
use crate::provenance::Action;
use std::collections::VecDeque;

/// An item's number: its place among the names that the events use. Names are compared once, numbers from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Item(u32);

/// An event's place among those that touch an item: time; making before seeing before using up; then the order given.
type Key = (i64, u8, u32);

/// A lot of an event: index of the event, index of the lot.
type Place = (usize, usize);

/// Positions are kept in 32 bits: half the memory to walk through, and more events than that fit in none.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn wide(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// What happened to items, sorted by what (an item, or an item and its holder), then by [`Key`]; with the index of the lot.
struct Happened<T>(Vec<(T, Key, u32)>);

impl<T: Ord + Copy> Happened<T> {
    fn of(mut list: Vec<(T, Key, u32)>) -> Self {
        list.sort_unstable();
        Self(list)
    }

    /// All of it, in order.
    fn all(&self, what: T) -> impl Iterator<Item = Place> + '_ {
        let start = self.0.partition_point(|(one, ..)| *one < what);
        self.0.iter().skip(start).take_while(move |(one, ..)| *one == what).map(|(_, key, lot)| (wide(key.2), wide(*lot)))
    }

    /// The last, or the last before a key.
    fn latest(&self, what: T, before: Option<Key>) -> Option<(Key, Place)> {
        let end = match before {
            Some(before) => self.0.partition_point(|(one, key, _)| (*one, *key) < (what, before)),
            None => self.0.partition_point(|(one, ..)| *one <= what),
        };
        let (one, key, lot) = self.0.get(end.checked_sub(1)?)?;
        (*one == what).then_some((*key, (wide(key.2), wide(*lot))))
    }
}

/// Names, each once, by a number that spreads them and then by themselves: most are told apart without looking at their letters.
struct Names<'e>(Vec<(u64, &'e str)>);

impl<'e> Names<'e> {
    /// Numbers all of these, and gives the number of each in the order they came.
    fn of(all: impl Iterator<Item = &'e str>) -> (Self, Vec<Item>) {
        let mut list: Vec<(u64, &str, u32)> = (0..).zip(all).map(|(n, name)| (spread(name), name, n)).collect();
        list.sort_unstable();
        let (mut names, mut numbers) = (Vec::new(), vec![Item::default(); list.len()]);
        for (spread, name, at) in list {
            if names.last() != Some(&(spread, name)) {
                names.push((spread, name));
            }
            numbers.get_mut(wide(at)).into_iter().for_each(|slot| *slot = Item(narrow(names.len().saturating_sub(1))));
        }
        (Self(names), numbers)
    }

    fn find(&self, name: &str) -> Option<Item> {
        self.0.binary_search(&(spread(name), name)).ok().map(|at| Item(narrow(at)))
    }
}

/// FNV-1a, 64 bits.
fn spread(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Which number leads to which others.
struct Edges {
    begins: Vec<u32>,
    to: Vec<u32>,
}

impl Edges {
    fn of(nodes: usize, list: &[(u32, u32)]) -> Self {
        let mut begins = vec![0_u32; nodes.saturating_add(1)];
        for (from, _) in list {
            begins.get_mut(wide(*from).saturating_add(1)).into_iter().for_each(|n| *n += 1);
        }
        let mut sum = 0;
        for n in &mut begins {
            sum += *n;
            *n = sum;
        }
        let (mut next, mut to) = (begins.clone(), vec![0; list.len()]);
        for (from, end) in list {
            let Some(at) = next.get_mut(wide(*from)) else { continue };
            to.get_mut(wide(*at)).into_iter().for_each(|slot| *slot = *end);
            *at += 1;
        }
        Self { begins, to }
    }

    fn from(&self, node: u32) -> &[u32] {
        let at = |n: usize| self.begins.get(n).copied().map_or(self.to.len(), wide);
        self.to.get(at(wide(node))..at(wide(node).saturating_add(1))).unwrap_or_default()
    }

    /// Every node after those that lead to it, the first of these in the order of `nodes`, and how many still wait: those on a cycle, or behind one.
    fn in_order(&self, nodes: impl Iterator<Item = u32>, count: usize) -> (Vec<u32>, Vec<u32>) {
        let mut waiting = vec![0_u32; count];
        for to in &self.to {
            waiting.get_mut(wide(*to)).into_iter().for_each(|n| *n += 1);
        }
        let mut ready: VecDeque<u32> = nodes.filter(|node| waiting.get(wide(*node)) == Some(&0)).collect();
        let mut order = Vec::with_capacity(count);
        while let Some(node) = ready.pop_front() {
            order.push(node);
            for to in self.from(node) {
                let Some(left) = waiting.get_mut(wide(*to)) else { continue };
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.push_back(*to);
                }
            }
        }
        (order, waiting)
    }
}

/// What of an event is looked at again and again, side by side with the others'.
struct Brief {
    time: i64,
    packs: bool,
    unpacks: bool,
    acted: bool,
    sourced: bool,
    /// Where its inputs and its outputs begin among the lots.
    inputs: u32,
    outputs: u32,
}

pub(super) struct Graph<'e> {
    /// Every item by its number.
    names: Names<'e>,
    briefs: Vec<Brief>,
    /// The items of all lots: inputs, then outputs, event after event.
    lots: Vec<Item>,
    /// By event: who held the goods afterwards, who acted, who handed them over.
    parties: Vec<Item>,
    /// By lot that goes in (of what is unpacked also by lot that comes out): where it is from.
    sources: Vec<Option<(u32, u32)>>,
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
        refuse_doubles(events)?;
        let mut briefs = Vec::with_capacity(events.len());
        let mut at = 0_usize;
        for event in events {
            let (inputs, outputs) = (at, at + event.inputs.len());
            at = outputs + event.outputs.len();
            briefs.push(Brief {
                time: event.time.0,
                packs: packs(event),
                unpacks: unpacks(event),
                acted: event.actor.is_some(),
                sourced: event.source.is_some(),
                inputs: narrow(inputs),
                outputs: narrow(outputs),
            });
        }
        let (names, lots) = Names::of(events.iter().flat_map(|e| e.inputs.iter().chain(&e.outputs)).map(|lot| lot.item.as_str()));
        let parties = events.iter().flat_map(|e| [e.destination.as_ref().or(e.actor.as_ref()), e.actor.as_ref(), e.source.as_ref()]);
        let (_, parties) = Names::of(parties.map(|agent| agent.map_or("", |a| a.id.as_str())));
        let (made, held, packings, ended) = (Happened::of(Vec::new()), Happened::of(Vec::new()), Happened::of(Vec::new()), Happened::of(Vec::new()));
        let mut graph = Self { names, briefs, lots, parties, sources: Vec::new(), made, held, packings, ended, order: Vec::new() };
        graph.gather();
        graph.refuse_cycles(events)?;
        graph.order = graph.sorted(events)?;
        Ok(graph)
    }

    /// Fills in what happened to each item, and where each is from.
    fn gather(&mut self) {
        let lots = self.lots.len();
        let (mut made, mut held, mut packings, mut ended) = (Vec::with_capacity(lots), Vec::with_capacity(lots), Vec::new(), Vec::new());
        for (at, brief) in self.briefs.iter().enumerate() {
            let [holder, ..] = self.parties_of(at);
            for (lot, item) in (0..).zip(self.outputs(at).iter().copied()) {
                let key = self.key(at, item);
                made.push((item, key, lot));
                held.push(((item, holder), key, lot));
            }
            for (lot, item) in (0..).zip(self.inputs(at).iter().copied()) {
                if brief.packs {
                    packings.push((item, self.key(at, item), lot));
                } else if self.outputs(at).is_empty() {
                    ended.push((item, self.key(at, item), lot));
                }
            }
        }
        (self.made, self.held, self.packings, self.ended) = (Happened::of(made), Happened::of(held), Happened::of(packings), Happened::of(ended));
        let mut sources = Vec::with_capacity(lots);
        for (at, brief) in self.briefs.iter().enumerate() {
            let place = |item: &Item| self.from(at, *item).map(|(event, lot)| (narrow(event), narrow(lot)));
            sources.extend(self.inputs(at).iter().map(place));
            sources.extend(self.outputs(at).iter().map(|item| if brief.unpacks { place(item) } else { None }));
        }
        self.sources = sources;
    }

    fn parties_of(&self, at: usize) -> [Item; 3] {
        self.parties.get(at.saturating_mul(3)..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default()
    }

    /// An item's number, if an event names it.
    pub(super) fn item(&self, name: &str) -> Option<Item> {
        self.names.find(name)
    }

    /// How many lots there are in all.
    pub(super) fn size(&self) -> usize {
        self.lots.len()
    }

    /// Where an event's inputs, its outputs, and the next event's inputs begin among all lots.
    fn bounds(&self, at: usize) -> (usize, usize, usize) {
        let end = self.briefs.get(at + 1).map_or(self.lots.len(), |next| wide(next.inputs));
        self.briefs.get(at).map_or((end, end, end), |brief| (wide(brief.inputs), wide(brief.outputs), end))
    }

    /// The items that went into an event.
    pub(super) fn inputs(&self, at: usize) -> &[Item] {
        let (inputs, outputs, _) = self.bounds(at);
        self.lots.get(inputs..outputs).unwrap_or_default()
    }

    /// The places of what came out of an event among all lots.
    pub(super) fn outputs_at(&self, at: usize) -> std::ops::Range<usize> {
        let (_, outputs, end) = self.bounds(at);
        outputs..end
    }

    /// The items that came out of it.
    pub(super) fn outputs(&self, at: usize) -> &[Item] {
        self.lots.get(self.outputs_at(at)).unwrap_or_default()
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
        self.ended.all(item)
    }

    /// Where each input of an event is from.
    pub(super) fn sources(&self, at: usize) -> impl Iterator<Item = Option<Place>> + '_ {
        let (inputs, outputs, _) = self.bounds(at);
        self.places(inputs..outputs)
    }

    /// Where each lot that an event unpacks is from.
    pub(super) fn unpacked(&self, at: usize) -> impl Iterator<Item = Option<Place>> + '_ {
        self.places(self.outputs_at(at))
    }

    fn places(&self, lots: std::ops::Range<usize>) -> impl Iterator<Item = Option<Place>> + '_ {
        self.sources.get(lots).unwrap_or_default().iter().map(|from| from.map(|(event, lot)| (wide(event), wide(lot))))
    }

    /// Where an event has an item from: the latest event before it that left it with the actor or the source, else the latest.
    fn from(&self, at: usize, item: Item) -> Option<Place> {
        let before = Some(self.key(at, item));
        let [_, actor, source] = self.parties_of(at);
        let (acted, sourced) = self.briefs.get(at).map_or((false, false), |brief| (brief.acted, brief.sourced));
        let by = |there: bool, party: Item| if there { self.held.latest((item, party), before) } else { None };
        let held = by(acted, actor).max(by(sourced, source));
        held.or_else(|| self.made.latest(item, before)).map(|(_, place)| place)
    }

    /// The last packing of an item after the event that put it out and before the one that takes it.
    pub(super) fn packed(&self, item: Item, made: usize, taken: Option<usize>) -> Option<Place> {
        let (key, place) = self.packings.latest(item, taken.map(|at| self.key(at, item)))?;
        (key > self.key(made, item)).then_some(place)
    }

    fn key(&self, at: usize, item: Item) -> Key {
        let Some(brief) = self.briefs.get(at) else { return (i64::MAX, 2, narrow(at)) };
        let rank = match (self.inputs(at).contains(&item) && !brief.packs, self.outputs(at).contains(&item)) {
            (false, true) if !brief.unpacks => 0,
            (true, false) => 2,
            _ => 1,
        };
        (brief.time, rank, narrow(at))
    }

    /// Nothing is made from itself: over all transformations, no item leads back to itself.
    fn refuse_cycles(&self, events: &[Event]) -> Result<(), JourneyError> {
        let mut list = Vec::with_capacity(self.lots.len());
        for (at, _) in events.iter().enumerate().filter(|(_, e)| e.kind == EventKind::Transformation) {
            list.extend(self.inputs(at).iter().flat_map(|input| self.outputs(at).iter().map(|output| (input.0, output.0))));
        }
        let count = self.names.0.len();
        let (_, waiting) = Edges::of(count, &list).in_order(0..narrow(count), count);
        let stuck = self.names.0.iter().zip(waiting).filter(|(_, left)| *left > 0).map(|((_, name), _)| *name).min();
        stuck.map_or(Ok(()), |name| Err(JourneyError::Cycle(name.to_owned())))
    }

    /// Kahn's algorithm over "takes from"; ties in the order of time.
    fn sorted(&self, events: &[Event]) -> Result<Vec<usize>, JourneyError> {
        let mut list = Vec::with_capacity(self.lots.len());
        for (at, brief) in self.briefs.iter().enumerate() {
            let mut take = |from: usize| {
                if from != at {
                    list.push((narrow(from), narrow(at)));
                }
            };
            let out = if brief.unpacks { self.outputs(at) } else { &[] };
            for (taken, source) in self.inputs(at).iter().chain(out).zip(self.sources(at).chain(self.unpacked(at))) {
                let Some((from, _)) = source else { continue };
                take(from);
                // What the goods were packed in meanwhile, and what that was packed in.
                let (mut item, mut made) = (*taken, from);
                for _ in 0..self.briefs.len() {
                    let Some((packing, _)) = self.packed(item, made, Some(at)) else { break };
                    let Some(parent) = self.outputs(packing).first().copied() else { break };
                    let Some((last, _)) = self.before(parent, Some(at)) else { break };
                    take(last);
                    if last == packing {
                        break;
                    }
                    (item, made) = (parent, last);
                }
            }
        }
        let time = |at: u32| self.briefs.get(wide(at)).map(|brief| brief.time);
        let mut by_time: Vec<u32> = (0..narrow(self.briefs.len())).collect();
        by_time.sort_by_key(|at| (time(*at), *at));
        let (mut order, waiting) = Edges::of(self.briefs.len(), &list).in_order(by_time.into_iter(), self.briefs.len());
        let stuck = waiting.iter().position(|left| *left > 0).and_then(|at| events.get(at)).and_then(|e| e.outputs.first());
        match stuck {
            Some(lot) => Err(JourneyError::Cycle(lot.item.clone())),
            // Events wait only for events before them, so their times are in order but for ties, and a stable sort keeps these.
            None => {
                order.sort_by_key(|at| time(*at));
                Ok(order.into_iter().map(wide).collect())
            }
        }
    }
}

/// The same event twice would count twice.
fn refuse_doubles(events: &[Event]) -> Result<(), JourneyError> {
    let head = |e: &Event| e.id.0.first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
    let mut ids: Vec<(u64, &Event, u32)> = (0..).zip(events).map(|(at, event)| (head(event), event, at)).collect();
    ids.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| (a.1.id, a.2).cmp(&(b.1.id, b.2))));
    let again = ids.windows(2).filter_map(|pair| if let [a, b] = pair { (a.1.id == b.1.id).then_some((b.2, b.1.id)) } else { None }).min();
    again.map_or(Ok(()), |(_, id)| Err(JourneyError::Doubled(id)))
}
