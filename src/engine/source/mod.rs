//! Where a ledger's files come from: a server, a folder, or the sample inside the app.
//!
//! *In:* a path below the ledger's base such as `checkpoint` or `tile/0/000.p/5`. *Out:* bytes in pieces, unverified. A source adds no
//! header, query or cookie of its own: the requests are the same whatever was scanned, searched or chosen.

mod http;
#[cfg(not(target_arch = "wasm32"))]
mod local;

pub use http::Http;
#[cfg(not(target_arch = "wasm32"))]
pub use local::{Folder, Sample};

use futures_util::stream::{LocalBoxStream, StreamExt as _};

/// A file on its way.
pub struct Body<'a> {
    /// Offset of the first byte that will come: what was asked for, or 0 when the source cannot resume.
    pub from: u64,
    /// How many bytes will come, when the source says so.
    pub length: Option<u64>,
    /// The bytes.
    pub pieces: LocalBoxStream<'a, Result<Vec<u8>, SourceError>>,
}

/// Why a source gave nothing (more).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The address cannot be used.
    #[error("{0}")]
    Address(String),
    /// Not reachable, or broken off.
    #[error("{0}")]
    Offline(String),
    /// The source has no such file.
    #[error("it has no {0}")]
    Missing(String),
}

/// A place that has a ledger's files.
pub trait Source {
    /// The file at `path`, from byte `from` on if the source can do that.
    ///
    /// # Errors
    /// The source cannot be reached or has no such file.
    fn get(&self, path: &str, from: u64) -> impl Future<Output = Result<Body<'_>, SourceError>>;
}

/// The source that an address names: a base address, or natively also a folder or `sample`.
///
/// # Errors
/// It is not an address.
pub fn at(url: &str) -> Result<Any, SourceError> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        if url == super::SAMPLE_SOURCE {
            return Ok(Any::Sample(Sample));
        }
        if std::path::Path::new(url).is_dir() {
            return Ok(Any::Folder(Folder::new(url.into())));
        }
    }
    Http::new(url).map(Any::Http)
}

/// A source of any kind.
#[derive(Debug)]
pub enum Any {
    /// A server.
    Http(Http),
    /// A folder.
    #[cfg(not(target_arch = "wasm32"))]
    Folder(Folder),
    /// The sample inside the app.
    #[cfg(not(target_arch = "wasm32"))]
    Sample(Sample),
}

impl Source for Any {
    async fn get(&self, path: &str, from: u64) -> Result<Body<'_>, SourceError> {
        match self {
            Self::Http(source) => source.get(path, from).await,
            #[cfg(not(target_arch = "wasm32"))]
            Self::Folder(source) => source.get(path, from).await,
            #[cfg(not(target_arch = "wasm32"))]
            Self::Sample(source) => source.get(path, from).await,
        }
    }
}

/// A body of one piece.
pub fn whole<'a>(bytes: Vec<u8>, from: u64) -> Body<'a> {
    let rest = usize::try_from(from).ok().and_then(|from| bytes.get(from..)).unwrap_or_default().to_vec();
    Body { from, length: Some(rest.len() as u64), pieces: futures_util::stream::iter([Ok(rest)]).boxed_local() }
}
