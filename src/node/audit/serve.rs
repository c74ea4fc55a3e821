//! A witness that audits: it hands a checkpoint on to be cosigned only after it replayed the log up to it.
//!
//! *In:* `POST /add-checkpoint` of C2SP tlog-witness, as any witness takes it. *Out:* what the witness behind it answers; or 422 with the
//! sentence of the evidence, which is kept in a file; or 503 while the log's files cannot be read. A replay that takes longer than the node
//! waits goes on, and the node finds it done when it asks again.

use super::{Auditor, Place};
use crate::{
    log::{
        LogKey,
        witness::{MAX_REQUEST, Submission},
    },
    node::{NodeError, folder::replace},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// Puts an audit of the log at `place` before a witness's routes. Evidence goes to `folder`.
pub fn auditing(witness: Router, auditor: Auditor, place: Place, logs: Vec<LogKey>, folder: PathBuf) -> Router {
    let desk = Arc::new(Desk { auditor: Mutex::new(auditor), place, logs, folder });
    witness.layer(middleware::from_fn(move |request, next| audited(desk.clone(), request, next)))
}

struct Desk {
    auditor: Mutex<Auditor>,
    place: Place,
    logs: Vec<LogKey>,
    folder: PathBuf,
}

async fn audited(desk: Arc<Desk>, request: Request, next: Next) -> Response {
    if request.uri().path() != "/add-checkpoint" {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_REQUEST).await else {
        return say(StatusCode::PAYLOAD_TOO_LARGE, "the request is too long, or broke off");
    };
    let text = String::from_utf8_lossy(&body).into_owned();
    let looked = tokio::task::spawn_blocking(move || desk.look(&text)).await;
    match looked {
        Ok(Ok(None)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Ok(Some(lie))) => say(StatusCode::UNPROCESSABLE_ENTITY, &lie),
        Ok(Err(failed)) => {
            eprintln!("ecosphere-node witness: the log could not be audited: {failed}");
            say(StatusCode::SERVICE_UNAVAILABLE, &format!("the log could not be audited, so its checkpoint was not cosigned: {failed}"))
        }
        Err(_) => say(StatusCode::INTERNAL_SERVER_ERROR, "the audit failed, so the checkpoint was not cosigned"),
    }
}

impl Desk {
    /// Audits the log up to the checkpoint in a request: `None` when it may be cosigned, as far as the audit goes.
    fn look(&self, request: &str) -> Result<Option<String>, NodeError> {
        // What is no proper request is the witness's to refuse.
        let Ok(submission) = Submission::read(request, &self.logs) else { return Ok(None) };
        // An auditor that panicked holds nothing and begins anew.
        let mut auditor = self.auditor.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(evidence) = auditor.audit(&self.place, submission.note)?.evidence else { return Ok(None) };
        let path = self.folder.join(format!("evidence-{}.json", evidence.leaf.index));
        let text = serde_json::to_string_pretty(&evidence).map_err(|e| NodeError::Data(e.to_string()))?;
        replace(&path, text.as_bytes())?;
        eprintln!("ecosphere-node witness: {} The proof: {}", evidence.sentence, path.display());
        Ok(Some(evidence.sentence))
    }
}

fn say(status: StatusCode, why: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], format!("{why}\n")).into_response()
}
