//! A ledger in a folder, and the sample inside the app.

use super::{Body, Source, SourceError, whole};
use crate::pack::sample_files;
use std::path::{Component, Path, PathBuf};

/// A ledger's files in a folder, as a node publishes them.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The ledger in this folder.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }
}

impl Source for Folder {
    async fn get(&self, path: &str, from: u64) -> Result<Body<'_>, SourceError> {
        // A manifest names digests, never paths, but a folder must not be left whatever is asked for.
        if !Path::new(path).components().all(|c| matches!(c, Component::Normal(_))) {
            return Err(SourceError::Missing(path.to_owned()));
        }
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(whole(bytes, from)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(SourceError::Missing(path.to_owned())),
            Err(e) => Err(SourceError::Offline(e.to_string())),
        }
    }
}

/// The sample ledger inside the app.
#[derive(Debug, Clone, Copy)]
pub struct Sample;

impl Source for Sample {
    async fn get(&self, path: &str, from: u64) -> Result<Body<'_>, SourceError> {
        let file = sample_files().iter().find(|(name, _)| *name == path);
        file.map(|(_, bytes)| whole(bytes.to_vec(), from)).ok_or_else(|| SourceError::Missing(path.to_owned()))
    }
}
