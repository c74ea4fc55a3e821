//! The page's end of the engine: typed requests in, typed answers out, the same calls on every target.
//!
//! On the web the engine is its own wasm in a dedicated module worker; natively it is a thread. Neither ever blocks the screen.
//!
//! # Between page and worker
//! Messages are JavaScript arrays, so that pixels cross without a copy; what Rust reads in them is postcard.
//!
//! ```text
//! page -> worker   [id, request, payload?]     request: postcard Request; payload: VideoFrame | ArrayBuffer | File, the first two transferred
//! worker -> page   ["ready", build]            it listens now ([`wire::BUILD`]); what was asked before waits in a queue
//!                  ["answer", id, answer]      answer: postcard Result<Answer, EngineError>
//!                  ["event", event]            event: postcard Event
//!                  ["panic", text]             its last words
//! ```
//!
//! # When the engine dies
//! A panic cannot be caught inside wasm: the worker is terminated, what was pending fails with
//! [`EngineError::Crashed`](super::wire::EngineError::Crashed), a new worker opens the same store (a transaction in flight is rolled
//! back), and the next request is answered as if nothing had happened. More than [`RESTARTS_PER_MINUTE`] restarts within a
//! minute are a fault that restarting does not mend: from then on every request gets a clear error until the page is loaded anew.
//! Natively the panic is caught and the store opened again, under the same rule.

pub mod errand;
#[cfg(not(target_arch = "wasm32"))]
mod native;
mod restarts;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{
    call, call_with, camera_scan, camera_start, camera_stop, camera_torch, events, restarts, scan_bytes, scan_file, set_store, until_free, where_am_i,
};
pub use restarts::RESTARTS_PER_MINUTE;
#[cfg(target_arch = "wasm32")]
pub use web::{
    call, call_with, camera_scan, camera_start, camera_stop, camera_torch, events, restarts, scan_bytes, scan_file, until_free, where_am_i,
};

/// What a started camera can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameraInfo {
    /// It has a light that [`camera_torch`] can switch.
    pub torch: bool,
}
