//! A ledger whose checkpoints need a witness, over real HTTP.

use super::*;
use crate::{
    log::Cosigner,
    node::{
        background::runtime,
        folder::LedgerConfig,
        sequencer::{Sequencer, now},
        serve::{listen, serve},
        witness::router,
    },
    statement::{self, Body, Draft, Registration, Role, SigningKey},
};
use axum_server::Handle;
use std::net::{SocketAddr, TcpListener};

const ORIGIN: &str = "example.org/test";

fn registration(n: u8) -> Vec<u8> {
    let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true });
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [n; 16], expires: crate::measure::Millis(now().0 + crate::measure::Millis::DAY), body };
    statement::sign(&draft, now(), &SigningKey::from_seed(&[n; 32]), &[]).unwrap()
}

fn start(address: SocketAddr, folder: &Path, log: crate::log::LogKey) -> Handle<SocketAddr> {
    let cosigner = Cosigner::from_seed("witness.example/w1", &[7; 32]).unwrap();
    let store = WitnessStore::open(&folder.join("w.db")).unwrap();
    let (listener, stop) = (listen(address).unwrap(), Handle::new());
    runtime().spawn(serve(listener, None, router(Arc::new(Witness { cosigner, logs: vec![log], store })), stop.clone()));
    stop
}

#[test]
fn a_checkpoint_is_published_only_when_its_witness_cosigned_and_what_was_taken_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("ledger");
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![SigningKey::from_seed(&[1; 32]).did()], sample: false };
    drop(Sequencer::create(&data, config, &[9; 32]).unwrap());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let key = Cosigner::from_seed("witness.example/w1", &[7; 32]).unwrap().key().clone();
    let witness = format!("http://{address}/={key}");
    adopt(&data, std::slice::from_ref(&witness)).unwrap();
    adopt(&data, std::slice::from_ref(&witness)).unwrap();
    assert!(adopt(&data, &[format!("http://elsewhere.example/={key}")]).is_err(), "a policy is not changed by an option");
    let policy = Policy::parse(&std::fs::read_to_string(data.join("policy")).unwrap()).unwrap();
    let log = policy.logs().next().unwrap().clone();
    let checkpoint = || std::fs::read_to_string(data.join("ledger/checkpoint")).unwrap();

    // No witness: nothing is published, nothing is lost, and more is taken.
    let mut ledger = Sequencer::open(&data, 0).unwrap();
    let before = checkpoint();
    let first = ledger.take(registration(1), Vec::new()).unwrap();
    assert!(matches!(ledger.close(), Err(NodeError::Unwitnessed(_))));
    let second = ledger.take(registration(2), Vec::new()).unwrap();
    assert!(second.leaf > first.leaf + 1, "a BatchClose lies between");
    assert_eq!(checkpoint(), before);
    drop(ledger);
    let mut ledger = Sequencer::open(&data, 0).unwrap();
    assert_eq!(ledger.leaf_of(&second.id).unwrap(), Some(second.leaf));
    assert_eq!(checkpoint(), before);

    // The witness comes: one checkpoint covers both batches.
    let stop = start(address, folder.path(), log.clone());
    ledger.close().unwrap();
    let trusted = policy.open(&checkpoint()).unwrap();
    assert!(trusted.checkpoint.size > second.leaf && trusted.witnessed.len() == 1);
    assert_eq!(std::fs::read_to_string(data.join("ledger/policy")).unwrap(), std::fs::read_to_string(data.join("policy")).unwrap());

    // A node that starts anew does not know where the witness stopped, and is told (409).
    drop(ledger);
    let mut ledger = Sequencer::open(&data, 0).unwrap();
    ledger.take(registration(3), Vec::new()).unwrap();
    ledger.close().unwrap();
    assert!(policy.open(&checkpoint()).unwrap().checkpoint.size > trusted.checkpoint.size);
    stop.shutdown();
}
