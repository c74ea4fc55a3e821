//! Steward pools on the ledger: opened and funded by whose tokens they give, swapped with at their rate, closed by their steward.
//!
//! What lies in one pays no demurrage, as in any pool; what it takes goes to its steward at once. A cap per person counts by the pseudonym under which
//! a community vouches for an account; the voucher's signature was checked when the statement was read ([`crate::statement::verify`]).

use super::{ValueEntry, ValueRejection, exchange::pair_of};
use crate::{
    exchange::{ExchangeError, Grid, Price, Side, Steward},
    measure::Millis,
    state::{Rejection, State, entry::Entry},
    statement::{DidKey, Digest, StewardClosing, StewardFunding, StewardOpening, StewardSwap},
};
use std::{collections::BTreeMap, sync::Arc};

/// A steward pool as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StewardPool {
    /// Base and quote token.
    pub pair: (Digest, Digest),
    /// Whose it is.
    pub owner: DidKey,
    /// The community that tells persons apart, where there is a cap per person: an actor's first key.
    pub community: Option<DidKey>,
    /// What it offers.
    pub offer: Steward,
    grid: Grid,
    /// What each person got from it, by pseudonym.
    pub(super) had: BTreeMap<Digest, u64>,
}

impl StewardPool {
    /// The token that it gives.
    #[must_use]
    pub const fn gives(&self) -> &Digest {
        match self.offer.side {
            Side::Sell => &self.pair.1,
            Side::Buy => &self.pair.0,
        }
    }

    /// The token that it takes.
    #[must_use]
    pub const fn takes(&self) -> &Digest {
        match self.offer.side {
            Side::Sell => &self.pair.0,
            Side::Buy => &self.pair.1,
        }
    }
}

impl State {
    /// A steward pool by id.
    #[must_use]
    pub fn steward(&self, id: &Digest) -> Option<&StewardPool> {
        self.economy.stewards.get(id).map(|pool| &**pool)
    }

    pub(super) fn open_steward(&mut self, id: Digest, who: DidKey, b: &StewardOpening, now: Millis) -> Result<(), Rejection> {
        let owner = self.account(who)?;
        let (gives, takes) = (self.known(&b.gives)?, self.known(&b.takes)?);
        let rate = u64::try_from(b.rate.nanos()).map_err(|_| ExchangeError::BadPrice).and_then(Price::from_nanos).map_err(ValueRejection::from)?;
        let tradable = gives.definition.tradable && takes.definition.tradable;
        if b.gives == b.takes || !tradable || b.total_cap.0 == 0 || b.person.is_some_and(|person| person.cap.0 == 0) {
            return Err(ValueRejection::BadSteward.into());
        }
        let (base, quote) = pair_of(gives, takes);
        let side = if base.id == b.takes { Side::Sell } else { Side::Buy };
        let grid = Grid::new(base.definition.decimals, quote.definition.decimals).map_err(ValueRejection::from)?;
        let pair = (base.id, quote.id);
        self.not_forbidden(&pair)?;
        let community = b.person.map(|person| self.named(person.community)).transpose()?;
        self.can_pay(&b.gives, owner, b.amount.0, now)?;
        let person_cap = b.person.map(|person| person.cap.0);
        let offer = Steward { side, rate, reserve: b.amount.0, taken: 0, given: 0, total_cap: b.total_cap.0, person_cap };
        self.economy.stewards.insert(id, Arc::new(StewardPool { pair, owner, community, offer, grid, had: BTreeMap::new() }));
        self.changed(Entry::Value(ValueEntry::Steward(id)));
        self.debit(&b.gives, owner, b.amount.0, now);
        Ok(())
    }

    /// A pool of somebody's.
    fn own_steward(&self, id: &Digest, who: DidKey) -> Result<&StewardPool, Rejection> {
        let owner = self.account(who)?;
        let pool = self.steward(id).ok_or(ValueRejection::UnknownSteward(*id))?;
        if pool.owner == owner { Ok(pool) } else { Err(ValueRejection::NotYourSteward(pool.owner).into()) }
    }

    pub(super) fn fund_steward(&mut self, who: DidKey, b: &StewardFunding, now: Millis) -> Result<(), Rejection> {
        let pool = self.own_steward(&b.pool, who)?;
        let (owner, gives, mut offer) = (pool.owner, *pool.gives(), pool.offer);
        self.not_forbidden(&pool.pair)?;
        if b.amount.0 > 0 || b.total_cap.is_none() {
            self.can_pay(&gives, owner, b.amount.0, now)?;
        }
        offer.reserve = offer.reserve.checked_add(b.amount.0).ok_or(ExchangeError::TooLarge).map_err(ValueRejection::from)?;
        if let Some(cap) = b.total_cap {
            if cap.0 < offer.given.max(1) {
                return Err(ValueRejection::BadSteward.into());
            }
            offer.total_cap = cap.0;
        }
        self.change_steward(b.pool, |pool| pool.offer = offer);
        self.debit(&gives, owner, b.amount.0, now);
        Ok(())
    }

    pub(super) fn close_steward(&mut self, who: DidKey, b: &StewardClosing, now: Millis) -> Result<(), Rejection> {
        let pool = self.own_steward(&b.pool, who)?;
        let (owner, gives, back) = (pool.owner, *pool.gives(), pool.offer.reserve);
        let had = pool.had.keys().map(|pseudonym| ValueEntry::Had(b.pool, *pseudonym));
        let gone: Vec<Entry> = had.chain([ValueEntry::Steward(b.pool)]).map(Entry::Value).collect();
        gone.iter().for_each(|entry| self.changing(entry));
        self.economy.stewards.remove(&b.pool);
        gone.into_iter().for_each(|entry| self.changed(entry));
        self.credit(&gives, owner, back, now);
        Ok(())
    }

    pub(super) fn swap_steward(&mut self, who: DidKey, b: &StewardSwap, now: Millis) -> Result<(), Rejection> {
        let account = self.account(who)?;
        let pool = self.steward(&b.pool).ok_or(ValueRejection::UnknownSteward(b.pool))?;
        if (*pool.takes(), *pool.gives()) != (b.gives, b.takes) {
            return Err(ValueRejection::OtherSteward.into());
        }
        if pool.owner == account {
            return Err(ValueRejection::ToItself.into());
        }
        self.not_forbidden(&pool.pair)?;
        let person = match (pool.community, &b.voucher) {
            (None, None) => None,
            (None, Some(_)) => return Err(ValueRejection::NeedsNoVoucher.into()),
            (Some(community), None) => return Err(ValueRejection::NeedsVoucher(community).into()),
            (Some(community), Some(voucher)) if self.signer(voucher.by)? == community => Some(voucher.pseudonym),
            (Some(community), Some(_)) => return Err(ValueRejection::NeedsVoucher(community).into()),
        };
        self.can_pay(&b.gives, account, b.amount.0, now)?;
        let (owner, mut offer) = (pool.owner, pool.offer);
        let had = person.and_then(|person| pool.had.get(&person)).copied().unwrap_or_default();
        let fill = offer.swap(pool.grid, b.amount.0, had).map_err(ValueRejection::from)?;
        if fill.got < b.least.0 {
            return Err(ValueRejection::from(ExchangeError::LessThanAsked { got: fill.got, least: b.least.0 }).into());
        }
        let entry = person.map(|person| Entry::Value(ValueEntry::Had(b.pool, person)));
        if let Some(entry) = &entry {
            self.changing(entry);
        }
        self.change_steward(b.pool, |pool| {
            pool.offer = offer;
            if let Some(person) = person {
                pool.had.insert(person, had.saturating_add(fill.got));
            }
        });
        if let Some(entry) = entry {
            self.changed(entry);
        }
        self.debit(&b.gives, account, fill.gave, now);
        self.credit(&b.gives, owner, fill.gave, now);
        self.credit(&b.takes, account, fill.got, now);
        Ok(())
    }

    fn change_steward(&mut self, id: Digest, change: impl FnOnce(&mut StewardPool)) {
        let entry = Entry::Value(ValueEntry::Steward(id));
        self.changing(&entry);
        if let Some(pool) = self.economy.stewards.get_mut(&id) {
            change(Arc::make_mut(pool));
        }
        self.changed(entry);
    }
}
