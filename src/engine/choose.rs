//! Which of the device's ledgers answers: every one is asked, and the one that can say most is believed.
//!
//! A seal is bound to its ledger's name, so at most one ledger can say that it holds; the others can only say that they do not know it. What
//! carries no seal is looked up in all of them: a real ledger before a sample, a passport in force before one that is not, the maker's own
//! word before a record.

use super::{
    catalogue::Catalogue,
    service::{Engine, Fault},
    store::{Slot, Store, StoreError},
    view::View,
};
use crate::{
    measure::Millis,
    passport::{self, Check, Outcome, SubjectForm},
};
use std::cmp::Reverse;

/// What one ledger makes of something, comparable with what the others do.
pub(super) struct Said<T> {
    pub(super) slot: Slot,
    pub(super) outcome: Outcome,
    /// The number on this device of the passport it speaks of.
    pub(super) number: Option<u32>,
    pub(super) answer: T,
}

impl<T> Said<T> {
    /// How much this answer is worth; the greatest wins.
    fn worth(&self, c: &Catalogue) -> impl Ord + use<T> {
        let knows = match self.outcome {
            Outcome::UnknownIssuer | Outcome::NotAPassport => 0,
            // That a seal does not hold may only mean that it is another ledger's.
            Outcome::Altered => 1,
            Outcome::NotInSnapshot => 2,
            _ => 3,
        };
        let real = c.part(self.slot).is_some_and(|p| !p.held.sample);
        let own = self.number.and_then(|n| c.form(n)) == Some(SubjectForm::Own);
        (knows, real, self.outcome, own, Reverse(self.slot))
    }

    /// True when this ledger, and no other, knows what it was asked.
    pub(super) fn knows(&self) -> bool {
        self.number.is_some() || matches!(self.outcome, Outcome::WrongProduct | Outcome::NotAccredited)
    }
}

/// Asks every ledger and takes the best answer.
///
/// # Errors
/// The store fails; the error says which file is at fault.
pub(super) fn best<T>(
    c: &Catalogue,
    store: &Store,
    mut ask: impl FnMut(&View<'_>, Slot) -> Result<Said<T>, StoreError>,
) -> Result<Said<T>, StoreError> {
    let mut best: Option<Said<T>> = None;
    for slot in store.slots() {
        let view = View::new(c, store, slot)?;
        let said = ask(&view, slot)?;
        view.settle()?;
        if best.as_ref().is_none_or(|b| said.worth(c) > b.worth(c)) {
            best = Some(said);
        }
    }
    best.ok_or_else(|| StoreError::Other("no ledger's file is open".into()))
}

/// What a code comes to.
///
/// # Errors
/// As [`best`].
pub(super) fn check(c: &Catalogue, store: &Store, code: &str, now: Millis) -> Result<Said<Check>, StoreError> {
    let several = c.parts.len() > 1;
    let mut said = best(c, store, |view, slot| {
        let answer = passport::check(code, view, Some(view.clock(now)));
        let number = answer.number.and_then(|n| u32::try_from(n).ok()).map(|n| slot.number(n));
        Ok(Said { slot, outcome: answer.outcome, number, answer })
    })?;
    if several
        && said.knows()
        && let Some(part) = c.part(said.slot)
    {
        said.answer.message.push_str(&format!(" This is what the ledger {} says.", part.held.origin));
    }
    Ok(said)
}

/// Of what several ledgers know under one name, the passport that a scan would show.
///
/// # Errors
/// The store fails.
pub(super) fn best_by_id(c: &Catalogue, store: &Store, id: &str) -> Result<Option<u32>, StoreError> {
    let said = |number: u32| {
        let outcome = if c.status(number) == Some(crate::statement::PassportStatus::Valid) { Outcome::Unsealed } else { Outcome::Revoked };
        Said { slot: Slot::of(number).0, outcome, number: Some(number), answer: () }
    };
    Ok(store.numbers_by_id(id)?.into_iter().map(said).max_by(|a, b| a.worth(c).cmp(&b.worth(c))).and_then(|s| s.number))
}

impl Engine {
    /// As [`check`], with what this device holds.
    pub(super) fn check_code(&self, code: &str, now: Millis) -> Result<Said<Check>, Fault> {
        Ok(check(&self.catalogue.borrow(), &self.store.borrow(), code, now)?)
    }
}
