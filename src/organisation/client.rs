//! The page's end: a worker for each file, so that nothing of one is left for the next, and a file that brings the worker down costs nothing else.
//!
//! ```text
//! worker -> page   ["ready"]                     it listens now
//! page -> worker   [request, File]               request: a Request as JSON
//! worker -> page   ["progress", bytes, of]       how far it has read
//!                  ["answer", answer]            an Answer as JSON
//!                  ["panic", text]
//! ```

use super::{
    publish,
    wire::{Answer, Request, Signer, Submission},
};
use crate::{measure::Millis, statement::DidKey};
use futures_channel::oneshot;
use js_sys::Array;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

pub use super::{
    confirm::{Asked, read as read_offer, sign as confirm},
    publish::{did, key},
};

/// Where the worker's script lies, beside the page.
const WORKER: &str = "./worker.js";

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = chosenFile)]
    fn js_chosen_file(input: &str) -> JsValue;
}

#[wasm_bindgen(module = "/platforms/web/organisation/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = keyKept)]
    async fn js_key_kept() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = keyKeep)]
    async fn js_key_keep(seed: &str) -> Result<JsValue, JsValue>;
}

/// The seed of the key that is kept on this device, if there is one.
pub async fn kept_key() -> Option<String> {
    js_key_kept().await.ok()?.as_string()
}

/// Keeps a key on this device.
///
/// # Errors
/// A sentence for the person: the browser keeps nothing.
pub async fn keep_key(seed: &str) -> Result<(), String> {
    js_key_keep(seed).await.map(drop).map_err(|_| "this browser keeps nothing for this page; use another one, or keep the key as a file".to_owned())
}

/// 32 random bytes as 64 hex digits: a new key's seed.
#[must_use]
pub fn new_key() -> Option<String> {
    let mut seed = [0; 32];
    getrandom04::fill(&mut seed).ok().map(|()| hex::encode(seed))
}

/// The node this page came from, as the key of this seed sees it: the ledger's origin, and the name it knows the key by, if it does.
///
/// # Errors
/// A sentence for the person: it cannot be reached.
pub async fn standing(did: &DidKey) -> Result<(String, Option<String>), String> {
    let checkpoint = get("/ledger/checkpoint").await?;
    let origin = publish::origin(&checkpoint).ok_or("this server has no ledger")?;
    // A node that only serves files holds no state; then nobody is known.
    let name = get(&format!("/state/actor/{did}")).await.ok().and_then(|answer| publish::actor_name(&answer));
    Ok((origin, name))
}

/// Introduces an organisation to its ledger.
///
/// # Errors
/// A sentence for the person: why not.
pub async fn introduce(signer: &Signer) -> Result<(), String> {
    let mut nonce = [0; 16];
    getrandom04::fill(&mut nonce).map_err(|e| e.to_string())?;
    let submission = publish::introduce(signer, now(), nonce).map_err(|e| e.to_string())?;
    publish(&[submission]).await?.pop().unwrap_or(Ok(None)).map(drop)
}

/// Gives statements to the node this page came from. Sending the same again is safe.
///
/// # Errors
/// A sentence for the person: the node takes none, or cannot be reached.
pub async fn publish(submissions: &[Submission]) -> Result<Vec<Result<Option<u64>, String>>, String> {
    let mut said = Vec::with_capacity(submissions.len());
    for some in submissions.chunks(publish::MAX_AT_ONCE) {
        let text = publish::request(some).map_err(|e| e.to_string())?;
        let sent = reqwest::Client::new().post(address("/statements")).header("content-type", "application/json").body(text).send();
        let answer = sent.await.map_err(|_| OFFLINE.to_owned())?;
        let fine = answer.status().is_success();
        let text = answer.text().await.map_err(|_| OFFLINE.to_owned())?;
        said.extend(if fine { publish::results(&text).map_err(|e| e.to_string())? } else { return Err(publish::fault(&text)) });
    }
    Ok(said)
}

const OFFLINE: &str = "the node cannot be reached; go online and try again";

fn address(path: &str) -> String {
    format!("{}{path}", web_sys::window().and_then(|w| w.location().origin().ok()).unwrap_or_default())
}

async fn get(path: &str) -> Result<String, String> {
    let answer = reqwest::Client::new().get(address(path)).send().await.map_err(|_| OFFLINE.to_owned())?;
    let fine = answer.status().is_success();
    let text = answer.text().await.map_err(|_| OFFLINE.to_owned())?;
    if fine { Ok(text) } else { Err(publish::fault(&text)) }
}

/// The device's own time.
#[must_use]
pub fn now() -> Millis {
    Millis(js_sys::Date::now() as i64)
}

/// Asks about the file that was chosen in the `<input type="file">` of this id, and tells how far it is: bytes read, of how many.
pub async fn ask(request: &Request, input: &str, progress: impl Fn(u64, u64) + 'static) -> Answer {
    let refused = |why: &str| Answer::Refused(why.to_owned());
    let file = js_chosen_file(input);
    if file.is_falsy() {
        return refused("no file was chosen");
    }
    let Ok(request) = serde_json::to_string(request) else { return refused("the request cannot be written") };
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let Ok(worker) = Worker::new_with_options(WORKER, &options) else { return refused("this browser starts no worker; update it") };
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let end = move |answer: Answer| {
        if let Some(sender) = sender.borrow_mut().take() {
            // The screen may be gone; then nobody waits any more.
            let _ = sender.send(answer);
        }
    };
    let died = end.clone();
    let port = worker.clone();
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let Ok(parts) = message.data().dyn_into::<Array>() else { return };
        let number = |at| parts.get(at).as_f64().map_or(0, |n| n as u64);
        let text = |at| parts.get(at).as_string().unwrap_or_default();
        match text(0).as_str() {
            "ready" => {
                if port.post_message(&Array::of2(&request.as_str().into(), &file)).is_err() {
                    end(Answer::Refused("the file could not be handed to the worker; choose it again".to_owned()));
                }
            }
            "progress" => progress(number(1), number(2)),
            "answer" => end(serde_json::from_str(&text(1)).unwrap_or_else(|e| Answer::Refused(format!("the answer cannot be read: {e}")))),
            "panic" => end(Answer::Refused(stopped(&text(1)))),
            _ => {}
        }
    });
    let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
        error.prevent_default();
        died(Answer::Refused(stopped(&error.message())));
    });
    worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(error.as_ref().unchecked_ref()));
    let answer = receiver.await.unwrap_or_else(|_| Answer::Refused(stopped("it was closed")));
    worker.set_onmessage(None);
    worker.set_onerror(None);
    worker.terminate();
    answer
}

fn stopped(why: &str) -> String {
    format!("reading stopped ({why}); the file may be too large for this device's memory")
}
