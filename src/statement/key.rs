//! Keys: `did:key` for Ed25519 and the signing key behind it.

use serde::{Deserialize, Serialize};

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
        let _ = (message, signature);
        todo!("helper A")
    }
}

impl std::fmt::Display for DidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let _ = f;
        todo!("helper A")
    }
}
impl TryFrom<String> for DidKey {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        let _ = text;
        todo!("helper A")
    }
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
