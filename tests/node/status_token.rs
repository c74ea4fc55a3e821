//! The Status List Token, read without any of our own code: JWS, Ed25519, zlib, bits.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ecosphere::{
    log::LogKey,
    measure::Millis,
    node::{
        passports::Passports,
        sample,
        sequencer::{Sequencer, now},
        status_token::{is_by, token},
    },
    pack::SAMPLE_VKEY,
    statement::{self, Body, Draft, PassportStatus, Registration, Role, SigningKey},
};
use serde_json::{Value, json};
use std::{fs, io::Read as _, path::Path};

/// A batch more on the sample ledger.
fn grow(data: &Path, number: u8) {
    let mut ledger = Sequencer::open(data, 0).unwrap();
    let body = Body::RegisterActor(Registration { name: format!("Actor {number}"), role: Role::Supplier, fictional: true });
    let draft = Draft { ledger: sample::ORIGIN.to_owned(), nonce: [number; 16], expires: Millis(now().0 + Millis::DAY), body };
    let key = SigningKey::from_seed(&[200 + number; 32]);
    ledger.take(statement::sign(&draft, now(), &key, &[]).unwrap(), Vec::new()).unwrap();
    ledger.close().unwrap();
}

/// Header and payload of a compact JWS whose signature holds.
fn open(jwt: &str, key: &[u8; 32]) -> (Value, Value) {
    let parts: Vec<&str> = jwt.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("{jwt}") };
    let bytes = |part| URL_SAFE_NO_PAD.decode(part).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&bytes(signature)).unwrap();
    let key = ed25519_dalek::VerifyingKey::from_bytes(key).unwrap();
    key.verify_strict(format!("{header}.{payload}").as_bytes(), &signature).unwrap();
    (serde_json::from_slice(&bytes(header)).unwrap(), serde_json::from_slice(&bytes(payload)).unwrap())
}

#[test]
fn the_status_list_token_says_of_every_passport_what_the_pack_says_and_is_signed_by_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    Sequencer::create_sample(data).unwrap();
    grow(data, 1);
    let file = data.join("ledger/status-list.jwt");
    let first = fs::read_to_string(&file).unwrap();
    let log = LogKey::parse(SAMPLE_VKEY).unwrap();
    let (header, payload) = open(&first, log.public());
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("statuslist+jwt")));
    assert_eq!(payload["sub"], format!("https://{}/status-list.jwt", sample::ORIGIN));
    assert!(payload["ttl"].as_u64().unwrap() > 0);
    let age = now().0 / 1000 - payload["iat"].as_i64().unwrap();
    assert!((-1..600).contains(&age), "{age} seconds");
    assert_eq!(payload["status_list"]["bits"], 2);

    let zlib = URL_SAFE_NO_PAD.decode(payload["status_list"]["lst"].as_str().unwrap()).unwrap();
    let mut list = Vec::new();
    flate2::read::ZlibDecoder::new(zlib.as_slice()).read_to_end(&mut list).unwrap();
    let passports = Passports::at(data.join("ledger").to_str().unwrap()).unwrap();
    let mut seen = [0; 4];
    for (number, row) in passports.rows() {
        let value = list[number as usize / 4] >> (number % 4 * 2) & 3;
        let expected = match row.status {
            PassportStatus::Valid => 0,
            PassportStatus::Revoked => 1,
            PassportStatus::Suspended => 2,
            PassportStatus::Superseded => 3,
        };
        assert_eq!(value, expected, "passport {number}, {}", row.id);
        seen[usize::from(value)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "the sample has valid and revoked passports: {seen:?}");
    assert_eq!(list.len(), passports.rows().count().div_ceil(4));

    // It is made anew with each batch, and the same batch and key always give the same bytes.
    grow(data, 2);
    let second = fs::read_to_string(&file).unwrap();
    let (_, later) = open(&second, log.public());
    assert!(later["iat"].as_i64() >= payload["iat"].as_i64() && second != first);
    let keys = ecosphere::node::ledger::LogKeys::from_seed(sample::ORIGIN, &sample::seed(sample::LOG)).unwrap();
    let size = fs::read_to_string(data.join("ledger/checkpoint")).unwrap().lines().nth(1).unwrap().parse().unwrap();
    assert_eq!(token(&|path| fs::read(data.join("ledger").join(path)).ok(), &keys, size).unwrap().unwrap(), second);
    // One character changed, and it is nobody's.
    let mut forged = second.clone().into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert!(is_by(&second, &log) && !is_by(&forged, &log));
    assert!(std::panic::catch_unwind(|| open(&forged, log.public())).is_err());
}
