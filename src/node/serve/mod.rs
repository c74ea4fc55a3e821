//! HTTP: the ledger as static files, the web app beside it, and the door for statements.
//!
//! | path | what | caching |
//! |---|---|---|
//! | `/ledger/checkpoint` | the only file that changes | never stored |
//! | `/ledger/status-list.jwt` | every passport's status, signed by the log (IETF Status List Token) | asked again each time |
//! | `/ledger/…` | tiles, bundles, packs; byte ranges, so that a sync resumes | immutable, a year |
//! | `/body/<sha256>` | what statements name by digest | immutable, a year |
//! | `POST /statements` | one statement or many, with their bodies: verified, folded, sequenced; answered once durable | never stored |
//! | `/statements/<id>` | where a statement stands: pending, logged with its proof, or rejected with why | never stored |
//! | `/state/<kind>/<id>` | what the state says, proven against the last `BatchClose` | never stored |
//! | `/health`, `/metrics`, `/openapi.json` | what this node serves, what it counted (Prometheus), what it understands (OpenAPI 3.1) | never stored |
//! | `/lan`, `/lan/ca.crt` | how a phone comes to trust this node's certificate | never stored |
//! | anything else | the web app; an unknown path without a dot is a page of the app | asked again each time |

mod app;
mod files;
mod ledger;
mod phone;
mod proof;
mod statements;
mod web;

pub use app::{App, ROOM_KIB, help_router, router};
pub use files::{LedgerFiles, inside};
pub use phone::Phone;

use super::NodeError;
use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long open requests may take to finish when the node stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Takes an address, or says in plain words why it cannot.
///
/// # Errors
/// The address is taken, or may not be used.
pub fn listen(address: SocketAddr) -> Result<TcpListener, NodeError> {
    let listener = TcpListener::bind(address).map_err(|e| {
        NodeError::Usage(match e.kind() {
            std::io::ErrorKind::AddrInUse => {
                let next = address.port().saturating_add(1);
                format!("port {} is taken by another program; stop that one, or choose another port with --port {next}", address.port())
            }
            std::io::ErrorKind::PermissionDenied => format!("the system does not allow port {}; choose one above 1023 with --port", address.port()),
            _ => format!("{address} cannot be used ({e}); choose another with --host and --port"),
        })
    })?;
    listener.set_nonblocking(true).map_err(|e| NodeError::Usage(e.to_string()))?;
    Ok(listener)
}

/// Serves until `stop` is asked to shut down, then lets open requests finish.
///
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, tls: Option<RustlsConfig>, router: Router, stop: Handle<SocketAddr>) -> Result<(), NodeError> {
    let failed = |e: std::io::Error| NodeError::Usage(format!("the server stopped: {e}"));
    let service = router.into_make_service();
    match tls {
        Some(config) => {
            let mut server = axum_server::from_tcp_rustls(listener, config).map_err(failed)?.handle(stop);
            server.http_builder().http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
            server.serve(service).await.map_err(failed)
        }
        None => {
            let mut server = axum_server::from_tcp(listener).map_err(failed)?.handle(stop);
            server.http_builder().http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
            server.serve(service).await.map_err(failed)
        }
    }
}

/// Stops the handles when the process is asked to end (Ctrl-C, or SIGTERM where there is such a thing).
pub async fn stop_on_signal(handles: Vec<Handle<SocketAddr>>) {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
    for handle in handles {
        handle.graceful_shutdown(Some(STOP_TIMEOUT));
    }
}

#[cfg(test)]
mod tests;
