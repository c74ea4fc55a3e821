//! A stage document: one step of a product's way from farm to shelf, as an EPCIS 2.0 JSON document with one `ObjectEvent`.
//!
//! ```text
//! { "@context": [".../epcis-context.jsonld", {"ecosphere": "https://ecosphere.example/terms#"}], "type": "EPCISDocument", "schemaVersion": "2.0",
//!   "creationDate": "2026-08-20T00:00:00Z", "epcisBody": { "eventList": [ { "type": "ObjectEvent", "action": "OBSERVE",
//!     "eventTime": "2026-08-20T00:00:00Z", "eventTimeZoneOffset": "+00:00", "epcList": ["https://id.gs1.org/01/…"],
//!     "ecosphere:stage": { "step": 1, "title": …, "actor": …, "place": …, "country": …, "quantity": 1200, "unit": "KGM", "receiver": …,
//!       "taken": 1250, "paid": { "minor": 90000, "currency": "EUR" }, "received": { … }, "measured": [ { "metric": "ghg-emissions", "quantity": "310.5", "unit": "KGM" } ] } } ] } }
//! ```
//! Actors give a day; EPCIS wants an instant: midnight UTC stands for the day.
//!
//! A step that was read from a supplier's file keeps the whole event ([`Event`]) and the certifiers' signed words on it; everything else follows:
//!
//! ```text
//! "eventTime": the event's own instant,
//! "ecosphere:told": { "step": 2, "title": "shipping", "receiver": …, "event": { … }, "evidence": [ signed DigitalConformityCredential, … ] }
//! ```

use super::{
    Action, Agent, Event, EventId, EventKind, Evidence, Lot, Measured, RecordError,
    gs1_uri::{element_string, uri},
};
use crate::measure::{Decimal, Millis, Money, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const EPCIS_CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// The longest text in a stage document, in bytes.
const MAX_TEXT: usize = 300;
/// The largest quantity: what JCS carries exactly.
const MAX_QUANTITY: u64 = (1 << 53) - 1;
/// The most measurements of one stage.
const MAX_MEASURED: usize = 64;
/// The most lots that go into, or come out of, an event that was told, and the most certificates it names.
const MAX_LOTS: usize = 64;
/// The longest name of a process.
const MAX_PROCESS: usize = 60;
/// The most certifiers' words on one event.
pub const MAX_EVIDENCE: usize = 8;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage {
    step: u16,
    title: String,
    actor: String,
    place: String,
    country: String,
    quantity: u64,
    unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receiver: Option<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    taken: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paid: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received: Option<Money>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    measured: Vec<Measured>,
}

/// A step that was read from a supplier's file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    step: u16,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receiver: Option<String>,
    event: Event,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Value>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// One step of a product's way. Its digest is in a `RecordStage` statement that the actor (and the receiver) sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageDocument {
    /// The product it belongs to, a GS1 element string; for what another subject reports, its id.
    pub product: String,
    /// Position along the way, 1 = first.
    pub step: u16,
    /// What happened, e.g. "Grown and picked".
    pub title: String,
    /// Who did it, by name.
    pub actor: String,
    /// Where, for a person.
    pub place: String,
    /// ISO 3166-1 alpha-2 code, e.g. `IT`.
    pub country: String,
    /// RFC 3339 date, e.g. `2026-08-20`.
    pub date: String,
    /// How much, in `unit`; 0 = not stated.
    pub quantity: u64,
    /// UN/ECE Recommendation 20 code: `KGM` kilograms, `H87` pieces, `MTK` square metres.
    pub unit: String,
    /// Who took the goods over, by name.
    pub receiver: Option<String>,
    /// How much of what the step before put out was taken, in that step's unit; 0 = all of it.
    pub taken: u64,
    /// What the actor paid for what it took, in all.
    pub paid: Option<Money>,
    /// What the actor was paid for `quantity`, in all; on a shelf, what it asks.
    pub received: Option<Money>,
    /// What was measured, for `quantity`.
    pub measured: Vec<Measured>,
    /// The event that a supplier's file told; everything above but product, step, title and receiver follows from it.
    pub event: Option<Box<Event>>,
    /// What certifiers signed of it.
    pub evidence: Vec<Evidence>,
}

impl StageDocument {
    /// The step that an imported event is. The day is the event's in UTC; a quantity that is not whole is shown rounded, and kept exactly in the event.
    #[must_use]
    pub fn of_event(product: &str, (step, title): (u16, &str), receiver: Option<String>, event: Event, evidence: Vec<Evidence>) -> Self {
        let shown = |name: &str, id: &str| {
            let name = if name.is_empty() { id } else { name };
            let text: String = name.chars().take(MAX_TEXT / 4).collect();
            if text.trim().is_empty() { "not said".to_owned() } else { text }
        };
        let (quantity, unit) = event.outputs.first().and_then(|lot| lot.quantity).unwrap_or((Decimal::ZERO, Unit::PIECE));
        let whole = quantity.scaled(1, Decimal::NANOS).map_or(0, |q| u64::try_from(q.nanos()).unwrap_or(0));
        Self {
            product: product.to_owned(),
            step,
            title: title.to_owned(),
            actor: event.actor.as_ref().map_or_else(|| shown("", ""), |a| shown(&a.name, &a.id)),
            place: event.place.as_ref().map_or_else(|| shown("", ""), |p| shown(&p.name, &p.id)),
            country: event.place.as_ref().map(|p| p.country.clone()).unwrap_or_default(),
            date: event.time.to_rfc3339().chars().take(10).collect(),
            quantity: whole.min(MAX_QUANTITY),
            unit: unit.code().to_owned(),
            receiver,
            taken: 0,
            paid: event.paid,
            received: event.received,
            measured: event.measurements.clone(),
            event: Some(Box::new(event)),
            evidence,
        }
    }

    /// As an EPCIS 2.0 document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        if let Some(event) = &self.event {
            let told = Told {
                step: self.step,
                title: self.title.clone(),
                receiver: self.receiver.clone(),
                event: (**event).clone(),
                evidence: self.evidence.iter().map(|e| e.credential.clone()).collect(),
            };
            return self.document(&event.time.to_rfc3339(), "ecosphere:told", serde_json::to_value(&told).unwrap_or_default());
        }
        let midnight = format!("{}T00:00:00Z", self.date);
        let stage = Stage {
            step: self.step,
            title: self.title.clone(),
            actor: self.actor.clone(),
            place: self.place.clone(),
            country: self.country.clone(),
            quantity: self.quantity,
            unit: self.unit.clone(),
            receiver: self.receiver.clone(),
            taken: self.taken,
            paid: self.paid,
            received: self.received,
            measured: self.measured.clone(),
        };
        self.document(&midnight, "ecosphere:stage", serde_json::to_value(&stage).unwrap_or_default())
    }

    fn document(&self, time: &str, member: &str, said: Value) -> Value {
        json!({
            "@context": [EPCIS_CONTEXT, {"ecosphere": "https://ecosphere.example/terms#"}],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": time,
            "epcisBody": {"eventList": [{
                "type": "ObjectEvent",
                "action": "OBSERVE",
                "eventTime": time,
                "eventTimeZoneOffset": "+00:00",
                "epcList": [uri(&self.product).unwrap_or_else(|| self.product.clone())],
                member: said,
            }]},
        })
    }

    /// Reads back what [`StageDocument::to_json`] wrote.
    ///
    /// # Errors
    /// The first member that is missing or wrong.
    pub fn from_json(document: &Value) -> Result<Self, RecordError> {
        let wrong = |member, why: &str| RecordError::Shape { member, why: why.to_owned() };
        let events = document.pointer("/epcisBody/eventList").and_then(Value::as_array);
        let [event] = events.map_or(&[][..], Vec::as_slice) else {
            return Err(wrong("epcisBody.eventList", "a stage document has exactly one event"));
        };
        let text = |member| event.get(member).and_then(Value::as_str);
        if text("type") != Some("ObjectEvent") {
            return Err(wrong("type", "a stage is an ObjectEvent"));
        }
        let epc = event.pointer("/epcList/0").and_then(Value::as_str).and_then(element_string);
        if let Some(told) = event.get("ecosphere:told") {
            let told = Told::deserialize(told).map_err(|e| wrong("ecosphere:told", &e.to_string()))?;
            // A subject without a GS1 key goes by its own name, such as `wikirate:57356`.
            let raw =
                event.pointer("/epcList/0").and_then(Value::as_str).filter(|id| id.contains(':') && !id.contains("://") && id.len() <= MAX_TEXT);
            let product = epc.or_else(|| raw.map(str::to_owned)).ok_or_else(|| wrong("epcList", "it names no subject"))?;
            return Self::told(product, told, text("eventTime").unwrap_or_default());
        }
        let date = text("eventTime").and_then(|t| t.strip_suffix("T00:00:00Z")).filter(|d| is_date(d));
        let stage = event.get("ecosphere:stage").ok_or_else(|| wrong("ecosphere:stage", "it is missing"))?;
        let stage = Stage::deserialize(stage).map_err(|e| wrong("ecosphere:stage", &e.to_string()))?;
        let texts = [&stage.title, &stage.actor, &stage.place, &stage.unit, stage.receiver.as_ref().unwrap_or(&stage.unit)];
        if texts.iter().any(|t| t.trim().is_empty() || t.len() > MAX_TEXT) {
            return Err(wrong("ecosphere:stage", "its texts have 1 to 300 bytes"));
        }
        if stage.taken > MAX_QUANTITY || stage.measured.len() > MAX_MEASURED {
            return Err(wrong("ecosphere:stage", "what is taken stays below 2^53, and a stage has at most 64 measurements"));
        }
        if [stage.paid, stage.received].iter().flatten().any(|m| m.minor < 0) || stage.measured.iter().any(|m| m.quantity < Decimal::ZERO) {
            return Err(wrong("ecosphere:stage", "money and measurements are not negative"));
        }
        if !is_country(&stage.country) || stage.quantity > MAX_QUANTITY {
            return Err(wrong("ecosphere:stage", "the country is two capital letters, the quantity below 2^53"));
        }
        Ok(Self {
            product: epc.ok_or_else(|| wrong("epcList", "it names no product as a GS1 Digital Link"))?,
            step: stage.step,
            title: stage.title,
            actor: stage.actor,
            place: stage.place,
            country: stage.country,
            date: date.ok_or_else(|| wrong("eventTime", "write the day like 2026-08-20T00:00:00Z"))?.to_owned(),
            quantity: stage.quantity,
            unit: stage.unit,
            receiver: stage.receiver,
            taken: stage.taken,
            paid: stage.paid,
            received: stage.received,
            measured: stage.measured,
            event: None,
            evidence: Vec::new(),
        })
    }

    fn told(product: String, told: Told, time: &str) -> Result<Self, RecordError> {
        let wrong = |why: &str| RecordError::Shape { member: "ecosphere:told", why: why.to_owned() };
        let Told { step, title, receiver, event, evidence } = told;
        if [Some(&title), receiver.as_ref()].into_iter().flatten().any(|t| t.trim().is_empty() || t.len() > MAX_TEXT) {
            return Err(wrong("its texts have 1 to 300 bytes"));
        }
        let lists = [event.inputs.len(), event.outputs.len(), event.certificates.len()];
        if lists.iter().any(|n| *n > MAX_LOTS) || event.measurements.len() > MAX_MEASURED || evidence.len() > MAX_EVIDENCE {
            return Err(wrong("an event has at most 64 inputs, outputs, certificates and measurements, and 8 certifiers' words on it"));
        }
        if [event.paid, event.received].iter().flatten().any(|m| m.minor < 0) || event.measurements.iter().any(|m| m.quantity < Decimal::ZERO) {
            return Err(wrong("money and measurements are not negative"));
        }
        if event.stated_yield.is_some_and(|stated| !Event::is_yield(stated)) {
            return Err(wrong("a yield is above 0 and at most 100"));
        }
        if event.process.len() > MAX_PROCESS {
            return Err(wrong("a process has at most 60 bytes"));
        }
        if event.place.as_ref().is_some_and(|p| !p.country.is_empty() && !is_country(&p.country)) {
            return Err(wrong("the country is two capital letters"));
        }
        if event.time.to_rfc3339() != time {
            return Err(wrong("its eventTime is not the event's"));
        }
        let evidence = evidence.into_iter().map(Evidence::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of_event(&product, (step, &title), receiver, event, evidence))
    }

    /// A product's steps, in order, as events of which each takes from the one before it. `ids` are the documents' digests.
    ///
    /// Goods keep their name (the product and the first step that put them out) as long as they are counted in the same unit; another unit is other
    /// goods, made of them.
    #[must_use]
    pub fn events(stages: &[(EventId, &Self)]) -> Vec<Event> {
        let mut before: Option<Lot> = None;
        let events = stages.iter().map(|(id, stage)| {
            if let Some(event) = &stage.event {
                let event = Event { id: *id, ..(**event).clone() };
                before = event.outputs.first().cloned();
                return event;
            }
            let unit = Unit::from_code(&stage.unit).ok();
            let quantity = unit.filter(|_| stage.quantity > 0).map(|unit| (Decimal::from(stage.quantity), unit));
            let same = before.as_ref().filter(|lot| lot.quantity.map(|(_, unit)| unit) == unit);
            let item = same.map_or_else(|| format!("{}#{}", stage.product, stage.step), |lot| lot.item.clone());
            let (kind, action) = match (&before, same) {
                (None, _) => (EventKind::Object, Some(Action::Add)),
                (Some(_), Some(_)) => (EventKind::Object, Some(Action::Observe)),
                (Some(_), None) => (EventKind::Transformation, None),
            };
            let time = Millis::parse_rfc3339(&format!("{}T00:00:00Z", stage.date)).unwrap_or_default();
            let mut event = Event::at(kind, action, time);
            event.id = *id;
            event.actor = Some(Agent { id: stage.actor.clone(), name: stage.actor.clone() });
            let taken =
                |lot: Lot| Lot { quantity: lot.quantity.filter(|_| stage.taken > 0).map(|(_, unit)| (Decimal::from(stage.taken), unit)), ..lot };
            event.inputs = before.take().map(taken).into_iter().collect();
            event.outputs = vec![Lot { item, quantity }];
            event.measurements.clone_from(&stage.measured);
            (event.paid, event.received) = (stage.paid, stage.received);
            before = event.outputs.first().cloned();
            event
        });
        events.collect()
    }
}

/// A day of the calendar as RFC 3339 writes it.
pub(super) fn is_date(text: &str) -> bool {
    Millis::parse_day(text).is_ok()
}

/// The shape of an ISO 3166-1 alpha-2 code.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked() -> StageDocument {
        StageDocument {
            product: "(01)09520000000011(10)T1".into(),
            step: 1,
            title: "Grown and picked".into(),
            actor: "Podere Fictional".into(),
            place: "Parma".into(),
            country: "IT".into(),
            date: "2026-08-20".into(),
            quantity: 1_200,
            unit: "KGM".into(),
            receiver: Some("Cannery".into()),
            taken: 0,
            paid: None,
            received: Some(Money { minor: 90_000, currency: crate::measure::Currency::EUR }),
            measured: vec![Measured {
                metric: super::super::MetricId::from_id("ghg-emissions").unwrap(),
                quantity: Decimal::parse("310.5").unwrap(),
                unit: Unit::KILOGRAM,
                evidence: String::new(),
            }],
            event: None,
            evidence: Vec::new(),
        }
    }

    fn told() -> StageDocument {
        let mut event = Event::at(EventKind::Object, Some(Action::Observe), Millis::parse_rfc3339("2026-09-11T00:30:00+02:00").unwrap());
        event.place = Some(super::super::Site { id: "https://example.org/place".into(), name: String::new(), country: String::new() });
        event.outputs = vec![Lot { item: "(01)09520000000011(10)T1".into(), quantity: Some((Decimal::parse("3920.25").unwrap(), Unit::KILOGRAM)) }];
        event.inputs.clone_from(&event.outputs);
        event.received = Some(Money { minor: 90_000, currency: crate::measure::Currency::EUR });
        StageDocument::of_event("(01)09520000000011(10)T1", (2, "shipping"), Some("Shop".into()), event, Vec::new())
    }

    #[test]
    fn an_event_from_a_file_is_kept_whole_and_what_is_shown_of_it_follows_from_it() {
        let stage = told();
        assert_eq!(
            (stage.date.as_str(), stage.quantity, stage.unit.as_str(), stage.place.as_str()),
            ("2026-09-10", 3920, "KGM", "https://example.org/place")
        );
        assert_eq!(StageDocument::from_json(&stage.to_json()).unwrap(), stage);
        let events = StageDocument::events(&[(EventId([7; 32]), &stage)]);
        assert_eq!((events[0].id, &events[0].outputs), (EventId([7; 32]), &stage.event.as_ref().unwrap().outputs));
        let told = "/epcisBody/eventList/0/ecosphere:told";
        for (pointer, value) in [
            ("/epcisBody/eventList/0/eventTime".to_owned(), json!("2026-09-11T00:00:00Z")),
            (format!("{told}/event/received/minor"), json!(-1)),
            (format!("{told}/event/place/country"), json!("Italy")),
            (format!("{told}/event/yield"), json!("0")),
            (format!("{told}/title"), json!("")),
            (format!("{told}/event/outputs"), json!(vec![json!({ "item": "x" }); 65])),
        ] {
            let mut document = stage.to_json();
            match document.pointer_mut(&pointer) {
                Some(at) => *at = value,
                None if pointer.ends_with("yield") => document.pointer_mut(&format!("{told}/event")).unwrap()["yield"] = value,
                None => document.pointer_mut(&format!("{told}/event/place")).unwrap()["country"] = value,
            }
            assert!(StageDocument::from_json(&document).is_err(), "{pointer}");
        }
    }

    #[test]
    fn a_stage_document_reads_back_as_it_was_written() {
        let stage = picked();
        assert_eq!(StageDocument::from_json(&stage.to_json()).unwrap(), stage);
    }

    #[test]
    fn a_stage_document_with_anything_wrong_is_refused_with_the_member() {
        let cases: [(&str, Value); 9] = [
            ("/epcisBody/eventList/0/ecosphere:stage/received/minor", json!(-1)),
            ("/epcisBody/eventList/0/ecosphere:stage/measured/0/quantity", json!("-1")),
            ("/epcisBody/eventList", json!([])),
            ("/epcisBody/eventList/0/type", json!("TransformationEvent")),
            ("/epcisBody/eventList/0/eventTime", json!("2026-02-30T00:00:00Z")),
            ("/epcisBody/eventList/0/epcList/0", json!("https://example.com")),
            ("/epcisBody/eventList/0/ecosphere:stage/country", json!("Italy")),
            ("/epcisBody/eventList/0/ecosphere:stage/quantity", json!(-1)),
            ("/epcisBody/eventList/0/ecosphere:stage/title", json!("x".repeat(301))),
        ];
        for (pointer, value) in cases {
            let mut document = picked().to_json();
            *document.pointer_mut(pointer).unwrap() = value;
            assert!(StageDocument::from_json(&document).is_err(), "{pointer}");
        }
    }
}
