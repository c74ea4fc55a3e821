//! From a signed statement to a durable answer, on all cores, the load generator included. Log only (signatures checked, no fold) and with the
//! full fold and root; SQLite beside PostgreSQL; in process and over HTTP; how the cost grows with the ledger; and the memory of a node that is
//! a process of its own.

#[path = "../tests/postgres/cluster.rs"]
mod cluster;
#[path = "transfers.rs"]
mod transfers;

use super::measure::print;
use cluster::Cluster;
use ecosphere::{
    log::LogWriter,
    measure::Millis,
    node::{
        check::{Checked, Submission, check},
        cluster::{JoinOptions, join},
        folder::{Bodies, LedgerConfig},
        intake::{Answer, Intake},
        metrics::Metrics,
        sequencer::{Sequencer, now},
        serve::{App, LedgerFiles, listen, router, serve},
        store::{Lease, Pending, PostgresStore, SqliteStore, Store},
    },
    passport::SubjectForm,
    provenance::{CategoryName, Record, Source},
    statement::{self, Accreditation, Body, Draft, PassportIssue, Registration, Role, SigningKey, SubjectKind, json},
};
use sha2::{Digest as _, Sha256};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
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
/// How long a node may take to publish what it took.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// The lines of its metrics that say how much is published, and how much there is.
const PUBLISHED: &str = "ecosphere_published_size ";
const LOGGED: &str = "ecosphere_log_size ";
/// Set in a child process that only is a node, so that its memory can be measured: where its ledger lies.
const CHILD: &str = "ECOSPHERE_BENCH_NODE";

/// The registrar of every ledger here.
const REGISTRAR: [u8; 32] = [1; 32];
/// Whoever records products.
const STEWARD: [u8; 32] = [2; 32];

fn signed(number: u64, body: Body, seed: &[u8; 32]) -> Vec<u8> {
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce, expires: Millis(now().0 + Millis::DAY), body };
    statement::sign(&draft, now(), &SigningKey::from_seed(seed), &[]).expect("a statement of our own making can be signed")
}

/// Made by all cores before the clock runs: devices sign, not the node.
fn made<T: Send>(from: u64, count: u64, make: impl Fn(u64) -> T + Copy + Send) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let share = count.div_ceil(cores);
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..cores).map(|c| (from + c * share)..(from + count.min((c + 1) * share))).collect();
        let threads: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || part.map(make).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|t| t.join().expect("signing does not panic")).collect()
    })
}

/// Actors that introduce themselves.
fn introductions(from: u64, count: u64) -> Vec<Vec<u8>> {
    made(from, count, |number| {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        signed(number, Body::RegisterActor(Registration { name: format!("Actor {number}"), role: Role::Supplier, fictional: true }), &seed)
    })
}

/// Products that a steward records, each with its credential.
fn products(from: u64, count: u64) -> Vec<Submission> {
    made(from, count, |number| {
        let steward = SigningKey::from_seed(&STEWARD);
        let record = Record {
            kind: SubjectKind::Product,
            id: format!("(01){}", gtin(number)),
            name: format!("Peeled tomatoes number {number}"),
            brand: format!("Brand {}", number % 500),
            owner: None,
            categories: vec![CategoryName { id: "en:tomatoes".into(), name: "Tomatoes".into() }],
            quantity: "400 g".into(),
            about: String::new(),
            place: String::new(),
            languages: Vec::new(),
            claims: Vec::new(),
            certifier: None,
            source: Source { name: "A bench".into(), url: "https://example.org/".into(), licence: "CC0-1.0".into(), attribution: "nobody".into() },
            form: SubjectForm::Record,
            making: None,
            fictional: true,
        };
        let credential = statement::add_proof(&record.to_credential(&steward.did(), "Steward", now(), None), &steward, now());
        let body = json::canonical(&credential.expect("a document of our own making can be signed")).expect("it has a canonical form");
        let issue = PassportIssue { kind: record.kind, subject: record.id, digest: Sha256::digest(&body).into(), valid_until: None };
        Submission { statement: signed(number, Body::IssuePassport(issue), &STEWARD), bodies: vec![body] }
    })
}

fn gtin(number: u64) -> String {
    let digits = format!("{:013}", 2_000_000_000_000 + number);
    let sum: u32 = digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Makes the steward one.
fn accredited() -> Vec<Submission> {
    let who = |name: &str, role| Body::RegisterActor(Registration { name: name.to_owned(), role, fictional: true });
    let vouch = Body::Accredit(Accreditation { subject: SigningKey::from_seed(&STEWARD).did(), role: Role::DataSteward });
    let all = [(who("Registrar", Role::Registrar), REGISTRAR), (who("Steward", Role::DataSteward), STEWARD), (vouch, REGISTRAR)];
    submissions((u64::MAX - 3..).zip(all).map(|(number, (body, seed))| signed(number, body, &seed)).collect())
}

fn open(folder: &Path, batch_ms: i64) -> Sequencer {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![SigningKey::from_seed(&REGISTRAR).did()], sample: false };
    drop(Sequencer::create(folder, config, &[3; 32]).expect("a new ledger can be made"));
    Sequencer::open(folder, batch_ms).expect("it can be opened again")
}

fn submissions(statements: Vec<Vec<u8>>) -> Vec<Submission> {
    statements.into_iter().map(|statement| Submission { statement, bodies: Vec::new() }).collect()
}

fn actors(from: u64, count: u64) -> Vec<Submission> {
    submissions(introductions(from, count))
}

fn goal(name: &str, statements: u64, took: Duration, least: f64) {
    let rate = statements as f64 / took.as_secs_f64();
    print(name, "1/s", rate, None, &format!(">= {least} 1/s"), rate >= least);
}

/// PostgreSQL's rate beside SQLite's of the same run: at least half of it.
fn beside(name: &str, postgres: f64, sqlite: f64) {
    print(name, "1/s", postgres, Some(("SQLite", sqlite)), "ratio >= 0.5", postgres * 2.0 >= sqlite);
}

/// A ledger in a database of PostgreSQL. It has no standby here: that would need a second machine to mean something.
fn options(folder: &Path, url: String) -> JoinOptions {
    drop(open(folder, 0));
    JoinOptions {
        store: url,
        files: folder.display().to_string(),
        allow_no_standby: true,
        adopt_published: true,
        published: None,
        lease: Duration::from_secs(30),
        batch_ms: 10_000,
    }
}

/// Signatures checked by all cores, leaves hashed, rows durable in groups: everything but the fold. Statements a second.
fn sequence(store: &dyn Store, lease: Lease, bodies: &Bodies) -> f64 {
    let all = submissions(introductions(0, RUN));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let started = Instant::now();
    let (give, take) = std::sync::mpsc::sync_channel(64);
    std::thread::scope(|scope| {
        for part in all.chunks(all.len().div_ceil(cores)) {
            let give = give.clone();
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
            let row = |c: Checked| {
                let leaf = log.append(c.entry.clone()).expect("it fits");
                Pending { leaf, id: c.statement.id, batch_time: Millis(1), entry: c.entry }
            };
            let rows: Vec<_> = group.into_iter().map(row).collect();
            store.settle(lease, &rows, &[], now()).expect("it is durable");
        }
        assert_eq!(log.size(), RUN, "every one is taken");
    });
    RUN as f64 / started.elapsed().as_secs_f64()
}

/// Everything but the fold, on SQLite and on PostgreSQL.
fn log_only(cluster: &Cluster) {
    let folder = tempfile::tempdir().expect("a folder");
    let bodies = open(folder.path(), 0).bodies();
    let lead = |store: &dyn Store| store.lead("bench", Duration::from_secs(600)).expect("a lease").expect("nobody else has it");
    let sqlite = SqliteStore::open(&folder.path().join("log.db")).expect("a database");
    let sqlite = sequence(&sqlite, lead(&sqlite), &bodies);
    print("submit to durable, log only (SQLite, in process)", "1/s", sqlite, None, ">= 10000 1/s", sqlite >= 10_000.0);
    let postgres = PostgresStore::open(&cluster.database("log"), ORIGIN).expect("a database");
    let postgres = sequence(&postgres, lead(&postgres), &bodies);
    beside("submit to durable, log only (PostgreSQL, no standby)", postgres, sqlite);
}

/// The node as it runs on each store, with the full fold.
async fn both_stores(cluster: &Cluster) {
    let statements = introductions(0, RUN);
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let url = cluster.database("node");
    let [alone, shared] = &folders;
    let options = options(shared.path(), url);
    let (seat, _) = join(shared.path(), &options).expect("it joins");
    let mut rates = Vec::new();
    for seat in [open(alone.path(), 10_000).into(), seat] {
        let intake = Arc::new(Intake::start(seat, Arc::default()).expect("threads"));
        // Who shares a ledger sequences it once it has the lease.
        while intake.ask(|_| ()).await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let started = Instant::now();
        assert_eq!(send(&intake, statements.clone()).await as u64, RUN, "every one is taken");
        rates.push(RUN as f64 / started.elapsed().as_secs_f64());
        tokio::task::spawn_blocking(move || intake.stop()).await.expect("it stops");
    }
    if let [sqlite, postgres] = rates.as_slice() {
        beside("submit to durable, full fold (PostgreSQL, no standby)", *postgres, *sqlite);
    }
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

/// A node as a process of its own, over HTTP on loopback: how fast it takes statements, and its memory once it holds so many entries. Its
/// ledger holds actors alone, of which each costs the state most, or products of one steward, of which the node makes packs.
async fn apart(most: u64, what: &str, first: Vec<Submission>, make: impl Fn(u64, u64) -> Vec<Submission>, memory_too: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let this = std::env::current_exe().expect("this program");
    let mut child = Command::new(this).env(CHILD, folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a child process");
    let mut said = BufReader::new(child.stdout.take().expect("its output")).lines();
    let url = format!("http://{}/statements", said.next().expect("a line").expect("text"));
    let client = reqwest::Client::new();
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let item =
        |s: &Submission| format!("{{\"statement\":{},\"bodies\":[{}]}}", text(&s.statement), s.bodies.iter().map(text).collect::<Vec<_>>().join(","));
    let request = |group: &[Submission]| format!("{{\"statements\":[{}]}}", group.iter().map(item).collect::<Vec<_>>().join(","));
    for one in &first {
        assert_eq!(post(client.clone(), url.clone(), vec![request(std::slice::from_ref(one))]).await, 1, "it is taken");
    }
    let (mut size, mut took) = (0, Duration::ZERO);
    while size < most {
        let count = (most - size).min(RUN);
        let mut requests = vec![Vec::new(); SENDERS];
        for (n, group) in make(size, count).chunks(TOGETHER).enumerate() {
            requests[n % SENDERS].push(request(group));
        }
        let started = Instant::now();
        let senders: Vec<_> = requests.into_iter().map(|bodies| tokio::spawn(post(client.clone(), url.clone(), bodies))).collect();
        let mut answered = 0;
        for sender in senders {
            answered += sender.await.expect("a sender does not panic");
        }
        took = started.elapsed();
        assert_eq!(answered as u64, count, "every one is taken");
        size += count;
    }
    goal(&format!("submit to durable, full fold, over HTTP, {TOGETHER} a request, at {size} {what}"), most.min(RUN), took, 5_000.0);
    if memory_too {
        let memory = |when: &str| {
            for (line, name) in [("VmRSS:", "memory"), ("VmHWM:", "peak memory")] {
                let megabytes = status(child.id(), line).unwrap_or(f64::MAX) / 1024.0;
                print(&format!("{name} of a node at {size} {what}{when}"), "MB", megabytes, None, "<= 300 MB", megabytes <= 300.0);
            }
        };
        memory("");
        // What it needs to close and publish all of it.
        let (began, metrics) = (Instant::now(), url.replace("/statements", "/metrics"));
        while began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let text = client.get(&metrics).send().await.expect("an answer").text().await.expect("text");
            let value = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)?.trim().parse::<u64>().ok());
            if value(PUBLISHED) == value(LOGGED) {
                memory(&format!(", all of them published {} s later", began.elapsed().as_secs()));
                break;
            }
        }
    }
    drop(child.stdin.take());
    child.wait().expect("it ends");
}

async fn post(client: reqwest::Client, url: String, bodies: Vec<String>) -> usize {
    let mut count = 0;
    for body in bodies {
        let answer = client.post(&url).body(body).send().await.expect("an answer").text().await.expect("text");
        count += answer.matches("\"pending\"").count();
    }
    count
}

/// A child's work, when this process is one: serves a new ledger until its input ends.
pub fn child() -> bool {
    let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else { return false };
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Runtime::new().expect("threads").block_on(async {
        let sequencer = open(&folder, 10_000);
        let (metrics, store) = (Arc::<Metrics>::default(), sequencer.store());
        let mut app = App::new(LedgerFiles::Store(sequencer.files().clone()), ORIGIN.to_owned(), false);
        let intake = Intake::start(sequencer, Arc::clone(&metrics)).expect("threads");
        (app.intake, app.store, app.metrics) = (Some(intake), Some(store), metrics);
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        std::io::stdout().flush().expect("an output");
        let server = tokio::spawn(serve(listener, None, router(Arc::new(app)), axum_server::Handle::new()));
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await;
        drop((ended, server));
        // What is measured is measured; nobody needs the rest of this ledger.
        std::process::exit(0);
    })
}

/// A line of a process's status, in KiB, where the system gives one.
fn status(process: u32, what: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|l| l.strip_prefix(what))?.trim().trim_end_matches(" kB").parse().ok()
}

/// All measures of this file, up to a ledger of so many entries. A node's memory is measured only where this program has the node's allocator.
pub fn all(most: u64, memory: bool) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    if std::env::var_os("ECOSPHERE_BENCH_MEMORY").is_some() {
        let runtime = tokio::runtime::Runtime::new().expect("threads");
        return match std::env::var("ECOSPHERE_BENCH_MEMORY").as_deref() {
            Ok("products") => runtime.block_on(apart(most, "products", accredited(), products, true)),
            _ => runtime.block_on(apart(most, "actors", Vec::new(), actors, true)),
        };
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    // Alone with `ECOSPHERE_BENCH_TRANSFERS=1`.
    runtime.block_on(transfers::transfers());
    if std::env::var_os("ECOSPHERE_BENCH_TRANSFERS").is_some() {
        return;
    }
    let cluster = Cluster::start();
    log_only(&cluster);
    runtime.block_on(both_stores(&cluster));
    drop(cluster);
    runtime.block_on(full(most));
    runtime.block_on(apart(most, "actors", Vec::new(), actors, memory));
}
