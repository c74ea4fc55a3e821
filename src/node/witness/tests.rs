//! Every answer of the protocol, over real HTTP.

use super::*;
use crate::{
    log::{Checkpoint, CosignerKey, LogSigner, LogWriter, Policy},
    node::serve::{listen, serve},
};
use axum_server::Handle;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Client;
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;

const ORIGIN: &str = "example.com/log";

fn key(n: u8) -> LogSigner {
    LogSigner::from_seed(ORIGIN, &[n; 32]).unwrap()
}

fn log(size: u64) -> LogWriter {
    let mut log = LogWriter::new();
    for n in 0..size {
        log.append(n.to_string().into_bytes()).unwrap();
    }
    log
}

fn note(log: &LogWriter) -> String {
    Checkpoint { origin: ORIGIN.into(), size: log.size(), root: log.root() }.sign(&key(1))
}

/// A request to move on from `old`.
fn request(old: u64, log: &LogWriter) -> String {
    let proof: String = log.prove_consistency(old).unwrap_or_default().iter().map(|h| STANDARD.encode(h) + "\n").collect();
    format!("old {old}\n{proof}\n{}", note(log))
}

/// A witness on a free port of this computer.
struct Running {
    base: String,
    stop: Handle<SocketAddr>,
    key: CosignerKey,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let cosigner = Cosigner::from_seed("witness.example/w1", &[9; 32]).unwrap();
        let key = cosigner.key().clone();
        let store = WitnessStore::open(&folder.path().join("witness.db")).unwrap();
        let witness = Witness { cosigner, logs: vec![LogKey::clone(self::key(1).key())], store };
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = Handle::new();
        tokio::spawn(serve(listener, None, router(Arc::new(witness)), stop.clone()));
        Self { base, stop, key, _folder: folder }
    }

    /// Status, content type and body of the answer to a request.
    async fn add(&self, body: impl Into<reqwest::Body>) -> (u16, String, String) {
        let answer = Client::new().post(format!("{}/add-checkpoint", self.base)).body(body).send().await.unwrap();
        let kind = answer.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    }

    fn policy(&self) -> Policy {
        Policy::parse(&format!("log {}\nwitness w {}\nquorum w\n", key(1).key(), self.key)).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.shutdown();
    }
}

#[tokio::test]
async fn what_follows_is_cosigned_with_200_and_shown_to_monitors() {
    let witness = Running::start();
    let place = format!("{}/{}/checkpoint", witness.base, hex::encode(Sha256::digest(ORIGIN)));
    assert_eq!(reqwest::get(&place).await.unwrap().status(), 404);
    let mut before = 0;
    for size in [3, 7, 7, 300] {
        let log = log(size);
        let (status, _, line) = witness.add(request(before, &log)).await;
        assert_eq!(status, 200, "{line}");
        let trusted = witness.policy().open(&(note(&log) + &line)).unwrap();
        assert!(trusted.checkpoint.size == size && clock().abs_diff(trusted.witnessed[0].1) < 60);
        let shown = reqwest::get(&place).await.unwrap();
        assert_eq!(shown.status(), 200);
        assert_eq!(witness.policy().open(&shown.text().await.unwrap()).unwrap(), trusted);
        before = size;
    }
    assert_eq!(reqwest::get(format!("{}/{}/checkpoint", witness.base, "0".repeat(64))).await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_cannot_be_read_is_400_or_413() {
    let witness = Running::start();
    assert_eq!(witness.add("").await.0, 400);
    assert_eq!(witness.add(vec![0xff; 10]).await.0, 400);
    assert_eq!(witness.add(request(0, &log(7)).replace("old 0", "old 00")).await.0, 400);
    assert_eq!(witness.add(request(0, &log(7)).replace("old 0", "old 8")).await.0, 400);
    assert_eq!(witness.add("x".repeat(MAX_REQUEST + 1)).await.0, 413);
    let got = reqwest::get(format!("{}/add-checkpoint", witness.base)).await.unwrap();
    assert_eq!(got.status(), 405);
}

#[tokio::test]
async fn a_wrong_signature_is_403_and_an_unknown_log_404() {
    let witness = Running::start();
    let tree = log(7);
    let by = |signer: &LogSigner| {
        let note = Checkpoint { origin: signer.key().origin().into(), size: 7, root: tree.root() }.sign(signer);
        format!("old 0\n\n{note}")
    };
    assert_eq!(witness.add(by(&key(2))).await.0, 403);
    assert_eq!(witness.add(request(0, &tree).replace("\n7\n", "\n8\n")).await.0, 403);
    assert_eq!(witness.add(by(&LogSigner::from_seed("example.com/other", &[1; 32]).unwrap())).await.0, 404);
    assert_eq!(witness.add(request(0, &tree)).await.0, 200);
}

#[tokio::test]
async fn who_starts_elsewhere_gets_409_with_the_size() {
    let witness = Running::start();
    assert_eq!(witness.add(request(0, &log(5))).await.0, 200);
    for old in [0, 3, 7] {
        let (status, kind, body) = witness.add(request(old, &log(7))).await;
        assert_eq!((status, kind.as_str(), body.as_str()), (409, "text/x.tlog.size", "5\n"));
    }
    let (status, kind, body) = witness.add(request(3, &log(3))).await;
    assert_eq!((status, kind.as_str(), body.as_str()), (409, "text/x.tlog.size", "5\n"), "never back");
}

#[tokio::test]
async fn another_history_is_422() {
    let witness = Running::start();
    assert_eq!(witness.add(request(0, &log(5))).await.0, 200);
    let mut other = LogWriter::new();
    for n in 0..8u8 {
        other.append(vec![n, n]).unwrap();
    }
    assert_eq!(witness.add(request(5, &other)).await.0, 422);
    assert_eq!(witness.add(format!("old 5\n\n{}", note(&log(7)))).await.0, 422);
    let (status, _, line) = witness.add(request(5, &log(7))).await;
    assert_eq!(status, 200, "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_histories_asked_at_once_one_is_cosigned() {
    let witness = Running::start();
    assert_eq!(witness.add(request(0, &log(5))).await.0, 200);
    let branch = |name: &str, size: u64| {
        let mut log = log(5);
        for n in 5..size {
            log.append(format!("{name} {n}").into_bytes()).unwrap();
        }
        request(5, &log)
    };
    let asked = futures_util::future::join_all((6..22).map(|size| witness.add(branch(if size % 2 == 0 { "even" } else { "odd" }, size)))).await;
    let given: Vec<_> = asked.iter().map(|(status, ..)| *status).collect();
    assert_eq!(given.iter().filter(|s| **s == 200).count(), 1, "{given:?}");
    assert!(given.iter().all(|s| [200, 409].contains(s)), "{given:?}");
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_date_a_cosignature_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = WitnessStore::open(&folder.path().join("witness.db")).unwrap();
    let cosigner = Cosigner::from_seed("witness.example/w1", &[9; 32]).unwrap();
    let policy = Policy::parse(&format!("log {}\nwitness w {}\nquorum w\n", key(1).key(), cosigner.key())).unwrap();
    let cosign = |old, size, clock: fn() -> u64| {
        let log = log(size);
        let submission = Submission::read(&request(old, &log), &[key(1).key().clone()]).unwrap();
        let line = store.cosign(&submission, &cosigner, clock).unwrap().unwrap();
        policy.open(&(note(&log) + &line)).unwrap().witnessed[0].1
    };
    assert_eq!((cosign(0, 3, || 2000), cosign(3, 4, || 1000), cosign(4, 5, || 3000)), (2000, 2000, 3000));
}
