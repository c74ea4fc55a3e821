//! Where the writer's waiting is done: its own code is plain and blocking, what it waits for (object stores, PostgreSQL) is not.

use super::NodeError;
use std::{
    future::Future,
    sync::{OnceLock, mpsc},
};
use tokio::runtime::{Builder, Runtime};

/// So many threads write files at once. Each keeps memory of its own, so that with the hundreds that a runtime takes a node holds a third more; a
/// [`Job`] waits for them, and is therefore none of them.
const BLOCKING: usize = 8;

/// Runs a future to its end on a thread of its own and waits for it. Unlike a runtime's `block_on` it may be called from anywhere; it blocks the
/// thread it is called on.
///
/// # Panics
/// When the future panics, or the system gives no thread.
pub fn wait<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (tell, hear) = mpsc::sync_channel(1);
    runtime().spawn(async move {
        // Whoever asked is waiting below.
        let _ = tell.send(future.await);
    });
    hear.recv().expect("the background task ended without an answer: it panicked")
}

/// Work on another thread, whose result is asked for later.
pub struct Job<T>(mpsc::Receiver<T>);

impl<T: Send + 'static> Job<T> {
    /// Starts it.
    pub fn start(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (tell, hear) = mpsc::sync_channel(1);
        // Whoever asked may have gone. Where there is no thread to be had, nothing answers, which `end` says.
        let started = std::thread::Builder::new().name("node-job".to_owned()).spawn(move || drop(tell.send(work())));
        drop(started);
        Self(hear)
    }

    /// Its result when it has ended, with `wait` when it ends: an error if it panicked. Else the job again.
    ///
    /// # Errors
    /// The job, still running.
    pub fn poll(self, wait: bool) -> Result<Result<T, NodeError>, Self> {
        if wait {
            return Ok(self.end());
        }
        match self.0.try_recv() {
            Ok(result) => Ok(Ok(result)),
            Err(mpsc::TryRecvError::Empty) => Err(self),
            Err(mpsc::TryRecvError::Disconnected) => Ok(Err(panicked())),
        }
    }

    /// Waits for its result.
    ///
    /// # Errors
    /// It panicked.
    pub fn end(self) -> Result<T, NodeError> {
        self.0.recv().map_err(|_| panicked())
    }
}

fn panicked() -> NodeError {
    NodeError::Data(
        "work in the background ended without an answer: it panicked, as it said on standard error, or there was no thread for it".to_owned(),
    )
}

/// The runtime, made at first use and kept for as long as the process lives.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let built = Builder::new_multi_thread().worker_threads(2).max_blocking_threads(BLOCKING).thread_name("node-background").enable_all().build();
        built.expect("the system gives this process no more threads")
    })
}
