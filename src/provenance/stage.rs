//! A stage document: one step of a product's way from farm to shelf, as an EPCIS 2.0 JSON document with one `ObjectEvent`.
//!
//! ```text
//! { "@context": [".../epcis-context.jsonld", {"ecosphere": "https://ecosphere.example/terms#"}], "type": "EPCISDocument", "schemaVersion": "2.0",
//!   "creationDate": "2026-08-20T00:00:00Z", "epcisBody": { "eventList": [ { "type": "ObjectEvent", "action": "OBSERVE",
//!     "eventTime": "2026-08-20T00:00:00Z", "eventTimeZoneOffset": "+00:00", "epcList": ["https://id.gs1.org/01/…"],
//!     "ecosphere:stage": { "step": 1, "title": …, "actor": …, "place": …, "country": …, "quantity": 1200, "unit": "KGM", "receiver": … } } ] } }
//! ```
//! Actors give a day; EPCIS wants an instant: midnight UTC stands for the day.

use super::{
    RecordError,
    gs1_uri::{element_string, uri},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const EPCIS_CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// The longest text in a stage document, in bytes.
const MAX_TEXT: usize = 300;
/// The largest quantity: what JCS carries exactly.
const MAX_QUANTITY: u64 = (1 << 53) - 1;

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
}

/// One step of a product's way. Its digest is in a `RecordStage` statement that the actor (and the receiver) sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageDocument {
    /// The product it belongs to, a GS1 element string.
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
}

impl StageDocument {
    /// As an EPCIS 2.0 document.
    #[must_use]
    pub fn to_json(&self) -> Value {
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
        };
        json!({
            "@context": [EPCIS_CONTEXT, {"ecosphere": "https://ecosphere.example/terms#"}],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": midnight,
            "epcisBody": {"eventList": [{
                "type": "ObjectEvent",
                "action": "OBSERVE",
                "eventTime": midnight,
                "eventTimeZoneOffset": "+00:00",
                "epcList": [uri(&self.product).unwrap_or_else(|| self.product.clone())],
                "ecosphere:stage": serde_json::to_value(&stage).unwrap_or_default(),
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
        let date = text("eventTime").and_then(|t| t.strip_suffix("T00:00:00Z")).filter(|d| is_date(d));
        let stage = event.get("ecosphere:stage").ok_or_else(|| wrong("ecosphere:stage", "it is missing"))?;
        let stage = Stage::deserialize(stage).map_err(|e| wrong("ecosphere:stage", &e.to_string()))?;
        let texts = [&stage.title, &stage.actor, &stage.place, &stage.unit, stage.receiver.as_ref().unwrap_or(&stage.unit)];
        if texts.iter().any(|t| t.trim().is_empty() || t.len() > MAX_TEXT) {
            return Err(wrong("ecosphere:stage", "its texts have 1 to 300 bytes"));
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
        })
    }
}

/// A day of the calendar as RFC 3339 writes it.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok_and(|d| d.to_string() == text)
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
        }
    }

    #[test]
    fn a_stage_document_reads_back_as_it_was_written() {
        let stage = picked();
        assert_eq!(StageDocument::from_json(&stage.to_json()).unwrap(), stage);
    }

    #[test]
    fn a_stage_document_with_anything_wrong_is_refused_with_the_member() {
        let cases: [(&str, Value); 7] = [
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
