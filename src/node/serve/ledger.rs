//! `GET /ledger/…`.

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
        _ => ("application/octet-stream", "public, max-age=31536000, immutable"),
    };
    let mut answer = answer(&headers, bytes, kind, caching, false);
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-range, etag"));
    answer
}
