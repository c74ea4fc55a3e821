//! What an auditor does: replay a log from its entries and bodies alone, and sign what it found, or keep the proof that it was lied to.
//!
//! *In:* a published log (a folder or an address), the bodies beside it, and what its ledger is (the log's key, the registrars). *Out:* the
//! state and every pack, rebuilt; where all of it is byte for byte what the log names, a cosignature of the checkpoint (C2SP
//! tlog-cosignature), so that a policy can require auditors just as it requires witnesses; else [`Evidence`].
//!
//! An inclusion proof proves only that the operator said a thing. Replay proves that it follows: every statement could be applied at its leaf,
//! every `BatchClose` names the root of the state before it and the pack that follows from the leaves before it.
//!
//! `place.rs` reads logs, `replay.rs` is the walk, `evidence.rs` the proof of a lie.

mod evidence;
mod place;
mod replay;

pub use evidence::{Checked, Evidence, Finding, LoggedLeaf};
pub use place::Place;
pub use replay::{Replay, Terms, replay};

#[cfg(test)]
mod tests;
