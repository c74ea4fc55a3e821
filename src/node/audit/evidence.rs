//! The proof of a lie, as a file that anyone can check: what the operator signed, and what follows instead.
//!
//! ```text
//! { "format": "ecosphere-evidence-v1", "finding": "wrong-state-root" | "wrong-pack" | "statement-does-not-follow", "sentence": "…",
//!   "log": "<vkey>", "registrars": [ "did:key:…" ], "sample": false,      the terms of the replay
//!   "checkpoint": "<signed note>",                                        the log's signature over its tree
//!   "leaf": { "index": 7, "entry": "<base64>", "proof": [ "<base64>" ] }, the entry, and that it is in that tree (RFC 6962, 2.1.1)
//!   "claimed": "<hex>" | "none" | "logged", "computed": "<hex> or why not" }
//! ```
//! The file proves by itself that the operator signed the claim. That something else follows is proven by replaying the log up to that leaf,
//! which [`Evidence::check`] does where a copy of the log is at hand; an entry whose own signatures do not hold needs no replay.

use super::{
    Place, Terms, replay,
    replay::{LOGGED, NO_PACK},
};
use crate::{
    log::{self, LogKey, leaf_hash, verify_inclusion},
    node::NodeError,
    statement::{self, Body, DidKey, Digest},
};
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

const FORMAT: &str = "ecosphere-evidence-v1";

/// What an operator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// A `BatchClose` names a state root that does not follow from the leaves before it.
    WrongStateRoot,
    /// A `BatchClose` names a pack that does not follow from the leaves before it.
    WrongPack,
    /// A leaf holds a statement that may not be applied there.
    StatementDoesNotFollow,
}

/// An entry with the proof that it is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedLeaf {
    /// Leaf index.
    pub index: u64,
    /// The entry.
    #[serde(with = "base64_bytes")]
    pub entry: Vec<u8>,
    /// Inclusion proof to the checkpoint's tree, leaf's sibling first.
    #[serde(with = "base64_digests")]
    pub proof: Vec<Digest>,
}

/// The proof that an operator said what does not follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `ecosphere-evidence-v1`.
    pub format: String,
    /// What was found.
    pub finding: Finding,
    /// The same in a sentence for people.
    pub sentence: String,
    /// The log's verifier key.
    pub log: String,
    /// The registrars that the replay took on trust.
    pub registrars: Vec<DidKey>,
    /// Whether it took the ledger's keys for public ones.
    pub sample: bool,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
    /// The leaf with the claim.
    pub leaf: LoggedLeaf,
    /// What the operator claims.
    pub claimed: String,
    /// What follows.
    pub computed: String,
}

/// What a check of evidence came to: it holds, and this is how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whose log it is.
    pub log: LogKey,
    /// What was found was found again, or shows in the entry itself. Otherwise only the claim is proven, not that it is false.
    pub recomputed: bool,
}

impl Evidence {
    pub(super) fn new(
        finding: Finding,
        (claimed, computed): (String, String),
        leaf: LoggedLeaf,
        (checkpoint, log): (String, String),
        (registrars, sample): (Vec<DidKey>, bool),
    ) -> Self {
        let at = leaf.index;
        let sentence = match finding {
            Finding::WrongStateRoot => {
                format!("Leaf {at}, signed by the log, names the state root {claimed}; the statements before it give {computed}.")
            }
            Finding::WrongPack => format!("Leaf {at}, signed by the log, names the pack {claimed}; the statements before it give {computed}."),
            Finding::StatementDoesNotFollow => format!("Leaf {at} holds a statement that may not be there: {computed}."),
        };
        Self { format: FORMAT.to_owned(), finding, sentence, log, registrars, sample, checkpoint, leaf, claimed, computed }
    }

    /// Checks that the file proves what it says: the log's signature, the inclusion, the claim in the entry; and with a copy of the log at hand,
    /// that a replay finds the same. Whether that log is the one a person relies on is theirs to say: compare [`Checked::log`].
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn check(&self, copy: Option<&Place>) -> Result<Checked, NodeError> {
        if self.format != FORMAT {
            return Err(NodeError::Unfit("this is no evidence of a kind that this program knows"));
        }
        let log = LogKey::parse(&self.log)?;
        let trust = log::Policy::of_log(log.clone());
        let checkpoint = trust.open_without_quorum(&self.checkpoint)?.checkpoint;
        verify_inclusion(&leaf_hash(&self.leaf.entry), self.leaf.index, checkpoint.size, &checkpoint.root, &self.leaf.proof)?;
        let shows = self.claim(&log)?;
        let Some(copy) = copy else { return Ok(Checked { log, recomputed: shows }) };
        let found = replay(copy, &Terms { trust, registrars: self.registrars.clone(), sample: self.sample })?.evidence;
        match found {
            Some(found) if found.says() == self.says() => Ok(Checked { log, recomputed: true }),
            Some(_) => Err(NodeError::Unfit("replaying that copy of the log finds something else than the evidence says")),
            None => Err(NodeError::Unfit("replaying that copy of the log finds nothing wrong, so the evidence is not about it, or is made up")),
        }
    }

    /// What two audits of the same log must agree on, whichever checkpoint each of them saw.
    fn says(&self) -> (Finding, &str, &str, u64, &[u8]) {
        (self.finding, &self.claimed, &self.computed, self.leaf.index, &self.leaf.entry)
    }

    /// Whether the entry claims what the evidence says it does. True when the entry alone shows that it may not be in the log.
    fn claim(&self, log: &LogKey) -> Result<bool, NodeError> {
        if self.claimed == self.computed {
            return Err(NodeError::Unfit("what is claimed and what follows are the same"));
        }
        let statement = statement::verify(&self.leaf.entry);
        if self.finding == Finding::StatementDoesNotFollow {
            let same = self.claimed == LOGGED && statement.as_ref().err().is_none_or(|why| why.to_string() == self.computed);
            return if same { Ok(statement.is_err()) } else { Err(NodeError::Unfit("the entry is not wrong in the way that the evidence says")) };
        }
        let statement = statement?;
        let Body::BatchClose(close) = &statement.body else { return Err(NodeError::Unfit("the entry is no BatchClose")) };
        if statement.actor.public() != log.public() {
            return Err(NodeError::Unfit("the BatchClose is not signed by the log"));
        }
        let claims = match self.finding {
            Finding::WrongStateRoot => hex::encode(close.state_root),
            _ => close.manifest.clone().unwrap_or_else(|| NO_PACK.to_owned()),
        };
        if claims == self.claimed { Ok(false) } else { Err(NodeError::Unfit("the BatchClose claims something else than the evidence says")) }
    }
}

mod base64_bytes {
    use super::STANDARD;
    use base64::Engine as _;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

mod base64_digests {
    use super::{Digest, STANDARD};
    use base64::Engine as _;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(digests: &[Digest], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(digests.iter().map(|d| STANDARD.encode(d)))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Digest>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let read = |t: &String| STANDARD.decode(t).ok().and_then(|b| b.try_into().ok()).ok_or_else(|| D::Error::custom("not 32 bytes in base64"));
        texts.iter().map(read).collect()
    }
}
