//! What a person is shown before they sign: what an order would come to if the batch closed now.

use super::{ExchangeError, Fill, Grid, Order, Pool, Price, Side, clear::clear};

/// What an order would come to if nothing else were placed before the batch closes. It is no promise: others may place orders until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// What it would give and get.
    pub fill: Fill,
    /// The price of the batch; none if nothing would change hands.
    pub price: Option<Price>,
    /// What it gets at least for all that it gives, if it is filled at all: at its limit. None for a market order, which has no worst case.
    pub worst: Option<u64>,
    /// What the pool keeps as its fee of what this order gives, at most, in minor units of the token given.
    pub fee: u64,
    /// How far the price is from the pool's before the batch, against this order, in basis points; 0 without a pool.
    pub impact_bps: u64,
}

/// Clears the batch as it stands with one more order in it.
///
/// # Errors
/// As [`clear`].
pub fn estimate(grid: Grid, open: &[Order], order: &Order, pool: &Pool) -> Result<Estimate, ExchangeError> {
    let mut orders = open.to_vec();
    orders.push(*order);
    let cleared = clear(grid, &orders, pool)?;
    let fill = cleared.fills.last().copied().unwrap_or_default();
    let worst = order.limit.map(|limit| {
        let least = match order.side {
            Side::Buy => grid.base_for(order.gives, limit),
            Side::Sell => grid.quote_down(order.gives, limit),
        };
        u64::try_from(least).unwrap_or(u64::MAX)
    });
    let input = match order.side {
        Side::Buy => cleared.pool.quote.saturating_sub(pool.quote),
        Side::Sell => cleared.pool.base.saturating_sub(pool.base),
    };
    let met_by_pool = u128::from(input.min(fill.gave));
    let fee = u64::try_from((met_by_pool * u128::from(pool.fee_bps)).div_ceil(10_000)).unwrap_or(u64::MAX);
    let impact_bps = cleared.price.filter(|_| pool.trades()).map_or(0, |price| impact(grid, pool, price, order.side));
    Ok(Estimate { fill, price: cleared.price, worst, fee, impact_bps })
}

/// `|price / pool price - 1|` where that is against the order.
fn impact(grid: Grid, pool: &Pool, price: Price, side: Side) -> u64 {
    // The pool's own price is quote × scale / base.
    let own = u128::from(pool.quote) * grid.scale() / u128::from(pool.base.max(1));
    let price = u128::from(price.nanos());
    let against = match side {
        Side::Buy => price.saturating_sub(own),
        Side::Sell => own.saturating_sub(price),
    };
    u64::try_from(against.saturating_mul(10_000) / own.max(1)).unwrap_or(u64::MAX)
}
