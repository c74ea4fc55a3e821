//! What the page and the engine say to each other of what a person's purchases did.

use crate::{
    label::{Estimate, Goals, Together},
    measure::Money,
    values::Topic,
};
use serde::{Deserialize, Serialize};

/// What a person took in a calendar month (UTC), and what that did as far as is known today.
///
/// The unit is *a purchase*: one thing that is as good in a topic as can be, and surely so, counts 1, one that is as bad −1; each thing counts once each time it was
/// taken, whatever its size. It speaks of what is known of the product and its maker, and says nothing of what was used up, given away or thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// Which, e.g. `2026-11`.
    pub month: String,
    /// How many codes were scanned for the last time in it.
    pub scanned: u32,
    /// How many things were taken.
    pub took: u32,
    /// Of how many of these nothing is known in any topic, or no snapshot knows them any more.
    pub unknown: u32,
    /// What was paid, a sum for each currency.
    pub paid: Vec<Money>,
    /// How many have no known price.
    pub unpriced: u32,
    /// Topic by topic, in the order of the topic table; what nothing is known of is left out.
    pub topics: Vec<Effect>,
    /// The same by Sustainable Development Goal, shared out over the goals that a topic serves.
    pub goals: Goals,
    /// What those with an S/E label cost and did, in money.
    pub labels: Vec<Together>,
}

/// What purchases did in a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Which topic.
    pub topic: Topic,
    /// Good less harm in purchases: `central` is both together, `high` the good alone, `low` the harm alone.
    pub value: Estimate,
    /// Of how many purchases something is known in it.
    pub known: u32,
}
