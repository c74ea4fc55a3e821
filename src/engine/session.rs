//! One open engine for a thread or a worker: opened by the first request, opened again by the next one after it was lost.

use super::{
    service::{Engine, clock},
    wire::{Answer, EngineError, Event, Request},
};
use futures_util::lock::Mutex;
use std::rc::Rc;

/// Owns the engine.
pub(super) struct Session {
    place: Place,
    engine: Mutex<Option<Rc<Engine>>>,
    announce: Rc<dyn Fn(Event)>,
}

impl Session {
    /// Nothing is opened yet. `announce` hears what the engine says unasked.
    pub(super) fn new(place: Place, announce: Rc<dyn Fn(Event)>) -> Self {
        Self { place, engine: Mutex::default(), announce }
    }

    /// Answers; opens the store first if need be.
    pub(super) async fn answer(&self, request: Request, payload: &[u8]) -> Result<Answer, EngineError> {
        let engine = self.engine().await?;
        engine.handle(request, Some(payload), clock(), &*self.announce).await
    }

    /// Lets go of an engine that panicked; the next request opens the store anew.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn close(&self) {
        // Whoever holds the lock is opening a new one already.
        if let Some(mut engine) = self.engine.try_lock() {
            *engine = None;
        }
    }

    async fn engine(&self) -> Result<Rc<Engine>, EngineError> {
        let mut slot = self.engine.lock().await;
        if let Some(engine) = slot.as_ref() {
            return Ok(engine.clone());
        }
        let engine = Rc::new(self.place.open().await?);
        *slot = Some(engine.clone());
        Ok(engine)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Engine, EngineError};
    use std::path::PathBuf;

    /// Where the store lies.
    pub(in crate::engine) enum Place {
        /// Gone with the app.
        Memory,
        /// Files in this folder.
        Folder(PathBuf),
    }

    impl Place {
        pub(super) async fn open(&self) -> Result<Engine, EngineError> {
            match self {
                Self::Memory => Engine::open_memory(),
                Self::Folder(folder) => Engine::open_folder(folder),
            }
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod web {
    use super::{Engine, EngineError};
    use wasm_bindgen::prelude::*;

    /// How often opening is tried: the files of a worker that was just terminated may stay held for a moment.
    const TRIES: u32 = 4;
    const PAUSE_MS: u32 = 150;

    #[wasm_bindgen(module = "/platforms/web/glue.js")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = hasOpfs)]
        async fn js_has_opfs() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch, js_name = holdLock)]
        async fn js_hold_lock() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch, js_name = pauseFor)]
        async fn js_pause_for(milliseconds: u32) -> Result<JsValue, JsValue>;
    }

    /// Where the store lies: in the origin's private file system, or in memory where the browser has none.
    pub(in crate::engine) struct Place;

    impl Place {
        pub(super) async fn open(&self) -> Result<Engine, EngineError> {
            if !js_has_opfs().await.is_ok_and(|has| has.is_truthy()) {
                return Engine::open_memory();
            }
            if !js_hold_lock().await.is_ok_and(|held| held.is_truthy()) {
                return Err(EngineError::OpenElsewhere);
            }
            let mut tries = 1;
            loop {
                match Engine::open_opfs().await {
                    Err(EngineError::Store(_)) if tries < TRIES => tries += 1,
                    opened => return opened,
                }
                // Only the time matters.
                let _ = js_pause_for(PAUSE_MS).await;
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) use native::Place;
#[cfg(target_arch = "wasm32")]
pub(super) use web::Place;
