//! A ledger as it was when a batch was sealed, from which that batch's pack is made, on any thread.
//!
//! *In:* the state and the log's hashes, shared with the ledger; bodies and published entries, read where they lie. *Out:* the [`Pack`]: the
//! same bytes whoever makes it, since it follows from the leaves alone.

use super::{
    NodeError,
    ledger::{BUNDLE, Shelf, bundle, pack_path},
};
use crate::{
    log::{self, LogWriter, leaf_tile_path},
    measure::Millis,
    pack::{self, Manifest, Pack, Tier},
    state::State,
    statement::Digest,
};
use sha2::{Digest as _, Sha256};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// How hard the index is compressed: it is made once and fetched by everyone.
const INDEX_LEVEL: i32 = 19;
/// How hard the rest is, of which there is a hundred times as much and everyone fetches little: on the sample's bucket of 2.8 MB level 19 takes fifty
/// times as long, and three times the memory, to save a hundredth.
const DOSSIER_LEVEL: i32 = 9;
/// How many bundles are kept in memory while a pack is built.
const BUNDLES_AT_HAND: usize = 64;

/// What a pack is made of.
pub struct Snapshot {
    pub(super) log: Arc<LogWriter>,
    pub(super) state: State,
    pub(super) bodies: Arc<BTreeMap<Digest, Vec<u8>>>,
    pub(super) shelf: Option<Arc<dyn Shelf>>,
    pub(super) newest: Arc<BTreeMap<Digest, Vec<u8>>>,
    pub(super) published: u64,
    pub(super) sample: bool,
    pub(super) batch: u64,
    pub(super) time: Millis,
}

impl Snapshot {
    /// Makes the pack that follows from the leaves before the `BatchClose`.
    ///
    /// # Errors
    /// Something that the log names is missing.
    pub fn build(&self) -> Result<Pack, NodeError> {
        self.made(&mut |source| Ok(pack::build(source, &compress)?))
    }

    /// The same, but writes each file as soon as it is made; the manifest comes last. Returns its digest.
    ///
    /// # Errors
    /// As [`build`](Self::build), and what `write` says.
    pub fn write(&self, write: &mut dyn FnMut(String, Vec<u8>) -> Result<(), NodeError>) -> Result<Digest, NodeError> {
        let manifest = self.made(&mut |source| {
            pack::build_to(source, &compress, &mut |digest, made| match made {
                Some(bytes) => write(pack_path(&digest), bytes),
                None => Ok(()),
            })
        })?;
        let bytes = manifest.encode()?;
        let digest = Sha256::digest(&bytes).into();
        write(pack_path(&digest), bytes)?;
        Ok(digest)
    }

    fn made<T>(&self, make: &mut dyn FnMut(&pack::Source<'_>) -> Result<T, NodeError>) -> Result<T, NodeError> {
        // Dossiers come in another order than leaves, so the bundles that were read last are kept at hand.
        let bundles = RefCell::new(VecDeque::new());
        let tile = RefCell::new(None);
        let earlier = self.earlier_pack()?;
        let earlier_file = |digest: &Digest| self.pack_file(digest);
        let source = pack::Source {
            state: &self.state,
            batch: self.batch,
            time: self.time,
            log_root: self.log.root(),
            sample: self.sample,
            body: &|digest| self.bodies.get(digest).cloned().or_else(|| self.shelf.as_ref()?.body(digest)),
            entry: &|leaf| self.log.entry(leaf).map(<[u8]>::to_vec).or_else(|| self.entry_let_go(leaf, &mut bundles.borrow_mut())),
            leaf: &|leaf| self.log.hash(0, leaf).or_else(|| self.published_hash(leaf, &mut tile.borrow_mut())),
            piece: &|piece| self.log.hash(1, piece),
            previous: earlier.as_ref().map(|(digest, manifest)| pack::Previous { digest: *digest, manifest, file: &earlier_file }),
        };
        make(&source)
    }

    /// The pack that the batch before names.
    fn earlier_pack(&self) -> Result<Option<(Digest, Manifest)>, NodeError> {
        let Some(digest) = self.state.batch().and_then(|b| b.manifest) else { return Ok(None) };
        let lost = |why: &str| NodeError::Data(format!("the manifest {} of the last batch {why}", hex::encode(digest)));
        let bytes = self.pack_file(&digest).filter(|b| Sha256::digest(b).as_slice() == digest).ok_or_else(|| lost("is missing or damaged"))?;
        Ok(Some((digest, serde_json::from_slice(&bytes).map_err(|e| lost(&e.to_string()))?)))
    }

    fn pack_file(&self, digest: &Digest) -> Option<Vec<u8>> {
        let shelf = || self.shelf.as_ref()?.file(&pack_path(digest));
        self.newest.get(digest).cloned().or_else(shelf)
    }

    /// An entry that was let go, from its bundle.
    fn entry_let_go(&self, leaf: u64, read: &mut VecDeque<(u64, Vec<Vec<u8>>)>) -> Option<Vec<u8>> {
        let first = leaf - leaf % BUNDLE;
        if !read.iter().any(|(at, _)| *at == first) {
            if read.len() == BUNDLES_AT_HAND {
                read.pop_front();
            }
            read.push_back((first, bundle(&**self.shelf.as_ref()?, self.published, self.log.size(), first).ok()?));
        }
        let (_, entries) = read.iter().find(|(at, _)| *at == first)?;
        entries.get(usize::try_from(leaf - first).ok()?).cloned()
    }
}

impl Snapshot {
    /// A leaf's hash that was let go, from its tile, if that is the one whose root the log holds.
    fn published_hash(&self, leaf: u64, read: &mut Option<(u64, Vec<Digest>)>) -> Option<Digest> {
        let first = leaf - leaf % BUNDLE;
        if read.as_ref().is_none_or(|(at, _)| *at != first) {
            let bytes = self.shelf.as_ref()?.file(&leaf_tile_path(self.published, leaf))?;
            let (hashes, _) = bytes.as_chunks::<32>();
            let right = self.log.hash(1, first / BUNDLE) == Some(log::root(hashes));
            *read = right.then(|| (first, hashes.to_vec()));
        }
        let (_, hashes) = read.as_ref()?;
        hashes.get(usize::try_from(leaf - first).ok()?).copied()
    }
}

/// One zstd frame: the same bytes for the same input and the same version of the library.
fn compress(tier: Tier, raw: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::bulk::compress(raw, if tier == Tier::Index { INDEX_LEVEL } else { DOSSIER_LEVEL })
}
