//! WikiRate: what FashionChecker's researchers answered about brands, who owns whom, and living-wage scores.
//!
//! *In:* three JSON texts as WikiRate's interface gives them (`brand_answers.json`, `sub_brands.json`, `living_wage_scores.json`).
//! *Out:* a [`Record`] for each company with answers, and a [`BrandIndex`] that ties brand names to them. A brand that is known only as somebody's
//! brand has no evidence of its own: it gets no record, but products of that name are tied to its owner, unless it sells clothes only.
//!
//! Of several answers to one question the newest counts. Every other, and every answer or relation of another shape, of an unknown company or value, or
//! of a year that has not come yet, is dropped with its place and the reason.

use super::{BrandIndex, ClaimRef, ClaimState, Import, Note, Reason, Record, RecordError, Source, claim_def, mark_contradictions};
use crate::{passport::SubjectForm, statement::SubjectKind};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The three texts.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// `brand_answers.json`.
    pub brand_answers: &'a [u8],
    /// `sub_brands.json`.
    pub sub_brands: &'a [u8],
    /// `living_wage_scores.json`.
    pub living_wage_scores: &'a [u8],
    /// The year it is: an answer of a later one is dropped.
    pub until: u16,
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
    let mut companies = BTreeMap::<u64, Company>::new();
    for (line, (id, name)) in (1..).zip(&answers.companies) {
        match id.parse::<u64>() {
            Ok(number) => drop(companies.insert(number, Company::named(name))),
            Err(_) => found.import.dropped.push(Note { line, id: id.clone(), reason: wrong("companies", "its key is not a company's number") }),
        }
    }
    for (id, company) in &companies {
        found.brands.add(&company.name, &subject(*id));
    }
    take_answers(&answers, texts.until, &mut companies, &mut found.import);
    take_scores(scores.items, texts.until, &mut companies, &found.brands, &mut found.import);
    take_relations(usable(relations.items, texts.until, &mut found.import), &mut companies, &mut found);
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
    answers: BTreeMap<String, Row<Answer>>,
}

/// An entry of a list, or what stands in its place.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row<T> {
    Read(T),
    Odd(Value),
}

impl<T> Row<T> {
    fn read(&self) -> Result<&T, Reason> {
        match self {
            Self::Read(row) => Ok(row),
            Self::Odd(value) => {
                Err(wrong("", &format!("it has not the members it should have: {}", value.to_string().chars().take(80).collect::<String>())))
            }
        }
    }
}

fn wrong(path: &str, why: &str) -> Reason {
    Reason::Invalid { path: path.to_owned(), why: why.to_owned() }
}

fn not_yet(year: u16, until: u16) -> Result<(), Reason> {
    if year > until { Err(wrong("year", &format!("{year} has not come yet"))) } else { Ok(()) }
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
    items: Vec<Row<T>>,
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
    claims: BTreeMap<&'static str, Taken>,
}

/// An answer that was taken in: its claim, and what it is known by.
struct Taken {
    year: u16,
    code: String,
    line: u64,
    id: String,
}

fn read<'a, T: Deserialize<'a>>(member: &'static str, text: &'a [u8]) -> Result<T, RecordError> {
    serde_json::from_slice(text).map_err(|e| RecordError::Shape { member, why: e.to_string() })
}

fn subject(id: u64) -> String {
    format!("wikirate:{id}")
}

fn take_answers(answers: &Answers, until: u16, companies: &mut BTreeMap<u64, Company>, import: &mut Import) {
    for (line, (id, row)) in (1..).zip(&answers.answers) {
        let result = row.read().and_then(|answer| {
            not_yet(answer.year, until)?;
            let metric = answers.metrics.get(&answer.metric.to_string()).map_or("", String::as_str);
            let company = companies.get_mut(&answer.company).ok_or_else(|| Reason::UnknownCompany(answer.company.to_string()))?;
            company.take(metric, answer.year, answer.value.trim(), line, id)
        });
        note(line, id, result, import);
    }
}

fn take_scores(scores: Vec<Row<LivingWage>>, until: u16, companies: &mut BTreeMap<u64, Company>, brands: &BrandIndex, import: &mut Import) {
    let by_name: BTreeMap<String, u64> = companies.iter().map(|(id, c)| (c.name.clone(), *id)).collect();
    for (line, row) in (1..).zip(&scores) {
        let result = row.read().and_then(|score| {
            not_yet(score.year, until)?;
            let exact = by_name.get(&score.company).copied();
            let id = exact.or_else(|| brands.find(&score.company)?.strip_prefix("wikirate:")?.parse().ok());
            let company = id.and_then(|id| companies.get_mut(&id)).ok_or_else(|| Reason::UnknownCompany(score.company.clone()))?;
            company.take(LIVING_WAGES_PAID, score.year, score.value.trim(), line, &score.company)
        });
        let id = if let Row::Read(score) = row { score.company.as_str() } else { "" };
        note(line, id, result, import);
    }
}

/// Tells of an answer that was not taken, or of an older one in whose place it was.
fn note(line: u64, id: &str, result: Result<Option<(Taken, Reason)>, Reason>, import: &mut Import) {
    match result {
        Ok(None) => {}
        Ok(Some((old, reason))) => import.dropped.push(Note { line: old.line, id: old.id, reason }),
        Err(reason) => import.dropped.push(Note { line, id: id.to_owned(), reason }),
    }
}

/// The relations that can be used, with their places.
fn usable(rows: Vec<Row<Relation>>, until: u16, import: &mut Import) -> Vec<(u64, Relation)> {
    let mut relations = Vec::with_capacity(rows.len());
    for (line, row) in (1..).zip(rows) {
        let usable = row.read().and_then(|relation| not_yet(relation.year, until));
        match (usable, row) {
            (Ok(()), Row::Read(relation)) => relations.push((line, relation)),
            (Ok(()), Row::Odd(_)) => {}
            (Err(reason), row) => {
                let id = if let Row::Read(relation) = row { relation.object_company } else { String::new() };
                import.dropped.push(Note { line, id, reason });
            }
        }
    }
    relations
}

/// Of several owners the one of the newest year counts; of two in one year, none.
fn take_relations(relations: Vec<(u64, Relation)>, companies: &mut BTreeMap<u64, Company>, found: &mut WikiRate) {
    let mut newest = BTreeMap::<u64, u16>::new();
    for (_, relation) in &relations {
        let year = newest.entry(relation.object_company_id).or_default();
        *year = relation.year.max(*year);
    }
    // Per brand its owners of the newest year, each with its place.
    let mut owners = BTreeMap::<u64, BTreeMap<u64, u64>>::new();
    let mut names = BTreeMap::new();
    for (line, relation) in &relations {
        let year = newest.get(&relation.object_company_id).copied().unwrap_or_default();
        let of_year = owners.entry(relation.object_company_id).or_default();
        let known = of_year.get(&relation.subject_company_id).copied();
        let reason = match known {
            _ if relation.year < year => Some(Reason::Outdated(year)),
            Some(first) => Some(Reason::Duplicate(first)),
            None => None,
        };
        match reason {
            Some(reason) => found.import.dropped.push(Note { line: *line, id: relation.object_company.clone(), reason }),
            None => drop(of_year.insert(relation.subject_company_id, *line)),
        }
        names.insert(relation.object_company_id, (relation.object_company.as_str(), relation.value.as_str()));
    }
    for (brand, of_year) in &owners {
        let (name, sector) = names.get(brand).copied().unwrap_or_default();
        let note = |line: u64, reason| Note { line, id: name.to_owned(), reason };
        let (owner, line) = match of_year.iter().collect::<Vec<_>>().as_slice() {
            [(owner, line)] => (**owner, **line),
            [_, (second, line), ..] => {
                let second = companies.get(second).map_or_else(|| second.to_string(), |c| c.name.clone());
                found.import.dropped.push(note(**line, Reason::SeveralOwners(second)));
                continue;
            }
            [] => continue,
        };
        if !companies.contains_key(&owner) {
            found.import.dropped.push(note(line, Reason::UnknownCompany(owner.to_string())));
        } else if owns(companies, *brand, owner) {
            found.import.dropped.push(note(line, Reason::OwnsItself(name.to_owned())));
        } else if let Some(company) = companies.get_mut(brand) {
            company.owner = Some(owner);
        } else if sector == CLOTHING {
            found.import.notes.push(note(line, wrong("value", "a brand of clothes only: its name is tied to no product")));
        } else {
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

    /// Takes an answer in, if none of the same group is newer; gives the one in whose place it is, with the reason.
    fn take(&mut self, metric: &str, year: u16, value: &str, line: u64, id: &str) -> Result<Option<(Taken, Reason)>, Reason> {
        if metric == "Core+Country" {
            self.country = value.to_owned();
            return Ok(None);
        }
        let (group, code) = claim(metric, value).ok_or_else(|| Reason::UnknownValue(value.chars().take(80).collect()))?;
        match self.claims.get(group) {
            Some(newer) if newer.year > year => Err(Reason::Outdated(newer.year)),
            _ => {
                let old = self.claims.insert(group, Taken { year, code, line, id: id.to_owned() });
                Ok(old.map(|old| {
                    let reason = if old.year < year { Reason::Outdated(year) } else { wrong("year", &format!("another answer of {year} is used")) };
                    (old, reason)
                }))
            }
        }
    }

    fn into_record(self, id: u64) -> Result<Record, (String, Reason)> {
        let mut claims: Vec<ClaimRef> =
            self.claims.into_values().map(|taken| ClaimRef { code: taken.code, state: ClaimState::SelfDeclared }).collect();
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
