//! Actors and their keys: an actor is a set of `did:key`s linked by logged rotations, named for ever by the first of them.
//!
//! At most one key of an actor is in force. A key comes in once, at a leaf, and goes out at a later leaf; from that leaf on it signs nothing,
//! and it never comes back, neither for its actor nor for another. What it signed before stays as good as it was.
//!
//! **Who may recover a lost key.** The actor's registrar: one that is in standing and lies on the chain of vouchers above the actor's *oldest*
//! accreditation in force, where each link of the chain is older than the link below it. Were any registrar enough, or any chain, then a
//! registrar could vouch for a stranger's actor in some role today and take it over tomorrow.

use super::{Rejection, State, Tenure, entry::Entry, shared::Keyed, text::Text};
use crate::statement::{DidKey, Recovery, Registration, Retirement, Role, Rotation};
use std::{
    collections::{BTreeSet, BinaryHeap},
    sync::Arc,
};

/// A key as the fold keeps it; and with its first key, an actor: 64 bytes, so that a run of them is one of the sizes that allocators give.
#[derive(Debug, Clone)]
pub(super) struct Party {
    /// The key.
    pub key: DidKey,
    /// What the actor said of itself, if this is its first key.
    name: Text,
    role: Role,
    fictional: bool,
    /// Leaf of the statement that brought the key in: 48 bits.
    since: [u8; 6],
}

/// What is to be said only of keys that were replaced or retired, and of those that came after them.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// Position of the actor's first key.
    actor: u32,
    /// Leaf from which on the key signs nothing.
    until: Option<u64>,
    /// Of a first key: position of the key that signs now; none after it was retired.
    now: Option<u32>,
}

/// What an actor said of itself when it registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered<'a> {
    /// Name for people.
    pub name: &'a str,
    /// What it wants to be accredited for.
    pub role: Role,
    /// True for made-up actors of a sample.
    pub fictional: bool,
}

impl Keyed for Party {
    type Key = DidKey;
    fn key(&self) -> &DidKey {
        &self.key
    }
}

impl Party {
    fn new(key: DidKey, leaf: u64, registered: Registered<'_>) -> Self {
        // A log of 2^48 leaves is not to be had.
        let [_, _, since @ ..] = leaf.to_be_bytes();
        Self { key, name: Text::from(registered.name), role: registered.role, fictional: registered.fictional, since }
    }

    fn since(&self) -> u64 {
        let [a, b, c, d, e, f] = self.since;
        u64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    pub fn registered(&self) -> Registered<'_> {
        Registered { name: &self.name, role: self.role, fictional: self.fictional }
    }
}

impl State {
    /// When a key signs, and for whom.
    pub(super) fn tenure(&self, key: &DidKey) -> Option<Tenure> {
        let at = self.parties.find(key)?;
        self.tenure_of(at, self.parties.get(at)?)
    }

    pub(super) fn tenure_of(&self, at: u32, party: &Party) -> Option<Tenure> {
        let (actor, until) = match self.links.get(&at) {
            None => (party.key, None),
            Some(link) => (self.parties.get(link.actor)?.key, link.until),
        };
        Some(Tenure { actor, since: party.since(), until })
    }

    /// An actor by its first key, and the position of that key.
    pub(super) fn first(&self, key: &DidKey) -> Option<(u32, &Party)> {
        let at = self.parties.find(key)?;
        Some((at, self.parties.get(at)?)).filter(|(at, _)| self.is_first(*at))
    }

    /// Whether the key at a position is an actor's first.
    pub(super) fn is_first(&self, at: u32) -> bool {
        self.links.get(&at).is_none_or(|link| link.actor == at)
    }

    fn link_mut(&mut self, at: u32) -> &mut Link {
        Arc::make_mut(&mut self.links).entry(at).or_insert(Link { actor: at, until: None, now: Some(at) })
    }

    /// Position of the key that signs now for the actor whose first key is at a position.
    fn now(&self, first: u32) -> Option<u32> {
        match self.links.get(&first) {
            None => Some(first),
            Some(link) => link.now,
        }
    }

    /// The key that signs now for the actor with this first key.
    pub(super) fn key_now(&self, first: &DidKey) -> Option<DidKey> {
        let (at, _) = self.first(first)?;
        Some(self.parties.get(self.now(at)?)?.key)
    }

    /// The actor for whom a key signs now.
    pub(super) fn signer(&self, key: DidKey) -> Result<DidKey, Rejection> {
        match self.tenure(&key) {
            None => Err(Rejection::UnknownActor(key)),
            Some(Tenure { until: Some(leaf), .. }) => Err(Rejection::KeyOutOfForce { key, leaf }),
            Some(tenure) => Ok(tenure.actor),
        }
    }

    /// The actor that is meant by any key it ever had.
    pub(super) fn named(&self, key: DidKey) -> Result<DidKey, Rejection> {
        self.actor_of(&key).ok_or(Rejection::UnknownActor(key))
    }

    pub(super) fn register(&mut self, who: DidKey, leaf: u64, b: &Registration) -> Result<(), Rejection> {
        if self.parties.find(&who).is_some() {
            return Err(Rejection::AlreadyRegistered(who));
        }
        if !(1..=120).contains(&b.name.chars().count()) || b.name.chars().any(char::is_control) || b.name.trim() != b.name {
            return Err(Rejection::BadName);
        }
        self.parties.push(Party::new(who, leaf, Registered { name: &b.name, role: b.role, fictional: b.fictional }));
        self.changed(Entry::Actor(who));
        self.changed(Entry::Key(who));
        Ok(())
    }

    pub(super) fn rotate(&mut self, key: DidKey, leaf: u64, b: &Rotation) -> Result<(), Rejection> {
        let actor = self.signer(key)?;
        self.replace_key(actor, leaf, Some(b.new))
    }

    pub(super) fn retire(&mut self, key: DidKey, leaf: u64, b: &Retirement) -> Result<(), Rejection> {
        let actor = self.signer(key)?;
        if !(1..=200).contains(&b.reason.chars().count()) || b.reason.chars().any(char::is_control) {
            return Err(Rejection::BadReason);
        }
        self.replace_key(actor, leaf, None)
    }

    pub(super) fn recover(&mut self, key: DidKey, leaf: u64, b: &Recovery) -> Result<(), Rejection> {
        let registrar = self.needs(key, &[Role::Registrar])?;
        let actor = self.named(b.subject)?;
        if !self.answers_for(&registrar, &actor) {
            return Err(Rejection::NotItsRegistrar(actor));
        }
        self.replace_key(actor, leaf, Some(b.new))
    }

    fn replace_key(&mut self, actor: DidKey, leaf: u64, new: Option<DidKey>) -> Result<(), Rejection> {
        if let Some(new) = new
            && (self.parties.find(&new).is_some() || self.policy().registrars.contains(&new) || self.policy().log == new)
        {
            return Err(Rejection::KeyTaken(new));
        }
        #[cfg(feature = "value")]
        if let Some(new) = new
            && self.holds_tokens(&new)
        {
            return Err(Rejection::KeyHoldsTokens(new));
        }
        let Some((first, party)) = self.first(&actor) else { return Err(Rejection::UnknownActor(actor)) };
        let added = new.map(|key| Party::new(key, leaf, Registered { name: "", ..party.registered() }));
        let old = self.now(first).and_then(|at| Some((at, self.parties.get(at)?.key)));
        self.changing(&Entry::Actor(actor));
        if let Some((_, key)) = old {
            self.changing(&Entry::Key(key));
        }
        let now = added.map(|party| self.parties.push(party));
        if let Some(at) = now {
            *self.link_mut(at) = Link { actor: first, until: None, now: None };
        }
        self.link_mut(first).now = now;
        if let Some((at, key)) = old {
            self.link_mut(at).until = Some(leaf);
            self.changed(Entry::Key(key));
        }
        self.changed(Entry::Actor(actor));
        if let Some(new) = new {
            self.changed(Entry::Key(new));
        }
        Ok(())
    }

    /// Whether a registrar (in standing, which the caller has checked) stands on the chain above the actor's oldest accreditation in force.
    fn answers_for(&self, registrar: &DidKey, actor: &DidKey) -> bool {
        let links = |who: &DidKey, role: Role| self.accreditations.get(&(*who, role)).into_iter().flatten().map(move |(by, leaf)| (*leaf, *by, role));
        let oldest = Role::ALL.into_iter().flat_map(|role| links(actor, role)).min();
        // Younger links first: each (actor, role) is then first met with the youngest link that leads to it, and need not be met again.
        let mut open: BinaryHeap<(u64, DidKey, Role)> = oldest.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some((younger, who, role)) = open.pop() {
            if who == *registrar {
                return true;
            }
            for as_role in [Role::Registrar, role] {
                if seen.insert((who, as_role)) {
                    open.extend(links(&who, as_role).filter(|(leaf, ..)| *leaf < younger));
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_takes_sixty_four_bytes() {
        assert_eq!(size_of::<Party>(), 64);
    }
}
