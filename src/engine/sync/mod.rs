//! Bringing the snapshot up to date: everything a source sends is verified before it is used, and applied at once or not at all.
//!
//! ```text
//! checkpoint ── vouched for by the policy (or by what a hand-over that its quorum signed makes of it), not older than the newest one ever trusted, an extension of it
//!   └ last leaf ── in the tree, a BatchClose signed by the log key, dated as its witnesses say
//!       └ manifest ── by the digest that the BatchClose names: the world's; or the one that it names for the device's market
//!           └ files ── held already, or patched by a delta, or fetched whole; each by its digest, resumed where they broke off
//!               └ index, dossiers ── decoded within bounds one by one, applied in one transaction
//! ```
//! *In:* a [`Source`] and a policy. *Out:* [`Synced`], to be applied by the engine. Nothing here depends on what the person scanned,
//! searched or chose: every device of a market that holds the same pack asks for the same files in the same order.

mod download;
mod handover;
mod plan;
mod trust;

pub use plan::Way;
pub use trust::Evidence;

use super::{
    source::{Source, SourceError},
    store::{Held, LedgerFile, Store, StoreError, old_head},
    wire::{EngineError, Event},
};
use crate::{
    log::{LogError, Policy},
    measure::Millis,
    pack::{self, Head, Manifest, PackError, PackFile},
    statement::Digest,
};
use download::{file, shelf, small};
use handover::{Vouched, vouched};
use plan::Plan;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use trust::{Refused, Step, batch_close, check_time, follows, still_trusted};

/// A checkpoint is a few lines; this leaves room for many cosignatures.
const MAX_CHECKPOINT: u64 = 64 * 1024;
/// What [`Manifest::open`] would refuse anyway.
const MAX_MANIFEST: u64 = 4 * 1024 * 1024;
/// A batch may be this much ahead of the device's clock, in milliseconds.
const AHEAD: i64 = 5 * 60 * 1000;

/// What a sync came to.
#[derive(Debug)]
pub enum Synced {
    /// The ledger has nothing new.
    Unchanged,
    /// A newer pack, verified and ready to be applied.
    Pack(Box<Fetched>),
}

/// A pack of which everything is on the device: what is not held already is in the store's pieces, or here.
#[derive(Debug)]
pub struct Fetched {
    /// What it is.
    pub held: Held,
    /// The checkpoint, as a signed note.
    pub note: String,
    /// Hand-overs of the log that were followed, oldest first: notes.
    pub handovers: Vec<String>,
    /// Its manifest as it came.
    pub manifest_bytes: Vec<u8>,
    /// Its manifest.
    pub manifest: Manifest,
    /// What the index begins with.
    pub head: Head,
    /// The files to apply, in the manifest's order.
    pub files: Vec<(PackFile, Way)>,
    /// The printable cards, for a sample (not signed: examples to print, no evidence).
    pub shelf: Vec<pack::ShelfCard>,
    /// A delta that the ledger offered did not hold, so files were fetched whole.
    pub fell_back: bool,
}

impl Fetched {
    /// True when it rests on what the store holds, so that fetching everything whole may still succeed where applying this failed.
    #[must_use]
    pub fn leans_on_store(&self) -> bool {
        self.files.iter().any(|(_, way)| *way != Way::Whole)
    }
}

/// Why a sync failed.
#[derive(Debug)]
pub enum SyncError {
    /// As it says.
    Plain(EngineError),
    /// The ledger contradicts what it signed before.
    Conflict(Box<Evidence>),
}

impl<E: Into<EngineError>> From<E> for SyncError {
    fn from(e: E) -> Self {
        Self::Plain(e.into())
    }
}

impl From<SourceError> for EngineError {
    fn from(e: SourceError) -> Self {
        match e {
            SourceError::Address(text) => Self::BadInput(text),
            other => Self::Offline(other.to_string()),
        }
    }
}

impl From<LogError> for EngineError {
    fn from(e: LogError) -> Self {
        Self::Untrusted(e.to_string())
    }
}

impl From<PackError> for EngineError {
    fn from(e: PackError) -> Self {
        Self::Untrusted(e.to_string())
    }
}

fn untrusted(why: impl Into<String>) -> EngineError {
    EngineError::Untrusted(why.into())
}

/// What a sync goes on from.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Whom to believe.
    pub policy: &'a Policy,
    /// The snapshot that is held, if it came under this policy.
    pub held: Option<&'a Held>,
    /// What was ever trusted, and which hand-overs were followed.
    pub mine: &'a RefCell<Store>,
    /// Whether what the store holds of the old pack may be used.
    pub lean: bool,
    /// Which market's pack is wanted; where the ledger has none of that name, it is the world's.
    pub market: &'a str,
}

/// Fetches and verifies what is newer than what is held, for the ledger whose file `store` is. Pieces of downloads are kept in the store and
/// used by the next try.
///
/// # Errors
/// The source is not reachable, sends something that does not verify, or the store is full. Nothing of it is in use then.
pub async fn fetch<S: Source>(
    source: &S,
    terms: &Terms<'_>,
    store: &RefCell<LedgerFile>,
    now: Millis,
    events: &dyn Fn(Event),
) -> Result<Synced, SyncError> {
    let Terms { policy, held, mine, lean, market } = *terms;
    let note = small(source, "checkpoint", MAX_CHECKPOINT).await?;
    let note = String::from_utf8(note).map_err(|_| untrusted("its checkpoint is not text"))?;
    let Vouched { trusted, policy: after, handovers } = vouched(source, policy, &note, mine).await?;
    let checkpoint = &trusted.checkpoint;
    if let Some(held) = held.filter(|h| h.origin != checkpoint.origin) {
        return Err(untrusted(format!("it is the ledger {}, not {}", checkpoint.origin, held.origin)).into());
    }
    let newest = mine.borrow().newest_trusted(&checkpoint.origin)?;
    let known = still_trusted(policy, newest.as_deref());
    let step = match follows(source, checkpoint, &note, known.as_ref()).await {
        Ok(step) => step,
        Err(Refused::Plainly(e)) => return Err(e.into()),
        Err(Refused::Conflict(evidence)) => return Err(SyncError::Conflict(evidence)),
    };
    // What was handed over is what the witnesses saw: the new operator goes on from there, or it is another log.
    for (handover, signed) in &handovers {
        match follows(source, checkpoint, &note, Some(&(handover.checkpoint(), signed.clone()))).await {
            Ok(_) => {}
            Err(Refused::Plainly(e)) => return Err(e.into()),
            Err(Refused::Conflict(evidence)) => return Err(SyncError::Conflict(evidence)),
        }
    }
    if handovers.is_empty()
        && matches!(step, Step::Same)
        && held.is_some_and(|h| h.tree_size == checkpoint.size && h.root == checkpoint.root && h.suits(market))
    {
        return Ok(Synced::Unchanged);
    }
    let (close, before) = batch_close(source, &trusted, &handovers).await?;
    let named = close.manifest.as_deref().ok_or_else(|| untrusted("its last batch names no pack"))?;
    if named.len() != 64 || !named.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(untrusted("its last batch names a pack by something that is no digest").into());
    }
    let manifest_bytes = small(source, &format!("pack/{named}"), MAX_MANIFEST).await?;
    let world = Manifest::open(&manifest_bytes, &checkpoint.origin, &close, checkpoint.size - 1)?;
    let markets = world.markets.iter().map(|m| m.market.clone()).collect();
    let (manifest_bytes, manifest) = match world.market(market) {
        Some(named) => {
            let bytes = small(source, &named.path(), MAX_MANIFEST).await?;
            let manifest = world.open_market(market, &bytes)?;
            (bytes, manifest)
        }
        None => (manifest_bytes, world),
    };
    if before.is_some_and(|root| root != manifest.log_root) {
        return Err(untrusted("its pack is made from other leaves than the checkpoint's").into());
    }
    // Another market's pack is no pack to go on from.
    let held = held.filter(|h| h.market == manifest.market);
    let base = if lean { base(held, &store.borrow())? } else { None };
    let (head, files, fell_back) = files(source, &manifest, base.as_ref(), store, events).await?;
    let same = head.origin == manifest.ledger && head.batch == manifest.batch && head.time == manifest.time_ms && head.log_size == manifest.log_size;
    if !same || head.market != manifest.market {
        return Err(untrusted("its index is for another ledger or batch than its manifest").into());
    }
    if !head.sample {
        if head.time.0 > now.0.saturating_add(AHEAD) {
            let date = head.time.to_rfc3339();
            return Err(untrusted(format!("its newest batch is dated {date}, which is ahead of this device's clock; check the clock")).into());
        }
        check_time(head.time, &trusted)?;
    }
    let shelf = if head.sample { shelf(source).await } else { Vec::new() };
    let held = Held {
        origin: checkpoint.origin.clone(),
        market: head.market.clone(),
        markets,
        batch: head.batch,
        time: head.time,
        log_size: head.log_size,
        sample: head.sample,
        policy: after.to_string(),
        tree_size: checkpoint.size,
        root: checkpoint.root,
    };
    Ok(Synced::Pack(Box::new(Fetched {
        held,
        note,
        handovers: handovers.into_iter().map(|(_, note)| note).collect(),
        manifest_bytes,
        manifest,
        head,
        files,
        shelf,
        fell_back,
    })))
}

/// The policy that a ledger publishes beside its files. Nothing vouches for it: it is to be shown, and compared by its fingerprint.
///
/// # Errors
/// The source is not reachable, or has none.
pub async fn published_policy<S: Source>(source: &S) -> Result<String, EngineError> {
    let text = small(source, "policy", MAX_CHECKPOINT).await?;
    String::from_utf8(text).map_err(|_| untrusted("its policy is not text"))
}

/// The pack that the store holds, with the digest of its manifest.
fn base(held: Option<&Held>, store: &LedgerFile) -> Result<Option<(Digest, Manifest)>, StoreError> {
    let Some(bytes) = held.map(|_| store.manifest()).transpose()?.flatten() else { return Ok(None) };
    // One that cannot be read any more is as good as none.
    Ok(serde_json::from_slice(&bytes).ok().map(|manifest| (Sha256::digest(&bytes).into(), manifest)))
}

/// Downloads what the device lacks. What the deltas say is tried first; if one of them does not hold, everything is fetched whole.
async fn files<S: Source>(
    source: &S,
    manifest: &Manifest,
    base: Option<&(Digest, Manifest)>,
    store: &RefCell<LedgerFile>,
    events: &dyn Fn(Event),
) -> Result<(Head, Vec<(PackFile, Way)>, bool), EngineError> {
    let holds = |f: &PackFile| f.tier == pack::Tier::Index || store.borrow().holds(&f.name, &f.raw_sha256).unwrap_or_default();
    let plan = Plan::new(manifest, base, &holds);
    match by_plan(source, manifest, &plan, store, events).await {
        Err(EngineError::Untrusted(_)) if !plan.deltas.is_empty() => {
            let plan = Plan::new(manifest, None, &holds);
            by_plan(source, manifest, &plan, store, events).await.map(|(head, files)| (head, files, true))
        }
        other => other.map(|(head, files)| (head, files, false)),
    }
}

async fn by_plan<S: Source>(
    source: &S,
    manifest: &Manifest,
    plan: &Plan<'_>,
    store: &RefCell<LedgerFile>,
    events: &dyn Fn(Event),
) -> Result<(Head, Vec<(PackFile, Way)>), EngineError> {
    let total = plan.size();
    let mut done = 0;
    let mut patches = Vec::new();
    for f in plan.deltas.iter().chain(&plan.whole) {
        file(source, f, store, &|here| events(Event::SyncProgress { done: done + here, total })).await?;
        done += f.size;
    }
    for f in &plan.deltas {
        let bytes = store.borrow().parts(&f.sha256)?;
        patches.extend(pack::decode_delta(&f.open(&bytes)?)?);
    }
    let ways = plan.ways(manifest, patches);
    let (f, way) = ways.first().ok_or_else(|| untrusted("its pack has no index"))?;
    let raw = super::store::raw(&store.borrow(), f, way, old_head)?;
    let head = pack::decode_head(&raw)?;
    events(Event::SyncProgress { done: total, total });
    Ok((head, ways))
}
