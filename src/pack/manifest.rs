//! The manifest: which files make a pack, by digest. JCS JSON, so that everyone who makes it makes the same bytes.

use super::{MAX_RAW, PackError};
use crate::{
    measure::Millis,
    statement::{BatchClose, Digest, json},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The largest manifest a device takes, in bytes.
const MAX_MANIFEST: usize = 4 * 1024 * 1024;

/// Which files make a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The ledger.
    pub ledger: String,
    /// The market, e.g. `world`.
    pub market: String,
    /// The batch whose `BatchClose` names this manifest.
    pub batch: u64,
    /// Time of that batch.
    pub time_ms: Millis,
    /// The leaves it covers: all before that `BatchClose`.
    pub log_size: u64,
    /// Root of the tree of those leaves; the dossiers' inclusion proofs lead to it.
    #[serde(with = "hex::serde")]
    pub log_root: Digest,
    /// The files: the index first, then the dossier buckets.
    pub files: Vec<PackFile>,
}

/// One file of a pack, served as `pack/<sha256>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFile {
    /// What it is for.
    pub tier: Tier,
    /// `index`, or `dossier/<bits>/<prefix>` for the subjects whose SHA-256 of the id starts with these bits.
    pub name: String,
    /// SHA-256 of the file as served (compressed): its address.
    #[serde(with = "hex::serde")]
    pub sha256: Digest,
    /// Bytes as served.
    pub size: u64,
    /// SHA-256 of what it decompresses to: what an auditor compares, whatever compressor it has.
    #[serde(with = "hex::serde")]
    pub raw_sha256: Digest,
    /// Bytes when decompressed.
    pub raw_size: u64,
    /// Subjects in it.
    pub subjects: u64,
}

/// What a file of a pack is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// What every verdict needs.
    Index,
    /// Statements, proofs and bodies.
    Dossier,
}

impl Manifest {
    /// The manifest's bytes (JCS).
    ///
    /// # Errors
    /// A number that JSON cannot carry.
    pub fn encode(&self) -> Result<Vec<u8>, PackError> {
        let unreadable = |why: String| PackError::Unreadable { what: "manifest", why };
        let value = serde_json::to_value(self).map_err(|e| unreadable(e.to_string()))?;
        json::canonical(&value).map_err(|e| unreadable(e.to_string()))
    }

    /// Reads the manifest that a `BatchClose` at leaf `close_leaf` names: its digest, ledger, batch, time and log size must be those.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn open(bytes: &[u8], origin: &str, close: &BatchClose, close_leaf: u64) -> Result<Self, PackError> {
        let unreadable = |why: String| PackError::Unreadable { what: "manifest", why };
        if bytes.len() > MAX_MANIFEST {
            return Err(PackError::TooLarge(bytes.len() as u64));
        }
        let digest: Digest = Sha256::digest(bytes).into();
        if close.manifest.as_deref() != Some(hex::encode(digest).as_str()) {
            return Err(PackError::NotTheLogged);
        }
        let value = json::parse(bytes).map_err(|e| unreadable(e.to_string()))?;
        let manifest: Self = serde_json::from_value(value).map_err(|e| unreadable(e.to_string()))?;
        if manifest.ledger != origin {
            return Err(PackError::OtherLedger(manifest.ledger.chars().take(100).collect()));
        }
        if manifest.batch != close.number || manifest.time_ms != close.time_ms || manifest.log_size != close_leaf {
            return Err(PackError::NotTheLogged);
        }
        if let Some(large) = manifest.files.iter().find(|f| f.raw_size > MAX_RAW || f.size > MAX_RAW) {
            return Err(PackError::TooLarge(large.raw_size.max(large.size)));
        }
        Ok(manifest)
    }

    /// The index file.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub fn index(&self) -> Result<&PackFile, PackError> {
        let mut found = self.files.iter().filter(|f| f.tier == Tier::Index);
        match (found.next(), found.next()) {
            (Some(file), None) => Ok(file),
            _ => Err(PackError::Unreadable { what: "manifest", why: "it must name exactly one index".to_owned() }),
        }
    }

    /// The dossier buckets.
    pub fn dossiers(&self) -> impl Iterator<Item = &PackFile> {
        self.files.iter().filter(|f| f.tier == Tier::Dossier)
    }
}

impl PackFile {
    /// Where it is served, relative to the ledger's base address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("pack/{}", hex::encode(self.sha256))
    }

    /// Checks the bytes as served and decompresses them.
    ///
    /// # Errors
    /// Other bytes than promised, or not decompressible within bounds.
    pub fn open(&self, bytes: &[u8]) -> Result<Vec<u8>, PackError> {
        let wrong = || PackError::WrongBytes(self.name.clone());
        if bytes.len() as u64 != self.size || Sha256::digest(bytes).as_slice() != self.sha256 {
            return Err(wrong());
        }
        let raw = super::decompress(bytes, self.raw_size)?;
        if Sha256::digest(&raw).as_slice() != self.raw_sha256 {
            return Err(wrong());
        }
        Ok(raw)
    }
}

/// The bucket of a subject when there are `2^bits` of them: the first `bits` (at most 16) of SHA-256 of its id.
#[must_use]
pub fn bucket_of(subject: &str, bits: u32) -> u16 {
    let d = Sha256::digest(subject.as_bytes());
    let head = u32::from(d[0]) << 8 | u32::from(d[1]);
    // At most 16 bits remain, so it fits.
    u16::try_from(head >> 16_u32.saturating_sub(bits.min(16))).unwrap_or(u16::MAX)
}

/// The root of a tree without its last leaf, from that leaf's inclusion proof (RFC 6962, 2.1.1: the proof of the last leaf is made of exactly
/// the subtrees to its left, lowest first). `None` for a tree of one leaf.
#[must_use]
pub fn root_before_last(proof: &[Digest]) -> Option<Digest> {
    let (first, rest) = proof.split_first()?;
    Some(rest.iter().fold(*first, |right, left| {
        let mut h = Sha256::new();
        h.update([1]);
        h.update(left);
        h.update(right);
        h.finalize().into()
    }))
}
