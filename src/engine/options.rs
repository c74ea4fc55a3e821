//! Lists: ranking, better options, search, categories. Every number comes from the same functions as the card's.

use super::{
    catalogue::Catalogue,
    choose,
    fold::fold,
    service::{Engine, Fault},
    store::{Slot, Store, StoreError},
    wire::{Answer, CategoryRow, EngineError, OptionRow, RankKind},
};
use crate::{
    bot::{self, Alignment, Candidate, Standing, Target, Verdict, VerdictBand},
    measure::Money,
    statement::SubjectKind,
    values::Profile,
};
use std::collections::BTreeMap;

/// How many better options a scan brings.
pub(super) const FEW_OPTIONS: usize = 3;
/// How many a list of options holds.
const MANY_OPTIONS: usize = 20;
/// The most rows of any list.
const MAX_ROWS: u32 = 1_000;

/// What lists are made with.
pub(super) struct Lists<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) store: &'a Store,
    pub(super) profile: &'a Profile,
    /// Prices the person typed, by number.
    pub(super) typed: &'a BTreeMap<u32, Money>,
}

impl Engine {
    pub(super) fn rank(&self, kind: RankKind, category: Option<&str>, limit: u32) -> Result<Answer, Fault> {
        self.with_lists(|l| {
            let c = l.catalogue;
            let numbers: Vec<u32> = match (kind, category) {
                (RankKind::Product, Some(id)) => c.in_category(category_of(c, id)?),
                (RankKind::Product, None) => c.in_force(SubjectKind::Product).collect(),
                (RankKind::Project, _) => c.in_force(SubjectKind::Project).collect(),
                (RankKind::Organisation, _) => c.in_force(SubjectKind::Organisation).filter(|n| c.retailer_of(*n).is_none()).collect(),
                (RankKind::Retailer, _) => c.in_force(SubjectKind::Organisation).filter(|n| c.retailer_of(*n).is_some()).collect(),
            };
            Ok(l.first_rows(l.ranked(&numbers).into_iter(), limit.min(MAX_ROWS) as usize)?)
        })
    }

    pub(super) fn options(&self, subject: Option<u32>, category: Option<&str>) -> Result<Answer, Fault> {
        self.with_lists(|l| {
            let rows = match (subject, category) {
                (Some(number), _) => l.better(number, MANY_OPTIONS),
                (None, Some(id)) => l.better_in(category_of(l.catalogue, id)?, MANY_OPTIONS),
                (None, None) => return Err(EngineError::BadInput("say for which product or which category better options are wanted".into()).into()),
            };
            Ok(l.rows(rows.into_iter())?)
        })
    }

    pub(super) fn search(&self, text: &str, limit: u32) -> Result<Answer, Fault> {
        let folded = fold(&text.chars().take(200).collect::<String>());
        let words: Vec<String> = folded.split_whitespace().take(10).map(str::to_owned).collect();
        self.with_lists(|l| {
            if words.is_empty() {
                return Ok(Vec::new());
            }
            let found = l.store.search(&words, limit.min(MAX_ROWS))?;
            Ok(l.rows(found.into_iter().map(|n| (n, l.fit(n))))?)
        })
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

    fn with_lists(&self, make: impl FnOnce(&Lists<'_>) -> Result<Vec<OptionRow>, Fault>) -> Result<Answer, Fault> {
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let profile = store.profile()?.unwrap_or_default();
        let typed = typed(&store, &store.my_prices()?)?;
        make(&Lists { catalogue: &c, store: &store, profile: &profile, typed: &typed }).map(Answer::Options)
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

fn category_of(c: &Catalogue, id: &str) -> Result<u16, EngineError> {
    c.category_by_id(id).ok_or_else(|| EngineError::BadInput(format!("this snapshot has no category \"{id}\"; ask for the list of categories")))
}

impl Lists<'_> {
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

    fn standing(&self, number: u32, (alignment, band): (Alignment, VerdictBand)) -> Standing<'_> {
        Standing { band, alignment, price: self.price(number), name: self.catalogue.name(number) }
    }

    /// Best first.
    fn ranked(&self, numbers: &[u32]) -> Vec<(u32, (Alignment, VerdictBand))> {
        if numbers.iter().any(|n| self.catalogue.retailer_of(*n).is_some()) {
            let mut list: Vec<_> = numbers.iter().map(|n| (*n, self.fit(*n))).collect();
            list.sort_by(|a, b| self.standing(a.0, a.1).best_first(&self.standing(b.0, b.1)).then(a.0.cmp(&b.0)));
            return list;
        }
        let ranked = bot::rank(self.profile, &self.candidates(numbers));
        ranked.into_iter().filter_map(|r| Some((*numbers.get(r.position)?, (r.alignment, r.band)))).collect()
    }

    /// Better options than this subject.
    pub(super) fn better(&self, number: u32, limit: usize) -> Vec<(u32, (Alignment, VerdictBand))> {
        let c = self.catalogue;
        let Some(kind) = c.kind(number) else { return Vec::new() };
        if c.retailer_of(number).is_some() {
            let (alignment, band) = self.fit(number);
            let others: Vec<u32> = c.in_force(kind).filter(|n| *n != number && c.retailer_of(*n).is_some()).collect();
            let better = self.ranked(&others).into_iter().filter(|(n, fit)| self.standing(*n, *fit).is_better_than(band, alignment));
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
        self.options_in(&self.catalogue.in_category(area), Target::Category(category), limit)
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
            let near = c.in_category(area);
            if near.len() > FEW_OPTIONS {
                return near;
            }
        }
        c.in_force(kind).filter(|n| c.retailer_of(*n).is_none()).collect()
    }

    /// Rows as a screen lists them.
    pub(super) fn rows(&self, numbers: impl Iterator<Item = (u32, (Alignment, VerdictBand))>) -> Result<Vec<OptionRow>, StoreError> {
        self.first_rows(numbers, usize::MAX)
    }

    /// The first so many rows. What several ledgers know is listed once, as the one that a scan would believe says.
    fn first_rows(&self, numbers: impl Iterator<Item = (u32, (Alignment, VerdictBand))>, limit: usize) -> Result<Vec<OptionRow>, StoreError> {
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
