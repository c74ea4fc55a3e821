use super::*;
use crate::node::sequencer::Sequencer;
use reqwest::{Client, StatusCode, header};
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
        let mut app = App {
            ledger: LedgerFiles::sample(),
            web: None,
            sequencer: None,
            read_only: "read-only here",
            phone: None,
            origin: "ecosphere.example/sample".to_owned(),
            sample: true,
        };
        change(&mut app);
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = Handle::new();
        tokio::spawn(serve(listener, None, router(Arc::new(app)), stop.clone()));
        Self { base, stop }
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
    let config = crate::node::folder::LedgerConfig { origin: "example.org/test".to_owned(), registrars: Vec::new(), sample: false };
    let sequencer = Sequencer::create(folder.path(), config, &[3; 32]).unwrap();
    let node = Node::start(|app| app.sequencer = Some(std::sync::Mutex::new(sequencer)));
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
    if let Ok(answer) = post("x".repeat(2 * 1024 * 1024)).await {
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
    let app = App { ledger: LedgerFiles::sample(), web: None, sequencer: None, read_only: "", phone: None, origin: String::new(), sample: true };
    let stop = Handle::new();
    tokio::spawn(serve(listener, Some(tls), router(Arc::new(app)), stop.clone()));
    assert!(Client::new().get(&address).send().await.is_err());
    let authority = reqwest::Certificate::from_pem(made.ca.as_bytes()).unwrap();
    let trusting = Client::builder().tls_certs_only([authority]).build().unwrap();
    assert_eq!(trusting.get(&address).send().await.unwrap().status(), StatusCode::OK);
    stop.shutdown();
}
