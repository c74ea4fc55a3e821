//! The journey of goods: every event that had a part in them, from raw material to landfill, each with the share of it that is theirs.
//!
//! ```text
//! harvest 4200 kg ──► ship ──► cook: 1000 kg tomatoes + 20 kg oil ──► 1400 jars, 30 kg peel ──► … ──► shelf ──► one jar
//! share:  1000/4200 x …                           1/1400, split over jars and peel by mass or value             1/80
//! ```
//! *In:* events ([`Event`]) and what to follow. *Out:* a [`Journey`]; its stages' measurements and money, times their shares, are the product's own,
//! and adding them up along the way gives its total (`label::label`). Nothing is estimated: an input that no event made is named as an origin, and
//! more taken than there was is named as a doubt and counted as all there was.
//!
//! Rules, in order:
//! - Each input comes from the latest event before it that put that item out: among those that left it with this event's actor or source, else
//!   among all. At the same instant what comes into being goes before what is seen, and that before what is used up.
//! - Goods that an event only sees keep their own past. What a transformation uses up belongs to all its outputs.
//! - The event itself, and what it uses up, is split over its outputs by [`Split`]. Packing and unpacking are split the same way, but goods in a pallet
//!   keep their own past, and what happened to the pallet while they were in it is theirs in part.
//! - A cycle of transformations and an event that is there twice are refused.
//!
//! Shares are kept in 10⁻¹⁸; each step rounds once, half to even. The work grows with the number of events (times the logarithm of their number).

mod graph;
#[cfg(test)]
mod tests;

use super::{Event, EventId, EventKind, Lot, MetricId};
use crate::measure::{Currency, Decimal, MeasureError, Unit};
use graph::{Graph, Item};
use std::collections::{BTreeMap, BTreeSet};

/// A whole event, in units of a share.
const WHOLE: i128 = 1_000_000_000_000_000_000;

/// How an event with several outputs is split over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// By their quantities, which must measure the same thing: mass, as a rule.
    Mass,
    /// By what each output lot is worth in all, by item.
    Value(BTreeMap<String, Decimal>),
}

/// The part of an event that belongs to the goods followed, in 10⁻¹⁸.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Share(i128);

impl Share {
    /// All of it.
    pub const ALL: Self = Self(WHOLE);

    /// This part of an amount, rounded once.
    ///
    /// # Errors
    /// [`MeasureError::TooLarge`].
    pub fn of(self, amount: Decimal) -> Result<Decimal, MeasureError> {
        amount.scaled(self.0, WHOLE)
    }

    /// × `part` / `whole`, rounded once.
    fn part(self, part: i128, whole: i128) -> Result<Self, MeasureError> {
        Decimal::from_nanos(self.0).scaled(part, whole).map(|d| Self(d.nanos()))
    }

    /// The sum, at most all: shares of one event never make more than it.
    fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).min(WHOLE))
    }
}

/// Where on the way from raw material to landfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageKind {
    /// Grown, mined, collected: out of nothing that an event made.
    Origin,
    /// Something made of something else.
    Making,
    /// Moved, packed, stored, handed over.
    Moving,
    /// Brought to those who buy.
    Selling,
    /// Used, repaired.
    Using,
    /// Recycled, destroyed, thrown away.
    Ending,
}

/// One event of the way with what of it belongs to the goods followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyStage {
    /// Index into the events given.
    pub event: usize,
    /// Its id.
    pub id: EventId,
    /// What part of the way it is.
    pub kind: StageKind,
    /// How much of it is theirs.
    pub share: Share,
    /// Received (positive) and paid (negative), their share. What an actor paid counts only where it is also known what it received, there or at
    /// another stage: what somebody paid and has not sold yet is no loss.
    pub money: Vec<(Decimal, Currency)>,
    /// Measured, their share, in the event's order.
    pub measured: Vec<(MetricId, Decimal, Unit)>,
}

/// The whole way of some goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// What was followed.
    pub goods: Lot,
    /// Every event with a part in them, by time, each after those it takes from.
    pub stages: Vec<JourneyStage>,
    /// Inputs that no event made, each with the event that took them: the chain is not known beyond them.
    pub origins: Vec<(usize, String)>,
    /// Items of which an event took more than there was.
    pub doubts: Vec<(usize, String)>,
}

/// Why goods cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JourneyError {
    /// No event speaks of them.
    #[error("no event puts out {0}; import the events of its makers first")]
    Unknown(String),
    /// The same event twice.
    #[error("event {0} is there twice; leave one of them out")]
    Doubled(EventId),
    /// Something was made from itself.
    #[error("{0} was made from itself, over one or more steps; correct the lots of these events")]
    Cycle(String),
    /// Several outputs that cannot be compared.
    #[error("event {event} has several outputs, and \"{item}\" cannot be split off {how}; state its quantity in the same unit, or split by value")]
    NoSplit {
        /// Which event.
        event: EventId,
        /// Which output.
        item: String,
        /// By what was split.
        how: &'static str,
    },
    /// Units that do not fit, or numbers too large.
    #[error("event {event}: {fault}")]
    Measure {
        /// Which event.
        event: EventId,
        /// What is wrong.
        fault: MeasureError,
    },
}

impl Journey {
    /// Follows `goods` back to their origins, and on to their end where an event ended them. Without a quantity all of the item is followed.
    ///
    /// # Errors
    /// Goods that no event puts out, an event twice, a cycle, outputs that cannot be split, units that do not fit.
    pub fn follow(events: &[Event], goods: &Lot, split: &Split) -> Result<Self, JourneyError> {
        let graph = Graph::of(events)?;
        let mut way = Way {
            events,
            graph: &graph,
            split,
            wanted: vec![Share::default(); graph.size()],
            reached: vec![false; events.len()],
            ends: BTreeMap::new(),
            origins: Vec::new(),
            doubts: Vec::new(),
        };
        way.start(goods)?;
        // Every event takes only from events before it in this order, so each is complete when it is reached.
        let mut stages = Vec::new();
        for event in graph.order().iter().rev() {
            if let Some(stage) = way.pass(*event)? {
                stages.push(stage);
            }
        }
        stages.reverse();
        known_money_only(events, &mut stages);
        Ok(Self { goods: goods.clone(), stages, origins: way.origins, doubts: way.doubts })
    }
}

impl Journey {
    /// All of every event, in their order: the years that an organisation reported, say.
    ///
    /// # Errors
    /// Numbers too large.
    pub fn whole(events: &[Event], goods: Lot) -> Result<Self, JourneyError> {
        let mut stages = events.iter().enumerate().map(|(at, event)| stage(at, event, Share::ALL)).collect::<Result<Vec<_>, _>>()?;
        known_money_only(events, &mut stages);
        Ok(Self { goods, stages, origins: Vec::new(), doubts: Vec::new() })
    }
}

/// What of an event belongs to the goods.
fn stage(at: usize, event: &Event, share: Share) -> Result<JourneyStage, JourneyError> {
    let fault = |fault| JourneyError::Measure { event: event.id, fault };
    let mut money = Vec::new();
    if let Some(received) = event.received {
        money.push((share.of(received.amount()).map_err(fault)?, received.currency));
    }
    if let Some(paid) = event.paid {
        money.push((share.of(paid.amount()).map_err(fault)?.negated(), paid.currency));
    }
    let measured = event.measurements.iter().map(|m| Ok((m.metric, share.of(m.quantity)?, m.unit)));
    let measured = measured.collect::<Result<Vec<_>, MeasureError>>().map_err(fault)?;
    Ok(JourneyStage { event: at, id: event.id, kind: kind(event), share, money, measured })
}

/// A walk back along the events.
struct Way<'e> {
    events: &'e [Event],
    graph: &'e Graph<'e>,
    split: &'e Split,
    /// By lot that comes out: how much of it is wanted.
    wanted: Vec<Share>,
    /// By event: whether any of it is.
    reached: Vec<bool>,
    /// Events that ended the goods, with their share.
    ends: BTreeMap<usize, Share>,
    origins: Vec<(usize, String)>,
    doubts: Vec<(usize, String)>,
}

impl Way<'_> {
    fn start(&mut self, goods: &Lot) -> Result<(), JourneyError> {
        let unknown = || JourneyError::Unknown(goods.item.clone());
        let item = self.graph.item(&goods.item).ok_or_else(unknown)?;
        let (last, lot) = self.graph.last(item).ok_or_else(unknown)?;
        let part = |event: usize, there: &Lot| {
            let fault = |fault| JourneyError::Measure { event: id(self.events, event), fault };
            ratio(goods, there).map_err(fault)
        };
        let made = self.events.get(last).and_then(|e| e.outputs.get(lot)).ok_or_else(unknown)?;
        let (by, of) = part(last, made)?;
        let ends: Vec<_> = self.graph.ends(item).collect();
        for (event, lot) in ends {
            let there = self.events.get(event).and_then(|e| e.inputs.get(lot)).ok_or_else(unknown)?;
            let (by, of) = part(event, there)?;
            let share = self.bounded(event, &goods.item, Share::ALL, by, of)?;
            self.ends.insert(event, share);
        }
        let share = self.bounded(last, &goods.item, Share::ALL, by, of)?;
        self.want(last, lot, share);
        self.packed(last, item, None, share)
    }

    fn want(&mut self, event: usize, lot: usize, share: Share) {
        let wanted = self.wanted.get_mut(self.graph.outputs_at(event)).and_then(|lots| lots.get_mut(lot));
        if let (Some(slot), Some(reached)) = (wanted, self.reached.get_mut(event)) {
            *slot = slot.plus(share);
            *reached = true;
        }
    }

    /// `share` × `by` / `of`, at most `share`; more than that is a doubt.
    fn bounded(&mut self, event: usize, item: &str, share: Share, by: i128, of: i128) -> Result<Share, JourneyError> {
        if of == 0 || by > of {
            self.doubts.push((event, item.to_owned()));
            return Ok(share);
        }
        share.part(by, of).map_err(|fault| JourneyError::Measure { event: id(self.events, event), fault })
    }

    /// What happened to what `item` was packed in, between the event that put it out and the one that takes it (`None` = today).
    fn packed(&mut self, made: usize, item: Item, taken: Option<usize>, share: Share) -> Result<(), JourneyError> {
        let Some((packing, child)) = self.graph.packed(item, made, taken) else { return Ok(()) };
        let Some(event) = self.events.get(packing) else { return Ok(()) };
        let (Some(name), Some(parent)) = (event.inputs.get(child).map(|lot| lot.item.as_str()), self.graph.outputs(packing).first().copied()) else {
            return Ok(());
        };
        let (by, of) = self.allot(packing, &event.inputs, child)?;
        let part = self.bounded(packing, name, share, by, of)?;
        let Some((last, lot)) = self.graph.before(parent, taken) else { return Ok(()) };
        self.want(last, lot, part);
        if last == packing { Ok(()) } else { self.packed(last, parent, taken, part) }
    }

    /// How much of an event belongs to one of these lots, as a fraction.
    fn allot(&self, event: usize, lots: &[Lot], lot: usize) -> Result<(i128, i128), JourneyError> {
        let id = id(self.events, event);
        let (Some(this), true) = (lots.get(lot), lots.len() > 1) else { return Ok((1, 1)) };
        let size = |lot: &Lot| match self.split {
            Split::Value(values) => values.get(&lot.item).copied().filter(|v| *v >= Decimal::ZERO),
            Split::Mass => match (this.quantity, lot.quantity) {
                (Some((_, unit)), Some((quantity, other))) => other.convert(quantity, unit).ok().filter(|q| *q >= Decimal::ZERO),
                // Single items without quantities, such as serial numbers, count the same.
                (None, None) => Some(Decimal::ONE),
                _ => None,
            },
        };
        let how = if *self.split == Split::Mass { "by mass" } else { "by value" };
        let mut whole = Decimal::ZERO;
        for other in lots {
            let size = size(other).ok_or_else(|| JourneyError::NoSplit { event: id, item: other.item.clone(), how })?;
            whole = whole.plus(size).map_err(|fault| JourneyError::Measure { event: id, fault })?;
        }
        match size(this) {
            Some(part) if whole > Decimal::ZERO => Ok((part.nanos(), whole.nanos())),
            _ => Err(JourneyError::NoSplit { event: id, item: this.item.clone(), how }),
        }
    }

    /// Takes an event's part in the goods and hands on what it wants of those before it.
    fn pass(&mut self, at: usize) -> Result<Option<JourneyStage>, JourneyError> {
        let ended = self.ends.remove(&at);
        let reached = self.reached.get(at) == Some(&true);
        let Some(event) = self.events.get(at).filter(|_| reached || ended.is_some()) else { return Ok(None) };
        let wanted = self.wanted.get(self.graph.outputs_at(at)).filter(|_| reached).unwrap_or_default().to_vec();
        let fault = |fault| JourneyError::Measure { event: event.id, fault };
        let mut share = ended.unwrap_or_default();
        for (lot, want) in wanted.iter().enumerate().filter(|(_, want)| **want > Share::default()) {
            let (by, of) = self.allot(at, &event.outputs, lot)?;
            share = share.plus(want.part(by, of).map_err(fault)?);
        }
        if ended.is_none() {
            self.take(at, event, &wanted, share)?;
        }
        stage(at, event, share).map(Some)
    }

    fn take(&mut self, at: usize, event: &Event, wanted: &[Share], share: Share) -> Result<(), JourneyError> {
        let unpacks = graph::unpacks(event);
        if unpacks {
            // Goods that come out of a pallet have their own past too.
            for (source, want) in self.graph.unpacked(at).zip(wanted).filter(|(_, want)| **want > Share::default()) {
                if let Some((from, lot)) = source {
                    self.want(from, lot, *want);
                }
            }
        }
        if graph::packs(event) {
            return Ok(());
        }
        for ((input, item), source) in event.inputs.iter().zip(self.graph.inputs(at).iter().copied()).zip(self.graph.sources(at)) {
            let kept = self.graph.outputs(at).iter().position(|output| *output == item);
            let part = kept.and_then(|lot| wanted.get(lot).copied()).unwrap_or(share);
            if part == Share::default() {
                continue;
            }
            let Some((from, lot)) = source else {
                self.origins.push((at, input.item.clone()));
                continue;
            };
            let Some(there) = self.events.get(from).and_then(|e| e.outputs.get(lot)) else { continue };
            let (by, of) = ratio(input, there).map_err(|fault| JourneyError::Measure { event: event.id, fault })?;
            let part = self.bounded(at, &input.item, part, by, of)?;
            self.want(from, lot, part);
            if !unpacks {
                self.packed(from, item, Some(at), part)?;
            }
        }
        Ok(())
    }
}

fn known_money_only(events: &[Event], stages: &mut [JourneyStage]) {
    let actor = |stage: &JourneyStage| events.get(stage.event).and_then(|e| e.actor.as_ref()).map(|a| a.id.as_str());
    let received = |stage: &JourneyStage| events.get(stage.event).is_some_and(|e| e.received.is_some());
    let sellers: BTreeSet<&str> = stages.iter().filter(|s| received(s)).filter_map(actor).collect();
    for stage in stages {
        if !received(stage) && !actor(stage).is_some_and(|actor| sellers.contains(actor)) {
            stage.money.clear();
        }
    }
}

fn id(events: &[Event], at: usize) -> EventId {
    events.get(at).map(|e| e.id).unwrap_or_default()
}

/// How much of `there` is taken, as a fraction; all of it where either says no quantity.
fn ratio(taken: &Lot, there: &Lot) -> Result<(i128, i128), MeasureError> {
    match (taken.quantity, there.quantity) {
        (Some((taken, unit)), Some((there, other))) => Ok((unit.convert(taken, other)?.nanos(), there.nanos())),
        _ => Ok((1, 1)),
    }
}

/// By the event's kind, and by its business step where the Core Business Vocabulary has one for it.
fn kind(event: &Event) -> StageKind {
    match event.step.as_str() {
        "retail_selling" | "stocking" | "dispensing" => StageKind::Selling,
        "repairing" | "installing" | "sampling" | "inspecting" => StageKind::Using,
        "destroying" | "decommissioning" | "recycling" | "disposing" => StageKind::Ending,
        _ if event.outputs.is_empty() => StageKind::Ending,
        _ if event.inputs.is_empty() => StageKind::Origin,
        _ if event.kind == EventKind::Transformation => StageKind::Making,
        _ => StageKind::Moving,
    }
}
