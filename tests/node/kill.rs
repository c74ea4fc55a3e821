//! kill -9 of a node while statements come in: what was acknowledged is there, once, in one history.

use super::process::{Process, create, introduction, key, registrar};
use ecosphere::{
    log::{Checkpoint, bundle_path, prove_consistency, read_bundle, verify_consistency},
    statement::{self, Body},
};
use reqwest::Client;
use serde_json::{Value, json, value::RawValue};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// 5 rounds; as many as `ECOSPHERE_SOAK` says when it is set, or 100. Then senders rest between two requests: a node that starts verifies the whole log
/// again, and the log's length would come to be what is tested. Kills still find some on their way.
fn rounds() -> (u32, Duration) {
    std::env::var("ECOSPHERE_SOAK").map_or((5, Duration::ZERO), |rounds| (rounds.parse().unwrap_or(100), Duration::from_millis(400)))
}

/// What senders were told, and what they do not know.
#[derive(Default)]
struct Book {
    /// Ids that were acknowledged, with their leaf.
    acknowledged: BTreeMap<String, u64>,
    /// Statements whose sender got no answer.
    open: Vec<String>,
}

#[test]
fn what_was_acknowledged_is_in_the_log_once_however_often_the_node_is_killed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    create(folder.path());
    let (book, next) = (Arc::new(Mutex::new(Book::default())), Arc::new(AtomicU64::new(0)));
    let mut seen = Vec::new();
    let (rounds, rest) = rounds();
    for round in 0..rounds {
        let node = Process::start(folder.path());
        let senders: Vec<_> = [1, 1, 20].map(|many| runtime.spawn(send(node.base.clone(), many, rest, Arc::clone(&book), Arc::clone(&next)))).into();
        // Somewhere before, within or after the closing of a batch, which comes every second.
        std::thread::sleep(Duration::from_millis(300 + random() % 1_900));
        seen.push(fs::read_to_string(folder.path().join("ledger/checkpoint")).unwrap());
        node.kill();
        for sender in senders {
            runtime.block_on(sender).unwrap();
        }
        let book = book.lock().unwrap();
        assert!(!book.acknowledged.is_empty(), "round {round}: nothing was taken");
    }
    let node = Process::start(folder.path());
    // Sending again what got no answer does no harm, whether it had been taken or not.
    let open = std::mem::take(&mut book.lock().unwrap().open);
    for statement in &open {
        let (id, leaf) = runtime.block_on(submit(&Client::new(), &node.base, std::slice::from_ref(statement))).unwrap().pop().unwrap();
        book.lock().unwrap().acknowledged.insert(id, leaf);
    }
    node.stop();
    audit(folder.path(), &book.lock().unwrap().acknowledged, &seen);
}

/// Sends statements, so many at a time, until the node is gone.
async fn send(base: String, many: u64, rest: Duration, book: Arc<Mutex<Book>>, next: Arc<AtomicU64>) {
    let client = Client::new();
    loop {
        let first = next.fetch_add(many, Ordering::Relaxed);
        let statements: Vec<String> = (first..first + many).map(introduction).collect();
        match submit(&client, &base, &statements).await {
            Some(taken) => book.lock().unwrap().acknowledged.extend(taken),
            None => return book.lock().unwrap().open.extend(statements),
        }
        tokio::time::sleep(rest).await;
    }
}

/// Id and leaf of each statement, or `None` when the node gave no answer.
async fn submit(client: &Client, base: &str, statements: &[String]) -> Option<Vec<(String, u64)>> {
    let raw = |text: &String| json!({ "statement": RawValue::from_string(text.clone()).unwrap() });
    let body = match statements {
        [one] => raw(one),
        many => json!({ "statements": many.iter().map(raw).collect::<Vec<_>>() }),
    };
    let answer = client.post(format!("{base}/statements")).body(body.to_string()).send().await.ok()?;
    let status = answer.status();
    let value: Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
    assert!(status.is_success(), "{status}: {value}");
    let results = value["results"].as_array().cloned().unwrap_or_else(|| vec![value]);
    Some(results.iter().map(|r| (r["id"].as_str().unwrap().to_owned(), r["leaf"].as_u64().unwrap())).collect())
}

/// Nothing acknowledged is missing, nothing doubled, one history.
fn audit(data: &Path, acknowledged: &BTreeMap<String, u64>, seen: &[String]) {
    let ledger = data.join("ledger");
    let file = |path: &str| fs::read(ledger.join(path)).ok();
    let last = Checkpoint::open(&String::from_utf8(file("checkpoint").unwrap()).unwrap(), &key()).unwrap();
    for note in seen {
        let then = Checkpoint::open(note, &key()).unwrap();
        let proof = prove_consistency(&file, then.size, last.size).unwrap();
        verify_consistency(then.size, last.size, &then.root, &last.root, &proof).unwrap();
    }
    let mut leaves = BTreeMap::new();
    let mut leaf = 0;
    while leaf < last.size {
        for entry in read_bundle(&file(&bundle_path(last.size, leaf)).unwrap()).unwrap() {
            let statement = statement::verify(&entry).unwrap();
            let id = hex::encode(statement.id);
            assert_eq!(leaves.insert(id, leaf), None, "leaf {leaf} is in the log twice");
            let introduces = matches!(statement.body, Body::RegisterActor(_) | Body::BatchClose(_));
            assert!(introduces, "leaf {leaf} is nothing that was sent");
            leaf += 1;
        }
    }
    for (id, leaf) in acknowledged {
        assert_eq!(leaves.get(id), Some(leaf), "{id} was acknowledged at leaf {leaf}");
    }
    let mut verify = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    verify.args(["log", "verify"]).arg(&ledger).args(["--key", &key().to_string(), "--registrar", &registrar().did().to_string()]);
    let verified = verify.output().unwrap();
    assert!(verified.status.success(), "{}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom04::fill(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}
