//! The Data Format Engine: one file per input format turns what a source says into records with claims.
//!
//! ```text
//! JSONL, JSON --openfoodfacts, wikirate--> Record + claims --to_credential--> W3C VC 2.0 body, to be signed and logged
//!                                                                 body, verified --from_credential--> Record, for the pack
//! EPCIS, UNTP, tables --epcis, untp, table--> Events + Claims + Attestations --check--> Findings, and a Verdict for each claim
//! ```
//! *In:* what Open Food Facts, Open Beauty Facts and WikiRate publish, and the made-up part of the sample. *Out:* [`Record`]s whose claims name
//! rows of the claim table, their credentials, [`StageDocument`]s and [`Sheet`]s. Whatever an importer leaves out or sets right it tells in a
//! [`Note`] with line and reason.
//!
//! | file | what | specification |
//! |---|---|---|
//! | `claim`, `claim_table` | what a claim means for topics and hard lines, and on what basis | drawn in the file |
//! | `record`, `credential`, `gs1_uri` | a subject's facts and the body they travel in | W3C VC Data Model 2.0; UNTP Digital Product Passport 0.7; GS1 Digital Link URI Syntax |
//! | `event` | the one event that every importer gives | EPCIS 2.0 (ISO/IEC 19987) |
//! | `epcis`, `epcis_id`, `epcis_shape`, `extension`, `stream` | events of any number from a document of any size | EPCIS 2.0, JSON binding; EPC Tag Data Standard 2.1 |
//! | `untp` | product passports, conformity credentials, traceability events, identity anchors | UNTP 0.7 |
//! | `untp_schema`, `json_schema` | the schemas that each of them must keep | UNTP 0.7.0; JSON Schema 2020-12 |
//! | `table`, `column_map`, `date`, `country`, `encoding` | a supplier's own tables through a map of their columns | drawn in the files; ISO 3166-1; windows-1252 |
//! | `questionnaire` | short forms for suppliers without a system | drawn in the file |
//! | `collect` | what importers of events hand on | drawn in the file |
//! | `evidence` | a certifier's signed word on a stage | UNTP Digital Conformity Credential 0.7 |
//! | `check` | both verifications | drawn in its `mod.rs` |
//! | `usual_yield` | how much of a good an industry gets out of another | International Coffee Organization ICC 102-10 and others, named per row |
//! | `registry` | what can be measured: units, direction, topics, standards | UNTP 0.7, GRI, ESRS |
//! | `journey` | the way of goods over all events, and what of each event is theirs | drawn in the file |
//! | `private` | attributes for named readers, and shown one at a time | RFC 9901; age v1 |
//! | `stage` | one step from farm to shelf | EPCIS 2.0 (ISO/IEC 19987), JSON binding |
//! | `sheet` | a retailer's places, prices, stock | drawn in the file |
//! | `openfoodfacts`, `lenient`, `label_tags`, `category_tags` | products as contributors recorded them | Open Food Facts data fields |
//! | `wikirate`, `brand_index` | brands, their owners and answers | WikiRate's JSON interface |
//! | `fiction` | retailers, projects and chains of the sample | the files in `assets/sample/source` |
//!
//! Claims that a steward records are self-declared: somebody read them on a pack or in a public source. Where two of them cannot both be true
//! both become contradicted ([`mark_contradictions`]). Attested claims need the certifier's own proof ([`Record::demote_unsigned`]).

mod brand_index;
mod category_tags;
pub mod check;
mod claim;
mod claim_table;
mod collect;
mod column_map;
mod country;
mod credential;
mod date;
mod encoding;
pub mod epcis;
mod epcis_id;
mod epcis_shape;
mod event;
mod evidence;
mod extension;
mod fiction;
mod gs1_uri;
mod import;
mod journey;
mod json_schema;
mod label_tags;
mod lenient;
pub mod openfoodfacts;
mod private;
pub mod questionnaire;
mod record;
mod registry;
mod sheet;
mod stage;
mod stream;
pub mod table;
pub mod untp;
mod untp_schema;
mod usual_yield;
pub mod wikirate;

pub use brand_index::BrandIndex;
pub use claim::{ClaimCode, ClaimDef, ClaimRef, ClaimState, mark_contradictions};
pub use claim_table::{claim_basis, claim_def, claim_table};
pub use collect::{Anchor, Attestation, Claim, Collected, Found};
pub use column_map::{Column, ColumnMap, Field, MapError};
pub use country::country_name;
pub use date::DateOrder;
pub use encoding::text_of;
pub use event::{Action, Agent, Event, EventId, EventKind, Lot, Measured, Site};
pub use evidence::Evidence;
pub use fiction::{ActorEntry, ChainEntry, ChainsFile, ProjectEntry, ProjectsFile, RetailerEntry, RetailersFile, StepEntry, made_up};
pub use import::{Import, Note, Reason};
pub use journey::{Journey, JourneyError, JourneyStage, Share, Split, StageKind};
pub use json_schema::{Schema, SchemaError, SchemaFault};
pub use private::{Disclosure, MAX_PRIVATE, Private, PrivateError, Sealed, conceal};
pub use record::{CategoryName, MAX_ABOUT, MAX_LIST, MAX_NAME, Making, Party, Record, RecordError, Source};
pub use registry::{Direction, Metric, MetricId};
pub use sheet::{Sheet, SheetPlace, SheetPrice};
pub use stage::{MAX_EVIDENCE, StageDocument};
pub use usual_yield::UsualYield;

#[cfg(all(test, feature = "node"))]
mod tests;
