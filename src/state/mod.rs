//! The fold: statements in, state and its root out. Pure; the only clock is the time of the batch.
//!
//! *In:* verified statements in log order. *Out:* [`State`], its Jellyfish Merkle root, or a typed [`Rejection`].
//! What is rejected is never logged; its sender gets the reason.
//!
//! ```text
//! key   = SHA-256( kind ‖ 0x00 ‖ id )      kinds and ids: `entry.rs`
//! value = JCS (RFC 8785) of the entry      integers as decimal strings, digests in lower-case hex
//! root  = Jellyfish Merkle tree (Gao, Hu, Wu, 2021) over SHA-256, as the crate `jmt` builds it: `tree.rs`
//! ```
//! `value.rs`: what tokens, holdings, pairs and orders are, and what the state says of them; `value/tokens.rs` moves tokens, `value/exchange.rs` swaps
//! them, and clears when a batch is closed. The browser's engine leaves all three out (feature `value`): it folds nothing.
//!
//! The root that a `BatchClose` names is the root just before that `BatchClose` is applied. A statement's time is the
//! time of the batch that takes it, so whoever replays reads on to the `BatchClose` first: [`State::fold_batch`].

#[cfg(feature = "value")]
mod accounts;
mod actor;
mod close;
mod dated;
mod entry;
mod fold;
mod life;
mod passport;
mod proof;
mod reject;
mod replay;
mod shared;
mod slot;
mod standing;
mod text;
mod tree;
#[cfg(feature = "value")]
mod value;
mod view;

#[cfg(feature = "value")]
pub use accounts::{BUCKET_BITS, BUCKET_LEAST, Bucket, BucketError, Holdings, NotABucket, balance_due};
pub use actor::Registered;
pub use dated::Since;
pub use entry::Entry;
pub use fold::{Batch, Listing, Policy, Stage, State, Tenure};
pub use passport::{Issuer, Passport};
pub use proof::{Neighbour, ProofError, StateProof};
pub use reject::Rejection;
pub use shared::List;
pub use text::Text;
#[cfg(feature = "value")]
pub use value::{DEMURRAGE_PERIOD, Market, Order, StewardPool, Token, ValueEntry, ValueRejection};

use crate::measure::Millis;

/// How far after the batch that takes it a statement may expire, in milliseconds: 30 days.
pub const MAX_LIFETIME: i64 = 30 * Millis::DAY;

#[cfg(test)]
mod tests;
