//! Which way each file of a pack comes to this device: it is held already, it follows from what is held by a delta, or it is fetched whole.

use crate::pack::{Manifest, PackFile, Patch, Tier};
use crate::statement::Digest;
use std::collections::BTreeMap;

/// The whole dossier tier is fetched up to this size, in bytes as served; of a larger one nothing is. What is fetched so never depends on what
/// was scanned. Without its dossier a label says "as published".
const DOSSIERS_AT_MOST: u64 = 96 * 1024 * 1024;
/// Deltas that decompress to more than this, in bytes, are not worth a phone's memory: the files are fetched whole.
const DELTAS_AT_MOST: u64 = 64 * 1024 * 1024;

/// The way of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The store holds what it decompresses to.
    Held,
    /// It was downloaded whole, into the store's pieces.
    Whole,
    /// It follows from what the store holds by these patches, in order.
    Patched(Vec<Patch>),
}

/// What to download, and what follows from it.
#[derive(Debug, Default)]
pub(super) struct Plan<'m> {
    /// Files of the pack that the store holds already.
    pub(super) held: Vec<&'m PackFile>,
    /// Files to fetch whole.
    pub(super) whole: Vec<&'m PackFile>,
    /// Files that follow from deltas.
    pub(super) patched: Vec<&'m PackFile>,
    /// Delta files to fetch, in order.
    pub(super) deltas: Vec<&'m PackFile>,
}

impl<'m> Plan<'m> {
    /// `base` is the pack that the store holds, with its manifest's digest; `held` says whether a dossier file is there. Without a base
    /// everything is fetched whole.
    pub(super) fn new(manifest: &'m Manifest, base: Option<&(Digest, Manifest)>, held: &dyn Fn(&PackFile) -> bool) -> Self {
        let mut plan = Self::default();
        plan.tier(manifest.index().collect(), Tier::Index, manifest, base, &|_| true);
        let dossiers: Vec<_> = manifest.dossier_files().collect();
        if dossiers.iter().fold(0_u64, |sum, f| sum.saturating_add(f.size)) <= DOSSIERS_AT_MOST {
            plan.tier(dossiers, Tier::Dossier, manifest, base, held);
        }
        plan
    }

    fn tier(
        &mut self,
        files: Vec<&'m PackFile>,
        tier: Tier,
        manifest: &'m Manifest,
        base: Option<&(Digest, Manifest)>,
        held: &dyn Fn(&PackFile) -> bool,
    ) {
        let before = |f: &PackFile| base.and_then(|(_, old)| old.file(&f.name)).filter(|old| held(old));
        let (same, changed): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| before(f).is_some_and(|old| old.raw_sha256 == f.raw_sha256));
        self.held.extend(same);
        let whole_tier_held = base.is_some_and(|(_, old)| old.files.iter().filter(|f| f.tier == tier).all(held));
        let steps = base.filter(|_| whole_tier_held).and_then(|(digest, _)| manifest.steps_from(digest)).unwrap_or_default();
        let deltas: Vec<_> = steps.iter().flat_map(|s| &s.files).filter(|f| f.tier == tier).collect();
        let sum = |files: &[&PackFile], size: fn(&PackFile) -> u64| files.iter().fold(0_u64, |sum, f| sum.saturating_add(size(f)));
        let cheap = sum(&deltas, |f| f.size) < sum(&changed, |f| f.size) && sum(&deltas, |f| f.raw_size) <= DELTAS_AT_MOST;
        if steps.is_empty() || !cheap {
            self.whole.extend(changed);
        } else {
            self.patched.extend(changed);
            self.deltas.extend(deltas);
        }
    }

    /// Bytes to download.
    pub(super) fn size(&self) -> u64 {
        self.whole.iter().chain(&self.deltas).fold(0, |sum, f| sum.saturating_add(f.size))
    }

    /// The way of each file, in the manifest's order, given the patches of all deltas in order.
    pub(super) fn ways(&self, manifest: &Manifest, patches: Vec<Patch>) -> Vec<(PackFile, Way)> {
        let mut by_name: BTreeMap<String, Vec<Patch>> = BTreeMap::new();
        for patch in patches {
            by_name.entry(patch.name.clone()).or_default().push(patch);
        }
        let is = |list: &[&PackFile], f: &PackFile| list.iter().any(|l| l.name == f.name);
        let way = |f: &PackFile| {
            if is(&self.held, f) {
                Some(Way::Held)
            } else if is(&self.whole, f) {
                Some(Way::Whole)
            } else {
                is(&self.patched, f).then(|| Way::Patched(by_name.get(&f.name).cloned().unwrap_or_default()))
            }
        };
        manifest.files.iter().filter_map(|f| Some((f.clone(), way(f)?))).collect()
    }
}
