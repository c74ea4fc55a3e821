//! What this device itself verifies of a subject it shows: its dossier against the log, and against the row the ledger published.

use super::{
    catalogue::{Catalogue, Part},
    store::{LedgerFile, Slot, StoreError},
    wire::{Proof, StageRow},
};
use crate::{
    label::{FactorTable, Label, SignedStage, product_label},
    pack::{Dossier, Manifest, SubjectRow, Tree, VerifiedDossier, verify_dossier_entry, verify_subject_row},
    statement::{Body, DidKey, End, SubjectKind},
};

/// What came of a subject's dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) proof: Proof,
    /// The steps of its way; empty unless they were verified.
    pub(super) stages: Vec<StageRow>,
    /// How the product's life ended, if that was verified.
    pub(super) ended: Option<End>,
    /// Its S/E label, made here from the verified stages.
    pub(super) label: Option<Label>,
}

impl Verified {
    const fn none(proof: Proof) -> Self {
        Self { proof, stages: Vec::new(), ended: None, label: None }
    }
}

/// Verifies the dossier of a subject, whose ledger's file this is.
///
/// # Errors
/// The store fails. A dossier that does not verify is no error: it is [`Proof::Failed`].
pub(super) fn verify(c: &Catalogue, store: &LedgerFile, number: u32) -> Result<Verified, StoreError> {
    let passport = Slot::of(number).1;
    let Some(part) = c.part_of(number) else { return Ok(Verified::none(Proof::AsPublished)) };
    let (Some(manifest), Some(row)) = (store.manifest()?, store.subject(passport)?) else { return Ok(Verified::none(Proof::AsPublished)) };
    // It was verified when it was applied, but a database can be damaged like any file.
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else { return Ok(Verified::none(Proof::AsPublished)) };
    let Some(dossier) = store.dossier(passport)?.filter(|d| d.number == passport) else { return Ok(Verified::none(Proof::AsPublished)) };
    let row = c.row(number, row);
    let tree = Tree::open(&store.tree()?, manifest.log_size, &manifest.log_root).ok();
    Ok(row.zip(tree).and_then(|(row, tree)| checked(part, &manifest.ledger, &tree, &dossier, &row)).unwrap_or_else(|| Verified::none(Proof::Failed)))
}

/// What it says, once everything holds; `None` when something does not.
fn checked(part: &Part, ledger: &str, tree: &Tree, dossier: &Dossier, row: &SubjectRow) -> Option<Verified> {
    let verified = verify_dossier_entry(dossier, ledger, tree).ok()?;
    verify_subject_row(row, dossier.number, &part.actors, &part.defs, &verified).ok()?;
    let ended = verified.ended();
    let label = label_of(&verified);
    let known = |key: &DidKey| part.actors.iter().find(|a| a.has(key)).map(|a| a.name.clone());
    let mut rows: Vec<StageRow> = verified
        .stages
        .into_iter()
        .filter_map(|(statement, document)| {
            let Body::RecordStage(event) = statement.body else { return None };
            Some(StageRow {
                step: event.step,
                title: document.title,
                // The name that the ledger knows the key by, not what the document says of itself.
                actor: known(&statement.actor).unwrap_or(document.actor),
                place: document.place,
                date: document.date,
                confirmed_by: event.receiver.filter(|key| statement.signers.contains(key)).and_then(|key| known(&key).or(document.receiver)),
            })
        })
        .collect();
    rows.sort_by_key(|r| r.step);
    Some(Verified { proof: Proof::Checked, stages: rows, ended, label })
}

/// A product's label from its verified stages. A way that cannot be followed or valued has none; what is known of it is shown all the same.
fn label_of(verified: &VerifiedDossier) -> Option<Label> {
    if verified.record.kind != SubjectKind::Product || verified.stages.is_empty() {
        return None;
    }
    let mut stages = Vec::new();
    for (statement, document) in &verified.stages {
        let Body::RecordStage(event) = &statement.body else { continue };
        let confirmed = event.receiver.as_ref().is_some_and(|key| statement.signers.contains(key));
        stages.push(SignedStage { digest: event.digest, document, confirmed });
    }
    stages.sort_by_key(|s| s.document.step);
    product_label(&stages, &FactorTable::builtin().ok()?).ok()?.map(|(.., label)| label)
}
