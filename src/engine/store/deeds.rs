//! What became of products, in the person's own file: taken, or not wanted, and why.

use super::{File, Store, StoreError, fault, mine::SET_PROFILE};
use crate::{
    engine::wire::{Act, Why},
    measure::{Currency, Millis, Money},
    values::Profile,
};
use rusqlite::{Row, Transaction, params, types::Type};
use serde::{Deserialize, Serialize};

/// Something that was taken or not wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// Row id; 0 before it is kept.
    #[serde(skip)]
    pub id: u64,
    /// When.
    pub time: Millis,
    /// Which of the two.
    pub act: Act,
    /// The subject's id.
    pub subject: String,
    /// Its name then.
    pub name: String,
    /// What it cost, when that is known.
    #[serde(default)]
    pub price: Option<Money>,
    /// Why, when it was said.
    #[serde(default)]
    pub why: Option<Why>,
    /// The numbers of the profile's choices that were learned from it.
    #[serde(default)]
    pub choices: Vec<u32>,
}

/// The most deeds that are kept; the oldest beyond it are dropped.
pub const MAX_DEEDS: u32 = 5_000;

const COLUMNS: &str = "id, time, act, subject, name, minor, currency, why, choices";

impl Store {
    /// What became of products, newest first.
    ///
    /// # Errors
    /// The store fails.
    pub fn deeds(&self) -> Result<Vec<Deed>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare(&format!("SELECT {COLUMNS} FROM deed ORDER BY time DESC, id DESC")).map_err(err)?;
        let rows = query.query_map([], read).map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// Keeps a profile and a deed together; a deed without a row id is a new one. Gives the row's id.
    ///
    /// # Errors
    /// The store fails; both stay as they were.
    pub fn keep_deed(&mut self, profile: &Profile, deed: &Deed) -> Result<u64, StoreError> {
        self.with_profile(profile, |tx| {
            if deed.id == 0 {
                insert(tx, deed)?;
                let id = tx.last_insert_rowid().unsigned_abs();
                tx.execute("DELETE FROM deed WHERE id IN (SELECT id FROM deed ORDER BY time DESC, id DESC LIMIT -1 OFFSET ?1)", [MAX_DEEDS])?;
                return Ok(id);
            }
            tx.execute("UPDATE deed SET why = ?2, choices = ?3 WHERE id = ?1", params![row(deed.id), why(deed), choices(deed)])?;
            Ok(deed.id)
        })
    }

    /// Keeps a profile and forgets a deed together.
    ///
    /// # Errors
    /// The store fails; both stay as they were.
    pub fn drop_deed(&mut self, profile: &Profile, id: u64) -> Result<(), StoreError> {
        self.with_profile(profile, |tx| tx.execute("DELETE FROM deed WHERE id = ?1", [row(id)]).map(drop))
    }

    /// Keeps a profile that came from elsewhere: no deed names its choices.
    ///
    /// # Errors
    /// The store fails; both stay as they were.
    pub fn replace_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        self.with_profile(profile, |tx| tx.execute(UNLINK, []).map(drop))
    }

    fn with_profile<T>(&mut self, profile: &Profile, change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let err = fault(File::Mine);
        let tx = self.mine.transaction().map_err(err)?;
        tx.execute(SET_PROFILE, [profile.export()]).map_err(err)?;
        let done = change(&tx).map_err(err)?;
        tx.commit().map_err(err)?;
        Ok(done)
    }
}

/// Keeps a deed in place of the same one, if it is there.
pub(super) fn insert_again(tx: &Transaction<'_>, deed: &Deed) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM deed WHERE time = ?1 AND subject = ?2 AND act = ?3", params![deed.time.0, deed.subject, deed.act.id()])?;
    insert(tx, deed)
}

/// Deeds name choices by number: of another profile's choices they name none.
pub(super) const UNLINK: &str = "UPDATE deed SET choices = '[]'";

fn insert(tx: &Transaction<'_>, deed: &Deed) -> rusqlite::Result<()> {
    let (minor, currency) = deed.price.as_ref().map_or((0, ""), |p| (p.minor, p.currency.code()));
    tx.execute(
        "INSERT INTO deed (time, act, subject, name, minor, currency, why, choices) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![deed.time.0, deed.act.id(), deed.subject, deed.name, minor, currency, why(deed), choices(deed)],
    )
    .map(drop)
}

fn row(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn why(deed: &Deed) -> &'static str {
    deed.why.map_or("", Why::id)
}

fn choices(deed: &Deed) -> String {
    format!("{:?}", deed.choices)
}

fn read(r: &Row<'_>) -> rusqlite::Result<Deed> {
    let bad = |at: usize| rusqlite::Error::InvalidColumnType(at, "deed".into(), Type::Text);
    let (id, act, minor, currency, why, choices): (i64, String, i64, String, String, String) =
        (r.get(0)?, r.get(2)?, r.get(5)?, r.get(6)?, r.get(7)?, r.get(8)?);
    let price = if currency.is_empty() { None } else { Some(Money { minor, currency: Currency::try_from(currency).map_err(|_| bad(6))? }) };
    Ok(Deed {
        id: id.unsigned_abs(),
        time: Millis(r.get(1)?),
        act: Act::from_id(&act).ok_or_else(|| bad(2))?,
        subject: r.get(3)?,
        name: r.get(4)?,
        price,
        why: if why.is_empty() { None } else { Some(Why::from_id(&why).ok_or_else(|| bad(7))?) },
        choices: serde_json::from_str(&choices).map_err(|_| bad(8))?,
    })
}
