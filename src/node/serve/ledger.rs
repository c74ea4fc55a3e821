//! `GET /ledger/…` and `GET /body/…`.

use super::{
    app::{App, fault},
    files::{LedgerFiles, Wanted, answer},
};
use crate::node::{
    files::{Files, LEDGER},
    status_token,
};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use std::sync::Arc;

/// A published file. Anyone may read it from any page: it is public and proves itself.
pub async fn get(State(app): State<Arc<App>>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    let missing = || fault(StatusCode::NOT_FOUND, "there is no such file in this ledger");
    if let (LedgerFiles::Store(files), Some(digest)) = (&app.ledger, path.strip_prefix("pack/")) {
        return pack(files, &path, digest, &headers).await.unwrap_or_else(missing);
    }
    let Some(bytes) = app.ledger.read(&path).await else { return missing() };
    let (kind, caching) = match path.as_str() {
        "checkpoint" => ("text/plain; charset=utf-8", "no-store"),
        "policy" | "handover" => ("text/plain; charset=utf-8", "no-cache"),
        status_token::NAME => ("application/statuslist+jwt", "no-cache"),
        "shelf.json" => ("application/json", "no-cache"),
        _ => ("application/octet-stream", IMMUTABLE),
    };
    public(answer(&headers, bytes, kind, caching, false))
}

/// A pack's file may be large, so it is passed on piece by piece and only what was asked for is read. Its name is its digest, and so its tag.
async fn pack(files: &Files, path: &str, digest: &str, headers: &HeaderMap) -> Option<Response> {
    let path = format!("{LEDGER}/{path}");
    let tag = format!("\"{}\"", digest.get(..32)?);
    let wanted = Wanted::of(headers, &tag, files.size(&path).await.ok()??);
    let body = if wanted.bytes().is_empty() { Body::empty() } else { Body::from_stream(files.stream(&path, wanted.bytes()).await.ok()?) };
    Some(public(wanted.answer(&tag, "application/octet-stream", IMMUTABLE, body)))
}

/// A body: a credential, sheet or document that a statement names by digest. Mirrors copy them.
pub async fn body(State(app): State<Arc<App>>, Path(digest): Path<String>, headers: HeaderMap) -> Response {
    match app.ledger.body(&digest).await {
        Some(bytes) => public(answer(&headers, bytes, "application/json", IMMUTABLE, false)),
        None => fault(StatusCode::NOT_FOUND, "there is no such body beside this ledger"),
    }
}

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

fn public(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-range, etag"));
    answer
}
