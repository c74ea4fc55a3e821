//! Issuing passports: a record becomes a signed credential, a signed statement and, once the ledger has given it a number, a sealed link. One, or
//! many at a time on all cores.
//!
//! ```text
//! record --credential, signed--> body --digest--> IssuePassport, signed --ledger--> number --seal, signed--> link
//! ```

use super::{NodeError, check::Checked};
use crate::{
    measure::Millis,
    passport::{DigitalLink, Seal},
    provenance::Record,
    statement::{self, Body, Digest, Draft, PassportIssue, SigningKey, StatementError, json},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// How long a statement made here may still be taken.
const LIFETIME: i64 = Millis::DAY;

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
    pub fn make(&self, record: &Record, nonce: [u8; 16], finish: &dyn Fn(&mut Value)) -> Result<Made, NodeError> {
        self.compose(record, nonce, finish).map(|(made, _)| made)
    }

    /// The same, and the signed credential.
    fn compose(&self, record: &Record, nonce: [u8; 16], finish: &dyn Fn(&mut Value)) -> Result<(Made, Value), NodeError> {
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

    /// Signs many, each with its nonce, on all cores, ready for the ledger. In their order.
    ///
    /// Each statement is verified as if somebody else had sent it, and each credential must read back as the record it was made of. Its text is not
    /// parsed again, nor its signature checked: both were made here a moment ago, and every auditor checks them.
    ///
    /// # Errors
    /// The first that cannot be issued: then none should be.
    pub fn make_all(&self, records: &[(Record, [u8; 16])]) -> Result<Vec<(Checked, Digest)>, NodeError> {
        let one = |(record, nonce): &(Record, [u8; 16])| {
            let (Made { entry, body, digest }, signed) = self.compose(record, *nonce, &|_| ())?;
            if Record::from_credential(&signed)? != *record {
                return Err(NodeError::Data(format!("the passport of {} would not say what its record says", record.id)));
            }
            let statement = statement::verify(&entry)?;
            Ok((Checked { statement, entry, bodies: vec![(digest, body)] }, digest))
        };
        on_all_cores(records, &one)
    }

    /// The link for a passport that the ledger has given a number, with the seal; `None` for a subject without a GS1 key.
    #[must_use]
    pub fn link(&self, number: u32, subject: &str, digest: Digest, base: &str) -> Option<String> {
        let link = DigitalLink::parse_element_string(subject).ok()?;
        Some(link.with_seal(&Seal::make(self.origin, u64::from(number), subject, digest, self.key)).to_uri(base))
    }

    /// The same for many, on all cores. In their order; those without a link are left out.
    ///
    /// # Errors
    /// None.
    pub fn links(&self, passports: &[(u32, String, Digest)], base: &str) -> Result<Vec<(u32, String, String)>, NodeError> {
        let one =
            |(number, subject, digest): &(u32, String, Digest)| Ok(self.link(*number, subject, *digest, base).map(|l| (*number, subject.clone(), l)));
        Ok(on_all_cores(passports, &one)?.into_iter().flatten().collect())
    }
}

/// Does something to each, spread over the cores, and gives the results in order, or the first error.
fn on_all_cores<T: Sync, R: Send>(items: &[T], one: &(dyn Fn(&T) -> Result<R, NodeError> + Sync)) -> Result<Vec<R>, NodeError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = items.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = items.chunks(share).map(|part| scope.spawn(move || part.iter().map(one).collect::<Result<Vec<R>, _>>())).collect();
        let mut all = Vec::with_capacity(items.len());
        for part in parts {
            // Signing does not panic; if it did, that belongs to whoever called.
            all.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}
