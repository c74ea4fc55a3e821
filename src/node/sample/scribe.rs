//! Writes the sample's statements: signs them with the sample's keys and appends them to a ledger in memory.

use super::cast::{ORIGIN, key, policy};
use crate::{
    measure::Millis,
    node::{
        NodeError,
        ledger::{Ledger, LogKeys, Publication},
    },
    provenance::Record,
    statement::{self, Body, DidKey, Digest, Draft, PassportIssue, SigningKey, json},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// How long after its batch a statement of the sample could still be taken.
const LIFETIME: i64 = 14 * Millis::DAY;

/// Writes the sample's statements.
pub(super) struct Scribe {
    ledger: Ledger,
    time: Millis,
    names: BTreeMap<String, String>,
}

/// A passport that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issued {
    /// Passport number.
    pub number: u32,
    /// Digest of its body.
    pub digest: Digest,
    /// What it is for.
    pub subject: String,
    /// Key name of its issuer.
    pub issuer: String,
}

impl Scribe {
    pub fn new(time: Millis) -> Self {
        Self { ledger: Ledger::new(policy(), true), time, names: BTreeMap::new() }
    }

    /// From now on, statements belong to a batch of this time.
    pub fn begin(&mut self, time: Millis) {
        self.time = time;
    }

    /// Remembers an actor's name for people.
    pub fn introduce(&mut self, id: &str, name: &str) {
        self.names.insert(id.to_owned(), name.to_owned());
    }

    pub fn name(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// The name of the key behind a `did:key` of the sample.
    pub fn key_name(&self, did: &DidKey) -> Option<String> {
        self.names.keys().find(|name| key(name).did() == *did).cloned()
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Signs and appends a statement of `actor` (and `other`, for goods that change hands).
    pub fn state(&mut self, body: Body, actor: &str, other: Option<&str>) -> Result<u64, NodeError> {
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce: self.nonce(&body, actor)?, expires: Millis(self.time.0 + LIFETIME), body };
        let others: Vec<SigningKey> = other.into_iter().map(key).collect();
        let entry = statement::sign(&draft, self.time, &key(actor), &others.iter().collect::<Vec<_>>())?;
        self.ledger.append(entry, self.time)
    }

    /// Signs a record as a credential, lays it beside the log and issues its passport. `certifier` signs the credential too.
    pub fn issue(&mut self, record: &Record, issuer: &str, certifier: Option<&str>, valid_until: Option<Millis>) -> Result<Issued, NodeError> {
        record.check()?;
        let signer = key(issuer);
        let mut credential = record.to_credential(&signer.did(), &self.name(issuer), self.time, valid_until);
        for name in [issuer].into_iter().chain(certifier) {
            credential = statement::add_proof(&credential, &key(name), self.time)?;
        }
        let digest = self.lay(&credential)?;
        let issue = PassportIssue { kind: record.kind, subject: record.id.clone(), digest, valid_until };
        self.state(Body::IssuePassport(issue), issuer, None)?;
        let number = self.ledger.state().passport_by_digest(&digest).map(|p| p.number);
        let number = number.ok_or_else(|| NodeError::Data("an issued passport has no number".to_owned()))?;
        Ok(Issued { number, digest, subject: record.id.clone(), issuer: issuer.to_owned() })
    }

    /// Lays a document beside the log in its canonical form.
    pub fn lay(&mut self, document: &Value) -> Result<Digest, NodeError> {
        let bytes = json::canonical(document).map_err(statement::StatementError::from)?;
        Ok(self.ledger.add_body(bytes))
    }

    /// Closes the batch.
    pub fn close(&mut self, keys: &LogKeys, with_pack: bool) -> Result<Publication, NodeError> {
        self.ledger.close(self.time, keys, with_pack)
    }

    /// A nonce that follows from what is stated: this ledger's keys are public, so there is nothing to guess.
    fn nonce(&self, body: &Body, actor: &str) -> Result<[u8; 16], NodeError> {
        let mut bytes = json::canonical(&body.to_members()?.into()).map_err(statement::StatementError::from)?;
        bytes.extend_from_slice(actor.as_bytes());
        Ok(nonce_of(&bytes))
    }
}

fn nonce_of(bytes: &[u8]) -> [u8; 16] {
    let mut h = Sha256::new();
    h.update(b"ecosphere sample nonce\0");
    h.update(bytes);
    let digest: Digest = h.finalize().into();
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&digest[..16]);
    nonce
}
