//! Decoders that panic on some pictures must not take the program down with them.
//!
//! Where panics unwind (everywhere but on the web) a panic inside [`contained`] is caught and counts as "nothing found"; its message is not
//! printed, and panics of other threads are reported as ever. On the web a panic aborts the module: the engine's worker is restarted
//! by the page and nothing is lost; `rqrr`, the decoder known to panic, is run there for thorough effort only, as everywhere.

/// What the work gives, or `None` when it panicked.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    use std::{
        cell::Cell,
        panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
        sync::Once,
    };
    thread_local! {
        static QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                before(panic);
            }
        }));
    });
    let outer = QUIET.replace(true);
    // What the work borrowed is only read by it, or thrown away when there is no result: nothing half-done can be seen afterwards.
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    QUIET.set(outer);
    result
}

/// What the work gives; a panic ends the worker (see the top of this file).
#[cfg(target_arch = "wasm32")]
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    Some(work())
}

#[cfg(test)]
mod tests {
    use super::contained;

    #[test]
    fn a_panic_inside_a_decoder_is_nothing_found() {
        assert_eq!(contained(|| 7), Some(7));
        assert_eq!(contained(|| -> u8 { panic!("geometry.rs:55") }), None);
        assert_eq!(contained(|| contained(|| -> u8 { panic!("inner") }).is_none()), Some(true));
    }

    #[test]
    fn a_panic_elsewhere_is_still_a_panic() {
        let _ = contained(|| ());
        assert!(std::thread::spawn(|| panic!("not a decoder; this line may be printed")).join().is_err());
    }
}
