//! What a witness remembers: of every log the newest checkpoint it cosigned.

use crate::{
    log::{
        Cosigner,
        witness::{Refusal, Seen, Submission},
    },
    node::NodeError,
};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use sha2::{Digest as _, Sha256};
use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT NOT NULL PRIMARY KEY,
    origin_hash TEXT NOT NULL UNIQUE,   -- SHA-256, lower-case hex
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    time INTEGER NOT NULL,              -- of the cosignature, seconds since 1970
    note TEXT NOT NULL                  -- the checkpoint with the log's signature and the cosignature
) STRICT;";

/// A witness's database.
pub struct WitnessStore(Mutex<Connection>);

impl WitnessStore {
    /// Opens or makes the database. A commit is on the disk when it returns (`synchronous = FULL`).
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn open(path: &Path) -> Result<Self, NodeError> {
        let db = Connection::open(path)?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.execute_batch(SCHEMA)?;
        Ok(Self(Mutex::new(db)))
    }

    /// Decides on a checkpoint and, if it follows, keeps and cosigns it: the signature line. Question, answer and signature are one
    /// transaction, so a cosignature's time is never later than that of a larger checkpoint, and nothing is given that is not kept.
    ///
    /// # Errors
    /// The database; nothing was cosigned then.
    pub fn cosign(&self, submission: &Submission, cosigner: &Cosigner, clock: fn() -> u64) -> Result<Result<String, Refusal>, NodeError> {
        let mut db = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The write lock is taken before the state is read: another process on this file waits.
        let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let origin = &submission.checkpoint.origin;
        let row = change
            .query_row("SELECT size, root, time FROM seen WHERE origin = ?1", [origin], |r| {
                Ok((Seen { size: r.get::<_, i64>(0)?.unsigned_abs(), root: r.get(1)? }, r.get::<_, i64>(2)?.unsigned_abs()))
            })
            .optional()?;
        let (seen, before) = row.unwrap_or((Seen::nothing(), 0));
        let new = match submission.follows(&seen) {
            Ok(new) => new,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // A clock that was set back must not make an older tree look newer.
        let time = clock().max(before).max(1);
        let line = cosigner.cosign(&submission.note, time)?;
        let too_large = |_| NodeError::Usage("a number is too large for the database".to_owned());
        change.execute(
            "INSERT INTO seen (origin, origin_hash, size, root, time, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, time = excluded.time, note = excluded.note",
            params![
                origin,
                hex::encode(Sha256::digest(origin)),
                i64::try_from(new.size).map_err(too_large)?,
                new.root,
                i64::try_from(time).map_err(too_large)?,
                format!("{}{line}", submission.note)
            ],
        )?;
        change.commit()?;
        Ok(Ok(line))
    }

    /// The newest checkpoint that was cosigned, with the log's signature and the cosignature. `origin_hash`: SHA-256 in lower-case hex.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoint(&self, origin_hash: &str) -> Result<Option<String>, NodeError> {
        let db = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(db.query_row("SELECT note FROM seen WHERE origin_hash = ?1", [origin_hash], |r| r.get(0)).optional()?)
    }
}
