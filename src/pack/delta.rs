//! Deltas: from the files of one pack to those of the next, as what is copied and what is new.
//!
//! ```text
//! delta file = zstd( postcard( Vec<Patch> ) )                    one per tier, named in the manifest with the manifest it begins at
//! Patch      { name, size of the result, fresh: [n], from: [±n], copied: [n], bytes }
//!   for each step: take `fresh` bytes from `bytes`, then copy `copied` bytes of the old file from `from` after where the last copy ended
//! ```
//! A manifest lists the steps that lead to it, oldest first; a device that holds the pack at which one begins takes that and all after it. A
//! step is worked out once, when its pack is made, and is a pure function of the two packs, so that whoever replays the log makes the same
//! bytes. Files work on what is decompressed; what comes out is right when it has the `raw_sha256` that the manifest gives the full file.

use super::{MAX_RAW, PackError};
use serde::{Deserialize, Serialize};

/// Bytes that must be the same at both places before anything is copied.
const SEED: usize = 16;

/// How one file becomes its successor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// The file's name in the manifest.
    pub name: String,
    /// Bytes of the result.
    size: u64,
    fresh: Vec<u32>,
    from: Vec<i64>,
    copied: Vec<u32>,
    bytes: Vec<u8>,
}

impl Patch {
    /// The patch that makes `new` of `old`: greedy, by a table of the old file's 16-byte pieces. The same bytes for the same input, always.
    #[must_use]
    pub fn between(name: &str, old: &[u8], new: &[u8]) -> Self {
        let mut patch =
            Self { name: name.to_owned(), size: new.len() as u64, fresh: Vec::new(), from: Vec::new(), copied: Vec::new(), bytes: Vec::new() };
        let table = Table::of(old);
        // `at`: where we read in `new`; `done`: up to where it is written; `ended`: where the last copy ended in `old`.
        let (mut at, mut done, mut ended) = (0, 0, 0);
        while at < new.len() {
            // In step with the last copy first: a value that was replaced by one of the same length costs no search and no jump.
            let in_step = ended + (at - done);
            let found = [Some(in_step), table.find(new, at)].into_iter().flatten().find(|from| same(old, *from, new, at) >= SEED);
            let Some(mut from) = found else {
                at += 1;
                continue;
            };
            let mut length = same(old, from, new, at);
            while at > done && from > 0 && old.get(from - 1) == new.get(at - 1) {
                (at, from, length) = (at - 1, from - 1, length + 1);
            }
            patch.step(new.get(done..at).unwrap_or_default(), from as i64 - ended as i64, length);
            at += length;
            (done, ended) = (at, from + length);
        }
        let rest = new.get(done..).unwrap_or_default();
        if !rest.is_empty() {
            patch.step(rest, 0, 0);
        }
        patch
    }

    /// Bytes that it holds.
    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + self.fresh.len() * (size_of::<i64>() + 2 * size_of::<u32>())
    }

    fn step(&mut self, fresh: &[u8], from: i64, copied: usize) {
        // No file is longer than `MAX_RAW`, which a u32 holds.
        self.fresh.push(fresh.len() as u32);
        self.from.push(from);
        self.copied.push(copied as u32);
        self.bytes.extend_from_slice(fresh);
    }

    /// Makes the new file of the old one. What comes out is believed only once its digest is compared.
    ///
    /// # Errors
    /// It copies from outside the old file, or makes more or less than it says.
    pub fn apply(&self, old: &[u8]) -> Result<Vec<u8>, PackError> {
        let torn = || PackError::Unreadable { what: "delta", why: format!("its steps for {} do not fit the file it begins at", self.name) };
        if self.size > MAX_RAW {
            return Err(PackError::TooLarge(self.size));
        }
        if self.fresh.len() != self.from.len() || self.fresh.len() != self.copied.len() {
            return Err(torn());
        }
        let mut out = Vec::new();
        let (mut rest, mut ended) = (self.bytes.as_slice(), 0_i64);
        for ((fresh, from), copied) in self.fresh.iter().zip(&self.from).zip(&self.copied) {
            let (new, after) = rest.split_at_checked(*fresh as usize).ok_or_else(torn)?;
            rest = after;
            let start = ended.checked_add(*from).ok_or_else(torn)?;
            let end = start.checked_add(i64::from(*copied)).ok_or_else(torn)?;
            let range = usize::try_from(start).ok().zip(usize::try_from(end).ok()).ok_or_else(torn)?;
            let copy = old.get(range.0..range.1).ok_or_else(torn)?;
            if (out.len() + new.len() + copy.len()) as u64 > self.size {
                return Err(torn());
            }
            out.extend_from_slice(new);
            out.extend_from_slice(copy);
            ended = end;
        }
        if out.len() as u64 == self.size && rest.is_empty() { Ok(out) } else { Err(torn()) }
    }
}

/// How many bytes are the same from these places on.
fn same(old: &[u8], from: usize, new: &[u8], at: usize) -> usize {
    let (old, new) = (old.get(from..).unwrap_or_default(), new.get(at..).unwrap_or_default());
    // Eight at a time, then the rest one by one.
    let blocks = old.chunks_exact(8).zip(new.chunks_exact(8)).take_while(|(a, b)| a == b).count() * 8;
    let rest = old.iter().skip(blocks).zip(new.iter().skip(blocks)).take_while(|(a, b)| a == b).count();
    blocks + rest
}

/// Where 16-byte pieces of a file lie, by a hash of them; of several the first.
struct Table {
    /// Position + 1, or 0.
    slots: Vec<u32>,
    shift: u32,
}

impl Table {
    fn of(file: &[u8]) -> Self {
        let bits = (file.len() / SEED).max(1).ilog2() + 2;
        let mut table = Self { slots: vec![0; 1 << bits], shift: 64 - bits };
        for at in (0..file.len()).step_by(SEED) {
            if let Some(slot) = table.slot(file, at)
                && let Some(place) = table.slots.get_mut(slot)
                && *place == 0
            {
                *place = u32::try_from(at + 1).unwrap_or(0);
            }
        }
        table
    }

    fn find(&self, file: &[u8], at: usize) -> Option<usize> {
        let slot = self.slot(file, at)?;
        self.slots.get(slot)?.checked_sub(1).map(|at| at as usize)
    }

    fn slot(&self, file: &[u8], at: usize) -> Option<usize> {
        let (piece, _) = file.get(at..)?.split_first_chunk::<SEED>()?;
        let n = u128::from_le_bytes(*piece);
        // Two odd constants without meaning: the golden ratio's and another, as in Fibonacci hashing.
        let hash = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((n >> 64) as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(29);
        Some((hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize)
    }
}

/// The wire form of a delta file, before compression.
///
/// # Errors
/// Never for what this crate builds.
pub fn encode_delta(patches: &[Patch]) -> Result<Vec<u8>, PackError> {
    postcard::to_stdvec(patches).map_err(|e| PackError::Unreadable { what: "delta", why: e.to_string() })
}

/// Reads a delta file. A length in it never allocates more than what is there.
///
/// # Errors
/// Cut short, or not a delta.
pub fn decode_delta(bytes: &[u8]) -> Result<Vec<Patch>, PackError> {
    let unreadable = |why: &str| PackError::Unreadable { what: "delta", why: why.to_owned() };
    match postcard::take_from_bytes(bytes) {
        Ok((patches, [])) => Ok(patches),
        Ok(_) => Err(unreadable("bytes follow its end")),
        Err(e) => Err(unreadable(&e.to_string())),
    }
}
