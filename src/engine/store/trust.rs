//! What a device remembers of ledgers whatever becomes of its snapshot, in `mine.db`: the newest checkpoint it ever trusted of each, and
//! evidence that a ledger contradicted itself.

use super::{File, Store, StoreError, blob, fault, unblob};
use crate::{engine::sync::Evidence, measure::Millis};
use rusqlite::{OptionalExtension as _, params};

/// The most pieces of evidence that are kept: the first ones say everything, and a hostile server could make any number.
const MAX_EVIDENCE: i64 = 100;

/// A piece of evidence and when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// When it came.
    pub time: Millis,
    /// What it is.
    pub evidence: Evidence,
}

impl Store {
    /// The newest checkpoint of a ledger that this device ever trusted, as a signed note.
    ///
    /// # Errors
    /// The store fails.
    pub fn newest_trusted(&self, origin: &str) -> Result<Option<String>, StoreError> {
        self.mine.query_row("SELECT note FROM trusted WHERE origin = ?1", [origin], |r| r.get(0)).optional().map_err(fault(File::Mine))
    }

    /// Keeps a checkpoint as the newest trusted one of its ledger.
    ///
    /// # Errors
    /// The store fails; the older one stays.
    pub fn trust(&mut self, origin: &str, note: &str) -> Result<(), StoreError> {
        self.mine
            .execute("INSERT INTO trusted (origin, note) VALUES (?1, ?2) ON CONFLICT (origin) DO UPDATE SET note = excluded.note", [origin, note])
            .map(drop)
            .map_err(fault(File::Mine))
    }

    /// Remembers hand-overs that were followed, oldest first, each with the policy before it, and that the ledger is believed under another policy from now on.
    ///
    /// # Errors
    /// The store fails; nothing was changed.
    pub fn handed_over(&mut self, origin: &str, steps: &[(String, &str)], after: &str, now: Millis) -> Result<(), StoreError> {
        let err = fault(File::Mine);
        let tx = self.mine.transaction().map_err(err)?;
        for (before, note) in steps {
            let sql = "INSERT INTO handover (time, origin, policy, note) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (note) DO NOTHING";
            tx.execute(sql, params![now.0, origin, before, note]).map_err(err)?;
        }
        tx.execute("UPDATE ledger SET policy = ?1 WHERE origin = ?2", [after, origin]).map_err(err)?;
        tx.commit().map_err(err)
    }

    /// The hand-overs of a ledger that were followed, oldest first: the policy before, and the note.
    ///
    /// # Errors
    /// The store fails.
    pub fn handovers(&self, origin: &str) -> Result<Vec<(String, String)>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare("SELECT policy, note FROM handover WHERE origin = ?1 ORDER BY id").map_err(err)?;
        let rows = query.query_map([origin], |r| Ok((r.get(0)?, r.get(1)?))).map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// Keeps evidence; the same again is kept once.
    ///
    /// # Errors
    /// The store fails.
    pub fn keep_evidence(&mut self, evidence: &Evidence, now: Millis) -> Result<(), StoreError> {
        let Evidence { origin, why, trusted, offered, proof } = evidence;
        self.mine
            .execute(
                "INSERT INTO evidence (time, origin, why, trusted, offered, proof) SELECT ?1, ?2, ?3, ?4, ?5, ?6
                 WHERE (SELECT count(*) FROM evidence) < ?7 ON CONFLICT (trusted, offered) DO NOTHING",
                params![now.0, origin, why, trusted, offered, blob(proof)?, MAX_EVIDENCE],
            )
            .map(drop)
            .map_err(fault(File::Mine))
    }

    /// All evidence, oldest first.
    ///
    /// # Errors
    /// The store fails.
    pub fn evidence(&self) -> Result<Vec<Witnessed>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare("SELECT time, origin, why, trusted, offered, proof FROM evidence ORDER BY id").map_err(err)?;
        let rows = query
            .query_map([], |r| {
                let proof = unblob(r.get_ref(5)?.as_blob()?)?;
                let evidence = Evidence { origin: r.get(1)?, why: r.get(2)?, trusted: r.get(3)?, offered: r.get(4)?, proof };
                Ok(Witnessed { time: Millis(r.get(0)?), evidence })
            })
            .map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }
}
