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

/// Puts something on a list, unless it is there.
pub(super) fn insert(tx: &Transaction<'_>, mark: &Mark) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO mark (list, subject, name, time) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (list, subject) DO NOTHING",
        params![mark.list.id(), mark.subject, mark.name, mark.time.0],
    )
    .map(drop)
}
