//! The on-device service: it owns the store, the keys and all heavy work. Requests in, answers out.
//!
//! Native: a thread. Web: its own wasm in a dedicated worker. `wire` and `client` are all that `ui` may use.

pub mod wire;
