//! The made-up part of the sample: retailers, projects and two chains, read from plain JSON files.
//!
//! *In:* `assets/sample/source/{retailers,projects,chains}.json`. *Out:* records, sheets and stage documents whose actors are named, so that
//! whoever builds the sample can give each a key. Everything here is marked `fictional`.

use super::{CategoryName, ClaimRef, Making, Measured, Party, Record, RecordError, Sheet, Source, StageDocument, claim_def};
use crate::{
    measure::Money,
    passport::SubjectForm,
    statement::{Role, SubjectKind},
};
use serde::Deserialize;
use std::collections::BTreeMap;

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
    /// Short id used by the other members, e.g. `tomato-farm`; `retailer:…` is the retailer of that id in `retailers.json`, with the same key.
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
    /// The product's GS1 element string, e.g. `(01)09520000000011(10)T1(21)7`.
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
    /// How much of what the step before put out was taken; 0 = all of it.
    #[serde(default)]
    pub taken: u64,
    /// What was paid for it, in all.
    #[serde(default)]
    pub paid: Option<Money>,
    /// What was paid for `quantity`, in all.
    #[serde(default)]
    pub received: Option<Money>,
    /// What was measured.
    #[serde(default)]
    pub measured: Vec<Measured>,
}

impl RetailersFile {
    /// Reads `retailers.json`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        let file: Self = read(text)?;
        for retailer in &file.retailers {
            retailer.record().check()?;
            retailer.sheet.check()?;
            known_claims(&retailer.claims)?;
            if retailer.sheet.retailer != retailer.id {
                return Err(wrong("sheet", format!("the sheet of {} names {}", retailer.id, retailer.sheet.retailer)));
            }
        }
        Ok(file)
    }
}

impl RetailerEntry {
    /// The retailer's own passport.
    #[must_use]
    pub fn record(&self) -> Record {
        Record {
            about: self.about.clone(),
            place: self.place.clone(),
            claims: self.claims.clone(),
            ..made_up(SubjectKind::Organisation, &self.id, &self.name)
        }
    }
}

impl ProjectsFile {
    /// Reads `projects.json`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        let file: Self = read(text)?;
        for project in &file.projects {
            project.record().check()?;
            known_claims(&project.claims)?;
        }
        Ok(file)
    }
}

impl ProjectEntry {
    /// The project's own passport, which its NGO issues.
    #[must_use]
    pub fn record(&self) -> Record {
        Record {
            about: self.about.clone(),
            place: self.place.clone(),
            claims: self.claims.clone(),
            ..made_up(SubjectKind::Project, &self.id, &self.name)
        }
    }
}

impl ChainsFile {
    /// Reads `chains.json`: every actor named is there, and goods pass from hand to hand without a gap.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        let file: Self = read(text)?;
        let roles: BTreeMap<&str, Role> = file.actors.iter().map(|a| (a.id.as_str(), a.role)).collect();
        let has = |id: &str, allowed: &[Role]| match roles.get(id) {
            Some(role) if allowed.contains(role) => Ok(()),
            _ => Err(wrong("actors", format!("\"{id}\" is missing or has another role"))),
        };
        for chain in &file.chains {
            known_claims(&chain.claims)?;
            has(&chain.issuer, &[Role::Supplier])?;
            has(&chain.certifier, &[Role::Certifier])?;
            let mut holder: Option<&str> = None;
            for step in &chain.steps {
                for actor in [Some(&step.actor), step.receiver.as_ref()].into_iter().flatten() {
                    has(actor, &[Role::Supplier, Role::Retailer])?;
                }
                if holder.is_some_and(|holder| holder != step.actor) {
                    return Err(wrong("steps", format!("\"{}\" is done by {}, who does not hold the goods", step.title, step.actor)));
                }
                holder = Some(step.receiver.as_ref().unwrap_or(&step.actor));
            }
        }
        Ok(file)
    }

    /// The name of the actor with this short id.
    #[must_use]
    pub fn name(&self, id: &str) -> Option<&str> {
        self.actors.iter().find(|a| a.id == id).map(|a| a.name.as_str())
    }

    /// The documents of a chain's steps, first step first.
    #[must_use]
    pub fn documents(&self, chain: &ChainEntry) -> Vec<StageDocument> {
        let name = |id: &str| self.name(id).unwrap_or(id).to_owned();
        let document = |(step, entry): (u16, &StepEntry)| StageDocument {
            product: chain.product.clone(),
            step,
            title: entry.title.clone(),
            actor: name(&entry.actor),
            place: entry.place.clone(),
            country: entry.country.clone(),
            date: entry.date.clone(),
            quantity: entry.quantity,
            unit: entry.unit.clone(),
            receiver: entry.receiver.as_deref().map(name),
            taken: entry.taken,
            paid: entry.paid,
            received: entry.received,
            measured: entry.measured.clone(),
            event: None,
            evidence: Vec::new(),
        };
        (1..).zip(&chain.steps).map(document).collect()
    }
}

impl ChainEntry {
    /// The product's own passport. `certifier` is the party behind [`ChainEntry::certifier`], with the key it will sign with.
    #[must_use]
    pub fn record(&self, certifier: Party) -> Record {
        Record {
            brand: self.brand.clone(),
            categories: self.categories.clone(),
            quantity: self.quantity.clone(),
            about: self.about.clone(),
            claims: self.claims.clone(),
            certifier: Some(certifier),
            making: Some(self.making.clone()),
            ..made_up(SubjectKind::Product, &self.product, &self.name)
        }
    }
}

/// A made-up subject's own passport with nothing but a name: what the sample's files and examples start from.
#[must_use]
pub fn made_up(kind: SubjectKind, id: &str, name: &str) -> Record {
    Record {
        kind,
        id: id.to_owned(),
        name: name.to_owned(),
        brand: String::new(),
        owner: None,
        categories: Vec::new(),
        quantity: String::new(),
        about: String::new(),
        place: String::new(),
        languages: Vec::new(),
        claims: Vec::new(),
        certifier: None,
        source: Source {
            name: "EcoSphere sample".to_owned(),
            url: format!("https://ecosphere.example/sample#{id}"),
            licence: "CC0 1.0".to_owned(),
            attribution: "Made up for the EcoSphere sample".to_owned(),
        },
        form: SubjectForm::Own,
        making: None,
        fictional: true,
    }
}

fn known_claims(claims: &[ClaimRef]) -> Result<(), RecordError> {
    match claims.iter().find(|claim| claim_def(&claim.code).is_none()) {
        Some(claim) => Err(wrong("claims", format!("\"{}\" is no row of the claim table", claim.code))),
        None => Ok(()),
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, RecordError> {
    serde_json::from_str(text).map_err(|e| wrong("file", e.to_string()))
}

fn wrong(member: &'static str, why: String) -> RecordError {
    RecordError::Shape { member, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::DidKey;

    const RETAILERS: &str = include_str!("../../assets/sample/source/retailers.json");
    const PROJECTS: &str = include_str!("../../assets/sample/source/projects.json");
    const CHAINS: &str = include_str!("../../assets/sample/source/chains.json");

    #[test]
    fn three_retailers_price_two_hundred_real_products_and_the_made_up_ones() {
        let file = RetailersFile::read(RETAILERS).unwrap();
        assert_eq!(file.retailers.len(), 3);
        assert!(file.retailers.iter().all(|r| (2..=3).contains(&r.sheet.places.len())));
        let gtins: std::collections::BTreeSet<_> = file.retailers.iter().flat_map(|r| &r.sheet.prices).map(|p| p.gtin.as_str()).collect();
        let (made_up, real): (Vec<_>, Vec<_>) = gtins.into_iter().partition(|gtin| gtin.starts_with("0952"));
        assert_eq!((made_up.len(), real.len()), (2, 200));
        assert!(file.notice.contains("made up"));
    }

    #[test]
    fn a_dozen_projects_each_say_what_they_need() {
        let file = ProjectsFile::read(PROJECTS).unwrap();
        assert_eq!(file.projects.len(), 12);
        assert!(file.projects.iter().all(|p| p.about.contains("needs") && !p.claims.is_empty() && !p.place.is_empty()));
        let speaks: std::collections::BTreeSet<_> =
            file.projects.iter().flat_map(|p| &p.claims).filter_map(|c| claim_def(&c.code)).flat_map(|d| d.topics.iter().map(|(t, ..)| *t)).collect();
        assert_eq!(speaks.len(), crate::values::Topic::COUNT, "there is a project for every topic");
    }

    #[test]
    fn two_chains_run_from_farm_to_shelf_without_a_gap_and_their_passports_read_back() {
        let file = ChainsFile::read(CHAINS).unwrap();
        assert_eq!(file.chains.len(), 2);
        let certifier = Party { key: DidKey::from_public([9; 32]), name: "Certifier".into() };
        for chain in &file.chains {
            let record = chain.record(certifier.clone());
            let credential = record.to_credential(&DidKey::from_public([7; 32]), "Issuer", crate::measure::Millis(0), None);
            assert_eq!(Record::from_credential(&credential), Ok(record));
            assert!(chain.product.starts_with("(01)0952") && crate::passport::Gtin::parse(&chain.product[4..18]).is_ok());
            let documents = file.documents(chain);
            assert!(documents.len() >= 4 && documents.iter().rev().skip(1).all(|d| d.receiver.is_some()));
            assert!(documents.windows(2).all(|pair| pair[0].date <= pair[1].date));
            assert!(documents.iter().all(|d| StageDocument::from_json(&d.to_json()).as_ref() == Ok(d)));
        }
    }

    #[test]
    fn a_file_with_a_gap_an_unknown_claim_or_a_stray_member_is_refused() {
        for (from, to) in [
            ("\"label:organic\"", "\"label:unheard-of\""),
            ("\"notice\"", "\"note\""),
            ("\"receiver\": \"tomato-cannery\"", "\"receiver\": \"tomato-farm\""),
            ("\"receiver\": \"tomato-cannery\"", "\"receiver\": \"certifier\""),
        ] {
            assert!(CHAINS.contains(from), "{from}");
            assert!(ChainsFile::read(&CHAINS.replacen(from, to, 1)).is_err(), "{to}");
        }
        assert!(RetailersFile::read(&RETAILERS.replacen("\"retailer\": \"retailer:", "\"retailer\": \"retailer:x", 1)).is_err());
        assert!(ProjectsFile::read("{").is_err());
    }
}
