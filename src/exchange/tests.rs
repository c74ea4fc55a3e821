//! What must always hold of a batch, against the rule itself tried at every price.

use super::*;
use crate::measure::Millis;
use num_bigint::BigInt;
use proptest::prelude::*;

mod books;
mod liquidity;

fn price(nanos: u64) -> Price {
    Price::from_nanos(nanos).unwrap()
}

fn order(n: usize, side: Side, limit: Option<u64>, gives: u64) -> Order {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&(n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..16].copy_from_slice(&(n as u64).to_be_bytes());
    Order { id, side, limit: limit.map(price), gives }
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

/// Orders with limits of 1..=most, so few different ones that many meet.
fn orders(most: u64, gives: u64, count: usize) -> impl Strategy<Value = Vec<Order>> {
    let one = (side(), proptest::option::weighted(0.85, 1..=most), 1..=gives);
    proptest::collection::vec(one, 0..count)
        .prop_map(|all| all.into_iter().enumerate().map(|(n, (side, limit, gives))| order(n, side, limit, gives)).collect())
}

fn pool(most: u64) -> impl Strategy<Value = Pool> {
    let some = (1..=most, 1..=most, 0..=MAX_FEE_BPS).prop_map(|(base, quote, fee_bps)| Pool { base, quote, shares: 5_000, fee_bps });
    prop_oneof![2 => some, 1 => Just(Pool::default())]
}

/// Orders of every size.
fn wild() -> impl Strategy<Value = (Grid, Vec<Order>, Pool)> {
    let bits = |top: u32| (any::<u64>(), 0..top).prop_map(|(n, shift)| (n >> shift).max(1));
    let amount = || bits(60).prop_map(|n| (n >> 8).max(1));
    let one = (side(), proptest::option::weighted(0.9, bits(64)), amount());
    let orders = proptest::collection::vec(one, 0..60);
    let pool = prop_oneof![
        3 => (amount(), amount(), 0..=MAX_FEE_BPS).prop_map(|(base, quote, fee_bps)| Pool { base, quote, shares: 5_000, fee_bps }),
        1 => Just(Pool::default()),
    ];
    ((0_u8..=9), (0_u8..=9), orders, pool).prop_map(|(a, b, orders, pool)| {
        let orders = orders.into_iter().enumerate().map(|(n, (side, limit, gives))| order(n, side, limit, gives)).collect();
        (Grid::new(a.min(b), a.max(b)).unwrap(), orders, pool)
    })
}

/// The rule, at one price: (volume, what is left over).
fn tried(grid: Grid, orders: &[Order], pool: &Pool, at: u64) -> (u128, u128) {
    let limit = price(at);
    let of = |side: Side, accepts: &dyn Fn(Price) -> bool| {
        orders.iter().filter(|o| o.side == side && o.limit.is_none_or(accepts)).map(|o| u128::from(o.gives)).collect::<Vec<_>>()
    };
    let (scale, at) = (grid.scale(), u128::from(at));
    let fine = pool::FINE;
    let mut wants: u128 = of(Side::Buy, &|l| l >= limit).iter().map(|gives| gives * scale / at * fine).sum();
    let mut gives: u128 = of(Side::Sell, &|l| l <= limit).iter().sum::<u128>() * fine;
    if pool.trades() {
        // The most base y with y <= x·k·base / (quote + 2·x·k), x = y·price; the most base x with x·price <= x·k·quote / (base + 2·x·k).
        let (base, quote, k) = (u128::from(pool.base), u128::from(pool.quote), u128::from(10_000 - pool.fee_bps));
        gives += (at * k * base * fine).saturating_sub(10_000 * quote * scale * fine) / (2 * at * k);
        wants += (k * quote * scale * fine).saturating_sub(10_000 * base * at * fine) / (2 * k * at);
    }
    (wants.min(gives), wants.abs_diff(gives))
}

fn big(n: u64) -> BigInt {
    BigInt::from(n)
}

/// What must hold of every batch, whatever is in it.
fn sound(grid: Grid, orders: &[Order], before: &Pool, cleared: &Cleared) -> Result<(), TestCaseError> {
    prop_assert_eq!(cleared.fills.len(), orders.len());
    let Some(at) = cleared.price else {
        prop_assert_eq!((cleared.volume, cleared.pool), (0, *before));
        prop_assert!(cleared.fills.iter().all(|fill| *fill == Fill::default()));
        return Ok(());
    };
    let (mut base, mut quote) = (big(before.base), big(before.quote));
    let mut value = BigInt::ZERO;
    for (order, fill) in orders.iter().zip(&cleared.fills) {
        // Nobody gives more than they offered, and everybody's fill is at the one price, to less than one unit of the quote token.
        prop_assert!(fill.gave <= order.gives);
        let (of_base, of_quote) = if order.side == Side::Buy { (fill.got, fill.gave) } else { (fill.gave, fill.got) };
        let exact = big(of_base) * at.nanos();
        let paid = big(of_quote) * grid.scale();
        let off = if order.side == Side::Buy { &paid - &exact } else { &exact - &paid };
        prop_assert!(off >= BigInt::ZERO && off < BigInt::from(grid.scale()), "{:?} {:?}", order, fill);
        // Limits bind the price.
        if *fill != Fill::default() {
            let honoured = order.limit.is_none_or(|limit| if order.side == Side::Buy { at <= limit } else { at >= limit });
            prop_assert!(honoured, "{:?} {:?}", order, at);
        }
        // Swapping at the price is worth nothing to anybody, whatever else they placed: no gain from dealing with oneself.
        let worth = if order.side == Side::Buy { &exact - &paid } else { &paid - &exact };
        prop_assert!(worth <= BigInt::ZERO);
        value += worth;
        if order.side == Side::Buy {
            (base, quote) = (base - of_base, quote + of_quote);
        } else {
            (base, quote) = (base + of_base, quote - of_quote);
        }
    }
    // Nothing is created or lost.
    prop_assert_eq!((&base, &quote), (&big(cleared.pool.base), &big(cleared.pool.quote)));
    prop_assert!(value <= BigInt::ZERO);
    // The pool's product never falls, and it gives no more than its formula.
    prop_assert!(&base * &quote >= big(before.base) * before.quote);
    if !before.trades() {
        prop_assert!(cleared.pool.base == before.base && cleared.pool.quote >= before.quote);
    } else if cleared.pool.base < before.base {
        prop_assert!(before.base - cleared.pool.base <= before.base_for_quote(cleared.pool.quote - before.quote));
    } else if cleared.pool.quote < before.quote {
        prop_assert!(before.quote - cleared.pool.quote <= before.quote_for_base(cleared.pool.base - before.base));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_price_is_the_one_that_trying_every_price_finds(orders in orders(40, 60, 14), pool in pool(300), finer in 0_u8..=1) {
        // Decimals 8 or 9 apart leave a scale of 10 or 1: so few prices matter that all can be tried.
        let grid = Grid::new(0, 9 - finer).unwrap();
        let cleared = clear(grid, &orders, &pool).unwrap();
        sound(grid, &orders, &pool, &cleared)?;
        let rank = |at: u64| {
            let (volume, left) = tried(grid, &orders, &pool, at);
            (volume, std::cmp::Reverse((left, at)))
        };
        // At 8 400 all that fourteen orders of 60 give does not pay for one base unit; the pool alone does not trade with itself.
        let (volume, std::cmp::Reverse((_, best))) = (1..=8_401).map(rank).max().unwrap();
        match cleared.price {
            // Where the orders that share what the pool would buy get less than a unit each, the floors leave nothing of it.
            None => prop_assert!(volume < pool::FINE * orders.len().max(1) as u128),
            Some(at) => prop_assert_eq!(at.nanos(), best),
        }
    }

    #[test]
    fn nothing_is_created_or_lost_and_every_fill_is_at_the_one_price_within_its_limit((grid, orders, pool) in wild()) {
        let cleared = clear(grid, &orders, &pool).unwrap();
        sound(grid, &orders, &pool, &cleared)?;
    }

    #[test]
    fn a_place_in_the_batch_is_irrelevant(
        (grid, orders, pool) in wild(), small in orders(9, 30, 40), order in any::<prop::sample::Index>(), turn in any::<prop::sample::Index>(),
    ) {
        for (grid, orders) in [(grid, orders), (Grid::new(0, 9).unwrap(), small)] {
            let cleared = clear(grid, &orders, &pool).unwrap();
            let mut other = orders.clone();
            if !other.is_empty() {
                other.reverse();
                let by = turn.index(other.len());
                other.rotate_left(by);
                let (a, b) = (order.index(other.len()), by);
                other.swap(a, b);
            }
            let again = clear(grid, &other, &pool).unwrap();
            prop_assert_eq!((again.price, again.volume, again.pool), (cleared.price, cleared.volume, cleared.pool));
            for (order, fill) in orders.iter().zip(&cleared.fills) {
                let place = other.iter().position(|o| o.id == order.id).unwrap();
                prop_assert_eq!(again.fills[place], *fill);
            }
        }
    }

    #[test]
    fn the_better_limit_is_filled_first((grid, orders, pool) in wild()) {
        let cleared = clear(grid, &orders, &pool).unwrap();
        let Some(at) = cleared.price else { return Ok(()) };
        let full = |order: &Order, fill: &Fill| match order.side {
            Side::Buy => u128::from(fill.got) == grid.base_for(order.gives, at),
            Side::Sell => fill.gave == order.gives,
        };
        for (a, fill) in orders.iter().zip(&cleared.fills).filter(|(_, fill)| **fill != Fill::default()) {
            for (b, theirs) in orders.iter().zip(&cleared.fills).filter(|(b, _)| b.side == a.side) {
                let better = match a.side {
                    Side::Buy => b.bound() > a.bound(),
                    Side::Sell => b.bound() < a.bound(),
                };
                prop_assert!(!better || full(b, theirs), "{:?} before {:?} {:?}", b, a, fill);
            }
        }
    }

    #[test]
    fn one_market_order_against_the_pool_alone_gets_what_the_formula_says(
        base in 1_000_000_u64..1_000_000_000_000, quote in 1_000_000_u64..1_000_000_000_000, fee_bps in 0..=MAX_FEE_BPS, part in 1_u64..1_000, side in side(),
    ) {
        let pool = Pool { base, quote, shares: 1_000_000, fee_bps };
        let gives = (if side == Side::Buy { quote } else { base }) / 1_000 * part;
        let formula = if side == Side::Buy { pool.base_for_quote(gives) } else { pool.quote_for_base(gives) };
        let got = clear(Grid::new(6, 6).unwrap(), &[order(1, side, None, gives)], &pool).unwrap().fills[0].got;
        // Never more; less by what the next step of the grid takes.
        let step = base / quote + 2 + gives / 1_000_000_000 + formula / 1_000_000_000 * (1 + base / quote);
        prop_assert!(got <= formula && formula - got <= step, "{} of {}, within {}", got, formula, step);
    }

    #[test]
    fn dealing_with_oneself_gains_nothing((grid, orders, pool) in wild(), mine in proptest::collection::vec(any::<bool>(), 60)) {
        // Whatever of the orders are one person's: valued at the price of the batch, they end with no more than they began with.
        let cleared = clear(grid, &orders, &pool).unwrap();
        let Some(at) = cleared.price else { return Ok(()) };
        let mut worth = BigInt::ZERO;
        for ((order, fill), _) in orders.iter().zip(&cleared.fills).zip(mine).filter(|(_, mine)| *mine) {
            worth += match order.side {
                Side::Buy => big(fill.got) * at.nanos() - big(fill.gave) * grid.scale(),
                Side::Sell => big(fill.got) * grid.scale() - big(fill.gave) * at.nanos(),
            };
        }
        prop_assert!(worth <= BigInt::ZERO);
    }

    #[test]
    fn cutting_an_order_in_two_gains_less_than_two_units(orders in orders(9, 5_000, 20), pool in pool(50_000), which in any::<prop::sample::Index>(), cut in 1_u64..100) {
        let grid = Grid::new(0, 9).unwrap();
        prop_assume!(!orders.is_empty());
        let which = which.index(orders.len());
        let whole = clear(grid, &orders, &pool).unwrap();
        let mut parts = orders.clone();
        let first = (orders[which].gives * cut / 100).max(1);
        prop_assume!(first < orders[which].gives);
        parts[which].gives = first;
        parts.push(Order { gives: orders[which].gives - first, ..order(7_777, orders[which].side, orders[which].limit.map(Price::nanos), 1) });
        let cut = clear(grid, &parts, &pool).unwrap();
        // A buyer's parts can each pay for fewer whole units, which moves the price; where it did not move, the parts get what the whole got.
        if cut.price == whole.price {
            let parts = [cut.fills[which], cut.fills[orders.len()]];
            let got: u64 = parts.iter().map(|fill| fill.got).sum();
            prop_assert!(got <= whole.fills[which].got + 2 * 9, "{} where {}", got, whole.fills[which].got);
        }
    }

    #[test]
    fn a_quotient_of_large_numbers_is_exact(a in any::<u128>(), b in any::<u64>(), c in any::<u128>(), shift in 33_u32..100) {
        let c = (c >> shift).max(2);
        let a = a % c;
        let (q, r) = price::mul_div(a, b.into(), c);
        prop_assert_eq!(BigInt::from(q) * c + r, BigInt::from(a) * b);
        prop_assert!(r < c);
    }
}

#[test]
fn orders_that_cross_are_filled_at_the_lowest_price_that_leaves_nothing_over() {
    let grid = Grid::new(2, 2).unwrap();
    let orders = [order(1, Side::Sell, Some(1_500_000_000), 1_000), order(2, Side::Buy, Some(2_000_000_000), 1_800)];
    let cleared = clear(grid, &orders, &Pool::default()).unwrap();
    // All that both give changes hands from 1800/1001 on; below, the buyer could have paid for more.
    assert_eq!((cleared.price.unwrap().to_string().as_str(), cleared.volume), ("1.798201799", 1_000));
    assert_eq!(cleared.fills, [Fill { gave: 1_000, got: 1_798 }, Fill { gave: 1_799, got: 1_000 }]);
    assert_eq!(cleared.pool.quote, 1, "what rounding leaves waits for whoever begins the pool");
}

#[test]
fn two_market_orders_meet_at_the_ratio_of_what_they_give() {
    let grid = Grid::new(2, 2).unwrap();
    let cleared = clear(grid, &[order(1, Side::Sell, None, 1_000), order(2, Side::Buy, None, 250)], &Pool::default()).unwrap();
    assert_eq!(cleared.price.unwrap().to_string(), "0.24975025");
    assert_eq!(cleared.fills, [Fill { gave: 1_000, got: 249 }, Fill { gave: 250, got: 1_000 }]);
}

#[test]
fn marginal_orders_share_by_size_and_floors_stay_with_the_pool() {
    let grid = Grid::new(0, 9).unwrap();
    // At 4 the pool sells 250 of its 1000; three buyers want 100, 200 and 300 of them.
    let pool = Pool { base: 1_000, quote: 2_000, shares: 1_000_000, fee_bps: 0 };
    let buys = [100_u64, 200, 301].map(|n| order(n as usize, Side::Buy, Some(4), 4 * n));
    let cleared = clear(grid, &buys, &pool).unwrap();
    assert_eq!(cleared.price, Some(price(4)));
    assert_eq!(cleared.fills.iter().map(|f| f.got).collect::<Vec<_>>(), [41, 83, 125]);
    assert_eq!((cleared.pool.base, cleared.pool.quote), (751, 2_996));
}

#[test]
fn without_a_pool_the_last_units_go_to_the_largest_remainders_so_that_no_seller_is_left_unpaid() {
    let grid = Grid::new(0, 2).unwrap();
    // Two concert tickets, three who would pay the same for one.
    let euro = 1_000_000_000;
    let mut orders = vec![order(1, Side::Sell, Some(5 * euro), 2)];
    orders.extend([2, 3, 4].map(|n| order(n, Side::Buy, Some(5 * euro), 500)));
    let cleared = clear(grid, &orders, &Pool::default()).unwrap();
    assert_eq!((cleared.price, cleared.volume), (Some(price(5 * euro)), 2));
    assert_eq!(cleared.fills[0], Fill { gave: 2, got: 1_000 });
    let mut got: Vec<u64> = cleared.fills[1..].iter().map(|f| f.got).collect();
    got.sort_unstable();
    assert_eq!(got, [0, 1, 1]);
}

#[test]
fn more_than_any_token_can_have_is_refused() {
    let grid = Grid::new(0, 0).unwrap();
    let orders = [order(1, Side::Sell, None, u64::MAX), order(2, Side::Sell, None, 1)];
    assert_eq!(clear(grid, &orders, &Pool::default()), Err(ExchangeError::TooLarge));
    let pool = Pool { base: 1, quote: 1, shares: 1_001, fee_bps: 0 };
    assert_eq!(clear(grid, &orders[..1], &pool), Err(ExchangeError::TooLarge));
    assert_eq!((Grid::new(3, 2), Grid::new(0, 10)), (Err(ExchangeError::BadPair), Err(ExchangeError::BadPair)));
}

#[test]
fn a_price_has_one_spelling() {
    for (text, nanos) in [("1", 1_000_000_000), ("0.000000001", 1), ("18446744073.709551615", u64::MAX), ("1.25", 1_250_000_000)] {
        let price = Price::try_from(text.to_owned()).unwrap();
        assert_eq!((price.nanos(), price.to_string().as_str()), (nanos, text));
    }
    for text in ["0", "-1", "1.0", "1e3", "01", "+1", "18446744073.709551616", "0.0000000001", "\u{661}", "", "1,5", " 1"] {
        assert_eq!(Price::try_from(text.to_owned()), Err(ExchangeError::BadPrice), "{text}");
    }
}
