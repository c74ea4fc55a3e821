//! What a witness decides (C2SP tlog-witness, "add-checkpoint"), without clock, key or disk.
//!
//! ```text
//! old <size, decimal> LF
//! (<hash, base64> LF){0,63}           consistency proof from the old size to the checkpoint's (RFC 6962, section 2.1.2)
//! LF
//! <checkpoint, a signed note>
//! ```
//! *In:* a request's body, the logs that are known, the newest checkpoint seen of the log. *Out:* the checkpoint to remember and cosign, or
//! a [`Refusal`] with its status. The order of the checks is the specification's: what is it (400), whose is it (404), is it theirs (403),
//! sizes (400), where did we stop (409), does it follow (422).

use super::{
    Checkpoint, Hash, LogError, LogKey,
    merkle::{root, verify_consistency},
    note::{SignedNote, decimal, hash_line},
};

/// "The client MUST NOT send more than 63 consistency proof lines."
const MAX_PROOF: usize = 63;
/// The longest request, in bytes: a checkpoint with many signatures, and the proof.
pub const MAX_REQUEST: usize = 128 * 1024;

/// A request whose checkpoint is signed by a log that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The checkpoint it asks to have cosigned.
    pub checkpoint: Checkpoint,
    /// The checkpoint's text with the log's signatures, without those of others.
    pub note: String,
    old: u64,
    proof: Vec<Hash>,
}

/// The newest checkpoint that a witness cosigned for a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its size.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl Seen {
    /// Nothing yet: "zero if it never cosigned a checkpoint for that origin".
    #[must_use]
    pub fn nothing() -> Self {
        Self { size: 0, root: root(&[]) }
    }
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400.
    #[error("{0}")]
    BadRequest(&'static str),
    /// 403.
    #[error("the checkpoint is not signed by a key that this witness knows for this log, or such a signature does not hold")]
    Forbidden,
    /// 404.
    #[error("this witness does not know this log; ask its operator to add the log's key")]
    UnknownLog,
    /// 409; the body is the size alone.
    #[error("the newest checkpoint that this witness cosigned has {0} entries; send the proof from there")]
    Conflict(u64),
    /// 422.
    #[error("{0}")]
    Unprocessable(&'static str),
}

impl Refusal {
    /// The HTTP status that the specification gives it.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 400,
            Self::Forbidden => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
            Self::Unprocessable(_) => 422,
        }
    }
}

impl Submission {
    /// Reads a request and checks the log's signature. `logs`: the keys that are known; an origin may have several.
    ///
    /// # Errors
    /// 400, 403 or 404.
    pub fn read(body: &str, logs: &[LogKey]) -> Result<Self, Refusal> {
        if body.len() > MAX_REQUEST {
            return Err(Refusal::BadRequest("the request is too long"));
        }
        let (head, note) = body.split_once("\n\n").ok_or(Refusal::BadRequest("there is no empty line before a checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or(Refusal::BadRequest("the first line should say: old <size>"))?;
        let proof: Option<Vec<Hash>> = lines.map(hash_line).take(MAX_PROOF + 1).collect();
        let proof = proof.ok_or(Refusal::BadRequest("a line of the proof is not a hash of 32 bytes in base64"))?;
        if proof.len() > MAX_PROOF {
            return Err(Refusal::BadRequest("the proof has more than 63 lines"));
        }
        let note = SignedNote::parse(note).ok_or(Refusal::BadRequest("what follows the empty line is not a signed note"))?;
        let checkpoint = Checkpoint::read_any(note.text).ok_or(Refusal::BadRequest("the note is not a checkpoint"))?;

        let mut known = logs.iter().filter(|key| key.origin() == checkpoint.origin).peekable();
        if known.peek().is_none() {
            return Err(Refusal::UnknownLog);
        }
        let signed: Result<Vec<String>, LogError> = known.map(|key| key.lines(&note)).collect();
        let signatures = signed.map_err(|_| Refusal::Forbidden)?.concat();
        if signatures.is_empty() {
            return Err(Refusal::Forbidden);
        }
        // What 63 lines can lead to, and what a database holds.
        if checkpoint.size > i64::MAX as u64 {
            return Err(Refusal::BadRequest("no log is that large"));
        }
        if old > checkpoint.size {
            return Err(Refusal::BadRequest("the old size is larger than the checkpoint's"));
        }
        let note = format!("{}\n{signatures}", note.text);
        Ok(Self { checkpoint, note, old, proof })
    }

    /// Decides, given the newest checkpoint of this log that was cosigned: what to remember, and then to cosign. Whoever calls this makes
    /// sure that nothing is cosigned between the question and the answer being kept.
    ///
    /// # Errors
    /// 409 or 422.
    pub fn follows(&self, seen: &Seen) -> Result<Seen, Refusal> {
        if self.old != seen.size {
            return Err(Refusal::Conflict(seen.size));
        }
        let new = Seen { size: self.checkpoint.size, root: self.checkpoint.root };
        if new.size == 0 && new.root != root(&[]) {
            return Err(Refusal::Unprocessable("the tree is empty, but its root is not that of the empty tree"));
        }
        if self.old == 0 && !self.proof.is_empty() {
            return Err(Refusal::Unprocessable("nothing has to be proven from the empty tree, yet there is a proof"));
        }
        if self.old == new.size && new.root != seen.root {
            return Err(Refusal::Unprocessable("this witness has cosigned another root for this size: the log shows two histories"));
        }
        let follows = verify_consistency(self.old, new.size, &seen.root, &new.root, &self.proof);
        follows.map_err(|_| Refusal::Unprocessable("the proof does not lead from the checkpoint that was cosigned last to this one"))?;
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Cosigner, LogSigner, LogWriter};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    fn key(n: u8) -> LogSigner {
        LogSigner::from_seed("example.com/log", &[n; 32]).unwrap()
    }

    fn log(size: u64) -> LogWriter {
        let mut log = LogWriter::new();
        for n in 0..size {
            log.append(n.to_string().into_bytes()).unwrap();
        }
        log
    }

    fn note(size: u64) -> String {
        Checkpoint { origin: "example.com/log".into(), size, root: log(size).root() }.sign(&key(1))
    }

    fn seen(size: u64) -> Seen {
        Seen { size, root: log(size).root() }
    }

    fn body(old: u64, proof: &[Hash], note: &str) -> String {
        let proof: String = proof.iter().map(|h| STANDARD.encode(h) + "\n").collect();
        format!("old {old}\n{proof}\n{note}")
    }

    /// The status, 200 if it would be cosigned.
    fn status(body: &str, seen: &Seen) -> u16 {
        let read = Submission::read(body, &[key(1).key().clone()]);
        read.and_then(|s| s.follows(seen)).map_or_else(|refusal| refusal.status(), |_| 200)
    }

    #[test]
    fn what_follows_is_cosigned_and_remembered() {
        for (old, new) in [(0, 0), (0, 7), (3, 7), (7, 7), (4, 8), (1, 300)] {
            let request = body(old, &log(new).prove_consistency(old).unwrap(), &note(new));
            let submission = Submission::read(&request, &[key(1).key().clone()]).unwrap();
            assert_eq!(submission.follows(&seen(old)), Ok(seen(new)), "{old} to {new}");
        }
    }

    #[test]
    fn a_request_that_cannot_be_read_is_bad() {
        let good = body(3, &log(7).prove_consistency(3).unwrap(), &note(7));
        assert_eq!(status(&good, &seen(3)), 200);
        let changed = |from: &str, to: &str| good.replacen(from, to, 1);
        for bad in [
            String::new(),
            changed("old 3", "old 03"),
            changed("old 3", "old  3"),
            changed("old 3", "old -3"),
            changed("old 3", "3"),
            changed("old 3", "old 18446744073709551616"),
            changed("old 3\n", "old 3\nAAAA\n"),
            changed("old 3\n", "old 3\r\n"),
            changed("\n\n", "\n"),
            changed("example.com/log\n7", "example.com/log\n07"),
            good.trim_end().to_owned(),
            body(0, &[[1; 32]; 64], &note(7)),
            body(8, &[], &note(7)),
            "old 0\n\n".to_owned() + &"x".repeat(MAX_REQUEST),
        ] {
            assert_eq!(status(&bad, &seen(3)), 400, "{bad}");
        }
        assert_eq!(status(&body(0, &[[1; 32]; 63], &note(7)), &Seen::nothing()), 422, "63 lines may be sent");
    }

    #[test]
    fn the_log_has_to_be_known_and_has_to_have_signed() {
        let by = |signer: &LogSigner| Checkpoint { origin: signer.key().origin().into(), size: 7, root: log(7).root() }.sign(signer);
        let other = LogSigner::from_seed("example.com/other", &[1; 32]).unwrap();
        assert_eq!(status(&body(0, &[], &by(&other)), &Seen::nothing()), 404);
        assert_eq!(status(&body(0, &[], &by(&key(2))), &Seen::nothing()), 403);
        let forged = note(7).replacen("\n7\n", "\n8\n", 1);
        assert_eq!(status(&body(0, &[], &forged), &Seen::nothing()), 403);
        // A good line beside a wrong one under the same name and id: the note is malformed.
        let wrong = by(&key(1)).rsplit_once("\n\n").unwrap().1.to_owned();
        let mixed = Checkpoint { origin: "example.com/log".into(), size: 8, root: log(8).root() }.sign(&key(1)) + &wrong;
        assert_eq!(status(&body(0, &[], &mixed), &Seen::nothing()), 403);
        // Lines of others do not matter, and are not kept.
        let witness = Cosigner::from_seed("witness.example", &[3; 32]).unwrap();
        let cosigned = note(7) + &witness.cosign(&note(7), 5).unwrap();
        assert_eq!(Submission::read(&body(0, &[], &cosigned), &[key(1).key().clone()]).unwrap().note, note(7));
    }

    #[test]
    fn who_does_not_know_where_the_witness_stopped_is_told() {
        let proof = log(7).prove_consistency(3).unwrap();
        assert_eq!(status(&body(3, &proof, &note(7)), &seen(5)), 409);
        assert_eq!(status(&body(0, &[], &note(7)), &seen(7)), 409);
        // Going back is never an answer either.
        assert_eq!(status(&body(3, &[], &note(3)), &seen(7)), 409);
    }

    #[test]
    fn another_history_is_not_cosigned() {
        let mut other = LogWriter::new();
        for n in 0..8u8 {
            other.append(vec![n, n]).unwrap();
        }
        let lie = |size| Checkpoint { origin: "example.com/log".into(), size, root: other.root() }.sign(&key(1));
        assert_eq!(status(&body(8, &[], &lie(8)), &seen(8)), 422);
        assert_eq!(status(&body(3, &other.prove_consistency(3).unwrap(), &lie(8)), &seen(3)), 422);
        assert_eq!(status(&body(3, &[], &note(7)), &seen(3)), 422, "a proof is needed");
        assert_eq!(status(&body(7, &[[1; 32]], &note(7)), &seen(7)), 422, "no proof is needed");
        assert_eq!(status(&body(0, &[[1; 32]], &note(7)), &Seen::nothing()), 422);
        let empty_lie = Checkpoint { origin: "example.com/log".into(), size: 0, root: [1; 32] }.sign(&key(1));
        assert_eq!(status(&body(0, &[], &empty_lie), &Seen::nothing()), 422);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_in_whatever_order_only_one_history_is_cosigned(steps in prop::collection::vec((0u64..40, 0u64..40, any::<bool>(), any::<bool>()), 1..30)) {
            let mut fork = log(10);
            for n in 10..40u64 {
                fork.append(format!("fork {n}").into_bytes()).unwrap();
            }
            let root_of = |forked: bool, size: u64| {
                let mut cut = LogWriter::new();
                for n in 0..size {
                    let entry = if forked { fork.entry(n).unwrap().to_vec() } else { n.to_string().into_bytes() };
                    cut.append(entry).unwrap();
                }
                cut
            };
            let (mut state, mut cosigned) = (Seen::nothing(), Vec::new());
            for (old, new, forked, ask_right) in steps {
                let tree = root_of(forked, new);
                let old = if ask_right { state.size } else { old };
                let proof = tree.prove_consistency(old).unwrap_or_default();
                let note = Checkpoint { origin: "example.com/log".into(), size: new, root: tree.root() }.sign(&key(1));
                if let Ok(next) = Submission::read(&body(old, &proof, &note), &[key(1).key().clone()]).and_then(|s| s.follows(&state)) {
                    prop_assert!(next.size >= state.size);
                    state = next;
                    cosigned.push((forked && new > 10, new));
                }
            }
            let past_the_fork: std::collections::BTreeSet<bool> = cosigned.iter().filter(|(_, n)| *n > 10).map(|(f, _)| *f).collect();
            prop_assert!(past_the_fork.len() <= 1, "{:?}", cosigned);
        }
    }
}
