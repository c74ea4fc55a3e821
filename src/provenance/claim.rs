//! Claims: what is said of a subject, how it was verified, and what it means for topics and hard lines.

use crate::{
    measure::{Confidence, Score},
    values::{HardLine, Topic},
};
use serde::{Deserialize, Serialize};

/// How a claim was verified. The order is from strongest to weakest; append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimState {
    /// A certifier with standing signed it.
    Attested,
    /// The counterparty signed it too.
    Confirmed,
    /// Only the source says so.
    SelfDeclared,
    /// Derived from the country's risk, as a prior.
    Inferred,
    /// Other facts contradict it.
    Contradicted,
}

/// Stable id of a row of the claim table, e.g. `off:label:en:organic` or `wikirate:transparency:high`.
pub type ClaimCode = String;

/// A row of the claim table: what a claim means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDef {
    /// Stable id.
    pub code: ClaimCode,
    /// For a person, e.g. "Organic label".
    pub text: String,
    /// What it says about topics: score, and the confidence it has when attested.
    pub topics: Vec<(Topic, Score, Confidence)>,
    /// Hard lines it asserts (`true`) or denies (`false`).
    pub lines: Vec<(HardLine, bool)>,
}

/// A claim on a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRef {
    /// Row of the claim table.
    pub code: ClaimCode,
    /// How it was verified.
    pub state: ClaimState,
}

/// The claim table, in a fixed order (versioned with the code).
#[must_use]
pub fn claim_table() -> &'static [ClaimDef] {
    todo!("helper D1")
}
