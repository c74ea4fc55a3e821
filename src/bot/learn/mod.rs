//! Learning what a person holds dear from what they choose.
//!
//! *In:* a [`Prior`] over weights and [`Choice`]s, each one of several alternatives picked, every alternative a row of attributes. *Out:* a
//! [`Posterior`] over the weights, the chance of each alternative, the question worth asking next, and whether the choices can be believed.
//! [`Person`] ties this to topics, prices and a profile; the rest knows only attributes, so that it can be measured on anybody's data.
//!
//! # The model
//! The chance to pick `a` is `exp(w·a) / Σ exp(w·b)` over what was shown (multinomial logit on the differences between alternatives). The weights are
//! `N(μ, Σ)` before the first choice, `Σ` full: one choice about forests also says something of rivers. After each choice the maximum a posteriori
//! is found by Newton's method and its covariance is Laplace's. Where more of something is never worse the weight is kept from falling below 0.
//! - *Order on the screen.* [`Person`] gives what was shown first an attribute of its own, so that a habit of taking the first is learned as
//!   that, can be shown, and is not mistaken for a value.
//! - *A person who picks without looking.* Every choice is foretold before it is learned. Where foretelling does no better than chance, the
//!   [belief](Model::belief) goes back to the prior in proportion, and with it its width.
//! - *Cost.* The newest [`WINDOW`] choices are held whole, older ones as a parabola, so an update costs the same for ever.
//!
//! # Floats
//! This is the one part of the domain that computes in floats. What it says is a person's own and stays on their device: no two devices need agree on
//! it, and nothing signed or published depends on it. What leaves it for alignment are whole weights (`i16`), rounded once, in [`Person::learned`];
//! from there on everything is integers again. It is deterministic on one device: no clock, no randomness, no order of a hash table.

#![allow(clippy::needless_range_loop, reason = "sums over the indices of matrices are read most easily as they are written")]

mod choice;
mod contradiction;
mod linear;
mod model;
mod person;
mod posterior;
mod question;

pub use choice::{Choice, ChoiceError, MOST_SHOWN, REACH};
pub use contradiction::{Sign, contradiction};
pub use linear::{Matrix, Vector};
pub use model::{Model, NotAPrior, Prior, WINDOW};
pub use person::{Person, Progress, Question, over_time, relearn, tells};
pub use posterior::Posterior;
pub use question::{MOST_CANDIDATES, best_question, information, same_order};

#[cfg(test)]
mod starts;
#[cfg(test)]
mod tests;
