//! Claims: what is said of a subject, how it was verified, and what it means for topics and hard lines.

use super::claim_def;
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

/// Stable id of a row of the claim table, e.g. `label:organic` or `wikirate:transparency:high`.
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

/// Marks claims that contradict each other: where one claim asserts a hard line and another denies it, neither can be believed as it
/// stands, and both become [`ClaimState::Contradicted`] (a vegan label on a product whose ingredients are not, say).
pub fn mark_contradictions(claims: &mut [ClaimRef]) {
    let mut said = std::collections::BTreeMap::<HardLine, (bool, bool)>::new();
    for claim in claims.iter() {
        for (line, kept) in lines_of(claim) {
            let (asserted, denied) = said.entry(*line).or_default();
            *(if *kept { asserted } else { denied }) = true;
        }
    }
    said.retain(|_, (asserted, denied)| *asserted && *denied);
    for claim in claims.iter_mut() {
        if lines_of(claim).iter().any(|(line, _)| said.contains_key(line)) {
            claim.state = ClaimState::Contradicted;
        }
    }
}

fn lines_of(claim: &ClaimRef) -> &'static [(HardLine, bool)] {
    claim_def(&claim.code).map_or(&[], |def| def.lines.as_slice())
}
