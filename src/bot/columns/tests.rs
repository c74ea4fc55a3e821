//! The list of the best is the beginning of the list of all, whatever is known and whoever asks.

use super::*;
use crate::{
    bot::{Candidate, rank},
    measure::{Confidence, Score},
    provenance::{ClaimDef, ClaimState},
    values::{HardLine, Importance, Profile},
};
use proptest::{collection::vec, prelude::*};

/// A row per subject, with anything at all about any topic and line.
fn any_def() -> impl Strategy<Value = ClaimDef> {
    let topic = (0..Topic::COUNT, -100..=100_i32, 0..=100_u32).prop_map(|(t, s, c)| (Topic::ALL[t], Score::clamped(s), Confidence::clamped(c)));
    let line = (0..HardLine::ALL.len(), any::<bool>()).prop_map(|(l, kept)| (HardLine::ALL[l], kept));
    (vec(topic, 0..6), vec(line, 0..3)).prop_map(|(topics, lines)| ClaimDef { code: String::new(), text: String::new(), topics, lines })
}

/// Few values of few topics, so that many are equal; else any of all.
fn market() -> impl Strategy<Value = (Vec<ClaimDef>, Vec<Vec<u16>>)> {
    vec(any_def(), 1..8).prop_flat_map(|defs| {
        let count = defs.len() as u16;
        (Just(defs), vec(vec(0..count, 0..5), 1..120))
    })
}

fn person() -> impl Strategy<Value = Profile> {
    (vec(0..3_usize, Topic::COUNT), vec(0..HardLine::ALL.len(), 0..3), any::<bool>(), vec(0..=Learned::MOST, Topic::COUNT)).prop_map(
        |(levels, lines, by_hand, learned)| {
            let mut profile = Profile { hard_lines: lines.into_iter().map(|l| HardLine::ALL[l]).collect(), ..Profile::default() };
            if by_hand {
                profile.topics = Topic::ALL.into_iter().zip(levels.into_iter().map(|l| Importance::ALL[l].into())).collect();
            } else {
                let weigh = |(t, weight)| (t, Learned { weight, spread: 0, from: vec![] });
                profile.learned = Topic::ALL.into_iter().zip(learned).map(weigh).collect();
            }
            profile
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_best_are_the_first_of_all((defs, claims) in market(), profile in person(), limit in 0..130_usize, every in 1..4_usize) {
        let claims: Vec<Vec<(u16, ClaimState)>> = claims.into_iter().map(|c| c.into_iter().map(|row| (row, ClaimState::Attested)).collect()).collect();
        let names: Vec<String> = (0..claims.len()).map(|i| format!("{}", (i * 7) % 5)).collect();
        let subject = |claims| Subject { claims, defs: &defs, months: 0 };
        let all: Vec<Candidate<'_>> =
            claims.iter().zip(&names).map(|(c, name)| Candidate { subject: subject(c), category: None, price: None, name }).collect();
        let mut columns = Columns::default();
        all.iter().for_each(|c| columns.push(&c.subject));
        let terms = Terms::of(&profile);
        let wanted = |i: usize| i.is_multiple_of(every);
        let best = columns.best(&terms, limit, &wanted, &|a, b| names[a].cmp(&names[b]));
        let whole: Vec<Ranked> = rank(&profile, &all).into_iter().filter(|r| wanted(r.position)).take(limit).collect();
        prop_assert_eq!(best, whole);
        for (i, c) in all.iter().enumerate() {
            prop_assert_eq!(columns.fit(&terms, i), Some(terms.alignment(&c.subject)));
        }
    }

    #[test]
    fn four_at_once_add_up_to_what_one_by_one_does(words in vec((0..=100_u8, -100..=100_i8), Topic::COUNT * GROUP), weights in vec(0..=Learned::MOST, Topic::COUNT), value in -101..=100_i16) {
        let mut group = [Row::default(); PAIRS];
        for (i, (sure, score)) in words.iter().enumerate() {
            let (topic, subject) = (i % Topic::COUNT, i / Topic::COUNT);
            group[topic / 2][subject * 2 + topic % 2] = i16::from_le_bytes([*sure, score.cast_unsigned()]);
        }
        let weights: [i16; Topic::COUNT] = weights.try_into().unwrap();
        let own = |subject: usize| {
            let words = words[subject * Topic::COUNT..].iter();
            weights.iter().zip(words).map(|(w, (c, s))| (i64::from(*w), i64::from(*c), i64::from(*s))).collect::<Vec<_>>()
        };
        let known: Vec<i64> = (0..GROUP).map(|s| own(s).iter().map(|(w, c, _)| w * c).sum()).collect();
        let over: Vec<i64> = (0..GROUP).map(|s| own(s).iter().map(|(w, c, s)| w * c * (s - i64::from(value))).sum()).collect();
        let passes = (0..GROUP).any(|s| over[s] + known[s] / 2 >= 0);
        // Behind two groups of which nothing is known, which do not pass where something must be.
        let found = lanes::passing(&[[Row::default(); PAIRS], [Row::default(); PAIRS], group], 1, &weights, value, 1);
        let known_enough = known.iter().zip(&over).any(|(k, o)| *k >= 1 && o + k / 2 >= 0);
        prop_assert_eq!(found.is_some(), passes && known_enough);
        if let Some(found) = found {
            prop_assert_eq!(found.at, 2);
            prop_assert_eq!(found.known.map(i64::from).to_vec(), known);
            prop_assert_eq!(found.over.map(i64::from).to_vec(), over);
        }
    }
}

#[test]
fn the_strongest_evidence_and_the_greatest_weights_stay_within_32_bits() {
    for score in [-100_i16, 100] {
        let group = [[i16::from_le_bytes([100, (score as i8).cast_unsigned()]); 8]; PAIRS];
        for value in [-101_i16, 100] {
            // Everything passes that is held against the least there is.
            let sums = lanes::passing(&[group], 0, &[Learned::MOST; Topic::COUNT], value, 0);
            assert_eq!(sums.is_some(), score >= value.min(100));
            if let Some(sums) = sums {
                assert_eq!(sums.known, [1_700_000; 4]);
                assert_eq!(sums.over, [1_700_000 * (i32::from(score) - i32::from(value)); 4]);
            }
        }
    }
}

#[test]
fn a_subject_takes_forty_bytes() {
    let mut columns = Columns::default();
    (0..4_000).for_each(|_| columns.push(&Subject { claims: &[], defs: &[], months: 0 }));
    assert_eq!(columns.bytes(), 40 * 4_000);
}
