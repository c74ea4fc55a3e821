//! What importers of events hand on, one thing at a time: nothing a source says is lost, and nothing is kept longer than its reader wants.

use super::{Agent, ClaimCode, Event, EventId, Measured, MetricId, Note, Record};
use crate::measure::{Decimal, Millis};
use serde::Serialize;

/// One thing found in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Something happened.
    Event(Event),
    /// Something is claimed.
    Claim(Claim),
    /// Somebody examined something and says so.
    Attestation(Attestation),
    /// A register says who stands behind an identifier.
    Anchor(Anchor),
    /// A subject's facts.
    Record(Box<Record>),
    /// The source takes back what it said of the event with this source id.
    Retraction(String),
    /// A row, event or document that gave nothing.
    Dropped(Note),
    /// A row that gave something, in which something had to be left out or read otherwise.
    Noted(Note),
}

/// Something that is claimed of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The claim's own identifier, or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Of what or whom: an item as in [`super::Lot`], or an agent's or site's identifier.
    pub subject: String,
    /// A row of the claim table, e.g. `label:organic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ClaimCode>,
    /// What was measured, where it is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// UNTP conformity topics it speaks to, by their bare codes.
    pub topics: Vec<String>,
    /// The criteria it refers to, by their identifiers.
    pub criteria: Vec<String>,
    /// The event it was stated with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Agent>,
    /// Where it holds (a site's identifier), or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// When it held.
    pub at: Millis,
    /// Attestations or certificates it refers to, by their identifiers.
    pub evidence: Vec<String>,
    /// Only derived from how things usually are in a country.
    pub inferred: bool,
}

/// What a certifier attests (UNTP Digital Conformity Credential 0.7, or a row of a supplier's table).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attestation {
    /// Its identifiers: the credential's, the attestation's, the certificate's address.
    pub ids: Vec<String>,
    /// Who attests.
    pub issuer: Agent,
    /// Parties, sites and items it covers, by their identifiers.
    pub scope: Vec<String>,
    /// What was examined: UNTP conformity topics (bare codes) and criteria (identifiers).
    pub topics: Vec<String>,
    /// See `topics`.
    pub criteria: Vec<String>,
    /// Rows of the claim table it names.
    pub codes: Vec<ClaimCode>,
    /// From when it holds.
    pub from: Millis,
    /// Until when; `None` = without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// Whether what was examined conforms.
    pub conforms: bool,
    /// The values that were examined, each in its metric's unit: a claim about another value of such a metric is not covered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<(MetricId, Decimal)>,
}

/// Who stands behind an identifier (UNTP Digital Identity Anchor 0.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Anchor {
    /// The identifier, a DID.
    pub did: String,
    /// The registered name and number.
    pub name: String,
    /// See `name`.
    pub number: String,
    /// Who keeps the register.
    pub registrar: Agent,
    /// From when it holds.
    pub from: Millis,
    /// Until when; `None` = without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

/// Everything found in a source, for sources that fit in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// In the source's order; retracted ones are gone.
    pub events: Vec<Event>,
    /// See [`Found::Claim`].
    pub claims: Vec<Claim>,
    /// See [`Found::Attestation`].
    pub attestations: Vec<Attestation>,
    /// See [`Found::Anchor`].
    pub anchors: Vec<Anchor>,
    /// See [`Found::Record`].
    pub records: Vec<Record>,
    /// See [`Found::Dropped`].
    pub dropped: Vec<Note>,
    /// See [`Found::Noted`].
    pub notes: Vec<Note>,
}

impl Collected {
    /// Takes one thing in.
    pub fn take(&mut self, found: Found) {
        match found {
            Found::Event(event) => self.events.push(event),
            Found::Claim(claim) => self.claims.push(claim),
            Found::Attestation(attestation) => self.attestations.push(attestation),
            Found::Anchor(anchor) => self.anchors.push(anchor),
            Found::Record(record) => self.records.push(*record),
            Found::Retraction(id) => {
                let gone: Vec<EventId> = self.events.iter().filter(|e| e.source_id == id).map(|e| e.id).collect();
                self.events.retain(|e| e.source_id != id);
                self.claims.retain(|c| c.event.is_none_or(|event| !gone.contains(&event)));
            }
            Found::Dropped(note) => self.dropped.push(note),
            Found::Noted(note) => self.notes.push(note),
        }
    }
}
