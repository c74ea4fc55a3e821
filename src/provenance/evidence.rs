//! A certifier's word on a stage: a conformity credential that the certifier signed, with what it attests.
//!
//! ```text
//! { "@context": [VC 2.0, UNTP 0.7], "type": ["DigitalConformityCredential", "VerifiableCredential"], "issuer": { "id": "did:key:…", … },
//!   "credentialSubject": { "conformityAssessment": [ … ] }, "proof": eddsa-jcs-2022 by the issuer's key }
//! ```
//! UNTP Digital Conformity Credential 0.7; W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3 (eddsa-jcs-2022). Whether the certifier is in standing is
//! for whoever knows the ledger to say.

use super::{Attestation, RecordError, untp};
use crate::statement::{self, DidKey};
use serde_json::Value;

/// A signed conformity credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Who signed it, and issued it.
    pub certifier: DidKey,
    /// As it was signed.
    pub credential: Value,
    /// What it attests.
    pub attestations: Vec<Attestation>,
}

impl Evidence {
    /// Reads one and checks its signature.
    ///
    /// # Errors
    /// It is no conformity credential of UNTP 0.7 (the error has the path), or its issuer did not sign it.
    pub fn read(credential: Value) -> Result<Self, RecordError> {
        let wrong = |why: String| RecordError::Shape { member: "evidence", why };
        let signers = statement::verify_proofs(&credential).map_err(|e| wrong(e.to_string()))?;
        let issuer = credential.pointer("/issuer/id").and_then(Value::as_str).and_then(|id| DidKey::try_from(id.to_owned()).ok());
        let certifier = issuer.filter(|key| signers.contains(key)).ok_or_else(|| wrong("its issuer is not the did:key that signed it".to_owned()))?;
        let found = untp::conformity(&credential).map_err(|reason| wrong(reason.to_string()))?;
        Ok(Self { certifier, credential, attestations: found })
    }
}
