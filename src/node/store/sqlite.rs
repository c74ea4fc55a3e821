//! SQLite beside the files: for a node alone on its folder. The folder's lock is the lease, so whoever opened the database leads.

use super::{Lease, MAX_REFUSALS, Offered, Pending, Published, REFUSALS_KEPT_MS, Refused, Standing, Store};
use crate::{measure::Millis, node::NodeError, statement::Digest};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::{
    ops::Range,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How much of the database is kept in memory, in KiB.
const CACHE_KIB: i64 = 4 * 1024;
/// How many pages of 4 KiB the write-ahead log grows to: 32 MiB.
const WAL_PAGES: i64 = 8 * 1024;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS statement (
    leaf INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    batch_time INTEGER NOT NULL,
    entry BLOB          -- until a checkpoint covers it
) STRICT;
CREATE TABLE IF NOT EXISTS inbox (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    entry BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refused (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS published (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;";

/// A database file, used by one process.
pub struct SqliteStore {
    /// Looks things up while the other writes. Closed first: the last to close folds the write-ahead log back into the file.
    reader: Mutex<Connection>,
    /// The one that changes things.
    writer: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens or makes the database.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn open(path: &Path) -> Result<Self, NodeError> {
        let writer = Connection::open(path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // A commit is on the disk before it returns.
        writer.pragma_update(None, "synchronous", "FULL")?;
        // Ids are digests, so each row goes to another page of their index: with a million of them that is 45 MB. What is not kept here lies in the
        // system's own cache of the file, where nobody has to keep it.
        writer.pragma_update(None, "cache_size", -CACHE_KIB)?;
        // The log is folded back into the file after some groups, not after each.
        writer.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        migrate(&writer)?;
        let reader = Connection::open(path)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }
}

/// The steps from older files to this one; `user_version` counts those that were done.
fn migrate(db: &Connection) -> Result<(), NodeError> {
    let version: u32 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    let old: bool = db.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'published')", [], |r| r.get(0))?;
    if version == 0 && old {
        db.execute_batch("ALTER TABLE published ADD COLUMN note TEXT NOT NULL DEFAULT ''")?;
    }
    db.execute_batch(SCHEMA)?;
    Ok(db.pragma_update(None, "user_version", 1)?)
}

/// A thread that panicked left no transaction open: it was rolled back when it was dropped.
fn held(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for SqliteStore {
    fn lead(&self, _: &str, _: Duration) -> Result<Option<Lease>, NodeError> {
        Ok(Some(Lease { term: 1 }))
    }

    fn offer(&self, offered: &[Offered]) -> Result<(), NodeError> {
        let mut db = held(&self.writer);
        let change = db.transaction()?;
        {
            let mut insert = change.prepare_cached(
                "INSERT INTO inbox (id, entry) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM statement WHERE id = ?1) ON CONFLICT (id) DO NOTHING",
            )?;
            for Offered { id, entry } in offered {
                insert.execute(params![id.as_slice(), entry])?;
            }
        }
        Ok(change.commit()?)
    }

    fn inbox(&self, limit: u32) -> Result<Vec<Offered>, NodeError> {
        let db = held(&self.reader);
        let mut rows = db.prepare_cached("SELECT id, entry FROM inbox ORDER BY seq LIMIT ?1")?;
        Ok(rows.query_map([limit], |r| Ok(Offered { id: r.get(0)?, entry: r.get(1)? }))?.collect::<Result<_, _>>()?)
    }

    fn settle(&self, _: Lease, taken: &[Pending], refused: &[Refused], now: Millis) -> Result<(), NodeError> {
        let mut db = held(&self.writer);
        let change = db.transaction()?;
        if let Some(first) = taken.first() {
            let next = next_leaf(&change)?;
            if first.leaf != next {
                return Err(NodeError::Behind { got: first.leaf, next });
            }
        }
        {
            let mut insert = change.prepare_cached("INSERT INTO statement (leaf, id, batch_time, entry) VALUES (?1, ?2, ?3, ?4)")?;
            for Pending { leaf, id, batch_time, entry } in taken {
                insert.execute(params![signed(*leaf), id.as_slice(), batch_time.0, entry])?;
            }
            let mut insert = change.prepare_cached("INSERT OR REPLACE INTO refused (id, code, reason, time) VALUES (?1, ?2, ?3, ?4)")?;
            for Refused { id, code, reason } in refused {
                insert.execute(params![id.as_slice(), code, reason, now.0])?;
            }
            if change.query_row("SELECT EXISTS (SELECT 1 FROM inbox)", [], |r| r.get(0))? {
                let mut delete = change.prepare_cached("DELETE FROM inbox WHERE id = ?1")?;
                for id in taken.iter().map(|t| &t.id).chain(refused.iter().map(|r| &r.id)) {
                    delete.execute([id.as_slice()])?;
                }
            }
            if !refused.is_empty() {
                let mut forget = change.prepare_cached("DELETE FROM refused WHERE time < ?1 OR seq <= (SELECT max(seq) FROM refused) - ?2")?;
                forget.execute(params![now.0.saturating_sub(REFUSALS_KEPT_MS), MAX_REFUSALS])?;
            }
        }
        Ok(change.commit()?)
    }

    fn fill(&self, _: Lease, close: &Pending) -> Result<(), NodeError> {
        let Pending { leaf, id, batch_time, entry } = close;
        let mut db = held(&self.writer);
        let change = db.transaction()?;
        let fill = "UPDATE statement SET id = ?2, entry = ?4 WHERE leaf = ?1 AND batch_time = ?3 AND (entry = x'' OR id = ?2)";
        if change.execute(fill, params![signed(*leaf), id.as_slice(), batch_time.0, entry])? == 0 {
            return Err(NodeError::Behind { got: *leaf, next: next_leaf(&change)? });
        }
        Ok(change.commit()?)
    }

    fn pending(&self, from: u64) -> Result<Vec<Pending>, NodeError> {
        let db = held(&self.writer);
        let mut rows = db.prepare_cached("SELECT leaf, id, batch_time, entry FROM statement WHERE leaf >= ?1 AND entry IS NOT NULL ORDER BY leaf")?;
        let read = |r: &Row<'_>| {
            let leaf: i64 = r.get(0)?;
            Ok(Pending { leaf: leaf.unsigned_abs(), id: r.get(1)?, batch_time: Millis(r.get(2)?), entry: r.get(3)? })
        };
        Ok(rows.query_map([signed(from)], read)?.collect::<Result<_, _>>()?)
    }

    fn entries(&self, leaves: Range<u64>) -> Result<Vec<Vec<u8>>, NodeError> {
        let db = held(&self.reader);
        let mut rows = db.prepare_cached("SELECT entry FROM statement WHERE leaf >= ?1 AND leaf < ?2 AND entry IS NOT NULL ORDER BY leaf")?;
        Ok(rows.query_map([signed(leaves.start), signed(leaves.end)], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    fn publish(&self, _: Lease, before: u64, after: &Published) -> Result<(), NodeError> {
        let mut db = held(&self.writer);
        let change = db.transaction()?;
        let next = published(&change)?.size;
        if next != before {
            return Err(NodeError::Behind { got: before, next });
        }
        change.execute("UPDATE statement SET entry = NULL WHERE leaf >= ?1 AND leaf < ?2", [signed(before), signed(after.size)])?;
        change.execute(
            "INSERT INTO published (one, size, note) VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note",
            params![signed(after.size), after.note],
        )?;
        Ok(change.commit()?)
    }

    fn published(&self) -> Result<Published, NodeError> {
        published(&held(&self.reader))
    }

    fn standing(&self, id: &Digest) -> Result<Option<Standing>, NodeError> {
        let db = held(&self.reader);
        let taken = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?, r.get(1)?));
        let found = db.prepare_cached("SELECT leaf, batch_time FROM statement WHERE id = ?1")?.query_row([id.as_slice()], taken).optional()?;
        if let Some((leaf, batch_time)) = found {
            return Ok(Some(Standing::Taken { leaf: leaf.unsigned_abs(), batch_time: Millis(batch_time) }));
        }
        if db.prepare_cached("SELECT EXISTS (SELECT 1 FROM inbox WHERE id = ?1)")?.query_row([id.as_slice()], |r| r.get(0))? {
            return Ok(Some(Standing::Waiting));
        }
        let refused = |r: &Row<'_>| Ok(Standing::Refused { code: r.get(0)?, reason: r.get(1)? });
        Ok(db.prepare_cached("SELECT code, reason FROM refused WHERE id = ?1")?.query_row([id.as_slice()], refused).optional()?)
    }
}

/// The leaf after the last that was given. In a folder that was copied here, what is published has no rows.
fn next_leaf(db: &Connection) -> Result<u64, NodeError> {
    let last: Option<i64> = db.query_row("SELECT max(leaf) FROM statement", [], |r| r.get(0))?;
    Ok(last.map_or(0, |leaf| leaf.unsigned_abs() + 1).max(published(db)?.size))
}

fn published(db: &Connection) -> Result<Published, NodeError> {
    let read = |r: &Row<'_>| Ok(Published { size: r.get::<_, i64>(0)?.unsigned_abs(), note: r.get(1)? });
    let found = db.prepare_cached("SELECT size, note FROM published WHERE one = 1")?.query_row([], read).optional()?;
    Ok(found.unwrap_or_default())
}

/// SQLite's integers are signed; a log never comes near their end.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
