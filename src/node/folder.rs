//! A node's data folder: what the ledger is, its log's key, the database. Published files and bodies lie in it too, unless they are shared.

use super::{
    NodeError,
    cosigners::Cosigners,
    files::{CHECKPOINT, Files, LEDGER, body_path, is_cut_short},
    ledger::Shelf,
    store::{Published, Store},
};
use crate::statement::{DidKey, Digest};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write as _,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// How often a folder's lock is tried, and how long is waited between: a second in all.
const HOLD_TRIES: u32 = 41;
const HOLD_PAUSE: Duration = Duration::from_millis(25);

/// What a ledger is, in `ledger.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerConfig {
    /// Its origin.
    pub origin: String,
    /// Who may accredit without being accredited.
    pub registrars: Vec<DidKey>,
    /// Its keys are public.
    #[serde(default)]
    pub sample: bool,
}

/// A node's data folder, held by this process alone.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
    files: Files,
    cosigners: Option<Arc<Cosigners>>,
    /// Held for as long as the folder is in use; the system lets go of it even after a crash.
    _lock: Arc<File>,
}

impl DataFolder {
    /// Makes a new ledger's folder.
    ///
    /// # Errors
    /// There is a ledger already, or the folder cannot be written.
    pub fn create(root: &Path, config: &LedgerConfig, seed: &[u8; 32]) -> Result<Self, NodeError> {
        fs::create_dir_all(root).map_err(NodeError::file(root))?;
        let file = root.join("ledger.json");
        if file.exists() {
            return Err(NodeError::Usage(format!("{} holds a ledger already; choose another folder", root.display())));
        }
        let folder = Self::hold(root)?;
        secret(&root.join("log.key"), hex::encode(seed).as_bytes())?;
        let text = serde_json::to_string_pretty(config).map_err(|e| NodeError::Data(e.to_string()))?;
        replace(&file, text.as_bytes())?;
        Ok(folder)
    }

    /// Opens a ledger's folder.
    ///
    /// # Errors
    /// There is no ledger in it, or another process holds it.
    pub fn open(root: &Path) -> Result<(Self, LedgerConfig, [u8; 32]), NodeError> {
        let file = root.join("ledger.json");
        if !file.exists() {
            return Err(NodeError::Usage(format!("there is no ledger in {}; make one with: ecosphere-node init --data {0}", root.display())));
        }
        let folder = Self::hold(root)?;
        let (config, seed) = Self::identity(root)?;
        Ok((folder, config, seed))
    }

    /// The same, with the published files and the bodies elsewhere.
    ///
    /// # Errors
    /// There is no ledger in it, or another process holds it.
    pub fn open_with(root: &Path, files: Files) -> Result<(Self, LedgerConfig, [u8; 32]), NodeError> {
        let (folder, config, seed) = Self::open(root)?;
        Ok((Self { files, ..folder }, config, seed))
    }

    /// At the very first start files elsewhere are empty: then the ledger that was made in this folder is put there. `known` is what the store
    /// knows of: files that were emptied later are not filled with something older.
    ///
    /// # Errors
    /// More was published than this folder holds, or a file cannot be read or written.
    pub fn first_copy(&self, known: &Published) -> Result<(), NodeError> {
        let own = Files::folder(&self.root)?;
        let note = own.read(CHECKPOINT)?.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(note) = note.filter(|note| known.size == 0 || known.note == *note) else {
            return Err(NodeError::Data(format!("{} holds no checkpoint, though {} leaves were published", self.files.name(), known.size)));
        };
        for part in [LEDGER, "body"] {
            let mut open = vec![self.root.join(part)];
            while let Some(folder) = open.pop() {
                for entry in fs::read_dir(&folder).into_iter().flatten() {
                    let path = entry.map_err(NodeError::file(&folder))?.path();
                    let below = path.strip_prefix(&self.root).unwrap_or(&path);
                    let below = below.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
                    if path.is_dir() {
                        open.push(path);
                    } else if below != CHECKPOINT && !below.contains("/.") && !is_cut_short(&below) {
                        self.files.write(&below, fs::read(&path).map_err(NodeError::file(&path))?)?;
                    }
                }
            }
        }
        self.files.replace_checkpoint(&note)
    }

    /// What the ledger is, and the seed of its log's key.
    fn identity(root: &Path) -> Result<(LedgerConfig, [u8; 32]), NodeError> {
        let file = root.join("ledger.json");
        let text = fs::read_to_string(&file).map_err(NodeError::file(&file))?;
        let config = serde_json::from_str(&text).map_err(|e| NodeError::Data(format!("{}: {e}", file.display())))?;
        let key = root.join("log.key");
        let text = fs::read_to_string(&key).map_err(NodeError::file(&key))?;
        let mut seed = [0; 32];
        hex::decode_to_slice(text.trim(), &mut seed).map_err(|_| NodeError::Data(format!("{} is not a key of 64 hex digits", key.display())))?;
        Ok((config, seed))
    }

    fn hold(root: &Path) -> Result<Self, NodeError> {
        let path = root.join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(NodeError::file(&path))?;
        // Who is just stopping, or was started by its holder and has not begun its own program yet, has it for a moment longer.
        let mut tries = HOLD_TRIES;
        while lock.try_lock().is_err() {
            tries -= 1;
            if tries == 0 {
                let why = format!("another process uses {}; a ledger has one writer. Stop it, or send statements to it", root.display());
                return Err(NodeError::Usage(why));
            }
            std::thread::sleep(HOLD_PAUSE);
        }
        Ok(Self { root: root.to_owned(), files: Files::folder(root)?, cosigners: Cosigners::open(root)?, _lock: Arc::new(lock) })
    }

    /// The published files and the bodies.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }
    /// Who has to cosign before a checkpoint is published, if anybody.
    #[must_use]
    pub fn cosigners(&self) -> Option<Arc<Cosigners>> {
        self.cosigners.clone()
    }
    /// Where the database lies.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("node.db")
    }
    /// A published file.
    #[must_use]
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.files.read(&format!("{LEDGER}/{path}")).ok().flatten()
    }
    /// The checkpoint, a signed note.
    ///
    /// # Errors
    /// It is missing or no text, or the files cannot be reached.
    pub fn checkpoint(&self) -> Result<String, NodeError> {
        let note = self.files.read(CHECKPOINT)?.ok_or_else(|| NodeError::Data("its checkpoint is missing".to_owned()))?;
        String::from_utf8(note).map_err(|_| NodeError::Data("its checkpoint is not text".to_owned()))
    }
    /// Where bodies lie.
    #[must_use]
    pub fn bodies(&self) -> Bodies {
        Bodies(self.files.clone())
    }
    /// For reading back what is published, and from the store what is not yet; under another checkpoint than the one that lies there if `note` is
    /// given.
    #[must_use]
    pub fn shelf(&self, note: Option<String>, store: Arc<dyn Store>) -> Arc<dyn Shelf> {
        Arc::new(FileShelf { files: self.files.clone(), note, store })
    }
    /// Publishes files that never change again.
    ///
    /// # Errors
    /// The files cannot be reached, or a published one would change.
    pub fn write(&self, files: BTreeMap<String, Vec<u8>>) -> Result<(), NodeError> {
        self.files.write_all(files.into_iter().map(|(path, bytes)| (format!("{LEDGER}/{path}"), bytes)).collect())
    }
    /// Moves the checkpoint; what it covers is written before.
    ///
    /// # Errors
    /// The files cannot be reached, or hold a newer one.
    pub fn move_checkpoint(&self, note: &str) -> Result<(), NodeError> {
        self.files.replace_checkpoint(note)
    }
}

/// Where bodies lie, one file each, named by its digest.
#[derive(Debug, Clone)]
pub struct Bodies(Files);

impl Bodies {
    /// Whether it is there.
    ///
    /// # Errors
    /// The files cannot be reached.
    pub fn has(&self, digest: &Digest) -> Result<bool, NodeError> {
        self.0.has(&body_path(digest))
    }
    /// Keeps bodies under their digests.
    ///
    /// # Errors
    /// The files cannot be reached.
    pub fn keep(&self, bodies: Vec<(Digest, Vec<u8>)>) -> Result<(), NodeError> {
        self.0.write_all(bodies.into_iter().map(|(digest, bytes)| (body_path(&digest), bytes)).collect())
    }
}

struct FileShelf {
    files: Files,
    note: Option<String>,
    store: Arc<dyn Store>,
}

impl Shelf for FileShelf {
    fn file(&self, path: &str) -> Option<Vec<u8>> {
        match &self.note {
            Some(note) if path == "checkpoint" => Some(note.clone().into_bytes()),
            _ => self.files.read(&format!("{LEDGER}/{path}")).ok().flatten(),
        }
    }
    fn body(&self, digest: &Digest) -> Option<Vec<u8>> {
        self.files.read(&body_path(digest)).ok().flatten()
    }
    fn unpublished(&self, leaves: Range<u64>) -> Option<Vec<Vec<u8>>> {
        self.store.entries(leaves).ok()
    }
    fn has_body(&self, digest: &Digest) -> bool {
        self.files.has(&body_path(digest)).unwrap_or(false)
    }
}

/// Writes a file so that after a crash either the old or the new one is there, whole.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(NodeError::file(folder))?;
    // Two threads may write the same body at the same time.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", COUNT.fetch_add(1, Ordering::Relaxed)));
    let fresh = path.with_file_name(name);
    let mut file = File::create(&fresh).map_err(NodeError::file(&fresh))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(NodeError::file(&fresh))?;
    fs::rename(&fresh, path).map_err(NodeError::file(path))?;
    // The name is durable only once its folder is; some systems cannot do that, and need not.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Writes a file that only its owner may read.
pub fn secret(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(NodeError::file(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(NodeError::file(path))
}
