//! Markets: what of a ledger a device in one country needs.
//!
//! *In:* the sheets that retailers signed, each of which may say in which countries it holds. *Out:* the markets that a ledger has, and which of
//! its passports belong to each. Nothing is configured: whoever has the log and its bodies finds the same markets with the same contents.
//!
//! | | in the pack of a country |
//! |---|---|
//! | organisations, projects, processes | all |
//! | products | all but those that are only sold elsewhere: a sheet lists the GTIN, and none that does holds in the country |
//! | what replaces a product that is in it | is in it too |
//! | prices, and retailers' places | of the sheets that hold in the country |
//!
//! So whoever lists a product that nobody else does says for all where it is sold; the world's pack leaves nothing out.
//!
//! A sheet that names no countries holds in all. A passport that is left out keeps its place as an empty row ([`super::SubjectRow::elsewhere`]),
//! so a passport's number is the same in every market, and the tables that rows refer to are the world's: a row has the same bytes everywhere.

use super::{PackError, build::each_sheet};
use crate::{pack::Source, provenance::Sheet, state::Passport, statement::SubjectKind};
use std::collections::{BTreeMap, BTreeSet};

/// The market that every passport belongs to.
pub const WORLD: &str = "world";

/// The most countries that have a pack of their own; those in which the most sheets hold come first.
const MAX_MARKETS: usize = 64;

/// Whether this can be a market's id: [`WORLD`], or an ISO 3166-1 alpha-2 code in small letters, e.g. `nl`.
#[must_use]
pub fn is_market(id: &str) -> bool {
    id == WORLD || (id.len() == 2 && id.bytes().all(|b| b.is_ascii_lowercase()))
}

/// The countries that sheets name, with how many do.
#[derive(Default)]
pub(super) struct Countries(BTreeMap<String, usize>);

impl Countries {
    pub(super) fn see(&mut self, sheet: &Sheet) {
        for country in &sheet.countries {
            *self.0.entry(country.to_ascii_lowercase()).or_default() += 1;
        }
    }

    /// The markets that get a pack besides the world's, by rising id.
    pub(super) fn markets(self) -> Vec<String> {
        let mut named: Vec<(String, usize)> = self.0.into_iter().collect();
        named.sort_by_key(|(_, sheets)| std::cmp::Reverse(*sheets));
        let mut markets: Vec<String> = named.into_iter().take(MAX_MARKETS).map(|(id, _)| id).collect();
        markets.sort();
        markets
    }
}

/// What belongs to a market.
pub(super) struct Scope {
    pub(super) market: String,
    /// By passport number; `None`: all do.
    inside: Option<Vec<bool>>,
}

impl Scope {
    pub(super) fn world() -> Self {
        Self { market: WORLD.to_owned(), inside: None }
    }

    pub(super) fn of(market: &str, source: &Source<'_>) -> Result<Self, PackError> {
        let (mut here, mut elsewhere) = (BTreeSet::new(), BTreeSet::new());
        each_sheet(source, &mut |_, sheet| {
            let side = if holds_in(market, &sheet) { &mut here } else { &mut elsewhere };
            side.extend(sheet.prices.into_iter().map(|p| p.gtin));
            Ok(())
        })?;
        let passports: Vec<&Passport> = source.state.passports().iter().collect();
        let sold = |gtin: &str| here.contains(gtin) || !elsewhere.contains(gtin);
        let mut inside: Vec<bool> = passports.iter().map(|p| p.kind != SubjectKind::Product || gtin(&p.subject).is_none_or(sold)).collect();
        let successor = |p: &Passport| p.successor().and_then(|next| usize::try_from(next).ok());
        let mut open: Vec<usize> = passports.iter().zip(&inside).filter(|(_, inside)| **inside).filter_map(|(p, _)| successor(p)).collect();
        while let Some(at) = open.pop() {
            if let (Some(known), Some(p)) = (inside.get_mut(at), passports.get(at))
                && !std::mem::replace(known, true)
            {
                open.extend(successor(p));
            }
        }
        Ok(Self { market: market.to_owned(), inside: Some(inside) })
    }

    /// Whether the passport of this number belongs to it.
    pub(super) fn has(&self, passport: u32) -> bool {
        self.inside.as_ref().is_none_or(|inside| usize::try_from(passport).ok().and_then(|at| inside.get(at)).copied().unwrap_or_default())
    }

    /// Whether a sheet holds in it.
    pub(super) fn takes(&self, sheet: &Sheet) -> bool {
        self.inside.is_none() || holds_in(&self.market, sheet)
    }
}

fn holds_in(market: &str, sheet: &Sheet) -> bool {
    sheet.countries.is_empty() || sheet.countries.iter().any(|c| c.eq_ignore_ascii_case(market))
}

/// The 14 digits in `(01)09506000134352(10)L1`.
fn gtin(subject: &str) -> Option<&str> {
    subject.strip_prefix("(01)")?.get(..14)
}
