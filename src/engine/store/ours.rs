//! The profile of an organisation, in the person's own file.

use super::{File, Store, StoreError, fault};
use crate::values::{Ours, Profile};
use rusqlite::{Connection, OptionalExtension as _, params};

impl Store {
    /// The profile of an organisation beside the person's own.
    ///
    /// # Errors
    /// The store fails.
    pub fn ours(&self) -> Result<Option<Ours>, StoreError> {
        let read = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        let row: Option<(String, String, bool)> =
            self.mine.query_row("SELECT name, json, speaks FROM ours WHERE id = 1", [], read).optional().map_err(fault(File::Mine))?;
        let Some((name, json, speaks)) = row else { return Ok(None) };
        let profile = Profile::import(&json).map_err(|e| StoreError::Corrupt { file: File::Mine, why: e.to_string() })?;
        Ok(Some(Ours { name, profile, speaks }))
    }

    /// Keeps it, or drops it.
    ///
    /// # Errors
    /// The store fails; what was there stays.
    pub fn set_ours(&mut self, ours: Option<&Ours>) -> Result<(), StoreError> {
        match ours {
            Some(ours) => insert(&self.mine, ours),
            None => self.mine.execute("DELETE FROM ours", []).map(drop),
        }
        .map_err(fault(File::Mine))
    }

    /// By whose values verdicts are: the person's own, unless they let the organisation speak.
    ///
    /// # Errors
    /// The store fails.
    pub fn judging(&self) -> Result<Profile, StoreError> {
        match self.ours()?.filter(|ours| ours.speaks) {
            Some(ours) => Ok(ours.profile),
            None => Ok(self.profile()?.unwrap_or_default()),
        }
    }
}

/// Keeps it, whatever was there before.
pub(super) fn insert(connection: &Connection, ours: &Ours) -> rusqlite::Result<()> {
    let sql = "INSERT INTO ours (id, name, json, speaks) VALUES (1, ?1, ?2, ?3)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, json = excluded.json, speaks = excluded.speaks";
    connection.execute(sql, params![ours.name, ours.profile.export(), ours.speaks]).map(drop)
}
