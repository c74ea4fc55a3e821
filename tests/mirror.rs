//! A mirror of a node: it holds all of a log, believes nothing else, and a device syncs from it as from the node itself.
#![cfg(feature = "node")]

use ecosphere::{
    engine::{
        Engine,
        wire::{Answer, Request},
    },
    log::{Checkpoint, LogKey, LogSigner, Policy},
    measure::Millis,
    node::{
        NodeError,
        mirror::{Mirror, Pulled},
        sample,
        sequencer::{Sequencer, now},
        serve::{App, LedgerFiles, listen, router, serve},
    },
    pack::Manifest,
    statement::{self, Body, Draft, Registration, Role, SigningKey},
};
use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, OnceLock},
};
use tokio::runtime::Runtime;

const ORIGIN: &str = "example.org/mirrored";
const SEED: [u8; 32] = [9; 32];

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

/// Serves a folder's files as a node does, and says where.
fn publish(data: &Path) -> String {
    let files = ecosphere::node::files::Files::folder(data).unwrap();
    let app = App::new(LedgerFiles::Store(files), ORIGIN.to_owned(), false);
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}/ledger/", listener.local_addr().unwrap());
    runtime().spawn(serve(listener, None, router(Arc::new(app)), axum_server::Handle::new()));
    url
}

fn key() -> LogKey {
    LogSigner::from_seed(ORIGIN, &SEED).unwrap().key().clone()
}

fn policy() -> Policy {
    Policy::of_log(key())
}

fn actor(n: u16) -> SigningKey {
    let mut seed = [1; 32];
    seed[..2].copy_from_slice(&n.to_be_bytes());
    SigningKey::from_seed(&seed)
}

/// Adds a batch of `count` statements.
fn write(ledger: &mut Sequencer, from: u16, count: u16) {
    for n in from..from + count {
        let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true });
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [7; 16], expires: Millis(now().0 + Millis::DAY), body };
        ledger.take(statement::sign(&draft, now(), &actor(n), &[]).unwrap(), Vec::new()).unwrap();
    }
    ledger.close().unwrap();
}

fn create(data: &Path) -> Sequencer {
    let config = ecosphere::node::folder::LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![actor(0).did()], sample: false };
    Sequencer::create(data, config, &SEED).unwrap()
}

/// Every file below a folder, with its content.
fn all(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.strip_prefix(root).unwrap().to_owned(), fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_mirror_follows_a_log_and_holds_the_same_bytes() {
    let (node, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ledger = create(node.path());
    write(&mut ledger, 0, 10);
    let url = publish(node.path());
    let mut mirror = Mirror::open(&url, policy(), copy.path()).unwrap();
    let size = ledger.ledger().published();
    assert_eq!(mirror.pull().unwrap(), Pulled { from: 0, to: size });
    assert_eq!(mirror.pull().unwrap(), Pulled { from: size, to: size });
    write(&mut ledger, 10, 300);
    assert_eq!(mirror.pull().unwrap().from, size);
    // It goes on after a restart.
    let mut mirror = Mirror::open(&url, policy(), copy.path()).unwrap();
    write(&mut ledger, 310, 3);
    let size = ledger.ledger().published();
    assert_eq!(mirror.pull().unwrap().to, size);
    assert_eq!(fs::read(node.path().join("ledger/checkpoint")).unwrap(), fs::read(copy.path().join("ledger/checkpoint")).unwrap());
    for (path, bytes) in all(&copy.path().join("ledger")) {
        assert_eq!(fs::read(node.path().join("ledger").join(&path)).unwrap(), bytes, "{}", path.display());
    }
    let held = |root: &Path, name: &str| all(&root.join("ledger")).into_iter().filter(|(p, _)| p.starts_with(name)).count();
    assert!(held(copy.path(), "status-list.jwt") == 1);
    assert!(held(copy.path(), "tile") > 4 && held(copy.path(), "pack") > 0);
    // A log restored from the copy alone goes on where it was.
    for file in ["ledger.json", "log.key"] {
        fs::copy(node.path().join(file), copy.path().join(file)).unwrap();
    }
    assert_eq!(Sequencer::open(copy.path(), 0).unwrap().ledger().size(), size);
}

#[test]
fn a_log_that_goes_back_or_tells_another_history_is_refused_and_the_evidence_kept() {
    let (node, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ledger = create(node.path());
    let first = fs::read(node.path().join("ledger/checkpoint")).unwrap();
    write(&mut ledger, 0, 10);
    let url = publish(node.path());
    let mut mirror = Mirror::open(&url, policy(), copy.path()).unwrap();
    mirror.pull().unwrap();
    let good = all(&copy.path().join("ledger"));
    let checkpoint = node.path().join("ledger/checkpoint");
    let honest = fs::read(&checkpoint).unwrap();

    let signer = LogSigner::from_seed(ORIGIN, &SEED).unwrap();
    let size = ledger.ledger().published();
    let fork = Checkpoint { origin: ORIGIN.to_owned(), size, root: [5; 32] }.sign(&signer).into_bytes();
    for (note, kind) in [(first, "rollback"), (fork, "fork")] {
        fs::write(&checkpoint, &note).unwrap();
        let Err(NodeError::Conflict { kept, .. }) = mirror.pull() else { panic!("{kind}") };
        let evidence: serde_json::Value = serde_json::from_slice(&fs::read(kept).unwrap()).unwrap();
        assert_eq!((&evidence["kind"], &evidence["seen"]), (&kind.into(), &String::from_utf8(note).unwrap().into()));
        assert_eq!(evidence["held"], String::from_utf8(honest.clone()).unwrap());
    }
    assert_eq!(all(&copy.path().join("ledger")), good, "what it serves did not change");

    // A whole other log under the same key, grown larger: its own tiles show that it does not begin with what we hold.
    let other = tempfile::tempdir().unwrap();
    let mut rewritten = create(other.path());
    write(&mut rewritten, 500, 30);
    let mut mirror = Mirror::open(&publish(other.path()), policy(), copy.path()).unwrap();
    assert!(matches!(mirror.pull(), Err(NodeError::Conflict { what, .. }) if what.contains("do not begin with")));
    assert_eq!(all(&copy.path().join("ledger")), good);

    // Honest again, it goes on.
    fs::write(&checkpoint, honest).unwrap();
    let mut mirror = Mirror::open(&url, policy(), copy.path()).unwrap();
    write(&mut ledger, 20, 1);
    assert!(mirror.pull().is_ok());
}

#[test]
fn altered_files_and_strangers_are_not_copied() {
    let (node, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ledger = create(node.path());
    write(&mut ledger, 0, 3);
    let url = publish(node.path());
    let stranger = Policy::of_log(LogSigner::from_seed(ORIGIN, &[3; 32]).unwrap().key().clone());
    assert!(matches!(Mirror::open(&url, stranger, copy.path()).unwrap().pull(), Err(NodeError::Log(_))));
    let witnessed = format!("log {}\nwitness w {}\nquorum w\n", key(), ecosphere::log::Cosigner::from_seed("w.example", &[4; 32]).unwrap().key());
    let mut unwitnessed = Mirror::open(&url, Policy::parse(&witnessed).unwrap(), copy.path()).unwrap();
    assert!(matches!(unwitnessed.pull(), Err(NodeError::Log(ecosphere::log::LogError::Quorum { .. }))));
    // One byte of one file at a time: what is not needed does not matter, what is needed is refused, nothing altered is ever kept.
    let mut refused = 0;
    for part in ["ledger/tile", "ledger/pack"] {
        for (path, bytes) in all(&node.path().join(part)) {
            let place = node.path().join(part).join(&path);
            let mut bad = bytes.clone();
            *bad.last_mut().unwrap() ^= 1;
            fs::write(&place, &bad).unwrap();
            let fresh = tempfile::tempdir().unwrap();
            let pulled = Mirror::open(&url, policy(), fresh.path()).unwrap().pull();
            refused += usize::from(pulled.is_err());
            assert_eq!(pulled.is_ok(), fresh.path().join("ledger/checkpoint").exists());
            assert!(!fs::read(fresh.path().join(part).join(&path)).is_ok_and(|kept| kept == bad), "{part} {}", path.display());
            fs::write(&place, &bytes).unwrap();
        }
    }
    assert!(refused >= 3, "the newest bundle, the manifest, the index: {refused}");
    assert!(!copy.path().join("ledger").exists());
}

/// Syncs a device from an address; the batch it holds then.
fn sync(engine: &Engine, url: &str) -> u64 {
    let request = Request::Sync { url: url.to_owned(), key: Some(key().to_string()) };
    match runtime().block_on(engine.handle(request, None, now(), &|_| ())).unwrap() {
        Answer::Status(status) => status.snapshot.unwrap().batch,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mirror_has_the_operators_policy_and_the_deltas_that_a_device_with_an_older_pack_takes() {
    let (node, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ledger = create(node.path());
    write(&mut ledger, 0, 200);
    let url = publish(node.path());
    let device = Engine::open_memory().unwrap();
    let first = sync(&device, &url);
    write(&mut ledger, 200, 1);
    write(&mut ledger, 201, 1);
    let policy_text = format!("log {}\nquorum none\n", key());
    fs::write(node.path().join("ledger/policy"), &policy_text).unwrap();
    // The mirror begins only now: it never saw the pack that the device holds.
    let mut mirror = Mirror::open(&url, policy(), copy.path()).unwrap();
    mirror.pull().unwrap();
    assert_eq!(fs::read_to_string(copy.path().join("ledger/policy")).unwrap(), policy_text);
    let packs: BTreeMap<PathBuf, Vec<u8>> = all(&copy.path().join("ledger/pack")).into_iter().collect();
    let manifest: Manifest = packs.values().find_map(|bytes| serde_json::from_slice(bytes).ok()).unwrap();
    let steps: Vec<String> = manifest.deltas.iter().flat_map(|step| &step.files).map(|f| hex::encode(f.sha256)).collect();
    assert!(manifest.deltas.len() >= 2 && steps.iter().all(|name| packs.contains_key(Path::new(name))), "{steps:?}");
    assert_eq!(sync(&device, &publish(copy.path())), first + 2);
    // A policy that is none, or a stranger's, is left where it is; what is served stays.
    for other in ["quorum none\n", "<html>"] {
        fs::write(node.path().join("ledger/policy"), other).unwrap();
        mirror.pull().unwrap();
        assert_eq!(fs::read_to_string(copy.path().join("ledger/policy")).unwrap(), policy_text);
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn node(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    command.args(args).stdin(Stdio::null());
    command
}

#[test]
fn a_device_syncs_from_a_mirror_as_from_the_node_and_log_verify_passes_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let port = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    assert!(node(&["init", "--sample", "--data", &path("node")]).status().unwrap().success());
    let (upstream, mirrored) = (port(), port());
    let _node = Running(node(&["serve", "--data", &path("node"), "--port", &upstream]).spawn().unwrap());
    let url = format!("http://127.0.0.1:{upstream}/ledger/");
    let policy = path("policy");
    fs::write(&policy, format!("log {}\nquorum none\n", ecosphere::pack::SAMPLE_VKEY)).unwrap();
    let once = || node(&["--json", "mirror", &url, "--policy", &policy, "--data", &path("copy")]).output().unwrap();
    let mut tries = 0;
    while !once().status.success() {
        tries += 1;
        assert!(tries < 100, "{:?}", once());
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert!(node(&["log", "verify", &path("copy/ledger")]).status().unwrap().success());
    for (name, bytes) in sample::bodies().unwrap().iter().map(|b| (<sha2::Sha256 as sha2::Digest>::digest(b), b)) {
        assert_eq!(&fs::read(folder.path().join("copy/body").join(hex::encode(name))).unwrap(), bytes);
    }

    let _mirror = Running(node(&["mirror", &url, "--policy", &policy, "--data", &path("copy"), "--follow", "--port", &mirrored]).spawn().unwrap());
    let sync = |port: &str| {
        let engine = Engine::open_memory().unwrap();
        let url = format!("http://127.0.0.1:{port}/ledger/");
        let key = Some(ecosphere::pack::SAMPLE_VKEY.to_owned());
        let mut tries = 0;
        loop {
            let request = Request::Sync { url: url.clone(), key: key.clone() };
            match runtime().block_on(engine.handle(request, None, now(), &|_| ())) {
                Ok(_) => break,
                Err(e) => {
                    tries += 1;
                    assert!(tries < 100, "{e:?}");
                    std::thread::sleep(std::time::Duration::from_millis(200));
                }
            }
        }
        let Ok(Answer::Status(status)) = runtime().block_on(engine.handle(Request::Status, None, now(), &|_| ())) else { panic!() };
        let held = status.snapshot.unwrap();
        (held.batch, held.products)
    };
    assert_eq!(sync(&mirrored), sync(&upstream));
}
