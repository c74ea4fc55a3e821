//! The hand-over of a log to a new operator, by those whom a policy trusts to watch it: a C2SP signed note
//! (<https://c2sp.org/signed-note>) of our own.
//!
//! ```text
//! log hand-over v1 LF
//! <origin> LF
//! <size, decimal> LF                    the last checkpoint of the old operator that counts:
//! <root, base64> LF                     whatever comes afterwards must extend it
//! <old vkey> LF
//! <new vkey> LF                         both under the origin
//! (witness … LF | group … LF)*          if other witnesses are to watch it from then on: who, and the quorum, as in the policy that then holds
//! (quorum <name> LF)?                   (C2SP tlog-policy), written as `Policy` writes it
//! LF
//! (— <witness name> <base64 of: key id, 4 bytes ‖ Ed25519 signature> LF)+        signed-note, "Signatures", type 0x01
//! ```
//! Witnesses sign with the key that they cosign with, as a key of type 0x01. The first line holds spaces, so it names no log: no checkpoint,
//! and no cosignature of one, can pass for a hand-over or the other way round. It counts under a policy when witnesses signed it whose
//! quorum the policy asks for. A policy that asks for none has nobody who could hand its log over: anybody could say anything; so witnesses may
//! hand their part to others, but not to nobody. It is the old policy's quorum that signs, also for that: the new one's word would be its own.
//!
//! `<ledger>/handover` is all hand-overs of a log, oldest first, with an empty line between two.

use super::{
    Checkpoint, Cosigner, CosignerKey, Hash, LogError, LogKey, Policy,
    note::{SignedNote, decimal, hash_line},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;

const HEADER: &str = "log hand-over v1";
/// The most hand-overs of one log that are read.
const MAX_CHAIN: usize = 16;
/// The longest file of hand-overs, in bytes: as many as are read, each with dozens of signatures.
pub const MAX_HANDOVERS: usize = 64 * 1024;

/// Why a hand-over is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandoverError {
    /// Not a hand-over.
    #[error("this is not a hand-over of a log: {0}")]
    Shape(&'static str),
    /// Of another log, or from another key.
    #[error("this hands over {from}, which the policy does not believe; it is for another ledger, or an older one that was played again")]
    NotBelieved {
        /// The key it is from.
        from: String,
    },
    /// The policy has no witnesses.
    #[error("the policy asks for no witnesses, so nobody can hand its log over; confirm the new operator's policy by its fingerprint instead")]
    NoWitnesses,
    /// A line by a witness does not verify.
    #[error("the signature of {0} under this hand-over does not hold; it was altered on its way")]
    Forged(String),
    /// Too few.
    #[error("this hand-over lacks the witnesses that the policy asks for; {} signed it", if .have.is_empty() { "none of them".to_owned() } else { .have.join(", ") })]
    Quorum {
        /// Names of the witnesses that signed.
        have: Vec<String>,
    },
    /// The new key is in the policy already.
    #[error("the new key is already one of the policy's, so it cannot be handed the log")]
    KeyInUse,
}

/// A log's hand-over to another key. Who signed it is not part of it.
///
/// # Examples
/// ```
/// use ecosphere::log::{Cosigner, Handover, LogSigner, Policy};
/// let key = |seed| LogSigner::from_seed("example.org/log", &[seed; 32]).unwrap().key().clone();
/// let witness = Cosigner::from_seed("witness.example/w1", &[2; 32]).unwrap();
/// let policy = Policy::parse(&format!("log {}\nwitness w1 {}\nquorum w1\n", key(1), witness.key())).unwrap();
///
/// let handover = Handover::new(7, [9; 32], key(1), key(3)).unwrap();
/// let unsigned = handover.to_string() + "\n";
/// assert!(Handover::open(&unsigned, &policy).is_err());
/// let note = unsigned + &handover.signed_by(&witness).unwrap();
/// let (opened, after) = Handover::open(&note, &policy).unwrap();
/// assert!(opened == handover && after.logs().eq([&key(3)]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Size of the last checkpoint of the old operator; at least 1.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The old operator's key.
    pub from: LogKey,
    /// The new operator's key.
    pub to: LogKey,
    /// The policy from then on, where other witnesses watch the log; its one log is `to`. Without it, the witnesses stay.
    watched: Option<Policy>,
}

impl Handover {
    /// A hand-over at a checkpoint.
    ///
    /// # Errors
    /// [`HandoverError::Shape`]: the keys are of two logs or the same, or the log is empty.
    pub fn new(size: u64, root: Hash, from: LogKey, to: LogKey) -> Result<Self, HandoverError> {
        if from.origin() != to.origin() {
            return Err(HandoverError::Shape("the old and the new key are of two logs"));
        }
        if from.public() == to.public() {
            return Err(HandoverError::Shape("the old and the new key are the same"));
        }
        if size == 0 {
            return Err(HandoverError::Shape("an empty log has nothing to hand over"));
        }
        Ok(Self { size, root, from, to, watched: None })
    }

    /// The same, and the log is from then on watched by the witnesses of another policy, under its quorum. Logs and comments in that policy
    /// count for nothing.
    ///
    /// # Errors
    /// [`HandoverError::Shape`]: the policy asks for no witnesses.
    pub fn watched_by(self, policy: &Policy) -> Result<Self, HandoverError> {
        if !policy.asks_for_witnesses() {
            return Err(HandoverError::Shape("it leaves the log without witnesses"));
        }
        Ok(Self { watched: Some(policy.watching(self.to.clone())), ..self })
    }

    /// The policy that names the new key and the new witnesses, where these are others.
    #[must_use]
    pub const fn watched(&self) -> Option<&Policy> {
        self.watched.as_ref()
    }

    /// The log.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.from.origin()
    }

    /// The checkpoint it is made at.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { origin: self.origin().to_owned(), size: self.size, root: self.root }
    }

    /// Reads a note, signed or not. Nothing is believed yet.
    ///
    /// # Errors
    /// [`HandoverError::Shape`].
    pub fn read(note: &str) -> Result<Self, HandoverError> {
        let bad = HandoverError::Shape;
        let (text, _) = note.split_once("\n\n").ok_or_else(|| bad("the empty line before the signatures is missing"))?;
        let lines: Vec<&str> = text.split('\n').collect();
        let [HEADER, origin, size, root, from, to, ref watched @ ..] = lines[..] else {
            return Err(bad(
                "it should be \"log hand-over v1\", the origin, size, root, old and new key, a line each, and then new witnesses, if any",
            ));
        };
        let size = decimal(size).ok_or_else(|| bad("its size is not a number"))?;
        let root = hash_line(root).ok_or_else(|| bad("its root is not 32 bytes in base64"))?;
        let key = |text| LogKey::parse(text).map_err(|_| bad("a key in it is not one of a log"));
        let mut read = Self::new(size, root, key(from)?, key(to)?)?;
        if !watched.is_empty() {
            let policy = Policy::parse(&format!("log {}\n{}\n", read.to, watched.join("\n")));
            read = read.watched_by(&policy.map_err(|_| bad("its new witnesses are not lines of a policy"))?)?;
        }
        if read.origin() != origin {
            return Err(bad("its keys are not under its origin"));
        }
        // One spelling, whatever a policy may otherwise be written like.
        if read.to_string() == format!("{text}\n") { Ok(read) } else { Err(bad("it is not written as it should be")) }
    }

    /// Reads a note and checks that the policy believes the key it is from and that its quorum signed. Returns it with the policy that holds
    /// from then on: the same, with the new key in the old one's place, and with the new witnesses where there are any.
    ///
    /// # Errors
    /// [`HandoverError`].
    pub fn open(note: &str, policy: &Policy) -> Result<(Self, Policy), HandoverError> {
        let read = Self::read(note)?;
        if !policy.logs().any(|log| *log == read.from) {
            return Err(HandoverError::NotBelieved { from: read.from.to_string() });
        }
        if !policy.asks_for_witnesses() {
            return Err(HandoverError::NoWitnesses);
        }
        let have = read.signers(note, policy)?;
        if !policy.met_by(have.iter().map(String::as_str)) {
            return Err(HandoverError::Quorum { have });
        }
        let after = policy.handed_over(&read.from, &read.to, read.watched()).ok_or(HandoverError::KeyInUse)?;
        Ok((read, after))
    }

    /// Names of the policy's witnesses that signed, each once however often it did.
    ///
    /// # Errors
    /// [`HandoverError::Forged`]: a line under a witness's name and key does not verify.
    pub fn signers(&self, note: &str, policy: &Policy) -> Result<Vec<String>, HandoverError> {
        // Without a single signature it is no signed note, but it may become one.
        let Some(signed) = SignedNote::parse(note) else { return Ok(Vec::new()) };
        if signed.text != self.to_string() {
            return Err(HandoverError::Shape("the signatures are over another text"));
        }
        let mut have = Vec::new();
        for witness in policy.witnesses() {
            let key = note_key(&witness.key).ok_or(HandoverError::Shape("a witness's name cannot be signed under"))?;
            if key.signed(&signed).map_err(|_| HandoverError::Forged(witness.name.clone()))? {
                have.push(witness.name.clone());
            }
        }
        Ok(have)
    }

    /// The signature line of a witness, with its line feed: append it to the note. It says that this witness knows the new operator and holds
    /// the checkpoint to be the old one's last, so look before you sign.
    ///
    /// # Errors
    /// [`LogError::Origin`]: the witness's name cannot be signed under.
    pub fn signed_by(&self, witness: &Cosigner) -> Result<String, LogError> {
        witness.sign_note(&self.to_string())
    }
}

/// The text that is signed.
impl fmt::Display for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\n{}\n{}\n{}\n{}\n{}", self.origin(), self.size, STANDARD.encode(self.root), self.from, self.to)?;
        self.watched.iter().try_for_each(|policy| policy.write_watch(f))
    }
}

/// A witness's key as one that signs notes.
fn note_key(key: &CosignerKey) -> Option<LogKey> {
    LogKey::new(key.name(), *key.public()).ok()
}

/// The notes in a file of hand-overs, oldest first.
///
/// # Errors
/// [`HandoverError::Shape`]: it is too long, or not notes with an empty line between them.
pub fn read_handovers(file: &str) -> Result<Vec<String>, HandoverError> {
    if file.len() > MAX_HANDOVERS {
        return Err(HandoverError::Shape("the file is too long"));
    }
    let parts: Vec<&str> = file.split("\n\n").collect();
    let pairs = parts.chunks(2).map(|pair| match pair {
        [text, signatures] => Ok(format!("{text}\n\n{}\n", signatures.trim_end_matches('\n'))),
        _ => Err(HandoverError::Shape("a hand-over in the file has no signatures")),
    });
    let notes = pairs.collect::<Result<Vec<_>, _>>()?;
    if notes.len() > MAX_CHAIN { Err(HandoverError::Shape("there are too many in the file")) } else { Ok(notes) }
}

/// A file of hand-overs, oldest first.
#[must_use]
pub fn write_handovers(notes: &[String]) -> String {
    notes.join("\n")
}

/// Follows hand-overs from a policy as far as they lead: each that counts, with its note, and the policy that holds at the end. What was
/// handed over before the policy's time is passed over.
///
/// # Errors
/// Why the first one that is from a key that the policy believes does not count.
pub fn follow_handovers(policy: &Policy, notes: &[String]) -> Result<(Vec<(Handover, String)>, Policy), HandoverError> {
    let (mut taken, mut now) = (Vec::<(Handover, String)>::new(), policy.clone());
    for note in notes {
        let read = Handover::read(note)?;
        if !now.logs().any(|log| *log == read.from) {
            continue;
        }
        let (read, after) = Handover::open(note, &now)?;
        if taken.last().is_some_and(|(before, _)| read.size < before.size) {
            return Err(HandoverError::Shape("a later hand-over is at an earlier checkpoint"));
        }
        taken.push((read, note.clone()));
        now = after;
    }
    Ok((taken, now))
}

#[cfg(test)]
mod tests;
