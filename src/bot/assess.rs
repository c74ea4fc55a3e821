//! The verdict with its reasons.

use super::{
    Alignment, Evidence, LineFinding, Reason, Subject, Terms, Verdict,
    alignment::weigh,
    lines::{self, LineFacts},
};
use crate::{
    provenance::ClaimState,
    values::{Profile, Topic},
};

/// How a subject fits a person, and why. Card, list and history all come from this; the numbers are those of
/// [`alignment`](super::alignment).
///
/// Reasons are the claims on topics that matter to the person, each with its share of the value in whole points. The points add
/// up exactly to the value before the cap of a crossed line: what rounding leaves over goes to the largest fractions. The
/// strongest stand first; equals stand in topic order, then by claim code. A claim that other facts contradict moves nothing and
/// is named once, with 0 points.
///
/// ```
/// use ecosphere::{
///     bot::{Subject, VerdictBand, assess},
///     provenance::{ClaimState, claim_table},
///     values::{Profile, Topic},
/// };
///
/// let defs = claim_table();
/// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
/// let claims = [
///     (row("nutriscore:e"), ClaimState::SelfDeclared),
///     (row("nova:4"), ClaimState::SelfDeclared),
///     (row("label:organic"), ClaimState::SelfDeclared),
/// ];
/// let verdict = assess(&Profile::default(), &Subject { claims: &claims, defs, months: 0 });
/// assert_eq!(verdict.band, VerdictBand::Mixed);
/// assert_eq!((verdict.reasons[0].text.as_str(), verdict.reasons[0].points), ("Nutri-Score E", -20));
/// assert_eq!(verdict.reasons.iter().map(|r| r.points).sum::<i8>(), verdict.alignment.value);
/// assert_eq!(verdict.unknown[0], Topic::Climate);
/// ```
#[must_use]
pub fn assess(profile: &Profile, subject: &Subject<'_>) -> Verdict {
    let terms = Terms::of(profile);
    let facts = LineFacts::of(subject);
    let findings = lines::findings(&terms.lines, facts, subject);
    terms.verdict(&subject.evidence(), facts, findings, shares(&terms, subject))
}

/// What one claim brings to one topic.
pub(super) struct Share {
    pub(super) topic: Topic,
    pub(super) score: i8,
    /// The confidence it is counted with, 0..=100.
    pub(super) sure: u8,
    pub(super) text: String,
    pub(super) claim: String,
    pub(super) state: ClaimState,
}

/// The claims that count for this person, and the contradicted ones under the topic that matters most to them.
pub(super) fn shares(terms: &Terms, subject: &Subject<'_>) -> Vec<Share> {
    let mut shares = Vec::new();
    let age = subject.age();
    for (def, state) in subject.rows() {
        let share = |topic, score, sure| Share { topic, score, sure, text: format!("{}{age}", def.text), claim: def.code.clone(), state };
        let cared = def.topics.iter().filter(|(topic, ..)| terms.weight(*topic) > 0);
        if state == ClaimState::Contradicted {
            let main = cared.min_by_key(|(topic, ..)| (-terms.weight(*topic), *topic));
            shares.extend(main.map(|&(topic, ..)| share(topic, 0, 0)));
        } else {
            let counted = cared.map(|&(topic, score, stated)| share(topic, score.get(), subject.trusted(stated, state)));
            shares.extend(counted.filter(|s| s.sure > 0));
        }
    }
    shares
}

impl Terms {
    pub(super) fn weight(&self, topic: Topic) -> i64 {
        i64::from(self.weights[topic.index()])
    }

    pub(super) fn verdict(&self, evidence: &Evidence, facts: LineFacts, lines: Vec<LineFinding>, shares: Vec<Share>) -> Verdict {
        let (alignment, band) = self.judge(evidence, facts);
        let points = self.points(evidence, &shares);
        let mut reasons: Vec<Reason> = shares
            .into_iter()
            .zip(points)
            .map(|(s, points)| Reason { topic: s.topic, points, text: s.text, claim: s.claim, state: s.state })
            .collect();
        reasons.sort_by(|a, b| {
            let strength = |r: &Reason| r.points.unsigned_abs();
            strength(b).cmp(&strength(a)).then(a.topic.cmp(&b.topic)).then_with(|| a.claim.cmp(&b.claim))
        });
        let mut unknown: Vec<Topic> = Topic::ALL.into_iter().filter(|t| self.weight(*t) > 0 && evidence[t.index()].confidence.get() == 0).collect();
        unknown.sort_by_key(|t| -self.weight(*t));
        Verdict { band, alignment, reasons, lines, unknown }
    }

    /// Each share of the value before the cap, in whole points that add up to it: all are rounded down, then the largest
    /// fractions are rounded up until the sum is right. So a claim that speaks for never gets less than 0, one against never more.
    fn points(&self, evidence: &Evidence, shares: &[Share]) -> Vec<i8> {
        /// Shares are worked out in millionths of a point.
        const UNIT: i64 = 1_000_000;
        let mut sure = [0_i64; Topic::COUNT];
        for s in shares {
            sure[s.topic.index()] += i64::from(s.sure);
        }
        let known: i64 = Topic::ALL.iter().map(|t| self.weight(*t) * i64::from(evidence[t.index()].confidence.get())).sum();
        let exact = |s: &Share| {
            let in_topic = sure[s.topic.index()];
            if in_topic == 0 || known == 0 {
                return 0;
            }
            // w·C·e·s·UNIT <= 32 767 · 100 · 100 · 100 · 1 000 000 < 2^63
            let mass = self.weight(s.topic) * i64::from(evidence[s.topic.index()].confidence.get());
            (mass * i64::from(s.sure) * i64::from(s.score) * UNIT).div_euclid(known * in_topic)
        };
        let exact: Vec<i64> = shares.iter().map(exact).collect();
        let mut points: Vec<i64> = exact.iter().map(|e| e.div_euclid(UNIT)).collect();
        let Alignment { value, .. } = weigh(&self.weights, evidence);
        let left = i64::from(value) - points.iter().sum::<i64>();
        // Only shares with a fraction are raised, so that one of no points stays one of no points.
        let mut order: Vec<usize> = (0..shares.len()).filter(|i| exact[*i].rem_euclid(UNIT) != 0).collect();
        order.sort_by_key(|i| (-exact[*i].rem_euclid(UNIT), shares[*i].topic, shares[*i].claim.as_str()));
        let raised = order.len().min(usize::try_from(left).unwrap_or(0));
        for i in &order[..raised] {
            points[*i] += 1;
        }
        // The scores per topic are whole numbers too; what that rounding leaves over is the strongest share's.
        let strongest = (0..shares.len()).max_by_key(|i| (exact[*i].abs(), std::cmp::Reverse(*i)));
        if let Some(i) = strongest {
            points[i] += left - raised as i64;
        }
        points.into_iter().map(|p| p.clamp(-100, 100) as i8).collect()
    }
}
