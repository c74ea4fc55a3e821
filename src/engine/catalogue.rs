//! The snapshot in memory, as ranking wants it: a column per property, a subject per row, claims end to end.
//!
//! *In:* the tables of `ledger.db`. *Out:* subjects for the bot, candidates of a kind or category, names, prices. What is read only when a
//! subject is shown or checked (digest, brand, quantity, …) stays in the tables.

use super::store::{Held, Store, StoreError, SubjectDetail};
use crate::{
    bot,
    measure::Money,
    pack::{Actor, Category, Listing, Retailer, SubjectForm, SubjectRow, parents_first},
    provenance::{ClaimDef, ClaimState},
    statement::{PassportStatus, SubjectKind},
};
use std::collections::BTreeMap;

/// How many owners are followed upwards: more than any real chain, and an end to a circular one.
const MAX_OWNERS: usize = 8;

/// The snapshot in memory.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// What it is; `None` before the first sync.
    pub held: Option<Held>,
    /// Actors by position.
    pub actors: Vec<Actor>,
    /// Categories by position.
    pub categories: Vec<Category>,
    /// Claim rows by position.
    pub defs: Vec<ClaimDef>,
    /// Retailers by position.
    pub retailers: Vec<Retailer>,
    /// Prices, by product, cheapest first.
    listings: Vec<Listing>,
    kind: Vec<SubjectKind>,
    form: Vec<SubjectForm>,
    status: Vec<PassportStatus>,
    fictional: Vec<bool>,
    issuer: Vec<u16>,
    owner: Vec<Option<u32>>,
    category: Vec<Option<u16>>,
    /// Where each subject's claims end in `claims`.
    claims_end: Vec<u32>,
    claims: Vec<(u16, ClaimState)>,
    /// Where each subject's name ends in `names`.
    names_end: Vec<u32>,
    names: String,
    /// Retailer position by the passport number of its own passport.
    retailer_of: BTreeMap<u32, u16>,
}

impl Catalogue {
    /// Loads the tables.
    ///
    /// # Errors
    /// The store fails.
    pub fn load(store: &Store) -> Result<Self, StoreError> {
        let Some(held) = store.held()? else { return Ok(Self::default()) };
        let rows = store.rows()?;
        let mut c = Self {
            held: Some(held),
            actors: rows.actors,
            categories: rows.categories,
            defs: rows.claims,
            retailers: rows.retailers,
            listings: rows.listings,
            ..Self::default()
        };
        c.retailer_of = c.retailers.iter().zip(0u16..).map(|(r, i)| (r.subject, i)).collect();
        store.each_subject(|_, row| c.push(row))?;
        Ok(c)
    }

    fn push(&mut self, row: SubjectRow) {
        self.kind.push(row.kind);
        self.form.push(row.form);
        self.status.push(row.status);
        self.fictional.push(row.fictional);
        self.issuer.push(row.issuer);
        self.owner.push(row.owner);
        self.category.push(row.category);
        self.claims.extend(row.claims);
        self.claims_end.push(u32::try_from(self.claims.len()).unwrap_or(u32::MAX));
        self.names.push_str(&row.name);
        self.names_end.push(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
    }

    /// How many subjects there are; passport numbers are 0..len.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.kind.len()).unwrap_or(u32::MAX)
    }

    /// True before the first sync.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kind.is_empty()
    }

    /// What a subject is.
    #[must_use]
    pub fn kind(&self, number: u32) -> Option<SubjectKind> {
        self.kind.get(number as usize).copied()
    }

    /// Whose word its passport is.
    #[must_use]
    pub fn form(&self, number: u32) -> Option<SubjectForm> {
        self.form.get(number as usize).copied()
    }

    /// Its passport's status.
    #[must_use]
    pub fn status(&self, number: u32) -> Option<PassportStatus> {
        self.status.get(number as usize).copied()
    }

    /// True when it is made up, for the sample.
    #[must_use]
    pub fn is_fictional(&self, number: u32) -> bool {
        self.fictional.get(number as usize).copied().unwrap_or_default()
    }

    /// Who signed its passport.
    #[must_use]
    pub fn issuer(&self, number: u32) -> Option<&Actor> {
        self.issuer.get(number as usize).and_then(|i| self.actors.get(usize::from(*i)))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self, number: u32) -> &str {
        slice(&self.names_end, number).and_then(|r| self.names.get(r)).unwrap_or_default()
    }

    /// Its most specific category.
    #[must_use]
    pub fn category(&self, number: u32) -> Option<u16> {
        self.category.get(number as usize).copied().flatten()
    }

    /// A category by position.
    #[must_use]
    pub fn category_row(&self, position: u16) -> Option<&Category> {
        self.categories.get(usize::from(position))
    }

    /// A category's position by its id.
    #[must_use]
    pub fn category_by_id(&self, id: &str) -> Option<u16> {
        self.categories.iter().zip(0u16..).find(|(c, _)| c.id == id).map(|(_, i)| i)
    }

    /// The subject as the bot sees it: its claims and what they mean.
    #[must_use]
    pub fn subject(&self, number: u32) -> bot::Subject<'_> {
        bot::Subject { claims: slice(&self.claims_end, number).and_then(|r| self.claims.get(r)).unwrap_or_default(), defs: &self.defs }
    }

    /// The whole row, from its columns here and the rest of them.
    #[must_use]
    pub fn row(&self, number: u32, detail: SubjectDetail) -> Option<SubjectRow> {
        let at = number as usize;
        Some(SubjectRow {
            kind: self.kind(number)?,
            id: detail.id,
            digest: detail.digest,
            issuer: *self.issuer.get(at)?,
            form: self.form(number)?,
            status: self.status(number)?,
            successor: detail.successor,
            valid_until: detail.valid_until,
            name: self.name(number).to_owned(),
            brand: detail.brand,
            owner: *self.owner.get(at)?,
            category: self.category(number),
            quantity: detail.quantity,
            claims: self.subject(number).claims.to_vec(),
            fictional: self.is_fictional(number),
        })
    }

    /// Names of who owns it, nearest first, up to the top parent.
    #[must_use]
    pub fn owners(&self, number: u32) -> Vec<String> {
        let up = |n: u32| self.owner.get(n as usize).copied().flatten();
        std::iter::successors(up(number), |n| up(*n)).take(MAX_OWNERS).map(|n| self.name(n).to_owned()).collect()
    }

    /// Prices of a product, cheapest first.
    #[must_use]
    pub fn listings(&self, product: u32) -> &[Listing] {
        let from = self.listings.partition_point(|l| l.product < product);
        let to = self.listings.partition_point(|l| l.product <= product);
        self.listings.get(from..to).unwrap_or_default()
    }

    /// The cheapest price of a product that is in stock, and who asks it.
    #[must_use]
    pub fn cheapest(&self, product: u32) -> Option<(Money, &str)> {
        self.listings(product).iter().find(|l| l.stock > 0).map(|l| (l.price, self.retailer_name(l.retailer)))
    }

    /// A retailer's name by its position.
    #[must_use]
    pub fn retailer_name(&self, position: u16) -> &str {
        self.retailers.get(usize::from(position)).map_or("", |r| self.name(r.subject))
    }

    /// The retailer whose own passport this is.
    #[must_use]
    pub fn retailer_of(&self, number: u32) -> Option<u16> {
        self.retailer_of.get(&number).copied()
    }

    /// Products that a retailer lists.
    pub fn assortment(&self, retailer: u16) -> impl Iterator<Item = u32> {
        self.listings.iter().filter(move |l| l.retailer == retailer).map(|l| l.product)
    }

    /// Subjects of a kind whose passport is in force.
    pub fn in_force(&self, kind: SubjectKind) -> impl Iterator<Item = u32> {
        (0u32..).zip(self.kind.iter().zip(&self.status)).filter(move |(_, (k, s))| **k == kind && **s == PassportStatus::Valid).map(|(n, _)| n)
    }

    /// Products in force in a category or below it.
    #[must_use]
    pub fn in_category(&self, category: u16) -> Vec<u32> {
        let inside = self.below(category);
        self.in_force(SubjectKind::Product)
            .filter(|n| self.category(*n).is_some_and(|c| inside.get(usize::from(c)).copied().unwrap_or_default()))
            .collect()
    }

    /// How many products in force each category has, in it or below it.
    #[must_use]
    pub fn product_counts(&self) -> Vec<u32> {
        let mut counts = vec![0u32; self.categories.len()];
        for n in self.in_force(SubjectKind::Product) {
            if let Some(slot) = self.category(n).and_then(|c| counts.get_mut(usize::from(c))) {
                *slot += 1;
            }
        }
        // From the narrowest to the widest: each child is added to its parent once it is complete.
        for i in parents_first(&self.categories).unwrap_or_default().into_iter().rev().map(usize::from) {
            let (Some(parent), Some(own)) = (self.categories.get(i).and_then(|c| c.parent), counts.get(i).copied()) else { continue };
            if let Some(slot) = counts.get_mut(usize::from(parent)) {
                *slot += own;
            }
        }
        counts
    }

    /// How many subjects of a kind there are.
    #[must_use]
    pub fn count(&self, kind: SubjectKind) -> u32 {
        u32::try_from(self.kind.iter().filter(|k| **k == kind).count()).unwrap_or(u32::MAX)
    }

    /// Which categories are this one or lie below it.
    fn below(&self, category: u16) -> Vec<bool> {
        let mut inside = vec![false; self.categories.len()];
        for i in parents_first(&self.categories).unwrap_or_default().into_iter().map(usize::from) {
            let parent = self.categories.get(i).and_then(|c| c.parent);
            let yes = i == usize::from(category) || parent.is_some_and(|p| inside.get(usize::from(p)).copied().unwrap_or_default());
            if let Some(slot) = inside.get_mut(i) {
                *slot = yes;
            }
        }
        inside
    }
}

fn slice(ends: &[u32], number: u32) -> Option<std::ops::Range<usize>> {
    let number = number as usize;
    let to = *ends.get(number)? as usize;
    let from = match number.checked_sub(1) {
        Some(before) => *ends.get(before)? as usize,
        None => 0,
    };
    Some(from..to)
}
