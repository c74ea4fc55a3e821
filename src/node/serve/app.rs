//! What the server holds, its routes, and what goes for every answer.

use super::{LedgerFiles, Phone, ledger, phone, statements, web};
use crate::node::sequencer::Sequencer;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

/// How long any one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest request body, in bytes: a statement, a body and some.
const MAX_BODY: usize = 1024 * 1024;

/// What the server holds.
pub struct App {
    /// The published ledger.
    pub ledger: LedgerFiles,
    /// The web app's folder.
    pub web: Option<PathBuf>,
    /// The one writer; `None` when the ledger is served read-only.
    pub sequencer: Option<Mutex<Sequencer>>,
    /// Why it is read-only, for whoever tries to write.
    pub read_only: &'static str,
    /// What a phone needs to trust this node.
    pub phone: Option<Phone>,
    /// The ledger's origin.
    pub origin: String,
    /// True when its keys are public.
    pub sample: bool,
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/statements", post(statements::post))
        .route("/ledger/{*path}", get(ledger::get))
        .route("/body/{digest}", get(ledger::body))
        .route("/lan", get(phone::page))
        .route("/lan/ca.crt", get(phone::certificate))
        .fallback(get(web::get))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(guard))
        .with_state(app)
}

/// Over plain HTTP, before a phone trusts the certificate: only the page that helps it; everything else leads there.
pub fn help_router(app: Arc<App>) -> Router {
    let page = app.phone.as_ref().map(|p| p.page.clone()).unwrap_or_default();
    Router::new()
        .route("/lan", get(phone::page))
        .route("/lan/ca.crt", get(phone::certificate))
        .fallback(move || async move { Redirect::temporary(&page) })
        .layer(middleware::from_fn(guard))
        .with_state(app)
}

async fn health(State(app): State<Arc<App>>) -> Response {
    let writable = app.sequencer.is_some();
    let body = json!({ "status": "ok", "origin": app.origin, "sample": app.sample, "writable": writable, "version": env!("CARGO_PKG_VERSION") });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// What every page may do: run its own scripts and wasm, start its own workers, show pictures it made, fetch ledgers, use the camera.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; media-src 'self' blob: mediastream:; connect-src 'self' https: http://localhost:* http://127.0.0.1:*; \
     manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"),
];

/// Bounds every request in time and gives every answer the security headers.
async fn guard(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
    let mut answer = answer.unwrap_or_else(|_| fault(StatusCode::REQUEST_TIMEOUT, "this took too long; try again"));
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// An answer that says what is wrong.
pub(super) fn fault(status: StatusCode, why: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({ "error": why }))).into_response()
}
