//! The terminal companion: scan, verify, rank, without a screen. Every answer is the one the app would give, from the same engine.

mod args;
mod backup;
mod device;
mod keep;
mod ledger;
mod lists;
mod money;
mod money_args;
mod ours;
mod print;
mod profile;
mod scan;
mod stewards;
mod store;
mod till;
mod values;
mod verify;
mod weigh;

use args::{Cli, Command, ListCommand, StoreCommand};
use clap::{CommandFactory as _, Parser as _};
use device::Device;
use ecosphere::engine::wire::Request;
use std::{path::Path, process::ExitCode};

/// Answered. Between the two, 1 says that a passport is not to be believed: `Outcome::exit_code`.
const ANSWERED: u8 = 0;
/// The input cannot be used.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    run(&cli).map_or_else(
        |e| {
            print::failure(cli.json, "unusable", &e.to_string());
            ExitCode::from(UNUSABLE)
        },
        ExitCode::from,
    )
}

fn run(cli: &Cli) -> anyhow::Result<u8> {
    match &cli.command {
        Command::Scan { inputs } => scan::run(&Device::with_snapshot(cli)?, cli.json, inputs),
        Command::Verify { credential, resolve } => verify::run(&Device::with_snapshot(cli)?, cli.json, credential, *resolve),
        Command::Rank { kind, category, limit } => lists::rank(&Device::with_snapshot(cli)?, cli.json, *kind, category.as_deref(), *limit),
        Command::Ask { text, about, limit } => lists::ask(&Device::with_snapshot(cli)?, cli.json, text, about.as_deref(), *limit),
        Command::Options { code, category, order } => {
            weigh::options(&Device::with_snapshot(cli)?, cli.json, code.as_deref(), category.as_deref(), order)
        }
        Command::Compare { codes, order } => weigh::compare(&Device::with_snapshot(cli)?, cli.json, codes, order),
        Command::Basket { money, codes } => weigh::basket(&Device::with_snapshot(cli)?, cli.json, money, codes),
        Command::List { command } => keep::run(&Device::with_snapshot(cli)?, cli.json, command.as_ref().unwrap_or(&ListCommand::Show)),
        Command::Search { text, limit } => lists::search(&Device::with_snapshot(cli)?, cli.json, text, *limit),
        Command::Categories => lists::categories(&Device::with_snapshot(cli)?, cli.json),
        Command::Profile { command } => profile::run(cli, command),
        Command::Values { command } => values::run(cli, command),
        Command::Sync { url, key, policy, market } => {
            let device = Device::open(cli)?;
            if let Some(market) = market {
                device.ask(Request::SetMarket(market.clone()))?;
            }
            store::sync(&device, cli, url.as_deref(), key.clone(), policy.as_deref())
        }
        Command::Ledger { command } => ledger::run(cli, command),
        Command::Store { command: StoreCommand::Evidence { out } } => store::evidence(&Device::with_snapshot(cli)?, cli, out.as_deref()),
        Command::Store { command: StoreCommand::Info } => store::info(&Device::with_snapshot(cli)?, cli),
        Command::Wallet { command } => money::wallet(cli.json, command),
        Command::Pay { command } => money::pay(cli, command),
        Command::Swap { command } => money::swap(cli, command),
        Command::Token { command } => till::token(cli, command),
        Command::Backup { command } => backup::run(cli, command),
        Command::Man { out } => man(out.as_deref()),
    }
}

/// The manual: one page on standard output, or a page per command in a folder.
fn man(out: Option<&Path>) -> anyhow::Result<u8> {
    let command = Cli::command();
    match out {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(command, folder)?;
        }
        None => clap_mangen::Man::new(command).render(&mut std::io::stdout())?,
    }
    Ok(ANSWERED)
}
