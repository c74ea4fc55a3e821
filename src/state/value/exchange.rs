//! Pairs opened and forbidden, orders, pools, and the clearing once a minute.

use super::{Market, Order, Token, ValueEntry, ValueRejection};
use crate::{
    exchange::{Book, ExchangeError, Fill, Grid, Pool, Price, Resting, Side, clears_at},
    measure::Millis,
    state::{MAX_LIFETIME, Rejection, State, entry::Entry},
    statement::{Adding, Cancelling, DidKey, Digest, ExchangeAct, PairForbidding, PairOpening, Placing, Removing},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

impl State {
    pub(in crate::state) fn exchange_act(&mut self, id: Digest, who: DidKey, act: &ExchangeAct, now: Millis) -> Result<(), Rejection> {
        match act {
            ExchangeAct::OpenPair(opening) => self.open_pair(who, opening),
            ExchangeAct::ForbidPair(forbidding) => self.forbid_pair(who, forbidding, now),
            ExchangeAct::Place(placing) => self.place(id, who, placing, now),
            ExchangeAct::Cancel(cancelling) => self.cancel(who, cancelling, now),
            ExchangeAct::AddLiquidity(adding) => self.add_liquidity(who, adding, now),
            ExchangeAct::RemoveLiquidity(removing) => self.remove_liquidity(who, removing, now),
            ExchangeAct::OpenSteward(opening) => self.open_steward(id, who, opening, now),
            ExchangeAct::FundSteward(funding) => self.fund_steward(who, funding, now),
            ExchangeAct::CloseSteward(closing) => self.close_steward(who, closing, now),
            ExchangeAct::SwapSteward(swap) => self.swap_steward(who, swap, now),
        }
    }

    fn open_pair(&mut self, who: DidKey, b: &PairOpening) -> Result<(), Rejection> {
        let who = self.signer(who)?;
        let (base, quote) = (self.known(&b.base)?, self.known(&b.quote)?);
        let allowed = base.definition.tradable && quote.definition.tradable && may_pair(who, base, quote);
        let there = self.market(&b.base, &b.quote);
        if !allowed || there.is_some_and(|market| !market.forbidden.contains(&who)) {
            return Err(ValueRejection::BadPair.into());
        }
        let pool = Pool::new(b.fee_bps).map_err(ValueRejection::from)?;
        let mut market = there.map_or_else(|| Market::new(base, quote, pool), |market| Ok(market.clone()))?;
        market.forbidden.remove(&who);
        if market.pool.shares == 0 {
            market.pool = pool;
        }
        self.put_market((b.base, b.quote), market);
        Ok(())
    }

    fn forbid_pair(&mut self, who: DidKey, b: &PairForbidding, now: Millis) -> Result<(), Rejection> {
        let who = self.signer(who)?;
        let (base, quote) = (self.known(&b.base)?, self.known(&b.quote)?);
        if !may_pair(who, base, quote) {
            return Err(ValueRejection::NotToForbid.into());
        }
        let none = Pool::new(0).map_err(ValueRejection::from)?;
        let there = self.market(&b.base, &b.quote);
        let mut market = there.map_or_else(|| Market::new(base, quote, none), |market| Ok(market.clone()))?;
        if !market.forbidden.insert(who) {
            return Err(ValueRejection::NotToForbid.into());
        }
        let open: Vec<(Digest, Order)> = market.book.iter().filter_map(|(id, _)| Some((*id, *self.order(id)?))).collect();
        let mut back = Vec::with_capacity(open.len());
        for (id, order) in open {
            back.push((id, order, market.book.cancel(&id).map_err(ValueRejection::from)?.back));
        }
        market.fresh = false;
        self.put_market((b.base, b.quote), market);
        for (id, order, left) in back {
            self.change_order(id, |order| order.open = false);
            self.credit(order.gives_token(), order.owner, left, now);
        }
        Ok(())
    }

    /// A pair that can be swapped.
    fn open_market(&self, base: &Digest, quote: &Digest) -> Result<&Market, ValueRejection> {
        self.not_forbidden(&(*base, *quote))?;
        self.market(base, quote).ok_or(ValueRejection::UnknownPair)
    }

    /// Whether a pair, opened or not, may be swapped.
    pub(super) fn not_forbidden(&self, pair: &(Digest, Digest)) -> Result<(), ValueRejection> {
        let by = self.market(&pair.0, &pair.1).and_then(|market| market.forbidden.first());
        by.map_or(Ok(()), |issuer| Err(ValueRejection::ForbiddenPair(*issuer)))
    }

    fn put_market(&mut self, pair: (Digest, Digest), market: Market) {
        let entry = Entry::Value(ValueEntry::Pair(pair.0, pair.1));
        self.changing(&entry);
        self.economy.markets.insert(pair, Arc::new(market));
        self.changed(entry);
    }

    fn place(&mut self, id: Digest, who: DidKey, b: &Placing, now: Millis) -> Result<(), Rejection> {
        let owner = self.account(who)?;
        let (pair, side) = match (self.market(&b.takes, &b.gives), self.market(&b.gives, &b.takes)) {
            (Some(_), _) => ((b.takes, b.gives), Side::Buy),
            (None, Some(_)) => ((b.gives, b.takes), Side::Sell),
            (None, None) => return Err(ValueRejection::UnknownPair.into()),
        };
        self.open_market(&pair.0, &pair.1)?;
        if b.until.0 > now.0.saturating_add(MAX_LIFETIME) {
            return Err(ValueRejection::TooLong.into());
        }
        let limit = b.limit.map(|limit| u64::try_from(limit.nanos()).map_err(|_| ExchangeError::BadPrice).and_then(Price::from_nanos));
        let limit = limit.transpose().map_err(ValueRejection::from)?;
        self.can_pay(&b.gives, owner, b.amount.0, now)?;
        let Some(market) = self.economy.markets.get_mut(&pair) else { return Err(ValueRejection::UnknownPair.into()) };
        let market = Arc::make_mut(market);
        let resting = Resting { side, limit, left: b.amount.0, expires: b.until };
        market.book.place(market.grid, id, resting, now).map_err(ValueRejection::from)?;
        market.fresh = true;
        self.debit(&b.gives, owner, b.amount.0, now);
        let order = Order { pair, owner, side, limit, gives: b.amount.0, filled: Fill::default(), open: true, until: b.until };
        Arc::make_mut(&mut self.economy.orders).insert(id, order);
        self.changed(Entry::Value(ValueEntry::Order(id)));
        Ok(())
    }

    fn cancel(&mut self, who: DidKey, b: &Cancelling, now: Millis) -> Result<(), Rejection> {
        let owner = self.account(who)?;
        let order = self.order(&b.order).copied().filter(|o| o.open && o.owner == owner).ok_or(ValueRejection::NotYourOrder(b.order))?;
        let Some(market) = self.economy.markets.get_mut(&order.pair) else { return Err(ValueRejection::UnknownPair.into()) };
        let closed = Arc::make_mut(market).book.cancel(&b.order).map_err(ValueRejection::from)?;
        self.change_order(b.order, |order| order.open = false);
        self.credit(order.gives_token(), owner, closed.back, now);
        Ok(())
    }

    fn add_liquidity(&mut self, who: DidKey, b: &Adding, now: Millis) -> Result<(), Rejection> {
        let owner = self.account(who)?;
        let pair = (b.base, b.quote);
        let mut pool = self.open_market(&b.base, &b.quote)?.pool;
        let added = pool.add(b.base_amount.0, b.quote_amount.0, b.least_shares.0).map_err(ValueRejection::from)?;
        self.can_pay(&b.base, owner, added.base, now)?;
        self.can_pay(&b.quote, owner, added.quote, now)?;
        self.change_market(pair, owner, |market| {
            market.pool = pool;
            let shares = market.shares.entry(owner).or_default();
            *shares = shares.saturating_add(added.shares);
        });
        self.debit(&b.base, owner, added.base, now);
        self.debit(&b.quote, owner, added.quote, now);
        Ok(())
    }

    fn remove_liquidity(&mut self, who: DidKey, b: &Removing, now: Millis) -> Result<(), Rejection> {
        let owner = self.account(who)?;
        let pair = (b.base, b.quote);
        let market = self.market(&b.base, &b.quote).ok_or(ValueRejection::UnknownPair)?;
        let has = market.shares.get(&owner).copied().unwrap_or_default();
        let left = has.checked_sub(b.shares.0).ok_or(ValueRejection::NotYourShares { has })?;
        let mut pool = market.pool;
        let (base, quote) = pool.remove(b.shares.0, (b.least_base.0, b.least_quote.0)).map_err(ValueRejection::from)?;
        self.change_market(pair, owner, |market| {
            market.pool = pool;
            if left == 0 {
                market.shares.remove(&owner);
            } else {
                market.shares.insert(owner, left);
            }
        });
        self.credit(&b.base, owner, base, now);
        self.credit(&b.quote, owner, quote, now);
        Ok(())
    }

    /// Clears every pair whose minute is full; called when a batch is closed, after its root was taken.
    pub(in crate::state) fn clear_exchange(&mut self, now: Millis) {
        self.economy.unproven = false;
        let over: Vec<Digest> = self.economy.orders.iter().filter(|(_, o)| !o.open && o.until < now).map(|(id, _)| *id).collect();
        for id in over {
            let entry = Entry::Value(ValueEntry::Order(id));
            self.changing(&entry);
            Arc::make_mut(&mut self.economy.orders).remove(&id);
            self.changed(entry);
        }
        let due = |market: &Market| !market.book.is_empty() && clears_at(market.cleared, now);
        let pairs: Vec<(Digest, Digest)> = self.economy.markets.iter().filter(|(_, market)| due(market)).map(|(pair, _)| *pair).collect();
        for pair in pairs {
            let Some(market) = self.economy.markets.get(&pair) else { continue };
            let mut book = market.book.clone();
            // Amounts of one token never add up to more than its supply, so this cannot fail; if it did, the orders would wait.
            let Ok(round) = book.round(market.grid, &market.pool, now) else { continue };
            let entry = Entry::Value(ValueEntry::Pair(pair.0, pair.1));
            self.changing(&entry);
            if let Some(market) = self.economy.markets.get_mut(&pair).map(Arc::make_mut) {
                (market.book, market.pool, market.cleared, market.fresh) = (book, round.pool, Some(now), false);
                market.last = round.price.map(|price| (price, round.volume)).or(market.last);
            }
            self.changed(entry);
            self.economy.unproven |= !round.fills.is_empty() || !round.closed.is_empty();
            for (id, _, fill) in round.fills {
                let Some(order) = self.order(&id).copied() else { continue };
                self.change_order(id, |order| {
                    order.filled.gave = order.filled.gave.saturating_add(fill.gave);
                    order.filled.got = order.filled.got.saturating_add(fill.got);
                });
                self.credit(order.takes_token(), order.owner, fill.got, now);
            }
            for closed in round.closed {
                let Some(order) = self.order(&closed.id).copied() else { continue };
                self.change_order(closed.id, |order| order.open = false);
                self.credit(order.gives_token(), order.owner, closed.back, now);
            }
        }
    }

    /// The account for which a key signs or is paid.
    fn change_order(&mut self, id: Digest, change: impl FnOnce(&mut Order)) {
        let entry = Entry::Value(ValueEntry::Order(id));
        self.changing(&entry);
        if let Some(order) = Arc::make_mut(&mut self.economy.orders).get_mut(&id) {
            change(order);
        }
        self.changed(entry);
    }

    fn change_market(&mut self, pair: (Digest, Digest), owner: DidKey, change: impl FnOnce(&mut Market)) {
        let entries = [ValueEntry::Pair(pair.0, pair.1), ValueEntry::Shares(pair.0, pair.1, owner)].map(Entry::Value);
        entries.iter().for_each(|entry| self.changing(entry));
        if let Some(market) = self.economy.markets.get_mut(&pair) {
            change(Arc::make_mut(market));
        }
        entries.into_iter().for_each(|entry| self.changed(entry));
    }
}

/// Whether somebody may open or forbid a pair that is named as it should be.
fn may_pair(who: DidKey, base: &Token, quote: &Token) -> bool {
    pair_of(quote, base).0.id == base.id && base.id != quote.id && (base.issuer == who || quote.issuer == who)
}

/// Two tokens, the base first: the one with fewer decimals, of equal ones the lower id.
pub(super) fn pair_of<'a>(a: &'a Token, b: &'a Token) -> (&'a Token, &'a Token) {
    if (a.definition.decimals, a.id) < (b.definition.decimals, b.id) { (a, b) } else { (b, a) }
}

impl Market {
    fn new(base: &Token, quote: &Token, pool: Pool) -> Result<Self, ValueRejection> {
        let grid = Grid::new(base.definition.decimals, quote.definition.decimals)?;
        let (book, shares, forbidden) = (Book::default(), BTreeMap::new(), BTreeSet::new());
        Ok(Self { grid, pool, book, shares, forbidden, fresh: false, cleared: None, last: None })
    }
}
