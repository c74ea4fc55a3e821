//! Keys: `did:key` for Ed25519 (<https://w3c-ccg.github.io/did-key-spec/>) and the signing key behind it.
//!
//! ```text
//! did:key:z ‖ base58btc( 0xed 0x01 ‖ the public key's 32 bytes )
//! ```

use serde::{Deserialize, Serialize};

/// What every Ed25519 `did:key` starts with: the method and the multibase sign of base58btc.
const PREFIX: &str = "did:key:z";
/// Multicodec `ed25519-pub`, 0xed as a varint.
const MULTICODEC: [u8; 2] = [0xed, 0x01];

/// An Ed25519 `did:key` (multicodec 0xed01, multibase base58btc), e.g. `did:key:z6Mk…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DidKey([u8; 32]);

/// Why a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a `did:key` of an Ed25519 key.
    #[error("\"{0}\" is not an Ed25519 did:key; it should look like did:key:z6Mk…")]
    NotADidKey(String),
}

impl DidKey {
    /// From the 32 bytes of a public key.
    #[must_use]
    pub const fn from_public(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The public key's 32 bytes.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.0
    }
    /// The first four bytes of SHA-256 of the public key: the hint a seal carries.
    #[must_use]
    pub fn hint(&self) -> [u8; 4] {
        use sha2::Digest as _;
        let d = sha2::Sha256::digest(self.0);
        [d[0], d[1], d[2], d[3]]
    }
    /// Verifies an Ed25519 signature with `verify_strict`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        is_reduced(&self.0)
            && ed25519_dalek::VerifyingKey::from_bytes(&self.0)
                .is_ok_and(|key| key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok())
    }
}

impl std::fmt::Display for DidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = [0; 34];
        let (codec, key) = bytes.split_at_mut(2);
        codec.copy_from_slice(&MULTICODEC);
        key.copy_from_slice(&self.0);
        write!(f, "{PREFIX}{}", bs58::encode(bytes).into_string())
    }
}
impl TryFrom<String> for DidKey {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        // 34 bytes are at most 47 base58 digits; decoding is quadratic, so longer text is not tried.
        text.strip_prefix(PREFIX)
            .filter(|digits| digits.len() <= 47)
            .and_then(|digits| bs58::decode(digits).into_vec().ok())
            .and_then(|bytes| <[u8; 32]>::try_from(bytes.strip_prefix(&MULTICODEC)?).ok())
            .filter(is_reduced)
            .map(Self)
            .ok_or_else(|| KeyError::NotADidKey(text.chars().take(60).collect()))
    }
}

/// Whether the y coordinate is below 2²⁵⁵ − 19. The few encodings that are not would give one key two names.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    !(*low >= 0xed && middle.iter().all(|b| *b == 0xff) && high & 0x7f == 0x7f)
}

impl From<DidKey> for String {
    fn from(k: DidKey) -> Self {
        k.to_string()
    }
}

/// A private Ed25519 key. Its bytes are wiped when it is dropped; it has no `Debug` that shows them.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// From a 32-byte seed. The caller brings the randomness.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }
    /// The public side.
    #[must_use]
    pub fn did(&self) -> DidKey {
        DidKey(self.0.verifying_key().to_bytes())
    }
    /// Signs bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer as _;
        self.0.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_name() {
        let did = SigningKey::from_seed(&[1; 32]).did();
        let text = did.to_string();
        assert!(text.starts_with("did:key:z6Mk"), "{text}");
        assert_eq!(DidKey::try_from(text).unwrap(), did);
    }

    #[test]
    fn other_names_are_refused() {
        let good = SigningKey::from_seed(&[1; 32]).did().to_string();
        let mut not_reduced = [0xff; 32];
        not_reduced[0] = 0xee;
        not_reduced[31] = 0x7f;
        for text in [
            String::new(),
            "did:key:z".into(),
            "did:web:example.org".into(),
            good.replace("did:key:z", "did:key:m"),
            format!("{good}1"),
            format!("{good}#x"),
            good.get(..good.len() - 1).unwrap().to_owned(),
            DidKey::from_public(not_reduced).to_string(),
            format!("did:key:z{}", "1".repeat(1_000_000)),
        ] {
            assert!(DidKey::try_from(text.clone()).is_err(), "{text:.60}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        let key = SigningKey::from_seed(&[1; 32]);
        let signature = key.sign(b"tomato");
        assert!(key.did().verifies(b"tomato", &signature));
        assert!(!key.did().verifies(b"potato", &signature));
        assert!(!SigningKey::from_seed(&[2; 32]).did().verifies(b"tomato", &signature));
        assert!(!DidKey::from_public([0; 32]).verifies(b"tomato", &[0; 64]));
    }

    #[test]
    fn the_private_key_is_not_printed() {
        assert_eq!(format!("{:?}", SigningKey::from_seed(&[7; 32])), "SigningKey(…)");
    }
}
