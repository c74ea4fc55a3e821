//! Credentials and statements made to mean two things, to exhaust the reader, or altered in any one byte.

use ecosphere::measure::Millis;
use ecosphere::statement::json::{JsonError, canonical, parse};
use ecosphere::statement::{
    Body, DidKey, Draft, PassportIssue, SigningKey, StageEvent, StatementError, SubjectKind, add_proof, sign, verify, verify_proofs,
};
use serde_json::json;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// What a device does with a credential that somebody hands it.
fn check_credential(text: &[u8]) -> Result<Vec<DidKey>, StatementError> {
    verify_proofs(&parse(text)?)
}

fn credential() -> Vec<u8> {
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "ProductRecord"],
        "issuer": key(1).did().to_string(),
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": { "id": "(01)09506000134352", "name": "Tomate pelée, 400 g", "share": 0.125, "pieces": 12 }
    });
    canonical(&add_proof(&document, &key(1), Millis(0)).unwrap()).unwrap()
}

fn statements() -> [Vec<u8>; 2] {
    let draft = |body| Draft { ledger: "ecosphere.example/test".into(), nonce: [7; 16], expires: Millis(1_800_000_000_000), body };
    let issue = Body::IssuePassport(PassportIssue {
        kind: SubjectKind::Product,
        subject: "(01)09506000134352".into(),
        digest: [0xab; 32],
        valid_until: Some(Millis(1_900_000_000_000)),
    });
    let stage = Body::RecordStage(StageEvent { passport: [1; 32], step: 1, digest: [2; 32], receiver: Some(key(2).did()) });
    [sign(&draft(issue), Millis(0), &key(1), &[]).unwrap(), sign(&draft(stage), Millis(0), &key(1), &[&key(2)]).unwrap()]
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(credential()).unwrap();
    assert!(text.contains(from));
    text.replacen(from, to, 1).into_bytes()
}

/// Every text that differs in one byte: each bit flipped, the byte gone, a byte put in.
fn altered(text: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..text.len()).flat_map(move |at| {
        let flipped = (0..8).map(move |bit| {
            let mut altered = text.to_vec();
            altered[at] ^= 1 << bit;
            altered
        });
        let gone = [&text[..at], &text[at + 1..]].concat();
        let more = [&text[..at], b"1", &text[at..]].concat();
        flipped.chain([gone, more]).filter(move |altered| altered != text).map(move |altered| (at, altered))
    })
}

#[test]
fn an_untouched_credential_is_accepted() {
    assert_eq!(check_credential(&credential()).unwrap(), [key(1).did()]);
}

#[test]
fn a_credential_with_a_key_given_twice_is_refused() {
    let twice = replaced("\"pieces\":12", "\"pieces\":12,\"pieces\":12");
    assert_eq!(check_credential(&twice), Err(JsonError::DuplicateKey("pieces".into()).into()));
    let escaped = replaced("\"pieces\":12", "\"pieces\":12,\"piece\\u0073\":13");
    assert_eq!(check_credential(&escaped), Err(JsonError::DuplicateKey("pieces".into()).into()));
}

#[test]
fn a_credential_with_a_number_that_would_be_rounded_is_refused() {
    for number in ["9007199254740993", "12.000000000000000001", "1e400", "-0"] {
        assert_eq!(check_credential(&replaced("\"pieces\":12", &format!("\"pieces\":{number}"))), Err(JsonError::Number(number.into()).into()));
    }
}

#[test]
fn a_credential_nested_ten_thousand_deep_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        assert_eq!(check_credential(&replaced("\"pieces\":12", &format!("\"pieces\":{deep}"))), Err(JsonError::TooDeep.into()));
        assert_eq!(check_credential(open.repeat(10_000).as_bytes()), Err(JsonError::TooDeep.into()));
    }
}

#[test]
fn a_credential_signed_by_another_key_than_it_says_is_refused() {
    let (one, two) = (key(1).did().to_string(), key(2).did().to_string());
    let text = String::from_utf8(credential()).unwrap().replace(one.trim_start_matches("did:key:"), two.trim_start_matches("did:key:"));
    assert!(matches!(check_credential(text.as_bytes()), Err(StatementError::Proof { .. })));
}

#[test]
fn a_credential_altered_in_any_byte_is_refused() {
    for (at, text) in altered(&credential()) {
        assert!(check_credential(&text).is_err(), "byte {at}: {}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn a_statement_altered_in_any_byte_is_refused() {
    for statement in statements() {
        assert!(verify(&statement).is_ok());
        for (at, text) in altered(&statement) {
            assert!(verify(&text).is_err(), "byte {at}: {}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn a_statement_cut_anywhere_is_refused() {
    for statement in statements() {
        for length in 0..statement.len() {
            assert!(verify(&statement[..length]).is_err());
        }
    }
}
