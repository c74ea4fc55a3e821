//! Everything behind a subject, as the page is told it: its way, its label, its claims, and how each is known.

use super::{Proof, StageRow};
use crate::{
    label::{Estimate, Label, StageValue},
    measure::{Millis, Money},
    provenance::{ClaimState, StageKind},
};
use serde::{Deserialize, Serialize};

/// Everything behind a subject: its way, its label, and what each rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Its number on this device.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Made up, for the sample.
    pub fictional: bool,
    /// What this device itself has verified of it. All but the claims is empty unless it is [`Proof::Checked`].
    pub proof: Proof,
    /// Its S/E label, computed on this device.
    pub label: Option<Label>,
    /// Why there is no label, as a sentence; empty where there is one.
    pub no_label: String,
    /// Its way, in order.
    pub stages: Vec<StageStory>,
    /// What of its way is not known or does not add up, as sentences.
    pub gaps: Vec<String>,
    /// How its life ended, as a sentence, if it did.
    pub ended: Option<String>,
    /// What its passport claims.
    pub claims: Vec<ClaimRow>,
    /// Who issued the passport, by name.
    pub issuer: String,
    /// Who certified its attested claims, by name, or empty.
    pub certifier: String,
    /// The statement that issued the passport.
    pub passport: Option<Signed>,
    /// The signed tree that the statements were found in.
    pub ledger: Option<LedgerTree>,
}

/// A step of a product's way with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageStory {
    /// What, who, where, when.
    pub row: StageRow,
    /// What part of the way it is; `None` where the way cannot be followed.
    pub kind: Option<StageKind>,
    /// ISO 3166-1 alpha-2 code of the country.
    pub country: String,
    /// The country's name.
    pub country_name: String,
    /// Days since the step before.
    pub days: Option<u32>,
    /// How much was taken of what the step before put out, with its unit; empty where it does not say.
    pub took: String,
    /// How much came out, with its unit; empty where it does not say.
    pub gave: String,
    /// Who took it over, as the step says; whether they signed it too is in `row`.
    pub receiver: Option<String>,
    /// What was paid for what was taken, in all.
    pub paid: Option<Money>,
    /// What was received for what came out, in all; on a shelf, what is asked.
    pub received: Option<Money>,
    /// What was measured.
    pub readings: Vec<ReadingRow>,
    /// What it adds to one of the product.
    pub value: Option<StageValue>,
    /// The statement of it.
    pub signed: Signed,
}

/// Something measured at a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRow {
    /// Of what, in words.
    pub name: String,
    /// How much at the whole step, with its unit.
    pub amount: String,
    /// How much of it belongs to one of the product, with its unit; empty where the way cannot be followed.
    pub own: String,
    /// How it was verified.
    pub state: ClaimState,
    /// What it counts for in the label; `None` where no factor values it.
    pub worth: Option<Estimate>,
    /// Who says what one of it is worth, or empty.
    pub source: String,
}

/// Something a passport claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// In words.
    pub text: String,
    /// How it was verified.
    pub state: ClaimState,
}

/// A signed statement in the ledger's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Everyone who signed: name, where the ledger knows one, and `did:key`. The author first.
    pub by: Vec<(String, String)>,
    /// Leaf index in the log.
    pub leaf: u64,
    /// The leaf's hash (hex): what the proof begins with.
    pub leaf_hash: String,
    /// The statement's id: SHA-256 of what was signed (hex).
    pub statement: String,
    /// SHA-256 of the document that it names (hex): this device holds that document and has computed the same.
    pub document: String,
    /// The inclusion proof: the leaf's siblings within its 256 leaves, lowest first (hex); empty for a leaf after the last full 256.
    pub siblings: Vec<String>,
}

/// The signed tree that a ledger's statements were found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerTree {
    /// The ledger.
    pub origin: String,
    /// How many entries its tree has.
    pub size: u64,
    /// The tree's root (hex): what every proof ends with.
    pub root: String,
    /// The batch it was closed with.
    pub batch: u64,
    /// That batch's time.
    pub time: Millis,
    /// How many entries the newest checkpoint has that this device trusts; the tree is a part of its tree.
    pub checkpoint: u64,
}
