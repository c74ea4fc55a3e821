//! Verification, twice: what was collected is checked within itself, then against what others say. Each claim ends in one of five states.
//!
//! ```text
//! events --order, balance, place--> Findings (within)  \
//! events, claims, signatures, attestations, facts ------+-- against --> a Verdict for each claim and measurement: state and reasons
//! ```
//! *In:* events and claims as importers gave them, and an [`Others`] that its caller has filled with what was verified cryptographically
//! elsewhere: which agents signed which event, which attestations carry their certifier's valid proof. *Out:* [`Verified`].
//!
//! Nothing is upgraded without evidence. The states, as [`ClaimState`] orders them: *attested* needs an attestation in force, by a certifier in
//! standing, for this very criterion, covering this subject, actor or site, at this time; *confirmed* needs the counterparty's signature on the
//! event; whatever an event or another source disproves is *contradicted*; what was derived from a country alone is *inferred*; the rest is
//! *self-declared*.

mod against;
mod balance;
mod order;

use super::{Anchor, Attestation, Claim, ClaimCode, ClaimState, Event, EventId, MetricId};
use crate::measure::{Decimal, Millis, Unit};
pub use against::covers_event;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What others say, already verified as far as keys go.
#[derive(Debug, Clone, Default)]
pub struct Others {
    /// The time to judge by: events later than this are in the future.
    pub now: Millis,
    /// Per event the agents whose signatures on it are valid.
    pub signatures: BTreeMap<EventId, BTreeSet<String>>,
    /// Every attestation known.
    pub attestations: Vec<Attestation>,
    /// The ids of those attestations that carry a valid proof of a certifier in standing.
    pub proven: BTreeSet<String>,
    /// Who stands behind identifiers.
    pub anchors: Vec<Anchor>,
    /// What the log and other sources say of the same subjects.
    pub facts: Vec<Fact>,
    /// Per output (an item, or the start of one such as `(01)09520000000011`) how much of it one mass of inputs can give at most. Where nothing is
    /// said, the yield that the actor states; where it states none, 1.
    pub yields: BTreeMap<String, Decimal>,
}

/// What another source says of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// An item, agent or site.
    pub subject: String,
    /// A row of the claim table.
    pub code: ClaimCode,
    /// Who says so, for a person, e.g. "Open Food Facts".
    pub source: String,
}

/// Something wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// Later than now.
    #[error("it is dated {date}, which has not come yet")]
    Future {
        /// RFC 3339.
        date: String,
    },
    /// Told twice.
    #[error("it is told twice: event {first} says the same, or bears the same number")]
    Doubled {
        /// The first of the two.
        first: EventId,
    },
    /// Used before it was made.
    #[error("it uses {item} before that came into being")]
    OutOfOrder {
        /// What.
        item: String,
    },
    /// No event says where the goods came from.
    #[error("a link is missing: no event says how {item} came to {agent}")]
    Gap {
        /// What.
        item: String,
        /// Who used or passed it on.
        agent: String,
    },
    /// A thing that is made from itself.
    #[error("{item} would be made from itself")]
    Cycle {
        /// What.
        item: String,
    },
    /// More comes out than went in.
    #[error("{made} kg come out of {used} kg; at most {most} kg can")]
    MassBalance {
        /// In kilograms.
        used: Decimal,
        /// In kilograms.
        made: Decimal,
        /// In kilograms.
        most: Decimal,
    },
    /// More comes out than went in, which only its actor's own word on the yield allows.
    #[error("{made} kg come out of {used} kg by a yield of {stated}, which only its actor states")]
    OnlyStated {
        /// In kilograms.
        used: Decimal,
        /// In kilograms.
        made: Decimal,
        /// What the actor states.
        stated: Decimal,
    },
    /// More comes out than the industry gets, whatever its actor states.
    #[error("{made} kg come out of {used} kg: from {from} to {to} about {usual} kg are usual ({said_by})")]
    AboveUsual {
        /// In kilograms.
        used: Decimal,
        /// In kilograms.
        made: Decimal,
        /// What is usual of as much as went in, in kilograms.
        usual: Decimal,
        /// What goes in.
        from: &'static str,
        /// What comes out.
        to: &'static str,
        /// Who says what is usual.
        said_by: &'static str,
    },
    /// More is passed on or used than there was.
    #[error("{agent} passes on or uses {out} {unit} of {item} and had only {had}")]
    MoreThanHad {
        /// Who.
        agent: String,
        /// What.
        item: String,
        /// How much in all.
        out: Decimal,
        /// How much came in.
        had: Decimal,
        /// Of both.
        unit: Unit,
    },
    /// Less, or more, arrives than was sent.
    #[error("{got} {unit} of {item} arrived, but {sent} were sent")]
    HandOverDiffers {
        /// What.
        item: String,
        /// How much was sent.
        sent: Decimal,
        /// How much arrived.
        got: Decimal,
        /// Of both.
        unit: Unit,
    },
    /// No event can have so much.
    #[error("{quantity} is not plausible for {metric:?}")]
    Implausible {
        /// Of what.
        metric: MetricId,
        /// In the metric's unit.
        quantity: Decimal,
    },
    /// A quantity of goods below zero or beyond sense.
    #[error("{quantity} {unit} of {item} is not plausible")]
    Absurd {
        /// What.
        item: String,
        /// How much.
        quantity: Decimal,
        /// Of what.
        unit: Unit,
    },
    /// One place in two countries.
    #[error("the site {site} lies in {here} here and in {there} elsewhere")]
    PlaceMoves {
        /// Which.
        site: String,
        /// In this event.
        here: String,
        /// In an earlier one.
        there: String,
    },
    /// Nobody knows the certificate.
    #[error("the certificate {certificate} is not known")]
    CertificateUnknown {
        /// Its identifier.
        certificate: String,
    },
    /// Not in force at the event's time.
    #[error("the certificate {certificate} was not in force on {date}")]
    CertificatePeriod {
        /// Its identifier.
        certificate: String,
        /// The event's, RFC 3339.
        date: String,
    },
    /// Covers neither the goods nor the actor nor the site.
    #[error("the certificate {certificate} covers neither these goods nor who made them nor where")]
    CertificateScope {
        /// Its identifier.
        certificate: String,
    },
    /// The register's word on the actor was not in force.
    #[error("the register's entry of {agent} was not in force on {date}")]
    AnchorPeriod {
        /// Who.
        agent: String,
        /// The event's, RFC 3339.
        date: String,
    },
}

impl Fault {
    /// Whether it disproves what the event claims, rather than leave it unproven.
    #[must_use]
    pub const fn disproves(&self) -> bool {
        !matches!(
            self,
            Self::Gap { .. }
                | Self::OnlyStated { .. }
                | Self::AboveUsual { .. }
                | Self::CertificateUnknown { .. }
                | Self::CertificatePeriod { .. }
                | Self::CertificateScope { .. }
                | Self::AnchorPeriod { .. }
        )
    }
}

/// A fault, and the event it was found in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Which event.
    pub event: EventId,
    /// What is wrong with it.
    #[serde(flatten)]
    pub fault: Fault,
}

/// How a claim ended, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// One of the five.
    pub state: ClaimState,
    /// For a person, the deciding one first.
    pub reasons: Vec<String>,
}

/// A claim with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// What was claimed; for an event's measurement, made from it.
    pub claim: Claim,
    /// How it ended.
    pub verdict: Verdict,
}

/// What both verifications found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verified {
    /// By event; sorted.
    pub findings: Vec<Finding>,
    /// Every claim, then every measurement of every event, in their order.
    pub judged: Vec<Judged>,
}

impl Verified {
    /// The state of every measurement of every event; where an event has two of one metric, the weaker.
    #[must_use]
    pub fn measurement_states(&self) -> BTreeMap<(EventId, MetricId), ClaimState> {
        let mut states = BTreeMap::new();
        for judged in &self.judged {
            if let (Some(event), Some(measured)) = (judged.claim.event, &judged.claim.measured) {
                let state = states.entry((event, measured.metric)).or_insert(judged.verdict.state);
                *state = judged.verdict.state.max(*state);
            }
        }
        states
    }

    /// The verdict on a measurement of an event.
    #[must_use]
    pub fn of_measurement(&self, event: EventId, metric: MetricId) -> Option<&Verdict> {
        let of = |j: &&Judged| j.claim.event == Some(event) && j.claim.measured.as_ref().is_some_and(|m| m.metric == metric);
        self.judged.iter().find(of).map(|j| &j.verdict)
    }
}

/// Checks events within themselves and every claim against what others say. Takes the events in any order, and time that grows with their number
/// (times its logarithm).
#[must_use]
pub fn verify(events: &[Event], claims: &[Claim], others: &Others) -> Verified {
    let mut findings = BTreeSet::new();
    let mut say = |event: EventId, fault: Fault| {
        findings.insert(Finding { event, fault });
    };
    let mut by_time: Vec<&Event> = events.iter().collect();
    by_time.sort_by_key(|e| (e.time, e.id));
    order::check(&by_time, others.now, &mut say);
    balance::check(&by_time, &others.yields, &mut say);
    against::certificates(&by_time, others, &mut say);
    let findings: Vec<Finding> = findings.into_iter().collect();

    let mut faults = BTreeMap::<EventId, Vec<&Fault>>::new();
    for finding in &findings {
        faults.entry(finding.event).or_default().push(&finding.fault);
    }
    let by_id: BTreeMap<EventId, &Event> = events.iter().map(|e| (e.id, e)).collect();
    let subject = |e: &Event| e.outputs.first().or(e.inputs.first()).map(|lot| lot.item.clone()).unwrap_or_default();
    let measured = events.iter().flat_map(|e| e.measurements.iter().map(move |m| Claim::with_event(e, subject(e), None, Some(m.clone()))));
    let all: Vec<Claim> = claims.iter().cloned().chain(measured).collect();
    let judged = against::judge(all, &by_id, &faults, others);
    Verified { findings, judged }
}
