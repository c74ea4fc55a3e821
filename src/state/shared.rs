//! Lists, plain and searched by key, whose copies share what neither changes, so that a copy of the state costs next to nothing: a pack is made from one while
//! the fold goes on.
//!
//! Both are runs of entries, each run behind a counter: `[ Arc<[e e e …]>, Arc<[e e e …]>, … ]`. A copy copies the counters; who changes an entry
//! then copies its run first, if the run is still shared. In a run entries lie side by side, without the room that a tree leaves between them.

use std::{cmp::Ordering, sync::Arc};

/// The most entries in a run.
const RUN: usize = 256;
/// By how many entries a run of positions grows.
const STEP: usize = 16;

/// What has a key, by which it is found.
pub(super) trait Keyed {
    /// The key's type.
    type Key: Ord;
    /// Its key; it never changes.
    fn key(&self) -> &Self::Key;
}

/// A list that only grows, and can be searched by key: beside the list lie its positions in the order of their keys, so that no key is kept twice.
#[derive(Debug, Clone)]
pub(super) struct Sorted<T> {
    list: List<T>,
    /// Positions by rising key; no run is empty.
    order: Vec<Arc<Vec<u32>>>,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { list: List::default(), order: Vec::new() }
    }
}

impl<T: Keyed + Clone> Sorted<T> {
    /// All, in the order in which they came.
    pub const fn list(&self) -> &List<T> {
        &self.list
    }

    pub fn get(&self, at: u32) -> Option<&T> {
        self.list.get(usize::try_from(at).ok()?)
    }

    /// The one at a position, to be changed, but for its key.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.list.get_mut(usize::try_from(at).ok()?)
    }

    fn compare(&self, at: u32, key: &T::Key) -> Ordering {
        self.get(at).map_or(Ordering::Less, |item| item.key().cmp(key))
    }

    /// In which run a key is or would be, and where in it.
    fn place(&self, key: &T::Key) -> (usize, Result<usize, usize>) {
        let leads = |run: &Arc<Vec<u32>>| run.first().is_some_and(|at| self.compare(*at, key).is_le());
        let n = self.order.partition_point(leads).saturating_sub(1);
        (n, self.order.get(n).map_or(Err(0), |run| run.binary_search_by(|at| self.compare(*at, key))))
    }

    /// The position of the one with this key.
    pub fn find(&self, key: &T::Key) -> Option<u32> {
        let (run, at) = self.place(key);
        self.order.get(run)?.get(at.ok()?).copied()
    }

    /// Adds one at the end, and says at which position. One with the same key is found from then on as before, the new one is not.
    pub fn push(&mut self, item: T) -> u32 {
        let (n, at) = self.place(item.key());
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        if let Err(at) = at {
            match self.order.get_mut(n) {
                None => self.order.push(Arc::new(vec![number])),
                Some(shared) => {
                    let run = Arc::make_mut(shared);
                    if run.len() == run.capacity() {
                        run.reserve_exact(STEP);
                    }
                    run.insert(at, number);
                    if run.len() > RUN {
                        let upper = run.split_off(RUN / 2);
                        run.shrink_to(RUN / 2 + STEP);
                        self.order.insert(n + 1, Arc::new(upper));
                    }
                }
            }
        }
        self.list.push(item);
        number
    }

    /// All, by rising key, with their positions.
    pub fn sorted(&self) -> impl Iterator<Item = (u32, &T)> {
        self.order.iter().flat_map(|run| run.iter()).filter_map(|at| Some((*at, self.get(*at)?)))
    }
}

/// A list that only grows, by position from 0.
#[derive(Debug, Clone)]
pub struct List<T> {
    /// All but the last are full.
    runs: Vec<Arc<Vec<T>>>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { runs: Vec::new() }
    }
}

impl<T> List<T> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |last| (self.runs.len() - 1) * RUN + last.len())
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
    /// The one at a position.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.runs.get(at / RUN)?.get(at % RUN)
    }
    /// All, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.runs.iter().flat_map(|run| run.iter())
    }
    /// The position of the first that does not `lead`, where all that do come before all that do not.
    pub(super) fn partition_point(&self, lead: impl Fn(&T) -> bool) -> usize {
        let run = self.runs.partition_point(|run| run.last().is_some_and(&lead));
        self.runs.get(run).map_or(self.len(), |part| run * RUN + part.partition_point(&lead))
    }
}

impl<T: Clone> List<T> {
    pub(super) fn push(&mut self, item: T) {
        match self.runs.last_mut().filter(|last| last.len() < RUN) {
            Some(last) => Arc::make_mut(last).push(item),
            None => self.runs.push(Arc::new(vec![item])),
        }
    }
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        Arc::make_mut(self.runs.get_mut(at / RUN)?).get_mut(at % RUN)
    }
}

impl<T> std::ops::Index<usize> for List<T> {
    type Output = T;
    /// # Panics
    /// There is none at this position; [`List::get`] says so instead.
    fn index(&self, at: usize) -> &T {
        &self.runs[at / RUN][at % RUN]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    impl Keyed for (u16, u8) {
        type Key = u16;
        fn key(&self) -> &u16 {
            &self.0
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_found_by_key_is_what_a_map_finds_and_a_copy_keeps_what_it_was(
            changes in proptest::collection::vec((0u16..900, 0u8..9), 1..3_000),
            copied in 0usize..3_000,
        ) {
            let (mut ours, mut theirs) = (Sorted::<(u16, u8)>::default(), BTreeMap::new());
            let mut copy = None;
            for (n, (key, value)) in changes.into_iter().enumerate() {
                if n == copied {
                    copy = Some((ours.clone(), theirs.clone()));
                }
                match ours.find(&key) {
                    Some(at) => ours.get_mut(at).unwrap().1 = value,
                    None => prop_assert_eq!(ours.push((key, value)) as usize, theirs.len()),
                }
                theirs.insert(key, value);
            }
            for (ours, theirs) in copy.into_iter().chain([(ours, theirs)]) {
                prop_assert!(ours.sorted().map(|(_, item)| *item).eq(theirs.iter().map(|(k, v)| (*k, *v))));
                prop_assert!((0..900).all(|key| ours.find(&key).and_then(|at| ours.get(at)).map(|item| &item.1) == theirs.get(&key)));
                prop_assert_eq!(ours.list().len(), theirs.len());
            }
        }
    }

    #[test]
    fn a_list_is_the_standard_one_and_a_copy_keeps_what_it_was() {
        let mut list = List::default();
        assert!(list.is_empty() && list.get(0).is_none());
        for n in 0..1_000_u32 {
            assert_eq!(list.len(), n as usize);
            list.push(n);
        }
        let copy = list.clone();
        *list.get_mut(700).unwrap() = 7;
        list.push(1_000);
        assert_eq!((copy[700], list[700], copy.len(), list.len()), (700, 7, 1_000, 1_001));
        assert!(copy.iter().copied().eq(0..1_000));
        assert_eq!((copy.get(1_000), list.get(1_000)), (None, Some(&1_000)));
        for n in [0, 1, 255, 256, 257, 999, 1_000, 2_000] {
            assert_eq!(copy.partition_point(|x| *x < n), n.min(1_000) as usize);
        }
    }
}
