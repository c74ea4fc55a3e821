//! What the desk's page asks of its worker, and what it answers. On the wire it is JSON, because a [`ColumnMap`] is.

use crate::{
    label::{Mood, Moods},
    measure::Millis,
    provenance::{ClaimState, ColumnMap, Sealed},
    statement::{End, PassportStatus},
};
use serde::{Deserialize, Serialize};

/// The most rows of any list in an [`Understanding`]; how many there are in all is said beside it.
pub const SHOWN: usize = 200;

/// What the page asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Reads the file that was chosen.
    Read {
        /// Its name, whose ending tells a table from a document.
        name: String,
        /// Of a table: what its columns are, once a person has looked at it; without one it is guessed.
        map: Option<ColumnMap>,
        /// The device's time, to judge dates by.
        now: Millis,
    },
    /// Issues a passport for each subject in the file; with a second file, a table of serial numbers, one for each of its rows.
    Issue {
        /// The file's name.
        name: String,
        /// Who signs, and for which ledger.
        signer: Signer,
        /// Where the links lead other phones, such as `https://id.example.org/`.
        base: String,
        /// What the passport says to named readers only; for one passport, not for one of many.
        private: Option<Box<Concealed>>,
        /// The time that stands in the passports. The same asked again with the same time issues nothing twice.
        now: Millis,
    },
    /// Records the file's events as steps of a product's way; with a second file, certifiers' signed words on them.
    Record {
        /// The file's name.
        name: String,
        /// Of a table: what its columns are, as a person confirmed it.
        map: Option<ColumnMap>,
        /// Whose events, where the file has several actors'.
        actor: Option<String>,
        /// Who signs, and for which ledger.
        signer: Signer,
        /// The product's passport.
        passport: Box<OnLedger>,
        /// Number of the first step.
        first: u16,
        /// Who takes the goods over at a hand-over, a `did:key`, and its name.
        receiver: Option<(String, String)>,
        /// The time that stands in the statements. The same asked again with the same time records nothing twice.
        now: Millis,
    },
    /// Scores the texts in the file that was chosen, one a line.
    Feel,
    /// Encrypts attributes to named readers, to be issued in a passport.
    Conceal {
        /// Each by name and value.
        attributes: Vec<(String, String)>,
        /// To whom: `age1…`.
        readers: Vec<String>,
        /// 16 random bytes for each attribute.
        random: Vec<u8>,
    },
    /// Says what a passport has for named readers, and with a reader's key what it says.
    Reveal {
        /// The passport's body as a node gives it.
        body: String,
        /// Its digest as the ledger has it, hex.
        digest: String,
        /// The text of a reader's key file.
        key: Option<Secret>,
    },
    /// Makes a reader's key.
    ReaderKey,
    /// Locks a key with a passphrase.
    Lock {
        /// Its seed, 64 hex digits.
        seed: Secret,
        /// The passphrase.
        passphrase: Secret,
        /// [`super::keyring::RANDOM`] random bytes.
        random: Vec<u8>,
    },
    /// Unlocks a key.
    Unlock {
        /// What locking gave.
        locked: String,
        /// The passphrase.
        passphrase: Secret,
    },
}

/// What is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(\u{2026})")
    }
}

/// Attributes for named readers, ready to be put into a passport that is not signed yet. Made once for an order, so that the same order given again
/// is the same passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concealed {
    /// Salt, name and value of each (RFC 9901, 4.2.1).
    pub disclosures: Vec<String>,
    /// All of them, encrypted.
    pub sealed: Sealed,
}

/// What a passport has for named readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readable {
    /// How many attributes.
    pub count: u64,
    /// For whom: `age1…`.
    pub readers: Vec<String>,
    /// What they say, each by name and value, where a key opened them.
    pub said: Option<Vec<(String, String)>>,
}

/// A passport as its ledger has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnLedger {
    /// Passport number.
    pub number: u32,
    /// Digest of its body, hex.
    pub digest: String,
    /// What it is of.
    pub subject: String,
    /// Its status (Token Status List): 0 in force, 1 revoked, 2 on hold, 3 superseded or ended.
    pub status: u8,
    /// How the product's life ended.
    pub ended: Option<End>,
    /// Who issued it: the actor's first key.
    pub issuer: String,
    /// Its name, else its key.
    pub issuer_name: String,
    /// Whose it is: the actor's first key.
    pub owner: String,
    /// Its name, else its key.
    pub owner_name: String,
    /// How many steps of its way are recorded.
    pub steps: u16,
}

/// What is stated of a passport by one who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Its issuer changes its status.
    Status {
        /// What it becomes.
        status: PassportStatus,
        /// Digest of the passport that replaces it, hex; only for one that is superseded.
        successor: Option<String>,
        /// Why, in a sentence for people.
        reason: String,
    },
    /// Its owner says that the product is no more.
    End(End),
}

/// Who signs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The key's seed, 64 hex digits.
    pub seed: String,
    /// The organisation's name on the ledger.
    pub name: String,
    /// The ledger's origin.
    pub origin: String,
}

/// A key is never printed.
impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({} for {})", self.name, self.origin)
    }
}

/// A signed statement with its body, ready for a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Of whom or what, by name.
    pub name: String,
    /// The statement's JCS.
    pub statement: String,
    /// The bodies it names.
    pub bodies: Vec<String>,
}

/// What the worker answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Request::Read`].
    Understood(Box<Understanding>),
    /// To [`Request::Issue`].
    Issued(Box<Issued>),
    /// To [`Request::Record`].
    Recorded(Box<Recorded>),
    /// To [`Request::Feel`].
    Felt(Box<Felt>),
    /// To [`Request::Conceal`].
    Concealed(Concealed),
    /// To [`Request::Reveal`].
    Revealed(Readable),
    /// To [`Request::ReaderKey`].
    ReaderKey {
        /// The text of its file, to be kept secret.
        file: Secret,
        /// The name to encrypt to: `age1…`.
        name: String,
    },
    /// To [`Request::Lock`]: a text that says nothing without the passphrase.
    Locked(String),
    /// To [`Request::Unlock`]: the seed, 64 hex digits.
    Unlocked(Secret),
    /// A sentence for the person: why not.
    Refused(String),
}

/// How texts are felt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Felt {
    /// How many of each mood.
    pub moods: Moods,
    /// Glad ones among all, in percent with one decimal, as they count.
    pub share: String,
    /// They were too few for a margin of five per cent, so fewer glad ones are counted.
    pub corrected: bool,
    /// The first texts.
    pub first: Vec<Heard>,
}

/// A text and how it is felt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The text.
    pub text: String,
    /// How it is felt.
    pub mood: Mood,
}

/// What became of an order to issue passports.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Issued {
    /// How many the ledger took.
    pub taken: u64,
    /// How many it refused.
    pub refused: u64,
    /// How many got a link and a code.
    pub linked: u64,
    /// The lowest passport number.
    pub first: Option<u32>,
    /// The highest.
    pub last: Option<u32>,
    /// The first that were taken and the first that were refused.
    pub fates: Vec<Fate>,
    /// Why it was broken off, a sentence without its full stop. Asked again, it goes on.
    pub stopped: Option<String>,
}

/// What became of one passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// The subject's name.
    pub name: String,
    /// The subject.
    pub subject: String,
    /// Its place in the log, once it has one.
    pub leaf: Option<u64>,
    /// Its passport number, once it has one.
    pub passport: Option<u32>,
    /// Why it was refused, a sentence.
    pub refused: Option<String>,
}

/// What became of an order to record events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recorded {
    /// What became of each step, in order; the offered one is not among them.
    pub steps: Vec<Fate>,
    /// Number of the step that hands the goods over: its receiver has to sign too.
    pub offered: Option<u16>,
    /// Why it was broken off, a sentence without its full stop. Asked again, it goes on.
    pub stopped: Option<String>,
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// An EPCIS 2.0 document.
    Epcis,
    /// One or several UNTP 0.7 credentials.
    Untp,
    /// Answers to a questionnaire.
    Answers,
    /// A table.
    Table,
}

/// How much of each was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Things that happened.
    pub events: u64,
    /// Things that are claimed.
    pub claims: u64,
    /// Certifiers' attestations.
    pub attestations: u64,
    /// Register entries of who stands behind an identifier.
    pub anchors: u64,
    /// Subjects' passports.
    pub passports: u64,
    /// Rows, events or documents that gave nothing.
    pub dropped: u64,
    /// Rows that gave something, in which something had to be left out or read otherwise.
    pub noted: u64,
    /// Faults that the events show among themselves.
    pub faults: u64,
}

/// A row that gave nothing, or not all it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddRow {
    /// 1-based line, or position in the document.
    pub line: u64,
    /// Its own id, as far as it could be read.
    pub id: String,
    /// Why.
    pub reason: String,
    /// Nothing of it was taken.
    pub dropped: bool,
}

/// Something that happened, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// When, in UTC.
    pub time: Millis,
    /// Business step.
    pub step: String,
    /// Who did it, by name or else by identifier.
    pub actor: String,
    /// What went in, each with how much.
    pub inputs: Vec<String>,
    /// What came out.
    pub outputs: Vec<String>,
    /// How many things were measured.
    pub measured: usize,
    /// The source's own number of it, or empty.
    pub id: String,
}

/// A fault that the events show among themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRow {
    /// The source's own number of the event, or empty.
    pub id: String,
    /// What is wrong.
    pub text: String,
}

/// A table's column, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRow {
    /// Its heading.
    pub heading: String,
    /// What stands in its first cells.
    pub samples: Vec<String>,
}

/// What was understood of a file, and what not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// What it is.
    pub kind: FileKind,
    /// How much of each.
    pub counts: Counts,
    /// Of a table: what its columns were taken for.
    pub map: Option<ColumnMap>,
    /// Of a table: its columns, in the file's order.
    pub columns: Vec<ColumnRow>,
    /// The first events.
    pub events: Vec<EventRow>,
    /// Whose events they are, each by identifier and name.
    pub actors: Vec<(String, String)>,
    /// How many events can be recorded as steps: all of them, or the one that answers come to.
    pub steps: u64,
    /// Names of the first subjects with a passport.
    pub passports: Vec<String>,
    /// The file holds one passport of a product type: one can be issued for each serial number.
    pub serial: bool,
    /// The first rows that gave nothing, then those that gave not all they say.
    pub odd: Vec<OddRow>,
    /// The first faults.
    pub faults: Vec<FaultRow>,
    /// How many claims and measurements end in each state, as far as this file alone tells.
    pub states: Vec<(ClaimState, u64)>,
    /// False where there were too many events to hold against each other on this device: then only the first were.
    pub all_checked: bool,
}
