//! The screens, one file each.

mod bars;
mod decide;
mod first_run;
mod for_you;
mod history;
mod home;
mod journey;
mod label;
mod learned;
mod ledger;
mod ledgers;
mod lists;
mod lost;
mod options;
mod questions;
mod scan;
mod shelf;
mod story;
mod values;
mod verdict;

pub use bars::Bars;
pub use first_run::FirstRun;
pub use for_you::ForYou;
pub use history::History;
pub use home::Home;
pub use journey::Journey;
pub use label::Label;
pub use ledger::Ledger;
pub use lists::Lists;
pub use lost::Lost;
pub use options::Options;
pub use questions::Questions;
pub use scan::Scan;
pub use shelf::Shelf;
pub use values::Values;
pub use verdict::Verdict;
