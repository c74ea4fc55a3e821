//! The state's root: a Jellyfish Merkle tree over every entry.

use super::State;
use crate::statement::{Digest, json};
use jmt::{
    JellyfishMerkleTree, KeyHash, OwnedValue, Version,
    storage::{LeafNode, Node, NodeKey, TreeReader},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A store that holds nothing: the tree is built anew from all entries.
struct Empty;

impl TreeReader for Empty {
    fn get_node_option(&self, _: &NodeKey) -> anyhow::Result<Option<Node>> {
        Ok(None)
    }
    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(None)
    }
    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        Ok(None)
    }
}

fn key(kind: &str, id: &[u8]) -> KeyHash {
    let mut h = Sha256::new();
    h.update(kind.as_bytes());
    h.update([0]);
    h.update(id);
    KeyHash(h.finalize().into())
}

impl State {
    /// The root of the Jellyfish Merkle tree over all entries; 32 zero bytes while there are none.
    #[must_use]
    pub fn root(&self) -> Digest {
        *self.root.get_or_init(|| self.compute_root())
    }

    fn compute_root(&self) -> Digest {
        let entries = self.entries();
        if entries.is_empty() {
            return [0; 32];
        }
        let tree = JellyfishMerkleTree::<_, Sha256>::new(&Empty);
        match tree.batch_put_value_sets(vec![entries], None, 0) {
            Ok((roots, _)) => roots.first().map_or([0; 32], |r| r.0),
            // The tree fails only when its store does, and this one holds nothing that could fail.
            Err(_) => [0; 32],
        }
    }

    fn entries(&self) -> Vec<(KeyHash, OwnedValue)> {
        let mut out = Vec::new();
        let mut put = |kind: &str, id: &[u8], value: Value| {
            // Strings, booleans and null only: canonical form cannot fail on them.
            out.push((key(kind, id), json::canonical(&value).unwrap_or_default()));
        };
        for (did, actor) in self.actors() {
            put("actor", did.public(), json!({ "fictional": actor.fictional, "name": actor.name, "role": actor.role.id() }));
        }
        for ((subject, role), voucher) in self.accreditations() {
            let id = [subject.public().as_slice(), role.id().as_bytes(), &[0], voucher.public()].concat();
            put("accreditation", &id, json!({ "by": voucher.to_string(), "role": role.id(), "subject": subject.to_string() }));
        }
        for p in self.passports() {
            put(
                "passport",
                &p.number.to_be_bytes(),
                json!({
                    "digest": hex::encode(p.digest), "issuer": p.issuer.to_string(), "kind": p.kind.id(), "leaf": p.leaf.to_string(),
                    "status": (p.status as u8).to_string(), "subject": p.subject,
                    "successor": p.successor.map(|n| n.to_string()), "valid_until": p.valid_until.map(|t| t.0.to_string()),
                }),
            );
            for s in &p.stages {
                let id = [p.number.to_be_bytes().as_slice(), &s.step.to_be_bytes()].concat();
                put(
                    "stage",
                    &id,
                    json!({ "actor": s.actor.to_string(), "digest": hex::encode(s.digest), "leaf": s.leaf.to_string(), "receiver": s.receiver.map(|r| r.to_string()) }),
                );
            }
        }
        for (retailer, l) in self.listings() {
            put("listing", retailer.as_bytes(), json!({ "actor": l.actor.to_string(), "digest": hex::encode(l.digest), "leaf": l.leaf.to_string() }));
        }
        for (id, expires) in self.remembered() {
            put("statement", id, json!({ "expires": expires.0.to_string() }));
        }
        if let Some(b) = self.batch() {
            put(
                "batch",
                b"",
                json!({ "leaf": b.leaf.to_string(), "manifest": b.manifest.map(hex::encode), "number": b.number.to_string(), "time": b.time.0.to_string() }),
            );
        }
        out
    }
}
