//! The tree behind the root: a Jellyfish Merkle tree (Gao, Hu, Wu, 2021) over SHA-256, kept up to date as entries change.
//!
//! ```text
//! digest( no leaves )        = "SPARSE_MERKLE_PLACEHOLDER_HASH__"
//! digest( one leaf )         = SHA-256( "JMT::LeafNode" ‖ key ‖ SHA-256(value) )
//! digest( more, at depth d ) = SHA-256( "JMT::IntrnalNode" ‖ digest( those whose bit d is 0 ) ‖ digest( those whose bit d is 1 ) )
//! ```
//! That is what the crate `jmt` computes, and the tests hold every root and every proof against it. It is written anew because `jmt` is made
//! for versions on a disk: kept in memory it needs some 600 bytes an entry and hashes a whole node of 16 children on each level of each change.
//! Here an entry needs about 45 bytes (what is kept of each: `slot.rs`), and a change hashes only what lies above it, once for a whole batch: changes
//! are gathered beside the tree until the batch is closed (`changes.rs`), so that meanwhile the state can prove things about the batch closed last.

mod changes;

pub(super) use changes::Growing;

use crate::statement::Digest;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, OnceLock};

/// Digest of a part of the tree without leaves.
pub(super) const PLACEHOLDER: Digest = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";
/// A leaf: the entry's key and the SHA-256 of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub key: Digest,
    pub value: Digest,
}

/// What is kept of a leaf. Its key need not be: whoever can tell it from `names` saves the room.
pub(super) trait Kept: Clone {
    /// What keys are told from.
    type Names: ?Sized;
    /// So many at most are kept in one run; a branch whose leaves would fit in half of one becomes one. Long runs need less memory, short ones
    /// are changed one by one with less work.
    const RUN: usize;
    /// The key.
    fn key(&self, names: &Self::Names) -> Digest;
}

/// What is kept of a leaf, and gives its digest.
pub(super) trait Hashes: Kept {
    /// The leaf's digest; `key` is its key.
    fn digest(&self, key: &Digest) -> Digest;
}

/// The tree. Cloning it is cheap.
#[derive(Debug, Clone)]
pub(super) struct Tree<S> {
    root: Part<S>,
}

/// A part of the tree, and its digest where that is known.
#[derive(Debug, Clone)]
struct Part<S> {
    digest: OnceLock<Digest>,
    node: Node<S>,
}

#[derive(Debug, Clone)]
enum Node<S> {
    /// Leaves by rising key.
    Run(Arc<[S]>),
    /// Those whose next bit is 0, and those whose is 1.
    Branch(Arc<[Part<S>; 2]>),
}

impl<S> Default for Tree<S> {
    fn default() -> Self {
        Self { root: Part::run([].into()) }
    }
}

impl<S: Kept> Tree<S> {
    /// Writes a leaf, or with `None` takes it away.
    pub fn put(&mut self, key: Digest, leaf: Option<S>, names: &S::Names) {
        self.root.put(0, key, leaf, names);
    }

    /// The leaf of a key.
    pub fn get(&self, key: &Digest, names: &S::Names) -> Option<&S> {
        let Node::Run(leaves) = self.root.toward(key, usize::MAX) else { return None };
        leaves.get(place(leaves, key, names).ok()?)
    }

    /// All leaves, by rising key.
    pub fn iter(&self) -> impl Iterator<Item = &S> {
        self.root.node.iter()
    }

    /// All leaves, and perhaps others, whose keys begin with these bits.
    pub fn around(&self, first: u32) -> impl Iterator<Item = &S> {
        let mut key = [0; 32];
        for (to, from) in key.iter_mut().zip(first.to_be_bytes()) {
            *to = from;
        }
        self.root.toward(&key, 32).iter()
    }
}

impl<S: Hashes> Tree<S> {
    /// The digest of the whole tree.
    pub fn digest(&self, names: &S::Names) -> Digest {
        self.root.digest(0, names)
    }

    /// The one leaf, if any, at the end of the way to a key (it need not be that key's), and the digests beside that way, lowest first.
    pub fn way(&self, key: &Digest, names: &S::Names) -> (Option<&S>, Vec<Digest>) {
        let mut beside = Vec::new();
        let (mut node, mut depth) = (&self.root.node, 0);
        while let Node::Branch(halves) = node {
            let [zero, one] = &**halves;
            let (on, off) = if bit(key, depth) { (one, zero) } else { (zero, one) };
            depth += 1;
            beside.push(off.digest(depth, names));
            node = &on.node;
        }
        let leaves = if let Node::Run(leaves) = node { &**leaves } else { &[] };
        let hashed = hashed(leaves, names);
        let (mut rest, mut start) = (hashed.as_slice(), 0);
        while rest.len() > 1 {
            let (zero, one) = halves(rest, depth);
            let (on, off) = if bit(key, depth) { (one, zero) } else { (zero, one) };
            start += if bit(key, depth) { zero.len() } else { 0 };
            depth += 1;
            beside.push(joined(off, depth));
            rest = on;
        }
        beside.reverse();
        (if rest.is_empty() { None } else { leaves.get(start) }, beside)
    }
}

impl<S> Part<S> {
    fn run(leaves: Arc<[S]>) -> Self {
        Self { digest: OnceLock::new(), node: Node::Run(leaves) }
    }

    /// The part of the tree on the way to a key: the run, or what lies at this depth.
    fn toward(&self, key: &Digest, deepest: usize) -> &Node<S> {
        let (mut node, mut depth) = (&self.node, 0);
        while let (Node::Branch(halves), true) = (node, depth < deepest) {
            let [zero, one] = &**halves;
            node = if bit(key, depth) { &one.node } else { &zero.node };
            depth += 1;
        }
        node
    }
}

impl<S> Node<S> {
    fn iter(&self) -> impl Iterator<Item = &S> {
        let mut open = vec![self];
        let runs = std::iter::from_fn(move || {
            loop {
                match open.pop()? {
                    Self::Run(leaves) => return Some(leaves.iter()),
                    Self::Branch(halves) => {
                        let [zero, one] = &**halves;
                        open.extend([&one.node, &zero.node]);
                    }
                }
            }
        });
        runs.flatten()
    }
}

/// Where in a run a key is or would be.
fn place<S: Kept>(leaves: &[S], key: &Digest, names: &S::Names) -> Result<usize, usize> {
    leaves.binary_search_by(|l| l.key(names).cmp(key))
}

impl<S: Kept> Part<S> {
    /// A tree of leaves that are sorted by key; `run` makes its runs.
    fn grown(leaves: &[(Digest, &S)], depth: usize, run: &impl Fn(&[(Digest, &S)], usize) -> Self) -> Self {
        if leaves.len() <= S::RUN {
            return run(leaves, depth);
        }
        let (zero, one) = leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)));
        let halves = [Self::grown(zero, depth + 1, run), Self::grown(one, depth + 1, run)];
        Self { digest: OnceLock::new(), node: Node::Branch(Arc::new(halves)) }
    }

    // It goes at most 256 deep, as deep as a key has bits.
    fn put(&mut self, depth: usize, key: Digest, leaf: Option<S>, names: &S::Names) {
        self.digest = OnceLock::new();
        match &mut self.node {
            Node::Run(run) => {
                match (place(run, &key, names), leaf) {
                    (Ok(at), Some(leaf)) => {
                        if let Some(old) = Arc::make_mut(run).get_mut(at) {
                            *old = leaf;
                        }
                    }
                    (Ok(at), None) => {
                        let (before, after) = run.split_at(at);
                        *run = before.iter().chain(after.iter().skip(1)).cloned().collect();
                    }
                    (Err(at), Some(leaf)) => {
                        let (before, after) = run.split_at(at);
                        *run = before.iter().cloned().chain([leaf]).chain(after.iter().cloned()).collect();
                    }
                    (Err(_), None) => {}
                }
                if run.len() > S::RUN {
                    let keyed: Vec<_> = run.iter().map(|leaf| (leaf.key(names), leaf)).collect();
                    *self = Self::grown(&keyed, depth, &|leaves, _| Self::run(leaves.iter().map(|(_, leaf)| (*leaf).clone()).collect()));
                }
            }
            Node::Branch(shared) => {
                let [zero, one] = Arc::make_mut(shared);
                if bit(&key, depth) {
                    one.put(depth + 1, key, leaf, names)
                } else {
                    zero.put(depth + 1, key, leaf, names)
                }
                if let (Node::Run(zero), Node::Run(one)) = (&zero.node, &one.node)
                    && zero.len() + one.len() <= S::RUN / 2
                {
                    *self = Self::run(zero.iter().chain(one.iter()).cloned().collect());
                }
            }
        }
    }
}

impl<S: Hashes> Part<S> {
    fn digest(&self, depth: usize, names: &S::Names) -> Digest {
        *self.digest.get_or_init(|| match &self.node {
            Node::Run(leaves) => joined(&hashed(leaves, names), depth),
            Node::Branch(halves) => {
                let [zero, one] = &**halves;
                inner(&zero.digest(depth + 1, names), &one.digest(depth + 1, names))
            }
        })
    }
}

/// A leaf's key and digest.
type Hashed = (Digest, Digest);

fn hashed<S: Hashes>(leaves: &[S], names: &S::Names) -> Vec<Hashed> {
    let both = |leaf: &S| {
        let key = leaf.key(names);
        (key, leaf.digest(&key))
    };
    leaves.iter().map(both).collect()
}

/// The digest of leaves that are sorted by key and agree in their first `depth` bits.
fn joined(leaves: &[Hashed], depth: usize) -> Digest {
    match leaves {
        [] => PLACEHOLDER,
        [(_, digest)] => *digest,
        more => {
            let (zero, one) = halves(more, depth);
            inner(&joined(zero, depth + 1), &joined(one, depth + 1))
        }
    }
}

fn halves(leaves: &[Hashed], depth: usize) -> (&[Hashed], &[Hashed]) {
    leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)))
}

/// A bit of a key, the first being the highest of the first byte.
pub(super) fn bit(key: &Digest, depth: usize) -> bool {
    key.get(depth / 8).is_some_and(|byte| byte & (0x80 >> (depth % 8)) != 0)
}

impl Leaf {
    pub fn digest(&self) -> Digest {
        Sha256::new().chain_update(b"JMT::LeafNode").chain_update(self.key).chain_update(self.value).finalize().into()
    }
}

pub(super) fn inner(zero: &Digest, one: &Digest) -> Digest {
    Sha256::new().chain_update(b"JMT::IntrnalNode").chain_update(zero).chain_update(one).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jmt::{JellyfishMerkleTree, KeyHash, OwnedValue, RootHash, Version, mock::MockTreeStore, storage::TreeWriter as _};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Few values of the first bytes, so that keys share long prefixes; now and then all but the last bits are shared.
    fn key(n: u16) -> Digest {
        let mut key = [0; 32];
        key[0] = (n % 3) as u8;
        key[31] = (n >> 8) as u8;
        if n.is_multiple_of(5) {
            key[1..9].copy_from_slice(&Sha256::digest(n.to_be_bytes())[..8]);
        }
        key[30] = n as u8;
        key
    }

    fn value(n: u16) -> Vec<u8> {
        format!("value {n}").into_bytes()
    }

    /// A tree whose leaves are kept whole.
    impl Kept for Leaf {
        type Names = ();
        const RUN: usize = 16;
        fn key(&self, (): &()) -> Digest {
            self.key
        }
    }

    impl Hashes for Leaf {
        fn digest(&self, _: &Digest) -> Digest {
            Self::digest(self)
        }
    }

    impl Tree<Leaf> {
        pub(in crate::state) fn new() -> Self {
            Self::default()
        }
        pub(in crate::state) fn set(&mut self, key: Digest, value: Option<Digest>) {
            self.put(key, value.map(|value| Leaf { key, value }), &());
        }
        pub(in crate::state) fn root(&self) -> Digest {
            self.digest(&())
        }
        fn way_to(&self, key: &Digest) -> (Option<Leaf>, Vec<Digest>) {
            let (leaf, beside) = self.way(key, &());
            (leaf.copied(), beside)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn roots_and_proofs_are_those_of_jmt_however_the_tree_came_about(
            changes in proptest::collection::vec((0u16..400, proptest::option::weighted(0.7, 0u16..9)), 1..150),
            asked in proptest::collection::vec(0u16..400, 8),
            closes in 1usize..40,
        ) {
            let store = MockTreeStore::default();
            let (mut tree, mut growing, mut held) = (Tree::new(), Growing::default(), BTreeMap::new());
            let mut root = RootHash(PLACEHOLDER);
            for (version, (k, v)) in changes.iter().enumerate() {
                let set = v.map(value);
                let leaf = set.as_ref().map(|v| Leaf { key: key(*k), value: Sha256::digest(v).into() });
                tree.put(key(*k), leaf, &());
                growing.put(key(*k), leaf, &());
                let change: (KeyHash, Option<OwnedValue>) = (KeyHash(key(*k)), set.clone());
                let (next, batch) = JellyfishMerkleTree::<_, Sha256>::new(&store).put_value_set([change], version as Version).unwrap();
                store.write_node_batch(&batch.node_batch).unwrap();
                root = next;
                match set {
                    Some(v) => held.insert(key(*k), v),
                    None => held.remove(&key(*k)),
                };
                if version % 7 == 0 {
                    prop_assert_eq!(tree.root(), root.0);
                    prop_assert_eq!(growing.digest(&()), root.0);
                }
                if version % closes == 0 {
                    growing.close(&());
                    prop_assert_eq!(growing.closed().digest(&()), root.0);
                    prop_assert!(growing.closed().iter().map(|l| l.key).eq(held.keys().copied()));
                }
                prop_assert_eq!(growing.get(&key(*k), &()), leaf.as_ref());
            }
            prop_assert_eq!(tree.root(), root.0);
            prop_assert_eq!(growing.digest(&()), root.0);
            prop_assert_eq!(growing.iter(&()).map(|l| l.key).collect::<BTreeSet<_>>(), held.keys().copied().collect::<BTreeSet<_>>());
            // Grown in one go, it is the same tree.
            let leaves: Vec<Leaf> = held.iter().map(|(key, v)| Leaf { key: *key, value: Sha256::digest(v).into() }).collect();
            prop_assert_eq!(joined(&hashed(&leaves, &()), 0), root.0);
            let keyed: Vec<_> = leaves.iter().map(|leaf| (leaf.key, leaf)).collect();
            prop_assert_eq!(Part::grown(&keyed, 0, &|part, _| Part::run(part.iter().map(|(_, leaf)| **leaf).collect())).digest(0, &()), root.0);
            prop_assert!(tree.iter().eq(&leaves));
            for k in asked.into_iter().map(key) {
                let (leaf, beside) = tree.way_to(&k);
                prop_assert_eq!(leaf.filter(|l| l.key == k).map(|l| l.value), held.get(&k).map(|v| Sha256::digest(v).into()));
                let (found, proof) = JellyfishMerkleTree::<_, Sha256>::new(&store).get_with_proof(KeyHash(k), changes.len() as Version - 1).unwrap();
                prop_assert_eq!(found.is_some(), held.contains_key(&k));
                proof.verify(root, KeyHash(k), held.get(&k)).unwrap();
                let climbed = beside.iter().zip((0..beside.len()).rev()).fold(leaf.map_or(PLACEHOLDER, |l| l.digest()), |below, (beside, depth)| {
                    if bit(&k, depth) { inner(beside, &below) } else { inner(&below, beside) }
                });
                prop_assert_eq!(climbed, root.0);
            }
        }
    }

    #[test]
    fn a_copy_keeps_its_root_while_the_other_changes() {
        let mut tree = Tree::new();
        for n in 0..200 {
            tree.set(key(n), Some([1; 32]));
        }
        let (copy, root) = (tree.clone(), tree.root());
        for n in 0..200 {
            tree.set(key(n), (n % 2 == 0).then_some([2; 32]));
        }
        assert_ne!(tree.root(), root);
        assert_eq!(copy.root(), root);
        assert_eq!(copy.way_to(&key(1)).0, Some(Leaf { key: key(1), value: [1; 32] }));
    }

    #[test]
    fn what_comes_and_goes_leaves_no_trace() {
        let mut tree = Tree::new();
        for n in 0..500 {
            tree.set(key(n), Some([1; 32]));
        }
        for n in 3..500 {
            tree.set(key(n), None);
        }
        assert!(matches!(tree.root.node, Node::Run(_)), "branches that are no longer needed fold up");
        for n in 0..3 {
            tree.set(key(n), None);
        }
        assert_eq!(tree.root(), PLACEHOLDER);
    }
}
