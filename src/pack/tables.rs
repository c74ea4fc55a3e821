//! The tables that index rows refer to, each in the order of first use: what is recorded later never moves what is there.

use super::{Actor, ActorKey, Category, PackError};
use crate::{
    provenance::{CategoryName, ClaimDef, ClaimState, Record, claim_def},
    state::State,
    statement::DidKey,
};
use std::collections::{BTreeMap, BTreeSet};

/// The actors: those that issued a passport first, by their first passport; then the others, by key.
pub(super) struct Actors {
    pub(super) table: Vec<Actor>,
    at: BTreeMap<DidKey, u16>,
}

impl Actors {
    pub(super) fn of(state: &State) -> Result<Self, PackError> {
        let mut out = Self { table: Vec::new(), at: BTreeMap::new() };
        let mut changed = changed_keys(state);
        let issuers = state.passports().iter().map(|p| p.issuer);
        for key in issuers.chain(state.actors().map(|(key, _)| *key)) {
            if let Some(a) = state.actor(&key).filter(|_| !out.at.contains_key(&key)) {
                out.at.insert(key, u16::try_from(out.table.len()).map_err(|_| PackError::TooMany("actors"))?);
                let keys = changed.remove(&key).unwrap_or_default();
                out.table.push(Actor { key, name: a.name.clone(), standing: state.roles(&key), fictional: a.fictional, keys });
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
