//! The page's end: a worker for each file, so that nothing of one is left for the next, and a file that brings the worker down costs nothing else.
//!
//! ```text
//! worker -> page   ["ready"]                     it listens now
//! page -> worker   [request, File]               request: a Request as JSON
//! worker -> page   ["progress", bytes, of]       how far it has read
//!                  ["answer", answer]            an Answer as JSON
//!                  ["panic", text]
//! ```

use super::wire::{Answer, Request};
use crate::measure::Millis;
use futures_channel::oneshot;
use js_sys::Array;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the worker's script lies, beside the page.
const WORKER: &str = "./worker.js";

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = chosenFile)]
    fn js_chosen_file(input: &str) -> JsValue;
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
