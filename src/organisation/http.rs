//! The node this page came from, from the page as from its worker.

use super::{publish, rounds::Trouble};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// The status of a node that has no room now.
const BUSY: u16 = 429;
/// The status of a node that cannot say now whether it took something.
const UNSURE: u16 = 503;
/// How often a node that just publishes a batch is asked before a person is told to wait.
const TRIES: u32 = 6;
/// The longest rest between, in seconds.
const REST: u32 = 5;

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = pauseFor)]
    async fn js_pause_for(milliseconds: u32) -> Result<JsValue, JsValue>;
}

/// Waits.
pub(super) async fn pause(milliseconds: u32) {
    // A pause cannot fail; if it did, none would be the answer.
    let _ = js_pause_for(milliseconds).await;
}

/// `GET`, again while the node asks to come back in a moment.
pub(super) async fn get(path: &str) -> Result<String, Trouble> {
    for _ in 1..TRIES {
        match read(reqwest::Client::new().get(address(path))).await {
            Err(Trouble::Busy(seconds)) => pause(seconds.clamp(1, REST) * 1_000).await,
            answer => return answer,
        }
    }
    read(reqwest::Client::new().get(address(path))).await
}

/// `POST`, of JSON.
pub(super) async fn post(path: &str, json: String) -> Result<String, Trouble> {
    read(reqwest::Client::new().post(address(path)).header("content-type", "application/json").body(json)).await
}

async fn read(request: reqwest::RequestBuilder) -> Result<String, Trouble> {
    let answer = request.send().await.map_err(|_| Trouble::Offline)?;
    let status = answer.status();
    let later = answer.headers().get("retry-after").and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    let text = answer.text().await.map_err(|_| Trouble::Offline)?;
    match status.as_u16() {
        BUSY | UNSURE => Err(Trouble::Busy(later.unwrap_or(1))),
        _ if status.is_success() => Ok(text),
        _ => Err(Trouble::Refused(publish::fault(&text))),
    }
}

/// Page and worker have the same origin, and each a global `location`.
fn address(path: &str) -> String {
    let location = Reflect::get(&js_sys::global(), &"location".into()).and_then(|location| Reflect::get(&location, &"origin".into()));
    format!("{}{path}", location.ok().and_then(|origin| origin.as_string()).unwrap_or_default())
}
