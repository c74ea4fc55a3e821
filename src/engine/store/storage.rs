//! Where the databases live.

use super::StoreError;
use rusqlite::Connection;
#[cfg(not(target_arch = "wasm32"))]
use std::path::PathBuf;

/// Where the databases live.
pub enum Storage {
    /// Nowhere: gone when the app ends. For the sample, and for browsers that give no durable storage.
    Memory,
    /// A folder.
    #[cfg(not(target_arch = "wasm32"))]
    Folder(PathBuf),
    /// The origin's private file system of a browser, through access handles that one worker holds (`sahpool`).
    #[cfg(target_arch = "wasm32")]
    Opfs(sqlite_wasm_vfs::sahpool::OpfsSAHPoolUtil),
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Folder(path) => write!(f, "Folder({})", path.display()),
            #[cfg(target_arch = "wasm32")]
            Self::Opfs(_) => f.write_str("Opfs"),
        }
    }
}

impl Storage {
    /// Opens or makes a database.
    pub(super) fn connect(&self, name: &str) -> rusqlite::Result<Connection> {
        match self {
            Self::Memory => Connection::open_in_memory(),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Folder(folder) => {
                let c = Connection::open(folder.join(name))?;
                // The app and the terminal may hold the same folder.
                c.busy_timeout(std::time::Duration::from_secs(5))?;
                Ok(c)
            }
            #[cfg(target_arch = "wasm32")]
            Self::Opfs(_) => Connection::open(name),
        }
    }

    /// True when there is a database of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Memory => false,
            #[cfg(not(target_arch = "wasm32"))]
            Self::Folder(folder) => folder.join(name).exists(),
            #[cfg(target_arch = "wasm32")]
            Self::Opfs(pool) => opfs::has(pool, name),
        }
    }

    /// Removes a closed database with its journal and the copies that were moved aside.
    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        #[cfg(not(target_arch = "wasm32"))]
        if let Self::Folder(folder) = self {
            for file in ["", "-journal", "-wal", "-shm"].map(|side| folder.join(format!("{name}{side}"))) {
                match std::fs::remove_file(&file) {
                    Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                        return Err(StoreError::Other(format!("{} could not be removed: {e}", file.display())));
                    }
                    _ => {}
                }
            }
        }
        #[cfg(target_arch = "wasm32")]
        if let Self::Opfs(pool) = self {
            opfs::remove(pool, name)?;
        }
        self.remove_set_aside(name)
    }

    /// Renames a closed database (and its journal) to a name with a time stamp, and returns that name.
    pub(super) fn set_aside(&self, name: &str) -> Result<String, StoreError> {
        // As 20261122T090000.
        let stamp: String = crate::engine::clock().to_rfc3339().chars().take(19).filter(char::is_ascii_alphanumeric).collect();
        match self {
            Self::Memory => Ok(format!("{name}.damaged-{stamp}")),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Folder(folder) => {
                let io = |e: std::io::Error| StoreError::Other(format!("the damaged {name} could not be moved aside: {e}"));
                let kept = (0..1000)
                    .map(|n| if n == 0 { format!("{name}.damaged-{stamp}") } else { format!("{name}.damaged-{stamp}-{n}") })
                    .find(|kept| !folder.join(kept).exists())
                    .ok_or_else(|| StoreError::Other(format!("there are too many damaged copies of {name}; remove some")))?;
                std::fs::rename(folder.join(name), folder.join(&kept)).map_err(io)?;
                for side in ["-journal", "-wal", "-shm"] {
                    let from = folder.join(format!("{name}{side}"));
                    if from.exists() {
                        std::fs::rename(from, folder.join(format!("{kept}{side}"))).map_err(io)?;
                    }
                }
                Ok(kept)
            }
            #[cfg(target_arch = "wasm32")]
            Self::Opfs(pool) => opfs::set_aside(pool, name, &format!("{name}.damaged-{stamp}")),
        }
    }

    /// Removes the copies of a database that were moved aside: what the person asked to erase is not to live on in them.
    pub(super) fn remove_set_aside(&self, name: &str) -> Result<(), StoreError> {
        let aside = format!("{name}.damaged-");
        match self {
            Self::Memory => Ok(()),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Folder(folder) => {
                let io = |e: std::io::Error| StoreError::Other(format!("the damaged copies of {name} could not be removed: {e}"));
                for entry in std::fs::read_dir(folder).map_err(io)? {
                    let entry = entry.map_err(io)?;
                    if entry.file_name().to_string_lossy().starts_with(&aside) {
                        std::fs::remove_file(entry.path()).map_err(io)?;
                    }
                }
                Ok(())
            }
            #[cfg(target_arch = "wasm32")]
            Self::Opfs(pool) => opfs::remove(pool, &aside),
        }
    }

    /// Takes hold of the browser's private file system. Only in a dedicated worker; the caller holds the Web Lock that keeps other tabs out.
    ///
    /// # Errors
    /// The browser gives no such storage (an insecure page, a private window, an old browser), or another tab holds it.
    #[cfg(target_arch = "wasm32")]
    pub async fn opfs() -> Result<Self, StoreError> {
        opfs::open().await.map(Self::Opfs)
    }
}

#[cfg(target_arch = "wasm32")]
mod opfs {
    use super::StoreError;
    use rsqlite_vfs::{
        VfsFilesManager,
        transfer::{DbTransfer, ExportSource, ImportTarget},
    };
    use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};

    /// The databases, their journals, and room for copies moved aside.
    const SLOTS: usize = 16;
    /// How many more files a session may need: ledgers that are added, journals, copies moved aside.
    const SPARE: usize = 12;

    fn other(e: OpfsSAHError) -> StoreError {
        let text = e.to_string();
        if text.contains("QuotaExceeded") { StoreError::Full } else { StoreError::Other(text) }
    }

    pub(super) async fn open() -> Result<OpfsSAHPoolUtil, StoreError> {
        let cfg = OpfsSAHPoolCfgBuilder::new().directory("ecosphere").vfs_name("ecosphere").initial_capacity(SLOTS).build();
        let pool = install::<sqlite_wasm_rs::WasmOsCallback>(&cfg, true).await.map_err(other)?;
        let used = pool.len().map_err(other)?;
        pool.ensure_capacity(used + SPARE).await.map_err(other)?;
        Ok(pool)
    }

    pub(super) fn has(pool: &OpfsSAHPoolUtil, name: &str) -> bool {
        pool.names().is_ok_and(|names| names.iter().any(|n| n.trim_start_matches('/') == name))
    }

    pub(super) fn remove(pool: &OpfsSAHPoolUtil, begins: &str) -> Result<(), StoreError> {
        for name in pool.names().map_err(other)?.iter().filter(|n| n.trim_start_matches('/').starts_with(begins)) {
            pool.remove(name).map_err(other)?;
        }
        Ok(())
    }

    /// The pool has no rename: the bytes are copied under the new name, then the old name is freed.
    pub(super) fn set_aside(pool: &OpfsSAHPoolUtil, name: &str, kept: &str) -> Result<String, StoreError> {
        // SQLite has already rolled back what a journal could mend; left behind, it would be replayed into the new database.
        let journal = format!("{name}-journal");
        pool.remove(&journal).map_err(other)?;
        let mut bytes = Vec::new();
        {
            let mut from = pool.open_export(name).map_err(other)?;
            let mut chunk = vec![0u8; 1 << 16];
            while (bytes.len() as u64) < from.size() {
                let n = from.read_at(bytes.len() as u64, &mut chunk).map_err(other)?;
                if n == 0 {
                    break;
                }
                bytes.extend_from_slice(chunk.get(..n).unwrap_or_default());
            }
        }
        let mut to = pool.create_import(kept, bytes.len() as u64).map_err(other)?;
        to.write_at(0, &bytes).map_err(other)?;
        to.commit().map_err(other)?;
        pool.remove(name).map_err(other)?;
        Ok(kept.to_owned())
    }
}
