//! The one event that every importer gives and every check and calculation takes: what happened, when, where, who, to which goods.
//!
//! As JSON (in the answers of `import --json`, and as what [`EventId`] is the digest of):
//!
//! ```text
//! { "kind": "transformation", "time": 1787875200000, "offset": 120, "step": "commissioning", "source_id": "ni:///…",
//!   "place": { "id": "https://id.gs1.org/414/…", "name": "Cannery", "country": "IT" }, "actor": { "id": "…", "name": "…" },
//!   "inputs": [ { "item": "(01)09520000000004(10)F7", "quantity": ["1200", "KGM"] } ], "outputs": [ … ],
//!   "measurements": [ { "metric": "ghg-emissions", "quantity": "12.5", "unit": "KGM" } ], "paid": { "minor": 60000, "currency": "EUR" } }
//! ```
//! The names of kinds, actions and business steps are those of EPCIS 2.0 (ISO/IEC 19987) and of its Core Business Vocabulary.

use super::MetricId;
use crate::measure::{Decimal, Millis, Money, Unit};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 of the event's JCS without its id: the same event read from two files, or from two formats, has the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(#[serde(with = "hex::serde")] pub [u8; 32]);

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// What kind of happening (EPCIS 2.0, section 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Goods came into being, were seen or handed over, or ended.
    Object,
    /// Goods were packed into, or taken out of, something larger.
    Aggregation,
    /// Inputs were used up and outputs made.
    Transformation,
    /// Goods were tied to an order, an invoice or the like.
    Transaction,
    /// Goods were fixed to an asset or a place.
    Association,
}

/// What became of the goods (EPCIS 2.0, section 7.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Action {
    /// They came into being, or were put in.
    Add,
    /// They were there before and after.
    Observe,
    /// They ended, or were taken out.
    Delete,
}

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Agent {
    /// As the source identifies it: a `did:key`, a URI, a URN, or a supplier's own number.
    pub id: String,
    /// Name for a person, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Where it happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Site {
    /// As the source identifies it, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Name for a person, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// ISO 3166-1 alpha-2 code, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub country: String,
}

/// Some of one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lot {
    /// Which: a GS1 element string such as `(01)09520000000011(10)T1` where the source gives a GTIN, else the source's own identifier.
    pub item: String,
    /// How much; `None` where the source does not say (one item, if it has a serial number).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<(Decimal, Unit)>,
}

/// A measured value, in the metric's own unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Measured {
    /// Of what.
    pub metric: MetricId,
    /// How much of it, for the whole event (not per piece).
    pub quantity: Decimal,
    /// Always [`MetricId::unit`] once an importer has converted it.
    pub unit: Unit,
    /// The certificate or document it rests on, by its identifier, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
}

/// Something that happened to goods on their way from raw material to landfill.
///
/// An event that only sees goods ([`Event::observes`]) has the same lots in `inputs` and `outputs`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Event {
    /// See [`EventId`]; set by [`Event::seal`].
    #[serde(skip_serializing_if = "is_unset", default)]
    pub id: EventId,
    /// The source's own id for it, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_id: String,
    /// What kind.
    pub kind: EventKind,
    /// What became of the goods; a transformation has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// When.
    pub time: Millis,
    /// Minutes that local time was ahead of UTC, -840..=840.
    pub offset: i16,
    /// Business step, a bare word of the Core Business Vocabulary such as `shipping`, or a URI, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub step: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Site>,
    /// Who did it: held the goods while it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Agent>,
    /// Who handed the goods over, where they changed hands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Agent>,
    /// Who took them over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Agent>,
    /// What went in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Lot>,
    /// What came out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Lot>,
    /// Certificates that its claims and measurements rest on, by their identifiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<Measured>,
    /// What the actor paid for what went in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Money>,
    /// What the actor was paid for what came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Money>,
    /// The mass that the actor of a transformation says comes out of one mass of what went in, above 0 and at most [`Event::MOST_YIELD`]; more than 1
    /// where it adds what is no lot, such as water.
    #[serde(rename = "yield", default, skip_serializing_if = "Option::is_none")]
    pub stated_yield: Option<Decimal>,
    /// Which process of the table of usual yields a transformation is, e.g. `coffee-roasting`; empty where nobody said. A newer table may know one
    /// that this one does not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub process: String,
}

fn is_unset(id: &EventId) -> bool {
    *id == EventId::default()
}

/// Business steps at which goods come to whoever acts.
const ARRIVALS: [&str; 6] = ["accepting", "arriving", "receiving", "storing", "stocking", "unloading"];

impl Event {
    /// No process that lets a supplier count in kilograms gives more than this from one.
    pub const MOST_YIELD: Decimal = Decimal::from_nanos(100 * Decimal::NANOS);

    /// An event of which nothing is known but kind, action and time; not sealed yet.
    #[must_use]
    pub const fn at(kind: EventKind, action: Option<Action>, time: Millis) -> Self {
        Self {
            id: EventId([0; 32]),
            source_id: String::new(),
            kind,
            action,
            time,
            offset: 0,
            step: String::new(),
            place: None,
            actor: None,
            source: None,
            destination: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            certificates: Vec::new(),
            measurements: Vec::new(),
            paid: None,
            received: None,
            stated_yield: None,
            process: String::new(),
        }
    }

    /// Sets the id from everything else.
    #[must_use]
    pub fn seal(mut self) -> Self {
        self.id = EventId::default();
        // No member can fail to be written: no map has a key that is not text, and there are no floats.
        let jcs = serde_json_canonicalizer::to_vec(&self).unwrap_or_default();
        self.id = EventId(Sha256::digest(&jcs).into());
        self
    }

    /// Whether it only sees goods, and neither makes nor uses any up.
    #[must_use]
    pub fn observes(&self) -> bool {
        self.kind != EventKind::Transformation && (self.action == Some(Action::Observe) || self.kind == EventKind::Transaction)
    }

    /// Who acted, where the source does not say: whoever takes the goods over where they arrive, else whoever hands them over.
    #[must_use]
    pub fn settle_actor(mut self) -> Self {
        if self.actor.is_none() {
            let arrives = ARRIVALS.contains(&self.step.as_str());
            let (first, second) = if arrives { (&self.destination, &self.source) } else { (&self.source, &self.destination) };
            self.actor = first.clone().or_else(|| second.clone());
        }
        self
    }

    /// Whether a stated yield can be.
    #[must_use]
    pub fn is_yield(stated: Decimal) -> bool {
        stated > Decimal::ZERO && stated <= Self::MOST_YIELD
    }

    /// Whether goods changed hands: from whom, to whom.
    #[must_use]
    pub fn hand_over(&self) -> Option<(&Agent, &Agent)> {
        let (from, to) = (self.source.as_ref()?, self.destination.as_ref()?);
        (from.id != to.id).then_some((from, to))
    }

    /// The party on the other side of a hand-over than the actor: whoever took the goods over, else whoever gave them. Where nobody knows who acted,
    /// nobody knows who is the other: a party's own signature confirms nothing of its own.
    #[must_use]
    pub fn counterparty(&self) -> Option<&Agent> {
        let actor = self.actor.as_ref()?;
        [self.destination.as_ref(), self.source.as_ref()].into_iter().flatten().find(|agent| agent.id != actor.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Event {
        let agent = |id: &str| Some(Agent { id: id.to_owned(), name: String::new() });
        let lot = Lot { item: "(01)09520000000011(10)T1".to_owned(), quantity: Some((Decimal::parse("12.5").unwrap(), Unit::KILOGRAM)) };
        Event {
            step: "shipping".to_owned(),
            actor: agent("farm"),
            source: agent("farm"),
            destination: agent("cannery"),
            inputs: vec![lot.clone()],
            outputs: vec![lot],
            ..Event::at(EventKind::Object, Some(Action::Observe), Millis(1_787_875_200_000))
        }
        .seal()
    }

    #[test]
    fn an_event_reads_back_from_json_and_its_id_depends_on_everything_else() {
        let event = shipped();
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        assert_eq!(event.clone().seal().id, event.id);
        let mut later = event.clone();
        later.time.0 += 1;
        assert_ne!(later.seal().id, event.id);
        let mut more = event.clone();
        more.outputs[0].quantity = Some((Decimal::parse("12.500000001").unwrap(), Unit::KILOGRAM));
        assert_ne!(more.seal().id, event.id);
    }

    #[test]
    fn a_hand_over_has_two_parties() {
        let mut event = shipped();
        assert_eq!(event.hand_over().map(|(from, to)| (from.id.as_str(), to.id.as_str())), Some(("farm", "cannery")));
        assert_eq!(event.counterparty().map(|a| a.id.as_str()), Some("cannery"));
        event.actor.clone_from(&event.destination);
        assert_eq!(event.counterparty().map(|a| a.id.as_str()), Some("farm"));
        event.actor = None;
        assert_eq!(event.counterparty(), None, "it may be the one who acted");
        let actor = |step: &str| Event { step: step.to_owned(), ..event.clone() }.settle_actor().actor.unwrap().id;
        assert_eq!([actor("shipping"), actor("receiving")], ["farm", "cannery"]);
        event.actor = Some(Agent { id: "carrier".to_owned(), name: String::new() });
        assert_eq!(event.counterparty().map(|a| a.id.as_str()), Some("cannery"), "a carrier's word is confirmed by whoever took the goods over");
        event.destination.clone_from(&event.source);
        assert_eq!(event.hand_over(), None);
    }
}
