//! Proofs on JSON documents: W3C Data Integrity, cryptosuite `eddsa-jcs-2022`
//! (<https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022>, section 3.3).
//!
//! ```text
//! signature  = Ed25519( SHA-256(JCS(proof without proofValue)) ‖ SHA-256(JCS(document without proof)) )
//! proofValue = "z" ‖ base58btc(signature)
//! ```
//! Several parties sign as a proof *set*: every proof covers the same document, none of the others.
//!
//! Stricter than the specification where it leaves a gap: the proof's `@context` must equal the document's (the
//! specification lets a document carry further, unsigned contexts), and a proof member that this code does not know
//! (`expires`, `domain`, `previousProof`, …) is refused, never ignored.

use super::{DidKey, Digest, SigningKey, StatementError, json};
use crate::measure::Millis;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The most proofs a proof set may hold: each costs a signature check.
pub const MAX_PROOFS: usize = 16;

const TYPE: &str = "DataIntegrityProof";
const SUITE: &str = "eddsa-jcs-2022";
const PURPOSE: &str = "assertionMethod";

/// Adds an `eddsa-jcs-2022` proof to any JSON document (a credential, a statement). A document that has a proof already gets a proof set.
///
/// # Errors
/// The document is not an object, has [`MAX_PROOFS`] proofs already, or cannot be canonicalised.
pub fn add_proof(document: &Value, key: &SigningKey, created: Millis) -> Result<Value, StatementError> {
    let members = object(document)?;
    if proofs(members).len() >= MAX_PROOFS {
        return Err(too_many());
    }
    let did = key.did().to_string();
    let mut proof = Map::new();
    proof.insert("type".into(), TYPE.into());
    proof.insert("cryptosuite".into(), SUITE.into());
    proof.insert("created".into(), created.to_rfc3339().into());
    proof.insert("verificationMethod".into(), format!("{did}#{}", did.trim_start_matches("did:key:")).into());
    proof.insert("proofPurpose".into(), PURPOSE.into());
    if let Some(context) = members.get("@context") {
        proof.insert("@context".into(), context.clone());
    }
    let signed = hash_data(&proof, &document_hash(members)?)?;
    proof.insert("proofValue".into(), format!("z{}", bs58::encode(key.sign(&signed)).into_string()).into());

    let mut members = members.clone();
    let proof = Value::Object(proof);
    let proof = match members.remove("proof") {
        None => proof,
        Some(Value::Array(mut set)) if !set.is_empty() => {
            set.push(proof);
            Value::Array(set)
        }
        Some(Value::Array(_)) => proof,
        Some(first) => Value::Array(vec![first, proof]),
    };
    members.insert("proof".into(), proof);
    Ok(Value::Object(members))
}

/// Verifies every `eddsa-jcs-2022` proof of a document and returns the keys that signed it, in proof order (never empty).
/// `verify_strict` only, one by one.
///
/// # Errors
/// No proof, too many, an unknown type, cryptosuite, purpose or member, or a proof that does not hold.
pub fn verify_proofs(document: &Value) -> Result<Vec<DidKey>, StatementError> {
    verify_and_hash(document).map(|(signers, _)| signers)
}

/// [`verify_proofs`], where `key_of` gives the key behind a verification method that is no `did:key`, if somebody has looked it up.
///
/// # Errors
/// As [`verify_proofs`].
pub fn verify_proofs_with(document: &Value, key_of: &dyn Fn(&str) -> Option<DidKey>) -> Result<Vec<DidKey>, StatementError> {
    verify_and_hash_with(document, key_of).map(|(signers, _)| signers)
}

/// [`verify_proofs`], and the SHA-256 of the document without `proof` that they cover.
pub(super) fn verify_and_hash(document: &Value) -> Result<(Vec<DidKey>, Digest), StatementError> {
    verify_and_hash_with(document, &|_| None)
}

fn verify_and_hash_with(document: &Value, key_of: &dyn Fn(&str) -> Option<DidKey>) -> Result<(Vec<DidKey>, Digest), StatementError> {
    let members = object(document)?;
    let proofs = proofs(members);
    if proofs.is_empty() {
        return Err(shape("proof", "it is missing; the document was never signed".into()));
    }
    if proofs.len() > MAX_PROOFS {
        return Err(too_many());
    }
    let hash = document_hash(members)?;
    let signers = proofs.iter().map(|proof| verify_one(proof, members.get("@context"), &hash, key_of)).collect::<Result<_, _>>()?;
    Ok((signers, hash))
}

fn object(document: &Value) -> Result<&Map<String, Value>, StatementError> {
    document.as_object().ok_or_else(|| shape("document", "it is not a JSON object".into()))
}

fn proofs(members: &Map<String, Value>) -> &[Value] {
    match members.get("proof") {
        None => &[],
        Some(Value::Array(set)) => set,
        Some(proof) => std::slice::from_ref(proof),
    }
}

fn verify_one(
    proof: &Value,
    context: Option<&Value>,
    document_hash: &Digest,
    key_of: &dyn Fn(&str) -> Option<DidKey>,
) -> Result<DidKey, StatementError> {
    let Value::Object(members) = proof else {
        return Err(shape("proof", "it is not an object".into()));
    };
    for (name, value) in members {
        let holds = match name.as_str() {
            "type" => value == TYPE,
            "cryptosuite" => value == SUITE,
            "proofPurpose" => value == PURPOSE,
            "created" => value.as_str().is_some_and(|t| Millis::parse_rfc3339(t).is_ok()),
            "@context" => Some(value) == context,
            "verificationMethod" | "proofValue" => value.is_string(),
            other => {
                return Err(shape(
                    "proof",
                    format!("\"{}\" is not known here, so what it asks for cannot be checked", other.chars().take(40).collect::<String>()),
                ));
            }
        };
        if !holds {
            return Err(shape("proof", format!("its \"{name}\" is not what {SUITE} with {PURPOSE} has here")));
        }
    }
    for needed in ["type", "cryptosuite", "proofPurpose"] {
        if !members.contains_key(needed) {
            return Err(shape("proof", format!("it has no \"{needed}\"")));
        }
    }
    if context.is_some() && !members.contains_key("@context") {
        return Err(shape("proof", "it does not repeat the document's \"@context\"".into()));
    }
    let method = members.get("verificationMethod").and_then(Value::as_str).unwrap_or_default();
    let key = read_method(method)
        .or_else(|| key_of(method))
        .ok_or_else(|| shape("proof", "its \"verificationMethod\" is not did:key:z6Mk…#z6Mk…".into()))?;
    let fails = |why: &str| StatementError::Proof { signer: key.to_string(), why: why.into() };

    let signature =
        members.get("proofValue").and_then(Value::as_str).and_then(read_signature).ok_or_else(|| fails("its proofValue is not a signature"))?;
    let signed = hash_data(members, document_hash)?;
    if key.verifies(&signed, &signature) { Ok(key) } else { Err(fails("the signature does not match the document")) }
}

/// `did:key:<k>#<k>`.
fn read_method(method: &str) -> Option<DidKey> {
    let (did, fragment) = method.split_once('#')?;
    (did.strip_prefix("did:key:")? == fragment).then_some(())?;
    DidKey::try_from(did.to_owned()).ok()
}

fn read_signature(text: &str) -> Option<[u8; 64]> {
    // 64 bytes are at most 88 base58 digits; decoding is quadratic, so longer text is not tried.
    let digits = text.strip_prefix('z').filter(|d| d.len() <= 88)?;
    bs58::decode(digits).into_vec().ok()?.try_into().ok()
}

fn document_hash(members: &Map<String, Value>) -> Result<Digest, StatementError> {
    Ok(Sha256::digest(json::canonical_without(members, "proof")?).into())
}

fn hash_data(proof: &Map<String, Value>, document_hash: &Digest) -> Result<[u8; 64], StatementError> {
    let config: Digest = Sha256::digest(json::canonical_without(proof, "proofValue")?).into();
    let mut both = [0; 64];
    let (left, right) = both.split_at_mut(32);
    left.copy_from_slice(&config);
    right.copy_from_slice(document_hash);
    Ok(both)
}

fn too_many() -> StatementError {
    shape("proof", format!("a document carries at most {MAX_PROOFS} proofs"))
}

fn shape(member: &'static str, why: String) -> StatementError {
    StatementError::Shape { member, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_seed(&[n; 32])
    }

    #[test]
    fn a_proof_set_names_its_signers_in_order() {
        let document = json!({ "@context": ["https://www.w3.org/ns/credentials/v2"], "name": "x" });
        let one = add_proof(&document, &key(1), Millis(0)).unwrap();
        assert_eq!(verify_proofs(&one).unwrap(), [key(1).did()]);
        let two = add_proof(&one, &key(2), Millis(5)).unwrap();
        assert_eq!(verify_proofs(&two).unwrap(), [key(1).did(), key(2).did()]);
        assert_eq!(two["proof"][0], one["proof"]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let signed = add_proof(&json!({ "@context": "c", "name": "x" }), &key(1), Millis(0)).unwrap();
        let with = |name: &str, value: Value| {
            let mut changed = signed.clone();
            changed["proof"][name] = value;
            changed
        };
        let without = |name: &str| {
            let mut changed = signed.clone();
            changed["proof"].as_object_mut().unwrap().remove(name);
            changed
        };
        for changed in [
            with("type", json!("Ed25519Signature2020")),
            with("cryptosuite", json!("eddsa-rdfc-2022")),
            with("proofPurpose", json!("authentication")),
            with("previousProof", json!("urn:uuid:1")),
            with("expires", json!("2030-01-01T00:00:00Z")),
            with("created", json!("yesterday")),
            with("@context", json!("d")),
            with("verificationMethod", json!(key(1).did())),
            with("proofValue", json!("z")),
            with("proofValue", json!("z".repeat(100_000))),
            without("type"),
            without("cryptosuite"),
            without("proofPurpose"),
            without("verificationMethod"),
            without("proofValue"),
            without("@context"),
        ] {
            assert!(verify_proofs(&changed).is_err(), "{changed}");
        }
        for document in [json!([]), json!({}), json!({ "proof": [] }), json!({ "proof": 1 }), json!({ "proof": [signed["proof"], 1] })] {
            assert!(verify_proofs(&document).is_err(), "{document}");
        }
    }

    #[test]
    fn an_unsigned_context_cannot_be_appended() {
        let mut signed = add_proof(&json!({ "@context": ["a"] }), &key(1), Millis(0)).unwrap();
        signed["@context"] = json!(["a", "b"]);
        assert!(verify_proofs(&signed).is_err());
    }

    #[test]
    fn a_proof_of_another_key_does_not_hold() {
        let mut signed = add_proof(&json!({ "name": "x" }), &key(1), Millis(0)).unwrap();
        let did = key(2).did().to_string();
        signed["proof"]["verificationMethod"] = format!("{did}#{}", &did[8..]).into();
        assert!(matches!(verify_proofs(&signed), Err(StatementError::Proof { .. })));
    }

    #[test]
    fn a_set_holds_at_most_sixteen_proofs() {
        let mut signed = json!({});
        for n in 0..16 {
            signed = add_proof(&signed, &key(n), Millis(0)).unwrap();
        }
        assert_eq!(verify_proofs(&signed).unwrap().len(), MAX_PROOFS);
        assert!(add_proof(&signed, &key(99), Millis(0)).is_err());
    }
}
