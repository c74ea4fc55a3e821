//! Adding and removing liquidity against Uniswap v2's published figures, and what must always hold of it.

use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    locked: u64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    from: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    add: Option<[u64; 2]>,
    shares: Option<u64>,
    remove: Option<u64>,
    gets: Option<[u64; 2]>,
    supply: u64,
    reserves: [u64; 2],
}

#[test]
fn liquidity_is_counted_as_uniswap_v2_counts_it() {
    let file: File = serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/uniswap-v2/liquidity.json"))).unwrap();
    assert_eq!(file.locked, MINIMUM_LIQUIDITY);
    assert_eq!(file.cases.len(), 4);
    for case in file.cases {
        let mut pool = Pool::new(30).unwrap();
        for step in case.steps {
            if let Some([base, quote]) = step.add {
                let added = pool.add(base, quote, 0).unwrap();
                assert_eq!((added.base, added.quote, Some(added.shares)), (base, quote, step.shares), "{}", case.from);
            }
            if let Some(shares) = step.remove {
                assert_eq!(Some(<[u64; 2]>::from(pool.remove(shares, (0, 0)).unwrap())), step.gets, "{}", case.from);
            }
            assert_eq!((pool.shares, [pool.base, pool.quote]), (step.supply, step.reserves), "{}", case.from);
        }
    }
}

#[test]
fn too_little_too_much_and_less_than_asked_for_are_each_said() {
    let mut pool = Pool::new(30).unwrap();
    assert_eq!(pool.add(1_000, 1_000, 0), Err(ExchangeError::TooLittleLiquidity));
    assert_eq!(pool.add(0, 5_000, 0), Err(ExchangeError::TooLittleLiquidity));
    assert_eq!(pool.add(2_000, 2_000, 1_001), Err(ExchangeError::LessThanAsked { got: 1_000, least: 1_001 }));
    pool.add(2_000, 8_000, 3_000).unwrap();
    assert_eq!(pool.remove(3_001, (0, 0)), Err(ExchangeError::TooManyShares { has: 3_000 }));
    assert_eq!(pool.remove(2_000, (1_000, 4_001)), Err(ExchangeError::LessThanAsked { got: 4_000, least: 4_001 }));
    assert_eq!(pool.remove(0, (0, 0)), Err(ExchangeError::TooSmall));
    assert_eq!(pool.add(u64::MAX, u64::MAX, 0), Err(ExchangeError::TooLarge));
    assert_eq!(Pool::new(MAX_FEE_BPS + 1), Err(ExchangeError::BadFee));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn putting_in_and_taking_out_again_gains_nothing_and_takes_nothing_from_the_others(
        first in (2_000_u64..1 << 40, 2_000_u64..1 << 40), second in (1_u64..1 << 40, 1_u64..1 << 40),
    ) {
        let mut pool = Pool::new(30).unwrap();
        pool.add(first.0, first.1, 0).unwrap();
        let before = pool;
        if let Ok(added) = pool.add(second.0, second.1, 0) {
            prop_assert!(added.base <= second.0 && added.quote <= second.1);
            let share = |p: &Pool| (BigInt::from(p.base), BigInt::from(p.quote), BigInt::from(p.shares));
            let ((b0, q0, s0), (b1, q1, s1)) = (share(&before), share(&pool));
            prop_assert!(&b1 * &s0 >= &b0 * &s1 && &q1 * &s0 >= &q0 * &s1, "a share is worth no less than before");
            let (base, quote) = pool.remove(added.shares, (0, 0)).unwrap();
            prop_assert!(base <= added.base && quote <= added.quote);
            prop_assert!(pool.base >= before.base && pool.quote >= before.quote && pool.shares == before.shares);
        } else {
            prop_assert_eq!(pool, before);
        }
    }

    #[test]
    fn the_pools_product_never_falls_in_a_trade(base in 1_u64..=u64::MAX, quote in 1_u64..=u64::MAX, x in 0_u64..=u64::MAX, fee_bps in 0..=MAX_FEE_BPS) {
        let pool = Pool { base, quote, shares: 9_999, fee_bps };
        let out = pool.base_for_quote(x);
        prop_assert!(out <= base);
        prop_assert!((big(quote) + x) * (base - out) >= big(quote) * base);
        // The formula, exactly.
        let k = BigInt::from(10_000 - fee_bps);
        prop_assert_eq!(big(out), big(x) * &k * base / (big(quote) * 10_000 + big(x) * k * 2));
    }
}
