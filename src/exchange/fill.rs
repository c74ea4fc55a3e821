//! Who gets how much at the one price.

use super::{Cleared, ExchangeError, Fill, Order, OrderId, Price, Side, clear::At, clear::Market, curve::Curve, price::mul_div};

/// Fills every order of a batch at the price found.
pub(super) fn fill(market: &Market, at: &At, orders: &[Order]) -> Result<Cleared, ExchangeError> {
    let (grid, price) = (market.grid, at.price);
    let claims = |curve: &Curve, claim: &dyn Fn(u64) -> u128| -> Vec<(Price, u32, u128)> {
        curve.orders.iter().take(curve.accept(price)).map(|(limit, gives, n)| (*limit, *n, claim(*gives))).collect()
    };
    let mut buys = claims(&market.buys, &|gives| grid.base_for(gives, price));
    let mut sells = claims(&market.sells, &|gives| u128::from(gives));
    let (wants, gives) = (total(&buys), total(&sells));
    let id = |n: u32| usize::try_from(n).ok().and_then(|n| orders.get(n)).map_or([0; 32], |o| o.id);
    ration(&mut buys, wants.min(gives + at.pool_sells), at.pool_sells, &id);
    ration(&mut sells, gives.min(wants + at.pool_buys), at.pool_buys, &id);

    let mut fills = vec![Fill::default(); orders.len()];
    let mut pool = market.pool;
    let (mut bought, mut sold, mut paid, mut got) = (0_u64, 0_u64, 0_u64, 0_u64);
    for (side, filled) in [(Side::Buy, &buys), (Side::Sell, &sells)] {
        for (_, n, base) in filled {
            let base = u64::try_from(*base).map_err(|_| ExchangeError::TooLarge)?;
            let (quote, all_base, all_quote) = match side {
                Side::Buy => (grid.quote_up(base, price), &mut bought, &mut paid),
                Side::Sell => (grid.quote_down(base, price), &mut sold, &mut got),
            };
            let quote = u64::try_from(quote).map_err(|_| ExchangeError::TooLarge)?;
            *all_base = all_base.checked_add(base).ok_or(ExchangeError::TooLarge)?;
            *all_quote = all_quote.checked_add(quote).ok_or(ExchangeError::TooLarge)?;
            let place = usize::try_from(*n).ok().and_then(|n| fills.get_mut(n));
            if let Some(fill) = place {
                *fill = match side {
                    Side::Buy => Fill { gave: quote, got: base },
                    Side::Sell => Fill { gave: base, got: quote },
                };
            }
        }
    }
    // Whatever the orders gave and did not get is the pool's.
    let left = |has: u64, gave: u64, got: u64| has.checked_add(gave).and_then(|all| all.checked_sub(got)).ok_or(ExchangeError::TooLarge);
    (pool.base, pool.quote) = (left(pool.base, sold, bought)?, left(pool.quote, paid, got)?);
    let volume = bought.max(sold);
    Ok(Cleared { price: (volume > 0).then_some(price), volume, fills, pool })
}

fn total(claims: &[(Price, u32, u128)]) -> u128 {
    claims.iter().map(|(.., claim)| claim).sum()
}

/// Cuts claims, the best limits first, down to what there is. `from_pool` of that comes from the pool, which keeps what the floors leave.
fn ration(claims: &mut [(Price, u32, u128)], there_is: u128, from_pool: u128, id: &dyn Fn(u32) -> OrderId) {
    let mut left = there_is;
    for level in claims.chunk_by_mut(|a, b| a.0 == b.0) {
        let wanted = total(level);
        if wanted <= left {
            left -= wanted;
            continue;
        }
        let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(level.len());
        let mut dust = left;
        for (n, (_, _, claim)) in level.iter_mut().enumerate() {
            let (share, remainder) = mul_div(*claim, left, wanted);
            *claim = share;
            dust -= share;
            remainders.push((remainder, n));
        }
        let mut units = dust.saturating_sub(from_pool);
        if units > 0 {
            let of = |n: &usize| level.get(*n).map_or([0; 32], |(_, order, _)| id(*order));
            remainders.sort_unstable_by(|(a, n), (b, m)| b.cmp(a).then_with(|| of(n).cmp(&of(m))));
        }
        for (_, n) in remainders {
            if units == 0 {
                break;
            }
            if let Some((.., claim)) = level.get_mut(n) {
                *claim += 1;
                units -= 1;
            }
        }
        left = 0;
    }
}
