//! Checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note).
//!
//! The crates `signed_note` and `tlog_tiles` read and write both formats. Signatures are checked here instead, with
//! `verify_strict`: the crate's own verifier follows laxer rules than the rest of this project.

use super::{Hash, LogError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use signed_note::{Note, VerificationError, Verifiers};
use std::fmt;

/// Signature type of Ed25519 in a key (C2SP signed-note, "Signature types").
const ED25519: u8 = 1;

/// What a log says of itself at one moment: how many entries it has, and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, such as `example.org/log`.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads a signed note, checks the log's signature and that the checkpoint is the log's own. Signatures of others (witnesses) and
    /// extension lines may be there and are not looked at.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`] with the reason.
    pub fn open(note: &str, key: &LogKey) -> Result<Self, LogError> {
        let refused = |why: &str| LogError::Checkpoint { origin: key.origin.clone(), why: why.into() };
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| refused("it is not a signed note"))?;
        note.verify(key).map_err(|_| refused("the log's signature is missing or does not hold"))?;
        let read = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| refused("its text is not a checkpoint"))?;
        if read.origin() != key.origin {
            return Err(refused("it names another log"));
        }
        if read.size() == 0 && read.hash().0 != super::root(&[]) {
            return Err(refused("it is empty, yet its root is not that of the empty tree"));
        }
        Ok(Self { origin: key.origin.clone(), size: read.size(), root: read.hash().0 })
    }

    /// The checkpoint as a note signed by the log's key, whose origin it gets.
    #[must_use]
    pub fn sign(&self, key: &LogSigner) -> String {
        let origin = &key.public.origin;
        let text = format!("{origin}\n{}\n{}\n", self.size, STANDARD.encode(self.root));
        let mut signature = key.public.id().to_be_bytes().to_vec();
        signature.extend(key.secret.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {origin} {}\n", STANDARD.encode(signature))
    }
}

/// A log's public key, under the log's origin. As text a C2SP verifier key, `<origin>+<key id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    origin: String,
    public: [u8; 32],
}

impl LogKey {
    /// From the origin and the 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// [`LogError::Origin`].
    pub fn new(origin: &str, public: [u8; 32]) -> Result<Self, LogError> {
        // An origin is a line of the checkpoint and a word of the signature line.
        let valid = signed_note::is_key_name_valid(origin) && !origin.chars().any(char::is_control) && origin.len() <= 255;
        if !valid {
            return Err(LogError::Origin(origin.chars().take(60).collect()));
        }
        Ok(Self { origin: origin.into(), public })
    }

    /// Reads a verifier key, `<origin>+<key id>+<base64>`.
    ///
    /// # Errors
    /// [`LogError::Key`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let bad = || LogError::Key(text.chars().take(80).collect());
        let mut parts = text.splitn(3, '+');
        let (Some(origin), Some(_id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad());
        };
        let public = match STANDARD.decode(key).ok().as_deref() {
            Some([ED25519, public @ ..]) => <[u8; 32]>::try_from(public).map_err(|_| bad())?,
            _ => return Err(bad()),
        };
        let key = Self::new(origin, public).map_err(|_| bad())?;
        // There is one spelling; this also compares the key id.
        if key.to_string() == text { Ok(key) } else { Err(bad()) }
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The key's 32 bytes.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    fn typed(&self) -> Vec<u8> {
        [&[ED25519], &self.public[..]].concat()
    }

    fn id(&self) -> u32 {
        signed_note::key_id(&self.origin, &self.typed())
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.origin, self.id(), STANDARD.encode(self.typed()))
    }
}

impl std::str::FromStr for LogKey {
    type Err = LogError;
    fn from_str(text: &str) -> Result<Self, LogError> {
        Self::parse(text)
    }
}

impl Verifiers for LogKey {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn signed_note::Verifier, VerificationError> {
        if name == self.origin && id == self.id() { Ok(self) } else { Err(VerificationError::UnknownKey { name: name.into(), id }) }
    }
}

impl signed_note::Verifier for LogKey {
    fn name(&self) -> &str {
        &self.origin
    }
    fn key_id(&self) -> u32 {
        self.id()
    }
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (ed25519_dalek::VerifyingKey::from_bytes(&self.public), ed25519_dalek::Signature::from_slice(signature))
        else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    }
}

/// A log's private key. Wiped when dropped; not printed.
pub struct LogSigner {
    secret: ed25519_dalek::SigningKey,
    public: LogKey,
}

impl LogSigner {
    /// From the origin and a 32-byte seed; the caller brings the randomness.
    ///
    /// # Errors
    /// [`LogError::Origin`].
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, LogError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = LogKey::new(origin, secret.verifying_key().to_bytes())?;
        Ok(Self { secret, public })
    }

    /// The public side.
    #[must_use]
    pub const fn key(&self) -> &LogKey {
        &self.public
    }

    /// The public key's 32 bytes.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public.public
    }
}

impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogSigner({})", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signed_note::{StandardVerifier, VerifierList};

    fn signer(n: u8) -> LogSigner {
        LogSigner::from_seed("example.org/log", &[n; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "example.org/log".into(), size: 7, root: [9; 32] }
    }

    #[test]
    fn a_signed_checkpoint_opens_under_its_key_only() {
        let note = checkpoint().sign(&signer(1));
        assert_eq!(Checkpoint::open(&note, signer(1).key()).unwrap(), checkpoint());
        assert!(Checkpoint::open(&note, signer(2).key()).is_err());
        let renamed = LogKey::new("example.org/other", *signer(1).public()).unwrap();
        assert!(Checkpoint::open(&note, &renamed).is_err());
    }

    #[test]
    fn the_note_is_one_that_others_read() {
        let note = checkpoint().sign(&signer(1));
        let theirs = StandardVerifier::new(&signer(1).key().to_string()).unwrap();
        let parsed = Note::from_bytes(note.as_bytes()).unwrap();
        assert_eq!(parsed.verify(&VerifierList::new(vec![Box::new(theirs)])).unwrap().0.len(), 1);
        assert_eq!(parsed.to_bytes(), note.as_bytes());
    }

    #[test]
    fn a_checkpoint_altered_in_one_byte_is_refused() {
        let note = checkpoint().sign(&signer(1));
        for at in 0..note.len() {
            for flip in [1, 0x20, 0x80] {
                let mut altered = note.clone().into_bytes();
                altered[at] ^= flip;
                if let Ok(altered) = String::from_utf8(altered) {
                    assert!(Checkpoint::open(&altered, signer(1).key()).is_err(), "byte {at}");
                }
            }
        }
    }

    #[test]
    fn a_witness_may_sign_too() {
        let mut note = checkpoint().sign(&signer(1));
        let other = LogSigner::from_seed("witness.example", &[3; 32]).unwrap();
        let line = checkpoint().sign(&other);
        note.push_str(line.rsplit_once("\n\n").unwrap().1);
        assert!(Checkpoint::open(&note, signer(1).key()).is_ok());
    }

    #[test]
    fn a_key_has_one_spelling() {
        let text = signer(1).key().to_string();
        assert_eq!(LogKey::parse(&text).unwrap(), *signer(1).key());
        // The key of the signed_note documentation.
        let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(LogKey::parse(known).unwrap().to_string(), known);
        for bad in [
            "",
            "a",
            "a+b",
            "a+b+c",
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            assert!(LogKey::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "two words", "a+b", "line\nbreak", "bell\u{7}"] {
            assert!(LogSigner::from_seed(bad, &[1; 32]).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_empty_log_has_the_empty_root() {
        let empty = Checkpoint { size: 0, root: crate::log::root(&[]), ..checkpoint() };
        assert!(Checkpoint::open(&empty.sign(&signer(1)), signer(1).key()).is_ok());
        let lie = Checkpoint { root: [1; 32], ..empty };
        assert!(Checkpoint::open(&lie.sign(&signer(1)), signer(1).key()).is_err());
    }
}
