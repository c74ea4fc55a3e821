//! The model of one person: a prior, the choices made, and the posterior they lead to.

use super::{
    choice::{Choice, softmax},
    linear::{Matrix, Vector, add_outer, cholesky, dot, inverse, solve, times},
    posterior::Posterior,
};
use std::collections::VecDeque;

/// So many of the newest choices are held as they are; an older one is replaced by the parabola that fits its likelihood where the posterior
/// stands. This keeps an update's cost the same for ever.
pub const WINDOW: usize = 32;
/// More Newton steps than any of these problems takes: each is convex, and a handful suffices.
const MOST_STEPS: usize = 60;
/// How likely it is, before any choice is seen, that a person answers without looking.
const RANDOM_PRIOR: f64 = 0.1;

/// A prior that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a prior's covariance must be positive definite and its numbers finite; give every attribute a variance above 0")]
pub struct NotAPrior;

/// What is expected of a person's weights before they have chosen: `N(mean, covariance)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior<const D: usize> {
    /// The expected weights.
    pub mean: Vector<D>,
    /// Symmetric and positive definite.
    pub covariance: Matrix<D>,
    /// Attributes of which more is never worse: their weights are kept from falling below 0.
    pub one_sided: [bool; D],
}

/// What is known of one person's weights.
#[derive(Debug, Clone)]
pub struct Model<const D: usize> {
    prior: Posterior<D>,
    one_sided: [bool; D],
    /// Prior and absorbed choices as `½ wᵀ precision w - linearᵀ w`.
    precision: Matrix<D>,
    linear: Vector<D>,
    recent: VecDeque<Choice<D>>,
    posterior: Posterior<D>,
    made: usize,
    /// Nats by which the choices, each foretold before it was learned, speak for the model and against picking at random.
    gain: f64,
}

impl<const D: usize> Model<D> {
    /// A person who has not chosen yet.
    ///
    /// # Errors
    /// The prior's covariance is not positive definite.
    pub fn new(prior: &Prior<D>) -> Result<Self, NotAPrior> {
        let factor = cholesky(&prior.covariance).ok_or(NotAPrior)?;
        let precision = inverse(&factor);
        if cholesky(&precision).is_none() || prior.mean.iter().any(|m| !m.is_finite()) {
            return Err(NotAPrior);
        }
        let linear = times(&precision, &prior.mean);
        let start = Posterior { mean: prior.mean, covariance: prior.covariance };
        let mut model = Self {
            one_sided: prior.one_sided,
            precision,
            linear,
            recent: VecDeque::new(),
            posterior: start.clone(),
            prior: start,
            made: 0,
            gain: 0.0,
        };
        model.settle();
        model.prior = model.posterior.clone();
        Ok(model)
    }

    /// Learns from one more choice.
    pub fn learn(&mut self, choice: Choice<D>) {
        let chances = self.posterior.chances(choice.shown());
        let foretold = chances.get(choice.picked()).copied().unwrap_or_default().max(f64::MIN_POSITIVE);
        self.gain += foretold.ln() + (choice.shown().len() as f64).ln();
        self.made += 1;
        self.recent.push_back(choice);
        self.settle();
        if self.recent.len() > WINDOW
            && let Some(oldest) = self.recent.pop_front()
        {
            self.absorb(&oldest);
        }
    }

    /// Learns from many choices at once, none of them foretold from the others: for people whose choices are all there already.
    pub fn learn_together(&mut self, choices: impl IntoIterator<Item = Choice<D>>) {
        let before = self.recent.len();
        self.recent.extend(choices);
        self.made += self.recent.len() - before;
        self.settle();
        while self.recent.len() > WINDOW
            && let Some(oldest) = self.recent.pop_front()
        {
            self.absorb(&oldest);
        }
    }

    /// Where the weights are believed to be, if the person chooses by what is shown. The covariance is that of the curvature there (Laplace). At a
    /// weight held at 0 it overstates what is open, and never understates it: cutting a Gaussian off cannot widen it.
    #[must_use]
    pub const fn posterior(&self) -> &Posterior<D> {
        &self.posterior
    }

    /// What was believed before the first choice.
    #[must_use]
    pub const fn prior(&self) -> &Posterior<D> {
        &self.prior
    }

    /// How many choices were learned from.
    #[must_use]
    pub const fn made(&self) -> usize {
        self.made
    }

    /// The choices that are held whole, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = &Choice<D>> {
        self.recent.iter()
    }

    /// How probable it is that the person picks without looking, 0..=1, by how well each choice was foretold before it was learned.
    #[must_use]
    pub fn randomness(&self) -> f64 {
        RANDOM_PRIOR / (RANDOM_PRIOR + (1.0 - RANDOM_PRIOR) * self.gain.exp())
    }

    /// What to believe when the person may have been picking at random: posterior and prior, each as far as it is probable. Whoever picks at
    /// random is brought back to the prior's width, however many choices they make.
    #[must_use]
    pub fn belief(&self) -> Posterior<D> {
        let random = self.randomness();
        let mean: Vector<D> = std::array::from_fn(|i| random * self.prior.mean[i] + (1.0 - random) * self.posterior.mean[i]);
        let mut covariance = [[0.0; D]; D];
        for (share, part) in [(random, &self.prior), (1.0 - random, &self.posterior)] {
            for (row, from) in covariance.iter_mut().zip(&part.covariance) {
                for (place, c) in row.iter_mut().zip(from) {
                    *place += share * c;
                }
            }
            let off: Vector<D> = std::array::from_fn(|i| part.mean[i] - mean[i]);
            add_outer(&mut covariance, share, &off);
        }
        Posterior { mean, covariance }
    }

    /// How far a choice that was learned from moved the weights off the prior's mean. Over all choices these make up the whole way, as far as they are
    /// still held whole and no weight is held at 0: at the maximum `Λ(w - μ) = Σ slopes`.
    #[must_use]
    pub fn share_of(&self, choice: &Choice<D>) -> Vector<D> {
        times(&self.prior.covariance, &slope(choice, &self.posterior.mean).0)
    }

    /// Finds the maximum a posteriori by Newton's method, projected onto what the one-sided weights allow, and the curvature there.
    fn settle(&mut self) {
        let mut at = self.posterior.mean;
        self.clip(&mut at);
        for _ in 0..MOST_STEPS {
            let (here, slope, mut curve) = self.look(&at);
            let mut slope_free = slope;
            for i in 0..D {
                if self.one_sided[i] && at[i] <= 0.0 && slope[i] > 0.0 {
                    // Held at 0: taken out of the step.
                    slope_free[i] = 0.0;
                    for j in 0..D {
                        (curve[i][j], curve[j][i]) = (0.0, 0.0);
                    }
                    curve[i][i] = 1.0;
                }
            }
            let Some(factor) = cholesky(&curve) else { break };
            let step = solve(&factor, &slope_free);
            if dot(&slope_free, &step) < 1e-12 {
                break;
            }
            let better = (0..30).find_map(|halvings| {
                let mut next: Vector<D> = std::array::from_fn(|i| at[i] - step[i] * 0.5_f64.powi(halvings));
                self.clip(&mut next);
                let promised: f64 = (0..D).map(|i| slope[i] * (at[i] - next[i])).sum();
                (self.cost(&next) <= here - 1e-4 * promised && next != at).then_some(next)
            });
            match better {
                Some(next) => at = next,
                None => break,
            }
        }
        let (_, _, curve) = self.look(&at);
        if let Some(factor) = cholesky(&curve) {
            self.posterior = Posterior { mean: at, covariance: inverse(&factor) };
        }
    }

    fn clip(&self, at: &mut Vector<D>) {
        for (w, one_sided) in at.iter_mut().zip(self.one_sided) {
            if one_sided && *w < 0.0 {
                *w = 0.0;
            }
        }
    }

    /// The negative log posterior, up to a constant.
    fn cost(&self, at: &Vector<D>) -> f64 {
        let chosen: f64 = self.recent.iter().map(|c| -log_chance(c, at)).sum();
        0.5 * dot(&times(&self.precision, at), at) - dot(&self.linear, at) + chosen
    }

    /// The negative log posterior with its slope and curvature.
    fn look(&self, at: &Vector<D>) -> (f64, Vector<D>, Matrix<D>) {
        let pulled = times(&self.precision, at);
        let mut gradient: Vector<D> = std::array::from_fn(|i| pulled[i] - self.linear[i]);
        let mut curve = self.precision;
        for choice in &self.recent {
            let (up, spread) = slope(choice, at);
            for (g, u) in gradient.iter_mut().zip(&up) {
                *g -= u;
            }
            spread(&mut curve);
        }
        (self.cost(at), gradient, curve)
    }

    /// Replaces a choice by the parabola through its likelihood at the posterior's mean.
    fn absorb(&mut self, choice: &Choice<D>) {
        let at = self.posterior.mean;
        let (up, spread) = slope(choice, &at);
        let mut curve = [[0.0; D]; D];
        spread(&mut curve);
        let turned = times(&curve, &at);
        for i in 0..D {
            self.linear[i] += up[i] + turned[i];
            for j in 0..D {
                self.precision[i][j] += curve[i][j];
            }
        }
    }
}

fn log_chance<const D: usize>(choice: &Choice<D>, at: &Vector<D>) -> f64 {
    let utilities: Vec<f64> = choice.shown().iter().map(|x| dot(x, at)).collect();
    let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = utilities.iter().map(|u| (u - most).exp()).sum();
    utilities[choice.picked()] - most - sum.ln()
}

/// The slope of a choice's log likelihood, and what adds its negative curvature to a matrix: `Σ p x xᵀ` about the mean.
fn slope<const D: usize>(choice: &Choice<D>, at: &Vector<D>) -> (Vector<D>, impl Fn(&mut Matrix<D>)) {
    let shown = choice.shown();
    let chances = softmax(&shown.iter().map(|x| dot(x, at)).collect::<Vec<f64>>());
    let mean: Vector<D> = std::array::from_fn(|i| shown.iter().zip(&chances).map(|(x, p)| p * x[i]).sum());
    let picked = &shown[choice.picked()];
    let up = std::array::from_fn(|i| picked[i] - mean[i]);
    (up, move |curve: &mut Matrix<D>| {
        if let ([a, b], [p, q]) = (shown, chances.as_slice()) {
            // Of two, the same in one step.
            add_outer(curve, p * q, &std::array::from_fn(|i| a[i] - b[i]));
            return;
        }
        for (x, p) in shown.iter().zip(&chances) {
            add_outer(curve, *p, &std::array::from_fn(|i| x[i] - mean[i]));
        }
    })
}
