//! Where a log is read from with the bodies beside it: a node's data folder, a folder of published files, or an address.

use crate::{
    node::{
        NodeError,
        files::body_path,
        folder::LedgerConfig,
        published::{self, MAX_FILE},
    },
    statement::Digest,
};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// A published log and its bodies, for reading. Nothing it gives is believed before it was checked.
pub struct Place {
    /// What is published.
    ledger: published::Place,
    /// The folder that holds `body/<sha256>` and perhaps `ledger.json`; of an address, bodies lie beside what is published.
    beside: Option<PathBuf>,
}

impl Place {
    /// From what a person names: an address such as `https://example.org/ledger/`, a node's data folder, or a folder that holds `checkpoint`.
    ///
    /// # Errors
    /// There is no log.
    pub fn open(name: &str) -> Result<Self, NodeError> {
        if published::Place::is_address(name) {
            return Ok(Self { ledger: published::Place::open(name)?, beside: None });
        }
        let folder = Path::new(name);
        let (ledger, beside) = if folder.join("checkpoint").exists() {
            let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            (folder.to_owned(), if folder.join("body").is_dir() { folder } else { above })
        } else if folder.join("ledger/checkpoint").exists() {
            (folder.join("ledger"), folder)
        } else {
            return Err(NodeError::Usage(format!(
                "there is no checkpoint in {name}; name a node's data folder, a folder of published files, or an address"
            )));
        };
        Ok(Self { ledger: published::Place::Folder(ledger), beside: Some(beside.to_owned()) })
    }

    /// What a node's data folder says of its ledger.
    #[must_use]
    pub fn config(&self) -> Option<LedgerConfig> {
        serde_json::from_slice(&std::fs::read(self.beside.as_ref()?.join("ledger.json")).ok()?).ok()
    }

    /// The checkpoint, a signed note.
    ///
    /// # Errors
    /// It is missing or no text, or the server cannot be reached.
    pub fn checkpoint(&self) -> Result<String, NodeError> {
        self.ledger.note()
    }

    /// A published file; `None` when there is none of this name.
    ///
    /// # Errors
    /// The server cannot be reached, or sends more than anyone takes.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, NodeError> {
        self.ledger.find(path, MAX_FILE)
    }

    /// A body, if the place has it and it is the one.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub fn body(&self, digest: &Digest) -> Result<Option<Vec<u8>>, NodeError> {
        let bytes = match &self.beside {
            Some(beside) => std::fs::read(beside.join(body_path(digest))).ok(),
            None => self.read(&format!("../{}", body_path(digest)))?,
        };
        Ok(bytes.filter(|b| Digest::from(Sha256::digest(b)) == *digest))
    }
}
