//! `POST /statements`.

use super::app::{App, fault};
use crate::{node::NodeError, statement::json};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};

/// Takes `{"statement": {…}, "bodies": [{…}, …]}`, answers `{"leaf", "id", "batch_time"}`. The leaf is final once a checkpoint covers it.
pub async fn post(State(app): State<Arc<App>>, body: Bytes) -> Response {
    if app.sequencer.is_none() {
        return fault(StatusCode::FORBIDDEN, app.read_only);
    }
    // Signatures and disk: off the threads that serve.
    let taken = tokio::task::spawn_blocking(move || take(&app, &body)).await;
    match taken {
        Ok(Ok(answer)) => (StatusCode::ACCEPTED, Json(answer)).into_response(),
        Ok(Err(error)) if error.is_refusal() => fault(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
        Ok(Err(NodeError::Usage(why))) => fault(StatusCode::BAD_REQUEST, &why),
        Ok(Err(error)) => {
            eprintln!("ecosphere-node: {error}");
            fault(StatusCode::INTERNAL_SERVER_ERROR, "the node could not store this; nothing was taken, try again later")
        }
        Err(_) => fault(StatusCode::INTERNAL_SERVER_ERROR, "the node failed on this statement; nothing was taken"),
    }
}

fn take(app: &App, body: &[u8]) -> Result<Value, NodeError> {
    let usage = |why: String| NodeError::Usage(format!("{why}; send {{\"statement\": {{…}}, \"bodies\": [{{…}}]}}"));
    let envelope = json::parse(body).map_err(|e| usage(e.to_string()))?;
    let canonical = |value: &Value| json::canonical(value).map_err(|e| usage(e.to_string()));
    let entry = canonical(envelope.get("statement").ok_or_else(|| usage("there is no statement".to_owned()))?)?;
    let bodies = match envelope.get("bodies") {
        None => Vec::new(),
        Some(Value::Array(bodies)) => bodies.iter().map(canonical).collect::<Result<_, _>>()?,
        Some(_) => return Err(usage("\"bodies\" is not a list".to_owned())),
    };
    let Some(sequencer) = &app.sequencer else { return Err(NodeError::Usage(app.read_only.to_owned())) };
    // A writer that panicked left nothing half done: what it holds is checked before it is changed.
    let mut sequencer = sequencer.lock().unwrap_or_else(PoisonError::into_inner);
    let receipt = sequencer.take(entry, bodies)?;
    Ok(json!({ "leaf": receipt.leaf, "id": hex::encode(receipt.id), "batch_time": receipt.batch_time.to_rfc3339() }))
}
