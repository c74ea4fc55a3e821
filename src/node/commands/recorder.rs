//! Records that an importer gives, as passports on a ledger: signed on all cores, and taken many at a time in one durable transaction.

use super::signer;
use crate::{
    node::{
        NodeError,
        cli::SignerArgs,
        issuing::Issuer,
        sequencer::{Sequencer, now},
    },
    provenance::Record,
    statement::SigningKey,
};
use std::{collections::BTreeSet, path::Path};

/// So many are taken together: an interrupted import loses at most these.
const ROUND: usize = 1_000;

/// Issues a passport for every subject that its signer has not recorded yet.
pub(super) struct Recorder {
    ledger: Sequencer,
    key: SigningKey,
    name: String,
    known: BTreeSet<String>,
    waiting: Vec<(Record, [u8; 16])>,
    new: u64,
    had: u64,
}

impl Recorder {
    pub fn open(data: &Path, signer: &SignerArgs) -> Result<Self, NodeError> {
        let ledger = Sequencer::open(data, 0)?;
        let key = signer::key(signer, ledger.config().sample)?;
        let name = signer::name_of(&ledger, &key)?;
        let did = key.did();
        let known = ledger.ledger().state().passports().iter().filter(|p| p.issuer == did).map(|p| p.subject.to_string()).collect();
        Ok(Self { ledger, key, name, known, waiting: Vec::with_capacity(ROUND), new: 0, had: 0 })
    }

    pub fn add(&mut self, record: Record) -> Result<(), NodeError> {
        if self.known.contains(&record.id) {
            self.had += 1;
            return Ok(());
        }
        self.waiting.push((record, signer::nonce()?));
        if self.waiting.len() < ROUND { Ok(()) } else { self.take() }
    }

    fn take(&mut self) -> Result<(), NodeError> {
        let origin = self.ledger.config().origin.clone();
        let issuer = Issuer { origin: &origin, key: &self.key, name: &self.name, time: now(), valid_until: None };
        let made = issuer.make_all(&self.waiting)?;
        self.waiting.clear();
        for answer in self.ledger.take_all(made.into_iter().map(|(checked, _)| checked).collect())? {
            answer?;
            self.new += 1;
        }
        Ok(())
    }

    /// How many were new, and how many had one.
    pub fn finish(mut self) -> Result<(u64, u64), NodeError> {
        self.take()?;
        self.ledger.close()?;
        Ok((self.new, self.had))
    }
}
