//! `ecosphere-node serve`.

use crate::{
    node::{
        NodeError,
        cli::{Outcome, ServeArgs},
        cluster::{JoinOptions, Member, Seat, join},
        cosigners::adopt,
        files::Files,
        folder::LedgerConfig,
        intake::Intake,
        lan,
        metrics::Metrics,
        sample::ORIGIN,
        sequencer::Sequencer,
        serve::{App, LedgerFiles, Phone, help_router, listen, router, serve as run, stop_on_signal},
    },
    passport::qr_out,
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

/// How long publishing may take when the node stops. With the time for open requests, a node ends within half a minute.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves until it is stopped. What it says when it listens is text or, with `json`, one JSON object.
///
/// # Errors
/// The ledger cannot be opened, or the address cannot be used.
pub fn serve(args: &ServeArgs, json: bool) -> Result<Outcome, NodeError> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| NodeError::Usage(format!("the server cannot start: {e}")))?;
    let served = runtime.block_on(start(args, json));
    // What still waits for others is not waited for.
    runtime.shutdown_background();
    served?;
    Ok(Outcome { text: String::new(), json: serde_json::json!({ "stopped": true }), yes: true })
}

async fn start(args: &ServeArgs, json: bool) -> Result<(), NodeError> {
    if let Some(web) = args.web.as_ref().filter(|w| !w.join("index.html").is_file()) {
        return Err(NodeError::Usage(format!("{} holds no web app (no index.html); build it with: cargo xtask run", web.display())));
    }
    match &args.data {
        Some(data) if !args.witness.is_empty() => adopt(data, &args.witness)?,
        _ => {}
    }
    let host = if args.lan { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { args.host };
    let writer = args.data.as_deref().map(|data| open(data, args)).transpose()?;
    let sample = writer.as_ref().is_none_or(|w| w.config.sample);
    if sample && !host.is_loopback() && !args.lan {
        return Err(NodeError::Usage(format!(
            "this ledger's keys are public (a sample): anyone could write to it, so it is not served on {host}. Leave out --host, or use --lan, which serves it read-only and says so"
        )));
    }
    let listener = listen(SocketAddr::new(host, args.port))?;
    let origin = writer.as_ref().map_or_else(|| ORIGIN.to_owned(), |w| w.config.origin.clone());
    let writable = !(sample && args.lan);
    let files = writer.as_ref().map_or_else(LedgerFiles::sample, |w| LedgerFiles::Store(w.files.clone()));
    let network = if args.lan { Some(Network::prepare(args)?) } else { None };
    let metrics = Arc::<Metrics>::default();
    let read_only = if writer.is_none() { READ_ONLY } else { READ_ONLY_LAN };
    let store = writer.as_ref().map(|w| w.seat.store());
    let intake = writer.filter(|_| writable).map(|w| Intake::start(w.seat, Arc::clone(&metrics))).transpose()?;
    let phone = network.as_ref().map(|n| n.phone.clone());
    let app = Arc::new(App { web: args.web.clone(), intake, store, metrics, read_only, phone, ..App::new(files, origin.clone(), sample) });
    let stop = Handle::new();
    let tls = match (&network, &args.tls) {
        (Some(n), _) => Some(tls_config(n.certificate.certificate.as_bytes(), n.certificate.key.as_bytes()).await?),
        (None, Some(files)) => Some(tls_from_files(files).await?),
        (None, None) => None,
    };
    let mut stops = vec![stop.clone()];
    if let Some(network) = &network {
        // A phone that does not trust the certificate yet cannot open HTTPS, so the page that helps it stands beside it on plain HTTP.
        let helper = Handle::new();
        stops.push(helper.clone());
        let listener = listen(SocketAddr::new(host, network.help_port))?;
        tokio::spawn(run(listener, None, help_router(Arc::clone(&app)), helper));
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let name = if args.lan || host.is_loopback() { "localhost".to_owned() } else { host.to_string() };
    let address = format!("{scheme}://{name}:{}/", args.port);
    if json {
        let phone = network.as_ref().map(|n| serde_json::json!({ "app": n.phone.app, "help": n.phone.page }));
        println!(
            "{}",
            serde_json::json!({ "address": address, "origin": origin, "sample": sample, "writable": app.intake.is_some(), "phone": phone })
        );
    } else {
        announce(&address, &origin, sample, network.as_ref());
    }
    tokio::spawn(stop_on_signal(stops));
    run(listener, tls, router(Arc::clone(&app)), stop).await?;
    // What was taken is published before the process ends, unless whoever it needs for that does not answer.
    if app.intake.is_some() {
        let stopping = tokio::task::spawn_blocking(move || app.intake.as_ref().map(Intake::stop));
        match tokio::time::timeout(PUBLISH_TIMEOUT, stopping).await {
            Ok(stopped) => drop(stopped.map_err(|e| NodeError::Data(e.to_string()))?),
            Err(_) => eprintln!("ecosphere-node: what was taken is durable but could not be published in time; the next start publishes it"),
        }
    }
    Ok(())
}

/// A ledger that this node may write to.
struct Writer {
    seat: Seat,
    config: LedgerConfig,
    files: Files,
}

fn open(data: &Path, args: &ServeArgs) -> Result<Writer, NodeError> {
    let batch_ms = i64::from(args.batch) * 1000;
    let (Some(store), Some(files)) = (&args.store, &args.files) else {
        let sequencer = match &args.files {
            Some(files) => Sequencer::open_with(data, Files::open(files)?, batch_ms)?,
            None => Sequencer::open(data, batch_ms)?,
        };
        let (config, files) = (sequencer.config().clone(), sequencer.files().clone());
        return Ok(Writer { seat: sequencer.into(), config, files });
    };
    let options = JoinOptions {
        store: store.clone(),
        files: files.clone(),
        allow_no_standby: args.allow_no_standby,
        adopt_published: args.adopt_published,
        published: args.published.clone(),
        lease: Duration::from_secs(args.lease.into()),
        batch_ms,
    };
    let (seat, Member { config, folder, .. }) = join(data, &options)?;
    Ok(Writer { seat, config, files: folder.files().clone() })
}

const READ_ONLY: &str = "this node serves the sample ledger built into it, which cannot be written to; start it with --data to write to a ledger";
const READ_ONLY_LAN: &str = "this ledger's keys are public, so nothing is written to it from a network; stop the node and start it without --lan";

/// What serving to the local network needs.
struct Network {
    certificate: lan::LanCertificate,
    phone: Phone,
    help_port: u16,
}

impl Network {
    fn prepare(args: &ServeArgs) -> Result<Self, NodeError> {
        let address = lan::local_address();
        let address =
            address.ok_or_else(|| NodeError::Usage("this computer is in no local network; connect it to the phone's Wi-Fi first".to_owned()))?;
        let folder = args.lan_dir.clone().map_or_else(lan::default_folder, Ok)?;
        let certificate = lan::certificate(&folder, &[address.to_string(), "localhost".to_owned(), "127.0.0.1".to_owned()])?;
        let help_port = args.port.checked_add(1).ok_or_else(|| NodeError::Usage("choose a port below 65535 with --port".to_owned()))?;
        let app = format!("https://{}/", SocketAddr::new(address, args.port));
        let page = format!("http://{}/lan", SocketAddr::new(address, help_port));
        let code = |text: &str| qr_out::svg(text).map_err(|e| NodeError::Usage(e.to_string()));
        let phone = Phone { ca: certificate.ca.clone(), app_qr: code(&app)?, ca_qr: code(&format!("{page}/ca.crt"))?, app, page };
        Ok(Self { certificate, phone, help_port })
    }
}

async fn tls_config(certificate: &[u8], key: &[u8]) -> Result<RustlsConfig, NodeError> {
    // Another part of the process may have chosen the provider already; there is only one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = RustlsConfig::from_pem(certificate.to_vec(), key.to_vec()).await;
    config.map_err(|e| NodeError::Usage(format!("the certificate and key do not fit together or are not PEM: {e}")))
}

async fn tls_from_files(files: &[std::path::PathBuf]) -> Result<RustlsConfig, NodeError> {
    let [certificate, key] = files else { return Err(NodeError::Usage("--tls takes a certificate and a key: --tls cert.pem,key.pem".to_owned())) };
    let read = |path: &Path| std::fs::read(path).map_err(NodeError::file(path));
    tls_config(&read(certificate)?, &read(key)?).await
}

fn announce(address: &str, origin: &str, sample: bool, network: Option<&Network>) {
    println!("EcoSphere node: {address}  ledger {origin}");
    if sample {
        println!("SAMPLE LEDGER: its keys are public, so nothing on it proves anything.");
    }
    if let Some(Network { phone, .. }) = network {
        println!("On a phone in the same network, first trust this computer: {}", phone.page);
        println!("then open the app:                                          {}", phone.app);
        println!("{}", lan::terminal_code(&phone.page));
    }
}
