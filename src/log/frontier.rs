//! A log as far as one who reads all of it needs to remember: how many entries there were, and the roots of the complete subtrees that they make.
//!
//! ```text
//! size 11 = 1011 in binary      subtrees of 8, 2 and 1 leaves, from the left
//! ```
//! Reading on from there to a checkpoint's size must give the checkpoint's root (RFC 6962, section 2.1). That proves at once that nothing that was
//! read before was changed, and that everything read since is in the log, once, in this order.

use super::{Hash, LogError, leaf_hash, merkle::node_hash, root};
use serde::{Deserialize, Serialize};

/// Where somebody is in a log.
///
/// # Examples
/// ```
/// use ecosphere::log::{Frontier, leaf_hash, root};
/// let mut seen = Frontier::default();
/// seen.append(b"a");
/// seen.append(b"b");
/// assert_eq!(seen.root(), root(&[leaf_hash(b"a"), leaf_hash(b"b")]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    /// From the largest to the smallest: one for each 1 in the size.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// All entries before the last of a log, from the last one's inclusion proof, which is made of just these subtrees. The proof must hold.
    ///
    /// # Errors
    /// It is not the proof of the last entry of a log.
    pub fn before_last(size: u64, proof: &[Hash]) -> Result<Self, LogError> {
        let before = size.checked_sub(1).ok_or(LogError::Inclusion)?;
        if proof.len() != before.count_ones() as usize {
            return Err(LogError::Inclusion);
        }
        Ok(Self { size: before, peaks: proof.iter().rev().copied().collect() })
    }

    /// How many entries there were.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Reads one more entry.
    pub fn append(&mut self, entry: &[u8]) {
        let mut hash = leaf_hash(entry);
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The root of the tree over all of them.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => root(&[]),
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogWriter;

    #[test]
    fn at_every_size_the_root_is_that_of_the_tree_and_the_last_proof_gives_what_came_before() {
        let (mut log, mut seen) = (LogWriter::new(), Frontier::default());
        assert_eq!(seen.root(), root(&[]));
        for n in 0..300_u64 {
            let (before, entry) = (seen.clone(), format!("entry {n}"));
            log.append(entry.clone().into_bytes()).unwrap();
            seen.append(entry.as_bytes());
            assert_eq!((seen.size(), seen.root()), (n + 1, log.root()));
            assert_eq!(Frontier::before_last(n + 1, &log.prove_inclusion(n).unwrap()), Ok(before));
        }
        assert_eq!(Frontier::before_last(0, &[]), Err(LogError::Inclusion));
        assert_eq!(Frontier::before_last(8, &[[0; 32]]), Err(LogError::Inclusion));
    }
}
