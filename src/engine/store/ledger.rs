//! `ledger.db` and its like: what came out of one ledger's verified pack. All of it can be fetched again.

use super::{File, Slot, StoreError, fault, unblob, untag};
use crate::{
    measure::{Currency, Millis, Money},
    pack::{Actor, Category, Dossier, Head, Listing, Retailer, ShelfCard, SubjectForm, SubjectRow, WORLD},
    provenance::{ClaimDef, ClaimState},
    state::Since,
    statement::{Digest, PassportStatus, SubjectKind},
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};
use std::ops::Range;

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
", "
-- All of it is fetched again: packs have another form.
DROP TABLE dossier;
DROP TABLE bucket;
DROP TABLE listing;
DROP TABLE subject;
DROP TABLE snapshot;
DELETE FROM actor;
DELETE FROM category;
DELETE FROM claim;
DELETE FROM retailer;
DELETE FROM part;
CREATE TABLE snapshot (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  origin TEXT NOT NULL, market TEXT NOT NULL, batch INTEGER NOT NULL, time INTEGER NOT NULL, log_size INTEGER NOT NULL, sample INTEGER NOT NULL,
  policy TEXT NOT NULL, tree_size INTEGER NOT NULL, root BLOB NOT NULL, manifest BLOB NOT NULL, tree BLOB NOT NULL, shelf TEXT NOT NULL
) STRICT;
CREATE TABLE subject (
  number INTEGER NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, id TEXT NOT NULL, gtin INTEGER NOT NULL, digest BLOB NOT NULL,
  issuer INTEGER NOT NULL, form INTEGER NOT NULL, status INTEGER NOT NULL, successor INTEGER NOT NULL, valid_until INTEGER NOT NULL,
  name TEXT NOT NULL, brand TEXT NOT NULL, folded TEXT NOT NULL, owner INTEGER NOT NULL, category INTEGER NOT NULL, quantity TEXT NOT NULL,
  claims BLOB NOT NULL, fictional INTEGER NOT NULL
) STRICT;
CREATE INDEX subject_gtin ON subject (gtin) WHERE gtin >= 0;
CREATE INDEX subject_id ON subject (id) WHERE gtin < 0;
CREATE TABLE listing (
  position INTEGER NOT NULL PRIMARY KEY, retailer INTEGER NOT NULL, product INTEGER NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL,
  stock INTEGER NOT NULL
) STRICT;
CREATE TABLE bucket (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, digest BLOB NOT NULL) STRICT;
CREATE TABLE dossier (number INTEGER NOT NULL PRIMARY KEY, bucket INTEGER NOT NULL REFERENCES bucket (id) ON DELETE CASCADE, bytes BLOB NOT NULL) STRICT;
CREATE INDEX dossier_bucket ON dossier (bucket);
", "
ALTER TABLE snapshot ADD COLUMN markets TEXT NOT NULL DEFAULT '';
", "
-- It is fetched again: its head has another form.
DELETE FROM snapshot;
ALTER TABLE snapshot ADD COLUMN since BLOB NOT NULL DEFAULT x'00';
"];

/// What the snapshot is, and the newest checkpoint that was trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The ledger.
    pub origin: String,
    /// The market.
    pub market: String,
    /// The other markets that the ledger has, by rising id; empty: it has one.
    pub markets: Vec<String>,
    /// The batch the pack was made after.
    pub batch: u64,
    /// Its time.
    pub time: Millis,
    /// Log size the pack was made from.
    pub log_size: u64,
    /// A ledger whose keys are public.
    pub sample: bool,
    /// The policy it was verified under.
    pub policy: String,
    /// Size of the newest trusted checkpoint.
    pub tree_size: u64,
    /// Root of the newest trusted checkpoint.
    pub root: Digest,
}

impl Held {
    /// Whether it is what a device that wants this market gets: the world's, where the ledger has no such market.
    #[must_use]
    pub fn suits(&self, market: &str) -> bool {
        let known = self.markets.iter().any(|m| m == market);
        self.market == if known { market } else { WORLD }
    }
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
    /// When passports were issued.
    pub since: Vec<Since>,
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

/// Stands for "for ever" in a column that holds a time.
pub(super) const NEVER: i64 = i64::MAX;
/// A ledger's file; which one is known to whoever holds it ([`StoreError::in_ledger`]).
pub(super) const LEDGER: File = File::Ledger(Slot::HOME);

/// One ledger's database. Its passport numbers are the ledger's own.
#[derive(Debug)]
pub struct LedgerFile {
    pub(super) ledger: Connection,
}

impl LedgerFile {
    pub(super) const fn new(ledger: Connection) -> Self {
        Self { ledger }
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.ledger
    }

    pub(super) const fn swap(&mut self, connection: Connection) -> Connection {
        std::mem::replace(&mut self.ledger, connection)
    }

    /// What the snapshot is; `None` before the first sync.
    ///
    /// # Errors
    /// The store fails.
    pub fn held(&self) -> Result<Option<Held>, StoreError> {
        self.ledger
            .query_row("SELECT origin, market, batch, time, log_size, sample, policy, tree_size, root, markets FROM snapshot WHERE id = 1", [], |r| {
                Ok(Held {
                    origin: r.get(0)?,
                    market: r.get(1)?,
                    batch: count(r, 2)?,
                    time: Millis(r.get(3)?),
                    log_size: count(r, 4)?,
                    sample: r.get(5)?,
                    policy: r.get(6)?,
                    tree_size: count(r, 7)?,
                    root: r.get(8)?,
                    markets: r.get::<_, String>(9)?.split_whitespace().map(str::to_owned).collect(),
                })
            })
            .optional()
            .map_err(fault(LEDGER))
    }

    /// The manifest of the pack, as it came.
    ///
    /// # Errors
    /// The store fails.
    pub fn manifest(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.ledger.query_row("SELECT manifest FROM snapshot WHERE id = 1", [], |r| r.get(0)).optional().map_err(fault(LEDGER))
    }

    /// The printable cards of a sample.
    ///
    /// # Errors
    /// The store fails.
    pub fn shelf(&self) -> Result<Vec<ShelfCard>, StoreError> {
        let text: Option<String> =
            self.ledger.query_row("SELECT shelf FROM snapshot WHERE id = 1", [], |r| r.get(0)).optional().map_err(fault(LEDGER))?;
        text.map_or(Ok(Vec::new()), |t| serde_json::from_str(&t).map_err(|e| StoreError::Corrupt { file: LEDGER, why: e.to_string() }))
    }

    /// The tree file that dossiers are verified under; empty when there is none.
    ///
    /// # Errors
    /// The store fails.
    pub fn tree(&self) -> Result<Vec<u8>, StoreError> {
        let tree = self.ledger.query_row("SELECT tree FROM snapshot WHERE id = 1", [], |r| r.get(0)).optional();
        Ok(tree.map_err(fault(LEDGER))?.unwrap_or_default())
    }

    /// The small tables of the snapshot.
    ///
    /// # Errors
    /// The store fails, or a row is not what this code writes.
    pub fn rows(&self) -> Result<Rows, StoreError> {
        let (actors, categories, claims, retailers) = read_tables(&self.ledger)?;
        let mut listings = read_prices(&self.ledger, 0..u32::MAX)?;
        listings.sort_by_key(|l| (l.product, l.price.minor, l.retailer));
        let since = all(&self.ledger, "SELECT since FROM snapshot", [], |r| unblob(&r.get::<_, Vec<u8>>(0)?))?.into_iter().next().unwrap_or_default();
        Ok(Rows { actors, categories, claims, retailers, listings, since })
    }

    /// Every subject that the market has, by rising passport number, with the columns that ranking needs filled and the rest left empty.
    ///
    /// # Errors
    /// The store fails, or a row is not what this code writes.
    pub fn each_subject(&self, mut take: impl FnMut(u32, SubjectRow)) -> Result<(), StoreError> {
        let err = fault(LEDGER);
        let mut query = self
            .ledger
            .prepare(
                "SELECT number, kind, issuer, form, status, name, owner, category, claims, fictional FROM subject WHERE id <> '' ORDER BY number",
            )
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
            .prepare_cached("SELECT id, digest, successor, valid_until, brand, quantity FROM subject WHERE number = ?1 AND id <> ''")
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
            .map_err(fault(LEDGER))
    }

    /// The passport to speak of when only a GTIN is known: one in force rather than not, the maker's own rather than a record, of the whole
    /// class rather than a lot or an item, the newest.
    ///
    /// # Errors
    /// The store fails.
    pub fn number_by_gtin(&self, gtin14: &str) -> Result<Option<u32>, StoreError> {
        let Some(gtin) = gtin14.parse::<i64>().ok().filter(|g| *g >= 0) else { return Ok(None) };
        self.ledger
            .prepare_cached("SELECT number FROM subject WHERE gtin = ?1 AND gtin >= 0 ORDER BY status <> 0, form, length(id), number DESC LIMIT 1")
            .and_then(|mut q| q.query_row([gtin], |r| r.get(0)).optional())
            .map_err(fault(LEDGER))
    }

    /// The passport whose digest begins with these bytes.
    ///
    /// # Errors
    /// The store fails.
    pub fn number_by_digest(&self, head: &[u8; 16]) -> Result<Option<u32>, StoreError> {
        self.ledger.query_row("SELECT number FROM subject WHERE digest = ?1", [head], |r| r.get(0)).optional().map_err(fault(LEDGER))
    }

    /// The newest passport in force of a subject.
    ///
    /// # Errors
    /// The store fails.
    pub fn number_by_id(&self, id: &str) -> Result<Option<u32>, StoreError> {
        let gtin = gtin_of(id);
        // The two indexes share the subjects out between them.
        let sql = if gtin < 0 {
            "SELECT number FROM subject WHERE id = ?1 AND gtin < 0 AND ?2 < 0 ORDER BY status <> 0, form, number DESC LIMIT 1"
        } else {
            "SELECT number FROM subject WHERE id = ?1 AND gtin = ?2 AND gtin >= 0 ORDER BY status <> 0, form, number DESC LIMIT 1"
        };
        self.ledger.prepare_cached(sql).and_then(|mut q| q.query_row(params![id, gtin], |r| r.get(0)).optional()).map_err(fault(LEDGER))
    }

    /// The folded name and brand of every subject whose passport is in force, by rising passport number.
    ///
    /// # Errors
    /// The store fails.
    pub fn each_folded(&self, mut take: impl FnMut(u32, &str)) -> Result<(), StoreError> {
        let err = fault(LEDGER);
        let mut query = self.ledger.prepare("SELECT number, folded FROM subject WHERE status = 0 AND id <> '' ORDER BY number").map_err(err)?;
        let mut rows = query.query([]).map_err(err)?;
        while let Some(r) = rows.next().map_err(err)? {
            let folded = r.get_ref(1).and_then(|f| Ok(f.as_str()?)).map_err(err)?;
            take(r.get(0).map_err(err)?, folded);
        }
        Ok(())
    }

    /// The dossier of a subject, if it came with the pack.
    ///
    /// # Errors
    /// The store fails.
    pub fn dossier(&self, number: u32) -> Result<Option<Dossier>, StoreError> {
        self.ledger
            .query_row("SELECT bytes FROM dossier WHERE number = ?1", [number], |r| unblob(r.get_ref(0)?.as_blob()?))
            .optional()
            .map_err(fault(LEDGER))
    }

    /// True when what this dossier file decompresses to is held.
    ///
    /// # Errors
    /// The store fails.
    pub fn holds(&self, name: &str, raw_sha256: &Digest) -> Result<bool, StoreError> {
        if name == "dossier/tree" {
            return Ok(Sha256::digest(self.tree()?).as_slice() == raw_sha256);
        }
        self.ledger
            .query_row("SELECT EXISTS (SELECT 1 FROM bucket WHERE name = ?1 AND digest = ?2)", params![name, raw_sha256], |r| r.get(0))
            .map_err(fault(LEDGER))
    }
}

fn all<T>(c: &Connection, sql: &str, values: impl rusqlite::Params, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StoreError> {
    let err = fault(LEDGER);
    let mut query = c.prepare(sql).map_err(err)?;
    let rows = query.query_map(values, read).map_err(err)?;
    rows.collect::<Result<_, _>>().map_err(err)
}

fn text<T: TryFrom<String, Error: std::error::Error + Send + Sync + 'static>>(r: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = r.get(column)?;
    text.try_into().map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
}

type Tables = (Vec<Actor>, Vec<Category>, Vec<ClaimDef>, Vec<Retailer>);

fn read_tables(c: &Connection) -> Result<Tables, StoreError> {
    Ok((
        all(c, "SELECT key, name, standing, fictional, keys FROM actor ORDER BY position", [], |r| {
            let (standing, keys) = (unblob(&r.get::<_, Vec<u8>>(2)?)?, unblob(&r.get::<_, Vec<u8>>(4)?)?);
            Ok(Actor { key: text(r, 0)?, name: r.get(1)?, standing, fictional: r.get(3)?, keys })
        })?,
        all(c, "SELECT id, name, parent FROM category ORDER BY position", [], |r| {
            Ok(Category { id: r.get(0)?, name: r.get(1)?, parent: u16::try_from(r.get::<_, i64>(2)?).ok() })
        })?,
        all(c, "SELECT code, text, topics, lines FROM claim ORDER BY position", [], |r| {
            Ok(ClaimDef { code: r.get(0)?, text: r.get(1)?, topics: unblob(&r.get::<_, Vec<u8>>(2)?)?, lines: unblob(&r.get::<_, Vec<u8>>(3)?)? })
        })?,
        all(c, "SELECT subject, places FROM retailer ORDER BY position", [], |r| {
            Ok(Retailer { subject: r.get(0)?, places: unblob(&r.get::<_, Vec<u8>>(1)?)? })
        })?,
    ))
}

/// The head of the index that the tables hold.
pub(super) fn read_head(c: &Connection) -> Result<Head, StoreError> {
    let (actors, categories, claims, retailers) = read_tables(c)?;
    let err = fault(LEDGER);
    let after = |sql: &str| c.query_row(sql, [], |r| r.get(0)).map_err(err);
    let (subjects, listings) =
        (after("SELECT coalesce(max(number) + 1, 0) FROM subject")?, after("SELECT coalesce(max(position) + 1, 0) FROM listing")?);
    c.query_row("SELECT origin, market, batch, time, log_size, sample, since FROM snapshot WHERE id = 1", [], |r| {
        Ok(Head {
            origin: r.get(0)?,
            market: r.get(1)?,
            batch: count(r, 2)?,
            time: Millis(r.get(3)?),
            log_size: count(r, 4)?,
            sample: r.get(5)?,
            subjects,
            listings,
            actors,
            categories,
            claims,
            retailers,
            since: unblob(&r.get::<_, Vec<u8>>(6)?)?,
        })
    })
    .map_err(err)
}

/// Prices in this range of positions.
pub(super) fn read_prices(c: &Connection, range: Range<u32>) -> Result<Vec<Listing>, StoreError> {
    let sql = "SELECT retailer, product, minor, currency, stock FROM listing WHERE position >= ?1 AND position < ?2 ORDER BY position";
    all(c, sql, [range.start, range.end], |r| {
        Ok(Listing {
            retailer: r.get(0)?,
            product: r.get(1)?,
            price: Money { minor: r.get(2)?, currency: text::<Currency>(r, 3)? },
            stock: r.get(4)?,
        })
    })
}

/// Whole rows of the subjects in this range of numbers, of which there are `subjects` in all. A row of which the store has nothing is one that
/// the market does not have.
pub(super) fn read_subjects(c: &Connection, range: Range<u32>, subjects: u32) -> Result<Vec<SubjectRow>, StoreError> {
    let sql =
        "SELECT number, kind, issuer, form, status, name, owner, category, claims, fictional, id, digest, successor, valid_until, brand, quantity
               FROM subject WHERE number >= ?1 AND number < ?2 ORDER BY number";
    let rows = all(c, sql, [range.start, range.end], |r| {
        let (number, row) = summary(r)?;
        let until: i64 = r.get(13)?;
        let row = SubjectRow {
            id: r.get(10)?,
            digest: r.get(11)?,
            successor: u32::try_from(r.get::<_, i64>(12)?).ok(),
            valid_until: (until != NEVER).then_some(Millis(until)),
            brand: r.get(14)?,
            quantity: r.get(15)?,
            ..row
        };
        Ok((number, row))
    })?;
    let mut rows = rows.into_iter().peekable();
    let here = range.start..range.end.min(subjects);
    Ok(here.map(|number| rows.next_if(|(at, _)| *at == number).map_or_else(SubjectRow::elsewhere, |(_, row)| row)).collect())
}

/// The number of the GTIN in an element string such as `(01)09506000134352(10)L1`, or -1.
pub(super) fn gtin_of(id: &str) -> i64 {
    let digits = id.strip_prefix("(01)").and_then(|rest| rest.get(..14)).filter(|g| g.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|d| d.parse().ok()).unwrap_or(-1)
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
