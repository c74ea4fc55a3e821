//! The made-up part of the sample: retailers, projects and two chains, read from plain JSON files.
//!
//! *In:* `assets/sample/source/{retailers,projects,chains}.json`. *Out:* records, sheets and stage documents whose actors are named, so that
//! whoever builds the sample can give each a key. Everything here is marked `fictional`.

use super::{CategoryName, ClaimRef, Making, RecordError, Sheet};
use crate::statement::Role;
use serde::Deserialize;

/// `retailers.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetailersFile {
    /// Says that all of it is made up.
    pub notice: String,
    /// The retailers.
    pub retailers: Vec<RetailerEntry>,
}

/// A retailer: signs its own passport and its sheet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetailerEntry {
    /// Its subject id, e.g. `retailer:greenbasket`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, in plain words.
    pub about: String,
    /// Its town and country.
    pub place: String,
    /// What it says of itself; may be empty (then its assortment speaks for it).
    #[serde(default)]
    pub claims: Vec<ClaimRef>,
    /// Its places, prices and stock.
    pub sheet: Sheet,
}

/// `projects.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectsFile {
    /// Says that all of it is made up.
    pub notice: String,
    /// The projects.
    pub projects: Vec<ProjectEntry>,
}

/// A project, published by an NGO.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectEntry {
    /// Its subject id, e.g. `project:hedgerow-bank`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it does and what it needs, in plain words.
    pub about: String,
    /// Where.
    pub place: String,
    /// Name of the NGO that publishes it.
    pub ngo: String,
    /// What it says of itself.
    pub claims: Vec<ClaimRef>,
}

/// `chains.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainsFile {
    /// Says that all of it is made up.
    pub notice: String,
    /// The actors of all chains.
    pub actors: Vec<ActorEntry>,
    /// The chains.
    pub chains: Vec<ChainEntry>,
}

/// An actor: gets a key and an accreditation of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorEntry {
    /// Short id used by the other members, e.g. `tomato-farm`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is accredited for.
    pub role: Role,
}

/// A product whose every actor signs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainEntry {
    /// The product's GS1 element string, e.g. `(01)09526000000014(10)T1(21)7`.
    pub product: String,
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: String,
    /// Net quantity as printed.
    pub quantity: String,
    /// What it is, in plain words.
    pub about: String,
    /// From general to specific.
    pub categories: Vec<CategoryName>,
    /// Short id of the actor that issues its passport.
    pub issuer: String,
    /// Short id of the certifier that attests its attested claims and signs the passport too.
    pub certifier: String,
    /// What is said of it.
    pub claims: Vec<ClaimRef>,
    /// Facility, country and date.
    pub making: Making,
    /// Its way, first step first.
    pub steps: Vec<StepEntry>,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// What happened.
    pub title: String,
    /// Short id of who did it.
    pub actor: String,
    /// Short id of who took the goods over and signs too.
    #[serde(default)]
    pub receiver: Option<String>,
    /// Where.
    pub place: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// RFC 3339 date.
    pub date: String,
    /// How much, in `unit`.
    pub quantity: u64,
    /// UN/ECE Recommendation 20 code.
    pub unit: String,
}

impl RetailersFile {
    /// Reads `retailers.json`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        read(text)
    }
}
impl ProjectsFile {
    /// Reads `projects.json`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        read(text)
    }
}
impl ChainsFile {
    /// Reads `chains.json`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        read(text)
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, RecordError> {
    serde_json::from_str(text).map_err(|e| RecordError::Shape { member: "file", why: e.to_string() })
}
