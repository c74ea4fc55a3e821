//! The server: it sequences statements, publishes the ledger as static files and serves them beside the web app.
//!
//! *In:* signed statements and bodies (`POST /statements`), importers' files. *Out:* a folder of immutable files in C2SP layout plus a
//! checkpoint that moves, over HTTP.
//!
//! ```text
//! <data>/ledger/checkpoint            the only file that ever changes; written last
//! <data>/ledger/tile/…  pack/<sha256> immutable
//! <data>/body/<sha256>                bodies, sheets and documents
//! <data>/node.db                      SQLite: statements taken but not yet published, and where each statement stands
//! <data>/policy                       whose cosignatures a checkpoint needs before it is published (C2SP tlog-policy); may be missing
//! <data>/ledger.json  log.key         origin, registrars; the log's seed (hex, readable by the owner only)
//! ```
//! One file per thing: `ledger.rs` (log + state in memory), `snapshot.rs` (what a pack is made of), `status_token.rs` (every passport's status, as the IETF's standard has it), `check.rs` (statements that somebody sent), `intake.rs` (the
//! queue before the one writer), `sequencer.rs` (the one writer), `metrics.rs` (what it counts), `store/` (what must not be
//! lost between two checkpoints), `files.rs` (files written once, in a folder or a bucket), `folder.rs` (what else lies in a node's own
//! folder), `audit/` (replaying a log, evidence), `background.rs` (waiting), `serve/` (HTTP), `witness/` (cosigning other
//! people's logs), `cosigners.rs` (asking witnesses), `lan.rs` (a local CA for phones), `sample/` (the sample ledger), `tables/` (CSV, spreadsheets and Parquet),
//! `progress.rs` (how far a long import is), `corroboration.rs` (what a ledger says of a supplier's events), `cli.rs` and `commands/` (the terminal).

pub mod audit;
pub mod background;
pub mod check;
pub mod cli;
pub mod cluster;
pub mod corroboration;
pub mod cosigners;
pub mod files;
pub mod folder;
pub mod intake;
pub mod issuing;
pub mod lan;
pub mod ledger;
pub mod metrics;
pub mod mirror;
pub mod passports;
pub mod private;
pub mod progress;
pub mod published;
pub mod sample;
pub mod sequencer;
pub mod serve;
pub mod snapshot;
pub mod status_token;
pub mod store;
pub mod tables;
pub mod takeover;
pub mod witness;

mod commands;
mod error;

pub use error::NodeError;
