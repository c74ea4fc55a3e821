//! The group `provenance`: importing Open Food Facts rows and EPCIS events, beside the least that any importer must do (parsing each as JSON), and
//! beside DuckDB's JSON reader on the same files; then passports (`passports.rs`). The rows are the sample's, trimmed to what is read; on rows as exported (some 29 kB each)
//! parsing is nearly all of the work.
//!
//! The peer runs in `$ECOSPHERE_PEER_PYTHON` (else `python3`) by `benches/peers/duckdb_peer.py`, on one thread; where it is not installed, its
//! column is null. It counts members and leaves them unchecked; ours checks each event, converts its units and gives it its digest.

#[path = "measure.rs"]
mod measure;
#[path = "passports.rs"]
mod passports;

use ecosphere::provenance::{BrandIndex, Found, epcis, openfoodfacts};
use measure::{print, side_by_side};
use serde_json::{Value, json};
use std::{io::Read as _, path::Path, process::Command};

/// How many events the EPCIS document has.
const EVENTS: usize = 2_000;

fn main() {
    let packed = include_bytes!("../assets/sample/source/openfoodfacts.jsonl.gz");
    let mut lines = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut lines).expect("the sample in the repository is whole");
    let rows = lines.iter().filter(|b| **b == b'\n').count();
    let brands = BrandIndex::default();

    let import = || openfoodfacts::import(lines.as_slice(), openfoodfacts::Site::Food, &brands).map_or(0, |i| i.records.len() + i.dropped.len());
    let parse = || lines.split(|b| *b == b'\n').filter(|l| serde_json::from_slice::<Value>(l).is_ok()).count();
    assert_eq!((import(), parse()), (rows, rows), "both read every row");

    let (ours, peer) = side_by_side(import, parse);
    let per_second = |us: f64| rows as f64 / us * 1e6;
    // The whole database has some four million products: at this rate it is read in 80 seconds on one core.
    let value = per_second(ours);
    print(
        "import Open Food Facts",
        "rows/s",
        value,
        Some(("serde_json::Value of each line", per_second(peer))),
        ">= 50000 rows/s",
        value >= 50_000.0,
    );

    let events: Vec<Value> = (0..EVENTS).map(event).collect();
    let document = json!({ "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": { "eventList": events } })
    .to_string();
    let import = || {
        let mut read = 0;
        epcis::import(document.as_bytes(), |found| read += usize::from(matches!(found, Found::Event(_)))).map_or(0, |()| read)
    };
    let parse = || serde_json::from_str::<Value>(&document).map_or(0, |d| d["epcisBody"]["eventList"].as_array().map_or(0, Vec::len));
    assert_eq!((import(), parse()), (EVENTS, EVENTS), "both read every event");
    let (ours, peer) = side_by_side(import, parse);
    let events_per_second = |us: f64| EVENTS as f64 / us * 1e6;
    let events_value = events_per_second(ours);
    print(
        "import EPCIS",
        "events/s",
        events_value,
        Some(("serde_json::Value of it all", events_per_second(peer))),
        ">= 20000 events/s",
        events_value >= 20_000.0,
    );

    // The peer reads files; a hundred times the rows, so that its start does not count.
    let folder = std::env::temp_dir().join(format!("ecosphere-bench-{}", std::process::id()));
    let written = write(&folder, &lines.repeat(100), document.as_bytes());
    let found = if written.is_ok() { duckdb(&folder) } else { Value::Null };
    let _ = std::fs::remove_dir_all(&folder);
    let rate = |n: &str, s: &str| Some(found[n].as_f64()? / found[s].as_f64()?);
    for (name, unit, value, peer) in [
        ("import Open Food Facts, beside DuckDB", "rows/s", value, rate("rows", "rows_s")),
        ("import EPCIS, beside DuckDB", "events/s", events_value, rate("events", "events_s")),
    ] {
        print(name, unit, value, peer.map(|rate| ("duckdb read_json, one thread", rate)), "none", true);
    }
    passports::run();
}

fn write(folder: &Path, products: &[u8], document: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("products.jsonl"), products)?;
    std::fs::write(folder.join("events.jsonld"), document)
}

fn duckdb(folder: &Path) -> Value {
    let python = std::env::var("ECOSPHERE_PEER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/duckdb_peer.py");
    let output = Command::new(python).arg(script).arg(folder.join("products.jsonl")).arg(folder.join("events.jsonld")).output();
    output.ok().and_then(|o| serde_json::from_slice(&o.stdout).ok()).unwrap_or(Value::Null)
}

/// A shipment with two lots, both parties, two measurements and a certificate.
fn event(n: usize) -> Value {
    let lot = |k: usize| json!({ "epcClass": format!("https://id.gs1.org/01/09520000000011/10/L{n}-{k}"), "quantity": 12.5, "uom": "KGM" });
    json!({
        "eventID": format!("https://ecosphere.example/events/{n}"), "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
        "disposition": "in_transit", "eventTime": format!("2026-08-20T10:{:02}:{:02}Z", n / 60 % 60, n % 60), "eventTimeZoneOffset": "+02:00",
        "quantityList": [lot(1), lot(2)],
        "sourceList": [{ "type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00001" }],
        "destinationList": [{ "type": "possessing_party", "destination": "urn:epc:id:pgln:0614141.00001" }],
        "readPoint": { "id": "urn:epc:id:sgln:4012345.00225.0" }, "certificationInfo": ["https://ecosphere.example/certificates/1"],
        "ecosphere:measurements": [{ "metric": "ghg-emissions", "quantity": 3.25, "unit": "KGM" }, { "metric": "water-use", "quantity": 0.5, "unit": "MTQ" }],
    })
}
