//! A market of a million made-up products: the best 50 for one person, and a search as somebody types.

use crate::measure::{print, report_value};
use ecosphere::{
    bot::{Columns, Subject, Terms},
    engine::search::{Area, Builder, Index},
    measure::{Confidence, Score},
    provenance::{ClaimDef, ClaimState, claim_table},
    values::{HardLine, Importance, Profile, Topic},
};
use std::{cmp::Ordering, hint::black_box, process::Command, time::Instant};

const PRODUCTS: usize = 1_000_000;
const BEST: usize = 50;
const ROUNDS: usize = 31;

pub fn run() {
    ranking();
    searching();
}

/// Numbers that look random and are the same every time: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

fn median_ms<T>(mut call: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            drop(black_box(call()));
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn ranking() {
    let mut profile = Profile::default();
    profile.topics.insert(Topic::Climate, Importance::MattersMost.into());
    let free = Terms::of(&profile);
    profile.hard_lines.extend([HardLine::NoPalmOil, HardLine::Vegetarian]);
    let lines = Terms::of(&profile);

    // Something is known of every topic of every product: a row of its own for each.
    let mut dice = Dice(3);
    let mut full = Columns::default();
    for _ in 0..PRODUCTS {
        let any = |topic| (topic, Score::clamped(dice.below(201) as i32 - 100), Confidence::clamped(dice.below(101) as u32));
        let def = ClaimDef { code: String::new(), text: String::new(), topics: Topic::ALL.into_iter().map(any).collect(), lines: vec![] };
        full.push(&Subject { claims: &[(0, ClaimState::Attested)], defs: &[def], months: 0 });
    }
    let best = |columns: &Columns, terms: &Terms| columns.best(terms, BEST, &|_| true, &|_, _| Ordering::Equal);
    let ms = median_ms(|| best(&full, &free));
    print("rank 1 000 000 products by 17 topics, best 50", "ms", ms, None, "<= 8 ms", ms <= 8.0);
    if let Some((version, peer)) = numpy() {
        let met = ms * 5.0 <= peer;
        print("the same", "ms", ms, Some((&format!("NumPy {version} float32, A @ w and argpartition"), peer)), "ratio <= 0.2", met);
    }
    report_value("memory of a product to be ranked", "B", full.bytes() as f64 / PRODUCTS as f64, 40.0);
    drop(full);

    // As the sample's: four to nine claims each, so that many are equal and have to be told apart by name.
    let defs = claim_table();
    let mut usual = Columns::default();
    for _ in 0..PRODUCTS {
        let claims: Vec<_> = (0..4 + dice.below(6)).map(|_| (dice.below(defs.len()) as u16, ClaimState::SelfDeclared)).collect();
        usual.push(&Subject { claims: &claims, defs, months: 0 });
    }
    report_value("rank 1 000 000 products of four to nine claims", "ms", median_ms(|| best(&usual, &free)), 8.0);
    report_value("the same for a person with two hard lines", "ms", median_ms(|| best(&usual, &lines)), 8.0);
    report_value("the best 1 000 of them", "ms", median_ms(|| usual.best(&free, 1_000, &|_| true, &|_, _| Ordering::Equal)), 40.0);
}

/// The version and the milliseconds of the peer.
fn numpy() -> Option<(String, f64)> {
    let python = std::env::var("ECOSPHERE_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/numpy_rank_peer.py");
    let numbers = [PRODUCTS, Topic::COUNT, ROUNDS].map(|n| n.to_string());
    let output = Command::new(python).arg(path).args(numbers).output().ok()?;
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some((told["version"].as_str()?.to_owned(), told["ms"].as_f64()?))
}

/// Names of three to six words from 200 000, the common ones far more often than the rare ones, in 4 000 categories.
fn searching() {
    let syllables =
        ["cho", "co", "lat", "mil", "ka", "nu", "tel", "la", "bis", "ter", "ra", "gri", "sol", "ven", "do", "pi", "qua", "fen", "ju", "xo"];
    let mut dice = Dice(5);
    let vocabulary: Vec<String> = (0..200_000).map(|_| (0..2 + dice.below(3)).map(|_| syllables[dice.below(syllables.len())]).collect()).collect();
    // The lesser of three: common words first, as in a language.
    let word = |dice: &mut Dice| {
        let place = (0..3).map(|_| dice.below(vocabulary.len())).min().unwrap_or(0);
        vocabulary[place * place / vocabulary.len()].as_str()
    };
    let mut builder = Builder::default();
    let started = Instant::now();
    let mut names = Vec::new();
    for _ in 0..PRODUCTS {
        names.push((0..3 + dice.below(4)).map(|_| word(&mut dice)).collect::<Vec<_>>().join(" "));
    }
    let made = started.elapsed();
    let started = Instant::now();
    names.iter().zip(0..).for_each(|(name, row)| builder.add(row, name));
    let areas = (0..4_000_u16).map(|i| Area { folded: word(&mut dice).to_owned(), parent: (i > 20).then_some(i / 8) }).collect();
    let index = builder.finish(areas);
    eprintln!("note: names made in {made:?}, indexed in {:?}", started.elapsed());
    report_value("search: memory of the index of 1 000 000 names", "B a product", index.bytes() as f64 / PRODUCTS as f64, 40.0);
    let category: Vec<Option<u16>> = (0..PRODUCTS).map(|i| Some((i * 7 % 4_000) as u16)).collect();
    let ask = |typed: &str| index.first(&index.find(typed, &category), 30, &|_| true);
    let worst = |typed: &[String], index: &Index| {
        let of = |t: &String| median_ms(|| index.first(&index.find(t, &category), 30, &|_| true));
        typed.iter().map(of).fold(0.0, f64::max)
    };
    // Somebody types the name of a product, letter by letter; then with a letter swapped; then with one that nothing has.
    let whole = &names[777_777];
    assert!(!ask(whole).is_empty());
    let letters: Vec<String> = (1..=whole.len().min(18)).map(|n| whole[..n].to_owned()).collect();
    report_value("search as a name is typed: the slowest of its first 18 letters", "ms", worst(&letters, &index), 20.0);
    let swapped: Vec<String> = [1, 4, 9]
        .map(|at| {
            let mut b = whole.clone().into_bytes();
            b.swap(at, at + 1);
            String::from_utf8(b).unwrap_or_default()
        })
        .into();
    report_value("search with two neighbours swapped, slowest of three", "ms", worst(&swapped, &index), 20.0);
    report_value("search of what nothing is called", "ms", worst(&["zzyzxqw".to_owned()], &index), 20.0);
}
