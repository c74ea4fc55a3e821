//! The dossier tier: what a device needs to check a verdict itself. On the wire: postcard `Vec<Dossier>`, then zstd.

use super::{Actor, Index, PackError, SubjectRow, Tree};
use crate::{
    provenance::{ClaimDef, Record, Sheet, StageDocument, claim_def},
    statement::{self, Body, DidKey, Digest, End, Ending, PassportStatus, Role, Statement, StatusChange, Transfer, json},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Everything the ledger holds about one passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Passport number.
    pub number: u32,
    /// The `IssuePassport` statement.
    pub statement: LeafProof,
    /// The body: JCS bytes of the signed credential.
    pub body: Vec<u8>,
    /// Its `ChangeStatus`, `TransferOwnership` and `EndOfLife` statements, oldest first.
    pub status: Vec<LeafProof>,
    /// The steps of its way, in order.
    pub stages: Vec<DocumentProof>,
    /// The newest sheet of prices, where this is a retailer's own passport.
    pub listing: Option<DocumentProof>,
}

/// A log entry with the proof that it is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafProof {
    /// Leaf index.
    pub leaf: u64,
    /// The entry: JCS bytes of a statement.
    pub entry: Vec<u8>,
    /// Siblings within the leaf's own 256 leaves, lowest first (`tree.rs`); empty for a leaf after the last full 256.
    pub proof: Vec<Digest>,
}

/// A statement that names a document, with that document: a step of a product's way, or a sheet of prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentProof {
    /// The `RecordStage` or `PublishListing` statement.
    pub statement: LeafProof,
    /// JCS bytes of the document.
    pub document: Vec<u8>,
}

/// What a dossier says once everything in it was verified.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedDossier {
    /// Who issued it, and what.
    pub issue: Statement,
    /// The body, read; attested claims whose certifier did not sign are demoted already.
    pub record: Record,
    /// The status changes, transfers and end.
    pub status: Vec<Statement>,
    /// The steps, each with its document.
    pub stages: Vec<(Statement, StageDocument)>,
    /// The newest sheet of prices.
    pub listing: Option<(Statement, Sheet)>,
}

impl VerifiedDossier {
    /// What its statements leave the passport's status at.
    #[must_use]
    pub fn newest_status(&self) -> PassportStatus {
        let changes = self.status.iter().rev().find_map(|s| match &s.body {
            Body::ChangeStatus(b) => Some(b.status),
            Body::EndOfLife(_) => Some(PassportStatus::Superseded),
            _ => None,
        });
        changes.unwrap_or_default()
    }

    /// Who owns the passport: whom it was handed to last, with both signatures, else whoever issued it.
    #[must_use]
    pub fn owner(&self) -> DidKey {
        let handed = self.status.iter().rev().find_map(|s| if let Body::TransferOwnership(b) = &s.body { Some(b.to) } else { None });
        handed.unwrap_or(self.issue.actor)
    }

    /// How the product's life ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        self.status.iter().find_map(|s| if let Body::EndOfLife(b) = &s.body { Some(b.how) } else { None })
    }
}

/// The wire form of a bucket, before compression.
///
/// # Errors
/// Never for what this crate builds.
pub fn encode_dossiers(dossiers: &[Dossier]) -> Result<Vec<u8>, PackError> {
    postcard::to_stdvec(dossiers).map_err(|e| PackError::Unreadable { what: "dossiers", why: e.to_string() })
}

/// Reads a bucket. A length in it never allocates more than what is there.
///
/// # Errors
/// Cut short, or not a bucket.
pub fn decode_dossiers(bytes: &[u8]) -> Result<Vec<Dossier>, PackError> {
    let unreadable = |why: String| PackError::Unreadable { what: "dossiers", why };
    match postcard::take_from_bytes(bytes) {
        Ok((dossiers, [])) => Ok(dossiers),
        Ok(_) => Err(unreadable("bytes follow its end".to_owned())),
        Err(e) => Err(unreadable(e.to_string())),
    }
}

/// Verifies a whole dossier: every statement is in the log and properly signed, the body and the documents are those the statements name, the
/// issuer signed the body too. Standing is the fold's to judge, and whose keys they are [`verify_row`]'s, not this function's.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify_dossier_entry(dossier: &Dossier, ledger: &str, tree: &Tree) -> Result<VerifiedDossier, PackError> {
    let fault = |why: String| PackError::Dossier { number: dossier.number, why };
    let open = |leaf: &LeafProof| verify_leaf(leaf, ledger, tree).map_err(fault);
    let issue = open(&dossier.statement)?;
    let Body::IssuePassport(issued) = &issue.body else {
        return Err(fault("its first statement issues no passport".to_owned()));
    };
    if sha256(&dossier.body) != issued.digest {
        return Err(fault("its body is not the one that was issued".to_owned()));
    }
    let credential = json::parse(&dossier.body).map_err(|e| fault(e.to_string()))?;
    let signers = statement::verify_proofs(&credential).map_err(|e| fault(e.to_string()))?;
    if !signers.contains(&issue.actor) {
        return Err(fault("its issuer did not sign the body".to_owned()));
    }
    let mut record = Record::from_credential(&credential).map_err(|e| fault(e.to_string()))?;
    record.demote_unsigned(&signers);
    if record.kind != issued.kind || record.id != issued.subject {
        return Err(fault("its body is about another subject".to_owned()));
    }
    let mut status = Vec::new();
    for leaf in &dossier.status {
        let s = open(leaf)?;
        match &s.body {
            Body::ChangeStatus(StatusChange { digest, .. })
            | Body::TransferOwnership(Transfer { digest, .. })
            | Body::EndOfLife(Ending { digest, .. })
                if *digest == issued.digest =>
            {
                status.push(s);
            }
            _ => return Err(fault("a status change in it is another passport's".to_owned())),
        }
    }
    let mut stages = Vec::new();
    for stage in &dossier.stages {
        let s = open(&stage.statement)?;
        match &s.body {
            Body::RecordStage(b) if b.passport == issued.digest && b.digest == sha256(&stage.document) => {}
            _ => return Err(fault("a step in it is another passport's".to_owned())),
        }
        let document = json::parse(&stage.document).map_err(|e| fault(e.to_string()))?;
        stages.push((s, StageDocument::from_json(&document).map_err(|e| fault(e.to_string()))?));
    }
    let listing = dossier.listing.as_ref().map(|l| {
        let s = open(&l.statement)?;
        match &s.body {
            Body::PublishListing(b) if b.retailer == issued.subject && b.digest == sha256(&l.document) => {}
            _ => return Err(fault("a sheet in it is another retailer's".to_owned())),
        }
        let document = json::parse(&l.document).map_err(|e| fault(e.to_string()))?;
        Ok((s, Sheet::from_json(&document).map_err(|e| fault(e.to_string()))?))
    });
    Ok(VerifiedDossier { issue, record, status, stages, listing: listing.transpose()? })
}

/// Checks that the index says of a passport what its verified dossier says: without the dossier a row is only "as published".
///
/// # Errors
/// The first thing in which they differ.
pub fn verify_row(index: &Index, number: u32, dossier: &VerifiedDossier) -> Result<(), PackError> {
    let row = usize::try_from(number).ok().and_then(|n| index.subjects.get(n)).ok_or_else(|| other_than_dossier(number, "number"))?;
    verify_subject_row(row, number, &index.head.actors, &index.head.claims, dossier)
}

fn other_than_dossier(number: u32, what: &str) -> PackError {
    PackError::Dossier { number, why: format!("the index has another {what} than its dossier") }
}

/// As [`verify_row`], for a device that holds the row apart from the others.
///
/// # Errors
/// The first thing in which they differ.
pub fn verify_subject_row(
    row: &SubjectRow,
    number: u32,
    actors: &[Actor],
    claim_rows: &[ClaimDef],
    dossier: &VerifiedDossier,
) -> Result<(), PackError> {
    let fault = |what: &str| other_than_dossier(number, what);
    let Body::IssuePassport(issued) = &dossier.issue.body else { return Err(fault("kind of statement")) };
    let certified = |key: &DidKey| actors.iter().any(|a| a.standing.contains(&Role::Certifier) && a.speaks(key, number));
    let issuer = actors.get(usize::from(row.issuer)).ok_or_else(|| fault("issuer"))?;
    let mut record = dossier.record.clone();
    if !record.certifier.as_ref().is_some_and(|c| certified(&c.key)) {
        record.demote_unsigned(&[]);
    }
    let mut claims: Vec<_> = record.claims.iter().map(|c| (c.code.as_str(), c.state)).collect();
    let listed = row.claims.iter().filter_map(|(at, state)| Some((claim_rows.get(usize::from(*at))?.code.as_str(), *state)));
    let mut listed: Vec<_> = listed.collect();
    // Claims that this version's table does not have are in no index.
    claims.retain(|(code, _)| claim_def(code).is_some());
    claims.sort_unstable();
    listed.sort_unstable();
    let checks = [
        ("digest", issued.digest.starts_with(&row.digest)),
        ("issuer", issuer.speaks(&dossier.issue.actor, number)),
        ("author of its status", authors_fit(dossier, issuer, actors)),
        ("author of its prices", dossier.listing.as_ref().is_none_or(|(s, _)| issuer.has(&s.actor))),
        ("subject", row.id == issued.subject && row.kind == issued.kind),
        ("status", row.status == dossier.newest_status()),
        ("expiry", row.valid_until == issued.valid_until),
        ("name", row.name == record.name && row.brand == record.brand && row.quantity == record.quantity),
        ("form", row.form == record.form && row.fictional == record.fictional),
        ("set of claims", claims == listed),
    ];
    checks.iter().find(|(_, same)| !same).map_or(Ok(()), |(what, _)| Err(fault(what)))
}

/// The issuer changes a passport's status; its owner of the time hands it over and ends it. An owner that the index does not know, because nobody
/// vouches for it, may have changed its key: of such a one the fold alone can judge.
fn authors_fit(dossier: &VerifiedDossier, issuer: &Actor, actors: &[Actor]) -> bool {
    let mut owner = dossier.issue.actor;
    dossier.status.iter().all(|s| match &s.body {
        Body::ChangeStatus(_) => issuer.has(&s.actor),
        body => {
            let fits = actors.iter().find(|a| a.has(&owner)).is_none_or(|a| a.has(&s.actor));
            if let Body::TransferOwnership(b) = body {
                owner = b.to;
            }
            fits
        }
    })
}

fn verify_leaf(leaf: &LeafProof, ledger: &str, tree: &Tree) -> Result<Statement, String> {
    tree.verify(leaf.leaf, &leaf.entry, &leaf.proof).map_err(|e| e.to_string())?;
    let statement = statement::verify(&leaf.entry).map_err(|e| e.to_string())?;
    if statement.ledger == ledger { Ok(statement) } else { Err("a statement in it is for another ledger".to_owned()) }
}

fn sha256(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}
