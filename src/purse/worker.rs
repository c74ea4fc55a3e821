//! The worker's end in a browser: files in IndexedDB, the node this page came from.

use super::{
    Desk, Device, PurseError,
    wire::{Answer, Request},
};
use crate::measure::Millis;
use futures_util::lock::Mutex;
use js_sys::{Array, Reflect, Uint8Array};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The statuses of a node that cannot say now.
const LATER: [u16; 3] = [408, 429, 503];

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = pauseFor)]
    async fn js_pause_for(milliseconds: u32) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/platforms/web/wallet/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = hold)]
    async fn js_hold() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = letGo)]
    fn js_let_go();
    #[wasm_bindgen(catch, js_name = load)]
    async fn js_load(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = save)]
    async fn js_save(name: &str, bytes: &[u8]) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// Kept for as long as the worker lives; it goes with the worker.
    static LISTENER: RefCell<Option<Closure<dyn FnMut(MessageEvent)>>> = const { RefCell::new(None) };
}

/// True in a worker, false on a page.
#[must_use]
pub fn is_here() -> bool {
    js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>()
}

/// Listens until the worker is terminated.
pub fn run() {
    std::panic::set_hook(Box::new(|panic| post(&Array::of2(&"panic".into(), &panic.to_string().into()))));
    // One question at a time: what is asked meanwhile waits its turn.
    let desk = Rc::new(Mutex::new(Desk::new(Browser)));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let Ok(parts) = message.data().dyn_into::<Array>() else { return };
        let desk = Rc::clone(&desk);
        wasm_bindgen_futures::spawn_local(async move {
            let question = parts.get(1).dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default();
            let answer = match postcard::from_bytes::<Request>(&question) {
                Ok(request) => desk.lock().await.answer(request).await,
                Err(e) => Answer::Refused(format!("the request cannot be read: {e}")),
            };
            if let Ok(bytes) = postcard::to_stdvec(&answer) {
                post(&Array::of3(&"answer".into(), &parts.get(0), &Uint8Array::from(bytes.as_slice())));
            }
        });
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    LISTENER.set(Some(listener));
    post(&Array::of1(&"ready".into()));
}

/// What this browser lends.
#[derive(Clone)]
struct Browser;

fn reason(status: u16, text: &str) -> PurseError {
    let said = serde_json::from_str::<serde_json::Value>(text).ok().and_then(|v| Some(v.get("error")?.as_str()?.to_owned()));
    let said = said.unwrap_or_else(|| format!("it answers {status}"));
    if LATER.contains(&status) { PurseError::Offline(said) } else { PurseError::Refused(said) }
}

fn offline(_: reqwest::Error) -> PurseError {
    PurseError::Offline("the node cannot be reached; go online and try again".to_owned())
}

fn store(_: JsValue) -> PurseError {
    PurseError::Store("this browser keeps nothing for this page; leave its private mode, or use another browser".to_owned())
}

impl Device for Browser {
    async fn hold(&self) -> Result<(), PurseError> {
        let held = js_hold().await.map_err(store)?;
        if held.is_truthy() { Ok(()) } else { Err(PurseError::Usage("the wallet is open in another tab; lock or close it there".to_owned())) }
    }
    fn let_go(&self) {
        js_let_go();
    }
    async fn load(&self, name: &str) -> Result<Option<Vec<u8>>, PurseError> {
        let kept = js_load(name).await.map_err(store)?;
        Ok(kept.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec))
    }
    async fn save(&self, name: &str, bytes: &[u8]) -> Result<(), PurseError> {
        js_save(name, bytes).await.map(drop).map_err(store)
    }
    async fn get(&self, path: &str) -> Result<Vec<u8>, PurseError> {
        // Nothing that it fetched lies about in the browser's cache.
        let answer = reqwest::Client::new().get(address(path)).fetch_cache_no_store().send().await.map_err(offline)?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.map_err(offline)?;
        if status == 200 { Ok(bytes.to_vec()) } else { Err(reason(status, &String::from_utf8_lossy(&bytes))) }
    }
    async fn post(&self, path: &str, json: String) -> Result<String, PurseError> {
        let request = reqwest::Client::new().post(address(path)).header("content-type", "application/json").body(json);
        let answer = request.send().await.map_err(offline)?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(offline)?;
        if LATER.contains(&status) { Err(reason(status, &text)) } else { Ok(text) }
    }
    async fn pause(&self, milliseconds: u32) {
        // A pause cannot fail; if it did, none would be the answer.
        let _ = js_pause_for(milliseconds).await;
    }
    fn now(&self) -> Millis {
        Millis(js_sys::Date::now() as i64)
    }
}

/// The node this page came from.
fn address(path: &str) -> String {
    let location = Reflect::get(&js_sys::global(), &"location".into()).and_then(|location| Reflect::get(&location, &"origin".into()));
    format!("{}{path}", location.ok().and_then(|origin| origin.as_string()).unwrap_or_default())
}

fn post(message: &Array) {
    // A page that is gone does not listen; there is nobody to tell.
    let _ = scope().post_message(message);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
