//! A verifiable log in standard formats: C2SP tlog-tiles over RFC 6962, checkpoints as C2SP signed notes, proofs.
//! Bytes only; it knows nothing of EcoSphere.
//!
//! *In:* entries, tiles, checkpoints as bytes. *Out:* roots, proofs, verified checkpoints.
