//! `POST /statements` and `GET /statements/…`.

use super::{
    app::{App, fault},
    proof::{self, Logged},
};
use crate::{
    measure::Millis,
    node::{
        check::Submission,
        intake::{Answer, Busy},
        sequencer::Receipt,
        store::Standing,
    },
    statement::Digest,
};
use axum::{
    Json,
    body::{Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json, value::RawValue};
use std::{sync::Arc, time::Duration};

/// The largest request, in bytes: a thousand statements with their bodies.
pub const MAX_REQUEST: usize = 8 * 1024 * 1024;
/// The most statements in one request.
pub const MAX_STATEMENTS: usize = 1_000;
/// The most bodies with one statement: no kind names more.
const MAX_BODIES: usize = 4;
/// How long a sender may take to send a request.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// What a request whose length is not known weighs in the room for requests, in KiB.
const UNKNOWN_KIB: usize = MAX_REQUEST / 1024;

/// A statement with the bodies it names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item<'a> {
    #[serde(borrow)]
    statement: &'a RawValue,
    #[serde(borrow, default)]
    bodies: Vec<&'a RawValue>,
}

/// One, or many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent<'a> {
    #[serde(borrow, default, deserialize_with = "there")]
    statement: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "there")]
    bodies: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, deserialize_with = "there")]
    statements: Option<Vec<Item<'a>>>,
}

/// A member that is there is not `null`.
fn there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Takes `{"statement": {…}, "bodies": [{…}, …]}` or `{"statements": [{"statement": …, "bodies": …}, …]}`; answers once each is durable.
pub async fn post(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(intake) = &app.intake else { return fault(StatusCode::FORBIDDEN, app.read_only) };
    // Room for what is being read is bounded too, whoever sends and however slowly.
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_REQUEST) {
        return too_large();
    }
    let weight = length.map_or(UNKNOWN_KIB, |length| length.div_ceil(1024).max(1));
    let Ok(room) = app.room.try_acquire_many(u32::try_from(weight).unwrap_or(u32::MAX)) else { return busy(Busy { retry_after: 1 }) };
    let bytes = match tokio::time::timeout(READ_TIMEOUT, to_bytes(request.into_body(), MAX_REQUEST)).await {
        Err(_) => return fault(StatusCode::REQUEST_TIMEOUT, "this took too long to arrive; send fewer statements at a time"),
        Ok(Err(_)) => return too_large(),
        Ok(Ok(bytes)) => bytes,
    };
    let (submissions, many) = match read(&bytes) {
        Ok(read) => read,
        Err(why) => return fault(StatusCode::BAD_REQUEST, &why),
    };
    drop(bytes);
    let answers = intake.offer(submissions).await;
    drop(room);
    match answers {
        Err(full) => busy(full),
        Ok(answers) if many => {
            let results: Vec<Value> = answers.iter().map(|answer| describe(answer).1).collect();
            (StatusCode::OK, NOT_STORED, Json(json!({ "results": results }))).into_response()
        }
        Ok(answers) => match answers.first().map(describe) {
            Some((status, body)) => (status, NOT_STORED, Json(body)).into_response(),
            None => fault(StatusCode::BAD_REQUEST, "there is no statement"),
        },
    }
}

const NOT_STORED: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

fn too_large() -> Response {
    fault(StatusCode::PAYLOAD_TOO_LARGE, "a request has at most 8 MiB; send fewer statements at a time")
}

fn busy(Busy { retry_after }: Busy) -> Response {
    let mut answer = fault(StatusCode::TOO_MANY_REQUESTS, "more statements wait than this node can take at once; send this again later");
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    answer
}

/// What was sent, and whether it was a list.
fn read(bytes: &Bytes) -> Result<(Vec<Submission>, bool), String> {
    let hint = "send {\"statement\": {…}, \"bodies\": [{…}]}, or {\"statements\": [{\"statement\": {…}}, …]}";
    let sent: Sent<'_> = serde_json::from_slice(bytes).map_err(|e| format!("{e}; {hint}"))?;
    let (items, many) = match sent {
        Sent { statement: Some(statement), bodies, statements: None } => (vec![Item { statement, bodies: bodies.unwrap_or_default() }], false),
        Sent { statement: None, bodies: None, statements: Some(items) } => (items, true),
        _ => return Err(hint.to_owned()),
    };
    if items.is_empty() || items.len() > MAX_STATEMENTS {
        return Err(format!("send 1 to {MAX_STATEMENTS} statements at a time"));
    }
    if items.iter().any(|item| item.bodies.len() > MAX_BODIES) {
        return Err(format!("a statement has at most {MAX_BODIES} bodies"));
    }
    if items.iter().flat_map(|item| item.bodies.iter().chain([&item.statement])).any(|raw| !raw.get().starts_with('{')) {
        return Err("statements and bodies are JSON objects".to_owned());
    }
    let text = |raw: &RawValue| raw.get().as_bytes().to_vec();
    Ok((items.into_iter().map(|i| Submission { statement: text(i.statement), bodies: i.bodies.into_iter().map(text).collect() }).collect(), many))
}

fn describe(answer: &Answer) -> (StatusCode, Value) {
    match answer {
        Answer::Taken(Receipt { leaf, id, batch_time, passport, again }) => {
            let status = if *again { StatusCode::OK } else { StatusCode::ACCEPTED };
            let body = json!({ "status": "pending", "id": hex::encode(id), "leaf": leaf, "batch_time": batch_time.to_rfc3339() });
            (status, numbered(body, *passport))
        }
        Answer::Waiting(id) => (StatusCode::ACCEPTED, json!({ "status": "pending", "id": hex::encode(id) })),
        Answer::Refused { id, code, reason } => {
            (StatusCode::UNPROCESSABLE_ENTITY, json!({ "status": "rejected", "id": id.map(hex::encode), "code": code, "error": reason }))
        }
        Answer::Failed => {
            let why = "the node could not store this now, and cannot say whether it was taken; send the same statement again later";
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "status": "failed", "error": why }))
        }
    }
}

/// Where a statement stands; with its proof once it is logged, as JSON or, when `Accept` prefers text, as a `tlog-proof`.
pub async fn get(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let text = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.trim_start().starts_with("text/plain"));
    stand(&app, &id, text).await
}

/// The `tlog-proof` of a statement that is logged.
pub async fn get_proof(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    stand(&app, &id, true).await
}

async fn stand(app: &Arc<App>, id: &str, text: bool) -> Response {
    let mut digest: Digest = [0; 32];
    if id.len() != 64 || id.bytes().any(|b| b.is_ascii_uppercase()) || hex::decode_to_slice(id, &mut digest).is_err() {
        return fault(StatusCode::BAD_REQUEST, "a statement's id is 64 hex digits in lower case: SHA-256 of its canonical form without \"proof\"");
    }
    let looking = Arc::clone(app);
    let found = tokio::task::spawn_blocking(move || looking.store.as_ref().map_or(Ok(None), |store| store.standing(&digest))).await;
    let unknown = || fault(StatusCode::NOT_FOUND, "this node knows no such statement; a refusal is remembered for a day");
    let answer = match found {
        Ok(Ok(None)) => return unknown(),
        Ok(Ok(Some(Standing::Waiting))) => json!({ "status": "pending", "id": id }),
        Ok(Ok(Some(Standing::Refused { code, reason }))) => json!({ "status": "rejected", "id": id, "code": code, "reason": reason }),
        Ok(Ok(Some(Standing::Taken { leaf, batch_time }))) => {
            let answer = match proof::logged(&app.ledger, leaf).await {
                Some(logged) if text => {
                    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
                    return (kind, NOT_STORED, logged.to_text()).into_response();
                }
                Some(logged) => describe_logged(id, leaf, batch_time, &logged),
                None => json!({ "status": "pending", "id": id, "leaf": leaf, "batch_time": batch_time.to_rfc3339() }),
            };
            numbered(answer, passport_at(app, leaf).await)
        }
        Ok(Err(failed)) => {
            eprintln!("ecosphere-node: {failed}");
            return fault(StatusCode::SERVICE_UNAVAILABLE, "the node cannot look this up now; try again later");
        }
        Err(_) => return fault(StatusCode::SERVICE_UNAVAILABLE, "the node cannot look this up now; try again later"),
    };
    if text {
        return fault(StatusCode::NOT_FOUND, "this statement has no proof: it is not under a published checkpoint");
    }
    (NOT_STORED, Json(answer)).into_response()
}

/// The number of the passport that was issued at a leaf, where this node holds the state.
async fn passport_at(app: &App, leaf: u64) -> Option<u32> {
    app.intake.as_ref()?.ask(move |sequencer| sequencer.ledger().state().passport_at(leaf)).await?
}

/// An answer with the number of the passport that the statement issues, if it issues one.
fn numbered(mut answer: Value, passport: Option<u32>) -> Value {
    if let Some(number) = passport {
        answer["passport"] = number.into();
    }
    answer
}

fn describe_logged(id: &str, leaf: u64, batch_time: Millis, logged: &Logged) -> Value {
    json!({
        "status": "logged", "id": id, "leaf": leaf, "batch_time": batch_time.to_rfc3339(),
        "checkpoint": logged.checkpoint(), "proof": logged.path(),
    })
}
