//! The group `node`: from a signed statement to a durable answer, on all cores, the load generator included. Log only (signatures checked, no
//! fold) and with the full fold and root; in process and over HTTP; and how the cost grows with the ledger, up to 10^6 entries
//! (`ECOSPHERE_BENCH_MAX` lowers that).

#[path = "measure.rs"]
mod measure;

use ecosphere::{
    log::LogWriter,
    measure::Millis,
    node::{
        check::{Submission, check},
        folder::LedgerConfig,
        intake::{Answer, Intake},
        metrics::Metrics,
        sequencer::{Sequencer, now},
        serve::{App, LedgerFiles, listen, router, serve},
        store::{Pending, SqliteStore, Store as _},
    },
    statement::{self, Body, Draft, Registration, Role, SigningKey},
};
use measure::print;
use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const ORIGIN: &str = "example.org/bench";
/// Statements in one request, and in one call of a sender.
const TOGETHER: usize = 250;
/// Statements that are timed at once.
const RUN: u64 = 20_000;
/// Requests that are under way at the same time.
const SENDERS: usize = 6;

/// Actors that introduce themselves, signed by all cores before the clock runs: devices sign, not the node.
fn introductions(from: u64, count: u64) -> Vec<Vec<u8>> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let share = count.div_ceil(cores);
    let sign = |number: u64| {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        let body = Body::RegisterActor(Registration { name: format!("Actor {number}"), role: Role::Supplier, fictional: true });
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce, expires: Millis(now().0 + Millis::DAY), body };
        statement::sign(&draft, now(), &SigningKey::from_seed(&seed), &[]).expect("a statement of our own making can be signed")
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..cores).map(|c| (from + c * share)..(from + count.min((c + 1) * share))).collect();
        let threads: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || part.map(sign).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|t| t.join().expect("signing does not panic")).collect()
    })
}

fn open(folder: &Path, batch_ms: i64) -> Sequencer {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![SigningKey::from_seed(&[1; 32]).did()], sample: false };
    drop(Sequencer::create(folder, config, &[3; 32]).expect("a new ledger can be made"));
    Sequencer::open(folder, batch_ms).expect("it can be opened again")
}

fn submissions(statements: Vec<Vec<u8>>) -> Vec<Submission> {
    statements.into_iter().map(|statement| Submission { statement, bodies: Vec::new() }).collect()
}

fn goal(name: &str, statements: u64, took: Duration, least: f64) {
    let rate = statements as f64 / took.as_secs_f64();
    print(name, "1/s", rate, None, &format!(">= {least} 1/s"), rate >= least);
}

/// Signatures checked by all cores, leaves hashed, rows durable in groups: everything but the fold.
fn log_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let sequencer = open(folder.path(), 0);
    let (bodies, store) = (sequencer.bodies(), SqliteStore::open(&folder.path().join("log.db")).expect("a database"));
    let lease = store.lead("", Duration::MAX).expect("a lease").expect("nobody else has it");
    let all = submissions(introductions(0, RUN));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let started = Instant::now();
    let (give, take) = std::sync::mpsc::sync_channel(64);
    std::thread::scope(|scope| {
        for part in all.chunks(all.len().div_ceil(cores)) {
            let (give, bodies) = (give.clone(), &bodies);
            scope.spawn(move || {
                for group in part.chunks(TOGETHER) {
                    let checked: Vec<_> = group.iter().map(|s| check(s.clone(), bodies).expect("it holds")).collect();
                    give.send(checked).expect("the writer listens");
                }
            });
        }
        drop(give);
        let mut log = LogWriter::new();
        while let Ok(first) = take.recv() {
            // What came in while the last transaction was written goes into the next one.
            let group: Vec<_> = std::iter::once(first).chain(take.try_iter()).flatten().collect();
            let row = |c: ecosphere::node::check::Checked| {
                let leaf = log.append(c.entry.clone()).expect("it fits");
                Pending { leaf, id: c.statement.id, batch_time: Millis(1), entry: c.entry }
            };
            let rows: Vec<_> = group.into_iter().map(row).collect();
            store.settle(lease, &rows, &[], now()).expect("it is durable");
        }
        assert_eq!(log.size(), RUN, "every one is taken");
    });
    goal("submit to durable, log only (SQLite, in process)", RUN, started.elapsed(), 10_000.0);
}

fn taken(answers: Vec<Answer>) -> usize {
    answers.iter().filter(|a| matches!(a, Answer::Taken(r) if !r.again)).count()
}

/// Sends what there is through an intake, several at a time, and waits for every answer.
async fn send(intake: &Arc<Intake>, statements: Vec<Vec<u8>>) -> usize {
    let (mut parts, mut rest) = (vec![Vec::new(); SENDERS], submissions(statements).into_iter());
    let mut turn = 0;
    loop {
        let next: Vec<_> = rest.by_ref().take(TOGETHER).collect();
        if next.is_empty() {
            break;
        }
        parts[turn % SENDERS].push(next);
        turn += 1;
    }
    let senders: Vec<_> = parts
        .into_iter()
        .map(|part| {
            let intake = Arc::clone(intake);
            tokio::spawn(async move {
                let mut count = 0;
                for group in part {
                    count += taken(intake.offer(group).await.expect("there is room"));
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for sender in senders {
        count += sender.await.expect("a sender does not panic");
    }
    count
}

/// The node as it runs, growing; every statement is folded, and batches close and publish while more come in.
async fn full(most: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let intake = Arc::new(Intake::start(open(folder.path(), 10_000), Arc::default()).expect("threads"));
    let mut size = 0;
    for decade in [1_000, 10_000, 100_000, 1_000_000] {
        if decade > most {
            break;
        }
        // The last part of each decade is timed.
        while size < decade {
            let count = (decade - size).min(RUN);
            let statements = introductions(size, count);
            let started = Instant::now();
            assert_eq!(send(&intake, statements).await as u64, count, "every one is taken");
            size += count;
            if size == decade {
                goal(&format!("submit to durable, full fold, at {decade} entries"), count, started.elapsed(), 5_000.0);
            }
        }
    }
    if let Some(kib) = resident() {
        let megabytes = kib as f64 / 1024.0;
        print(&format!("memory at {size} entries, load generator included"), "MB", megabytes, None, "<= 300 MB", megabytes <= 300.0);
    }
    let stopping = Arc::clone(&intake);
    let started = Instant::now();
    tokio::task::spawn_blocking(move || stopping.stop()).await.expect("it stops");
    print(
        &format!("close a batch, root and publication included, at {size} entries"),
        "s",
        started.elapsed().as_secs_f64(),
        None,
        "<= 10 s",
        started.elapsed().as_secs() < 10,
    );
}

/// The same through HTTP on loopback, by a client on the same cores.
async fn over_http() {
    let folder = tempfile::tempdir().expect("a folder");
    let sequencer = open(folder.path(), 10_000);
    let (metrics, store) = (Arc::<Metrics>::default(), sequencer.store());
    let mut app = App::new(LedgerFiles::Store(sequencer.files().clone()), ORIGIN.to_owned(), false);
    let intake = Intake::start(sequencer, Arc::clone(&metrics)).expect("threads");
    (app.intake, app.store, app.metrics) = (Some(intake), Some(store), metrics);
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let url = format!("http://{}/statements", listener.local_addr().expect("an address"));
    let stop = axum_server::Handle::new();
    let app = Arc::new(app);
    let server = tokio::spawn(serve(listener, None, router(Arc::clone(&app)), stop.clone()));
    let mut requests = vec![Vec::new(); SENDERS];
    for (n, group) in introductions(0, RUN).chunks(TOGETHER).enumerate() {
        let items: Vec<_> = group.iter().map(|s| format!("{{\"statement\":{}}}", String::from_utf8_lossy(s))).collect();
        requests[n % SENDERS].push(format!("{{\"statements\":[{}]}}", items.join(",")));
    }
    let client = reqwest::Client::new();
    let started = Instant::now();
    let senders: Vec<_> = requests
        .into_iter()
        .map(|bodies| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move {
                let mut count = 0;
                for body in bodies {
                    let answer = client.post(&url).body(body).send().await.expect("an answer").text().await.expect("text");
                    count += answer.matches("\"pending\"").count();
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for sender in senders {
        count += sender.await.expect("a sender does not panic");
    }
    let took = started.elapsed();
    assert_eq!(count as u64, RUN, "every one is taken");
    goal(&format!("submit to durable, full fold, over HTTP, {TOGETHER} a request"), RUN, took, 5_000.0);
    stop.shutdown();
    let _ = server.await;
    tokio::task::spawn_blocking(move || app.intake.as_ref().map(Intake::stop)).await.expect("it stops");
}

/// Memory in use, in KiB, where the system says so.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB").parse().ok()
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let most = std::env::var("ECOSPHERE_BENCH_MAX").ok().and_then(|m| m.parse().ok()).unwrap_or(1_000_000);
    log_only();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(over_http());
    runtime.block_on(full(most));
}
