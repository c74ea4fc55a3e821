//! The second verification: certificates at the event's time, and for each claim the evidence of others.

use super::{Fault, Judged, Others, Verdict};
use crate::{
    measure::{Decimal, Millis},
    provenance::{Attestation, Claim, ClaimState, Event, EventId, claim_def},
};
use std::collections::BTreeMap;

/// The certificates that events refer to, and the register's entries of their actors, at the events' time.
pub(super) fn certificates(events: &[&Event], others: &Others, say: &mut impl FnMut(EventId, Fault)) {
    for event in events {
        let named = event.certificates.iter().chain(event.measurements.iter().map(|m| &m.evidence).filter(|e| !e.is_empty()));
        for certificate in named {
            let known: Vec<&Attestation> = others.attestations.iter().filter(|a| a.ids.contains(certificate)).collect();
            let certificate = certificate.clone();
            if known.is_empty() {
                say(event.id, Fault::CertificateUnknown { certificate });
            } else if !known.iter().any(|a| in_force(a.from, a.until, event.time)) {
                say(event.id, Fault::CertificatePeriod { certificate, date: event.time.to_rfc3339() });
            } else if !known.iter().any(|a| covers_event(a, event)) {
                say(event.id, Fault::CertificateScope { certificate });
            }
        }
        let Some(actor) = &event.actor else { continue };
        let mut entries = others.anchors.iter().filter(|a| a.did == actor.id).peekable();
        if entries.peek().is_some() && !entries.any(|a| in_force(a.from, a.until, event.time)) {
            say(event.id, Fault::AnchorPeriod { agent: actor.id.clone(), date: event.time.to_rfc3339() });
        }
    }
}

fn in_force(from: Millis, until: Option<Millis>, at: Millis) -> bool {
    from <= at && until.is_none_or(|until| at <= until)
}

/// An item in the scope covers its lots and serial numbers too.
fn covers(attestation: &Attestation, subject: &str) -> bool {
    let is = |scope: &String| scope == subject || subject.strip_prefix(scope.as_str()).is_some_and(|rest| rest.starts_with('('));
    !subject.is_empty() && attestation.scope.iter().any(is)
}

/// Whether an attestation covers the goods, the actor or the site of an event.
#[must_use]
pub fn covers_event(attestation: &Attestation, event: &Event) -> bool {
    let lots = event.outputs.iter().chain(&event.inputs).map(|lot| lot.item.as_str());
    let actor = event.actor.iter().map(|a| a.id.as_str());
    let site = event.place.iter().map(|p| p.id.as_str());
    lots.chain(actor).chain(site).any(|subject| covers(attestation, subject))
}

/// The claim's very criterion: its code, one of its criteria, or for a number without criteria its conformity topic.
fn is_about(attestation: &Attestation, claim: &Claim) -> bool {
    match &claim.code {
        Some(code) => attestation.codes.contains(code),
        None if !claim.criteria.is_empty() => claim.criteria.iter().any(|c| attestation.criteria.contains(c)),
        None => claim.topics.iter().any(|t| attestation.topics.contains(t)),
    }
}

/// The value that was examined, if it is another than the one claimed.
fn other_value(attestation: &Attestation, claim: &Claim) -> Option<Decimal> {
    let claimed = claim.measured.as_ref()?;
    let mut examined = attestation.measured.iter().filter(|(metric, _)| *metric == claimed.metric).map(|(_, quantity)| *quantity).peekable();
    let first = *examined.peek()?;
    (!examined.any(|quantity| quantity == claimed.quantity)).then_some(first)
}

pub(super) fn judge(claims: Vec<Claim>, events: &BTreeMap<EventId, &Event>, faults: &BTreeMap<EventId, Vec<&Fault>>, others: &Others) -> Vec<Judged> {
    let mut said = BTreeMap::<&str, Vec<(&str, &str)>>::new();
    for fact in &others.facts {
        said.entry(&fact.subject).or_default().push((&fact.code, &fact.source));
    }
    let verdicts: Vec<Verdict> = claims
        .iter()
        .map(|claim| {
            let event = claim.event.and_then(|id| events.get(&id).copied());
            let found = claim.event.and_then(|id| faults.get(&id)).map_or(&[][..], Vec::as_slice);
            let facts = said.get(claim.subject.as_str()).map_or(&[][..], Vec::as_slice);
            one(claim, event, found, facts, others)
        })
        .collect();
    claims.into_iter().zip(verdicts).map(|(claim, verdict)| Judged { claim, verdict }).collect()
}

fn one(claim: &Claim, event: Option<&Event>, faults: &[&Fault], facts: &[(&str, &str)], others: &Others) -> Verdict {
    let mut against: Vec<String> = faults.iter().filter(|f| f.disproves() && concerns(f, claim)).map(ToString::to_string).collect();
    against.extend(contradicting(claim, facts));
    let mut missing: Vec<String> = faults.iter().filter(|f| !f.disproves()).map(ToString::to_string).collect();
    let mut attested = None;
    for attestation in candidates(claim, others) {
        let name = attestation.ids.first().map_or("", String::as_str);
        let issuer = if attestation.issuer.name.is_empty() { &attestation.issuer.id } else { &attestation.issuer.name };
        let proven = attestation.ids.iter().any(|id| others.proven.contains(id));
        let scope = [claim.subject.as_str(), claim.place.as_str(), claim.by.as_ref().map_or("", |a| a.id.as_str())];
        if !is_about(attestation, claim) {
            missing.push(format!("{name} speaks to another criterion"));
        } else if !scope.iter().any(|subject| covers(attestation, subject)) {
            missing.push(format!("{name} covers another subject"));
        } else if !in_force(attestation.from, attestation.until, claim.at) {
            missing.push(format!("{name} was not in force on {}", claim.at.to_rfc3339()));
        } else if !proven {
            missing.push(format!("{name} carries no valid proof of a certifier in standing"));
        } else if let Some(other) = other_value(attestation, claim).filter(|_| attestation.conforms) {
            let why = format!("{issuer} attests {other} and not this value ({name})");
            // Of these very goods both cannot be true; of a site or a year, the certificate just does not say so much.
            let very = attestation.scope.contains(&claim.subject);
            if very { &mut against } else { &mut missing }.push(why);
        } else if attestation.conforms {
            attested = Some(format!("{issuer} attests it ({name})"));
        } else {
            against.push(format!("{issuer} examined it and found that it does not conform ({name})"));
        }
    }
    let confirmed = event.and_then(|e| {
        let party = e.counterparty()?;
        let signed = others.signatures.get(&e.id).is_some_and(|signers| signers.contains(&party.id));
        if !signed && e.hand_over().is_some() {
            missing.push(format!("{} has not signed the hand-over", party.id));
        }
        signed.then(|| format!("{} signed it too", if party.name.is_empty() { &party.id } else { &party.name }))
    });
    let (state, first) = if !against.is_empty() {
        (ClaimState::Contradicted, against)
    } else if let Some(why) = attested {
        (ClaimState::Attested, vec![why])
    } else if let Some(why) = confirmed {
        (ClaimState::Confirmed, vec![why])
    } else if claim.inferred {
        (ClaimState::Inferred, vec!["derived from the country's risk, as a prior".to_owned()])
    } else {
        (ClaimState::SelfDeclared, vec!["only its own source says so".to_owned()])
    };
    missing.sort();
    missing.dedup();
    Verdict { state, reasons: first.into_iter().chain(missing).collect() }
}

/// A fault of one measurement does not disprove another.
fn concerns(fault: &Fault, claim: &Claim) -> bool {
    match fault {
        Fault::Implausible { metric, quantity } => claim.measured.as_ref().is_some_and(|m| m.metric == *metric && m.quantity == *quantity),
        _ => true,
    }
}

/// The attestations that the claim names, else every one that covers its subject and is about it.
fn candidates<'a>(claim: &Claim, others: &'a Others) -> Vec<&'a Attestation> {
    let named: Vec<&Attestation> = others.attestations.iter().filter(|a| a.ids.iter().any(|id| claim.evidence.contains(id))).collect();
    // An assessment of a certificate for another criterion says nothing as long as one of the same certificate is about the claim.
    let about: Vec<&Attestation> = named.iter().copied().filter(|a| is_about(a, claim)).collect();
    match () {
        () if !about.is_empty() => about,
        () if !named.is_empty() => named,
        () => others.attestations.iter().filter(|a| is_about(a, claim) && covers(a, &claim.subject)).collect(),
    }
}

/// Facts of others that deny a hard line which the claim asserts, or assert one that it denies.
fn contradicting<'a>(claim: &'a Claim, facts: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = String> + 'a {
    let lines = claim.code.as_ref().and_then(|code| claim_def(code)).map_or(&[][..], |def| def.lines.as_slice());
    facts.iter().filter_map(move |(code, source)| {
        let others = claim_def(code)?;
        let clash = others.lines.iter().any(|(line, kept)| lines.iter().any(|(own, own_kept)| own == line && own_kept != kept));
        clash.then(|| format!("{source} says otherwise: {}", others.text))
    })
}
