//! What this device itself verifies of a subject it shows: its dossier against the log, and against the row the ledger published.

use super::{
    catalogue::{Catalogue, Part},
    store::{LedgerFile, Slot, StoreError},
    wire::{Proof, StageRow},
};
use crate::{
    label::{FactorTable, Label, ProductLabel, ProductLabelError, SignedStage, subject_label},
    pack::{Dossier, Manifest, Tree, VerifiedDossier, verify_dossier_entry, verify_subject_row},
    provenance::{Private, StageDocument},
    statement::{Body, DidKey, End, Role, StageEvent, Statement, SubjectKind},
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
    /// Who owns the passport, by name; empty unless that was verified.
    pub(super) holder: String,
    /// How many private attributes it has.
    pub(super) private: u32,
}

impl Verified {
    const fn none(proof: Proof) -> Self {
        Self { proof, stages: Vec::new(), ended: None, label: None, holder: String::new(), private: 0 }
    }
}

/// A subject's dossier in which everything holds.
pub(super) struct Opened {
    pub(super) manifest: Manifest,
    pub(super) dossier: Dossier,
    pub(super) verified: VerifiedDossier,
}

/// Verifies the dossier of a subject, whose ledger's file this is.
///
/// # Errors
/// The store fails. A dossier that does not verify is no error: it is [`Proof::Failed`].
pub(super) fn verify(c: &Catalogue, store: &LedgerFile, number: u32) -> Result<Verified, StoreError> {
    let Some(part) = c.part_of(number) else { return Ok(Verified::none(Proof::AsPublished)) };
    Ok(open(c, store, number)?.map_or_else(Verified::none, |opened| told(part, opened)))
}

/// The dossier of a subject if everything in it holds, else what that comes to.
///
/// # Errors
/// The store fails.
pub(super) fn open(c: &Catalogue, store: &LedgerFile, number: u32) -> Result<Result<Opened, Proof>, StoreError> {
    const NONE: Result<Opened, Proof> = Err(Proof::AsPublished);
    let passport = Slot::of(number).1;
    let Some(part) = c.part_of(number) else { return Ok(NONE) };
    let (Some(manifest), Some(row)) = (store.manifest()?, store.subject(passport)?) else { return Ok(NONE) };
    // It was verified when it was applied, but a database can be damaged like any file.
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else { return Ok(NONE) };
    let Some(dossier) = store.dossier(passport)?.filter(|d| d.number == passport) else { return Ok(NONE) };
    let row = c.row(number, row);
    let tree = Tree::open(&store.tree()?, manifest.log_size, &manifest.log_root).ok();
    let verified = row.zip(tree).and_then(|(row, tree)| {
        let verified = verify_dossier_entry(&dossier, &manifest.ledger, &tree).ok()?;
        verify_subject_row(&row, dossier.number, &part.actors, &part.defs, &verified).ok()?;
        Some(verified)
    });
    Ok(verified.map(|verified| Opened { manifest, dossier, verified }).ok_or(Proof::Failed))
}

/// What it says.
fn told(part: &Part, Opened { dossier, verified, .. }: Opened) -> Verified {
    let owner = verified.owner();
    // A person is nobody's.
    let holder = if verified.record.kind == SubjectKind::Person { String::new() } else { name_of(part, &owner).unwrap_or_else(|| owner.to_string()) };
    // It was read a moment ago, when it was verified.
    let private = serde_json::from_slice(&dossier.body).map_or(0, |credential| Private::of(&credential).digests.len());
    let ended = verified.ended();
    let table = FactorTable::builtin().ok();
    let label = table.and_then(|table| made(part, verified.record.kind, &steps(&verified), &table).ok().flatten()).map(|made| made.label);
    let mut stages: Vec<StageRow> = verified.stages.iter().filter_map(|(statement, document)| stage_row(part, statement, document)).collect();
    stages.sort_by_key(|r| r.step);
    Verified { proof: Proof::Checked, stages, ended, label, holder, private: u32::try_from(private).unwrap_or(u32::MAX) }
}

/// The name that a ledger knows a key by.
pub(super) fn name_of(part: &Part, key: &DidKey) -> Option<String> {
    part.actors.iter().find(|a| a.has(key)).map(|a| a.name.clone())
}

/// A step as a row; `None` for a statement that records none.
pub(super) fn stage_row(part: &Part, statement: &Statement, document: &StageDocument) -> Option<StageRow> {
    let Body::RecordStage(event) = &statement.body else { return None };
    let other = event.receiver.as_ref().filter(|key| statement.signers.contains(key));
    Some(StageRow {
        step: event.step,
        title: document.title.clone(),
        // The name that the ledger knows the key by, not what the document says of itself.
        actor: name_of(part, &statement.actor).unwrap_or_else(|| document.actor.clone()),
        place: document.place.clone(),
        date: document.date.clone(),
        confirmed_by: other.and_then(|key| name_of(part, key).or_else(|| document.receiver.clone())),
    })
}

/// A step of a product's way as it stands in the dossier.
pub(super) struct Step<'d> {
    /// Its position in the dossier.
    pub(super) at: usize,
    pub(super) statement: &'d Statement,
    pub(super) event: &'d StageEvent,
    pub(super) document: &'d StageDocument,
}

/// A product's steps, first to last.
pub(super) fn steps(verified: &VerifiedDossier) -> Vec<Step<'_>> {
    let mut steps = Vec::with_capacity(verified.stages.len());
    for (at, (statement, document)) in verified.stages.iter().enumerate() {
        if let Body::RecordStage(event) = &statement.body {
            steps.push(Step { at, statement, event, document });
        }
    }
    steps.sort_by_key(|s| s.document.step);
    steps
}

/// A subject's label from its steps; `None` where there are none, or no money is known.
///
/// # Errors
/// Its way cannot be followed or valued.
pub(super) fn made(part: &Part, kind: SubjectKind, steps: &[Step<'_>], table: &FactorTable) -> Result<Option<ProductLabel>, ProductLabelError> {
    if steps.is_empty() {
        return Ok(None);
    }
    let confirmed = |step: &Step<'_>| step.event.receiver.as_ref().is_some_and(|key| step.statement.signers.contains(key));
    let signed = steps.iter().map(|step| SignedStage { digest: step.event.digest, document: step.document, confirmed: confirmed(step) });
    let certified = |key: &DidKey| part.actors.iter().any(|a| a.standing.contains(&Role::Certifier) && a.has(key));
    subject_label(kind, &signed.collect::<Vec<_>>(), table, &certified)
}
