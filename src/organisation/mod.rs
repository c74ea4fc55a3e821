//! The supplier's desk: what an organisation does in the app, apart from what everybody does there. Requests in, answers out, as with the engine.
//!
//! ```text
//! EPCIS, UNTP, answers, CSV, spreadsheet, Parquet --desk--> what was understood, line by line what was not, and both verifications
//!                                    map guessed --person confirms--> read again through the map
//!                                    passports in it, or one for each serial number; events in it, as steps of a product's way
//!                                        --key of this device--> signed statements --POST /statements--> the ledger
//!                                        --number of each--> seal, link, code on a sheet to print
//! ```
//! On the web it is a wasm of its own (`ecosphere-organisation`), page and worker in one, which only opens when somebody asks for it: who shops
//! never downloads it. It knows nothing of the engine, nor of its store.
//!
//! *In:* a file the person chose, of any size; it is read as a stream in a worker and leaves the device only where the person publishes. *Out:*
//! [`wire::Understanding`].
//!
//! | file | what |
//! |---|---|
//! | `wire` | requests and answers, as JSON |
//! | `desk` | answers them |
//! | `issue`, `publish` | a passport signed, statements for a node and what it says of them |
//! | `serials`, `rounds` | a table of serial numbers, and issuing many in rounds |
//! | `sheet_pdf` | codes to print and cut |
//! | `steps`, `record` | events as steps of a product's way, signed, in order; what of a file is recorded |
//! | `confirm` | what another party asks to be confirmed |
//! | `life` | a passport on the ledger: its status, whose it is, its end |
//! | `certify` | a certifier's signed word |
//! | `moods` | how people speak of the organisation |
//! | `keyring` | the key under a passphrase |
//! | `readers` | what a passport says to named readers only |
//! | `tables`, `csv_rows`, `xlsx_rows`, `parquet_rows`, `encoding` | files of tables as rows of cells |
//! | `client`, `worker`, `http` | the page's and the worker's end in a browser |

pub mod certify;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
pub mod client;
pub mod confirm;
mod csv_rows;
pub mod desk;
mod encoding;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod http;
pub mod issue;
pub mod keyring;
pub mod life;
pub mod moods;
#[cfg(feature = "parquet")]
pub mod parquet_rows;
pub mod publish;
pub mod readers;
pub mod record;
pub mod rounds;
pub mod serials;
pub mod sheet_pdf;
pub mod steps;
pub mod tables;
pub mod wire;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
pub mod worker;
mod xlsx_rows;

pub use encoding::Utf8;

#[cfg(test)]
mod tests;
