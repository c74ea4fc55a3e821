//! The page's end: one worker, which holds keys and book for as long as the page is open. A panic there costs the open wallet and nothing else: the
//! next question starts another worker, and the passphrase is asked for again.
//!
//! ```text
//! worker -> page   ["ready"]                     it listens now
//! page -> worker   [id, request]                 a Request as postcard
//! worker -> page   ["answer", id, answer]        an Answer as postcard
//!                  ["panic", text]
//! ```

use super::wire::{Answer, Request};
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use std::{cell::RefCell, collections::BTreeMap};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the worker's script lies, beside the page.
const WORKER: &str = "./worker.js";

/// A worker, and who waits for it.
struct Running {
    worker: Worker,
    ready: bool,
    next: u32,
    /// Not sent yet, because it is not ready.
    queue: Vec<(u32, Vec<u8>)>,
    waiting: BTreeMap<u32, oneshot::Sender<Answer>>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Asks the worker.
pub async fn ask(request: &Request) -> Answer {
    let refused = |why: &str| Answer::Refused(why.to_owned());
    let Ok(bytes) = postcard::to_stdvec(request) else { return refused("the request cannot be written") };
    let receiver = RUNNING.with_borrow_mut(|running| {
        if running.is_none() {
            *running = start();
        }
        let running = running.as_mut()?;
        let (sender, receiver) = oneshot::channel();
        let id = running.next;
        running.next = id.wrapping_add(1);
        running.waiting.insert(id, sender);
        if running.ready {
            post(&running.worker, id, &bytes)
        } else {
            running.queue.push((id, bytes))
        }
        Some(receiver)
    });
    match receiver {
        Some(receiver) => {
            receiver.await.unwrap_or_else(|_| refused("the wallet\u{2019}s worker stopped, and was closed with it; open the wallet again"))
        }
        None => refused("this browser starts no worker; update it"),
    }
}

fn post(worker: &Worker, id: u32, bytes: &[u8]) {
    // A worker that is gone answers nobody; its error says so.
    let _ = worker.post_message(&Array::of2(&id.into(), &Uint8Array::from(bytes)));
}

/// All who wait are told that nobody answers any more.
fn stopped() {
    // Not dropped while one of its own callbacks runs.
    wasm_bindgen_futures::spawn_local(async { drop(RUNNING.take()) });
}

fn start() -> Option<Running> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(WORKER, &options).ok()?;
    let message = Closure::<dyn FnMut(MessageEvent)>::new(|message: MessageEvent| {
        let Ok(parts) = message.data().dyn_into::<Array>() else { return };
        let text = |at| parts.get(at).as_string().unwrap_or_default();
        match text(0).as_str() {
            "ready" => RUNNING.with_borrow_mut(|running| {
                if let Some(running) = running {
                    running.ready = true;
                    for (id, bytes) in std::mem::take(&mut running.queue) {
                        post(&running.worker, id, &bytes);
                    }
                }
            }),
            "answer" => {
                let id = parts.get(1).as_f64().map_or(u32::MAX, |id| id as u32);
                let waiting = RUNNING.with_borrow_mut(|running| running.as_mut()?.waiting.remove(&id));
                let bytes = parts.get(2).dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default();
                let answer = postcard::from_bytes(&bytes).unwrap_or_else(|e| Answer::Refused(format!("the answer cannot be read: {e}")));
                if let Some(waiting) = waiting {
                    // The screen may be gone; then nobody waits any more.
                    let _ = waiting.send(answer);
                }
            }
            "panic" => stopped(),
            _ => {}
        }
    });
    let error = Closure::<dyn FnMut(ErrorEvent)>::new(|error: ErrorEvent| {
        error.prevent_default();
        stopped();
    });
    worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(error.as_ref().unchecked_ref()));
    let (queue, waiting) = (Vec::new(), BTreeMap::new());
    Some(Running { worker, ready: false, next: 0, queue, waiting, _message: message, _error: error })
}
