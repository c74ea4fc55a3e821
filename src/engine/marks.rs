//! The person's own lists: a shopping list with the fit of the whole, favourites, and what is never offered.
//!
//! *In:* a subject's id and a list. *Out:* [`MyLists`]. What is blocked stays out of every list of suggestions, and so does all that belongs to it, up to
//! the top parent; found by name or scanned, it is shown and said to be blocked. A verdict is about values and does not change by it.

use super::{
    catalogue::Catalogue,
    service::{Engine, Fault},
    store::{MAX_MARKS, Mark, Store, StoreError},
    wire::{Answer, EngineError, ListName, ListRow, Listable, MyLists, WholeList},
};
use crate::{
    bot::{Alignment, VerdictBand},
    measure::{Millis, Money},
};
use std::collections::BTreeMap;

impl Engine {
    pub(super) fn my_lists(&self) -> Result<Answer, Fault> {
        let followed = self.followed_lists()?;
        let lists = self.with_lists(|l| {
            let mut rows = Vec::new();
            let marks = l.store.marks()?;
            for list in ListName::ALL {
                for mark in marks.iter().filter(|m| m.list == list) {
                    let numbers = l.store.numbers_by_id(&mark.subject)?;
                    let option = l.rows(numbers.into_iter().map(|n| (n, l.fit(n))))?.into_iter().next();
                    let name = option.as_ref().map_or(&mark.name, |o| &o.name).clone();
                    rows.push(ListRow { list, id: mark.subject.clone(), name, option });
                }
            }
            let shopping = whole(rows.iter().filter(|r| r.list == ListName::Shopping));
            Ok(MyLists { rows, followed, shopping })
        })?;
        Ok(Answer::Lists(Box::new(lists)))
    }

    pub(super) fn mark(&self, id: &str, list: ListName, on: bool, now: Millis) -> Result<Answer, Fault> {
        if on {
            let bad = |why: &str| Fault::from(EngineError::BadInput(why.to_owned()));
            let name = {
                let (c, store) = (self.catalogue.borrow(), self.store.borrow());
                if store.marks()?.len() >= MAX_MARKS {
                    return Err(bad("your lists are full; take something off them first"));
                }
                let number = store.numbers_by_id(id)?.into_iter().next();
                c.name(number.ok_or_else(|| bad("your snapshot does not know this, so it cannot go on a list; scan it again"))?).to_owned()
            };
            self.store.borrow_mut().mark(&Mark { list, subject: id.to_owned(), name, time: now })?;
        } else {
            self.store.borrow_mut().unmark(list, id)?;
        }
        self.calls.replace(None);
        self.my_lists()
    }
}

/// What of a subject can be put on a list: itself, and who owns it, up to the top parent.
pub(super) fn listable(c: &Catalogue, store: &Store, number: u32) -> Result<Vec<Listable>, StoreError> {
    let mut on = BTreeMap::<String, Vec<ListName>>::new();
    for mark in store.marks()? {
        on.entry(mark.subject).or_default().push(mark.list);
    }
    let mut all = Vec::new();
    for number in std::iter::once(number).chain(c.owner_numbers(number)) {
        if let Some(detail) = store.subject(number)? {
            all.push(Listable { on: on.get(&detail.id).cloned().unwrap_or_default(), name: c.name(number).to_owned(), id: detail.id });
        }
    }
    Ok(all)
}

/// A list as one: each thing counts alike.
fn whole<'a>(rows: impl Iterator<Item = &'a ListRow>) -> Option<WholeList> {
    let known: Vec<_> = rows.filter_map(|r| r.option.as_ref()).collect();
    let count = i32::try_from(known.len()).ok().filter(|n| *n > 0)?;
    let mean = |of: fn(&Alignment) -> i32| {
        let sum: i32 = known.iter().map(|o| of(&o.alignment)).sum();
        // To the nearest; half goes away from nothing.
        (2 * sum + sum.signum() * count) / (2 * count)
    };
    let point = |of: fn(&Alignment) -> i32| i8::try_from(mean(of)).unwrap_or_default();
    let alignment = Alignment {
        value: point(|a| a.value.into()),
        low: point(|a| a.low.into()),
        high: point(|a| a.high.into()),
        coverage: u8::try_from(mean(|a| a.coverage.into())).unwrap_or_default(),
    };
    let in_band = |band| (band, u32::try_from(known.iter().filter(|o| o.band == band).count()).unwrap_or(u32::MAX));
    let mut total: Vec<Money> = Vec::new();
    for price in known.iter().filter_map(|o| o.price) {
        match total.iter_mut().find(|sum| sum.currency == price.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(price.minor),
            None => total.push(price),
        }
    }
    let unpriced = u32::try_from(known.iter().filter(|o| o.price.is_none()).count()).unwrap_or(u32::MAX);
    Some(WholeList { alignment, bands: VerdictBand::BEST_FIRST.map(in_band).into_iter().filter(|(_, n)| *n > 0).collect(), total, unpriced })
}
