//! The tables that index rows refer to, each in the order of first use: what is recorded later never moves what is there.

use super::{Actor, ActorKey, Category, PackError};
use crate::{
    provenance::{CategoryName, ClaimDef, ClaimState, Record, claim_def},
    state::State,
    statement::DidKey,
};
use std::collections::{BTreeMap, BTreeSet};

/// How many actors for whom nobody vouches are named. Anybody may register, and nobody must be able to fill every device with that; one
/// that is left out is an unknown issuer there instead of one that is not accredited, and is believed as little.
const STRANGERS: usize = 1024;

/// The actors: those that issued a passport first, by their first passport; then the others, by key, of whom [`STRANGERS`] may be without
/// standing.
pub(super) struct Actors {
    pub(super) table: Vec<Actor>,
    at: BTreeMap<DidKey, u16>,
}

impl Actors {
    pub(super) fn of(state: &State) -> Result<Self, PackError> {
        let mut out = Self { table: Vec::new(), at: BTreeMap::new() };
        let mut changed = changed_keys(state);
        let issuers = state.passports().iter().map(|p| *p.issuer);
        let mut strangers = 0;
        let others = state.actors().map(|(key, _)| *key).filter(|key| {
            let vouched = !state.roles(key).is_empty();
            strangers += usize::from(!vouched);
            vouched || strangers <= STRANGERS
        });
        for key in issuers.chain(others) {
            if let Some(a) = state.actor(&key).filter(|_| !out.at.contains_key(&key)) {
                out.at.insert(key, u16::try_from(out.table.len()).map_err(|_| PackError::TooMany("actors"))?);
                let keys = changed.remove(&key).unwrap_or_default();
                out.table.push(Actor { key, name: a.name.to_owned(), standing: state.roles(&key), fictional: a.fictional, keys });
            }
        }
        Ok(out)
    }

    pub(super) fn position(&self, key: &DidKey) -> Option<u16> {
        self.at.get(key).copied()
    }
}

/// The keys of actors that changed theirs, oldest first.
fn changed_keys(state: &State) -> BTreeMap<DidKey, Vec<ActorKey>> {
    let mut keys: Vec<_> = state.keys().filter(|(key, t)| **key != t.actor || t.until.is_some()).collect();
    keys.sort_by_key(|(_, t)| t.since);
    let mut out: BTreeMap<DidKey, Vec<ActorKey>> = BTreeMap::new();
    for (key, t) in keys {
        out.entry(t.actor).or_default().push(ActorKey { key: *key, until: t.until.map(|leaf| state.passports_before(leaf)) });
    }
    out
}

/// The category tree of a market. Sources give paths that are not quite a tree; the parent of a category is the one that most often stands
/// before it among those that are more widely used, so that no circle can arise. A category in which nothing lies keeps its place, empty: it may
/// yet come to lie above one in which something does.
pub(super) struct Categories {
    pub(super) table: Vec<Category>,
    at: BTreeMap<String, u16>,
}

impl Categories {
    pub(super) fn of<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> Result<Self, PackError> {
        let mut out = Self { table: Vec::new(), at: BTreeMap::new() };
        let mut uses: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for CategoryName { id, name } in records.clone().flat_map(|r| &r.categories) {
            let (n, title) = uses.entry(id).or_insert((0, name));
            *n += 1;
            *title = (*title).min(name.as_str());
            if *n == 1 {
                out.at.insert(id.clone(), u16::try_from(out.table.len()).map_err(|_| PackError::TooMany("categories"))?);
                out.table.push(Category { id: id.clone(), name: String::new(), parent: None });
            }
        }
        // Wider before narrower.
        let rank = |id: &str| uses.get(id).map(|(n, _)| (std::cmp::Reverse(*n), id.to_owned()));
        let leaves: BTreeSet<&str> = records.clone().filter_map(|r| r.categories.last()).map(|c| c.id.as_str()).collect();
        let mut before: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for r in records {
            for (i, c) in r.categories.iter().enumerate() {
                let wider = r.categories.iter().take(i).rev().find(|p| rank(&p.id) < rank(&c.id));
                if let Some(p) = wider {
                    *before.entry(&c.id).or_default().entry(&p.id).or_default() += 1;
                }
            }
        }
        for c in &mut out.table {
            let votes = before.get(c.id.as_str()).into_iter().flatten();
            let parent = votes.max_by_key(|(p, n)| (**n, std::cmp::Reverse(rank(p)))).map(|(p, _)| *p);
            c.parent = parent.and_then(|p| out.at.get(p).copied());
            c.name = uses.get(c.id.as_str()).map(|(_, name)| (*name).to_owned()).unwrap_or_default();
        }
        let mut wanted: BTreeSet<u16> = BTreeSet::new();
        for leaf in leaves {
            let mut next = out.at.get(leaf).copied();
            while let Some(at) = next.filter(|at| wanted.insert(*at)) {
                next = out.table.get(usize::from(at)).and_then(|c| c.parent);
            }
        }
        for (c, _) in out.table.iter_mut().zip(0_u16..).filter(|(_, at)| !wanted.contains(at)) {
            *c = Category { id: String::new(), name: String::new(), parent: None };
        }
        Ok(out)
    }

    pub(super) fn most_specific(&self, record: &Record) -> Option<u16> {
        self.at.get(&record.categories.last()?.id).copied()
    }
}

/// The rows of the claim table that some subject uses.
pub(super) struct Claims {
    pub(super) table: Vec<ClaimDef>,
    at: BTreeMap<String, u16>,
}

impl Claims {
    pub(super) fn of<'a>(records: impl Iterator<Item = &'a Record>) -> Result<Self, PackError> {
        let mut out = Self { table: Vec::new(), at: BTreeMap::new() };
        for code in records.flat_map(|r| r.claims.iter().map(|c| c.code.as_str())) {
            if let Some(def) = claim_def(code).filter(|_| !out.at.contains_key(code)) {
                out.at.insert(code.to_owned(), u16::try_from(out.table.len()).map_err(|_| PackError::TooMany("claim rows"))?);
                out.table.push(def.clone());
            }
        }
        Ok(out)
    }

    pub(super) fn rows_of(&self, record: &Record) -> Vec<(u16, ClaimState)> {
        let rows: BTreeMap<u16, ClaimState> = record.claims.iter().filter_map(|c| Some((*self.at.get(&c.code)?, c.state))).collect();
        rows.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::Millis,
        state::Policy,
        statement::{Accreditation, Body, Registration, Role, Statement},
    };

    fn did(n: u32) -> DidKey {
        let mut key = [7; 32];
        key[..4].copy_from_slice(&n.to_be_bytes());
        DidKey::from_public(key)
    }

    #[test]
    fn strangers_cannot_fill_a_pack_and_nobody_with_standing_is_left_out_for_them() {
        let (registrar, maker) = (0, 100_000);
        let mut state = State::new(Policy { origin: "example.org/ledger".to_owned(), log: did(1), registrars: vec![did(registrar)] });
        let mut say = |actor: u32, body: Body| {
            let leaf = state.next_leaf();
            let mut id = [0; 32];
            id[..8].copy_from_slice(&leaf.to_be_bytes());
            let ledger = "example.org/ledger".to_owned();
            let statement = Statement { ledger, actor: did(actor), nonce: [0; 16], expires: Millis(2), body, signers: vec![did(actor)], id };
            state.apply(leaf, &statement, Millis(1)).unwrap();
        };
        for n in [registrar, maker].into_iter().chain(2..70_000) {
            say(n, Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: false }));
        }
        say(registrar, Body::Accredit(Accreditation { subject: did(maker), role: Role::Supplier }));
        let actors = Actors::of(&state).unwrap();
        assert_eq!(actors.table.len(), STRANGERS + 2);
        assert!(actors.position(&did(maker)).is_some_and(|at| usize::from(at) == STRANGERS + 1), "the maker comes last by key");
    }
}
