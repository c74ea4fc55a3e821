//! What an auditor does: replay a log from its entries and bodies alone, and sign what it found, or keep the proof that it was lied to.
//!
//! *In:* a published log (a folder or an address), the bodies beside it, and what its ledger is (the log's key, the registrars). *Out:* the
//! state and every pack, rebuilt; where all of it is byte for byte what the log names, a cosignature of the checkpoint (C2SP
//! tlog-cosignature), so that a policy can require auditors just as it requires witnesses; else [`Evidence`].
//!
//! An inclusion proof proves only that the operator said a thing. Replay proves that it follows: every statement could be applied at its leaf,
//! every `BatchClose` names the root of the state before it and the pack that follows from the leaves before it.
//!
//! A node asks an auditor for its cosignature just as it asks a witness, before it publishes: `serve.rs` is a witness that replays first.
//!
//! `place.rs` reads logs, `replay.rs` is the walk, `evidence.rs` the proof of a lie.

mod evidence;
mod place;
mod replay;
mod serve;

pub use evidence::{Checked, Evidence, Finding, LoggedLeaf};
pub use place::Place;
pub use replay::{Auditor, Replay, Terms, replay};
pub use serve::auditing;

#[cfg(test)]
mod tests;
