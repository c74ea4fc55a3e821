//! `eddsa-jcs-2022` both ways with the implementation of Digital Bazaar (npm), which is not ours and shares no code with us.

use ecosphere::{
    measure::Millis,
    statement::{SigningKey, add_proof, verify_proofs},
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

const SEED: [u8; 32] = [0x42; 32];
const CREATED: &str = "2026-11-22T10:00:00Z";

fn key() -> SigningKey {
    SigningKey::from_seed(&SEED)
}

/// What canonicalisation gets wrong where it goes wrong: numbers, escapes, and names sorted by UTF-16 code units (RFC 8785, section 3.2.3).
fn documents() -> Vec<Value> {
    let context = json!(["https://www.w3.org/ns/credentials/v2", "https://example.org/terms"]);
    let did = key().did().to_string();
    vec![
        json!({ "plain": "a document without a context" }),
        json!({
            "@context": context,
            "type": ["VerifiableCredential"],
            "issuer": did,
            "credentialSubject": {
                "numbers": [0, -1, 0.1, 1e21, 1e-7, 333_333_333.333_333_3, 4.5, 9_007_199_254_740_991_i64],
                "text": "€$\u{f}\nA'B\"\\\u{7f}\u{2028}Ö",
                "\u{1f600}": "an emoji sorts before", "\u{fb33}": "a Hebrew letter", "\r": 1, "1": 2, "\u{80}": 3, "ö": 4, "€": 5,
                "nested": { "empty": {}, "none": null, "list": [[], [true, false]] }
            }
        }),
    ]
}

/// What the peer answers.
fn peer(asked: &Value) -> Value {
    let packages = std::env::var_os("ECOSPHERE_NPM").expect("ECOSPHERE_NPM names the folder of the npm packages");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/peer.mjs");
    let mut command = Command::new("node");
    command.arg(script).env("ECOSPHERE_NPM", packages).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("Node.js runs");
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the peer failed; what it said is above");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn multibase(codec: [u8; 2], bytes: &[u8]) -> String {
    format!("z{}", bs58::encode([&codec[..], bytes].concat()).into_string())
}

/// The document with one thing of it changed at a time, each of which the proof covers.
fn altered(signed: &Value) -> Vec<(String, Value)> {
    let changed = |pointer: &str, value: Value| {
        let mut altered = signed.clone();
        let slot = altered.pointer_mut(pointer)?;
        assert_ne!(*slot, value);
        *slot = value;
        Some((pointer.to_owned(), altered))
    };
    let mut more = signed.clone();
    more["added"] = json!(1);
    let other = SigningKey::from_seed(&[1; 32]).did().to_string();
    let method = format!("{other}#{}", other.trim_start_matches("did:key:"));
    let value = signed["proof"]["proofValue"].as_str().unwrap();
    let last = if value.ends_with('2') { '3' } else { '2' };
    [
        Some(("a member more".to_owned(), more)),
        changed("/plain", json!("another document")),
        changed("/credentialSubject/numbers/0", json!(1)),
        changed("/credentialSubject/text", json!("€$")),
        changed("/issuer", json!(other)),
        changed("/proof/created", json!("2026-11-22T10:00:01Z")),
        changed("/proof/verificationMethod", json!(method)),
        changed("/proof/proofValue", json!(format!("{}{last}", &value[..value.len() - 1]))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
#[ignore = "needs packages from npm: cargo xtask test installs them and runs this"]
fn what_we_sign_the_peer_verifies_and_what_the_peer_signs_we_verify_and_both_refuse_what_is_altered() {
    let created = Millis::parse_rfc3339(CREATED).unwrap();
    let public = key().did().to_string().trim_start_matches("did:key:").to_owned();
    // Multicodec ed25519-priv, 0x1300 as a varint; the peer wants the public key behind the seed.
    let raw_public = bs58::decode(public.trim_start_matches('z')).into_vec().unwrap();
    let secret = multibase([0x80, 0x26], &[&SEED[..], &raw_public[2..]].concat());
    for document in documents() {
        let ours = add_proof(&document, &key(), created).unwrap();
        let spoiled = altered(&ours);
        assert!(spoiled.len() >= 5);
        let mut asked = vec![ours.clone()];
        asked.extend(spoiled.iter().map(|(_, document)| document.clone()));
        let sign = json!({ "document": document, "publicKeyMultibase": public, "secretKeyMultibase": secret, "created": CREATED });
        let answer = peer(&json!({ "verify": asked, "sign": sign }));
        let verified = answer["verified"].as_array().unwrap();
        assert_eq!(verified[0], json!({ "holds": true, "why": "" }));
        assert_eq!(verified.len(), asked.len());
        for ((what, document), said) in spoiled.iter().zip(&verified[1..]) {
            assert_eq!(said["holds"], json!(false), "{what}");
            assert!(verify_proofs(document).is_err(), "{what}");
        }
        let theirs = &answer["signed"];
        assert_eq!(verify_proofs(theirs).unwrap(), [key().did()]);
        for (what, document) in altered(theirs) {
            assert!(verify_proofs(&document).is_err(), "{what}");
        }
        // Ed25519 has one signature for a key and a message (RFC 8032, section 5.1.6): with the same options both write the same document.
        // The peer gives a document without a context one, and signs that.
        if document.get("@context").is_some() {
            assert_eq!(*theirs, ours);
        }
    }
}
