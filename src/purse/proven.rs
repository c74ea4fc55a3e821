//! What a node says of accounts (`GET /state/accounts/<bucket>`), checked from the checkpoint's signature down to each entry, and read.

use super::PurseError;
use crate::{
    exchange::{self, Grid, Pool, Price, Side},
    log::{Frontier, Handover, Policy, leaf_hash, verify_inclusion},
    measure::{Decimal, Millis},
    state::{BUCKET_LEAST, Bucket, Entry, StateProof, ValueEntry, balance_due},
    statement::{self, Body, DidKey, Digest, json},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was proven under one batch. Of accounts, only the asker's own are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proven {
    /// The batch's number.
    pub batch: u64,
    /// Its time: the ledger's clock.
    pub time: Millis,
    /// Size of the log under the checkpoint.
    pub size: u64,
    /// How many accounts the ledger says it has.
    pub accounts: u64,
    /// Among how many the asker was hidden; counted in what was proven.
    pub among: u64,
    /// All tokens.
    pub tokens: BTreeMap<Digest, Token>,
    /// All pairs, by base and quote token.
    pub pairs: BTreeMap<(Digest, Digest), Pair>,
    /// What the asker holds: amount and anchor of its demurrage.
    pub balances: BTreeMap<(Digest, DidKey), (u64, Millis)>,
    /// The orders of the bucket, the asker's and others', by id.
    pub orders: BTreeMap<Digest, Order>,
    /// The asker's shares of pools.
    pub shares: BTreeMap<(Digest, Digest, DidKey), u64>,
    /// Steward pools that may be swapped with, until the book takes them.
    #[serde(skip)]
    pub stewards: BTreeMap<Digest, Steward>,
    /// Pairs that an issuer forbids.
    #[serde(skip)]
    forbidden: BTreeSet<(Digest, Digest)>,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Short name.
    pub symbol: String,
    /// Name.
    pub name: String,
    /// Decimals that people see.
    pub decimals: u8,
    /// Money's worth, or a good deed.
    pub financial: bool,
    /// The association flag.
    pub community: bool,
    /// Whether it may be swapped.
    pub tradable: bool,
    /// Who issues it.
    pub issuer: DidKey,
    /// Demurrage in basis points for 30 days; 0 for none.
    pub demurrage: u16,
    /// Who gets it, and pays none.
    pub demurrage_to: Option<DidKey>,
}

/// A pair of tokens that can be swapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Its pool.
    pub pool: Pool,
    /// When it was cleared last.
    pub cleared: Option<Millis>,
    /// The price then, in units of 1e-9.
    pub price: Option<u64>,
    /// Base units that changed hands then.
    pub volume: Option<u64>,
}

/// A steward pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steward {
    /// Whose it is.
    pub owner: DidKey,
    /// Base and quote token.
    pub pair: (Digest, Digest),
    /// Whose members alone may swap with it.
    pub community: Option<DidKey>,
    /// What it offers.
    pub offer: exchange::Steward,
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Whose.
    pub owner: DidKey,
    /// Base and quote token.
    pub pair: (Digest, Digest),
    /// Which way.
    pub side: Side,
    /// The worst price it accepts, in units of 1e-9.
    pub limit: Option<u64>,
    /// What it offered.
    pub gives: u64,
    /// What it gave so far.
    pub gave: u64,
    /// What it got so far.
    pub got: u64,
    /// Whether it can still be filled.
    pub open: bool,
    /// When its time is over.
    pub until: Millis,
}

/// An answer that holds, with the log as it was just before the last leaf under its checkpoint.
pub(super) struct Checked {
    pub proven: Proven,
    pub origin: String,
    /// Everything before the last leaf.
    pub before: Frontier,
    /// The root over everything.
    pub root: Digest,
}

#[derive(Deserialize)]
struct Answer {
    accounts: u64,
    proofs: Vec<StateProof>,
    batch: Under,
}

#[derive(Deserialize)]
struct Under {
    leaf: u64,
    close: Value,
    checkpoint: String,
    proof: Vec<String>,
}

fn untrusted(why: &str) -> PurseError {
    PurseError::Untrusted(why.to_owned())
}

/// Checks a node's answer. `Ok(None)`: it closed a batch while it answered; ask again.
pub(super) fn check(
    text: &[u8],
    (policy, handovers): (&Policy, &[Handover]),
    bucket: Bucket,
    mine: &[DidKey],
) -> Result<Option<Checked>, PurseError> {
    let answer: Answer = serde_json::from_slice(text).map_err(|_| untrusted("its answer is not what was asked for"))?;
    let trusted = policy.open(&answer.batch.checkpoint)?;
    let checkpoint = trusted.checkpoint;
    if answer.batch.leaf.checked_add(1) != Some(checkpoint.size) {
        return Ok(None);
    }
    let path: Vec<Digest> = answer
        .batch
        .proof
        .iter()
        .map(|hash| STANDARD.decode(hash).ok()?.try_into().ok())
        .collect::<Option<_>>()
        .ok_or_else(|| untrusted("its proof is not made of hashes"))?;
    let close = json::canonical(&answer.batch.close).map_err(|_| untrusted("its last entry cannot be read"))?;
    verify_inclusion(&leaf_hash(&close), answer.batch.leaf, checkpoint.size, &checkpoint.root, &path)?;
    let close = statement::verify(&close).map_err(|why| untrusted(&why.to_string()))?;
    // Until a new operator closed a batch of its own, the last one is the old operator's, and what was handed over.
    let before = handovers.iter().any(|h| answer.batch.leaf < h.size && close.actor == DidKey::from_public(*h.from.public()));
    if close.ledger != checkpoint.origin || !(before || close.actor == DidKey::from_public(*trusted.log.public())) {
        return Err(untrusted("its last entry is not its own"));
    }
    let Body::BatchClose(close) = close.body else { return Err(untrusted("its last entry does not close a batch")) };

    let mut proven = Proven { batch: close.number, time: close.time_ms, size: checkpoint.size, accounts: answer.accounts, ..Proven::default() };
    let mut seen = BTreeSet::new();
    for proof in &answer.proofs {
        let entry = Entry::parse(&proof.kind, &proof.id)?;
        let value = proof.verify(&close.state_root, &entry)?.ok_or_else(|| untrusted("it proves that something is not there"))?;
        let Entry::Value(entry) = entry else { return Err(untrusted("its answer is about something else")) };
        let value = serde_json::from_slice(value).map_err(|_| untrusted("an entry cannot be read"))?;
        let whose = proven.take(&entry, &Fields(value), mine).ok_or_else(|| untrusted("an entry is not what its kind says"))?;
        if whose.is_some_and(|who| !bucket.has(&who)) {
            return Err(untrusted("it shows accounts that were not asked for"));
        }
        seen.extend(whose);
    }
    let forbidden = std::mem::take(&mut proven.forbidden);
    proven.stewards.retain(|_, pool| !forbidden.contains(&pool.pair));
    proven.among = seen.len() as u64;
    if bucket != Bucket::default() && seen.len() < BUCKET_LEAST {
        return Err(untrusted("it has fewer accounts than it said, which would tell too well whose wallet asks"));
    }
    let before = Frontier::before_last(checkpoint.size, &path)?;
    Ok(Some(Checked { proven, origin: checkpoint.origin, before, root: checkpoint.root }))
}

impl Proven {
    /// Reads an entry; gives whose it is. `None`: it is not as it should be.
    fn take(&mut self, entry: &ValueEntry, said: &Fields, mine: &[DidKey]) -> Option<Option<DidKey>> {
        match *entry {
            ValueEntry::Token(id) => {
                let token = Token {
                    symbol: said.text("symbol")?,
                    name: said.text("name")?,
                    decimals: said.number("decimals")?.try_into().ok()?,
                    financial: said.text("value")? == "financial",
                    community: said.yes("community")?,
                    tradable: said.yes("tradable")?,
                    issuer: said.key("issuer")?,
                    demurrage: said.maybe("demurrage_bps", Fields::number)?.unwrap_or(0).try_into().ok()?,
                    demurrage_to: said.maybe("demurrage_to", Fields::key)?,
                };
                self.tokens.insert(id, token);
                Some(None)
            }
            ValueEntry::Pair(base, quote) => {
                let (own, other) = (said.number("base")?, said.number("quote")?);
                let pool = Pool { base: own, quote: other, shares: said.number("shares")?, fee_bps: said.number("fee_bps")?.try_into().ok()? };
                // What an issuer forbids cannot be swapped, as if it had never been opened.
                if said.yes("forbidden")? {
                    self.forbidden.insert((base, quote));
                    return Some(None);
                }
                let (cleared, price) = (said.maybe("cleared", Fields::time)?, said.maybe("price", Fields::price)?);
                self.pairs.insert((base, quote), Pair { pool, cleared, price, volume: said.maybe("volume", Fields::number)? });
                Some(None)
            }
            ValueEntry::Balance(token, account) => {
                let held = (said.number("amount")?, said.time("anchor")?);
                if mine.contains(&account) {
                    self.balances.insert((token, account), held);
                }
                Some(Some(account))
            }
            ValueEntry::Shares(base, quote, account) => {
                let shares = said.number("shares")?;
                if mine.contains(&account) {
                    self.shares.insert((base, quote, account), shares);
                }
                Some(Some(account))
            }
            ValueEntry::Order(id) => {
                let (pair, side) = (said.text("pair")?, said.text("side")?);
                let (base, quote) = pair.split_once(',')?;
                let order = Order {
                    owner: said.key("owner")?,
                    pair: (digest(base)?, digest(quote)?),
                    side: if side == "buy" { Side::Buy } else { Side::Sell },
                    limit: said.maybe("limit", Fields::price)?,
                    gives: said.number("gives")?,
                    gave: said.number("gave")?,
                    got: said.number("got")?,
                    open: said.yes("open")?,
                    until: said.time("until")?,
                };
                if order.open || mine.contains(&order.owner) {
                    self.orders.insert(id, order);
                }
                Some(Some(order.owner))
            }
            ValueEntry::Steward(id) => {
                let (pair, side) = (said.text("pair")?, said.text("side")?);
                let (base, quote) = pair.split_once(',')?;
                let offer = exchange::Steward {
                    side: if side == "buy" { Side::Buy } else { Side::Sell },
                    rate: Price::from_nanos(said.price("rate")?).ok()?,
                    reserve: said.number("reserve")?,
                    taken: said.number("taken")?,
                    given: said.number("given")?,
                    total_cap: said.number("total_cap")?,
                    person_cap: said.maybe("person_cap", Fields::number)?,
                };
                let pool = Steward {
                    owner: said.key("owner")?,
                    pair: (digest(base)?, digest(quote)?),
                    community: said.maybe("community", Fields::key)?,
                    offer,
                };
                self.stewards.insert(id, pool);
                Some(None)
            }
            // Whose pseudonym it is, a wallet does not know; it is not asked for either.
            ValueEntry::Had(..) => Some(None),
        }
    }

    /// What an account has of a token at a time, demurrage taken off.
    #[must_use]
    pub fn balance(&self, id: &Digest, account: &DidKey, now: Millis) -> u64 {
        let (Some(token), Some((amount, anchor))) = (self.tokens.get(id), self.balances.get(&(*id, *account))) else { return 0 };
        let bps = if token.demurrage_to == Some(*account) { 0 } else { token.demurrage };
        balance_due(*amount, *anchor, bps, now)
    }

    /// The pair in which one token is swapped for another, and which way that goes.
    #[must_use]
    pub fn way(&self, gives: &Digest, takes: &Digest) -> Option<((Digest, Digest), Side)> {
        let sell = (*gives, *takes);
        let buy = (*takes, *gives);
        if self.pairs.contains_key(&buy) { Some((buy, Side::Buy)) } else { self.pairs.contains_key(&sell).then_some((sell, Side::Sell)) }
    }

    /// How minor units of a pair go together.
    #[must_use]
    pub fn grid(&self, pair: &(Digest, Digest)) -> Option<Grid> {
        Grid::new(self.tokens.get(&pair.0)?.decimals, self.tokens.get(&pair.1)?.decimals).ok()
    }
}

impl Steward {
    /// The token that it takes, and the one that it gives.
    #[must_use]
    pub const fn ways(&self) -> (Digest, Digest) {
        match self.offer.side {
            Side::Sell => self.pair,
            Side::Buy => (self.pair.1, self.pair.0),
        }
    }
}

impl Order {
    /// The token that it gives, and the one that it takes.
    #[must_use]
    pub const fn ways(&self) -> (Digest, Digest) {
        match self.side {
            Side::Buy => (self.pair.1, self.pair.0),
            Side::Sell => (self.pair.0, self.pair.1),
        }
    }
}

fn digest(text: &str) -> Option<Digest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
}

/// What an entry says: strings, booleans and null.
struct Fields(Value);

impl Fields {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }
    fn yes(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }
    fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_str()?.parse().ok()
    }
    fn time(&self, name: &str) -> Option<Millis> {
        self.0.get(name)?.as_str()?.parse().ok().map(Millis)
    }
    fn key(&self, name: &str) -> Option<DidKey> {
        DidKey::try_from(self.text(name)?).ok()
    }
    fn price(&self, name: &str) -> Option<u64> {
        u64::try_from(Decimal::parse(self.0.get(name)?.as_str()?).ok()?.nanos()).ok()
    }
    /// One that may be null.
    fn maybe<T>(&self, name: &str, read: impl Fn(&Self, &str) -> Option<T>) -> Option<Option<T>> {
        if self.0.get(name)?.is_null() { Some(None) } else { read(self, name).map(Some) }
    }
}
