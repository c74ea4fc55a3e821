//! `backup make` and `backup restore`: everything personal in one file that a passphrase opens.

use crate::{
    ANSWERED,
    args::Cli,
    device::Device,
    money::{first_line, passphrase, write_secret},
    money_args::{BackupCommand, BackupFile, WalletFile},
    print::{self, say},
};
use anyhow::{Context as _, bail};
use ecosphere::{
    engine::wire::{Answer, Request},
    measure::Millis,
    purse::{Backup, Desk, Purse, native::Native},
};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// `backup`.
pub fn run(cli: &Cli, command: &BackupCommand) -> anyhow::Result<u8> {
    match command {
        BackupCommand::Make { backup, wallet, wallet_passphrase_file } => {
            make(cli, backup, wallet.as_ref().map(|path| WalletFile { path: path.clone(), passphrase_file: wallet_passphrase_file.clone() }))
        }
        BackupCommand::Restore { backup, wallet, wallet_passphrase_file } => {
            restore(cli, backup, wallet.as_ref().map(|path| WalletFile { path: path.clone(), passphrase_file: wallet_passphrase_file.clone() }))
        }
    }
}

fn make(cli: &Cli, file: &BackupFile, wallet: Option<WalletFile>) -> anyhow::Result<u8> {
    if cli.data.is_none() && wallet.is_none() {
        bail!("nothing is named that could be backed up: name the folder of your store with --data, your wallet with --wallet, or both");
    }
    let secret = first_line(&file.passphrase_file)?;
    let personal = match &cli.data {
        None => None,
        Some(_) => match Device::open(cli)?.ask(Request::Export)? {
            Answer::Text(text) => Some(text),
            other => bail!("the engine answered {other:?} when asked for what is yours"),
        },
    };
    let wallet = wallet.map(|wallet| {
        let mut desk = Desk::new(Native::new(&wallet.path, None)?);
        runtime()?.block_on(desk.unlock(&passphrase(&wallet)?))?;
        anyhow::Ok(Purse::of(desk.till()?)?)
    });
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
    let backup = Backup { made: Millis(i64::try_from(since)?), personal, wallet: wallet.transpose()? };
    let sealed = backup.seal(&secret)?;
    write_secret(&file.path, &sealed)?;
    if cli.json {
        print::json(
            &json!({ "backup": file.path, "bytes": sealed.len(), "personal": backup.personal.is_some(), "wallet": backup.wallet.is_some() }),
        )?;
    } else {
        let half = |there: bool, name| if there { name } else { "" };
        say!(
            "{} holds{}{}.",
            file.path.display(),
            half(backup.personal.is_some(), " what is yours in the store"),
            half(backup.wallet.is_some(), " the wallet")
        );
        say!("Only its passphrase opens it. Keep it somewhere else than this device.");
    }
    Ok(ANSWERED)
}

fn restore(cli: &Cli, file: &BackupFile, wallet: Option<WalletFile>) -> anyhow::Result<u8> {
    let secret = first_line(&file.passphrase_file)?;
    let sealed = std::fs::read(&file.path).with_context(|| format!("{} cannot be read", file.path.display()))?;
    // Both halves are read, and the wallet's place is looked at, before either is written.
    let backup = Backup::open(&secret, &sealed)?;
    if let Some(wallet) = &backup.wallet {
        wallet.read()?;
    }
    let into_store = backup.personal.as_ref().filter(|_| cli.data.is_some());
    let wallet = wallet.filter(|_| backup.wallet.is_some());
    if into_store.is_none() && wallet.is_none() {
        bail!("nothing was put back: name the folder of a store with --data, the wallet file to be made with --wallet, or both");
    }
    let runtime = runtime()?;
    let desk = wallet.as_ref().map(|wallet| {
        // Where none is named, the backup's own passphrase opens the wallet from now on.
        let opens = if wallet.passphrase_file.is_some() { passphrase(wallet)? } else { secret.clone() };
        let mut desk = Desk::new(Native::new(&wallet.path, None)?);
        runtime.block_on(desk.unpack(&secret, &sealed))?;
        anyhow::Ok((desk, opens))
    });
    let desk = desk.transpose()?;
    if let Some(text) = into_store {
        Device::open(cli)?.ask(Request::Import(text.clone()))?;
    }
    let adopted = desk.map(|(mut desk, opens)| runtime.block_on(desk.adopt(&opens))).transpose();
    let adopted = adopted.context("what is yours in the store was put back, the wallet was not; do the same again once that is mended")?;
    let state = |there: bool, back: bool| {
        if back {
            "restored"
        } else if there {
            "left"
        } else {
            "none"
        }
    };
    let personal = state(backup.personal.is_some(), into_store.is_some());
    let purse = state(backup.wallet.is_some(), adopted == Some(true));
    if cli.json {
        print::json(&json!({ "backup": file.path, "made": backup.made.to_rfc3339(), "personal": personal, "wallet": purse }))?;
    } else {
        say!("Made {}. In the store: {personal}. Wallet: {purse}.", backup.made.to_rfc3339());
    }
    Ok(ANSWERED)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
