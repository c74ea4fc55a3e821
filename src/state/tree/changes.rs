//! Changes beside the tree: what was written since the last close lies apart until the next one, which takes all of it in at once.
//!
//! So the tree itself stays as the last close left it, and proofs are made from it, without a second copy of what has changed since; and what lies in
//! one run is hashed once for a whole batch.

use super::{Hashed, Hashes, Kept, Node, PLACEHOLDER, Part, Tree, bit, inner, joined};
use crate::statement::Digest;
use std::{
    mem,
    sync::{Arc, OnceLock},
};

/// What became of a leaf.
#[derive(Debug, Clone)]
pub(in crate::state) enum Change<S> {
    /// It is new, or says something else.
    Put(S),
    /// It was taken away; its key.
    Gone(Digest),
}

impl<S: Kept> Kept for Change<S> {
    type Names = S::Names;
    const RUN: usize = 16;
    fn key(&self, names: &S::Names) -> Digest {
        match self {
            Self::Put(leaf) => leaf.key(names),
            Self::Gone(key) => *key,
        }
    }
}

/// A tree as the last close left it, and what changed since.
#[derive(Debug, Clone)]
pub(in crate::state) struct Growing<S> {
    closed: Tree<S>,
    changes: Tree<Change<S>>,
}

impl<S> Default for Growing<S> {
    fn default() -> Self {
        Self { closed: Tree::default(), changes: Tree::default() }
    }
}

impl<S: Hashes> Growing<S> {
    /// Writes a leaf, or with `None` takes it away.
    pub fn put(&mut self, key: Digest, leaf: Option<S>, names: &S::Names) {
        self.changes.put(key, Some(leaf.map_or(Change::Gone(key), Change::Put)), names);
    }

    /// The leaf of a key, as it is now.
    pub fn get(&self, key: &Digest, names: &S::Names) -> Option<&S> {
        match self.changes.get(key, names) {
            Some(Change::Put(leaf)) => Some(leaf),
            Some(Change::Gone(_)) => None,
            None => self.closed.get(key, names),
        }
    }

    /// All leaves as they are now, in no particular order.
    pub fn iter(&self, names: &S::Names) -> impl Iterator<Item = &S> {
        let unchanged = self.closed.iter().filter(|leaf| self.changes.get(&leaf.key(names), names).is_none());
        let changed = self.changes.iter().filter_map(|change| match change {
            Change::Put(leaf) => Some(leaf),
            Change::Gone(_) => None,
        });
        unchanged.chain(changed)
    }

    /// The digest of the whole tree as it is now.
    pub fn digest(&self, names: &S::Names) -> Digest {
        self.closed.root.sum(Changes::of(&self.changes.root.node), 0, names).digest()
    }

    /// Takes in what changed.
    pub fn close(&mut self, names: &S::Names) {
        let changes = mem::take(&mut self.changes);
        self.closed.root.take_in(Changes::of(&changes.root.node), 0, names);
    }

    /// The tree as it was when it was closed last.
    pub const fn closed(&self) -> &Tree<S> {
        &self.closed
    }
}

/// Changes in a part of the tree.
enum Changes<'a, S> {
    Branch(&'a [Part<Change<S>>; 2]),
    /// By rising key.
    Run(&'a [Change<S>]),
}

impl<'a, S: Kept> Changes<'a, S> {
    fn of(node: &'a Node<Change<S>>) -> Self {
        match node {
            Node::Run(run) => Self::Run(run),
            Node::Branch(halves) => Self::Branch(halves),
        }
    }

    const fn is_empty(&self) -> bool {
        matches!(self, Self::Run([]))
    }

    /// Those whose bit at this depth is 0, and those whose is 1.
    fn halves(self, depth: usize, names: &S::Names) -> (Self, Self) {
        match self {
            Self::Branch([zero, one]) => (Self::of(&zero.node), Self::of(&one.node)),
            Self::Run(run) => {
                let (zero, one) = run.split_at(run.partition_point(|change| !bit(&change.key(names), depth)));
                (Self::Run(zero), Self::Run(one))
            }
        }
    }

    /// These leaves after the changes, with their keys, by rising key.
    fn applied<'b>(&self, leaves: &'b [S], names: &S::Names) -> Vec<(Digest, &'b S)>
    where
        'a: 'b,
    {
        let mut old = leaves.iter().map(|leaf| (leaf.key(names), leaf)).peekable();
        let mut all = Vec::with_capacity(leaves.len());
        let mut take = |change: &'b Change<S>| {
            let key = change.key(names);
            while let Some(before) = old.next_if(|(other, _)| *other < key) {
                all.push(before);
            }
            old.next_if(|(other, _)| *other == key);
            if let Change::Put(leaf) = change {
                all.push((key, leaf));
            }
        };
        match self {
            Self::Run(run) => run.iter().for_each(&mut take),
            Self::Branch([zero, one]) => zero.node.iter().chain(one.node.iter()).for_each(&mut take),
        }
        all.extend(old);
        all
    }
}

/// How many leaves a part of the tree has, as far as that matters to its digest.
enum Sum {
    Empty,
    One(Digest),
    More(Digest),
}

impl Sum {
    const fn digest(&self) -> Digest {
        match self {
            Self::Empty => PLACEHOLDER,
            Self::One(digest) | Self::More(digest) => *digest,
        }
    }

    fn of(leaves: &[Hashed], depth: usize) -> Self {
        match leaves {
            [] => Self::Empty,
            [(_, digest)] => Self::One(*digest),
            more => Self::More(joined(more, depth)),
        }
    }
}

impl<S: Hashes> Part<S> {
    /// What this part of the tree comes to with these changes, which are not taken in.
    // It goes at most 256 deep, as deep as a key has bits.
    fn sum(&self, changes: Changes<'_, S>, depth: usize, names: &S::Names) -> Sum {
        match &self.node {
            // A branch has two leaves at least, or it would have become a run.
            Node::Branch(_) if changes.is_empty() => Sum::More(self.digest(depth, names)),
            Node::Branch(halves) => {
                let [zero, one] = &**halves;
                let (to_zero, to_one) = changes.halves(depth, names);
                match (zero.sum(to_zero, depth + 1, names), one.sum(to_one, depth + 1, names)) {
                    (Sum::Empty, only) if !matches!(only, Sum::More(_)) => only,
                    (only, Sum::Empty) if !matches!(only, Sum::More(_)) => only,
                    (zero, one) => Sum::More(inner(&zero.digest(), &one.digest())),
                }
            }
            Node::Run(leaves) if changes.is_empty() && leaves.len() > 1 => Sum::More(self.digest(depth, names)),
            Node::Run(leaves) => {
                let hashed: Vec<Hashed> = changes.applied(leaves, names).into_iter().map(|(key, leaf)| (key, leaf.digest(&key))).collect();
                Sum::of(&hashed, depth)
            }
        }
    }

    /// Takes changes in.
    fn take_in(&mut self, changes: Changes<'_, S>, depth: usize, names: &S::Names) {
        if changes.is_empty() {
            return;
        }
        match &mut self.node {
            Node::Run(leaves) => *self = Self::hashed(&changes.applied(leaves, names), depth),
            Node::Branch(shared) => {
                let [zero, one] = Arc::make_mut(shared);
                let (to_zero, to_one) = changes.halves(depth, names);
                zero.take_in(to_zero, depth + 1, names);
                one.take_in(to_one, depth + 1, names);
                self.digest = OnceLock::new();
                if let (Node::Run(zero), Node::Run(one)) = (&zero.node, &one.node)
                    && zero.len() + one.len() <= S::RUN / 2
                {
                    let keyed: Vec<_> = zero.iter().chain(one.iter()).map(|leaf| (leaf.key(names), leaf)).collect();
                    *self = Self::hashed(&keyed, depth);
                }
            }
        }
    }

    /// A tree of leaves that are sorted by key, whose keys need not be told again to hash them.
    fn hashed(leaves: &[(Digest, &S)], depth: usize) -> Self {
        Self::grown(leaves, depth, &|leaves, depth| {
            let hashed: Vec<Hashed> = leaves.iter().map(|(key, leaf)| (*key, leaf.digest(key))).collect();
            let run = leaves.iter().map(|(_, leaf)| (*leaf).clone()).collect();
            Self { digest: OnceLock::from(joined(&hashed, depth)), node: Node::Run(run) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Change;
    use crate::state::slot::Slot;

    #[test]
    fn a_change_takes_no_more_than_the_leaf() {
        assert_eq!(size_of::<Change<Slot>>(), size_of::<Slot>());
    }
}
