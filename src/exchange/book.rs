//! A pair's open orders from batch to batch.

use super::{ExchangeError, Fill, Grid, Order, OrderId, Pool, Price, Side, clear::clear};
use crate::measure::Millis;
use std::collections::BTreeMap;

/// A pair is cleared once in so many milliseconds of batch time: a minute.
pub const CLEARS_EVERY: i64 = 60_000;

/// Whether a batch at `now` clears, when the last one that did was at `last`: once in every full minute of batch time.
#[must_use]
pub const fn clears_at(last: Option<Millis>, now: Millis) -> bool {
    match last {
        None => true,
        Some(last) => now.0.div_euclid(CLEARS_EVERY) > last.0.div_euclid(CLEARS_EVERY),
    }
}

/// An order that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resting {
    /// Which way.
    pub side: Side,
    /// The worst price it accepts; none waits for one batch only.
    pub limit: Option<Price>,
    /// What it still gives.
    pub left: u64,
    /// After this time it is over.
    pub expires: Millis,
}

/// Why an order is no longer open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It gave all, or so much that the rest comes to nothing.
    Filled,
    /// A market order has one batch.
    OneBatch,
    /// Its time is over.
    Expired,
    /// Its owner took it back.
    Cancelled,
}

/// An order that is over, and what it did not give: that goes back to its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Which.
    pub id: OrderId,
    /// Of the token that it gives.
    pub side: Side,
    /// How much goes back.
    pub back: u64,
    /// Why.
    pub why: Why,
}

/// What a round did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The one price; none if nothing changed hands.
    pub price: Option<Price>,
    /// Base units that changed hands.
    pub volume: u64,
    /// What orders gave and got, by id; those that did nothing are left out.
    pub fills: Vec<(OrderId, Side, Fill)>,
    /// Orders that are over.
    pub closed: Vec<Closed>,
    /// The pool afterwards.
    pub pool: Pool,
}

/// The open orders of one pair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    orders: BTreeMap<OrderId, Resting>,
}

impl Book {
    /// Takes an order.
    ///
    /// # Errors
    /// It is there already, is over before the batch, or could never be filled.
    pub fn place(&mut self, grid: Grid, id: OrderId, order: Resting, now: Millis) -> Result<(), ExchangeError> {
        if self.orders.contains_key(&id) {
            return Err(ExchangeError::PlacedAlready);
        }
        if order.expires < now {
            return Err(ExchangeError::ExpiresTooSoon);
        }
        if !order.can_fill(grid) {
            return Err(ExchangeError::TooSmall);
        }
        self.orders.insert(id, order);
        Ok(())
    }

    /// Takes an order back.
    ///
    /// # Errors
    /// It is not open.
    pub fn cancel(&mut self, id: &OrderId) -> Result<Closed, ExchangeError> {
        let order = self.orders.remove(id).ok_or(ExchangeError::NotOpen)?;
        Ok(Closed { id: *id, side: order.side, back: order.left, why: Why::Cancelled })
    }

    /// Lets go of orders whose time was over before now.
    pub fn expire(&mut self, now: Millis) -> Vec<Closed> {
        let over = self.orders.extract_if(.., |_, order| order.expires < now);
        over.map(|(id, order)| Closed { id, side: order.side, back: order.left, why: Why::Expired }).collect()
    }

    /// Expires, then clears what is left at one price.
    ///
    /// # Errors
    /// As [`clear`]; the book is then as it was.
    pub fn round(&mut self, grid: Grid, pool: &Pool, now: Millis) -> Result<Round, ExchangeError> {
        let mut after = self.clone();
        let mut closed = after.expire(now);
        let orders: Vec<Order> = after.orders().collect();
        let cleared = clear(grid, &orders, pool)?;
        let mut fills = Vec::new();
        for (order, fill) in orders.iter().zip(cleared.fills) {
            let Some(resting) = after.orders.get_mut(&order.id) else { continue };
            resting.left = resting.left.saturating_sub(fill.gave);
            if fill != Fill::default() {
                fills.push((order.id, order.side, fill));
            }
            let why = match order.limit {
                None if resting.left > 0 => Why::OneBatch,
                Some(_) if resting.can_fill(grid) => continue,
                _ => Why::Filled,
            };
            closed.push(Closed { id: order.id, side: order.side, back: resting.left, why });
            after.orders.remove(&order.id);
        }
        *self = after;
        Ok(Round { price: cleared.price, volume: cleared.volume, fills, closed, pool: cleared.pool })
    }

    /// An open order.
    #[must_use]
    pub fn get(&self, id: &OrderId) -> Option<&Resting> {
        self.orders.get(id)
    }

    /// Open orders by id.
    pub fn iter(&self) -> impl Iterator<Item = (&OrderId, &Resting)> {
        self.orders.iter()
    }

    /// Whether none is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Open orders as [`clear`] takes them.
    pub fn orders(&self) -> impl Iterator<Item = Order> {
        self.orders.iter().map(|(id, order)| Order { id: *id, side: order.side, limit: order.limit, gives: order.left })
    }
}

impl Resting {
    /// Whether what it still gives comes to a unit of the other token at its limit.
    fn can_fill(&self, grid: Grid) -> bool {
        match (self.side, self.limit) {
            (_, None) => self.left > 0,
            (Side::Buy, Some(limit)) => grid.base_for(self.left, limit) > 0,
            (Side::Sell, Some(limit)) => grid.quote_down(self.left, limit) > 0,
        }
    }
}
