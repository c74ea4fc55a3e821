//! The person's lists, in their own file: shopping list, favourites, and what is never offered.

use super::{File, Store, StoreError, fault};
use crate::{engine::wire::ListName, measure::Millis};
use rusqlite::{Transaction, params, types::Type};
use serde::{Deserialize, Serialize};

/// Something that the person put on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Which list.
    pub list: ListName,
    /// The subject's id.
    pub subject: String,
    /// Its name then.
    pub name: String,
    /// When.
    pub time: Millis,
}

/// A list of somebody else's, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Followed {
    /// Its publisher's key.
    pub issuer: String,
    /// What it is called.
    pub name: String,
    /// The credential, as it was brought.
    pub json: String,
    /// When it was brought.
    pub time: Millis,
}

/// The most that all lists hold together; beyond it nothing more is taken.
pub const MAX_MARKS: usize = 5_000;

impl Store {
    /// What is on the lists, in the order it was put there.
    ///
    /// # Errors
    /// The store fails.
    pub fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare_cached("SELECT list, subject, name, time FROM mark ORDER BY time, subject").map_err(err)?;
        let rows = query
            .query_map([], |r| {
                let list: String = r.get(0)?;
                let list = ListName::from_id(&list).ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "list".into(), Type::Text))?;
                Ok(Mark { list, subject: r.get(1)?, name: r.get(2)?, time: Millis(r.get(3)?) })
            })
            .map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// Puts something on a list; what is there already keeps its place.
    ///
    /// # Errors
    /// The store fails.
    pub fn mark(&mut self, mark: &Mark) -> Result<(), StoreError> {
        let err = fault(File::Mine);
        let tx = self.mine.transaction().map_err(err)?;
        insert(&tx, mark).map_err(err)?;
        tx.commit().map_err(err)
    }

    /// Takes something off a list.
    ///
    /// # Errors
    /// The store fails.
    pub fn unmark(&mut self, list: ListName, subject: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM mark WHERE list = ?1 AND subject = ?2";
        self.mine.execute(sql, params![list.id(), subject]).map(drop).map_err(fault(File::Mine))
    }
}

impl Store {
    /// Lists of others that are followed, in the order they were brought.
    ///
    /// # Errors
    /// The store fails.
    pub fn followed(&self) -> Result<Vec<Followed>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare_cached("SELECT issuer, name, json, time FROM followed ORDER BY time, name").map_err(err)?;
        let rows =
            query.query_map([], |r| Ok(Followed { issuer: r.get(0)?, name: r.get(1)?, json: r.get(2)?, time: Millis(r.get(3)?) })).map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// Keeps a list of somebody's, in the place of its earlier version.
    ///
    /// # Errors
    /// The store fails.
    pub fn follow(&mut self, list: &Followed) -> Result<(), StoreError> {
        let err = fault(File::Mine);
        let tx = self.mine.transaction().map_err(err)?;
        insert_followed(&tx, list).map_err(err)?;
        tx.commit().map_err(err)
    }

    /// Drops a list of somebody's.
    ///
    /// # Errors
    /// The store fails.
    pub fn unfollow(&mut self, issuer: &str, name: &str) -> Result<(), StoreError> {
        self.mine.execute("DELETE FROM followed WHERE issuer = ?1 AND name = ?2", params![issuer, name]).map(drop).map_err(fault(File::Mine))
    }
}

/// Keeps a list, in the place of its earlier version.
pub(super) fn insert_followed(tx: &Transaction<'_>, list: &Followed) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR REPLACE INTO followed (issuer, name, json, time) VALUES (?1, ?2, ?3, ?4)",
        params![list.issuer, list.name, list.json, list.time.0],
    )
    .map(drop)
}

/// Puts something on a list, unless it is there.
pub(super) fn insert(tx: &Transaction<'_>, mark: &Mark) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO mark (list, subject, name, time) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (list, subject) DO NOTHING",
        params![mark.list.id(), mark.subject, mark.name, mark.time.0],
    )
    .map(drop)
}
