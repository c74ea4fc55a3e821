//! Every passport's status as a Status List Token, for whoever knows only the IETF's standard (draft-ietf-oauth-status-list, section 5.1).
//!
//! *In:* the newest published pack, the log's key. *Out:* `ledger/status-list.jwt`, a compact JWS (RFC 7515, 3.1) that is replaced after each
//! checkpoint:
//!
//! ```text
//! header   {"alg":"EdDSA","kid":"did:key:z6Mk…#z6Mk…","typ":"statuslist+jwt"}                 the log's key
//! payload  {"iat":<seconds: the batch's time>, "sub":"https://<origin>/status-list.jwt", "ttl":300,
//!           "status_list":{"bits":2,"lst":base64url of the pack's `status-list`}}             idx: the passport's number
//! ```
//! Its bytes follow from the batch and the key, but it is no part of the pack, and nobody who replays a log compares it: only the log's key can
//! make it. What it says is compared: `lst` is the pack's `status-list`, which a replay makes again byte for byte. It stands for the log's word
//! alone; a device believes what witnesses cosigned.

use super::{NodeError, folder::DataFolder, ledger::LogKeys};
use crate::{
    log::{LogKey, bundle_path, read_bundle},
    pack::{Manifest, STATUS_BITS, Tier},
    passport::sign_jws,
    statement::{self, Body, DidKey, StatementError, json},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Its name beside the checkpoint.
pub const NAME: &str = "status-list.jwt";
/// For how long it may be used before it is fetched again, in seconds (section 5.1, `ttl`).
const TTL: u32 = 300;

/// The token over the published log of `size` leaves; `None` while it has no pack.
///
/// # Errors
/// A published file is missing or damaged.
pub fn token(file: &dyn Fn(&str) -> Option<Vec<u8>>, keys: &LogKeys, size: u64) -> Result<Option<String>, NodeError> {
    let need = |path: &str| file(path).ok_or_else(|| NodeError::Data(format!("its file {path} is missing")));
    let Some(last) = size.checked_sub(1) else { return Ok(None) };
    let newest = read_bundle(&need(&bundle_path(size, last))?)?.pop().unwrap_or_default();
    let Body::BatchClose(close) = statement::verify(&newest)?.body else {
        return Err(NodeError::Replay { leaf: last, why: "the last leaf is not a BatchClose".to_owned() });
    };
    let Some(digest) = &close.manifest else { return Ok(None) };
    let origin = keys.key().origin();
    let manifest = Manifest::open(&need(&format!("pack/{digest}"))?, origin, &close, last)?;
    let Some(list) = manifest.files.iter().find(|f| f.tier == Tier::Status) else { return Ok(None) };
    let zlib = need(&list.path())?;
    list.check(&zlib)?;
    let signer = keys.statements();
    let did = signer.did().to_string();
    let kid = format!("{did}#{}", did.trim_start_matches("did:key:"));
    let header = serde_json::json!({ "alg": "EdDSA", "kid": kid, "typ": "statuslist+jwt" });
    let payload = serde_json::json!({
        "iat": close.time_ms.0.div_euclid(1000),
        "sub": format!("https://{origin}/{NAME}"),
        "ttl": TTL,
        "status_list": { "bits": STATUS_BITS, "lst": URL_SAFE_NO_PAD.encode(zlib) },
    });
    let canonical = |value| json::canonical(&value).map_err(|e| NodeError::from(StatementError::from(e)));
    Ok(Some(sign_jws(&canonical(header)?, &canonical(payload)?, signer)))
}

/// Whether a token is signed by this log.
#[must_use]
pub fn is_by(token: &str, log: &LogKey) -> bool {
    let Some((signed, signature)) = token.rsplit_once('.') else { return false };
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| bytes.try_into().ok());
    signature.is_some_and(|signature| DidKey::from_public(*log.public()).verifies(signed.as_bytes(), &signature))
}

/// Publishes the token over the published log of `size` leaves.
///
/// # Errors
/// A published file is missing or damaged, or the files cannot be reached.
pub fn publish(folder: &DataFolder, keys: &LogKeys, size: u64) -> Result<(), NodeError> {
    match token(&|path| folder.read(path), keys, size)? {
        Some(token) => folder.files().replace_status_token(&token),
        None => Ok(()),
    }
}
