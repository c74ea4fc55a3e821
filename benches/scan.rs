//! The group `scan`: decoding photographs of codes, beside PyPI's `zxing-cpp` on the same grey values and for the same symbologies.
//!
//! `cargo bench --bench scan -- [folder]`: every picture below the folder (else `$SCAN_PHOTOS`, else `tests/data/codes`) that has a text of
//! the same name beside it, with thorough effort. The peer runs in `$ECOSPHERE_PEER_PYTHON` (else `python3`) by
//! `benches/peers/zxing_peer.py`; where it is not installed, its columns are null and no goal counts as met. With `--names`, what was not
//! decoded goes to stderr.

#[path = "measure.rs"]
mod measure;

use ecosphere::passport::qr::{Effort, read_luma};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// Each picture is decoded this often and its best time is taken, here and by the peer.
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let folder = arguments.iter().find(|a| !a.starts_with("--")).cloned().or_else(|| std::env::var("SCAN_PHOTOS").ok());
    let folder = folder.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/codes"), PathBuf::from);
    let mut photos = Vec::new();
    collect(&folder, &mut photos);
    photos.sort();
    let (mut decoded, mut times) = (0_u32, Vec::new());
    for photo in &photos {
        let expected = expected_text(photo);
        let Ok(picture) = image::open(photo).map(image::DynamicImage::into_luma8) else { continue };
        let (mut best, mut texts) = (f64::MAX, Vec::new());
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let codes = read_luma(picture.as_raw(), picture.width(), picture.height(), Effort::Thorough);
            best = best.min(start.elapsed().as_secs_f64() * 1000.0);
            texts = codes.into_iter().map(|c| c.text).collect();
        }
        times.push(best);
        if texts.iter().any(|text| same(text, &expected)) {
            decoded += 1;
        } else if arguments.iter().any(|a| a == "--names") {
            eprintln!("{} {best:.1} ms: {texts:?} is not {expected:?}", photo.display());
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or(0.0);
    let peer = peer(&folder);
    let of_peer = |name: &str| peer.get(name).and_then(Value::as_f64);
    let images = times.len();
    let decoded = f64::from(decoded);
    report(&format!("photographs decoded, of {images}"), "photographs", decoded, of_peer("decoded"), "ratio >= 1", |ratio| ratio >= 1.0);
    report("decode a photograph, median", "ms", at(0.5), of_peer("median_ms"), "ratio <= 2", |ratio| ratio <= 2.0);
    report(
        "decode a photograph, 95th percentile",
        "ms",
        at(0.95),
        of_peer("p95_ms"),
        "none: the price of the photographs that only the slower decoders may read",
        |_| true,
    );
}

fn report(name: &str, unit: &str, value: f64, theirs: Option<f64>, goal: &str, met: impl Fn(f64) -> bool) {
    let theirs = theirs.filter(|theirs| *theirs > 0.0);
    measure::print(name, unit, value, theirs.map(|theirs| ("zxing-cpp", theirs)), goal, theirs.is_some_and(|theirs| met(value / theirs)));
}

/// An EAN-13 with a leading zero and the UPC-A without it are the same bars.
fn same(text: &str, expected: &str) -> bool {
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.trim_start_matches('0').to_owned());
    text.trim_end_matches(['\r', '\n']) == expected || number(text).is_some_and(|n| number(expected) == Some(n))
}

fn expected_text(photo: &Path) -> String {
    let bytes = std::fs::read(photo.with_extension("txt")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()
}

fn collect(folder: &Path, photos: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, photos);
        } else if path.extension().is_some_and(|e| ["png", "jpg", "jpeg", "gif"].iter().any(|x| e == *x)) && path.with_extension("txt").exists() {
            photos.push(path);
        }
    }
}

fn peer(folder: &Path) -> Value {
    let python = std::env::var("ECOSPHERE_PEER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/zxing_peer.py");
    let output = Command::new(python).arg(script).arg(folder).output();
    output.ok().and_then(|o| serde_json::from_slice(&o.stdout).ok()).unwrap_or(Value::Null)
}
