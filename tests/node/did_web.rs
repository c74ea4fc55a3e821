//! `did:web`: a web server hears of a credential only when a person says so, and never of a scan.
#![cfg(feature = "cli")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ecosphere::{node::sample, statement::SigningKey};
use serde_json::{Value, json};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A web server that counts who comes, whatever they want.
struct Server {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Server {
    fn start(document: impl Fn(u16) -> Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let (count, text) = (visits.clone(), document(port).to_string());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
            }
        });
        Self { port, visits }
    }

    fn did(&self) -> String {
        did(self.port)
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

fn did(port: u16) -> String {
    format!("did:web:127.0.0.1%3A{port}")
}

fn document(port: u16, key: &SigningKey) -> Value {
    let did = did(port);
    let method = json!({ "id": "#k", "type": "Multikey", "controller": did, "publicKeyMultibase": &key.did().to_string()["did:key:".len()..] });
    json!({ "id": did, "verificationMethod": [method], "assertionMethod": ["#k"] })
}

/// A credential of that issuer, in an envelope.
fn envelope(issuer: &str, key: &SigningKey) -> String {
    let header = json!({ "alg": "EdDSA", "kid": format!("{issuer}#k"), "typ": "vc+jwt" });
    let credential = json!({ "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": issuer });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&credential));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())))
}

fn cli(args: &[&str]) -> (Output, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_ecosphere-cli")).arg("--json").args(args).output().unwrap();
    let last = output.stdout.trim_ascii().split(|b| *b == b'\n').next_back().unwrap_or_default();
    let said = serde_json::from_slice(last).unwrap_or_default();
    (output, said)
}

#[test]
fn a_scan_never_resolves_a_did_web_and_a_check_only_when_asked() {
    let key = sample::key("orchard-and-loom");
    let server = Server::start(|port| document(port, &key));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credential.jwt");
    std::fs::write(&file, envelope(&server.did(), &key)).unwrap();
    let file = file.to_str().unwrap();

    // Everything a code could hold that names the server, and a product besides.
    let link = format!("http://127.0.0.1:{}/01/09526001000012?seal=x", server.port);
    let envelope = envelope(&server.did(), &key);
    for code in [server.did().as_str(), &link, &format!("{}#k", server.did()), &envelope, "09526001000012"] {
        let (output, _) = cli(&["scan", code]);
        assert!(output.status.code().is_some_and(|code| code < 3), "{code}");
    }
    let (output, said) = cli(&["verify", file]);
    assert_eq!(output.status.code(), Some(2), "without a key there is nothing to verify with: {said}");
    assert_eq!(server.visits(), 0, "nobody asked");

    let (output, said) = cli(&["verify", "--resolve", file]);
    assert_eq!(server.visits(), 1);
    assert_eq!((output.status.code(), said["outcome"].as_str()), (Some(0), Some("not-in-snapshot")), "{said}");
    assert_eq!((said["issuer"].as_str(), &said["in_standing"]), (Some(key.did().to_string().as_str()), &json!(true)));
}

#[test]
fn a_server_cannot_lend_its_name_to_another_key() {
    let (key, other) = (sample::key("orchard-and-loom"), SigningKey::from_seed(&[7; 32]));
    let server = Server::start(|port| document(port, &other));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credential.jwt");
    std::fs::write(&file, envelope(&server.did(), &key)).unwrap();
    let (output, said) = cli(&["verify", "--resolve", file.to_str().unwrap()]);
    assert_eq!((output.status.code(), said["outcome"].as_str()), (Some(1), Some("altered")), "{said}");
}
