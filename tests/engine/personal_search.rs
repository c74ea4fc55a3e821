//! Our ranking beside Open Food Facts' personal search, on the food of the sample with the same importance levels: where the two disagree, and by which difference
//! of their rules.
//!
//! Theirs, as their documentation and their page's script state it (explain-personal-search, product attributes; read November 2026): each attribute matches a product
//! by 0 to 100. The score is the mean of the matches, weighed 2 for *mandatory* and *very important* and 1 for *important*, an unknown attribute counting 0; a mandatory
//! attribute of at most 10 makes the score 0 ("does not match"), of at most 50 "may not match", an unknown one or half of the weight unknown "unknown match";
//! from 75 it is "very good", from 50 "good". Our sample has grades and no points, so a grade counts as the middle of its fifth (A 90 … E 10); NOVA 1 and 2 count 100, 3 75,
//! 4 nothing; free of palm oil, vegan: yes 100, maybe 50, no 0.
//!
//! Between their rule and ours lie five steps, each of which changes one thing:
//! 1. what is not known counts nothing instead of as the worst;
//! 2. what is mandatory is a line that gates, and is no part of the score;
//! 3. our scales and weights: 3 to 1 instead of 2 to 1, and each claim by its confidence;
//! 4. everything known of a topic counts, not one attribute alone;
//! 5. the band stands before the number: a line that is not known to be kept is never "fits", and too little known is no verdict.
//!
//! A disagreement belongs to the step that turned the pair for good. As the last step is our own order, none is left over.

use ecosphere::{
    bot::{Subject, VerdictBand, alignment},
    provenance::{
        BrandIndex, ClaimState, Record, claim_table,
        openfoodfacts::{Site, import},
    },
    values::{HardLine, Importance, Profile, Topic},
};
use std::{cmp::Ordering, collections::BTreeMap, io::Read};

/// An attribute of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Attribute {
    NutriScore,
    Nova,
    EcoScore,
    PalmOilFree,
    Vegan,
}

impl Attribute {
    /// Codes of our claims that say the same, each with its match.
    fn claims(self) -> &'static [(&'static str, i64)] {
        match self {
            Self::NutriScore => &[("nutriscore:a", 90), ("nutriscore:b", 70), ("nutriscore:c", 50), ("nutriscore:d", 30), ("nutriscore:e", 10)],
            Self::Nova => &[("nova:1", 100), ("nova:2", 100), ("nova:3", 75), ("nova:4", 0)],
            Self::EcoScore => &[
                ("ecoscore:a-plus", 90),
                ("ecoscore:a", 90),
                ("ecoscore:b", 70),
                ("ecoscore:c", 50),
                ("ecoscore:d", 30),
                ("ecoscore:e", 10),
                ("ecoscore:f", 10),
            ],
            Self::PalmOilFree => &[
                ("label:palm-oil-free", 100),
                ("ingredients:palm-oil-free", 100),
                ("ingredients:may-contain-palm-oil", 50),
                ("ingredients:palm-oil", 0),
            ],
            Self::Vegan => &[("label:vegan", 100), ("ingredients:vegan", 100), ("ingredients:maybe-vegan", 50), ("ingredients:non-vegan", 0)],
        }
    }

    /// How well a product matches; `None`: not known. As theirs, what speaks for it is looked at first.
    fn of(self, product: &Record) -> Option<i64> {
        let said = |code: &str| product.claims.iter().any(|c| c.code == code);
        self.claims().iter().find(|(code, _)| said(code)).map(|(_, fit)| *fit)
    }
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Important,
    VeryImportant,
    Mandatory(HardLine),
}

impl Level {
    const fn factor(self) -> i64 {
        if matches!(self, Self::Important) { 1 } else { 2 }
    }
}

/// What their page says of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    DoesNotMatch,
    MayNotMatch,
    Unknown,
    Poor,
    Good,
    VeryGood,
}

type Wish = [(Attribute, Level)];

/// Their score, in millionths, and status.
fn theirs(product: &Record, wish: &Wish) -> (i64, Status) {
    let factors: i64 = wish.iter().map(|(_, level)| level.factor()).sum();
    let unknown: i64 = wish.iter().filter(|(a, _)| a.of(product).is_none()).map(|(_, level)| level.factor()).sum();
    let score = 1_000_000 * wish.iter().map(|(a, level)| a.of(product).unwrap_or(0) * level.factor()).sum::<i64>() / factors;
    let mandatory: Vec<Option<i64>> = wish.iter().filter(|(_, l)| matches!(l, Level::Mandatory(_))).map(|(a, _)| a.of(product)).collect();
    let some = |is: &dyn Fn(i64) -> bool| mandatory.iter().flatten().any(|fit| is(*fit));
    match score {
        _ if some(&|fit| fit <= 10) => (0, Status::DoesNotMatch),
        _ if some(&|fit| fit <= 50) => (score, Status::MayNotMatch),
        _ if mandatory.contains(&None) || 2 * unknown >= factors => (score, Status::Unknown),
        75_000_000.. => (score, Status::VeryGood),
        50_000_000.. => (score, Status::Good),
        _ => (score, Status::Poor),
    }
}

/// A product's place by each rule, from theirs to ours: greater is better.
fn places(product: &Record, wish: &Wish, profile: &Profile) -> [(i64, i64, i64); 6] {
    let defs = claim_table();
    let row = |code: &str| defs.iter().position(|d| d.code == code).and_then(|at| u16::try_from(at).ok());
    let all: Vec<(u16, ClaimState)> = product.claims.iter().filter_map(|c| Some((row(&c.code)?, c.state))).collect();
    let wished = |code: &str| wish.iter().any(|(a, level)| !matches!(level, Level::Mandatory(_)) && a.claims().iter().any(|(c, _)| *c == code));
    let few: Vec<(u16, ClaimState)> = all.iter().copied().filter(|(at, _)| wished(&defs[usize::from(*at)].code)).collect();
    let free = Profile { hard_lines: [].into(), ..profile.clone() };
    let judge = |profile: &Profile, claims: &[(u16, ClaimState)]| alignment(profile, &Subject { claims, defs, months: 0 });
    let mean = |counts: &dyn Fn(Level) -> bool| {
        let known = || wish.iter().filter(|(_, l)| counts(*l)).filter_map(|(a, l)| Some((a.of(product)?, l.factor())));
        let factors: i64 = known().map(|(_, f)| f).sum();
        // Where nothing is known, neither good nor bad.
        known().map(|(fit, f)| 1_000_000 * fit * f).sum::<i64>().checked_div(factors).unwrap_or(50_000_000)
    };
    let (score, status) = theirs(product, wish);
    let crossed = status == Status::DoesNotMatch;
    let (own, band) = judge(profile, &all);
    let gate = i64::from(!crossed);
    [
        (score, gate, 0),
        (if crossed { 0 } else { mean(&|_| true) }, gate, 0),
        (gate, mean(&|l| !matches!(l, Level::Mandatory(_))), 0),
        (gate, i64::from(judge(&free, &few).0.value), 0),
        (gate, i64::from(judge(&free, &all).0.value), 0),
        (-i64::from(band.place()), i64::from(own.value), i64::from(own.low)),
    ]
}

/// Pairs that both order, pairs on which they disagree, and to which step each of these belongs.
fn compare(products: &[Record], wish: &Wish, profile: &Profile) -> (usize, usize, [usize; 5]) {
    let places: Vec<_> = products.iter().map(|p| places(p, wish, profile)).collect();
    let (mut both, mut apart, mut steps) = (0, 0, [0; 5]);
    for (i, a) in places.iter().enumerate() {
        for b in &places[i + 1..] {
            let order: Vec<Ordering> = a.iter().zip(b).map(|(a, b)| a.cmp(b)).collect();
            let (first, last) = (order[0], order[5]);
            if first == Ordering::Equal || last == Ordering::Equal {
                continue;
            }
            both += 1;
            if first != last {
                apart += 1;
                // From which step on the order is ours.
                let turned = (1..6).rev().take_while(|k| order[*k] == last).last().unwrap_or(5);
                steps[turned - 1] += 1;
            }
        }
    }
    (both, apart, steps)
}

fn food() -> Vec<Record> {
    let mut text = Vec::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample/source/openfoodfacts.jsonl.gz");
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut text).unwrap();
    import(&text[..], Site::Food, &BrandIndex::default()).unwrap().records
}

/// A profile to which nothing matters but these topics.
fn profile(topics: &[(Topic, Importance)], lines: &[HardLine]) -> Profile {
    let mut profile = Profile { topics: Topic::ALL.map(|t| (t, Importance::Ignore.into())).into(), ..Profile::default() };
    profile.topics.extend(topics.iter().map(|(t, i)| (*t, (*i).into())));
    profile.hard_lines.extend(lines);
    profile
}

#[test]
fn every_disagreement_with_open_food_facts_personal_search_belongs_to_a_rule_that_differs_on_purpose() {
    use Attribute as A;
    use Importance::{Matters, MattersMost};
    use Level::{Important, Mandatory, VeryImportant};
    let food = food();
    assert_eq!(food.len(), 570);
    let people: [(&str, &Wish, Profile); 4] = [
        ("nutrition alone", &[(A::NutriScore, VeryImportant)], profile(&[(Topic::Health, MattersMost)], &[])),
        (
            "climate first, then nutrition",
            &[(A::EcoScore, VeryImportant), (A::NutriScore, Important)],
            profile(&[(Topic::Climate, MattersMost), (Topic::Health, Matters)], &[]),
        ),
        (
            "vegan, then nutrition",
            &[(A::Vegan, Mandatory(HardLine::Vegan)), (A::NutriScore, Important), (A::Nova, Important)],
            profile(&[(Topic::Health, Matters)], &[HardLine::Vegan]),
        ),
        (
            "no palm oil, then climate",
            &[(A::PalmOilFree, Mandatory(HardLine::NoPalmOil)), (A::EcoScore, VeryImportant)],
            profile(&[(Topic::Climate, MattersMost)], &[HardLine::NoPalmOil]),
        ),
    ];
    let found: Vec<String> = people
        .iter()
        .map(|(name, wish, profile)| {
            let (both, apart, steps) = compare(&food, wish, profile);
            assert_eq!(apart, steps.iter().sum::<usize>(), "{name}: none is left over");
            format!("{name}: {apart} of {both} pairs {steps:?}")
        })
        .collect();
    // In the order of the steps above. Most of it is what is not known: there it counts as the worst, here it costs certainty.
    let expected = [
        "nutrition alone: 25488 of 127782 pairs [19856, 0, 0, 5632, 0]",
        "climate first, then nutrition: 23790 of 139474 pairs [15462, 0, 1099, 7177, 52]",
        "vegan, then nutrition: 13371 of 125290 pairs [5640, 2350, 5134, 76, 171]",
        "no palm oil, then climate: 16376 of 93265 pairs [5507, 8891, 10, 0, 1968]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_does_not_match_there_never_fits_here_and_what_is_not_known_of_a_line_is_never_called_a_match_here() {
    let wish: &Wish = &[
        (Attribute::Vegan, Level::Mandatory(HardLine::Vegan)),
        (Attribute::PalmOilFree, Level::Mandatory(HardLine::NoPalmOil)),
        (Attribute::NutriScore, Level::Important),
    ];
    let profile = profile(&[(Topic::Health, Importance::Matters)], &[HardLine::Vegan, HardLine::NoPalmOil]);
    let defs = claim_table();
    let mut table = BTreeMap::<(Status, &str), usize>::new();
    for product in food() {
        let claims: Vec<(u16, ClaimState)> =
            product.claims.iter().map(|c| (defs.iter().position(|d| d.code == c.code).unwrap() as u16, c.state)).collect();
        let (_, band) = alignment(&profile, &Subject { claims: &claims, defs, months: 0 });
        let (_, status) = theirs(&product, wish);
        *table.entry((status, band.title())).or_default() += 1;
        if matches!(status, Status::DoesNotMatch | Status::MayNotMatch | Status::Unknown) {
            assert_ne!(band, VerdictBand::Fits, "{}: {status:?}", product.name);
        }
    }
    let told: Vec<String> = table.iter().map(|((status, band), n)| format!("{status:?}, {band}: {n}")).collect();
    let expected = [
        "DoesNotMatch, Crosses a line of yours: 245",
        "MayNotMatch, Against your values: 96",
        "MayNotMatch, Some for, some against: 7",
        "Unknown, Against your values: 80",
        "Unknown, Not enough known: 25",
        "Unknown, Some for, some against: 55",
        // What is mandatory counts four fifths of their score here, so that what keeps the lines is "very good" with a Nutri-Score of E.
        "VeryGood, Against your values: 19",
        "VeryGood, Fits your values: 14",
        "VeryGood, Some for, some against: 29",
    ];
    assert_eq!(told, expected);
}
