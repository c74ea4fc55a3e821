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
    let base = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)];
    let asked = |name| request.get(name).and_then(|v| v.to_str().ok());
    let known = |tags: &str| tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag);
    if asked(header::IF_NONE_MATCH).is_some_and(known) {
        return (StatusCode::NOT_MODIFIED, base, [(header::ETAG, tag)]).into_response();
    }
    let mut answer = match asked(header::RANGE).filter(|_| asked(header::IF_RANGE).is_none_or(|t| t == tag)).and_then(|r| range(r, bytes.len())) {
        None => (base, Body::from(bytes)).into_response(),
        Some(Err(Unsatisfiable)) => {
            let mut refused = fault(StatusCode::RANGE_NOT_SATISFIABLE, "the range lies outside the file");
            insert(&mut refused, header::CONTENT_RANGE, &format!("bytes */{}", bytes.len()));
            return refused;
        }
        Some(Ok((from, to))) => {
            let whole = bytes.len();
            let part = bytes.get(from..=to).unwrap_or_default().to_vec();
            let mut partial = (StatusCode::PARTIAL_CONTENT, base, Body::from(part)).into_response();
            insert(&mut partial, header::CONTENT_RANGE, &format!("bytes {from}-{to}/{whole}"));
            partial
        }
    };
    insert(&mut answer, header::ETAG, &tag);
    insert(&mut answer, header::ACCEPT_RANGES, "bytes");
    if compressed {
        insert(&mut answer, header::CONTENT_ENCODING, "br");
    }
    answer
}

fn insert(answer: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        answer.headers_mut().insert(name, value);
    }
}

struct Unsatisfiable;

/// The first and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`. `None` for anything else: then the whole file is the answer.
fn range(text: &str, len: usize) -> Option<Result<(usize, usize), Unsatisfiable>> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |t: &str| (!t.is_empty() && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<usize>().unwrap_or(usize::MAX));
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
