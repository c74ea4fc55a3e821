//! Real products and brands as their sources have them, retailers with their prices, and projects.

use super::{
    cast::{BEAUTY_STEWARD, FOOD_STEWARD, WIKIRATE_STEWARD},
    scribe::Scribe,
};
use crate::{
    node::NodeError,
    provenance::{
        ChainsFile, ProjectsFile, Record, RetailersFile,
        openfoodfacts::{self, Site},
        wikirate,
    },
    statement::{Body, ListingSheet},
};

use std::{io::Read as _, path::Path};

/// The year in which the sources were taken.
const SAMPLED: u16 = 2026;

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
        let brands = wikirate::import(wikirate::Texts {
            brand_answers: &unpack(folder, "wikirate_brand_answers.json.gz")?,
            sub_brands: &unpack(folder, "wikirate_sub_brands.json.gz")?,
            living_wage_scores: &unpack(folder, "wikirate_living_wage_scores.json.gz")?,
            until: SAMPLED,
        })?;
        let products = |file: &str, site| {
            let rows = unpack(folder, file)?;
            let import = openfoodfacts::import(rows.as_slice(), site, &brands.brands).map_err(NodeError::file(&folder.join(file)))?;
            Ok::<_, NodeError>(import.records)
        };
        Ok(Self {
            food: products("openfoodfacts.jsonl.gz", Site::Food)?,
            beauty: products("openbeautyfacts.jsonl.gz", Site::Beauty)?,
            brands: brands.import.records,
            retailers: RetailersFile::read(&text(folder, "retailers.json")?)?,
            projects: ProjectsFile::read(&text(folder, "projects.json")?)?,
            chains: ChainsFile::read(&text(folder, "chains.json")?)?,
        })
    }
}

fn text(folder: &Path, file: &str) -> Result<String, NodeError> {
    let path = folder.join(file);
    std::fs::read_to_string(&path).map_err(NodeError::file(&path))
}

/// A file of at most 64 MiB out of its gzip wrapping.
fn unpack(folder: &Path, file: &str) -> Result<Vec<u8>, NodeError> {
    let path = folder.join(file);
    let packed = std::fs::File::open(&path).map_err(NodeError::file(&path))?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed).take(64 * 1024 * 1024).read_to_end(&mut bytes).map_err(NodeError::file(&path))?;
    Ok(bytes)
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
        scribe.issue(&r.record(), &r.id, None, None)?;
    }
    for p in &sources.projects.projects {
        scribe.issue(&p.record(), &format!("ngo:{}", p.ngo), None, None)?;
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
