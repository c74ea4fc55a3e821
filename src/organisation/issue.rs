//! Issuing a passport: a record becomes a signed credential, a signed statement and, once the ledger has given it a number, a sealed link.
//!
//! ```text
//! record --credential, signed--> body --digest--> IssuePassport, signed --ledger--> number --seal, signed--> link
//! ```

use crate::{
    measure::Millis,
    passport::{DigitalLink, Seal},
    provenance::{Record, RecordError},
    statement::{self, Body, Digest, Draft, PassportIssue, SigningKey, StatementError, json},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Why a passport cannot be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The statement or its body.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// How long a statement made here may still be taken.
pub const LIFETIME: i64 = Millis::DAY;

/// Who issues, on which ledger, when, and for how long.
pub struct Issuer<'a> {
    /// The ledger.
    pub origin: &'a str,
    /// Who signs.
    pub key: &'a SigningKey,
    /// Its name on the ledger.
    pub name: &'a str,
    /// When the passports are issued.
    pub time: Millis,
    /// When they cease to hold, if ever.
    pub valid_until: Option<Millis>,
}

/// A passport that is signed, ready to be given to the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The statement's entry.
    pub entry: Vec<u8>,
    /// The body: canonical text of the credential.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub digest: Digest,
}

impl Issuer<'_> {
    /// Signs one passport. `finish` sees the credential before it is signed.
    ///
    /// # Errors
    /// The record is out of bounds, or too large.
    pub fn make(&self, record: &Record, nonce: [u8; 16], finish: &dyn Fn(&mut Value)) -> Result<Made, IssueError> {
        self.compose(record, nonce, finish).map(|(made, _)| made)
    }

    /// The same, and the signed credential.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn compose(&self, record: &Record, nonce: [u8; 16], finish: &dyn Fn(&mut Value)) -> Result<(Made, Value), IssueError> {
        record.check()?;
        let mut credential = record.to_credential(&self.key.did(), self.name, self.time, self.valid_until);
        finish(&mut credential);
        let signed = statement::add_proof(&credential, self.key, self.time)?;
        let body = json::canonical(&signed).map_err(StatementError::from)?;
        let digest: Digest = Sha256::digest(&body).into();
        let issue = PassportIssue { kind: record.kind, subject: record.id.clone(), digest, valid_until: self.valid_until };
        let expires = Millis(self.time.0.saturating_add(LIFETIME));
        let draft = Draft { ledger: self.origin.to_owned(), nonce, expires, body: Body::IssuePassport(issue) };
        Ok((Made { entry: statement::sign(&draft, self.time, self.key, &[])?, body, digest }, signed))
    }

    /// The link for a passport that the ledger has given a number, with the seal; `None` for a subject without a GS1 key.
    #[must_use]
    pub fn link(&self, number: u32, subject: &str, digest: Digest, base: &str) -> Option<String> {
        let link = DigitalLink::parse_element_string(subject).ok()?;
        Some(link.with_seal(&Seal::make(self.origin, u64::from(number), subject, digest, self.key)).to_uri(base))
    }
}

/// A nonce that nobody without the key can guess, and that is the same for the same time and matter: what is signed again is the same statement.
#[must_use]
pub fn nonce(key: &SigningKey, origin: &str, time: Millis, about: &str) -> [u8; 16] {
    let proof = key.sign(format!("ecosphere-issue-nonce\0{origin}\0{}\0{about}", time.0).as_bytes());
    let digest: [u8; 32] = Sha256::digest(proof).into();
    let mut nonce = [0; 16];
    nonce.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    nonce
}
