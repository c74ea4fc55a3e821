//! What several screens share: one store, reached through lenses, so that nothing is handed down from screen to screen.

use super::ask::{ask_for, note_restarts};
use crate::{
    engine::{
        client,
        wire::{EngineError, Event, Learn, Learning, Request, ScanResult, Status},
    },
    values::Profile,
};
use dioxus::prelude::*;
use futures_util::StreamExt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How far the way to a fresh snapshot is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Sync {
    /// Nothing is going on.
    #[default]
    Idle,
    /// Bytes verified so far, and in all (0 until it is known).
    Running(u64, u64),
    /// The snapshot is as fresh as the ledger.
    Done,
    /// Why it did not work.
    Failed(EngineError),
}

/// What several screens share.
#[derive(Debug, Clone, PartialEq, Default, Store)]
pub struct Shared {
    /// What the device holds; `None` until the engine has opened its store.
    pub status: Option<Status>,
    /// Why the store did not open.
    pub closed: Option<EngineError>,
    /// The person's values; `None` before the first run.
    pub profile: Option<Profile>,
    /// The sync that runs or ran last.
    pub sync: Sync,
    /// How often the engine was restarted.
    pub restarts: u32,
    /// Up to which restart the person was told.
    pub restarts_seen: u32,
    /// Notices that the person has put away.
    pub notices_seen: usize,
    /// What the last scan found, so that the verdict need not be asked for again.
    pub found: Vec<ScanResult>,
    /// What stood on the screen together, by number, in its order: what is taken of it was taken over the rest.
    pub beside: Vec<u32>,
    /// The code the camera read last: it is not read again as long as it stays in sight.
    pub in_sight: Option<String>,
}

static SHARED: GlobalStore<Shared> = Global::new(Shared::default);
/// How many settings by hand are on their way to the engine.
static ON_THE_WAY: AtomicU32 = AtomicU32::new(0);

/// The shared store.
pub fn shared() -> Store<Shared> {
    SHARED.resolve()
}

/// Opens the engine's store, reads the person's values and brings the snapshot up to date. While another tab holds the store, it
/// waits for that one to close.
pub async fn open() {
    let all = shared();
    loop {
        match ask_for::<Status>(Request::Open).await {
            Ok(status) => {
                let first = status.snapshot.is_none();
                all.closed().set(None);
                all.status().set(Some(status));
                load_profile().await;
                return sync(first).await;
            }
            Err(error) => {
                let waits = error == EngineError::OpenElsewhere && cfg!(target_arch = "wasm32");
                all.closed().set(Some(error));
                if !waits {
                    return;
                }
                client::until_free().await;
            }
        }
    }
}

/// Reads the person's values.
pub async fn load_profile() {
    if let Ok(profile) = ask_for::<Option<Profile>>(Request::Profile).await {
        shared().profile().set(profile);
    }
}

/// Reads everything personal anew.
pub async fn reload() {
    shared().found().set(Vec::new());
    load_profile().await;
    refresh().await;
}

/// Says anew what the device holds.
pub async fn refresh() {
    if let Ok(status) = ask_for::<Status>(Request::Status).await {
        shared().status().set(Some(status));
    }
}

/// The person's values to work on: what is known, and what comes in from elsewhere (the store opened, a file put back).
pub fn use_profile() -> Signal<Profile> {
    let known = shared().profile();
    let mut profile = use_signal(|| known.peek().clone().unwrap_or_default());
    use_effect(move || {
        let now = known.cloned().unwrap_or_default();
        if now != *profile.peek() {
            profile.set(now);
        }
    });
    profile
}

/// Sets what the person says by hand of their values; what they answered and chose stays as it is.
///
/// # Errors
/// What the engine answers.
pub async fn set_profile(profile: Profile) -> Result<(), EngineError> {
    let Profile { topics, form, hard_lines, .. } = profile;
    ON_THE_WAY.fetch_add(1, Relaxed);
    let kept = learn(Learn::SetByHand { topics, form, hard_lines }).await.map(drop);
    ON_THE_WAY.fetch_sub(1, Relaxed);
    kept
}

/// Asks or tells of the person's values.
///
/// # Errors
/// What the engine answers.
pub async fn learn(what: Learn) -> Result<Learning, EngineError> {
    let only_asks = matches!(what, Learn::Show | Learn::Ask { .. });
    let learning = *ask_for::<Box<Learning>>(Request::Learn(what)).await?;
    if !only_asks {
        // Whoever moves a slider is ahead of the answers: only the last one on its way says how things stand, else the slider would jump back.
        if ON_THE_WAY.load(Relaxed) <= 1 {
            shared().profile().set(Some(learning.profile.clone()));
        }
        // What was found was judged by other values.
        shared().found().set(Vec::new());
    }
    Ok(learning)
}

/// Brings every ledger's snapshot up to date. `aloud`: a failure is shown; else the last snapshot simply stays in use.
pub async fn sync(aloud: bool) {
    let all = shared();
    if matches!(*all.sync().peek(), Sync::Running(..)) {
        return;
    }
    all.sync().set(Sync::Running(0, 0));
    let answer = ask_for::<Status>(Request::SyncAll { home: Some(super::browser::ledger_url()) }).await;
    match answer {
        Ok(status) => {
            let trouble = status.ledgers.iter().find_map(|l| l.trouble.clone());
            all.status().set(Some(status));
            all.found().set(Vec::new());
            all.sync().set(match trouble {
                Some(error) if aloud => Sync::Failed(error),
                Some(_) => Sync::Idle,
                None => Sync::Done,
            });
        }
        Err(error) => all.sync().set(if aloud { Sync::Failed(error) } else { Sync::Idle }),
    }
}

/// Listens to what the engine says unasked, for as long as the app runs.
pub async fn listen() {
    let mut events = client::events();
    while let Some(event) = events.next().await {
        let Event::SyncProgress { done, total } = event;
        if matches!(*shared().sync().peek(), Sync::Running(..)) {
            shared().sync().set(Sync::Running(done, total));
        }
        note_restarts();
    }
}
