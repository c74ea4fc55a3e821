//! A ledger being written: the log's hashes and the state it adds up to, in memory. Closing a batch gives the files to publish.
//!
//! Entries are kept until they are published; they and the bodies are read back from where they lie ([`Shelf`]) when a pack needs them.

use super::NodeError;
use crate::{
    log::{Checkpoint, Hash, LogError, LogKey, LogSigner, LogWriter, bundle_path, read_bundle},
    measure::Millis,
    pack::{self, Manifest, Pack},
    state::{MAX_LIFETIME, Policy, State},
    statement::{self, BatchClose, Body, Digest, Draft, SigningKey, Statement, StatementError},
};
use sha2::{Digest as _, Sha256};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
};

/// How hard pack files are compressed: they are made once and fetched by everyone.
const ZSTD_LEVEL: i32 = 19;
/// Entries in a full bundle (C2SP tlog-tiles, "Log entries").
const BUNDLE: u64 = 256;
/// How many bundles are kept in memory while a pack is built.
const BUNDLES_AT_HAND: usize = 64;
/// The market every pack is for, until there are several.
pub const MARKET: &str = "world";

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
}

/// Where what is not in memory is read: published files by path, bodies by digest.
pub trait Shelf: Send {
    /// A published file.
    fn file(&self, path: &str) -> Option<Vec<u8>>;
    /// A body.
    fn body(&self, digest: &Digest) -> Option<Vec<u8>>;
    /// Whether a body is there.
    fn has_body(&self, digest: &Digest) -> bool {
        self.body(digest).is_some()
    }
}

/// A ledger being written.
pub struct Ledger {
    log: LogWriter,
    state: State,
    /// Bodies that lie nowhere else.
    bodies: BTreeMap<Digest, Vec<u8>>,
    /// Where the rest lies, if anywhere.
    shelf: Option<Box<dyn Shelf>>,
    /// Size of the last published checkpoint.
    published: u64,
    sample: bool,
    /// The newest pack's manifest and files, if they lie nowhere else: the next one's delta begins at it.
    newest: BTreeMap<Digest, Vec<u8>>,
}

/// What closing a batch has to publish, path to bytes. Write them in this order; the checkpoint comes last.
pub struct Publication {
    /// Tiles, bundles, manifest and pack files: new names, never changed again.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
    /// The pack, if one was made.
    pub pack: Option<Pack>,
}

/// A batch that was closed, not yet published.
pub struct Closed {
    /// Leaf of the `BatchClose`.
    pub leaf: u64,
    /// Its id.
    pub id: Digest,
    /// Its entry.
    pub entry: Vec<u8>,
    /// The pack it names, if one was made.
    pub pack: Option<Pack>,
}

impl Ledger {
    /// An empty ledger. `sample` says that its keys are public.
    #[must_use]
    pub fn new(policy: Policy, sample: bool) -> Self {
        Self { log: LogWriter::new(), state: State::new(policy), bodies: BTreeMap::new(), shelf: None, published: 0, sample, newest: BTreeMap::new() }
    }

    /// From now on, bodies and published entries are read from here instead of being kept in memory.
    #[must_use]
    pub fn on(mut self, shelf: Box<dyn Shelf>) -> Self {
        self.shelf = Some(shelf);
        self
    }

    /// Reads a published ledger back: every entry is verified and folded again, every batch must follow.
    ///
    /// # Errors
    /// A file is missing or damaged, or the log does not follow from its statements.
    pub fn load(policy: Policy, key: &LogKey, sample: bool, shelf: Box<dyn Shelf>) -> Result<Self, NodeError> {
        let note = shelf.file("checkpoint").ok_or_else(|| NodeError::Data("its checkpoint is missing".to_owned()))?;
        let note = String::from_utf8(note).map_err(|_| NodeError::Data("its checkpoint is not text".to_owned()))?;
        let Checkpoint { size, root, .. } = Checkpoint::open(&note, key)?;
        let mut ledger = Self { published: size, ..Self::new(policy, sample) };
        let mut batch: Vec<Statement> = Vec::new();
        while ledger.log.size() < size {
            let first = ledger.log.size();
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
                ledger.log.append(entry)?;
            }
            ledger.log.forget(ledger.log.size());
        }
        if ledger.log.root() != root {
            return Err(LogError::Root.into());
        }
        if batch.is_empty() { Ok(ledger.on(shelf)) } else { Err(NodeError::Data("its last leaf is not a BatchClose".to_owned())) }
    }

    /// Keeps a body, sheet or document, and returns its digest.
    pub fn add_body(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Sha256::digest(&bytes).into();
        self.bodies.insert(digest, bytes);
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
        let leaf = self.log.size();
        self.state.apply(leaf, statement, batch_time)?;
        Ok(self.log.append(entry)?)
    }

    /// Closes the batch and gives what it has to publish: [`Self::close_batch`], then [`Self::publication`].
    ///
    /// # Errors
    /// Something that the log names is missing, or the batch cannot be closed at this time.
    pub fn close(&mut self, time: Millis, keys: &LogKeys, with_pack: bool) -> Result<Publication, NodeError> {
        let closed = self.close_batch(time, keys, with_pack)?;
        let mut publication = self.publication(keys);
        if let Some(pack) = &closed.pack {
            publication.files.extend(pack_files(pack));
        }
        publication.pack = closed.pack;
        self.published = self.log.size();
        Ok(publication)
    }

    /// Closes the batch: builds the pack (when asked) and appends the `BatchClose`.
    ///
    /// # Errors
    /// Something that the log names is missing, or the batch cannot be closed at this time.
    pub fn close_batch(&mut self, time: Millis, keys: &LogKeys, with_pack: bool) -> Result<Closed, NodeError> {
        let number = self.state.batch().map_or(1, |b| b.number + 1);
        let pack = if with_pack { Some(self.build_pack(number, time)?) } else { None };
        let newest = pack.as_ref().map(|p| Sha256::digest(&p.manifest_bytes).into());
        let manifest: Option<Digest> = newest.or_else(|| self.state.batch().and_then(|b| b.manifest));
        let draft = Draft {
            ledger: self.state.policy().origin.clone(),
            nonce: close_nonce(number),
            expires: Millis(time.0 + MAX_LIFETIME),
            body: Body::BatchClose(BatchClose {
                number,
                first_leaf: self.state.batch_start(),
                time_ms: time,
                state_root: self.state.root(),
                manifest: manifest.map(hex::encode),
            }),
        };
        let entry = statement::sign(&draft, time, &keys.statements, &[])?;
        let statement = statement::verify(&entry)?;
        let leaf = self.append_verified(&statement, entry.clone(), time)?;
        if let (Some(pack), Some(digest), None) = (&pack, newest, &self.shelf) {
            self.newest = pack.files.clone();
            self.newest.insert(digest, pack.manifest_bytes.clone());
        }
        Ok(Closed { leaf, id: statement.id, entry, pack })
    }

    /// What lies between the last published checkpoint and one over all entries, of which the last is a `BatchClose`.
    #[must_use]
    pub fn publication(&self, keys: &LogKeys) -> Publication {
        let checkpoint = Checkpoint { origin: self.state.policy().origin.clone(), size: self.log.size(), root: self.log.root() };
        Publication { files: self.log.files(self.published), checkpoint: checkpoint.sign(&keys.signer), pack: None }
    }

    /// Notes that a checkpoint over all entries is published.
    pub fn mark_published(&mut self) {
        self.published = self.log.size();
        if self.shelf.is_some() {
            self.log.forget(self.published);
        }
    }

    /// The pack that the last batch names.
    fn earlier_pack(&self) -> Result<Option<(Digest, Manifest)>, NodeError> {
        let Some(digest) = self.state.batch().and_then(|b| b.manifest) else { return Ok(None) };
        let lost = |why: &str| NodeError::Data(format!("the manifest {} of the last batch {why}", hex::encode(digest)));
        let bytes = self.pack_file(&digest).filter(|b| Sha256::digest(b).as_slice() == digest).ok_or_else(|| lost("is missing or damaged"))?;
        Ok(Some((digest, serde_json::from_slice(&bytes).map_err(|e| lost(&e.to_string()))?)))
    }

    /// Holds the pack that the last batch will name or names, manifest and files by digest, which the next pack's delta begins at: for a replay,
    /// which closes no batch itself.
    pub fn hold_pack(&mut self, files: BTreeMap<Digest, Vec<u8>>) {
        self.newest = files;
    }

    fn pack_file(&self, digest: &Digest) -> Option<Vec<u8>> {
        let shelf = || self.shelf.as_ref()?.file(&format!("pack/{}", hex::encode(digest)));
        self.newest.get(digest).cloned().or_else(shelf)
    }

    /// The proof that the log of `old` entries is a prefix of this one.
    ///
    /// # Errors
    /// It never had so many entries.
    pub fn prove_consistency(&self, old: u64) -> Result<Vec<Hash>, LogError> {
        self.log.prove_consistency(old)
    }

    /// The pack that follows from all entries so far, for a batch that is about to be closed.
    ///
    /// # Errors
    /// Something that the log names is missing.
    pub fn build_pack(&self, batch: u64, time: Millis) -> Result<Pack, NodeError> {
        // Dossiers come in another order than leaves, so the bundles that were read last are kept at hand.
        let bundles = RefCell::new(VecDeque::new());
        let earlier = self.earlier_pack()?;
        let earlier_file = |digest: &Digest| self.pack_file(digest);
        let source = pack::Source {
            state: &self.state,
            batch,
            time,
            log_root: self.log.root(),
            market: MARKET,
            sample: self.sample,
            body: &|digest| self.body(digest),
            entry: &|leaf| self.log.entry(leaf).map(<[u8]>::to_vec).or_else(|| self.published_entry(leaf, &mut bundles.borrow_mut())),
            leaf: &|leaf| self.log.hash(0, leaf),
            piece: &|piece| self.log.hash(1, piece),
            previous: earlier.as_ref().map(|(digest, manifest)| pack::Previous { digest: *digest, manifest, file: &earlier_file }),
        };
        Ok(pack::build(&source, &compress)?)
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
    /// An entry that was let go, from its bundle.
    fn published_entry(&self, leaf: u64, read: &mut VecDeque<(u64, Vec<Vec<u8>>)>) -> Option<Vec<u8>> {
        let first = leaf - leaf % BUNDLE;
        if !read.iter().any(|(at, _)| *at == first) {
            if read.len() == BUNDLES_AT_HAND {
                read.pop_front();
            }
            read.push_back((first, read_entries(&**self.shelf.as_ref()?, self.published, first).ok()?));
        }
        let (_, entries) = read.iter().find(|(at, _)| *at == first)?;
        entries.get(usize::try_from(leaf - first).ok()?).cloned()
    }
    /// Root of the tree of all entries.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.log.root()
    }
    /// Entries in the log, published or not.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.log.size()
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
    pub fn registrars(&self) -> BTreeSet<statement::DidKey> {
        self.state.policy().registrars.iter().copied().collect()
    }
}

/// The files of a pack, path to bytes; the manifest is one of them.
pub fn pack_files(pack: &Pack) -> impl Iterator<Item = (String, Vec<u8>)> {
    let manifest = (format!("pack/{}", hex::encode(Sha256::digest(&pack.manifest_bytes))), pack.manifest_bytes.clone());
    std::iter::once(manifest).chain(pack.files.iter().map(|(digest, bytes)| (format!("pack/{}", hex::encode(digest)), bytes.clone())))
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
fn read_entries(shelf: &dyn Shelf, size: u64, first: u64) -> Result<Vec<Vec<u8>>, NodeError> {
    let path = bundle_path(size, first);
    let bytes = shelf.file(&path).ok_or_else(|| LogError::Missing(path.clone()))?;
    let (entries, expected) = (read_bundle(&bytes)?, (size - first).min(BUNDLE));
    if entries.len() as u64 == expected {
        return Ok(entries);
    }
    Err(LogError::Damaged { path, why: format!("it holds {} entries instead of {expected}", entries.len()) }.into())
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

/// One zstd frame: the same bytes for the same input and the same version of the library.
fn compress(raw: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::bulk::compress(raw, ZSTD_LEVEL)
}
