//! Swapping: an order as it is signed, what it would come to, and what stewards offer beside the market.

use super::{
    Device, PurseError,
    book::{Note, What},
    proven::Steward,
    till::{Order, Till, price},
    view::{id, percent, symbol, told},
    wire::{Quote, StewardQuote, StewardRow, Swap},
};
use crate::{
    exchange::{CLEARS_EVERY, Order as Offer, Price, Side, estimate},
    measure::Millis,
    statement::{Body, DidKey, Digest, ExchangeAct, StewardSwap, Units, Voucher},
    wallet::{read_amount, write_amount},
};

/// How far the proposed limit lies from the expected price, in basis points.
const SLACK: u64 = 100;
/// How long an order stays open.
const LASTS: i64 = Millis::DAY / 24;

impl<D: Device> Till<D> {
    /// A swap as it is signed.
    ///
    /// # Errors
    /// The pair is not known, or an amount or price is none.
    pub fn order(&self, swap: &Swap) -> Result<Order, PurseError> {
        let (gives, takes) = (id(&swap.gives)?, id(&swap.takes)?);
        let proven = self.book.proven.as_ref().filter(|p| p.way(&gives, &takes).is_some());
        let proven = proven.ok_or_else(|| PurseError::Usage("these two tokens cannot be swapped here".to_owned()))?;
        let decimals = proven.tokens.get(&gives).map_or(0, |t| t.decimals);
        let limit = Some(swap.limit.trim()).filter(|text| !text.is_empty()).map(price).transpose()?;
        Ok(Order { gives, takes, amount: read_amount(swap.amount.trim(), decimals)?, limit, lasts: LASTS })
    }

    /// What a swap would come to if the batch closed now with nothing else in it, by what is proven.
    ///
    /// # Errors
    /// As [`Till::order`], or the amounts are too large.
    pub fn quote(&self, swap: Swap) -> Result<Quote, PurseError> {
        let stewards = self.steward_quotes(&swap)?;
        let order = match self.order(&swap) {
            // Nobody opened the pair, but a steward sells.
            Err(PurseError::Usage(_)) if !stewards.is_empty() => return Ok(Quote { swap, stewards, ..Quote::default() }),
            other => other?,
        };
        let unknown = || PurseError::Usage("these two tokens cannot be swapped here".to_owned());
        let proven = self.book.proven.as_ref().ok_or_else(unknown)?;
        let (pair, side) = proven.way(&order.gives, &order.takes).ok_or_else(unknown)?;
        let (grid, at) = (proven.grid(&pair).ok_or_else(unknown)?, proven.pairs.get(&pair).ok_or_else(unknown)?);
        let now = self.now();
        let open = proven.orders.iter().filter(|(_, o)| o.pair == pair && o.open && o.until >= now);
        let limit = |limit: Option<u64>| limit.and_then(|nanos| Price::from_nanos(nanos).ok());
        let left = |o: &super::Order| o.gives.saturating_sub(o.gave);
        let others: Vec<Offer> = open.map(|(id, o)| Offer { id: *id, side: o.side, limit: limit(o.limit), gives: left(o) }).collect();
        let mut offer = Offer { id: self.device.random()?, side, limit: order.limit, gives: order.amount };
        let mut told_so = estimate(grid, &others, &offer, &at.pool)?;
        if offer.limit.is_none() {
            offer.limit = told_so.price.and_then(|price| slack(price, side));
            told_so = estimate(grid, &others, &offer, &at.pool)?;
        }
        let amount = |token: &Digest, units: u64| told(proven, token, units);
        let decimals = proven.tokens.get(&order.gives).map_or(0, |t| t.decimals);
        let next = at.cleared.map_or(0, |cleared| cleared.0.saturating_add(CLEARS_EVERY));
        Ok(Quote {
            swap: Swap {
                amount: write_amount(order.amount, decimals),
                limit: offer.limit.map(|price| price.to_string()).unwrap_or_default(),
                ..swap
            },
            gives: amount(&order.gives, told_so.fill.gave),
            gets: amount(&order.takes, told_so.fill.got),
            price: told_so.price.filter(|_| told_so.fill.gave > 0).map(|price| price.to_string()),
            worst: told_so.worst.map_or_else(|| "anything: no limit is set".to_owned(), |units| amount(&order.takes, units)),
            fee: amount(&order.gives, told_so.fee),
            impact: percent(told_so.impact_bps),
            after: if next > now.0 { next } else { 0 },
            partial: proven.among < proven.accounts,
            market: true,
            stewards,
            warnings: Vec::new(),
            refusals: Vec::new(),
        })
    }

    /// The steward pools that take one token and give another, and what each would give for so much.
    fn steward_quotes(&self, swap: &Swap) -> Result<Vec<StewardQuote>, PurseError> {
        let ways = (id(&swap.gives)?, id(&swap.takes)?);
        let Some(proven) = &self.book.proven else { return Ok(Vec::new()) };
        let decimals = proven.tokens.get(&ways.0).map_or(0, |t| t.decimals);
        let amount = read_amount(swap.amount.trim(), decimals)?;
        let quote = |(id, pool): (&Digest, &Steward)| {
            let gets = self.steward_gets(id, pool, amount);
            let row = self.steward_row(id, pool)?;
            Some(StewardQuote {
                row,
                gets: gets.as_ref().ok().map(|units| told(proven, &ways.1, *units)),
                why: gets.err().map(|why| why.to_string()),
            })
        };
        Ok(self.book.stewards.iter().filter(|(_, pool)| pool.ways() == ways).filter_map(quote).collect())
    }

    /// What a steward pool would give this person for so much.
    fn steward_gets(&self, id: &Digest, pool: &Steward, amount: u64) -> Result<u64, PurseError> {
        let unknown = || PurseError::Usage("this wallet knows no such token; update it".to_owned());
        let grid = self.book.proven.as_ref().and_then(|proven| proven.grid(&pool.pair)).ok_or_else(unknown)?;
        let mut offer = pool.offer;
        Ok(offer.swap(grid, amount, self.had(id, pool))?.got)
    }

    /// What this person had from a steward pool, by what the log has of it: its rate never changes.
    fn had(&self, id: &Digest, pool: &Steward) -> u64 {
        let Some(grid) = self.book.proven.as_ref().and_then(|proven| proven.grid(&pool.pair)) else { return 0 };
        let got = |event: &super::Event| match event.what {
            What::Swapped { pool: from, amount, .. } if from == *id => pool.offer.gets(grid, amount).unwrap_or(0),
            _ => 0,
        };
        self.book.events.iter().map(got).fold(0, u64::saturating_add)
    }

    /// A steward pool as it is shown.
    pub(super) fn steward_row(&self, id: &Digest, pool: &Steward) -> Option<StewardRow> {
        let proven = self.book.proven.as_ref()?;
        let (takes, gives) = pool.ways();
        let token = |token: &Digest| (hex::encode(token), symbol(proven, token));
        let person = pool.offer.person_cap.map(|cap| told(proven, &gives, cap.saturating_sub(self.had(id, pool))));
        Some(StewardRow {
            id: hex::encode(id),
            takes: token(&takes),
            gives: token(&gives),
            rate: format!("{}\u{a0}{} for 1\u{a0}{}", pool.offer.rate, symbol(proven, &pool.pair.1), symbol(proven, &pool.pair.0)),
            left: told(proven, &gives, pool.offer.left()),
            person,
            community: pool.community.map(|who| self.name(&who).unwrap_or_else(|| who.to_string())),
            owner: pool.owner.to_string(),
            owner_name: self.name(&pool.owner),
        })
    }

    /// A voucher for a member's account, where this account is a community's.
    ///
    /// # Errors
    /// The ledger is not known.
    pub fn vouch(&self, account: u32, pool: &Digest, member_key: &DidKey, member: &str) -> Result<Voucher, PurseError> {
        let ledger = self.book.ledger.as_ref().ok_or_else(|| PurseError::Usage("this wallet knows no ledger yet; update it first".to_owned()))?;
        let key = self.key(account)?;
        Ok(Voucher::new(&key, &ledger.origin, pool, member_key, Voucher::pseudonym(&key, pool, member)))
    }

    /// Swaps with a steward pool, at its rate or not at all.
    ///
    /// # Errors
    /// There is no such pool, it gives no so much, a voucher is missing or none; and as [`Till::sign`].
    pub async fn swap_steward(&mut self, account: u32, pool: Digest, amount: &str, voucher: &str) -> Result<Digest, PurseError> {
        let usage = |why: &str| PurseError::Usage(why.to_owned());
        let known = *self.book.stewards.get(&pool).ok_or_else(|| usage("this wallet knows no such steward pool; update it"))?;
        let (gives, takes) = known.ways();
        let decimals = self.book.proven.as_ref().and_then(|p| p.tokens.get(&gives)).map_or(0, |t| t.decimals);
        let amount = read_amount(amount.trim(), decimals)?;
        let least = self.steward_gets(&pool, &known, amount)?;
        let voucher = Some(voucher.trim()).filter(|text| !text.is_empty()).map(serde_json::from_str::<Voucher>).transpose();
        let voucher = voucher.map_err(|_| usage("this is not a voucher; copy all of what the community sent you"))?;
        if known.community.is_some() && voucher.is_none() {
            return Err(usage("this steward pool is for members of a community: ask it for a voucher for this account, and paste it"));
        }
        let swap =
            StewardSwap { pool, gives, takes, amount: Units(amount), least: Units(least), voucher: voucher.filter(|_| known.community.is_some()) };
        let what = Some(What::Swapped { pool, gives, takes, amount, least });
        self.sign(account, Body::Exchange(ExchangeAct::SwapSteward(swap)), Some((gives, amount)), Note { what, ..Note::default() }).await
    }
}

/// The expected price and a little more.
fn slack(price: Price, side: Side) -> Option<Price> {
    let part = price.nanos() / 10_000 * SLACK + price.nanos() % 10_000 * SLACK / 10_000;
    let nanos = match side {
        Side::Buy => price.nanos().checked_add(part.max(1))?,
        Side::Sell => price.nanos().saturating_sub(part).max(1),
    };
    Price::from_nanos(nanos).ok()
}
