//! A published log, wherever it lies: read, audited, proven from.
//!
//! *In:* a folder or an `http(s)` address with `checkpoint`, `tile/…`, `pack/…`, and a policy. *Out:* the log's entries once everything about
//! them holds. Nothing of what is read is believed before it was recomputed.

use super::{NodeError, files::is_cut_short, mirror::Upstream, serve::inside};
use crate::log::{LogError, LogWriter, Policy, Proof, Trusted, bundle_path, needed_tiles_inclusion, prove_inclusion, read_bundle};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Entries in a full bundle, hashes in a full tile (C2SP tlog-tiles).
const WIDTH: u64 = 256;
/// Bytes of a hash.
const HASH: usize = 32;
/// Files that are fetched before they are looked at.
const ROUND: usize = 64;
/// The largest checkpoint, in bytes: hundreds of cosignatures.
const MAX_CHECKPOINT: u64 = 64 * 1024;
/// The largest bundle, in bytes: 256 entries of 65 535, each with its length.
const MAX_BUNDLE: u64 = 256 * (2 + 65_535);
/// The largest manifest, pack file or body, in bytes.
pub(super) const MAX_FILE: u64 = 256 * 1024 * 1024;

/// Where a log is read from.
pub enum Place {
    /// A folder that holds `checkpoint`.
    Folder(PathBuf),
    /// An address below which `checkpoint` lies.
    Http(Upstream),
}

impl Place {
    /// A folder, or an address that begins with `http://` or `https://`.
    ///
    /// # Errors
    /// The address is not one.
    pub fn open(text: &str) -> Result<Self, NodeError> {
        Ok(if Self::is_address(text) { Self::Http(Upstream::new(text)?) } else { Self::Folder(PathBuf::from(text)) })
    }

    /// Whether what a person names is an address.
    #[must_use]
    pub fn is_address(text: &str) -> bool {
        text.starts_with("http://") || text.starts_with("https://")
    }

    /// A file that must be there.
    ///
    /// # Errors
    /// It is not, or cannot be read.
    pub fn need(&self, path: &str, limit: u64) -> Result<Vec<u8>, NodeError> {
        match self {
            Self::Http(upstream) => upstream.need(path, limit),
            Self::Folder(root) => {
                let at = inside(root, path).ok_or_else(|| NodeError::Usage(format!("{path} is no file of a ledger")))?;
                fs::read(&at).map_err(NodeError::file(&at))
            }
        }
    }

    /// A file of at most `limit` bytes; `None` when there is none of this name.
    ///
    /// # Errors
    /// The server cannot be reached, or sends more than that.
    pub fn find(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, NodeError> {
        match self {
            Self::Http(upstream) => upstream.find(path, limit),
            Self::Folder(root) => Ok(inside(root, path).and_then(|at| fs::read(at).ok())),
        }
    }

    /// Files that must be there, several at once, in their order. A partial tile that is gone is cut from the full one (C2SP tlog-tiles,
    /// "Partial tiles").
    fn all(&self, paths: &[String], limit: u64) -> Result<Vec<Vec<u8>>, NodeError> {
        if let Self::Http(upstream) = self
            && let Ok(all) = upstream.all(paths.to_vec(), limit)
        {
            return Ok(all);
        }
        let one = |path: &String| {
            self.need(path, limit).or_else(|missing| {
                let (full, width) = path.split_once(".p/").ok_or(missing)?;
                let bytes = self.need(full, limit)?;
                let width = width.parse::<usize>().unwrap_or_default();
                let end = if path.starts_with("tile/entries/") { bundle_end(&bytes, width) } else { Some(width * HASH) };
                let cut = end.and_then(|end| bytes.get(..end)).map(<[u8]>::to_vec);
                cut.ok_or_else(|| LogError::Damaged { path: full.into(), why: "it is too short".into() }.into())
            })
        };
        paths.iter().map(one).collect()
    }

    /// The newest checkpoint, if the policy vouches for it, with its note.
    ///
    /// # Errors
    /// There is none, or it does not hold.
    pub fn checkpoint(&self, policy: &Policy) -> Result<(Trusted, String), NodeError> {
        let note = self.note()?;
        Ok((policy.open(&note)?, note))
    }

    /// The newest checkpoint, a signed note. Nobody looked at its signatures yet.
    ///
    /// # Errors
    /// There is none, or it is no text.
    pub fn note(&self) -> Result<String, NodeError> {
        let note = String::from_utf8(self.need("checkpoint", MAX_CHECKPOINT)?);
        note.map_err(|_| NodeError::Usage("the checkpoint is not text".to_owned()))
    }

    /// A manifest or pack file.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn pack_file(&self, path: &str) -> Result<Vec<u8>, NodeError> {
        self.need(path, MAX_FILE)
    }

    /// Reads the whole log that a checkpoint stands for: all entries, and every tile compared with what these entries give.
    ///
    /// # Errors
    /// The first file that is missing or does not hold.
    pub fn audit(&self, trusted: &Trusted) -> Result<LogWriter, NodeError> {
        let size = trusted.checkpoint.size;
        let mut log = LogWriter::new();
        let bundles: Vec<u64> = (0..size.div_ceil(WIDTH)).collect();
        for round in bundles.chunks(ROUND) {
            let paths: Vec<String> = round.iter().map(|n| bundle_path(size, n * WIDTH)).collect();
            for (path, bytes) in paths.iter().zip(self.all(&paths, MAX_BUNDLE)?) {
                let (entries, expected) = (read_bundle(&bytes)?, (size - log.size()).min(WIDTH));
                if entries.len() as u64 != expected {
                    let why = format!("it holds {} entries instead of {expected}", entries.len());
                    return Err(LogError::Damaged { path: path.clone(), why }.into());
                }
                for entry in entries {
                    log.append(entry)?;
                }
            }
        }
        let files = log.files(0);
        let tiles: Vec<String> = files.keys().cloned().collect();
        for round in tiles.chunks(ROUND) {
            for (path, bytes) in round.iter().zip(self.all(round, MAX_BUNDLE)?) {
                if files.get(path) != Some(&bytes) {
                    return Err(LogError::Damaged { path: path.clone(), why: "it is not what the log's entries give".into() }.into());
                }
            }
        }
        if log.root() != trusted.checkpoint.root {
            return Err(LogError::Root.into());
        }
        if let Self::Folder(root) = self {
            leftovers(root, &files)?;
        }
        Ok(log)
    }

    /// The proof that stands alone for the entry at `index`, which it carries as extra data.
    ///
    /// # Errors
    /// There is no such entry, or the log's files do not lead to the checkpoint.
    pub fn prove(&self, index: u64, policy: &Policy) -> Result<Proof, NodeError> {
        let (trusted, checkpoint) = self.checkpoint(policy)?;
        let size = trusted.checkpoint.size;
        if index >= size {
            return Err(LogError::Range { index, size }.into());
        }
        let needed = needed_tiles_inclusion(size, index);
        let tiles: BTreeMap<String, Vec<u8>> = needed.iter().cloned().zip(self.all(&needed, MAX_BUNDLE)?).collect();
        let path = prove_inclusion(&|path| tiles.get(path).cloned(), size, index)?;
        let entry = self.bundle(size, index)?.into_iter().nth((index % WIDTH) as usize);
        let entry = entry.ok_or_else(|| LogError::Damaged { path: bundle_path(size, index), why: "it is too short".into() })?;
        let proof = Proof { index, path, checkpoint, extra: Some(entry.clone()) };
        proof.check(&entry, policy)?;
        Ok(proof)
    }

    /// The entries of the bundle in which `index` lies.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn bundle(&self, size: u64, index: u64) -> Result<Vec<Vec<u8>>, NodeError> {
        let bytes = self.all(&[bundle_path(size, index)], MAX_BUNDLE)?;
        Ok(read_bundle(bytes.first().map(Vec::as_slice).unwrap_or_default())?)
    }
}

/// Where the first `width` entries of a bundle end.
fn bundle_end(bytes: &[u8], width: usize) -> Option<usize> {
    (0..width).try_fold(0usize, |at, _| {
        let length = bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)?;
        at.checked_add(2 + usize::from(length))
    })
}

/// Tiles of smaller checkpoints that still lie in the folder: each has to be the beginning of today's. Writes that a crash
/// cut short are nobody's.
fn leftovers(root: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), NodeError> {
    let mut open = vec!["tile".to_owned()];
    while let Some(path) = open.pop() {
        let at = root.join(&path);
        if at.is_dir() {
            for child in fs::read_dir(&at).map_err(NodeError::file(&at))? {
                let name = child.map_err(NodeError::file(&at))?.file_name();
                open.push(format!("{path}/{}", name.to_string_lossy()));
            }
        } else if !files.contains_key(&path) && !is_cut_short(&path) {
            let damaged = |why: &str| NodeError::from(LogError::Damaged { path: path.clone(), why: why.into() });
            let (full, width) = path.split_once(".p/").ok_or_else(|| damaged("no log of this size has such a file"))?;
            let width = width.parse::<usize>().ok().filter(|w| (1..256).contains(w)).ok_or_else(|| damaged("it is no tile"))?;
            let today = files.iter().find(|(p, _)| p.split_once(".p/").map_or(p.as_str(), |(p, _)| p) == full);
            let (_, today) = today.ok_or_else(|| damaged("no log of this size has such a file"))?;
            let end = if path.starts_with("tile/entries/") { bundle_end(today, width) } else { Some(width * HASH) };
            let bytes = fs::read(&at).map_err(NodeError::file(&at))?;
            if end.and_then(|end| today.get(..end)) != Some(&bytes) {
                return Err(damaged("it is not the beginning of what the log's entries give"));
            }
        }
    }
    Ok(())
}
