//! The web app: a folder of files, brotli beside them where the build made it.

use super::{
    app::{App, fault},
    files::{answer, inside},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse as _, Response},
};
use std::{path::Path, sync::Arc};

/// A file of the app, or its one page for every address that is none.
pub async fn get(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(root) = &app.web else { return no_app() };
    let decoded = percent_encoding::percent_decode_str(uri.path().trim_start_matches('/')).decode_utf8();
    let Ok(path) = decoded else { return fault(StatusCode::BAD_REQUEST, "the address is not UTF-8") };
    // Files have a dot in their name, pages of the app do not.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let name = if is_file { path.as_ref() } else { "index.html" };
    match file(root, name, &headers).await {
        Some(answer) => answer,
        None => fault(StatusCode::NOT_FOUND, "there is no such file in this app"),
    }
}

async fn file(root: &Path, name: &str, headers: &HeaderMap) -> Option<Response> {
    let path = inside(root, name)?;
    let kind = media_type(name);
    let takes_brotli = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(takes_br);
    let packed = inside(root, &format!("{name}.br"))?;
    // Names in the app do not change with their content, so a browser asks each time; the tag makes that one short answer.
    let mut found = match tokio::fs::read(&packed).await {
        Ok(bytes) if takes_brotli => answer(headers, bytes, kind, "no-cache", true),
        _ => answer(headers, tokio::fs::read(&path).await.ok()?, kind, "no-cache", false),
    };
    found.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Some(found)
}

/// `br`, and not `br;q=0`.
fn takes_br(coding: &str) -> bool {
    let (name, quality) = coding.trim().split_once(';').unwrap_or((coding.trim(), ""));
    let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
    name.trim().eq_ignore_ascii_case("br") && !refused
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn no_app() -> Response {
    let page = "<!doctype html><html lang=en><meta charset=utf-8><title>EcoSphere node</title><h1>This node serves a ledger</h1>\
        <p>The web app is not here: start the node with <code>--web &lt;folder&gt;</code>, or run <code>cargo xtask run</code>.</p>\
        <p><a href=/ledger/checkpoint>The ledger's checkpoint</a>, <a href=/health>what this node serves</a>.</p>";
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}
