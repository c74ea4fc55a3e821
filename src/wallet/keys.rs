//! Keys from a seed: SLIP-0010 for Ed25519, every step hardened.
//!
//! ```text
//! m / 1701015411' / 0' / n'     account n: signs payments and orders
//! m / 1701015411' / 1' / n'     passport n: signs as the person
//! ```
//! The first step is "ecos" in ASCII, so that no other wallet's path is met.

use super::Words;
use crate::statement::SigningKey;
use hmac::{Hmac, Mac as _};
use sha2::Sha512;
use zeroize::Zeroizing;

/// The last index there is.
pub const MAX_INDEX: u32 = (1 << 31) - 1;
/// "ecos".
const PURPOSE: u32 = 0x6563_6f73;
/// What makes an index a hardened one.
const HARDENED: u32 = 1 << 31;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Branch {
    /// Payments and orders.
    Account,
    /// The person's own passport and what they say as that person.
    Passport,
}

/// There is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The index is too large.
    #[error("there is no account {0}; accounts are numbered from 0 to {MAX_INDEX}")]
    Index(u32),
}

/// All keys that come from a person's words. Wiped from memory when dropped.
pub struct Keys(Node);

/// A key and its chain code.
struct Node {
    key: Zeroizing<[u8; 32]>,
    chain: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// The keys of these words.
    #[must_use]
    pub fn new(words: &Words) -> Self {
        Self(Node::master(&*words.seed("")).child(PURPOSE))
    }

    /// The key number `index` of a branch.
    ///
    /// # Errors
    /// The index is too large.
    pub fn key(&self, branch: Branch, index: u32) -> Result<SigningKey, KeysError> {
        if index > MAX_INDEX {
            return Err(KeysError::Index(index));
        }
        Ok(SigningKey::from_seed(&self.0.child(branch as u32).child(index).key))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Node {
    fn master(seed: &[u8]) -> Self {
        Self::split(b"ed25519 seed", &[seed])
    }

    /// The hardened child of this index, which is below 2^31.
    fn child(&self, index: u32) -> Self {
        Self::split(&*self.chain, &[&[0], &*self.key, &(index | HARDENED).to_be_bytes()])
    }

    fn split(key: &[u8], data: &[&[u8]]) -> Self {
        let mut node = Self { key: Zeroizing::default(), chain: Zeroizing::default() };
        // HMAC takes keys of any length.
        if let Ok(mut mac) = Hmac::<Sha512>::new_from_slice(key) {
            data.iter().for_each(|part| mac.update(part));
            let both = Zeroizing::new(<[u8; 64]>::from(mac.finalize().into_bytes()));
            for (to, from) in node.key.iter_mut().chain(node.chain.iter_mut()).zip(both.iter()) {
                *to = *from;
            }
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeSet;

    #[derive(Deserialize)]
    struct Case {
        seed: String,
        path: Vec<u32>,
        chain: String,
        private: String,
        public: String,
    }

    #[test]
    fn every_published_vector_gives_its_chain_code_and_its_keys() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/vectors/slip-0010/ed25519.json"))).unwrap();
        assert_eq!(cases.len(), 12);
        for case in cases {
            let node = case.path.iter().fold(Node::master(&hex::decode(&case.seed).unwrap()), |node, index| node.child(*index));
            assert_eq!((hex::encode(*node.chain), hex::encode(*node.key)), (case.chain, case.private));
            assert_eq!(hex::encode(SigningKey::from_seed(&node.key).did().public()), case.public, "{:?}", case.path);
        }
    }

    #[test]
    fn accounts_and_passports_have_keys_of_their_own_and_the_same_words_give_the_same() {
        let words = Words::from_entropy(&[1; 16]).unwrap();
        let (keys, again) = (Keys::new(&words), Keys::new(&Words::read(&words.iter().collect::<Vec<_>>().join(" ")).unwrap()));
        let other = Keys::new(&Words::from_entropy(&[2; 16]).unwrap());
        let mut seen = BTreeSet::new();
        for branch in [Branch::Account, Branch::Passport] {
            for index in [0, 1, MAX_INDEX] {
                let did = keys.key(branch, index).unwrap().did();
                assert_eq!(did, again.key(branch, index).unwrap().did());
                assert!(seen.insert(did) && seen.insert(other.key(branch, index).unwrap().did()));
            }
        }
        assert_eq!(keys.key(Branch::Account, MAX_INDEX + 1).unwrap_err(), KeysError::Index(MAX_INDEX + 1));
        assert_eq!(format!("{keys:?}"), "Keys(…)");
    }
}
