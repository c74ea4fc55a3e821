//! The standards' own test vectors (`tests/data/vectors/`, see its README), and input made to break what reads it.

mod altered;
mod eddsa_jcs;
mod jcs;
mod merkle;
mod peer;
mod status_list;
mod untp;
mod wycheproof;

use std::path::{Path, PathBuf};

/// A file or folder of the vectors.
fn vectors(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors").join(path)
}

/// A vector's text.
fn text(path: &str) -> String {
    std::fs::read_to_string(vectors(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// A vector that is JSON.
fn json(path: &str) -> serde_json::Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All JSON files below a folder, sorted, so that a run is the same everywhere.
fn json_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![vectors(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
