//! Choices that no weights could explain together.
//!
//! Whoever picks `a` over `b` says `w·(a - b) > 0`. Choices whose differences add up to something that no weights can make positive cannot all
//! have been meant: a single one of something worse in every way, two that are each other's reverse, three that run in a circle. Which of them was a slip is
//! for the person to say, so a finding names all of them, and the smallest set is found first.

use super::{choice::Choice, linear::Vector};

/// Differences smaller than this are none.
const NOTHING: f64 = 1e-9;
/// So many of the newest choices are held against the newest.
const LOOK_BACK: usize = 64;

/// What an attribute may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// More is never worse.
    OneSided,
    /// More may be better or worse.
    Free,
    /// It has nothing to do with what is chosen, such as the place it was shown at: not looked at.
    Aside,
}

/// The positions of the choices that contradict each other, of which the last in the slice is one; `None` when it contradicts nothing.
#[must_use]
pub fn contradiction<const D: usize>(choices: &[Choice<D>], signs: &[Sign; D]) -> Option<Vec<usize>> {
    let from = choices.len().saturating_sub(LOOK_BACK);
    let newest = choices.len().checked_sub(1)?;
    let said: Vec<(usize, Vector<D>)> =
        (from..choices.len()).flat_map(|i| choices[i].differences().map(move |d| (i, d))).filter(|(_, d)| says_something(d, signs)).collect();
    let (new, old): (Vec<_>, Vec<_>) = said.into_iter().partition(|(i, _)| *i == newest);
    if new.iter().any(|(_, d)| impossible(d, signs)) {
        return Some(vec![newest]);
    }
    for (_, d) in &new {
        if let Some((i, _)) = old.iter().find(|(_, e)| impossible(&sum(d, e), signs)) {
            return Some(vec![*i, newest]);
        }
    }
    for (_, d) in &new {
        for (at, (i, e)) in old.iter().enumerate() {
            let both = sum(d, e);
            if let Some((j, _)) = old[at + 1..].iter().find(|(j, f)| j != i && impossible(&sum(&both, f), signs)) {
                return Some(vec![*i, *j, newest]);
            }
        }
    }
    None
}

fn sum<const D: usize>(a: &Vector<D>, b: &Vector<D>) -> Vector<D> {
    std::array::from_fn(|i| a[i] + b[i])
}

fn says_something<const D: usize>(d: &Vector<D>, signs: &[Sign; D]) -> bool {
    d.iter().zip(signs).any(|(x, sign)| *sign != Sign::Aside && x.abs() > NOTHING)
}

/// No weights that the signs allow make it positive.
fn impossible<const D: usize>(d: &Vector<D>, signs: &[Sign; D]) -> bool {
    d.iter().zip(signs).all(|(x, sign)| match sign {
        Sign::OneSided => *x <= NOTHING,
        Sign::Free => x.abs() <= NOTHING,
        Sign::Aside => true,
    })
}
