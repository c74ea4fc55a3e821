//! A certifier's word: a conformity credential (UNTP Digital Conformity Credential 0.7) that its certifier signs.

use crate::{
    measure::Millis,
    provenance::{Evidence, untp},
    statement::{self, SigningKey, json},
};
use serde_json::Value;

/// Signs a conformity credential: its issuer becomes the signer, and a proof in it is replaced.
///
/// # Errors
/// A sentence: it is none, with the path of the fault.
pub fn certify(text: &[u8], key: &SigningKey, now: Millis) -> Result<Evidence, String> {
    let mut credential = json::parse(text).map_err(|e| e.to_string())?;
    untp::conformity(&credential).map_err(|e| e.to_string())?;
    untp::schema_fault(&credential).map_or(Ok(()), |e| Err(e.to_string()))?;
    if let Some(members) = credential.as_object_mut() {
        members.remove("proof");
        if let Some(issuer) = members.get_mut("issuer").and_then(Value::as_object_mut) {
            issuer.insert("id".to_owned(), key.did().to_string().into());
        }
    }
    let signed = statement::add_proof(&credential, key, now).map_err(|e| e.to_string())?;
    Evidence::read(signed).map_err(|e| e.to_string())
}

/// The signed credentials in a file: one, or an array of them.
///
/// # Errors
/// A sentence: one of them is none, or its signature does not hold.
pub fn read(text: &[u8]) -> Result<Vec<Evidence>, String> {
    let value = json::parse(text).map_err(|e| e.to_string())?;
    let all = if let Value::Array(all) = value { all } else { vec![value] };
    let read = |one: Value| match untp::schema_fault(&one) {
        Some(fault) => Err(fault.to_string()),
        None => Evidence::read(one).map_err(|e| e.to_string()),
    };
    all.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: &[u8] = include_bytes!("../../tests/data/vectors/untp/ConformityCredential_battery_instance.json");

    #[test]
    fn what_a_certifier_signs_reads_back_and_what_is_altered_does_not() {
        let key = SigningKey::from_seed(&[5; 32]);
        let signed = certify(DRAFT, &key, Millis(1_790_000_000_000)).unwrap();
        assert_eq!(signed.certifier, key.did());
        assert!(!signed.attestations.is_empty());
        let text = signed.credential.to_string();
        assert_eq!(read(text.as_bytes()).unwrap(), [signed]);
        assert_eq!(read(format!("[{text},{text}]").as_bytes()).unwrap().len(), 2);
        assert!(read(DRAFT).is_err(), "nobody of ours signed it");
        let from = text.find("\"validFrom\":\"2").unwrap() + 13;
        let altered = format!("{}3{}", &text[..from], &text[from + 1..]);
        assert!(read(altered.as_bytes()).is_err());
        assert!(certify(b"{}", &key, Millis(0)).is_err());
    }
}
