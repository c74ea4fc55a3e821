//! What many accounts hold, in one answer, so that whoever asks does not say which of them is theirs.
//!
//! A bucket is all accounts whose public keys begin with some bits (none: all there are), each with every balance, share and order of theirs; every
//! token, pair and steward pool comes with it. A key is as good as random, so buckets of equally many bits are about equally full.

use super::{
    ProofError, State, StateProof,
    value::{ValueEntry, aged},
};
use crate::{measure::Millis, statement::DidKey};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// A bucket with fewer accounts than this hides nobody well enough: one of fewer bits is asked for.
pub const BUCKET_LEAST: usize = 1_000;
/// The most bits there are. A node that says it has more accounts than it has learns these of a key, and no more.
pub const BUCKET_BITS: usize = 8;
/// The most entries in an answer.
const MOST: usize = 200_000;

/// The bits that keys of a bucket begin with: `all`, or up to eight of `0` and `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    first: u8,
    bits: usize,
}

/// What is in a bucket, with proofs against the root that the last `BatchClose` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    /// How many accounts there are in the ledger, with the entries of its exchange.
    pub accounts: usize,
    /// How many of them are in this bucket.
    pub here: usize,
    /// Every token, pair and steward pool, and what the bucket's accounts hold and ordered.
    pub proofs: Vec<StateProof>,
}

/// Why there is no such answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BucketError {
    /// It is narrower than it may be.
    #[error("fewer than {BUCKET_LEAST} accounts begin so, which would tell too well whose is meant; ask with fewer bits, or for all")]
    TooFew,
    /// It is wider than one answer carries.
    #[error("so many entries are more than one answer carries; ask with one bit more")]
    TooMany,
    /// There is no proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Not the bits of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bucket is \"all\", or up to {BUCKET_BITS} of 0 and 1: the bits that the accounts' public keys begin with")]
pub struct NotABucket;

impl Bucket {
    /// The bucket of so many bits (at most [`BUCKET_BITS`]) in which a key is.
    #[must_use]
    pub fn of(key: &DidKey, bits: usize) -> Self {
        let bits = bits.min(BUCKET_BITS);
        let [first, ..] = key.public();
        Self { first: first & mask(bits), bits }
    }

    /// How many bits a wallet may ask with where there are so many accounts: buckets then hold four times as many as they must.
    #[must_use]
    pub const fn bits_for(accounts: usize) -> usize {
        let mut bits = 0;
        while bits < BUCKET_BITS && accounts >> (bits + 1) >= 4 * BUCKET_LEAST {
            bits += 1;
        }
        bits
    }

    /// Whether a key is in it.
    #[must_use]
    pub fn has(&self, key: &DidKey) -> bool {
        Self::of(key, self.bits) == *self
    }
}

/// The first `bits` of a byte.
fn mask(bits: usize) -> u8 {
    !u8::MAX.checked_shr(u32::try_from(bits).unwrap_or(u32::MAX)).unwrap_or(0)
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bits == 0 {
            return f.write_str("all");
        }
        f.write_str(format!("{:08b}", self.first).get(..self.bits).unwrap_or_default())
    }
}

impl FromStr for Bucket {
    type Err = NotABucket;
    fn from_str(text: &str) -> Result<Self, NotABucket> {
        if text == "all" {
            return Ok(Self::default());
        }
        if !(1..=BUCKET_BITS).contains(&text.len()) || text.bytes().any(|b| !matches!(b, b'0' | b'1')) {
            return Err(NotABucket);
        }
        let first = text.bytes().chain(std::iter::repeat(b'0')).take(8).fold(0_u8, |byte, bit| (byte << 1) | u8::from(bit == b'1'));
        Ok(Self { first, bits: text.len() })
    }
}

/// What a balance is at a time: what it was when it was touched last, less the demurrage (in basis points) of the full periods since. Whoever gets a
/// token's demurrage pays none on it.
#[must_use]
pub fn balance_due(amount: u64, anchor: Millis, bps: u16, now: Millis) -> u64 {
    aged(amount, anchor, bps, now).0
}

impl State {
    /// What is in a bucket, proven.
    ///
    /// # Errors
    /// It is too narrow or too wide, or no batch was closed yet.
    pub fn holdings(&self, bucket: Bucket) -> Result<Holdings, BucketError> {
        let (mut all, mut here) = (BTreeSet::new(), BTreeSet::new());
        let mut asked = Vec::new();
        for entry in self.value_entries() {
            let whose = match &entry {
                // Whose pseudonym it is, only a community knows: it is no account's, and each member counts their own.
                ValueEntry::Had(..) => continue,
                ValueEntry::Token(_) | ValueEntry::Pair(..) | ValueEntry::Steward(_) => None,
                ValueEntry::Balance(_, account) | ValueEntry::Shares(_, _, account) => Some(*account),
                ValueEntry::Order(id) => self.order(id).map(|order| order.owner),
            };
            if let Some(account) = whose {
                all.insert(account);
                if !bucket.has(&account) {
                    continue;
                }
                here.insert(account);
            }
            asked.push(entry);
        }
        if bucket != Bucket::default() && here.len() < BUCKET_LEAST {
            return Err(BucketError::TooFew);
        }
        if asked.len() > MOST {
            return Err(BucketError::TooMany);
        }
        let proofs = asked.iter().map(|entry| self.prove(entry.kind(), &entry.id())).collect::<Result<Vec<_>, _>>()?;
        // What came after the last close has no value in its root yet.
        let proofs = proofs.into_iter().filter(|proof| proof.value.is_some()).collect();
        Ok(Holdings { accounts: all.len(), here: here.len(), proofs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_one_spelling_and_no_more_bits_than_it_may() {
        for text in ["all", "0", "1", "0110", "11111111"] {
            assert_eq!(text.parse::<Bucket>().unwrap().to_string(), text);
        }
        for wrong in ["", "2", "all ", "012", "111111111", "\u{661}"] {
            assert_eq!(wrong.parse::<Bucket>(), Err(NotABucket), "{wrong}");
        }
        let key = DidKey::from_public([0b0110_1001; 32]);
        assert_eq!(Bucket::of(&key, 3).to_string(), "011");
        assert_eq!(Bucket::of(&key, 99).to_string(), "01101001");
        assert!("011".parse::<Bucket>().unwrap().has(&key) && !"010".parse::<Bucket>().unwrap().has(&key) && Bucket::default().has(&key));
    }

    #[test]
    fn a_wallet_asks_so_that_its_bucket_is_four_times_as_full_as_it_must_be() {
        for (accounts, bits) in [(0, 0), (7_999, 0), (8_000, 1), (16_000, 2), (1_024_000, 8), (usize::MAX, 8)] {
            assert_eq!(Bucket::bits_for(accounts), bits, "{accounts}");
        }
    }
}
