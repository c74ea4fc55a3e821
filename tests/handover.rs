//! A log outlives its operator: a mirror's copy, a new key and a hand-over by the quorum of the devices' policy, and the devices follow. What
//! is no such hand-over they refuse, keep working on their last good snapshot, and keep as evidence what the witnesses contradicted.
#![cfg(feature = "node")]

use ecosphere::{
    engine::{
        Engine,
        wire::{Answer, EngineError, Request, Status},
    },
    log::{Checkpoint, Cosigner, Handover, LogKey, LogSigner, Policy, write_handovers},
    measure::Millis,
    node::{
        NodeError,
        files::Files,
        folder::LedgerConfig,
        mirror::{Mirror, Pulled},
        sequencer::{Sequencer, now},
        serve::{App, LedgerFiles, listen, router, serve},
        takeover::{TakeOver, take_over},
        witness::new_key,
    },
    purse::{Book, Desk, PurseError, native::Native},
    statement::{self, Body, Draft, Registration, Role, SigningKey},
    wallet::Words,
};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, OnceLock},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const ORIGIN: &str = "example.org/handed-over";
/// Seeds of the operators' keys.
const OLD: u8 = 9;
const NEW: u8 = 10;
const THIRD: u8 = 11;

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

fn key(seed: u8) -> LogKey {
    LogSigner::from_seed(ORIGIN, &[seed; 32]).unwrap().key().clone()
}

fn witness(n: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness.example/w{n}"), &[100 + n; 32]).unwrap()
}

/// Two of three witnesses.
fn policy(log: u8) -> Policy {
    let lines: String = (1..=3).map(|n| format!("witness w{n} {}\n", witness(n).key())).collect();
    Policy::parse(&format!("log {}\n{lines}group g 2 w1 w2 w3\nquorum g\n", key(log))).unwrap()
}

fn actor(n: u16) -> SigningKey {
    let mut seed = [1; 32];
    seed[..2].copy_from_slice(&n.to_be_bytes());
    SigningKey::from_seed(&seed)
}

/// Serves a folder's files as a node does, and says where.
fn publish(data: &Path) -> String {
    let app = App::new(LedgerFiles::Store(Files::folder(data).unwrap()), ORIGIN.to_owned(), false);
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}/ledger/", listener.local_addr().unwrap());
    runtime().spawn(serve(listener, None, router(Arc::new(app)), axum_server::Handle::new()));
    url
}

/// Adds a batch of `count` statements, and has two witnesses cosign the checkpoint.
fn write(ledger: &mut Sequencer, data: &Path, from: u16, count: u16) {
    take(ledger, from, count);
    ledger.close().unwrap();
    cosign(data);
}

fn take(ledger: &mut Sequencer, from: u16, count: u16) {
    for n in from..from + count {
        let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true });
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [7; 16], expires: Millis(now().0 + Millis::DAY), body };
        ledger.take(statement::sign(&draft, now(), &actor(n), &[]).unwrap(), Vec::new()).unwrap();
    }
}

fn cosign(data: &Path) {
    cosigned_by(data, &[1, 2]);
}

fn cosigned_by(data: &Path, witnesses: &[u8]) {
    let path = data.join("ledger/checkpoint");
    let mut note = fs::read_to_string(&path).unwrap();
    for n in witnesses {
        note += &witness(*n).cosign(&note, u64::try_from(now().0 / 1000).unwrap()).unwrap();
    }
    fs::write(path, note).unwrap();
}

fn handover(at: &Checkpoint, from: u8, to: u8) -> Handover {
    Handover::new(at.size, at.root, key(from), key(to)).unwrap()
}

fn signed(handover: &Handover, witnesses: &[u8]) -> String {
    witnesses.iter().fold(format!("{handover}\n"), |note, n| note + &handover.signed_by(&witness(*n)).unwrap())
}

fn continued(copy: &Path, data: &Path, note: &str, seed: u8) -> Sequencer {
    let with = TakeOver { note, policy: &policy(OLD), seed: &[seed; 32], registrars: vec![actor(0).did()] };
    assert_eq!(take_over(copy, data, with).unwrap().fingerprint(), policy(seed).fingerprint());
    Sequencer::open(data, 0).unwrap()
}

struct Device(Engine);

impl Device {
    fn ask(&self, request: Request) -> Result<Status, EngineError> {
        runtime().block_on(self.0.handle(request, None, now(), &|_| ())).map(|answer| match answer {
            Answer::Status(status) => status,
            other => panic!("{other:?}"),
        })
    }

    fn sync(&self, url: &str) -> Result<Status, EngineError> {
        self.ask(Request::Sync { url: url.into(), key: None })
    }

    fn status(&self) -> Status {
        self.ask(Request::Status).unwrap()
    }

    fn batch(&self) -> u64 {
        self.status().snapshot.unwrap().batch
    }

    /// What it refuses changes nothing.
    #[track_caller]
    fn refuses(&self, url: &str, why: &str, evidence: u32) {
        let before = self.status();
        match self.sync(url) {
            Err(EngineError::Untrusted(said)) => assert!(said.contains(why), "{said}"),
            other => panic!("{other:?}"),
        }
        let after = self.status();
        assert_eq!((after.snapshot, after.evidence), (before.snapshot, evidence));
    }
}

/// An old operator's log, a device that follows it, and a mirror of it.
struct Scene {
    old: TempDir,
    ledger: Sequencer,
    url: String,
    copy: TempDir,
    device: Device,
    /// What the mirror holds.
    at: Checkpoint,
}

fn scene() -> Scene {
    let (old, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![actor(0).did()], sample: false };
    let mut ledger = Sequencer::create(old.path(), config, &[OLD; 32]).unwrap();
    write(&mut ledger, old.path(), 1, 3);
    let url = publish(old.path());
    let device = Device(Engine::open_memory().unwrap());
    device.ask(Request::Sync { url: url.clone(), key: Some(policy(OLD).to_string()) }).unwrap();
    let mut mirror = Mirror::open(&url, policy(OLD), copy.path()).unwrap();
    mirror.pull().unwrap();
    let at = mirror.checkpoint().unwrap().clone();
    Scene { old, ledger, url, copy, device, at }
}

impl Scene {
    /// A new operator who goes on from the copy and has published a batch of its own.
    fn goes_on(&self, seed: u8, first: u16) -> (TempDir, Sequencer, String) {
        let data = tempfile::tempdir().unwrap();
        let mut ledger = continued(self.copy.path(), data.path(), &signed(&handover(&self.at, OLD, seed), &[1, 2]), seed);
        write(&mut ledger, data.path(), first, 2);
        let url = publish(data.path());
        (data, ledger, url)
    }
}

fn says(data: &Path, notes: &[String]) {
    fs::write(data.join("ledger/handover"), write_handovers(notes)).unwrap();
}

#[test]
fn a_log_whose_operator_is_gone_goes_on_from_a_mirror_and_devices_follow() {
    let Scene { old, ledger, url, copy, at, .. } = scene();
    let folder = tempfile::tempdir().unwrap();
    let device = Device(Engine::open_folder(folder.path()).unwrap());
    device.ask(Request::Sync { url: url.clone(), key: Some(policy(OLD).to_string()) }).unwrap();
    // The old operator is gone, with its key and its files.
    drop(ledger);
    drop(old);
    let cut_off = device.ask(Request::SyncAll { home: None }).unwrap();
    assert!(matches!(cut_off.ledgers[0].trouble, Some(EngineError::Offline(_))) && cut_off.snapshot.is_some(), "{cut_off:?}");

    let data = tempfile::tempdir().unwrap();
    let mut ledger = continued(copy.path(), data.path(), &signed(&handover(&at, OLD, NEW), &[3, 1]), NEW);
    let url = publish(data.path());
    // Nothing new yet: the old operator's last batch under the new operator's signature.
    cosign(data.path());
    device.sync(&url).unwrap();
    assert_eq!(device.batch(), 2);
    write(&mut ledger, data.path(), 10, 4);
    let followed = device.ask(Request::SyncAll { home: None }).unwrap();
    assert_eq!((device.batch(), followed.ledgers[0].trouble.clone()), (3, None));
    assert_eq!(followed.ledgers[0].fingerprint, hex::encode(policy(NEW).fingerprint()));
    assert!(followed.notices.iter().any(|n| n.contains("new operator")), "{:?}", followed.notices);
    // A device that comes with the new policy sees the same ledger, and whoever replays it finds that all of it follows.
    let fresh = Device(Engine::open_memory().unwrap());
    fresh.ask(Request::Sync { url, key: Some(policy(NEW).to_string()) }).unwrap();
    assert_eq!(fresh.status().snapshot, device.status().snapshot);
    fs::write(data.path().join("after"), policy(NEW).to_string()).unwrap();
    replays(data.path(), &data.path().join("after"));
    // The old key counts no longer, and all of it is there when the app is opened again.
    drop(device);
    let device = Device(Engine::open_folder(folder.path()).unwrap());
    assert_eq!(device.status().ledgers[0].fingerprint, hex::encode(policy(NEW).fingerprint()));
    device.refuses(&publish(copy.path()), "signature is missing", 0);
    write(&mut ledger, data.path(), 20, 1);
    assert!(device.ask(Request::SyncAll { home: None }).unwrap().ledgers[0].trouble.is_none());
    assert_eq!(device.batch(), 4);
}

#[test]
fn a_hand_over_without_a_quorum_is_refused() {
    let scene = scene();
    let (data, _ledger, url) = scene.goes_on(NEW, 10);
    let right = handover(&scene.at, OLD, NEW);
    let elsewhere = {
        let other = |seed: u8| LogSigner::from_seed("example.org/other", &[seed; 32]).unwrap().key().clone();
        Handover::new(scene.at.size, scene.at.root, other(OLD), other(NEW)).unwrap()
    };
    says(data.path(), &[signed(&right, &[1])]);
    scene.device.refuses(&url, "lacks the witnesses", 0);
    says(data.path(), &[signed(&right, &[1, 1])]);
    scene.device.refuses(&url, "lacks the witnesses", 0);
    says(data.path(), &[signed(&right, &[1, 4, 5])]);
    scene.device.refuses(&url, "lacks the witnesses", 0);
    says(data.path(), &[signed(&elsewhere, &[1, 2])]);
    scene.device.refuses(&url, "signature is missing", 0);
    says(data.path(), &[signed(&right, &[1, 2]).replacen("w2 ", "w2 AAAA", 1)]);
    scene.device.refuses(&url, "", 0);
    says(data.path(), &[signed(&right, &[1, 2])]);
    assert!(scene.device.sync(&url).is_ok(), "with a quorum it is followed");
}

#[test]
fn the_witnesses_let_others_take_their_place_and_devices_and_mirrors_follow() {
    let scene = scene();
    let lines = [2, 4, 5].map(|n| format!("witness w{n} {}\n", witness(n).key())).concat();
    let after = Policy::parse(&format!("log {}\n{lines}group g 2 w2 w4 w5\nquorum g\n", key(NEW))).unwrap();
    let made = handover(&scene.at, OLD, NEW).watched_by(&after).unwrap();
    let (data, right) = (tempfile::tempdir().unwrap(), signed(&made, &[1, 2]));
    let with = TakeOver { note: &right, policy: &policy(OLD), seed: &[NEW; 32], registrars: vec![actor(0).did()] };
    assert_eq!(take_over(scene.copy.path(), data.path(), with).unwrap(), after);
    let mut ledger = Sequencer::open(data.path(), 0).unwrap();
    take(&mut ledger, 10, 2);
    ledger.close().unwrap();
    let url = publish(data.path());
    cosign(data.path());
    // The new ones cannot let themselves in.
    says(data.path(), &[signed(&made, &[4, 5])]);
    scene.device.refuses(&url, "lacks the witnesses", 0);
    assert!(pull(&scene, &url).unwrap_err().to_string().contains("lacks the witnesses"));
    // Of the old ones only the second counts from then on.
    says(data.path(), &[right]);
    scene.device.refuses(&url, "w2", 0);
    cosigned_by(data.path(), &[4]);
    scene.device.sync(&url).unwrap();
    assert_eq!((scene.device.batch(), scene.device.status().ledgers[0].fingerprint.clone()), (3, hex::encode(after.fingerprint())));
    assert!(scene.device.status().notices.iter().any(|n| n.contains("new witnesses")));
    pull(&scene, &url).unwrap();
    take(&mut ledger, 20, 1);
    ledger.close().unwrap();
    cosigned_by(data.path(), &[4, 5]);
    scene.device.sync(&url).unwrap();
    pull(&scene, &url).unwrap();
    assert_eq!(fs::read_to_string(scene.copy.path().join("ledger/policy")).unwrap(), after.to_string());
}

#[test]
fn a_policy_without_witnesses_has_nobody_who_could_hand_its_log_over() {
    let scene = scene();
    let (_data, _ledger, url) = scene.goes_on(NEW, 10);
    let device = Device(Engine::open_memory().unwrap());
    device.ask(Request::Sync { url: scene.url.clone(), key: Some(key(OLD).to_string()) }).unwrap();
    device.refuses(&url, "signature is missing", 0);
}

#[test]
fn a_new_operator_who_drops_what_the_device_has_seen_is_refused_and_kept_as_evidence() {
    let mut scene = scene();
    // The device is ahead of the copy from which the new operator goes on with other entries.
    write(&mut scene.ledger, scene.old.path(), 30, 1);
    scene.device.sync(&scene.url).unwrap();
    let (data, mut ledger, url) = scene.goes_on(NEW, 10);
    write(&mut ledger, data.path(), 40, 5);
    scene.device.refuses(&url, "rewrote", 1);
    assert_eq!(scene.device.batch(), 3);
    // The old operator is still the one that is believed.
    write(&mut scene.ledger, scene.old.path(), 50, 1);
    assert!(scene.device.sync(&scene.url).is_ok());
}

#[test]
fn a_new_operator_who_drops_what_was_handed_over_is_refused_and_kept_as_evidence() {
    let mut scene = scene();
    let (data, mut ledger, url) = scene.goes_on(NEW, 10);
    // The witnesses saw more of the old log than the new operator goes on from.
    write(&mut scene.ledger, scene.old.path(), 30, 1);
    let note = fs::read_to_string(scene.old.path().join("ledger/checkpoint")).unwrap();
    let later = policy(OLD).open(&note).unwrap().checkpoint;
    says(data.path(), &[signed(&handover(&later, OLD, NEW), &[1, 2])]);
    write(&mut ledger, data.path(), 40, 5);
    scene.device.refuses(&url, "rewrote", 1);
}

#[test]
fn an_older_hand_over_does_not_lead_back_and_a_second_one_is_evidence() {
    let scene = scene();
    let (_data, _ledger, url) = scene.goes_on(NEW, 10);
    let (_other, _other_ledger, other) = scene.goes_on(THIRD, 60);
    assert!(scene.device.sync(&url).is_ok());
    // The old operator's files with the hand-over that was followed already.
    says(scene.old.path(), &[signed(&handover(&scene.at, OLD, NEW), &[1, 2])]);
    scene.device.refuses(&scene.url, "signature is missing", 0);
    // The same witnesses handed the same log to somebody else, too.
    scene.device.refuses(&other, "handed the log over twice", 1);
    assert!(scene.device.sync(&url).is_ok());
}

/// A whole ledger is audited and folded again, every batch by whoever closed it.
fn replays(data: &Path, policy: &Path) {
    for (command, place) in [(["log", "verify"].as_slice(), data.join("ledger")), (&["replay"], data.to_owned())] {
        let mut node = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
        node.args(command).arg(place).arg("--policy").arg(policy).arg("--registrar").arg(actor(0).did().to_string());
        let output = node.output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Points the mirror, with the policy that it always had, at an address.
fn pull(scene: &Scene, url: &str) -> Result<Pulled, NodeError> {
    Mirror::open(url, policy(OLD), scene.copy.path()).unwrap().pull()
}

#[test]
fn a_mirror_follows_a_hand_over_and_devices_follow_from_the_mirror() {
    let scene = scene();
    let (data, mut ledger, url) = scene.goes_on(NEW, 10);
    let mut mirror = Mirror::open(&url, policy(OLD), scene.copy.path()).unwrap();
    assert_eq!(mirror.pull().unwrap(), Pulled { from: scene.at.size, to: ledger.ledger().published() });
    let same = |copy: &Path| {
        for name in ["checkpoint", "handover", "policy"] {
            let read = |root: &Path| fs::read_to_string(root.join("ledger").join(name)).unwrap();
            assert_eq!(read(copy), read(data.path()), "{name}");
        }
    };
    same(scene.copy.path());
    write(&mut ledger, data.path(), 20, 1);
    mirror.pull().unwrap();
    // Started again with the policy that it always had, it goes on.
    write(&mut ledger, data.path(), 30, 1);
    assert_eq!(pull(&scene, &url).unwrap().to, ledger.ledger().published());
    same(scene.copy.path());
    scene.device.sync(&publish(scene.copy.path())).unwrap();
    assert_eq!(scene.device.batch(), 5);
    // One that begins afterwards has the hand-over too, without which nobody could tell who closed the older batches.
    let late = tempfile::tempdir().unwrap();
    Mirror::open(&url, policy(NEW), late.path()).unwrap().pull().unwrap();
    same(late.path());
    fs::write(data.path().join("after"), policy(NEW).to_string()).unwrap();
    for copy in [scene.copy.path(), late.path()] {
        replays(copy, &data.path().join("after"));
    }
}

#[test]
fn a_mirror_refuses_a_hand_over_without_a_quorum_and_a_second_one() {
    let scene = scene();
    let (data, _ledger, url) = scene.goes_on(NEW, 10);
    let (_other, _other_ledger, other) = scene.goes_on(THIRD, 60);
    let held = || fs::read(scene.copy.path().join("ledger/checkpoint")).unwrap();
    let (before, right) = (held(), handover(&scene.at, OLD, NEW));
    for witnesses in [[1].as_slice(), &[1, 1], &[1, 4, 5]] {
        says(data.path(), &[signed(&right, witnesses)]);
        let refused = pull(&scene, &url).unwrap_err().to_string();
        assert!(refused.contains("lacks the witnesses"), "{refused}");
    }
    fs::remove_file(data.path().join("ledger/handover")).unwrap();
    assert!(matches!(pull(&scene, &url), Err(NodeError::Log(_))));
    assert_eq!(held(), before, "what is refused changes nothing");
    says(data.path(), &[signed(&right, &[1, 2])]);
    // A policy without witnesses has nobody who could hand its log over.
    let alone = tempfile::tempdir().unwrap();
    assert!(matches!(Mirror::open(&url, Policy::of_log(key(OLD)), alone.path()).unwrap().pull(), Err(NodeError::Log(_))));
    pull(&scene, &url).unwrap();
    let Err(NodeError::Conflict { what, kept }) = pull(&scene, &other) else { panic!() };
    let evidence: serde_json::Value = serde_json::from_slice(&fs::read(kept).unwrap()).unwrap();
    let notes = [signed(&right, &[1, 2]), signed(&handover(&scene.at, OLD, THIRD), &[1, 2])];
    assert!(what.contains("twice") && evidence["held"] == notes[0] && evidence["seen"] == notes[1], "{what}: {evidence}");
    pull(&scene, &url).unwrap();
}

#[test]
fn a_mirror_keeps_evidence_of_a_new_operator_who_rewrites_the_log() {
    let mut scene = scene();
    let (data, mut ledger, url) = scene.goes_on(NEW, 10);
    // The witnesses saw more of the old log than the new operator goes on from.
    let says_later = |old: &Path| {
        let later = policy(OLD).open(&fs::read_to_string(old.join("ledger/checkpoint")).unwrap()).unwrap().checkpoint;
        says(data.path(), &[signed(&handover(&later, OLD, NEW), &[1, 2])]);
    };
    write(&mut scene.ledger, scene.old.path(), 30, 1);
    says_later(scene.old.path());
    write(&mut ledger, data.path(), 40, 5);
    let Err(NodeError::Conflict { what, kept }) = pull(&scene, &url) else { panic!() };
    assert!(what.contains("that were handed over") && kept.is_file(), "{what}");
    // The mirror is ahead of the copy from which the new operator goes on.
    pull(&scene, &scene.url).unwrap();
    says(data.path(), &[signed(&handover(&scene.at, OLD, NEW), &[1, 2])]);
    let Err(NodeError::Conflict { what, kept }) = pull(&scene, &url) else { panic!() };
    assert!(what.contains("do not begin with the") && kept.is_file(), "{what}");
    // The old operator is still the one that is believed.
    write(&mut scene.ledger, scene.old.path(), 50, 1);
    assert_eq!(pull(&scene, &scene.url).unwrap().to, scene.ledger.ledger().published());
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_new_operators_node_asks_the_witnesses_of_the_policy_by_itself() {
    let (scene, desk) = (scene(), tempfile::tempdir().unwrap());
    let mut running = Vec::new();
    let mut old = policy(OLD).to_string();
    for n in [1, 2] {
        let file = desk.path().join(format!("w{n}.key"));
        let vkey = new_key(&file, &format!("witness.example/w{n}"), &[100 + n; 32]).unwrap().key().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
        command.args(["--json", "witness", "--port", "0", "--log", &key(NEW).to_string(), "--key"]).arg(file);
        let mut child = command.arg("--data").arg(desk.path().join(format!("w{n}"))).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        running.push(Running(child));
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        old = old.replace(&vkey, &format!("{vkey} {}", said["address"].as_str().unwrap()));
    }
    let (old, data) = (Policy::parse(&old).unwrap(), desk.path().join("node"));
    let note = signed(&handover(&scene.at, OLD, NEW), &[1, 2]);
    let with = TakeOver { note: &note, policy: &old, seed: &[NEW; 32], registrars: vec![actor(0).did()] };
    let after = take_over(scene.copy.path(), &data, with).unwrap();
    assert_eq!(fs::read_to_string(data.join("policy")).unwrap(), after.to_string());
    let mut ledger = Sequencer::open(&data, 0).unwrap();
    take(&mut ledger, 10, 2);
    ledger.close().unwrap();
    let published = after.open(&fs::read_to_string(data.join("ledger/checkpoint")).unwrap()).unwrap();
    assert_eq!((published.checkpoint.size, published.witnessed.len()), (ledger.ledger().size(), 2));
    let device = Device(Engine::open_memory().unwrap());
    device.ask(Request::Sync { url: scene.url.clone(), key: Some(old.to_string()) }).unwrap();
    device.sync(&publish(&data)).unwrap();
    assert_eq!(device.batch(), 3);
    drop(ledger);
    wallets_follow(desk.path(), &data, &old);
}

/// A wallet that believes the old policy, at the new operator's node.
fn wallets_follow(folder: &Path, data: &Path, old: &Policy) {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
    serve.args(["--json", "serve", "--port", &port, "--data"]).arg(data).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = serve.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let _running = Running(child);
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = said["address"].as_str().unwrap().to_owned();
    runtime().block_on(async {
        let quorum = "group g 2 w1 w2 w3";
        assert!(old.to_string().contains(quorum), "{old}");
        let stricter = old.to_string().replace(quorum, "group g 3 w1 w2 w3");
        for (name, policy, follows) in [("mine", old.to_string(), true), ("strict", stricter, false)] {
            let mut desk = Desk::new(Native::new(&folder.join(name), Some(&url)).unwrap());
            let words = Words::from_entropy(&[7; 16]).unwrap();
            desk.make(words, "three words and a river", Book::default()).await.unwrap();
            let till = desk.till().unwrap();
            till.choose(Some(&policy), false).await.unwrap();
            let mut updated = till.update().await;
            // The node is just starting.
            for _ in 0..40 {
                if !matches!(updated, Err(PurseError::Offline(_))) {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                updated = till.update().await;
            }
            let believed = Policy::parse(&till.book.ledger.as_ref().unwrap().policy).unwrap();
            if follows {
                updated.unwrap();
                assert!(believed.logs().eq([&key(NEW)]) && till.book.proven.as_ref().is_some_and(|proven| proven.batch >= 3));
                // From now on the new key is the one that is believed.
                till.update().await.unwrap();
            } else {
                let why = updated.unwrap_err().to_string();
                assert!(why.contains("its checkpoint is by another key"), "{why}");
                assert!(believed.logs().eq([&key(OLD)]) && till.book.proven.is_none());
            }
        }
    });
}

/// What the commands print, as a file.
fn node(folder: &Path, args: &[&str], out: &str) -> PathBuf {
    let output = Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let path = folder.join(out);
    fs::write(&path, output.stdout).unwrap();
    path
}

#[test]
fn the_commands_hand_a_log_over_step_by_step() {
    let scene = scene();
    let desk = tempfile::tempdir().unwrap();
    let run = |args: &[&str], out: &str| node(desk.path(), args, out);
    fs::write(desk.path().join("policy"), policy(OLD).to_string()).unwrap();
    let vkey = fs::read_to_string(run(&["log", "handover", "key", "--origin", ORIGIN, "--out", "new.key"], "vkey")).unwrap();
    let copy = scene.copy.path().to_str().unwrap();
    let log = format!("{copy}/ledger");
    run(&["log", "handover", "make", &log, "--to", vkey.trim(), "--policy", "policy"], "handover");
    // The same witnesses again, by name: what is signed then says so.
    run(&["log", "handover", "make", &log, "--to", vkey.trim(), "--policy", "policy", "--witnesses", "policy"], "with-witnesses");
    let [plain, watched] = ["handover", "with-witnesses"].map(|file| Handover::read(&fs::read_to_string(desk.path().join(file)).unwrap()).unwrap());
    assert!(plain.watched().is_none() && watched.watched().is_some_and(|p| p.witnesses() == policy(OLD).witnesses()));
    // Each witness signs with its own key file.
    for n in [1, 2] {
        let file = desk.path().join(format!("w{n}.key"));
        new_key(&file, witness(n).key().name(), &[100 + n; 32]).unwrap();
        run(&["log", "handover", "sign", "handover", "--key", &format!("w{n}.key")], &format!("by-w{n}"));
    }
    let short = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"))
        .args(["log", "handover", "assemble", "by-w1", "--policy", "policy"])
        .current_dir(desk.path())
        .output()
        .unwrap();
    assert!(!short.status.success() && String::from_utf8_lossy(&short.stderr).contains("lacks the witnesses"));
    run(&["log", "handover", "assemble", "by-w1", "by-w2", "by-w1", "--policy", "policy"], "signed");
    let data = desk.path().join("node");
    let registrar = actor(0).did().to_string();
    let go_on =
        ["log", "handover", "continue", "--copy", copy, "--handover", "signed", "--new-key", "new.key", "--policy", "policy", "--data", "node"];
    run(&[&go_on[..], &["--registrar", &registrar]].concat(), "said");
    let mut ledger = Sequencer::open(&data, 0).unwrap();
    write(&mut ledger, &data, 10, 2);
    scene.device.sync(&publish(&data)).unwrap();
    assert_eq!(scene.device.batch(), 3);
}
