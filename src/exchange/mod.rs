//! The exchange: orders for a pair of tokens, cleared together once a minute at one price, and the pools that stand beside them.
//!
//! *In:* the open orders of one pair, its pool, and the time of the batch. *Out:* what each order gave and got, the price, and the pool's new
//! reserves; or a sentence. Nothing here knows who anybody is, whose balance pays, or what a ledger is: that is the fold's.
//!
//! # A batch
//! 1. Orders that were cancelled or have expired are gone before anything else happens: [`Book::expire`], [`Book::cancel`].
//! 2. One price is found for all that is left ([`clear`]), on a grid of 1e-9 whole quote tokens for one whole base token: the one at which most
//!    changes hands; of those, the one at which least is left over; of those, the lowest. *Left over* is the pool's residual: how far the net of
//!    the orders is from what the pool trades at that price by its formula (without a pool: how far the two sides are apart). Were it only how much
//!    the pool trades, a lone seller at any price would get the lowest price there is instead of the formula's.
//! 3. Orders are filled by their limits, the best first; the orders at the limit where it runs out share what is left by their size, floored.
//!    What the floors leave stays with the pool where the pool was to sell it. Where no pool takes part it must go to somebody, or the other
//!    side would not get its due: then the last few units go to the largest remainders, one each (and of equal ones to the lowest order id).
//! 4. What orders do not take from each other meets the pool, a *function-maximising* one: for the batch's net input `x` it gives at most
//!    `floor(x·k·rOut / (rIn + 2·x·k))`, where `k = 1 - fee`. The fee is on the pool's own input only; orders that meet orders pay none.
//!
//! An order names what it gives, to the last unit, and the worst price it accepts. Amounts are whole minor units: who buys pays
//! `ceil(base × price)`, who sells gets `floor(base × price)`, so that each fill is at the one price but for less than one minor unit of the
//! quote token, always to the pool. Limits bind the price.
//!
//! ```text
//! base   the token of the pair with fewer decimals (of equal ones, the lower token id): its minor unit is the coarser one
//! quote  the other one
//! price  n · 1e-9 whole quote tokens for one whole base token, 1 <= n < 2^64
//! ```
//!
//! # What batching does not prevent
//! Nobody gains from their place *within* a batch: every permutation of it gives the same fills. That is all. Whoever sequences the log sees the
//! orders before the batch closes. It can hold an order back until a later batch, leave it out, or put in one of its own with the knowledge of the
//! others; and anyone can see the open orders of earlier batches. One who trades large can move the price of a thin pair. A signed order's limit
//! and expiry bound what any of that can cost; nothing else does. And since an order's id breaks ties between equal remainders, someone can try
//! nonces for a low id and win a single minor unit.
//!
//! The way the pool prices its trades follows A. Canidio and R. Fritsch, "Arbitrageurs' profits, LVR, and sandwich attacks: batch trading as an
//! AMM design response" (2023): it trades at the price that holds *after* the trade, so a batch leaves nothing for an arbitrageur behind it.

mod book;
mod clear;
mod curve;
mod estimate;
mod fill;
mod pool;
mod price;
mod steward;

pub use book::{Book, CLEARS_EVERY, Closed, Resting, Round, Why, clears_at};
pub use clear::{Cleared, clear};
pub use estimate::{Estimate, estimate};
pub use pool::{Added, MINIMUM_LIQUIDITY, Pool};
pub use price::{Grid, Price};
pub use steward::Steward;

use serde::{Deserialize, Serialize};

/// An order's id: that of the statement that placed it.
pub type OrderId = [u8; 32];

/// The largest fee a pool may take, in basis points of its input: a tenth.
pub const MAX_FEE_BPS: u16 = 1_000;

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Gives quote tokens for base tokens.
    Buy,
    /// Gives base tokens for quote tokens.
    Sell,
}

/// What somebody wants to swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Which.
    pub id: OrderId,
    /// Which way.
    pub side: Side,
    /// The worst price it accepts; none takes any price, for one batch.
    pub limit: Option<Price>,
    /// What it gives at most, in minor units of the token it gives.
    pub gives: u64,
}

impl Order {
    /// The worst price it accepts, as a number: any for a market order.
    const fn bound(&self) -> Price {
        match (self.limit, self.side) {
            (Some(limit), _) => limit,
            (None, Side::Buy) => Price::MAX,
            (None, Side::Sell) => Price::MIN,
        }
    }
}

/// What an order gave and got in one batch, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fill {
    /// Of the token that it gives.
    pub gave: u64,
    /// Of the token that it takes.
    pub got: u64,
}

/// Why the exchange does not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// A price off the grid.
    #[error("a price is a decimal above 0 and below 18446744073.709551616 with at most 9 decimals; write it like 1.25")]
    BadPrice,
    /// Tokens of more decimals than the grid can carry.
    #[error("a token of the exchange has at most 9 decimals, and the base token of a pair has no more than the quote token; swap the two")]
    BadPair,
    /// An order that could never be filled.
    #[error("at this limit the amount does not come to one minor unit of the other token; offer more, or ask for less")]
    TooSmall,
    /// Together more than there can be.
    #[error("these amounts add up to more than 18446744073709551615 minor units, which no token has; divide them")]
    TooLarge,
    /// A fee beyond the largest.
    #[error("a pool's fee is at most {MAX_FEE_BPS} basis points; set a lower one")]
    BadFee,
    /// Too little to begin a pool with.
    #[error("this is too little for a pool: put in so much that the two amounts multiply to more than {} squared", MINIMUM_LIQUIDITY)]
    TooLittleLiquidity,
    /// Less than somebody asked for at least.
    #[error("the pool changed meanwhile: this would give {got} where you asked for at least {least}; ask again with the new figures")]
    LessThanAsked {
        /// What it would give.
        got: u64,
        /// What was asked for.
        least: u64,
    },
    /// More shares than there are.
    #[error("the pool has {has} shares that can be taken out; take out fewer")]
    TooManyShares {
        /// How many there are.
        has: u64,
    },
    /// A steward's pool is at its limit for everybody.
    #[error("this steward pool gives {left} more minor units for now; swap less, or wait until its steward raises the cap")]
    CapReached {
        /// What is left.
        left: u64,
    },
    /// A steward's pool is at its limit for one person.
    #[error("you can have {left} more minor units from this steward pool; swap less")]
    PersonCapReached {
        /// What is left for them.
        left: u64,
    },
    /// There is no such order.
    #[error("this order is not open: it was filled, cancelled or has expired")]
    NotOpen,
    /// The order is there already.
    #[error("this order was placed already")]
    PlacedAlready,
    /// It is over before it began.
    #[error("this order would expire before the batch that takes it; give it more time")]
    ExpiresTooSoon,
}

#[cfg(test)]
mod tests;
