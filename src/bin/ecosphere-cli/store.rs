//! `sync` and `store info`.

use crate::{
    ANSWERED,
    args::Cli,
    device::Device,
    print::{self, say},
};
use ecosphere::engine::wire::{Answer, Event, Request, Status};
use serde_json::json;
use std::cell::OnceCell;

/// Brings the snapshot up to date.
pub fn sync(device: &Device, cli: &Cli, url: &str, key: Option<String>) -> anyhow::Result<u8> {
    let bar = OnceCell::new();
    let progress = |Event::SyncProgress { done, total }: Event| {
        if !cli.json {
            bar.get_or_init(|| indicatif::ProgressBar::new(total)).set_position(done);
        }
    };
    let answer = device.ask_with(Request::Sync { url: url.to_owned(), key }, &[], &progress);
    if let Some(bar) = bar.get() {
        bar.finish_and_clear();
    }
    let Answer::Status(status) = answer? else { anyhow::bail!("the engine did not answer with its status") };
    if cli.json {
        print::json(&json!({ "url": url, "kept": cli.data.is_some(), "snapshot": status.snapshot }))?;
    } else {
        show(&status);
        if cli.data.is_none() {
            say!("The ledger verifies. Nothing was kept: pass --data DIR to keep it.");
        }
    }
    Ok(ANSWERED)
}

/// Says what the store holds.
pub fn info(device: &Device, cli: &Cli) -> anyhow::Result<u8> {
    let status = device.status()?;
    let (ledger, mine) = device.engine.store_sizes()?;
    if cli.json {
        print::json(&json!({
            "data": cli.data,
            "durable": status.durable,
            "snapshot": status.snapshot,
            "has_profile": status.has_profile,
            "history": status.history,
            "ledger_bytes": ledger,
            "mine_bytes": mine,
            "notices": status.notices,
        }))?;
    } else {
        match &cli.data {
            Some(folder) => say!("store      {}", folder.display()),
            None => say!("store      in memory (pass --data DIR to keep one)"),
        }
        show(&status);
        say!("profile    {}", if status.has_profile { "set" } else { "not set" });
        say!("history    {} codes", status.history);
        say!("size       {} kB ledger, {} kB personal", ledger / 1024, mine / 1024);
    }
    Ok(ANSWERED)
}

fn show(status: &Status) {
    let Some(s) = &status.snapshot else {
        say!("snapshot   none yet; use `sync`");
        return;
    };
    say!("ledger     {}{}", s.origin, if s.sample { " (a sample: its keys are public, it proves nothing)" } else { "" });
    say!(
        "snapshot   batch {} of {}, {} log entries{}",
        s.batch,
        s.time.to_rfc3339(),
        s.log_size,
        if s.stale { ", old: bring it up to date" } else { "" }
    );
    say!("holds      {} products, {} organisations, {} projects, {} retailers", s.products, s.organisations, s.projects, s.retailers);
}
