//! What a node looks at before it takes part in a shared ledger: that the database does not lose what it acknowledged, that it is not behind
//! what was published, and that both tell one history.

use super::{Member, Seat};
use crate::{
    log::{Checkpoint, bundle_path, read_bundle},
    measure::Millis,
    node::{
        NodeError, background,
        files::{CHECKPOINT, Files},
        folder::DataFolder,
        ledger::LogKeys,
        store::{PostgresStore, Published, Store as _},
    },
    statement::{self, Body, Digest},
};
use std::{path::Path, sync::Arc, time::Duration};

/// Entries in a full bundle (C2SP tlog-tiles, "Entry bundles").
const BUNDLE: u64 = 256;

/// How a node takes part.
#[derive(Debug, Clone)]
pub struct JoinOptions {
    /// The database: `postgres://…`.
    pub store: String,
    /// Where published files and bodies lie for all nodes.
    pub files: String,
    /// Also without a synchronous standby.
    pub allow_no_standby: bool,
    /// Fill a database that is behind from the published files.
    pub adopt_published: bool,
    /// Another place where the ledger is published, e.g. a mirror, that must not be ahead of the database.
    pub published: Option<String>,
    /// For how long a lease is asked for.
    pub lease: Duration,
    /// How long a batch stays open, in milliseconds.
    pub batch_ms: i64,
}

/// Takes a place among the nodes of a ledger. `root` is this node's own folder, with `ledger.json` and `log.key`.
///
/// # Errors
/// The database has no synchronous standby, is behind what was published, or tells another history; or something cannot be reached.
pub fn join(root: &Path, options: &JoinOptions) -> Result<(Seat, Member), NodeError> {
    let files = Files::open(&options.files)?;
    let (folder, config, seed) = DataFolder::open_with(root, files)?;
    let keys = LogKeys::from_seed(&config.origin, &seed)?;
    let store = PostgresStore::open(&options.store, &config.origin)?;
    if !options.allow_no_standby {
        store.require_standby()?;
    }
    let fresh = if folder.files().read(CHECKPOINT)?.is_none() {
        folder.first_copy(&store.published()?)?;
        true
    } else {
        false
    };
    let name = name()?;
    let published = checkpoint(&folder, &keys)?;
    if let Some(url) = &options.published {
        let elsewhere = fetch(url, &keys)?;
        if elsewhere.size > published.size.max(store.published()?.size) {
            return Err(NodeError::Usage(format!(
                "{url} has {} leaves, but the database has {} and {} has {}: both were restored from an older state. Copy the newer files first, with: \
                 ecosphere-node mirror {url} --data <folder>",
                elsewhere.size,
                store.published()?.size,
                folder.files().name(),
                published.size
            )));
        }
    }
    let known = store.published()?;
    if known.size < published.size {
        if !(fresh || options.adopt_published) {
            return Err(NodeError::Usage(format!(
                "the database ends at leaf {}, but {} leaves were published: it is new, or was restored from an older state. If a standby has the newer state, promote that one. \
                 Otherwise say --adopt-published once: the database is then filled from the published files, and what was acknowledged but is in neither must be sent again",
                known.size, published.size
            )));
        }
        adopt(&folder, &store, &name, options.lease, known.size, &published)?;
    }
    let known = store.published()?;
    if known.size == published.size && Checkpoint::open(&known.note, keys.key())?.root != published.root {
        return Err(NodeError::Data(format!("the database and {} tell two histories of {} leaves", folder.files().name(), known.size)));
    }
    let member = Member { folder, config, seed, store: Arc::new(store), batch_ms: options.batch_ms };
    Ok((Seat::shared(member.clone(), name, options.lease), member))
}

fn checkpoint(folder: &DataFolder, keys: &LogKeys) -> Result<Checkpoint, NodeError> {
    Ok(Checkpoint::open(&folder.checkpoint()?, keys.key())?)
}

/// The checkpoint that is published at an address.
fn fetch(url: &str, keys: &LogKeys) -> Result<Checkpoint, NodeError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = format!("{}/checkpoint", url.trim_end_matches('/'));
    let note = background::wait(async move { reqwest::get(address).await?.error_for_status()?.text().await });
    let note = note.map_err(|e| NodeError::Upstream { url: url.to_owned(), why: e.without_url().to_string() })?;
    Ok(Checkpoint::open(&note, keys.key())?)
}

/// Fills a database that is behind from the published files.
fn adopt(folder: &DataFolder, store: &PostgresStore, name: &str, lasts: Duration, known: u64, published: &Checkpoint) -> Result<(), NodeError> {
    let rows = rows(folder, known, published)?;
    let note = folder.checkpoint()?;
    // Another node may hold the lease: then it adopts, or it lapses.
    let mut tries = 0;
    let lease = loop {
        if let Some(lease) = store.lead(name, lasts.max(Duration::from_secs(30)))? {
            break lease;
        }
        tries += 1;
        if tries > 60 || store.published()?.size >= published.size {
            return if store.published()?.size >= published.size { Ok(()) } else { Err(NodeError::NotLeading) };
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    let adopted = store.adopt(lease, known, &Published { size: published.size, note }, &rows);
    store.lead(name, Duration::ZERO)?;
    match adopted {
        // Another node was faster.
        Err(NodeError::Behind { next, .. }) if next >= published.size => Ok(()),
        other => other,
    }
}

/// Leaf, id and batch time of every published statement from `first` on.
fn rows(folder: &DataFolder, first: u64, published: &Checkpoint) -> Result<Vec<(u64, Digest, Millis)>, NodeError> {
    let (mut rows, mut batch) = (Vec::new(), Vec::new());
    let mut leaf = first / BUNDLE * BUNDLE;
    while leaf < published.size {
        let path = bundle_path(published.size, leaf);
        let bytes = folder.read(&path).ok_or_else(|| NodeError::Data(format!("its file {path} is missing")))?;
        for entry in read_bundle(&bytes)? {
            let statement = statement::verify(&entry).map_err(|e| NodeError::Replay { leaf, why: e.to_string() })?;
            batch.push((leaf, statement.id));
            if let Body::BatchClose(close) = &statement.body {
                rows.extend(batch.drain(..).filter(|(leaf, _)| *leaf >= first).map(|(leaf, id)| (leaf, id, close.time_ms)));
            }
            leaf += 1;
        }
    }
    Ok(rows)
}

/// A name that no other process has: by it the store knows who holds the lease.
fn name() -> Result<String, NodeError> {
    let mut random = [0; 8];
    getrandom04::fill(&mut random).map_err(|e| NodeError::Usage(format!("this system gives no random numbers: {e}")))?;
    Ok(format!("{}-{}", std::process::id(), hex::encode(random)))
}
