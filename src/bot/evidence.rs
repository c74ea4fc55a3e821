//! From claims to evidence per topic.

use crate::{
    measure::{Confidence, Money, Score},
    provenance::{ClaimDef, ClaimState},
    values::{Alternative, Topic},
};

/// A subject as the bot sees it: its claims and the rows they point to.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Position of the row in `defs`, and how the claim was verified. The order means nothing. A row that is named twice counts
    /// once, by the weaker of the two; a position outside `defs` is passed over.
    pub claims: &'a [(u16, ClaimState)],
    /// Rows of the claim table.
    pub defs: &'a [ClaimDef],
    /// How old what it says is, in full months: since its passport was issued ([`kept`]).
    pub months: u16,
}

/// How much of its stated confidence a claim keeps, in percent, by how it was verified.
///
/// | attested | confirmed | self-declared | inferred | contradicted |
/// |---|---|---|---|---|
/// | 100 | 90 | 50 | 25 | 0 |
#[must_use]
pub const fn trust(state: ClaimState) -> u8 {
    match state {
        ClaimState::Attested => 100,
        ClaimState::Confirmed => 90,
        ClaimState::SelfDeclared => 50,
        ClaimState::Inferred => 25,
        ClaimState::Contradicted => 0,
    }
}

/// How much of its confidence a claim keeps at an age in full months, in percent: all of it for two years, then a point a month less, and at
/// least 40.
///
/// ```
/// use ecosphere::bot::kept;
///
/// assert_eq!([0, 24, 25, 60, 84, 600].map(kept), [100, 100, 99, 64, 40, 40]);
/// ```
#[must_use]
pub const fn kept(months: u16) -> u8 {
    match months {
        0..=24 => 100,
        25..84 => 124 - months as u8,
        84.. => 40,
    }
}

/// What is known of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TopicEvidence {
    /// How good or bad it is.
    pub score: Score,
    /// How much of it is known; 0 = nothing.
    pub confidence: Confidence,
}

/// What is known of every topic, in topic order.
pub type Evidence = [TopicEvidence; Topic::COUNT];

/// How many claims of one topic raise its confidence: nine at 50 % make 99.8 %, and 100^9 still fits a `u64`.
pub(super) const STRONGEST: usize = 9;

impl<'a> Subject<'a> {
    /// What the claims say together, topic by topic. The score is the mean of their scores, weighted by confidence; the
    /// confidence is `1 - Π(1 - e)` over the nine most confident claims. Both are rounded half away from zero.
    ///
    /// ```
    /// use ecosphere::{bot::Subject, provenance::{ClaimState, claim_table}, values::Topic};
    ///
    /// let defs = claim_table();
    /// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
    /// // Nutri-Score B: +50, 70 % sure; ultra-processed: -60, 50 % sure; halved, because only the source says so.
    /// let claims = [(row("nutriscore:b"), ClaimState::SelfDeclared), (row("nova:4"), ClaimState::SelfDeclared)];
    /// let health = Subject { claims: &claims, defs, months: 0 }.evidence()[Topic::Health.index()];
    /// assert_eq!(health.score.get(), 4); // (35·50 - 25·60) / (35 + 25) = 4.2
    /// assert_eq!(health.confidence.get(), 51); // 1 - 0.65·0.75 = 0.5125
    /// ```
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let mut sums = [Sum::default(); Topic::COUNT];
        for (def, state) in self.rows() {
            for &(topic, score, stated) in &def.topics {
                let sure = self.trusted(stated, state);
                if sure > 0 {
                    sums[topic.index()].add(score, sure);
                }
            }
        }
        sums.map(Sum::evidence)
    }

    /// What a person chooses when they choose it: score times confidence per topic, and its price.
    #[must_use]
    pub fn alternative(&self, price: Option<Money>) -> Alternative {
        // At most 100 either way, because score and confidence are.
        let counted = |t: TopicEvidence| divide(i64::from(t.score.get()) * i64::from(t.confidence.get()), 100) as i8;
        Alternative { topics: self.evidence().map(counted), price }
    }

    /// The confidence that is left of what was stated, rounded half up.
    pub(super) fn trusted(&self, stated: Confidence, state: ClaimState) -> u8 {
        let scaled = (u32::from(stated.get()) * u32::from(trust(state)) * u32::from(kept(self.months)) + 5_000) / 10_000;
        Confidence::clamped(scaled).get()
    }

    /// What a reason adds to a claim that is so old that it counts less; empty for others.
    pub(super) fn age(&self) -> String {
        if kept(self.months) == 100 { String::new() } else { format!(", said {} years ago", self.months / 12) }
    }

    /// Each claim with its row, once.
    pub(super) fn rows(self) -> impl Iterator<Item = (&'a ClaimDef, ClaimState)> {
        let once = move |&(at, &(row, state)): &(usize, &(u16, ClaimState))| {
            !self.claims.iter().enumerate().any(|(other, &(r, s))| r == row && other != at && (s > state || (s == state && other < at)))
        };
        let claims = self.claims.iter().enumerate().filter(once);
        claims.filter_map(move |(_, &(row, state))| Some((self.defs.get(usize::from(row))?, state)))
    }
}

/// Rounds a quotient to the nearest integer, half away from zero. `by` is positive.
pub(super) const fn divide(value: i64, by: i64) -> i64 {
    let half = by / 2;
    if value < 0 { (value - half) / by } else { (value + half) / by }
}

/// The claims on one topic, added up so that their order does not matter.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// Σ e
    sure: i64,
    /// Σ e·s
    moment: i64,
    /// The greatest `e`, in no order.
    strongest: [u8; STRONGEST],
}

impl Sum {
    fn add(&mut self, score: Score, sure: u8) {
        self.sure += i64::from(sure);
        self.moment += i64::from(sure) * i64::from(score.get());
        if let Some(least) = self.strongest.iter_mut().min()
            && *least < sure
        {
            *least = sure;
        }
    }

    fn evidence(self) -> TopicEvidence {
        if self.sure == 0 {
            return TopicEvidence::default();
        }
        let (mut unsure, mut whole) = (1_u64, 1_u64);
        for sure in self.strongest.into_iter().filter(|s| *s > 0) {
            unsure *= 100 - u64::from(sure);
            whole *= 100;
        }
        // whole >= 100, so a hundredth of it is exact; what is left over is rounded half up.
        let percent = (whole - unsure + whole / 200) / (whole / 100);
        TopicEvidence {
            score: Score::clamped(divide(self.moment, self.sure) as i32),
            // A claim is never nothing, and only an attested certainty is everything.
            confidence: Confidence::clamped(percent.clamp(1, if unsure == 0 { 100 } else { 99 }) as u32),
        }
    }
}
