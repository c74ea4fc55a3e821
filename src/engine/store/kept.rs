//! Which ledgers the device holds, whence and under which policy: in `mine.db`, so that a lost snapshot can be filled again, and reading
//! all ledgers as one.

use super::{File, Slot, Store, StoreError, SubjectDetail, fault};
use crate::{log::Policy, measure::Millis, pack::ShelfCard};
use rusqlite::params;

/// A ledger that the person confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its place.
    pub slot: Slot,
    /// Its name.
    pub origin: String,
    /// Base address, a folder, or `sample`; empty when it was lost.
    pub source: String,
    /// Whom to believe: a policy (C2SP tlog-policy).
    pub policy: String,
    /// When it was last reached and found to be up to date, by the device's clock.
    pub synced: Option<Millis>,
}

impl Store {
    /// The ledgers that are held, by place.
    ///
    /// # Errors
    /// The store fails.
    pub fn kept(&self) -> Result<Vec<Kept>, StoreError> {
        let err = fault(File::Mine);
        let mut query = self.mine.prepare("SELECT slot, origin, source, policy, synced FROM ledger ORDER BY slot").map_err(err)?;
        let rows = query
            .query_map([], |r| {
                let index: i64 = r.get(0)?;
                let slot = u8::try_from(index).ok().and_then(Slot::at).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, index))?;
                let synced: i64 = r.get(4)?;
                Ok(Kept { slot, origin: r.get(1)?, source: r.get(2)?, policy: r.get(3)?, synced: (synced >= 0).then_some(Millis(synced)) })
            })
            .map_err(err)?;
        rows.collect::<Result<_, _>>().map_err(err)
    }

    /// Keeps whence a ledger comes and whom to believe, in the place of what was kept of its place.
    ///
    /// # Errors
    /// The store fails.
    pub fn keep(&mut self, kept: &Kept) -> Result<(), StoreError> {
        let Kept { slot, origin, source, policy, synced } = kept;
        self.mine
            .execute(
                "INSERT OR REPLACE INTO ledger (slot, origin, source, policy, synced) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![slot.index(), origin, source, policy, synced.map_or(super::NONE, |t| t.0)],
            )
            .map(drop)
            .map_err(fault(File::Mine))
    }

    pub(super) fn forget_kept(&mut self, slot: Slot) -> Result<(), StoreError> {
        self.mine.execute("DELETE FROM ledger WHERE slot = ?1", [slot.index()]).map(drop).map_err(fault(File::Mine))
    }

    /// Fills in what `mine.db` does not say of a ledger from its snapshot, or from its policy where there is none.
    pub(super) fn adopt(&mut self) -> Result<(), StoreError> {
        let kept = self.kept()?;
        for slot in self.slots() {
            let known = kept.iter().find(|k| k.slot == slot);
            if known.is_some_and(|k| !k.origin.is_empty()) {
                continue;
            }
            // What cannot be read is found and said when it is loaded.
            let held = self.ledger(slot)?.borrow().held().ok().flatten();
            let adopted = match (known, held) {
                (Some(k), held) => Kept { origin: held.map(|h| h.origin).or_else(|| origin_of(&k.policy)).unwrap_or_default(), ..k.clone() },
                (None, Some(h)) => Kept { slot, origin: h.origin, source: String::new(), policy: h.policy, synced: None },
                (None, None) => continue,
            };
            if !adopted.origin.is_empty() && kept.iter().all(|k| k.origin != adopted.origin) {
                self.keep(&adopted)?;
            }
        }
        Ok(())
    }

    /// The rest of a subject's row, by its number on this device.
    ///
    /// # Errors
    /// The store fails.
    pub fn subject(&self, number: u32) -> Result<Option<SubjectDetail>, StoreError> {
        let (slot, passport) = Slot::of(number);
        let Some(ledger) = self.ledgers.get(&slot) else { return Ok(None) };
        let detail = ledger.borrow().subject(passport).map_err(|e| e.in_ledger(slot))?;
        Ok(detail.map(|d| SubjectDetail { successor: d.successor.map(|s| slot.number(s)), ..d }))
    }

    /// The printable cards of the samples among the ledgers.
    ///
    /// # Errors
    /// The store fails.
    pub fn shelf(&self) -> Result<Vec<ShelfCard>, StoreError> {
        let mut cards = Vec::new();
        for (slot, ledger) in &self.ledgers {
            cards.extend(ledger.borrow().shelf().map_err(|e| e.in_ledger(*slot))?);
        }
        Ok(cards)
    }

    /// The newest passport in force of a subject, in each ledger that knows it.
    ///
    /// # Errors
    /// The store fails.
    pub fn numbers_by_id(&self, id: &str) -> Result<Vec<u32>, StoreError> {
        let mut found = Vec::new();
        for (slot, ledger) in &self.ledgers {
            let number = ledger.borrow().number_by_id(id).map_err(|e| e.in_ledger(*slot))?;
            found.extend(number.map(|n| slot.number(n)));
        }
        Ok(found)
    }
}

/// The ledger that a policy is about.
fn origin_of(policy: &str) -> Option<String> {
    Policy::parse(policy).ok()?.logs().next().map(|log| log.origin().to_owned())
}
