//! What must hold for any subject and any person.

use super::{evidence::STRONGEST, lines::LineFacts, *};
use crate::{
    measure::{Confidence, Currency, Money, Score},
    provenance::{ClaimDef, ClaimState, claim_table},
    values::{HardLine, Importance, LineState, Profile, Topic},
};
use proptest::{collection::vec, prelude::*, sample::subsequence};
use std::cmp::Ordering;

const STATES: [ClaimState; 5] =
    [ClaimState::Attested, ClaimState::Confirmed, ClaimState::SelfDeclared, ClaimState::Inferred, ClaimState::Contradicted];

type Claims = Vec<(u16, ClaimState)>;

fn subject(claims: &[(u16, ClaimState)]) -> Subject<'_> {
    Subject { claims, defs: claim_table(), months: 0 }
}

fn row(code: &str) -> u16 {
    claim_table().iter().position(|d| d.code == code).unwrap_or_else(|| panic!("no row {code}")) as u16
}

fn declared(codes: &[&str]) -> Claims {
    codes.iter().map(|c| (row(c), ClaimState::SelfDeclared)).collect()
}

fn with_lines(lines: &[HardLine]) -> Profile {
    Profile { hard_lines: lines.iter().copied().collect(), ..Profile::default() }
}

/// Up to a dozen rows of the real table, each in some state, in some order.
fn any_claims() -> impl Strategy<Value = Claims> {
    let rows: Vec<u16> = (0..claim_table().len() as u16).collect();
    subsequence(rows, 0..12).prop_shuffle().prop_flat_map(|rows| {
        let n = rows.len();
        (Just(rows), vec(0..STATES.len(), n)).prop_map(|(rows, states)| rows.into_iter().zip(states.into_iter().map(|s| STATES[s])).collect())
    })
}

fn any_profile() -> impl Strategy<Value = Profile> {
    let topics = vec(0..3_usize, Topic::COUNT);
    let lines = subsequence(HardLine::ALL.to_vec(), 0..4);
    (topics, lines).prop_map(|(levels, lines)| Profile {
        topics: Topic::ALL.into_iter().zip(levels.into_iter().map(|l| Importance::ALL[l].into())).collect(),
        ..with_lines(&lines)
    })
}

/// Rows made up for the test, so that scores and confidences take any value.
fn any_defs() -> impl Strategy<Value = Vec<ClaimDef>> {
    let topic = (0..Topic::COUNT, -100..=100_i32, 0..=100_u32).prop_map(|(t, s, c)| (Topic::ALL[t], Score::clamped(s), Confidence::clamped(c)));
    vec(vec(topic, 1..4), 1..12).prop_map(|rows| {
        let def = |(i, topics)| ClaimDef { code: format!("c{i:02}"), text: format!("Claim {i}"), topics, lines: vec![] };
        rows.into_iter().enumerate().map(def).collect()
    })
}

fn all_of(defs: &[ClaimDef]) -> Claims {
    (0..defs.len() as u16).map(|i| (i, ClaimState::Attested)).collect()
}

/// The value before the cap.
fn uncapped(profile: &Profile, s: &Subject<'_>) -> i8 {
    alignment(&Profile { hard_lines: Default::default(), ..profile.clone() }, s).0.value
}

fn crosses(profile: &Profile, s: &Subject<'_>) -> bool {
    let facts = LineFacts::of(s);
    profile.hard_lines.iter().any(|l| facts.state(*l) == LineState::Crossed)
}

fn best_first(profile: &Profile, candidates: &[Candidate<'_>], a: usize, b: usize) -> Ordering {
    let standing = |i: usize| {
        let verdict = assess(profile, &candidates[i].subject);
        Standing { band: verdict.band, alignment: verdict.alignment, price: candidates[i].price, name: candidates[i].name }
    };
    standing(a).best_first(&standing(b))
}

proptest! {
    #[test]
    fn the_order_of_the_claims_changes_nothing(
        (claims, shuffled) in any_claims().prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle())),
        profile in any_profile(),
    ) {
        prop_assert_eq!(assess(&profile, &subject(&claims)), assess(&profile, &subject(&shuffled)));
    }

    #[test]
    fn a_common_factor_on_all_weights_changes_nothing(claims in any_claims(), profile in any_profile(), factor in 1..=100_i16) {
        let evidence = subject(&claims).evidence();
        let weights = profile.weights();
        let scaled = weights.map(|w| w * factor);
        prop_assert_eq!(alignment::weigh(&weights, &evidence), alignment::weigh(&scaled, &evidence));
    }

    #[test]
    fn low_is_at_most_value_is_at_most_high(claims in any_claims(), profile in any_profile()) {
        let (fit, _) = alignment(&profile, &subject(&claims));
        prop_assert!(fit.low <= fit.value && fit.value <= fit.high, "{fit:?}");
        prop_assert!(fit.low >= -100 && fit.high <= 100 && fit.coverage <= 100, "{fit:?}");
    }

    #[test]
    fn no_weights_and_no_evidence_overflow_the_sums(
        weights in vec(0..=i16::MAX, Topic::COUNT),
        evidence in vec((-100..=100_i32, 0..=100_u32), Topic::COUNT),
    ) {
        let weights: [i16; Topic::COUNT] = weights.try_into().unwrap();
        let evidence: Evidence = std::array::from_fn(|i| TopicEvidence {
            score: Score::clamped(evidence[i].0),
            confidence: Confidence::clamped(evidence[i].1),
        });
        let fit = alignment::weigh(&weights, &evidence);
        prop_assert!(fit.low <= fit.value && fit.value <= fit.high, "{fit:?}");
    }

    #[test]
    fn the_older_the_word_the_less_is_known_and_nothing_else_changes(claims in any_claims(), profile in any_profile(), months in 0..=90_u16, more in 0..=90_u16) {
        let at = |months| alignment(&profile, &Subject { months, ..subject(&claims) });
        let ((newer, _), (older, band)) = (at(months), at(months + more));
        prop_assert!(older.coverage <= newer.coverage && older.low <= newer.high && older.high >= newer.low, "{newer:?} {older:?}");
        let crossed = crosses(&profile, &subject(&claims));
        prop_assert_eq!(band == VerdictBand::CrossesLine, crossed, "age takes no line back");
        prop_assert!(older.coverage > 0 || newer.coverage <= 2, "old is not unknown: {:?} {:?}", newer, older);
    }

    #[test]
    fn alignment_and_assess_always_agree(claims in any_claims(), profile in any_profile()) {
        let verdict = assess(&profile, &subject(&claims));
        prop_assert_eq!(alignment(&profile, &subject(&claims)), (verdict.alignment, verdict.band));
    }

    #[test]
    fn the_points_of_the_reasons_add_up_to_the_value_before_the_cap(claims in any_claims(), profile in any_profile()) {
        let verdict = assess(&profile, &subject(&claims));
        let sum: i32 = verdict.reasons.iter().map(|r| i32::from(r.points)).sum();
        prop_assert_eq!(sum, i32::from(uncapped(&profile, &subject(&claims))));
    }

    #[test]
    fn the_points_add_up_whatever_the_rows_say(defs in any_defs(), profile in any_profile(), months in 0..200_u16) {
        let claims = all_of(&defs);
        let s = Subject { claims: &claims, defs: &defs, months };
        let verdict = assess(&profile, &s);
        let sum: i32 = verdict.reasons.iter().map(|r| i32::from(r.points)).sum();
        prop_assert_eq!(sum, i32::from(verdict.alignment.value));
    }

    #[test]
    fn reasons_stand_strongest_first_and_speak_of_what_matters(claims in any_claims(), profile in any_profile()) {
        let verdict = assess(&profile, &subject(&claims));
        prop_assert!(verdict.reasons.is_sorted_by_key(|r| std::cmp::Reverse(r.points.unsigned_abs())));
        prop_assert!(verdict.reasons.iter().all(|r| profile.importance(r.topic) != Importance::Ignore));
        prop_assert!(verdict.unknown.is_sorted_by_key(|t| (-profile.weights()[t.index()], *t)));
        let known = subject(&claims).evidence();
        for t in Topic::ALL {
            let open = profile.importance(t) != Importance::Ignore && known[t.index()].confidence.get() == 0;
            prop_assert_eq!(verdict.unknown.contains(&t), open);
        }
    }

    #[test]
    fn a_line_that_is_not_known_to_be_kept_never_fits(claims in any_claims(), profile in any_profile()) {
        let verdict = assess(&profile, &subject(&claims));
        let all_kept = verdict.lines.iter().all(|l| l.state == LineState::Kept);
        prop_assert!(verdict.band != VerdictBand::Fits || all_kept);
        prop_assert_eq!(verdict.lines.len(), profile.hard_lines.len());
        let crossed = verdict.lines.iter().any(|l| l.state == LineState::Crossed);
        prop_assert_eq!(verdict.band == VerdictBand::CrossesLine, crossed);
        if crossed {
            prop_assert!(verdict.alignment.high <= CROSSED_CAP);
        }
    }

    #[test]
    fn a_claim_of_the_highest_score_on_a_topic_that_matters_lowers_nothing_but_by_rounding(
        defs in any_defs(), mut profile in any_profile(), topic in 0..Topic::COUNT, sure in 1..=100_u32, level in 1..3_usize,
    ) {
        let topic = Topic::ALL[topic];
        profile.topics.insert(topic, Importance::ALL[level].into());
        let claims = all_of(&defs);
        let before = alignment(&profile, &Subject { claims: &claims, defs: &defs, months: 0 }).0;
        let mut more = defs;
        more.push(ClaimDef {
            code: "praise".to_owned(),
            text: "Praise".to_owned(),
            topics: vec![(topic, Score::clamped(100), Confidence::clamped(sure))],
            lines: vec![],
        });
        let claims = all_of(&more);
        let after = alignment(&profile, &Subject { claims: &claims, defs: &more, months: 0 }).0;
        prop_assert!(after.value >= before.value - 2, "{before:?} {after:?}");
        prop_assert!(after.low >= before.low - 1 && after.high >= before.high - 1, "{before:?} {after:?}");
    }

    #[test]
    fn a_ranking_is_the_candidates_sorted_by_assess(
        shelf in vec((any_claims(), proptest::option::of(0..500_i64), "[a-c]{1,2}"), 0..12),
        profile in any_profile(),
    ) {
        let candidates: Vec<Candidate<'_>> = shelf
            .iter()
            .map(|(claims, price, name)| Candidate {
                subject: subject(claims),
                category: None,
                price: price.map(|minor| Money { minor, currency: Currency::EUR }),
                name,
            })
            .collect();
        let list = rank(&profile, &candidates);
        let mut sorted: Vec<usize> = (0..candidates.len()).collect();
        sorted.sort_by(|a, b| best_first(&profile, &candidates, *a, *b));
        prop_assert_eq!(list.iter().map(|r| r.position).collect::<Vec<_>>(), sorted);
        let mut crossed = list.iter().map(|r| crosses(&profile, &candidates[r.position].subject));
        crossed.find(|c| *c);
        prop_assert!(crossed.all(|c| c), "what crosses a line stands after all that crosses none");
    }

    #[test]
    fn better_options_are_strictly_better_and_cross_no_line(
        shelf in vec((any_claims(), proptest::option::of(0..6_u16)), 1..12),
        profile in any_profile(),
        limit in 0..4_usize,
        whole in any::<bool>(),
    ) {
        let candidates: Vec<Candidate<'_>> = shelf
            .iter()
            .map(|(claims, category)| Candidate { subject: subject(claims), category: *category, price: None, name: "x" })
            .collect();
        // 0 is above 1, 2 and 3; 4 and 5 stand in a circle.
        let parent = |c: u16| match c {
            1..=3 => Some(0),
            4 => Some(5),
            5 => Some(4),
            _ => None,
        };
        let target = if whole { Target::Category(1) } else { Target::Subject(0) };
        let options = better_options(&profile, &candidates, target, &parent, limit);
        prop_assert!(options.len() <= limit);
        prop_assert!(options.is_sorted_by_key(|o| o.nearness));
        let own = assess(&profile, &candidates[0].subject);
        for option in &options {
            let c = &candidates[option.ranked.position];
            prop_assert!(!crosses(&profile, &c.subject));
            prop_assert_ne!(option.ranked.band, VerdictBand::NotEnoughKnown);
            if whole {
                prop_assert!(option.ranked.alignment.value > 0);
            } else {
                prop_assert_ne!(option.ranked.position, 0);
                let (a, b) = ((option.ranked.band.place(), -i16::from(option.ranked.alignment.value)),
                              (own.band.place(), -i16::from(own.alignment.value)));
                prop_assert!(a < b, "{a:?} {b:?}");
            }
        }
        let mut positions: Vec<usize> = options.iter().map(|o| o.ranked.position).collect();
        positions.sort_unstable();
        positions.dedup();
        prop_assert_eq!(positions.len(), options.len());
    }

    #[test]
    fn a_retailers_points_add_up_and_its_own_word_comes_before_its_assortment(
        own in any_claims(), shelf in vec(any_claims(), 0..6), profile in any_profile(),
    ) {
        let own = subject(&own);
        let verdict = retailer_fit(&profile, &own, shelf.iter().map(|c| subject(c)));
        let sum: i32 = verdict.reasons.iter().map(|r| i32::from(r.points)).sum();
        if verdict.band != VerdictBand::CrossesLine {
            prop_assert_eq!(sum, i32::from(verdict.alignment.value));
        }
        let known = own.evidence();
        for reason in verdict.reasons.iter().filter(|r| r.claim == retailer::ASSORTMENT) {
            prop_assert_eq!(known[reason.topic.index()].confidence.get(), 0);
        }
        if shelf.is_empty() {
            prop_assert_eq!(verdict, assess(&profile, &own));
        }
    }
}

#[test]
fn the_confidence_of_many_claims_is_that_of_independent_sources() {
    let def = |sure| ClaimDef {
        code: String::new(),
        text: String::new(),
        topics: vec![(Topic::Water, Score::clamped(10), Confidence::clamped(sure))],
        lines: vec![],
    };
    let together = |sure: &[u32]| {
        let defs: Vec<ClaimDef> = sure.iter().map(|s| def(*s)).collect();
        let claims = all_of(&defs);
        Subject { claims: &claims, defs: &defs, months: 0 }.evidence()[Topic::Water.index()].confidence.get()
    };
    for sure in 0..=100 {
        assert_eq!(together(&[sure]), sure as u8, "one claim keeps its own confidence");
    }
    assert_eq!(together(&[50, 50]), 75);
    assert_eq!(together(&[20, 30, 40]), 66); // 1 - 0.8·0.7·0.6 = 0.664
    assert_eq!(together(&[90, 90, 90]), 99, "only certainty is certain");
    assert_eq!(together(&[100, 1]), 100);
    assert_eq!(together(&[1; 200]), together(&[1; STRONGEST]), "the nine most confident raise it");
}

#[test]
fn how_a_claim_was_verified_scales_its_confidence() {
    let sure = |state| subject(&[(row("nutriscore:a"), state)]).evidence()[Topic::Health.index()].confidence.get();
    assert_eq!(STATES.map(sure), [70, 63, 35, 18, 0]);
}

#[test]
fn a_claim_made_twice_counts_once_by_its_weaker_state() {
    let r = row("nutriscore:a");
    let twice = [(r, ClaimState::Attested), (r, ClaimState::SelfDeclared), (r, ClaimState::SelfDeclared)];
    let once = [(r, ClaimState::SelfDeclared)];
    assert_eq!(assess(&Profile::default(), &subject(&twice)), assess(&Profile::default(), &subject(&once)));
}

#[test]
fn a_claim_outside_the_table_is_passed_over() {
    let verdict = assess(&Profile::default(), &subject(&[(u16::MAX, ClaimState::Attested)]));
    assert_eq!(verdict.band, VerdictBand::NotEnoughKnown);
    assert_eq!(verdict.alignment, Alignment { value: 0, low: -100, high: 100, coverage: 0 });
    assert_eq!(verdict.unknown, Topic::ALL);
}

#[test]
fn where_nothing_matters_nothing_is_known_well_enough() {
    let profile = Profile { topics: Topic::ALL.map(|t| (t, Importance::Ignore.into())).into(), ..Profile::default() };
    let claims = declared(&["nutriscore:a", "label:organic"]);
    let verdict = assess(&profile, &subject(&claims));
    assert_eq!(verdict.band, VerdictBand::NotEnoughKnown);
    assert!(verdict.reasons.is_empty() && verdict.unknown.is_empty());
}

#[test]
fn a_typical_product_of_public_sources_gets_a_verdict() {
    let crisps = declared(&["nutriscore:d", "nova:4", "ecoscore:d", "ingredients:palm-oil", "ingredients:vegan"]);
    let oats = declared(&["nutriscore:a", "nova:1", "ecoscore:a", "label:organic", "ingredients:vegan"]);
    let label_only = declared(&["label:palm-oil-free"]);
    let bands = [&crisps, &oats, &label_only].map(|c| alignment(&Profile::default(), &subject(c)).1);
    assert_eq!(bands, [VerdictBand::Against, VerdictBand::Fits, VerdictBand::NotEnoughKnown]);
}

#[test]
fn an_unmet_line_caps_the_verdict_and_an_open_one_keeps_it_from_fitting() {
    let line = with_lines(&[HardLine::NoPalmOil]);
    let fine = ["nutriscore:a", "nova:1", "ecoscore:a"];
    let judged = |more: &[&str]| alignment(&line, &subject(&declared(&[&fine, more].concat())));
    assert_eq!(judged(&["ingredients:palm-oil-free"]).1, VerdictBand::Fits);
    let (fit, band) = judged(&["label:sustainable-palm-oil"]);
    assert_eq!((band, fit.value, fit.high), (VerdictBand::CrossesLine, CROSSED_CAP, CROSSED_CAP));
    let (fit, band) = judged(&[]);
    assert_eq!(band, VerdictBand::Mixed);
    assert!(fit.value >= FITS_FROM);
    assert_eq!(judged(&["label:palm-oil-free", "ingredients:palm-oil"]).1, VerdictBand::Mixed);
}

#[test]
fn what_is_said_of_a_line_decides_its_state() {
    let state = |claims: &[(&str, ClaimState)], line| {
        let claims: Claims = claims.iter().map(|(c, s)| (row(c), *s)).collect();
        assess(&with_lines(&[line]), &subject(&claims)).lines[0].state
    };
    let said = ClaimState::SelfDeclared;
    assert_eq!(state(&[], HardLine::Vegan), LineState::Unknown);
    assert_eq!(state(&[("label:vegan", said)], HardLine::Vegan), LineState::Kept);
    assert_eq!(state(&[("ingredients:non-vegan", said)], HardLine::Vegan), LineState::Crossed);
    assert_eq!(state(&[("label:vegan", said), ("ingredients:non-vegan", said)], HardLine::Vegan), LineState::Contradicted);
    assert_eq!(state(&[("label:vegan", ClaimState::Contradicted)], HardLine::Vegan), LineState::Contradicted);
    assert_eq!(state(&[("label:vegan", ClaimState::Inferred)], HardLine::Vegan), LineState::Unknown);
    assert_eq!(state(&[("label:vegan", said)], HardLine::LactoseFree), LineState::Unknown, "vegan is not free of traces");
    assert_eq!(state(&[("ingredients:non-vegan", said)], HardLine::Vegetarian), LineState::Unknown);
}

#[test]
fn vegan_implies_vegetarian_even_where_the_row_does_not_say_so() {
    let def = |lines| ClaimDef { code: String::new(), text: "It".to_owned(), topics: vec![], lines };
    let defs = [def(vec![(HardLine::Vegan, true)]), def(vec![(HardLine::Vegetarian, false)])];
    let state = |claim: u16, line| {
        let claims = [(claim, ClaimState::Confirmed)];
        let verdict = assess(&with_lines(&[line]), &Subject { claims: &claims, defs: &defs, months: 0 });
        assert_eq!(verdict.lines[0].because, ["It"]);
        verdict.lines[0].state
    };
    assert_eq!(state(0, HardLine::Vegetarian), LineState::Kept);
    assert_eq!(state(1, HardLine::Vegan), LineState::Crossed);
}

#[test]
fn a_contradicted_claim_is_named_once_and_moves_nothing() {
    let mut claims = declared(&["nutriscore:a"]);
    let before = assess(&Profile::default(), &subject(&claims));
    claims.push((row("label:organic"), ClaimState::Contradicted));
    let after = assess(&Profile::default(), &subject(&claims));
    assert_eq!(after.alignment, before.alignment);
    let named: Vec<_> = after.reasons.iter().filter(|r| r.state == ClaimState::Contradicted).collect();
    assert_eq!(named.len(), 1);
    assert_eq!((named[0].points, named[0].claim.as_str()), (0, "label:organic"));
}

#[test]
fn no_finding_about_health_or_faith_says_safe() {
    for line in HardLine::ALL {
        for state in [LineState::Kept, LineState::Crossed, LineState::Unknown, LineState::Contradicted] {
            let said = LineFinding { line, state, because: vec!["A label".to_owned()] }.sentence();
            assert!(said.contains("A label") && !said.contains("safe"), "{said}");
            assert_eq!(said.ends_with("Check the pack."), line.is_sensitive(), "{said}");
        }
    }
}

#[test]
fn a_cheaper_one_stands_first_among_equals_and_an_unknown_price_last() {
    let claims = declared(&["nutriscore:a"]);
    let candidate = |minor: Option<i64>, name| Candidate {
        subject: subject(&claims),
        category: None,
        price: minor.map(|minor| Money { minor, currency: Currency::EUR }),
        name,
    };
    let shelf = [candidate(None, "a"), candidate(Some(300), "b"), candidate(Some(200), "d"), candidate(Some(200), "c")];
    let list = rank(&Profile::default(), &shelf);
    assert_eq!(list.iter().map(|r| shelf[r.position].name).collect::<String>(), "cdba");
}

#[test]
fn better_options_come_from_the_category_then_the_one_above_then_by_likeness() {
    let [e, d, c, b, a] = ["e", "d", "c", "b", "a"].map(|g| declared(&[&format!("nutriscore:{g}"), "nova:2", "ecoscore:c"]));
    let shelf = |categories: [Option<u16>; 5]| {
        let claims = [&e, &d, &c, &b, &a];
        let candidate =
            |i: usize| Candidate { subject: subject(claims[i]), category: categories[i], price: None, name: ["e", "d", "c", "b", "a"][i] };
        [0, 1, 2, 3, 4].map(candidate)
    };
    let parent = |c: u16| (c == 1 || c == 2).then_some(0);
    let found = |shelf: &[Candidate<'_>], target, limit| -> Vec<(usize, Nearness)> {
        let options = better_options(&Profile::default(), shelf, target, &parent, limit);
        options.iter().map(|o| (o.ranked.position, o.nearness)).collect()
    };
    let all = shelf([Some(1), Some(1), Some(1), Some(2), Some(2)]);
    let expected = [(2, Nearness::Category), (1, Nearness::Category), (4, Nearness::Parent), (3, Nearness::Parent)];
    assert_eq!(found(&all, Target::Subject(0), 4), expected);
    assert_eq!(found(&all, Target::Subject(4), 4), [], "nothing is better than the best");
    assert_eq!(found(&all, Target::Category(2), 1), [(4, Nearness::Category)]);
    let alone = shelf([Some(9), Some(1), None, Some(2), Some(2)]);
    assert_eq!(found(&alone, Target::Subject(0), 2), [(1, Nearness::Similar), (2, Nearness::Similar)]);
    assert_eq!(found(&alone, Target::Category(9), 2), [], "a category of nothing is not like anything");
    assert_eq!(found(&alone, Target::Subject(99), 2), []);
}

#[test]
fn a_retailer_without_a_word_of_its_own_is_judged_by_what_it_sells_at_half_the_confidence() {
    let [a, b] = ["nutriscore:a", "nutriscore:b"].map(|code| [(row(code), ClaimState::Attested)]);
    let shelf = [subject(&a), subject(&b), subject(&[]), subject(&[])];
    let verdict = retailer_fit(&Profile::default(), &subject(&[]), shelf.into_iter());
    // Confidence (70 + 70) / 4 / 2 = 17.5, score (90 + 50) / 2 = 70; coverage 18 / 17 topics.
    assert_eq!((verdict.alignment.value, verdict.alignment.coverage), (70, 1));
    assert_eq!(verdict.reasons[0].text, "What it sells: known of 2 in 4 products");
    let own = [(row("project:health"), ClaimState::Attested)];
    let verdict = retailer_fit(&Profile::default(), &subject(&own), shelf.into_iter());
    assert_eq!(verdict.reasons.len(), 1, "its own word on health stands alone");
    let empty = retailer_fit(&Profile::default(), &subject(&[]), std::iter::empty());
    assert_eq!(empty.band, VerdictBand::NotEnoughKnown);
}

#[test]
fn every_band_has_its_place_and_its_name_on_the_wire() {
    for (place, band) in VerdictBand::BEST_FIRST.into_iter().enumerate() {
        assert_eq!(usize::from(band.place()), place);
        assert_eq!(serde_json::to_value(band).unwrap(), band.id());
    }
}

/// The figures that [`ENOUGH_KNOWN`] was chosen by.
#[cfg(feature = "node")]
#[test]
fn most_real_food_gets_a_verdict_and_most_real_cosmetics_are_honestly_unknown() {
    use crate::provenance::{
        BrandIndex,
        openfoodfacts::{Site, import},
    };
    let judged = |file: &str, site, profile: &Profile| -> usize {
        let path = format!("{}/assets/sample/source/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::io::BufReader::new(flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()));
        let records = import(text, site, &BrandIndex::default()).unwrap().records;
        let bands: Vec<VerdictBand> = records
            .iter()
            .map(|r| {
                let claims: Claims = r.claims.iter().map(|c| (row(&c.code), c.state)).collect();
                alignment(profile, &subject(&claims)).1
            })
            .collect();
        100 * bands.iter().filter(|b| **b != VerdictBand::NotEnoughKnown).count() / bands.len()
    };
    let alike = Profile::default();
    let mut caring = Profile::default();
    for topic in [Topic::Health, Topic::Climate, Topic::AnimalWelfare] {
        caring.topics.insert(topic, Importance::MattersMost.into());
    }
    let percent = [
        judged("openfoodfacts.jsonl.gz", Site::Food, &alike),
        judged("openfoodfacts.jsonl.gz", Site::Food, &caring),
        judged("openbeautyfacts.jsonl.gz", Site::Beauty, &alike),
    ];
    assert!(percent[0] >= 85 && percent[1] >= 95 && percent[2] <= 20, "{percent:?}");
}
