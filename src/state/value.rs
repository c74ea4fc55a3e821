//! Tokens, who holds how much of each, and the pairs of the exchange.
//!
//! *Accounts.* An account is an actor, by its first key, or a key that is no actor's: nobody needs to be registered to hold tokens. A key in which
//! tokens lie does not become another actor's by rotation, or they would be out of reach.
//!
//! *Demurrage.* `floor(balance × bps / 10 000)` per full 30 days since the account's anchor, applied when the account is touched. Only time moves
//! the anchor: an account's first one lies on the token's own grid of 30 days since it was defined, so moving tokens to a fresh account at the
//! right moment saves nothing. Who gets the demurrage of a token pays none on it, and neither does what lies in a pool or in an open order, which is
//! over after 30 days at most.
//!
//! *The exchange* clears when a batch is closed, once in each full minute of batch time, right after the root that the `BatchClose` names: what was
//! filled is in the next batch's root, and proven from then on.
//!
//! *Steward pools* stand beside the exchange, at rates of their own: `stewards`.
//!
//! *A forbidden pair.* The issuer of either token may forbid their pair, opened or not: its orders are over and given back, nothing is placed or put into
//! its pool, and what lies in there can only be taken out, until each issuer who forbade it opens it again. So too steward pools: they can only be closed.

mod exchange;
mod stewards;
mod tokens;

pub use stewards::StewardPool;

use super::{
    State,
    shared::{Keyed, Sorted},
};
use crate::{
    exchange::{Book, ExchangeError, Fill, Grid, Pool, Price, Side, clears_at},
    measure::Millis,
    statement::{DidKey, Digest, TokenDefinition, json},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A month of demurrage, in milliseconds: 30 days.
pub const DEMURRAGE_PERIOD: i64 = 30 * Millis::DAY;

/// Why a statement about tokens or on the exchange may not be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueRejection {
    /// A token nobody defined.
    #[error("there is no token {} on this ledger; its id is that of the statement that defined it", hex::encode(.0))]
    UnknownToken(Digest),
    /// Symbol, name, decimals or demurrage are not as they should be.
    #[error(
        "a token has a symbol of 2 to 12 capitals and digits, a name of 1 to 60 characters, at most 9 decimals, and demurrage of 1 to 10000 basis points if any"
    )]
    BadToken,
    /// Only the issuer awards.
    #[error("only {0}, who issues this token, awards it")]
    NotItsIssuer(DidKey),
    /// Nothing.
    #[error("an amount is more than 0")]
    Zero,
    /// There cannot be so many.
    #[error("this token's supply allows {left} more minor units; award less")]
    SupplyCap {
        /// How many more.
        left: u64,
    },
    /// Less than that.
    #[error("the account has {has} minor units of this token, demurrage taken off; pay less")]
    NotEnough {
        /// How many.
        has: u64,
    },
    /// From itself to itself.
    #[error("who pays and who is paid are the same account; nothing changes hands")]
    ToItself,
    /// There is no such pair.
    #[error(
        "these two tokens cannot be swapped here: nobody opened their pair (base first: the one with fewer decimals, of equal ones the lower id)"
    )]
    UnknownPair,
    /// The pair cannot be, or is there already.
    #[error(
        "a pair has two different tokens that may be traded, the base being the one with fewer decimals (of equal ones the lower id), and is opened once by an issuer of either"
    )]
    BadPair,
    /// An issuer does not want it.
    #[error("these two tokens cannot be swapped: {0}, who issues one of them, forbids it")]
    ForbiddenPair(DidKey),
    /// Only an issuer forbids, and once.
    #[error(
        "a pair is forbidden by an issuer of either token, who did not forbid it yet (base first: the one with fewer decimals, of equal ones the lower id)"
    )]
    NotToForbid,
    /// There is no such order.
    #[error("there is no open order {} of yours", hex::encode(.0))]
    NotYourOrder(Digest),
    /// The order would last too long.
    #[error("an order lasts at most 30 days; give it an earlier end")]
    TooLong,
    /// Shares that they do not have.
    #[error("you have {has} shares of this pool; take out fewer")]
    NotYourShares {
        /// How many they have.
        has: u64,
    },
    /// There is no such steward pool.
    #[error("there is no steward pool {} on this ledger; its steward may have closed it", hex::encode(.0))]
    UnknownSteward(Digest),
    /// Somebody else's steward pool.
    #[error("this steward pool is {0}'s, who alone funds and closes it")]
    NotYourSteward(DidKey),
    /// A steward pool that cannot be.
    #[error(
        "a steward pool takes one token and gives another, both of which may be traded; its caps are more than 0, and the total one no less than it gave"
    )]
    BadSteward,
    /// The pool is for other tokens.
    #[error("this steward pool takes and gives other tokens; look at it again")]
    OtherSteward,
    /// Only members of a community may swap with it.
    #[error("this steward pool is for members of the community {0}: ask it for a voucher for this account and this pool")]
    NeedsVoucher(DidKey),
    /// Nobody has to be a member.
    #[error("this steward pool is for everybody; leave the voucher out")]
    NeedsNoVoucher,
    /// The exchange itself refuses.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// A token as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Id of the statement that defined it.
    pub id: Digest,
    /// What it is.
    pub definition: TokenDefinition,
    /// Who issues it: an actor's first key.
    pub issuer: DidKey,
    /// Time of the batch that defined it.
    pub since: Millis,
    /// Leaf of the statement.
    pub leaf: u64,
    /// Units awarded so far.
    pub issued: u64,
    /// Units that demurrage took out for good.
    pub destroyed: u64,
    /// Account that gets the demurrage.
    to: Option<DidKey>,
}

/// What an account holds of a token.
#[derive(Debug, Clone, Copy)]
struct Holding {
    key: (Digest, DidKey),
    amount: u64,
    anchor: Millis,
}

impl Keyed for Token {
    type Key = Digest;
    fn key(&self) -> &Digest {
        &self.id
    }
}

impl Keyed for Holding {
    type Key = (Digest, DidKey);
    fn key(&self) -> &(Digest, DidKey) {
        &self.key
    }
}

/// A pair of tokens that can be swapped.
#[derive(Debug, Clone)]
pub struct Market {
    grid: Grid,
    /// Its pool.
    pub pool: Pool,
    /// Its open orders.
    pub book: Book,
    shares: BTreeMap<DidKey, u64>,
    /// Issuers who forbid it.
    pub forbidden: BTreeSet<DidKey>,
    /// An order came since it was cleared.
    fresh: bool,
    /// When it was cleared last.
    pub cleared: Option<Millis>,
    /// Price and base volume of the last clearing that moved anything.
    pub last: Option<(Price, u64)>,
}

/// An order as the ledger knows it, open or over; it is forgotten when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Base and quote token.
    pub pair: (Digest, Digest),
    /// Whose.
    pub owner: DidKey,
    /// Which way.
    pub side: Side,
    /// The worst price it accepts.
    pub limit: Option<Price>,
    /// What it offered.
    pub gives: u64,
    /// What it gave and got so far.
    pub filled: Fill,
    /// Whether it can still be filled.
    pub open: bool,
    /// When its time is over.
    pub until: Millis,
}

/// Tokens, holdings, pairs and orders.
#[derive(Debug, Clone, Default)]
pub(super) struct Economy {
    tokens: Sorted<Token>,
    holdings: Sorted<Holding>,
    markets: BTreeMap<(Digest, Digest), Arc<Market>>,
    orders: Arc<BTreeMap<Digest, Order>>,
    stewards: BTreeMap<Digest, Arc<StewardPool>>,
    /// The last clearing moved something, which only the next root proves.
    unproven: bool,
}

/// Names an entry about tokens or the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueEntry {
    /// A token, by id.
    Token(Digest),
    /// What an account holds of a token.
    Balance(Digest, DidKey),
    /// A pair, by base and quote token.
    Pair(Digest, Digest),
    /// An order, by id.
    Order(Digest),
    /// Somebody's shares of a pair's pool.
    Shares(Digest, Digest, DidKey),
    /// A steward pool, by id.
    Steward(Digest),
    /// What one person had from a steward pool, by pool and pseudonym.
    Had(Digest, Digest),
}

impl ValueEntry {
    pub(super) fn read(kind: &str, id: &str) -> Option<Self> {
        let digest = |text: &str| {
            let mut digest = [0; 32];
            hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
        };
        let did = |text: &str| DidKey::try_from(text.to_owned()).ok();
        let parts: Vec<&str> = id.split(',').collect();
        Some(match (kind, parts.as_slice()) {
            ("token", [id]) => Self::Token(digest(id)?),
            ("balance", [token, account]) => Self::Balance(digest(token)?, did(account)?),
            ("pair", [base, quote]) => Self::Pair(digest(base)?, digest(quote)?),
            ("order", [id]) => Self::Order(digest(id)?),
            ("shares", [base, quote, account]) => Self::Shares(digest(base)?, digest(quote)?, did(account)?),
            ("steward", [id]) => Self::Steward(digest(id)?),
            ("had", [pool, pseudonym]) => Self::Had(digest(pool)?, digest(pseudonym)?),
            _ => return None,
        })
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Balance(..) => "balance",
            Self::Pair(..) => "pair",
            Self::Order(_) => "order",
            Self::Shares(..) => "shares",
            Self::Steward(_) => "steward",
            Self::Had(..) => "had",
        }
    }

    pub(super) fn id(&self) -> String {
        match self {
            Self::Token(id) | Self::Order(id) | Self::Steward(id) => hex::encode(id),
            Self::Balance(token, account) => format!("{},{account}", hex::encode(token)),
            Self::Pair(base, quote) | Self::Had(base, quote) => format!("{},{}", hex::encode(base), hex::encode(quote)),
            Self::Shares(base, quote, account) => format!("{},{},{account}", hex::encode(base), hex::encode(quote)),
        }
    }

    /// What of the id goes into the key: its parts, one after the other; each has 32 bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Token(id) | Self::Order(id) | Self::Steward(id) => id.to_vec(),
            Self::Balance(token, account) => [token.as_slice(), account.public()].concat(),
            Self::Pair(base, quote) | Self::Had(base, quote) => [base.as_slice(), quote].concat(),
            Self::Shares(base, quote, account) => [base.as_slice(), quote, account.public()].concat(),
        }
    }
}

/// A balance and its anchor after the demurrage of the full periods up to now.
pub(super) fn aged(mut amount: u64, anchor: Millis, bps: u16, now: Millis) -> (u64, Millis) {
    let periods = now.0.saturating_sub(anchor.0).max(0) / DEMURRAGE_PERIOD;
    for _ in 0..periods {
        let cut = u64::try_from(u128::from(amount) * u128::from(bps) / 10_000).unwrap_or(amount);
        if cut == 0 {
            break;
        }
        amount = amount.saturating_sub(cut);
    }
    (amount, Millis(anchor.0.saturating_add(periods.saturating_mul(DEMURRAGE_PERIOD))))
}

impl State {
    /// A token by id.
    #[must_use]
    pub fn token(&self, id: &Digest) -> Option<&Token> {
        self.economy.tokens.get(self.economy.tokens.find(id)?)
    }

    /// All tokens, in the order in which they were defined.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.economy.tokens.list().iter()
    }

    /// What an account holds of a token at a time, demurrage taken off. The account may be named by any key of its actor.
    #[must_use]
    pub fn balance(&self, token: &Digest, account: &DidKey, now: Millis) -> u64 {
        let account = self.actor_of(account).unwrap_or(*account);
        self.token(token).map_or(0, |token| self.due(token, account, now).0)
    }

    /// A pair of the exchange.
    #[must_use]
    pub fn market(&self, base: &Digest, quote: &Digest) -> Option<&Market> {
        self.economy.markets.get(&(*base, *quote)).map(|market| &**market)
    }

    /// An order whose time is not over.
    #[must_use]
    pub fn order(&self, id: &Digest) -> Option<&Order> {
        self.economy.orders.get(id)
    }

    /// Whether a batch that closes then is waited for, though nobody says anything: it would clear an order that was never cleared, or its root would
    /// prove what the last clearing moved.
    #[must_use]
    pub fn exchange_waits(&self, then: Millis) -> bool {
        self.economy.unproven || self.economy.markets.values().any(|market| market.fresh && clears_at(market.cleared, then))
    }

    /// Whether tokens lie in a key that is no actor's.
    pub(super) fn holds_tokens(&self, key: &DidKey) -> bool {
        let held = |token: &Token| self.economy.holdings.find(&(token.id, *key)).and_then(|at| self.economy.holdings.get(at));
        self.tokens().filter_map(held).any(|held| held.amount > 0)
            || self.economy.orders.values().any(|o| o.open && o.owner == *key)
            || self.economy.markets.values().any(|m| m.shares.contains_key(key))
            || self.economy.stewards.values().any(|pool| pool.owner == *key)
    }

    /// What an entry about tokens or the exchange says.
    pub(super) fn value_of(&self, entry: &ValueEntry) -> Option<Vec<u8>> {
        let number = |n: u64| n.to_string();
        let time = |t: Millis| t.0.to_string();
        let value: Value = match entry {
            ValueEntry::Token(id) => {
                let t = self.token(id)?;
                let d = &t.definition;
                json!({
                    "cap": d.cap.map(|cap| number(cap.0)), "community": d.community, "decimals": d.decimals.to_string(),
                    "demurrage_bps": d.demurrage.map(|d| d.bps.to_string()), "demurrage_to": t.to.map(|to| to.to_string()),
                    "destroyed": number(t.destroyed), "issued": number(t.issued), "issuer": t.issuer.to_string(), "leaf": number(t.leaf),
                    "name": d.name, "since": time(t.since), "symbol": d.symbol, "tradable": d.tradable, "value": d.value,
                })
            }
            ValueEntry::Balance(token, account) => {
                let held = self.economy.holdings.get(self.economy.holdings.find(&(*token, *account))?)?;
                json!({ "amount": number(held.amount), "anchor": time(held.anchor) })
            }
            ValueEntry::Pair(base, quote) => {
                let m = self.market(base, quote)?;
                json!({
                    "base": number(m.pool.base), "cleared": m.cleared.map(time), "fee_bps": m.pool.fee_bps.to_string(),
                    "forbidden": !m.forbidden.is_empty(), "forbidden_by": m.forbidden.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
                    "price": m.last.map(|(price, _)| price.to_string()), "quote": number(m.pool.quote), "shares": number(m.pool.shares),
                    "volume": m.last.map(|(_, volume)| number(volume)),
                })
            }
            ValueEntry::Order(id) => {
                let o = self.order(id)?;
                json!({
                    "gave": number(o.filled.gave), "gives": number(o.gives), "got": number(o.filled.got), "limit": o.limit.map(|l| l.to_string()),
                    "open": o.open, "owner": o.owner.to_string(), "pair": ValueEntry::Pair(o.pair.0, o.pair.1).id(), "side": o.side,
                    "until": time(o.until),
                })
            }
            ValueEntry::Shares(base, quote, account) => json!({ "shares": number(*self.market(base, quote)?.shares.get(account)?) }),
            ValueEntry::Steward(id) => {
                let p = self.steward(id)?;
                json!({
                    "community": p.community.map(|who| who.to_string()), "given": number(p.offer.given), "owner": p.owner.to_string(),
                    "pair": ValueEntry::Pair(p.pair.0, p.pair.1).id(), "person_cap": p.offer.person_cap.map(number),
                    "rate": p.offer.rate.to_string(), "reserve": number(p.offer.reserve), "side": p.offer.side, "taken": number(p.offer.taken),
                    "total_cap": number(p.offer.total_cap),
                })
            }
            ValueEntry::Had(pool, pseudonym) => json!({ "got": number(*self.steward(pool)?.had.get(pseudonym)?) }),
        };
        // Strings, booleans and null only: canonical form cannot fail on them.
        Some(json::canonical(&value).unwrap_or_default())
    }

    /// Every entry about tokens and the exchange.
    pub(super) fn value_entries(&self) -> impl Iterator<Item = ValueEntry> {
        let e = &self.economy;
        let tokens = e.tokens.list().iter().map(|t| ValueEntry::Token(t.id));
        let balances = e.holdings.list().iter().map(|h| ValueEntry::Balance(h.key.0, h.key.1));
        let pairs = e.markets.keys().map(|(base, quote)| ValueEntry::Pair(*base, *quote));
        let orders = e.orders.keys().map(|id| ValueEntry::Order(*id));
        let shares = e.markets.iter().flat_map(|((base, quote), m)| m.shares.keys().map(|who| ValueEntry::Shares(*base, *quote, *who)));
        let stewards = e.stewards.keys().map(|id| ValueEntry::Steward(*id));
        let had = e.stewards.iter().flat_map(|(id, pool)| pool.had.keys().map(|pseudonym| ValueEntry::Had(*id, *pseudonym)));
        tokens.chain(balances).chain(pairs).chain(orders).chain(shares).chain(stewards).chain(had)
    }
}

impl Order {
    /// The token that it gives.
    #[must_use]
    pub const fn gives_token(&self) -> &Digest {
        match self.side {
            Side::Buy => &self.pair.1,
            Side::Sell => &self.pair.0,
        }
    }

    /// The token that it takes.
    #[must_use]
    pub const fn takes_token(&self) -> &Digest {
        match self.side {
            Side::Buy => &self.pair.0,
            Side::Sell => &self.pair.1,
        }
    }
}
