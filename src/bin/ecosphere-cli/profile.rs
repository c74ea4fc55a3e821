//! `profile get` and `profile set`.

use crate::{
    ANSWERED,
    args::{Cli, ProfileChange, ProfileCommand},
    device::Device,
    print::{self, say},
};
use anyhow::{Context as _, bail};
use ecosphere::{
    engine::wire::{Answer, Request},
    values::{Form, HardLine, Importance, Profile, Topic, Weight},
};
use std::io::Read as _;

/// Shows or changes the profile.
pub fn run(cli: &Cli, command: &ProfileCommand) -> anyhow::Result<u8> {
    if cli.data.is_none() && matches!(command, ProfileCommand::Set(_)) {
        bail!("say with --data DIR where to keep the profile; to judge by one once, write it to a file and pass --profile FILE");
    }
    let device = Device::open(cli)?;
    let stored = stored(cli, &device)?;
    let profile = match command {
        ProfileCommand::Get => stored.clone().unwrap_or_default(),
        ProfileCommand::Set(change) => {
            let changed = changed(stored.clone().unwrap_or_default(), change)?;
            profile_of(device.ask(Request::SetProfile(changed))?)?.unwrap_or_default()
        }
    };
    if cli.json {
        print::json(&serde_json::from_str::<serde_json::Value>(&profile.export())?)?;
    } else {
        if stored.is_none() && matches!(command, ProfileCommand::Get) {
            say!("Nothing is set yet; this is what counts until then.");
        }
        show(&profile);
    }
    Ok(ANSWERED)
}

/// The profile in the file that was named, else the stored one.
pub fn stored(cli: &Cli, device: &Device) -> anyhow::Result<Option<Profile>> {
    match &cli.profile {
        Some(file) => Ok(Some(Profile::import(&std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?)?)),
        None => profile_of(device.ask(Request::Profile)?),
    }
}

fn profile_of(answer: Answer) -> anyhow::Result<Option<Profile>> {
    match answer {
        Answer::Profile(profile) => Ok(profile),
        other => bail!("the engine answered {other:?} when asked for the profile"),
    }
}

fn changed(stored: Profile, change: &ProfileChange) -> anyhow::Result<Profile> {
    let mut profile = match change.file.as_deref() {
        _ if change.reset => Profile::default(),
        None => stored,
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().take(Profile::MAX_BYTES as u64 + 1).read_to_string(&mut text).context("standard input cannot be read")?;
            Profile::import_for(&text, &stored)?
        }
        Some(file) => Profile::import_for(&std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?, &stored)?,
    };
    for text in &change.topics {
        let (topic, level) =
            text.split_once('=').with_context(|| format!("\"{text}\" is not a topic and a level; write it like climate=matters-most"))?;
        let topic = Topic::from_id(topic)
            .with_context(|| format!("there is no topic \"{topic}\"; the topics are {}", ids(Topic::ALL.map(|t| t.info().id))))?;
        if level == "learned" {
            profile.topics.remove(&topic);
            continue;
        }
        let between = || level.parse().ok().filter(|w| (0..=Weight::MOST).contains(w)).map(Weight::of);
        let weight = Importance::from_id(level).map(Weight::from).or_else(between);
        profile.topics.insert(
            topic,
            weight.with_context(|| {
                format!("there is no level \"{level}\"; use ignore, matters, matters-most, a number from 0 to {} or learned", Weight::MOST)
            })?,
        );
    }
    if let Some(form) = change.form.as_deref().and_then(Form::from_id) {
        profile.form = form;
    }
    for id in &change.lines {
        profile.hard_lines.insert(line(id)?);
    }
    for id in &change.drop_lines {
        profile.hard_lines.remove(&line(id)?);
    }
    Ok(profile)
}

fn line(id: &str) -> anyhow::Result<HardLine> {
    HardLine::from_id(id).with_context(|| format!("there is no line \"{id}\"; the lines are {}", ids(HardLine::ALL.map(HardLine::id))))
}

fn ids<const N: usize>(ids: [&str; N]) -> String {
    ids.join(", ")
}

fn show(profile: &Profile) {
    for topic in Topic::ALL {
        let weight = profile.weights()[topic.index()];
        let level = Importance::ALL.into_iter().find(|l| Weight::from(*l).hundredths() == weight);
        let said = level.map_or_else(|| weight.to_string(), |level| level.id().to_owned());
        say!("{:<16} {said}", topic.info().id);
    }
    for line in &profile.hard_lines {
        say!("line             {}", line.id());
    }
}
