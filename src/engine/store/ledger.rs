//! `ledger.db`: what came out of a verified pack. All of it can be fetched again.

use super::{File, Store, StoreError, fault, unblob, untag};
use crate::{
    measure::{Currency, Millis, Money},
    pack::{Actor, Category, Dossier, Listing, Retailer, ShelfCard, SubjectForm, SubjectRow},
    provenance::{ClaimDef, ClaimState},
    statement::{Digest, PassportStatus, SubjectKind},
};
use rusqlite::{OptionalExtension as _, Row};

/// The migration steps, oldest first. Never change a step that was published: add one.
pub const LEDGER_STEPS: &[&str] = &["
CREATE TABLE snapshot (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  origin TEXT NOT NULL, market TEXT NOT NULL, batch INTEGER NOT NULL, time INTEGER NOT NULL, log_size INTEGER NOT NULL, sample INTEGER NOT NULL,
  vkey TEXT NOT NULL, tree_size INTEGER NOT NULL, root BLOB NOT NULL, manifest BLOB NOT NULL, shelf TEXT NOT NULL
) STRICT;
CREATE TABLE actor (position INTEGER NOT NULL PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL, standing BLOB NOT NULL, fictional INTEGER NOT NULL) STRICT;
CREATE TABLE category (position INTEGER NOT NULL PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, parent INTEGER NOT NULL) STRICT;
CREATE TABLE claim (position INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL, text TEXT NOT NULL, topics BLOB NOT NULL, lines BLOB NOT NULL) STRICT;
CREATE TABLE subject (
  number INTEGER NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, id TEXT NOT NULL, gtin TEXT NOT NULL, digest BLOB NOT NULL, issuer INTEGER NOT NULL,
  form INTEGER NOT NULL, status INTEGER NOT NULL, successor INTEGER NOT NULL, valid_until INTEGER NOT NULL, name TEXT NOT NULL, brand TEXT NOT NULL,
  folded TEXT NOT NULL, owner INTEGER NOT NULL, category INTEGER NOT NULL, quantity TEXT NOT NULL, claims BLOB NOT NULL, fictional INTEGER NOT NULL
) STRICT;
CREATE INDEX subject_gtin ON subject (gtin) WHERE gtin <> '';
CREATE INDEX subject_id ON subject (id);
CREATE TABLE retailer (position INTEGER NOT NULL PRIMARY KEY, subject INTEGER NOT NULL, places BLOB NOT NULL) STRICT;
CREATE TABLE listing (retailer INTEGER NOT NULL, product INTEGER NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL, stock INTEGER NOT NULL) STRICT;
CREATE TABLE bucket (id INTEGER NOT NULL PRIMARY KEY, digest BLOB NOT NULL UNIQUE) STRICT;
CREATE TABLE dossier (number INTEGER NOT NULL PRIMARY KEY, bucket INTEGER NOT NULL REFERENCES bucket (id) ON DELETE CASCADE, bytes BLOB NOT NULL) STRICT;
CREATE INDEX dossier_bucket ON dossier (bucket);
CREATE TABLE part (digest BLOB NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (digest, at)) STRICT;
", "
ALTER TABLE actor ADD COLUMN keys BLOB NOT NULL DEFAULT x'00';
"];

/// What the snapshot is, and the newest checkpoint that was trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The ledger.
    pub origin: String,
    /// The market.
    pub market: String,
    /// The batch the pack was made after.
    pub batch: u64,
    /// Its time.
    pub time: Millis,
    /// Log size the pack was made from.
    pub log_size: u64,
    /// A ledger whose keys are public.
    pub sample: bool,
    /// The log key it was verified under, as a vkey.
    pub vkey: String,
    /// Size of the newest trusted checkpoint.
    pub tree_size: u64,
    /// Root of the newest trusted checkpoint.
    pub root: Digest,
}

/// The snapshot's small tables and every subject, as they go into memory.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Actors by position.
    pub actors: Vec<Actor>,
    /// Categories by position.
    pub categories: Vec<Category>,
    /// Claim rows by position.
    pub claims: Vec<ClaimDef>,
    /// Retailers by position.
    pub retailers: Vec<Retailer>,
    /// Prices.
    pub listings: Vec<Listing>,
}

/// The columns of a subject that are read only when it is shown or checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectDetail {
    /// GS1 element string or `<registry>:<id>`.
    pub id: String,
    /// First 16 bytes of the passport's digest.
    pub digest: [u8; 16],
    /// Passport number of the successor.
    pub successor: Option<u32>,
    /// When it ceases to hold.
    pub valid_until: Option<Millis>,
    /// Brand name, or empty.
    pub brand: String,
    /// Net quantity, or empty.
    pub quantity: String,
}

/// A dossier file, verified. Its dossiers are stored one by one, because a scan looks at one of them and has no time to unpack a thousand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// SHA-256 of the file as served.
    pub digest: Digest,
    /// What was in it.
    pub dossiers: Vec<Dossier>,
}

/// Stands for "for ever" in a column that holds a time.
pub(super) const NEVER: i64 = i64::MAX;

impl Store {
    /// What the snapshot is; `None` before the first sync.
    ///
    /// # Errors
    /// The store fails.
    pub fn held(&self) -> Result<Option<Held>, StoreError> {
        self.ledger
            .query_row("SELECT origin, market, batch, time, log_size, sample, vkey, tree_size, root FROM snapshot WHERE id = 1", [], |r| {
                Ok(Held {
                    origin: r.get(0)?,
                    market: r.get(1)?,
                    batch: count(r, 2)?,
                    time: Millis(r.get(3)?),
                    log_size: count(r, 4)?,
                    sample: r.get(5)?,
                    vkey: r.get(6)?,
                    tree_size: count(r, 7)?,
                    root: r.get(8)?,
                })
            })
            .optional()
            .map_err(fault(File::Ledger))
    }

    /// The manifest of the pack, as it came.
    ///
    /// # Errors
    /// The store fails.
    pub fn manifest(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.ledger.query_row("SELECT manifest FROM snapshot WHERE id = 1", [], |r| r.get(0)).optional().map_err(fault(File::Ledger))
    }

    /// The printable cards of a sample.
    ///
    /// # Errors
    /// The store fails.
    pub fn shelf(&self) -> Result<Vec<ShelfCard>, StoreError> {
        let text: Option<String> =
            self.ledger.query_row("SELECT shelf FROM snapshot WHERE id = 1", [], |r| r.get(0)).optional().map_err(fault(File::Ledger))?;
        text.map_or(Ok(Vec::new()), |t| serde_json::from_str(&t).map_err(|e| StoreError::Corrupt { file: File::Ledger, why: e.to_string() }))
    }

    /// The small tables of the snapshot.
    ///
    /// # Errors
    /// The store fails, or a row is not what this code writes.
    pub fn rows(&self) -> Result<Rows, StoreError> {
        Ok(Rows {
            actors: self.all("SELECT key, name, standing, fictional, keys FROM actor ORDER BY position", |r| {
                let key: String = r.get(0)?;
                Ok(Actor {
                    key: key.try_into().map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e)))?,
                    name: r.get(1)?,
                    standing: unblob(&r.get::<_, Vec<u8>>(2)?)?,
                    fictional: r.get(3)?,
                    keys: unblob(&r.get::<_, Vec<u8>>(4)?)?,
                })
            })?,
            categories: self.all("SELECT id, name, parent FROM category ORDER BY position", |r| {
                Ok(Category { id: r.get(0)?, name: r.get(1)?, parent: u16::try_from(r.get::<_, i64>(2)?).ok() })
            })?,
            claims: self.all("SELECT code, text, topics, lines FROM claim ORDER BY position", |r| {
                Ok(ClaimDef { code: r.get(0)?, text: r.get(1)?, topics: unblob(&r.get::<_, Vec<u8>>(2)?)?, lines: unblob(&r.get::<_, Vec<u8>>(3)?)? })
            })?,
            retailers: self.all("SELECT subject, places FROM retailer ORDER BY position", |r| {
                Ok(Retailer { subject: r.get(0)?, places: unblob(&r.get::<_, Vec<u8>>(1)?)? })
            })?,
            listings: self.all("SELECT retailer, product, minor, currency, stock FROM listing ORDER BY product, minor, retailer", |r| {
                let currency: String = r.get(3)?;
                let currency = Currency::try_from(currency)
                    .map_err(|e| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, Box::new(e)))?;
                Ok(Listing { retailer: r.get(0)?, product: r.get(1)?, price: Money { minor: r.get(2)?, currency }, stock: r.get(4)? })
            })?,
        })
    }

    /// Every subject by rising passport number, with the columns that ranking needs filled and the rest left empty.
    ///
    /// # Errors
    /// The store fails, or a row is not what this code writes.
    pub fn each_subject(&self, mut take: impl FnMut(u32, SubjectRow)) -> Result<(), StoreError> {
        let err = fault(File::Ledger);
        let mut query = self
            .ledger
            .prepare("SELECT number, kind, issuer, form, status, name, owner, category, claims, fictional FROM subject ORDER BY number")
            .map_err(err)?;
        let mut rows = query.query([]).map_err(err)?;
        while let Some(r) = rows.next().map_err(err)? {
            let (number, row) = summary(r).map_err(err)?;
            take(number, row);
        }
        Ok(())
    }

    /// The rest of a subject's row.
    ///
    /// # Errors
    /// The store fails.
    pub fn subject(&self, number: u32) -> Result<Option<SubjectDetail>, StoreError> {
        self.ledger
            .prepare_cached("SELECT id, digest, successor, valid_until, brand, quantity FROM subject WHERE number = ?1")
            .and_then(|mut q| {
                q.query_row([number], |r| {
                    let until: i64 = r.get(3)?;
                    Ok(SubjectDetail {
                        id: r.get(0)?,
                        digest: r.get(1)?,
                        successor: u32::try_from(r.get::<_, i64>(2)?).ok(),
                        valid_until: (until != NEVER).then_some(Millis(until)),
                        brand: r.get(4)?,
                        quantity: r.get(5)?,
                    })
                })
                .optional()
            })
            .map_err(fault(File::Ledger))
    }

    /// The passport to speak of when only a GTIN is known: one in force rather than not, the maker's own rather than a record, of the whole
    /// class rather than a lot or an item, the newest.
    ///
    /// # Errors
    /// The store fails.
    pub fn number_by_gtin(&self, gtin14: &str) -> Result<Option<u32>, StoreError> {
        self.first("SELECT number FROM subject WHERE gtin = ?1 AND gtin <> '' ORDER BY status <> 0, form, length(id), number DESC LIMIT 1", gtin14)
    }

    /// The passport whose digest begins with these bytes.
    ///
    /// # Errors
    /// The store fails.
    pub fn number_by_digest(&self, head: &[u8; 16]) -> Result<Option<u32>, StoreError> {
        self.ledger.query_row("SELECT number FROM subject WHERE digest = ?1", [head], |r| r.get(0)).optional().map_err(fault(File::Ledger))
    }

    /// The newest passport in force of a subject.
    ///
    /// # Errors
    /// The store fails.
    pub fn number_by_id(&self, id: &str) -> Result<Option<u32>, StoreError> {
        self.first("SELECT number FROM subject WHERE id = ?1 ORDER BY status <> 0, form, number DESC LIMIT 1", id)
    }

    /// Passport numbers of subjects whose folded name holds every word, at most `limit`.
    ///
    /// # Errors
    /// The store fails.
    pub fn search(&self, words: &[String], limit: u32) -> Result<Vec<u32>, StoreError> {
        let err = fault(File::Ledger);
        let mut sql = String::from("SELECT number FROM subject WHERE status = 0");
        for n in 1..=words.len() {
            sql.push_str(&format!(" AND instr(folded, ?{n}) > 0"));
        }
        sql.push_str(&format!(" ORDER BY length(folded), number LIMIT {limit}"));
        let mut query = self.ledger.prepare(&sql).map_err(err)?;
        let rows = query.query_map(rusqlite::params_from_iter(words), |r| r.get(0)).map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// The dossier of a subject, if it came with the pack.
    ///
    /// # Errors
    /// The store fails.
    pub fn dossier(&self, number: u32) -> Result<Option<Dossier>, StoreError> {
        self.ledger
            .query_row("SELECT bytes FROM dossier WHERE number = ?1", [number], |r| unblob(r.get_ref(0)?.as_blob()?))
            .optional()
            .map_err(fault(File::Ledger))
    }

    /// True when this dossier file is held.
    ///
    /// # Errors
    /// The store fails.
    pub fn has_bucket(&self, digest: &Digest) -> Result<bool, StoreError> {
        self.ledger.query_row("SELECT EXISTS (SELECT 1 FROM bucket WHERE digest = ?1)", [digest], |r| r.get(0)).map_err(fault(File::Ledger))
    }

    fn first(&self, sql: &str, key: &str) -> Result<Option<u32>, StoreError> {
        self.ledger.prepare_cached(sql).and_then(|mut q| q.query_row([key], |r| r.get(0)).optional()).map_err(fault(File::Ledger))
    }

    fn all<T>(&self, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StoreError> {
        let err = fault(File::Ledger);
        let mut query = self.ledger.prepare(sql).map_err(err)?;
        let rows = query.query_map([], read).map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }
}

fn count(r: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let n: i64 = r.get(column)?;
    u64::try_from(n).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, n))
}

fn summary(r: &Row<'_>) -> rusqlite::Result<(u32, SubjectRow)> {
    let claims: Vec<(u16, ClaimState)> = unblob(r.get_ref(8)?.as_blob()?)?;
    Ok((
        r.get(0)?,
        SubjectRow {
            kind: untag::<SubjectKind>(r.get(1)?)?,
            id: String::new(),
            digest: [0; 16],
            issuer: r.get(2)?,
            form: untag::<SubjectForm>(r.get(3)?)?,
            status: untag::<PassportStatus>(r.get(4)?)?,
            successor: None,
            valid_until: None,
            name: r.get(5)?,
            brand: String::new(),
            owner: u32::try_from(r.get::<_, i64>(6)?).ok(),
            category: u16::try_from(r.get::<_, i64>(7)?).ok(),
            quantity: String::new(),
            claims,
            fictional: r.get(9)?,
        },
    ))
}
