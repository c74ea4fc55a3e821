//! The snapshots in memory, as ranking wants them: a column per property, a subject per row, claims end to end.
//!
//! *In:* the tables of the ledgers' files. *Out:* subjects for the bot, candidates of a kind or category, names, prices, over all ledgers at
//! once. What is read only when a subject is shown or checked (digest, brand, quantity, …) stays in the tables.
//!
//! ```text
//! number on this device = place of the ledger ‖ passport number      Part of that place: actors, claim rows, first row
//!   └ row = first row + passport number ──> kind, status, claims, … (issuer and claims are positions in the part's own tables)
//! categories are one table: what two ledgers call by the same id is the same category, under the first one's name and parent
//! ```

mod ready;

use super::{
    search::Index,
    store::{Held, LedgerFile, Slot, Store, StoreError, SubjectDetail},
};
use crate::{
    bot,
    measure::{Millis, Money},
    pack::{Actor, Category, Listing, Retailer, SubjectForm, SubjectRow, parents_first},
    provenance::{ClaimDef, ClaimState},
    state::Since,
    statement::{PassportStatus, SubjectKind},
};
use std::{cell::OnceCell, collections::BTreeMap};

/// How many owners are followed upwards: more than any real chain, and an end to a circular one.
const MAX_OWNERS: usize = 8;

/// What is one ledger's own.
#[derive(Debug)]
pub struct Part {
    /// Its place on this device.
    pub slot: Slot,
    /// What the snapshot is.
    pub held: Held,
    /// Actors by position.
    pub actors: Vec<Actor>,
    /// Claim rows by position.
    pub defs: Vec<ClaimDef>,
    /// How many retailers it has.
    pub retailers: u32,
    /// When passports were issued.
    since: Vec<Since>,
    /// Its first row.
    first: usize,
    /// How many rows are its own.
    len: u32,
}

impl Part {
    /// How many passports it has; their numbers are below this.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// True when it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How old a passport's word was when the snapshot was made, in full months: the same on every device that has this snapshot.
    fn months(&self, passport: u32) -> u16 {
        let age = Since::of(&self.since, passport).map_or(0, |issued| self.held.time.0.saturating_sub(issued.0));
        u16::try_from((age / Millis::DAY).saturating_mul(12) / 365).unwrap_or(0)
    }

    fn rows(&self) -> std::ops::Range<usize> {
        self.first..self.first.saturating_add(self.len as usize)
    }
}

/// The snapshots in memory.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The ledgers that have a snapshot, by place.
    pub parts: Vec<Part>,
    /// Categories by position, of all ledgers.
    pub categories: Vec<Category>,
    /// Retailers by position, of all ledgers.
    pub retailers: Vec<Retailer>,
    /// Prices, by product, cheapest first.
    listings: Vec<Listing>,
    /// `None`: the ledger has this passport, but not in the market that is held.
    kind: Vec<Option<SubjectKind>>,
    form: Vec<SubjectForm>,
    status: Vec<PassportStatus>,
    fictional: Vec<bool>,
    issuer: Vec<u16>,
    /// Passport number within the same ledger.
    owner: Vec<Option<u32>>,
    category: Vec<Option<u16>>,
    /// Where each subject's claims end in `claims`.
    claims_end: Vec<u32>,
    claims: Vec<(u16, ClaimState)>,
    /// Where each subject's name ends in `names`.
    names_end: Vec<u32>,
    names: String,
    /// Retailer position by the number of its own passport.
    retailer_of: BTreeMap<u32, u16>,
    columns: OnceCell<bot::Columns>,
    index: OnceCell<Index>,
}

impl Catalogue {
    /// Loads the tables of every ledger.
    ///
    /// # Errors
    /// The store fails; the error says which file is at fault.
    pub fn load(store: &Store) -> Result<Self, StoreError> {
        let mut c = Self::default();
        for slot in store.slots() {
            c.add(slot, &store.ledger(slot)?.borrow()).map_err(|e| e.in_ledger(slot))?;
        }
        c.listings.sort_by_key(|l| (l.product, l.price.minor, l.retailer));
        Ok(c)
    }

    fn add(&mut self, slot: Slot, ledger: &LedgerFile) -> Result<(), StoreError> {
        let Some(held) = ledger.held()? else { return Ok(()) };
        let rows = ledger.rows()?;
        let categories = self.merge(&rows.categories);
        let before = self.retailers.len();
        // A position has sixteen bits: retailers beyond them, and their prices, are left out.
        let room = (usize::from(u16::MAX) + 1).saturating_sub(before);
        let position = |own: u16| u16::try_from(before + usize::from(own)).ok();
        let retailers = u32::try_from(rows.retailers.len()).unwrap_or(u32::MAX);
        for (r, own) in rows.retailers.into_iter().take(room).zip(0u16..) {
            let subject = slot.number(r.subject);
            self.retailer_of.extend(position(own).map(|at| (subject, at)));
            self.retailers.push(Retailer { subject, ..r });
        }
        let listed = |l: Listing| Some(Listing { retailer: position(l.retailer)?, product: slot.number(l.product), ..l });
        self.listings.extend(rows.listings.into_iter().filter_map(listed));
        let first = self.kind.len();
        ledger.each_subject(|number, row| {
            while self.kind.len() - first < number as usize {
                self.push(None, SubjectRow::elsewhere(), &categories);
            }
            self.push(Some(row.kind), row, &categories);
        })?;
        let len = u32::try_from(self.kind.len() - first).unwrap_or(u32::MAX);
        self.parts.push(Part { slot, held, actors: rows.actors, defs: rows.claims, retailers, since: rows.since, first, len });
        Ok(())
    }

    /// Where each of a ledger's categories stands among all; `None` where there is no room for more.
    fn merge(&mut self, own: &[Category]) -> Vec<Option<u16>> {
        let known: BTreeMap<String, u16> = self.categories.iter().zip(0u16..).map(|(c, at)| (c.id.clone(), at)).collect();
        let mut places = vec![None; own.len()];
        // Parents first, so that what is new hangs below what is there and never the other way round: no circle can come about.
        for at in parents_first(own).unwrap_or_default().into_iter().map(usize::from) {
            let Some(category) = own.get(at) else { continue };
            let parent = category.parent.and_then(|p| places.get(usize::from(p)).copied().flatten());
            let place = known.get(&category.id).copied().or_else(|| {
                let new = u16::try_from(self.categories.len()).ok()?;
                self.categories.push(Category { parent, ..category.clone() });
                Some(new)
            });
            if let Some(slot) = places.get_mut(at) {
                *slot = place;
            }
        }
        places
    }

    fn push(&mut self, kind: Option<SubjectKind>, row: SubjectRow, categories: &[Option<u16>]) {
        self.kind.push(kind);
        self.form.push(row.form);
        self.status.push(row.status);
        self.fictional.push(row.fictional);
        self.issuer.push(row.issuer);
        self.owner.push(row.owner);
        self.category.push(row.category.and_then(|c| categories.get(usize::from(c)).copied().flatten()));
        self.claims.extend(row.claims);
        self.claims_end.push(u32::try_from(self.claims.len()).unwrap_or(u32::MAX));
        self.names.push_str(&row.name);
        self.names_end.push(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
    }

    /// The snapshot in this place.
    #[must_use]
    pub fn part(&self, slot: Slot) -> Option<&Part> {
        self.parts.iter().find(|p| p.slot == slot)
    }

    /// The snapshot that has this number.
    #[must_use]
    pub fn part_of(&self, number: u32) -> Option<&Part> {
        self.part(Slot::of(number).0)
    }

    /// The row of a number that the market has.
    fn at(&self, number: u32) -> Option<usize> {
        let (slot, passport) = Slot::of(number);
        let part = self.part(slot).filter(|p| passport < p.len)?;
        part.first.checked_add(passport as usize).filter(|at| self.kind.get(*at).is_some_and(Option::is_some))
    }

    /// What a number's row has in a column.
    fn of<T: Copy>(&self, column: &[T], number: u32) -> Option<T> {
        column.get(self.at(number)?).copied()
    }

    /// What a subject is.
    #[must_use]
    pub fn kind(&self, number: u32) -> Option<SubjectKind> {
        self.of(&self.kind, number).flatten()
    }

    /// Whose word its passport is.
    #[must_use]
    pub fn form(&self, number: u32) -> Option<SubjectForm> {
        self.of(&self.form, number)
    }

    /// Its passport's status.
    #[must_use]
    pub fn status(&self, number: u32) -> Option<PassportStatus> {
        self.of(&self.status, number)
    }

    /// True when it is made up, for the sample.
    #[must_use]
    pub fn is_fictional(&self, number: u32) -> bool {
        self.of(&self.fictional, number).unwrap_or_default()
    }

    /// Who signed its passport.
    #[must_use]
    pub fn issuer(&self, number: u32) -> Option<&Actor> {
        self.part_of(number)?.actors.get(usize::from(self.of(&self.issuer, number)?))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self, number: u32) -> &str {
        self.at(number).and_then(|at| slice(&self.names_end, at)).and_then(|r| self.names.get(r)).unwrap_or_default()
    }

    /// Its most specific category.
    #[must_use]
    pub fn category(&self, number: u32) -> Option<u16> {
        self.of(&self.category, number).flatten()
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
        let claims = self.at(number).and_then(|at| slice(&self.claims_end, at)).and_then(|r| self.claims.get(r));
        let part = self.part_of(number);
        let months = part.map_or(0, |p| p.months(Slot::of(number).1));
        bot::Subject { claims: claims.unwrap_or_default(), defs: part.map_or(&[], |p| &p.defs), months }
    }

    /// The whole row as its ledger has it, but for its category, from its columns here and the rest of them.
    #[must_use]
    pub fn row(&self, number: u32, detail: SubjectDetail) -> Option<SubjectRow> {
        Some(SubjectRow {
            kind: self.kind(number)?,
            id: detail.id,
            digest: detail.digest,
            issuer: self.of(&self.issuer, number)?,
            form: self.form(number)?,
            status: self.status(number)?,
            successor: detail.successor.map(|s| Slot::of(s).1),
            valid_until: detail.valid_until,
            name: self.name(number).to_owned(),
            brand: detail.brand,
            owner: self.of(&self.owner, number)?,
            category: self.category(number),
            quantity: detail.quantity,
            claims: self.subject(number).claims.to_vec(),
            fictional: self.is_fictional(number),
        })
    }

    /// Who owns it, nearest first, up to the top parent.
    pub fn owner_numbers(&self, number: u32) -> impl Iterator<Item = u32> {
        let slot = Slot::of(number).0;
        let up = move |n: u32| self.of(&self.owner, n).flatten().map(|owner| slot.number(owner));
        std::iter::successors(up(number), move |n| up(*n)).take(MAX_OWNERS)
    }

    /// Names of who owns it, nearest first, up to the top parent.
    #[must_use]
    pub fn owners(&self, number: u32) -> Vec<String> {
        self.owner_numbers(number).map(|n| self.name(n).to_owned()).collect()
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
        self.parts.iter().flat_map(move |part| {
            let (kinds, statuses) = (self.kind.get(part.rows()).unwrap_or_default(), self.status.get(part.rows()).unwrap_or_default());
            let rows = (0u32..).zip(kinds.iter().zip(statuses));
            rows.filter(move |(_, (k, s))| **k == Some(kind) && **s == PassportStatus::Valid).map(|(n, _)| part.slot.number(n))
        })
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

    /// How many subjects of a kind a ledger has.
    #[must_use]
    pub fn count(&self, part: &Part, kind: SubjectKind) -> u32 {
        let kinds = self.kind.get(part.rows()).unwrap_or_default();
        u32::try_from(kinds.iter().filter(|k| **k == Some(kind)).count()).unwrap_or(u32::MAX)
    }

    /// Which categories are this one or lie below it.
    pub(super) fn below(&self, category: u16) -> Vec<bool> {
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

fn slice(ends: &[u32], row: usize) -> Option<std::ops::Range<usize>> {
    let to = *ends.get(row)? as usize;
    let from = match row.checked_sub(1) {
        Some(before) => *ends.get(before)? as usize,
        None => 0,
    };
    Some(from..to)
}
