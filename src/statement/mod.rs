//! The signed envelope every ledger entry has, the kinds of statement, and actors' keys.
//!
//! *In:* JSON text from anyone. *Out:* a [`Statement`] whose proofs hold, or an error that says what is wrong.
//!
//! ```text
//! { "ledger": "<origin>", "kind": "<Kind>", "actor": "did:key:z6Mk…", "nonce": "<16 bytes, base64url>",
//!   "expires": "2026-12-01T00:00:00Z", "body": { … }, "proof": { DataIntegrityProof, eddsa-jcs-2022 } | [ … ] }
//! ```
//! *Statement id* = SHA-256 of the JCS (RFC 8785) of the document without `proof`. A log entry is the JCS of the whole, at most 65 535 bytes.

mod body;
mod envelope;
pub mod json;
mod key;
mod proof;
#[cfg(feature = "value")]
mod steward;
#[cfg(feature = "value")]
mod value;

pub use body::{
    Accreditation, BatchClose, Body, End, Ending, ListingSheet, PassportIssue, PassportStatus, Recovery, Registration, Retirement, Role, Rotation,
    StageEvent, StatusChange, SubjectKind, Transfer, Withdrawal,
};
pub use envelope::{Draft, confirm, propose, read_proposal, sign, verify};
pub use key::{DidKey, KeyError, SigningKey};
pub use proof::{MAX_PROOFS, add_proof, verify_proofs, verify_proofs_with};

#[cfg(feature = "value")]
pub use steward::{PersonCap, StewardClosing, StewardFunding, StewardOpening, StewardSwap, Voucher};
#[cfg(feature = "value")]
pub use value::{
    Adding, Award, Cancelling, Demurrage, ExchangeAct, HexDigest, PairForbidding, PairOpening, Pay, Placing, Reference, Removing, TokenAct,
    TokenDefinition, TokenValue, Units,
};

/// SHA-256 digest.
pub type Digest = [u8; 32];

/// The largest log entry, in bytes (C2SP tlog-tiles: entries are prefixed by a `u16` length).
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// A statement whose envelope is well-formed and whose proofs were all verified, with exactly the signers its kind needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The ledger it is for.
    pub ledger: String,
    /// Who states it.
    pub actor: DidKey,
    /// 16 random bytes.
    pub nonce: [u8; 16],
    /// After this time it may not be logged.
    pub expires: crate::measure::Millis,
    /// What is stated.
    pub body: Body,
    /// Everyone who signed, the actor first.
    pub signers: Vec<DidKey>,
    /// SHA-256 of the JCS without `proof`.
    pub id: Digest,
}

/// Why a statement was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The text is not JSON that JCS can carry.
    #[error(transparent)]
    Json(#[from] json::JsonError),
    /// Larger than a log entry may be.
    #[error("the statement has {0} bytes; a log entry holds at most {MAX_ENTRY_BYTES}. Put the large part into the passport's body")]
    TooLarge(usize),
    /// The same statement could be written in other bytes.
    #[error("the entry is not in canonical form (RFC 8785); log exactly the bytes that signing returned")]
    NotCanonical,
    /// A member is missing, unknown or of the wrong shape.
    #[error("the statement's \"{member}\" is wrong: {why}")]
    Shape {
        /// Which member.
        member: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A proof does not hold.
    #[error("the signature of {signer} does not hold: {why}. The statement was altered or signed by another key")]
    Proof {
        /// Whose proof.
        signer: String,
        /// What failed.
        why: String,
    },
    /// Extra or missing signers.
    #[error("this kind of statement needs exactly these signers: {needs}")]
    Signers {
        /// Who must sign.
        needs: String,
    },
}
