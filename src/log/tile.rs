//! Where a log's hashes and entries lie (C2SP tlog-tiles), and proofs made from those files.
//!
//! Nothing read from a tile is believed: a proof made from wrong tiles does not verify against a signed root.

use super::merkle::{self, Subtree};
use super::{Hash, LogError, MAX_ENTRY_BYTES};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Hashes in a full tile, entries in a full bundle.
pub(super) const WIDTH: u64 = 256;
/// Levels of the tree in one level of tiles.
const HEIGHT: u8 = 8;

/// A tile of a tree of a certain size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tile {
    /// Level of tiles; `None` for entries.
    pub level: Option<u8>,
    /// Index within the level.
    pub index: u64,
    /// Hashes or entries in it, 1..=256.
    pub width: u64,
}

impl Tile {
    /// The tile at this place in a tree of `size` leaves, as wide as that tree fills it (0 if not at all).
    pub(super) fn within(level: Option<u8>, index: u64, size: u64) -> Self {
        let hashes = level.map_or(size, |level| hashes_at(level, size));
        let before = index.saturating_mul(WIDTH);
        Self { level, index, width: hashes.saturating_sub(before).min(WIDTH) }
    }

    pub(super) fn path(&self) -> String {
        let full = self.full_path();
        if self.width == WIDTH { full } else { format!("{full}.p/{}", self.width) }
    }

    fn full_path(&self) -> String {
        let mut name = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            name = format!("x{:03}/{name}", rest % 1000);
            rest /= 1000;
        }
        match self.level {
            Some(level) => format!("tile/{level}/{name}"),
            None => format!("tile/entries/{name}"),
        }
    }
}

/// How many hashes tiles of a level hold in all.
pub(super) fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0)
}

/// The tile of hashes that the complete subtree of 2^level leaves at `index` is computed from, and where its hashes lie there.
pub(super) fn place(level: u8, index: u64, size: u64) -> (Tile, std::ops::Range<usize>) {
    let within = level % HEIGHT;
    let first = index << within;
    let start = (first % WIDTH) as usize;
    (Tile::within(Some(level / HEIGHT), first / WIDTH, size), start..start + (1 << within))
}

/// Makes the proof that the entry at `index` is in the tree of `size` entries.
///
/// `tile` gets a path such as `tile/0/000` or `tile/0/000.p/5` and returns the file's bytes. Where a partial tile is
/// gone (a log may delete it once the full one exists), the full one is asked for.
///
/// # Errors
/// [`LogError::Range`], or a tile is missing or damaged.
pub fn prove_inclusion(tile: &dyn Fn(&str) -> Option<Vec<u8>>, size: u64, index: u64) -> Result<Vec<Hash>, LogError> {
    let tiles = Tiles::new(tile, size);
    inclusion(size, index, &mut |level, index| tiles.subtree(level, index))
}

/// Makes the proof that the tree of `old` entries is a prefix of the tree of `new` entries, from the tiles of the new one.
///
/// # Errors
/// [`LogError::Range`], or a tile is missing or damaged.
pub fn prove_consistency(tile: &dyn Fn(&str) -> Option<Vec<u8>>, old: u64, new: u64) -> Result<Vec<Hash>, LogError> {
    let tiles = Tiles::new(tile, new);
    consistency(old, new, &mut |level, index| tiles.subtree(level, index))
}

/// The paths [`prove_inclusion`] will ask for, so that they can be fetched first. Empty if there is no such entry.
#[must_use]
pub fn needed_tiles_inclusion(size: u64, index: u64) -> Vec<String> {
    needed(size, |subtree| inclusion(size, index, subtree))
}

/// The paths [`prove_consistency`] will ask for, so that they can be fetched first. Empty if there is no such proof.
#[must_use]
pub fn needed_tiles_consistency(old: u64, new: u64) -> Vec<String> {
    needed(new, |subtree| consistency(old, new, subtree))
}

/// The path of the bundle that holds the entry at `index` in a log of `size` entries, e.g. `tile/entries/000.p/5`.
/// The entry is number `index % 256` in it.
#[must_use]
pub fn bundle_path(size: u64, index: u64) -> String {
    Tile::within(None, index / WIDTH, size).path()
}

/// The path of the tile that holds the hash of the leaf at `index` in a log of `size` entries, e.g. `tile/0/000.p/5`.
/// The hash is number `index % 256` in it, each of 32 bytes.
#[must_use]
pub fn leaf_tile_path(size: u64, index: u64) -> String {
    Tile::within(Some(0), index / WIDTH, size).path()
}

/// The entries of a bundle, at most 256.
///
/// # Errors
/// [`LogError::Damaged`]: it ends within an entry, or holds too many.
pub fn read_bundle(bytes: &[u8]) -> Result<Vec<Vec<u8>>, LogError> {
    let damaged = |why: &str| LogError::Damaged { path: "tile/entries".into(), why: why.into() };
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let cut = || damaged("it ends within an entry");
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or_else(cut)?;
        if entries.len() as u64 == WIDTH {
            return Err(damaged("it holds more than 256 entries"));
        }
        entries.push(entry.to_vec());
        rest = after;
    }
    Ok(entries)
}

/// Writes entries as a bundle.
///
/// # Errors
/// [`LogError::EntryTooLarge`].
pub fn write_bundle(entries: &[Vec<u8>]) -> Result<Vec<u8>, LogError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| LogError::EntryTooLarge(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    debug_assert!(entries.iter().all(|e| e.len() <= MAX_ENTRY_BYTES));
    Ok(bytes)
}

pub(super) fn inclusion(size: u64, index: u64, subtree: &mut Subtree) -> Result<Vec<Hash>, LogError> {
    if index >= size {
        return Err(LogError::Range { index, size });
    }
    merkle::path(index, 0, size, subtree)
}

pub(super) fn consistency(old: u64, new: u64, subtree: &mut Subtree) -> Result<Vec<Hash>, LogError> {
    if old > new {
        return Err(LogError::Range { index: old, size: new });
    }
    if old == 0 { Ok(Vec::new()) } else { merkle::subproof(old, 0, new, true, subtree) }
}

/// Walks a proof without hashes and notes the tiles it touches.
fn needed(size: u64, walk: impl FnOnce(&mut Subtree) -> Result<Vec<Hash>, LogError>) -> Vec<String> {
    let mut tiles = BTreeSet::new();
    let walked = walk(&mut |level, index| {
        tiles.insert(place(level, index, size).0);
        Ok([0; 32])
    });
    if walked.is_err() {
        return Vec::new();
    }
    tiles.iter().map(Tile::path).collect()
}

/// Subtree hashes from tiles; each tile is asked for once.
struct Tiles<'a> {
    tile: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    size: u64,
    read: RefCell<BTreeMap<Tile, Vec<Hash>>>,
}

impl<'a> Tiles<'a> {
    fn new(tile: &'a dyn Fn(&str) -> Option<Vec<u8>>, size: u64) -> Self {
        Self { tile, size, read: RefCell::default() }
    }

    fn subtree(&self, level: u8, index: u64) -> Result<Hash, LogError> {
        let (tile, range) = place(level, index, self.size);
        let mut read = self.read.borrow_mut();
        let hashes = match read.entry(tile) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(gap) => gap.insert(self.read(&tile)?),
        };
        let damaged = || LogError::Damaged { path: tile.path(), why: "it is too short".into() };
        hashes.get(range).map(merkle::root).ok_or_else(damaged)
    }

    fn read(&self, tile: &Tile) -> Result<Vec<Hash>, LogError> {
        let path = tile.path();
        let bytes = match (self.tile)(&path) {
            Some(bytes) => bytes,
            None if tile.width < WIDTH => (self.tile)(&tile.full_path())
                .and_then(|full| full.get(..tile.width as usize * 32).map(<[u8]>::to_vec))
                .ok_or(LogError::Missing(path.clone()))?,
            None => return Err(LogError::Missing(path)),
        };
        if bytes.len() as u64 != tile.width * 32 {
            return Err(LogError::Damaged { path, why: format!("it has {} bytes instead of {}", bytes.len(), tile.width * 32) });
        }
        Ok(bytes.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        // The examples of c2sp.org/tlog-tiles.
        assert_eq!(Tile { level: Some(0), index: 1_234_067, width: 256 }.path(), "tile/0/x001/x234/067");
        assert_eq!(bundle_path(70_000, 0), "tile/entries/000");
        assert_eq!(bundle_path(70_000, 69_999), "tile/entries/273.p/112");
        assert_eq!(bundle_path(5, 4), "tile/entries/000.p/5");
        let of_70_000 = |level, index| Tile::within(Some(level), index, 70_000).path();
        assert_eq!((of_70_000(0, 272), of_70_000(0, 273)), ("tile/0/272".into(), "tile/0/273.p/112".into()));
        assert_eq!((of_70_000(1, 0), of_70_000(1, 1)), ("tile/1/000".into(), "tile/1/001.p/17".into()));
        assert_eq!(of_70_000(2, 0), "tile/2/000.p/1");
    }

    #[test]
    fn the_largest_tree_has_paths_too() {
        assert!(!needed_tiles_inclusion(u64::MAX, u64::MAX - 1).is_empty());
        assert!(!needed_tiles_inclusion(u64::MAX, 0).is_empty());
        assert!(!needed_tiles_consistency(1, u64::MAX).is_empty());
        assert_eq!(needed_tiles_consistency(2, 1), Vec::<String>::new());
        assert_eq!(needed_tiles_inclusion(5, 5), Vec::<String>::new());
    }

    #[test]
    fn a_bundle_that_is_cut_or_too_full_is_refused() {
        let entries = vec![b"a".to_vec(), Vec::new(), vec![7; MAX_ENTRY_BYTES]];
        let bytes = write_bundle(&entries).unwrap();
        assert_eq!(read_bundle(&bytes).unwrap(), entries);
        for cut in [1, 2, 4, 6, bytes.len() - 1] {
            assert!(matches!(read_bundle(&bytes[..cut]), Err(LogError::Damaged { .. })), "{cut}");
        }
        assert!(read_bundle(&[0; 2 * 256]).is_ok());
        assert!(read_bundle(&[0; 2 * 257]).is_err());
        assert!(write_bundle(&[vec![0; MAX_ENTRY_BYTES + 1]]).is_err());
    }
}
