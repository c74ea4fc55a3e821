//! The group `exchange`: clearing batches of 1 000, 10 000 and 100 000 orders on one pair, the largest beside a price-time matching engine given the same orders, and 1 000 pairs
//! on all cores.
//!
//! The peer matches order by order at many prices, which is another thing than one price for all; what is compared is the time that the same orders
//! take to become fills.

#[path = "measure.rs"]
mod measure;

use ecosphere::exchange::{Grid, Order, Pool, Price, Side, clear};
use matchcore::{Command, CommandKind, CommandMeta, LimitOrder, NewOrder, OrderBook, OrderFlags, QuantityPolicy, SequenceNumber, SubmitCmd};
use measure::{print, report_ratio, report_value};
use std::{hint::black_box, time::Instant};

const ORDERS: usize = 100_000;
const PAIRS: usize = 1_000;
const ROUNDS: usize = 9;
/// One whole quote token for one whole base token.
const ONE: u64 = 1_000_000_000;

fn main() {
    let grid = Grid::new(6, 6).expect("both have six decimals");
    let pool = Pool { base: 2_000_000_000_000, quote: 2_000_000_000_000, shares: 1_000_000_000_000, fee_bps: 30 };
    let all = orders(ORDERS);
    let commands = commands(&all);
    let ours = || {
        let cleared = clear(grid, &all, &pool).expect("the amounts fit");
        assert!(cleared.fills.iter().filter(|fill| fill.gave > 0).count() > ORDERS / 4);
    };
    let theirs = || {
        let mut book = OrderBook::new("BASE/QUOTE");
        for command in &commands {
            black_box(book.execute(command));
        }
    };
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        a.push(milliseconds(ours));
        b.push(milliseconds(theirs));
    }
    let (a, b) = (middle(a), middle(b));
    report_value("clearing 100 000 orders on one pair", "ms", a, 50.0);
    report_ratio("the same beside price-time matching", "ms", a, "matchcore 0.4", b, 1.0);

    let time = |count: usize| {
        let fewer = orders(count);
        middle((0..ROUNDS * 3).map(|_| milliseconds(|| drop(clear(grid, &fewer, &pool).expect("the amounts fit")))).collect())
    };
    let (hundredth, tenth) = (time(ORDERS / 100), time(ORDERS / 10));
    report_value("clearing 1 000 orders on one pair", "ms", hundredth, 0.5);
    report_value("clearing 10 000 orders on one pair", "ms", tenth, 5.0);
    // Sorting and the wider search ask for somewhat more than ten times as much.
    report_value("the time for one order of 10 000, beside one of 1 000", "x", tenth / (10.0 * hundredth), 2.0);
    report_value("the time for one order of 100 000, beside one of 10 000", "x", a / (10.0 * tenth), 2.0);

    let pairs: Vec<Vec<Order>> = (0..PAIRS).map(|n| orders(200 + n % 7)).collect();
    let one = middle((0..ROUNDS).map(|_| milliseconds(|| pairs.iter().for_each(|orders| drop(black_box(clear(grid, orders, &pool)))))).collect());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let parallel =
        middle((0..ROUNDS).map(|_| milliseconds(|| on_all_cores(&pairs, cores, |orders| drop(black_box(clear(grid, orders, &pool)))))).collect());
    print(
        "clearing 1 000 pairs of 200 orders on all cores",
        "ms",
        parallel,
        Some(("one core", one)),
        "less than on one core",
        cores < 2 || parallel < one,
    );
}

fn on_all_cores<T: Sync>(items: &[T], cores: usize, work: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        for part in items.chunks(items.len().div_ceil(cores)) {
            scope.spawn(|| part.iter().for_each(&work));
        }
    });
}

fn milliseconds(call: impl FnOnce()) -> f64 {
    let started = Instant::now();
    call();
    started.elapsed().as_secs_f64() * 1_000.0
}

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Orders around a price of 1, every tenth a market order.
fn orders(count: usize) -> Vec<Order> {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let mut order = |n: usize| {
        let side = if random(2) == 0 { Side::Buy } else { Side::Sell };
        let limit = ONE - ONE / 20 + random(ONE / 10);
        let limit = (random(10) > 0).then(|| Price::from_nanos(limit).expect("it is not 0"));
        let mut id = [0; 32];
        id[..8].copy_from_slice(&random(u64::MAX).to_be_bytes());
        id[24..].copy_from_slice(&(n as u64).to_be_bytes());
        Order { id, side, limit, gives: 1_000_000 + random(1_000_000_000) }
    };
    (0..count).map(&mut order).collect()
}

/// The same orders for the peer: its quantities are of the base token, so a buyer's are what its amount pays for at its limit.
fn commands(orders: &[Order]) -> Vec<Command> {
    let command = |(n, order): (u64, &Order)| {
        let (side, otherwise) = match order.side {
            Side::Buy => (matchcore::Side::Buy, ONE * 2),
            Side::Sell => (matchcore::Side::Sell, 1),
        };
        let limit = order.limit.map_or(otherwise, Price::nanos);
        let base = match order.side {
            Side::Buy => u64::try_from(u128::from(order.gives) * u128::from(ONE) / u128::from(limit)).expect("the price is near 1"),
            Side::Sell => order.gives,
        };
        let quantity = QuantityPolicy::Standard { quantity: matchcore::Quantity(base) };
        let flags = OrderFlags::new(side, false, matchcore::TimeInForce::Gtc);
        let order = NewOrder::Limit(LimitOrder::new(matchcore::Price(limit), quantity, flags));
        Command {
            meta: CommandMeta { sequence_number: SequenceNumber(n), timestamp: matchcore::Timestamp(n) },
            kind: CommandKind::Submit(SubmitCmd { order }),
        }
    };
    (0..).zip(orders).map(command).collect()
}
