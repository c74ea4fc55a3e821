//! WikiRate: what FashionChecker's researchers answered about brands, who owns whom, and living-wage scores.
//!
//! *In:* three JSON texts as WikiRate's interface gives them (`brand_answers.json`, `sub_brands.json`, `living_wage_scores.json`).
//! *Out:* a [`Record`] for each company with answers, and a [`BrandIndex`] that ties brand names to them. A brand that is known only as somebody's
//! brand has no evidence of its own: it gets no record, but products of that name are tied to its owner, unless it sells clothes only.

use super::{BrandIndex, ClaimRef, ClaimState, Import, Note, Reason, Record, RecordError, Source, claim_def, mark_contradictions};
use crate::{passport::SubjectForm, statement::SubjectKind};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The three texts.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// `brand_answers.json`.
    pub brand_answers: &'a [u8],
    /// `sub_brands.json`.
    pub sub_brands: &'a [u8],
    /// `living_wage_scores.json`.
    pub living_wage_scores: &'a [u8],
}

/// What came of them. The notes' lines are positions within their text, 1 = first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WikiRate {
    /// Records by rising company number.
    pub import: Import,
    /// Names of companies and of their brands.
    pub brands: BrandIndex,
}

/// Reads the three texts.
///
/// # Errors
/// A text is not of WikiRate's shape. A single bad answer is a [`Note`], never an error.
pub fn import(texts: Texts<'_>) -> Result<WikiRate, RecordError> {
    let answers: Answers = read("brand_answers", texts.brand_answers)?;
    let relations: Items<Relation> = read("sub_brands", texts.sub_brands)?;
    let scores: Items<LivingWage> = read("living_wage_scores", texts.living_wage_scores)?;

    let mut found = WikiRate::default();
    let mut companies: BTreeMap<u64, Company> =
        answers.companies.iter().filter_map(|(id, name)| Some((id.parse().ok()?, Company::named(name)))).collect();
    for (id, company) in &companies {
        found.brands.add(&company.name, &subject(*id));
    }
    take_answers(&answers, &mut companies, &mut found.import);
    take_scores(&scores.items, &mut companies, &found.brands, &mut found.import);
    take_relations(&relations.items, &mut companies, &mut found);
    for (id, company) in companies {
        match company.into_record(id) {
            Ok(record) => found.import.records.push(record),
            Err((name, reason)) => found.import.dropped.push(Note { line: id, id: name, reason }),
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct Answers {
    companies: BTreeMap<String, String>,
    metrics: BTreeMap<String, String>,
    answers: BTreeMap<String, Answer>,
}

#[derive(Deserialize)]
struct Answer {
    company: u64,
    metric: u64,
    year: u16,
    value: String,
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// "The subject company has the brand of the object company".
#[derive(Deserialize)]
struct Relation {
    year: u16,
    /// The sector in which the brand is sold.
    #[serde(default)]
    value: String,
    subject_company_id: u64,
    object_company_id: u64,
    object_company: String,
}

#[derive(Deserialize)]
struct LivingWage {
    company: String,
    year: u16,
    value: String,
}

/// A company while its answers come in: the newest answer per group of claims.
struct Company {
    name: String,
    country: String,
    owner: Option<u64>,
    claims: BTreeMap<&'static str, (u16, String)>,
}

fn read<'a, T: Deserialize<'a>>(member: &'static str, text: &'a [u8]) -> Result<T, RecordError> {
    serde_json::from_slice(text).map_err(|e| RecordError::Shape { member, why: e.to_string() })
}

fn subject(id: u64) -> String {
    format!("wikirate:{id}")
}

fn take_answers(answers: &Answers, companies: &mut BTreeMap<u64, Company>, import: &mut Import) {
    for (line, (id, answer)) in (1..).zip(&answers.answers) {
        let metric = answers.metrics.get(&answer.metric.to_string()).map_or("", String::as_str);
        let result = match companies.get_mut(&answer.company) {
            None => Err(Reason::UnknownCompany(answer.company.to_string())),
            Some(company) => company.take(metric, answer.year, answer.value.trim()),
        };
        if let Err(reason) = result {
            import.dropped.push(Note { line, id: id.clone(), reason });
        }
    }
}

fn take_scores(scores: &[LivingWage], companies: &mut BTreeMap<u64, Company>, brands: &BrandIndex, import: &mut Import) {
    let by_name: BTreeMap<String, u64> = companies.iter().map(|(id, c)| (c.name.clone(), *id)).collect();
    for (line, score) in (1..).zip(scores) {
        let exact = by_name.get(&score.company).copied();
        let id = exact.or_else(|| brands.find(&score.company)?.strip_prefix("wikirate:")?.parse().ok());
        let result = match id.and_then(|id| companies.get_mut(&id)) {
            None => Err(Reason::UnknownCompany(score.company.clone())),
            Some(company) => company.take(LIVING_WAGES_PAID, score.year, score.value.trim()),
        };
        if let Err(reason) = result {
            import.dropped.push(Note { line, id: score.company.clone(), reason });
        }
    }
}

/// Of several owners the one of the newest year counts; of two in one year, none.
fn take_relations(relations: &[Relation], companies: &mut BTreeMap<u64, Company>, found: &mut WikiRate) {
    let mut owners = BTreeMap::<u64, (u16, BTreeSet<u64>)>::new();
    let mut names = BTreeMap::new();
    for relation in relations {
        let (year, of_year) = owners.entry(relation.object_company_id).or_default();
        if relation.year > *year {
            (*year, *of_year) = (relation.year, BTreeSet::new());
        }
        if relation.year == *year {
            of_year.insert(relation.subject_company_id);
        }
        names.insert(relation.object_company_id, (relation.object_company.as_str(), relation.value.as_str()));
    }
    for (line, (brand, (_, of_year))) in (1..).zip(&owners) {
        let (name, sector) = names.get(brand).copied().unwrap_or_default();
        let mut drop = |reason| found.import.dropped.push(Note { line, id: name.to_owned(), reason });
        let owner = match of_year.iter().collect::<Vec<_>>().as_slice() {
            [owner] => **owner,
            [_, second, ..] => {
                drop(Reason::SeveralOwners(companies.get(second).map_or_else(|| second.to_string(), |c| c.name.clone())));
                continue;
            }
            [] => continue,
        };
        if !companies.contains_key(&owner) {
            drop(Reason::UnknownCompany(owner.to_string()));
        } else if owns(companies, *brand, owner) {
            drop(Reason::OwnsItself(name.to_owned()));
        } else if let Some(company) = companies.get_mut(brand) {
            company.owner = Some(owner);
        } else if sector != CLOTHING {
            found.brands.add(name, &subject(owner));
        }
    }
}

/// Whether `upper` is `lower` or stands above it.
fn owns(companies: &BTreeMap<u64, Company>, upper: u64, lower: u64) -> bool {
    std::iter::successors(Some(lower), |id| companies.get(id)?.owner).any(|id| id == upper)
}

/// Brands known only from clothes share their names with brands of food: "Signature" is jeans there and chocolates here.
const CLOTHING: &str = "Textiles, Clothing, Leather and Footwear";

const LIVING_WAGES_PAID: &str = "Clean Clothes Campaign+Living Wages Paid Score";

/// The claim an answer makes: its group, and the row of the claim table.
fn claim(metric: &str, value: &str) -> Option<(&'static str, String)> {
    let value = value.to_ascii_lowercase();
    let (group, grade) = match metric {
        "Clean Clothes Campaign+Supply Chain Transparency Score" => {
            let band = match value.as_str() {
                "0.0" | "0" => "none",
                "2.5" => "low",
                "5.0" | "5" => "medium",
                "7.5" => "good",
                "10.0" | "10" => "high",
                _ => return None,
            };
            ("transparency", band.to_owned())
        }
        "Clean Clothes Campaign+Public Commitment on Living Wage (Combined)" => ("living-wage-commitment", value),
        "Clean Clothes Campaign+Living Wage Action Plan (Combined)" => ("action-plan", value),
        "Clean Clothes Campaign+Isolating Labour Cost (Combined)" => {
            let how = match value.as_str() {
                "yes fair wear foundation" => "fair-wear",
                "no" => "no",
                other if other.starts_with("yes") => "yes",
                _ => return None,
            };
            ("labour-cost", how.to_owned())
        }
        LIVING_WAGES_PAID => ("living-wage-paid", value),
        _ => return None,
    };
    let code = format!("wikirate:{group}:{grade}");
    claim_def(&code).map(|_| (group, code))
}

impl Company {
    fn named(name: &str) -> Self {
        Self { name: name.trim().to_owned(), country: String::new(), owner: None, claims: BTreeMap::new() }
    }

    /// Takes an answer in, if none of the same group is newer.
    fn take(&mut self, metric: &str, year: u16, value: &str) -> Result<(), Reason> {
        if metric == "Core+Country" {
            self.country = value.to_owned();
            return Ok(());
        }
        let (group, code) = claim(metric, value).ok_or_else(|| Reason::UnknownValue(value.chars().take(80).collect()))?;
        match self.claims.get(group) {
            Some((newer, _)) if *newer > year => Err(Reason::Outdated(*newer)),
            _ => {
                self.claims.insert(group, (year, code));
                Ok(())
            }
        }
    }

    fn into_record(self, id: u64) -> Result<Record, (String, Reason)> {
        let mut claims: Vec<ClaimRef> = self.claims.into_values().map(|(_, code)| ClaimRef { code, state: ClaimState::SelfDeclared }).collect();
        mark_contradictions(&mut claims);
        let record = Record {
            kind: SubjectKind::Organisation,
            id: subject(id),
            name: self.name,
            brand: String::new(),
            owner: self.owner.map(subject),
            categories: Vec::new(),
            quantity: String::new(),
            about: String::new(),
            place: self.country,
            languages: Vec::new(),
            claims,
            certifier: None,
            source: Source {
                name: "WikiRate".to_owned(),
                url: format!("https://wikirate.org/~{id}"),
                licence: "CC BY 4.0".to_owned(),
                attribution: "WikiRate / Clean Clothes Campaign FashionChecker".to_owned(),
            },
            form: SubjectForm::Record,
            making: None,
            fictional: false,
        };
        match record.check() {
            Ok(()) => Ok(record),
            Err(why) => Err((record.id, Reason::OutOfBounds(why.to_string()))),
        }
    }
}
