//! A running `ecosphere-node serve`, and statements for it.

use ecosphere::{
    log::{LogKey, LogSigner},
    measure::Millis,
    node::{
        folder::LedgerConfig,
        sequencer::{Sequencer, now},
    },
    statement::{self, Body, Draft, Registration, Role, SigningKey},
};
use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

pub const ORIGIN: &str = "example.org/killed";
const SEED: [u8; 32] = [5; 32];

pub fn key() -> LogKey {
    LogSigner::from_seed(ORIGIN, &SEED).unwrap().key().clone()
}

/// The registrar of the ledger.
pub fn registrar() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

/// Makes the ledger.
pub fn create(data: &Path) {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![registrar().did()], sample: false };
    drop(Sequencer::create(data, config, &SEED).unwrap());
}

/// An actor introduces itself; each number is another one. As JSON text, which is its entry.
pub fn introduction(number: u64) -> String {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    let body = Body::RegisterActor(Registration { name: format!("Actor {number}"), role: Role::Supplier, fictional: true });
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce, expires: Millis(now().0 + Millis::DAY), body };
    String::from_utf8(statement::sign(&draft, now(), &SigningKey::from_seed(&seed), &[]).unwrap()).unwrap()
}

/// A node that runs until it is dropped, killed or stopped.
pub struct Process {
    child: Child,
    pub base: String,
}

impl Process {
    /// Starts it and waits until it listens.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, |_| ())
    }

    /// The same, with more options.
    pub fn start_with(data: &Path, more: impl FnOnce(&mut Command)) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
        command.args(["--json", "serve", "--batch", "1", "--port", &port.to_string(), "--data"]).arg(data);
        more(&mut command);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: serde_json::Value = serde_json::from_str(&said).expect("the node says where it listens");
        Self { child, base: said["address"].as_str().unwrap().trim_end_matches('/').to_owned() }
    }

    /// As if the power went: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and waits until it has.
    #[cfg(unix)]
    pub fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.child.wait().unwrap().success(), "a node that is asked to stop ends well");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
