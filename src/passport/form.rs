//! Whose word a passport is.

use serde::{Deserialize, Serialize};

/// Whether a passport is the maker's own or somebody else's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectForm {
    /// Signed by whoever answers for the subject.
    Own,
    /// Recorded by a data steward from a public source.
    Record,
}
