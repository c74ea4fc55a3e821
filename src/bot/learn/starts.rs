//! Where the starting profiles come from: people drawn from what is expected of anybody, and the groups among them.

use super::{linear::cholesky, tests::Dice};
use crate::values::{Answers, Start, Topic, TopicPrior};
use linfa::{
    DatasetBase,
    traits::{Fit, Predict},
};
use linfa_clustering::KMeans;
use ndarray::{Array2, ArrayView1};

/// So many people are drawn.
const PEOPLE: usize = 4_000;

/// People's weights: drawn from the prior, none below nothing, and of mean 1, because only how topics stand to each other changes a verdict.
fn people(mut dice: Dice) -> Array2<f64> {
    let prior = TopicPrior::of(&Answers::default());
    let factor = cholesky(&prior.covariance.map(|row| row.map(|c| f64::from(c) / 1e6))).unwrap();
    let mut all = Array2::zeros((PEOPLE, Topic::COUNT));
    for mut person in all.rows_mut() {
        let own: Vec<f64> = (0..Topic::COUNT).map(|_| dice.normal()).collect();
        for t in 0..Topic::COUNT {
            let off: f64 = (0..=t).map(|u| factor[t][u] * own[u]).sum();
            person[t] = (f64::from(prior.mean[t]) / 1e3 + off).max(0.0);
        }
        let mean = person.sum() / Topic::COUNT as f64;
        person.mapv_inplace(|w| w / mean);
    }
    all
}

#[test]
fn the_starting_profiles_are_groups_of_people_as_the_prior_expects_them() {
    let data = DatasetBase::from(people(Dice(1)));
    let found = KMeans::params(Start::ALL.len()).n_runs(4).max_n_iterations(300).tolerance(1e-4).fit(&data).unwrap();
    let members = found.predict(data.records());
    let mean = |row: ArrayView1<'_, f64>| -> [i32; Topic::COUNT] { std::array::from_fn(|t| (row[t] * 1e3).round() as i32) };
    let groups: Vec<_> = found.centroids().rows().into_iter().map(mean).collect();
    let far = |a: &[i32; Topic::COUNT], b: &[i32; Topic::COUNT]| a.iter().zip(b).map(|(x, y)| x.abs_diff(*y)).max().unwrap();
    for (at, group) in groups.iter().enumerate() {
        let size = 100 * members.iter().filter(|m| **m == at).count() / PEOPLE;
        let start = Start::ALL.into_iter().min_by_key(|s| far(&s.mean(), group)).unwrap();
        assert!(far(&start.mean(), group) <= 20, "{start:?}, {size} of a hundred people: {group:?}");
        assert!(size >= 5, "a group of nobody");
    }
    // Each group is one start's: none stands for two.
    assert!(Start::ALL.iter().all(|s| groups.iter().any(|g| far(&s.mean(), g) <= 20)));
}
