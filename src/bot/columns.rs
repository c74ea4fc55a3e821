//! A whole market, ready to be ranked by anybody: what is known of each subject in 40 bytes, and the best of all of them at the speed of memory.
//!
//! ```text
//! group of 4 subjects = 9 rows of 16 bytes, a row per pair of topics (the last is topic 17 and nothing):
//!
//!   row 0   | subject 0          | subject 1          | subject 2          | subject 3          |
//!           | topic 0 | topic 1  | topic 0 | topic 1  | …
//!           | C  S    | C  S     |                        C: confidence 0..=100 (u8), S: score -100..=100 (i8)
//!
//! kept, crossed: a bit per hard line and subject
//! ```
//!
//! One row is one register (`columns/lanes.rs`): with `c = row & 0xff`, `s = row >> 8` and the pair's weights `w`, one multiplication and two dot products of 16-bit
//! numbers add Σ w·c and Σ w·c·(s - t) of four subjects up in 32 bits. So nothing is rounded: these are the very sums of [`alignment`](super::alignment).
//!
//! A list of the best `n` needs few subjects judged. `t` is the value a subject must reach to get into it, which
//! `value >= t` tells without a division: Σ w·c·(s - t) + ½ Σ w·c >= 0. Only a subject that passes is judged, by the one function that judges everything;
//! so the list is the beginning of the list of all, and a test holds it to that.

mod lanes;

use super::{
    Alignment, FITS_FROM, Ranked, Subject, Terms, VerdictBand,
    alignment::{ENOUGH_KNOWN, of_sums},
    lines::{self, LineFacts},
};
use crate::values::{HardLine, Learned, LineState, Topic};
use lanes::Sums;
use std::cmp::Ordering;

/// Rows of a group.
const PAIRS: usize = Topic::COUNT.div_ceil(2);
/// Subjects of a group.
const GROUP: usize = 4;
/// Sums of products stay within 32 bits: a weight at most this, a confidence at most 100, a score at most 201 from the value it is held against.
const _: () =
    assert!((Topic::COUNT as i64) * (Learned::MOST as i64) * 100 * 201 + (Topic::COUNT as i64) * (Learned::MOST as i64) * 100 < i32::MAX as i64);

type Row = [i16; 8];

/// What is known of many subjects, by position.
///
/// ```
/// use ecosphere::{
///     bot::{Columns, Subject, Terms},
///     provenance::{ClaimState, claim_table},
///     values::Profile,
/// };
///
/// let defs = claim_table();
/// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
/// let mut market = Columns::default();
/// for code in ["nutriscore:e", "nutriscore:a", "nutriscore:c"] {
///     market.push(&Subject { claims: &[(row(code), ClaimState::Attested)], defs, months: 0 });
/// }
/// let best = market.best(&Terms::of(&Profile::default()), 1, &|_| true, &|_, _| std::cmp::Ordering::Equal);
/// assert_eq!((best[0].position, best[0].alignment.value), (1, 90));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: Vec<Row>,
    kept: Vec<u16>,
    crossed: Vec<u16>,
}

impl Columns {
    /// How many subjects there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.kept.len()
    }

    /// True when there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Bytes that the subjects take.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.rows.len() * size_of::<Row>() + (self.kept.len() + self.crossed.len()) * size_of::<u16>()
    }

    /// Adds a subject behind the others.
    pub fn push(&mut self, subject: &Subject<'_>) {
        let (group, place) = (self.len() / GROUP, self.len() % GROUP);
        if place == 0 {
            self.rows.resize((group + 1) * PAIRS, Row::default());
        }
        let rows = self.rows.iter_mut().skip(group * PAIRS);
        let evidence = subject.evidence();
        for (row, pair) in rows.zip(evidence.chunks(2)) {
            for (word, topic) in row.iter_mut().skip(place * 2).zip(pair) {
                *word = i16::from_le_bytes([topic.confidence.get(), topic.score.get().cast_unsigned()]);
            }
        }
        let (kept, crossed) = LineFacts::of(subject).settled();
        self.kept.push(kept);
        self.crossed.push(crossed);
    }

    /// The best `limit` of the subjects that are `wanted`, best first: by band, value and low end as in [`Standing::best_first`](super::Standing::best_first),
    /// then as `tie` says, then by position. `wanted` and `tie` are asked only about the few that may get into the list.
    #[must_use]
    pub fn best(&self, terms: &Terms, limit: usize, wanted: &dyn Fn(usize) -> bool, tie: &dyn Fn(usize, usize) -> Ordering) -> Vec<Ranked> {
        let mut list = Best { terms, all: terms.weights.iter().map(|w| i64::from(*w)).sum(), limit, tie, ranked: Vec::new(), bar: Bar::open() };
        if limit == 0 {
            return list.ranked;
        }
        let mine = lines::bits(&terms.lines);
        let (groups, _) = self.rows.as_chunks::<PAIRS>();
        let mut next = 0;
        while let Some(Sums { at, over, known }) = lanes::passing(groups, next, &terms.weights, list.bar.value, list.bar.known) {
            let Bar { value, known: enough, unkept } = list.bar;
            for ((position, over), known) in (at * GROUP..self.len()).zip(over).zip(known) {
                let (kept, crossed) = (self.kept.get(position).copied().unwrap_or(0), self.crossed.get(position).copied().unwrap_or(0));
                let passes = over + (known >> 1) >= 0 && known >= enough;
                let (known, over) = (i64::from(known), i64::from(over));
                let sum = over + i64::from(value) * known;
                let hopeless = enough > 0 && crossed & mine != 0 || kept & mine != mine && sum + known / 2 < i64::from(unkept) * known;
                if passes && !hopeless && wanted(position) {
                    list.offer(position, known, sum, LineFacts::of_settled(kept, crossed));
                }
            }
            next = at + 1;
        }
        list.ranked
    }

    /// What is known of these lines together: all are kept, one is crossed, or neither is known.
    #[must_use]
    pub fn keeps(&self, position: usize, lines: &[HardLine]) -> LineState {
        let (Some(kept), Some(crossed)) = (self.kept.get(position), self.crossed.get(position)) else { return LineState::Unknown };
        let asked = lines::bits(lines);
        match (crossed & asked != 0, kept & asked == asked) {
            (true, _) => LineState::Crossed,
            (_, true) => LineState::Kept,
            _ => LineState::Unknown,
        }
    }

    /// How one subject fits: the same as [`alignment`](super::alignment) of what was pushed.
    #[must_use]
    pub fn fit(&self, terms: &Terms, position: usize) -> Option<(Alignment, VerdictBand)> {
        let (kept, crossed) = (*self.kept.get(position)?, *self.crossed.get(position)?);
        let group = self.rows.as_chunks::<PAIRS>().0.get(position / GROUP)?;
        let (mut all, mut known, mut sum) = (0, 0, 0);
        let words = group.iter().flat_map(|row| row.iter().skip(position % GROUP * 2).take(2));
        for (weight, word) in terms.weights.iter().zip(words) {
            let [sure, score] = word.to_le_bytes();
            let (weight, sure, score) = (i64::from(*weight), i64::from(sure), i64::from(score.cast_signed()));
            all += weight;
            known += weight * sure;
            sum += weight * sure * score;
        }
        Some(terms.judge_fit(of_sums(all, known, sum), LineFacts::of_settled(kept, crossed)))
    }
}

/// What a subject must reach to get into a list.
#[derive(Debug, Clone, Copy)]
struct Bar {
    /// The value, or one less where rounding could hide it.
    value: i16,
    /// Σ w·C; above 0 only where nothing that crosses a line gets in.
    known: i32,
    /// The value where some line of the person's is not known to be kept.
    unkept: i16,
}

impl Bar {
    /// Everything passes.
    const fn open() -> Self {
        Self { value: -101, known: 0, unkept: -101 }
    }
}

/// The list of the best so far.
struct Best<'a> {
    terms: &'a Terms,
    /// Σ w
    all: i64,
    limit: usize,
    tie: &'a dyn Fn(usize, usize) -> Ordering,
    ranked: Vec<Ranked>,
    bar: Bar,
}

impl Best<'_> {
    fn offer(&mut self, position: usize, known: i64, sum: i64, facts: LineFacts) {
        let (alignment, band) = self.terms.judge_fit(of_sums(self.all, known, sum), facts);
        let new = Ranked { position, band, alignment };
        if self.ranked.len() >= self.limit {
            if self.ranked.last().is_some_and(|last| self.order(last, &new).is_le()) {
                return;
            }
            self.ranked.pop();
        }
        let place = self.ranked.partition_point(|other| self.order(other, &new).is_le());
        self.ranked.insert(place, new);
        self.raise();
    }

    fn order(&self, a: &Ranked, b: &Ranked) -> Ordering {
        let fit = |r: &Ranked| (r.band.place(), -i16::from(r.alignment.value), -i16::from(r.alignment.low));
        fit(a).cmp(&fit(b)).then_with(|| (self.tie)(a.position, b.position)).then(a.position.cmp(&b.position))
    }

    /// The bar that the last of a full list sets.
    fn raise(&mut self) {
        let Some(last) = self.ranked.last().filter(|_| self.ranked.len() >= self.limit) else { return };
        // Half away from zero: below zero a value may be reached a little earlier.
        let reach = |value: i8| i16::from(value) - i16::from(value < 1);
        let (value, unkept) = match last.band {
            VerdictBand::Fits => (reach(last.alignment.value), i16::MAX),
            // What fits is before it at any value that can fit.
            VerdictBand::Mixed => (reach(last.alignment.value.min(FITS_FROM)), reach(last.alignment.value)),
            _ => return,
        };
        let known = i32::try_from(self.all * i64::from(ENOUGH_KNOWN)).unwrap_or(i32::MAX);
        self.bar = Bar { value, known, unkept };
    }
}

#[cfg(test)]
mod tests;
