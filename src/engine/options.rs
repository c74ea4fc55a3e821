//! Lists: ranking, better options, search, categories. Every number comes from the same functions as the card's.

use super::{
    calls::Calls,
    catalogue::Catalogue,
    choose,
    service::{Engine, Fault},
    store::{Slot, Store, StoreError},
    wire::{Answer, CategoryRow, EngineError, OptionRow, RankKind},
};
use crate::{
    bot::{self, Alignment, Candidate, Standing, Target, Terms, Verdict, VerdictBand},
    measure::Money,
    statement::SubjectKind,
    values::Profile,
};
use std::collections::BTreeMap;

/// How many better options a scan brings.
pub(super) const FEW_OPTIONS: usize = 3;
/// How many a list of options holds.
pub(super) const MANY_OPTIONS: usize = 20;
/// The most rows of any list.
pub(super) const MAX_ROWS: u32 = 1_000;

/// What lists are made with.
pub(super) struct Lists<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) store: &'a Store,
    pub(super) profile: &'a Profile,
    /// Prices the person typed, by number.
    pub(super) typed: &'a BTreeMap<u32, Money>,
    /// What the person never wants to be offered, and what is called for.
    pub(super) calls: &'a Calls,
}

impl Engine {
    pub(super) fn rank(&self, kind: RankKind, category: Option<&str>, limit: u32) -> Result<Answer, Fault> {
        let limit = limit.min(MAX_ROWS) as usize;
        let rows = self.with_lists(|l| {
            let c = l.catalogue;
            let kind = match kind {
                RankKind::Product => SubjectKind::Product,
                RankKind::Project => SubjectKind::Project,
                RankKind::Organisation => SubjectKind::Organisation,
                RankKind::Retailer => {
                    let retailers: Vec<u32> =
                        c.in_force(SubjectKind::Organisation).filter(|n| c.retailer_of(*n).is_some() && !l.is_blocked(*n)).collect();
                    return Ok(l.first_rows(l.ranked_retailers(&retailers).into_iter(), limit)?);
                }
            };
            let inside = category.filter(|_| kind == SubjectKind::Product).map(|id| category_of(c, id)).transpose()?.map(|own| c.below(own));
            let wanted = |row| c.is_in_force(row, kind, inside.as_deref()) && !l.is_retailer(row);
            Ok(l.best_rows(limit, &wanted)?)
        });
        rows.map(Answer::Options)
    }

    pub(super) fn options(&self, subject: Option<u32>, category: Option<&str>) -> Result<Answer, Fault> {
        let rows = self.with_lists(|l| {
            let rows = match (subject, category) {
                (Some(number), _) => l.better(number, MANY_OPTIONS),
                (None, Some(id)) => l.better_in(category_of(l.catalogue, id)?, MANY_OPTIONS),
                (None, None) => return Err(EngineError::BadInput("say for which product or which category better options are wanted".into()).into()),
            };
            Ok(l.rows(rows.into_iter())?)
        });
        rows.map(Answer::Options)
    }

    pub(super) fn search(&self, text: &str, limit: u32) -> Result<Answer, Fault> {
        let rows = self.with_lists(|l| {
            let c = l.catalogue;
            let found = c.find(l.store, text)?;
            let first = c.index(l.store)?.first(&found, limit.min(MAX_ROWS) as usize, &|_| true);
            let numbers = first.into_iter().filter_map(|row| c.number(row as usize));
            Ok(l.rows(numbers.map(|n| (n, l.fit(n))))?)
        });
        rows.map(Answer::Options)
    }

    pub(super) fn categories(&self) -> Vec<CategoryRow> {
        let c = self.catalogue.borrow();
        let mut rows: Vec<CategoryRow> = c
            .categories
            .iter()
            .zip(c.product_counts())
            .filter(|(_, products)| *products > 0)
            .map(|(row, products)| CategoryRow { id: row.id.clone(), name: row.name.clone(), products })
            .collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        rows
    }

    /// Makes something of what the device holds, on the person's terms.
    pub(super) fn with_lists<T>(&self, make: impl FnOnce(&Lists<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let calls = self.calls()?;
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let profile = store.judging()?;
        let typed = typed(&store, &store.my_prices()?)?;
        make(&Lists { catalogue: &c, store: &store, profile: &profile, typed: &typed, calls: &calls })
    }
}

/// The prices the person typed, by number; of subjects that no snapshot knows there is nothing to list.
pub(super) fn typed(store: &Store, prices: &BTreeMap<String, Money>) -> Result<BTreeMap<u32, Money>, StoreError> {
    let mut out = BTreeMap::new();
    for (id, price) in prices {
        out.extend(store.numbers_by_id(id)?.into_iter().map(|number| (number, *price)));
    }
    Ok(out)
}

pub(super) fn category_of(c: &Catalogue, id: &str) -> Result<u16, EngineError> {
    c.category_by_id(id).ok_or_else(|| EngineError::BadInput(format!("this snapshot has no category \"{id}\"; ask for the list of categories")))
}

impl Lists<'_> {
    /// Whether it, or who owns it, is never to be offered.
    pub(super) fn is_blocked(&self, number: u32) -> bool {
        self.calls.blocks(self.catalogue, number)
    }

    /// The verdict on a subject, the same on every surface.
    pub(super) fn verdict(&self, number: u32) -> Verdict {
        let c = self.catalogue;
        match c.retailer_of(number) {
            Some(retailer) => bot::retailer_fit(self.profile, &c.subject(number), c.assortment(retailer).map(|n| c.subject(n))),
            None => bot::assess(self.profile, &c.subject(number)),
        }
    }

    /// Its numbers alone.
    pub(super) fn fit(&self, number: u32) -> (Alignment, VerdictBand) {
        match self.catalogue.retailer_of(number) {
            Some(_) => {
                let v = self.verdict(number);
                (v.alignment, v.band)
            }
            None => bot::alignment(self.profile, &self.catalogue.subject(number)),
        }
    }

    /// The price that counts: the one the person saw, else the cheapest that is listed.
    pub(super) fn price(&self, number: u32) -> Option<Money> {
        self.typed.get(&number).copied().or_else(|| self.catalogue.cheapest(number).map(|(price, _)| price))
    }

    fn candidate(&self, number: u32) -> Candidate<'_> {
        let c = self.catalogue;
        Candidate { subject: c.subject(number), category: c.category(number), price: self.price(number), name: c.name(number) }
    }

    fn candidates(&self, numbers: &[u32]) -> Vec<Candidate<'_>> {
        numbers.iter().map(|n| self.candidate(*n)).collect()
    }

    pub(super) fn standing(&self, number: u32, (alignment, band): (Alignment, VerdictBand)) -> Standing<'_> {
        Standing { band, alignment, price: self.price(number), name: self.catalogue.name(number) }
    }

    /// Retailers, best first.
    pub(super) fn ranked_retailers(&self, numbers: &[u32]) -> Vec<(u32, (Alignment, VerdictBand))> {
        let mut list: Vec<_> = numbers.iter().map(|n| (*n, self.fit(*n))).collect();
        list.sort_by(|a, b| self.standing(a.0, a.1).best_first(&self.standing(b.0, b.1)).then(a.0.cmp(&b.0)));
        list
    }

    pub(super) fn is_retailer(&self, row: usize) -> bool {
        self.catalogue.number(row).is_some_and(|n| self.catalogue.retailer_of(n).is_some())
    }

    /// The best rows among those that are wanted, none of them a retailer's; best first.
    pub(super) fn best(&self, limit: usize, wanted: &dyn Fn(usize) -> bool) -> Vec<(u32, (Alignment, VerdictBand))> {
        let c = self.catalogue;
        let standing = |row| self.standing(c.number(row).unwrap_or(u32::MAX), (Alignment::default(), VerdictBand::Mixed));
        let tie = |a, b| standing(a).best_first(&standing(b));
        let open = |row| wanted(row) && c.number(row).is_none_or(|n| !self.is_blocked(n));
        let wanted = if self.calls.block_nothing() { wanted } else { &open };
        let best = c.columns().best(&Terms::of(self.profile), limit, wanted, &tie);
        best.into_iter().filter_map(|r| Some((c.number(r.position)?, (r.alignment, r.band)))).collect()
    }

    /// The same as a screen lists them.
    pub(super) fn best_rows(&self, limit: usize, wanted: &dyn Fn(usize) -> bool) -> Result<Vec<OptionRow>, StoreError> {
        let mut asked = limit;
        loop {
            let best = self.best(asked, wanted);
            let all = best.len() < asked;
            let rows = self.first_rows(best.into_iter(), limit)?;
            // What another ledger knows as well is listed once, so that the best may be too few.
            if all || rows.len() >= limit {
                return Ok(rows);
            }
            asked = asked.saturating_mul(4);
        }
    }

    /// Better options than this subject.
    pub(super) fn better(&self, number: u32, limit: usize) -> Vec<(u32, (Alignment, VerdictBand))> {
        let c = self.catalogue;
        let Some(kind) = c.kind(number) else { return Vec::new() };
        if c.retailer_of(number).is_some() {
            let (alignment, band) = self.fit(number);
            let others: Vec<u32> = c.in_force(kind).filter(|n| *n != number && c.retailer_of(*n).is_some() && !self.is_blocked(*n)).collect();
            let better = self.ranked_retailers(&others).into_iter().filter(|(n, fit)| self.standing(*n, *fit).is_better_than(band, alignment));
            return better.take(limit).collect();
        }
        let mut pool = self.pool(number, kind);
        // The subject itself may not be in force any more; what replaces it is asked for all the same.
        let own = pool.iter().position(|n| *n == number).unwrap_or_else(|| {
            pool.push(number);
            pool.len() - 1
        });
        self.options_in(&pool, Target::Subject(own), limit)
    }

    /// Better options in a category, for a product that is not known.
    pub(super) fn better_in(&self, category: u16, limit: usize) -> Vec<(u32, (Alignment, VerdictBand))> {
        let area = self.catalogue.category_row(category).and_then(|c| c.parent).unwrap_or(category);
        self.options_in(&self.open_in(area), Target::Category(category), limit)
    }

    /// Products in force in a category or below it that may be offered.
    pub(super) fn open_in(&self, category: u16) -> Vec<u32> {
        let mut all = self.catalogue.in_category(category);
        all.retain(|n| !self.is_blocked(*n));
        all
    }

    fn options_in(&self, pool: &[u32], target: Target, limit: usize) -> Vec<(u32, (Alignment, VerdictBand))> {
        let parent = |category: u16| self.catalogue.category_row(category).and_then(|c| c.parent);
        let found = bot::better_options(self.profile, &self.candidates(pool), target, &parent, limit);
        found.into_iter().filter_map(|o| Some((*pool.get(o.ranked.position)?, (o.ranked.alignment, o.ranked.band)))).collect()
    }

    /// Where options are looked for: the category above, and the whole market only where that holds too little to choose from.
    fn pool(&self, number: u32, kind: SubjectKind) -> Vec<u32> {
        let c = self.catalogue;
        let area = c.category(number).map(|own| c.category_row(own).and_then(|row| row.parent).unwrap_or(own));
        if let Some(area) = area.filter(|_| kind == SubjectKind::Product) {
            let near = self.open_in(area);
            if near.len() > FEW_OPTIONS {
                return near;
            }
        }
        c.in_force(kind).filter(|n| c.retailer_of(*n).is_none() && !self.is_blocked(*n)).collect()
    }

    /// Rows as a screen lists them.
    pub(super) fn rows(&self, numbers: impl Iterator<Item = (u32, (Alignment, VerdictBand))>) -> Result<Vec<OptionRow>, StoreError> {
        self.first_rows(numbers, usize::MAX)
    }

    /// The first so many rows. What several ledgers know is listed once, as the one that a scan would believe says.
    pub(super) fn first_rows(
        &self,
        numbers: impl Iterator<Item = (u32, (Alignment, VerdictBand))>,
        limit: usize,
    ) -> Result<Vec<OptionRow>, StoreError> {
        let several = self.catalogue.parts.len() > 1;
        let mut rows = Vec::new();
        for (number, fit) in numbers {
            if rows.len() == limit {
                break;
            }
            let Some(row) = self.row(number, fit)? else { continue };
            let elsewhere = if several { choose::best_by_id(self.catalogue, self.store, &row.id)? } else { None };
            if elsewhere.is_none_or(|best| Slot::of(best).0 == Slot::of(number).0) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    fn row(&self, number: u32, (alignment, band): (Alignment, VerdictBand)) -> Result<Option<OptionRow>, StoreError> {
        let c = self.catalogue;
        let (Some(kind), Some(detail)) = (c.kind(number), self.store.subject(number)?) else { return Ok(None) };
        let listed = c.cheapest(number);
        let (price, at) = match self.typed.get(&number) {
            Some(price) => (Some(*price), None),
            None => (listed.map(|l| l.0), listed.map(|l| l.1.to_owned())),
        };
        Ok(Some(OptionRow {
            number,
            kind,
            id: detail.id,
            name: c.name(number).to_owned(),
            brand: detail.brand,
            category: c.category(number).and_then(|p| c.category_row(p)).map(|c| c.name.clone()).unwrap_or_default(),
            band,
            alignment,
            why: self.verdict(number).reasons.into_iter().next().map(|r| r.text).unwrap_or_default(),
            price,
            at,
            fictional: c.is_fictional(number),
            ledger: c.part_of(number).map(|p| p.held.origin.clone()).unwrap_or_default(),
        }))
    }
}
