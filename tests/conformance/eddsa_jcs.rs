//! W3C Data Integrity EdDSA Cryptosuites v1.0, the vectors of `eddsa-jcs-2022`: each intermediate value, then both directions.

use super::{json, text};
use ecosphere::measure::Millis;
use ecosphere::statement::json::{canonical, parse};
use ecosphere::statement::{DidKey, SigningKey, add_proof, verify_proofs};
use sha2::{Digest as _, Sha256};

fn vector(name: &str) -> String {
    text(&format!("eddsa-jcs-2022/{name}"))
}

fn key() -> SigningKey {
    let pair = json("eddsa-jcs-2022/keyPair.json");
    let secret = pair["privateKeyMultibase"].as_str().unwrap().strip_prefix('z').unwrap();
    let bytes = bs58::decode(secret).into_vec().unwrap();
    // Multicodec ed25519-priv, 0x1300 as a varint.
    SigningKey::from_seed(bytes.strip_prefix(&[0x80, 0x26]).unwrap().try_into().unwrap())
}

#[test]
fn the_key_pair_belongs_together() {
    let public = json("eddsa-jcs-2022/keyPair.json")["publicKeyMultibase"].as_str().unwrap().to_owned();
    assert_eq!(key().did().to_string(), format!("did:key:{public}"));
    assert_eq!(DidKey::try_from(format!("did:key:{public}")).unwrap(), key().did());
}

#[test]
fn every_intermediate_value_is_the_published_one() {
    let document = canonical(&parse(vector("unsigned.json").as_bytes()).unwrap()).unwrap();
    assert_eq!(String::from_utf8(document.clone()).unwrap(), vector("canonDocJCS.txt"));
    let document_hash = Sha256::digest(document);
    assert_eq!(hex::encode(document_hash), vector("docHashJCS.txt"));

    let config = canonical(&parse(vector("proofConfigJCS.json").as_bytes()).unwrap()).unwrap();
    assert_eq!(String::from_utf8(config.clone()).unwrap(), vector("proofCanonJCS.txt"));
    let config_hash = Sha256::digest(config);
    assert_eq!(hex::encode(config_hash), vector("proofHashJCS.txt"));

    let combined = [config_hash, document_hash].concat();
    assert_eq!(hex::encode(&combined), vector("combinedHashJCS.txt"));
    let signature = key().sign(&combined);
    assert_eq!(hex::encode(signature), vector("sigHexJCS.txt"));
    assert_eq!(format!("z{}", bs58::encode(signature).into_string()), vector("sigBTC58JCS.txt"));
}

#[test]
fn signing_gives_the_published_document() {
    let unsigned = parse(vector("unsigned.json").as_bytes()).unwrap();
    let created = Millis::parse_rfc3339("2023-02-24T23:36:38Z").unwrap();
    assert_eq!(add_proof(&unsigned, &key(), created).unwrap(), json("eddsa-jcs-2022/signedJCS.json"));
}

#[test]
fn the_published_document_verifies() {
    let signed = parse(vector("signedJCS.json").as_bytes()).unwrap();
    assert_eq!(verify_proofs(&signed).unwrap(), [key().did()]);
}
