//! The passports of a ledger, from its newest pack: what is on it, and the credentials themselves.
//!
//! *In:* the sample inside this program, or a place where a ledger is published. *Out:* the index's rows, and bodies by passport number. Nothing is
//! verified beyond digests: whoever is handed a credential checks it for themselves, and `ecosphere-node log verify` audits a whole ledger.

use super::{NodeError, audit::Place};
use crate::{
    log::{bundle_path, read_bundle},
    pack::{Dossier, Index, Manifest, SubjectRow, decode_dossiers, sample_files},
    passport::{DigitalLink, Gtin, SubjectForm},
    statement::{self, Body, PassportStatus, json},
};
use std::collections::BTreeMap;

/// The passports of a ledger.
pub struct Passports {
    /// What the pack says of each.
    pub index: Index,
    dossiers: BTreeMap<u32, Dossier>,
}

impl Passports {
    /// Those of the sample ledger inside this program.
    ///
    /// # Errors
    /// The program was built with a damaged sample.
    pub fn sample() -> Result<Self, NodeError> {
        let files: BTreeMap<&str, &[u8]> = sample_files().iter().copied().collect();
        Self::read(|path| Ok(files.get(path).map(|bytes| bytes.to_vec())))
    }

    /// Those of a published ledger: a node's data folder, a folder of published files, or an address.
    ///
    /// # Errors
    /// There is none, or nothing was published yet.
    pub fn at(place: &str) -> Result<Self, NodeError> {
        let place = Place::open(place)?;
        Self::read(|path| place.read(path))
    }

    fn read(file: impl Fn(&str) -> Result<Option<Vec<u8>>, NodeError>) -> Result<Self, NodeError> {
        let need = |path: &str| file(path)?.ok_or_else(|| NodeError::Data(format!("{path} is missing")));
        let note = String::from_utf8(need("checkpoint")?).map_err(|_| NodeError::Data("its checkpoint is not text".to_owned()))?;
        let mut lines = note.lines();
        let (origin, size) = (lines.next().unwrap_or_default(), lines.next().and_then(|size| size.parse::<u64>().ok()).unwrap_or_default());
        let last = size.checked_sub(1).ok_or_else(|| NodeError::Data("its checkpoint names no size".to_owned()))?;
        let newest = read_bundle(&need(&bundle_path(size, last))?)?.pop().unwrap_or_default();
        let Body::BatchClose(close) = statement::verify(&newest)?.body else {
            return Err(NodeError::Data("its last leaf is not a BatchClose".to_owned()));
        };
        let Some(digest) = &close.manifest else {
            return Err(NodeError::Usage("this ledger has published no pack yet; issue a passport first".to_owned()));
        };
        let manifest = Manifest::open(&need(&format!("pack/{digest}"))?, origin, &close, last)?;
        let index = manifest.open_index(&|path| file(path).ok().flatten())?;
        let mut dossiers = BTreeMap::new();
        for bucket in manifest.dossiers() {
            dossiers.extend(decode_dossiers(&bucket.open(&need(&bucket.path())?)?)?.into_iter().map(|d| (d.number, d)));
        }
        Ok(Self { index, dossiers })
    }

    /// All of them by number.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &SubjectRow)> {
        (0..).zip(&self.index.subjects)
    }

    /// The passport that speaks for a subject: a barcode number names its own passport before a steward's record, one in force before one that
    /// is not, then the newest.
    ///
    /// # Errors
    /// Nothing on this ledger is called that.
    pub fn find(&self, name: &str) -> Result<(u32, &SubjectRow), NodeError> {
        let gtin = Gtin::parse(name.trim()).ok();
        let named = |row: &SubjectRow| match gtin {
            Some(gtin) => gtin_of(row) == Some(gtin),
            None => row.id == name,
        };
        let rank = |(number, row): &(u32, &SubjectRow)| (row.form == SubjectForm::Own, row.status == PassportStatus::Valid, *number);
        let found = self.rows().filter(|(_, row)| named(row)).max_by_key(rank);
        found.ok_or_else(|| NodeError::Usage(format!("no passport on this ledger is for {name}; see: ecosphere-node passport list")))
    }

    /// The body of a passport: the canonical text of its signed credential.
    ///
    /// # Errors
    /// The pack has no such passport.
    pub fn body(&self, number: u32) -> Result<&[u8], NodeError> {
        Ok(&self.dossier(number)?.body)
    }

    /// Everything the ledger holds about a passport.
    ///
    /// # Errors
    /// The pack has no such passport.
    pub fn dossier(&self, number: u32) -> Result<&Dossier, NodeError> {
        self.dossiers.get(&number).ok_or_else(|| NodeError::Data(format!("passport {number} has no dossier")))
    }

    /// All of them.
    pub fn dossiers(&self) -> impl Iterator<Item = &Dossier> {
        self.dossiers.values()
    }

    /// The same, read.
    ///
    /// # Errors
    /// As [`Self::body`].
    pub fn credential(&self, number: u32) -> Result<serde_json::Value, NodeError> {
        Ok(json::parse(self.body(number)?).map_err(statement::StatementError::from)?)
    }
}

/// The product number in a row's subject, if it is a product's.
#[must_use]
pub fn gtin_of(row: &SubjectRow) -> Option<Gtin> {
    DigitalLink::parse_element_string(&row.id).ok()?.gtin()
}
