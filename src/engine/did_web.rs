//! Reading a `did:web` document: the one request of a device that says what a person is looking at. So it is made only where the person asks for
//! it by name, for one credential, while online; nothing in the engine's own requests leads here.

use crate::passport::{DidWeb, DidWebError, MAX_DID_DOCUMENT, Resolved};
use futures_util::stream::StreamExt as _;
use std::time::Duration;

/// How long a server may take for all of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a `did:web` could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The server cannot be reached, or does not give the document.
    #[error("{url} could not be read: {why}. Check the network, or ask the issuer for a credential signed with a did:key")]
    Unreachable {
        /// Where the document should lie.
        url: String,
        /// What happened.
        why: String,
    },
    /// The document.
    #[error(transparent)]
    Document(#[from] DidWebError),
}

/// Fetches and reads the document of a `did:web`. Redirects are not followed: the address is the identity.
///
/// # Errors
/// The server cannot be reached, or what it gives is not the document.
pub async fn resolve(did: &DidWeb) -> Result<Resolved, ResolveError> {
    let url = did.url();
    let failed = |why: String| ResolveError::Unreachable { url: url.to_owned(), why };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).user_agent("EcoSphere").build();
    let client = client.map_err(|e| failed(e.to_string()))?;
    let answer = client.get(url).send().await.map_err(|e| failed(e.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(failed(format!("the server answered {}", answer.status())));
    }
    let (mut bytes, mut pieces) = (Vec::new(), answer.bytes_stream());
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.map_err(|e| failed(e.without_url().to_string()))?);
        if bytes.len() > MAX_DID_DOCUMENT {
            return Err(failed("it is too long for a DID document".to_owned()));
        }
    }
    Ok(did.read(&bytes)?)
}
