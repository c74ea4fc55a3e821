//! SQLite beside the files: statements that are taken but not yet closed, where each statement stands, and how far was published.

use super::NodeError;
use crate::{measure::Millis, statement::Digest};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::Path;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS statement (
    leaf INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    batch_time INTEGER NOT NULL,
    entry BLOB          -- until a checkpoint covers it
) STRICT;
CREATE TABLE IF NOT EXISTS published (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL
) STRICT;";

/// The node's database.
pub struct Store(Connection);

/// A statement that is taken but not yet covered by a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its leaf.
    pub leaf: u64,
    /// The time of its batch.
    pub batch_time: Millis,
    /// The entry.
    pub entry: Vec<u8>,
}

impl Store {
    /// Opens or makes the database.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn open(path: &Path) -> Result<Self, NodeError> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.execute_batch(SCHEMA)?;
        Ok(Self(db))
    }

    /// Keeps a statement; once this returns, a crash does not lose it.
    ///
    /// # Errors
    /// The database.
    pub fn take(&self, id: &Digest, pending: &Pending) -> Result<(), NodeError> {
        let row = params![signed(pending.leaf), id.as_slice(), pending.batch_time.0, pending.entry];
        self.0.execute("INSERT INTO statement (leaf, id, batch_time, entry) VALUES (?1, ?2, ?3, ?4)", row)?;
        Ok(())
    }

    /// What is taken but not yet covered by a checkpoint of `size`, by rising leaf.
    ///
    /// # Errors
    /// The database.
    pub fn pending(&self, size: u64) -> Result<Vec<Pending>, NodeError> {
        let mut rows = self.0.prepare("SELECT leaf, batch_time, entry FROM statement WHERE entry IS NOT NULL AND leaf >= ?1 ORDER BY leaf")?;
        let read = |r: &rusqlite::Row<'_>| {
            let leaf: i64 = r.get(0)?;
            Ok(Pending { leaf: leaf.unsigned_abs(), batch_time: Millis(r.get(1)?), entry: r.get(2)? })
        };
        Ok(rows.query_map([signed(size)], read)?.collect::<Result<_, _>>()?)
    }

    /// Notes that a checkpoint of `size` is published: what it covers lies in the log's own files now.
    ///
    /// # Errors
    /// The database.
    pub fn mark_published(&mut self, size: u64) -> Result<(), NodeError> {
        let change = self.0.transaction()?;
        change.execute("UPDATE statement SET entry = NULL WHERE leaf < ?1", [signed(size)])?;
        change.execute("INSERT INTO published (one, size) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET size = excluded.size", [signed(size)])?;
        Ok(change.commit()?)
    }

    /// The size of the last checkpoint that was published.
    ///
    /// # Errors
    /// The database.
    pub fn published(&self) -> Result<u64, NodeError> {
        let size: Option<i64> = self.0.query_row("SELECT size FROM published WHERE one = 1", [], |r| r.get(0)).optional()?;
        Ok(size.unwrap_or(0).unsigned_abs())
    }

    /// The leaf of a statement.
    ///
    /// # Errors
    /// The database.
    pub fn leaf_of(&self, id: &Digest) -> Result<Option<u64>, NodeError> {
        let leaf: Option<i64> = self.0.query_row("SELECT leaf FROM statement WHERE id = ?1", [id.as_slice()], |r| r.get(0)).optional()?;
        Ok(leaf.map(i64::unsigned_abs))
    }
}

/// SQLite's integers are signed; a log never comes near their end.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
