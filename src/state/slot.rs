//! What the tree keeps of an entry: less than key and value.
//!
//! ```text
//! passport, stage, actor, key   which one ‖ digest of its leaf      its key is told from which one it is, what it says from the state
//! statement                     id ‖ expiry                         its key and its digest are told from these
//! the others, which are few     key ‖ SHA-256 of the value
//! ```

use super::{
    Entry,
    actor::Party,
    shared::Sorted,
    tree::{Hashes, Kept, Leaf},
};
use crate::{measure::Millis, statement::Digest};
use sha2::{Digest as _, Sha256};

/// An entry in the tree: 40 bytes.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// A passport, by number.
    Passport { number: u32, digest: Digest },
    /// A step of a product's way.
    Stage { passport: u32, step: u16, digest: Digest },
    /// An actor, by the position of its first key among all keys.
    Actor { party: u32, digest: Digest },
    /// A key, by its position among all keys.
    Key { party: u32, digest: Digest },
    /// A statement's id, and when it expires: the lower 56 bits of an `i64`, which the upper 8 repeat.
    Statement { id: Digest, expires: [u8; 7] },
    /// The same where 56 bits are too few.
    Far(Box<(Digest, Millis)>),
    /// Any other.
    Other(Box<Leaf>),
}

/// What the entry of a statement says, in JCS.
pub(super) fn statement_value(expires: Millis) -> Vec<u8> {
    format!("{{\"expires\":\"{}\"}}", expires.0).into_bytes()
}

impl Slot {
    /// The entry of a statement.
    pub fn statement(id: Digest, at: Millis) -> Self {
        let [_, expires @ ..] = at.0.to_be_bytes();
        let near = Self::Statement { id, expires };
        if near.expiry().is_some_and(|(_, read)| read == at) { near } else { Self::Far(Box::new((id, at))) }
    }

    /// A statement's id, and when it expires; `None` of any other entry.
    pub fn expiry(&self) -> Option<(&Digest, Millis)> {
        match self {
            Self::Statement { id, expires: [a, b, c, d, e, f, g] } => {
                // The shift back brings the sign down.
                Some((id, Millis(i64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, 0]) >> 8)))
            }
            Self::Far(far) => Some((&far.0, far.1)),
            _ => None,
        }
    }

    /// Which entry it is; `None` of one that is kept by its key.
    pub fn entry(&self, parties: &Sorted<Party>) -> Option<Entry> {
        Some(match self {
            Self::Passport { number, .. } => Entry::Passport(*number),
            Self::Stage { passport, step, .. } => Entry::Stage { passport: *passport, step: *step },
            Self::Actor { party, .. } => Entry::Actor(parties.get(*party)?.key),
            Self::Key { party, .. } => Entry::Key(parties.get(*party)?.key),
            Self::Statement { id, .. } => Entry::Statement(*id),
            Self::Far(far) => Entry::Statement(far.0),
            Self::Other(_) => return None,
        })
    }
}

impl Kept for Slot {
    type Names = Sorted<Party>;
    const RUN: usize = 64;

    fn key(&self, parties: &Sorted<Party>) -> Digest {
        match self {
            Self::Other(leaf) => leaf.key,
            // A key that an actor had is never forgotten, so each is found.
            _ => self.entry(parties).map_or([0; 32], |entry| entry.key()),
        }
    }
}

impl Hashes for Slot {
    fn digest(&self, key: &Digest) -> Digest {
        match self {
            Self::Passport { digest, .. } | Self::Stage { digest, .. } | Self::Actor { digest, .. } | Self::Key { digest, .. } => *digest,
            Self::Other(leaf) => leaf.digest(),
            Self::Statement { .. } | Self::Far(_) => {
                let value = self.expiry().map(|(_, at)| statement_value(at)).unwrap_or_default();
                Leaf { key: *key, value: Sha256::digest(value).into() }.digest()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_takes_forty_bytes_and_any_expiry_is_kept_exactly() {
        assert_eq!(size_of::<Slot>(), 40);
        for at in [0, 1, -1, 1_790_812_800_000, -7_000, i64::MAX, i64::MIN, (1 << 55) - 1, 1 << 55, -(1 << 55), -(1 << 55) - 1] {
            let slot = Slot::statement([7; 32], Millis(at));
            assert_eq!(slot.expiry(), Some((&[7; 32], Millis(at))));
            assert_eq!(matches!(slot, Slot::Far(_)), !(i64::MIN >> 8..=i64::MAX >> 8).contains(&at), "{at}");
        }
    }
}
