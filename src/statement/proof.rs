//! `eddsa-jcs-2022` proofs.
