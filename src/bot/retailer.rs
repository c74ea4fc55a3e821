//! How a retailer fits: by its own evidence, and where it has none by what it sells.

use super::{
    Evidence, Subject, Terms, TopicEvidence, Verdict,
    assess::{Share, shares},
    evidence::divide,
    lines::{self, LineFacts},
};
use crate::{
    measure::{Confidence, Score},
    provenance::ClaimState,
    values::{Profile, Topic},
};

/// The code that stands in a [`Reason`](super::Reason) for what a retailer's assortment tells.
pub(super) const ASSORTMENT: &str = "assortment";

/// How a retailer fits a person, topic by topic: by its own evidence, and where it has none by the mean of its assortment at
/// half the confidence.
///
/// The mean runs over all products on sale, also those of which nothing is known: its score is their mean weighted by
/// confidence, its confidence their mean confidence, halved. A topic that only the assortment tells of is one reason with the
/// claim code `assortment` and the state `Inferred`. Hard lines are judged by the retailer's own claims alone: to sell a thing
/// is not to be it.
///
/// ```
/// use ecosphere::{
///     bot::{Subject, retailer_fit},
///     provenance::{ClaimState, claim_table},
///     values::Profile,
/// };
///
/// let defs = claim_table();
/// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
/// let own = [(row("own:no-tracking"), ClaimState::Attested)];
/// let oats = [(row("nutriscore:a"), ClaimState::Attested)];
/// let shelf = [Subject { claims: &oats, defs, months: 0 }, Subject { claims: &[], defs, months: 0 }];
/// let verdict = retailer_fit(&Profile::default(), &Subject { claims: &own, defs, months: 0 }, shelf.into_iter());
/// assert_eq!(verdict.reasons[1].text, "What it sells: known of 1 in 2 products");
/// ```
#[must_use]
pub fn retailer_fit<'a>(profile: &Profile, own: &Subject<'_>, assortment: impl Iterator<Item = Subject<'a>>) -> Verdict {
    let terms = Terms::of(profile);
    let mut evidence = own.evidence();
    let mut shares = shares(&terms, own);
    let range = Assortment::of(assortment);
    for topic in Topic::ALL {
        let known = &mut evidence[topic.index()];
        let Some((sold, telling)) = range.topic(topic).filter(|_| known.confidence.get() == 0) else { continue };
        *known = sold;
        if terms.weight(topic) > 0 {
            shares.push(Share {
                topic,
                score: sold.score.get(),
                sure: sold.confidence.get(),
                text: format!("What it sells: known of {telling} in {} products", range.products),
                claim: ASSORTMENT.to_owned(),
                state: ClaimState::Inferred,
            });
        }
    }
    let facts = LineFacts::of(own);
    let findings = lines::findings(&terms.lines, facts, own);
    terms.verdict(&evidence, facts, findings, shares)
}

/// Evidence of many products, added up.
#[derive(Default)]
struct Assortment {
    products: i64,
    /// Σ C, Σ C·S and the number of products with C > 0, per topic.
    topics: [(i64, i64, i64); Topic::COUNT],
}

impl Assortment {
    fn of<'a>(subjects: impl Iterator<Item = Subject<'a>>) -> Self {
        let mut range = Self::default();
        for subject in subjects {
            let evidence: Evidence = subject.evidence();
            range.products += 1;
            for (sum, topic) in range.topics.iter_mut().zip(evidence) {
                let sure = i64::from(topic.confidence.get());
                sum.0 += sure;
                sum.1 += sure * i64::from(topic.score.get());
                sum.2 += i64::from(sure > 0);
            }
        }
        range
    }

    /// What the assortment tells of a topic, and how many products tell it; `None` when that rounds to nothing.
    fn topic(&self, topic: Topic) -> Option<(TopicEvidence, i64)> {
        let (sure, moment, telling) = self.topics[topic.index()];
        if sure == 0 {
            return None;
        }
        let confidence = Confidence::clamped(u32::try_from(divide(sure, 2 * self.products)).unwrap_or(0));
        let score = Score::clamped(i32::try_from(divide(moment, sure)).unwrap_or(0));
        (confidence.get() > 0).then_some((TopicEvidence { score, confidence }, telling))
    }
}
