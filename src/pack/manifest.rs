//! The manifest: which files make a pack, by digest. JCS JSON, so that everyone who makes it makes the same bytes.

use super::{Index, MAX_RAW, PackError, Tree, WORLD, is_market};
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
    /// The batch whose `BatchClose` names this manifest, or the one that names this.
    pub batch: u64,
    /// Time of that batch.
    pub time_ms: Millis,
    /// The leaves it covers: all before that `BatchClose`.
    pub log_size: u64,
    /// Root of the tree of those leaves; the dossiers' inclusion proofs lead to it.
    #[serde(with = "hex::serde")]
    pub log_root: Digest,
    /// The files: the index's in order, the tree file and the dossier buckets, the status list.
    pub files: Vec<PackFile>,
    /// Steps that lead here from earlier packs, oldest first: each from its `base` to the next one's, the last to this pack.
    pub deltas: Vec<DeltaStep>,
    /// The packs of the ledger's other markets, by rising id: in the world's manifest, which the log names, and in no other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<MarketPack>,
}

/// The pack of a market, served as `pack/<manifest>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketPack {
    /// Its id, e.g. `nl`.
    pub market: String,
    /// SHA-256 of its manifest.
    #[serde(with = "hex::serde")]
    pub manifest: Digest,
}

/// What makes the next pack of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeltaStep {
    /// SHA-256 of the manifest at which it begins.
    #[serde(with = "hex::serde")]
    pub base: Digest,
    /// A delta file per tier (see `delta.rs`), for those of its files that are other than before.
    pub files: Vec<PackFile>,
}

/// One file of a pack, served as `pack/<sha256>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFile {
    /// What it is for.
    pub tier: Tier,
    /// `index/head`, `index/rows/<n>`, `index/prices/<n>`; `dossier/tree`, `dossier/<bits>/<prefix>` for the subjects whose SHA-256 of the id
    /// starts with these bits; `status-list`; `delta/index`, `delta/dossier`. A name, never a path.
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
    /// The Token Status List in the draft's compressed form (a zlib stream), for others: a device has the same from the index.
    Status,
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

    /// Reads the manifest that a `BatchClose` at leaf `close_leaf` names, the world's: its digest, ledger, batch, time and log size must be those.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn open(bytes: &[u8], origin: &str, close: &BatchClose, close_leaf: u64) -> Result<Self, PackError> {
        let digest: Digest = Sha256::digest(bytes).into();
        if close.manifest.as_deref() != Some(hex::encode(digest).as_str()) {
            return Err(PackError::NotTheLogged);
        }
        let manifest = Self::read(bytes)?;
        if manifest.ledger != origin {
            return Err(PackError::OtherLedger(manifest.ledger.chars().take(100).collect()));
        }
        if manifest.batch != close.number || manifest.time_ms != close.time_ms || manifest.log_size != close_leaf {
            return Err(PackError::NotTheLogged);
        }
        let rising = manifest.markets.windows(2).all(|pair| matches!(pair, [a, b] if a.market < b.market));
        if manifest.market != WORLD || !rising || manifest.markets.iter().any(|m| m.market == WORLD || !is_market(&m.market)) {
            return Err(PackError::OtherMarket);
        }
        Ok(manifest)
    }

    /// Reads the manifest of a market that this one, the world's, names: its digest must be that, and ledger, batch, time, log size and root this
    /// one's.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn open_market(&self, market: &str, bytes: &[u8]) -> Result<Self, PackError> {
        let named = self.market(market).ok_or(PackError::OtherMarket)?;
        if Sha256::digest(bytes).as_slice() != named.manifest {
            return Err(PackError::NotTheLogged);
        }
        let manifest = Self::read(bytes)?;
        let what = |m: &Self| (m.ledger.clone(), m.batch, m.time_ms, m.log_size, m.log_root);
        if manifest.market != market || !manifest.markets.is_empty() || what(&manifest) != what(self) {
            return Err(PackError::OtherMarket);
        }
        Ok(manifest)
    }

    /// The pack of a market other than this one's.
    #[must_use]
    pub fn market(&self, id: &str) -> Option<&MarketPack> {
        self.markets.iter().find(|m| m.market == id)
    }

    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        let unreadable = |why: String| PackError::Unreadable { what: "manifest", why };
        if bytes.len() > MAX_MANIFEST {
            return Err(PackError::TooLarge(bytes.len() as u64));
        }
        let value = json::parse(bytes).map_err(|e| unreadable(e.to_string()))?;
        let manifest: Self = serde_json::from_value(value).map_err(|e| unreadable(e.to_string()))?;
        let all = || manifest.files.iter().chain(manifest.deltas.iter().flat_map(|d| &d.files));
        if let Some(large) = all().find(|f| f.raw_size > MAX_RAW || f.size > MAX_RAW) {
            return Err(PackError::TooLarge(large.raw_size.max(large.size)));
        }
        manifest.check_names()?;
        Ok(manifest)
    }

    /// Every file has a name of its own that says what it is, and the index is whole: head, rows and prices numbered from 0 on.
    fn check_names(&self) -> Result<(), PackError> {
        let unreadable = |why: String| PackError::Unreadable { what: "manifest", why };
        let mut names = std::collections::BTreeSet::new();
        let (mut rows, mut prices) = (0_u32, 0_u32);
        for f in &self.files {
            let known = match f.tier {
                Tier::Index if f.name == format!("index/rows/{rows}") => {
                    rows += 1;
                    true
                }
                Tier::Index if f.name == format!("index/prices/{prices}") => {
                    prices += 1;
                    true
                }
                Tier::Index => f.name == "index/head" && names.is_empty(),
                Tier::Dossier => f.name == "dossier/tree" || bucket_name(&f.name).is_some(),
                Tier::Status => f.name == "status-list",
            };
            if !known || !names.insert(f.name.as_str()) {
                return Err(unreadable(format!("it has no place for a file named {:?}", f.name.chars().take(60).collect::<String>())));
            }
        }
        if names.contains("index/head") { Ok(()) } else { Err(unreadable("it names no index".to_owned())) }
    }

    /// Opens the whole index, given files by path.
    ///
    /// # Errors
    /// A file is missing or altered, or as [`super::decode_index`].
    pub fn open_index(&self, file: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Index, PackError> {
        let raw = self.index().map(|f| f.open(&file(&f.path()).ok_or_else(|| PackError::WrongBytes(f.name.clone()))?));
        let raw = raw.collect::<Result<Vec<_>, _>>()?;
        super::decode_index(raw.iter().map(Vec::as_slice))
    }

    /// Opens the tree file that dossiers are verified under, given files by path.
    ///
    /// # Errors
    /// It is missing or altered, or gives another root.
    pub fn open_tree(&self, file: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Tree, PackError> {
        let missing = || PackError::WrongBytes("dossier/tree".to_owned());
        let f = self.file("dossier/tree").ok_or_else(missing)?;
        Tree::open(&f.open(&file(&f.path()).ok_or_else(missing)?)?, self.log_size, &self.log_root)
    }

    /// The files of the index, in order.
    pub fn index(&self) -> impl Iterator<Item = &PackFile> {
        self.files.iter().filter(|f| f.tier == Tier::Index)
    }

    /// The file with this name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&PackFile> {
        self.files.iter().find(|f| f.name == name)
    }

    /// The tree file and the dossier buckets.
    pub fn dossier_files(&self) -> impl Iterator<Item = &PackFile> {
        self.files.iter().filter(|f| f.tier == Tier::Dossier)
    }

    /// The steps from the pack whose manifest has this digest to this one; `None` when no step begins there.
    #[must_use]
    pub fn steps_from(&self, base: &Digest) -> Option<&[DeltaStep]> {
        let at = self.deltas.iter().position(|d| d.base == *base)?;
        self.deltas.get(at..)
    }

    /// The dossier buckets.
    pub fn dossiers(&self) -> impl Iterator<Item = &PackFile> {
        self.dossier_files().filter(|f| bucket_name(&f.name).is_some())
    }
}

/// Bits and prefix in the name of a dossier bucket.
fn bucket_name(name: &str) -> Option<(u32, u16)> {
    let (bits, prefix) = name.strip_prefix("dossier/")?.split_once('/')?;
    let (bits, prefix): (u32, u16) = (bits.parse().ok()?, prefix.parse().ok()?);
    // There is one spelling.
    (bits <= 16 && name == format!("dossier/{bits}/{prefix}")).then_some((bits, prefix))
}

impl MarketPack {
    /// Where its manifest is served, relative to the ledger's base address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("pack/{}", hex::encode(self.manifest))
    }
}

impl PackFile {
    /// Where it is served, relative to the ledger's base address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("pack/{}", hex::encode(self.sha256))
    }

    /// Checks the bytes as served.
    ///
    /// # Errors
    /// Other bytes than promised.
    pub fn check(&self, bytes: &[u8]) -> Result<(), PackError> {
        let promised = bytes.len() as u64 == self.size && Sha256::digest(bytes).as_slice() == self.sha256;
        if promised { Ok(()) } else { Err(PackError::WrongBytes(self.name.clone())) }
    }

    /// Checks what the bytes as served decompress to, or what a delta made.
    ///
    /// # Errors
    /// Other bytes than promised.
    pub fn check_raw(&self, raw: &[u8]) -> Result<(), PackError> {
        let promised = raw.len() as u64 == self.raw_size && Sha256::digest(raw).as_slice() == self.raw_sha256;
        if promised { Ok(()) } else { Err(PackError::WrongBytes(self.name.clone())) }
    }

    /// Checks the bytes as served and decompresses them.
    ///
    /// # Errors
    /// Other bytes than promised, or not decompressible within bounds.
    pub fn open(&self, bytes: &[u8]) -> Result<Vec<u8>, PackError> {
        self.check(bytes)?;
        let raw = super::decompress(bytes, self.raw_size)?;
        self.check_raw(&raw)?;
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
