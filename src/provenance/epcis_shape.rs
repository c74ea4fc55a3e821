//! What members of an EPCIS event must look like from which little or nothing is read: identifiers, dispositions, business transactions, sensors.
//!
//! ```text
//! "eventID": URI, "parentID": URI, "disposition": word or URI, "persistentDisposition": { "set": [ … ], "unset": [ … ] }, "ilmd": { … },
//! "bizTransactionList": [ { "type": word or URI, "bizTransaction": URI } ],
//! "sensorElementList": [ { "sensorMetadata": { "time": instant, "deviceID": URI, … },
//!                          "sensorReport": [ { "type": word or URI, "value": number, "uom": text, "time": instant, "rawData": URI, … } ] } ]
//! ```
//! `EPCIS-JSON-Schema.json` (ISO/IEC 19987:2024, section 12), `common-event-properties`; words are those of the Core Business Vocabulary 2.0,
//! sections 7.2 and 7.3. What a sensor measures may be any word: one that is no metric is told when the report is read.

use super::epcis::{Read, fault, is_uri};
use crate::measure::Millis;
use serde_json::{Map, Value};

const DISPOSITIONS: [&str; 33] = [
    "active",
    "available",
    "completeness_inferred",
    "completeness_verified",
    "conformant",
    "container_closed",
    "container_open",
    "damaged",
    "destroyed",
    "dispensed",
    "disposed",
    "encoded",
    "expired",
    "in_progress",
    "in_transit",
    "inactive",
    "mismatch_class",
    "mismatch_instance",
    "mismatch_quantity",
    "needs_replacement",
    "no_pedigree_match",
    "non_conformant",
    "non_sellable_other",
    "partially_dispensed",
    "recalled",
    "reserved",
    "retail_sold",
    "returned",
    "sellable_accessible",
    "sellable_not_accessible",
    "stolen",
    "unavailable",
    "unknown",
];
const TRANSACTIONS: [&str; 13] =
    ["bol", "cert", "desadv", "inv", "pedigree", "po", "poc", "prodorder", "recadv", "rma", "testprd", "testres", "upevt"];

/// What a member must be.
#[derive(Clone, Copy)]
enum Shape {
    Uri,
    Time,
    Number,
    Text,
    Truth,
}

const METADATA: [(&str, Shape); 8] = [
    ("time", Shape::Time),
    ("startTime", Shape::Time),
    ("endTime", Shape::Time),
    ("deviceID", Shape::Uri),
    ("deviceMetadata", Shape::Uri),
    ("rawData", Shape::Uri),
    ("dataProcessingMethod", Shape::Uri),
    ("bizRules", Shape::Uri),
];
const REPORT: [(&str, Shape); 24] = [
    ("type", Shape::Text),
    ("exception", Shape::Text),
    ("deviceID", Shape::Uri),
    ("deviceMetadata", Shape::Uri),
    ("rawData", Shape::Uri),
    ("dataProcessingMethod", Shape::Uri),
    ("bizRules", Shape::Uri),
    ("time", Shape::Time),
    ("microorganism", Shape::Uri),
    ("chemicalSubstance", Shape::Uri),
    ("coordinateReferenceSystem", Shape::Uri),
    ("component", Shape::Text),
    ("stringValue", Shape::Text),
    ("booleanValue", Shape::Truth),
    ("hexBinaryValue", Shape::Text),
    ("uriValue", Shape::Uri),
    ("value", Shape::Number),
    ("minValue", Shape::Number),
    ("maxValue", Shape::Number),
    ("meanValue", Shape::Number),
    ("sDev", Shape::Number),
    ("percRank", Shape::Number),
    ("percValue", Shape::Number),
    ("uom", Shape::Text),
];

/// The first member whose shape is wrong, with its path below the event.
pub(super) fn check(event: &Map<String, Value>) -> Read<()> {
    for id in ["eventID", "parentID"] {
        event.get(id).map_or(Ok(()), |said| is(said, Shape::Uri, id))?;
    }
    event.get("disposition").map_or(Ok(()), |said| word(said, &DISPOSITIONS, "disposition"))?;
    if let Some(lasting) = event.get("persistentDisposition") {
        let at = "persistentDisposition";
        let sides = members(lasting, at, &["set", "unset"])?;
        if sides.is_empty() {
            return fault(at, "it sets or unsets something");
        }
        for (name, list) in sides {
            each(list, &format!("{at}.{name}"), |said, at| word(said, &DISPOSITIONS, at))?;
        }
    }
    if let Some(list) = event.get("bizTransactionList") {
        each(list, "bizTransactionList", |one, at| {
            let members = members(one, at, &["type", "bizTransaction"])?;
            members.get("type").map_or(Ok(()), |said| word(said, &TRANSACTIONS, &format!("{at}.type")))?;
            is(members.get("bizTransaction").unwrap_or(&Value::Null), Shape::Uri, &format!("{at}.bizTransaction"))
        })?;
    }
    if event.get("ilmd").is_some_and(|said| !said.is_object()) {
        return fault("ilmd", "it must be an object");
    }
    event.get("sensorElementList").map_or(Ok(()), |list| each(list, "sensorElementList", sensor))
}

fn sensor(element: &Value, at: &str) -> Read<()> {
    let parts = members(element, at, &["sensorMetadata", "sensorReport"])?;
    parts.get("sensorMetadata").map_or(Ok(()), |about| shaped(about, &METADATA, &format!("{at}.sensorMetadata")))?;
    let reports = parts.get("sensorReport").unwrap_or(&Value::Null);
    let at = format!("{at}.sensorReport");
    if reports.as_array().is_some_and(Vec::is_empty) {
        return fault(at, "it holds no report");
    }
    each(reports, &at, |report, at| {
        shaped(report, &REPORT, at)?;
        if report.get("type").is_some() { Ok(()) } else { fault(format!("{at}.type"), "it is missing") }
    })
}

/// An object's members; others than these have a prefix and a colon.
fn members<'v>(value: &'v Value, at: &str, known: &[&str]) -> Read<&'v Map<String, Value>> {
    let Some(members) = value.as_object() else { return fault(at, "it must be an object") };
    match members.keys().find(|name| !name.contains(':') && !known.contains(&name.as_str())) {
        Some(stray) => fault(format!("{at}.{}", stray.chars().take(80).collect::<String>()), "there is no such member"),
        None => Ok(members),
    }
}

fn shaped(value: &Value, known: &[(&str, Shape)], at: &str) -> Read<()> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let members = members(value, at, &names)?;
    let mut said = known.iter().filter_map(|(name, shape)| Some((name, *shape, members.get(*name)?)));
    said.try_for_each(|(name, shape, value)| is(value, shape, &format!("{at}.{name}")))
}

fn each(list: &Value, at: &str, one: impl Fn(&Value, &str) -> Read<()>) -> Read<()> {
    let Some(list) = list.as_array() else { return fault(at, "it must be an array") };
    list.iter().enumerate().try_for_each(|(n, entry)| one(entry, &format!("{at}[{n}]")))
}

fn is(value: &Value, shape: Shape, at: &str) -> Read<()> {
    let (holds, wanted) = match shape {
        Shape::Uri => (value.as_str().is_some_and(is_uri), "it must be a URI"),
        Shape::Time => (value.as_str().is_some_and(|t| Millis::parse_rfc3339(t).is_ok()), "it must be a time such as 2026-11-22T09:00:00Z"),
        Shape::Number => (value.is_number(), "it must be a number"),
        Shape::Text => (value.as_str().is_some_and(|t| !t.is_empty()), "it must be a text"),
        Shape::Truth => (value.is_boolean(), "it must be true or false"),
    };
    if holds { Ok(()) } else { fault(at, wanted) }
}

fn word(value: &Value, known: &[&str], at: &str) -> Read<()> {
    match value.as_str() {
        Some(text) if known.contains(&text) || is_uri(text) => Ok(()),
        Some(text) => fault(at, format!("\"{}\" is no word of the Core Business Vocabulary and no URI", text.chars().take(80).collect::<String>())),
        None => fault(at, "it must be a text"),
    }
}
