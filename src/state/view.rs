//! What can be read from a state.

use super::{Batch, List, Listing, Passport, Policy, Registered, State, Tenure, slot::Slot, tree::Growing};
use crate::{
    measure::Millis,
    statement::{DidKey, Digest, Role},
};
use std::collections::BTreeMap;

impl State {
    /// A copy for reading what is registered. It has no tree, so no root, no proofs, and no ids that must not come again; and the original need not
    /// keep what it changes there.
    #[must_use]
    pub fn without_tree(&self) -> Self {
        Self { tree: Growing::default(), due: BTreeMap::new(), closed: None, ..self.clone() }
    }
    /// What is taken on trust.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
    /// All actors, by their first key.
    pub fn actors(&self) -> impl Iterator<Item = (&DidKey, Registered<'_>)> {
        self.parties.sorted().filter(|(at, _)| self.is_first(*at)).map(|(_, party)| (&party.key, party.registered()))
    }
    /// The actor that has or had a key.
    #[must_use]
    pub fn actor(&self, key: &DidKey) -> Option<Registered<'_>> {
        Some(self.first(&self.actor_of(key)?)?.1.registered())
    }
    /// The first key of the actor that has or had a key: its name for ever.
    #[must_use]
    pub fn actor_of(&self, key: &DidKey) -> Option<DidKey> {
        self.tenure(key).map(|t| t.actor)
    }
    /// The actor for whom a key's signature counts at a leaf: not before the key came in, not from the leaf on at which it went out.
    #[must_use]
    pub fn signer_at(&self, key: &DidKey, leaf: u64) -> Option<DidKey> {
        self.tenure(key).filter(|t| t.since <= leaf && t.until.is_none_or(|until| leaf < until)).map(|t| t.actor)
    }
    /// The key that signs for an actor now; none for an actor whose key was retired, and for one that is not registered.
    #[must_use]
    pub fn key_in_force(&self, actor: &DidKey) -> Option<DidKey> {
        self.key_now(&self.actor_of(actor)?)
    }
    /// Every key that any actor ever had.
    pub fn keys(&self) -> impl Iterator<Item = (&DidKey, Tenure)> {
        self.parties.sorted().filter_map(|(at, party)| Some((&party.key, self.tenure_of(at, party)?)))
    }
    /// How many passports were issued before a leaf: the first passport number that can not have been.
    #[must_use]
    pub fn passports_before(&self, leaf: u64) -> u32 {
        u32::try_from(self.passports().partition_point(|p| p.leaf < leaf)).unwrap_or(u32::MAX)
    }
    /// The number of the passport that was issued at a leaf.
    #[must_use]
    pub fn passport_at(&self, leaf: u64) -> Option<u32> {
        self.passport(self.passports_before(leaf)).filter(|p| p.leaf == leaf).map(|p| p.number)
    }
    /// Every accreditation in force, as ((whom, for what), by whom).
    pub fn accreditations(&self) -> impl Iterator<Item = ((DidKey, Role), DidKey)> {
        self.accreditations.iter().flat_map(|(what, by)| by.keys().map(|v| (*what, *v)))
    }
    pub(super) fn vouchers(&self, subject: &DidKey, role: Role) -> impl Iterator<Item = DidKey> {
        self.accreditations.get(&(*subject, role)).into_iter().flat_map(|by| by.keys().copied())
    }
    /// All passports; the position is the passport number.
    #[must_use]
    pub const fn passports(&self) -> &List<Passport> {
        self.passports.list()
    }
    /// A passport by number.
    #[must_use]
    pub fn passport(&self, number: u32) -> Option<&Passport> {
        self.passports.get(number)
    }
    /// The passport whose body has this digest.
    #[must_use]
    pub fn passport_by_digest(&self, digest: &Digest) -> Option<&Passport> {
        self.passport(self.passports.find(digest)?)
    }
    /// The newest sheet of each retailer, by the retailer's subject.
    pub fn listings(&self) -> impl Iterator<Item = (&str, &Listing)> {
        self.listings.iter().map(|(k, v)| (k.as_str(), v))
    }
    /// The newest sheet of a retailer.
    #[must_use]
    pub fn listing(&self, retailer: &str) -> Option<&Listing> {
        self.listings.get(retailer)
    }
    /// Statement ids that must not come again, with their expiry.
    pub fn remembered(&self) -> impl Iterator<Item = (&Digest, Millis)> {
        self.tree.iter(&self.parties).filter_map(Slot::expiry)
    }
    /// The last closed batch.
    #[must_use]
    pub const fn batch(&self) -> Option<Batch> {
        self.batch
    }
    /// The leaf that comes next: the size of the log so far.
    #[must_use]
    pub const fn next_leaf(&self) -> u64 {
        self.next_leaf
    }
    /// The first leaf after the last closed batch.
    #[must_use]
    pub fn batch_start(&self) -> u64 {
        self.batch.map_or(0, |b| b.leaf.saturating_add(1))
    }
}
