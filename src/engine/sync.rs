//! Bringing the snapshot up to date: everything a source sends is verified before it is used, and applied at once or not at all.
//!
//! ```text
//! checkpoint ── signed by the log key, not older than the one held, consistent with it
//!   └ last leaf ── in the tree, a BatchClose signed by the log key
//!       └ manifest ── by the digest that the BatchClose names
//!           └ files ── each by its digest, resumed where they broke off
//!               └ index ── decoded within bounds, applied in one transaction
//! ```
//! *In:* a [`Source`] and a log key. *Out:* [`Synced`], to be applied by the engine. Nothing here depends on what the person scanned,
//! searched or chose: every device asks for the same files in the same order.

use super::{
    source::{Body, Source, SourceError},
    store::{Bucket, Held, Store, StoreError},
    wire::{EngineError, Event},
};
use crate::{
    log::{self, Checkpoint, LogError, LogKey},
    measure::Millis,
    pack::{self, Index, Manifest, PackError, PackFile},
    statement::{self, BatchClose, Body as Said, DidKey, Digest},
};
use futures_util::StreamExt as _;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// A checkpoint is a few lines; this leaves room for many cosignatures.
const MAX_CHECKPOINT: u64 = 64 * 1024;
/// A tile has at most 256 hashes of 32 bytes (C2SP tlog-tiles).
const MAX_TILE: u64 = 256 * 32;
/// A bundle has at most 256 entries, each of a `u16` length and that many bytes.
const MAX_BUNDLE: u64 = 256 * (2 + statement::MAX_ENTRY_BYTES as u64);
/// What [`Manifest::open`] would refuse anyway.
const MAX_MANIFEST: u64 = 4 * 1024 * 1024;
/// The printable cards of a sample.
const MAX_SHELF: u64 = 1024 * 1024;
/// A download is kept in pieces of this size, so that an interruption loses less than one.
const PIECE: usize = 256 * 1024;
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

/// A verified pack.
#[derive(Debug)]
pub struct Fetched {
    /// What it is.
    pub held: Held,
    /// Its manifest as it came.
    pub manifest: Vec<u8>,
    /// The index.
    pub index: Index,
    /// Dossier files that the device did not have yet.
    pub buckets: Vec<Bucket>,
    /// Digests of all dossier files that the manifest names.
    pub named: BTreeSet<Digest>,
    /// The printable cards, for a sample (not signed: examples to print, no evidence).
    pub shelf: Vec<pack::ShelfCard>,
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

/// Fetches and verifies what is newer than `held`. Pieces of downloads are kept in the store and used by the next try.
///
/// # Errors
/// The source is not reachable, sends something that does not verify, or the store is full. Nothing of it is in use then.
pub async fn fetch<S: Source>(
    source: &S,
    key: &LogKey,
    held: Option<&Held>,
    store: &RefCell<Store>,
    now: Millis,
    events: &dyn Fn(Event),
) -> Result<Synced, EngineError> {
    let note = small(source, "checkpoint", MAX_CHECKPOINT).await?;
    let note = String::from_utf8(note).map_err(|_| untrusted("its checkpoint is not text"))?;
    let checkpoint = Checkpoint::open(&note, key)?;
    if let Some(held) = held
        && !follows(source, &checkpoint, held).await?
    {
        return Ok(Synced::Unchanged);
    }
    let (close, before) = batch_close(source, &checkpoint, key).await?;
    let named = close.manifest.as_deref().ok_or_else(|| untrusted("its last batch names no pack"))?;
    if named.len() != 64 || !named.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(untrusted("its last batch names a pack by something that is no digest"));
    }
    let manifest_bytes = small(source, &format!("pack/{named}"), MAX_MANIFEST).await?;
    let manifest = Manifest::open(&manifest_bytes, &checkpoint.origin, &close, checkpoint.size - 1)?;
    if before.is_some_and(|root| root != manifest.log_root) {
        return Err(untrusted("its pack is made from other leaves than the checkpoint's"));
    }
    let (index, buckets) = files(source, &manifest, store, events).await?;
    let (same_ledger, same_batch) = (index.origin == manifest.ledger, index.batch == manifest.batch && index.time == manifest.time_ms);
    if !same_ledger || !same_batch || index.log_size != manifest.log_size || index.market != manifest.market {
        return Err(untrusted("its index is for another ledger or batch than its manifest"));
    }
    if !index.sample && index.time.0 > now.0.saturating_add(AHEAD) {
        return Err(untrusted(format!(
            "its newest batch is dated {}, which is ahead of this device's clock; check the clock",
            index.time.to_rfc3339()
        )));
    }
    let shelf = if index.sample { shelf(source).await } else { Vec::new() };
    let held = Held {
        origin: checkpoint.origin,
        market: index.market.clone(),
        batch: index.batch,
        time: index.time,
        log_size: index.log_size,
        sample: index.sample,
        vkey: key.to_string(),
        tree_size: checkpoint.size,
        root: checkpoint.root,
    };
    let named = manifest.dossiers().map(|f| f.sha256).collect();
    Ok(Synced::Pack(Box::new(Fetched { held, manifest: manifest_bytes, index, buckets, named, shelf })))
}

/// True when the checkpoint is newer than the one held and an extension of it; false when it is the same.
async fn follows<S: Source>(source: &S, new: &Checkpoint, held: &Held) -> Result<bool, EngineError> {
    if new.origin != held.origin {
        return Err(untrusted(format!("it is the ledger {}, not {}", new.origin, held.origin)));
    }
    if new.size < held.tree_size {
        return Err(untrusted(format!("it went back from {} to {} entries", held.tree_size, new.size)));
    }
    if new.size == held.tree_size {
        return if new.root == held.root { Ok(false) } else { Err(untrusted("it shows a different history than before, with as many entries")) };
    }
    let mut tiles = BTreeMap::new();
    for path in log::needed_tiles_consistency(held.tree_size, new.size) {
        let bytes = tile(source, &path, MAX_TILE).await?;
        tiles.insert(path, bytes);
    }
    let proof = log::prove_consistency(&|path| tiles.get(path).cloned(), held.tree_size, new.size)?;
    log::verify_consistency(held.tree_size, new.size, &held.root, &new.root, &proof)
        .map_err(|_| untrusted("it rewrote what was already logged: the new checkpoint does not extend the one this device trusts"))?;
    Ok(true)
}

/// The last leaf under the checkpoint, which must be a `BatchClose` by the log, and the root of the tree before it.
async fn batch_close<S: Source>(source: &S, checkpoint: &Checkpoint, key: &LogKey) -> Result<(BatchClose, Option<Digest>), EngineError> {
    let last = checkpoint.size.checked_sub(1).ok_or_else(|| untrusted("it is empty"))?;
    let bundle = tile(source, &log::bundle_path(checkpoint.size, last), MAX_BUNDLE).await?;
    let entry = usize::try_from(last % 256)
        .ok()
        .and_then(|i| log::read_bundle(&bundle).map(|mut entries| (i < entries.len()).then(|| entries.swap_remove(i))).transpose())
        .ok_or_else(|| untrusted("its newest entries are cut short"))??;
    let mut tiles = BTreeMap::new();
    for path in log::needed_tiles_inclusion(checkpoint.size, last) {
        let bytes = tile(source, &path, MAX_TILE).await?;
        tiles.insert(path, bytes);
    }
    let proof = log::prove_inclusion(&|path| tiles.get(path).cloned(), checkpoint.size, last)?;
    log::verify_inclusion(&log::leaf_hash(&entry), last, checkpoint.size, &checkpoint.root, &proof)?;
    let statement = statement::verify(&entry).map_err(|e| untrusted(e.to_string()))?;
    if statement.ledger != checkpoint.origin {
        return Err(untrusted(format!("its last entry is for the ledger {}", statement.ledger)));
    }
    if statement.actor != DidKey::from_public(*key.public()) {
        return Err(untrusted("its last batch was closed by somebody other than the log"));
    }
    match statement.body {
        Said::BatchClose(close) => Ok((close, pack::root_before_last(&proof))),
        _ => Err(untrusted("its last entry does not close a batch")),
    }
}

/// All files of the pack that the device does not hold, each verified.
async fn files<S: Source>(
    source: &S,
    manifest: &Manifest,
    store: &RefCell<Store>,
    events: &dyn Fn(Event),
) -> Result<(Index, Vec<Bucket>), EngineError> {
    let total = manifest.files.iter().fold(0u64, |sum, f| sum.saturating_add(f.size));
    let mut done = 0;
    let index_file = manifest.index()?;
    let bytes = file(source, index_file, store, &|here| events(Event::SyncProgress { done: here, total })).await?;
    let index = pack::decode_index(&index_file.open(&bytes)?)?;
    done += index_file.size;
    let mut buckets = Vec::new();
    for f in manifest.dossiers() {
        if !store.borrow().has_bucket(&f.sha256)? {
            let bytes = file(source, f, store, &|here| events(Event::SyncProgress { done: done + here, total })).await?;
            buckets.push(Bucket { digest: f.sha256, dossiers: pack::decode_dossiers(&f.open(&bytes)?)? });
        }
        done += f.size;
    }
    events(Event::SyncProgress { done: total, total });
    Ok((index, buckets))
}

/// A pack file: what is there of it already is taken up, and the whole is verified before it is given back.
async fn file<S: Source>(source: &S, f: &PackFile, store: &RefCell<Store>, progress: &dyn Fn(u64)) -> Result<Vec<u8>, EngineError> {
    let mut bytes = store.borrow().parts(&f.sha256)?;
    let resumed = !bytes.is_empty();
    match download(source, f, &mut bytes, store, progress).await {
        // What was kept of an earlier try may be what is wrong: once more, from the start.
        Err(EngineError::Untrusted(_)) if resumed => {
            bytes.clear();
            download(source, f, &mut bytes, store, progress).await?;
        }
        other => other?,
    }
    Ok(bytes)
}

async fn download<S: Source>(
    source: &S,
    f: &PackFile,
    bytes: &mut Vec<u8>,
    store: &RefCell<Store>,
    progress: &dyn Fn(u64),
) -> Result<(), EngineError> {
    if (bytes.len() as u64) < f.size {
        let body = source.get(&f.path(), bytes.len() as u64).await?;
        receive(body, f, bytes, store, progress).await?;
    }
    if f.open(bytes).is_err() {
        store.borrow_mut().drop_parts(&f.sha256)?;
        f.open(bytes)?;
    }
    Ok(())
}

async fn receive(mut body: Body<'_>, f: &PackFile, bytes: &mut Vec<u8>, store: &RefCell<Store>, progress: &dyn Fn(u64)) -> Result<(), EngineError> {
    if body.from != bytes.len() as u64 {
        if body.from != 0 {
            return Err(EngineError::Offline("it did not resume where it was asked to".into()));
        }
        store.borrow_mut().drop_parts(&f.sha256)?;
        bytes.clear();
    }
    if body.length.is_some_and(|n| n.saturating_add(body.from) != f.size) {
        store.borrow_mut().drop_parts(&f.sha256)?;
        return Err(untrusted(format!("the pack file {} is not of the promised {} bytes", f.name, f.size)));
    }
    let mut kept = bytes.len();
    let keep = |bytes: &[u8], from: &mut usize| -> Result<(), StoreError> {
        let piece = bytes.get(*from..).unwrap_or_default();
        if !piece.is_empty() {
            store.borrow_mut().keep_part(&f.sha256, *from as u64, piece)?;
            *from = bytes.len();
        }
        Ok(())
    };
    while let Some(piece) = body.pieces.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(e) => {
                keep(bytes, &mut kept)?;
                return Err(e.into());
            }
        }
        if bytes.len() as u64 > f.size {
            store.borrow_mut().drop_parts(&f.sha256)?;
            return Err(untrusted(format!("the pack file {} is longer than the promised {} bytes", f.name, f.size)));
        }
        if bytes.len() - kept >= PIECE {
            keep(bytes, &mut kept)?;
        }
        progress(bytes.len() as u64);
    }
    // Kept until the whole pack is applied: an interruption at a later file does not fetch this one again.
    keep(bytes, &mut kept)?;
    if (bytes.len() as u64) < f.size {
        return Err(EngineError::Offline(format!("it broke off in {}; what came is kept and the next try goes on from there", f.name)));
    }
    Ok(())
}

/// A small file, whole, of at most `limit` bytes.
async fn small<S: Source>(source: &S, path: &str, limit: u64) -> Result<Vec<u8>, EngineError> {
    Ok(whole(source, path, limit).await?)
}

enum Failed {
    Source(SourceError),
    TooLong(u64),
}

impl From<Failed> for EngineError {
    fn from(e: Failed) -> Self {
        match e {
            Failed::Source(e) => e.into(),
            Failed::TooLong(limit) => untrusted(format!("a file that has at most {limit} bytes came without end")),
        }
    }
}

async fn whole<S: Source>(source: &S, path: &str, limit: u64) -> Result<Vec<u8>, Failed> {
    let mut body = source.get(path, 0).await.map_err(Failed::Source)?;
    let mut bytes = Vec::new();
    if body.length.is_some_and(|n| n > limit) {
        return Err(Failed::TooLong(limit));
    }
    while let Some(piece) = body.pieces.next().await {
        bytes.extend_from_slice(&piece.map_err(Failed::Source)?);
        if bytes.len() as u64 > limit {
            return Err(Failed::TooLong(limit));
        }
    }
    if body.length.is_some_and(|n| n != bytes.len() as u64) {
        return Err(Failed::Source(SourceError::Offline(format!("it broke off in {path}"))));
    }
    Ok(bytes)
}

/// A tile or bundle. A log may drop a partial one once the full one is there (C2SP tlog-tiles), so that is asked for next.
async fn tile<S: Source>(source: &S, path: &str, limit: u64) -> Result<Vec<u8>, EngineError> {
    match whole(source, path, limit).await {
        Err(Failed::Source(SourceError::Missing(_))) if path.contains(".p/") => {
            let (full, width) = path.split_once(".p/").unwrap_or((path, ""));
            let mut bytes = whole(source, full, limit).await?;
            if !path.starts_with("tile/entries/") {
                bytes.truncate(width.parse::<usize>().unwrap_or(0).saturating_mul(32));
            }
            Ok(bytes)
        }
        other => Ok(other?),
    }
}

/// The printable cards. Nothing rests on them, so a ledger without them, or with something else there, has none.
async fn shelf<S: Source>(source: &S) -> Vec<pack::ShelfCard> {
    match whole(source, "shelf.json", MAX_SHELF).await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}
