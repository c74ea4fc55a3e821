//! The seal: what ties a printed code to one passport on one ledger.
//!
//! ```text
//! seal = base64url without padding of 109 bytes, in the query parameter "seal" of the GS1 Digital Link
//!
//!  byte  0        1 .. 9             9 .. 41          41 .. 45          45 .. 109
//!       +--------+------------------+----------------+-----------------+--------------------+
//!       | 1      | passport number  | passport       | first 4 bytes   | Ed25519 signature  |
//!       |(version)| u64 big-endian  | digest SHA-256 | of SHA-256(key) |                    |
//!       +--------+------------------+----------------+-----------------+--------------------+
//!
//! signed = "ecosphere-seal-v1\0" | SHA-256(ledger origin) | passport number, u64 big-endian
//!        | SHA-256(GS1 element string) | passport digest
//! ```
//! It is made after the passport is on the ledger, because the ledger gives the number. The element string is the one the passport
//! was issued for: a passport for a product type is sealed with `(01)<GTIN>`, one for an item with lot and serial too.

use crate::statement::{DidKey, SigningKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The version this code writes and the only one it reads.
const VERSION: u8 = 1;
/// Bytes of a seal.
const LEN: usize = 1 + 8 + 32 + 4 + 64;
/// Domain separation: a signature over this can be taken for nothing else.
const CONTEXT: &[u8] = b"ecosphere-seal-v1\0";

/// A seal, decoded but not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Passport number on the ledger.
    pub number: u64,
    /// SHA-256 of the passport's credential.
    pub digest: [u8; 32],
    /// Which key signed: [`DidKey::hint`].
    pub hint: [u8; 4],
    /// Ed25519 signature.
    pub signature: [u8; 64],
}

/// Why a text is not a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not base64url without padding, or not of a seal's length.
    #[error("the seal is damaged: it should be {len} characters of base64url. Scan the code again, straight on and in good light", len = LEN.div_ceil(3) * 4 - 2)]
    Damaged,
    /// Made by a newer version.
    #[error("the seal is of version {0}, which this app cannot read; update the app")]
    Version(u8),
}

impl Seal {
    /// Seals passport `number` with `digest` for the subject `element_string` on the ledger `origin`.
    #[must_use]
    pub fn make(origin: &str, number: u64, element_string: &str, digest: [u8; 32], key: &SigningKey) -> Self {
        let message = signed_bytes(origin, number, element_string, &digest);
        Self { number, digest, hint: key.did().hint(), signature: key.sign(&message) }
    }

    /// The text that goes into the link: 146 characters.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.digest);
        bytes.extend_from_slice(&self.hint);
        bytes.extend_from_slice(&self.signature);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Self::encode`] wrote. A seal has exactly one spelling: stray bits and padding are refused.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn decode(text: &str) -> Result<Self, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Damaged)?;
        let (version, rest) = bytes.split_first().ok_or(SealError::Damaged)?;
        if *version != VERSION {
            return Err(SealError::Version(*version));
        }
        let (number, rest) = take::<8>(rest)?;
        let (digest, rest) = take::<32>(rest)?;
        let (hint, rest) = take::<4>(rest)?;
        let (signature, rest) = take::<64>(rest)?;
        if !rest.is_empty() {
            return Err(SealError::Damaged);
        }
        Ok(Self { number: u64::from_be_bytes(number), digest, hint, signature })
    }

    /// True when `key` made this seal for this ledger and this subject.
    #[must_use]
    pub fn verify(&self, origin: &str, element_string: &str, key: &DidKey) -> bool {
        // The hint is not under the signature, so it is compared: else a changed one would go unnoticed.
        self.hint == key.hint() && key.verifies(&signed_bytes(origin, self.number, element_string, &self.digest), &self.signature)
    }
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), SealError> {
    bytes.split_first_chunk::<N>().map(|(head, rest)| (*head, rest)).ok_or(SealError::Damaged)
}

fn signed_bytes(origin: &str, number: u64, element_string: &str, digest: &[u8; 32]) -> Vec<u8> {
    let mut message = Vec::with_capacity(CONTEXT.len() + 32 + 8 + 32 + 32);
    message.extend_from_slice(CONTEXT);
    message.extend_from_slice(&Sha256::digest(origin));
    message.extend_from_slice(&number.to_be_bytes());
    message.extend_from_slice(&Sha256::digest(element_string));
    message.extend_from_slice(digest);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal() -> (Seal, DidKey) {
        let key = SigningKey::from_seed(&[7; 32]);
        (Seal::make("a.example/log", 42, "(01)09506000134352", [9; 32], &key), key.did())
    }

    #[test]
    fn a_seal_holds_for_its_own_ledger_subject_and_key_only() {
        let (seal, key) = seal();
        assert!(seal.verify("a.example/log", "(01)09506000134352", &key));
        assert!(!seal.verify("b.example/log", "(01)09506000134352", &key));
        assert!(!seal.verify("a.example/log", "(01)09506000134352(10)L1", &key));
        assert!(!seal.verify("a.example/log", "(01)09506000134352", &SigningKey::from_seed(&[8; 32]).did()));
        assert!(!Seal { number: 43, ..seal.clone() }.verify("a.example/log", "(01)09506000134352", &key));
        assert!(!Seal { hint: [0; 4], ..seal }.verify("a.example/log", "(01)09506000134352", &key));
    }

    #[test]
    fn a_seal_has_one_spelling() {
        let (seal, _) = seal();
        let text = seal.encode();
        assert_eq!(text.len(), 146);
        assert_eq!(Seal::decode(&text), Ok(seal));
        assert_eq!(Seal::decode(&format!("{text}=")), Err(SealError::Damaged));
        assert_eq!(Seal::decode(&format!("{text}AAAA")), Err(SealError::Damaged));
        assert_eq!(Seal::decode(""), Err(SealError::Damaged));
        assert_eq!(Seal::decode(&text.replacen("AQ", "Ag", 1)), Err(SealError::Version(2)));
        // The last character carries four spare bits; only zeros are accepted there.
        let last = text.chars().last().unwrap();
        let twins = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars().filter(|c| *c != last);
        let same =
            twins.filter(|c| Seal::decode(&format!("{}{c}", &text[..145])).is_ok_and(|s| s.signature == Seal::decode(&text).unwrap().signature));
        assert_eq!(same.count(), 0);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(number: u64, digest: [u8; 32], hint: [u8; 4], head: [u8; 32], tail: [u8; 32]) {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&head);
            signature[32..].copy_from_slice(&tail);
            let seal = Seal { number, digest, hint, signature };
            prop_assert_eq!(Seal::decode(&seal.encode()), Ok(seal));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,300}") {
            let _ = Seal::decode(&text);
        }
    }
}
