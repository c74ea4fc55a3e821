//! Checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note).
//!
//! The crate `tlog_tiles` reads the text. Signatures are checked here, with `verify_strict`: the crates' own verifiers follow laxer
//! rules than the rest of this project.

use super::{
    Hash, LogError,
    note::{SignedNote, Vkey},
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
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
        let refused = |why: &str| LogError::Checkpoint { origin: key.origin().into(), why: why.into() };
        let note = SignedNote::parse(note).ok_or_else(|| refused("it is not a signed note"))?;
        let read = Self::read(note.text).ok_or_else(|| refused("its text is not a checkpoint"))?;
        if read.origin != key.origin() {
            return Err(refused("it names another log"));
        }
        if !key.signed(&note)? {
            return Err(refused("the log's signature is missing"));
        }
        Ok(read)
    }

    /// Reads the text of a checkpoint (C2SP tlog-checkpoint, "Note text"); its extension lines are not looked at.
    pub(super) fn read(text: &str) -> Option<Self> {
        Self::read_any(text).filter(|read| read.size > 0 || read.root == super::root(&[]))
    }

    /// As [`Checkpoint::read`], also where an empty log does not have the root of the empty tree.
    pub(super) fn read_any(text: &str) -> Option<Self> {
        let read = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).ok()?;
        Some(Self { origin: read.origin().into(), size: read.size(), root: read.hash().0 })
    }

    /// The checkpoint as a note signed by the log's key, whose origin it gets.
    #[must_use]
    pub fn sign(&self, key: &LogSigner) -> String {
        let text = format!("{}\n{}\n{}\n", key.public.origin(), self.size, STANDARD.encode(self.root));
        let line = key.public.0.line(&key.secret.sign(text.as_bytes()).to_bytes());
        format!("{text}\n{line}")
    }
}

/// A log's public key, under the log's origin. As text a C2SP verifier key, `<origin>+<key id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey(Vkey);

impl LogKey {
    /// From the origin and the 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// [`LogError::Origin`].
    pub fn new(origin: &str, public: [u8; 32]) -> Result<Self, LogError> {
        Vkey::new(origin, ED25519, public).map(Self).ok_or_else(|| LogError::origin(origin))
    }

    /// Reads a verifier key, `<origin>+<key id>+<base64>`.
    ///
    /// # Errors
    /// [`LogError::Key`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        Vkey::parse(text, ED25519).map(Self).ok_or_else(|| LogError::Key(text.chars().take(80).collect()))
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0.name
    }

    /// The key's 32 bytes.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.0.public
    }

    /// A signature line under this key, with its line feed.
    pub(super) fn line(&self, signature: &[u8]) -> String {
        self.0.line(signature)
    }

    /// Whether this key signed the note's text.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`]: a line under its name and key id does not verify.
    pub(super) fn signed(&self, note: &SignedNote<'_>) -> Result<bool, LogError> {
        Ok(!self.lines(note)?.is_empty())
    }

    /// The signature line of this key, with its line feed; empty if there is none.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`]: a line under its name and key id does not verify.
    pub(super) fn lines(&self, note: &SignedNote<'_>) -> Result<String, LogError> {
        let line = |signature: &[u8]| self.0.holds(note.text.as_bytes(), signature).then(|| self.0.line(signature));
        let forged = |_| LogError::Checkpoint { origin: self.origin().into(), why: "the log's signature does not hold".into() };
        Ok(note.by(&self.0, line).map_err(forged)?.pop().unwrap_or_default())
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for LogKey {
    type Err = LogError;
    fn from_str(text: &str) -> Result<Self, LogError> {
        Self::parse(text)
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
        self.public.public()
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
    use signed_note::{Note, StandardVerifier, VerifierList};

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
