//! Proofs of inclusion that stand alone (C2SP tlog-proof, "Format"; a file ends in `.tlog-proof`).
//!
//! ```text
//! c2sp.org/tlog-proof@v1 LF
//! [extra <base64> LF]                 not signed by anyone: not to be believed
//! index <decimal> LF
//! (<hash, base64> LF)*                from the leaf's sibling up
//! LF
//! <checkpoint, a signed note with its cosignatures>
//! ```

use super::{
    Hash, LogError, Policy, Trusted, leaf_hash,
    note::{decimal, hash_line},
    verify_inclusion,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// The longest proof that is read, in bytes.
const MAX_PROOF: usize = 256 * 1024;
/// A tree of 2^64 leaves is that high.
const MAX_PATH: usize = 64;

/// An entry's place in a log, and why it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Opaque; nobody signed it.
    pub extra: Option<Vec<u8>>,
    /// The entry's index, from 0.
    pub index: u64,
    /// The inclusion proof (RFC 6962, section 2.1.1), from the leaf's sibling up.
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures, verbatim.
    pub checkpoint: String,
}

impl Proof {
    /// Reads a proof. Nothing of it is checked yet.
    ///
    /// # Errors
    /// [`LogError::Proof`] with the line and what is wrong.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let refused = |line: usize, why: &'static str| LogError::Proof { line, why };
        if text.len() > MAX_PROOF {
            return Err(refused(1, "it is too long"));
        }
        let mut rest = text;
        let mut number = 0;
        let mut next = || {
            number += 1;
            let (line, after) = rest.split_once('\n').ok_or(LogError::Proof { line: number, why: "it ends too early" })?;
            rest = after;
            Ok((number, line))
        };
        if next()?.1 != HEADER {
            return Err(refused(1, "it should begin with c2sp.org/tlog-proof@v1"));
        }
        let (mut at, mut line) = next()?;
        let mut extra = None;
        if let Some(data) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(data).map_err(|_| refused(at, "the extra data is not base64"))?);
            (at, line) = next()?;
        }
        let index = line.strip_prefix("index ").and_then(decimal).ok_or_else(|| refused(at, "it should say: index <number>"))?;
        let mut path = Vec::new();
        loop {
            (at, line) = next()?;
            if line.is_empty() {
                break;
            }
            if path.len() == MAX_PATH {
                return Err(refused(at, "no tree is as high as this proof"));
            }
            path.push(hash_line(line).ok_or_else(|| refused(at, "it should be a hash of 32 bytes in base64"))?);
        }
        Ok(Self { extra, index, path, checkpoint: rest.to_owned() })
    }

    /// Checks that the entry is at this index of a log that the policy vouches for ("Verifying a tlog proof", steps 1 to 4).
    ///
    /// # Errors
    /// Why the policy does not vouch for the checkpoint, or [`LogError::Range`], [`LogError::Inclusion`].
    pub fn check(&self, entry: &[u8], policy: &Policy) -> Result<Trusted, LogError> {
        let trusted = policy.open(&self.checkpoint)?;
        verify_inclusion(&leaf_hash(entry), self.index, trusted.checkpoint.size, &trusted.checkpoint.root, &self.path)?;
        Ok(trusted)
    }
}

/// The proof as a file.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl std::str::FromStr for Proof {
    type Err = LogError;
    fn from_str(text: &str) -> Result<Self, LogError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Checkpoint, Cosigner, LogSigner, LogWriter};
    use proptest::prelude::*;

    fn log() -> (LogWriter, String, Policy) {
        let (key, witness) =
            (LogSigner::from_seed("example.com/fancylog", &[1; 32]).unwrap(), Cosigner::from_seed("witness1.example", &[2; 32]).unwrap());
        let mut log = LogWriter::new();
        for n in 0..300 {
            log.append(format!("entry {n}").into_bytes()).unwrap();
        }
        let mut note = Checkpoint { origin: "example.com/fancylog".into(), size: 300, root: log.root() }.sign(&key);
        note += &witness.cosign(&note, 1).unwrap();
        let policy = Policy::parse(&format!("log {}\nwitness w {}\nquorum w\n", key.key(), witness.key())).unwrap();
        (log, note, policy)
    }

    fn proof(index: u64) -> (Proof, Policy) {
        let (log, checkpoint, policy) = log();
        (Proof { extra: None, index, path: log.prove_inclusion(index).unwrap(), checkpoint }, policy)
    }

    #[test]
    fn a_proof_written_out_reads_back_and_holds_for_its_entry_only() {
        for index in [0, 7, 255, 256, 299] {
            let (proof, policy) = proof(index);
            let read = Proof::parse(&proof.to_string()).unwrap();
            assert_eq!(read, proof);
            assert_eq!(read.check(format!("entry {index}").as_bytes(), &policy).unwrap().witnessed.len(), 1);
            assert_eq!(read.check(b"another entry", &policy), Err(LogError::Inclusion));
            assert!(Proof { index: index + 1, ..read.clone() }.check(format!("entry {index}").as_bytes(), &policy).is_err());
        }
    }

    #[test]
    fn the_layout_is_that_of_the_specification() {
        let (mut proof, policy) = proof(5);
        proof.extra = Some(b"context".to_vec());
        let text = proof.to_string();
        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!(&lines[..3], ["c2sp.org/tlog-proof@v1", "extra Y29udGV4dA==", "index 5"]);
        assert_eq!((lines[12], lines[13], lines[14]), ("", "example.com/fancylog", "300"), "nine hashes, an empty line, the checkpoint");
        assert!(Proof::parse(&text).unwrap().check(b"entry 5", &policy).is_ok());
    }

    #[test]
    fn a_proof_without_its_witness_does_not_hold() {
        let (mut proof, policy) = proof(5);
        proof.checkpoint = proof.checkpoint.split_inclusive('\n').take(5).collect();
        assert!(matches!(proof.check(b"entry 5", &policy), Err(LogError::Quorum { .. })));
    }

    #[test]
    fn what_is_not_laid_out_so_is_refused() {
        let (proof, _) = proof(5);
        let good = proof.to_string();
        let changed = |from: &str, to: &str| good.replacen(from, to, 1);
        for bad in [
            String::new(),
            changed("@v1", "@v2"),
            changed("index 5", "index 05"),
            changed("index 5", "index +5"),
            changed("index 5", "index 18446744073709551616"),
            changed("index 5", "Index 5"),
            changed("index 5", "extra !\nindex 5"),
            changed("index 5", "extra \nextra \nindex 5"),
            changed("=\n", "\n"),
            changed("index 5\n", "index 5\nAAAA\n"),
            changed("index 5\n", &format!("index 5\n{}", "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n".repeat(60))),
            good.split_once("\n\n").unwrap().0.to_owned(),
        ] {
            assert!(matches!(Proof::parse(&bad), Err(LogError::Proof { .. })), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn one_altered_byte_never_proves_another_entry(at in 0usize..1000, bit in 0u8..8) {
            let (proof, policy) = proof(5);
            let mut bytes = proof.to_string().into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(altered) = String::from_utf8(bytes) && let Ok(altered) = Proof::parse(&altered) && altered.check(b"entry 5", &policy).is_ok() {
                // All that can change is how a line that nobody knows is named.
                prop_assert_eq!((altered.index, &altered.path), (proof.index, &proof.path));
            }
        }
    }
}
