//! Checking a statement that somebody sent, before it is given to the one writer: its envelope, its signatures, and the bodies it names.
//!
//! Nothing here looks at the state, so any number of threads check at the same time. Signatures are checked one by one with `verify_strict`,
//! never as a batch, whose rules differ.

use super::{NodeError, folder::Bodies, ledger::named_bodies};
use crate::{
    provenance::{Record, Sheet, StageDocument},
    statement::{self, Body, DidKey, Digest, Statement, StatementError, json},
};
use sha2::{Digest as _, Sha256};

/// What somebody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// A statement as JSON; its canonical form is the entry.
    pub statement: Vec<u8>,
    /// The bodies it names, as JSON.
    pub bodies: Vec<Vec<u8>>,
}

/// A statement whose envelope and signatures hold, and whose bodies fit and are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What it says.
    pub statement: Statement,
    /// Its canonical bytes.
    pub entry: Vec<u8>,
    /// The bodies that came with it, to be kept once the statement is taken.
    pub bodies: Vec<(Digest, Vec<u8>)>,
}

/// Checks a submission. A body that it names may also have been kept before.
///
/// # Errors
/// Why it is refused.
pub fn check(submission: Submission, kept: &Bodies) -> Result<Checked, NodeError> {
    let (statement, entry) = match statement::verify(&submission.statement) {
        Ok(statement) => (statement, submission.statement),
        Err(StatementError::NotCanonical) => {
            let entry = canonical(&submission.statement)?;
            (statement::verify(&entry)?, entry)
        }
        Err(wrong) => return Err(wrong.into()),
    };
    let mut bodies = Vec::with_capacity(submission.bodies.len());
    for bytes in submission.bodies {
        let bytes = canonical(&bytes)?;
        bodies.push((check_body(&statement.body, &statement.actor, &bytes)?, bytes));
    }
    for digest in named_bodies(&statement.body) {
        if !bodies.iter().any(|(sent, _)| *sent == digest) && !kept.has(&digest)? {
            return Err(NodeError::MissingBody(digest));
        }
    }
    Ok(Checked { statement, entry, bodies })
}

fn canonical(text: &[u8]) -> Result<Vec<u8>, NodeError> {
    let value = json::parse(text).map_err(StatementError::from)?;
    Ok(json::canonical(&value).map_err(StatementError::from)?)
}

/// The digest of a body. It is kept only if it is what its statement says and every device will be able to read it.
fn check_body(statement: &Body, actor: &DidKey, bytes: &[u8]) -> Result<Digest, NodeError> {
    let digest: Digest = Sha256::digest(bytes).into();
    let value = json::parse(bytes).map_err(StatementError::from)?;
    match statement {
        Body::IssuePassport(b) if b.digest == digest => {
            let signers = statement::verify_proofs(&value)?;
            let record = Record::from_credential(&value)?;
            if !signers.contains(actor) {
                return Err(NodeError::Unfit("the passport's issuer did not sign its body"));
            }
            if record.kind != b.kind || record.id != b.subject {
                return Err(NodeError::Unfit("the passport's body is about another subject"));
            }
        }
        Body::RecordStage(b) if b.digest == digest => drop(StageDocument::from_json(&value)?),
        Body::PublishListing(b) if b.digest == digest => {
            if Sheet::from_json(&value)?.retailer != b.retailer {
                return Err(NodeError::Unfit("the sheet is another retailer's"));
            }
        }
        _ => return Err(NodeError::Unfit("a body was sent that the statement does not name")),
    }
    Ok(digest)
}
