//! A ledger being written: the log's hashes and the state it adds up to, in memory. Closing a batch gives the files to publish.
//!
//! Hashes are kept until they are published, entries no longer than until they are durable elsewhere; they and the bodies are read back from where
//! they lie ([`Shelf`]) when a pack or a bundle is made of them.
//!
//! ```text
//! leaves   … s s s s │ C │ s s s …      C = BatchClose; it names the pack that follows from the leaves before it
//!                    └ seal: C has its leaf, a Snapshot goes to whoever makes the pack; s after it are folded and wait for C
//!                          complete: C and those that waited are appended
//! ```

use super::{NodeError, snapshot::Snapshot};
use crate::{
    log::{Checkpoint, Handover, LogError, LogKey, LogSigner, LogWriter, MAX_ENTRY_BYTES, bundle_path, leaf_hash, read_bundle, read_handovers},
    measure::Millis,
    pack::Pack,
    state::{MAX_LIFETIME, Policy, Rejection, State},
    statement::{self, BatchClose, Body, DidKey, Digest, Draft, SigningKey, Statement, StatementError},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

/// Entries in a full bundle (C2SP tlog-tiles, "Log entries").
pub(super) const BUNDLE: u64 = 256;

/// The log's private key, in its two uses: checkpoints and `BatchClose` statements.
pub struct LogKeys {
    signer: LogSigner,
    statements: SigningKey,
}

impl LogKeys {
    /// From the origin and the seed of the log's Ed25519 key.
    ///
    /// # Errors
    /// The origin is not one.
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, NodeError> {
        Ok(Self { signer: LogSigner::from_seed(origin, seed)?, statements: SigningKey::from_seed(seed) })
    }
    /// The public side.
    #[must_use]
    pub const fn key(&self) -> &LogKey {
        self.signer.key()
    }
    /// The same key, for what is not a checkpoint.
    #[must_use]
    pub const fn statements(&self) -> &SigningKey {
        &self.statements
    }
}

/// Where what is not in memory is read: published files by path, bodies by digest.
pub trait Shelf: Send + Sync {
    /// A published file.
    fn file(&self, path: &str) -> Option<Vec<u8>>;
    /// A body.
    fn body(&self, digest: &Digest) -> Option<Vec<u8>>;
    /// Entries that have their leaves and are not published yet, as many of these as there are.
    fn unpublished(&self, _: Range<u64>) -> Option<Vec<Vec<u8>>> {
        None
    }
    /// Whether a body is there.
    fn has_body(&self, digest: &Digest) -> bool {
        self.body(digest).is_some()
    }
}

/// A ledger being written.
pub struct Ledger {
    /// Shared with the [`Snapshot`] of a sealed batch; it does not change before that batch is completed.
    log: Arc<LogWriter>,
    state: State,
    /// The batch that is sealed and not completed, if there is one.
    sealed: Option<Sealed>,
    /// Bodies that lie nowhere else.
    bodies: Arc<BTreeMap<Digest, Vec<u8>>>,
    /// Where the rest lies, if anywhere.
    shelf: Option<Arc<dyn Shelf>>,
    /// Size of the last published checkpoint.
    published: u64,
    sample: bool,
    /// The newest pack's manifest and files, if they lie nowhere else: the next one's delta begins at it.
    newest: Arc<BTreeMap<Digest, Vec<u8>>>,
}

/// A batch whose `BatchClose` has its leaf, but is not made yet.
struct Sealed {
    /// All but the pack it names.
    close: BatchClose,
    /// The pack that the batch before names.
    earlier: Option<Digest>,
    /// Hashes of the leaves after it whose entries were let go: the shelf gives them back.
    stored: Vec<Digest>,
    /// Entries of the leaves after those.
    waiting: Vec<Vec<u8>>,
}

impl Sealed {
    /// How many leaves it has with all that came after it.
    fn leaves(&self) -> u64 {
        1 + (self.stored.len() + self.waiting.len()) as u64
    }
}

/// What closing a batch has to publish, path to bytes. Write them in this order; the checkpoint comes last.
pub struct Publication {
    /// Size of the checkpoint that was published before.
    pub before: u64,
    /// Size of this one.
    pub size: u64,
    /// Tiles, bundles, manifest and pack files: new names, never changed again.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Full bundles that have to be published too, but whose entries were [let go](Ledger::let_go): the first leaf, and the root of the bundle's
    /// leaves.
    pub let_go: Vec<(u64, Digest)>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
    /// The pack, if one was made.
    pub pack: Option<Pack>,
}

/// A `BatchClose` that is made, not yet in the log.
#[derive(Debug, Clone)]
pub struct Close {
    /// Its leaf.
    pub leaf: u64,
    /// Its id.
    pub id: Digest,
    /// The time of its batch.
    pub time: Millis,
    /// Its entry.
    pub entry: Vec<u8>,
    statement: Statement,
}

/// Who closed a log's batches before its key did, by the hand-overs that lie beside it: up to which leaf, and which key, oldest first. That the
/// quorum signed them is for those to check who have a policy; here they only say whose signatures to expect.
pub fn former_keys(read: &dyn Fn(&str) -> Option<Vec<u8>>, key: &LogKey) -> Vec<(u64, DidKey)> {
    let file = read("handover").and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let (mut former, mut now) = (Vec::new(), key.clone());
    for note in read_handovers(&file).unwrap_or_default().iter().rev() {
        if let Ok(handover) = Handover::read(note)
            && handover.to == now
        {
            former.push((handover.size, DidKey::from_public(*handover.from.public())));
            now = handover.from;
        }
    }
    former.reverse();
    former
}

impl Ledger {
    /// An empty ledger. `sample` says that its keys are public.
    #[must_use]
    pub fn new(policy: Policy, sample: bool) -> Self {
        Self {
            log: Arc::default(),
            state: State::new(policy),
            sealed: None,
            bodies: Arc::default(),
            shelf: None,
            published: 0,
            sample,
            newest: Arc::default(),
        }
    }

    /// An empty ledger that had other operators before ([`former_keys`]).
    #[must_use]
    pub fn handed_over(policy: Policy, former: Vec<(u64, DidKey)>, sample: bool) -> Self {
        Self { state: State::handed_over(policy.clone(), former), ..Self::new(policy, sample) }
    }

    /// From now on, bodies and published entries are read from here instead of being kept in memory.
    #[must_use]
    pub fn on(mut self, shelf: Arc<dyn Shelf>) -> Self {
        self.shelf = Some(shelf);
        self
    }

    /// Reads a published ledger back: every entry is verified and folded again, every batch must follow.
    ///
    /// # Errors
    /// A file is missing or damaged, or the log does not follow from its statements.
    pub fn load(policy: Policy, key: &LogKey, sample: bool, shelf: Arc<dyn Shelf>) -> Result<Self, NodeError> {
        let note = shelf.file("checkpoint").ok_or_else(|| NodeError::Data("its checkpoint is missing".to_owned()))?;
        let note = String::from_utf8(note).map_err(|_| NodeError::Data("its checkpoint is not text".to_owned()))?;
        let Checkpoint { size, root, .. } = Checkpoint::open(&note, key)?;
        let former = former_keys(&|path| shelf.file(path), key);
        let mut ledger = Self { published: size, ..Self::handed_over(policy, former, sample) };
        let (mut log, mut batch) = (LogWriter::new(), Vec::<Statement>::new());
        while log.size() < size {
            let first = log.size();
            let entries = read_entries(&*shelf, size, first)?;
            for (leaf, statement) in (first..).zip(verify_all(&entries)) {
                let statement = statement.map_err(|e| NodeError::Replay { leaf, why: e.to_string() })?;
                if let Some(digest) = named_bodies(&statement.body).find(|digest| !shelf.has_body(digest)) {
                    return Err(NodeError::Data(format!("the body {} is missing", hex::encode(digest))));
                }
                let closes = matches!(statement.body, Body::BatchClose(_));
                batch.push(statement);
                if closes {
                    let start = leaf + 1 - batch.len() as u64;
                    ledger.state.fold_batch(start, &batch).map_err(|(leaf, why)| NodeError::Replay { leaf, why: why.to_string() })?;
                    batch.clear();
                }
            }
            for entry in entries {
                log.append(entry)?;
            }
            log.forget(log.size());
            log.forget_hashes(log.size());
        }
        if log.root() != root {
            return Err(LogError::Root.into());
        }
        ledger.log = Arc::new(log);
        if batch.is_empty() { Ok(ledger.on(shelf)) } else { Err(NodeError::Data("its last leaf is not a BatchClose".to_owned())) }
    }

    /// Keeps a body, sheet or document, and returns its digest.
    pub fn add_body(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Sha256::digest(&bytes).into();
        Arc::make_mut(&mut self.bodies).insert(digest, bytes);
        digest
    }

    /// Verifies an entry, folds it at the time of the batch that is being filled, and appends it. Returns its leaf.
    ///
    /// # Errors
    /// Why it is refused. Nothing was changed.
    pub fn append(&mut self, entry: Vec<u8>, batch_time: Millis) -> Result<u64, NodeError> {
        let statement = statement::verify(&entry)?;
        if let Some(digest) = named_bodies(&statement.body).find(|d| !self.has_body(d)) {
            return Err(NodeError::MissingBody(digest));
        }
        self.append_verified(&statement, entry, batch_time)
    }

    /// The same for an entry that was verified and gave this statement, and whose bodies are there.
    ///
    /// # Errors
    /// Why it is refused. Nothing was changed.
    pub fn append_verified(&mut self, statement: &Statement, entry: Vec<u8>, batch_time: Millis) -> Result<u64, NodeError> {
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(LogError::EntryTooLarge(entry.len()).into());
        }
        let leaf = self.size();
        self.state.apply(leaf, statement, batch_time)?;
        match &mut self.sealed {
            Some(sealed) => sealed.waiting.push(entry),
            None => drop(Arc::make_mut(&mut self.log).append(entry)?),
        }
        Ok(leaf)
    }

    /// Closes the batch and gives what it has to publish. Builds the pack when asked, else the batch names the one before.
    ///
    /// # Errors
    /// Something that the log names is missing, or the batch cannot be closed at this time.
    pub fn close(&mut self, time: Millis, keys: &LogKeys, with_pack: bool) -> Result<Publication, NodeError> {
        let pack = if with_pack { Some(self.snapshot(time).build()?) } else { None };
        self.seal_state(time)?;
        let close = self.batch_close(pack.as_ref().map(|p| Sha256::digest(&p.manifest_bytes).into()), keys)?;
        let mut publication = self.complete(&close, keys)?;
        if let Some(pack) = &pack {
            publication.files.extend(pack_files(pack));
            if self.shelf.is_none() {
                let manifest = (Sha256::digest(&pack.manifest_bytes).into(), pack.manifest_bytes.clone());
                self.newest = Arc::new(pack.files.clone().into_iter().chain([manifest]).collect());
            }
        }
        publication.pack = pack;
        self.published = self.log.size();
        Ok(publication)
    }

    /// Gives the `BatchClose` the next leaf. What is appended from now on belongs to the next batch, and is folded at once. The snapshot is what
    /// the pack that the `BatchClose` names is made of.
    ///
    /// # Errors
    /// The batch cannot be closed at this time, or the one before is not completed.
    pub fn seal(&mut self, time: Millis) -> Result<Snapshot, NodeError> {
        let snapshot = self.snapshot(time);
        self.seal_state(time)?;
        Ok(snapshot)
    }

    fn seal_state(&mut self, time: Millis) -> Result<(), NodeError> {
        if self.sealed.is_some() {
            return Err(Rejection::NotClosed.into());
        }
        let (number, first_leaf, earlier) = (self.next_batch(), self.state.batch_start(), self.state.batch().and_then(|b| b.manifest));
        let close = BatchClose { number, first_leaf, time_ms: time, state_root: self.state.seal(time)?, manifest: None };
        self.sealed = Some(Sealed { close, earlier, stored: Vec::new(), waiting: Vec::new() });
        Ok(())
    }

    /// Whether a batch is sealed and not completed.
    #[must_use]
    pub const fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }

    /// The `BatchClose` of the sealed batch. It names this pack, or without one the pack that the batch before names. Changes nothing.
    ///
    /// # Errors
    /// No batch is sealed.
    pub fn batch_close(&self, pack: Option<Digest>, keys: &LogKeys) -> Result<Close, NodeError> {
        let Some(Sealed { close, earlier, .. }) = &self.sealed else { return Err(Rejection::NotClosed.into()) };
        let (time, number) = (close.time_ms, close.number);
        let draft = Draft {
            ledger: self.state.policy().origin.clone(),
            nonce: close_nonce(number),
            expires: Millis(time.0 + MAX_LIFETIME),
            body: Body::BatchClose(BatchClose { manifest: pack.or(*earlier).map(hex::encode), ..close.clone() }),
        };
        let entry = statement::sign(&draft, time, &keys.statements, &[])?;
        let statement = statement::verify(&entry)?;
        Ok(Close { leaf: self.log.size(), id: statement.id, time, entry, statement })
    }

    /// Appends the sealed batch's `BatchClose`, and then what waited for it. Gives what is to be published of it: a checkpoint under which it is
    /// the last leaf.
    ///
    /// # Errors
    /// It is not that batch's.
    pub fn complete(&mut self, close: &Close, keys: &LogKeys) -> Result<Publication, NodeError> {
        if self.sealed.is_none() || close.leaf != self.log.size() {
            return Err(Rejection::NotClosed.into());
        }
        self.state.complete(&close.statement)?;
        Arc::make_mut(&mut self.log).append(close.entry.clone())?;
        let publication = self.publication(keys);
        let Some(Sealed { stored, waiting, .. }) = self.sealed.take() else { return Ok(publication) };
        let log = Arc::make_mut(&mut self.log);
        for hashes in stored.chunks(BUNDLE as usize) {
            let leaves = log.size()..log.size() + hashes.len() as u64;
            let entries = self.shelf.as_ref().and_then(|shelf| shelf.unpublished(leaves.clone())).unwrap_or_default();
            if !entries.iter().map(|entry| leaf_hash(entry)).eq(hashes.iter().copied()) {
                return Err(NodeError::Data(format!("the entries of the leaves {leaves:?} in the store are not those that were taken")));
            }
            for entry in entries {
                log.append(entry)?;
            }
            log.forget(log.size());
        }
        for entry in waiting {
            log.append(entry)?;
        }
        Ok(publication)
    }

    fn next_batch(&self) -> u64 {
        self.state.batch().map_or(1, |b| b.number + 1)
    }

    /// What lies between the last published checkpoint and one over all entries, of which the last is a `BatchClose`.
    #[must_use]
    pub fn publication(&self, keys: &LogKeys) -> Publication {
        let checkpoint = Checkpoint { origin: self.state.policy().origin.clone(), size: self.log.size(), root: self.log.root() };
        let (before, size) = (self.published, self.log.size());
        let missing = (before - before % BUNDLE..self.log.kept_from()).step_by(BUNDLE as usize);
        let let_go = missing.filter_map(|first| Some((first, self.log.hash(1, first / BUNDLE)?))).collect();
        Publication { before, size, files: self.log.files(before), let_go, checkpoint: checkpoint.sign(&keys.signer), pack: None }
    }

    /// Lets go of entries that the shelf can read back: all that were taken are durable.
    pub fn let_go(&mut self) {
        match &mut self.sealed {
            _ if self.shelf.is_none() => {}
            // Its snapshot shares the log, and nothing is added.
            Some(sealed) if sealed.waiting.len() as u64 >= BUNDLE => sealed.stored.extend(sealed.waiting.drain(..).map(|entry| leaf_hash(&entry))),
            Some(_) => {}
            None if self.log.size() >= self.log.kept_from() + BUNDLE => {
                let log = Arc::make_mut(&mut self.log);
                log.forget(log.size());
            }
            None => {}
        }
    }

    /// How many entries that came after the sealed batch are in memory.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.sealed.as_ref().map_or(0, |sealed| sealed.waiting.len())
    }

    /// Notes that a checkpoint over so many entries is published.
    pub fn mark_published(&mut self, size: u64) {
        self.published = size;
        if self.shelf.is_some() {
            let log = Arc::make_mut(&mut self.log);
            log.forget(size);
            log.forget_hashes(size);
        }
    }

    /// Holds the pack that the last batch will name or names, manifest and files by digest, which the next pack's delta begins at: for a replay,
    /// which closes no batch itself.
    pub fn hold_pack(&mut self, files: BTreeMap<Digest, Vec<u8>>) {
        self.newest = Arc::new(files);
    }

    /// What the pack of a batch that is about to be closed is made of.
    #[must_use]
    pub fn snapshot(&self, time: Millis) -> Snapshot {
        Snapshot {
            log: Arc::clone(&self.log),
            state: self.state.without_tree(),
            bodies: Arc::clone(&self.bodies),
            shelf: self.shelf.clone(),
            newest: Arc::clone(&self.newest),
            published: self.published,
            sample: self.sample,
            batch: self.next_batch(),
            time,
        }
    }

    /// All tiles and bundles of the log as it is now, path to bytes.
    #[must_use]
    pub fn tiles(&self) -> BTreeMap<String, Vec<u8>> {
        self.log.files(0)
    }
    /// The state.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }
    /// A body by digest.
    #[must_use]
    pub fn body(&self, digest: &Digest) -> Option<Vec<u8>> {
        self.bodies.get(digest).cloned().or_else(|| self.shelf.as_ref()?.body(digest))
    }
    fn has_body(&self, digest: &Digest) -> bool {
        self.bodies.contains_key(digest) || self.shelf.as_ref().is_some_and(|shelf| shelf.has_body(digest))
    }
    /// Root of the tree of all entries.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.log.root()
    }
    /// Leaves that were given, published or not.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.log.size() + self.sealed.as_ref().map_or(0, Sealed::leaves)
    }
    /// Size of the last checkpoint.
    #[must_use]
    pub const fn published(&self) -> u64 {
        self.published
    }
    /// Whether its keys are public.
    #[must_use]
    pub const fn is_sample(&self) -> bool {
        self.sample
    }
    /// Everyone who may be trusted to vouch.
    #[must_use]
    pub fn registrars(&self) -> BTreeSet<DidKey> {
        self.state.policy().registrars.iter().copied().collect()
    }
}

/// The files of a pack, path to bytes; the manifest is one of them.
pub fn pack_files(pack: &Pack) -> impl Iterator<Item = (String, Vec<u8>)> {
    let manifest = (pack_path(&Sha256::digest(&pack.manifest_bytes).into()), pack.manifest_bytes.clone());
    std::iter::once(manifest).chain(pack.files.iter().map(|(digest, bytes)| (pack_path(digest), bytes.clone())))
}

/// Where a pack's file or manifest lies.
pub(super) fn pack_path(digest: &Digest) -> String {
    format!("pack/{}", hex::encode(digest))
}

/// There is one `BatchClose` of each number, so its nonce need not be random; and a batch that is closed again after a crash has the same bytes.
fn close_nonce(number: u64) -> [u8; 16] {
    let mut h = Sha256::new();
    h.update(b"ecosphere batch close\0");
    h.update(number.to_be_bytes());
    let digest: Digest = h.finalize().into();
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&digest[..16]);
    nonce
}

/// The entries of the bundle that begins at leaf `first`, in a log of `size` entries.
pub(super) fn read_entries(shelf: &dyn Shelf, size: u64, first: u64) -> Result<Vec<Vec<u8>>, NodeError> {
    let path = bundle_path(size, first);
    let bytes = shelf.file(&path).ok_or_else(|| LogError::Missing(path.clone()))?;
    let (entries, expected) = (read_bundle(&bytes)?, (size - first).min(BUNDLE));
    if entries.len() as u64 == expected {
        return Ok(entries);
    }
    Err(LogError::Damaged { path, why: format!("it holds {} entries instead of {expected}", entries.len()) }.into())
}

/// The entries of the bundle that begins at leaf `first`, in a log of `size` entries of which the first `published` are published.
pub(super) fn bundle(shelf: &dyn Shelf, published: u64, size: u64, first: u64) -> Result<Vec<Vec<u8>>, NodeError> {
    let end = (first + BUNDLE).min(size);
    let mut entries = if first < published { read_entries(shelf, published, first)? } else { Vec::new() };
    let from = first + entries.len() as u64;
    if from < end {
        entries.extend(shelf.unpublished(from..end).unwrap_or_default());
    }
    if entries.len() as u64 == end - first { Ok(entries) } else { Err(LogError::Missing(bundle_path(size, first)).into()) }
}

/// Verifies entries one by one, spread over the cores.
fn verify_all(entries: &[Vec<u8>]) -> Vec<Result<Statement, StatementError>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = entries.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = entries.chunks(share).map(|part| scope.spawn(|| part.iter().map(|e| statement::verify(e)).collect::<Vec<_>>())).collect();
        // Verifying does not panic; if it did, that belongs to whoever called.
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// The bodies that a statement says lie beside the log.
pub fn named_bodies(body: &Body) -> impl Iterator<Item = Digest> + use<> {
    let digest = match body {
        Body::IssuePassport(b) => Some(b.digest),
        Body::RecordStage(b) => Some(b.digest),
        Body::PublishListing(b) => Some(b.digest),
        _ => None,
    };
    digest.into_iter()
}
