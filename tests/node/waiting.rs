//! What a node does with what it cannot take, or cannot publish.

use super::process::{Process, create, introduction, key};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What `serve` says of itself: it ends within half a minute. And a little for a busy machine.
pub const STOPS_WITHIN: Duration = Duration::from_secs(35);

/// An answer's status and body.
pub fn ask(node: &Process, path: &str) -> (u16, String) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let answer = reqwest::get(format!("{}{path}", node.base)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

/// Sends a statement; its id.
pub fn send(node: &Process, number: u64) -> String {
    let body = format!("{{\"statement\":{}}}", introduction(number));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let taken = reqwest::Client::new().post(format!("{}/statements", node.base)).body(body).send().await.unwrap();
        assert_eq!(taken.status(), 202);
        let taken: Value = serde_json::from_str(&taken.text().await.unwrap()).unwrap();
        taken["id"].as_str().unwrap().to_owned()
    })
}

/// Waits until a statement is in the published log.
pub fn logged(node: &Process, id: &str) {
    let started = Instant::now();
    while ask(node, &format!("/statements/{id}/proof")).0 != 200 {
        assert!(started.elapsed() < Duration::from_secs(90), "{}", ask(node, &format!("/statements/{id}")).1);
        std::thread::sleep(Duration::from_millis(200));
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A witness at a port; says its key.
fn witness(folder: &Path, port: u16) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    command.args(["--json", "witness", "--port", &port.to_string(), "--log", &key().to_string(), "--key"]);
    command.arg(folder.join("w.key")).arg("--data").arg(folder.join("w"));
    let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut said = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("vkey"), "{said}");
    running
}

#[test]
#[cfg(unix)]
fn a_node_whose_witness_does_not_answer_stops_in_time_and_publishes_after_the_restart() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    create(&data);
    let cosigner = ecosphere::node::witness::new_key(&folder.path().join("w.key"), "witness.example/w", &[3; 32]).unwrap();
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let option = format!("http://127.0.0.1:{port}/={}", cosigner.key());
    let node = Process::start_with(&data, |command| {
        command.args(["--witness", &option]);
    });
    let published = fs::read(data.join("ledger/checkpoint")).unwrap();
    let id = send(&node, 1);
    // Its batch is closed after a second, and from then on waits for the witness.
    std::thread::sleep(Duration::from_secs(3));
    let later = send(&node, 2);
    let asked = Instant::now();
    node.stop();
    assert!(asked.elapsed() < STOPS_WITHIN, "{:?}", asked.elapsed());
    assert_eq!(fs::read(data.join("ledger/checkpoint")).unwrap(), published, "nothing is published without the witness");

    drop(silent);
    let _witness = witness(folder.path(), port);
    let node = Process::start(&data);
    logged(&node, &id);
    logged(&node, &later);
    let note = fs::read_to_string(data.join("ledger/checkpoint")).unwrap();
    assert!(note.contains("— witness.example/w "), "{note}");
}

/// Sends a request as it is, and reads the whole answer.
fn raw(node: &Process, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(node.base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    for part in parts {
        stream.write_all(part).unwrap();
    }
    let mut answer = Vec::new();
    // The connection may be reset once the answer is there.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_larger_than_eight_mebibytes_is_answered_413_with_a_sentence() {
    const LIMIT: usize = 8 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    create(folder.path());
    let node = Process::start(folder.path());
    let head = "POST /statements HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let told = |answer: &str| {
        answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"error\":\"a request has at most 8 MiB; send fewer statements at a time\"")
    };
    // One that says how long it will be is refused before it is sent.
    let announced = raw(&node, &[format!("{head}Content-Length: {}\r\n\r\n", LIMIT + 1).as_bytes()]);
    assert!(told(&announced), "{announced}");
    // One that does not say so is read as far as the limit and no further.
    let body = vec![b' '; LIMIT + 1];
    let chunked = raw(&node, &[format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len()).as_bytes(), &body]);
    assert!(told(&chunked), "{chunked}");
    // As much as is allowed is read whole, and refused for what it is.
    let most = raw(&node, &[format!("{head}Content-Length: {LIMIT}\r\n\r\n").as_bytes(), &body[..LIMIT]]);
    assert!(most.starts_with("HTTP/1.1 400 "), "{most}");
}
