//! A verifiable log in standard formats. Bytes only; it knows nothing of EcoSphere.
//!
//! *In:* entries, tiles, checkpoints as bytes. *Out:* roots, proofs, verified checkpoints, the files a log consists of.
//!
//! | file | specification |
//! |---|---|
//! | `merkle` | RFC 6962, section 2.1; proofs are checked as RFC 9162, sections 2.1.3.2 and 2.1.4.2, says |
//! | `tile` | C2SP tlog-tiles (<https://c2sp.org/tlog-tiles>): where hashes and entries lie, proofs made from them |
//! | `checkpoint` | C2SP tlog-checkpoint (<https://c2sp.org/tlog-checkpoint>) in a C2SP signed note (<https://c2sp.org/signed-note>) |
//! | `note` | C2SP signed-note: text with signature lines, verifier keys |
//! | `cosignature` | C2SP tlog-cosignature (<https://c2sp.org/tlog-cosignature>), `cosignature/v1` |
//! | `policy` | C2SP tlog-policy (<https://c2sp.org/tlog-policy>): which logs and how many witnesses are believed |
//! | `frontier` | RFC 6962, section 2.1: where one who reads all of a log is in it |
//! | `handover` | C2SP signed-note: a log's hand-over to a new operator, by a policy's quorum |
//! | `proof` | C2SP tlog-proof (<https://c2sp.org/tlog-proof>): a proof that stands alone |
//! | [`witness`] | C2SP tlog-witness (<https://c2sp.org/tlog-witness>): what a witness decides |
//! | `writer` | the tree a log's one writer keeps, and the files it publishes |
//!
//! ```text
//! checkpoint                  <origin> LF <size> LF <root, base64> LF  LF  — <origin> <key id ‖ signature, base64> LF
//! tile/<L>/<N>[.p/<W>]        W (256 when full) hashes of 32 bytes: level 8·L of the tree, from index 256·N
//! tile/entries/<N>[.p/<W>]    W entries, each as a u16 (big-endian) length and that many bytes
//! <N> = 001, x001/067, x001/x234/067, …
//! ```

mod checkpoint;
mod cosignature;
mod frontier;
mod handover;
mod merkle;
mod note;
mod policy;
mod proof;
mod tile;
pub mod witness;
mod writer;

pub use checkpoint::{Checkpoint, LogKey, LogSigner};
pub use cosignature::{Cosigner, CosignerKey};
pub use frontier::Frontier;
pub use handover::{Handover, HandoverError, MAX_HANDOVERS, follow_handovers, read_handovers, write_handovers};
pub use merkle::{leaf_hash, root, verify_consistency, verify_inclusion};
pub use policy::{Policy, Trusted, Witness};
pub use proof::Proof;
pub use tile::{
    bundle_path, leaf_tile_path, needed_tiles_consistency, needed_tiles_inclusion, prove_consistency, prove_inclusion, read_bundle, write_bundle,
};
pub use writer::LogWriter;

/// A SHA-256 hash of the tree.
pub type Hash = [u8; 32];

/// The largest entry, in bytes: its length is written as a `u16`.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Why something of a log was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The leaf is not in the tree.
    #[error("the inclusion proof does not lead from the leaf to the root; the entry is not in this log, or the proof is for another size")]
    Inclusion,
    /// The old tree is not a prefix of the new one.
    #[error("the consistency proof does not hold; the log was rewritten, or the proof is for other sizes")]
    Consistency,
    /// An index or size outside the tree.
    #[error("{index} lies outside a log of {size} entries")]
    Range {
        /// The index, or the older size.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A file of the log is not there.
    #[error("the log's file {0} is missing; fetch it and try again")]
    Missing(String),
    /// A file of the log has the wrong length or form.
    #[error("the log's file {path} is damaged: {why}")]
    Damaged {
        /// Which file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The entries do not give the root that was expected.
    #[error("the log's entries do not give the root in its checkpoint; restore the log's files from a mirror")]
    Root,
    /// An entry does not fit.
    #[error("the entry has {0} bytes; a log entry holds at most {MAX_ENTRY_BYTES}")]
    EntryTooLarge(usize),
    /// Not a checkpoint.
    #[error("this is not a checkpoint of {origin}: {why}")]
    Checkpoint {
        /// The log whose checkpoint it should be.
        origin: String,
        /// What is wrong.
        why: String,
    },
    /// A cosignature by a known witness is wrong.
    #[error("the cosignature of {0} does not hold; the checkpoint was altered on its way, or the witness's key in the policy is another")]
    Cosignature(String),
    /// Too few witnesses.
    #[error("the checkpoint of {origin} lacks the witnesses that the policy asks for: \"{quorum}\" is not met by {}; try again later, or ask the ledger's operator", if .have.is_empty() { "any cosignature".to_owned() } else { .have.join(", ") })]
    Quorum {
        /// The log.
        origin: String,
        /// The witness or group that has to have cosigned.
        quorum: String,
        /// Names of the witnesses that did.
        have: Vec<String>,
    },
    /// Not a policy.
    #[error("line {line} of the policy cannot be used: {why}")]
    Policy {
        /// Which line, from 1; the one after the last if something is missing.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Not a proof.
    #[error("line {line} of the proof cannot be used: {why}")]
    Proof {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// Not a cosigner's key.
    #[error("\"{0}\" is not the key of a witness; it should look like witness.example/w1+1a2b3c4d+BA… (Ed25519 cosignatures, type 04)")]
    CosignerKey(String),
    /// Not a log's key or origin.
    #[error("\"{0}\" is not a log's key; it should look like example.org/log+1a2b3c4d+AQ…")]
    Key(String),
    /// Not an origin.
    #[error("\"{0}\" cannot name a log; use something like example.org/log, without spaces or \"+\"")]
    Origin(String),
}

impl LogError {
    fn origin(text: &str) -> Self {
        Self::Origin(text.chars().take(60).collect())
    }
}
