//! Alignment, verdict, ranking, explanation. Alignment is computed once, in integers, and shown the same on every surface.
//!
//! *In:* a `Profile` and a subject's claims. *Out:* a [`Verdict`] with its reasons and what is unknown.

mod verdict;

pub use verdict::{Alignment, LineFinding, Reason, Verdict, VerdictBand};
