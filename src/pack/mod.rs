//! Snapshot packs: what a market's device needs, as a pure function of a log prefix.
//!
//! *In:* a `State` and the bodies beside the log. *Out:* an [`Index`], [`Dossier`] buckets and a [`Manifest`], all content-addressed.
//!
//! ```text
//! checkpoint (size N+1, signed by the log)
//!   └ leaf N: BatchClose (signed by the log) { …, manifest: SHA-256 of the manifest }
//!        └ manifest (JCS JSON): log_size N, log_root = root of leaves 0..N, files by SHA-256
//!             ├ index/head, index/rows/<n>, index/prices/<n>   zstd(postcard(columns))       what every verdict needs
//!             ├ dossier/tree                                   zstd(hashes)                  where the dossiers' proofs end
//!             ├ dossier/<bits>/<prefix>                        zstd(postcard(Vec<Dossier>))  statements, proofs, bodies, stages
//!             ├ status-list                                    zlib(2 bits a passport)       for others: the index says the same
//!             ├ deltas: [ { base, files } ]                    zstd(postcard(Vec<Patch>))    from earlier packs to this one
//!             └ markets: [ { market, manifest } ]              a manifest of the same form   what a country's devices need, of all that
//! ```
//! The logged manifest is the world's: everything. Where retailers limit their prices to countries, each such country has a pack of its own with
//! the same passport numbers and fewer passports (`market.rs` has the rule), bound to the log by the world's manifest.
//!
//! A pack covers the leaves before the `BatchClose` that names it. So its inclusion proofs lead to the tree of `log_size` = N leaves, not to
//! the checkpoint's N+1: the manifest's digest is inside leaf N, and a proof to N+1 leaves would have to contain its own hash. The root
//! of the N leaves is no new trust: it follows from the inclusion proof of leaf N ([`root_before_last`]), and the manifest repeats it.
//!
//! What arrives from outside is bounded before it is read: a file by its size and digest, its decompressed form by `raw_size`
//! ([`MAX_RAW`] at most), and a length inside it never allocates more than what is there (`serde` caps what it reserves ahead).

mod build;
mod columns;
mod delta;
mod dossier;
mod files;
mod index;
mod making;
mod manifest;
mod market;
mod rows;
mod sample;
mod shelf;
mod status_list;
mod tables;
mod tree;

pub use crate::passport::SubjectForm;
pub use build::{Keep, Pack, Previous, Source, build, build_to};
pub use columns::{decode_head, decode_index, decode_prices, decode_rows, encode_head, encode_index, encode_prices, encode_rows};
pub use delta::{Patch, decode_delta, encode_delta};
pub use dossier::{
    DocumentProof, Dossier, LeafProof, VerifiedDossier, decode_dossiers, encode_dossiers, verify_dossier_entry, verify_row, verify_subject_row,
};
pub use files::{MAX_RAW, decompress};
pub use index::{Actor, ActorKey, Category, Head, Index, Listing, PRICES_A_FILE, Place, ROWS_A_FILE, Retailer, SubjectRow, parents_first};
pub use making::Compress;
pub use manifest::{DeltaStep, Manifest, MarketPack, PackFile, Tier, bucket_of, root_before_last};
pub use market::{WORLD, is_market};
pub use sample::{SAMPLE_POLICY, SAMPLE_VKEY, sample_files, sample_older_entries};
pub use shelf::ShelfCard;
pub use status_list::{STATUS_BITS, StatusList, decode_sparse, encode_sparse};
pub use tree::Tree;

/// Why a pack could not be made or may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The bytes are not those that were promised.
    #[error("the pack file {0} does not have the size or digest that the ledger promises; fetch it again")]
    WrongBytes(String),
    /// Not what the format says.
    #[error("the pack's {what} cannot be read: {why}")]
    Unreadable {
        /// Which part.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// It says it will be larger than a device would ever take.
    #[error("a pack file of {0} bytes is larger than any device takes")]
    TooLarge(u64),
    /// For another ledger.
    #[error("this pack is for the ledger {0}, not for the one that was asked for")]
    OtherLedger(String),
    /// The manifest is not the one the log names.
    #[error("this manifest is not the one that the log's last leaf names")]
    NotTheLogged,
    /// A manifest of another market, or that names markets which cannot be.
    #[error("this manifest is for another market or batch than the one that the log leads to")]
    OtherMarket,
    /// A part of a dossier does not follow from the log.
    #[error("passport {number} does not verify: {why}")]
    Dossier {
        /// Which passport.
        number: u32,
        /// What does not hold.
        why: String,
    },
    /// The node lacks something that the log names.
    #[error("the ledger's {what} of {which} is missing; restore it from a backup or a mirror before closing the batch")]
    Missing {
        /// Body, document, entry or proof.
        what: &'static str,
        /// Its digest or leaf.
        which: String,
    },
    /// More of something than the format can hold.
    #[error("the market has more {0} than one pack can hold; split it")]
    TooMany(&'static str),
}

#[cfg(test)]
mod tests;
