//! Proofs about the state: that an entry is there and says this, or that there is none.
//!
//! A proof leads to the root that the last `BatchClose` names, which is the only root that anyone but the node can trust: it stands in the log,
//! under a checkpoint. What was stated since then is proven only after the next close.
//!
//! ```text
//! { "kind": "passport", "id": "7", "value": "<base64 of the JCS of the entry>" | null,
//!   "neighbour": null | { "key": "<base64>", "value_sha256": "<base64>" },   the one leaf where the entry would be, when that is another's
//!   "siblings": [ "<base64>", … ] }                                          digests beside the way from the leaf up to the root
//! ```
//! The tree is drawn in `tree.rs`. Going up, the sibling at depth d stands right where bit d of the key is 0, left where it is 1.

use super::{
    Entry, State,
    slot::{Slot, statement_value},
    tree::{Kept as _, Leaf, PLACEHOLDER, bit, inner},
};
use crate::statement::Digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// A key has so many bits, so no way is longer.
const MAX_SIBLINGS: usize = 256;

/// The state as the last `BatchClose` found it, with the closed tree.
#[derive(Debug, Clone)]
pub(super) struct Closed {
    root: Digest,
    /// What entries said then that say something else now.
    changed_since: BTreeMap<Digest, Vec<u8>>,
}

/// That an entry is in the state, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateProof {
    /// What kind of entry.
    pub kind: String,
    /// Which, as text ([`Entry::parse`]).
    pub id: String,
    /// What it says (JCS); `None` when there is no such entry.
    #[serde(serialize_with = "write_some", deserialize_with = "read_some")]
    pub value: Option<Vec<u8>>,
    /// The only entry in the part of the tree where this one would be, if that part is not empty.
    pub neighbour: Option<Neighbour>,
    /// Digests beside the way up, lowest first.
    #[serde(serialize_with = "write_all", deserialize_with = "read_all")]
    pub siblings: Vec<Digest>,
}

/// Another entry, as far as a proof of absence needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Its key in the tree.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub key: Digest,
    /// SHA-256 of its value.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub value_sha256: Digest,
}

/// Why there is no proof, or why it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a kind of entry, or not an id of that kind.
    #[error(
        "there is no entry of that kind with such an id; kinds are actor, key, accreditation, passport, stage, listing, statement, batch, token, balance, pair, order and shares, and \
         each id has one spelling"
    )]
    NoSuchEntry,
    /// Nothing was closed yet.
    #[error("no batch was closed yet, so there is no root to prove anything against; wait for the first BatchClose")]
    NotClosed,
    /// The proof is about something else.
    #[error("the proof is about {kind} {id}, not about what was asked; ask again")]
    OtherEntry {
        /// What kind it is about.
        kind: String,
        /// Which.
        id: String,
    },
    /// It cannot be a proof.
    #[error("this is no proof: {0}")]
    Malformed(&'static str),
    /// The digests do not lead to the root.
    #[error("the proof does not lead to the state root {}; it was altered, or made for another batch", hex::encode(.0))]
    OtherRoot(Digest),
}

impl State {
    /// The root over all entries; 32 zero bytes while there are none.
    #[must_use]
    pub fn root(&self) -> Digest {
        zero_if_empty(self.tree.digest(&self.parties))
    }

    /// The root that proofs lead to: the one in the last `BatchClose`.
    #[must_use]
    pub fn closed_root(&self) -> Option<Digest> {
        self.closed.as_ref().map(|c| c.root)
    }

    /// Proves what an entry said in the state that the last `BatchClose` names, or that there was none.
    ///
    /// # Errors
    /// No such kind or id, or no batch was closed yet.
    pub fn prove(&self, kind: &str, id: &str) -> Result<StateProof, ProofError> {
        let entry = Entry::parse(kind, id)?;
        let closed = self.closed.as_ref().ok_or(ProofError::NotClosed)?;
        let key = entry.key();
        let (slot, siblings) = self.tree.closed().way(&key, &self.parties);
        let found = slot.map(|slot| (slot, slot.key(&self.parties)));
        let there = found.is_some_and(|(_, at)| at == key);
        let said = |slot: &Slot, key: &Digest, entry: &Entry| match slot.expiry() {
            Some((_, at)) => Some(statement_value(at)),
            None => closed.changed_since.get(key).cloned().or_else(|| self.value(entry)),
        };
        let value = found.filter(|_| there).and_then(|(slot, key)| said(slot, &key, &entry));
        let sha256 = |slot: &Slot, key: &Digest| match slot {
            Slot::Other(leaf) => Some(leaf.value),
            named => Some(Sha256::digest(said(named, key, &named.entry(&self.parties)?)?).into()),
        };
        let neighbour = found.filter(|_| !there).and_then(|(slot, key)| Some(Neighbour { key, value_sha256: sha256(slot, &key)? }));
        Ok(StateProof { kind: kind.to_owned(), id: id.to_owned(), value, neighbour, siblings })
    }

    /// Remembers the state as it is for proofs, and gives its root: a `BatchClose` that names it is about to be applied.
    pub(super) fn keep_for_proofs(&mut self) -> Digest {
        self.tree.close(&self.parties);
        let root = zero_if_empty(self.tree.closed().digest(&self.parties));
        self.closed = Some(Closed { root, changed_since: BTreeMap::new() });
        root
    }

    /// Remembers what an entry says, because it is about to say something else.
    pub(super) fn changing(&mut self, entry: &Entry) {
        let Some(value) = self.value(entry) else { return };
        let Some(closed) = &mut self.closed else { return };
        let key = entry.key();
        if self.tree.closed().get(&key, &self.parties).is_some() {
            closed.changed_since.entry(key).or_insert(value);
        }
    }
}

impl StateProof {
    /// Checks the proof against a state root, and that it is about this entry. Returns what the entry says, or `None` when the proof is that
    /// there is none.
    ///
    /// # Errors
    /// It is about something else, cannot be a proof, or does not lead to this root.
    pub fn verify(&self, root: &Digest, entry: &Entry) -> Result<Option<&[u8]>, ProofError> {
        if self.kind != entry.kind() || self.id != entry.id() {
            return Err(ProofError::OtherEntry { kind: self.kind.chars().take(20).collect(), id: self.id.chars().take(200).collect() });
        }
        if self.siblings.len() > MAX_SIBLINGS {
            return Err(ProofError::Malformed("its way is longer than a key has bits"));
        }
        let key = entry.key();
        let lowest = match (&self.value, &self.neighbour) {
            (Some(_), Some(_)) => return Err(ProofError::Malformed("it gives a value and a neighbour")),
            (Some(value), None) => Leaf { key, value: Sha256::digest(value).into() }.digest(),
            (None, None) => PLACEHOLDER,
            (None, Some(n)) if n.key == key => return Err(ProofError::Malformed("its neighbour is the entry itself")),
            // Only a leaf that shares the whole way can stand where this entry would.
            (None, Some(n)) if (0..self.siblings.len()).any(|depth| bit(&n.key, depth) != bit(&key, depth)) => {
                return Err(ProofError::Malformed("its neighbour lies elsewhere in the tree"));
            }
            (None, Some(n)) => Leaf { key: n.key, value: n.value_sha256 }.digest(),
        };
        let depths = (0..self.siblings.len()).rev();
        let top = self.siblings.iter().zip(depths).fold(
            lowest,
            |below, (beside, depth)| {
                if bit(&key, depth) { inner(beside, &below) } else { inner(&below, beside) }
            },
        );
        if zero_if_empty(top) == *root { Ok(self.value.as_deref()) } else { Err(ProofError::OtherRoot(*root)) }
    }
}

/// An empty state has the root 0, not the tree's placeholder.
fn zero_if_empty(root: Digest) -> Digest {
    if root == PLACEHOLDER { [0; 32] } else { root }
}

fn write<S: Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(digest))
}

fn write_some<S: Serializer>(value: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(|v| STANDARD.encode(v)).serialize(to)
}

fn write_all<S: Serializer>(digests: &[Digest], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(digests.iter().map(|d| STANDARD.encode(d)))
}

fn bytes<E: serde::de::Error>(text: &str) -> Result<Vec<u8>, E> {
    STANDARD.decode(text).map_err(|_| E::custom("not base64"))
}

fn digest<E: serde::de::Error>(text: &str) -> Result<Digest, E> {
    bytes(text)?.try_into().map_err(|_| E::custom("not 32 bytes in base64"))
}

fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
    digest(&String::deserialize(from)?)
}

fn read_some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
    Option::<String>::deserialize(from)?.map(|t| bytes(&t)).transpose()
}

fn read_all<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Digest>, D::Error> {
    Vec::<String>::deserialize(from)?.iter().map(|t| digest(t)).collect()
}
