//! The group `ledger`: verifying a passport against the least that any verifier must do, the bare signature check and one hash of the same bytes.

#[path = "measure.rs"]
mod measure;

use ecosphere::measure::Millis;
use ecosphere::passport::Seal;
use ecosphere::statement::json::{canonical, parse};
use ecosphere::statement::{SigningKey, add_proof, verify_proofs};
use ed25519_dalek::{Signature, VerifyingKey};
use measure::{report_ratio, side_by_side};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const ORIGIN: &str = "ecosphere.example/sample";
const ELEMENT: &str = "(01)09506000134352(10)L1(21)7";

/// A credential of about the size of the sample's.
fn credential(key: &SigningKey) -> Vec<u8> {
    let claims: Vec<Value> = (0..12)
        .map(|n| json!({ "topic": format!("topic-{n}"), "statement": "Organic farming, certified under (EU) 2018/848", "score": n * 8, "basis": "self-declared" }))
        .collect();
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "ProductRecord"],
        "issuer": { "id": key.did().to_string(), "name": "Example data steward" },
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": { "id": ELEMENT, "name": "Peeled tomatoes, 400 g", "brand": "Example", "categories": ["en:foods", "en:tomatoes"], "claims": claims }
    });
    let signed = add_proof(&document, key, Millis(1_793_491_200_000)).expect("a document of our own making can be signed");
    canonical(&signed).expect("a document of our own making has a canonical form")
}

fn main() {
    let key = SigningKey::from_seed(&Sha256::digest("ecosphere bench key").into());
    let did = key.did();
    let credential = credential(&key);
    let digest: [u8; 32] = Sha256::digest(&credential).into();
    let seal = Seal::make(ORIGIN, 42, ELEMENT, digest, &key).encode();

    let bare_key = VerifyingKey::from_bytes(did.public()).expect("a key of our own making");
    // The peer checks signatures over as many bytes as are signed here: 64 under a proof, 126 and more under a seal.
    let (proof_bytes, seal_bytes) = ([7; 64], [7; 18 + 32 + 8 + 32 + 32]);
    let proof_signature = Signature::from_bytes(&key.sign(&proof_bytes));
    let seal_signature = Signature::from_bytes(&key.sign(&seal_bytes));
    let bare_proof = || (bare_key.verify_strict(&proof_bytes, &proof_signature).is_ok(), Sha256::digest(&credential));
    let bare_seal = || (bare_key.verify_strict(&seal_bytes, &seal_signature).is_ok(), Sha256::digest(&seal));

    let verify_seal = || Seal::decode(&seal).is_ok_and(|seal| seal.verify(ORIGIN, ELEMENT, &did));
    let verify_credential = || parse(&credential).is_ok_and(|document| verify_proofs(&document).is_ok_and(|signers| signers == [did]));
    assert!(verify_seal() && verify_credential() && bare_proof().0 && bare_seal().0, "all of them verify");

    let size = credential.len();
    let (ours, peer) = side_by_side(verify_seal, bare_seal);
    report_ratio("verify a seal", "us", ours, "verify_strict + SHA-256", peer, 2.0);
    let (ours, peer) = side_by_side(verify_credential, bare_proof);
    report_ratio(&format!("verify a credential of {size} B"), "us", ours, "verify_strict + SHA-256", peer, 2.0);
    let passport = || verify_seal() && verify_credential() && <[u8; 32]>::from(Sha256::digest(&credential)) == digest;
    let (ours, peer) = side_by_side(passport, || (bare_seal(), bare_proof()));
    report_ratio("verify a passport: seal and credential", "us", ours, "2 verify_strict + SHA-256", peer, 2.0);
}
