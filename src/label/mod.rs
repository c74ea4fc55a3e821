//! The S/E label: what a subject does beyond its price, as one number that everybody can recompute.
//!
//! ```text
//! events --provenance::journey--> stages: money added, quantities measured, how each was verified
//!                                    |
//!   factor table (versioned, own or the program's): quantity x factor = low / central / high in money
//!                                    v
//!   Label: non-financial value / financial value, per stage (carried along), topic and SDG, with interval, coverage and grade
//! ```
//! *In:* [`Stage`]s and a [`FactorTable`]. *Out:* a [`Label`]. Decimals only; every rounding is half to even at the ninth place, and where it happens
//! is said at the function that does it. So a phone, a node and an auditor agree to the last digit.
//!
//! | file | what |
//! |---|---|
//! | `factors` | the table from quantity to money; its columns are in `assets/factors/README.md` |
//! | `estimate` | a value with its low and high reading |
//! | `se` | the S/E label, its method and thresholds |
//! | `impact` | Sustainable Development Goals and Proof of Impact |
//! | `product` | a product's label from the signed stages of its way, another subject's from what it reported |
//! | `together` | several labels as one, for what somebody bought |
//! | `classic` | the Social Earnings Ratio of organisations as its authors published it, with its caveat |
//! | `sentiment` | how texts are felt, with a small lexicon |
//! | `freedom` | the modern-slavery metric, from pay, minimum wage and a survey of workers |
//!
//! A person has values, never a price: [`LabelSubject`] cannot name one.

mod classic;
mod estimate;
mod factors;
mod freedom;
mod impact;
mod product;
mod se;
mod sentiment;
mod together;

pub use classic::{CLASSIC_CAVEAT, ClassicError, ClassicFacts, ClassicRatio, Sentiment};
pub use estimate::Estimate;
pub use factors::{Factor, FactorError, FactorTable, Valued};
pub use freedom::{Freedom, FreedomError, SURVEY, Survey};
pub use impact::{GOAL_NAMES, GOALS, Goals, ImpactError, proof_of_impact, spread_over_goals};
pub use product::{ProductLabel, ProductLabelError, SignedStage, subject_label};
pub use se::{Grade, Label, LabelError, LabelSubject, Reading, Stage, StageValue, TableName, Terms, TopicValue, VERSION, Worth, label};
pub use sentiment::{Mood, Moods};
pub use together::{Together, together};
