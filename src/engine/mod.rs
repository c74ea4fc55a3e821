//! The on-device service: it owns the store, the keys and all heavy work. Requests in, answers out.
//!
//! Native: a thread. Web: its own wasm in a dedicated worker. `wire` and `client` are all that `ui` may use, and all of this
//! that the page's wasm holds: the rest is compiled there only with the feature `engine`.
//!
//! ```text
//! source ──files──> sync ──verified pack──> store ──tables──> catalogue (in memory, of all ledgers)
//!                                             │                  │
//!                     Request ──> service ────┴── scan, options ─┴──> Answer
//! ```

#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod ask;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod calls;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod catalogue;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod choose;
#[cfg(any(target_arch = "wasm32", feature = "device"))]
pub mod client;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod credential;
#[cfg(feature = "device")]
pub mod did_web;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod dossier;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod fold;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod learn;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod ledgers;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod marks;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod mine;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod months;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod options;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod ours;
#[cfg(feature = "device")]
pub mod picture;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod scan;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub mod search;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod service;
#[cfg(any(feature = "engine", feature = "device"))]
mod session;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub mod source;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub mod store;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod story;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub mod sync;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod view;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
mod weigh;
pub mod wire;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
pub mod worker;

#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub use catalogue::Catalogue;
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub use credential::{CredentialCheck, CredentialError, MAX_CREDENTIAL, did_web_issuer};
#[cfg(any(not(target_arch = "wasm32"), feature = "engine"))]
pub use service::{Engine, SAMPLE_SOURCE, STALE_DAYS, clock};
