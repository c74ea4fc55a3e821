//! A pair's pool: who puts in both tokens owns a share of it, and the batch's net trade meets it.
//!
//! *Trading.* For net input `x` it gives at most `floor(x·k·rOut / (rIn + 2·x·k))`, `k = 1 - fee`: the price paid is the price its reserves have
//! after the trade. So at a price `p` (quote for base, in minor units) it sells up to `(base - quote/(p·k)) / 2` and buys up to
//! `(k·quote/p - base) / (2·k)` base units; between the two it does not trade. It never gets a price worse than that, so
//! `base × quote` never falls.
//!
//! *Shares.* As Uniswap v2 counts them (Uniswap v2 Core, H. Adams, N. Zinsmeister, D. Robinson, 2020, section 3.4): the first gets
//! `floor(sqrt(base × quote))`, of which [`MINIMUM_LIQUIDITY`] stay locked for ever; later ones in proportion to the scarcer of the two.

use super::{ExchangeError, Grid, MAX_FEE_BPS, Price, price::mul_div};
use serde::{Deserialize, Serialize};

/// Shares that nobody gets: they keep one share from becoming so dear that only the rich could add to the pool.
pub const MINIMUM_LIQUIDITY: u64 = 1_000;

/// Basis points in one.
const ONE: u128 = 10_000;
/// The price is looked for with the pool's part of a unit in so many parts, or a lone seller of a few coarse units would get the price at which the
/// pool buys almost one unit more.
pub(super) const FINE: u128 = 1 << 16;

/// Reserves of a pair, in minor units, and the shares in them. Without shares it does not trade; what lies in it then is dust, which whoever
/// begins the pool begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Base tokens in it.
    pub base: u64,
    /// Quote tokens in it.
    pub quote: u64,
    /// Shares, the locked ones too.
    pub shares: u64,
    /// What it keeps of its input, in basis points.
    pub fee_bps: u16,
}

/// What somebody put into a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Base tokens taken.
    pub base: u64,
    /// Quote tokens taken.
    pub quote: u64,
    /// Shares given.
    pub shares: u64,
}

impl Pool {
    /// An empty pool.
    ///
    /// # Errors
    /// The fee is too large.
    pub const fn new(fee_bps: u16) -> Result<Self, ExchangeError> {
        if fee_bps > MAX_FEE_BPS {
            return Err(ExchangeError::BadFee);
        }
        Ok(Self { base: 0, quote: 0, shares: 0, fee_bps })
    }

    /// Whether it trades.
    #[must_use]
    pub const fn trades(&self) -> bool {
        self.shares > 0 && self.base > 0 && self.quote > 0
    }

    /// What is left of one after the fee, in basis points.
    fn kept(&self) -> u128 {
        ONE.saturating_sub(u128::from(self.fee_bps)).max(1)
    }

    /// What it gives at most for quote tokens.
    #[must_use]
    pub fn base_for_quote(&self, quote: u64) -> u64 {
        self.given(quote, self.quote, self.base)
    }

    /// What it gives at most for base tokens.
    #[must_use]
    pub fn quote_for_base(&self, base: u64) -> u64 {
        self.given(base, self.base, self.quote)
    }

    /// `floor(x·k·rOut / (rIn + 2·x·k))`.
    fn given(&self, x: u64, r_in: u64, r_out: u64) -> u64 {
        if !self.trades() {
            return 0;
        }
        let x = u128::from(x) * self.kept();
        let below = u128::from(r_in) * ONE + 2 * x;
        // x·rOut may need 142 bits; x is less than half of what is below it.
        u64::try_from(mul_div(x, u128::from(r_out), below).0).unwrap_or(0)
    }

    /// What it sells at most when orders pay this price, in base units times [`FINE`].
    pub(super) fn sells_at(&self, grid: Grid, price: Price) -> u128 {
        if !self.trades() {
            return 0;
        }
        // At most 64 + 30 + 14 + 16 bits.
        let own = (u128::from(self.quote) * grid.scale() * ONE * FINE).div_ceil(u128::from(price.nanos()) * self.kept());
        (u128::from(self.base) * FINE).saturating_sub(own) / 2
    }

    /// What it buys at most when orders get this price, in base units times [`FINE`].
    pub(super) fn buys_at(&self, grid: Grid, price: Price) -> u128 {
        if !self.trades() {
            return 0;
        }
        let own = self.kept() * u128::from(self.quote) * grid.scale() * FINE / u128::from(price.nanos());
        own.saturating_sub(ONE * u128::from(self.base) * FINE) / (2 * self.kept())
    }

    /// Puts tokens in: of the amounts offered, as much as the reserves' ratio takes. The first to add sets the ratio.
    ///
    /// # Errors
    /// Too little for one share, fewer shares than asked for, or more than fits.
    pub fn add(&mut self, base: u64, quote: u64, least_shares: u64) -> Result<Added, ExchangeError> {
        let added = if self.trades() { self.proportional(base, quote)? } else { self.first(base, quote)? };
        if added.shares < least_shares {
            return Err(ExchangeError::LessThanAsked { got: added.shares, least: least_shares });
        }
        let locked = if self.trades() { 0 } else { MINIMUM_LIQUIDITY };
        let sum = |a: u64, b: u64| a.checked_add(b).ok_or(ExchangeError::TooLarge);
        let shares = sum(sum(self.shares, added.shares)?, locked)?;
        *self = Self { base: sum(self.base, added.base)?, quote: sum(self.quote, added.quote)?, shares, ..*self };
        Ok(added)
    }

    fn first(&self, base: u64, quote: u64) -> Result<Added, ExchangeError> {
        let root = u64::try_from((u128::from(base) * u128::from(quote)).isqrt()).map_err(|_| ExchangeError::TooLarge)?;
        match root.checked_sub(MINIMUM_LIQUIDITY) {
            None | Some(0) => Err(ExchangeError::TooLittleLiquidity),
            Some(shares) => Ok(Added { base, quote, shares }),
        }
    }

    fn proportional(&self, base: u64, quote: u64) -> Result<Added, ExchangeError> {
        let (rb, rq) = (u128::from(self.base), u128::from(self.quote));
        // What one token asks of the other, rounded up: to the pool.
        let quote_for = (u128::from(base) * rq).div_ceil(rb);
        let (base, quote) = match u64::try_from(quote_for) {
            Ok(wanted) if wanted <= quote => (base, wanted),
            _ => (u64::try_from((u128::from(quote) * rb).div_ceil(rq)).map_err(|_| ExchangeError::TooLarge)?.min(base), quote),
        };
        let part = |amount: u64, reserve: u128| u128::from(amount) * u128::from(self.shares) / reserve;
        let shares = u64::try_from(part(base, rb).min(part(quote, rq))).map_err(|_| ExchangeError::TooLarge)?;
        if shares == 0 { Err(ExchangeError::TooLittleLiquidity) } else { Ok(Added { base, quote, shares }) }
    }

    /// Takes shares out: `(base, quote)` in proportion, rounded down.
    ///
    /// # Errors
    /// More shares than can be taken out, or less of a token than was asked for at least.
    pub fn remove(&mut self, shares: u64, least: (u64, u64)) -> Result<(u64, u64), ExchangeError> {
        let has = self.shares.saturating_sub(MINIMUM_LIQUIDITY);
        if shares > has {
            return Err(ExchangeError::TooManyShares { has });
        }
        if shares == 0 {
            return Err(ExchangeError::TooSmall);
        }
        let part = |reserve: u64| u64::try_from(u128::from(reserve) * u128::from(shares) / u128::from(self.shares.max(1))).unwrap_or(reserve);
        let (base, quote) = (part(self.base), part(self.quote));
        for (got, least) in [(base, least.0), (quote, least.1)] {
            if got < least {
                return Err(ExchangeError::LessThanAsked { got, least });
            }
        }
        self.base = self.base.saturating_sub(base);
        self.quote = self.quote.saturating_sub(quote);
        self.shares = self.shares.saturating_sub(shares);
        Ok((base, quote))
    }
}
