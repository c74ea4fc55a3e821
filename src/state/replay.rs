//! Statements that must not come again: their ids lie in the tree until they expire; here is noted when that is.

use super::{Entry, State, shared::List, slot::Slot, tree::Kept as _};
use crate::{
    measure::Millis,
    statement::{Digest, Statement},
};

/// An hour, in milliseconds.
const HOUR: i64 = Millis::DAY / 24;

/// When an id expires.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    /// The first bits of its key in the tree.
    first: u32,
    /// Milliseconds since the hour began.
    after: u32,
}

/// The hour of a time, and the milliseconds in it.
const fn hour(time: Millis) -> (i64, u32) {
    (time.0.div_euclid(HOUR), time.0.rem_euclid(HOUR) as u32)
}

fn first_bits(key: &Digest) -> u32 {
    key.first_chunk().map_or(0, |bits| u32::from_be_bytes(*bits))
}

impl State {
    /// Whether a statement with this id was taken and has not expired.
    pub(super) fn remembers(&self, id: &Digest) -> bool {
        self.tree.get(&Entry::Statement(*id).key(), &self.parties).is_some()
    }

    /// Keeps a statement's id until it expires, so that it does not come again.
    pub(super) fn remember(&mut self, statement: &Statement) {
        let key = Entry::Statement(statement.id).key();
        let (hour, after) = hour(statement.expires);
        self.due.entry(hour).or_default().push(Due { first: first_bits(&key), after });
        self.tree.put(key, Some(Slot::statement(statement.id, statement.expires)), &self.parties);
    }

    /// Lets go of the ids that expire by now, right after the tree was closed: the next batch's time lies after this one, so none of them can ever be
    /// taken again.
    pub(super) fn forget(&mut self, now: Millis) {
        let (this_hour, after) = hour(now);
        let is_due = |hour: i64, due: &Due| hour < this_hour || due.after <= after;
        let due = self.due.range(..=this_hour).flat_map(|(hour, list)| list.iter().filter(|due| is_due(*hour, due)));
        let firsts: Vec<u32> = due.map(|due| due.first).collect();
        if firsts.is_empty() {
            return;
        }
        for first in firsts {
            let of_it = |slot: &Slot| {
                let (id, _) = slot.expiry().filter(|(_, at)| *at <= now)?;
                (first_bits(&slot.key(&self.parties)) == first).then_some(*id)
            };
            let ids: Vec<Digest> = self.tree.closed().around(first).filter_map(of_it).collect();
            for id in ids {
                self.tree.put(Entry::Statement(id).key(), None, &self.parties);
            }
        }
        let mut later = self.due.split_off(&this_hour);
        if let Some(list) = later.remove(&this_hour) {
            let mut rest = List::default();
            list.iter().filter(|due| !is_due(this_hour, due)).for_each(|due| rest.push(*due));
            if !rest.is_empty() {
                later.insert(this_hour, rest);
            }
        }
        self.due = later;
    }
}
