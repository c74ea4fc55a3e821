//! The Merkle tree of RFC 6962, section 2.1, and checking its proofs.
//!
//! ```text
//! leaf = SHA-256(0x00 ‖ entry)    node = SHA-256(0x01 ‖ left ‖ right)    empty tree = SHA-256("")
//! ```
//! A tree of n > 1 leaves splits at the largest power of two below n. A *complete* subtree of 2^level leaves at
//! `index` covers the leaves from `index · 2^level`; every proof and root is put together from such subtrees, so the
//! functions here only ask for those and do not care whether they come from memory or from tiles.

use super::{Hash, LogError};
use sha2::{Digest as _, Sha256};

/// The hash of a leaf.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree over these leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(1 << (usize::BITS - 1 - (leaves.len() - 1).leading_zeros()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// Checks that `leaf` is the leaf at `index` in the tree of `size` leaves with this root (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`LogError::Range`] or [`LogError::Inclusion`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), LogError> {
    if index >= size {
        return Err(LogError::Range { index, size });
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return Err(LogError::Inclusion);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(LogError::Inclusion) }
}

/// Checks that the tree of `old` leaves is a prefix of the tree of `new` leaves (RFC 9162, section 2.1.4.2).
///
/// # Errors
/// [`LogError::Range`] if `old` exceeds `new`, else [`LogError::Consistency`].
pub fn verify_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, proof: &[Hash]) -> Result<(), LogError> {
    if old > new {
        return Err(LogError::Range { index: old, size: new });
    }
    let holds = |yes: bool| if yes { Ok(()) } else { Err(LogError::Consistency) };
    if old == new {
        return holds(proof.is_empty() && old_root == new_root);
    }
    if old == 0 {
        return holds(proof.is_empty() && *old_root == root(&[]));
    }
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // The old tree is itself a complete subtree of the new one: the proof does not repeat its root.
    let (start, steps) = if node == 0 {
        (*old_root, proof)
    } else {
        let Some((start, steps)) = proof.split_first() else {
            return Err(LogError::Consistency);
        };
        (*start, steps)
    };
    let (mut old_hash, mut new_hash) = (start, start);
    for step in steps {
        if last == 0 {
            return Err(LogError::Consistency);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(step, &old_hash);
            new_hash = node_hash(step, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    holds(last == 0 && old_hash == *old_root && new_hash == *new_root)
}

/// Gives the hash of the complete subtree of 2^level leaves at an index.
pub(super) type Subtree<'a> = dyn FnMut(u8, u64) -> Result<Hash, LogError> + 'a;

/// The largest power of two below `n`, as an exponent. `n` is at least 2.
fn split(n: u64) -> u8 {
    // At most 63, so it fits.
    (63 - n.saturating_sub(1).leading_zeros()) as u8
}

/// The root over the leaves `from..to` of a range that starts where a complete subtree could (RFC 6962, MTH).
pub(super) fn range_root(from: u64, to: u64, subtree: &mut Subtree) -> Result<Hash, LogError> {
    match to - from {
        0 => Ok(root(&[])),
        n if n.is_power_of_two() => {
            let level = n.trailing_zeros() as u8;
            subtree(level, from >> level)
        }
        n => {
            let middle = from + (1 << split(n));
            let left = range_root(from, middle, subtree)?;
            Ok(node_hash(&left, &range_root(middle, to, subtree)?))
        }
    }
}

/// The audit path of leaf `index` in the leaves `from..to` (RFC 6962, section 2.1.1, PATH), leaf first.
pub(super) fn path(index: u64, from: u64, to: u64, subtree: &mut Subtree) -> Result<Vec<Hash>, LogError> {
    if to - from <= 1 {
        return Ok(Vec::new());
    }
    let middle = from + (1 << split(to - from));
    let (mut path, step) = if index < middle {
        (path(index, from, middle, subtree)?, range_root(middle, to, subtree)?)
    } else {
        (path(index, middle, to, subtree)?, range_root(from, middle, subtree)?)
    };
    path.push(step);
    Ok(path)
}

/// The consistency proof from `old` within the leaves `from..to` (RFC 6962, section 2.1.2, SUBPROOF).
/// `whole`: the old tree is a prefix that the verifier already knows the root of.
pub(super) fn subproof(old: u64, from: u64, to: u64, whole: bool, subtree: &mut Subtree) -> Result<Vec<Hash>, LogError> {
    if old == to {
        return if whole { Ok(Vec::new()) } else { Ok(vec![range_root(from, to, subtree)?]) };
    }
    let middle = from + (1 << split(to - from));
    let (mut proof, step) = if old <= middle {
        (subproof(old, from, middle, whole, subtree)?, range_root(middle, to, subtree)?)
    } else {
        (subproof(old, middle, to, false, subtree)?, range_root(from, middle, subtree)?)
    };
    proof.push(step);
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_are_those_of_the_specification() {
        assert_eq!(hex::encode(root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex::encode(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        // The eight entries of the Certificate Transparency reference tests.
        let entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let leaves: Vec<Hash> = entries.iter().map(|e| leaf_hash(&hex::decode(e).unwrap())).collect();
        assert_eq!(hex::encode(root(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn no_size_makes_a_check_overflow() {
        let h = [7; 32];
        for (a, b) in [(0, u64::MAX), (u64::MAX - 1, u64::MAX), (u64::MAX, u64::MAX), (1 << 63, u64::MAX), (u64::MAX, 0)] {
            for n in [0, 1, 63, 64, 65] {
                let proof = vec![h; n];
                assert!(verify_inclusion(&h, a, b, &h, &proof).is_err());
                assert!(verify_consistency(a, b, &h, &[8; 32], &proof).is_err());
            }
        }
    }
}
