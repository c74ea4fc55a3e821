//! A mirror: a full copy of somebody's log that was verified on the way in, and that outlives its operator.
//!
//! *In:* `checkpoint`, entry bundles, pack files and bodies from any server of the log. *Out:* the same files, below a folder or a bucket of our
//! own. The mirror keeps the tree itself: it appends the new entries to it, and believes a checkpoint only if its policy vouches for it and this
//! very tree has its root. So what it holds is one history, whatever it is sent; tiles it computes instead of fetching them.
//!
//! When the operator's key changes, it follows the hand-over that its policy's quorum signed, as a device does (`mirror/handover.rs`).
//!
//! ```text
//! <data>/ledger/…  body/…       what it serves, the operator's policy, the statuses' token and the newest pack's deltas with it; the checkpoint moves last
//! <data>/incoming/…             bundles that came, until a checkpoint covers them: a pull that broke off goes on from there
//! <data>/evidence/<digest>.json two notes, signed by the log or by the witnesses that handed it over, that do not go together
//! ```

mod handover;

use super::{
    NodeError,
    background::wait,
    files::{CHECKPOINT, Files, LEDGER, body_path},
    folder::replace,
    ledger::named_bodies,
    status_token,
};
use crate::{
    log::{Checkpoint, LogWriter, Policy, Trusted, bundle_path, needed_tiles_consistency, prove_consistency, read_bundle, verify_consistency},
    pack::{Manifest, PackFile},
    statement::{self, Body, Digest},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use handover::Believed;
use reqwest::{Client, StatusCode, Url};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// How many files are fetched at once.
const AT_ONCE: usize = 8;
/// Entries in a full bundle (C2SP tlog-tiles, "Entry bundles").
const BUNDLE: u64 = 256;
/// Bundles that are fetched before they are looked at.
const ROUND: usize = 64;
/// The largest checkpoint, in bytes: hundreds of cosignatures.
const MAX_CHECKPOINT: u64 = 64 * 1024;
/// The largest bundle, in bytes: 256 entries of 65 535, each with its length.
const MAX_BUNDLE: u64 = 256 * (2 + 65_535);
/// The largest body or manifest, in bytes.
const MAX_BODY: u64 = 64 * 1024 * 1024;
/// How long a server may say nothing.
const SILENCE: Duration = Duration::from_secs(20);
/// How long one file may take.
const WHOLE: Duration = Duration::from_secs(300);

/// A copy of a log that is kept up to date.
pub struct Mirror {
    upstream: Upstream,
    /// The policy it was given.
    given: Policy,
    /// The one that holds: that, or what the hand-overs that were followed made of it.
    policy: Policy,
    files: Files,
    data: PathBuf,
    log: LogWriter,
    /// The newest checkpoint that was believed, as a note.
    held: Option<(Checkpoint, String)>,
}

/// What a pull brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled {
    /// Entries before.
    pub from: u64,
    /// Entries now.
    pub to: u64,
}

impl Mirror {
    /// Opens a mirror's folder, or makes it. `url` is where the log's `checkpoint` lies, e.g. `https://example.org/ledger/`: the new operator's
    /// address, once the log was handed over.
    ///
    /// # Errors
    /// The address is not one, or what the folder holds does not hold.
    pub fn open(url: &str, policy: Policy, data: &Path) -> Result<Self, NodeError> {
        let files = Files::folder(data)?;
        let (upstream, given, data) = (Upstream::new(url)?, policy.clone(), data.to_owned());
        let mut mirror = Self { upstream, given, policy, files, data, log: LogWriter::new(), held: None };
        if let Some(note) = mirror.files.read(CHECKPOINT)? {
            let note = text(note)?;
            if mirror.policy.open(&note).is_err() {
                mirror.policy = mirror.followed()?;
            }
            let checkpoint = mirror.policy.open(&note)?.checkpoint;
            let read = |path: &str| mirror.files.read(&format!("{LEDGER}/{path}")).ok().flatten();
            mirror.log = LogWriter::load(&read, checkpoint.size, &checkpoint.root)?;
            mirror.held = Some((checkpoint, note));
        }
        Ok(mirror)
    }

    /// The files it serves.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// The newest checkpoint it believes.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.held.as_ref().map(|(checkpoint, _)| checkpoint)
    }

    /// Fetches what is new. Nothing that is served changes unless all of it holds.
    ///
    /// # Errors
    /// The server cannot be reached or sends what is not believed. A checkpoint that takes entries back or tells another history is refused, and
    /// kept as evidence.
    pub fn pull(&mut self) -> Result<Pulled, NodeError> {
        let note = text(self.upstream.need(CHECKPOINT_NAME, MAX_CHECKPOINT)?)?;
        let Believed { policy, handovers } = self.believed(&note)?;
        self.compare(&note, &policy)?;
        let Trusted { checkpoint, .. } = policy.open(&note)?;
        let from = self.log.size();
        let grown = if self.held.is_some() && checkpoint.size == from {
            // At most, more witnesses cosigned it, or the new operator signed it, too.
            self.extends(&handovers, &self.log, &checkpoint, &note)?;
            None
        } else {
            let grown = self.grow(&checkpoint, &note)?;
            self.extends(&handovers, &grown, &checkpoint, &note)?;
            self.fetch_bodies(&grown, from)?;
            self.fetch_pack(&grown, &checkpoint.origin)?;
            let tiles = grown.files(from).into_iter().map(|(path, bytes)| (format!("{LEDGER}/{path}"), bytes));
            self.files.write_all(tiles.collect())?;
            Some(grown)
        };
        self.fetch_policy(&policy)?;
        self.fetch_status_token(&policy)?;
        self.keep_handovers(handovers)?;
        self.fetch_handovers(&policy)?;
        self.files.replace_checkpoint(&note)?;
        let incoming = self.data.join(INCOMING);
        if incoming.exists() {
            fs::remove_dir_all(&incoming).map_err(NodeError::file(&incoming))?;
        }
        if let Some(grown) = grown {
            self.log = grown;
        }
        let to = checkpoint.size;
        (self.held, self.policy) = (Some((checkpoint, note)), policy);
        Ok(Pulled { from, to })
    }

    /// Refuses a checkpoint that the log signed and that cannot follow the one we hold.
    fn compare(&self, note: &str, policy: &Policy) -> Result<(), NodeError> {
        let seen = policy.open_without_quorum(note)?.checkpoint;
        let Some((held, before)) = &self.held else { return Ok(()) };
        if seen.size < held.size {
            let kept = self.keep_evidence("rollback", before, note)?;
            return Err(NodeError::Conflict { what: format!("it went back from {} entries to {}", held.size, seen.size), kept });
        }
        if seen.size == held.size && seen.root != held.root {
            let kept = self.keep_evidence("fork", before, note)?;
            return Err(NodeError::Conflict { what: format!("it tells two histories of {} entries", held.size), kept });
        }
        Ok(())
    }

    /// Our tree with the new entries, if that is the tree of the checkpoint.
    fn grow(&self, checkpoint: &Checkpoint, note: &str) -> Result<LogWriter, NodeError> {
        let mut grown = self.log.clone();
        let bundles: Vec<u64> = (grown.size() / BUNDLE..checkpoint.size.div_ceil(BUNDLE)).collect();
        for round in bundles.chunks(ROUND) {
            let paths = round.iter().map(|n| bundle_path(checkpoint.size, n * BUNDLE)).collect();
            for (n, bytes) in round.iter().zip(self.incoming(paths)?) {
                let known = usize::try_from(grown.size().saturating_sub(n * BUNDLE)).unwrap_or(usize::MAX);
                for entry in read_bundle(&bytes)?.into_iter().skip(known) {
                    grown.append(entry)?;
                }
            }
        }
        if grown.size() == checkpoint.size && grown.root() == checkpoint.root {
            return Ok(grown);
        }
        // Either the bundles are not the log's, or the log is not the one we hold: its own tiles tell.
        let incoming = self.data.join(INCOMING);
        let _ = fs::remove_dir_all(&incoming);
        let Some((held, before)) = &self.held else { return Err(crate::log::LogError::Root.into()) };
        let paths = needed_tiles_consistency(held.size, checkpoint.size);
        let tiles: BTreeMap<String, Vec<u8>> = paths.iter().cloned().zip(self.upstream.all(paths.clone(), MAX_BUNDLE)?).collect();
        let proof = prove_consistency(&|path| tiles.get(path).cloned(), held.size, checkpoint.size)?;
        if verify_consistency(held.size, checkpoint.size, &held.root, &checkpoint.root, &proof).is_ok() {
            return Err(crate::log::LogError::Root.into());
        }
        let kept = self.keep_evidence("inconsistent", before, note)?;
        Err(NodeError::Conflict { what: format!("its {} entries do not begin with the {} held here", checkpoint.size, held.size), kept })
    }

    /// Bundles by path, from an earlier try where they came already.
    fn incoming(&self, paths: Vec<String>) -> Result<Vec<Vec<u8>>, NodeError> {
        let place = |path: &str| self.data.join(INCOMING).join(path.replace('/', "-"));
        let missing: Vec<String> = paths.iter().filter(|p| !place(p).is_file()).cloned().collect();
        for (path, bytes) in missing.iter().zip(self.upstream.all(missing.clone(), MAX_BUNDLE)?) {
            replace(&place(path), &bytes)?;
        }
        paths.iter().map(|p| fs::read(place(p)).map_err(NodeError::file(&place(p)))).collect()
    }

    /// The bodies that new entries name.
    fn fetch_bodies(&self, log: &LogWriter, from: u64) -> Result<(), NodeError> {
        let mut wanted: BTreeSet<Digest> = BTreeSet::new();
        for leaf in from..log.size() {
            let entry = log.entry(leaf).unwrap_or_default();
            let statement = statement::verify(entry).map_err(|e| NodeError::Replay { leaf, why: e.to_string() })?;
            wanted.extend(named_bodies(&statement.body));
        }
        let wanted: Vec<Digest> = wanted.into_iter().collect();
        for round in wanted.chunks(ROUND) {
            let mut missing = Vec::new();
            for digest in round {
                if self.files.read(&body_path(digest))?.is_none() {
                    missing.push(*digest);
                }
            }
            let paths = missing.iter().map(|d| format!("../{}", body_path(d))).collect();
            let came = missing.iter().zip(self.upstream.all(paths, MAX_BODY)?);
            let checked = came.map(|(digest, bytes)| {
                if Digest::from(Sha256::digest(&bytes)) == *digest {
                    Ok((body_path(digest), bytes))
                } else {
                    Err(NodeError::Upstream { url: self.upstream.name(), why: format!("the body {} has other content", hex::encode(digest)) })
                }
            });
            self.files.write_all(checked.collect::<Result<_, _>>()?)?;
        }
        Ok(())
    }

    /// The policy that the log's operator publishes, for people to compare. Nothing here rests on it; one that is none, or another log's, is left.
    fn fetch_policy(&self, believed: &Policy) -> Result<(), NodeError> {
        let Some(text) = self.upstream.find(POLICY_NAME, MAX_CHECKPOINT)?.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(()) };
        let ours = |policy: &Policy| policy.logs().any(|log| believed.logs().any(|known| known == log));
        match Policy::parse(&text) {
            Ok(policy) if ours(&policy) => self.files.replace_policy(&text),
            _ => Ok(()),
        }
    }

    /// Every passport's status as a token, if it is the log's.
    fn fetch_status_token(&self, believed: &Policy) -> Result<(), NodeError> {
        let Some(token) = self.upstream.find(status_token::NAME, MAX_BODY)?.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(()) };
        if believed.logs().any(|log| status_token::is_by(&token, log)) { self.files.replace_status_token(&token) } else { Ok(()) }
    }

    /// The newest pack: the last leaf names its manifest, that one names its files, the steps by which a device with an older pack gets there, and
    /// the other markets' manifests.
    fn fetch_pack(&self, log: &LogWriter, origin: &str) -> Result<(), NodeError> {
        let Some(last) = log.size().checked_sub(1) else { return Ok(()) };
        let newest = statement::verify(log.entry(last).unwrap_or_default())?;
        let Body::BatchClose(close) = newest.body else {
            return Err(NodeError::Replay { leaf: last, why: "the last leaf is not a BatchClose".to_owned() });
        };
        let Some(digest) = &close.manifest else { return Ok(()) };
        let path = format!("pack/{digest}");
        let bytes = self.upstream.need(&path, MAX_BODY)?;
        let manifest = Manifest::open(&bytes, origin, &close, last)?;
        for market in &manifest.markets {
            let bytes = self.upstream.need(&market.path(), MAX_BODY)?;
            self.fetch_pack_files(&manifest.open_market(&market.market, &bytes)?)?;
            self.files.write(&format!("{LEDGER}/{}", market.path()), bytes)?;
        }
        self.fetch_pack_files(&manifest)?;
        self.files.write(&format!("{LEDGER}/{path}"), bytes)
    }

    /// What a manifest names and is not here yet.
    fn fetch_pack_files(&self, manifest: &Manifest) -> Result<(), NodeError> {
        let files: Vec<&PackFile> = manifest.files.iter().chain(manifest.deltas.iter().flat_map(|step| &step.files)).collect();
        for part in files.chunks(ROUND) {
            let mut missing = Vec::new();
            for file in part.iter().copied() {
                if self.files.read(&format!("{LEDGER}/{}", file.path()))?.is_none() {
                    missing.push(file);
                }
            }
            let limit = missing.iter().map(|f| f.size).max().unwrap_or_default();
            let came = self.upstream.all(missing.iter().map(|f| f.path()).collect(), limit)?;
            let mut checked = BTreeMap::new();
            for (file, bytes) in missing.into_iter().zip(came) {
                file.check(&bytes)?;
                checked.insert(format!("{LEDGER}/{}", file.path()), bytes);
            }
            self.files.write_all(checked)?;
        }
        Ok(())
    }

    /// Keeps two notes of the log that do not go together, under the digest of the later one, and says where.
    fn keep_evidence(&self, kind: &str, held: &str, seen: &str) -> Result<PathBuf, NodeError> {
        let path = self.data.join("evidence").join(format!("{}.json", hex::encode(Sha256::digest(seen))));
        let evidence = serde_json::json!({ "kind": kind, "held": held, "seen": seen, "from": self.upstream.name() });
        let pretty = serde_json::to_vec_pretty(&evidence).map_err(|e| NodeError::Data(e.to_string()))?;
        replace(&path, &pretty)?;
        Ok(path)
    }
}

const CHECKPOINT_NAME: &str = "checkpoint";
const POLICY_NAME: &str = "policy";
const INCOMING: &str = "incoming";

fn text(bytes: Vec<u8>) -> Result<String, NodeError> {
    String::from_utf8(bytes).map_err(|_| NodeError::Data("its checkpoint is not text".to_owned()))
}

/// Where the log is fetched from.
#[derive(Clone)]
pub struct Upstream {
    base: Url,
    client: Client,
}

impl Upstream {
    /// An address below which a log's `checkpoint` lies.
    ///
    /// # Errors
    /// It is not one.
    pub fn new(url: &str) -> Result<Self, NodeError> {
        let wrong = || NodeError::Usage(format!("\"{url}\" is not a ledger's address; it should look like https://example.org/ledger/"));
        let mut base = Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host()).ok_or_else(wrong)?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().connect_timeout(SILENCE).read_timeout(SILENCE).timeout(WHOLE).user_agent("EcoSphere node").build();
        let client = client.map_err(|e| NodeError::Usage(format!("no HTTP client could be made: {e}")))?;
        Ok(Self { base, client })
    }

    fn name(&self) -> String {
        self.base.to_string()
    }

    /// A file that must be there, of at most `limit` bytes.
    ///
    /// # Errors
    /// It is not, it is longer, or the server cannot be reached.
    pub fn need(&self, path: &str, limit: u64) -> Result<Vec<u8>, NodeError> {
        let (from, path) = (self.clone(), path.to_owned());
        wait(async move { from.get(&path, limit).await })
    }

    /// A file of at most `limit` bytes; `None` when the server has none of this name.
    ///
    /// # Errors
    /// It is longer, or the server cannot be reached.
    pub fn find(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, NodeError> {
        let (from, path) = (self.clone(), path.to_owned());
        wait(async move { from.look(&path, limit).await })
    }

    /// Files that must be there, several at once, in their order, each of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Upstream::need`].
    pub fn all(&self, paths: Vec<String>, limit: u64) -> Result<Vec<Vec<u8>>, NodeError> {
        let from = self.clone();
        wait(async move {
            let gets = paths.into_iter().map(|path| {
                let from = from.clone();
                async move { from.get(&path, limit).await }
            });
            stream::iter(gets).buffered(AT_ONCE).try_collect().await
        })
    }

    async fn get(&self, path: &str, limit: u64) -> Result<Vec<u8>, NodeError> {
        let missing = || NodeError::Upstream { url: self.name(), why: format!("it has no {path}") };
        self.look(path, limit).await?.ok_or_else(missing)
    }

    async fn look(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, NodeError> {
        let refused = |why: String| NodeError::Upstream { url: self.name(), why };
        let url = self.base.join(path).map_err(|e| refused(e.to_string()))?;
        let mut request = self.client.get(url);
        if path == CHECKPOINT_NAME {
            request = request.header(reqwest::header::CACHE_CONTROL, "no-cache");
        }
        let answer = request.send().await.map_err(|e| refused(e.without_url().to_string()))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            other => return Err(refused(format!("it answered {other} for {path}"))),
        }
        let mut bytes = Vec::new();
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = pieces.next().await {
            bytes.extend_from_slice(&piece.map_err(|e| refused(e.without_url().to_string()))?);
            if bytes.len() as u64 > limit {
                return Err(refused(format!("{path} is longer than {limit} bytes")));
            }
        }
        Ok(Some(bytes))
    }
}
