//! What a ledger says of a supplier's events: who signed them, which certificates stand, what others recorded of the same goods. It fills the
//! [`Others`] by which the second verification judges.
//!
//! *In:* a published ledger's passports, and credentials that came with the events. *Out:* signatures, attestations and facts, each only where its
//! signature was checked here, and only of actors in standing on that ledger. The ledger itself is taken as it is published; `ecosphere-node log
//! verify` audits it.
//!
//! An event is signed by an agent if a step of a passport on the ledger was made of that very event ([`StageDocument::event`]; its id is a digest of
//! all it says), a key signed the step as its actor or receiver, and that key is the agent's: the agent is named by that `did:key`, or by the name
//! under which the key's actor is in standing. A certificate is proven if its issuer is the `did:key` that signed it, and that key's actor stands as a
//! certifier; the claims that a certifier attested in a passport on the ledger count as certificates too. Facts are the claims of passports in force.

use super::{NodeError, passports::Passports};
use crate::{
    measure::Millis,
    pack::{Actor, Index, SubjectRow},
    provenance::{Agent, Attestation, Claim, ClaimState, Event, Evidence, Record, StageDocument, check::Fact, check::Others},
    statement::{self, Body, DidKey, PassportStatus, Role, StatementError, json},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Adds to `others` what the ledger says of events and of what is claimed with them. `evidence` are certifiers' signed words that came along.
///
/// # Errors
/// A statement or document of the ledger does not hold.
pub fn corroborate(passports: &Passports, evidence: &[Evidence], claims: &[Claim], others: &mut Others) -> Result<(), NodeError> {
    let index = &passports.index;
    signatures(passports, others)?;
    let standing = evidence.iter().filter(|e| certifier(index, &e.certifier).is_some());
    let mut trusted: Vec<Attestation> = standing.flat_map(|e| e.attestations.iter().cloned()).collect();
    for (number, row) in passports.rows().filter(|(_, row)| row.status == PassportStatus::Valid && !row.id.is_empty()) {
        let mut subjects: Vec<&str> = claims.iter().map(|c| c.subject.as_str()).filter(|subject| is_of(subject, &row.id)).collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() {
            continue;
        }
        let attested = codes(index, row, |state| state == ClaimState::Attested);
        if !attested.is_empty() {
            trusted.extend(attestation(passports, number, row, attested)?);
        }
        let issuer = index.head.actors.get(usize::from(row.issuer)).map_or("", |a| a.name.as_str());
        for code in codes(index, row, |state| state != ClaimState::Contradicted) {
            let fact = |subject: &&str| Fact { subject: (*subject).to_owned(), code: code.clone(), source: format!("{issuer} (passport {number})") };
            others.facts.extend(subjects.iter().map(fact));
        }
    }
    // What nobody in standing signed could bear the identifiers of what somebody did: it is not heard beside it.
    let proven: BTreeSet<String> = trusted.iter().flat_map(|a| a.ids.iter().cloned()).collect();
    others.attestations.retain(|a| !a.ids.iter().any(|id| proven.contains(id)));
    others.attestations.extend(trusted);
    others.proven.extend(proven);
    Ok(())
}

fn signatures(passports: &Passports, others: &mut Others) -> Result<(), NodeError> {
    for stage in passports.dossiers().flat_map(|dossier| &dossier.stages) {
        let document = StageDocument::from_json(&json::parse(&stage.document).map_err(StatementError::from)?)?;
        let Some(event) = document.event.map(|event| event.seal()) else { continue };
        let statement = statement::verify(&stage.statement.entry)?;
        let Body::RecordStage(step) = &statement.body else { continue };
        if step.digest != <[u8; 32]>::from(Sha256::digest(&stage.document)) {
            return Err(NodeError::Data(format!("step {} of a passport is not the one that was signed", step.step)));
        }
        let receiver = step.receiver.filter(|key| statement.signers.contains(key));
        let parties = [(Some(statement.actor), &event.actor), (receiver, &event.destination)];
        for (key, agent) in parties {
            let (Some(key), Some(agent)) = (key, agent) else { continue };
            if passports.index.head.actors.iter().any(|actor| actor.has(&key) && is_named(actor, agent)) {
                others.signatures.entry(event.id).or_default().insert(agent.id.clone());
            }
        }
    }
    Ok(())
}

/// Whether an agent is this actor: by key, or by the name under which somebody vouches for it.
fn is_named(actor: &Actor, agent: &Agent) -> bool {
    let by_key = DidKey::try_from(agent.id.clone()).is_ok_and(|key| actor.has(&key));
    by_key || (!actor.standing.is_empty() && (agent.name == actor.name || agent.id == actor.name))
}

/// The claims that a certifier attested in a passport, as its certificate.
fn attestation(passports: &Passports, number: u32, row: &SubjectRow, codes: Vec<String>) -> Result<Option<Attestation>, NodeError> {
    let credential = passports.credential(number)?;
    let signers = statement::verify_proofs(&credential)?;
    let own = Record::from_credential(&credential)?.certifier.filter(|c| signers.contains(&c.key));
    let Some(actor) = own.and_then(|c| certifier(&passports.index, &c.key)) else { return Ok(None) };
    let id = credential.get("id").and_then(Value::as_str).map_or_else(|| format!("passport {number} of this ledger"), str::to_owned);
    let from = credential.get("validFrom").and_then(Value::as_str).and_then(|t| Millis::parse_rfc3339(t).ok()).unwrap_or_default();
    Ok(Some(Attestation {
        ids: vec![id],
        issuer: Agent { id: actor.key.to_string(), name: actor.name.clone() },
        scope: vec![row.id.clone()],
        topics: Vec::new(),
        criteria: Vec::new(),
        codes,
        from,
        until: row.valid_until,
        conforms: true,
        measured: Vec::new(),
    }))
}

fn certifier<'i>(index: &'i Index, key: &DidKey) -> Option<&'i Actor> {
    index.head.actors.iter().find(|a| a.has(key) && a.standing.contains(&Role::Certifier))
}

/// A passport of a product type or lot speaks of its lots and items too.
fn is_of(subject: &str, id: &str) -> bool {
    subject.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
}

fn codes(index: &Index, row: &SubjectRow, wanted: impl Fn(ClaimState) -> bool) -> Vec<String> {
    let found = row.claims.iter().filter(|(_, state)| wanted(*state));
    found.filter_map(|(at, _)| Some(index.head.claims.get(usize::from(*at))?.code.clone())).collect()
}

/// Every claim of some events and beside them, by what it is about.
#[must_use]
pub fn claims_of(events: &[Event], claims: &[Claim]) -> Vec<Claim> {
    let goods = |e: &Event| e.outputs.first().or(e.inputs.first()).map(|lot| lot.item.clone()).unwrap_or_default();
    let measured = events.iter().filter(|e| !e.measurements.is_empty()).map(|e| Claim::with_event(e, goods(e), None, None));
    claims.iter().cloned().chain(measured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_is_of_its_product_and_a_longer_number_is_not() {
        assert!(is_of("(01)09520000000011(10)T1", "(01)09520000000011"));
        assert!(is_of("(01)09520000000011", "(01)09520000000011"));
        assert!(!is_of("(01)09520000000011(10)T1", "(01)0952000000001"));
        assert!(!is_of("(01)09520000000011", "(01)09520000000011(10)T1"));
    }

    #[test]
    fn a_name_counts_only_of_an_actor_in_standing() {
        let key = statement::SigningKey::from_seed(&[1; 32]).did();
        let actor = |standing: Vec<Role>| Actor { key, name: "Podere".to_owned(), standing, fictional: true, keys: Vec::new() };
        let agent = |id: &str, name: &str| Agent { id: id.to_owned(), name: name.to_owned() };
        assert!(is_named(&actor(vec![Role::Supplier]), &agent("https://a.example", "Podere")));
        assert!(!is_named(&actor(Vec::new()), &agent("https://a.example", "Podere")), "anybody can call itself so");
        assert!(is_named(&actor(Vec::new()), &agent(&key.to_string(), "")));
        assert!(!is_named(&actor(vec![Role::Supplier]), &agent("https://a.example", "")));
    }
}
