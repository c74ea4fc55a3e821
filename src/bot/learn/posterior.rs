//! What is believed of a person's weights, and what follows from it for what they are shown.

use super::linear::{Matrix, Vector, dot, form};

/// Weights as a Gaussian.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior<const D: usize> {
    /// The most probable weights.
    pub mean: Vector<D>,
    /// How far and how jointly they may lie off it.
    pub covariance: Matrix<D>,
}

impl<const D: usize> Posterior<D> {
    /// The expected utility of an alternative.
    #[must_use]
    pub fn utility(&self, alternative: &Vector<D>) -> f64 {
        dot(alternative, &self.mean)
    }

    /// The standard deviation of the utility of an alternative, or of a difference between two.
    #[must_use]
    pub fn spread(&self, alternative: &Vector<D>) -> f64 {
        form(&self.covariance, alternative).max(0.0).sqrt()
    }

    /// How sure it is, 0..=1, that by the person's own weights `a` is the better of the two.
    #[must_use]
    pub fn surely_better(&self, a: &Vector<D>, b: &Vector<D>) -> f64 {
        let d: Vector<D> = std::array::from_fn(|i| a[i] - b[i]);
        let (u, s) = (self.utility(&d), self.spread(&d));
        if s > 0.0 { normal_below(u / s) } else { f64::midpoint(1.0, if u == 0.0 { 0.0 } else { u.signum() }) }
    }

    /// The chance of each alternative to be picked, weights' uncertainty included. Between two it is MacKay's approximation of the mean of a
    /// logistic, among several Daunizeau's of the mean of a softmax (arXiv 1703.00091, eq. 19), which is the first's extension and exact where
    /// nothing is uncertain. They add up to 1.
    #[must_use]
    pub fn chances(&self, shown: &[Vector<D>]) -> Vec<f64> {
        let against = |a: &Vector<D>, b: &Vector<D>| {
            let d: Vector<D> = std::array::from_fn(|i| a[i] - b[i]);
            self.likely(&d)
        };
        let one = |(i, a): (usize, &Vector<D>)| {
            let others = shown.iter().enumerate().filter(|(j, _)| *j != i);
            let sum: f64 = others.map(|(_, b)| 1.0 / against(a, b).max(1e-300)).sum();
            1.0 / (sum + 2.0 - shown.len() as f64)
        };
        let mut chances: Vec<f64> = shown.iter().enumerate().map(one).collect();
        let sum: f64 = chances.iter().sum();
        chances.iter_mut().for_each(|c| *c /= sum);
        chances
    }

    /// The chance that an alternative is picked over one that has this much less.
    fn likely(&self, difference: &Vector<D>) -> f64 {
        let (u, s) = (self.utility(difference), self.spread(difference));
        logistic(u / (1.0 + s * s * std::f64::consts::PI / 8.0).sqrt())
    }
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The share of a standard normal below `z`, to 1e-7: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.17.
pub(super) fn normal_below(z: f64) -> f64 {
    const B: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let tail = B.iter().rev().fold(0.0, |sum, b| (sum + b) * t) * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z < 0.0 { tail } else { 1.0 - tail }
}
