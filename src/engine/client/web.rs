//! The client in a browser: a module worker, its pending requests, the camera.

use super::{CameraInfo, restarts::Restarts};
use crate::engine::wire::{Answer, EngineError, Event, FrameShape, PixelFormat, Request, Spot};
use futures_channel::{mpsc, oneshot};
use js_sys::{Array, Reflect, Uint8Array};
use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the worker's script lies, beside the page.
const WORKER: &str = "./worker.js";

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = cameraStart)]
    async fn js_camera_start(video: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = cameraStop)]
    fn js_camera_stop();
    #[wasm_bindgen(catch, js_name = cameraTorch)]
    async fn js_camera_torch(on: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = cameraGrab)]
    pub(super) async fn js_camera_grab() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = whereAmI)]
    async fn js_where_am_i() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = chosenFile)]
    fn js_chosen_file(input: &str) -> JsValue;
    #[wasm_bindgen(catch, js_name = untilFree)]
    async fn js_until_free() -> Result<JsValue, JsValue>;
}

thread_local! {
    static CLIENT: Client = Client::default();
}

#[derive(Default)]
struct Client {
    state: RefCell<State>,
    /// One pair of listeners for every worker there will ever be.
    listeners: OnceCell<Listeners>,
}

#[derive(Default)]
struct State {
    worker: Option<Worker>,
    ready: bool,
    queue: Vec<Message>,
    pending: HashMap<u32, oneshot::Sender<Result<Answer, EngineError>>>,
    next_id: u32,
    subscribers: Vec<mpsc::UnboundedSender<Event>>,
    restarts: Restarts,
}

struct Listeners {
    message: Closure<dyn FnMut(MessageEvent)>,
    error: Closure<dyn FnMut(ErrorEvent)>,
}

struct Message {
    parts: Array,
    transfer: Array,
}

/// What travels beside a request.
enum Payload {
    None,
    /// A `VideoFrame` or an `ArrayBuffer`: handed over without a copy.
    Handed(JsValue),
    /// A `File`: the worker reads it.
    Shared(JsValue),
}

/// Asks the engine.
///
/// # Errors
/// What the engine answers, or [`EngineError::Crashed`] when it died over it.
pub async fn call(request: Request) -> Result<Answer, EngineError> {
    send(&request, Payload::None).await
}

/// Asks the engine, with bytes beside the request ([`Request::ScanFrame`], [`Request::ScanPicture`]).
///
/// # Errors
/// As [`call`].
pub async fn call_with(request: Request, payload: Vec<u8>) -> Result<Answer, EngineError> {
    send(&request, Payload::Handed(Uint8Array::from(payload.as_slice()).buffer().into())).await
}

/// What the engine says unasked, from now on.
pub fn events() -> mpsc::UnboundedReceiver<Event> {
    let (sender, receiver) = mpsc::unbounded();
    CLIENT.with(|client| client.state.borrow_mut().subscribers.push(sender));
    receiver
}

/// How often the engine was restarted since the page was loaded.
pub fn restarts() -> u32 {
    CLIENT.with(|client| client.state.borrow().restarts.total())
}

/// Waits until no other tab holds the store; then [`Request::Open`] is worth another try.
pub async fn until_free() {
    // A browser without locks has no store to wait for either.
    let _ = js_until_free().await;
}

/// Starts the rear camera and shows it in the `<video>` of this id. It stops by itself while the tab is hidden and comes back with it.
///
/// # Errors
/// A sentence for the person: no camera, not allowed, in use.
pub async fn camera_start(video_id: &str) -> Result<CameraInfo, String> {
    let torch = js_camera_start(video_id).await.map_err(|error| words(&error))?;
    Ok(CameraInfo { torch: torch.is_truthy() })
}

/// Stops the camera.
pub fn camera_stop() {
    js_camera_stop();
}

/// Switches the camera's light.
///
/// # Errors
/// A sentence for the person: this camera has none.
pub async fn camera_torch(on: bool) -> Result<(), String> {
    js_camera_torch(on).await.map(drop).map_err(|error| words(&error))
}

/// Where the device is. It stays on it; a browser may ask a service of its own to find out, if the person lets it.
///
/// # Errors
/// A sentence for the person: not allowed, or not found out.
pub async fn where_am_i() -> Result<Spot, String> {
    let degrees = Array::from(&js_where_am_i().await.map_err(|error| words(&error))?);
    let of = |at| degrees.get(at).as_f64().map_or(0, |millionths| millionths as i32);
    Ok(Spot { lat: of(0), lon: of(1) })
}

/// Scans the camera's next frame. Waits while the tab is hidden; [`Answer::NoCode`] when the camera was stopped meanwhile.
///
/// # Errors
/// [`EngineError::BadInput`] when the camera is not running, and as [`call`].
pub async fn camera_scan(thorough: bool) -> Result<Answer, EngineError> {
    match camera_frame(js_camera_grab().await, thorough)? {
        Some((shape, frame)) => send(&Request::ScanFrame(shape), Payload::Handed(frame)).await,
        None => Ok(Answer::NoCode),
    }
}

/// A frame that was grabbed ([`js_camera_grab`]), and its shape.
pub(super) fn camera_frame(grabbed: Result<JsValue, JsValue>, thorough: bool) -> Result<Option<(FrameShape, JsValue)>, EngineError> {
    let Ok(grabbed) = grabbed.map_err(|error| EngineError::BadInput(words(&error)))?.dyn_into::<Array>() else { return Ok(None) };
    let (width, height) = (pixels(&grabbed.get(1)), pixels(&grabbed.get(2)));
    // For a `VideoFrame` the worker fills in the rest of the shape from the frame itself.
    let shape = FrameShape { width, height, stride: width.saturating_mul(4), offset: 0, format: PixelFormat::Rgba, thorough };
    Ok(Some((shape, grabbed.get(0))))
}

/// Scans the picture that was chosen in the `<input type="file">` of this id.
///
/// # Errors
/// [`EngineError::BadInput`] with a sentence when nothing is chosen or it is not a picture that can be read, and as [`call`].
pub async fn scan_file(input_id: &str) -> Result<Answer, EngineError> {
    let file = js_chosen_file(input_id);
    if file.is_falsy() {
        return Err(EngineError::BadInput("No picture was chosen.".into()));
    }
    send(&Request::ScanPicture, Payload::Shared(file)).await
}

/// Scans a picture file given by its bytes.
///
/// # Errors
/// As [`scan_file`].
pub async fn scan_bytes(bytes: Vec<u8>) -> Result<Answer, EngineError> {
    call_with(Request::ScanPicture, bytes).await
}

async fn send(request: &Request, payload: Payload) -> Result<Answer, EngineError> {
    let receiver = CLIENT.with(|client| client.enqueue(request, payload))?;
    receiver.await.unwrap_or_else(|_| Err(EngineError::Crashed("it was restarted".into())))
}

impl Client {
    fn enqueue(&self, request: &Request, payload: Payload) -> Result<oneshot::Receiver<Result<Answer, EngineError>>, EngineError> {
        let bytes = postcard::to_stdvec(request).map_err(|error| EngineError::BadInput(error.to_string()))?;
        if let Some(why) = self.state.borrow().restarts.given_up() {
            return Err(EngineError::Crashed(why));
        }
        self.start()?;
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state.borrow_mut();
        let id = state.next_id;
        state.next_id = id.wrapping_add(1);
        let bytes = Uint8Array::from(bytes.as_slice());
        let transfer = Array::of1(&bytes.buffer());
        let payload = match payload {
            Payload::None => JsValue::UNDEFINED,
            Payload::Handed(value) => {
                transfer.push(&value);
                value
            }
            Payload::Shared(value) => value,
        };
        let message = Message { parts: Array::of3(&id.into(), &bytes, &payload), transfer };
        if state.ready {
            state.post(&message)?;
        } else {
            state.queue.push(message);
        }
        state.pending.insert(id, sender);
        Ok(receiver)
    }

    /// Starts the worker unless one is there.
    fn start(&self) -> Result<(), EngineError> {
        if self.state.borrow().worker.is_some() {
            return Ok(());
        }
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(WORKER, &options).map_err(|error| EngineError::Crashed(words(&error)))?;
        let listeners = self.listeners.get_or_init(Listeners::new);
        worker.set_onmessage(Some(listeners.message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(listeners.error.as_ref().unchecked_ref()));
        let mut state = self.state.borrow_mut();
        state.ready = false;
        state.worker = Some(worker);
        Ok(())
    }

    fn hear(&self, message: &MessageEvent) {
        let Ok(parts) = message.data().dyn_into::<Array>() else {
            return;
        };
        let kind = parts.get(0).as_string().unwrap_or_default();
        match kind.as_str() {
            "ready" => self.ready(),
            "answer" => {
                let Some(id) = parts.get(1).as_f64() else {
                    return;
                };
                let sender = self.state.borrow_mut().pending.remove(&(id as u32));
                if let Some(sender) = sender {
                    // The receiver may have gone with its screen: nobody waits for this answer any more.
                    let _ = sender.send(decode(&parts.get(2)).unwrap_or_else(|error| Err(EngineError::Crashed(error.to_string()))));
                }
            }
            "event" => {
                if let Ok(event) = decode::<Event>(&parts.get(1)) {
                    self.state.borrow_mut().subscribers.retain(|subscriber| subscriber.unbounded_send(event.clone()).is_ok());
                }
            }
            "panic" => self.died(&parts.get(1).as_string().unwrap_or_default()),
            _ => {}
        }
    }

    fn ready(&self) {
        let mut state = self.state.borrow_mut();
        state.ready = true;
        for message in std::mem::take(&mut state.queue) {
            // What cannot be posted (a frame already closed, say) fails with the pending ones at the next restart at the latest.
            if state.post(&message).is_err()
                && let Some(id) = message.parts.get(0).as_f64()
                && let Some(sender) = state.pending.remove(&(id as u32))
            {
                let _ = sender.send(Err(EngineError::BadInput("the frame could not be handed over; try again".into())));
            }
        }
    }

    /// The worker died: fail what waits, start the next one unless that has become pointless, and have it open the store at once.
    fn died(&self, why: &str) {
        web_sys::console::warn_1(&format!("EcoSphere's engine stopped: {why}").into());
        let (again, pending) = {
            let mut state = self.state.borrow_mut();
            if let Some(worker) = state.worker.take() {
                worker.set_onmessage(None);
                worker.set_onerror(None);
                worker.terminate();
            }
            state.ready = false;
            state.queue.clear();
            (state.restarts.again(js_sys::Date::now(), why), std::mem::take(&mut state.pending))
        };
        for sender in pending.into_values() {
            let _ = sender.send(Err(EngineError::Crashed(why.to_owned())));
        }
        if again {
            // Nobody waits for this answer; whatever is wrong, the next request says so.
            drop(self.enqueue(&Request::Open, Payload::None));
        }
    }
}

impl State {
    fn post(&self, message: &Message) -> Result<(), EngineError> {
        let Some(worker) = &self.worker else {
            return Err(EngineError::Crashed("it is not running".into()));
        };
        worker.post_message_with_transfer(&message.parts, &message.transfer).map_err(|error| EngineError::BadInput(words(&error)))
    }
}

impl Listeners {
    fn new() -> Self {
        Self {
            message: Closure::new(|message: MessageEvent| CLIENT.with(|client| client.hear(&message))),
            error: Closure::new(|error: ErrorEvent| {
                error.prevent_default();
                CLIENT.with(|client| client.died(&error.message()));
            }),
        }
    }
}

fn decode<T: serde::de::DeserializeOwned>(value: &JsValue) -> Result<T, postcard::Error> {
    let bytes = value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default();
    postcard::from_bytes(&bytes)
}

fn pixels(value: &JsValue) -> u32 {
    value.as_f64().map_or(0, |number| number as u32)
}

/// What a thrown value says.
fn words(thrown: &JsValue) -> String {
    Reflect::get(thrown, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| "the browser gave no reason".into())
}
