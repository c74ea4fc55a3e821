//! A witness (C2SP tlog-witness): it cosigns a log's checkpoint only if that log never went back and never rewrote what it said before.
//!
//! *In:* `POST /add-checkpoint` with a checkpoint and the proof that it follows. *Out:* a cosignature, kept before it is given.
//!
//! | path | what | answers |
//! |---|---|---|
//! | `POST /add-checkpoint` | see [`crate::log::witness`] | 200 signature line; 400, 403, 404, 422 with why; 409 with the size (`text/x.tlog.size`); 413 too long |
//! | `GET /<SHA-256 of the origin>/checkpoint` | the newest checkpoint it cosigned, for monitors | 200; 404 |
//! | `GET /health` | name, key and logs | 200 |
//!
//! What it promises rests on what it remembers: `witness.db` (SQLite, every commit on the disk before the answer). A witness that lost
//! that file has to get a new key, or it could cosign a second history. `key.rs` holds the key's file, `store.rs` the memory.

mod key;
mod store;

pub use key::{new_key, read_key};
pub use store::WitnessStore;

use super::NodeError;
use crate::log::{
    Cosigner, LogKey,
    witness::{MAX_REQUEST, Refusal, Submission},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request, State, rejection::BytesRejection},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How long any one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// "The response MUST have a Content-Type of text/x.tlog.size."
const SIZE: &str = "text/x.tlog.size";
const TEXT: &str = "text/plain; charset=utf-8";

/// A witness.
pub struct Witness {
    /// Its key.
    pub cosigner: Cosigner,
    /// The logs it knows.
    pub logs: Vec<LogKey>,
    /// What it remembers.
    pub store: WitnessStore,
}

impl Witness {
    /// Decides on a request's body: the signature line, kept before it is given, or why not.
    ///
    /// # Errors
    /// The database; nothing was cosigned then.
    pub fn decide(&self, body: &str) -> Result<Result<String, Refusal>, NodeError> {
        match Submission::read(body, &self.logs) {
            Ok(submission) => self.store.cosign(&submission, &self.cosigner, clock),
            Err(refusal) => Ok(Err(refusal)),
        }
    }
}

/// All routes.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .route("/health", get(health))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .layer(middleware::from_fn(bounded))
        .with_state(witness)
}

async fn bounded(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
    answer.unwrap_or_else(|_| say(StatusCode::REQUEST_TIMEOUT, TEXT, "this took too long; try again\n"))
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Result<Bytes, BytesRejection>) -> Response {
    let Ok(body) = body else { return say(StatusCode::PAYLOAD_TOO_LARGE, TEXT, "the request is too long, or broke off\n") };
    let Ok(body) = String::from_utf8(body.into()) else { return say(StatusCode::BAD_REQUEST, TEXT, "the request is not text\n") };
    // Signatures and disk: off the threads that serve.
    let decided = tokio::task::spawn_blocking(move || witness.decide(&body));
    match decided.await {
        Ok(Ok(Ok(line))) => say(StatusCode::OK, TEXT, &line),
        Ok(Ok(Err(Refusal::Conflict(size)))) => say(StatusCode::CONFLICT, SIZE, &format!("{size}\n")),
        Ok(Ok(Err(refusal))) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            say(status, TEXT, &format!("{refusal}\n"))
        }
        Ok(Err(failed)) => {
            eprintln!("ecosphere-node witness: {failed}");
            say(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the witness could not keep this checkpoint, so it did not cosign it; try again later\n")
        }
        Err(_) => say(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the witness failed on this checkpoint and did not cosign it\n"),
    }
}

/// "Monitor Retrieval Mechanism".
async fn checkpoint(State(witness): State<Arc<Witness>>, Path(origin): Path<String>) -> Response {
    let found = tokio::task::spawn_blocking(move || witness.store.checkpoint(&origin));
    match found.await {
        Ok(Ok(Some(note))) => say(StatusCode::OK, TEXT, &note),
        Ok(Ok(None)) => say(StatusCode::NOT_FOUND, TEXT, "this witness never cosigned a checkpoint of that log\n"),
        _ => say(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the witness could not look that up; try again later\n"),
    }
}

async fn health(State(witness): State<Arc<Witness>>) -> Response {
    let logs: Vec<&str> = witness.logs.iter().map(LogKey::origin).collect();
    let body = json!({ "status": "ok", "name": witness.cosigner.key().name(), "vkey": witness.cosigner.key().to_string(), "logs": logs });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn say(status: StatusCode, kind: &'static str, body: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, body.to_owned()).into_response()
}

/// Seconds since 1970.
fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests;
