//! The tree file of a pack: the hashes that every statement's proof in the dossiers ends at.
//!
//! ```text
//! hash of leaves 0..256 | hash of leaves 256..512 | … | leaf hash of each leaf after the last full 256     each 32 bytes
//! ```
//! Why not a whole inclusion proof per statement: its upper part changes with every batch, and with it each dossier. A proof that ends at the
//! leaf's own 256 never changes once those are full, so a day's delta holds only what changed. The tree file itself only grows at its end.
//!
//! A tree of n leaves cut into pieces of 256 (a power of two) is the tree of those pieces' hashes (RFC 6962, section 2.1), so the file is
//! checked by computing the root that the manifest names.

use super::PackError;
use crate::{
    log::{self, leaf_hash, verify_inclusion},
    statement::Digest,
};

/// Leaves in a piece.
pub(super) const PIECE: u64 = 256;

/// The hashes of a tree file, which give the manifest's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pieces: Vec<Digest>,
    tail: Vec<Digest>,
}

impl Tree {
    /// Reads a tree file for a log of `size` leaves and this root.
    ///
    /// # Errors
    /// It has another length, or gives another root.
    pub fn open(bytes: &[u8], size: u64, root: &Digest) -> Result<Self, PackError> {
        let wrong = || PackError::WrongBytes("dossier/tree".to_owned());
        let (hashes, odd) = bytes.as_chunks::<32>();
        let full = usize::try_from(size / PIECE).map_err(|_| wrong())?;
        let (pieces, tail) = hashes.split_at_checked(full).filter(|_| odd.is_empty()).ok_or_else(wrong)?;
        if tail.len() as u64 != size % PIECE {
            return Err(wrong());
        }
        let mut nodes = pieces.to_vec();
        if !tail.is_empty() {
            nodes.push(log::root(tail));
        }
        if log::root(&nodes) == *root { Ok(Self { pieces: pieces.to_vec(), tail: tail.to_vec() }) } else { Err(wrong()) }
    }

    /// Checks that an entry is at this leaf, by its siblings within its 256 leaves (none for a leaf after the last full 256).
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, leaf: u64, entry: &[u8], proof: &[Digest]) -> Result<(), log::LogError> {
        let hash = leaf_hash(entry);
        let piece = usize::try_from(leaf / PIECE).map_err(|_| log::LogError::Inclusion)?;
        if let Some(root) = self.pieces.get(piece) {
            return verify_inclusion(&hash, leaf % PIECE, PIECE, root, proof);
        }
        let at = usize::try_from(leaf % PIECE).map_err(|_| log::LogError::Inclusion)?;
        let listed = piece == self.pieces.len() && proof.is_empty() && self.tail.get(at) == Some(&hash);
        if listed { Ok(()) } else { Err(log::LogError::Inclusion) }
    }
}

/// Makes the tree file and proofs to it from a log's hashes.
pub(super) struct Hashes<'a> {
    size: u64,
    leaf: &'a dyn Fn(u64) -> Option<Digest>,
    piece: &'a dyn Fn(u64) -> Option<Digest>,
    /// The layers of the piece that was last asked for: dossiers come by rising leaf, mostly.
    last: std::cell::RefCell<Option<(u64, Vec<Vec<Digest>>)>>,
}

impl<'a> Hashes<'a> {
    pub(super) fn new(size: u64, leaf: &'a dyn Fn(u64) -> Option<Digest>, piece: &'a dyn Fn(u64) -> Option<Digest>) -> Self {
        Self { size, leaf, piece, last: std::cell::RefCell::default() }
    }

    /// The tree file.
    pub(super) fn file(&self) -> Option<Vec<u8>> {
        let full = self.size / PIECE;
        let pieces = (0..full).map(|i| (self.piece)(i));
        let tail = (full * PIECE..self.size).map(|i| (self.leaf)(i));
        pieces.chain(tail).collect::<Option<Vec<_>>>().map(|hashes| hashes.concat())
    }

    /// The siblings of a leaf within its piece, lowest first.
    pub(super) fn proof(&self, leaf: u64) -> Option<Vec<Digest>> {
        let piece = leaf / PIECE;
        if piece >= self.size / PIECE {
            return (leaf < self.size).then(Vec::new);
        }
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(at, _)| *at != piece) {
            let first = piece * PIECE;
            let mut layers = vec![(first..first + PIECE).map(|i| (self.leaf)(i)).collect::<Option<Vec<_>>>()?];
            while let Some(below) = layers.last().filter(|l| l.len() > 1) {
                let layer = below.chunks(2).map(log::root).collect();
                layers.push(layer);
            }
            *last = Some((piece, layers));
        }
        let (_, layers) = last.as_ref()?;
        let mut at = usize::try_from(leaf % PIECE).ok()?;
        let mut proof = Vec::new();
        for layer in layers.iter().take_while(|l| l.len() > 1) {
            proof.push(*layer.get(at ^ 1)?);
            at /= 2;
        }
        Some(proof)
    }
}
