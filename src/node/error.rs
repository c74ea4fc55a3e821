//! What can go wrong in a node, each with a sentence that says what to do.

use crate::{
    log::LogError,
    organisation::{issue::IssueError, tables::TableError},
    pack::PackError,
    provenance::{MapError, RecordError},
    state::Rejection,
    statement::{Digest, StatementError},
};

/// What can go wrong in a node.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The statement itself is wrong.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The statement may not be applied.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A record, document or sheet.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A column map does not fit its table.
    #[error(transparent)]
    Map(#[from] MapError),
    /// A supplier's table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A statement names a body that was not sent.
    #[error("the statement names the body {}, which was not sent along; send both together", hex::encode(.0))]
    MissingBody(Digest),
    /// A body does not fit its statement.
    #[error("{0}")]
    Unfit(&'static str),
    /// The data folder is not a ledger's, or damaged.
    #[error("the ledger cannot be read: {0}. Restore it from a backup or a mirror, or choose another folder")]
    Data(String),
    /// The published log does not follow from its statements.
    #[error("leaf {leaf} of the ledger does not hold: {why}. Restore the folder from a backup or a mirror")]
    Replay {
        /// Which leaf.
        leaf: u64,
        /// What does not hold.
        why: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which file.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// The folder or bucket of the published files.
    #[error("the ledger's files in {place} could not be reached ({why}); check the folder or bucket, its keys and the network, then try again")]
    Files {
        /// Which.
        place: String,
        /// What it said.
        why: String,
    },
    /// The server that a mirror copies from.
    #[error("{url} could not be copied: {why}. What is here stays as it was; try again, or from another mirror")]
    Upstream {
        /// Which server.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// A log contradicts itself.
    #[error("this log contradicts itself: {what}. Both notes, which it signed, are kept in {} as evidence; show them to others who rely on it", kept.display())]
    Conflict {
        /// How.
        what: String,
        /// Where the evidence lies.
        kept: std::path::PathBuf,
    },
    /// What the person asked for cannot be done as asked.
    #[error("{0}")]
    Usage(String),
    /// The node's database.
    #[error("the node's database failed ({0}); check that it can be reached, that its disk has room and that no other node uses this folder")]
    Store(Box<dyn std::error::Error + Send + Sync>),
    /// A checkpoint may not be published yet.
    #[error(
        "the newest checkpoint waits for its witnesses ({0}). Nothing is lost; it is published when enough of them have cosigned. Check that they run, and that they know this log's key"
    )]
    Unwitnessed(String),
    /// Another node sequences this ledger now.
    #[error("another node sequences this ledger now; nothing was changed. Send the statement again, or wait until this node leads")]
    NotLeading,
    /// The store holds more, or less, than this node knows.
    #[error("this node was about to go on from leaf {got} where the ledger goes on from {next}; start it again to read what others wrote")]
    Behind {
        /// Where this node was.
        got: u64,
        /// Where the ledger is.
        next: u64,
    },
}

impl From<rusqlite::Error> for NodeError {
    fn from(why: rusqlite::Error) -> Self {
        Self::Store(Box::new(why))
    }
}

impl From<IssueError> for NodeError {
    fn from(why: IssueError) -> Self {
        match why {
            IssueError::Record(why) => Self::Record(why),
            IssueError::Statement(why) => Self::Statement(why),
        }
    }
}

impl NodeError {
    /// True when everything worked and the answer is no: a statement or a ledger that does not hold.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Statement(_)
                | Self::Rejected(_)
                | Self::Log(_)
                | Self::Pack(_)
                | Self::Record(_)
                | Self::MissingBody(_)
                | Self::Unfit(_)
                | Self::Replay { .. }
                | Self::Conflict { .. }
        )
    }

    /// Which error, for programs: the name of its variant in `kebab-case`, and for what an inner room refuses, that of the inner one.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Statement(e) => variant(e),
            Self::Rejected(e) => variant(e),
            Self::Log(e) => variant(e),
            Self::Pack(e) => variant(e),
            Self::Record(e) => variant(e),
            other => variant(other),
        }
    }

    /// For a closure: names the file a system error is about.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |why| Self::File { path, why }
    }
}

/// The name of an enum's variant, which its `Debug` form begins with, in `kebab-case`.
fn variant(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    let mut out = String::new();
    for letter in text.chars().take_while(char::is_ascii_alphanumeric) {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_a_code_that_programs_can_rely_on() {
        let codes = [
            (NodeError::Rejected(Rejection::AlreadyIssued(3)), "already-issued"),
            (NodeError::Rejected(Rejection::WrongLedger(String::new())), "wrong-ledger"),
            (NodeError::Statement(StatementError::NotCanonical), "not-canonical"),
            (NodeError::MissingBody([0; 32]), "missing-body"),
            (NodeError::NotLeading, "not-leading"),
        ];
        for (error, code) in codes {
            assert_eq!(error.code(), code);
        }
    }
}
