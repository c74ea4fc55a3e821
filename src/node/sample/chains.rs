//! The two chains from farm to shelf: each actor signs its step, and both sides sign when goods change hands.

use super::{Sources, cast::key, scribe::Scribe};
use crate::{
    node::NodeError,
    provenance::{ChainEntry, ClaimState, Party, StageDocument, StepEntry},
    statement::{Body, StageEvent},
};

/// Issues the chains' passports and records their steps.
pub(super) fn issue(scribe: &mut Scribe, sources: &Sources) -> Result<(), NodeError> {
    for chain in &sources.chains.chains {
        let certifier = Party { key: key(&chain.certifier).did(), name: scribe.name(&chain.certifier) };
        let record = chain.record(certifier);
        // A certifier's signature stands for the attested claims, and for nothing else.
        let attested = chain.claims.iter().any(|c| c.state == ClaimState::Attested);
        let passport = scribe.issue(&record, &chain.issuer, attested.then_some(chain.certifier.as_str()), None)?;
        for (step, entry) in (1_u16..).zip(&chain.steps) {
            let digest = scribe.lay(&document(scribe, chain, step, entry).to_json())?;
            let receiver = entry.receiver.as_deref();
            let event = StageEvent { passport: passport.digest, step, digest, receiver: receiver.map(|r| key(r).did()) };
            scribe.state(Body::RecordStage(event), &entry.actor, receiver)?;
        }
    }
    Ok(())
}

fn document(scribe: &Scribe, chain: &ChainEntry, step: u16, entry: &StepEntry) -> StageDocument {
    StageDocument {
        product: chain.product.clone(),
        step,
        title: entry.title.clone(),
        actor: scribe.name(&entry.actor),
        place: entry.place.clone(),
        country: entry.country.clone(),
        date: entry.date.clone(),
        quantity: entry.quantity,
        unit: entry.unit.clone(),
        receiver: entry.receiver.as_deref().map(|r| scribe.name(r)),
        taken: entry.taken,
        paid: entry.paid,
        received: entry.received,
        measured: entry.measured.clone(),
        event: None,
        evidence: Vec::new(),
    }
}
