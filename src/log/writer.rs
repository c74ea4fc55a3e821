//! The tree a log's one writer keeps in memory, and the files it publishes.

use super::tile::{self, Tile, WIDTH};
use super::{Hash, LogError, MAX_ENTRY_BYTES, bundle_path, leaf_hash, merkle, read_bundle};
use std::{collections::BTreeMap, ops::Range};

/// A log being written: its entries, and the hashes that its tiles hold.
///
/// # Examples
/// ```
/// use ecosphere::log::{LogWriter, leaf_hash, prove_inclusion, verify_inclusion};
/// let mut log = LogWriter::new();
/// for entry in ["a", "b", "c"] {
///     log.append(entry.into()).unwrap();
/// }
/// let files = log.files(0);
/// let proof = prove_inclusion(&|path| files.get(path).cloned(), log.size(), 1).unwrap();
/// verify_inclusion(&leaf_hash(b"b"), 1, log.size(), &log.root(), &proof).unwrap();
/// ```
#[derive(Debug, Clone, Default)]
pub struct LogWriter {
    /// Entries from index `first` on; those before were let go.
    entries: Vec<Vec<u8>>,
    first: u64,
    /// `levels[l]` holds the hashes of tree level 8·l: leaf hashes first, then the roots of full tiles.
    levels: Vec<Vec<Hash>>,
    /// Leaf hashes before this one were let go: a multiple of [`WIDTH`].
    hashed_from: u64,
}

impl LogWriter {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a log of `size` entries back from its bundles and checks that they give the root of its checkpoint.
    ///
    /// # Errors
    /// A bundle is missing or damaged, or [`LogError::Root`].
    pub fn load(file: &dyn Fn(&str) -> Option<Vec<u8>>, size: u64, root: &Hash) -> Result<Self, LogError> {
        let mut log = Self::new();
        while log.size() < size {
            let path = bundle_path(size, log.size());
            let bytes = file(&path).ok_or_else(|| LogError::Missing(path.clone()))?;
            let expected = (size - log.size()).min(WIDTH);
            let entries = read_bundle(&bytes)?;
            if entries.len() as u64 != expected {
                return Err(LogError::Damaged { path, why: format!("it holds {} entries instead of {expected}", entries.len()) });
            }
            for entry in entries {
                log.append(entry)?;
            }
        }
        if log.root() == *root { Ok(log) } else { Err(LogError::Root) }
    }

    /// Appends an entry and returns its index.
    ///
    /// # Errors
    /// [`LogError::EntryTooLarge`].
    pub fn append(&mut self, entry: Vec<u8>) -> Result<u64, LogError> {
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(LogError::EntryTooLarge(entry.len()));
        }
        let mut hash = leaf_hash(&entry);
        let index = self.size();
        self.entries.push(entry);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(level) else { break };
            hashes.push(hash);
            match hashes.len().checked_sub(WIDTH as usize).and_then(|start| hashes.get(start..)) {
                Some(full) if (hashes.len() as u64).is_multiple_of(WIDTH) => hash = merkle::root(full),
                _ => break,
            }
        }
        Ok(index)
    }

    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// The entry at an index; `None` where there is none, or where it was [let go](Self::forget).
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<&[u8]> {
        self.entries.get(usize::try_from(index.checked_sub(self.first)?).ok()?).map(Vec::as_slice)
    }

    /// Lets go of the entries of all full bundles below `size`: they are kept elsewhere, and whoever needs one reads it there. Hashes stay, so that
    /// roots, tiles and proofs need nothing else.
    pub fn forget(&mut self, size: u64) {
        let keep_from = size.min(self.size()) / WIDTH * WIDTH;
        if let Some(n) = keep_from.checked_sub(self.first).and_then(|n| usize::try_from(n).ok()) {
            self.entries.drain(..n);
            self.entries.shrink_to(2 * self.entries.len());
            self.first = keep_from;
        }
    }

    /// Lets go of the leaf hashes in all full tiles below `size`: they are published, and so are they to be read ([`leaf_tile_path`]). The root,
    /// and the tiles of a log that grows from there on, need only the roots of those tiles, which stay.
    ///
    /// [`leaf_tile_path`]: super::leaf_tile_path
    pub fn forget_hashes(&mut self, size: u64) {
        let keep_from = size.min(self.size()) / WIDTH * WIDTH;
        let count = keep_from.checked_sub(self.hashed_from).and_then(|n| usize::try_from(n).ok());
        if let (Some(n), Some(hashes)) = (count, self.levels.first_mut()) {
            hashes.drain(..n);
            hashes.shrink_to(2 * hashes.len());
            self.hashed_from = keep_from;
        }
    }

    /// The first entry that was not let go: a multiple of 256.
    #[must_use]
    pub const fn kept_from(&self) -> u64 {
        self.first
    }

    /// How many hashes of a level were let go.
    fn gone(&self, level: usize) -> usize {
        if level == 0 { usize::try_from(self.hashed_from).unwrap_or(usize::MAX) } else { 0 }
    }

    /// Hashes of a level, if none of them was let go.
    fn hashes(&self, level: usize, range: Range<usize>) -> Option<&[Hash]> {
        let gone = self.gone(level);
        self.levels.get(level)?.get(range.start.checked_sub(gone)?..range.end.checked_sub(gone)?)
    }

    /// The hash of a complete subtree, from the levels that hold it.
    fn subtree(&self, level: u8, index: u64) -> Result<Hash, LogError> {
        let (tile, within) = tile::place(level, index, self.size());
        let start = (tile.index * WIDTH) as usize;
        let hashes = tile.level.and_then(|level| self.hashes(usize::from(level), start + within.start..start + within.end));
        hashes.map(merkle::root).ok_or_else(|| LogError::Missing(tile.path()))
    }

    /// The proof that the entry at `index` is in this log.
    ///
    /// # Errors
    /// [`LogError::Range`], or [`LogError::Missing`] where a hash it needs was [let go](Self::forget_hashes).
    pub fn prove_inclusion(&self, index: u64) -> Result<Vec<Hash>, LogError> {
        tile::inclusion(self.size(), index, &mut |level, index| self.subtree(level, index))
    }

    /// The proof that the log of `old` entries is a prefix of this one.
    ///
    /// # Errors
    /// [`LogError::Range`], or [`LogError::Missing`] where a hash it needs was [let go](Self::forget_hashes).
    pub fn prove_consistency(&self, old: u64) -> Result<Vec<Hash>, LogError> {
        tile::consistency(old, self.size(), &mut |level, index| self.subtree(level, index))
    }

    /// The hash of a leaf, or (`level` 1) of the full 256 leaves from 256 times `index` on; `None` where there is no such hash, or
    /// where it was [let go](Self::forget_hashes).
    #[must_use]
    pub fn hash(&self, level: usize, index: u64) -> Option<Hash> {
        let at = usize::try_from(index).ok()?.checked_sub(self.gone(level))?;
        self.levels.get(level)?.get(at).copied()
    }

    /// The root over all entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        let root = merkle::range_root(0, self.size(), &mut |level, index| self.subtree(level, index));
        // Every complete subtree of a tree lies within the levels that `append` filled.
        root.unwrap_or_else(|_| unreachable!("the levels hold every complete subtree"))
    }

    /// The tiles and bundles, path to bytes, that a log of `from_size` entries must add to become this one: full ones, and the partial
    /// ones at its right edge. What a smaller log published stays as it is. Bundles whose entries were [let go](Self::forget) are not among them.
    #[must_use]
    pub fn files(&self, from_size: u64) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (level, hashes) in (0u8..).zip(&self.levels) {
            let (from, depth) = (tile::hashes_at(level, from_size), usize::from(level));
            for tile in self.changed(Some(level), from, (self.gone(depth) + hashes.len()) as u64) {
                let start = (tile.index * WIDTH) as usize;
                // What was let go is published already.
                if let Some(hashes) = self.hashes(depth, start..start + tile.width as usize) {
                    files.insert(tile.path(), hashes.concat());
                }
            }
        }
        for tile in self.changed(None, from_size, self.size()) {
            // `append` let no entry in that does not fit, so a bundle can always be written.
            let start = (tile.index * WIDTH).checked_sub(self.first).and_then(|start| usize::try_from(start).ok());
            let entries = start.and_then(|start| self.entries.get(start..start + tile.width as usize));
            if let Some(Ok(bundle)) = entries.map(tile::write_bundle) {
                files.insert(tile.path(), bundle);
            }
        }
        files
    }

    fn changed(&self, level: Option<u8>, from: u64, to: u64) -> impl Iterator<Item = Tile> {
        let size = self.size();
        let range = if from < to { from / WIDTH..to.div_ceil(WIDTH) } else { 0..0 };
        range.map(move |index| Tile::within(level, index, size))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{needed_tiles_consistency, needed_tiles_inclusion, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion};
    use super::*;
    use tlog_tiles::tlog;

    fn log(size: u64) -> LogWriter {
        let mut log = LogWriter::new();
        for n in 0..size {
            assert_eq!(log.append(n.to_string().into_bytes()).unwrap(), n);
        }
        log
    }

    /// The crate's own hash storage: an independent implementation to compare with.
    struct Peer(Vec<tlog::Hash>);
    impl tlog::HashReader for Peer {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
            Ok(indexes.iter().map(|i| self.0[*i as usize]).collect())
        }
    }
    fn peer(size: u64) -> Peer {
        let mut peer = Peer(Vec::new());
        for n in 0..size {
            let hashes = tlog::stored_hashes(n, n.to_string().as_bytes(), &peer).unwrap();
            peer.0.extend(hashes);
        }
        peer
    }

    #[test]
    fn roots_and_proofs_are_those_of_another_implementation() {
        let peer = peer(700);
        let full = log(700);
        for size in [0, 1, 2, 3, 5, 8, 255, 256, 257, 300, 511, 512, 513, 700] {
            let log = log(size);
            let files = log.files(0);
            let tile = |path: &str| files.get(path).cloned();
            if size > 0 {
                assert_eq!(log.root(), tlog::tree_hash(size, &peer).unwrap().0, "size {size}");
            }
            for index in (0..size).filter(|i| i % 37 == 0 || *i + 2 > size) {
                let proof = prove_inclusion(&tile, size, index).unwrap();
                assert_eq!(log.prove_inclusion(index).unwrap(), proof);
                let theirs: Vec<Hash> = tlog::prove_record(size, index, &peer).unwrap().iter().map(|h| h.0).collect();
                assert_eq!(proof, theirs, "{index} of {size}");
                let leaf = leaf_hash(log.entry(index).unwrap());
                verify_inclusion(&leaf, index, size, &log.root(), &proof).unwrap();
                assert!(verify_inclusion(&[0; 32], index, size, &log.root(), &proof).is_err());
            }
            let files = full.files(0);
            let proof = prove_consistency(&|path| files.get(path).cloned(), size, 700).unwrap();
            assert_eq!(full.prove_consistency(size).unwrap(), proof);
            if size > 0 {
                let theirs: Vec<Hash> = tlog::prove_tree(700, size, &peer).unwrap().iter().map(|h| h.0).collect();
                assert_eq!(proof, theirs, "{size} to 700");
            }
            verify_consistency(size, 700, &log.root(), &full.root(), &proof).unwrap();
        }
    }

    #[test]
    fn exactly_the_tiles_that_were_named_are_asked_for() {
        let log = log(600);
        let files = log.files(0);
        for index in [0, 255, 256, 599] {
            let needed = needed_tiles_inclusion(600, index);
            prove_inclusion(&|path| needed.iter().find(|p| *p == path).and_then(|p| files.get(p)).cloned(), 600, index).unwrap();
        }
        for old in [1, 255, 256, 300, 600] {
            let needed = needed_tiles_consistency(old, 600);
            prove_consistency(&|path| needed.iter().find(|p| *p == path).and_then(|p| files.get(p)).cloned(), old, 600).unwrap();
        }
    }

    #[test]
    fn a_log_grows_file_by_file_to_the_same_files() {
        let mut published = BTreeMap::new();
        let mut before = 0;
        for size in [3, 256, 300, 512, 70_000] {
            let files = log(size).files(before);
            assert!(files.len() < 600, "only what changed is written");
            published.extend(files);
            before = size;
        }
        let whole = log(70_000);
        for (path, bytes) in whole.files(0) {
            assert_eq!(published.get(&path), Some(&bytes), "{path}");
        }
        assert!(whole.files(0).contains_key("tile/2/000.p/1"));
        assert!(whole.files(70_000).is_empty());
        let loaded = LogWriter::load(&|path| published.get(path).cloned(), 70_000, &whole.root()).unwrap();
        assert_eq!(loaded.root(), whole.root());
    }

    #[test]
    fn a_log_that_let_its_entries_go_goes_on_to_the_same_files_and_proofs() {
        let mut small = log(700);
        small.forget(700);
        assert_eq!((small.entry(511), small.entry(512)), (None, Some(&b"512"[..])));
        for n in 700..1_100_u64 {
            small.append(n.to_string().into_bytes()).unwrap();
        }
        let whole = log(1_100);
        assert_eq!((small.root(), small.files(700)), (whole.root(), whole.files(700)));
        let tiles = whole.files(0);
        for index in [0, 300, 699, 1_099] {
            assert_eq!(small.prove_inclusion(index).unwrap(), prove_inclusion(&|path| tiles.get(path).cloned(), 1_100, index).unwrap());
        }
        assert!(small.prove_inclusion(1_100).is_err());
    }

    #[test]
    fn a_log_that_let_its_leaf_hashes_go_goes_on_to_the_same_root_and_files() {
        for forgotten in [0, 255, 256, 511, 512, 700] {
            let mut small = log(700);
            small.forget(forgotten);
            small.forget_hashes(forgotten);
            let kept = forgotten / WIDTH * WIDTH;
            let held = |n: u64| (n >= kept).then(|| leaf_hash(n.to_string().as_bytes()));
            assert!((0..700).all(|n| small.hash(0, n) == held(n)), "{forgotten}");
            for n in 700..1_100_u64 {
                small.append(n.to_string().into_bytes()).unwrap();
            }
            let whole = log(1_100);
            assert_eq!((small.root(), small.files(forgotten), small.hash(1, 0)), (whole.root(), whole.files(forgotten), whole.hash(1, 0)));
            assert_eq!(small.prove_inclusion(1_099).unwrap(), whole.prove_inclusion(1_099).unwrap());
            match small.prove_inclusion(0) {
                Ok(proof) => assert!(kept == 0 && proof == whole.prove_inclusion(0).unwrap()),
                Err(why) => assert!(kept > 0 && matches!(why, LogError::Missing(path) if path == "tile/0/000")),
            }
        }
    }

    #[test]
    fn a_full_tile_serves_where_the_partial_one_is_gone() {
        let (small, large) = (log(100), log(256));
        let files = large.files(100);
        assert!(!files.contains_key("tile/0/000.p/100"));
        let proof = prove_inclusion(&|path| files.get(path).cloned(), 100, 42).unwrap();
        verify_inclusion(&leaf_hash(b"42"), 42, 100, &small.root(), &proof).unwrap();
    }

    #[test]
    fn damaged_files_are_refused() {
        let log = log(300);
        let files = log.files(0);
        let get = |path: &str| files.get(path).cloned();
        assert!(matches!(LogWriter::load(&|_| None, 300, &log.root()), Err(LogError::Missing(_))));
        assert_eq!(LogWriter::load(&get, 300, &[0; 32]).err(), Some(LogError::Root));
        assert!(matches!(LogWriter::load(&|_| get("tile/entries/000"), 300, &log.root()), Err(LogError::Damaged { .. })));
        assert!(matches!(prove_inclusion(&|_| None, 300, 1), Err(LogError::Missing(_))));
        assert!(matches!(prove_inclusion(&|_| Some(vec![0; 31]), 300, 1), Err(LogError::Damaged { .. })));
        assert!(matches!(prove_inclusion(&get, 300, 300), Err(LogError::Range { .. })));
        assert!(matches!(prove_consistency(&get, 301, 300), Err(LogError::Range { .. })));
    }
}
