//! Files of a ledger, each within its bounds: small ones whole, pack files in pieces that survive an interruption.

use super::{
    super::{
        source::{Body, Source, SourceError},
        store::{LedgerFile, StoreError},
        wire::EngineError,
    },
    untrusted,
};
use crate::pack::{self, PackFile};
use futures_util::StreamExt as _;
use std::cell::RefCell;

/// The printable cards of a sample.
const MAX_SHELF: u64 = 1024 * 1024;
/// A download is kept in pieces of this size, so that an interruption loses less than one.
const PIECE: usize = 256 * 1024;

/// A pack file, into the store's pieces: what is there of it already is taken up, and the whole has the promised digest.
pub(super) async fn file<S: Source>(source: &S, f: &PackFile, store: &RefCell<LedgerFile>, progress: &dyn Fn(u64)) -> Result<(), EngineError> {
    let mut bytes = store.borrow().parts(&f.sha256)?;
    let resumed = !bytes.is_empty();
    match download(source, f, &mut bytes, store, progress).await {
        // What was kept of an earlier try may be what is wrong: once more, from the start.
        Err(EngineError::Untrusted(_)) if resumed => {
            bytes.clear();
            download(source, f, &mut bytes, store, progress).await
        }
        other => other,
    }
}

async fn download<S: Source>(
    source: &S,
    f: &PackFile,
    bytes: &mut Vec<u8>,
    store: &RefCell<LedgerFile>,
    progress: &dyn Fn(u64),
) -> Result<(), EngineError> {
    if (bytes.len() as u64) < f.size {
        let body = source.get(&f.path(), bytes.len() as u64).await?;
        receive(body, f, bytes, store, progress).await?;
    }
    if let Err(wrong) = f.check(bytes) {
        store.borrow_mut().drop_parts(&f.sha256)?;
        return Err(wrong.into());
    }
    Ok(())
}

async fn receive(
    mut body: Body<'_>,
    f: &PackFile,
    bytes: &mut Vec<u8>,
    store: &RefCell<LedgerFile>,
    progress: &dyn Fn(u64),
) -> Result<(), EngineError> {
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
pub(super) async fn small<S: Source>(source: &S, path: &str, limit: u64) -> Result<Vec<u8>, EngineError> {
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
pub(super) async fn tile<S: Source>(source: &S, path: &str, limit: u64) -> Result<Vec<u8>, EngineError> {
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
pub(super) async fn shelf<S: Source>(source: &S) -> Vec<pack::ShelfCard> {
    match whole(source, "shelf.json", MAX_SHELF).await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}
