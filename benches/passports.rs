//! Passports: many issued and sealed, and one checked, beside `dppvalidator` on the same file.
//!
//! What is compared in the check: both read the JSON text of a product's own passport and hold it against UNTP's JSON Schema, where dppvalidator
//! stops. Ours also verifies every signature in it and reads every member that a device uses.

use super::measure::{median_us, print};
use ecosphere::{
    measure::Millis,
    node::{
        folder::LedgerConfig,
        issuing::Issuer,
        passports::Passports,
        sequencer::{Sequencer, now},
    },
    provenance::{Record, untp},
    statement::{self, Accreditation, Body, Draft, Registration, Role, SigningKey, json},
};
use std::{process::Command, time::Instant};

const ORIGIN: &str = "example.org/bench";
const BATCH: usize = 10_000;

pub fn run() {
    check_beside_dppvalidator();
    issue_and_seal();
}

fn check_beside_dppvalidator() {
    let passports = Passports::sample().expect("the sample in the repository is whole");
    let (number, _) = passports.find("09526001000012").expect("the sample has it");
    let body = passports.body(number).expect("and its body");
    let check = || {
        let credential = json::parse(body).ok()?;
        statement::verify_proofs(&credential).ok()?;
        if untp::schema_fault(&credential).is_some() {
            return None;
        }
        Record::from_credential(&credential).ok()
    };
    assert!(check().is_some());
    let ours = 1e6 / median_us(check);
    let theirs = std::env::var_os("ECOSPHERE_PEER_PYTHON").and_then(|python| {
        let folder = tempfile::tempdir().ok()?;
        let file = folder.path().join("passport.json");
        std::fs::write(&file, body).ok()?;
        let ran = Command::new(python).arg("benches/peers/dppvalidator_peer.py").arg(&file).output().ok()?;
        serde_json::from_slice::<serde_json::Value>(&ran.stdout).ok()?["per_second"].as_f64()
    });
    let peer = theirs.map(|theirs| ("dppvalidator 0.5.1, schema only", theirs));
    print("check a product's own passport", "passports/s", ours, peer, "faster than the peer", theirs.is_none_or(|theirs| ours >= theirs));
}

fn issue_and_seal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (registrar, supplier) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![registrar.did()], sample: false };
    let mut ledger = Sequencer::create(folder.path(), config, &[5; 32]).expect("a new ledger");
    let mut nonce = 0_u64;
    let mut fresh = || {
        nonce += 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&nonce.to_be_bytes());
        bytes
    };
    let register = |role| Body::RegisterActor(Registration { name: "Bench".to_owned(), role, fictional: true });
    let vouch = Body::Accredit(Accreditation { subject: supplier.did(), role: Role::Supplier });
    for (key, body) in [(&registrar, register(Role::Registrar)), (&supplier, register(Role::Supplier)), (&registrar, vouch)] {
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce: fresh(), expires: Millis(now().0 + Millis::DAY), body };
        ledger.take(statement::sign(&draft, now(), key, &[]).expect("it is signed"), Vec::new()).expect("it is taken");
    }
    let juice = Passports::sample().and_then(|p| p.credential(p.find("09526001000012")?.0)).expect("the sample has it");
    let juice = Record::from_credential(&juice).expect("and reads it");
    let rows: Vec<(Record, [u8; 16])> = (0..BATCH).map(|n| (Record { id: format!("{}(21){n}", juice.id), ..juice.clone() }, fresh())).collect();
    let issuer = Issuer { origin: ORIGIN, key: &supplier, name: "Bench", time: now(), valid_until: None };

    // Signing, verifying the statement, reading the credential back, and sealing: what an issuer's computer does whatever the ledger's disk is.
    let started = Instant::now();
    let made = issuer.make_all(&rows).expect("all are made");
    let numbered: Vec<_> = (0..).zip(&made).zip(&rows).map(|((n, (_, digest)), (row, _))| (n, row.id.clone(), *digest)).collect();
    assert_eq!(issuer.links(&numbered, "https://id.example/").expect("all are sealed").len(), BATCH);
    let sealed = BATCH as f64 / started.elapsed().as_secs_f64();
    print("issue and seal a batch of 10 000", "passports/s", sealed, None, ">= 5000 passports/s", sealed >= 5_000.0);

    // The same, each of them folded and durable on this disk, with its body in a file of its own.
    let taken = Instant::now();
    for round in made.chunks(1_000) {
        let checked = round.iter().map(|(checked, _)| checked.clone()).collect();
        assert!(ledger.take_all(checked).expect("they are taken").iter().all(Result::is_ok));
    }
    let durable = BATCH as f64 / (started.elapsed().as_secs_f64().min(BATCH as f64 / sealed + taken.elapsed().as_secs_f64()));
    print("the same, folded and durable", "passports/s", durable, None, "for information", true);
}
