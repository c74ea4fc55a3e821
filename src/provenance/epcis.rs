//! EPCIS 2.0 in JSON-LD: documents, query documents and single events, of any size.
//!
//! ```text
//! { "@context": […], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": …, "epcisBody": { "eventList": [ event, … ] } }
//! { …, "type": "EPCISQueryDocument", …, "epcisBody": { "queryResults": { "queryName": …, "resultsBody": { "eventList": [ event, … ] } } } }
//! ```
//! Events are taken out of the list one at a time (`stream.rs`); one of more than 1 MiB is dropped. What an event must have is what the
//! standard's JSON schema requires (ISO/IEC 19987:2024, section 12, and `EPCIS-JSON-Schema.json`); each fault is told with its path.
//!
//! EPCIS knows no money and no metrics, and of parties only identifiers. A supplier adds them as an extension, and claims with them:
//!
//! ```text
//! "ecosphere:actor": { "id": …, "name": … }, "ecosphere:place": { "name": …, "country": "IT" }, "ecosphere:parties": { "<id>": "<name>" },
//! "ecosphere:measurements": [ { "metric": "water-use", "quantity": 12.5, "unit": "MTQ", "evidence": … } ], "ecosphere:claims": [ "label:organic" ],
//! "ecosphere:paid": { "amount": 600.5, "currency": "EUR" }, "ecosphere:received": { … },
//! "ecosphere:yield": 1.35                 of a transformation: kilograms that come out of each that goes in
//! "ecosphere:process": "cheese"           of a transformation: a row of the table of usual yields (`usual_yield`)
//! ```
//! Other extensions are left out, which is noted once per name. Who acts is `ecosphere:actor`, else on arrival the destination, else the source.

use super::{
    Action, Agent, Event, EventKind, Found, Lot, Note, Reason, Site, epcis_id, epcis_shape, extension,
    stream::{Element, Elements},
    text_of,
};
use crate::measure::{Decimal, Millis, Unit};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{self, BufRead},
};

const LISTS: &[&str] = &["epcisBody.eventList", "epcisBody.queryResults.resultsBody.eventList"];
/// The most names of extensions that are noted.
const MAX_NOTED: usize = 100;
/// The most lots, certificates or measurements of one event.
const MAX_LIST: usize = 10_000;

/// Business steps of the Core Business Vocabulary 2.0, section 7.1.
const STEPS: [&str; 41] = [
    "accepting",
    "arriving",
    "assembling",
    "collecting",
    "commissioning",
    "consigning",
    "creating_class_instance",
    "cycle_counting",
    "decommissioning",
    "departing",
    "destroying",
    "disassembling",
    "dispensing",
    "encoding",
    "entering_exiting",
    "holding",
    "inspecting",
    "installing",
    "killing",
    "loading",
    "other",
    "packing",
    "picking",
    "receiving",
    "removing",
    "repackaging",
    "repairing",
    "replacing",
    "reserving",
    "retail_selling",
    "sampling",
    "sensor_reporting",
    "shipping",
    "staging_outbound",
    "stock_taking",
    "stocking",
    "storing",
    "transporting",
    "unloading",
    "unpacking",
    "void_shipping",
];

/// What is wrong, and where: a path below the event or document.
pub(super) struct Fault {
    pub path: String,
    pub why: String,
}

pub(super) type Read<T> = Result<T, Fault>;

pub(super) fn fault<T>(path: impl Into<String>, why: impl Into<String>) -> Read<T> {
    Err(Fault { path: path.into(), why: why.into() })
}

/// Reads a document of any size; hands on each event, claim and note as it comes.
///
/// # Errors
/// What `reader` reports, and [`io::ErrorKind::InvalidData`] for what cannot be a document: see `stream.rs`. A bad event or a bad frame
/// is a [`Found::Dropped`], never an error.
pub fn import(reader: impl BufRead, mut sink: impl FnMut(Found)) -> io::Result<()> {
    let mut elements = Elements::new(reader, LISTS);
    let mut noted = BTreeSet::new();
    while let Some(element) = elements.next()? {
        take_event(&element, &mut noted, &mut sink);
    }
    let dropped = |path: String, why: String| Found::Dropped(Note { line: 1, id: "document".to_owned(), reason: Reason::Invalid { path, why } });
    match serde_json::from_slice::<Value>(elements.frame().strip_prefix(b"\xef\xbb\xbf").unwrap_or(elements.frame())) {
        Err(e) => sink(dropped(String::new(), format!("it is not JSON ({e})"))),
        Ok(frame) if is_event(&frame) => {
            let element = Element { line: 1, index: 0, text: Ok(elements.frame()) };
            take_event(&element, &mut noted, &mut sink);
        }
        Ok(frame) => frame_faults(&frame).into_iter().for_each(|f| sink(dropped(f.path, f.why))),
    }
    Ok(())
}

fn is_event(frame: &Value) -> bool {
    frame.get("type").and_then(Value::as_str).is_some_and(|t| t.ends_with("Event")) && frame.get("epcisBody").is_none()
}

fn take_event(element: &Element<'_>, noted: &mut BTreeSet<String>, sink: &mut impl FnMut(Found)) {
    let line = element.line;
    let path = format!("epcisBody.eventList[{}]", element.index);
    let text = match element.text {
        Ok(text) => text,
        Err(length) => return sink(Found::Dropped(Note { line, id: path, reason: Reason::TooLarge(length) })),
    };
    let text = text_of(text);
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(e) => return sink(Found::Dropped(Note { line, id: path, reason: Reason::NotJson(e.to_string()) })),
    };
    let id = value.get("eventID").and_then(Value::as_str).unwrap_or(&path).chars().take(200).collect::<String>();
    let note = |reason| Note { line, id: id.clone(), reason };
    if matches!(text, Cow::Owned(_)) {
        sink(Found::Noted(note(Reason::NotUtf8)));
    }
    match read_event(&value) {
        Err(f) => sink(Found::Dropped(note(Reason::Invalid { path: join(&path, &f.path), why: f.why }))),
        Ok(Said::Retracted(id)) => {
            sink(Found::Noted(note(Reason::Retracted)));
            sink(Found::Retraction(id));
        }
        Ok(Said::Happened(mut event)) => {
            let object = value.as_object();
            let extra = object.map(|o| extension::read(o, &mut event));
            for reason in extra.iter().flat_map(|e| &e.odd) {
                sink(Found::Noted(note(reason.clone())));
            }
            for name in object.into_iter().flat_map(Map::keys).filter(|name| name.contains(':') && !name.starts_with("ecosphere:")) {
                if noted.len() < MAX_NOTED && noted.insert(name.clone()) {
                    sink(Found::Noted(note(Reason::UnknownMember(name.chars().take(80).collect()))));
                }
            }
            let event = event.settle_actor().seal();
            extra.into_iter().flat_map(|e| e.claims(&event)).for_each(|claim| sink(Found::Claim(claim)));
            sink(Found::Event(event));
        }
    }
}

fn join(path: &str, below: &str) -> String {
    if below.is_empty() || below.starts_with('[') { format!("{path}{below}") } else { format!("{path}.{below}") }
}

/// What the frame lacks, by the schema's `epcisDocument` and `epcisQueryDocument`.
fn frame_faults(frame: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut need = |path: &str, holds: bool, why: &str| {
        if !holds {
            faults.push(Fault { path: path.to_owned(), why: why.to_owned() });
        }
    };
    let text = |member| frame.get(member).and_then(Value::as_str);
    let query = text("type") == Some("EPCISQueryDocument");
    need("@context", frame.get("@context").is_some_and(|c| !c.is_null()), "it is missing; an EPCIS 2.0 document names its JSON-LD context");
    need("type", query || text("type") == Some("EPCISDocument"), "it must be EPCISDocument or EPCISQueryDocument");
    need("schemaVersion", text("schemaVersion").is_some_and(is_version_2), "it must be 2.0 or a later 2.x; earlier versions are not JSON");
    need("creationDate", text("creationDate").is_some_and(|t| Millis::parse_rfc3339(t).is_ok()), "it must be a time such as 2026-11-22T09:00:00Z");
    if query {
        need("epcisBody.queryResults.queryName", frame.pointer("/epcisBody/queryResults/queryName").is_some_and(Value::is_string), "it is missing");
    }
    let list = if query { "/epcisBody/queryResults/resultsBody/eventList" } else { "/epcisBody/eventList" };
    let path = list.trim_start_matches('/').replace('/', ".");
    need(&path, frame.pointer(list).is_some_and(Value::is_array), "it is missing; events stand there as an array");
    faults
}

fn is_version_2(text: &str) -> bool {
    text.split('.').next() == Some("2") && text.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

enum Said {
    Happened(Box<Event>),
    Retracted(String),
}

fn read_event(value: &Value) -> Read<Said> {
    let Some(object) = value.as_object() else { return fault("", "an event is a JSON object") };
    let kind = match object.get("type").and_then(Value::as_str) {
        Some("ObjectEvent") => EventKind::Object,
        Some("AggregationEvent") => EventKind::Aggregation,
        Some("TransformationEvent") => EventKind::Transformation,
        Some("TransactionEvent") => EventKind::Transaction,
        Some("AssociationEvent") => EventKind::Association,
        other => return fault("type", format!("\"{}\" is none of the five event types", other.unwrap_or_default())),
    };
    let allowed = members(kind);
    if let Some(stray) = object.keys().find(|name| !name.contains(':') && !COMMON.contains(&name.as_str()) && !allowed.contains(&name.as_str())) {
        return fault(
            stray.chars().take(80).collect::<String>(),
            "this type of event has no such member; an extension's name has a prefix and a colon",
        );
    }
    let source_id = opt_text(object, "eventID")?.unwrap_or_default().to_owned();
    if object.contains_key("errorDeclaration") {
        return if source_id.is_empty() {
            fault("eventID", "an error declaration names the event it takes back")
        } else {
            Ok(Said::Retracted(source_id))
        };
    }
    epcis_shape::check(object)?;
    let action = match (kind, opt_text(object, "action")?) {
        (EventKind::Transformation, None) => None,
        (_, Some("ADD")) => Some(Action::Add),
        (_, Some("OBSERVE")) => Some(Action::Observe),
        (_, Some("DELETE")) => Some(Action::Delete),
        (_, other) => return fault("action", format!("it must be ADD, OBSERVE or DELETE, not \"{}\"", other.unwrap_or_default())),
    };
    let time = match opt_text(object, "eventTime")? {
        Some(text) => Millis::parse_rfc3339(text).or_else(|e| fault("eventTime", e.to_string()))?,
        None => return fault("eventTime", "it is missing"),
    };
    if let Some(text) = opt_text(object, "recordTime")? {
        Millis::parse_rfc3339(text).or_else(|e| fault("recordTime", e.to_string()))?;
    }
    let mut event = Event::at(kind, action, time);
    event.offset = match opt_text(object, "eventTimeZoneOffset")? {
        Some(text) => offset(text).map_or_else(|| fault("eventTimeZoneOffset", format!("\"{text}\" is no offset; write it like +02:00")), Ok)?,
        None => return fault("eventTimeZoneOffset", "it is missing"),
    };
    event.source_id = source_id;
    event.step = opt_text(object, "bizStep")?.map_or(Ok(String::new()), step)?;
    event.certificates = match object.get("certificationInfo") {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one.clone()],
        Some(many) => uris(many, "certificationInfo")?,
    };
    read_goods(object, &mut event)?;
    let site = |member: &str| match object.get(member) {
        None => Ok(None),
        Some(site) => match site.get("id").and_then(Value::as_str).filter(|id| is_uri(id)) {
            Some(id) => Ok(Some(Site { id: id.to_owned(), ..Site::default() })),
            None => fault(format!("{member}.id"), "it must be a URI"),
        },
    };
    let (read_point, location) = (site("readPoint")?, site("bizLocation")?);
    event.place = location.or(read_point);
    event.source = party(object, "sourceList", "source")?;
    event.destination = party(object, "destinationList", "destination")?;
    if kind == EventKind::Transaction && object.get("bizTransactionList").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return fault("bizTransactionList", "a transaction event names at least one transaction");
    }
    Ok(Said::Happened(Box::new(event)))
}

/// Members that every event may have.
const COMMON: [&str; 18] = [
    "@context",
    "type",
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "eventID",
    "certificationInfo",
    "errorDeclaration",
    "bizStep",
    "disposition",
    "readPoint",
    "bizLocation",
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "persistentDisposition",
    "action",
];

const fn members(kind: EventKind) -> &'static [&'static str] {
    match kind {
        EventKind::Object => &["epcList", "quantityList", "ilmd"],
        EventKind::Aggregation | EventKind::Association => &["parentID", "childEPCs", "childQuantityList"],
        EventKind::Transformation => &["inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd"],
        EventKind::Transaction => &["parentID", "epcList", "quantityList"],
    }
}

fn read_goods(object: &Map<String, Value>, event: &mut Event) -> Read<()> {
    match event.kind {
        EventKind::Transformation => {
            event.inputs = lots(object, "inputEPCList", "inputQuantityList")?;
            event.outputs = lots(object, "outputEPCList", "outputQuantityList")?;
            let whole = object.contains_key("transformationID");
            if !whole && (event.inputs.is_empty() || event.outputs.is_empty()) {
                let member = if event.inputs.is_empty() { "inputQuantityList" } else { "outputQuantityList" };
                return fault(member, "a transformation has inputs and outputs, or a transformationID that ties its parts together");
            }
        }
        EventKind::Object | EventKind::Transaction => {
            let goods = lots(object, "epcList", "quantityList")?;
            if goods.is_empty()
                && !object.contains_key("epcList")
                && !object.contains_key("sensorElementList")
                && event.action != Some(Action::Delete)
            {
                return fault("epcList", "it names no goods; give epcList or quantityList");
            }
            place_goods(event, goods.clone(), goods);
        }
        EventKind::Aggregation | EventKind::Association => {
            let children = lots(object, "childEPCs", "childQuantityList")?;
            let parent = opt_text(object, "parentID")?.map(|id| Lot { item: epcis_id::item(id), quantity: None });
            if children.is_empty() && event.action != Some(Action::Delete) {
                return fault("childEPCs", "it names no goods; give childEPCs or childQuantityList");
            }
            if parent.is_none() && (event.kind == EventKind::Association || event.action != Some(Action::Observe)) {
                return fault("parentID", "it is missing");
            }
            match event.action {
                Some(Action::Delete) => (event.inputs, event.outputs) = (parent.into_iter().collect(), children),
                Some(Action::Add) => (event.inputs, event.outputs) = (children, parent.into_iter().collect()),
                _ => place_goods(event, children.clone(), children),
            }
        }
    }
    Ok(())
}

/// What comes into being has no inputs, what ends no outputs, and what is only seen stands on both sides.
fn place_goods(event: &mut Event, inputs: Vec<Lot>, outputs: Vec<Lot>) {
    let observes = event.observes();
    if observes || event.action == Some(Action::Delete) {
        event.inputs = inputs;
    }
    if observes || event.action == Some(Action::Add) {
        event.outputs = outputs;
    }
}

fn lots(object: &Map<String, Value>, epcs: &str, quantities: &str) -> Read<Vec<Lot>> {
    let mut lots = Vec::new();
    if let Some(list) = object.get(epcs) {
        lots.extend(uris(list, epcs)?.iter().map(|uri| Lot { item: epcis_id::item(uri), quantity: None }));
    }
    let Some(list) = object.get(quantities) else { return Ok(lots) };
    let Some(list) = list.as_array().filter(|l| l.len() <= MAX_LIST) else {
        return fault(quantities, "it must be an array of at most 10 000 entries");
    };
    for (n, entry) in list.iter().enumerate() {
        let at = |member: &str| format!("{quantities}[{n}].{member}");
        let Some(class) = entry.get("epcClass").and_then(Value::as_str).filter(|uri| is_uri(uri)) else {
            return fault(at("epcClass"), "it must be a URI");
        };
        let unit = match entry.get("uom") {
            None => Unit::PIECE,
            Some(Value::String(code)) => Unit::from_code(code).or_else(|e| fault(at("uom"), e.to_string()))?,
            Some(_) => return fault(at("uom"), "it must be a UN/ECE Recommendation 20 code"),
        };
        let quantity = match entry.get("quantity") {
            None => None,
            Some(Value::Number(number)) => {
                let quantity = Decimal::parse(&number.to_string()).or_else(|e| fault(at("quantity"), e.to_string()))?;
                if quantity.signum() < 0 {
                    return fault(at("quantity"), format!("{quantity} is negative; nothing weighs or counts less than nothing"));
                }
                Some((quantity, unit))
            }
            Some(_) => return fault(at("quantity"), "it must be a number"),
        };
        lots.push(Lot { item: epcis_id::item(class), quantity });
    }
    Ok(lots)
}

/// The party of a source or destination list: who possesses the goods, else who owns them.
fn party(object: &Map<String, Value>, list: &str, member: &str) -> Read<Option<Agent>> {
    let Some(entries) = object.get(list) else { return Ok(None) };
    let Some(entries) = entries.as_array() else { return fault(list, "it must be an array") };
    let mut found = [None, None];
    for (n, entry) in entries.iter().enumerate() {
        let Some(id) = entry.get(member).and_then(Value::as_str).filter(|uri| is_uri(uri)) else {
            return fault(format!("{list}[{n}].{member}"), "it must be a URI");
        };
        let agent = || Some(Agent { id: id.to_owned(), name: String::new() });
        match entry.get("type").and_then(Value::as_str) {
            Some("possessing_party") => found[0] = agent(),
            Some("owning_party") => found[1] = agent(),
            Some(other) if other == "location" || other.contains(':') => {}
            _ => return fault(format!("{list}[{n}].type"), "it must be owning_party, possessing_party, location or a URI"),
        }
    }
    let [possessing, owning] = found;
    Ok(possessing.or(owning))
}

fn opt_text<'a>(object: &'a Map<String, Value>, member: &str) -> Read<Option<&'a str>> {
    match object.get(member) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() && text.len() <= 2_000 => Ok(Some(text)),
        Some(_) => fault(member, "it must be a text of 1 to 2 000 bytes"),
    }
}

fn uris(value: &Value, member: &str) -> Read<Vec<String>> {
    let Some(list) = value.as_array().filter(|l| l.len() <= MAX_LIST) else { return fault(member, "it must be an array of at most 10 000 URIs") };
    let uri = |(n, entry): (usize, &Value)| match entry.as_str().filter(|uri| is_uri(uri)) {
        Some(uri) => Ok(uri.to_owned()),
        None => fault(format!("{member}[{n}]"), "it must be a URI"),
    };
    list.iter().enumerate().map(uri).collect()
}

/// RFC 3986: a scheme, a colon, and something behind it without blanks.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters)
        && !rest.is_empty()
        && text.len() <= 2_000
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn step(text: &str) -> Read<String> {
    let word = ["https://ref.gs1.org/cbv/BizStep-", "urn:epcglobal:cbv:bizstep:"].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text);
    if STEPS.contains(&word) || is_uri(word) {
        Ok(word.to_owned())
    } else {
        fault("bizStep", format!("\"{word}\" is no step of the Core Business Vocabulary and no URI"))
    }
}

/// `+02:00` as minutes, up to 14 hours.
pub(super) fn offset(text: &str) -> Option<i16> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours * 60 + minutes;
    ((0..60).contains(&minutes) && (0..=840).contains(&all)).then_some(sign * all)
}
