//! What the device keeps, in SQLite databases of which any can be lost or rebuilt without the others: one per ledger, one for the person.
//!
//! | file | holds | when it is damaged |
//! |---|---|---|
//! | `ledger.db`, `ledger-1.db`, … | a ledger's snapshot: rows, dossiers, half-finished downloads | moved aside, filled again by the next sync |
//! | `mine.db` | profile, an organisation's profile, history, typed prices, which ledgers there are and under which policy; the newest checkpoint ever trusted of each, evidence against ledgers | moved aside and named to the person, a new one is started |
//!
//! *In:* rows from a verified pack, a person's own settings. *Out:* the same rows, or a [`StoreError`] that says which file is at fault.
//!
//! Both use a rollback journal: SQLite over OPFS has no shared memory for a write-ahead log. All tables are STRICT, every column is
//! NOT NULL ([`NONE`] stands for "none" where a position may be missing), and `user_version` counts the migration steps taken.

mod apply;
mod deeds;
mod kept;
mod ledger;
mod marks;
mod mine;
mod ours;
mod slot;
mod storage;
mod trust;

pub use apply::{ApplyError, old_head, raw};
pub use deeds::Deed;
pub use kept::Kept;
pub use ledger::{Held, LEDGER_STEPS, LedgerFile, Rows, SubjectDetail};
pub use marks::{Followed, MAX_MARKS, Mark};
pub use mine::{MINE_STEPS, Seen, Taken};
pub use slot::Slot;
pub use storage::Storage;
pub use trust::Witnessed;

use rusqlite::{Connection, ErrorCode};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// Stands for "none" in a column that holds a position or a passport number.
pub const NONE: i64 = -1;

/// A database of at most this many pages (of 4 096 bytes) is checked whole when it is opened; a larger one shows damage when it is read.
const CHECKED_PAGES: i64 = 16_384;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// A ledger's snapshot.
    Ledger(Slot),
    /// The person's own.
    Mine,
}

impl File {
    /// Its name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ledger(slot) => slot.file_name(),
            Self::Mine => "mine.db",
        }
    }
    const fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Ledger(_) => LEDGER_STEPS,
            Self::Mine => MINE_STEPS,
        }
    }
}

/// Why the store failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room left. SQLite has rolled back, so the store is as it was before.
    #[error("the device is full; free some space and try again. Nothing was lost")]
    Full,
    /// The file is damaged.
    #[error("{} is damaged ({why})", file.name())]
    Corrupt {
        /// Which file.
        file: File,
        /// What SQLite says.
        why: String,
    },
    /// The file was written by a newer app.
    #[error("{} was written by a newer EcoSphere; update the app to open it", .0.name())]
    Newer(File),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// The same, of this ledger's file: what reads a file does not know whose it is.
    #[must_use]
    pub fn in_ledger(self, slot: Slot) -> Self {
        match self {
            Self::Corrupt { file: File::Ledger(_), why } => Self::Corrupt { file: File::Ledger(slot), why },
            other => other,
        }
    }
}

impl From<StoreError> for crate::engine::wire::EngineError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Full => Self::DiskFull,
            other => Self::Store(other.to_string()),
        }
    }
}

/// Sorts an SQLite error by what can be done about it.
fn fault(file: File) -> impl Fn(rusqlite::Error) -> StoreError + Copy {
    move |e| match e.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt { file, why: e.to_string() },
        Some(_) => StoreError::Other(e.to_string()),
        None => match e {
            // A value in a row is not what this code writes there.
            rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::IntegralValueOutOfRange(..) | rusqlite::Error::InvalidColumnType(..) => {
                StoreError::Corrupt { file, why: e.to_string() }
            }
            _ => StoreError::Other(e.to_string()),
        },
    }
}

/// The open store.
#[derive(Debug)]
pub struct Store {
    storage: Storage,
    /// The first one is always there, if empty.
    ledgers: BTreeMap<Slot, Rc<RefCell<LedgerFile>>>,
    mine: Connection,
}

impl Store {
    /// Opens the databases; a damaged one is moved aside and started anew, and the sentences returned say so.
    ///
    /// # Errors
    /// The disk is full, a file is of a newer app, or the storage itself fails.
    pub fn open(storage: Storage) -> Result<(Self, Vec<String>), StoreError> {
        let mut notices = Vec::new();
        let mine = open_or_replace(&storage, File::Mine, &mut notices)?;
        let mut store = Self { storage, ledgers: BTreeMap::new(), mine };
        let kept: Vec<Slot> = store.kept()?.into_iter().map(|k| k.slot).collect();
        for slot in Slot::all() {
            // A file without a line in `mine.db` is what is left when that was lost: the snapshot names its ledger and policy itself.
            if slot == Slot::HOME || kept.contains(&slot) || store.storage.has(slot.file_name()) {
                let c = open_or_replace(&store.storage, File::Ledger(slot), &mut notices)?;
                store.ledgers.insert(slot, Rc::new(RefCell::new(LedgerFile::new(c))));
            }
        }
        store.adopt()?;
        Ok((store, notices))
    }

    /// Moves a database that turned out to be damaged aside, starts a new one and returns the sentence to say.
    ///
    /// # Errors
    /// The storage itself fails.
    pub fn replace(&mut self, file: File, why: &str) -> Result<String, StoreError> {
        // Closed first: neither Windows nor OPFS moves a file that is open.
        let spare = Connection::open_in_memory().map_err(fault(file))?;
        drop(self.swap(file, spare)?);
        let notice = set_aside(&self.storage, file, why)?;
        let new = open(&self.storage, file)?;
        self.swap(file, new)?;
        Ok(notice)
    }

    fn swap(&mut self, file: File, connection: Connection) -> Result<Connection, StoreError> {
        match file {
            File::Ledger(slot) => Ok(self.ledger(slot)?.borrow_mut().swap(connection)),
            File::Mine => Ok(std::mem::replace(&mut self.mine, connection)),
        }
    }

    /// A ledger's file.
    ///
    /// # Errors
    /// There is none in this place.
    pub fn ledger(&self, slot: Slot) -> Result<Rc<RefCell<LedgerFile>>, StoreError> {
        self.ledgers.get(&slot).cloned().ok_or_else(|| StoreError::Other("this device no longer holds that ledger".into()))
    }

    /// The places that have a ledger's file.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        self.ledgers.keys().copied().collect()
    }

    /// Makes room for one more ledger: the first place without one.
    ///
    /// # Errors
    /// All places are taken, or the storage fails.
    pub fn add_ledger(&mut self) -> Result<Option<Slot>, StoreError> {
        let Some(slot) = Slot::all().find(|slot| !self.ledgers.contains_key(slot)) else { return Ok(None) };
        // What an interrupted removal left is not this ledger's.
        self.storage.remove(slot.file_name())?;
        let c = open(&self.storage, File::Ledger(slot))?;
        self.ledgers.insert(slot, Rc::new(RefCell::new(LedgerFile::new(c))));
        Ok(Some(slot))
    }

    /// Removes a ledger: its file first, so that nothing of it comes back should this be interrupted.
    ///
    /// # Errors
    /// The storage fails.
    pub fn remove_ledger(&mut self, slot: Slot) -> Result<(), StoreError> {
        let file = File::Ledger(slot);
        drop(self.swap(file, Connection::open_in_memory().map_err(fault(file))?)?);
        self.storage.remove(slot.file_name())?;
        if slot == Slot::HOME {
            let new = open(&self.storage, file)?;
            self.swap(file, new)?;
        } else {
            self.ledgers.remove(&slot);
        }
        self.forget_kept(slot)
    }

    /// False when all of it is gone when the app ends.
    #[must_use]
    pub const fn is_durable(&self) -> bool {
        !matches!(self.storage, Storage::Memory)
    }

    /// Bytes in all ledgers' databases, and in the person's.
    ///
    /// # Errors
    /// The store fails.
    pub fn sizes(&self) -> Result<(u64, u64), StoreError> {
        let mut ledgers = 0_u64;
        for (slot, ledger) in &self.ledgers {
            ledgers = ledgers.saturating_add(size(ledger.borrow().connection(), File::Ledger(*slot))?);
        }
        Ok((ledgers, size(&self.mine, File::Mine)?))
    }

    /// Bounds a database's size in pages, as a small disk would. For tests of the full disk.
    #[doc(hidden)]
    pub fn limit_pages(&self, file: File, pages: u32) -> Result<(), StoreError> {
        let limit = |c: &Connection| c.pragma_update(None, "max_page_count", pages).map_err(fault(file));
        match file {
            File::Ledger(slot) => limit(self.ledger(slot)?.borrow().connection()),
            File::Mine => limit(&self.mine),
        }
    }
}

fn size(c: &Connection, file: File) -> Result<u64, StoreError> {
    let bytes: i64 = c.query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |r| r.get(0)).map_err(fault(file))?;
    Ok(bytes.unsigned_abs())
}

fn open_or_replace(storage: &Storage, file: File, notices: &mut Vec<String>) -> Result<Connection, StoreError> {
    match open(storage, file) {
        Err(StoreError::Corrupt { why, .. }) => {
            notices.push(set_aside(storage, file, &why)?);
            open(storage, file)
        }
        // A snapshot can always be fetched again; what is the person's own cannot, so there the app asks for an update.
        Err(StoreError::Newer(File::Ledger(_))) => {
            notices.push(set_aside(storage, file, "written by a newer EcoSphere")?);
            open(storage, file)
        }
        other => other,
    }
}

fn set_aside(storage: &Storage, file: File, why: &str) -> Result<String, StoreError> {
    let kept = storage.set_aside(file.name())?;
    Ok(match file {
        File::Ledger(_) => format!(
            "The snapshot on this device was damaged ({why}). It was kept as {kept}; the next sync fills a new one. Your profile and history are not affected."
        ),
        File::Mine => format!(
            "Your profile and history could not be read ({why}). The file was kept as {kept}, nothing was deleted; a new one was started. If you have an export, import it."
        ),
    })
}

fn open(storage: &Storage, file: File) -> Result<Connection, StoreError> {
    let mut connection = storage.connect(file.name()).map_err(fault(file))?;
    let err = fault(file);
    connection.pragma_update(None, "foreign_keys", true).map_err(err)?;
    connection.pragma_update(None, "cell_size_check", true).map_err(err)?;
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |r| r.get(0)).map_err(err)?;
    if pages <= CHECKED_PAGES {
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |r| r.get(0)).map_err(err)?;
        if verdict != "ok" {
            return Err(StoreError::Corrupt { file, why: verdict });
        }
    }
    migrate(&mut connection, file)?;
    Ok(connection)
}

/// Takes the steps that are still missing, each in a transaction of its own.
fn migrate(connection: &mut Connection, file: File) -> Result<(), StoreError> {
    let err = fault(file);
    let taken: u32 = connection.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(err)?;
    let taken = taken as usize;
    let steps = file.steps();
    let Some(missing) = steps.get(taken..) else {
        return Err(StoreError::Newer(file));
    };
    for (step, number) in missing.iter().zip(taken + 1..) {
        let tx = connection.transaction().map_err(err)?;
        tx.execute_batch(step).map_err(err)?;
        tx.pragma_update(None, "user_version", number as u32).map_err(err)?;
        tx.commit().map_err(err)?;
    }
    Ok(())
}

/// An enum without fields as the small number its place in the declaration gives it (postcard's rule).
fn tag<T: serde::Serialize>(value: &T) -> Result<i64, StoreError> {
    match postcard::to_stdvec(value).as_deref() {
        Ok([one]) if *one < 0x80 => Ok(i64::from(*one)),
        _ => Err(StoreError::Other("an enum of more than 127 variants, or with fields, was stored as a number".into())),
    }
}

/// The enum variant behind a number that [`tag`] wrote.
fn untag<T: serde::de::DeserializeOwned>(number: i64) -> rusqlite::Result<T> {
    u8::try_from(number).ok().and_then(|b| postcard::from_bytes(&[b]).ok()).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, number))
}

/// Any value as postcard.
fn blob<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(value).map_err(|e| StoreError::Other(e.to_string()))
}

/// The value behind bytes that [`blob`] wrote.
fn unblob<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> rusqlite::Result<T> {
    postcard::from_bytes(bytes).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(e)))
}

/// A count or size as SQLite keeps it.
fn int(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Other(format!("{n} is too large to store")))
}
