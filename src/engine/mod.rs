//! The on-device service: it owns the store, the keys and all heavy work. Requests in, answers out.
//!
//! Native: a thread. Web: its own wasm in a dedicated worker. `wire` and `client` are all that `ui` may use.
//!
//! ```text
//! source ──files──> sync ──verified pack──> store ──tables──> catalogue (in memory)
//!                                             │                  │
//!                     Request ──> service ────┴── scan, options ─┴──> Answer
//! ```

mod catalogue;
#[cfg(any(target_arch = "wasm32", feature = "device"))]
pub mod client;
mod credential;
mod dossier;
mod fold;
mod mine;
mod options;
mod scan;
#[cfg(feature = "device")]
pub mod picture;
mod service;
#[cfg(any(target_arch = "wasm32", feature = "device"))]
mod session;
pub mod source;
pub mod store;
pub mod sync;
mod view;
pub mod wire;
#[cfg(target_arch = "wasm32")]
pub mod worker;

pub use catalogue::Catalogue;
pub use credential::{CredentialCheck, CredentialError, MAX_CREDENTIAL};
pub use service::{Engine, SAMPLE_SOURCE, STALE_DAYS, clock};
