//! What each command does, one file each.

mod sample;

pub use sample::sample;
