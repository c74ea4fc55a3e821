//! Closing a batch beside the writer, which goes on taking statements into the next one.
//!
//! ```text
//! writer   seal ────────────────> complete ───────────> mark published
//!           │  leaf reserved in     ↑ │  BatchClose in     ↑
//!           │  the store            │ │  the store         │
//! beside    └─ pack made, written ──┘ └─ tiles written, ───┘
//!                                        cosignatures gathered, checkpoint moved
//! ```
//! One batch is on this way at a time; what comes in meanwhile is folded, durable and acknowledged. After a crash the reserved leaf tells that
//! its batch was sealed: the same pack follows from the same leaves, and so does the same `BatchClose`.

use super::{Sequencer, now};
use crate::{
    log::{self, bundle_path, prove_consistency, write_bundle},
    node::{
        NodeError,
        background::Job,
        folder::DataFolder,
        ledger::{LogKeys, Publication, bundle},
        snapshot::Snapshot,
        status_token,
        store::{Lease, Pending, Published, Store},
    },
    statement::Digest,
};
use std::{
    collections::BTreeMap,
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

/// After how long a pack that could not be made is tried again.
const PACK_PAUSE: Duration = Duration::from_secs(2);

/// So many bytes of a pack's files are gathered before they are written.
const PACK_AT_ONCE: usize = 4 << 20;
/// So many bundles are read from the store before they are written.
const BUNDLES_AT_ONCE: usize = 16;

/// How far the closing of a batch has come.
#[derive(Default)]
pub(super) struct Closing {
    stage: Stage,
    /// What is closed but not published: it waits for witnesses, or for the files to be reachable.
    outgoing: Option<Outgoing>,
    /// When the batch that is on its way was sealed.
    since: Option<Instant>,
}

#[derive(Default)]
enum Stage {
    #[default]
    Idle,
    /// The sealed batch's pack is being made.
    Packing(Job<Packed>),
    /// It could not be made, and is tried again then.
    Stuck(Box<Snapshot>, Instant),
    /// It is made and written; its `BatchClose` is not in the store yet.
    Packed(Digest),
    /// The checkpoint is being published.
    Publishing(Job<(Outgoing, Result<(), NodeError>)>),
}

/// The digest of the pack's manifest; or why not, and what to make it of.
type Packed = Result<Digest, (Box<Snapshot>, NodeError)>;

/// A checkpoint on its way out.
pub(super) struct Outgoing {
    publication: Publication,
    /// The cosigned note, once the store holds it.
    decided: Option<String>,
}

impl Closing {
    /// Nothing is being made or published.
    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle)
    }

    /// Something runs.
    pub(super) const fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Packing(_) | Stage::Publishing(_))
    }

    /// Something is closed and not published.
    pub(super) const fn is_waiting(&self) -> bool {
        self.outgoing.is_some()
    }

    /// Keeps a checkpoint over all that is in the log, to be published.
    pub(super) fn keep(&mut self, publication: Publication) {
        self.outgoing = Some(Outgoing { publication, decided: None });
    }

    /// Forgets everything, after what runs has ended.
    pub(super) fn halt(&mut self) {
        match mem::take(&mut self.stage) {
            Stage::Packing(job) => drop(job.end()),
            Stage::Publishing(job) => drop(job.end()),
            Stage::Idle | Stage::Stuck(..) | Stage::Packed(_) => {}
        }
        (self.outgoing, self.since) = (None, None);
    }

    /// Forgets everything; what runs may go on. The store knows that it does not lead any more.
    pub(super) fn abandon(&mut self) {
        (self.stage, self.outgoing, self.since) = (Stage::Idle, None, None);
    }

    pub(super) fn pack(&mut self, folder: DataFolder, snapshot: Box<Snapshot>) {
        self.since.get_or_insert_with(Instant::now);
        self.stage = Stage::Packing(Job::start(move || match pack(&folder, &snapshot) {
            Ok(digest) => Ok(digest),
            Err(why) => Err((snapshot, why)),
        }));
    }
}

impl Drop for Closing {
    /// Whoever opens the folder next must find nobody at work in it.
    fn drop(&mut self) {
        self.halt();
    }
}

impl Sequencer {
    /// Seals the open batch and has its pack made.
    pub(super) fn seal(&mut self) -> Result<(), NodeError> {
        let Some(time) = self.open_batch else { return Ok(()) };
        let reserved = Pending::reserved(self.ledger.size(), time);
        let sealed = self.store.settle(self.lease, &[reserved], &[], now()).and_then(|()| self.ledger.seal(time));
        match sealed {
            Ok(snapshot) => {
                self.open_batch = None;
                self.closing.pack(self.folder.clone(), Box::new(snapshot));
                Ok(())
            }
            Err(failed) => {
                self.restore()?;
                Err(failed)
            }
        }
    }

    /// Has the checkpoint that waits published.
    pub(super) fn publish(&mut self) {
        let Some(mut outgoing) = self.closing.outgoing.take() else { return };
        let (folder, keys, store, lease) = (self.folder.clone(), Arc::clone(&self.keys), self.store(), self.lease);
        self.closing.stage = Stage::Publishing(Job::start(move || {
            let done = send(&folder, &keys, &store, lease, &mut outgoing);
            (outgoing, done)
        }));
    }

    /// Goes on with what is under way, as far as it has come, or with `wait` to its end. When something was published: how long that took
    /// since its batch was sealed.
    ///
    /// # Errors
    /// What failed; it is tried again when this is called again.
    pub(super) fn step(&mut self, wait: bool) -> Result<Option<Duration>, NodeError> {
        loop {
            match mem::take(&mut self.closing.stage) {
                Stage::Idle => return Ok(None),
                Stage::Packing(job) => match job.poll(wait) {
                    Ok(Ok(Ok(digest))) => self.closing.stage = Stage::Packed(digest),
                    Ok(Ok(Err((snapshot, why)))) => {
                        self.closing.stage = Stage::Stuck(snapshot, Instant::now() + PACK_PAUSE);
                        return Err(why);
                    }
                    Ok(Err(panicked)) => return self.restore().and(Err(panicked)),
                    Err(job) => {
                        self.closing.stage = Stage::Packing(job);
                        return Ok(None);
                    }
                },
                Stage::Stuck(snapshot, again) if wait || again <= Instant::now() => self.closing.pack(self.folder.clone(), snapshot),
                stage @ Stage::Stuck(..) => {
                    self.closing.stage = stage;
                    return Ok(None);
                }
                Stage::Packed(digest) => {
                    if let Err(failed) = self.complete(digest) {
                        self.closing.stage = Stage::Packed(digest);
                        return Err(failed);
                    }
                    self.publish();
                }
                Stage::Publishing(job) => match job.poll(wait) {
                    Ok(Ok((Outgoing { publication, .. }, Ok(())))) => {
                        self.ledger.mark_published(publication.size);
                        let took = self.closing.since.take().map_or(Duration::ZERO, |since| since.elapsed());
                        self.closing_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
                        return Ok(Some(took));
                    }
                    Ok(Ok((outgoing, Err(why)))) => {
                        self.closing.outgoing = Some(outgoing);
                        return Err(why);
                    }
                    Ok(Err(panicked)) => return self.restore().and(Err(panicked)),
                    Err(job) => {
                        self.closing.stage = Stage::Publishing(job);
                        return Ok(None);
                    }
                },
            }
        }
    }

    /// Waits until nothing is under way.
    pub(super) fn finish(&mut self) -> Result<(), NodeError> {
        while !self.closing.is_idle() {
            self.step(true)?;
        }
        Ok(())
    }

    /// Gives the sealed batch its `BatchClose`, first in the store.
    fn complete(&mut self, pack: Digest) -> Result<(), NodeError> {
        let close = self.ledger.batch_close(Some(pack), &self.keys)?;
        let row = Pending { leaf: close.leaf, id: close.id, batch_time: close.time, entry: close.entry.clone() };
        self.store.fill(self.lease, &row)?;
        let publication = self.ledger.complete(&close, &self.keys)?;
        self.closing.keep(publication);
        Ok(())
    }
}

/// Makes the pack and writes its files: they are there before a `BatchClose` names them.
fn pack(folder: &DataFolder, snapshot: &Snapshot) -> Result<Digest, NodeError> {
    let (mut made, mut size) = (BTreeMap::new(), 0);
    let digest = snapshot.write(&mut |path, bytes| {
        size += bytes.len();
        made.insert(path, bytes);
        if size < PACK_AT_ONCE {
            return Ok(());
        }
        size = 0;
        folder.write(mem::take(&mut made))
    })?;
    folder.write(made)?;
    Ok(digest)
}

/// Writes a publication's files, some bundles at a time where they are read from the store.
fn write(folder: &DataFolder, store: &Arc<dyn Store>, publication: &Publication) -> Result<(), NodeError> {
    let Publication { before, size, files, let_go, .. } = publication;
    folder.write(files.clone())?;
    let shelf = folder.shelf(None, Arc::clone(store));
    for some in let_go.chunks(BUNDLES_AT_ONCE) {
        let read = |(first, root): &(u64, Digest)| {
            let entries = bundle(&*shelf, *before, *size, *first)?;
            let hashes: Vec<Digest> = entries.iter().map(|entry| log::leaf_hash(entry)).collect();
            if log::root(&hashes) != *root {
                return Err(NodeError::Data(format!(
                    "the store's entries from leaf {first} on are not those that were taken; restore its newest copy"
                )));
            }
            Ok((bundle_path(*size, *first), write_bundle(&entries)?))
        };
        folder.write(some.iter().map(read).collect::<Result<_, NodeError>>()?)?;
    }
    Ok(())
}

/// Publishes a closed batch: its files, then the store's word that this is the one checkpoint of its size, then the checkpoint itself, and the
/// statuses that it stands for as a token.
fn send(folder: &DataFolder, keys: &LogKeys, store: &Arc<dyn Store>, lease: Lease, outgoing: &mut Outgoing) -> Result<(), NodeError> {
    let Outgoing { publication, decided } = outgoing;
    let note = match decided {
        Some(note) => note,
        None => {
            write(folder, store, publication)?;
            // Another try needs only the note.
            publication.files.clear();
            publication.let_go.clear();
            let (mut note, size) = (publication.checkpoint.clone(), publication.size);
            if let Some(cosigners) = folder.cosigners() {
                // The BatchClose has its leaf in the store, so what witnesses are shown is never taken back.
                note = cosigners.gather(&note, size, &|old| prove_consistency(&|path| folder.read(path), old, size))?;
                if let Some(policy) = cosigners.show_once() {
                    folder.files().replace_policy(policy)?;
                }
            }
            store.publish(lease, publication.before, &Published { size, note: note.clone() })?;
            decided.insert(note)
        }
    };
    folder.move_checkpoint(note)?;
    status_token::publish(folder, keys, publication.size)
}
