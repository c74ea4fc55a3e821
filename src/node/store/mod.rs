//! What a node must not lose between two checkpoints: which statement has which leaf, what waits, what was refused, how far was published.
//!
//! *In:* verified statements. *Out:* the one order they have, and where each stands. A [`Store`] is shared by every node of a ledger, so all
//! that must never happen twice is decided in it, in one durable transaction each:
//!
//! ```text
//! lead     ── a lease: one node sequences. Its term rises when it passes to another node
//! offer    ── any node keeps statements in the inbox; once this returns they are never lost
//! settle   ── the holder of the lease gives statements their leaves, or refuses them, and takes both out of the inbox
//! publish  ── the holder of the lease moves the checkpoint from the size it knows to a larger one (compare and swap)
//! ```
//! `settle` and `publish` check the lease in the transaction that changes something: a node that was replaced while it slept changes nothing.
//! The `BatchClose` has its leaf through `settle` too, before anything is published: so the store holds one history, and a node that takes
//! over, or comes back after a crash, publishes the very same bytes. It comes in two steps, because the pack that it names takes time: its leaf
//! is [reserved](Pending::reserved), and `fill` writes it there while later leaves are given already. Bodies are files, kept before a statement that names them is offered.
//!
//! `sqlite.rs` is for a node alone on its folder (the folder's lock is the lease).
//! `postgres.rs` is for several nodes.

mod postgres;
mod sqlite;

pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;

use super::NodeError;
use crate::{measure::Millis, statement::Digest};
use sha2::{Digest as _, Sha256};
use std::{ops::Range, time::Duration};

/// How long a refusal is remembered after it was given, in milliseconds: a day.
pub const REFUSALS_KEPT_MS: i64 = Millis::DAY;
/// How many refusals are remembered at most; the oldest go first.
pub const MAX_REFUSALS: u32 = 100_000;

/// The right to sequence, as the store gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Rises each time the lease passes to another node, and never falls.
    pub term: u64,
}

/// A statement whose signatures and bodies were checked, waiting to be sequenced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its id.
    pub id: Digest,
    /// The entry.
    pub entry: Vec<u8>,
}

/// A statement (or a `BatchClose`) that has its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its leaf.
    pub leaf: u64,
    /// Its id.
    pub id: Digest,
    /// The time of its batch.
    pub batch_time: Millis,
    /// The entry.
    pub entry: Vec<u8>,
}

impl Pending {
    /// The place of a `BatchClose` that is not made yet: it has no entry, and an id that no statement has.
    #[must_use]
    pub fn reserved(leaf: u64, batch_time: Millis) -> Self {
        let id = Sha256::new().chain_update(b"ecosphere reserved leaf\0").chain_update(leaf.to_be_bytes()).finalize().into();
        Self { leaf, id, batch_time, entry: Vec::new() }
    }

    /// Whether it is such a place.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.entry.is_empty()
    }
}

/// A statement that the fold refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its id.
    pub id: Digest,
    /// Which refusal, for programs: `kebab-case`.
    pub code: String,
    /// Why, for people.
    pub reason: String,
}

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// In the inbox.
    Waiting,
    /// It has its leaf; final once a checkpoint covers it.
    Taken {
        /// Its leaf.
        leaf: u64,
        /// The time of its batch.
        batch_time: Millis,
    },
    /// The fold refused it.
    Refused {
        /// Which refusal.
        code: String,
        /// Why.
        reason: String,
    },
}

/// The last published checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// Its size; 0 when nothing was published.
    pub size: u64,
    /// The signed note; empty when it is not known (a folder that was copied here).
    pub note: String,
}

/// What every node of a ledger shares. Calls block on the disk or the network: not for threads that serve.
pub trait Store: Send + Sync {
    /// Takes the lease, or prolongs it when `node` holds it. `None` while another node holds it.
    ///
    /// # Errors
    /// The database.
    fn lead(&self, node: &str, lasts: Duration) -> Result<Option<Lease>, NodeError>;

    /// Keeps statements in the inbox. What is there, or has a leaf already, is left as it is.
    ///
    /// # Errors
    /// The database; nothing was kept then.
    fn offer(&self, offered: &[Offered]) -> Result<(), NodeError>;

    /// The oldest statements of the inbox, in the order they came.
    ///
    /// # Errors
    /// The database.
    fn inbox(&self, limit: u32) -> Result<Vec<Offered>, NodeError>;

    /// In one transaction: gives statements their leaves (the first of which must be the next one, the others follow without gaps),
    /// remembers refusals given at `now`, and takes both out of the inbox.
    ///
    /// # Errors
    /// [`NodeError::NotLeading`]: another node has the lease. [`NodeError::Behind`]: the first leaf is not the next one. Or the database.
    /// Nothing was changed then.
    fn settle(&self, lease: Lease, taken: &[Pending], refused: &[Refused], now: Millis) -> Result<(), NodeError>;

    /// Writes a `BatchClose` where its leaf was reserved. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`NodeError::NotLeading`], [`NodeError::Behind`] when its leaf was not reserved for it, or the database. Nothing was changed then.
    fn fill(&self, lease: Lease, close: &Pending) -> Result<(), NodeError>;

    /// What has a leaf of `from` or later and is not covered by the published checkpoint, by rising leaf.
    ///
    /// # Errors
    /// The database.
    fn pending(&self, from: u64) -> Result<Vec<Pending>, NodeError>;

    /// The entries at these leaves, by rising leaf; fewer, where some have no leaf yet or are covered by the published checkpoint.
    ///
    /// # Errors
    /// The database.
    fn entries(&self, leaves: Range<u64>) -> Result<Vec<Vec<u8>>, NodeError>;

    /// Moves the checkpoint, if it still has `before` entries. The entries it covers lie in the log's own files by then and are let go.
    ///
    /// # Errors
    /// [`NodeError::NotLeading`], [`NodeError::Behind`] when the checkpoint has another size, or the database. Nothing was changed then.
    fn publish(&self, lease: Lease, before: u64, after: &Published) -> Result<(), NodeError>;

    /// The last published checkpoint.
    ///
    /// # Errors
    /// The database.
    fn published(&self) -> Result<Published, NodeError>;

    /// Where a statement stands; `None` when it never came or its refusal is forgotten.
    ///
    /// # Errors
    /// The database.
    fn standing(&self, id: &Digest) -> Result<Option<Standing>, NodeError>;
}

#[cfg(test)]
mod tests;
