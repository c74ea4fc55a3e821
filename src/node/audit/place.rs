//! Where a log is read from: a node's data folder, a folder of published files, or an address.

use crate::{
    node::{NodeError, background::wait, files::body_path, folder::LedgerConfig, serve::inside},
    statement::Digest,
};
use futures_util::StreamExt as _;
use reqwest::{Client, StatusCode, Url};
use sha2::{Digest as _, Sha256};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The largest file that is taken from a server, in bytes.
const MAX_FILE: usize = 64 * 1024 * 1024;
/// How long a server may say nothing.
const SILENCE: Duration = Duration::from_secs(20);
/// How long one file may take.
const WHOLE: Duration = Duration::from_secs(300);

/// A published log, for reading. Nothing it gives is believed before it was checked.
#[derive(Debug)]
pub enum Place {
    /// Folders: of what is published, and of bodies.
    Folder {
        /// Holds `checkpoint`.
        ledger: PathBuf,
        /// Holds `body/<sha256>`; need not exist.
        beside: PathBuf,
    },
    /// A server; the address is that of `checkpoint`, without that name.
    Address {
        /// Ends in `/`.
        base: Url,
        /// Shared by all requests.
        client: Client,
    },
}

impl Place {
    /// From what a person names: an address such as `https://example.org/ledger/`, a node's data folder, or a folder that holds `checkpoint`.
    ///
    /// # Errors
    /// There is no log.
    pub fn open(name: &str) -> Result<Self, NodeError> {
        if name.starts_with("http://") || name.starts_with("https://") {
            let slash = if name.ends_with('/') { "" } else { "/" };
            let base = Url::parse(&format!("{name}{slash}")).map_err(|e| NodeError::Usage(format!("{name} is not an address: {e}")))?;
            // The client wants a provider; another part of the process may have chosen it already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let client = Client::builder().connect_timeout(SILENCE).read_timeout(SILENCE).timeout(WHOLE).user_agent("EcoSphere auditor").build();
            let client = client.map_err(|e| NodeError::Usage(format!("no HTTP client could be made: {e}")))?;
            return Ok(Self::Address { base, client });
        }
        let folder = Path::new(name);
        if folder.join("checkpoint").exists() {
            let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let beside = if folder.join("body").is_dir() { folder } else { above };
            Ok(Self::Folder { ledger: folder.to_owned(), beside: beside.to_owned() })
        } else if folder.join("ledger/checkpoint").exists() {
            Ok(Self::Folder { ledger: folder.join("ledger"), beside: folder.to_owned() })
        } else {
            Err(NodeError::Usage(format!("there is no checkpoint in {name}; name a node's data folder, a folder of published files, or an address")))
        }
    }

    /// What a node's data folder says of its ledger.
    #[must_use]
    pub fn config(&self) -> Option<LedgerConfig> {
        let Self::Folder { beside, .. } = self else { return None };
        serde_json::from_slice(&std::fs::read(beside.join("ledger.json")).ok()?).ok()
    }

    /// The checkpoint, a signed note.
    ///
    /// # Errors
    /// It is missing or no text, or the server cannot be reached.
    pub fn checkpoint(&self) -> Result<String, NodeError> {
        let bytes = self.read("checkpoint")?.ok_or_else(|| NodeError::Data("its checkpoint is missing".to_owned()))?;
        String::from_utf8(bytes).map_err(|_| NodeError::Data("its checkpoint is not text".to_owned()))
    }

    /// A published file; `None` when there is none of this name.
    ///
    /// # Errors
    /// The server cannot be reached, or sends more than anyone takes.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, NodeError> {
        match self {
            Self::Folder { ledger, .. } => Ok(inside(ledger, path).and_then(|path| std::fs::read(path).ok())),
            Self::Address { base, client } => {
                let url = base.join(path).map_err(|e| NodeError::Data(e.to_string()))?;
                let client = client.clone();
                wait(async move { get(&client, url).await })
            }
        }
    }

    /// A body, if the place has it and it is the one.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub fn body(&self, digest: &Digest) -> Result<Option<Vec<u8>>, NodeError> {
        let bytes = match self {
            Self::Folder { beside, .. } => std::fs::read(beside.join(body_path(digest))).ok(),
            Self::Address { .. } => self.read(&format!("../{}", body_path(digest)))?,
        };
        Ok(bytes.filter(|b| Digest::from(Sha256::digest(b)) == *digest))
    }
}

async fn get(client: &Client, url: Url) -> Result<Option<Vec<u8>>, NodeError> {
    let failed = |why: String| NodeError::Usage(format!("{url} cannot be read: {why}"));
    let answer = client.get(url.clone()).send().await.map_err(|e| failed(e.without_url().to_string()))?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
        other => return Err(failed(format!("the server answered {other}"))),
    }
    let mut bytes = Vec::new();
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.map_err(|e| failed(e.without_url().to_string()))?);
        if bytes.len() > MAX_FILE {
            return Err(failed(format!("it is longer than {MAX_FILE} bytes")));
        }
    }
    Ok(Some(bytes))
}
