//! Proofs under the published checkpoint: of a statement, and of what the state says.

use super::{
    app::{App, fault},
    files::LedgerFiles,
};
use crate::{
    log::{Hash, Proof, bundle_path, needed_tiles_inclusion, prove_inclusion, read_bundle},
    state::{Batch, Bucket, BucketError, ProofError},
    statement::Digest,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// An entry under the published checkpoint.
pub struct Logged {
    proof: Proof,
    /// Size of the checkpoint.
    size: u64,
}

impl Logged {
    /// The checkpoint, a signed note.
    pub fn checkpoint(&self) -> &str {
        &self.proof.checkpoint
    }
    /// The inclusion proof, in base64, from the leaf's sibling up.
    pub fn path(&self) -> Vec<String> {
        self.proof.path.iter().map(|hash: &Hash| STANDARD.encode(hash)).collect()
    }
    /// As a file (C2SP tlog-proof).
    pub fn to_text(&self) -> String {
        self.proof.to_string()
    }
}

/// The proof of the entry at `leaf`; `None` when the published checkpoint does not cover it yet.
pub async fn logged(files: &LedgerFiles, leaf: u64) -> Option<Logged> {
    let checkpoint = String::from_utf8(files.read("checkpoint").await?).ok()?;
    // This node's own checkpoint: the size is its second line (C2SP tlog-checkpoint, "Note text").
    let size: u64 = checkpoint.lines().nth(1)?.parse().ok()?;
    if leaf >= size {
        return None;
    }
    let mut tiles = BTreeMap::new();
    for path in needed_tiles_inclusion(size, leaf) {
        if let Some(tile) = files.read(&path).await {
            tiles.insert(path, tile);
        }
    }
    let path = prove_inclusion(&|path| tiles.get(path).cloned(), size, leaf).ok()?;
    Some(Logged { proof: Proof { extra: None, index: leaf, path, checkpoint }, size })
}

/// The entry at a leaf that is published.
async fn entry(files: &LedgerFiles, size: u64, leaf: u64) -> Option<Vec<u8>> {
    let bundle = read_bundle(&files.read(&bundle_path(size, leaf)).await?).ok()?;
    bundle.into_iter().nth(usize::try_from(leaf % 256).ok()?)
}

/// What the state says of one entry, proven against the root in the last `BatchClose`, and that `BatchClose` against the checkpoint.
pub async fn state(State(app): State<Arc<App>>, Path((kind, id)): Path<(String, String)>) -> Response {
    let Some(intake) = &app.intake else { return fault(StatusCode::NOT_IMPLEMENTED, FILES_ONLY) };
    let asked = intake.ask(move |sequencer| {
        let state = sequencer.ledger().state();
        (state.prove(&kind, &id), state.closed_root(), state.batch())
    });
    match asked.await {
        Some((Ok(proof), Some(root), Some(batch))) => under(&app, root, batch, json!({ "proof": proof })).await,
        Some((Err(why @ ProofError::NoSuchEntry), ..)) => fault(StatusCode::NOT_FOUND, &why.to_string()),
        Some(_) => fault(StatusCode::NOT_FOUND, &ProofError::NotClosed.to_string()),
        None => fault(StatusCode::SERVICE_UNAVAILABLE, ELSEWHERE),
    }
}

const ELSEWHERE: &str = "another node leads this ledger, or this one is stopping; ask another, or ask again later";
const FILES_ONLY: &str = "this node only serves files, it does not hold the state; replay the log, or ask a node that writes";

/// Every token, every pair, and what all accounts of a bucket hold and ordered, each proven as in [`state`].
pub async fn accounts(State(app): State<Arc<App>>, Path(bucket): Path<String>) -> Response {
    let Some(intake) = &app.intake else { return fault(StatusCode::NOT_IMPLEMENTED, FILES_ONLY) };
    let bucket: Bucket = match bucket.parse() {
        Ok(bucket) => bucket,
        Err(why) => return fault(StatusCode::NOT_FOUND, &why.to_string()),
    };
    let asked = intake.ask(move |sequencer| {
        let state = sequencer.ledger().state();
        (state.holdings(bucket), state.closed_root(), state.batch())
    });
    match asked.await {
        Some((Ok(held), Some(root), Some(batch))) => {
            let answer = json!({ "accounts": held.accounts, "here": held.here, "proofs": held.proofs });
            under(&app, root, batch, answer).await
        }
        Some((Err(why @ (BucketError::TooFew | BucketError::TooMany)), ..)) => fault(StatusCode::NOT_FOUND, &why.to_string()),
        Some(_) => fault(StatusCode::NOT_FOUND, &ProofError::NotClosed.to_string()),
        None => fault(StatusCode::SERVICE_UNAVAILABLE, ELSEWHERE),
    }
}

/// An answer from the state, with the `BatchClose` that names its root, and that one's proof.
async fn under(app: &App, root: Digest, batch: Batch, mut answer: Value) -> Response {
    let Some(logged) = logged(&app.ledger, batch.leaf).await else {
        return fault(StatusCode::SERVICE_UNAVAILABLE, "the last batch is just being published; ask again in a moment");
    };
    let close = entry(&app.ledger, logged.size, batch.leaf).await.and_then(|entry| serde_json::from_slice::<Value>(&entry).ok());
    answer["state_root"] = hex::encode(root).into();
    answer["batch"] =
        json!({ "number": batch.number, "leaf": batch.leaf, "close": close, "checkpoint": logged.checkpoint(), "proof": logged.path() });
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
