//! The worker's end: one file, read in slices while it is understood, so that its size is no matter.

use super::{
    desk::{Watched, answer},
    http,
    rounds::{Device, Product, Trouble},
    wire::{Answer, Request},
};
use js_sys::{Array, Uint8Array};
use send_wrapper::SendWrapper;
use std::{
    cell::RefCell,
    io::{self, Read, Seek, SeekFrom},
};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

#[wasm_bindgen(module = "/platforms/web/organisation/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = fileSize)]
    fn js_file_size(file: &JsValue) -> f64;
    #[wasm_bindgen(catch, js_name = readSlice)]
    fn js_read_slice(file: &JsValue, from: f64, to: f64) -> Result<Uint8Array, JsValue>;
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
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let Ok(parts) = message.data().dyn_into::<Array>() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            let request = parts.get(0).as_string().unwrap_or_default();
            let file = |at| Some(parts.get(at)).filter(JsValue::is_truthy).map_or(Slices::NONE, Slices::new);
            let second = parts.get(2).is_truthy().then(|| file(2));
            let (file, size) = (file(1), file(1).size);
            let answer = match serde_json::from_str::<Request>(&request) {
                // An order is told by what is signed, not by bytes.
                Ok(request @ (Request::Issue { .. } | Request::Record { .. })) => answer(request, file, second, &mut Here).await,
                Ok(request) => answer(request, Watched::new(file, size, move |at| tell(at, size)), second, &mut Here).await,
                Err(e) => Answer::Refused(format!("the request cannot be read: {e}")),
            };
            if let Ok(text) = serde_json::to_string(&answer) {
                post(&Array::of2(&"answer".into(), &text.into()));
            }
        });
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    LISTENER.set(Some(listener));
    post(&Array::of1(&"ready".into()));
}

fn tell(at: u64, of: u64) {
    post(&Array::of3(&"progress".into(), &(at as f64).into(), &(of as f64).into()));
}

/// What this worker lends.
struct Here;

impl Device for Here {
    async fn send(&mut self, request: String) -> Result<String, Trouble> {
        http::post("/statements", request).await
    }
    async fn ask(&mut self, id: &str) -> Result<String, Trouble> {
        http::get(&format!("/statements/{id}")).await
    }
    async fn pause(&mut self, milliseconds: u32) {
        http::pause(milliseconds).await;
    }
    fn progress(&mut self, done: u64, of: u64) {
        tell(done, of);
    }
    fn part(&mut self, of: Product, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            post(&Array::of3(&"part".into(), &of.name().into(), &Uint8Array::from(bytes.as_slice()).into()));
        }
    }
}

/// A file of the browser's as Rust reads one. Only a worker may read so, because it waits.
struct Slices {
    /// Lent to readers that could be other threads; a worker has but one.
    file: Option<SendWrapper<JsValue>>,
    size: u64,
    at: u64,
}

impl Slices {
    /// Where no file was chosen.
    const NONE: Self = Self { file: None, size: 0, at: 0 };

    fn new(file: JsValue) -> Self {
        let size = js_file_size(&file) as u64;
        Self { file: Some(SendWrapper::new(file)), size, at: 0 }
    }
}

impl Read for Slices {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let want = u64::try_from(out.len()).unwrap_or(u64::MAX).min(self.size.saturating_sub(self.at));
        if want == 0 {
            return Ok(0);
        }
        let to = self.at.saturating_add(want);
        let Some(file) = &self.file else { return Ok(0) };
        let slice = js_read_slice(file, self.at as f64, to as f64)
            .map_err(|_| io::Error::other("it was moved or changed since it was chosen; choose it again"))?;
        let length = (slice.length() as usize).min(out.len());
        let Some(out) = out.get_mut(..length) else { return Ok(0) };
        slice.subarray(0, slice.length().min(u32::try_from(length).unwrap_or(u32::MAX))).copy_to(out);
        self.at = self.at.saturating_add(length as u64);
        Ok(length)
    }
}

impl Seek for Slices {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

fn post(message: &Array) {
    // A page that is gone does not listen; there is nobody to tell.
    let _ = scope().post_message(message);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
