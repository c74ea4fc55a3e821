//! The terminal: `ecosphere-node <command>`. Every command answers with text for people or, with `--json`, with one JSON object.
//!
//! Exit status: 0 done; 1 the answer is no (a ledger that does not verify, a statement that is refused); 2 it could not be tried (a file
//! that is missing, an address in use, a wrong option).

use super::{NodeError, commands};
use clap::{CommandFactory as _, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Serves a ledger and the web app; builds, checks and fills ledgers.
///
/// Without a ledger of your own, `ecosphere-node serve` serves the sample: real products from Open Food Facts, Open Beauty Facts and WikiRate
/// plus a made-up part, signed with keys that are public on purpose.
#[derive(Debug, Parser)]
#[command(name = "ecosphere-node", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub struct Cli {
    /// Answer with one JSON object instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status:\n  0  done\n  1  the answer is no: a ledger that does not verify, a statement that is refused\n  2  it could not be tried: a missing file, an address in use, a wrong option";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Builds the sample ledger, byte for byte the same every time.
    Sample(SampleArgs),
    /// Prints this command's manual page (roff) to standard output.
    Man,
}

/// Options of `sample`.
#[derive(Debug, clap::Args)]
pub struct SampleArgs {
    /// Folder to write; what was in it is replaced. Its key goes beside it, to <OUT>.vkey.
    #[arg(long, value_name = "DIR", default_value = "assets/sample/ledger")]
    pub out: PathBuf,
    /// Folder with the sources.
    #[arg(long, value_name = "DIR", default_value = "assets/sample/source")]
    pub source: PathBuf,
}

/// What a command has to say.
pub struct Outcome {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: serde_json::Value,
    /// False when the answer is no (exit status 1).
    pub yes: bool,
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli.command) {
        Ok(outcome) => {
            if cli.json {
                println!("{}", outcome.json);
            } else if !outcome.text.is_empty() {
                println!("{}", outcome.text);
            }
            ExitCode::from(u8::from(!outcome.yes))
        }
        Err(error) => {
            if cli.json {
                println!("{}", serde_json::json!({ "error": error.to_string() }));
            } else {
                eprintln!("ecosphere-node: {error}");
            }
            ExitCode::from(if error.is_refusal() { 1 } else { 2 })
        }
    }
}

fn run(command: &Command) -> Result<Outcome, NodeError> {
    match command {
        Command::Sample(args) => commands::sample(args),
        Command::Man => manual(),
    }
}

fn manual() -> Result<Outcome, NodeError> {
    let mut page = Vec::new();
    let command = Cli::command();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(|e| NodeError::Usage(e.to_string()))?;
    for sub in command.get_subcommands() {
        let named = sub.clone().display_name(format!("ecosphere-node-{}", sub.get_name()));
        clap_mangen::Man::new(named).render(&mut page).map_err(|e| NodeError::Usage(e.to_string()))?;
    }
    let text = String::from_utf8_lossy(&page).into_owned();
    Ok(Outcome { json: serde_json::json!({ "roff": text }), text, yes: true })
}
