//! Cosignatures of checkpoints (C2SP tlog-cosignature, `cosignature/v1`: Ed25519, type 0x04).
//!
//! ```text
//! signature line   — <name> base64(key id, 4 bytes ‖ timestamp, u64 big-endian ‖ Ed25519 signature, 64 bytes)     "Format"
//! signed message   cosignature/v1 LF time <timestamp, decimal> LF <the whole note text>                           "Ed25519 signed message"
//! ```
//! It says: at that time, in seconds since 1970, this was the largest consistent checkpoint of that log that the cosigner had seen.

use super::{
    Checkpoint, LogError, LogKey,
    note::{SignedNote, Vkey},
};
use ed25519_dalek::Signer as _;
use std::fmt;

/// Signature type of a timestamped Ed25519 cosignature (C2SP signed-note, "Signature types").
const COSIGNATURE: u8 = 4;
/// The timestamp "MUST NOT exceed 2^63 - 1".
const MAX_TIME: u64 = i64::MAX as u64;

/// A witness's or auditor's public key, under its name. As text a C2SP verifier key, `<name>+<key id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignerKey(Vkey);

impl CosignerKey {
    /// From the name and the 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// [`LogError::Origin`]: the name cannot be one.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, LogError> {
        Vkey::new(name, COSIGNATURE, public).map(Self).ok_or_else(|| LogError::origin(name))
    }

    /// Reads a verifier key of type 0x04.
    ///
    /// # Errors
    /// [`LogError::CosignerKey`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        Vkey::parse(text, COSIGNATURE).map(Self).ok_or_else(|| LogError::CosignerKey(text.chars().take(80).collect()))
    }

    /// The cosigner's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The key's 32 bytes.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.0.public
    }

    /// When this cosigner signed the note's text, in seconds since 1970: the latest time if it did so more than once, `None` if never.
    ///
    /// # Errors
    /// [`LogError::Cosignature`]: a line under its name and key id does not verify.
    pub(super) fn cosigned(&self, note: &SignedNote<'_>) -> Result<Option<u64>, LogError> {
        let times = note.by(&self.0, |signature| {
            let (time, signature) = signature.split_first_chunk::<8>()?;
            let time = u64::from_be_bytes(*time);
            (time <= MAX_TIME && self.0.holds(message(note.text, time).as_bytes(), signature)).then_some(time)
        });
        Ok(times.map_err(|_| LogError::Cosignature(self.0.name.clone()))?.into_iter().max())
    }
}

impl fmt::Display for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for CosignerKey {
    type Err = LogError;
    fn from_str(text: &str) -> Result<Self, LogError> {
        Self::parse(text)
    }
}

/// A cosigner's private key. Wiped when dropped; not printed.
pub struct Cosigner {
    secret: ed25519_dalek::SigningKey,
    public: CosignerKey,
}

impl Cosigner {
    /// From the name and a 32-byte seed; the caller brings the randomness. One key serves one cosigner only: what is signed does not
    /// hold the name.
    ///
    /// # Errors
    /// [`LogError::Origin`]: the name cannot be one.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, LogError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = CosignerKey::new(name, secret.verifying_key().to_bytes())?;
        Ok(Self { secret, public })
    }

    /// The public side.
    #[must_use]
    pub const fn key(&self) -> &CosignerKey {
        &self.public
    }

    /// The signature line of this key, as one of type 0x01, under a text that is no checkpoint.
    pub(super) fn sign_note(&self, text: &str) -> Result<String, LogError> {
        LogKey::new(self.public.name(), *self.public.public()).map(|key| key.line(&self.secret.sign(text.as_bytes()).to_bytes()))
    }

    /// The signature line for the checkpoint in a note, with its line feed: append it to the note. `time` is in seconds since 1970.
    ///
    /// It says that this cosigner has seen nothing that contradicts the checkpoint, so look before you sign.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`]: the note holds none, or the time is out of range.
    pub fn cosign(&self, note: &str, time: u64) -> Result<String, LogError> {
        let refused = |why: &str| LogError::Checkpoint { origin: self.public.name().to_owned(), why: why.into() };
        let note = SignedNote::parse(note).ok_or_else(|| refused("it is not a signed note"))?;
        Checkpoint::read(note.text).ok_or_else(|| refused("its text is not a checkpoint"))?;
        if time > MAX_TIME {
            return Err(refused("the time is out of range"));
        }
        let signature = self.secret.sign(message(note.text, time).as_bytes()).to_bytes();
        Ok(self.public.0.line(&[&time.to_be_bytes(), &signature[..]].concat()))
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.public)
    }
}

fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogSigner;

    fn note() -> String {
        let log = LogSigner::from_seed("example.org/log", &[1; 32]).unwrap();
        Checkpoint { origin: "example.org/log".into(), size: 7, root: [9; 32] }.sign(&log)
    }

    fn witness(n: u8) -> Cosigner {
        Cosigner::from_seed("witness.example/w", &[n; 32]).unwrap()
    }

    fn cosigned(key: &CosignerKey, note: &str) -> Result<Option<u64>, LogError> {
        key.cosigned(&SignedNote::parse(note).unwrap())
    }

    #[test]
    fn a_cosignature_opens_under_its_key_and_tells_its_time() {
        let both = note() + &witness(2).cosign(&note(), 1_679_315_147).unwrap();
        assert_eq!(cosigned(witness(2).key(), &both), Ok(Some(1_679_315_147)));
        assert_eq!(cosigned(witness(3).key(), &both), Ok(None), "another key under the same name has another id");
        assert_eq!(cosigned(witness(2).key(), &note()), Ok(None));
    }

    #[test]
    fn the_message_is_that_of_the_specification() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        assert_eq!(
            message(text, 1_679_315_147),
            "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        );
    }

    #[test]
    fn a_log_signature_is_no_cosignature_and_the_other_way_round() {
        // The same key bytes, once as a log and once as a cosigner: ids and messages are apart.
        let log = LogSigner::from_seed("witness.example/w", &[2; 32]).unwrap();
        let line = Checkpoint { origin: "witness.example/w".into(), size: 7, root: [9; 32] }.sign(&log);
        assert_eq!(cosigned(witness(2).key(), &line), Ok(None));
        assert!(CosignerKey::parse(&log.key().to_string()).is_err());
        assert!(LogKey::parse(&witness(2).key().to_string()).is_err());
    }

    #[test]
    fn a_cosignature_altered_in_any_byte_is_refused() {
        let line = witness(2).cosign(&note(), 99).unwrap();
        let good = cosigned(witness(2).key(), &(note() + &line)).unwrap();
        assert_eq!(good, Some(99));
        let start = line.rfind(' ').unwrap() + 1;
        let sound = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, line[start..].trim_end()).unwrap();
        // From the fifth byte on: the first four are the key's id, and an unknown id is ignored, not refused.
        for at in 4..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            let altered = witness(2).key().0.line(&bytes[4..]);
            assert!(matches!(cosigned(witness(2).key(), &(note() + &altered)), Err(LogError::Cosignature(_))), "byte {at}");
        }
        let other = note().replacen("\n7\n", "\n8\n", 1);
        assert!(cosigned(witness(2).key(), &(other + &line)).is_err(), "it holds for one text only");
    }

    #[test]
    fn no_time_beyond_the_specifications_is_signed_or_believed() {
        assert!(witness(2).cosign(&note(), MAX_TIME).is_ok());
        assert!(witness(2).cosign(&note(), MAX_TIME + 1).is_err());
        let time = MAX_TIME + 1;
        let text = note();
        let text = SignedNote::parse(&text).unwrap().text;
        let signature = witness(2).secret.sign(message(text, time).as_bytes()).to_bytes();
        let line = witness(2).key().0.line(&[&time.to_be_bytes(), &signature[..]].concat());
        assert!(cosigned(witness(2).key(), &(note() + &line)).is_err());
    }

    #[test]
    fn what_is_no_checkpoint_is_not_cosigned() {
        let line = note().split_once("\n\n").unwrap().1.to_owned();
        assert!(witness(2).cosign("a text", 1).is_err());
        assert!(witness(2).cosign(&format!("transfer all funds\n\n{line}"), 1).is_err());
    }
}
