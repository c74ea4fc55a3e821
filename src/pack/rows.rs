//! Rows of the index, from what the bodies of passports say.
//!
//! Bodies are read twice, one at a time, and what they say is never all in memory: of a million products that would be gigabytes. First for the tables
//! that rows refer to; then for the rows, a file of them at a time.

use super::{
    PackError, ROWS_A_FILE, Source, SubjectForm, SubjectRow,
    build::{missing, newest},
    tables::{Actors, Categories, CategoriesSeen, Claims},
};
use crate::{
    provenance::Record,
    state::{Passport, State},
    statement::{self, DidKey, Role, SubjectKind, json},
};
use std::collections::BTreeMap;

/// What rows are made with.
pub(super) struct Rows<'a> {
    source: &'a Source<'a>,
    pub(super) actors: Actors,
    pub(super) categories: Categories,
    pub(super) claims: Claims,
    /// The newest passports of organisations.
    organisations: BTreeMap<&'a str, u32>,
    /// By passport number: its body can be believed and read.
    believed: Vec<bool>,
}

impl<'a> Rows<'a> {
    /// Reads all bodies for the tables.
    ///
    /// # Errors
    /// A body is missing, or there is more of something than the format can hold.
    pub(super) fn of(source: &'a Source<'a>) -> Result<Self, PackError> {
        let state = source.state;
        let (mut categories, mut claims) = (CategoriesSeen::default(), Claims::default());
        let mut believed = Vec::with_capacity(state.passports().len());
        for passport in state.passports().iter() {
            let record = verified(state, passport, &body(source, passport)?);
            believed.push(record.is_some());
            if let Some(record) = record {
                categories.see(&record)?;
                claims.see(&record)?;
            }
        }
        let organisations = newest(state.passports().iter().filter(|p| p.kind == SubjectKind::Organisation));
        Ok(Self { source, actors: Actors::of(state)?, categories: categories.finish(), claims, organisations, believed })
    }

    /// The rows of each file in order, as they are in the world's index.
    pub(super) fn files(&self) -> impl Iterator<Item = Result<Vec<SubjectRow>, PackError>> {
        let all = self.believed.len();
        (0..all).step_by(ROWS_A_FILE).map(move |from| {
            let numbers = from..all.min(from + ROWS_A_FILE);
            numbers
                .filter_map(|at| Some((self.source.state.passports().get(at)?, *self.believed.get(at)?)))
                .map(|(p, believed)| self.row(p, believed))
                .collect()
        })
    }

    fn row(&self, p: &Passport, believed: bool) -> Result<SubjectRow, PackError> {
        let record = if believed { again(self.source.state, p, &body(self.source, p)?) } else { None };
        let issuer = self.actors.position(&p.issuer).ok_or_else(|| missing("issuer", p.issuer.to_string()))?;
        let mut digest = [0; 16];
        digest.copy_from_slice(&p.digest[..16]);
        let (category, claims) = record.as_ref().map(|r| (self.categories.most_specific(r), self.claims.rows_of(r))).unwrap_or_default();
        let mut row = SubjectRow {
            kind: p.kind,
            id: p.subject.to_string(),
            digest,
            issuer,
            form: SubjectForm::Own,
            status: p.status,
            successor: p.successor(),
            valid_until: p.valid_until(),
            name: p.subject.to_string(),
            brand: String::new(),
            owner: None,
            category,
            quantity: String::new(),
            claims,
            fictional: false,
        };
        if let Some(said) = record {
            let owner = said.owner.and_then(|id| self.organisations.get(id.as_str()).copied());
            row.owner = owner.filter(|o| *o != p.number);
            (row.form, row.name, row.brand, row.quantity, row.fictional) = (said.form, said.name, said.brand, said.quantity, said.fictional);
        }
        Ok(row)
    }
}

fn body(source: &Source<'_>, passport: &Passport) -> Result<Vec<u8>, PackError> {
    (source.body)(&passport.digest).ok_or_else(|| missing("passport body", hex::encode(passport.digest)))
}

/// What a body says. One that is there but cannot be believed or read gives `None`: its row then carries only what the log itself says, and no claims.
fn verified(state: &State, passport: &Passport, body: &[u8]) -> Option<Record> {
    let credential = json::parse(body).ok()?;
    let signers = statement::verify_proofs(&credential).ok()?;
    if !signers.contains(&passport.signer()) {
        return None;
    }
    let mut record = Record::from_credential(&credential).ok()?;
    if record.kind != passport.kind || passport.subject != record.id {
        return None;
    }
    // A certifier's signature counts if the key was its own when the passport was logged.
    let certifies = |key: &DidKey| state.signer_at(key, passport.leaf).is_some_and(|actor| state.in_standing(&actor, Role::Certifier));
    let certifiers: Vec<DidKey> = signers.into_iter().filter(certifies).collect();
    record.demote_unsigned(&certifiers);
    Some(record)
}

/// What a body says that was verified before: only a certifier's signature has to be looked at again.
fn again(state: &State, passport: &Passport, body: &[u8]) -> Option<Record> {
    let mut record = Record::from_credential(&json::parse(body).ok()?).ok()?;
    if record.certifier.is_some() {
        return verified(state, passport, body);
    }
    record.demote_unsigned(&[]);
    Some(record)
}
