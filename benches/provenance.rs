//! The group `provenance`: importing Open Food Facts rows, beside the least that any importer must do, parsing each line as JSON.
//! Then passports (`passports.rs`). The rows are the sample's, trimmed to what is read; on rows as exported (some 29 kB each) parsing is nearly all of the work.

#[path = "measure.rs"]
mod measure;
#[path = "passports.rs"]
mod passports;

use ecosphere::provenance::{BrandIndex, openfoodfacts};
use measure::{print, side_by_side};
use std::io::Read as _;

fn main() {
    let packed = include_bytes!("../assets/sample/source/openfoodfacts.jsonl.gz");
    let mut lines = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut lines).expect("the sample in the repository is whole");
    let rows = lines.iter().filter(|b| **b == b'\n').count();
    let brands = BrandIndex::default();

    let import = || openfoodfacts::import(lines.as_slice(), openfoodfacts::Site::Food, &brands).map_or(0, |i| i.records.len() + i.dropped.len());
    let parse = || lines.split(|b| *b == b'\n').filter(|l| serde_json::from_slice::<serde_json::Value>(l).is_ok()).count();
    assert_eq!((import(), parse()), (rows, rows), "both read every row");

    let (ours, peer) = side_by_side(import, parse);
    let per_second = |us: f64| rows as f64 / us * 1e6;
    // The whole database has some four million products: at this rate it is read in under four minutes on one core.
    let (goal, value) = (20_000.0, per_second(ours));
    print("import Open Food Facts", "rows/s", value, Some(("serde_json::Value of each line", per_second(peer))), ">= 20000 rows/s", value >= goal);
    passports::run();
}
