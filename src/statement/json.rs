//! JSON from outside, read strictly, and its canonical form (RFC 8785, JCS).
//!
//! `serde_json` keeps the last of two equal keys and rounds what does not fit a double; a signature over such a
//! document would mean two things. So text from outside is read here and nowhere else.

use serde_json::Value;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// Why a JSON text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("this is not JSON ({0})")]
    Syntax(String),
    /// An object has the same key twice.
    #[error("the key \"{0}\" appears twice in one object; keep one of them")]
    DuplicateKey(String),
    /// A number that a double cannot hold exactly.
    #[error("the number {0} cannot be carried exactly; write it as a string")]
    Number(String),
    /// Nested too deep.
    #[error("the document is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

/// Reads a JSON text: no duplicate keys, no numbers that JCS cannot carry exactly, at most [`MAX_DEPTH`] levels.
///
/// # Errors
/// The first fault found.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    let _ = text;
    todo!("helper A")
}

/// The canonical form of a value (RFC 8785).
///
/// # Errors
/// A number JCS cannot carry.
pub fn canonical(value: &Value) -> Result<Vec<u8>, JsonError> {
    let _ = value;
    todo!("helper A")
}
