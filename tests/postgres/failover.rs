//! Two nodes on one PostgreSQL, a load on both, and everything killed in turn: what was acknowledged is in the log once, and the log holds.

use crate::cluster::Cluster;
use ecosphere::{
    log::{Checkpoint, LogKey, bundle_path, read_bundle},
    measure::Millis,
    node::sequencer::now,
    statement::{self, Body, Digest, Draft, Registration, Role, SigningKey},
};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const ORIGIN: &str = "example.org/shared";
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    command.args(args).stdin(Stdio::null());
    command
}

fn answer(args: &[&str]) -> Value {
    let output = command(&[&["--json"], args].concat()).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn actor(n: u32) -> SigningKey {
    let mut seed = [1; 32];
    seed[..4].copy_from_slice(&n.to_be_bytes());
    SigningKey::from_seed(&seed)
}

/// A statement that stands for itself: a new actor registers.
pub fn registration(origin: &str, n: u32) -> (Digest, Vec<u8>) {
    let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true });
    let draft = Draft { ledger: origin.to_owned(), nonce: [7; 16], expires: Millis(now().0 + Millis::DAY), body };
    let entry = statement::sign(&draft, now(), &actor(n), &[]).unwrap();
    (statement::verify(&entry).unwrap().id, entry)
}

/// A node as its operator runs it.
struct Node {
    root: PathBuf,
    args: Vec<String>,
    port: u16,
    child: Mutex<Option<Child>>,
}

impl Node {
    fn new(root: PathBuf, store: &str, files: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let words = ["serve", "--batch", "1", "--lease", "2", "--allow-no-standby", "--store", store, "--files"];
        let mut args: Vec<String> = words.into_iter().map(str::to_owned).collect();
        args.extend([files.display().to_string(), "--data".to_owned(), root.display().to_string(), "--port".to_owned(), port.to_string()]);
        Self { root, args, port, child: Mutex::new(None) }
    }

    fn start(&self) {
        let log = File::options().create(true).append(true).open(self.root.join("log.txt")).unwrap();
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let child = command(&args).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        *self.child.lock().unwrap() = Some(child);
    }

    fn pid(&self) -> u32 {
        self.child.lock().unwrap().as_ref().map_or(0, Child::id)
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// SIGKILL: no last word.
    fn kill(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.root.join("log.txt")).unwrap_or_default()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn wait_for(what: &str, nodes: &[Arc<Node>], mut holds: impl FnMut() -> bool) {
    wait_until(what, nodes, || holds().then_some(()));
}

/// The first answer there is: asking again could find a lease that lapsed in between.
fn wait_until<T>(what: &str, nodes: &[Arc<Node>], mut answer: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        let logs = || nodes.iter().map(|n| n.log()).collect::<Vec<_>>().join("\n--\n");
        assert!(started.elapsed() < PATIENCE, "{what} did not happen\n{}", logs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What the load generator was told.
#[derive(Default)]
struct Told {
    /// Acknowledged, and by which node.
    acknowledged: Mutex<BTreeMap<Digest, usize>>,
    /// Neither a yes nor a try-again.
    surprises: Mutex<Vec<String>>,
    next: AtomicU32,
    stop: AtomicBool,
    /// How long each sender rests between two statements.
    rest: Duration,
}

/// Sends one statement after the other, to the nodes in turn; again, to the next node, until one acknowledges it.
async fn load(told: Arc<Told>, nodes: Vec<Arc<Node>>, first: usize) {
    let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    while !told.stop.load(Ordering::Acquire) {
        let (id, entry) = registration(ORIGIN, told.next.fetch_add(1, Ordering::AcqRel));
        let body = [br#"{"statement":"#, entry.as_slice(), b"}"].concat();
        for at in first..first + 600 {
            let node = &nodes[at % nodes.len()];
            match client.post(node.url("/statements")).header("content-type", "application/json").body(body.clone()).send().await {
                Ok(said) if matches!(said.status().as_u16(), 200 | 202) => {
                    told.acknowledged.lock().unwrap().insert(id, at % nodes.len());
                    break;
                }
                Ok(said) if matches!(said.status().as_u16(), 429 | 500 | 503) => {}
                Ok(said) => {
                    let text = format!("{}: {}", said.status(), said.text().await.unwrap_or_default());
                    told.surprises.lock().unwrap().push(text);
                    break;
                }
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(told.rest).await;
    }
}

#[test]
fn nodes_on_one_postgresql_keep_accepting_while_the_sequencer_is_killed_and_nothing_is_lost_or_doubled() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A node that starts verifies the whole log again. In a long run its length would come to be what is tested, so there the senders rest between
    // two statements; every kill still finds some on their way.
    let (rounds, rest) = if std::env::var_os("ECOSPHERE_SOAK").is_some() { (100, 200) } else { (5, 0) };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let registrar = actor(u32::MAX).did().to_string();
    let made = answer(&["init", "--data", path("a").to_str().unwrap(), "--origin", ORIGIN, "--registrar", &registrar]);
    let vkey = made["vkey"].as_str().unwrap().to_owned();
    fs::create_dir(path("b")).unwrap();
    for file in ["ledger.json", "log.key"] {
        fs::copy(path("a").join(file), path("b").join(file)).unwrap();
    }
    let cluster = Cluster::start();
    let url = cluster.database("shared");
    let files = path("files");
    let nodes = [Arc::new(Node::new(path("a"), &url, &files)), Arc::new(Node::new(path("b"), &url, &files))];
    let runtime = Runtime::new().unwrap();
    let healthy = |node: &Node| {
        let url = node.url("/health");
        runtime.block_on(async move { reqwest::get(url).await.is_ok_and(|r| r.status().is_success()) })
    };
    for node in &nodes {
        node.start();
        wait_for("the start of a node", &nodes, || healthy(node));
    }
    let holder = || -> u32 {
        let held = "SELECT holder FROM ecosphere.lease WHERE until > clock_timestamp()";
        cluster.sql_in("shared", held).split('-').next().and_then(|pid| pid.parse().ok()).unwrap_or(0)
    };
    let leader = || nodes.iter().position(|n| n.pid() == holder());
    wait_for("a lead", &nodes, || leader().is_some());

    let told = Arc::new(Told { rest: Duration::from_millis(rest), ..Told::default() });
    let load: Vec<_> = (0..4).map(|n| runtime.spawn(load(Arc::clone(&told), nodes.to_vec(), n))).collect();
    let acknowledged_by = |node: usize| told.acknowledged.lock().unwrap().values().filter(|by| **by == node).count();
    for round in 0..rounds {
        let (a, b) = (acknowledged_by(0), acknowledged_by(1));
        wait_for("both nodes accepting", &nodes, || acknowledged_by(0) > a + 5 && acknowledged_by(1) > b + 5);
        let first = wait_until("a lead", &nodes, leader);
        let (leads, follows) = (&nodes[first], &nodes[1 - first]);
        match round % 5 {
            // The sequencer dies: the other one keeps accepting at once, and leads once the lease has lapsed.
            0 => {
                leads.kill();
                let before = acknowledged_by(1 - first);
                assert_ne!(holder(), follows.pid());
                wait_for("the other node accepting", &nodes, || acknowledged_by(1 - first) > before + 5);
                wait_for("the other node leading", &nodes, || holder() == follows.pid());
                leads.start();
            }
            // The database dies and comes back.
            1 => {
                cluster.kill();
                std::thread::sleep(Duration::from_millis(700));
                cluster.restart();
            }
            // The sequencer sleeps through the loss of its lease, and wakes up believing that it leads.
            2 => {
                leads.signal("-STOP");
                wait_for("the other node leading", &nodes, || holder() == follows.pid());
                std::thread::sleep(Duration::from_millis(700));
                leads.signal("-CONT");
            }
            3 => {
                follows.kill();
                std::thread::sleep(Duration::from_millis(500));
                follows.start();
            }
            // Both at once.
            _ => {
                cluster.kill();
                leads.kill();
                cluster.restart();
                leads.start();
            }
        }
        wait_for("both nodes answering", &nodes, || nodes.iter().all(|n| healthy(n)));
    }
    told.stop.store(true, Ordering::Release);
    runtime.block_on(async { futures_util::future::join_all(load).await }).into_iter().for_each(|ended| ended.unwrap());
    assert_eq!(*told.surprises.lock().unwrap(), Vec::<String>::new());

    // Everything that was acknowledged comes under a checkpoint.
    let acknowledged: BTreeSet<Digest> = told.acknowledged.lock().unwrap().keys().copied().collect();
    let key = LogKey::parse(&vkey).unwrap();
    let published = || {
        let note = fs::read_to_string(files.join("ledger/checkpoint")).unwrap();
        let size = Checkpoint::open(&note, &key).unwrap().size;
        let bundle = |n: u64| read_bundle(&fs::read(files.join("ledger").join(bundle_path(size, n * 256))).unwrap()).unwrap();
        let entries = (0..size.div_ceil(256)).flat_map(bundle);
        entries.map(|entry| statement::verify(&entry).unwrap().id).collect::<Vec<_>>()
    };
    wait_for("the last checkpoint", &nodes, || {
        let logged: BTreeSet<Digest> = published().into_iter().collect();
        acknowledged.is_subset(&logged)
    });
    let logged = published();
    assert_eq!(logged.iter().collect::<BTreeSet<_>>().len(), logged.len(), "nothing is logged twice");
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    let one = hex::encode(acknowledged.iter().next().unwrap());
    for node in &nodes {
        let url = node.url(&format!("/statements/{one}"));
        let said: Value = serde_json::from_str(&runtime.block_on(async { reqwest::get(url).await.unwrap().text().await.unwrap() })).unwrap();
        assert_eq!(said["status"], json!("logged"), "{said}");
    }
    nodes.iter().for_each(|n| n.kill());
    let verified = answer(&["log", "verify", files.join("ledger").to_str().unwrap(), "--key", &vkey, "--registrar", &registrar]);
    assert_eq!((&verified["holds"], verified["size"].as_u64().unwrap()), (&json!(true), logged.len() as u64));
}
