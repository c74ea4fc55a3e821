//! `ecosphere-node`: serves a ledger and the web app; builds, checks and fills ledgers. `ecosphere-node --help` says how.

use std::process::ExitCode;

// A node's state is millions of small pieces that come and go: of these, the system's allocator leaves more room unused. Huge pages are left out
// (its feature `no_thp`): they cost 50 MB here and gained nothing.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ecosphere::node::cli::main()
}
