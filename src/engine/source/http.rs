//! A ledger served over HTTP.

use super::{Body, Source, SourceError};
use crate::engine::clock;
use futures_util::stream::StreamExt as _;
use reqwest::{StatusCode, header};
use std::time::Duration;

/// A server must begin to answer, and go on, within this time. In a browser the browser sees to that.
#[cfg(not(target_arch = "wasm32"))]
const ANSWER: Duration = Duration::from_secs(20);
/// And give the whole of a file within this time; what came until then is kept for the next try.
const WHOLE: Duration = Duration::from_secs(300);
/// And all files of a sync within this time.
const ALL: Duration = Duration::from_secs(3600);

/// A ledger served over HTTP below a base address.
#[derive(Debug)]
pub struct Http {
    base: String,
    client: reqwest::Client,
    whole: Duration,
    /// When to give up altogether, in milliseconds of the device's clock: a server that sends a byte now and then must not hold a sync for ever.
    until: i64,
}

impl Http {
    /// A ledger below `base`, e.g. `http://localhost:8080/ledger/`.
    ///
    /// # Errors
    /// The address is not an http or https address.
    pub fn new(base: &str) -> Result<Self, SourceError> {
        Self::patient(base, WHOLE, ALL)
    }

    /// As [`Http::new`], with the time that one file and all files together may take.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn patient(base: &str, whole: Duration, all: Duration) -> Result<Self, SourceError> {
        let url = reqwest::Url::parse(base)
            .ok()
            .filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host())
            .ok_or_else(|| SourceError::Address(format!("\"{base}\" is not a ledger's address; it should look like https://example.org/ledger/")))?;
        let mut base = url.as_str().split(['?', '#']).next().unwrap_or_default().to_owned();
        if !base.ends_with('/') {
            base.push('/');
        }
        let until = clock().0.saturating_add(i64::try_from(all.as_millis()).unwrap_or(i64::MAX));
        Ok(Self { base, client: client()?, whole, until })
    }
}

/// The one file that changes is asked for past any cache.
#[cfg(target_arch = "wasm32")]
fn fresh(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.fetch_cache_no_store()
}

/// The one file that changes is asked for past any cache.
#[cfg(not(target_arch = "wasm32"))]
fn fresh(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.header(header::CACHE_CONTROL, "no-cache")
}

#[cfg(target_arch = "wasm32")]
fn client() -> Result<reqwest::Client, SourceError> {
    // The browser brings its own limits on connecting; each request below has a time-out.
    Ok(reqwest::Client::new())
}

#[cfg(not(target_arch = "wasm32"))]
fn client() -> Result<reqwest::Client, SourceError> {
    #[cfg(feature = "device")]
    {
        // Another part of the program may have chosen the provider already; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    reqwest::Client::builder()
        .connect_timeout(ANSWER)
        .read_timeout(ANSWER)
        .redirect(reqwest::redirect::Policy::limited(3))
        .user_agent("EcoSphere")
        .build()
        .map_err(|e| SourceError::Offline(reason(&e)))
}

impl Source for Http {
    async fn get(&self, path: &str, from: u64) -> Result<Body<'_>, SourceError> {
        let left = u64::try_from(self.until.saturating_sub(clock().0)).unwrap_or(0);
        if left == 0 {
            return Err(SourceError::Offline("it sends too slowly; what came is kept and the next try goes on from there".into()));
        }
        let mut request = self.client.get(format!("{}{path}", self.base)).timeout(self.whole.min(Duration::from_millis(left)));
        if path == "checkpoint" {
            request = fresh(request);
        }
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let response = request.send().await.map_err(|e| SourceError::Offline(reason(&e)))?;
        let from = match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                range_start(&response).ok_or_else(|| SourceError::Offline("the server answered a range that was not asked for".into()))?
            }
            StatusCode::RANGE_NOT_SATISFIABLE => return Ok(super::whole(Vec::new(), from)),
            StatusCode::NOT_FOUND => return Err(SourceError::Missing(path.to_owned())),
            status if status.is_success() => 0,
            status => return Err(SourceError::Offline(format!("the server answered {status}"))),
        };
        // A compressed transfer has a length of its own; what matters then is what comes out, which the caller bounds.
        let length = if response.headers().contains_key(header::CONTENT_ENCODING) { None } else { response.content_length() };
        let pieces = response.bytes_stream().map(|piece| piece.map(|b| b.to_vec()).map_err(|e| SourceError::Offline(reason(&e)))).boxed_local();
        Ok(Body { from, length, pieces })
    }
}

/// The first byte's offset in `Content-Range: bytes 100-199/200`.
fn range_start(response: &reqwest::Response) -> Option<u64> {
    let text = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    text.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

/// The innermost reason: "connection refused" rather than "error sending request". Never the address, which says nothing new.
fn reason(e: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = e;
    while let Some(next) = inner.source() {
        inner = next;
    }
    let text = inner.to_string();
    text.split(" for url").next().unwrap_or_default().to_owned()
}
