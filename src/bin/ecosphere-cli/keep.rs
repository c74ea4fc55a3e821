//! `list`: what to buy, what you like, what is never offered.

use crate::{
    ANSWERED,
    args::{ListCommand, OnList},
    device::Device,
    lists::subject_of,
    print::{self, say},
};
use anyhow::Context as _;
use ecosphere::engine::wire::{Answer, FollowedList, ListName, MyLists, Request};

/// Shows the lists, after a change if one was asked for.
pub fn run(device: &Device, as_json: bool, command: &ListCommand) -> anyhow::Result<u8> {
    let lists = match command {
        ListCommand::Show => lists_of(device.ask(Request::Lists)?)?,
        ListCommand::Add(what) => mark(device, what, true)?,
        ListCommand::Remove(what) => mark(device, what, false)?,
        ListCommand::Follow { file } => {
            let text = std::fs::read_to_string(file).with_context(|| format!("the list {} cannot be read", file.display()))?;
            lists_of(device.ask(Request::Follow(text))?)?
        }
        ListCommand::Leave { name } => {
            let followed = lists_of(device.ask(Request::Lists)?)?.followed.into_iter().find(|f| &f.name == name);
            let FollowedList { issuer, name, .. } = followed.with_context(|| format!("you follow no list called {name}"))?;
            lists_of(device.ask(Request::Unfollow { issuer, name })?)?
        }
    };
    if as_json {
        print::json(&lists)?;
        return Ok(ANSWERED);
    }
    for list in ListName::ALL {
        let rows: Vec<_> = lists.rows.iter().filter(|row| row.list == list).collect();
        let title = match list {
            ListName::Shopping => "Shopping list",
            ListName::Favourite => "Favourites",
            ListName::Blocked => "Never offered",
        };
        say!("{title}{}", if rows.is_empty() { ": nothing" } else { "" });
        for (at, row) in rows.iter().enumerate() {
            match &row.option {
                Some(option) => print::row(at + 1, option),
                None => say!("{:>3}. {} ({}), not in the snapshot", at + 1, row.name, row.id),
            }
        }
        if let Some(whole) = lists.shopping.as_ref().filter(|_| list == ListName::Shopping) {
            let bands: Vec<String> = whole.bands.iter().map(|(band, n)| format!("{n} {}", band.id())).collect();
            let sums: Vec<String> = whole.total.iter().map(ToString::to_string).collect();
            let (a, sums) = (whole.alignment, if sums.is_empty() { "no price is known".to_owned() } else { sums.join(" + ") });
            say!(
                "     All of it: {:+} ({:+} to {:+}); {}; {sums}; {} without a known price",
                a.value,
                a.low,
                a.high,
                bands.join(", "),
                whole.unpriced
            );
        }
    }
    for list in &lists.followed {
        let said = list.trouble.as_ref().map(|why| format!("; it counts for nothing now: {why}")).unwrap_or_default();
        say!("Followed: {} by {}, {} not to buy, {} to support{said}", list.name, list.by, list.boycott, list.support);
    }
    Ok(ANSWERED)
}

fn mark(device: &Device, what: &OnList, on: bool) -> anyhow::Result<MyLists> {
    let subject = subject_of(device, &what.code)?;
    let id = match &what.owner {
        None => subject.id,
        Some(name) => {
            let owners = subject.listable.into_iter().skip(1);
            let (known, found): (Vec<String>, Vec<String>) =
                owners.map(|o| (o.name.clone(), if &o.name == name { o.id } else { String::new() })).unzip();
            found.into_iter().find(|id| !id.is_empty()).ok_or_else(|| {
                let known =
                    if known.is_empty() { "the snapshot knows no owner of it".to_owned() } else { format!("its owners are: {}", known.join(", ")) };
                anyhow::anyhow!("{name} does not own it; {known}")
            })?
        }
    };
    lists_of(device.ask(Request::Mark { id, list: what.list.into(), on })?)
}

fn lists_of(answer: Answer) -> anyhow::Result<MyLists> {
    match answer {
        Answer::Lists(lists) => Ok(*lists),
        other => anyhow::bail!("the engine answered {other:?} when asked for the lists"),
    }
}
