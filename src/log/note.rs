//! Signed notes and the keys that sign them (C2SP signed-note).
//!
//! ```text
//! <text, ends in LF> LF  (— <key name> <base64 of: key id, 4 bytes ‖ signature> LF)+        "Format"
//! <key name>+<key id, 8 hex digits>+<base64 of: type ‖ public key>                          "Verifier keys"
//! key id = SHA-256(key name ‖ LF ‖ type ‖ public key)[..4]                                  "Signatures"
//! ```

use super::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signed_note::Signature;
use std::fmt;

/// "Verifiers SHOULD apply a maximum limit … but MUST accept at least up to 16 signatures."
const MAX_SIGNATURES: usize = 64;
/// The longest note that is read, in bytes.
const MAX_NOTE: usize = 64 * 1024;

/// A note whose signatures are not checked yet.
pub(super) struct SignedNote<'a> {
    /// What is signed, with its final line feed.
    pub text: &'a str,
    signatures: Vec<Signature>,
}

/// No known key signed, or a line that claims to be by a known key does not verify: then the whole note is malformed ("Signatures").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

impl<'a> SignedNote<'a> {
    pub fn parse(note: &'a str) -> Option<Self> {
        // Control characters would hide in a terminal what is signed.
        if note.len() > MAX_NOTE || note.bytes().any(|b| b < 0x20 && b != b'\n') {
            return None;
        }
        let end = note.rfind("\n\n")?;
        let (text, lines) = (note.get(..=end)?, note.get(end + 2..)?.strip_suffix('\n')?);
        let signatures: Vec<Signature> =
            lines.split('\n').map(|line| Signature::from_bytes(line.as_bytes()).ok()).take(MAX_SIGNATURES + 1).collect::<Option<_>>()?;
        (signatures.len() <= MAX_SIGNATURES).then_some(Self { text, signatures })
    }

    /// What `check` makes of every line under this key's name and id; empty if there is none.
    ///
    /// # Errors
    /// A line under the key's name and id does not verify.
    pub fn by<T>(&self, key: &Vkey, check: impl Fn(&[u8]) -> Option<T>) -> Result<Vec<T>, Forged> {
        let id = key.id();
        let lines = self.signatures.iter().filter(|s| s.id() == id && s.name() == key.name);
        lines.map(|s| check(s.signature()).ok_or(Forged)).collect()
    }
}

/// A verifier key of an Ed25519 type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vkey {
    pub name: String,
    /// "Signature types".
    kind: u8,
    pub public: [u8; 32],
}

impl Vkey {
    pub fn new(name: &str, kind: u8, public: [u8; 32]) -> Option<Self> {
        // A name is a word of the signature line, and an origin a line of the checkpoint.
        let valid = signed_note::is_key_name_valid(name) && !name.chars().any(char::is_control) && name.len() <= 255;
        valid.then(|| Self { name: name.into(), kind, public })
    }

    pub fn parse(text: &str, kind: u8) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, _id, key) = (parts.next()?, parts.next()?, STANDARD.decode(parts.next()?).ok()?);
        let (_, public) = key.split_first().filter(|(k, _)| **k == kind)?;
        // There is one spelling; this also compares the key id.
        Self::new(name, kind, public.try_into().ok()?).filter(|k| k.to_string() == text)
    }

    fn typed(&self) -> Vec<u8> {
        [&[self.kind], &self.public[..]].concat()
    }

    pub fn id(&self) -> u32 {
        signed_note::key_id(&self.name, &self.typed())
    }

    /// A signature line under this key, with its line feed.
    pub fn line(&self, signature: &[u8]) -> String {
        format!("— {} {}\n", self.name, STANDARD.encode([&self.id().to_be_bytes(), signature].concat()))
    }

    /// `verify_strict`: no small-order keys, no second form of a signature, the same answer everywhere.
    pub fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.public);
        let signature = ed25519_dalek::Signature::from_slice(signature);
        matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(self.typed()))
    }
}

/// A hash on a line of its own, as proofs are written.
pub(super) fn hash_line(line: &str) -> Option<Hash> {
    (line.len() == 44).then(|| STANDARD.decode(line).ok()?.try_into().ok()).flatten()
}

/// A number in decimal without leading zeros, as every format here writes them.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_verifies() {
        // C2SP signed-note, "Verifier keys", "Example".
        let key = Vkey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", 1).unwrap();
        let note = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        let read = SignedNote::parse(note).unwrap();
        assert_eq!(read.text, "This is an example message.\n");
        assert_eq!(read.by(&key, |s| key.holds(read.text.as_bytes(), s).then_some(())), Ok(vec![()]));
        assert_eq!(read.by(&key, |_| None::<()>), Err(Forged));
        let other = Vkey::new("example.com/bar", 1, key.public).unwrap();
        assert_eq!(read.by(&other, |_| None::<()>), Ok(Vec::new()), "an unknown key's line is not looked at");
    }

    #[test]
    fn what_is_no_note_is_refused_and_sixteen_signatures_are_not() {
        let line = Vkey::new("w", 4, [1; 32]).unwrap().line(&[7; 72]);
        let note = |n: usize| format!("text\n\n{}", line.repeat(n));
        for n in [1, 16, MAX_SIGNATURES] {
            assert!(SignedNote::parse(&note(n)).is_some(), "{n}");
        }
        let (cut, tab) = (note(1), note(1).replace("text", "te\txt"));
        for bad in [
            "",
            "\n",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\n\n",
            "text\n\n— w\n",
            "text\n\n— w AAAA\n",
            cut.trim_end(),
            &tab,
            &note(MAX_SIGNATURES + 1),
        ] {
            assert!(SignedNote::parse(bad).is_none(), "{bad:?}");
        }
    }
}
