//! The fold: statements in, state and its root out. Pure; the only clock is the time of the batch.
//!
//! *In:* verified statements in log order. *Out:* [`State`], its Jellyfish Merkle root, or a typed [`Rejection`].
