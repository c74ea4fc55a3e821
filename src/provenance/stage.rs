//! A stage document: one step of a product's way from farm to shelf, as an EPCIS 2.0 JSON document.

use super::RecordError;
use serde_json::Value;

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
        todo!("filled within the hour")
    }

    /// Reads back what [`StageDocument::to_json`] wrote.
    ///
    /// # Errors
    /// The first member that is missing or wrong.
    pub fn from_json(document: &Value) -> Result<Self, RecordError> {
        let _ = document;
        todo!("filled within the hour")
    }
}
