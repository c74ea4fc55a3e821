//! Likeness of subjects: nearest neighbours by what is known of them.
//!
//! A subject is the point whose coordinates are score times confidence per topic, -10 000..=10 000. These are whole numbers, and
//! so are the squared distances, far below 2^53: the floats of `linfa-nn` hold them exactly, and every device finds the same
//! neighbours.

use super::Subject;
use crate::values::Topic;
use linfa_nn::{LinearSearch, NearestNeighbour, distance::L2Dist};
use ndarray::{Array1, Array2};

/// Positions of at most `count` subjects most like this one, the nearest first; which of equals comes first depends on the slice
/// alone. One look through all of them: an index would cost more
/// to build than this single question.
///
/// ```
/// use ecosphere::{
///     bot::{Subject, nearest},
///     provenance::{ClaimState, claim_table},
/// };
///
/// let defs = claim_table();
/// let row = |code| defs.iter().position(|d| d.code == code).unwrap() as u16;
/// let claims = ["nutriscore:a", "nutriscore:b", "nutriscore:e"].map(|code| [(row(code), ClaimState::Attested)]);
/// let [a, b, e] = &claims.each_ref().map(|claims| Subject { claims, defs, months: 0 });
/// assert_eq!(nearest(a, &[*e, *b], 1), [1]);
/// ```
#[must_use]
pub fn nearest(subject: &Subject<'_>, among: &[Subject<'_>], count: usize) -> Vec<usize> {
    let points: Vec<f64> = among.iter().flat_map(coordinates).collect();
    let Ok(points) = Array2::from_shape_vec((among.len(), Topic::COUNT), points) else { return Vec::new() };
    let point = Array1::from_iter(coordinates(subject));
    let Ok(index) = LinearSearch.from_batch(&points, L2Dist) else { return Vec::new() };
    index.k_nearest(point.view(), count).map_or_else(|_| Vec::new(), |found| found.into_iter().map(|(_, i)| i).collect())
}

fn coordinates(subject: &Subject<'_>) -> [f64; Topic::COUNT] {
    subject.evidence().map(|t| f64::from(i32::from(t.score.get()) * i32::from(t.confidence.get())))
}
