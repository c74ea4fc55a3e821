//! The snapshot as a passport check sees it, and a subject as a screen shows it.

use super::{
    catalogue::Catalogue,
    dossier::Verified,
    store::{Store, StoreError},
    wire::{PriceRow, SubjectView},
};
use crate::{
    measure::{Millis, Money},
    pack::{Actor, ActorKey},
    passport::{KnownActor, KnownPassport, SnapshotView},
    statement::SubjectKind,
};
use std::{cell::RefCell, collections::BTreeMap};

/// The snapshot as a passport check sees it. A check cannot fail, so a fault of the store is kept here and looked at afterwards.
pub(super) struct View<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) store: &'a Store,
    fault: RefCell<Option<StoreError>>,
}

impl<'a> View<'a> {
    pub(super) const fn new(catalogue: &'a Catalogue, store: &'a Store) -> Self {
        Self { catalogue, store, fault: RefCell::new(None) }
    }

    /// The fault that came up since, if any.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// What "expired" is judged by: the device's time, or for a sample, whose time stands still, that of its batch.
    pub(super) fn clock(&self, now: Millis) -> Millis {
        self.catalogue.held.as_ref().filter(|h| h.sample).map_or(now, |h| h.time)
    }

    fn ok<T>(&self, result: Result<Option<T>, StoreError>) -> Option<T> {
        result.unwrap_or_else(|e| {
            self.fault.replace(Some(e));
            None
        })
    }
}

impl SnapshotView for View<'_> {
    fn origin(&self) -> &str {
        self.catalogue.held.as_ref().map_or("", |h| &h.origin)
    }

    fn len(&self) -> u64 {
        u64::from(self.catalogue.len())
    }

    fn actors_by_hint(&self, hint: [u8; 4]) -> Vec<KnownActor> {
        let keys = self.catalogue.actors.iter().flat_map(|a| a.keys().map(move |k| (a, k))).filter(|(_, k)| k.key.hint() == hint);
        let known = |(a, k): (&Actor, ActorKey)| KnownActor {
            key: k.key,
            in_force: k.until.is_none(),
            name: a.name.clone(),
            in_standing: !a.standing.is_empty(),
        };
        keys.map(known).collect()
    }

    fn passport(&self, number: u64) -> Option<KnownPassport> {
        let number = u32::try_from(number).ok()?;
        let c = self.catalogue;
        let issuer = c.issuer(number)?;
        let detail = self.ok(self.store.subject(number))?;
        Some(KnownPassport {
            id: detail.id,
            digest16: detail.digest,
            issuer: issuer.key,
            issuer_keys: issuer.keys().map(|k| k.key).filter(|key| issuer.speaks(key, number)).collect(),
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
        self.ok(self.store.number_by_gtin(gtin14)).map(u64::from)
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
        successor: detail.successor,
    }))
}
