//! What importers of records tell: records, and each thing that was left out or set right, with its place and the reason.

use super::{Found, Record};

/// What an importer made of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Import {
    /// The records, in the source's order.
    pub records: Vec<Record>,
    /// Rows that gave no record.
    pub dropped: Vec<Note>,
    /// Rows that gave a record in which something had to be left out or recorded otherwise.
    pub notes: Vec<Note>,
}

impl Import {
    /// Takes in one thing that an importer hands on; of events and the like nothing is kept.
    pub fn take(&mut self, found: Found) {
        match found {
            Found::Record(record) => self.records.push(*record),
            Found::Dropped(note) => self.dropped.push(note),
            Found::Noted(note) => self.notes.push(note),
            _ => {}
        }
    }
}

/// Something an importer has to tell about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// 1-based line (JSONL) or position (JSON arrays and objects) in the source.
    pub line: u64,
    /// The row's own id, as far as it could be read.
    pub id: String,
    /// What happened.
    pub reason: Reason,
}

/// Why a row was left out, or recorded otherwise than it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Reason {
    /// Not a JSON object.
    #[error("the line is not a JSON object ({0})")]
    NotJson(String),
    /// Read all the same.
    #[error("the text is not UTF-8; it was read as windows-1252")]
    NotUtf8,
    /// The line is larger than any real row.
    #[error("the line has {0} bytes, more than a row can have")]
    TooLarge(u64),
    /// No barcode or id.
    #[error("the row has no code")]
    NoCode,
    /// No name.
    #[error("the row has no product name")]
    NoName,
    /// No category.
    #[error("the row has no category")]
    NoCategory,
    /// Seen before; the first row wins.
    #[error("the same subject stands in line {0} already; the first one is used")]
    Duplicate(u64),
    /// Recorded, but cannot be scanned: no valid GTIN.
    #[error("the code is not a valid GTIN ({0}); recorded under the source's own number, found by name, never by scanning")]
    NotAGtin(String),
    /// Recorded, but cannot be scanned: a number that shops give themselves.
    #[error("the code is a restricted-circulation number that any shop may use for something else; recorded under the source's own number")]
    RestrictedNumber,
    /// Longer than any real text, or more of something than a subject has.
    #[error("the row is out of bounds: {0}")]
    OutOfBounds(String),
    /// The company is not among the brands that have answers.
    #[error("\"{0}\" is not among the brands with answers")]
    UnknownCompany(String),
    /// Two companies are said to own the brand in the same year.
    #[error("\"{0}\" is said to own the brand as well; no owner is recorded")]
    SeveralOwners(String),
    /// The relation would make a company its own owner.
    #[error("the relation would make \"{0}\" its own owner")]
    OwnsItself(String),
    /// A newer answer is used.
    #[error("an answer of {0} is newer")]
    Outdated(u16),
    /// A value the importer does not know.
    #[error("the value \"{0}\" is not known and was left out")]
    UnknownValue(String),
    /// A part is missing or wrong.
    #[error("{path}: {why}")]
    Invalid {
        /// Where, e.g. `epcisBody.eventList[3].eventTime`, or a column's heading.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The source declares an earlier event to be an error.
    #[error("the source takes this event back as an error; it is left out")]
    Retracted,
    /// An extension that is not known.
    #[error("\"{0}\" is an extension that is not known here; it was left out wherever it stands")]
    UnknownMember(String),
}
