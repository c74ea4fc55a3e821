//! The Data Format Engine: one file per input format turns what a source says into records with claims.
//!
//! *In:* Open Food Facts JSONL, WikiRate JSON. *Out:* [`Record`]s whose [`Claim`]s name rows of the claim table.

mod claim;

pub use claim::{ClaimCode, ClaimDef, ClaimRef, ClaimState, claim_table};
