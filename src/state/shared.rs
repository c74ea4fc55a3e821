//! A map and a list whose copies share what neither changes, so that a copy of the state costs next to nothing: a pack is made from one while
//! the fold goes on.
//!
//! Both are runs of entries, each run behind a counter: `[ Arc<[e e e …]>, Arc<[e e e …]>, … ]`. A copy copies the counters; who changes an entry
//! then copies its run first, if the run is still shared. In a run entries lie side by side, without the room that a tree leaves between them.

use std::sync::Arc;

/// The most entries in a run.
const RUN: usize = 256;
/// By how many entries a run of a map grows.
const STEP: usize = 16;

/// An ordered map.
#[derive(Debug, Clone)]
pub(super) struct Map<K, V> {
    /// By rising key; none is empty.
    runs: Vec<Arc<Vec<(K, V)>>>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { runs: Vec::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// In which run a key is or would be.
    fn run_of(&self, key: &K) -> usize {
        self.runs.partition_point(|run| run.first().is_some_and(|(first, _)| first <= key)).saturating_sub(1)
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        let run = self.runs.get(self.run_of(key))?;
        let at = run.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        run.get(at).map(|(_, value)| value)
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The value, to be changed. Without one nothing is copied.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let n = self.run_of(key);
        let run = self.runs.get_mut(n)?;
        let at = run.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        Arc::make_mut(run).get_mut(at).map(|(_, value)| value)
    }

    pub fn insert(&mut self, key: K, value: V) {
        let n = self.run_of(&key);
        let Some(shared) = self.runs.get_mut(n) else {
            return self.runs.push(Arc::new(vec![(key, value)]));
        };
        let run = Arc::make_mut(shared);
        match run.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(entry) = run.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => {
                if run.len() == run.capacity() {
                    run.reserve_exact(STEP);
                }
                run.insert(at, (key, value));
                if run.len() > RUN {
                    let upper = run.split_off(RUN / 2);
                    run.shrink_to(RUN / 2 + STEP);
                    self.runs.insert(n + 1, Arc::new(upper));
                }
            }
        }
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let n = self.run_of(key);
        let shared = self.runs.get_mut(n)?;
        let at = shared.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        let run = Arc::make_mut(shared);
        let (_, value) = run.remove(at);
        if run.is_empty() {
            self.runs.remove(n);
        }
        Some(value)
    }

    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.runs.iter().flat_map(|run| run.iter()).map(|(k, v)| (k, v))
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_map_is_the_standard_one_and_a_copy_keeps_what_it_was(
            changes in proptest::collection::vec((0u16..900, proptest::option::weighted(0.8, 0u8..9)), 1..3_000),
            copied in 0usize..3_000,
        ) {
            let (mut ours, mut theirs) = (Map::default(), BTreeMap::new());
            let mut copy = None;
            for (n, (key, value)) in changes.into_iter().enumerate() {
                if n == copied {
                    copy = Some((ours.clone(), theirs.clone()));
                }
                match value {
                    Some(value) if n % 3 == 0 && theirs.contains_key(&key) => {
                        *ours.get_mut(&key).unwrap() = value;
                        theirs.insert(key, value);
                    }
                    Some(value) => {
                        ours.insert(key, value);
                        theirs.insert(key, value);
                    }
                    None => prop_assert_eq!(ours.remove(&key), theirs.remove(&key)),
                }
                prop_assert_eq!(ours.get(&key), theirs.get(&key));
                prop_assert_eq!(ours.is_empty(), theirs.is_empty());
            }
            for (ours, theirs) in copy.into_iter().chain([(ours, theirs)]) {
                prop_assert!(ours.iter().eq(theirs.iter()));
                prop_assert!((0..900).all(|key| ours.get(&key) == theirs.get(&key)));
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
