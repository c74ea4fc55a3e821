//! What becomes of a pack's files while they are made: each is taken over from the pack before, or compressed and described as a patch of what it was.

use super::{
    DeltaStep, PackError, PackFile, Patch, StatusList, Tier,
    build::{Keep, Previous, missing},
    encode_delta,
};
use crate::statement::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The most steps that a manifest lists.
const MAX_STEPS: usize = 64;

/// Makes one zstd frame of a file of a tier.
pub type Compress = dyn Fn(Tier, &[u8]) -> std::io::Result<Vec<u8>>;

/// So many bytes of what changed are gathered for a delta; of more than that none is made, and devices take the files: they would fetch most of them
/// anyway, and a node that takes in much at once need not hold it all.
const MOST_CHANGED: usize = 32 * 1024 * 1024;

/// What becomes of a pack's files while they are made.
pub(super) struct Making<'a> {
    previous: Option<&'a Previous<'a>>,
    compress: &'a Compress,
    pub(super) listed: Vec<PackFile>,
    /// `None`: too much changed.
    patches: Option<BTreeMap<Tier, Vec<Patch>>>,
    /// Bytes of the patches.
    changed: usize,
}

impl<'a> Making<'a> {
    pub(super) fn new(previous: Option<&'a Previous<'a>>, compress: &'a Compress) -> Self {
        Self { previous, compress, listed: Vec::new(), patches: Some(BTreeMap::new()), changed: 0 }
    }

    /// Adds a file. One that is as it was in the pack before is taken over, one that is not is also described as a patch of what it was.
    pub(super) fn add<E: From<PackError>>(&mut self, tier: Tier, name: String, raw: &[u8], subjects: usize, keep: &mut Keep<'_, E>) -> Result<(), E> {
        let raw_sha256: Digest = Sha256::digest(raw).into();
        if let Some(previous) = self.previous {
            let before = previous.manifest.file(&name);
            if let Some(file) = before.filter(|file| file.raw_sha256 == raw_sha256) {
                self.listed.push(PackFile { subjects: subjects as u64, ..file.clone() });
                return keep(file.sha256, None);
            }
            if let Some(patches) = &mut self.patches {
                let open = |file: &PackFile| file.open(&(previous.file)(&file.sha256).ok_or_else(|| missing("earlier pack file", name.clone()))?);
                let patch = Patch::between(&name, &before.map(open).transpose()?.unwrap_or_default(), raw);
                self.changed += patch.weight();
                patches.entry(tier).or_default().push(patch);
            }
            if self.changed > MOST_CHANGED {
                self.patches = None;
            }
        }
        let (file, packed) = self.packed(tier, name, raw, subjects)?;
        let digest = file.sha256;
        self.listed.push(file);
        keep(digest, Some(packed))
    }

    fn packed(&self, tier: Tier, name: String, raw: &[u8], subjects: usize) -> Result<(PackFile, Vec<u8>), PackError> {
        let packed = (self.compress)(tier, raw).map_err(|e| PackError::Unreadable { what: "uncompressed file", why: e.to_string() })?;
        let file = PackFile {
            tier,
            name,
            sha256: Sha256::digest(&packed).into(),
            size: packed.len() as u64,
            raw_sha256: Sha256::digest(raw).into(),
            raw_size: raw.len() as u64,
            subjects: subjects as u64,
        };
        Ok((file, packed))
    }

    /// The draft's own compressed form, which is no zstd frame.
    #[cfg(feature = "node")]
    pub(super) fn add_status_list<E: From<PackError>>(&mut self, list: &StatusList, keep: &mut Keep<'_, E>) -> Result<(), E> {
        let (raw, packed) = (list.bytes(), list.to_zlib());
        let sha256 = Sha256::digest(&packed).into();
        self.listed.push(PackFile {
            tier: Tier::Status,
            name: "status-list".to_owned(),
            sha256,
            size: packed.len() as u64,
            raw_sha256: Sha256::digest(raw).into(),
            raw_size: raw.len() as u64,
            subjects: 0,
        });
        keep(sha256, Some(packed))
    }

    /// Only a node builds what it publishes.
    #[cfg(not(feature = "node"))]
    pub(super) fn add_status_list<E: From<PackError>>(&mut self, _: &StatusList, _: &mut Keep<'_, E>) -> Result<(), E> {
        Ok(())
    }

    /// The steps that lead here: the earlier pack's and one from it. Those that would cost more than half of a whole tier are left out.
    pub(super) fn deltas<E: From<PackError>>(&mut self, keep: &mut Keep<'_, E>) -> Result<Vec<DeltaStep>, E> {
        let (Some(previous), Some(patches)) = (self.previous, self.patches.take()) else { return Ok(Vec::new()) };
        let (mut files, mut bytes) = (Vec::new(), Vec::new());
        for (tier, patches) in patches {
            let name = if tier == Tier::Index { "delta/index" } else { "delta/dossier" };
            let (file, packed) = self.packed(tier, name.to_owned(), &encode_delta(&patches)?, patches.len())?;
            bytes.push((file.sha256, packed));
            files.push(file);
        }
        let mut steps = previous.manifest.deltas.clone();
        steps.push(DeltaStep { base: previous.digest, files });
        let cost = |steps: &[DeltaStep], tier| steps.iter().flat_map(|s| &s.files).filter(|f| f.tier == tier).map(|f| f.size).sum::<u64>();
        let whole = |tier| self.listed.iter().filter(|f| f.tier == tier).map(|f| f.size).sum::<u64>();
        while let Some((_, rest)) = steps.split_first() {
            let dear = [Tier::Index, Tier::Dossier].into_iter().any(|tier| cost(&steps, tier) > whole(tier) / 2);
            if !dear && steps.len() <= MAX_STEPS {
                break;
            }
            steps = rest.to_vec();
        }
        // What the earlier pack's steps need is published already.
        let needed: BTreeSet<Digest> = steps.iter().flat_map(|s| &s.files).map(|f| f.sha256).collect();
        for (digest, packed) in bytes.into_iter().filter(|(digest, _)| needed.contains(digest)) {
            keep(digest, Some(packed))?;
        }
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measure::Millis, pack::Manifest};

    /// A pack of these dossier files after one that had none of them, and the bytes of its deltas.
    fn after_nothing(files: &[Vec<u8>]) -> (Vec<DeltaStep>, usize) {
        let manifest = Manifest {
            ledger: "ecosphere.example/test".to_owned(),
            market: "world".to_owned(),
            batch: 1,
            time_ms: Millis(1),
            log_size: 1,
            log_root: [1; 32],
            // It is so large that no delta is too dear.
            files: Vec::new(),
            deltas: Vec::new(),
            markets: Vec::new(),
        };
        let previous = Previous { digest: [2; 32], manifest: &manifest, file: &|_| None };
        // What is compressed costs next to nothing, so only what is gathered counts.
        let compress = |tier, raw: &[u8]| Ok(if tier == Tier::Dossier && raw.len() > 40 { vec![0; 40] } else { vec![0] });
        let mut making = Making::new(Some(&previous), &compress);
        let mut kept = 0;
        for (n, raw) in files.iter().enumerate() {
            making.add(Tier::Dossier, format!("dossier/0/{n}"), raw, 1, &mut |_, _| Ok::<_, PackError>(())).unwrap();
        }
        let steps = making.deltas(&mut |_, made| {
            kept += made.map_or(0, |bytes| bytes.len());
            Ok::<_, PackError>(())
        });
        (steps.unwrap(), kept)
    }

    #[test]
    fn of_more_changes_than_are_worth_gathering_no_delta_is_made() {
        let file = |n: u8| vec![n; MOST_CHANGED / 4];
        let (steps, kept) = after_nothing(&[file(1), file(2), file(3)]);
        assert_eq!((steps.len(), steps.first().map(|step| step.base), kept), (1, Some([2; 32]), 40));
        assert_eq!(after_nothing(&[file(1), file(2), file(3), file(4), file(5)]), (vec![], 0));
    }
}
