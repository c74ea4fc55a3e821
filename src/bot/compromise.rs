//! Giving way: what nothing else beats at once in fit, price, way and in how well it is known; and the best basket for some money.

use super::quantity::UnitPrice;

/// What one alternative offers. What is not known of it is worth less than anything that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The fit, -100..=100.
    pub value: i8,
    /// How much is known, 0..=100.
    pub coverage: u8,
    /// What 100 g or ml of it cost. Prices of different kinds are not compared: neither beats the other.
    pub price: Option<UnitPrice>,
    /// How far the nearest shop is that has it.
    pub metres: Option<u32>,
}

impl Offer {
    /// No worse in anything, and better in something.
    #[must_use]
    pub fn beats(&self, other: &Self) -> bool {
        let no_dearer = match (self.price, other.price) {
            (Some(a), Some(b)) => (a.content, a.currency) == (b.content, b.currency) && a.thousandths <= b.thousandths,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        let no_further = match (self.metres, other.metres) {
            (Some(a), Some(b)) => a <= b,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        self.value >= other.value && self.coverage >= other.coverage && no_dearer && no_further && self != other
    }
}

/// Positions of the offers that none beats (the Pareto front), by falling value; of equal ones all are there.
///
/// ```
/// use ecosphere::bot::{Offer, front};
///
/// let offer = |value, coverage| Offer { value, coverage, price: None, metres: None };
/// assert_eq!(front(&[offer(40, 10), offer(60, 5), offer(30, 9)]), [1, 0]);
/// ```
#[must_use]
pub fn front(offers: &[Offer]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..offers.len()).collect();
    // Whoever beats another stands before it: each need only be held against those that are in already.
    order.sort_by_key(|i| {
        let Offer { value, coverage, price, metres } = offers[*i];
        (-i16::from(value), u8::MAX - coverage, price.is_none(), price.map(|p| p.thousandths), metres.is_none(), metres)
    });
    // Those that beat the most are tried first.
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        match kept.iter().position(|k| offers[*k].beats(&offers[i])) {
            Some(at) => kept.swap(at, at / 2),
            None => kept.push(i),
        }
    }
    kept.sort_by_key(|i| (-i16::from(offers[*i].value), *i));
    kept
}

/// One way to fill a place of a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filling {
    /// The fit, -100..=100.
    pub value: i8,
    /// The price in minor units.
    pub minor: i64,
}

/// The most that a basket may cost, in minor units, to be filled at best.
pub const MOST_BASKET: i64 = 100_000;

/// Which filling each place of a basket gets, so that the fits together are the greatest that the money buys, and of such the cheapest; `None` when not
/// even the cheapest fillings can be paid, or a place has none, or the basket is beyond [`MOST_BASKET`].
///
/// ```
/// use ecosphere::bot::{Filling, fill};
///
/// let (plain, good) = (Filling { value: -10, minor: 100 }, Filling { value: 50, minor: 250 });
/// assert_eq!(fill(&[vec![plain, good], vec![plain]], 350), Some(vec![1, 0]));
/// assert_eq!(fill(&[vec![plain], vec![plain]], 199), None);
/// ```
#[must_use]
pub fn fill(places: &[Vec<Filling>], money: i64) -> Option<Vec<usize>> {
    let width = usize::try_from(money).ok().filter(|_| money <= MOST_BASKET)? + 1;
    // best[m]: the greatest sum that exactly m buys, so far.
    let mut best: Vec<Option<i32>> = vec![None; width];
    best[0] = Some(0);
    let mut picked: Vec<Vec<u16>> = Vec::with_capacity(places.len());
    for place in places {
        let mut next: Vec<Option<i32>> = vec![None; width];
        let mut by = vec![u16::MAX; width];
        for (option, filling) in (0..u16::MAX).zip(place) {
            let Some(cost) = usize::try_from(filling.minor).ok().filter(|cost| *cost < width) else { continue };
            for spent in cost..width {
                let sum = best[spent - cost].map(|sum| sum + i32::from(filling.value));
                if sum > next[spent] {
                    (next[spent], by[spent]) = (sum, option);
                }
            }
        }
        best = next;
        picked.push(by);
    }
    let (mut spent, _) = best.iter().enumerate().filter(|(_, sum)| sum.is_some()).max_by_key(|(spent, sum)| (**sum, std::cmp::Reverse(*spent)))?;
    let mut fillings = vec![0; places.len()];
    for (at, (place, by)) in places.iter().zip(&picked).enumerate().rev() {
        let option = usize::from(by[spent]);
        fillings[at] = option;
        spent = spent.checked_sub(usize::try_from(place.get(option)?.minor).ok()?)?;
    }
    Some(fillings)
}

#[cfg(test)]
mod tests {
    use super::{super::quantity::Content, *};
    use crate::measure::Currency;
    use proptest::{collection::vec, option, prelude::*};

    fn any_offer() -> impl Strategy<Value = Offer> {
        let price = option::of((any::<bool>(), 0..6_i64));
        (-3..3_i8, 0..4_u8, price, option::of(0..4_u32)).prop_map(|(value, coverage, price, metres)| {
            let content = |gram| if gram { Content::Gram } else { Content::Millilitre };
            let price = price.map(|(gram, thousandths)| UnitPrice { content: content(gram), currency: Currency::EUR, thousandths });
            Offer { value, coverage, price, metres }
        })
    }

    proptest! {
        #[test]
        fn the_front_is_all_that_none_beats(offers in vec(any_offer(), 0..60)) {
            let mut kept = front(&offers);
            prop_assert!(kept.is_sorted_by_key(|i| -i16::from(offers[*i].value)));
            kept.sort_unstable();
            let unbeaten: Vec<usize> = (0..offers.len()).filter(|i| !offers.iter().any(|o| o.beats(&offers[*i]))).collect();
            prop_assert_eq!(kept, unbeaten);
        }

        #[test]
        fn a_basket_is_the_best_that_the_money_buys(places in vec(vec((-9..9_i8, 0..9_i64), 1..4), 0..5), money in 0..30_i64) {
            let places: Vec<Vec<Filling>> = places.into_iter().map(|p| p.into_iter().map(|(value, minor)| Filling { value, minor }).collect()).collect();
            // Every way to fill it.
            let mut ways = vec![(0_i64, 0_i32)];
            for place in &places {
                ways = ways.iter().flat_map(|(m, v)| place.iter().map(move |f| (m + f.minor, v + i32::from(f.value)))).collect();
            }
            let best = ways.into_iter().filter(|(m, _)| *m <= money).map(|(m, v)| (v, -m)).max();
            let filled = fill(&places, money).map(|picked| {
                let each = || places.iter().zip(&picked).map(|(p, i)| p[*i]);
                (each().map(|f| i32::from(f.value)).sum::<i32>(), -each().map(|f| f.minor).sum::<i64>())
            });
            prop_assert_eq!(filled, best);
        }
    }

    #[test]
    fn prices_that_are_none_and_baskets_beyond_measure_are_refused() {
        let filling = |minor| vec![Filling { value: 1, minor }];
        for (place, money) in [(filling(i64::MAX), 100), (filling(-5), 100), (filling(1), i64::MAX), (filling(1), -1), (vec![], 5)] {
            assert_eq!(fill(&[place], money), None);
        }
    }

    #[test]
    fn a_million_alternatives_are_narrowed_down_soon() {
        let mut seed = 1_u64;
        let mut any = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let offers: Vec<Offer> = (0..1_000_000)
            .map(|_| Offer {
                value: any(201) as i8,
                coverage: any(101) as u8,
                price: Some(UnitPrice { content: Content::Gram, currency: Currency::EUR, thousandths: any(1_000_000) as i64 }),
                metres: Some(any(100_000) as u32),
            })
            .collect();
        let kept = front(&offers);
        assert!((1..5_000).contains(&kept.len()), "{}", kept.len());
    }
}
