//! `mine.db`: what is the person's own. It cannot be fetched from anywhere and never leaves the device.

use super::{Deed, File, Followed, Mark, Store, StoreError, fault};
use crate::{
    measure::{Currency, Millis, Money},
    pack::WORLD,
    values::{Ours, Profile},
};
use rusqlite::{OptionalExtension as _, params};
use std::collections::BTreeMap;

/// The migration steps, oldest first. Never change a step that was published: add one.
pub const MINE_STEPS: &[&str] = &[
    "
CREATE TABLE profile (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE history (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
CREATE INDEX history_time ON history (time);
CREATE TABLE price (subject TEXT NOT NULL PRIMARY KEY, minor INTEGER NOT NULL, currency TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
",
    "
CREATE TABLE trusted (origin TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE evidence (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, origin TEXT NOT NULL, why TEXT NOT NULL, trusted TEXT NOT NULL,
  offered TEXT NOT NULL, proof BLOB NOT NULL, UNIQUE (trusted, offered)
) STRICT;
",
    "
-- A device holds several ledgers: the one it has stays the first. Its name is filled in from its snapshot.
CREATE TABLE ledger (
  slot INTEGER NOT NULL PRIMARY KEY, origin TEXT NOT NULL UNIQUE, source TEXT NOT NULL, policy TEXT NOT NULL, synced INTEGER NOT NULL
) STRICT;
INSERT INTO ledger (slot, origin, source, policy, synced)
  SELECT 0, '', s.value, k.value, -1 FROM setting AS s JOIN setting AS k ON s.name = 'source' AND k.name = 'key';
DELETE FROM setting WHERE name IN ('source', 'key');
-- Hand-overs of a log that this device followed, with the policy that it believed before.
CREATE TABLE handover (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, origin TEXT NOT NULL, policy TEXT NOT NULL, note TEXT NOT NULL UNIQUE
) STRICT;
",
    "
-- What was taken and not wanted. An empty `why` was not said, an empty currency goes with no price; `choices` are numbers of the profile's, as a JSON array.
CREATE TABLE deed (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL,
  minor INTEGER NOT NULL, currency TEXT NOT NULL, why TEXT NOT NULL, choices TEXT NOT NULL
) STRICT;
",
    "
-- Shopping list, favourites, what is never offered; by subject id, so that a new snapshot loses nothing of it.
CREATE TABLE mark (list TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (list, subject)) STRICT, WITHOUT ROWID;
-- Lists of others, as they signed them.
CREATE TABLE followed (issuer TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (issuer, name)) STRICT;
",
    "
-- The profile of an organisation that the person belongs to, and whether it speaks in verdicts.
CREATE TABLE ours (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, json TEXT NOT NULL, speaks INTEGER NOT NULL) STRICT;
",
];

/// Keeps a profile, whatever was there before.
pub(super) const SET_PROFILE: &str = "INSERT INTO profile (id, json) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET json = excluded.json";

/// A code that was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Row id.
    pub id: u64,
    /// When last.
    pub time: Millis,
    /// The exact text.
    pub code: String,
    /// The subject's name when last scanned, or empty: shown should a later snapshot no longer know it.
    pub name: String,
}

/// What an export brings.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The person's values, if it has them.
    pub profile: Option<&'a Profile>,
    /// What was scanned.
    pub seen: &'a [Seen],
    /// Prices the person typed, by subject id.
    pub prices: &'a BTreeMap<String, Money>,
    /// What became of products.
    pub deeds: &'a [Deed],
    /// What is on the lists.
    pub marks: &'a [Mark],
    /// Lists of others.
    pub followed: &'a [Followed],
    /// The profile of an organisation, if it has one.
    pub ours: Option<&'a Ours>,
}

/// The most codes that history keeps; the oldest beyond it are dropped.
pub const MAX_HISTORY: u32 = 2_000;

impl Store {
    /// The person's values; `None` before the first run.
    ///
    /// # Errors
    /// The store fails.
    pub fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let json: Option<String> =
            self.mine.query_row("SELECT json FROM profile WHERE id = 1", [], |r| r.get(0)).optional().map_err(fault(File::Mine))?;
        json.map(|j| Profile::import(&j).map_err(|e| StoreError::Corrupt { file: File::Mine, why: e.to_string() })).transpose()
    }

    /// Keeps the person's values.
    ///
    /// # Errors
    /// The store fails; the old profile stays.
    pub fn set_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        self.mine.execute(SET_PROFILE, [profile.export()]).map(drop).map_err(fault(File::Mine))
    }

    /// Which market's packs the person wants; the world's until they chose.
    ///
    /// # Errors
    /// The store fails.
    pub fn market(&self) -> Result<String, StoreError> {
        let sql = "SELECT value FROM setting WHERE name = 'market'";
        let chosen = self.mine.query_row(sql, [], |r| r.get(0)).optional().map_err(fault(File::Mine))?;
        Ok(chosen.unwrap_or_else(|| WORLD.to_owned()))
    }

    /// Keeps which market's packs the person wants.
    ///
    /// # Errors
    /// The store fails; the old choice stays.
    pub fn set_market(&mut self, market: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO setting (name, value) VALUES ('market', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.mine.execute(sql, [market]).map(drop).map_err(fault(File::Mine))
    }

    /// Writes a scan down. A code has one row: scanned again, it moves to the top.
    ///
    /// # Errors
    /// The store fails.
    pub fn saw(&mut self, code: &str, name: &str, now: Millis) -> Result<(), StoreError> {
        let err = fault(File::Mine);
        let tx = self.mine.transaction().map_err(err)?;
        tx.execute(
            "INSERT INTO history (time, code, name) VALUES (?1, ?2, ?3) ON CONFLICT (code) DO UPDATE SET time = excluded.time, name = excluded.name",
            params![now.0, code, name],
        )
        .map_err(err)?;
        tx.execute("DELETE FROM history WHERE id IN (SELECT id FROM history ORDER BY time DESC, id DESC LIMIT -1 OFFSET ?1)", [MAX_HISTORY])
            .map_err(err)?;
        tx.commit().map_err(err)
    }

    /// What was scanned, newest first.
    ///
    /// # Errors
    /// The store fails.
    pub fn seen(&self) -> Result<Vec<Seen>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare("SELECT id, time, code, name FROM history ORDER BY time DESC, id DESC").map_err(err)?;
        let rows = query
            .query_map([], |r| {
                let id: i64 = r.get(0)?;
                Ok(Seen { id: id.unsigned_abs(), time: Millis(r.get(1)?), code: r.get(2)?, name: r.get(3)? })
            })
            .map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// How many codes were scanned.
    ///
    /// # Errors
    /// The store fails.
    pub fn seen_count(&self) -> Result<u32, StoreError> {
        self.mine.query_row("SELECT count(*) FROM history", [], |r| r.get(0)).map_err(fault(File::Mine))
    }

    /// Forgets one scan, or all.
    ///
    /// # Errors
    /// The store fails.
    pub fn forget(&mut self, id: Option<u64>) -> Result<(), StoreError> {
        match id {
            Some(id) => self.mine.execute("DELETE FROM history WHERE id = ?1", [super::int(id)?]),
            None => self.mine.execute("DELETE FROM history", []),
        }
        .map(drop)
        .map_err(fault(File::Mine))
    }

    /// Prices the person typed, by subject id.
    ///
    /// # Errors
    /// The store fails.
    pub fn my_prices(&self) -> Result<BTreeMap<String, Money>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare_cached("SELECT subject, minor, currency FROM price").map_err(err)?;
        let rows = query
            .query_map([], |r| {
                let currency: String = r.get(2)?;
                let currency = Currency::try_from(currency)
                    .map_err(|e| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(e)))?;
                Ok((r.get(0)?, Money { minor: r.get(1)?, currency }))
            })
            .map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// Keeps a typed price, or takes it back.
    ///
    /// # Errors
    /// The store fails.
    pub fn set_my_price(&mut self, subject: &str, price: Option<Money>) -> Result<(), StoreError> {
        match price {
            Some(p) => self.mine.execute(
                "INSERT INTO price (subject, minor, currency) VALUES (?1, ?2, ?3) ON CONFLICT (subject) DO UPDATE SET minor = excluded.minor, currency = excluded.currency",
                params![subject, p.minor, p.currency.code()],
            ),
            None => self.mine.execute("DELETE FROM price WHERE subject = ?1", [subject]),
        }
        .map(drop)
        .map_err(fault(File::Mine))
    }

    /// Takes over all of it in one transaction; what is there already is kept unless the import names it too.
    ///
    /// # Errors
    /// The store fails; nothing was taken over.
    pub fn import(&mut self, taken: &Taken<'_>) -> Result<(), StoreError> {
        let Taken { profile, seen, prices, deeds, marks, followed, ours } = *taken;
        let err = fault(File::Mine);
        let tx = self.mine.transaction().map_err(err)?;
        if let Some(profile) = profile {
            tx.execute(SET_PROFILE, [profile.export()]).map_err(err)?;
            tx.execute(super::deeds::UNLINK, []).map_err(err)?;
        }
        for s in seen {
            tx.execute(
                "INSERT INTO history (time, code, name) VALUES (?1, ?2, ?3) ON CONFLICT (code) DO UPDATE SET time = max(time, excluded.time)",
                params![s.time.0, s.code, s.name],
            )
            .map_err(err)?;
        }
        for (subject, p) in prices {
            tx.execute(
                "INSERT INTO price (subject, minor, currency) VALUES (?1, ?2, ?3) ON CONFLICT (subject) DO UPDATE SET minor = excluded.minor, currency = excluded.currency",
                params![subject, p.minor, p.currency.code()],
            )
            .map_err(err)?;
        }
        for deed in deeds {
            super::deeds::insert_again(&tx, deed).map_err(err)?;
        }
        for mark in marks {
            super::marks::insert(&tx, mark).map_err(err)?;
        }
        for list in followed {
            super::marks::insert_followed(&tx, list).map_err(err)?;
        }
        if let Some(ours) = ours {
            super::ours::insert(&tx, ours).map_err(err)?;
        }
        tx.commit().map_err(err)
    }

    /// Erases profiles, history, prices, deeds and lists, overwrites where they lay, and removes copies that were moved aside.
    ///
    /// # Errors
    /// The store fails.
    pub fn erase_mine(&mut self) -> Result<(), StoreError> {
        self.mine
            .execute_batch("PRAGMA secure_delete = ON; BEGIN; DELETE FROM profile; DELETE FROM history; DELETE FROM price; DELETE FROM deed; DELETE FROM mark; DELETE FROM followed; DELETE FROM ours; COMMIT; VACUUM; PRAGMA secure_delete = OFF;")
            .map_err(fault(File::Mine))?;
        self.storage.remove_set_aside(File::Mine.name())
    }
}
