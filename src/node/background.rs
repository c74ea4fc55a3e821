//! Where the writer's waiting is done: its own code is plain and blocking, what it waits for (object stores, PostgreSQL) is not.

use std::{future::Future, sync::OnceLock, sync::mpsc};
use tokio::runtime::{Builder, Runtime};

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

/// The runtime, made at first use and kept for as long as the process lives.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let built = Builder::new_multi_thread().worker_threads(2).thread_name("node-background").enable_all().build();
        built.expect("the system gives this process no more threads")
    })
}
