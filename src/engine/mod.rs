//! The on-device service: it owns the store, the keys and all heavy work. Requests in, answers out.
//!
//! Native: a thread. Web: its own wasm in a dedicated worker. `wire` and `client` are all that `ui` may use.

#[cfg(any(target_arch = "wasm32", feature = "device"))]
pub mod client;
#[cfg(any(target_arch = "wasm32", feature = "device"))]
mod session;
pub mod wire;
#[cfg(target_arch = "wasm32")]
pub mod worker;
