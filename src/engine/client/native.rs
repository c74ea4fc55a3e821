//! The client outside a browser: a thread with a channel.

use super::{CameraInfo, restarts::Restarts};
use crate::engine::{
    session::{Place, Session},
    wire::{Answer, EngineError, Event, Request, Spot},
};
use futures_channel::{mpsc, oneshot};
use futures_util::{FutureExt, StreamExt};
use std::{
    panic::AssertUnwindSafe,
    path::PathBuf,
    rc::Rc,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::Instant,
};

/// The largest picture file that is read, in bytes.
const PICTURE_BYTES: u64 = 64 << 20;

static CLIENT: OnceLock<Client> = OnceLock::new();
static STORE: OnceLock<PathBuf> = OnceLock::new();

struct Client {
    jobs: mpsc::UnboundedSender<Job>,
    shared: Mutex<Shared>,
    since: Instant,
}

#[derive(Default)]
struct Shared {
    subscribers: Vec<mpsc::UnboundedSender<Event>>,
    restarts: Restarts,
}

struct Job {
    request: Request,
    payload: Vec<u8>,
    reply: oneshot::Sender<Result<Answer, EngineError>>,
}

/// Says in which folder the store lies; only before the first request. Without it the store is in memory.
pub fn set_store(folder: PathBuf) {
    // A second call comes too late to matter: the store is open.
    let _ = STORE.set(folder);
}

/// Asks the engine.
///
/// # Errors
/// What the engine answers, or [`EngineError::Crashed`] when it died over it.
pub async fn call(request: Request) -> Result<Answer, EngineError> {
    call_with(request, Vec::new()).await
}

/// Asks the engine, with bytes beside the request ([`Request::ScanFrame`], [`Request::ScanPicture`]).
///
/// # Errors
/// As [`call`].
pub async fn call_with(request: Request, payload: Vec<u8>) -> Result<Answer, EngineError> {
    let client = client();
    if let Some(why) = client.shared().restarts.given_up() {
        return Err(EngineError::Crashed(why));
    }
    let (reply, answer) = oneshot::channel();
    let gone = |_| EngineError::Crashed("its thread has ended".into());
    client.jobs.unbounded_send(Job { request, payload, reply }).map_err(|_| EngineError::Crashed("its thread has ended".into()))?;
    answer.await.map_err(gone)?
}

/// What the engine says unasked, from now on.
pub fn events() -> mpsc::UnboundedReceiver<Event> {
    let (sender, receiver) = mpsc::unbounded();
    client().shared().subscribers.push(sender);
    receiver
}

/// How often the engine was restarted since the app was opened.
pub fn restarts() -> u32 {
    client().shared().restarts.total()
}

/// Waits until nobody else holds the store. Natively there is nothing to wait for.
pub async fn until_free() {}

/// Starts the camera.
///
/// # Errors
/// Always: here the camera belongs to the page, which this app does not have.
pub async fn camera_start(_video_id: &str) -> Result<CameraInfo, String> {
    Err("This app cannot use the camera here. Choose a picture, paste a link or type the barcode.".into())
}

/// Stops the camera.
pub fn camera_stop() {}

/// Switches the camera's light.
///
/// # Errors
/// Always, as [`camera_start`].
pub async fn camera_torch(_on: bool) -> Result<(), String> {
    Err("This camera has no light that can be switched.".into())
}

/// Where the device is.
///
/// # Errors
/// Always: this app does not ask the device.
pub async fn where_am_i() -> Result<Spot, String> {
    Err("This app cannot find out where you are. The other orders work without it.".into())
}

/// Scans the camera's next frame.
///
/// # Errors
/// Always, as [`camera_start`].
pub async fn camera_scan(_thorough: bool) -> Result<Answer, EngineError> {
    Err(EngineError::BadInput("The camera is not running.".into()))
}

/// Scans the picture at this path.
///
/// # Errors
/// [`EngineError::BadInput`] with a sentence when it is not a picture that can be read, and as [`call`].
pub async fn scan_file(path: &str) -> Result<Answer, EngineError> {
    let unreadable = |error: std::io::Error| EngineError::BadInput(format!("The file {path} cannot be read: {error}."));
    if std::fs::metadata(path).map_err(unreadable)?.len() > PICTURE_BYTES {
        return Err(EngineError::BadInput(format!("The file {path} is larger than {} MB; choose a smaller picture.", PICTURE_BYTES >> 20)));
    }
    scan_bytes(std::fs::read(path).map_err(unreadable)?).await
}

/// Scans a picture file given by its bytes.
///
/// # Errors
/// As [`scan_file`].
pub async fn scan_bytes(bytes: Vec<u8>) -> Result<Answer, EngineError> {
    call_with(Request::ScanPicture, bytes).await
}

impl Client {
    /// The lock is held for a few lines that do not panic, so a poisoned one holds nothing half done.
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client() -> &'static Client {
    CLIENT.get_or_init(|| {
        let (jobs, queue) = mpsc::unbounded();
        // When no thread can be started the queue is dropped with the closure, and every request says that the thread has ended.
        let _ = std::thread::Builder::new().name("engine".into()).spawn(move || serve(queue));
        Client { jobs, shared: Mutex::default(), since: Instant::now() }
    })
}

fn serve(mut queue: mpsc::UnboundedReceiver<Job>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    let place = STORE.get().cloned().map_or(Place::Memory, Place::Folder);
    let session = Rc::new(Session::new(place, Rc::new(announce)));
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        while let Some(job) = queue.next().await {
            let session = session.clone();
            tokio::task::spawn_local(async move {
                let answer = AssertUnwindSafe(session.answer(job.request, &job.payload)).catch_unwind().await;
                let answer = answer.unwrap_or_else(|panic| {
                    let why = panic_text(panic.as_ref());
                    session.close();
                    let client = client();
                    let now = client.since.elapsed().as_secs_f64() * 1_000.0;
                    client.shared().restarts.again(now, &why);
                    Err(EngineError::Crashed(why))
                });
                // The receiver may have gone with its screen: nobody waits for this answer any more.
                let _ = job.reply.send(answer);
            });
        }
    });
}

fn announce(event: Event) {
    client().shared().subscribers.retain(|subscriber| subscriber.unbounded_send(event.clone()).is_ok());
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it gave no reason".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_the_engine_fails_its_own_request_and_the_next_one_is_answered() {
        let before = restarts();
        assert!(matches!(call(Request::Panic).await, Err(EngineError::Crashed(_))));
        assert_eq!(restarts(), before + 1);
        assert!(!matches!(call(Request::Status).await, Err(EngineError::Crashed(_))));
    }
}
