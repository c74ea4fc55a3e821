//! What is dear to make is kept under what it was made from, so that a second run takes seconds.

use crate::machine;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::fs;

/// What was made of `from` under this name before, else what `make` makes of it now.
///
/// `name` says what is made and how (a file's name, the options). Only the newest result of a name is kept.
pub fn kept(name: &str, from: &[u8], make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let folder = machine::target().join("kept").join(name);
    let file = folder.join(format!("{:x}", Sha256::digest(from)));
    if let Ok(bytes) = fs::read(&file) {
        return Ok(bytes);
    }
    let bytes = make()?;
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    // Whole or not at all: a run that is cut short must not leave half a result behind.
    let part = folder.join("part");
    fs::write(&part, &bytes)?;
    fs::rename(part, file)?;
    Ok(bytes)
}
