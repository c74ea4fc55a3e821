//! `ecosphere-node`: serves a ledger and the web app; builds, checks and fills ledgers. `ecosphere-node --help` says how.

use std::process::ExitCode;

fn main() -> ExitCode {
    ecosphere::node::cli::main()
}
