//! Published files, wherever they lie, and answers that hold a part of one.

use super::app::fault;
use crate::node::files::{Files, LEDGER, body_path};
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Where the published ledger lies.
#[derive(Debug, Clone)]
pub enum LedgerFiles {
    /// In a folder or a bucket.
    Store(Files),
    /// In the program: the sample.
    Built(BTreeMap<&'static str, &'static [u8]>),
}

impl LedgerFiles {
    /// The sample ledger, as built into the program.
    #[must_use]
    pub fn sample() -> Self {
        let files = crate::pack::sample_files().iter().chain(crate::pack::sample_older_entries());
        Self::Built(files.copied().collect())
    }

    /// A file's bytes.
    pub async fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self {
            Self::Store(files) => files.get(&format!("{LEDGER}/{path}")).await.ok().flatten(),
            Self::Built(files) => files.get(path).map(|b| b.to_vec()),
        }
    }
}

impl LedgerFiles {
    /// A body's bytes, by its digest in hex.
    pub async fn body(&self, digest: &str) -> Option<Vec<u8>> {
        match self {
            Self::Store(files) => files.get(&body_path(&hex::FromHex::from_hex(digest).ok()?)).await.ok().flatten(),
            // The sample's dossiers carry them.
            Self::Built(_) => None,
        }
    }
}

/// A path below `root`, when every part of it is a plain name: nothing outside the folder, nothing hidden.
pub fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0']);
    path.split('/').all(plain).then(|| path.split('/').fold(root.to_owned(), |at, part| at.join(part)))
}

/// Answers with a file, or the one byte range that was asked for (RFC 9110, 14).
pub fn answer(request: &HeaderMap, bytes: Vec<u8>, kind: &'static str, caching: &'static str, compressed: bool) -> Response {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
    let wanted = Wanted::of(request, &tag, bytes.len() as u64);
    let body = match wanted {
        // Nobody has more than memory holds in memory.
        Wanted::Part { from, to, .. } => bytes.get(from as usize..=to as usize).unwrap_or_default().to_vec(),
        _ => bytes,
    };
    let mut answer = wanted.answer(&tag, kind, caching, Body::from(body));
    if compressed {
        insert(&mut answer, header::CONTENT_ENCODING, "br");
    }
    answer
}

/// What of a file a request wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It has it already.
    Nothing,
    /// All of it.
    Whole {
        /// So many bytes.
        len: u64,
    },
    /// A part of it.
    Part {
        /// First byte.
        from: u64,
        /// Last byte.
        to: u64,
        /// Bytes in the file.
        len: u64,
    },
    /// Bytes that are not there.
    Beyond {
        /// Bytes in the file.
        len: u64,
    },
}

impl Wanted {
    /// Reads a request for a file with this tag and length.
    pub fn of(request: &HeaderMap, tag: &str, len: u64) -> Self {
        let asked = |name| request.get(name).and_then(|v| v.to_str().ok());
        let known = |tags: &str| tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag);
        if asked(header::IF_NONE_MATCH).is_some_and(known) {
            return Self::Nothing;
        }
        match asked(header::RANGE).filter(|_| asked(header::IF_RANGE).is_none_or(|t| t == tag)).and_then(|r| range(r, len)) {
            None => Self::Whole { len },
            Some(Err(Unsatisfiable)) => Self::Beyond { len },
            Some(Ok((from, to))) => Self::Part { from, to, len },
        }
    }

    /// The bytes to send, as a range.
    pub const fn bytes(self) -> std::ops::Range<u64> {
        match self {
            Self::Nothing | Self::Beyond { .. } => 0..0,
            Self::Whole { len } => 0..len,
            Self::Part { from, to, .. } => from..to + 1,
        }
    }

    /// The answer, with these bytes.
    pub fn answer(self, tag: &str, kind: &'static str, caching: &'static str, body: Body) -> Response {
        let base = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)];
        let mut answer = match self {
            Self::Nothing => (StatusCode::NOT_MODIFIED, base).into_response(),
            Self::Whole { .. } => (base, body).into_response(),
            Self::Part { from, to, len } => {
                let mut partial = (StatusCode::PARTIAL_CONTENT, base, body).into_response();
                insert(&mut partial, header::CONTENT_RANGE, &format!("bytes {from}-{to}/{len}"));
                partial
            }
            Self::Beyond { len } => {
                let mut refused = fault(StatusCode::RANGE_NOT_SATISFIABLE, "the range lies outside the file");
                insert(&mut refused, header::CONTENT_RANGE, &format!("bytes */{len}"));
                return refused;
            }
        };
        let bytes = self.bytes();
        insert(&mut answer, header::ETAG, tag);
        insert(&mut answer, header::ACCEPT_RANGES, "bytes");
        if !matches!(self, Self::Nothing) {
            insert(&mut answer, header::CONTENT_LENGTH, &(bytes.end - bytes.start).to_string());
        }
        answer
    }
}

fn insert(answer: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        answer.headers_mut().insert(name, value);
    }
}

struct Unsatisfiable;

/// The first and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`. `None` for anything else: then the whole file is the answer.
fn range(text: &str, len: u64) -> Option<Result<(u64, u64), Unsatisfiable>> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |t: &str| (!t.is_empty() && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<u64>().unwrap_or(u64::MAX));
    let (from, to) = match (from, to) {
        ("", last) => {
            let n = number(last)?;
            if n == 0 {
                return Some(Err(Unsatisfiable));
            }
            (len.saturating_sub(n), len.checked_sub(1)?)
        }
        (from, "") => (number(from)?, len.checked_sub(1)?),
        (from, to) => (number(from)?, number(to)?.min(len.checked_sub(1)?)),
    };
    Some(if from <= to && from < len { Ok((from, to)) } else { Err(Unsatisfiable) })
}
