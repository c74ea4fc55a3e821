//! Lists in a fixed order, and better options.

use super::{Alignment, Subject, Terms, VerdictBand, similar};
use crate::{measure::Money, values::Profile};
use std::cmp::Ordering;

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// At one glance.
    pub band: VerdictBand,
    /// The number behind it.
    pub alignment: Alignment,
    /// The price, when one is known.
    pub price: Option<Money>,
    /// Name for a person.
    pub name: &'a str,
}

impl Standing<'_> {
    /// Best first: by band ([`VerdictBand::place`]), then the higher value, then the higher low end, then the lower price (known
    /// before unknown; different currencies are not compared by amount but stand in the order of their codes), then by name.
    #[must_use]
    pub fn best_first(&self, other: &Self) -> Ordering {
        let fit = |s: &Self| (s.band.place(), -i16::from(s.alignment.value), -i16::from(s.alignment.low));
        let price = |s: &Self| (s.price.is_none(), s.price.map(|p| (p.currency, p.minor)));
        fit(self).cmp(&fit(other)).then_with(|| price(self).cmp(&price(other))).then_with(|| self.name.cmp(other.name))
    }

    /// Strictly better on the person's terms, price left aside: a better band, or the same band with a higher value. What
    /// crosses a line or is not known well enough is never called better; and better than something of which not enough is known
    /// is only what has a value above 0.
    #[must_use]
    pub fn is_better_than(&self, band: VerdictBand, alignment: Alignment) -> bool {
        let fit = |band: VerdictBand, a: Alignment| (band.place(), -i16::from(a.value));
        match self.band {
            VerdictBand::CrossesLine | VerdictBand::NotEnoughKnown => false,
            _ if band == VerdictBand::NotEnoughKnown && self.alignment.value <= 0 => false,
            _ => fit(self.band, self.alignment) < fit(band, alignment),
        }
    }
}

/// Something to be ranked.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its claims.
    pub subject: Subject<'a>,
    /// Its most specific category.
    pub category: Option<u16>,
    /// Its price, when one is known.
    pub price: Option<Money>,
    /// Name for a person.
    pub name: &'a str,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// Position in the slice that was ranked.
    pub position: usize,
    /// At one glance.
    pub band: VerdictBand,
    /// The number behind it.
    pub alignment: Alignment,
}

/// All candidates, best first as in [`Standing::best_first`]; equals keep the order of the slice. The same function serves
/// products, organisations and projects.
///
/// ```
/// use ecosphere::{
///     bot::{Candidate, Subject, rank},
///     provenance::{ClaimState, claim_table},
///     values::Profile,
/// };
///
/// let defs = claim_table();
/// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
/// let (bad, good) = ([(row("nutriscore:e"), ClaimState::Attested)], [(row("nutriscore:a"), ClaimState::Attested)]);
/// let candidate = |claims, name| Candidate { subject: Subject { claims, defs, months: 0 }, category: None, price: None, name };
/// let list = rank(&Profile::default(), &[candidate(&bad, "Crisps"), candidate(&good, "Oats")]);
/// assert_eq!((list[0].position, list[0].alignment.value), (1, 90));
/// ```
#[must_use]
pub fn rank(profile: &Profile, candidates: &[Candidate<'_>]) -> Vec<Ranked> {
    let terms = Terms::of(profile);
    let mut list: Vec<Ranked> = (0..candidates.len()).map(|i| judged(&terms, candidates, i)).collect();
    sort(&mut list, candidates);
    list
}

/// What better options are sought for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A candidate, by its position in the slice.
    Subject(usize),
    /// A whole category, for a product that is not known.
    Category(u16),
}

/// Why an option was offered. Nearer comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It is in the same category, or in a part of it.
    Category,
    /// It is in the category above.
    Parent,
    /// It was found by likeness, because the category holds too little to choose from.
    Similar,
}

/// A better option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BetterOption {
    /// Where it stands.
    pub ranked: Ranked,
    /// Why it was offered.
    pub nearness: Nearness,
}

/// Below this many others in a category and the one above, options are sought by likeness.
const FEW: usize = 3;

/// At most `limit` options that are strictly better than the target ([`Standing::is_better_than`]): those of its category
/// first, then those of the category above, each best first. Where the two hold fewer than three others, the candidates most
/// alike in evidence ([`nearest`](super::nearest)) among all better ones follow. For a whole category an option counts as
/// better when it fits or is mixed, with a value above 0.
///
/// `parent` gives the category above a category; a circle in it does no harm.
#[must_use]
pub fn better_options(
    profile: &Profile,
    candidates: &[Candidate<'_>],
    target: Target,
    parent: &dyn Fn(u16) -> Option<u16>,
    limit: usize,
) -> Vec<BetterOption> {
    let terms = Terms::of(profile);
    let (own, category, (alignment, band)) = match target {
        Target::Category(c) => (None, Some(c), (Alignment::default(), VerdictBand::NotEnoughKnown)),
        Target::Subject(i) => match candidates.get(i) {
            Some(c) => (Some(i), c.category, terms.alignment(&c.subject)),
            None => return Vec::new(),
        },
    };
    let others = |inside: &dyn Fn(u16) -> bool| -> Vec<usize> {
        let is_one = |i: &usize| Some(*i) != own && candidates[*i].category.is_some_and(inside);
        (0..candidates.len()).filter(is_one).collect()
    };
    let best = |positions: &[usize]| -> Vec<Ranked> {
        let all = positions.iter().map(|i| judged(&terms, candidates, *i));
        let mut better: Vec<Ranked> = all.filter(|r| standing(r, candidates).is_better_than(band, alignment)).collect();
        sort(&mut better, candidates);
        better
    };
    let near = others(&|c| category.is_some_and(|area| is_within(c, area, parent)));
    let mut options = Vec::new();
    offer(&mut options, limit, best(&near), Nearness::Category);
    if options.len() >= limit {
        return options;
    }
    let above = category.and_then(parent);
    let wide = others(&|c| above.is_some_and(|area| is_within(c, area, parent)));
    offer(&mut options, limit, best(&wide), Nearness::Parent);
    if let Some(own) = own
        && near.len().max(wide.len()) < FEW
    {
        let all: Vec<usize> = (0..candidates.len()).filter(|i| *i != own).collect();
        let better = best(&all);
        let subjects: Vec<Subject<'_>> = better.iter().map(|r| candidates[r.position].subject).collect();
        let alike = similar::nearest(&candidates[own].subject, &subjects, limit);
        offer(&mut options, limit, alike.into_iter().map(|i| better[i]).collect(), Nearness::Similar);
    }
    options
}

/// Adds what is not there yet, up to the limit.
fn offer(options: &mut Vec<BetterOption>, limit: usize, found: Vec<Ranked>, nearness: Nearness) {
    for ranked in found {
        if options.len() < limit && options.iter().all(|o| o.ranked.position != ranked.position) {
            options.push(BetterOption { ranked, nearness });
        }
    }
}

/// How far up a category is looked for: deeper than any real tree of categories.
const DEEPEST: usize = 64;

fn is_within(category: u16, area: u16, parent: &dyn Fn(u16) -> Option<u16>) -> bool {
    std::iter::successors(Some(category), |c| parent(*c)).take(DEEPEST).any(|c| c == area)
}

fn judged(terms: &Terms, candidates: &[Candidate<'_>], position: usize) -> Ranked {
    let (alignment, band) = terms.alignment(&candidates[position].subject);
    Ranked { position, band, alignment }
}

fn standing<'a>(ranked: &Ranked, candidates: &[Candidate<'a>]) -> Standing<'a> {
    let candidate = &candidates[ranked.position];
    Standing { band: ranked.band, alignment: ranked.alignment, price: candidate.price, name: candidate.name }
}

fn sort(list: &mut [Ranked], candidates: &[Candidate<'_>]) {
    list.sort_unstable_by(|a, b| standing(a, candidates).best_first(&standing(b, candidates)).then(a.position.cmp(&b.position)));
}
