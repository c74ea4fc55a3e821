//! An engine for one question, on a page that is not the app's: started, asked, let go of, so that the app has its store again.
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
        client::call,
        wire::{Answer, EngineError, Request},
    };

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
    use crate::engine::wire::{EngineError, Request};
    use futures_channel::mpsc;
    use futures_util::StreamExt as _;
    use js_sys::{Array, Uint8Array};
    use wasm_bindgen::prelude::*;
    use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

    /// Where the engine's script lies: beside the app's page.
    const WORKER: &str = "/worker.js";

    /// What the worker says; `None`: it died.
    type Said = Option<Array>;

    /// Ends with the errand.
    struct Engine(Worker);

    impl Drop for Engine {
        fn drop(&mut self) {
            self.0.set_onmessage(None);
            self.0.set_onerror(None);
            self.0.terminate();
        }
    }

    /// Asks an engine that is started for it.
    ///
    /// # Errors
    /// What the engine answers, or [`EngineError::Crashed`] when it died over it.
    pub async fn errand(request: Request) -> Result<Told, EngineError> {
        let died = || EngineError::Crashed("its worker stopped".into());
        let bytes = postcard::to_stdvec(&request).map_err(|_| died())?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let engine = Engine(Worker::new_with_options(WORKER, &options).map_err(|_| died())?);
        let (say, mut said) = mpsc::unbounded::<Said>();
        let told = say.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            // Nobody listens any more once the answer is there.
            let _ = told.unbounded_send(message.data().dyn_into().ok());
        });
        let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
            error.prevent_default();
            let _ = say.unbounded_send(None);
        });
        engine.0.set_onmessage(Some(message.as_ref().unchecked_ref()));
        engine.0.set_onerror(Some(error.as_ref().unchecked_ref()));
        while let Some(Some(parts)) = said.next().await {
            match parts.get(0).as_string().as_deref() {
                Some("ready") => {
                    let question = Array::of3(&0.into(), &Uint8Array::from(bytes.as_slice()), &JsValue::UNDEFINED);
                    engine.0.post_message(&question).map_err(|_| died())?;
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

#[cfg(not(target_arch = "wasm32"))]
pub use native::errand;
#[cfg(target_arch = "wasm32")]
pub use web::errand;

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
