//! One side of the book, so that "how much at this price?" is a look-up.

use super::{Grid, Order, Price, Side};

/// The orders of one side, the best limit first, and what they give together up to each.
pub(super) struct Curve {
    side: Side,
    /// (limit, what it gives, place in the batch): sells by rising limit, buys by falling.
    pub orders: Vec<(Price, u64, u32)>,
    /// What the first n give.
    sums: Vec<u64>,
}

impl Curve {
    /// `None` if together they give more than 64 bits hold.
    pub fn new(side: Side, orders: &[Order]) -> Option<Self> {
        let of_side = (0_u32..).zip(orders).filter(|(_, o)| o.side == side);
        let mut orders: Vec<(Price, u64, u32)> = of_side.map(|(n, o)| (o.bound(), o.gives, n)).collect();
        match side {
            Side::Sell => orders.sort_unstable_by_key(|(limit, ..)| *limit),
            Side::Buy => orders.sort_unstable_by_key(|(limit, ..)| std::cmp::Reverse(*limit)),
        }
        let mut sums = Vec::with_capacity(orders.len().saturating_add(1));
        let mut sum = 0_u64;
        sums.push(sum);
        for (_, gives, _) in &orders {
            sum = sum.checked_add(*gives)?;
            sums.push(sum);
        }
        Some(Self { side, orders, sums })
    }

    /// How many of the first orders accept a price.
    pub fn accept(&self, price: Price) -> usize {
        self.orders.partition_point(|(limit, ..)| match self.side {
            Side::Sell => *limit <= price,
            Side::Buy => *limit >= price,
        })
    }

    /// What all give together that accept a price.
    pub fn gives(&self, price: Price) -> u64 {
        self.sums.get(self.accept(price)).copied().unwrap_or_default()
    }

    /// Of a side that buys: whole base units that each of them can pay for at a price, added up.
    pub fn wants(&self, grid: Grid, price: Price) -> u128 {
        self.orders.iter().take(self.accept(price)).map(|(_, gives, _)| grid.base_for(*gives, price)).sum()
    }
}
