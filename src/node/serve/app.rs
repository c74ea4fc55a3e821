//! What the server holds, its routes, and what goes for every answer.

use super::{LedgerFiles, Phone, ledger, phone, proof, statements, web};
use crate::node::{
    intake::{Intake, MAX_QUEUED},
    metrics::Metrics,
    store::Store,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// How long any one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest request body except where a route says otherwise, in bytes. Nothing but statements has one.
const MAX_BODY: usize = 64 * 1024;
/// Room for requests that are being read, in KiB.
pub const ROOM_KIB: usize = 64 * 1024;

/// What the server holds.
pub struct App {
    /// The published ledger.
    pub ledger: LedgerFiles,
    /// The web app's folder.
    pub web: Option<PathBuf>,
    /// The way to the one writer; `None` when the ledger is served read-only.
    pub intake: Option<Intake>,
    /// Where statements stand, if this node knows.
    pub store: Option<Arc<dyn Store>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Room for requests that are being read: [`ROOM_KIB`] permits.
    pub room: Semaphore,
    /// How long any one request may take.
    pub patience: Duration,
    /// Why it is read-only, for whoever tries to write.
    pub read_only: &'static str,
    /// What a phone needs to trust this node.
    pub phone: Option<Phone>,
    /// The ledger's origin.
    pub origin: String,
    /// True when its keys are public.
    pub sample: bool,
}

impl App {
    /// A server of these files alone, read-only.
    #[must_use]
    pub fn new(ledger: LedgerFiles, origin: String, sample: bool) -> Self {
        let metrics = Arc::default();
        let room = Semaphore::new(ROOM_KIB);
        Self { ledger, web: None, intake: None, store: None, metrics, room, patience: REQUEST_TIMEOUT, read_only: "", phone: None, origin, sample }
    }
}

/// Every route but the web app's: method, path and what answers. `openapi.json` describes each.
pub(super) fn routes() -> Vec<(&'static str, &'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("get", "/health", get(health)),
        ("get", "/metrics", get(metrics)),
        ("get", "/openapi.json", get(openapi)),
        ("post", "/statements", post(statements::post)),
        ("get", "/statements/{id}", get(statements::get)),
        ("get", "/statements/{id}/proof", get(statements::get_proof)),
        ("get", "/state/accounts/{bucket}", get(proof::accounts)),
        ("get", "/state/{kind}/{id}", get(proof::state)),
        ("get", "/ledger/{*path}", get(ledger::get)),
        ("get", "/body/{digest}", get(ledger::body)),
        ("get", "/lan", get(phone::page)),
        ("get", "/lan/ca.crt", get(phone::certificate)),
    ]
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let router = routes().into_iter().fold(Router::new(), |router, (_, path, answers)| router.route(path, answers));
    router
        .fallback(get(web::get))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), measure))
        .layer(middleware::from_fn_with_state(app.patience, guard))
        .with_state(app)
}

/// Over plain HTTP, before a phone trusts the certificate: only the page that helps it; everything else leads there.
pub fn help_router(app: Arc<App>) -> Router {
    let page = app.phone.as_ref().map(|p| p.page.clone()).unwrap_or_default();
    Router::new()
        .route("/lan", get(phone::page))
        .route("/lan/ca.crt", get(phone::certificate))
        .fallback(move || async move { Redirect::temporary(&page) })
        .layer(middleware::from_fn_with_state(app.patience, guard))
        .with_state(app)
}

async fn health(State(app): State<Arc<App>>) -> Response {
    if app.intake.as_ref().is_some_and(|intake| !intake.is_running()) {
        return fault(StatusCode::SERVICE_UNAVAILABLE, "this node takes no statements any more, because it failed; its log says why. Start it again");
    }
    let writable = app.intake.is_some();
    let mut body = json!({ "status": "ok", "origin": app.origin, "sample": app.sample, "writable": writable, "version": env!("CARGO_PKG_VERSION") });
    // Statements are taken all the same.
    if let Some(why) = app.metrics.waiting.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        body["publishing_waits"] = why.as_str().into();
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let queued = app.intake.as_ref().map_or(0, Intake::queued);
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, app.metrics.expose(queued, MAX_QUEUED)).into_response()
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], OPENAPI).into_response()
}

async fn method_not_allowed() -> Response {
    fault(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method; /openapi.json says what it takes")
}

/// The document that describes this API.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// Counts every request by its route.
async fn measure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "app".to_owned(), |path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        known @ ("GET" | "POST" | "HEAD") => known.to_owned(),
        // Names that somebody makes up are not kept.
        _ => "other".to_owned(),
    };
    let answer = next.run(request).await;
    app.metrics.request(&method, &route, answer.status().as_u16(), started.elapsed());
    answer
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
    (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=(self), payment=(), usb=(), interest-cohort=()"),
];

/// Bounds every request in time and gives every answer the security headers.
async fn guard(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(patience, next.run(request)).await;
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
