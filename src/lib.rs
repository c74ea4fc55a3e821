//! EcoSphere: scan a product's passport, verify it offline, see how it fits your values.
//!
//! # The map
//! Rooms in the order data flows through them; a room imports only from rooms above it in this list.
//!
//! | room | what it does |
//! |---|---|
//! | [`log`] | C2SP tiles, checkpoints, RFC 6962 proofs: bytes only, knows nothing of EcoSphere |
//! | [`measure`] | ledger time, money, scores, decimals, units |
//! | [`statement`] | the signed envelope, strict JSON, actors' keys |
//! | [`values`] | topics, questionnaire, profile, hard lines |
//! | [`passport`] | GTIN, GS1 Digital Link, seal, QR in and out, credentials, the outcome |
//! | [`provenance`] | importers and the claim table |
//! | [`label`] | the factor table, the S/E label, Social Earnings Ratio and Freedom |
//! | [`bot`] | alignment, verdict, ranking, explanation; learning a person's weights |
//! | [`wallet`] | keys from words, the vault, payment requests, payments on their way, the value check |
//! | [`exchange`] | orders, the batch auction, pools |
//! | [`state`] | the fold: statements in, state and its root out |
//! | [`pack`] | snapshot packs: what a market's device needs |
//! | [`engine`] | the on-device service: store, sync; requests in, answers out |
//! | `purse` | the wallet at work: kept, proven, sent |
//! | `organisation` | the supplier's desk: files in, what was understood out |
//! | `node` | the server: HTTP, sequencer, the sample ledger |
//! | `ui` | Dioxus screens; they know only requests and answers, `engine`'s, `organisation`'s and `purse`'s |
//!
//! `log` to `pack` are the *domain*: no I/O, no clock, no randomness, no `async`, no floats in anything two devices must agree on
//! (`bot::learn` alone computes in them: what it learns of a person is theirs alone).
//! `engine` and `purse` know neither each other, nor `organisation` nor `node`, and those not them; `node` reads suppliers' tables as `organisation` does. `tests/layers.rs` enforces all of it.

#[forbid(unsafe_code)]
pub mod bot;
pub mod engine;
#[forbid(unsafe_code)]
pub mod exchange;
#[forbid(unsafe_code)]
pub mod label;
#[forbid(unsafe_code)]
pub mod log;
#[forbid(unsafe_code)]
pub mod measure;
#[cfg(feature = "node")]
pub mod node;
#[cfg(feature = "organisation-files")]
pub mod organisation;
#[forbid(unsafe_code)]
pub mod pack;
#[forbid(unsafe_code)]
pub mod passport;
#[forbid(unsafe_code)]
pub mod provenance;
#[cfg(any(feature = "device", feature = "purse"))]
pub mod purse;
#[forbid(unsafe_code)]
pub mod state;
#[forbid(unsafe_code)]
pub mod statement;
#[cfg(feature = "ui")]
pub mod ui;
#[forbid(unsafe_code)]
pub mod values;
#[forbid(unsafe_code)]
pub mod wallet;
