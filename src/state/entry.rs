//! The entries of the state: what each is called, and what it says.
//!
//! | kind | id, as text | id, in the key | value |
//! |---|---|---|---|
//! | `actor` | first key, `did:key:…` | 32 bytes | name, role, fictional, key in force |
//! | `key` | `did:key:…` | 32 bytes | actor, leaves since and until which it signs |
//! | `accreditation` | `<subject>,<role>,<voucher>` | subject ‖ role ‖ 0x00 ‖ voucher | subject, role, by, leaf |
//! | `passport` | its number | u32, big-endian | digest, subject, issuer, signer, owner, status, ended, … |
//! | `stage` | `<passport number>,<step>` | u32 ‖ u16, big-endian | actor, receiver, digest, leaf |
//! | `listing` | the retailer's subject | its UTF-8 | actor, digest, leaf |
//! | `statement` | its id in hex | 32 bytes | expiry (kept until then, against replay) |
//! | `batch` | `last` | empty | number, leaf, time, manifest |
//! | `token` | its id in hex | 32 bytes | symbol, name, value, decimals, cap, issued, destroyed, issuer, demurrage, … |
//! | `balance` | `<token>,<did:key of the account>` | 32 ‖ 32 bytes | amount as it was touched last, anchor of its demurrage |
//! | `pair` | `<base token>,<quote token>` | 32 ‖ 32 bytes | the pool's reserves, shares and fee; price, volume and time of the last clearing; who forbids it |
//! | `order` | its id in hex | 32 bytes | owner, pair, side, limit, what it offered, gave and got, whether it is open, until when |
//! | `steward` | its id in hex | 32 bytes | owner, pair, side, rate, reserve, what it took and gave, its caps, the community that tells persons apart |
//! | `had` | `<steward pool>,<pseudonym in hex>` | 32 ‖ 32 bytes | what one person got from it |
//! | `shares` | `<base token>,<quote token>,<did:key>` | 32 ‖ 32 ‖ 32 bytes | shares of the pair's pool |

use super::{
    ProofError, State,
    slot::{Slot, statement_value},
    tree::Leaf,
};
use crate::statement::{DidKey, Digest, End, Role, json};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Names an entry of the state, whether it is there or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// An actor, by its first key.
    Actor(DidKey),
    /// A key that is or was an actor's.
    Key(DidKey),
    /// One actor vouching for another.
    Accreditation {
        /// Whom, by first key.
        subject: DidKey,
        /// For what.
        role: Role,
        /// Who, by first key.
        voucher: DidKey,
    },
    /// A passport, by number.
    Passport(u32),
    /// A step of a product's way.
    Stage {
        /// Number of the product's passport.
        passport: u32,
        /// 1 = first.
        step: u16,
    },
    /// A retailer's newest sheet, by the retailer's subject.
    Listing(String),
    /// A statement that must not come again, by id.
    Statement(Digest),
    /// The batch closed last.
    Batch,
    /// About tokens or the exchange.
    #[cfg(feature = "value")]
    Value(super::ValueEntry),
}

impl Entry {
    /// From its kind and the text form of its id.
    ///
    /// # Errors
    /// No such kind, or the id is not one of that kind.
    pub fn parse(kind: &str, id: &str) -> Result<Self, ProofError> {
        Self::read(kind, id).ok_or(ProofError::NoSuchEntry)
    }

    fn read(kind: &str, id: &str) -> Option<Self> {
        let did = |text: &str| DidKey::try_from(text.to_owned()).ok();
        let entry = match kind {
            "actor" => Self::Actor(did(id)?),
            "key" => Self::Key(did(id)?),
            "accreditation" => {
                let (subject, rest) = id.split_once(',')?;
                let (role, voucher) = rest.split_once(',')?;
                let role = Role::ALL.into_iter().find(|r| r.id() == role)?;
                Self::Accreditation { subject: did(subject)?, role, voucher: did(voucher)? }
            }
            "passport" => Self::Passport(id.parse().ok()?),
            "stage" => {
                let (passport, step) = id.split_once(',')?;
                Self::Stage { passport: passport.parse().ok()?, step: step.parse().ok()? }
            }
            "listing" => Self::Listing(id.to_owned()),
            "statement" => {
                let mut digest = [0; 32];
                hex::decode_to_slice(id, &mut digest).ok()?;
                Self::Statement(digest)
            }
            "batch" => Self::Batch,
            #[cfg(feature = "value")]
            _ => Self::Value(super::ValueEntry::read(kind, id)?),
            #[cfg(not(feature = "value"))]
            _ => return None,
        };
        // One spelling: `+7` and `007` name nothing.
        (entry.id() == id).then_some(entry)
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Actor(_) => "actor",
            Self::Key(_) => "key",
            Self::Accreditation { .. } => "accreditation",
            Self::Passport(_) => "passport",
            Self::Stage { .. } => "stage",
            Self::Listing(_) => "listing",
            Self::Statement(_) => "statement",
            Self::Batch => "batch",
            #[cfg(feature = "value")]
            Self::Value(entry) => entry.kind(),
        }
    }

    /// Its id as text.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Actor(key) | Self::Key(key) => key.to_string(),
            Self::Accreditation { subject, role, voucher } => format!("{subject},{},{voucher}", role.id()),
            Self::Passport(number) => number.to_string(),
            Self::Stage { passport, step } => format!("{passport},{step}"),
            Self::Listing(retailer) => retailer.clone(),
            Self::Statement(id) => hex::encode(id),
            Self::Batch => "last".to_owned(),
            #[cfg(feature = "value")]
            Self::Value(entry) => entry.id(),
        }
    }

    /// Its key in the tree: SHA-256( kind ‖ 0x00 ‖ id ).
    #[must_use]
    pub fn key(&self) -> Digest {
        let h = Sha256::new().chain_update(self.kind()).chain_update([0]);
        let h = match self {
            Self::Actor(key) | Self::Key(key) => h.chain_update(key.public()),
            Self::Accreditation { subject, role, voucher } => {
                h.chain_update(subject.public()).chain_update(role.id()).chain_update([0]).chain_update(voucher.public())
            }
            Self::Passport(number) => h.chain_update(number.to_be_bytes()),
            Self::Stage { passport, step } => h.chain_update(passport.to_be_bytes()).chain_update(step.to_be_bytes()),
            Self::Listing(retailer) => h.chain_update(retailer),
            Self::Statement(id) => h.chain_update(id),
            Self::Batch => h,
            #[cfg(feature = "value")]
            Self::Value(entry) => h.chain_update(entry.bytes()),
        };
        h.finalize().into()
    }
}

impl State {
    /// What an entry says now, in JCS; `None` when there is no such entry.
    #[must_use]
    pub fn value(&self, entry: &Entry) -> Option<Vec<u8>> {
        let leaf = |leaf: u64| leaf.to_string();
        let did = |key: DidKey| key.to_string();
        let value: Value = match entry {
            Entry::Actor(key) => {
                let a = self.first(key)?.1.registered();
                json!({ "fictional": a.fictional, "key": self.key_now(key).map(did), "name": a.name, "role": a.role.id() })
            }
            Entry::Key(key) => {
                let t = self.tenure(key)?;
                json!({ "actor": did(t.actor), "since": leaf(t.since), "until": t.until.map(leaf) })
            }
            Entry::Accreditation { subject, role, voucher } => {
                let at = self.accreditations.get(&(*subject, *role))?.get(voucher)?;
                json!({ "by": did(*voucher), "leaf": leaf(*at), "role": role.id(), "subject": did(*subject) })
            }
            Entry::Passport(number) => {
                let p = self.passport(*number)?;
                json!({
                    "digest": hex::encode(p.digest), "ended": p.ended().map(End::id), "issuer": did(*p.issuer), "kind": p.kind.id(),
                    "leaf": leaf(p.leaf), "owner": did(p.owner()), "signer": did(p.signer()),
                    "status": (p.status as u8).to_string(), "subject": &*p.subject,
                    "successor": p.successor().map(|n| n.to_string()), "valid_until": p.valid_until().map(|t| t.0.to_string()),
                })
            }
            Entry::Stage { passport, step } => {
                let s = self.passport(*passport)?.stages().get(usize::from(step.checked_sub(1)?))?;
                json!({ "actor": did(s.actor), "digest": hex::encode(s.digest), "leaf": leaf(s.leaf), "receiver": s.receiver.map(did) })
            }
            Entry::Listing(retailer) => {
                let l = self.listing(retailer)?;
                json!({ "actor": did(l.actor), "digest": hex::encode(l.digest), "leaf": leaf(l.leaf) })
            }
            #[cfg(feature = "value")]
            Entry::Value(entry) => return self.value_of(entry),
            Entry::Statement(_) => return Some(statement_value(self.tree.get(&entry.key(), &self.parties)?.expiry()?.1)),
            Entry::Batch => {
                let b = self.batch()?;
                json!({ "leaf": leaf(b.leaf), "manifest": b.manifest.map(hex::encode), "number": b.number.to_string(), "time": b.time.0.to_string() })
            }
        };
        // Strings, booleans and null only: canonical form cannot fail on them.
        Some(json::canonical(&value).unwrap_or_default())
    }

    /// Brings the tree up to date with an entry that was just written, changed or removed.
    pub(super) fn changed(&mut self, entry: Entry) {
        let key = entry.key();
        let leaf = self.value(&entry).map(|v| Leaf { key, value: Sha256::digest(v).into() });
        let slot = leaf.map(|leaf| self.slot(&entry, leaf));
        self.tree.put(key, slot, &self.parties);
    }

    /// What the tree keeps of an entry.
    fn slot(&self, entry: &Entry, leaf: Leaf) -> Slot {
        let digest = leaf.digest();
        let named = match entry {
            Entry::Passport(number) => Some(Slot::Passport { number: *number, digest }),
            Entry::Stage { passport, step } => Some(Slot::Stage { passport: *passport, step: *step, digest }),
            Entry::Actor(key) => self.parties.find(key).map(|party| Slot::Actor { party, digest }),
            Entry::Key(key) => self.parties.find(key).map(|party| Slot::Key { party, digest }),
            Entry::Accreditation { .. } | Entry::Listing(_) | Entry::Statement(_) | Entry::Batch => None,
            #[cfg(feature = "value")]
            Entry::Value(_) => None,
        };
        named.unwrap_or_else(|| Slot::Other(Box::new(leaf)))
    }

    /// Every entry there is, with what it says: the state, whole, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = (Entry, Vec<u8>)> {
        let actors = self.actors().map(|(k, _)| Entry::Actor(*k));
        let keys = self.keys().map(|(k, _)| Entry::Key(*k));
        let vouched = self.accreditations().map(|((subject, role), voucher)| Entry::Accreditation { subject, role, voucher });
        let passports = self.passports().iter().map(|p| Entry::Passport(p.number));
        let stages = self.passports().iter().flat_map(|p| p.stages().iter().map(|s| Entry::Stage { passport: p.number, step: s.step }));
        let listings = self.listings.keys().map(|r| Entry::Listing(r.clone()));
        let statements = self.remembered().map(|(id, _)| Entry::Statement(*id));
        let named = actors.chain(keys).chain(vouched).chain(passports).chain(stages).chain(listings).chain(statements).chain([Entry::Batch]);
        #[cfg(feature = "value")]
        let named = named.chain(self.value_entries().map(Entry::Value));
        named.filter_map(|entry| Some((self.value(&entry)?, entry))).map(|(value, entry)| (entry, value))
    }
}
