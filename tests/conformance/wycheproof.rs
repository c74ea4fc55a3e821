//! Wycheproof, Ed25519: `verify_strict` judges every signature as published. Its extra strictness (small-order keys and
//! nonces, unreduced keys) concerns no vector of this file; the last test shows it.

use super::json;
use ecosphere::statement::DidKey;

#[test]
fn every_signature_is_judged_as_published() {
    let file = json("wycheproof/ed25519_test.json");
    let mut seen = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let key: [u8; 32] = hex::decode(group["publicKey"]["pk"].as_str().unwrap()).unwrap().try_into().unwrap();
        for test in group["tests"].as_array().unwrap() {
            let field = |name: &str| hex::decode(test[name].as_str().unwrap()).unwrap();
            // A signature of another length is no signature: the type refuses it.
            let accepted = field("sig").try_into().is_ok_and(|sig| DidKey::from_public(key).verifies(&field("msg"), &sig));
            assert_eq!(accepted, test["result"] == "valid", "test {}: {} {}", test["tcId"], test["comment"], test["flags"]);
            seen += 1;
        }
    }
    assert_eq!(seen, file["numberOfTests"].as_u64().unwrap());
}

/// With the neutral element as key and nonce and s = 0, the plain equation holds for every message. RFC 8032 does not forbid it; `verify_strict` does.
#[test]
fn a_key_that_would_sign_everything_is_refused() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let lax = ed25519_dalek::VerifyingKey::from_bytes(&neutral).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&lax, b"anything", &ed25519_dalek::Signature::from_bytes(&signature)).is_ok());
    assert!(!DidKey::from_public(neutral).verifies(b"anything", &signature));
}
