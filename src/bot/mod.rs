//! Alignment, verdict, ranking, explanation, and learning what a person holds dear ([`learn`]). Alignment is computed once, in integers, and shown
//! the same on every surface.
//!
//! *In:* a [`Profile`](crate::values::Profile) and a subject's claims. *Out:* a [`Verdict`] with its reasons and what is
//! unknown, and lists in a fixed order. Lists call [`alignment`], cards call [`assess`], and `assess` takes its numbers from
//! `alignment`, so a card and a list can never disagree.
//!
//! # How a verdict comes about
//! 1. **Evidence** (`evidence.rs`). A claim says of a topic `t` a score `s` in -100..=100 with a confidence in 0..=100; how it
//!    was verified and how old it is scale that confidence to `e` ([`trust`], [`kept`]). Together a topic's claims give
//!    `S = Σ e·s / Σ e` and `C = 100 - 100·Π(1 - e/100)`, rounded half away from zero.
//! 2. **Alignment** (`alignment.rs`). With the person's weights `w`:
//!    ```text
//!    value    = Σ w·C·S / Σ w·C                          over the topics of which something is known
//!    low/high = (Σ w·C·S ∓ 100·Σ w·(100 - C)) / (100·Σ w)    the unknown part all bad, all good
//!    coverage = Σ w·C / Σ w                              rounded down
//!    ```
//!    A crossed hard line caps `value`, `low` and `high` at [`CROSSED_CAP`].
//! 3. **Band**, the first that holds: a line is crossed: `CrossesLine`; coverage below [`ENOUGH_KNOWN`]: `NotEnoughKnown`;
//!    value at most [`AGAINST_TO`]: `Against`; value at least [`FITS_FROM`] and every line known to be kept: `Fits`; else `Mixed`.
//! 4. **Reasons** (`assess.rs`). Each claim's share of the value, in whole points that add up to the value before the cap.
//!
//! # What holds, and what does not
//! The order of the claims and a common factor on all weights change nothing; `low <= value <= high`; a subject that crosses a
//! line never ranks above one that crosses none. A further claim of score 100 on a topic the person cares about never lowers
//! value, low or high, but for rounding (`C` and `S` are whole numbers, which can cost a point or two). A further claim that is
//! merely good *can* lower the value of what is better already: the value is a mean of what is known, not a sum of praise.

mod alignment;
pub mod ask;
mod assess;
mod columns;
mod compromise;
mod evidence;
pub mod learn;
mod lines;
mod quantity;
mod rank;
mod retailer;
mod similar;
mod turn;
mod verdict;

pub use alignment::{AGAINST_TO, CROSSED_CAP, ENOUGH_KNOWN, FITS_FROM, Terms, alignment};
pub use assess::assess;
pub use columns::Columns;
pub use compromise::{Filling, MOST_BASKET, Offer, fill, front};
pub use evidence::{Evidence, Subject, TopicEvidence, kept, trust};
pub use quantity::{Content, Quantity, UnitPrice};
pub use rank::{BetterOption, Candidate, Nearness, Ranked, Standing, Target, better_options, rank};
pub use retailer::retailer_fit;
pub use similar::nearest;
pub use turn::{OpenFact, Turn};
pub use verdict::{Alignment, LineFinding, Reason, Verdict, VerdictBand};

#[cfg(test)]
mod tests;
