//! The on-device service: it owns the store, the keys and all heavy work. Requests in, answers out.
//!
//! Native: a thread. Web: its own wasm in a dedicated worker. `wire` and `client` are all that `ui` may use.
//!
//! ```text
//! source ──files──> sync ──verified pack──> store ──tables──> catalogue (in memory)
//!                                             │                  │
//!                     Request ──> service ────┴── scan, options ─┴──> Answer
//! ```

#[cfg(feature = "engine")]
mod catalogue;
#[cfg(any(target_arch = "wasm32", feature = "device"))]
pub mod client;
#[cfg(feature = "engine")]
mod credential;
#[cfg(feature = "engine")]
mod dossier;
#[cfg(feature = "engine")]
mod fold;
#[cfg(feature = "engine")]
mod mine;
#[cfg(feature = "engine")]
mod options;
#[cfg(feature = "engine")]
mod scan;
#[cfg(feature = "device")]
pub mod picture;
#[cfg(feature = "engine")]
mod service;
#[cfg(any(all(target_arch = "wasm32", feature = "engine"), feature = "device"))]
mod session;
#[cfg(feature = "engine")]
pub mod source;
#[cfg(feature = "engine")]
pub mod store;
#[cfg(feature = "engine")]
pub mod sync;
#[cfg(feature = "engine")]
mod view;
pub mod wire;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
pub mod worker;

#[cfg(feature = "engine")]
pub use catalogue::Catalogue;
#[cfg(feature = "engine")]
pub use credential::{CredentialCheck, CredentialError, MAX_CREDENTIAL};
#[cfg(feature = "engine")]
pub use service::{Engine, SAMPLE_SOURCE, STALE_DAYS, clock};
