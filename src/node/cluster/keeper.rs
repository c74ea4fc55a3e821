//! Keeps the lease, or tries to get it, on a thread of its own: closing a large batch must not cost a node its place.

use crate::node::store::{Lease, Store};
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// A writer that was not seen for this long hangs, and others shall have its place.
const HUNG: Duration = Duration::from_secs(600);

/// The lease of one node.
pub struct Keeper {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// The lease, and until when it holds by our own clock. What it allows is decided by the store alone.
    held: Option<(Lease, Instant)>,
    /// Not to be asked for before.
    rest_until: Instant,
    /// When the writer was last seen.
    seen: Instant,
    stop: bool,
}

impl Keeper {
    /// Starts asking for the lease, each time for `lasts`. `name` must be this process's own.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, name: String, lasts: Duration) -> Self {
        let now = Instant::now();
        let state = State { held: None, rest_until: now, seen: now, stop: false };
        let desk = Arc::new(Desk { state: Mutex::new(state), changed: Condvar::new() });
        let own = Arc::clone(&desk);
        let thread = std::thread::Builder::new().name("lease".to_owned()).spawn(move || own.keep(&*store, &name, lasts)).ok();
        Self { desk, thread }
    }

    /// The lease as it is now; says also that the writer is alive.
    pub fn lease(&self) -> Option<Lease> {
        let mut state = self.desk.lock();
        state.seen = Instant::now();
        state.held.filter(|(_, until)| *until > Instant::now()).map(|(lease, _)| lease)
    }

    /// Gives the lease back, and does not ask for it again for a while.
    pub fn rest(&self, pause: Duration) {
        self.desk.lock().rest_until = Instant::now() + pause;
        self.desk.changed.notify_all();
    }
}

impl Drop for Keeper {
    /// Gives the lease back, so that another node need not wait until it lapses.
    fn drop(&mut self) {
        self.desk.lock().stop = true;
        self.desk.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // One that panicked has said so on standard error.
            let _ = thread.join();
        }
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, store: &dyn Store, name: &str, lasts: Duration) {
        let mut reached = true;
        loop {
            let (stop, rests, held) = {
                let state = self.lock();
                let rests = state.rest_until > Instant::now() || state.seen.elapsed() > HUNG;
                (state.stop, rests, state.held.is_some())
            };
            if stop || rests {
                if held {
                    self.lock().held = None;
                    // If the store cannot be reached it lapses by itself.
                    let _ = store.lead(name, Duration::ZERO);
                }
                if stop {
                    return;
                }
            } else {
                // Counted from before the question, so that ours ends no later than the store's.
                let until = Instant::now() + lasts;
                match store.lead(name, lasts) {
                    Ok(lease) => {
                        self.lock().held = lease.map(|lease| (lease, until));
                        reached = true;
                    }
                    Err(failed) => {
                        if reached {
                            eprintln!("ecosphere-node: the lease could not be asked for: {failed}");
                        }
                        reached = false;
                    }
                }
            }
            let state = self.lock();
            if !state.stop {
                drop(self.changed.wait_timeout(state, lasts / 3));
            }
        }
    }
}
