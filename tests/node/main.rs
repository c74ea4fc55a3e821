//! The node as a process: killed at random moments, and its API against the document it serves, its files in a bucket, what it waits for out of reach.
#![cfg(feature = "node")]

#[cfg(feature = "cli")]
mod accounts;
mod api;
#[cfg(feature = "cli")]
mod bucket;
mod did_web;
mod kill;
mod lifecycle;
mod passports;
mod private;
mod process;
mod purse;
mod status_token;
mod waiting;
