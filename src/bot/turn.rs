//! What would change a verdict: the facts that are open now, taken one at a time.

use super::{Alignment, Evidence, Subject, Terms, VerdictBand, lines::LineFacts};
use crate::{
    measure::{Confidence, Score},
    values::{HardLine, LineState, Topic},
};
use serde::{Deserialize, Serialize};

/// The most that are named.
const MOST: usize = 4;

/// What is open now, and what would come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// What would have to be shown.
    pub fact: OpenFact,
    /// The band then.
    pub band: VerdictBand,
    /// The number behind it.
    pub alignment: Alignment,
}

/// Something that nobody has shown yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OpenFact {
    /// All that is open of a topic turns out good (`true`) or bad.
    Topic(Topic, bool),
    /// A line is shown to be kept. (That a crossed one leads to "crosses your line" goes without saying.)
    Line(HardLine),
}

impl Terms {
    /// What would turn the verdict on a subject: each open fact that by itself leads to another band, the weightiest first, at most four. Topics
    /// that nothing is known of are open wholly, others as far as nobody vouches for what is said of them.
    ///
    /// ```
    /// use ecosphere::{
    ///     bot::{OpenFact, Subject, Terms, VerdictBand},
    ///     provenance::{ClaimState, claim_table},
    ///     values::{HardLine, Profile},
    /// };
    ///
    /// let defs = claim_table();
    /// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
    /// let claims = [(row("nutriscore:a"), ClaimState::SelfDeclared), (row("label:organic"), ClaimState::SelfDeclared)];
    /// let mut mine = Profile::default();
    /// mine.hard_lines.insert(HardLine::NoForcedLabour);
    /// let turns = Terms::of(&mine).turns(&Subject { claims: &claims, defs, months: 0 });
    /// assert!(turns.iter().any(|t| t.fact == OpenFact::Line(HardLine::NoForcedLabour) && t.band == VerdictBand::Fits));
    /// ```
    #[must_use]
    pub fn turns(&self, subject: &Subject<'_>) -> Vec<Turn> {
        let (evidence, facts) = (subject.evidence(), LineFacts::of(subject));
        let (now, band) = self.judge(&evidence, facts);
        let by_topic = Topic::ALL.into_iter().filter(|t| self.weight(*t) > 0).flat_map(|topic| {
            [true, false].map(|good| {
                let (alignment, band) = self.judge(&settled(&evidence, topic, good), facts);
                Turn { fact: OpenFact::Topic(topic, good), band, alignment }
            })
        });
        let open = |l: &&HardLine| matches!(facts.state(**l), LineState::Unknown | LineState::Contradicted);
        let by_line = self.lines.iter().filter(open).map(|line| {
            let rest = Self { weights: self.weights, lines: self.lines.iter().copied().filter(|l| l != line).collect() };
            let (alignment, band) = rest.judge(&evidence, facts);
            Turn { fact: OpenFact::Line(*line), band, alignment }
        });
        let mut turns: Vec<Turn> = by_line.chain(by_topic).filter(|t| t.band != band).collect();
        let far = |t: &Turn| i16::from(t.alignment.value).abs_diff(i16::from(now.value));
        // Equals keep their order: lines first, then topics in table order.
        turns.sort_by_key(|t| std::cmp::Reverse((matches!(t.fact, OpenFact::Line(..)), far(t))));
        turns.truncate(MOST);
        turns
    }
}

/// The evidence if all that is open of a topic turned out good, or bad.
fn settled(evidence: &Evidence, topic: Topic, good: bool) -> Evidence {
    let mut evidence = *evidence;
    let of = &mut evidence[topic.index()];
    let (score, sure) = (i32::from(of.score.get()), i32::from(of.confidence.get()));
    let rest = if good { 100 - sure } else { sure - 100 };
    of.score = Score::clamped((score * sure + 100 * rest) / 100);
    of.confidence = Confidence::clamped(100);
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bot::assess,
        provenance::{ClaimState, claim_table},
        values::{Importance, Profile, Weight},
    };

    fn claims(codes: &[&str]) -> Vec<(u16, ClaimState)> {
        let row = |code: &&str| claim_table().iter().position(|d| d.code == *code).unwrap() as u16;
        codes.iter().map(|c| (row(c), ClaimState::SelfDeclared)).collect()
    }

    #[test]
    fn what_turns_a_verdict_really_leads_to_another_band() {
        let claims = claims(&["nutriscore:e", "label:organic"]);
        let subject = Subject { claims: &claims, defs: claim_table(), months: 0 };
        let mut mine = Profile::default();
        mine.topics.insert(Topic::Climate, Importance::MattersMost.into());
        let band = assess(&mine, &subject).band;
        let turns = Terms::of(&mine).turns(&subject);
        assert!(!turns.is_empty() && turns.iter().all(|t| t.band != band));
        assert_eq!(turns[0].fact, OpenFact::Topic(Topic::Climate, turns[0].alignment.value > 0), "what matters most moves most");
    }

    #[test]
    fn what_does_not_matter_turns_nothing() {
        let claims = claims(&["nutriscore:e"]);
        let only = |t: Topic| (t, Weight::from(if t == Topic::Health { Importance::MattersMost } else { Importance::Ignore }));
        let mine = Profile { topics: Topic::ALL.into_iter().map(only).collect(), ..Profile::default() };
        let turns = Terms::of(&mine).turns(&Subject { claims: &claims, defs: claim_table(), months: 0 });
        assert!(turns.iter().all(|t| matches!(t.fact, OpenFact::Topic(Topic::Health, _))), "{turns:?}");
    }

    #[test]
    fn a_line_that_is_already_crossed_is_not_open() {
        let claims = claims(&["ingredients:palm-oil"]);
        let mut mine = Profile::default();
        mine.hard_lines.insert(HardLine::NoPalmOil);
        let turns = Terms::of(&mine).turns(&Subject { claims: &claims, defs: claim_table(), months: 0 });
        assert_eq!(turns, [], "nothing takes back a crossed line");
    }
}
