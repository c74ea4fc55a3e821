//! The auditor's and the actors' commands, as their users run them.
#![cfg(feature = "node")]

use ecosphere::{
    log::{Checkpoint, LogSigner, LogWriter},
    measure::Millis,
    statement::{self, BatchClose, Body, Draft, Registration, Role, SigningKey},
};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

/// The one object a command printed, and its exit status.
fn node(args: &[&str]) -> (Value, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).arg("--json").args(args).output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (serde_json::from_str(&text).unwrap_or_else(|_| panic!("{args:?}: {output:?}")), output.status.code().unwrap())
}

fn key(folder: &Path, n: u8) -> String {
    let path = folder.join(format!("{n}.key"));
    std::fs::write(&path, hex::encode([n; 32])).unwrap();
    path.to_str().unwrap().to_owned()
}

fn did(n: u8) -> String {
    SigningKey::from_seed(&[n; 32]).did().to_string()
}

#[test]
fn actors_register_vouch_withdraw_rotate_and_recover_in_the_terminal_and_each_refusal_has_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let (made, status) = node(&["init", "--data", data, "--origin", "example.org/terminal", "--registrar", &did(1)]);
    assert_eq!(status, 0, "{made}");
    let keys: Vec<String> = (0..9).map(|n| key(folder.path(), n)).collect();
    let say = |n: usize, args: &[&str]| node(&[&["actor"], args, &["--key", &keys[n], "--data", data]].concat());
    let logged = |n: usize, args: &[&str]| {
        let (said, status) = say(n, args);
        assert_eq!((said["status"].as_str(), status), (Some("logged"), 0), "{args:?}: {said}");
        said
    };
    let refused = |n: usize, args: &[&str], why: &str| {
        let (said, status) = say(n, args);
        assert_eq!((said["rejection"].as_str(), status), (Some(why), 1), "{args:?}: {said}");
        assert!(said["reason"].as_str().unwrap().len() > 20);
    };
    logged(1, &["register", "--name", "Registrar", "--role", "registrar"]);
    logged(2, &["register", "--name", "Mill", "--role", "supplier"]);
    refused(2, &["register", "--name", "Mill", "--role", "supplier"], "AlreadyRegistered");
    refused(3, &["accredit", "--subject", &did(2), "--role", "supplier"], "UnknownActor");
    logged(1, &["accredit", "--subject", &did(2), "--role", "supplier"]);
    refused(1, &["accredit", "--subject", &did(2), "--role", "supplier"], "AlreadyAccredited");

    let rotated = logged(2, &["rotate", "--new-key", &keys[4]]);
    assert_eq!(rotated["actor"], did(2));
    refused(2, &["rotate", "--new-key", &keys[5]], "KeyOutOfForce");
    refused(4, &["rotate", "--new-key", &keys[2]], "KeyTaken");
    refused(4, &["recover", "--subject", &did(1), "--new-key", &keys[5]], "NoStanding");
    // Any key that it ever had names the actor.
    logged(1, &["recover", "--subject", &did(4), "--new-key", &keys[5]]);
    refused(4, &["retire", "--reason", "lost"], "KeyOutOfForce");
    logged(5, &["retire", "--reason", "The laptop was stolen."]);
    refused(5, &["accredit", "--subject", &did(1), "--role", "supplier"], "KeyOutOfForce");
    let fresh = folder.path().join("made.key");
    logged(1, &["recover", "--subject", &did(2), "--new-key", fresh.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(fresh).unwrap().len(), 64);
    logged(1, &["withdraw", "--subject", &did(5), "--role", "supplier"]);
    refused(1, &["withdraw", "--subject", &did(5), "--role", "supplier"], "NothingToWithdraw");
    refused(1, &["recover", "--subject", &did(2), "--new-key", &keys[7]], "NotItsRegistrar");

    // A node that runs is told the same way, over HTTP.
    let (web, port) = (folder.path().join("web"), std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string());
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "").unwrap();
    let mut serving = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"))
        .args(["--json", "serve", "--data", data, "--port", &port, "--web", web.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let to = format!("http://127.0.0.1:{port}");
    let (taken, status) = node(&["actor", "register", "--name", "By wire", "--role", "ngo", "--key", &keys[6], "--to", &to]);
    let (again, refusal) = node(&["actor", "register", "--name", "By wire", "--role", "ngo", "--key", &keys[6], "--to", &to]);
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert_eq!(status, 0, "{taken}");
    assert_eq!(refusal, 1, "{again}");
    assert!(again.to_string().contains("registered already"), "{again}");

    // And the log that came of it holds.
    let vkey = made["vkey"].as_str().unwrap();
    let (found, status) = node(&["replay", data, "--key", vkey]);
    assert_eq!((found["holds"].as_bool(), status), (Some(true), 0), "{found}");
}

/// Everything a liar needs is the log's key: a first batch whose root does not follow.
#[test]
fn a_log_that_lies_is_caught_and_anyone_can_check_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    let (origin, log_key, time) = ("example.org/liar", SigningKey::from_seed(&[9; 32]), Millis(1_790_812_800_000));
    let sign = |key: &SigningKey, body| {
        let draft = Draft { ledger: origin.to_owned(), nonce: [1; 16], expires: Millis(time.0 + Millis::DAY), body };
        statement::sign(&draft, time, key, &[]).unwrap()
    };
    let introduction = Registration { name: "Registrar".to_owned(), role: Role::Registrar, fictional: true };
    let close = BatchClose { number: 1, first_leaf: 0, time_ms: time, state_root: [7; 32], manifest: None };
    let mut log = LogWriter::new();
    log.append(sign(&SigningKey::from_seed(&[1; 32]), Body::RegisterActor(introduction))).unwrap();
    log.append(sign(&log_key, Body::BatchClose(close))).unwrap();
    let signer = LogSigner::from_seed(origin, &[9; 32]).unwrap();
    let note = Checkpoint { origin: origin.to_owned(), size: 2, root: log.root() }.sign(&signer);
    for (path, bytes) in log.files(0).into_iter().chain([("checkpoint".to_owned(), note.into_bytes())]) {
        let path = folder.path().join("log").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (registrar, vkey) = (did(1), signer.key().to_string());
    assert_eq!(node(&["witness", "--new-key", "auditor.example/a1", "--key", &path("a1.key")]).1, 0);
    let terms = ["--registrar", &registrar, "--key", &vkey];
    let (found, status) = node(&[&["replay", &path("log"), "--out", &path("out"), "--sign", &path("a1.key")], terms.as_slice()].concat());
    assert_eq!((found["finding"].as_str(), status), (Some("wrong-state-root"), 1), "{found}");
    assert!(found["cosignature"].is_null() && !Path::new(&path("out/checkpoint")).exists(), "a lie is not signed");
    let file = path("out/evidence-1.json");
    let (alone, status) = node(&["evidence", "check", &file, "--key", &vkey]);
    assert_eq!((alone["recomputed"].as_bool(), status), (Some(false), 0), "{alone}");
    let (checked, status) = node(&["evidence", "check", &file, "--log", &path("log")]);
    assert_eq!((checked["recomputed"].as_bool(), status), (Some(true), 0), "{checked}");
    assert_eq!(node(&["evidence", "check", &file, "--key", "example.org/x+1a2b3c4d+AAAA"]).1, 1, "evidence about another log");
    assert_eq!(node(&["evidence", "check", &file, "--log", "assets/sample/ledger"]).1, 1, "another log is at hand");
}

#[test]
fn an_auditor_signs_what_it_replayed_and_keeps_what_it_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(node(&["witness", "--new-key", "auditor.example/a1", "--key", &path("a1.key")]).1, 0);
    let (found, status) = node(&["replay", "assets/sample/ledger", "--sign", &path("a1.key"), "--out", &path("out")]);
    assert_eq!((found["holds"].as_bool(), status), (Some(true), 0), "{found}");
    let line = found["cosignature"].as_str().unwrap();
    let note = std::fs::read_to_string(path("out/checkpoint")).unwrap();
    assert_eq!(note, std::fs::read_to_string("assets/sample/ledger/checkpoint").unwrap() + line);
    for file in std::fs::read_dir(path("out/pack")).unwrap() {
        let file = file.unwrap();
        assert!(std::fs::read(file.path()).unwrap() == std::fs::read(Path::new("assets/sample/ledger/pack").join(file.file_name())).unwrap());
    }
    // A log without its auditor's key, or with another one's name on it, is not signed.
    let (said, status) = node(&["replay", "assets/sample/ledger", "--key", "example.org/x+1a2b3c4d+AAAA"]);
    assert!(status != 0 && said["cosignature"].is_null(), "{said}");
}
