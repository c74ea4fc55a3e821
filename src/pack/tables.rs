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

/// The categories of records, as they are met.
#[derive(Default)]
pub(super) struct CategoriesSeen {
    at: BTreeMap<String, u16>,
    /// By position, in the order of first use: id, the first name by the alphabet, and how often it is used.
    uses: Vec<(String, String, usize)>,
    /// Paths from general to specific, and how many records have them.
    paths: BTreeMap<Vec<u16>, usize>,
}

impl CategoriesSeen {
    pub(super) fn see(&mut self, record: &Record) -> Result<(), PackError> {
        let mut path = Vec::with_capacity(record.categories.len());
        for CategoryName { id, name } in &record.categories {
            let at = match self.at.get(id) {
                Some(at) => *at,
                None => {
                    let at = u16::try_from(self.uses.len()).map_err(|_| PackError::TooMany("categories"))?;
                    self.at.insert(id.clone(), at);
                    self.uses.push((id.clone(), name.clone(), 0));
                    at
                }
            };
            if let Some((_, title, uses)) = self.uses.get_mut(usize::from(at)) {
                *uses += 1;
                if name < title {
                    title.clone_from(name);
                }
            }
            path.push(at);
        }
        *self.paths.entry(path).or_default() += 1;
        Ok(())
    }

    pub(super) fn finish(self) -> Categories {
        let Self { at, uses, paths } = self;
        // Wider before narrower.
        let rank = |at: u16| uses.get(usize::from(at)).map(|(id, _, n)| (std::cmp::Reverse(*n), id));
        let mut before: BTreeMap<u16, BTreeMap<u16, usize>> = BTreeMap::new();
        for (path, records) in &paths {
            for (i, c) in path.iter().enumerate() {
                let wider = path.iter().take(i).rev().find(|p| rank(**p) < rank(*c));
                if let Some(p) = wider {
                    *before.entry(*c).or_default().entry(*p).or_default() += records;
                }
            }
        }
        let parents: Vec<Option<u16>> = (0..)
            .take(uses.len())
            .map(|c| {
                let votes = before.get(&c).into_iter().flatten();
                votes.max_by_key(|(p, n)| (**n, std::cmp::Reverse(rank(**p)))).map(|(p, _)| *p)
            })
            .collect();
        let mut wanted: BTreeSet<u16> = BTreeSet::new();
        for leaf in paths.keys().filter_map(|path| path.last()) {
            let mut next = Some(*leaf);
            while let Some(at) = next.filter(|at| wanted.insert(*at)) {
                next = parents.get(usize::from(at)).copied().flatten();
            }
        }
        let row = |(((id, name, _), parent), at)| {
            if wanted.contains(&at) { Category { id, name, parent } } else { Category { id: String::new(), name: String::new(), parent: None } }
        };
        Categories { table: uses.iter().cloned().zip(parents).zip(0_u16..).map(row).collect(), at }
    }
}

impl Categories {
    pub(super) fn most_specific(&self, record: &Record) -> Option<u16> {
        self.at.get(&record.categories.last()?.id).copied()
    }
}

/// The rows of the claim table that some subject uses.
#[derive(Default)]
pub(super) struct Claims {
    pub(super) table: Vec<ClaimDef>,
    at: BTreeMap<String, u16>,
}

impl Claims {
    pub(super) fn see(&mut self, record: &Record) -> Result<(), PackError> {
        for code in record.claims.iter().map(|c| c.code.as_str()) {
            if let Some(def) = claim_def(code).filter(|_| !self.at.contains_key(code)) {
                self.at.insert(code.to_owned(), u16::try_from(self.table.len()).map_err(|_| PackError::TooMany("claim rows"))?);
                self.table.push(def.clone());
            }
        }
        Ok(())
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
