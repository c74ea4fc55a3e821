//! Finding the one price.
//!
//! Demand falls with the price and supply rises with it, the pool's part included, so what changes hands is the lower of the two and is largest
//! where they cross. Both are step functions of whole units: the crossing is found by bisection, first on sums kept per limit, which can be off by
//! one unit an order, and in the few prices that this leaves by counting order by order. Sorting dominates: O(n log n).

use super::{ExchangeError, Fill, Grid, Order, Pool, Price, Side, curve::Curve, fill, pool::FINE};

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// The one price; none if nothing changed hands.
    pub price: Option<Price>,
    /// Base units that changed hands.
    pub volume: u64,
    /// What each order gave and got, as the orders were given.
    pub fills: Vec<Fill>,
    /// The pool afterwards, dust included.
    pub pool: Pool,
}

/// Both sides of a batch and the pool, at any price.
pub(super) struct Market {
    pub grid: Grid,
    pub pool: Pool,
    pub buys: Curve,
    pub sells: Curve,
}

/// What a price would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub price: Price,
    /// The lower of supply and demand, in base units times [`FINE`], the pool's part included.
    pub volume: u128,
    /// What one side wants beyond what the other and the pool, by its formula at this price, have for it, in base units times [`FINE`].
    pub left_over: u128,
    /// Base units of them that the pool sells.
    pub pool_sells: u128,
    /// Base units of them that the pool buys.
    pub pool_buys: u128,
}

/// Clears a batch: one price for all. Any permutation of the orders gives each the same fill.
///
/// # Errors
/// The orders of a side give more than 64 bits hold together, or would with what is in the pool.
pub fn clear(grid: Grid, orders: &[Order], pool: &Pool) -> Result<Cleared, ExchangeError> {
    let curve = |side| Curve::new(side, orders).ok_or(ExchangeError::TooLarge);
    let market = Market { grid, pool: *pool, buys: curve(Side::Buy)?, sells: curve(Side::Sell)? };
    let fits = |a: u64, b: u64| a.checked_add(b).is_some();
    if !fits(market.buys.gives(Price::MIN), pool.quote) || !fits(market.sells.gives(Price::MAX), pool.base) {
        return Err(ExchangeError::TooLarge);
    }
    match market.best() {
        Some(at) => fill::fill(&market, &at, orders),
        None => Ok(Cleared { price: None, volume: 0, fills: vec![Fill::default(); orders.len()], pool: *pool }),
    }
}

impl Market {
    /// What a price comes to, order by order.
    pub fn at(&self, price: Price) -> At {
        let (wants, gives) = (self.buys.wants(self.grid, price), u128::from(self.sells.gives(price)));
        let (offered, asked) = (self.pool.sells_at(self.grid, price), self.pool.buys_at(self.grid, price));
        let (supply, demand) = (gives * FINE + offered, wants * FINE + asked);
        At {
            price,
            volume: supply.min(demand),
            left_over: supply.abs_diff(demand),
            pool_sells: wants.saturating_sub(gives).min(offered / FINE),
            pool_buys: gives.saturating_sub(wants).min(asked / FINE),
        }
    }

    /// Supply at a price, the pool's part included; it never falls with the price.
    fn supply(&self, price: Price) -> u128 {
        u128::from(self.sells.gives(price)) * FINE + self.pool.sells_at(self.grid, price)
    }

    /// Demand at a price, the pool's part included; it never rises with the price.
    fn demand(&self, price: Price) -> u128 {
        self.buys.wants(self.grid, price) * FINE + self.pool.buys_at(self.grid, price)
    }

    /// As [`demand`](Self::demand), from the sums: too high by less than the second number.
    fn demand_about(&self, price: Price) -> (u128, u128) {
        let off = FINE * self.buys.accept(price) as u128;
        (self.grid.base_for(self.buys.gives(price), price) * FINE + self.pool.buys_at(self.grid, price), off)
    }

    /// The price at which most changes hands, then least is left over, then the lowest.
    ///
    /// Up to the crossing the volume is the supply, which does not fall, and what is left over does not rise; beyond it the volume is the demand,
    /// which does not rise, and what is left over does not fall. So the best is at the crossing or right above it.
    fn best(&self) -> Option<At> {
        let crossing = self.last_where_demand_reaches(|price| self.supply(price));
        let next = crossing.map_or(Some(Price::MIN), above);
        let rank = |at: &At| (std::cmp::Reverse(at.volume), at.left_over, at.price);
        let best = [crossing, next].into_iter().flatten().map(|price| self.at(price)).min_by_key(rank).filter(|at| at.volume >= FINE)?;
        if Some(best.price) != crossing {
            return Some(best);
        }
        // Below the crossing the same is left over only where neither curve moves.
        let (supply, demand) = (self.supply(best.price), self.demand(best.price));
        let supplied = first(Price::MIN, best.price, |price| self.supply(price) >= supply).unwrap_or(best.price);
        let demanded = self.last_where_demand_reaches(|_| demand.saturating_add(1)).map_or(Some(Price::MIN), above).unwrap_or(best.price);
        Some(self.at(supplied.max(demanded)))
    }

    /// The highest price at which demand is at least `enough`, which must not fall with the price.
    fn last_where_demand_reaches(&self, enough: impl Fn(Price) -> u128) -> Option<Price> {
        let surely = |price| {
            let (demand, off) = self.demand_about(price);
            demand.saturating_sub(off) >= enough(price)
        };
        let maybe = |price| self.demand_about(price).0 >= enough(price);
        let high = last(Price::MIN, Price::MAX, maybe)?;
        let low = last(Price::MIN, high, surely).unwrap_or(Price::MIN);
        last(low, high, |price| self.demand(price) >= enough(price))
    }
}

fn above(price: Price) -> Option<Price> {
    Price::from_nanos(price.nanos().checked_add(1)?).ok()
}

/// The last of the prices for which something holds, where it holds for all before it; `None` if not even for the first.
fn last(low: Price, high: Price, holds: impl Fn(Price) -> bool) -> Option<Price> {
    if !holds(low) {
        return None;
    }
    let (mut low, mut high) = (low.nanos(), high.nanos());
    while low < high {
        let middle = high - (high - low) / 2;
        match Price::from_nanos(middle) {
            Ok(price) if holds(price) => low = middle,
            _ => high = middle - 1,
        }
    }
    Price::from_nanos(low).ok()
}

/// The first of the prices for which something holds, where it holds for all after it.
fn first(low: Price, high: Price, holds: impl Fn(Price) -> bool) -> Option<Price> {
    if holds(low) {
        return Some(low);
    }
    above(last(low, high, |price| !holds(price))?).filter(|price| *price <= high)
}
