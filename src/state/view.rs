//! What can be read from a state.

use super::{Batch, Listing, Passport, Policy, State};
use crate::{
    measure::Millis,
    statement::{DidKey, Digest, Registration, Role},
};

impl State {
    /// What is taken on trust.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
    /// All actors, by key.
    pub fn actors(&self) -> impl Iterator<Item = (&DidKey, &Registration)> {
        self.actors.iter()
    }
    /// An actor.
    #[must_use]
    pub fn actor(&self, key: &DidKey) -> Option<&Registration> {
        self.actors.get(key)
    }
    /// Every accreditation in force, as ((whom, for what), by whom).
    pub fn accreditations(&self) -> impl Iterator<Item = ((DidKey, Role), DidKey)> {
        self.accreditations.iter().flat_map(|(what, by)| by.iter().map(|v| (*what, *v)))
    }
    pub(super) fn vouchers(&self, subject: &DidKey, role: Role) -> impl Iterator<Item = DidKey> {
        self.accreditations.get(&(*subject, role)).into_iter().flatten().copied()
    }
    /// All passports; the position is the passport number.
    #[must_use]
    pub fn passports(&self) -> &[Passport] {
        &self.passports
    }
    /// The passport whose body has this digest.
    #[must_use]
    pub fn passport_by_digest(&self, digest: &Digest) -> Option<&Passport> {
        self.passports.get(usize::try_from(*self.by_digest.get(digest)?).ok()?)
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
        self.seen.iter().map(|(id, t)| (id, *t))
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
