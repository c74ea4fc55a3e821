//! The one writer: takes statements into the open batch, closes it when its time has come, publishes.
//!
//! A batch's time is fixed when its first statement arrives, so that everything in it is judged at the time an auditor will judge it by. What
//! is taken is in the database before it is acknowledged. An empty batch is closed where the exchange waits for one. After a crash the open batch is closed as it stood, with the same bytes.
//!
//! Nothing that takes long is done here: packs are made and cosignatures gathered beside the writer (`closing.rs`).

mod closing;

use super::{
    NodeError,
    check::{Checked, Submission, check},
    cluster::Member,
    files::{CHECKPOINT, Files},
    folder::{Bodies, DataFolder, LedgerConfig},
    ledger::{Ledger, LogKeys},
    store::{Lease, Offered, Pending, Published, Refused, SqliteStore, Standing, Store},
};
use crate::{
    log::Checkpoint,
    measure::Millis,
    state::Policy,
    statement::{self, DidKey, Digest},
};
use closing::Closing;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A batch may be dated this much ahead, in milliseconds: a device refuses five minutes.
const AHEAD: i64 = 4 * 60_000;
/// A batch stays open at least so many times as long as the last one took to close: making packs shall cost the smaller part of a core.
const OPEN_PER_CLOSING: i64 = 2;
/// It is not kept open longer than this for that reason, in milliseconds: an hour.
const LONGEST_BATCH: i64 = 3_600_000;

/// The one writer of a ledger.
pub struct Sequencer {
    folder: DataFolder,
    config: LedgerConfig,
    keys: Arc<LogKeys>,
    ledger: Ledger,
    store: Arc<dyn Store>,
    lease: Lease,
    open_batch: Option<Millis>,
    /// How long a batch stays open at least, in milliseconds.
    batch_ms: i64,
    /// How long closing the last one took, in milliseconds.
    closing_ms: i64,
    /// The batch that is being closed.
    closing: Closing,
    /// What is in memory is not what the store holds: reading that back failed.
    torn: bool,
}

/// What a sender gets for a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its leaf, final once a checkpoint covers it.
    pub leaf: u64,
    /// Its id.
    pub id: Digest,
    /// The time of its batch.
    pub batch_time: Millis,
    /// Of a statement that issues a passport: the passport's number.
    pub passport: Option<u32>,
    /// It was taken before; this is what was answered then.
    pub again: bool,
}

impl Sequencer {
    /// Makes a new ledger in a folder and publishes its first, empty batch.
    ///
    /// # Errors
    /// There is a ledger already, or the folder cannot be written.
    pub fn create(root: &Path, config: LedgerConfig, seed: &[u8; 32]) -> Result<Self, NodeError> {
        let keys = Arc::new(LogKeys::from_seed(&config.origin, seed)?);
        let folder = DataFolder::create(root, &config, seed)?;
        let (store, lease) = open_store(&folder)?;
        let ledger = Ledger::new(policy(&config, &keys), config.sample).on(folder.shelf(None, Arc::clone(&store)));
        let mut fresh = Self {
            folder,
            config,
            keys,
            ledger,
            store,
            lease,
            open_batch: None,
            batch_ms: 0,
            closing_ms: 0,
            closing: Closing::default(),
            torn: false,
        };
        fresh.open_batch = Some(fresh.next_time(0));
        fresh.close()?;
        Ok(fresh)
    }

    /// Puts a copy of the sample ledger into a folder, with its public keys.
    ///
    /// # Errors
    /// There is a ledger already, or the folder cannot be written.
    pub fn create_sample(root: &Path) -> Result<(), NodeError> {
        let config = LedgerConfig { origin: super::sample::ORIGIN.to_owned(), registrars: super::sample::registrars(), sample: true };
        let folder = DataFolder::create(root, &config, &super::sample::seed(super::sample::LOG))?;
        let bodies = super::sample::bodies()?;
        folder.bodies().keep(bodies.into_iter().map(|body| (Sha256::digest(&body).into(), body)).collect())?;
        let files = crate::pack::sample_files().iter().chain(crate::pack::sample_older_entries());
        let (mut checkpoint, mut rest) = (String::new(), BTreeMap::new());
        for (path, bytes) in files {
            match *path {
                "checkpoint" => checkpoint = String::from_utf8_lossy(bytes).into_owned(),
                path => drop(rest.insert(path.to_owned(), bytes.to_vec())),
            }
        }
        folder.write(rest)?;
        super::folder::replace(&root.join("policy"), crate::pack::SAMPLE_POLICY.as_bytes())?;
        folder.move_checkpoint(&checkpoint)
    }

    /// Opens a ledger's folder: everything published is verified and folded again, and an interrupted batch is closed.
    ///
    /// # Errors
    /// The folder is in use, damaged, or behind what was published.
    pub fn open(root: &Path, batch_ms: i64) -> Result<Self, NodeError> {
        Self::opened(DataFolder::open(root)?, batch_ms)
    }

    /// The same, with the published files and the bodies elsewhere. At the first start what was made in the folder is put there.
    ///
    /// # Errors
    /// As [`Sequencer::open`].
    pub fn open_with(root: &Path, files: Files, batch_ms: i64) -> Result<Self, NodeError> {
        Self::opened(DataFolder::open_with(root, files)?, batch_ms)
    }

    fn opened((folder, config, seed): (DataFolder, LedgerConfig, [u8; 32]), batch_ms: i64) -> Result<Self, NodeError> {
        let keys = Arc::new(LogKeys::from_seed(&config.origin, &seed)?);
        let (store, lease) = open_store(&folder)?;
        if folder.files().read(CHECKPOINT)?.is_none() {
            folder.first_copy(&store.published()?)?;
        }
        let ledger = load(&folder, &config, &keys, &store)?;
        let mut sequencer =
            Self { folder, config, keys, ledger, store, lease, open_batch: None, batch_ms, closing_ms: 0, closing: Closing::default(), torn: false };
        sequencer.catch_up()?;
        sequencer.resume()?;
        match sequencer.close_early() {
            Ok(()) | Err(NodeError::Unwitnessed(_)) => Ok(sequencer),
            Err(failed) => Err(failed),
        }
    }

    /// Takes the lead of a ledger that several nodes share: everything published is verified and folded again, what the store holds follows.
    ///
    /// # Errors
    /// The files or the store cannot be read, or the store is behind what was published.
    pub fn lead(member: &Member, lease: Lease) -> Result<Self, NodeError> {
        let Member { folder, config, seed, store, batch_ms } = member.clone();
        let keys = Arc::new(LogKeys::from_seed(&config.origin, &seed)?);
        let ledger = load(&folder, &config, &keys, &store)?;
        let known = store.published()?.size;
        if known < ledger.published() {
            return Err(NodeError::Data(format!("the database ends at leaf {known}, but {} were published", ledger.published())));
        }
        let mut sequencer =
            Self { folder, config, keys, ledger, store, lease, open_batch: None, batch_ms, closing_ms: 0, closing: Closing::default(), torn: false };
        sequencer.catch_up()?;
        sequencer.resume()?;
        Ok(sequencer)
    }

    /// Takes a statement with the bodies it names into the open batch.
    ///
    /// # Errors
    /// Why it is refused; nothing was changed.
    pub fn take(&mut self, entry: Vec<u8>, bodies: Vec<Vec<u8>>) -> Result<Receipt, NodeError> {
        let checked = check(Submission { statement: entry, bodies }, &self.folder.bodies())?;
        self.take_all(vec![checked])?.pop().unwrap_or(Err(NodeError::NotLeading))
    }

    /// Takes statements into the open batch, each for itself, all in one durable transaction: an answer for each, in their order. A statement
    /// that was taken before gets the same receipt again.
    ///
    /// # Errors
    /// The disk or the store: then nobody may be told that theirs was taken.
    pub fn take_all(&mut self, checked: Vec<Checked>) -> Result<Vec<Result<Receipt, NodeError>>, NodeError> {
        self.mend()?;
        let time = self.open_batch.unwrap_or_else(|| self.next_time(self.open_for()));
        let (mut rows, mut refused, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        let mut answers = Vec::with_capacity(checked.len());
        let mut given = BTreeMap::new();
        for Checked { statement, entry, bodies: sent } in checked {
            let id = statement.id;
            answers.push(match self.ledger.append_verified(&statement, entry.clone(), time) {
                Ok(leaf) => {
                    let receipt = Receipt { leaf, id, batch_time: time, passport: self.ledger.state().passport_at(leaf), again: false };
                    given.insert(id, receipt);
                    rows.push(Pending { leaf, id, batch_time: time, entry });
                    bodies.extend(sent);
                    Ok(receipt)
                }
                Err(why) => match given.get(&id).copied().map_or_else(|| self.receipt(&id), |known| Ok(Some(known)))? {
                    Some(known) => Ok(Receipt { again: true, ..known }),
                    None => {
                        refused.push(Refused { id, code: why.code(), reason: why.to_string() });
                        Err(why)
                    }
                },
            });
        }
        if rows.is_empty() && refused.is_empty() {
            return Ok(answers);
        }
        let kept = self.folder.bodies().keep(bodies).and_then(|()| self.store.settle(self.lease, &rows, &refused, now()));
        if let Err(failed) = kept {
            // What is in memory but not in the store never was.
            self.restore()?;
            return Err(failed);
        }
        if !rows.is_empty() {
            self.open_batch = Some(time);
            self.ledger.let_go();
        }
        Ok(answers)
    }

    /// Takes what other nodes put into the inbox, at most `limit` statements. Returns how many there were.
    ///
    /// # Errors
    /// The disk or the store.
    pub fn drain_inbox(&mut self, limit: u32) -> Result<usize, NodeError> {
        let offered = self.store.inbox(limit)?;
        let mut done = Vec::new();
        let mut checked = Vec::with_capacity(offered.len());
        let count = offered.len();
        for Offered { id, entry } in offered {
            // Whoever put it there checked it; what is in a database is checked again all the same.
            match statement::verify(&entry) {
                Ok(statement) => checked.push(Checked { statement, entry, bodies: Vec::new() }),
                Err(why) => done.push(Refused { id, code: NodeError::from(why.clone()).code(), reason: why.to_string() }),
            }
        }
        for taken in self.take_all(checked)?.into_iter().flatten().filter(|receipt| receipt.again) {
            // It has its leaf already, which outweighs a refusal: this only takes it out of the inbox.
            done.push(Refused { id: taken.id, code: "replayed".to_owned(), reason: crate::state::Rejection::Replayed.to_string() });
        }
        if !done.is_empty() {
            self.store.settle(self.lease, &[], &done, now())?;
        }
        Ok(count)
    }

    /// What was answered when a statement was taken, if it was.
    fn receipt(&self, id: &Digest) -> Result<Option<Receipt>, NodeError> {
        Ok(match self.store.standing(id)? {
            Some(Standing::Taken { leaf, batch_time }) => {
                Some(Receipt { leaf, id: *id, batch_time, passport: self.ledger.state().passport_at(leaf), again: true })
            }
            _ => None,
        })
    }

    /// Goes on with closing, never waiting for it: seals the open batch if its time has come, closes it when its pack is made, notes what was
    /// published. Then it says how long that took since the batch was sealed.
    ///
    /// # Errors
    /// The disk, the store or the witnesses; what failed is tried again at the next call.
    pub fn close_if_due(&mut self) -> Result<Option<Duration>, NodeError> {
        self.mend()?;
        let published = self.step(false)?;
        if self.closing.is_idle() {
            if self.closing.is_waiting() && self.ready() {
                self.publish();
            } else if self.open_batch.is_some_and(|time| time <= now()) {
                self.seal()?;
            } else if self.open_batch.is_none() {
                // Nobody may say anything for a long time; what was ordered is cleared, and what was filled proven, all the same.
                let then = self.next_time(self.open_for());
                self.open_batch = Some(then).filter(|then| self.ledger.state().exchange_waits(*then));
            }
        }
        Ok(published)
    }

    /// Whether a pack is being made or a checkpoint published right now.
    #[must_use]
    pub const fn is_closing(&self) -> bool {
        self.closing.is_running()
    }

    /// Lets go of a ledger that another node leads now, without waiting for what is under way.
    pub fn abandon(mut self) {
        self.closing.abandon();
    }

    /// Closes the open batch before its time, unless that lies so far ahead that devices would not believe it: then it stays as it is, durable,
    /// and is closed when its time has come, by this process or the next. Waits until what is closed is published.
    ///
    /// # Errors
    /// As [`Sequencer::close`].
    pub fn close_early(&mut self) -> Result<(), NodeError> {
        self.mend()?;
        let far = self.open_batch.is_some_and(|time| time.0 > now().0.saturating_add(AHEAD));
        if far { self.flush() } else { self.close() }
    }

    /// Closes the open batch now, whatever its time, and waits until it is published.
    ///
    /// # Errors
    /// The disk, the store or the witnesses; what was taken is durable, and is published at the next try.
    pub fn close(&mut self) -> Result<(), NodeError> {
        self.mend()?;
        match self.finish() {
            // The next checkpoint covers this one's leaves too.
            Ok(()) | Err(NodeError::Unwitnessed(_)) => {}
            Err(failed) => return Err(failed),
        }
        self.seal()?;
        self.flush()
    }

    /// Waits until what is closed is published.
    fn flush(&mut self) -> Result<(), NodeError> {
        self.finish()?;
        self.publish();
        self.finish()
    }

    /// Whether witnesses may be asked now, if there are any.
    fn ready(&self) -> bool {
        self.folder.cosigners().is_none_or(|cosigners| cosigners.ready())
    }

    /// After a failure: what the disk holds is what counts.
    fn restore(&mut self) -> Result<(), NodeError> {
        self.torn = true;
        self.closing.halt();
        self.ledger = load(&self.folder, &self.config, &self.keys, &self.store)?;
        self.open_batch = None;
        self.resume()?;
        self.torn = false;
        Ok(())
    }

    /// Tries again to restore, where that failed too: the store could not be reached then.
    fn mend(&mut self) -> Result<(), NodeError> {
        if self.torn { self.restore() } else { Ok(()) }
    }

    /// Brings store and folder to the same checkpoint: a crash may have come between the two, or the folder was copied here without its store.
    fn catch_up(&self) -> Result<(), NodeError> {
        let (known, size) = (self.store.published()?, self.ledger.published());
        if known.size == size && known.note == self.folder.checkpoint()? {
            return Ok(());
        }
        if known.size < size {
            return self.store.publish(self.lease, known.size, &Published { size, note: self.folder.checkpoint()? });
        }
        if known.note.is_empty() { Ok(()) } else { self.folder.move_checkpoint(&known.note) }
    }

    /// Appends what has its leaf but is not published, and goes on with closing where that was interrupted.
    fn resume(&mut self) -> Result<(), NodeError> {
        for pending in self.store.pending(self.ledger.published())? {
            let (leaf, given) = (pending.leaf, self.ledger.size());
            if given != leaf {
                return Err(NodeError::Data(format!("the statement at leaf {leaf} was taken, but those before it are missing")));
            }
            if pending.is_reserved() {
                let snapshot = self.ledger.seal(pending.batch_time)?;
                self.closing.pack(self.folder.clone(), Box::new(snapshot));
                self.open_batch = None;
                continue;
            }
            self.ledger.append(pending.entry, pending.batch_time)?;
            let closed = self.ledger.state().batch().is_some_and(|b| b.leaf == leaf);
            self.open_batch = (!closed).then_some(pending.batch_time);
            if closed {
                self.closing.keep(self.ledger.publication(&self.keys));
            }
        }
        Ok(())
    }

    /// How long the next batch stays open, in milliseconds.
    fn open_for(&self) -> i64 {
        // 0: a command that closes its batch itself.
        if self.batch_ms == 0 { 0 } else { self.batch_ms.max(self.closing_ms.saturating_mul(OPEN_PER_CLOSING).min(LONGEST_BATCH)) }
    }

    /// The time of a batch that is opened now: later than the last one's.
    fn next_time(&self, open_for: i64) -> Millis {
        let last = self.ledger.state().batch().map_or(0, |b| b.time.0);
        Millis(now().0.saturating_add(open_for).max(last.saturating_add(1)))
    }

    /// The ledger.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    /// What the ledger is.
    #[must_use]
    pub const fn config(&self) -> &LedgerConfig {
        &self.config
    }
    /// The log's key.
    #[must_use]
    pub fn vkey(&self) -> String {
        self.keys.key().to_string()
    }
    /// The published files and the bodies.
    #[must_use]
    pub const fn files(&self) -> &Files {
        self.folder.files()
    }
    /// Where bodies lie.
    #[must_use]
    pub fn bodies(&self) -> Bodies {
        self.folder.bodies()
    }
    /// Where statements stand.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
    /// The leaf of a statement.
    ///
    /// # Errors
    /// The database.
    pub fn leaf_of(&self, id: &Digest) -> Result<Option<u64>, NodeError> {
        Ok(match self.store.standing(id)? {
            Some(Standing::Taken { leaf, .. }) => Some(leaf),
            _ => None,
        })
    }
}

/// The folder's lock makes this process the only one, so the lease is always given.
fn open_store(folder: &DataFolder) -> Result<(Arc<dyn Store>, Lease), NodeError> {
    let store = SqliteStore::open(&folder.database())?;
    let lease = store.lead("", Duration::MAX)?.ok_or(NodeError::NotLeading)?;
    Ok((Arc::new(store), lease))
}

/// Reads the ledger at the newest checkpoint that was ever published, which the store knows.
fn load(folder: &DataFolder, config: &LedgerConfig, keys: &LogKeys, store: &Arc<dyn Store>) -> Result<Ledger, NodeError> {
    let known = store.published()?;
    let note = folder.checkpoint()?;
    let held = Checkpoint::open(&note, keys.key())?.size;
    // The checkpoint moves last, so after a crash the store may be ahead of it.
    let ahead = known.size > held && !known.note.is_empty();
    let note = if ahead { known.note } else { note };
    let ledger = Ledger::load(policy(config, keys), keys.key(), config.sample, folder.shelf(Some(note), Arc::clone(store)));
    match ledger {
        Ok(ledger) if ledger.published() >= known.size => Ok(ledger),
        Err(other) if !ahead => Err(other),
        _ => Err(NodeError::Data(format!(
            "its checkpoint has {held} leaves, but {} were published; serving this would be taking statements back",
            known.size
        ))),
    }
}

fn policy(config: &LedgerConfig, keys: &LogKeys) -> Policy {
    Policy { origin: config.origin.clone(), log: DidKey::from_public(*keys.key().public()), registrars: config.registrars.clone() }
}

/// The system's clock: the node is where time enters a ledger.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
