//! An engine for one question, on a page that is not the app's: started, asked, let go of, so that the app has its store again; or lent for a while, to
//! read codes that the camera sees, for which it opens no store.
//!
//! Such a page asks only what [`Told`] can say, and reads no other answer: a reader of all answers would weigh more than the rest of its engine's client.

use crate::wallet::Regard;

/// What an errand brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// What is the person's own, as a text.
    Text(String),
    /// What is thought of an organisation.
    Regard(Option<Regard>),
    /// It is done.
    Done,
}

#[cfg(any(test, target_arch = "wasm32"))]
mod answer {
    use super::Told;
    use crate::engine::wire::EngineError;

    /// The places of these answers among all ([`Answer`](crate::engine::wire::Answer)); a test holds them to it.
    const REGARD: u8 = 15;
    const TEXT: u8 = 21;
    const DONE: u8 = 22;

    /// Reads a `Result<Answer, EngineError>`, as postcard has it: a byte for Ok or Err, one for the place of the answer, and its content.
    pub(super) fn read(bytes: &[u8]) -> Result<Told, EngineError> {
        let other = || EngineError::Crashed("the answer does not belong to the question".into());
        match bytes {
            [0, TEXT, text @ ..] => postcard::from_bytes(text).map(Told::Text).map_err(|_| other()),
            [0, REGARD, regard @ ..] => postcard::from_bytes(regard).map(Told::Regard).map_err(|_| other()),
            [0, DONE] => Ok(Told::Done),
            [1, why @ ..] => Err(postcard::from_bytes(why).unwrap_or_else(|_| other())),
            _ => Err(other()),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::Told;
    use crate::engine::{
        client::{call, camera_scan},
        wire::{Answer, EngineError, Request},
    };

    /// The engine of this program.
    pub struct Lent;

    impl Lent {
        /// It runs already.
        ///
        /// # Errors
        /// None.
        pub fn start() -> Result<Self, EngineError> {
            Ok(Self)
        }

        /// The text of a code that the camera sees.
        ///
        /// # Errors
        /// As [`camera_scan`].
        pub async fn camera_code(&mut self, thorough: bool) -> Result<Option<String>, EngineError> {
            match camera_scan(thorough).await? {
                Answer::Scan(found) => Ok(found.into_iter().find_map(|result| result.code)),
                _ => Ok(None),
            }
        }
    }

    /// Asks the engine.
    ///
    /// # Errors
    /// What the engine answers.
    pub async fn errand(request: Request) -> Result<Told, EngineError> {
        match call(request).await? {
            Answer::Text(text) => Ok(Told::Text(text)),
            Answer::Regard(regard) => Ok(Told::Regard(regard)),
            Answer::Done => Ok(Told::Done),
            _ => Err(EngineError::Crashed("the answer does not belong to the question".into())),
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod web {
    use super::{Told, answer::read};
    use crate::engine::{
        client::web::{camera_frame, js_camera_grab},
        wire::{BUILD, EngineError, Request},
    };
    use futures_channel::mpsc;
    use futures_util::StreamExt as _;
    use js_sys::{Array, Uint8Array};
    use wasm_bindgen::prelude::*;
    use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

    /// Where the engine's script lies: beside the app's page.
    const WORKER: &str = "/worker.js";

    /// What is said where app and page are of two builds.
    const OTHER_BUILD: &str =
        "the app on this device is another version than this page; open the app while you are online, close all its tabs, and try again";

    /// What the worker says; `None`: it died.
    type Said = Option<Array>;

    /// An engine for as long as this is kept.
    pub struct Lent {
        worker: Worker,
        said: mpsc::UnboundedReceiver<Said>,
        ready: bool,
        _message: Closure<dyn FnMut(MessageEvent)>,
        _error: Closure<dyn FnMut(ErrorEvent)>,
    }

    impl Drop for Lent {
        fn drop(&mut self) {
            self.worker.set_onmessage(None);
            self.worker.set_onerror(None);
            self.worker.terminate();
        }
    }

    fn died() -> EngineError {
        EngineError::Crashed("its worker stopped".into())
    }

    impl Lent {
        /// Starts one.
        ///
        /// # Errors
        /// This browser starts none.
        pub fn start() -> Result<Self, EngineError> {
            let options = WorkerOptions::new();
            options.set_type(WorkerType::Module);
            let worker = Worker::new_with_options(WORKER, &options).map_err(|_| died())?;
            let (say, said) = mpsc::unbounded::<Said>();
            let told = say.clone();
            let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                // Nobody listens any more once the answer is there.
                let _ = told.unbounded_send(message.data().dyn_into().ok());
            });
            let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
                error.prevent_default();
                let _ = say.unbounded_send(None);
            });
            worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
            worker.set_onerror(Some(error.as_ref().unchecked_ref()));
            Ok(Self { worker, said, ready: false, _message: message, _error: error })
        }

        /// The text of a code that the camera ([`camera_start`](super::super::camera_start)) sees in its next frame, if there is one. The engine opens no
        /// store for it, so the app may be open elsewhere.
        ///
        /// # Errors
        /// The camera is not running, or the engine died over it.
        pub async fn camera_code(&mut self, thorough: bool) -> Result<Option<String>, EngineError> {
            let Some((shape, frame)) = camera_frame(js_camera_grab().await, thorough)? else { return Ok(None) };
            match self.ask(&Request::ReadFrame(shape), frame).await? {
                Told::Text(code) => Ok(Some(code)),
                _ => Ok(None),
            }
        }

        /// One question at a time.
        async fn ask(&mut self, request: &Request, payload: JsValue) -> Result<Told, EngineError> {
            let bytes = postcard::to_stdvec(request).map_err(|_| died())?;
            let question = Array::of3(&0.into(), &Uint8Array::from(bytes.as_slice()), &payload);
            let transfer = if payload.is_undefined() { Array::new() } else { Array::of1(&payload) };
            let put = |worker: &Worker| worker.post_message_with_transfer(&question, &transfer).map_err(|_| died());
            if self.ready {
                put(&self.worker)?;
            }
            while let Some(Some(parts)) = self.said.next().await {
                match parts.get(0).as_string().as_deref() {
                    Some("ready") if parts.get(1).as_f64() != Some(BUILD.into()) => return Err(EngineError::BadInput(OTHER_BUILD.into())),
                    Some("ready") => {
                        self.ready = true;
                        put(&self.worker)?;
                    }
                    Some("answer") => return read(&parts.get(2).dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()),
                    Some("panic") => break,
                    // What it says unasked is for the app.
                    _ => {}
                }
            }
            Err(died())
        }
    }

    /// Asks an engine that is started for it.
    ///
    /// # Errors
    /// What the engine answers, or [`EngineError::Crashed`] when it died over it.
    pub async fn errand(request: Request) -> Result<Told, EngineError> {
        Lent::start()?.ask(&request, JsValue::UNDEFINED).await
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Lent, errand};
#[cfg(target_arch = "wasm32")]
pub use web::{Lent, errand};

#[cfg(test)]
mod tests {
    use super::{answer::read, *};
    use crate::engine::wire::{Answer, EngineError};

    #[test]
    fn what_an_errand_reads_is_what_the_engine_writes() {
        let regard = Some(Regard { name: "Mills".into(), crosses: vec!["No palm oil: crossed.".into()], grade: None });
        for (answer, told) in [
            (Answer::Text("mine".into()), Told::Text("mine".into())),
            (Answer::Regard(regard.clone()), Told::Regard(regard)),
            (Answer::Regard(None), Told::Regard(None)),
            (Answer::Done, Told::Done),
        ] {
            assert_eq!(read(&postcard::to_stdvec(&Ok::<_, EngineError>(answer)).unwrap()), Ok(told));
        }
        let refused = Err::<Answer, _>(EngineError::OpenElsewhere);
        assert_eq!(read(&postcard::to_stdvec(&refused).unwrap()), Err(EngineError::OpenElsewhere));
        let other = Ok::<_, EngineError>(Answer::NoCode);
        assert!(matches!(read(&postcard::to_stdvec(&other).unwrap()), Err(EngineError::Crashed(_))));
        assert!(matches!(read(&[]), Err(EngineError::Crashed(_))));
    }
}
