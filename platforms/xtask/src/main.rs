//! `cargo xtask …`: everything that is done to EcoSphere from a terminal, from a fresh clone on a machine with only Rust.
//!
//! | command | what it does |
//! |---|---|
//! | `run` | builds the web app, starts a node with the sample ledger, opens the browser |
//! | `test` | everything, headless: format, lints, licences, docs, tests, sizes, a real browser |
//! | `soak` | the long versions of the tests |
//! | `bench [group]` | the measures in `benches/`, side by side with their peers |
//! | `web` | only the web app, into `target/web-dist/` |
//!
//! Each command installs what is missing, or names it. A file per concern: [`machine`] (what is installed), [`toolchain`] (Rust for
//! wasm), [`web`] (wasm to a folder that can be served), [`shell`] (index page, service worker, compression), [`kept`] (what need not be made twice), [`npm`], [`run`],
//! [`suite`].

mod bench;
mod kept;
mod machine;
mod npm;
mod order;
mod run;
mod shell;
mod soak;
mod steps;
mod suite;
mod toolchain;
mod web;

use anyhow::{Result, bail};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  run [--port <n>] [--lan] [--no-open]   build the app, start a node with the sample ledger, open the browser
  test                                   run everything, headless; ends with `N passed, N failed`
  soak                                   the long versions of the tests
  bench [group] [--json]                 measure; groups: scan ledger provenance label bot wallet exchange community app
  web                                    build the web app into target/web-dist
  prerender                              write the first screen anew (platforms/web/first-screen.html)

WASM_TOOLCHAIN=debian builds the wasm with Debian's packages instead of rustup's target.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    // Everything below speaks of paths from the root of the repository.
    std::env::set_current_dir(machine::root())?;
    let (command, rest) = arguments.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    match command {
        "run" => run::run(rest),
        "test" => suite::run(),
        "soak" => soak::run(),
        "bench" => bench::run(rest),
        "web" => {
            web::build(&steps::Steps::new(), web::Effort::Small)?;
            Ok(ExitCode::SUCCESS)
        }
        "prerender" => web::prerender(&steps::Steps::new()).map(|()| ExitCode::SUCCESS),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("`{other}` is not a command of xtask\n\n{HELP}"),
    }
}
