//! The Data Format Engine: one file per input format turns what a source says into records with claims.
//!
//! *In:* Open Food Facts JSONL, WikiRate JSON, made-up sample files. *Out:* [`Record`]s whose claims name rows of the claim table,
//! credentials ([`Record::to_credential`]), [`StageDocument`]s and [`Sheet`]s.

mod brand_index;
mod category_tags;
mod claim;
mod claim_table;
mod credential;
mod fiction;
mod gs1_uri;
mod import;
mod label_tags;
pub mod openfoodfacts;
mod record;
mod sheet;
mod stage;
pub mod wikirate;

pub use brand_index::BrandIndex;
pub use claim::{ClaimCode, ClaimDef, ClaimRef, ClaimState, mark_contradictions};
pub use claim_table::{claim_basis, claim_def, claim_table};
pub use fiction::{
    ActorEntry, ChainEntry, ChainsFile, ProjectEntry, ProjectsFile, RetailerEntry, RetailersFile, StepEntry,
};
pub use import::{Import, Note, Reason};
pub use record::{CategoryName, MAX_ABOUT, MAX_LIST, MAX_NAME, Making, Party, Record, RecordError, Source};
pub use sheet::{Sheet, SheetPlace, SheetPrice};
pub use stage::StageDocument;

#[cfg(all(test, feature = "node"))]
mod tests;
