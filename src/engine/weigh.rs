//! Options weighed against each other: the best fit and what to give way for, a few side by side, and a basket for some money.
//!
//! *In:* a subject, a category or a few of them, and where the person is if they say so. *Out:* [`Choices`], [`Compared`], [`Basket`]. Fit, price and order come
//! from the same functions as every list's; a price is compared for 100 g or 100 ml, and what has none is counted and said.

use super::{
    options::{Lists, MANY_OPTIONS, category_of},
    service::{Engine, Fault},
    store::StoreError,
    wire::{Answer, Basket, BasketPlace, Choices, Compared, Criterion, EngineError, ShopRow, Spot, Weighed},
};
use crate::{
    bot::{Alignment, Filling, MOST_BASKET, Offer, Quantity, UnitPrice, VerdictBand, fill, front},
    measure::{Currency, Money},
    values::Topic,
};

/// How many of each kind of option there are.
const FEW: usize = 10;
/// How many stand side by side.
const SIDE_BY_SIDE: usize = 5;
/// How many things a basket has.
const MOST_PLACES: usize = 30;
/// How many alternatives each of them has.
const MOST_FILLINGS: usize = 20;

impl Engine {
    pub(super) fn choices(&self, subject: Option<u32>, category: Option<&str>, near: Option<Spot>, by: Criterion) -> Result<Answer, Fault> {
        let choices = self.with_lists(|l| {
            let c = l.catalogue;
            let (better, area) = match (subject, category) {
                (Some(number), _) => (l.better(number, FEW), c.category(number)),
                (None, Some(id)) => {
                    let own = category_of(c, id)?;
                    (l.better_in(own, FEW), Some(own))
                }
                (None, None) => return Err(EngineError::BadInput("say for which product or which category options are wanted".into()).into()),
            };
            // What fits or is mixed: nobody gives way to what they are against, nor to what is not known.
            let pool: Vec<u32> = area.map(|a| l.open_in(a)).unwrap_or_default().into_iter().filter(|n| Some(*n) != subject).collect();
            let pool = pool.into_iter().map(|n| (n, l.fit(n))).filter(|(_, (_, band))| matches!(band, VerdictBand::Fits | VerdictBand::Mixed));
            let pool: Vec<(u32, (Alignment, VerdictBand))> = pool.collect();
            let mut offers = Vec::with_capacity(pool.len());
            let (mut unpriced, mut unmeasured) = (0, 0);
            for (number, (fit, _)) in &pool {
                let (price, quantity) = l.unit_price(*number)?;
                unpriced += u32::from(l.price(*number).is_none());
                unmeasured += u32::from(l.price(*number).is_some() && quantity.is_none());
                offers.push(Offer { value: fit.value, coverage: fit.coverage, price, metres: near.and_then(|spot| l.metres(*number, spot)) });
            }
            let compromise = front(&offers).into_iter().filter_map(|at| pool.get(at)).filter(|(n, _)| better.iter().all(|(b, _)| b != n));
            let compromise = l.weighed(compromise.copied().take(FEW), near, by)?;
            Ok(Choices { aligned: l.weighed(better.iter().copied(), near, by)?, compromise, weighed: offers.len() as u32, unpriced, unmeasured })
        })?;
        Ok(Answer::Choices(choices))
    }

    pub(super) fn compare(&self, numbers: &[u32], near: Option<Spot>, by: Criterion) -> Result<Answer, Fault> {
        if numbers.len() > SIDE_BY_SIDE {
            return Err(EngineError::BadInput(format!("at most {SIDE_BY_SIDE} stand side by side; take one away")).into());
        }
        let compared = self.with_lists(|l| {
            let weights = l.profile.weights();
            let mut fits: Vec<_> = numbers.iter().map(|n| (*n, l.fit(*n))).collect();
            fits.sort_by(|a, b| l.standing(a.0, a.1).best_first(&l.standing(b.0, b.1)));
            let weighed = l.weighed(fits.into_iter(), near, by)?;
            let side = weighed.into_iter().map(|option| {
                let evidence = l.catalogue.subject(option.row.number).evidence();
                let of = |topic: Topic| (topic, evidence[topic.index()].score.get(), evidence[topic.index()].confidence.get());
                Compared { topics: Topic::ALL.into_iter().filter(|t| weights[t.index()] > 0).map(of).collect(), option }
            });
            Ok(side.collect())
        })?;
        Ok(Answer::Compared(compared))
    }

    pub(super) fn basket(&self, money: Money, items: &[u32]) -> Result<Answer, Fault> {
        self.with_lists(|l| l.basket(money, items)).map(Answer::Basket)
    }
}

impl Lists<'_> {
    /// What to take in the place of these things, so that all together fits best and costs no more than this.
    ///
    /// # Errors
    /// None or too many of them, too much money, or too little: the sentence says what is missing.
    pub(super) fn basket(&self, money: Money, items: &[u32]) -> Result<Basket, Fault> {
        let bad = |why: String| Fault::from(EngineError::BadInput(why));
        if items.is_empty() || items.len() > MOST_PLACES {
            return Err(bad(format!("a basket has one to {MOST_PLACES} things; name what you want to buy")));
        }
        if !(0..=MOST_BASKET).contains(&money.minor) {
            return Err(bad(format!("a basket is worked out for at most {}", Money { minor: MOST_BASKET, ..money })));
        }
        let places: Vec<_> = items.iter().map(|number| self.fillings(*number, money.currency)).collect();
        let fillings: Vec<Vec<Filling>> = places.iter().map(|p| p.iter().map(|(_, f)| *f).collect()).collect();
        let Some(picked) = fill(&fillings, money.minor) else {
            let least: i64 = fillings.iter().filter_map(|p| p.iter().map(|f| f.minor).min()).fold(0, i64::saturating_add);
            let unpriced = fillings.iter().filter(|p| p.is_empty()).count();
            let why = match unpriced {
                0 => format!("the cheapest that your snapshot knows for these cost {} together", Money { minor: least, ..money }),
                n => format!("of {n} of these neither a price in {} is known, nor that of anything like it", money.currency.code()),
            };
            return Err(bad(format!("{money} are not enough: {why}")));
        };
        let row = |n: u32| -> Result<_, Fault> {
            let rows = self.rows(std::iter::once((n, self.fit(n))))?;
            rows.into_iter().next().ok_or_else(|| bad("one of these is not in your snapshot".into()))
        };
        let mut basket = Basket { places: Vec::new(), total: Money { minor: 0, ..money }, before: Money { minor: 0, ..money } };
        for ((given, options), at) in items.iter().zip(&places).zip(picked) {
            let Some((taken, filling)) = options.get(at) else { continue };
            let own = self.price(*given).filter(|p| p.currency == money.currency);
            basket.total.minor += filling.minor;
            basket.before.minor = basket.before.minor.saturating_add(own.map_or(0, |p| p.minor));
            let gain = i16::from(filling.value) - i16::from(self.fit(*given).0.value);
            let extra = own.map(|p| filling.minor.saturating_sub(p.minor));
            basket.places.push(BasketPlace { given: row(*given)?, taken: row(*taken)?, gain, extra });
        }
        Ok(basket)
    }

    /// What 100 g or 100 ml of a product cost, and what is in a pack.
    fn unit_price(&self, number: u32) -> Result<(Option<UnitPrice>, Option<Quantity>), StoreError> {
        let Some(price) = self.price(number) else { return Ok((None, None)) };
        let quantity = self.store.subject(number)?.and_then(|d| Quantity::parse(&d.quantity));
        Ok((quantity.and_then(|q| q.price(price)), quantity))
    }

    /// How far the nearest shop is that has it, to ten metres.
    fn metres(&self, number: u32, from: Spot) -> Option<u32> {
        let c = self.catalogue;
        let stocked = c.listings(number).iter().filter(|l| l.stock > 0).filter_map(|l| c.retailers.get(usize::from(l.retailer)));
        let far = |to: Spot| {
            // A shop around the corner: the earth is flat there, and degrees of longitude are as short as where the person is.
            const METRES: f64 = 0.111_195;
            let east = f64::from(to.lon) - f64::from(from.lon);
            // The short way round.
            let east = if east.abs() > 180e6 { 360e6 - east.abs() } else { east } * (f64::from(from.lat) / 1e6).to_radians().cos();
            let north = f64::from(to.lat) - f64::from(from.lat);
            ((east.hypot(north) * METRES / 10.0).round() * 10.0) as u32
        };
        stocked.flat_map(|r| &r.places).map(|p| far(Spot { lat: p.lat, lon: p.lon })).min()
    }

    /// Options with all that they are weighed by, in the order of one criterion; what is not known of it stands last.
    fn weighed(
        &self,
        options: impl Iterator<Item = (u32, (Alignment, VerdictBand))>,
        near: Option<Spot>,
        by: Criterion,
    ) -> Result<Vec<Weighed>, StoreError> {
        let mut weighed = Vec::new();
        for row in self.rows(options)? {
            let number = row.number;
            let quantity = self.store.subject(number)?.map(|d| d.quantity).unwrap_or_default();
            let shops = self.shops(number);
            weighed.push(Weighed { unit: self.unit_price(number)?.0, metres: near.and_then(|spot| self.metres(number, spot)), quantity, shops, row });
        }
        match by {
            // As they came, in the order of every other list.
            Criterion::Fit => {}
            Criterion::Price => weighed.sort_by_key(|w| (w.unit.is_none(), w.unit)),
            Criterion::Distance => weighed.sort_by_key(|w| (w.metres.is_none(), w.metres)),
            Criterion::Known => weighed.sort_by_key(|w| std::cmp::Reverse(w.row.alignment.coverage)),
        }
        Ok(weighed)
    }

    /// Who has it in stock, those that fit best first.
    fn shops(&self, number: u32) -> Vec<ShopRow> {
        let c = self.catalogue;
        let mut shops: Vec<ShopRow> = Vec::new();
        for listing in c.listings(number).iter().filter(|l| l.stock > 0) {
            let Some(retailer) = c.retailers.get(usize::from(listing.retailer)) else { continue };
            let band = self.fit(retailer.subject).1;
            shops.push(ShopRow { number: retailer.subject, name: c.name(retailer.subject).to_owned(), band, price: listing.price });
        }
        shops.sort_by_key(|s| (s.band.place(), s.price.minor));
        shops
    }

    /// What could stand in a basket for this: itself, what fits better, and the cheapest of its kind; each with its price.
    fn fillings(&self, number: u32, currency: Currency) -> Vec<(u32, Filling)> {
        let c = self.catalogue;
        let filling = |n: u32| {
            let price = self.price(n).filter(|p| p.currency == currency && p.minor >= 0)?;
            Some((n, Filling { value: self.fit(n).0.value, minor: price.minor }))
        };
        let mut all: Vec<(u32, Filling)> =
            std::iter::once(number).chain(self.better(number, MANY_OPTIONS).into_iter().map(|(n, _)| n)).filter_map(filling).collect();
        let kind = c.category(number).map(|a| self.open_in(a)).unwrap_or_default();
        let mut cheap: Vec<(u32, Filling)> = kind.into_iter().filter(|n| self.fit(*n).1 != VerdictBand::CrossesLine).filter_map(filling).collect();
        cheap.sort_by_key(|(n, f)| (f.minor, *n));
        for (n, f) in cheap.into_iter().take(MOST_FILLINGS) {
            if all.iter().all(|(other, _)| *other != n) {
                all.push((n, f));
            }
        }
        all
    }
}
