//! Bad input: each fault with its path, nothing lost in silence, nothing kept that need not be.

use ecosphere::{
    measure::Millis,
    node::tables,
    provenance::{
        Collected, Found,
        check::{Others, verify},
        epcis, untp,
    },
};
use serde_json::{Value, json};
use std::io::{self, BufReader, Read};

fn document(event: &Value) -> Value {
    json!({"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": [event]}})
}

fn event() -> Value {
    json!({"type": "TransformationEvent", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+01:00", "bizStep": "commissioning",
        "inputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 10, "uom": "KGM"}],
        "outputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011122.1", "quantity": 9.5, "uom": "KGM"}],
        "sourceList": [{"type": "owning_party", "source": "urn:a:b"}], "readPoint": {"id": "urn:a:c"}})
}

fn faults(document: &[u8]) -> Vec<String> {
    let mut all = Collected::default();
    epcis::import(document, |f| all.take(f)).unwrap();
    all.dropped.iter().map(|n| n.reason.to_string()).collect()
}

#[test]
fn an_invalid_epcis_event_is_refused_with_the_path_of_its_fault() {
    assert_eq!(faults(document(&event()).to_string().as_bytes()), Vec::<String>::new());
    let quantity = "/outputQuantityList/0/quantity";
    for (pointer, value, path) in [
        ("/type", json!("QuantityEvent"), "type"),
        ("/eventTime", json!("yesterday"), "eventTime"),
        ("/eventTimeZoneOffset", json!("+25:00"), "eventTimeZoneOffset"),
        ("/bizStep", json!("cooking"), "bizStep"),
        (quantity, json!(-1), "outputQuantityList[0].quantity"),
        (quantity, json!("9.5"), "outputQuantityList[0].quantity"),
        (quantity, json!(1e300), "outputQuantityList[0].quantity"),
        ("/outputQuantityList/0/uom", json!("stone throws"), "outputQuantityList[0].uom"),
        ("/inputQuantityList/0/epcClass", json!("no uri"), "inputQuantityList[0].epcClass"),
        ("/inputQuantityList", json!([]), "inputQuantityList"),
        ("/sourceList/0/type", json!("owner"), "sourceList[0].type"),
        ("/sourceList/0/source", json!(7), "sourceList[0].source"),
        ("/readPoint/id", json!(""), "readPoint.id"),
        ("/eventID", json!("7"), "eventID"),
        ("/disposition", json!("lost"), "disposition"),
        ("/persistentDisposition/set/0", json!(7), "persistentDisposition.set[0]"),
        ("/bizTransactionList/0/type", json!("receipt"), "bizTransactionList[0].type"),
        ("/bizTransactionList/0/bizTransaction", json!("PO 7"), "bizTransactionList[0].bizTransaction"),
        ("/bizTransactionList/0", json!({"type": "po", "bizTransaction": "urn:a:d", "colour": 1}), "bizTransactionList[0].colour"),
        ("/sensorElementList/0/sensorReport", json!([]), "sensorElementList[0].sensorReport"),
        ("/sensorElementList/0/sensorReport/0", json!({"value": 1}), "sensorElementList[0].sensorReport[0].type"),
        ("/sensorElementList/0/sensorReport/0/value", json!("21.5"), "sensorElementList[0].sensorReport[0].value"),
        ("/sensorElementList/0/sensorMetadata/startTime", json!("noon"), "sensorElementList[0].sensorMetadata.startTime"),
        ("/ilmd", json!([]), "ilmd"),
    ] {
        let mut bad = event();
        let more = json!({"eventID": "urn:a:e", "disposition": "in_progress", "persistentDisposition": {"set": ["damaged"]}, "ilmd": {},
            "bizTransactionList": [{"type": "po", "bizTransaction": "urn:a:d"}],
            "sensorElementList": [{"sensorMetadata": {"startTime": "2026-01-01T00:00:00Z"}, "sensorReport": [{"type": "Temperature", "value": 21.5}]}]});
        bad.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(faults(document(&bad).to_string().as_bytes()), Vec::<String>::new());
        *bad.pointer_mut(pointer).unwrap() = value;
        let told = faults(document(&bad).to_string().as_bytes());
        assert!(told.len() == 1 && told[0].starts_with(&format!("epcisBody.eventList[0].{path}: ")), "{pointer}: {told:?}");
    }
    for (member, value, path) in [("eventTime", None, "eventTime"), ("colour", Some(json!("red")), "colour"), ("action", Some(json!("ADD")), "")] {
        let mut bad = event();
        match value {
            None => drop(bad.as_object_mut().unwrap().remove(member)),
            Some(value) => bad[member] = value,
        }
        let told = faults(document(&bad).to_string().as_bytes());
        assert_eq!(told.iter().any(|t| t.starts_with(&format!("epcisBody.eventList[0].{path}: "))), !path.is_empty(), "{member}: {told:?}");
    }
    for (pointer, value, path) in [
        ("/schemaVersion", json!("1.2"), "schemaVersion: "),
        ("/creationDate", json!("2026"), "creationDate: "),
        ("/type", json!("Document"), "type: "),
        ("/epcisBody", json!({}), "epcisBody.eventList: "),
    ] {
        let mut bad = document(&event());
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(faults(bad.to_string().as_bytes()).iter().any(|t| t.starts_with(path)), "{pointer}");
    }
    assert!(faults(b"{\"epcisBody\": ")[0].contains("not JSON"));
    assert!(faults(b"")[0].contains("not JSON"));
}

#[test]
fn an_invalid_untp_credential_is_refused_with_the_path_of_its_fault() {
    let files = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors/untp");
    for (file, pointer, value, path) in [
        ("DigitalTraceabilityEvent_battery_make", "/credentialSubject/0/eventDate", json!("soon"), "credentialSubject[0].eventDate"),
        (
            "DigitalTraceabilityEvent_battery_make",
            "/credentialSubject/0/outputProduct/0/quantity/unit",
            json!("heaps"),
            "credentialSubject[0].outputProduct[0].quantity.unit",
        ),
        (
            "DigitalTraceabilityEvent_battery_make",
            "/credentialSubject/0/inputProduct/0/product/id",
            Value::Null,
            "credentialSubject[0].inputProduct[0].product.id",
        ),
        ("DigitalTraceabilityEvent_battery_make", "/credentialSubject/0/type", json!(["EatEvent"]), "credentialSubject[0].type"),
        ("DigitalTraceabilityEvent_battery_make", "/credentialSubject/0/madeAtFacility", Value::Null, "credentialSubject[0].madeAtFacility"),
        (
            "ConformityCredential_battery",
            "/credentialSubject/conformityAssessment/1/assessmentDate",
            json!("2025-02-30"),
            "credentialSubject.conformityAssessment[1].assessmentDate",
        ),
        ("ConformityCredential_battery", "/credentialSubject/issuedToParty/id", json!(""), "credentialSubject.issuedToParty.id"),
        ("ConformityCredential_battery", "/issuer", json!("did:web:x"), "issuer.id"),
        ("DigitalIdentityAnchor_battery", "/credentialSubject/registeredId", json!(7), "credentialSubject.registeredId"),
        (
            "DigitalProductPassport_battery",
            "/credentialSubject/performanceClaim/0/claimedPerformance/0/measure/value",
            json!("61"),
            "credentialSubject.performanceClaim[0].claimedPerformance[0].measure.value",
        ),
        ("DigitalProductPassport_battery", "/@context/0", json!("https://example.com"), "@context[0]"),
        ("DigitalProductPassport_battery", "/validUntil", json!("2020-01-01T00:00:00Z"), "validUntil"),
        ("DigitalProductPassport_battery", "/type", json!(["VerifiableCredential"]), "type"),
    ] {
        let mut credential: Value = serde_json::from_slice(&std::fs::read(files.join(format!("{file}_instance.json"))).unwrap()).unwrap();
        *credential.pointer_mut(pointer).unwrap() = value;
        let mut all = Collected::default();
        untp::import(credential.to_string().as_bytes(), |f| all.take(f));
        let told: Vec<_> = all.dropped.iter().map(|n| n.reason.to_string()).collect();
        assert!(told.len() == 1 && told[0].starts_with(&format!("{path}: ")), "{pointer}: {told:?}");
        assert_eq!((all.events.len(), all.attestations.len(), all.records.len()), (0, 0, 0), "{pointer}");
    }
}

#[test]
fn an_untp_credential_must_keep_its_whole_schema_also_where_nothing_is_read() {
    let files = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors/untp");
    for (file, pointer, value, told_) in [
        (
            "DigitalTraceabilityEvent_battery_make",
            "/credentialSubject/0/relatedParty/0/role",
            json!("boss"),
            "credentialSubject[0].relatedParty[0].role: it must be one of owner, producer,",
        ),
        (
            "DigitalTraceabilityEvent_battery_make",
            "/credentialSubject/0/outputProduct/0/disposition",
            json!("eaten"),
            "credentialSubject[0].outputProduct[0].disposition: it must be one of new,",
        ),
        (
            "DigitalTraceabilityEvent_battery_make",
            "/credentialSubject/0/inputProduct/0/product/idGranularity",
            Value::Null,
            "credentialSubject[0].inputProduct[0].product.idGranularity: it must be",
        ),
        ("ConformityCredential_battery", "/credentialSubject/assessorLevel", json!("7thParty"), "credentialSubject.assessorLevel: it must be one of"),
        (
            "ConformityCredential_battery",
            "/credentialSubject/conformityAssessment/0/conformance",
            json!("yes"),
            "credentialSubject.conformityAssessment[0].conformance: it must be true or false",
        ),
        ("DigitalIdentityAnchor_battery", "/credentialSubject/registerType", json!("club"), "credentialSubject.registerType: it must be one of"),
        ("DigitalIdentityAnchor_battery", "/credentialSubject/idScheme", json!({}), "credentialSubject.idScheme"),
        ("DigitalProductPassport_battery", "/credentialSubject/idGranularity", json!("crate"), "credentialSubject.idGranularity: it must be one of"),
        ("DigitalProductPassport_battery", "/@context/1", json!("https://example.com"), "@context[1]: it must be https://vocabulary.uncefact.org/"),
    ] {
        let mut credential: Value = serde_json::from_slice(&std::fs::read(files.join(format!("{file}_instance.json"))).unwrap()).unwrap();
        *credential.pointer_mut(pointer).expect(pointer) = value;
        let mut all = Collected::default();
        untp::import(credential.to_string().as_bytes(), |f| all.take(f));
        let told: Vec<_> = all.dropped.iter().map(|n| n.reason.to_string()).collect();
        assert!(told.len() == 1 && told[0].starts_with(told_), "{pointer}: {told:?}");
        assert_eq!((all.events.len(), all.attestations.len(), all.anchors.len(), all.records.len()), (0, 0, 0, 0), "{pointer}");
    }
}

/// An EPCIS document of many events that exists only while it is read.
struct Endless {
    event: Vec<u8>,
    left: usize,
    at: usize,
    part: Vec<u8>,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.part.len() {
            self.at = 0;
            self.part = match self.left {
                0 => return Ok(0),
                1 => b"]}}".to_vec(),
                2 => self.event.clone(),
                _ => [self.event.as_slice(), b",\n"].concat(),
            };
            self.left -= 1;
        }
        let n = out.len().min(self.part.len() - self.at);
        out[..n].copy_from_slice(&self.part[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// Peak memory of this process in kB, as Linux tells it.
#[cfg(target_os = "linux")]
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_document_is_streamed_in_constant_memory() {
    // Other tests use memory of this process too: the measurement has one of its own.
    const ALONE: &str = "ECOSPHERE_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "bad_input::a_large_document_is_streamed_in_constant_memory";
        let run =
            std::process::Command::new(std::env::current_exe().unwrap()).args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        assert!(run.status.success() && String::from_utf8_lossy(&run.stdout).contains("1 passed"), "{}", String::from_utf8_lossy(&run.stderr));
        return;
    }
    let mut padded = event();
    padded["example:note"] = json!("x".repeat(2_000));
    let event = padded.to_string().into_bytes();
    let count = 50_000_000 / event.len();
    let start = b"{\"@context\": [], \"type\": \"EPCISDocument\", \"schemaVersion\": \"2.0\", \"creationDate\": \"2026-01-01T00:00:00Z\", \"epcisBody\": {\"eventList\": [";
    let endless = Endless { event, left: count + 1, at: 0, part: start.to_vec() };
    let before = peak_kb();
    let mut events = 0;
    let mut told = 0;
    epcis::import(BufReader::new(endless), |found| match found {
        Found::Event(_) => events += 1,
        Found::Dropped(note) => panic!("{}", note.reason),
        _ => told += 1,
    })
    .unwrap();
    assert_eq!((events, told), (count, 1));
    // 50 MB were read.
    assert!(peak_kb() - before < 10_000, "{} kB more", peak_kb() - before);
}

#[test]
fn tables_in_any_encoding_and_style_of_numbers_are_the_same_events() {
    let head = "Datum;Los;Menge (kg);Land;Größe";
    let rows = [
        ";;;;",
        "20.08.2026;https://id.gs1.org/01/09520000000011/10/A;1.234,5;Österreich;ß",
        "21.08.2026;B;0,75;AT;",
        "22.08.2026;C;1.000;Autriche;",
    ];
    let text = std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mixed: Vec<u8> = text
        .lines()
        .enumerate()
        .flat_map(|(n, l)| if n % 2 == 0 { l.as_bytes().to_vec() } else { l.chars().map(|c| c as u8).collect() }.into_iter().chain([b'\n']))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for (name, bytes) in [("utf8", text.clone().into_bytes()), ("latin", latin), ("utf16", utf16), ("mixed", mixed)] {
        let path = folder.path().join(format!("{name}.csv"));
        std::fs::write(&path, bytes).unwrap();
        let mut all = Collected::default();
        tables::import(&path, None, |f| all.take(f)).unwrap();
        assert_eq!((all.dropped.as_slice(), all.notes.as_slice()), (&[][..], &[][..]), "{name}");
        seen.push(all.events);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    let quantities: Vec<String> = seen[0].iter().map(|e| e.outputs[0].quantity.unwrap().0.to_string()).collect();
    assert_eq!(quantities, ["1234.5", "0.75", "1000"]);
    assert!(seen[0].iter().all(|e| e.place.as_ref().unwrap().country == "AT"));
}

#[test]
fn a_row_that_cannot_be_understood_is_told_with_its_line_and_costs_nothing_else() {
    let text = "date,lot,quantity (kg),unit\n2026-01-01,A,1,\nnever,B,1,\n2026-01-02,C,-1,\n2026-01-03,,1,\n2026-01-04,D,1,x,y\n2026-01-05,E,1,\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    let mut all = Collected::default();
    tables::import(&path, None, |f| all.take(f)).unwrap();
    assert_eq!(all.events.iter().map(|e| e.outputs[0].item.as_str()).collect::<Vec<_>>(), ["A", "E"]);
    assert_eq!(all.dropped.iter().map(|n| n.line).collect::<Vec<_>>(), [3, 4, 5, 6], "{:?}", all.dropped);

    // Units, dates to come and absurd quantities, in the columns of a table too.
    let text = "date,lot,quantity,unit\n2026-01-01,A,1,stone throws\n2026-01-02,B,1,kg\n2126-01-03,C,1,kg\n2026-01-04,D,5000000000,kg\n";
    std::fs::write(&path, text).unwrap();
    let mut all = Collected::default();
    tables::import(&path, None, |f| all.take(f)).unwrap();
    assert_eq!(all.events.iter().map(|e| e.outputs[0].item.as_str()).collect::<Vec<_>>(), ["B", "C", "D"]);
    assert!(all.dropped.len() == 1 && all.dropped[0].reason.to_string().contains("\"stone throws\" is not a known unit"), "{:?}", all.dropped);
    let now = Millis::parse_rfc3339("2026-11-22T09:00:00Z").unwrap();
    let told: Vec<String> =
        verify(&all.events, &[], &Others { now, ..Others::default() }).findings.into_iter().map(|f| f.fault.to_string()).collect();
    assert!(told.len() == 2 && told.iter().any(|t| t.contains("not come yet")) && told.iter().any(|t| t.contains("not plausible")), "{told:?}");

    for (text, why) in [("", "empty"), ("lot,quantity\n1,2\n", "no column holds a date"), ("date,colour\n", "no column holds goods")] {
        std::fs::write(&path, text).unwrap();
        let error = tables::import(&path, None, |_| {}).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}
