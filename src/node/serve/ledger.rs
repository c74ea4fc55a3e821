//! `GET /ledger/…` and `GET /body/…`.

use super::{
    app::{App, fault},
    files::answer,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use std::sync::Arc;

/// A published file. Anyone may read it from any page: it is public and proves itself.
pub async fn get(State(app): State<Arc<App>>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(bytes) = app.ledger.read(&path).await else {
        return fault(StatusCode::NOT_FOUND, "there is no such file in this ledger");
    };
    let (kind, caching) = match path.as_str() {
        "checkpoint" => ("text/plain; charset=utf-8", "no-store"),
        "shelf.json" => ("application/json", "no-cache"),
        _ => ("application/octet-stream", IMMUTABLE),
    };
    public(answer(&headers, bytes, kind, caching, false))
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
