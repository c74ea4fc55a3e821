//! Actors and their keys: an actor is a set of `did:key`s linked by logged rotations, named for ever by the first of them.
//!
//! At most one key of an actor is in force. A key comes in once, at a leaf, and goes out at a later leaf; from that leaf on it signs nothing,
//! and it never comes back, neither for its actor nor for another. What it signed before stays as good as it was.
//!
//! **Who may recover a lost key.** The actor's registrar: one that is in standing and lies on the chain of vouchers above the actor's *oldest*
//! accreditation in force, where each link of the chain is older than the link below it. Were any registrar enough, or any chain, then a
//! registrar could vouch for a stranger's actor in some role today and take it over tomorrow.

use super::{Rejection, State, Tenure, entry::Entry};
use crate::statement::{DidKey, Recovery, Registration, Retirement, Role, Rotation};
use std::collections::{BTreeSet, BinaryHeap};

/// An actor as the fold keeps it, under its first key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Actor {
    /// What it said of itself.
    pub registration: Registration,
    /// The key that signs for it; none after it was retired.
    pub key: Option<DidKey>,
}

impl State {
    /// The actor for whom a key signs now.
    pub(super) fn signer(&self, key: DidKey) -> Result<DidKey, Rejection> {
        match self.keys.get(&key) {
            None => Err(Rejection::UnknownActor(key)),
            Some(Tenure { until: Some(leaf), .. }) => Err(Rejection::KeyOutOfForce { key, leaf: *leaf }),
            Some(tenure) => Ok(tenure.actor),
        }
    }

    /// The actor that is meant by any key it ever had.
    pub(super) fn named(&self, key: DidKey) -> Result<DidKey, Rejection> {
        self.keys.get(&key).map(|t| t.actor).ok_or(Rejection::UnknownActor(key))
    }

    pub(super) fn register(&mut self, who: DidKey, leaf: u64, b: &Registration) -> Result<(), Rejection> {
        if self.keys.contains_key(&who) {
            return Err(Rejection::AlreadyRegistered(who));
        }
        if !(1..=120).contains(&b.name.chars().count()) || b.name.chars().any(char::is_control) || b.name.trim() != b.name {
            return Err(Rejection::BadName);
        }
        self.actors.insert(who, Actor { registration: b.clone(), key: Some(who) });
        self.keys.insert(who, Tenure { actor: who, since: leaf, until: None });
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
            && (self.keys.contains_key(&new) || self.policy().registrars.contains(&new) || self.policy().log == new)
        {
            return Err(Rejection::KeyTaken(new));
        }
        self.changing(&Entry::Actor(actor));
        let Some(held) = self.actors.get_mut(&actor) else { return Err(Rejection::UnknownActor(actor)) };
        let old = std::mem::replace(&mut held.key, new);
        self.changed(Entry::Actor(actor));
        if let Some(old) = old {
            self.changing(&Entry::Key(old));
            if let Some(tenure) = self.keys.get_mut(&old) {
                tenure.until = Some(leaf);
            }
            self.changed(Entry::Key(old));
        }
        if let Some(new) = new {
            self.keys.insert(new, Tenure { actor, since: leaf, until: None });
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
