//! `values ours`: the profile of an organisation beside one's own.

use crate::{
    ANSWERED,
    args::Cli,
    device::Device,
    print::{self, say},
    profile::stored,
};
use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use ecosphere::{
    engine::wire::{Answer, AskOurs, Request},
    values::{Apart, Ours},
};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum OursCommand {
    /// Takes it from a profile file, or from everything that somebody exported; of either only topics and lines.
    Import {
        /// The file.
        file: PathBuf,
        /// What you call it.
        #[arg(long, default_value = "")]
        name: String,
    },
    /// By whose values verdicts are from now on.
    Speak {
        /// Whose.
        #[arg(value_enum)]
        who: Who,
    },
    /// Writes it as a profile file.
    Export,
    /// Erases it; verdicts are by your own values again.
    Erase,
}

/// Whose values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Who {
    /// Yours.
    Mine,
    /// The organisation's.
    Ours,
}

/// Does it.
pub fn run(cli: &Cli, command: Option<&OursCommand>) -> anyhow::Result<u8> {
    if cli.data.is_none() && command.is_some() {
        bail!("say with --data DIR where the profiles are kept");
    }
    let device = Device::open(cli)?;
    let what = match command {
        None => AskOurs::Show,
        Some(OursCommand::Import { file, name }) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            AskOurs::Import { name: name.clone(), text }
        }
        Some(OursCommand::Speak { who }) => AskOurs::Speaks(*who == Who::Ours),
        Some(OursCommand::Export) => AskOurs::Export,
        Some(OursCommand::Erase) => AskOurs::Drop,
    };
    match device.ask(Request::Ours(what))? {
        Answer::Text(text) if cli.json => print::json(&serde_json::from_str::<Value>(&text)?)?,
        Answer::Text(text) => say!("{}", text.trim_end()),
        Answer::Ours(None) if cli.json => print::json(&json!({ "ours": null }))?,
        Answer::Ours(None) => say!("There is no profile of an organisation here."),
        Answer::Ours(Some(ours)) => show(cli, &device, &ours)?,
        _ => bail!("the engine answered something else than was asked"),
    }
    Ok(ANSWERED)
}

/// Both side by side, where they differ most first.
fn show(cli: &Cli, device: &Device, ours: &Ours) -> anyhow::Result<()> {
    let mine = stored(cli, device)?.unwrap_or_default();
    let apart = Apart::between(&mine, &ours.profile);
    if cli.json {
        let row = |a: &Apart| json!({ "topic": a.topic.info().id, "mine": a.mine, "theirs": a.theirs, "differs": a.differs() });
        let profile: Value = serde_json::from_str(&ours.profile.export())?;
        let topics: Vec<Value> = apart.iter().map(row).collect();
        return print::json(&json!({ "ours": { "name": ours.name, "speaks": ours.speaks, "profile": profile }, "topics": topics }));
    }
    say!("Verdicts are by {}.", if ours.speaks { format!("the values of {}, not yours", ours.name) } else { "your own values".to_owned() });
    say!("Of all that counts, in per cent: you, {}", ours.name);
    for a in &apart {
        let share = |thousandths: i16| format!("{}.{}", thousandths / 10, thousandths % 10);
        say!("{:>6} {:>6}  {}{}", share(a.mine), share(a.theirs), a.topic.info().name, if a.differs() { "  *" } else { "" });
    }
    for line in ours.profile.hard_lines.symmetric_difference(&mine.hard_lines) {
        let whose = if mine.hard_lines.contains(line) { "only you draw" } else { "only it draws" };
        say!("line             {}, {whose}", line.id());
    }
    Ok(())
}
