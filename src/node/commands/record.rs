//! `ecosphere-node import --data`: puts a supplier's events on a ledger as steps of a product's way, each signed by who acted.
//!
//! How an event becomes a step is [`steps`]'; a hand-over is written as an offer, which `ecosphere-node confirm` signs for the receiver. What the
//! verification disproves is not recorded, and then nothing is.

use super::signer;
use crate::{
    node::{
        NodeError,
        cli::{ImportArgs, Outcome},
        folder::replace,
        sequencer::{Sequencer, now},
    },
    organisation::{
        certify,
        steps::{self, StepError, Way},
    },
    passport::Gtin,
    provenance::{Collected, Evidence, check::Verified},
    statement::PassportStatus,
};
use std::path::Path;

/// Records what was read, if nothing in it is disproven and none of it was dropped. `said` is what the import found, to be told along.
///
/// # Errors
/// There is no such passport, the events are several actors', a file cannot be used, or the ledger refuses a step.
pub(super) fn record(
    (args, data): (&ImportArgs, &Path),
    all: &Collected,
    evidence: &[Evidence],
    dropped: u64,
    verified: &Verified,
    mut said: Outcome,
) -> Result<Outcome, NodeError> {
    let usage = |why: &str| NodeError::Usage(why.to_owned());
    let disproven = verified.findings.iter().filter(|f| f.fault.disproves()).count();
    if disproven > 0 || dropped > 0 {
        said.text.push_str("\nNothing was recorded: correct what was dropped and what is disproven, then import the file again.");
        said.json["recorded"] = 0.into();
        said.yes = false;
        return Ok(said);
    }
    let subject = args.passport.as_deref().ok_or_else(|| usage("say whose way these events are with --passport <GTIN|SUBJECT>"))?;
    let events = steps::of_actor(&all.events, args.actor.as_deref()).map_err(|why| match why {
        StepError::Actors(names) => {
            NodeError::Usage(format!("these events are of several actors, and each signs its own: choose with --actor, one of {names}"))
        }
        StepError::None => NodeError::Unfit("the file has no event of this actor"),
        other => usage(&other.to_string()),
    })?;

    let mut ledger = Sequencer::open(data, 0)?;
    let key = signer::key(&args.signer, ledger.config().sample)?;
    let origin = ledger.config().origin.clone();
    let gtin = Gtin::parse(subject.trim()).ok().map(|g| format!("(01){}", g.digits14()));
    let state = ledger.ledger().state();
    let is = |id: &str| id == subject || gtin.as_deref().is_some_and(|gtin| id.starts_with(gtin));
    let found = state.passports().iter().rfind(|p| p.status == PassportStatus::Valid && is(&p.subject));
    let found = found.ok_or_else(|| NodeError::Usage(format!("no passport in force on this ledger is for {subject}; issue it first")))?;
    let (product, passport) = (found.subject.clone(), found.digest);
    let step = found.stages().last().map_or(1, |s| s.step.saturating_add(1));
    let receiver = args.receiver.map(|did| (did, state.actor(&did).map_or_else(|| did.to_string(), |a| a.name.to_owned())));
    let way = Way { origin: &origin, key: &key, time: now(), product: &product, passport, receiver, evidence };
    let (mut recorded, mut offered) = (0, None);
    let made = way.steps(&events, step).map_err(|why| usage(&why.to_string()))?;
    if made.iter().any(|step| step.offered) && args.offer.is_none() {
        return Err(usage("say where to keep what the receiver has to confirm: --offer <file>"));
    }
    for made in made {
        if let Some(path) = args.offer.as_deref().filter(|_| made.offered) {
            replace(path, &made.offer()?)?;
            offered = Some((made.number, path.display().to_string()));
        } else {
            ledger.take(made.statement, vec![made.document])?;
            recorded += 1;
        }
    }
    ledger.close()?;
    said.text.push_str(&format!("\n{recorded} steps of {product} recorded, signed with {}.", key.did()));
    if let Some((step, path)) = &offered {
        said.text.push_str(&format!("\nStep {step} hands the goods over: its receiver confirms {path}, and it is recorded then."));
    }
    said.json["recorded"] = recorded.into();
    said.json["offer"] = offered.map(|(_, path)| path).into();
    // A missing link is another supplier's to tell; it was said above.
    said.yes = true;
    Ok(said)
}

/// A signed conformity credential, or an array of them.
pub(super) fn read_evidence(file: &Path) -> Result<Vec<Evidence>, NodeError> {
    let text = std::fs::read(file).map_err(NodeError::file(file))?;
    certify::read(&text).map_err(|why| NodeError::Usage(format!("{}: {why}", file.display())))
}
