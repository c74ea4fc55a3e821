//! What ranking and searching need of all rows at once. Each is made when it is first asked for, so that a scan never waits for it, and goes with
//! the snapshots it was made of.

use super::{Catalogue, Part};
use crate::{
    bot::Columns,
    engine::{
        fold::fold,
        search::{Area, Builder, Found, Index},
        store::{Store, StoreError},
    },
    statement::{PassportStatus, SubjectKind},
};

/// How much of what is typed is looked at, in characters.
const MOST_TYPED: usize = 200;

impl Catalogue {
    /// What is known of each row, to be ranked.
    pub fn columns(&self) -> &Columns {
        self.columns.get_or_init(|| {
            let mut columns = Columns::default();
            for number in self.parts.iter().flat_map(|part| (0..part.len).map(|passport| part.slot.number(passport))) {
                columns.push(&self.subject(number));
            }
            columns
        })
    }

    /// The words of all names.
    ///
    /// # Errors
    /// The store fails.
    pub fn index(&self, store: &Store) -> Result<&Index, StoreError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let mut builder = Builder::default();
        for part in &self.parts {
            let add = |passport: u32, folded: &str| {
                if let Ok(row) = u32::try_from(part.first.saturating_add(passport as usize)) {
                    builder.add(row, folded);
                }
            };
            store.ledger(part.slot)?.borrow().each_folded(add).map_err(|e| e.in_ledger(part.slot))?;
        }
        let areas = self.categories.iter().map(|c| Area { folded: fold(&c.name), parent: c.parent }).collect();
        Ok(self.index.get_or_init(|| builder.finish(areas)))
    }

    /// The rows that are meant by what was typed.
    ///
    /// # Errors
    /// The store fails.
    pub fn find(&self, store: &Store, typed: &str) -> Result<Found, StoreError> {
        let folded = fold(&typed.chars().take(MOST_TYPED).collect::<String>());
        Ok(self.index(store)?.find(&folded, &self.category))
    }

    /// The number on this device of what stands in a row.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<u32> {
        let part: &Part = self.parts.iter().find(|p| p.rows().contains(&row))?;
        Some(part.slot.number(u32::try_from(row - part.first).ok()?))
    }

    /// Whether what stands in a row is of this kind, in force, and in one of these categories.
    #[must_use]
    pub fn is_in_force(&self, row: usize, kind: SubjectKind, inside: Option<&[bool]>) -> bool {
        let within = |inside: &[bool]| {
            let category = self.category.get(row).copied().flatten();
            category.and_then(|c| inside.get(usize::from(c)).copied()).unwrap_or_default()
        };
        self.kind.get(row) == Some(&Some(kind)) && self.status.get(row) == Some(&PassportStatus::Valid) && inside.is_none_or(within)
    }
}
