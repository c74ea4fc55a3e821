//! The next question: the one whose answer is expected to tell most, and when to stop asking.
//!
//! What an answer tells of the weights is the entropy of the answer as it is expected, less the entropy that would remain if the weights were
//! known: `H(E p) - E H(p)`, in nats, over the posterior (Lindley 1956; for choices, "Bayesian active learning by disagreement", Houlsby and
//! others, arXiv 1112.5745). A question that nobody could foretell, because even who knows the person must guess, tells nothing.

use super::{
    linear::{Vector, cholesky, dot},
    posterior::{Posterior, logistic},
};

/// The most candidates that are looked at.
pub const MOST_CANDIDATES: usize = 500;
/// Points over a standard normal, for questions between two: -3 to 3 by halves.
const POINTS: i32 = 6;
/// Draws from the posterior, for questions between several; each is used with both signs.
const DRAWS: usize = 32;

/// What the answer to a question is expected to tell of the weights, in nats: 0 for nothing, at most `ln` of the number of alternatives.
#[must_use]
pub fn information<const D: usize>(posterior: &Posterior<D>, shown: &[Vector<D>]) -> f64 {
    Asker::new(posterior).information(shown)
}

/// The position of the question that is expected to tell most, and how much. Of the first [`MOST_CANDIDATES`] only; of equals the first.
#[must_use]
pub fn best_question<'a, const D: usize>(posterior: &Posterior<D>, candidates: impl IntoIterator<Item = &'a [Vector<D>]>) -> Option<(usize, f64)> {
    let asker = Asker::new(posterior);
    let told = candidates.into_iter().take(MOST_CANDIDATES).map(|shown| asker.information(shown)).enumerate();
    told.fold(None, |best: Option<(usize, f64)>, (i, told)| if best.is_none_or(|b| told > b.1) { Some((i, told)) } else { best })
}

/// The share of all pairs of alternatives that two beliefs put in the same order; 1 when there is none.
#[must_use]
pub fn same_order<const D: usize>(before: &Posterior<D>, after: &Posterior<D>, alternatives: &[Vector<D>]) -> f64 {
    let utilities: Vec<(f64, f64)> = alternatives.iter().map(|a| (before.utility(a), after.utility(a))).collect();
    let (mut pairs, mut same) = (0_u32, 0_u32);
    for (i, a) in utilities.iter().enumerate() {
        for b in utilities.iter().skip(i + 1) {
            pairs += 1;
            same += u32::from(a.0.total_cmp(&b.0) == a.1.total_cmp(&b.1));
        }
    }
    if pairs == 0 { 1.0 } else { f64::from(same) / f64::from(pairs) }
}

struct Asker<'a, const D: usize> {
    posterior: &'a Posterior<D>,
    /// How far drawn weights lie off the mean; made when first needed.
    draws: std::cell::OnceCell<Vec<Vector<D>>>,
}

impl<'a, const D: usize> Asker<'a, D> {
    fn new(posterior: &'a Posterior<D>) -> Self {
        Self { posterior, draws: std::cell::OnceCell::new() }
    }

    fn information(&self, shown: &[Vector<D>]) -> f64 {
        let told = match shown {
            [] | [_] => 0.0,
            [a, b] => self.of_two(&std::array::from_fn(|i| a[i] - b[i])),
            several => self.of_several(several),
        };
        // What is not a number tells nothing.
        if told > 0.0 { told } else { 0.0 }
    }

    fn of_two(&self, difference: &Vector<D>) -> f64 {
        let (u, s) = (self.posterior.utility(difference), self.posterior.spread(difference));
        let (mut all, mut chance, mut sure) = (0.0, 0.0, 0.0);
        for point in -POINTS..=POINTS {
            let z = 0.5 * f64::from(point);
            let weight = (-0.5 * z * z).exp();
            let p = logistic(u + s * z);
            all += weight;
            chance += weight * p;
            sure += weight * entropy(&[p, 1.0 - p]);
        }
        let p = chance / all;
        entropy(&[p, 1.0 - p]) - sure / all
    }

    fn of_several(&self, shown: &[Vector<D>]) -> f64 {
        let expected: Vec<f64> = shown.iter().map(|x| self.posterior.utility(x)).collect();
        let (mut mean, mut sure) = (vec![0.0; shown.len()], 0.0);
        let (mut moved, mut chances) = (expected.clone(), expected.clone());
        let draws = self.draws.get_or_init(|| draws(self.posterior));
        for off in draws {
            moved.iter_mut().zip(shown).for_each(|(m, x)| *m = dot(x, off));
            for sign in [1.0, -1.0] {
                chances.iter_mut().zip(&expected).zip(&moved).for_each(|((c, u), m)| *c = u + sign * m);
                sure += soften(&mut chances);
                mean.iter_mut().zip(&chances).for_each(|(m, c)| *m += c);
            }
        }
        let count = 2.0 * draws.len() as f64;
        mean.iter_mut().for_each(|m| *m /= count);
        entropy(&mean) - sure / count
    }
}

/// Turns utilities into chances by the logit rule, and gives their entropy: `ln Σ exp u - Σ p u`.
fn soften(utilities: &mut [f64]) -> f64 {
    let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut weighed) = (0.0, 0.0);
    for u in utilities.iter_mut() {
        let (over, e) = (*u - most, (*u - most).exp());
        sum += e;
        // A chance of 0 weighs nothing, however far below.
        weighed += if e > 0.0 { e * over } else { 0.0 };
        *u = e;
    }
    utilities.iter_mut().for_each(|u| *u /= sum);
    sum.ln() - weighed / sum
}

fn entropy(chances: &[f64]) -> f64 {
    chances.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum()
}

/// Fixed draws from `N(0, covariance)`: always the same, so that the same person is asked the same thing.
fn draws<const D: usize>(posterior: &Posterior<D>) -> Vec<Vector<D>> {
    let Some(factor) = cholesky(&posterior.covariance) else { return Vec::new() };
    let mut state = 0_u64;
    let mut normal = || {
        // Twelve uniform numbers less six: near enough to a normal for an average over draws.
        (0..12).map(|_| uniform(&mut state)).sum::<f64>() - 6.0
    };
    let draw = |_| {
        let z: Vector<D> = std::array::from_fn(|_| normal());
        std::array::from_fn(|i| factor[i].iter().zip(&z).map(|(l, z)| l * z).sum())
    };
    (0..DRAWS).map(draw).collect()
}

/// The next of SplitMix64's numbers, in 0..1 (Steele, Lea & Flood 2014).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}
