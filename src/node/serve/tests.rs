mod desk;

use super::*;
use crate::{
    log,
    measure::Millis,
    node::{
        folder::LedgerConfig,
        intake::Intake,
        ledger::LogKeys,
        sequencer::{Sequencer, now},
    },
    state::{Entry, StateProof},
    statement::{self, Accreditation, Body, Draft, Registration, Role, SigningKey, json},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Client, StatusCode, header};
use serde_json::json;
use sha2::Digest as _;
use std::{fs, path::Path, sync::Arc};

/// A node on a free port of this computer, serving the sample.
struct Node {
    base: String,
    stop: Handle<SocketAddr>,
}

impl Node {
    fn start(change: impl FnOnce(&mut App)) -> Self {
        // The client wants a provider even where nothing is encrypted; the first test to ask installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut app = App { read_only: "read-only here", ..App::new(LedgerFiles::sample(), "ecosphere.example/sample".to_owned(), true) };
        change(&mut app);
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = Handle::new();
        tokio::spawn(serve(listener, None, router(Arc::new(app)), stop.clone()));
        Self { base, stop }
    }

    /// One that writes to a ledger.
    fn writing(sequencer: Sequencer) -> Self {
        Self::start(|app| {
            app.ledger = LedgerFiles::Store(sequencer.files().clone());
            app.store = Some(sequencer.store());
            app.intake = Some(Intake::start(sequencer, Arc::clone(&app.metrics)).unwrap());
        })
    }

    async fn get(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> reqwest::Response {
        let mut request = Client::new().get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        request.send().await.unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.shutdown();
    }
}

fn text(response: &reqwest::Response, name: header::HeaderName) -> &str {
    response.headers().get(name).map_or("", |v| v.to_str().unwrap())
}

fn web(folder: &Path) {
    fs::write(folder.join("index.html"), "<!doctype html>app").unwrap();
    fs::write(folder.join("engine_bg.wasm"), "plain").unwrap();
    fs::write(folder.join("engine_bg.wasm.br"), "packed").unwrap();
    fs::write(folder.join(".secret.txt"), "secret").unwrap();
}

#[tokio::test]
async fn only_the_checkpoint_is_asked_for_again() {
    let node = Node::start(|_| {});
    let checkpoint = node.get("/ledger/checkpoint", &[]).await;
    assert_eq!(text(&checkpoint, header::CACHE_CONTROL), "no-store");
    let (pack, bytes) = crate::pack::sample_files().iter().find(|(path, _)| path.starts_with("pack/")).unwrap();
    let pack = node.get(&format!("/ledger/{pack}"), &[]).await;
    assert!(text(&pack, header::CACHE_CONTROL).contains("immutable"));
    assert_eq!(text(&pack, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    assert_eq!(pack.bytes().await.unwrap(), *bytes);
    assert_eq!(node.get("/ledger/tile/9/999", &[]).await.status(), StatusCode::NOT_FOUND);
}

/// C2SP tlog-tiles: checkpoints are text ("Checkpoints"); tiles and bundles, partial ones too, are opaque bytes that never change ("Merkle Tree",
/// "Log Entries"), so every cache on the way may keep them for ever, and none a checkpoint.
#[tokio::test]
async fn everything_but_the_checkpoint_may_be_kept_for_ever_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let node = writing(folder.path(), 0);
    let (_, taken) = node.post(&json!({ "statement": introduce(1) })).await;
    node.logged(taken["id"].as_str().unwrap()).await;
    // A full tile and bundle beside the partial ones of a small log.
    let tiles = folder.path().join("ledger/tile");
    fs::create_dir_all(tiles.join("entries")).unwrap();
    fs::write(tiles.join("0/000"), vec![7; 256 * 32]).unwrap();
    fs::write(tiles.join("entries/000"), vec![0; 512]).unwrap();
    let mut paths = vec!["tile/0/000".to_owned(), "tile/entries/000".to_owned()];
    for place in ["tile/0/000.p", "tile/entries/000.p", "pack"] {
        let name = fs::read_dir(folder.path().join("ledger").join(place)).unwrap().next().unwrap().unwrap().file_name();
        paths.push(format!("{place}/{}", name.to_str().unwrap()));
    }
    for path in &paths {
        let (url, stored) = (format!("/ledger/{path}"), fs::read(folder.path().join("ledger").join(path)).unwrap());
        let whole = node.get(&url, &[]).await;
        assert_eq!(whole.status(), StatusCode::OK, "{path}");
        assert_eq!(text(&whole, header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{path}");
        assert_eq!(text(&whole, header::CONTENT_TYPE), "application/octet-stream", "{path}");
        assert_eq!((text(&whole, header::ACCEPT_RANGES), text(&whole, header::CONTENT_ENCODING)), ("bytes", ""), "{path}");
        assert_eq!(text(&whole, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{path}");
        let tag = text(&whole, header::ETAG).to_owned();
        assert_eq!(whole.bytes().await.unwrap(), stored, "{path}");
        let known = node.get(&url, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!((known.status(), text(&known, header::ETAG)), (StatusCode::NOT_MODIFIED, tag.as_str()), "{path}");
        assert_eq!(text(&known, header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{path}");
        assert!(known.bytes().await.unwrap().is_empty(), "{path}");
        let part = node.get(&url, &[(header::RANGE, "bytes=1-4")]).await;
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{path}");
        assert_eq!(part.bytes().await.unwrap(), &stored[1..5], "{path}");
        let beyond = node.get(&url, &[(header::RANGE, &format!("bytes={}-", stored.len()))]).await;
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE, "{path}");
    }
    let checkpoint = node.get("/ledger/checkpoint", &[]).await;
    assert_eq!((text(&checkpoint, header::CACHE_CONTROL), text(&checkpoint, header::CONTENT_TYPE)), ("no-store", "text/plain; charset=utf-8"));
    // What may come later is not remembered as missing.
    let missing = node.get("/ledger/tile/0/001", &[]).await;
    assert_eq!((missing.status(), text(&missing, header::CACHE_CONTROL)), (StatusCode::NOT_FOUND, "no-store"));
}

#[tokio::test]
async fn a_request_that_never_ends_is_given_up_and_a_body_where_none_belongs_is_not_read() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let folder = tempfile::tempdir().unwrap();
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![signer(1).did()], sample: false };
    let sequencer = Sequencer::create(folder.path(), config, &[3; 32]).unwrap();
    let node = Node::start(|app| {
        app.intake = Some(Intake::start(sequencer, Arc::clone(&app.metrics)).unwrap());
        app.patience = Duration::from_millis(300);
    });
    // The head never ends; the body never ends.
    let unended = [
        ("GET /health HTTP/1.1\r\nhost: x\r\n", HEAD_TIMEOUT, ""),
        ("POST /statements HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{", Duration::from_millis(300), "HTTP/1.1 408 "),
    ];
    for (begun, given, said) in unended {
        let mut stream = tokio::net::TcpStream::connect(node.base.trim_start_matches("http://")).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = vec![0; 1024];
        let ended = tokio::time::timeout(given + Duration::from_secs(10), stream.read(&mut answer)).await;
        let read = ended.unwrap_or_else(|_| panic!("{begun:?} is still waited for")).unwrap_or(0);
        let answer = String::from_utf8_lossy(&answer[..read]);
        assert!(answer.starts_with(said), "{answer}");
    }
    let large = Client::new().post(format!("{}/health", node.base)).body("x".repeat(100_000)).send().await;
    if let Ok(answer) = large {
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(node.get("/health", &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_download_resumes_where_it_broke_off() {
    let node = Node::start(|_| {});
    let (path, bytes) = crate::pack::sample_files().iter().find(|(path, b)| path.starts_with("pack/") && b.len() > 10_000).unwrap();
    let path = format!("/ledger/{path}");
    let whole = node.get(&path, &[]).await;
    let tag = text(&whole, header::ETAG).to_owned();
    let rest = node.get(&path, &[(header::RANGE, "bytes=7000-"), (header::IF_RANGE, &tag)]).await;
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(text(&rest, header::CONTENT_RANGE), format!("bytes 7000-{}/{}", bytes.len() - 1, bytes.len()));
    assert_eq!(rest.bytes().await.unwrap(), &bytes[7000..]);
    let last = node.get(&path, &[(header::RANGE, "bytes=-5")]).await;
    assert_eq!(last.bytes().await.unwrap(), &bytes[bytes.len() - 5..]);
    let changed = node.get(&path, &[(header::RANGE, "bytes=7000-"), (header::IF_RANGE, "\"other\"")]).await;
    assert_eq!(changed.status(), StatusCode::OK);
    for (range, status) in
        [("bytes=99999999-", 416), ("bytes=9-3", 416), ("bytes=-0", 416), ("bytes=0-1,4-5", 200), ("lines=1-2", 200), ("bytes=-", 200)]
    {
        assert_eq!(node.get(&path, &[(header::RANGE, range)]).await.status(), status, "{range}");
    }
    assert_eq!(node.get(&path, &[(header::IF_NONE_MATCH, &tag)]).await.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_part_of_a_stored_pack_is_the_same_part_of_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_be_bytes).collect();
    let digest = hex::encode(<[u8; 32]>::from(sha2::Sha256::digest(&bytes)));
    fs::create_dir_all(folder.path().join("ledger/pack")).unwrap();
    fs::write(folder.path().join("ledger/pack").join(&digest), &bytes).unwrap();
    let stored = Node::start(|app| app.ledger = LedgerFiles::Store(crate::node::files::Files::folder(folder.path()).unwrap()));
    let path = format!("/ledger/pack/{digest}");
    let whole = stored.get(&path, &[]).await;
    let tag = text(&whole, header::ETAG).to_owned();
    assert_eq!(text(&whole, header::CONTENT_LENGTH), bytes.len().to_string());
    assert_eq!(whole.bytes().await.unwrap(), bytes);
    let part = stored.get(&path, &[(header::RANGE, "bytes=500000-500999"), (header::IF_RANGE, &tag)]).await;
    assert_eq!((part.status(), text(&part, header::CONTENT_RANGE)), (StatusCode::PARTIAL_CONTENT, "bytes 500000-500999/1200000"));
    assert_eq!(part.bytes().await.unwrap(), &bytes[500_000..501_000]);
    assert_eq!(stored.get(&path, &[(header::RANGE, "bytes=1200000-")]).await.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(stored.get(&path, &[(header::IF_NONE_MATCH, &tag)]).await.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(stored.get(&format!("/ledger/pack/{}", "0".repeat(64)), &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_of_the_app_is_its_one_page_and_a_missing_file_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    web(folder.path());
    let node = Node::start(|app| app.web = Some(folder.path().to_owned()));
    for page in ["/", "/shelf", "/product/12"] {
        let answer = node.get(page, &[]).await;
        assert_eq!(text(&answer, header::CONTENT_TYPE), "text/html; charset=utf-8", "{page}");
        assert_eq!(answer.text().await.unwrap(), "<!doctype html>app");
    }
    assert_eq!(node.get("/missing.js", &[]).await.status(), StatusCode::NOT_FOUND);
    assert!(text(&node.get("/", &[]).await, header::CONTENT_SECURITY_POLICY).contains("'wasm-unsafe-eval'"));
}

#[tokio::test]
async fn wasm_goes_out_packed_to_those_who_take_it() {
    let folder = tempfile::tempdir().unwrap();
    web(folder.path());
    let node = Node::start(|app| app.web = Some(folder.path().to_owned()));
    for (takes, sent) in [("gzip, br", "packed"), ("br;q=0.5", "packed"), ("br;q=0", "plain"), ("gzip", "plain")] {
        let answer = node.get("/engine_bg.wasm", &[(header::ACCEPT_ENCODING, takes)]).await;
        assert_eq!(text(&answer, header::CONTENT_TYPE), "application/wasm");
        assert_eq!(text(&answer, header::CONTENT_ENCODING), if sent == "packed" { "br" } else { "" });
        assert_eq!(text(&answer, header::VARY), "accept-encoding");
        assert_eq!(answer.text().await.unwrap(), sent, "{takes}");
    }
}

#[tokio::test]
async fn nothing_outside_the_folders_is_served() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("web")).unwrap();
    web(&folder.path().join("web"));
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    fs::create_dir_all(folder.path().join("data/ledger")).unwrap();
    fs::write(folder.path().join("data/secret.txt"), "secret").unwrap();
    let (root, ledger) = (folder.path().join("web"), crate::node::files::Files::folder(&folder.path().join("data")).unwrap());
    let node = Node::start(|app| {
        app.web = Some(root);
        app.ledger = LedgerFiles::Store(ledger);
    });
    // A client library would tidy these up, so they are written by hand.
    let hard = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.secret.txt", "/a/../../secret.txt", "/%5c..%5csecret.txt", "/%00.txt"];
    for path in hard.iter().flat_map(|p| [(*p).to_owned(), format!("/ledger{p}")]) {
        let answer = raw(&node.base, &path).await;
        assert!(!answer.contains("secret\n") && !answer.ends_with("secret"), "{path}: {answer}");
    }
}

async fn raw(base: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_read_only_node_says_why_it_takes_nothing() {
    let node = Node::start(|_| {});
    let answer = Client::new().post(format!("{}/statements", node.base)).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.text().await.unwrap().contains("read-only here"));
}

#[tokio::test]
async fn what_is_not_a_statement_is_refused_with_a_reason_and_what_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let config = LedgerConfig { origin: "example.org/test".to_owned(), registrars: Vec::new(), sample: false };
    let sequencer = Sequencer::create(folder.path(), config, &[3; 32]).unwrap();
    let node = Node::writing(sequencer);
    let post = async |body: String| Client::new().post(format!("{}/statements", node.base)).body(body).send().await;
    for (body, status) in [
        ("", 400),
        ("{}", 400),
        ("{\"statement\":{},\"statement\":{}}", 400),
        ("{\"statement\":{},\"bodies\":3}", 400),
        ("{\"statement\":{\"a\":1}}", 422),
    ] {
        let answer = post(body.to_owned()).await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
        assert!(answer.text().await.unwrap().contains("error"));
    }
    // The server may hang up while the client still sends; either way nothing is taken.
    if let Ok(answer) = post("x".repeat(9 * 1024 * 1024)).await {
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn the_help_for_phones_is_there_only_with_lan() {
    let node = Node::start(|_| {});
    assert_eq!(node.get("/lan", &[]).await.status(), StatusCode::NOT_FOUND);
    let phone = Phone {
        ca: "PEM".to_owned(),
        app: "https://192.168.1.2:8080/".to_owned(),
        page: String::new(),
        app_qr: "<svg/>".to_owned(),
        ca_qr: "<svg/>".to_owned(),
    };
    let node = Node::start(|app| app.phone = Some(phone));
    assert!(node.get("/lan", &[]).await.text().await.unwrap().contains("https://192.168.1.2:8080/"));
    let certificate = node.get("/lan/ca.crt", &[]).await;
    assert_eq!(text(&certificate, header::CONTENT_TYPE), "application/x-x509-ca-cert");
}

#[test]
fn a_taken_port_is_said_in_plain_words() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let said = listen(taken.local_addr().unwrap()).unwrap_err().to_string();
    assert!(said.contains("is taken by another program") && said.contains("--port"), "{said}");
}

#[tokio::test]
async fn a_phone_that_trusts_the_local_authority_reaches_the_node_and_one_that_does_not_is_warned() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let made = crate::node::lan::certificate(folder.path(), &["127.0.0.1".to_owned()]).unwrap();
    let tls = RustlsConfig::from_pem(made.certificate.into_bytes(), made.key.into_bytes()).await.unwrap();
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = format!("https://{}/health", listener.local_addr().unwrap());
    let app = App::new(LedgerFiles::sample(), String::new(), true);
    let stop = Handle::new();
    tokio::spawn(serve(listener, Some(tls), router(Arc::new(app)), stop.clone()));
    assert!(Client::new().get(&address).send().await.is_err());
    let authority = reqwest::Certificate::from_pem(made.ca.as_bytes()).unwrap();
    let trusting = Client::builder().tls_certs_only([authority]).build().unwrap();
    assert_eq!(trusting.get(&address).send().await.unwrap().status(), StatusCode::OK);
    stop.shutdown();
}

#[test]
fn the_document_describes_every_route_and_no_other() {
    let document: serde_json::Value = serde_json::from_str(app::OPENAPI).unwrap();
    let described: std::collections::BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone())))
        .collect();
    let routed = app::routes().into_iter().map(|(method, path, _)| (method.to_owned(), path.replace("{*", "{"))).collect();
    assert_eq!(described, routed);
    let limits = document["info"]["description"].as_str().unwrap();
    assert!(limits.contains("8 MiB") && statements::MAX_REQUEST == 8 * 1024 * 1024);
    assert_eq!(document["components"]["schemas"]["Submissions"]["properties"]["statements"]["maxItems"], statements::MAX_STATEMENTS);
}

const ORIGIN: &str = "example.org/test";

fn signer(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn signed(n: u8, nonce: u8, body: Body) -> serde_json::Value {
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [nonce; 16], expires: Millis(now().0 + Millis::DAY), body };
    serde_json::from_slice(&statement::sign(&draft, now(), &signer(n), &[]).unwrap()).unwrap()
}

fn introduce(n: u8) -> serde_json::Value {
    signed(n, n, Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true }))
}

/// A node whose batches stay open for so long, in milliseconds.
fn writing(folder: &Path, batch_ms: i64) -> Node {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![signer(1).did()], sample: false };
    drop(Sequencer::create(folder, config, &[3; 32]).unwrap());
    Node::writing(Sequencer::open(folder, batch_ms).unwrap())
}

impl Node {
    async fn post(&self, body: &serde_json::Value) -> (u16, serde_json::Value) {
        let answer = Client::new().post(format!("{}/statements", self.base)).body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }
    async fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.get(path, &[]).await.text().await.unwrap()).unwrap()
    }
    /// Waits until a statement is under the checkpoint.
    async fn logged(&self, id: &str) -> serde_json::Value {
        for _ in 0..200 {
            let standing = self.json(&format!("/statements/{id}")).await;
            if standing["status"] == "logged" {
                return standing;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{id} was never logged")
    }
}

#[tokio::test]
async fn a_statement_is_pending_then_logged_with_a_proof_and_sent_again_gets_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let node = writing(folder.path(), 1_500);
    let sent = introduce(1);
    let (status, taken) = node.post(&json!({ "statement": sent })).await;
    assert_eq!((status, &taken["status"], &taken["leaf"]), (202, &json!("pending"), &json!(1)), "{taken}");
    let id = taken["id"].as_str().unwrap();
    let standing = node.json(&format!("/statements/{id}")).await;
    assert_eq!(standing, taken, "pending");
    assert_eq!(node.get(&format!("/statements/{id}/proof"), &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(node.post(&json!({ "statement": sent })).await, (200, taken.clone()));

    assert_eq!(node.logged(id).await["leaf"], 1);
    assert_eq!(node.post(&json!({ "statement": sent })).await, (200, taken.clone()));
    let text = node.get(&format!("/statements/{id}/proof"), &[]).await.text().await.unwrap();
    let proof = log::Proof::parse(&text).unwrap();
    let policy = log::Policy::of_log(LogKeys::from_seed(ORIGIN, &[3; 32]).unwrap().key().clone());
    let entry = json::canonical(&sent).unwrap();
    proof.check(&entry, &policy).unwrap();
    assert!(proof.check(b"another", &policy).is_err());
    let by_accept = node.get(&format!("/statements/{id}"), &[(header::ACCEPT, "text/plain")]).await.text().await.unwrap();
    assert_eq!(by_accept, text);
    assert_eq!(node.get(&format!("/statements/{}", "0".repeat(64)), &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(node.get("/statements/xyz", &[]).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn of_many_statements_each_gets_its_own_answer() {
    let folder = tempfile::tempdir().unwrap();
    let node = writing(folder.path(), 60_000);
    let accredit = |by, nonce, whom| signed(by, nonce, Body::Accredit(Accreditation { subject: signer(whom).did(), role: Role::Supplier }));
    let mut forged = introduce(4);
    forged["body"]["name"] = "Somebody else".into();
    let items: Vec<_> =
        [introduce(1), accredit(1, 7, 9), forged, introduce(2), accredit(1, 8, 2)].into_iter().map(|s| json!({ "statement": s })).collect();
    let (status, answer) = node.post(&json!({ "statements": items })).await;
    assert_eq!(status, 200);
    let results = answer["results"].as_array().unwrap();
    let said: Vec<_> = results.iter().map(|r| (r["status"].as_str().unwrap(), r["leaf"].as_u64(), r["code"].as_str())).collect();
    assert_eq!(
        said,
        [
            ("pending", Some(1), None),
            ("rejected", None, Some("unknown-actor")),
            ("rejected", None, Some("proof")),
            ("pending", Some(2), None),
            ("pending", Some(3), None)
        ]
    );
    let refused = results[1]["id"].as_str().unwrap();
    let standing = node.json(&format!("/statements/{refused}")).await;
    assert_eq!((&standing["status"], &standing["code"]), (&json!("rejected"), &json!("unknown-actor")));
    assert_eq!(results[2]["id"], json!(null), "a forged statement names nobody's id");
    let metrics = node.get("/metrics", &[]).await.text().await.unwrap();
    for line in ["ecosphere_statements_taken_total 3", "ecosphere_statements_rejected_total{code=\"unknown-actor\"} 1", "ecosphere_queue_length 0"] {
        assert!(metrics.lines().any(|l| l == line), "{line}: {metrics}");
    }
    for malformed in [json!({ "statements": [] }), json!({ "statements": [{ "statement": 3 }] }), json!({ "statements": items, "bodies": null })] {
        assert_eq!(node.post(&malformed).await.0, 400, "{malformed}");
    }
}

#[tokio::test]
async fn what_the_state_says_is_proven_up_to_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let node = writing(folder.path(), 0);
    let (_, taken) = node.post(&json!({ "statement": introduce(1) })).await;
    let logged = node.logged(taken["id"].as_str().unwrap()).await;
    for (kind, id, there) in [("actor", signer(1).did().to_string(), true), ("actor", signer(2).did().to_string(), false)] {
        let answer = node.json(&format!("/state/{kind}/{id}")).await;
        let proof: StateProof = serde_json::from_value(answer["proof"].clone()).unwrap();
        let mut root = [0; 32];
        hex::decode_to_slice(answer["state_root"].as_str().unwrap(), &mut root).unwrap();
        assert_eq!(proof.verify(&root, &Entry::parse(kind, &id).unwrap()).unwrap().is_some(), there);
        // The root is the one the log's last leaf names.
        assert_eq!(answer["batch"]["close"]["body"]["state_root"], answer["state_root"]);
        assert_eq!(answer["batch"]["checkpoint"], logged["checkpoint"]);
        let path: Vec<log::Hash> =
            answer["batch"]["proof"].as_array().unwrap().iter().map(|h| STANDARD.decode(h.as_str().unwrap()).unwrap().try_into().unwrap()).collect();
        let key = LogKeys::from_seed(ORIGIN, &[3; 32]).unwrap();
        let checkpoint = log::Checkpoint::open(answer["batch"]["checkpoint"].as_str().unwrap(), key.key()).unwrap();
        let close = json::canonical(&answer["batch"]["close"]).unwrap();
        log::verify_inclusion(&log::leaf_hash(&close), checkpoint.size - 1, checkpoint.size, &checkpoint.root, &path).unwrap();
    }
    assert_eq!(node.get("/state/actor/nobody", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_node_without_room_says_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![signer(1).did()], sample: false };
    let sequencer = Sequencer::create(folder.path(), config, &[3; 32]).unwrap();
    let node = Node::start(|app| {
        app.intake = Some(Intake::start(sequencer, Arc::clone(&app.metrics)).unwrap());
        app.room = tokio::sync::Semaphore::new(1);
    });
    let small = Client::new().post(format!("{}/statements", node.base)).body("{}").send().await.unwrap();
    assert_eq!(small.status(), StatusCode::BAD_REQUEST);
    let large = Client::new().post(format!("{}/statements", node.base)).body(" ".repeat(3_000)).send().await.unwrap();
    assert_eq!(large.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(text(&large, header::RETRY_AFTER), "1");
}

#[test]
fn the_document_names_every_kind_of_statement_there_is() {
    let document: serde_json::Value = serde_json::from_str(app::OPENAPI).unwrap();
    let named = document.pointer("/components/schemas/Submission/properties/statement/properties/kind/examples").unwrap();
    let named: Vec<&str> = named.as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    // The reader itself lists what it would have understood.
    let refused = Body::from_members("Nothing".to_owned(), json!({})).unwrap_err().to_string();
    let (_, known) = refused.split_once("expected one of").unwrap();
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    assert_eq!(named, known);
}
