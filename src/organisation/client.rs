//! The page's end: a worker for each file, so that nothing of one is left for the next, and a file that brings the worker down costs nothing else.
//!
//! ```text
//! worker -> page   ["ready"]                     it listens now
//! page -> worker   [request, File, File?]        request: a Request as JSON
//! worker -> page   ["progress", done, of]        bytes read, or passports issued
//!                  ["part", product, bytes]      the next bytes of what the person keeps
//!                  ["answer", answer]            an Answer as JSON
//!                  ["panic", text]
//! ```

use super::{
    http, publish,
    rounds::Trouble,
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
    publish::{Said, did, key},
    rounds::Product,
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
    #[wasm_bindgen(js_name = dropParts)]
    fn js_drop_parts();
    #[wasm_bindgen(js_name = keepPart)]
    fn js_keep_part(product: &str, bytes: JsValue);
    #[wasm_bindgen(js_name = partsAddress)]
    fn js_parts_address(product: &str, kind: &str) -> Option<String>;
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
    let checkpoint = http::get("/ledger/checkpoint").await.map_err(Trouble::sentence)?;
    let origin = publish::origin(&checkpoint).ok_or("this server has no ledger")?;
    // A node that only serves files holds no state; then nobody is known.
    let name = http::get(&format!("/state/actor/{did}")).await.ok().and_then(|answer| publish::actor_name(&answer));
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
    publish(&[submission]).await?.pop().map_or(Ok(()), |said| said.map(drop))
}

/// Gives statements to the node this page came from. Sending the same again is safe.
///
/// # Errors
/// A sentence for the person: the node takes none, or cannot be reached.
pub async fn publish(submissions: &[Submission]) -> Result<Vec<Result<Said, String>>, String> {
    let text = publish::request(submissions).map_err(|e| e.to_string())?;
    let answer = http::post("/statements", text).await.map_err(Trouble::sentence)?;
    publish::results(&answer).map_err(|e| e.to_string())
}

/// The device's own time.
#[must_use]
pub fn now() -> Millis {
    Millis(js_sys::Date::now() as i64)
}

/// The address under which the page finds what an order made, until it is closed; only once for each order.
#[must_use]
pub fn made(product: Product) -> Option<String> {
    js_parts_address(product.name(), product.kind())
}

/// Asks about the files that were chosen in the `<input type="file">`s of these ids, and tells how far it is: bytes read or passports issued, of how
/// many. What an order makes is kept for [`made`].
pub async fn ask(request: &Request, inputs: &[&str], progress: impl Fn(u64, u64) + 'static) -> Answer {
    let refused = |why: &str| Answer::Refused(why.to_owned());
    let files: Vec<JsValue> = inputs.iter().map(|input| js_chosen_file(input)).collect();
    if files.iter().any(JsValue::is_falsy) {
        return refused("no file was chosen");
    }
    let Ok(request) = serde_json::to_string(request) else { return refused("the request cannot be written") };
    js_drop_parts();
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
                let asked = Array::of1(&request.as_str().into());
                for file in &files {
                    asked.push(file);
                }
                if port.post_message(&asked).is_err() {
                    end(Answer::Refused("the file could not be handed to the worker; choose it again".to_owned()));
                }
            }
            "progress" => progress(number(1), number(2)),
            "part" => js_keep_part(&text(1), parts.get(2)),
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
    format!("the worker stopped ({why}); the file may be too large for this device's memory")
}
