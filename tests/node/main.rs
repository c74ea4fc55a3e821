//! The node as a process: killed at random moments, and its API against the document it serves.
#![cfg(feature = "node")]

mod api;
mod did_web;
mod kill;
mod lifecycle;
mod passports;
mod private;
mod process;
