//! A witness that is killed at any moment never cosigns two histories and never goes back: the whole program, over real HTTP.
//!
//! 5 rounds; as many as `ECOSPHERE_SOAK` says when it is set.
#![cfg(feature = "node")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ecosphere::log::{Checkpoint, Hash, LogSigner, LogWriter, Policy};
use std::{
    collections::BTreeMap,
    hash::BuildHasher as _,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Sizes of the two histories; they part after the first entry.
const SIZES: u64 = 400;

/// A log that shows two histories, and both of them.
struct TwoFaced {
    key: LogSigner,
    faces: [LogWriter; 2],
    roots: [BTreeMap<u64, Hash>; 2],
}

impl TwoFaced {
    fn new(round: u64) -> Self {
        let key = LogSigner::from_seed(&format!("example.com/log{round}"), &[1; 32]).unwrap();
        let mut faces = [LogWriter::new(), LogWriter::new()];
        let mut roots = [BTreeMap::new(), BTreeMap::new()];
        for ((face, roots), name) in faces.iter_mut().zip(&mut roots).zip(["left", "right"]) {
            for n in 0..SIZES {
                face.append(if n == 0 { "one".into() } else { format!("{name} {n}").into_bytes() }).unwrap();
                roots.insert(face.size(), face.root());
            }
        }
        Self { key, faces, roots }
    }

    fn note(&self, face: usize, size: u64) -> String {
        Checkpoint { origin: self.key.key().origin().into(), size, root: self.roots[face][&size] }.sign(&self.key)
    }

    /// The request to move from `old` to `new` in one of the histories.
    fn request(&self, face: usize, old: u64, new: u64) -> String {
        let files = self.faces[face].files(0);
        let proof = ecosphere::log::prove_consistency(&|path| part(&files, path), old, new).unwrap_or_default();
        let proof: String = proof.iter().map(|h| STANDARD.encode(h) + "\n").collect();
        format!("old {old}\n{proof}\n{}", self.note(face, new))
    }
}

/// A tile as it was when the log was smaller: the beginning of what it is now.
fn part(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Option<Vec<u8>> {
    let (full, width) = path.split_once(".p/").unwrap_or((path, "256"));
    let now = files.iter().find(|(p, _)| p.split_once(".p/").map_or(p.as_str(), |(f, _)| f) == full)?.1;
    now.get(..width.parse::<usize>().unwrap() * 32).map(<[u8]>::to_vec)
}

struct Witness {
    process: Child,
    base: String,
    vkey: String,
}

impl Witness {
    fn start(folder: &Path, logs: &[TwoFaced]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
        command.args(["--json", "witness", "--port", "0", "--key"]).arg(folder.join("key")).arg("--data").arg(folder);
        for log in logs {
            command.args(["--log", &log.key.key().to_string()]);
        }
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { process, base: said["address"].as_str().expect(&line).into(), vkey: said["vkey"].as_str().unwrap().into() }
    }

    /// SIGKILL: nothing is written any more.
    fn kill(process: &mut Child) {
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

/// What one side got cosigned: sizes and times, in the order of the answers.
type Given = Vec<(usize, u64, u64)>;

/// Pushes one history forward in steps until the witness is gone.
async fn push(client: &reqwest::Client, (base, vkey): (&str, &str), log: &TwoFaced, face: usize, step: u64, given: &mut Given) {
    let policy = Policy::parse(&format!("log {}\nwitness w {}\nquorum w\n", log.key.key(), vkey)).unwrap();
    let mut old = 0;
    loop {
        let new = (old + step).min(SIZES);
        let answer = client.post(format!("{base}/add-checkpoint")).body(log.request(face, old, new)).send().await;
        let Ok(answer) = answer else { return };
        let status = answer.status().as_u16();
        let Ok(body) = answer.text().await else { return };
        match status {
            200 => {
                let opened = policy.open(&(log.note(face, new) + &body)).unwrap();
                given.push((face, new, opened.witnessed[0].1));
                old = new;
            }
            409 => old = body.trim().parse().unwrap(),
            // The other history won: go on trying, as a cheating log would.
            422 => tokio::time::sleep(Duration::from_millis(1)).await,
            other => panic!("{other}: {body}"),
        }
    }
}

#[test]
fn a_witness_killed_at_random_moments_never_cosigns_two_histories_and_never_goes_back() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rounds: u64 = std::env::var("ECOSPHERE_SOAK").ok().map_or(5, |n| n.parse().unwrap_or(100));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"))
        .args(["witness", "--new-key", "witness.example/w1", "--key"])
        .arg(folder.path().join("key"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let random = std::hash::RandomState::new();
    let logs: Vec<TwoFaced> = (0..rounds).map(TwoFaced::new).collect();
    let mut cosigned = 0;
    for (round, log) in (0..).zip(&logs) {
        let mut all = Given::new();
        // Killed while both histories are pushed, then once more after it came back.
        for life in 0..2u64 {
            let newest = all.iter().map(|(_, size, _)| *size).max().unwrap_or(0);
            let mut witness = Witness::start(folder.path(), &logs);
            let wait = Duration::from_millis(20 + random.hash_one((round, life)) % 300);
            let (left, right, stood) = runtime.block_on(async {
                let client = reqwest::Client::new();
                let ask = client.post(format!("{}/add-checkpoint", witness.base)).body(log.request(0, 0, 1));
                let answer = ask.send().await.unwrap();
                let stood = if answer.status() == 409 { answer.text().await.unwrap().trim().parse().unwrap() } else { 0 };
                let (mut left, mut right) = (Given::new(), Given::new());
                let at = (witness.base.as_str(), witness.vkey.as_str());
                let killing = async {
                    tokio::time::sleep(wait).await;
                    Witness::kill(&mut witness.process);
                };
                tokio::join!(push(&client, at, log, 0, 3, &mut left), push(&client, at, log, 1, 2, &mut right), killing);
                (left, right, stood)
            });
            assert!(stood >= newest, "round {round}: it cosigned {newest} entries and came back with {stood}");
            all.extend(left);
            all.extend(right);
        }
        let faces: Vec<usize> = all.iter().filter(|(_, size, _)| *size > 1).map(|(face, ..)| *face).collect();
        assert!(faces.windows(2).all(|w| w[0] == w[1]), "round {round}: it cosigned both histories: {all:?}");
        let mut by_time = all.clone();
        by_time.sort_by_key(|(_, size, time)| (*time, *size));
        assert!(by_time.windows(2).all(|w| w[0].1 <= w[1].1), "round {round}: a smaller tree has a later time: {all:?}");
        cosigned += all.len();
    }
    assert!(cosigned > rounds as usize, "{cosigned} cosignatures are too few to show anything");
}
