//! The engine's end in a browser: a dedicated worker that turns messages into requests and answers them.
//!
//! In: the messages drawn in [`client`](super::client). Out: the same way back. A message that cannot be read is answered with an
//! error, never with a panic; a panic inside the engine posts its text before the module stops for good, and the page starts a new worker.

use super::{
    scan::read_frame,
    session::{Place, Session},
    wire::{Answer, BUILD, EngineError, Event, FrameShape, PixelFormat, Request},
};
use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The largest picture file that is looked at, in bytes.
const PICTURE_BYTES: f64 = 67_108_864.0;
/// The most pixels a picture may say it has; above, it is taken for a bomb and not decoded.
const PICTURE_PIXELS: usize = 120_000_000;
/// How many bytes of a picture are read to find its dimensions: enough for the previews that cameras put before them.
const HEAD_BYTES: f64 = 1_048_576.0;
/// Pictures are shrunk to this many pixels on their longer side before codes are looked for.
const PICTURE_SIDE: u32 = 1_600;

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = framePixels)]
    async fn js_frame_pixels(frame: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = pictureHead)]
    async fn js_picture_head(file: &JsValue, length: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = picturePixels)]
    async fn js_picture_pixels(file: &JsValue, width: u32, height: u32, side: u32) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// Kept for as long as the worker lives; it goes with the worker.
    static LISTENER: RefCell<Option<Closure<dyn FnMut(MessageEvent)>>> = const { RefCell::new(None) };
}

/// Listens until the worker is terminated.
pub fn run() {
    std::panic::set_hook(Box::new(|panic| post(&Array::of2(&"panic".into(), &panic.to_string().into()))));
    let session = Rc::new(Session::new(Place, Rc::new(announce)));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let Ok(parts) = message.data().dyn_into::<Array>() else {
            return;
        };
        let session = session.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let answer = answer(&session, &parts.get(1), parts.get(2)).await;
            if let Ok(bytes) = postcard::to_stdvec(&answer) {
                post_bytes(&["answer".into(), parts.get(0)], &bytes);
            }
        });
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    LISTENER.set(Some(listener));
    post(&Array::of2(&"ready".into(), &BUILD.into()));
}

async fn answer(session: &Session, request: &JsValue, payload: JsValue) -> Result<Answer, EngineError> {
    let request = request.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default();
    let request = postcard::from_bytes(&request).map_err(|error| EngineError::BadInput(format!("the request cannot be read: {error}")))?;
    let (request, pixels) = match request {
        Request::ScanFrame(shape) => of_frame(frame(shape, payload).await?),
        // Whoever asks so may be another page than the one that has the store.
        Request::ReadFrame(shape) => {
            let (shape, pixels) = frame(shape, payload).await?;
            return read_frame(&shape, &pixels);
        }
        Request::ScanPicture => of_frame(picture(payload).await?),
        other => (other, Vec::new()),
    };
    session.answer(request, &pixels).await
}

fn of_frame((shape, pixels): (FrameShape, Vec<u8>)) -> (Request, Vec<u8>) {
    (Request::ScanFrame(shape), pixels)
}

/// A frame's shape and bytes, whether it came as bytes or as a `VideoFrame`.
async fn frame(shape: FrameShape, payload: JsValue) -> Result<(FrameShape, Vec<u8>), EngineError> {
    match payload.dyn_into::<ArrayBuffer>() {
        Ok(buffer) => Ok((shape, Uint8Array::new(&buffer).to_vec())),
        Err(frame) => {
            let pixels = js_frame_pixels(&frame)
                .await
                .map_err(|error| EngineError::BadInput(format!("The camera's frame cannot be read: {}.", words(&error))))?;
            Ok(of_pixels(&pixels, shape.thorough))
        }
    }
}

/// A picture file's pixels. Its size and the dimensions in its header are checked before anything decodes it.
async fn picture(payload: JsValue) -> Result<(FrameShape, Vec<u8>), EngineError> {
    let bad = |sentence: &str| Err(EngineError::BadInput(sentence.to_owned()));
    let file = match payload.dyn_into::<ArrayBuffer>() {
        Ok(buffer) => blob(&buffer).map_err(|error| EngineError::BadInput(words(&error)))?,
        Err(file) => file,
    };
    let head =
        js_picture_head(&file, HEAD_BYTES).await.map_err(|error| EngineError::BadInput(format!("The file cannot be read: {}.", words(&error))))?;
    let (size, head) = (item(&head, 0).as_f64().unwrap_or_default(), Uint8Array::new(&item(&head, 1)).to_vec());
    if size == 0.0 {
        return bad("This file is empty. Choose another picture.");
    }
    if size > PICTURE_BYTES {
        return bad("This file is larger than 64 MB. Choose a smaller picture.");
    }
    if imagesize::image_type(&head).is_err() {
        return bad("This file is not a picture. Choose a photo or a screenshot of the code.");
    }
    let Ok(dimensions) = imagesize::blob_size(&head) else {
        return bad("This picture is cut short or damaged. Choose another one, or take it again.");
    };
    let (width, height) = (dimensions.width, dimensions.height);
    if width == 0 || height == 0 {
        return bad("This picture is cut short or damaged. Choose another one, or take it again.");
    }
    let (Ok(wide), Ok(high)) = (u32::try_from(width), u32::try_from(height)) else {
        return bad("This picture says it is too large to be opened safely. Choose a smaller one.");
    };
    if width.saturating_mul(height) > PICTURE_PIXELS {
        return bad("This picture says it is too large to be opened safely. Choose a smaller one.");
    }
    match js_picture_pixels(&file, wide, high, PICTURE_SIDE).await {
        Ok(pixels) => Ok(of_pixels(&pixels, true)),
        Err(_) => bad("This picture is cut short or damaged, or of a kind this browser cannot open. Choose another one, or take it again."),
    }
}

/// Reads what the glue answers for pixels: `[buffer, width, height, stride, offset, isRgba]`.
fn of_pixels(pixels: &JsValue, thorough: bool) -> (FrameShape, Vec<u8>) {
    let number = |index| item(pixels, index).as_f64().map_or(0, |number| number as u32);
    let format = if item(pixels, 5).is_truthy() { PixelFormat::Rgba } else { PixelFormat::Luma };
    let (width, height, stride, offset) = (number(1), number(2), number(3), number(4));
    // Only the plane that is looked at is copied into wasm.
    let bytes = Uint8Array::new(&item(pixels, 0));
    let bytes = bytes.subarray(offset, offset.saturating_add(stride.saturating_mul(height))).to_vec();
    (FrameShape { width, height, stride, offset: 0, format, thorough }, bytes)
}

fn announce(event: Event) {
    if let Ok(bytes) = postcard::to_stdvec(&event) {
        post_bytes(&["event".into()], &bytes);
    }
}

fn post_bytes(head: &[JsValue], bytes: &[u8]) {
    let bytes = Uint8Array::from(bytes);
    let message: Array = head.iter().chain([bytes.as_ref()]).collect();
    // A page that is gone does not listen; there is nobody to tell.
    let _ = scope().post_message_with_transfer(&message, &Array::of1(&bytes.buffer()));
}

fn post(message: &Array) {
    // As above.
    let _ = scope().post_message(message);
}

fn blob(buffer: &ArrayBuffer) -> Result<JsValue, JsValue> {
    let constructor: js_sys::Function = Reflect::get(&js_sys::global(), &"Blob".into())?.dyn_into()?;
    Reflect::construct(&constructor, &Array::of1(&Array::of1(buffer)))
}

fn item(list: &JsValue, index: u32) -> JsValue {
    Reflect::get_u32(list, index).unwrap_or(JsValue::UNDEFINED)
}

fn words(thrown: &JsValue) -> String {
    Reflect::get(thrown, &"message".into()).ok().and_then(|message| message.as_string()).unwrap_or_else(|| "the browser gave no reason".into())
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
