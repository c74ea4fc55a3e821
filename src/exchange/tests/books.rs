//! Books from round to round, steward pools, and what a person is shown before.

use super::*;

const GRID: fn() -> Grid = || Grid::new(2, 2).unwrap();
const LATER: Millis = Millis(1_000_000);

fn resting(side: Side, limit: Option<u64>, left: u64) -> Resting {
    Resting { side, limit: limit.map(price), left, expires: LATER }
}

#[test]
fn a_partly_filled_order_waits_with_the_rest_and_a_market_order_does_not() {
    let mut book = Book::default();
    let one = 1_000_000_000;
    book.place(GRID(), [1; 32], resting(Side::Sell, Some(one), 1_000), Millis(0)).unwrap();
    book.place(GRID(), [2; 32], resting(Side::Buy, Some(one), 400), Millis(0)).unwrap();
    book.place(GRID(), [3; 32], resting(Side::Sell, None, 0), Millis(0)).unwrap_err();
    let round = book.round(GRID(), &Pool::default(), Millis(60_000)).unwrap();
    assert_eq!((round.price, round.volume), (Some(price(one)), 400));
    assert_eq!(round.closed, [Closed { id: [2; 32], side: Side::Buy, back: 0, why: Why::Filled }]);
    assert_eq!(book.get(&[1; 32]).unwrap().left, 600);

    book.place(GRID(), [4; 32], resting(Side::Buy, None, 700), Millis(60_000)).unwrap();
    let round = book.round(GRID(), &Pool::default(), Millis(120_000)).unwrap();
    let left = round.closed.iter().find(|c| c.id == [4; 32]).unwrap();
    assert_eq!((left.why, left.back, book.is_empty()), (Why::OneBatch, 1, true));
}

#[test]
fn cancels_come_first_and_what_has_expired_is_never_filled() {
    let mut book = Book::default();
    let one = 1_000_000_000;
    let early = Resting { expires: Millis(59_999), ..resting(Side::Sell, Some(one), 10) };
    book.place(GRID(), [1; 32], early, Millis(0)).unwrap();
    book.place(GRID(), [2; 32], resting(Side::Sell, Some(one), 20), Millis(0)).unwrap();
    book.place(GRID(), [3; 32], resting(Side::Buy, Some(one), 30), Millis(0)).unwrap();
    assert_eq!(book.cancel(&[2; 32]).unwrap(), Closed { id: [2; 32], side: Side::Sell, back: 20, why: Why::Cancelled });
    assert_eq!(book.cancel(&[2; 32]), Err(ExchangeError::NotOpen));
    let round = book.round(GRID(), &Pool::default(), Millis(60_000)).unwrap();
    assert_eq!((round.price, round.closed.as_slice()), (None, [Closed { id: [1; 32], side: Side::Sell, back: 10, why: Why::Expired }].as_slice()));
    assert_eq!(book.place(GRID(), [3; 32], resting(Side::Buy, None, 1), Millis(0)), Err(ExchangeError::PlacedAlready));
    let over = Resting { expires: Millis(5), ..resting(Side::Buy, None, 1) };
    assert_eq!(book.place(GRID(), [5; 32], over, Millis(6)), Err(ExchangeError::ExpiresTooSoon));
    assert_eq!(book.place(GRID(), [5; 32], resting(Side::Sell, Some(1), 5), Millis(6)), Err(ExchangeError::TooSmall));
}

#[test]
fn a_pair_clears_once_a_minute_of_batch_time() {
    assert!(clears_at(None, Millis(5)) && clears_at(Some(Millis(59_999)), Millis(60_000)) && clears_at(Some(Millis(0)), Millis(600_000)));
    assert!(!clears_at(Some(Millis(60_000)), Millis(60_000)) && !clears_at(Some(Millis(60_000)), Millis(119_999)));
}

#[test]
fn a_steward_pool_keeps_its_rate_and_its_caps() {
    let rate = Price::try_from("0.5".to_owned()).unwrap();
    let mut steward = Steward { side: Side::Sell, rate, reserve: 1_000, taken: 0, given: 0, total_cap: 600, person_cap: Some(300) };
    assert_eq!(steward.swap(GRID(), 401, 0), Ok(Fill { gave: 401, got: 200 }));
    assert_eq!(steward.swap(GRID(), 202, 200), Err(ExchangeError::PersonCapReached { left: 100 }));
    assert_eq!(steward.swap(GRID(), 200, 200).unwrap().got, 100);
    assert_eq!(steward.swap(GRID(), 600, 0).unwrap().got, 300);
    assert_eq!(steward.swap(GRID(), 2, 0), Err(ExchangeError::CapReached { left: 0 }));
    assert_eq!(steward.swap(GRID(), 1, 0), Err(ExchangeError::TooSmall));
    assert_eq!((steward.reserve, steward.given, steward.taken), (400, 600, 1_201));
    // The other way: 7 quote units at 0.5 are worth 14 base units; at 3, two and a third.
    assert_eq!(Steward { side: Side::Buy, ..steward }.gets(GRID(), 7), Ok(14));
    let dear = Price::try_from("3".to_owned()).unwrap();
    assert_eq!(Steward { side: Side::Buy, rate: dear, ..steward }.gets(GRID(), 7), Ok(2));
}

#[test]
fn an_estimate_says_what_the_order_would_come_to_and_its_worst_case() {
    let pool = Pool { base: 1_000_000, quote: 2_000_000, shares: 1_000_000, fee_bps: 30 };
    let ask = order(1, Side::Sell, Some(1_900_000_000), 10_000);
    let told = estimate(GRID(), &[], &ask, &pool).unwrap();
    let cleared = clear(GRID(), &[ask], &pool).unwrap();
    assert_eq!((told.fill, told.price, told.worst), (cleared.fills[0], cleared.price, Some(19_000)));
    assert!(told.fee == 30 && (200..300).contains(&told.impact_bps), "{told:?}");
    // Who meets another order of the same size meets no pool: no fee.
    let met = estimate(GRID(), &[order(2, Side::Buy, Some(2_000_000_000), 20_000)], &ask, &pool).unwrap();
    assert_eq!((met.fee, met.fill), (0, Fill { gave: 10_000, got: 19_998 }));
    assert_eq!(estimate(GRID(), &[], &order(3, Side::Sell, None, 5), &Pool::default()).unwrap().price, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn over_many_rounds_nothing_is_created_or_lost(rounds in proptest::collection::vec(orders(30, 400, 12), 1..8), pool in pool(5_000)) {
        let grid = Grid::new(0, 9).unwrap();
        let (mut book, mut pool) = (Book::default(), pool);
        // (base, quote) that people put in less what came back to them, against what the exchange holds.
        let (mut base, mut quote) = (i128::from(pool.base), i128::from(pool.quote));
        for (n, orders) in rounds.into_iter().enumerate() {
            let now = Millis(n as i64 * CLEARS_EVERY);
            for mut order in orders {
                order.id[31] = n as u8;
                let resting = Resting { side: order.side, limit: order.limit, left: order.gives, expires: Millis(now.0 + 2 * CLEARS_EVERY) };
                if book.place(grid, order.id, resting, now).is_ok() {
                    *(if order.side == Side::Buy { &mut quote } else { &mut base }) += i128::from(order.gives);
                }
            }
            let round = book.round(grid, &pool, now).unwrap();
            for (_, side, fill) in &round.fills {
                *(if *side == Side::Buy { &mut base } else { &mut quote }) -= i128::from(fill.got);
            }
            for closed in &round.closed {
                *(if closed.side == Side::Buy { &mut quote } else { &mut base }) -= i128::from(closed.back);
            }
            pool = round.pool;
            let held = |side| book.iter().filter(|(_, o)| o.side == side).map(|(_, o)| i128::from(o.left)).sum::<i128>();
            prop_assert_eq!((base, quote), (i128::from(pool.base) + held(Side::Sell), i128::from(pool.quote) + held(Side::Buy)));
        }
    }
}
