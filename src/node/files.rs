//! Where the published files and the bodies lie: a folder, or a bucket of anything that speaks S3 (`object_store`).
//!
//! ```text
//! ledger/checkpoint   the only file that is ever replaced, and never by a shorter or another log's
//! ledger/…  body/…    written once; writing the same bytes again is fine, other bytes are refused
//! ```
//! A bucket must honour conditional writes (`If-None-Match`, `If-Match`), which S3, R2, MinIO and Ceph do: they keep two nodes from ever moving
//! the checkpoint back. In a folder a lock file does.

use super::{NodeError, background::wait, serve::inside};
use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use object_store::{
    Error as StoreError, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, UpdateVersion,
    aws::AmazonS3Builder, local::LocalFileSystem, path::Path as Key,
};
use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How many files are written or read at once.
const AT_ONCE: usize = 16;
/// How often moving the checkpoint is tried when others move it at the same time.
const TRIES: usize = 8;

/// The files of a ledger, shared by everything that reads or writes them.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
    /// The folder, when it is one: there a lock file guards the checkpoint.
    folder: Option<PathBuf>,
    name: String,
}

/// Whether a file in a folder is a write that a crash cut short: what is written goes to `<name>#<number>` first, and gets its name when it is whole.
#[must_use]
pub fn is_cut_short(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Files {
    /// From what a person gives as `--files`: a folder, or `s3://bucket/prefix` (keys and endpoint from the environment: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`).
    ///
    /// # Errors
    /// The folder cannot be made, or the address is not one.
    pub fn open(place: &str) -> Result<Self, NodeError> {
        let Some(rest) = place.strip_prefix("s3://") else { return Self::folder(Path::new(place)) };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let usage = |why: String| NodeError::Usage(format!("{place} cannot be used ({why}); give a folder, or s3://bucket/prefix"));
        // The client of buckets wants a provider; another part of the process may have chosen it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|e| usage(e.to_string()))?;
        let prefix = Key::parse(prefix.trim_matches('/')).map_err(|e| usage(e.to_string()))?;
        Ok(Self { store: Arc::new(store), prefix, folder: None, name: place.to_owned() })
    }

    /// In a folder, which is made.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn folder(root: &Path) -> Result<Self, NodeError> {
        std::fs::create_dir_all(root).map_err(NodeError::file(root))?;
        let store = LocalFileSystem::new_with_prefix(root).map_err(|e| NodeError::Usage(format!("{} cannot be used: {e}", root.display())))?;
        let name = root.display().to_string();
        Ok(Self { store: Arc::new(store.with_fsync(true)), prefix: Key::default(), folder: Some(root.to_owned()), name })
    }

    /// What a person calls this place.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A file, or `None` when there is none of this name.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn get(&self, path: &str) -> Result<Option<Vec<u8>>, NodeError> {
        let Some(key) = self.key(path) else { return Ok(None) };
        Ok(self.fetch(&key).await?.map(|(bytes, _)| bytes))
    }

    /// A file's size in bytes, or `None` when there is none of this name.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn size(&self, path: &str) -> Result<Option<u64>, NodeError> {
        let Some(key) = self.key(path) else { return Ok(None) };
        match self.store.head(&key).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(e) => Err(self.failed(e)),
        }
    }

    /// A part of a file that is there, piece by piece.
    ///
    /// # Errors
    /// The store cannot be reached, or the file is shorter.
    pub async fn stream(
        &self,
        path: &str,
        range: std::ops::Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static + use<>, NodeError> {
        let key = self.key(path).ok_or_else(|| NodeError::Data(format!("{path} cannot be a file's name")))?;
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        Ok(self.store.get_opts(&key, options).await.map_err(|e| self.failed(e))?.into_stream())
    }

    /// Writes a file that is never changed again. Writing the same bytes once more is fine.
    ///
    /// # Errors
    /// The store, or there is a file of this name with other content.
    pub async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), NodeError> {
        let key = self.key(path).ok_or_else(|| NodeError::Data(format!("{path} cannot be a file's name")))?;
        let create = PutOptions::from(PutMode::Create);
        match self.store.put_opts(&key, PutPayload::from(bytes.clone()), create).await {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => match self.fetch(&key).await? {
                Some((there, _)) if there == bytes => Ok(()),
                _ => Err(NodeError::Data(format!("{path} is published with other content"))),
            },
            Err(e) => Err(self.failed(e)),
        }
    }

    /// Writes many files, several at once.
    ///
    /// # Errors
    /// As [`Files::put`]; some may have been written then.
    pub async fn put_all(&self, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<(), NodeError> {
        let puts = files.into_iter().map(|(path, bytes)| async move { self.put(&path, bytes).await });
        stream::iter(puts).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Replaces the checkpoint `ledger/checkpoint`: never by a smaller one, nor by another tree of the same size.
    ///
    /// # Errors
    /// The store, or what is published is newer or another history.
    pub async fn move_checkpoint(&self, note: String) -> Result<(), NodeError> {
        let folder = self.folder.clone();
        // Dropped, and with it the lock, when the move is over.
        let held = match folder {
            Some(root) => Some(tokio::task::spawn_blocking(move || hold(&root)).await.map_err(|e| NodeError::Data(e.to_string()))??),
            None => None,
        };
        let moved = self.swap(&note).await;
        drop(held);
        moved
    }

    async fn swap(&self, note: &str) -> Result<(), NodeError> {
        let key = self.key(CHECKPOINT).ok_or_else(|| NodeError::Data("the checkpoint has no name".to_owned()))?;
        for _ in 0..TRIES {
            let there = self.fetch(&key).await?;
            if let Some((old, _)) = &there {
                match follows(&String::from_utf8_lossy(old), note) {
                    Ok(true) => {}
                    Ok(false) => return Ok(()),
                    Err(why) => return Err(NodeError::Data(why)),
                }
            }
            let mode = match (&self.folder, there) {
                (Some(_), _) => PutMode::Overwrite,
                (None, None) => PutMode::Create,
                (None, Some((_, version))) => PutMode::Update(version),
            };
            match self.store.put_opts(&key, PutPayload::from(note.to_owned().into_bytes()), PutOptions::from(mode)).await {
                Ok(_) => return Ok(()),
                // Somebody moved it in between: look again.
                Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => {}
                Err(e) => return Err(self.failed(e)),
            }
        }
        Err(NodeError::Data("others keep moving the checkpoint; is a second node writing to these files without the shared database?".to_owned()))
    }

    /// [`Files::get`] for code that waits.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, NodeError> {
        let (files, path) = (self.clone(), path.to_owned());
        wait(async move { files.get(&path).await })
    }

    /// Whether there is a file of this name.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub fn has(&self, path: &str) -> Result<bool, NodeError> {
        let (files, path) = (self.clone(), path.to_owned());
        wait(async move { Ok(files.size(&path).await?.is_some()) })
    }

    /// [`Files::put`] for code that waits.
    ///
    /// # Errors
    /// As [`Files::put`].
    pub fn write(&self, path: &str, bytes: Vec<u8>) -> Result<(), NodeError> {
        let (files, path) = (self.clone(), path.to_owned());
        wait(async move { files.put(&path, bytes).await })
    }

    /// [`Files::put_all`] for code that waits.
    ///
    /// # Errors
    /// As [`Files::put`]; some may have been written then.
    pub fn write_all(&self, files: BTreeMap<String, Vec<u8>>) -> Result<(), NodeError> {
        let to = self.clone();
        wait(async move { to.put_all(files).await })
    }

    /// [`Files::move_checkpoint`] for code that waits.
    ///
    /// # Errors
    /// As [`Files::move_checkpoint`].
    pub fn replace_checkpoint(&self, note: &str) -> Result<(), NodeError> {
        let (to, note) = (self.clone(), note.to_owned());
        wait(async move { to.move_checkpoint(note).await })
    }

    /// Publishes the policy, for people to read and compare. Nothing rests on it, so unlike everything else it may change.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub fn replace_policy(&self, text: &str) -> Result<(), NodeError> {
        self.replace(POLICY, text)
    }

    /// Publishes the hand-overs: at most, one more is added.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub fn replace_handovers(&self, text: &str) -> Result<(), NodeError> {
        self.replace(HANDOVER, text)
    }

    /// Publishes the Status List Token of the newest batch.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub fn replace_status_token(&self, token: &str) -> Result<(), NodeError> {
        self.replace(STATUS_TOKEN, token)
    }

    fn replace(&self, path: &'static str, text: &str) -> Result<(), NodeError> {
        let (to, text) = (self.clone(), text.to_owned());
        wait(async move {
            let key = to.key(path).ok_or_else(|| NodeError::Data(format!("{path} cannot be a file's name")))?;
            to.store.put(&key, PutPayload::from(text.into_bytes())).await.map(|_| ()).map_err(|e| to.failed(e))
        })
    }

    async fn fetch(&self, key: &Key) -> Result<Option<(Vec<u8>, UpdateVersion)>, NodeError> {
        let found = match self.store.get(key).await {
            Ok(found) => found,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(e) => return Err(self.failed(e)),
        };
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let bytes = found.bytes().await.map_err(|e| self.failed(e))?;
        Ok(Some((bytes.to_vec(), version)))
    }

    /// The name in the store; `None` for a path that would lead elsewhere.
    fn key(&self, path: &str) -> Option<Key> {
        inside(Path::new(""), path)?;
        let key = Key::parse(path).ok()?;
        Some(if self.prefix.as_ref().is_empty() { key } else { Key::from(format!("{}/{key}", self.prefix)) })
    }

    fn failed(&self, why: StoreError) -> NodeError {
        NodeError::Files { place: self.name.clone(), why: why.to_string() }
    }
}

/// The folder of the published log.
pub const LEDGER: &str = "ledger";
/// The one file that moves.
pub const CHECKPOINT: &str = "ledger/checkpoint";

/// The policy, beside it.
pub const POLICY: &str = "ledger/policy";

/// Who was handed the log, beside it.
pub const HANDOVER: &str = "ledger/handover";

/// The Status List Token, beside it.
pub const STATUS_TOKEN: &str = "ledger/status-list.jwt";

/// Where a body lies.
#[must_use]
pub fn body_path(digest: &[u8; 32]) -> String {
    format!("body/{}", hex::encode(digest))
}

/// Whether a checkpoint may replace another: `Ok(false)` when it says the same and need not.
fn follows(old: &str, new: &str) -> Result<bool, String> {
    let (Some(before), Some(after)) = (size_and_root(old), size_and_root(new)) else {
        return Err("a published checkpoint is not one".to_owned());
    };
    match before.0.cmp(&after.0) {
        _ if old == new => Ok(false),
        std::cmp::Ordering::Less => Ok(true),
        // More cosignatures on the same tree.
        std::cmp::Ordering::Equal if before == after => Ok(true),
        std::cmp::Ordering::Equal => Err(format!("another history of {} leaves is published already", before.0)),
        std::cmp::Ordering::Greater => Err(format!("a checkpoint of {} leaves is published already, this one has {}", before.0, after.0)),
    }
}

/// Second and third line of a checkpoint's note (C2SP tlog-checkpoint, "Note text").
fn size_and_root(note: &str) -> Option<(u64, &str)> {
    let mut lines = note.lines();
    let (_, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    Some((size.parse().ok()?, root))
}

/// Waits for the folder's checkpoint lock; the system lets go of it even after a crash.
fn hold(root: &Path) -> Result<File, NodeError> {
    let path = root.join("checkpoint.lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(NodeError::file(&path))?;
    lock.lock().map_err(NodeError::file(&path))?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(size: u64, root: &str) -> String {
        format!("example.org/log\n{size}\n{root}\n\n— example.org/log AAAA\n")
    }

    /// What must hold wherever the files lie; `tests/postgres` asks the same of a server that speaks S3.
    fn keeps_the_rules(files: &Files) {
        assert_eq!(files.read("ledger/tile/0/000").unwrap(), None);
        files.write("ledger/tile/0/000", b"one".to_vec()).unwrap();
        files.write("ledger/tile/0/000", b"one".to_vec()).unwrap();
        assert!(files.write("ledger/tile/0/000", b"two".to_vec()).is_err(), "what is published never changes");
        assert_eq!(files.read("ledger/tile/0/000").unwrap().unwrap(), b"one");
        for path in ["../secret", "ledger/../../secret", "/etc/passwd", "ledger//x", ".hidden", ""] {
            assert!(files.read(path).unwrap().is_none() && files.write(path, Vec::new()).is_err(), "{path}");
        }
        files.write_all((0..40).map(|n| (format!("ledger/tile/0/x001/{n:03}"), vec![n])).collect()).unwrap();
        assert_eq!(files.read("ledger/tile/0/x001/039").unwrap().unwrap(), [39]);
        for (size, root) in [(5, "five"), (5, "five"), (9, "nine")] {
            files.replace_checkpoint(&note(size, root)).unwrap();
        }
        files.replace_checkpoint(&format!("{}— witness AAAA\n", note(9, "nine"))).unwrap();
        files.replace_checkpoint(&note(9, "nine")).unwrap();
        assert!(files.replace_checkpoint(&note(5, "five")).is_err(), "a checkpoint never moves back");
        assert!(files.replace_checkpoint(&note(9, "other")).is_err(), "nor to another history");
        assert_eq!(files.read(CHECKPOINT).unwrap().unwrap(), note(9, "nine").into_bytes());
    }

    #[test]
    fn a_folder_keeps_what_is_published_and_its_checkpoint_only_grows() {
        let folder = tempfile::tempdir().unwrap();
        keeps_the_rules(&Files::folder(folder.path()).unwrap());
    }

    #[test]
    fn conditional_writes_keep_the_checkpoint_growing_without_a_lock() {
        let files =
            Files { store: Arc::new(object_store::memory::InMemory::new()), prefix: Key::from("a/b"), folder: None, name: "memory".to_owned() };
        keeps_the_rules(&files);
    }

    #[test]
    fn writers_that_race_leave_the_newest_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let local = Files::folder(folder.path()).unwrap();
        let bucket =
            Files { store: Arc::new(object_store::memory::InMemory::new()), prefix: Key::default(), folder: None, name: "memory".to_owned() };
        for files in [local, bucket] {
            std::thread::scope(|s| {
                for size in 1..=6 {
                    let files = files.clone();
                    // Some lose and are told so; that is the point.
                    s.spawn(move || files.replace_checkpoint(&note(size, "r")).is_ok());
                }
            });
            assert_eq!(files.read(CHECKPOINT).unwrap().unwrap(), note(6, "r").into_bytes());
        }
    }

    struct Server(std::process::Child);

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    #[ignore = "needs Moto's S3 server (a Python tool): cargo xtask test installs it and runs this"]
    fn a_server_that_speaks_s3_keeps_what_is_published_and_its_checkpoint_only_grows() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let program = std::env::var_os("MOTO_SERVER").expect("MOTO_SERVER names its executable");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let quiet = std::process::Stdio::null;
        let mut command = std::process::Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(quiet()).stderr(quiet());
        let _server = Server(command.spawn().unwrap());
        let endpoint = format!("http://127.0.0.1:{port}");
        // Nothing is signed to make the bucket; the region is read from the header.
        let claim = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        let made = || {
            let request = reqwest::Client::new().put(format!("{endpoint}/ledger")).header("authorization", claim).body("");
            wait(async move { request.send().await.is_ok_and(|r| r.status().is_success()) })
        };
        let started = std::time::Instant::now();
        while !made() {
            assert!(started.elapsed().as_secs() < 60, "Moto does not start");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let bucket = || {
            let builder = AmazonS3Builder::new().with_bucket_name("ledger").with_endpoint(&endpoint).with_allow_http(true).with_region("us-east-1");
            Arc::new(builder.with_access_key_id("x").with_secret_access_key("y").build().unwrap())
        };
        keeps_the_rules(&Files { store: bucket(), prefix: Key::from("some/prefix"), folder: None, name: "s3".to_owned() });
        let files = Files { store: bucket(), prefix: Key::default(), folder: None, name: "s3".to_owned() };
        std::thread::scope(|s| {
            for size in 1..=6 {
                let files = files.clone();
                s.spawn(move || files.replace_checkpoint(&note(size, "r")).is_ok());
            }
        });
        assert_eq!(files.read(CHECKPOINT).unwrap().unwrap(), note(6, "r").into_bytes());
    }

    #[test]
    fn a_bucket_is_named_like_one() {
        assert!(Files::open("s3://bucket/a//b").is_err());
        assert!(Files::open("s3://bucket/some/prefix").is_ok());
        let folder = tempfile::tempdir().unwrap();
        assert!(Files::open(&folder.path().join("new").display().to_string()).is_ok());
    }
}
