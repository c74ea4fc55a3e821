//! What a purse keeps, apart from its words: sealed by the vault's key, and by no other file to be read.
//!
//! ```text
//! u8      version, 3; 2 ended after the rule, 1 before it
//! postcard of Book
//! ```

use super::{
    PurseError,
    proven::{Proven, Steward},
};
use crate::{
    log::Frontier,
    measure::Millis,
    statement::{DidKey, Digest},
    wallet::{Outbox, Rule},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const VERSION: u8 = 3;
/// The versions before, to whose ends is added what they did not have.
const NO_RULE: u8 = 1;
const NO_ACCOUNTS: u8 = 2;

/// Everything of a person's that is not their words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Book {
    /// The words were written down and asked for.
    pub backed_up: bool,
    /// How many accounts are in use.
    pub accounts: u32,
    /// The ledger, once there was one.
    pub ledger: Option<Ledger>,
    /// What was signed here.
    pub outbox: Outbox,
    /// What it was for, by statement id.
    pub notes: BTreeMap<Digest, Note>,
    /// What was asked for here, by reference.
    pub asked: BTreeMap<[u8; 16], Note>,
    /// What of the log is this person's, in its order.
    pub events: Vec<Event>,
    /// What people are called here.
    pub contacts: BTreeMap<DidKey, String>,
    /// What was proven last.
    pub proven: Option<Proven>,
    /// Prices that were proven, by pair: when, and in units of 1e-9.
    pub prices: BTreeMap<(Digest, Digest), Vec<(Millis, u64)>>,
    /// What is thought of before signing.
    pub rule: Rule,
    /// Steward pools, proven last.
    pub stewards: BTreeMap<Digest, Steward>,
    /// The token in which this person counts what they have.
    pub currency: Option<Digest>,
    /// What accounts are called, by number.
    pub names: BTreeMap<u32, String>,
    /// The account that asks, pays and swaps.
    pub chosen: u32,
}

/// A ledger, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Its origin.
    pub origin: String,
    /// Whom to believe (C2SP tlog-policy).
    pub policy: String,
    /// How far the log was read; nothing before `since` was.
    pub read: Option<Frontier>,
    /// The first leaf that was read.
    pub since: u64,
    /// Whether its keys are public.
    pub sample: bool,
}

/// What a payment or a request was for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    /// Who asked, in their own words.
    pub label: Option<String>,
    /// What for.
    pub message: Option<String>,
    /// What the message was hidden with.
    pub salt: [u8; 16],
    /// When, by this device's clock.
    pub made: Millis,
    /// Which account.
    pub account: u32,
    /// What was signed or asked.
    pub what: Option<What>,
}

/// Something of this person's on the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its leaf.
    pub leaf: u64,
    /// Time of its batch.
    pub time: Millis,
    /// Its id.
    pub id: Digest,
    /// What it is.
    pub what: What,
}

/// What a statement does to this person's tokens.
#[allow(missing_docs, reason = "tokens by id, accounts, minor units, prices in units of 1e-9; each variant says the rest")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Paid to somebody.
    Paid { token: Digest, to: DidKey, amount: u64 },
    /// Paid by somebody.
    Received { token: Digest, from: DidKey, amount: u64, reference: Option<[u8; 16]> },
    /// Awarded by the token's issuer.
    Awarded { token: Digest, by: DidKey, amount: u64 },
    /// Awarded to somebody.
    Gave { token: Digest, to: DidKey, amount: u64 },
    /// This person became an actor.
    Introduced { name: String },
    /// A token of this person's.
    Defined { symbol: String },
    /// An order.
    Ordered { gives: Digest, takes: Digest, amount: u64, limit: Option<u64> },
    /// An order was taken back.
    Cancelled { order: Digest },
    /// A pair was opened.
    Opened { base: Digest, quote: Digest },
    /// Tokens went into a pool.
    PutIn { base: Digest, quote: Digest },
    /// Shares went out of a pool.
    TookOut { base: Digest, quote: Digest },
    /// A pair was forbidden.
    Forbade { base: Digest, quote: Digest },
    /// A steward pool was opened.
    Stewards { takes: Digest, gives: Digest, amount: u64 },
    /// More was put into a steward pool.
    Funded { pool: Digest, amount: u64 },
    /// A steward pool was closed.
    Closed { pool: Digest },
    /// Swapped with a steward pool; it got at least so much, and at a rate that never changes no more.
    Swapped { pool: Digest, gives: Digest, takes: Digest, amount: u64, least: u64 },
}

impl Book {
    /// As bytes, to be sealed.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn encode(&self) -> Result<Vec<u8>, PurseError> {
        postcard::to_extend(self, vec![VERSION]).map_err(|e| PurseError::Store(e.to_string()))
    }

    /// Reads it back.
    ///
    /// # Errors
    /// It is of another version, or damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, PurseError> {
        let read =
            |bytes: &[u8]| postcard::from_bytes(bytes).map_err(|_| PurseError::Store("its book is damaged; restore it from your words".to_owned()));
        let none = Self::default();
        let lacks = |rule: bool| {
            let rule = if rule { postcard::to_stdvec(&none.rule) } else { Ok(Vec::new()) };
            let rest = postcard::to_stdvec(&(&none.stewards, none.currency, &none.names, none.chosen));
            rule.and_then(|rule| Ok([rule, rest?].concat())).map_err(|e| PurseError::Store(e.to_string()))
        };
        match bytes.split_first() {
            Some((&VERSION, rest)) => read(rest),
            Some((&version @ (NO_RULE | NO_ACCOUNTS), rest)) => read(&[rest, &lacks(version == NO_RULE)?].concat()),
            Some((version, _)) => Err(PurseError::Store(format!("its book is of version {version}, and this program reads {VERSION}; update it"))),
            None => Err(PurseError::Store("its book is empty; restore it from your words".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wallet::Firmness;

    #[test]
    fn a_book_of_each_version_before_is_read_with_what_it_did_not_have() {
        let book = Book { backed_up: true, accounts: 3, ..Book::default() };
        let now = book.encode().unwrap();
        let rule = postcard::to_stdvec(&Rule::default()).unwrap();
        let before = now.strip_prefix(&[3]).unwrap().strip_suffix(&[0, 0, 0, 0]).unwrap();
        assert_eq!(Book::decode(&[&[2], before].concat()), Ok(book.clone()));
        let first = [&[1], before.strip_suffix(rule.as_slice()).unwrap()].concat();
        assert_eq!(Book::decode(&first), Ok(book.clone()));
        let firm = Book { rule: Rule { lines: Firmness::Refuse, ..Rule::default() }, currency: Some([7; 32]), chosen: 2, ..book };
        assert_eq!(Book::decode(&firm.encode().unwrap()), Ok(firm));
        assert!(Book::decode(&[4]).is_err() && Book::decode(&[]).is_err() && Book::decode(&first[..9]).is_err());
    }
}
