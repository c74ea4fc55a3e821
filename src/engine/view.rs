//! The snapshot as a passport check sees it, and a subject as a screen shows it.

use super::{
    catalogue::{Catalogue, Part},
    dossier::Verified,
    store::{Held, LedgerFile, Slot, Store, StoreError},
    wire::{PriceRow, SubjectView},
};
use crate::{
    measure::{Millis, Money},
    pack::{Actor, ActorKey},
    passport::{KnownActor, KnownPassport, SnapshotView},
    statement::SubjectKind,
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// One ledger's snapshot as a passport check sees it. A check cannot fail, so a fault of the store is kept here and looked at afterwards.
pub(super) struct View<'a> {
    catalogue: &'a Catalogue,
    slot: Slot,
    part: Option<&'a Part>,
    ledger: Rc<RefCell<LedgerFile>>,
    fault: RefCell<Option<StoreError>>,
}

impl<'a> View<'a> {
    /// The ledger in this place.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn new(catalogue: &'a Catalogue, store: &Store, slot: Slot) -> Result<Self, StoreError> {
        Ok(Self { catalogue, slot, part: catalogue.part(slot), ledger: store.ledger(slot)?, fault: RefCell::new(None) })
    }

    /// The fault that came up since, if any.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// What it is a view of, if there is a snapshot.
    pub(super) fn held(&self) -> Option<&'a Held> {
        self.part.map(|p| &p.held)
    }

    /// Its actors.
    pub(super) fn actors(&self) -> &'a [Actor] {
        self.part.map_or(&[], |p| &p.actors)
    }

    /// Passport number of the passport whose digest begins with these bytes.
    pub(super) fn by_digest(&self, head: &[u8; 16]) -> Option<u32> {
        self.ok(self.ledger.borrow().number_by_digest(head))
    }

    /// What "expired" is judged by: the device's time, or for a sample, whose time stands still, that of its batch.
    pub(super) fn clock(&self, now: Millis) -> Millis {
        self.held().filter(|h| h.sample).map_or(now, |h| h.time)
    }

    fn ok<T>(&self, result: Result<Option<T>, StoreError>) -> Option<T> {
        result.unwrap_or_else(|e| {
            self.fault.replace(Some(e.in_ledger(self.slot)));
            None
        })
    }
}

impl SnapshotView for View<'_> {
    fn origin(&self) -> &str {
        self.held().map_or("", |h| &h.origin)
    }

    fn len(&self) -> u64 {
        self.part.map_or(0, |p| u64::from(p.len()))
    }

    fn actors_by_hint(&self, hint: [u8; 4]) -> Vec<KnownActor> {
        let keys = self.actors().iter().flat_map(|a| a.keys().map(move |k| (a, k))).filter(|(_, k)| k.key.hint() == hint);
        let known = |(a, k): (&Actor, ActorKey)| KnownActor {
            key: k.key,
            in_force: k.until.is_none(),
            name: a.name.clone(),
            in_standing: !a.standing.is_empty(),
        };
        keys.map(known).collect()
    }

    fn passport(&self, number: u64) -> Option<KnownPassport> {
        let passport = u32::try_from(number).ok().filter(|n| self.part.is_some_and(|p| *n < p.len()))?;
        let (c, number) = (self.catalogue, self.slot.number(passport));
        let issuer = c.issuer(number)?;
        let detail = self.ok(self.ledger.borrow().subject(passport))?;
        Some(KnownPassport {
            id: detail.id,
            digest16: detail.digest,
            issuer: issuer.key,
            issuer_keys: issuer.keys().map(|k| k.key).filter(|key| issuer.speaks(key, passport)).collect(),
            issuer_name: issuer.name.clone(),
            issuer_in_standing: !issuer.standing.is_empty(),
            status: c.status(number)?,
            valid_until: detail.valid_until,
            successor: detail.successor.map(u64::from),
            name: c.name(number).to_owned(),
            form: c.form(number)?,
        })
    }

    fn by_gtin(&self, gtin14: &str) -> Option<u64> {
        self.ok(self.ledger.borrow().number_by_gtin(gtin14)).map(u64::from)
    }
}

/// A subject as a screen shows it; `None` when the snapshot has no such number.
pub(super) fn subject(
    c: &Catalogue,
    store: &Store,
    mine: &BTreeMap<String, Money>,
    verified: Verified,
    number: u32,
) -> Result<Option<SubjectView>, StoreError> {
    let (Some(kind), Some(form), Some(detail)) = (c.kind(number), c.form(number), store.subject(number)?) else { return Ok(None) };
    let category = c.category(number).and_then(|p| c.category_row(p));
    // A person is never given a price, whatever a listing says.
    let listings = if kind == SubjectKind::Product { c.listings(number) } else { &[] };
    Ok(Some(SubjectView {
        number,
        kind,
        name: c.name(number).to_owned(),
        brand: detail.brand,
        owners: c.owners(number),
        category: category.map(|c| c.name.clone()).unwrap_or_default(),
        category_id: category.map(|c| c.id.clone()).unwrap_or_default(),
        quantity: detail.quantity,
        issuer: c.issuer(number).map(|a| a.name.clone()).unwrap_or_default(),
        form,
        fictional: c.is_fictional(number),
        prices: listings.iter().map(|l| PriceRow { retailer: c.retailer_name(l.retailer).to_owned(), price: l.price, stock: l.stock }).collect(),
        my_price: mine.get(&detail.id).copied(),
        id: detail.id,
        stages: verified.stages,
        proof: verified.proof,
        label: verified.label,
        holder: verified.holder,
        private: verified.private,
        successor: detail.successor,
        listable: super::marks::listable(c, store, number)?,
        calls: Vec::new(),
    }))
}
