//! One open engine: opened by the first request, opened again by the next one after it was lost.

use super::wire::{Answer, EngineError, Event, Request};
use std::{path::PathBuf, rc::Rc};

/// Owns the engine for a thread or a worker.
pub(super) struct Session {
    #[cfg(not(target_arch = "wasm32"))]
    store: Option<PathBuf>,
    announce: Rc<dyn Fn(Event)>,
}
impl Session {
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn new(store: Option<PathBuf>, announce: Rc<dyn Fn(Event)>) -> Self { Self { store, announce } }
    #[cfg(target_arch = "wasm32")]
    pub(super) fn new(announce: Rc<dyn Fn(Event)>) -> Self { Self { announce } }
    pub(super) async fn answer(&self, request: Request, _payload: Vec<u8>) -> Result<Answer, EngineError> {
        if request == Request::Panic { panic!("asked to") }
        Err(EngineError::Store("engine not there yet".into()))
    }
    pub(super) fn close(&self) {}
}
