//! Everything behind a subject: its way, its label, and what each rests on, down to the signed statement and its place in the log.
//!
//! It is put together when it is asked for, from the dossier as this device verifies it anew; nothing of it is kept.

use super::{
    catalogue::Part,
    dossier::{self, Opened, Step},
    service::{Engine, Fault},
    store::Slot,
    wire::{Answer, ClaimRow, EngineError, LedgerTree, Proof, ReadingRow, Signed, StageStory, Story},
};
use crate::{
    label::{FactorTable, ProductLabel, Stage, Terms},
    log::leaf_hash,
    measure::{Decimal, Millis, Unit},
    pack::LeafProof,
    passport,
    provenance::{ClaimState, JourneyStage, Measured, StageDocument, country_name},
    statement::{Body, Digest, Statement, SubjectKind},
};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

impl Engine {
    /// The story of a subject.
    pub(super) fn story(&self, number: u32) -> Result<Answer, Fault> {
        let slot = Slot::of(number).0;
        let gone = || EngineError::BadInput("this snapshot has no such passport; scan the code again".into());
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let part = c.part_of(number).ok_or_else(gone)?;
        let ledger = store.ledger(slot)?;
        let ledger = ledger.borrow();
        let kind = c.kind(number).ok_or_else(gone)?;
        let detail = ledger.subject(Slot::of(number).1).map_err(|e| e.in_ledger(slot))?.ok_or_else(gone)?;
        let row = c.row(number, detail).ok_or_else(gone)?;
        let defs = |(at, state): &(u16, _)| Some(ClaimRow { text: part.defs.get(usize::from(*at))?.text.clone(), state: *state });
        let mut story = Story {
            number,
            name: row.name,
            fictional: row.fictional,
            proof: Proof::Checked,
            label: None,
            no_label: String::new(),
            stages: Vec::new(),
            gaps: Vec::new(),
            ended: None,
            claims: row.claims.iter().filter_map(defs).collect(),
            issuer: c.issuer(number).map(|a| a.name.clone()).unwrap_or_default(),
            certifier: String::new(),
            passport: None,
            ledger: None,
        };
        story.claims.sort_by_key(|claim| claim.state);
        match dossier::open(&c, &ledger, number).map_err(|e| e.in_ledger(slot))? {
            Ok(opened) => tell(&mut story, kind, part, &opened),
            Err(proof) => {
                story.proof = proof;
                story.no_label = "This phone holds no signed steps of it to compute a label from.".to_owned();
            }
        }
        Ok(Answer::Story(Box::new(story)))
    }
}

/// What the verified dossier says.
fn tell(story: &mut Story, kind: SubjectKind, part: &Part, opened: &Opened) {
    let Opened { manifest, dossier, verified } = opened;
    if let Body::IssuePassport(issued) = &verified.issue.body {
        story.passport = Some(signed(part, &verified.issue, &dossier.statement, &issued.digest));
    }
    story.certifier =
        verified.record.certifier.as_ref().map(|c| dossier::name_of(part, &c.key).unwrap_or_else(|| c.name.clone())).unwrap_or_default();
    story.ended = verified.ended().map(|how| passport::end_sentence(how).to_owned());
    story.ledger = Some(LedgerTree {
        origin: manifest.ledger.clone(),
        size: manifest.log_size,
        root: hex::encode(manifest.log_root),
        batch: manifest.batch,
        time: manifest.time_ms,
        checkpoint: part.held.tree_size,
    });
    let steps = dossier::steps(verified);
    let Ok(table) = FactorTable::builtin() else { return };
    let made = dossier::made(part, kind, &steps, &table);
    match &made {
        Ok(Some(made)) => {
            story.label = Some(made.label.clone());
            story.gaps = gaps(made, &steps);
        }
        Ok(None) if steps.is_empty() => story.no_label = "No step of its way is signed, so there is nothing to compute a label from.".to_owned(),
        Ok(None) => story.no_label = "No step says what was paid or received, so there is no price to hold good and harm against.".to_owned(),
        Err(why) => story.no_label = format!("Its steps do not give a label: {why}."),
    }
    let made = made.ok().flatten();
    let mut before = None;
    for (n, step) in steps.iter().enumerate() {
        let Some(leaf) = dossier.stages.get(step.at) else { continue };
        story.stages.extend(stage(part, step, &leaf.statement, before, Way { made: made.as_ref(), n, table: &table }));
        before = Some(step);
    }
}

/// Where a step stands on the way.
#[derive(Clone, Copy)]
struct Way<'w> {
    made: Option<&'w ProductLabel>,
    n: usize,
    table: &'w FactorTable,
}

impl<'w> Way<'w> {
    /// The step's part in the journey, and what the label values of it.
    fn stage(self) -> Option<(&'w ProductLabel, usize, &'w JourneyStage, &'w Stage)> {
        let made = self.made?;
        let at = made.journey.stages.iter().position(|s| s.event == self.n)?;
        Some((made, at, made.journey.stages.get(at)?, made.stages.get(at)?))
    }
}

fn stage(part: &Part, step: &Step<'_>, leaf: &LeafProof, before: Option<&Step<'_>>, way: Way<'_>) -> Option<StageStory> {
    let Step { statement, event, document, .. } = step;
    let row = dossier::stage_row(part, statement, document)?;
    let on_way = way.stage();
    let time = |document: &StageDocument| Millis::parse_rfc3339(&format!("{}T00:00:00Z", document.date)).ok();
    let days = before.and_then(|b| Some((time(document)?.0 - time(b.document)?.0) / DAY)).and_then(|days| u32::try_from(days).ok());
    let unit_of = |document: &StageDocument| Unit::from_code(&document.unit).ok();
    let goods = |quantity: u64, unit: Option<Unit>| unit.filter(|_| quantity > 0).map_or_else(String::new, |u| amount(Decimal::from(quantity), u));
    Some(StageStory {
        kind: on_way.map(|(.., journey, _)| journey.kind),
        country: document.country.clone(),
        country_name: country_name(&document.country).unwrap_or(&document.country).to_owned(),
        days,
        took: before.map_or_else(String::new, |b| goods(if document.taken > 0 { document.taken } else { b.document.quantity }, unit_of(b.document))),
        gave: goods(document.quantity, unit_of(document)),
        receiver: event.receiver.as_ref().and_then(|key| dossier::name_of(part, key)).or_else(|| document.receiver.clone()),
        paid: document.paid,
        received: document.received,
        readings: document.measured.iter().enumerate().map(|(n, measured)| reading(measured, n, row.confirmed_by.as_deref(), way)).collect(),
        value: on_way.and_then(|(made, at, ..)| made.label.stages.get(at).copied()),
        signed: signed(part, statement, leaf, &event.digest),
        row,
    })
}

fn reading(measured: &Measured, n: usize, confirmed_by: Option<&str>, way: Way<'_>) -> ReadingRow {
    let unproven = if confirmed_by.is_some() { ClaimState::Confirmed } else { ClaimState::SelfDeclared };
    let valued = way.stage().and_then(|(made, _, _, stage)| Some((made, stage.year, stage.readings.get(n)?)));
    let worth = valued.and_then(|(made, year, reading)| {
        reading.worth(year, &Terms { table: way.table, currency: made.label.currency, price_year: made.price_year }).ok().flatten()
    });
    ReadingRow {
        name: measured.metric.info().name.to_owned(),
        amount: amount(measured.quantity, measured.unit),
        own: valued.map_or_else(String::new, |(.., reading)| amount(reading.quantity, reading.unit)),
        state: valued.map_or(unproven, |(.., reading)| reading.state),
        worth: worth.map(|w| w.value),
        source: worth.map_or_else(String::new, |w| w.factor.source.clone()),
    }
}

/// What is not known, and what does not add up.
fn gaps(made: &ProductLabel, steps: &[Step<'_>]) -> Vec<String> {
    let at = |event: usize| steps.get(event).map_or("a step", |step| step.document.title.as_str());
    let origins =
        made.journey.origins.iter().map(|(event, _)| format!("Where the goods taken at \u{201c}{}\u{201d} come from is not known.", at(*event)));
    let doubts = made.journey.doubts.iter().map(|(event, _)| format!("\u{201c}{}\u{201d} takes more than there was.", at(*event)));
    origins.chain(doubts).collect()
}

fn signed(part: &Part, statement: &Statement, leaf: &LeafProof, document: &Digest) -> Signed {
    Signed {
        by: statement.signers.iter().map(|key| (dossier::name_of(part, key).unwrap_or_default(), key.to_string())).collect(),
        leaf: leaf.leaf,
        leaf_hash: hex::encode(leaf_hash(&leaf.entry)),
        statement: hex::encode(statement.id),
        document: hex::encode(document),
        siblings: leaf.proof.iter().map(hex::encode).collect(),
    }
}

/// A quantity for a person: at most three places (more only for what would vanish), thin spaces between thousands, the unit's symbol.
fn amount(quantity: Decimal, unit: Unit) -> String {
    let three = quantity.rounded(3);
    let shown = if three == Decimal::ZERO { quantity.rounded(6) } else { three }.to_string();
    let (whole, rest) = shown.split_at(shown.find('.').unwrap_or(shown.len()));
    let mut text = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    format!("{text}{rest}\u{a0}{}", unit.symbol())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_for_people() {
        let said = |text: &str, unit| amount(Decimal::parse(text).unwrap(), unit);
        assert_eq!(said("4200", Unit::KILOGRAM), "4\u{202f}200\u{a0}kg");
        assert_eq!(said("0.752688172", Unit::KILOGRAM), "0.753\u{a0}kg");
        assert_eq!(said("0.000358423", Unit::KILOGRAM), "0.000358\u{a0}kg");
        assert_eq!(said("999", Unit::PIECE), "999\u{a0}pcs");
    }
}
