//! Open Food Facts and Open Beauty Facts: JSON Lines as these databases export them.
//!
//! *In:* lines, one product each. *Out:* a [`Record`] for each product that has a name and a category.
//!
//! **The rule for a row.** It is a JSON object of at most [`MAX_LINE`] bytes with a `code`, a non-blank `product_name` and at least one
//! non-blank entry in `categories_tags`; of two rows with one code the first is used. Of the 1 400 rows of the sample, 824 pass (570 food, 254 beauty).
//!
//! **The rule for its number.** A `code` that is a GTIN with a right check digit gives `(01)<14 digits>`. Contributors also enter products without a
//! barcode, or with a wrong digit, and numbers with which a shop marks its own goods (GS1 prefixes 02, 04 and 2 in GTIN-13: "restricted circulation",
//! also used by the databases themselves for products without a barcode). Nothing is invented for these: they are recorded as `openfoodfacts:<code>` or
//! `openbeautyfacts:<code>`, can be found and ranked, and are never the answer to a scan. GTIN-8s that begin with 2 are a retailer's own brands, printed
//! on the pack by its maker and stable; they stay GTINs.

use super::{BrandIndex, ClaimRef, ClaimState, Import, Note, Reason, Record, Source, category_tags, claim_def, label_tags, mark_contradictions};
use crate::{
    passport::{Gtin, SubjectForm},
    statement::SubjectKind,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

/// The longest line that is read, in bytes. The largest rows of the full export stay below a quarter of it.
pub const MAX_LINE: u64 = 4 << 20;

/// Which of the sister databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Site {
    /// Open Food Facts.
    Food,
    /// Open Beauty Facts.
    Beauty,
}

/// Reads every line and says of each what became of it. Brands are tied to the organisations in `brands` where the normalised names are equal.
///
/// # Errors
/// Only what `reader` itself reports; a bad line is a [`Note`], never an error.
pub fn import(mut reader: impl BufRead, site: Site, brands: &BrandIndex) -> io::Result<Import> {
    let mut import = Import::default();
    let mut first_seen = BTreeMap::new();
    let mut buffer = Vec::new();
    for line in 1.. {
        let outcome = match next_line(&mut reader, &mut buffer)? {
            None => break,
            Some(length) if length > MAX_LINE => Err((String::new(), Reason::TooLarge(length))),
            Some(_) if buffer.trim_ascii().is_empty() => continue,
            Some(_) => read_row(&buffer, site, brands),
        };
        match outcome {
            Err((id, reason)) => import.dropped.push(Note { line, id, reason }),
            Ok((record, reasons)) => {
                if let Some(first) = first_seen.get(&record.id) {
                    import.dropped.push(Note { line, id: record.id, reason: Reason::Duplicate(*first) });
                    continue;
                }
                first_seen.insert(record.id.clone(), line);
                import.notes.extend(reasons.into_iter().map(|reason| Note { line, id: record.id.clone(), reason }));
                import.records.push(record);
            }
        }
    }
    Ok(import)
}

/// Reads up to the next line feed into `buffer`, keeping at most [`MAX_LINE`] bytes, and returns the line's true length; `None` at the end.
fn next_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<u64>> {
    buffer.clear();
    let mut length = io::Read::take(&mut *reader, MAX_LINE + 1).read_until(b'\n', buffer)? as u64;
    if length == 0 {
        return Ok(None);
    }
    if buffer.last() != Some(&b'\n') && length > MAX_LINE {
        length += reader.skip_until(b'\n')? as u64;
    }
    Ok(Some(length))
}

/// The members that are read; each may be missing or null.
#[derive(Deserialize)]
struct Row {
    code: Option<Value>,
    product_name: Option<String>,
    brands: Option<String>,
    quantity: Option<String>,
    languages_codes: Option<BTreeMap<String, Value>>,
    categories_tags: Option<Vec<String>>,
    labels_tags: Option<Vec<String>>,
    ingredients_analysis_tags: Option<Vec<String>>,
    nutriscore_grade: Option<String>,
    ecoscore_grade: Option<String>,
    nova_group: Option<Value>,
}

type Dropped = (String, Reason);

fn read_row(line: &[u8], site: Site, brands: &BrandIndex) -> Result<(Record, Vec<Reason>), Dropped> {
    let row: Row = serde_json::from_slice(line).map_err(|e| (String::new(), Reason::NotJson(e.to_string())))?;
    let code = row.code.as_ref().and_then(code_text).ok_or((String::new(), Reason::NoCode))?;
    let dropped = |reason| (code.clone(), reason);
    let name = one_line(row.product_name.as_deref()).ok_or_else(|| dropped(Reason::NoName))?;
    let categories = category_tags::chain(row.categories_tags.as_deref().unwrap_or_default());
    if categories.is_empty() {
        return Err(dropped(Reason::NoCategory));
    }
    let mut notes = Vec::new();
    let brand_names = row.brands.as_deref().unwrap_or_default().split(',').filter_map(|b| one_line(Some(b)));
    let brand_names: Vec<String> = brand_names.collect();
    let record = Record {
        kind: SubjectKind::Product,
        id: subject_id(&code, site, &mut notes),
        name,
        brand: brand_names.first().cloned().unwrap_or_default(),
        owner: brand_names.iter().find_map(|b| brands.find(b)).map(str::to_owned),
        categories,
        quantity: one_line(row.quantity.as_deref()).unwrap_or_default(),
        about: String::new(),
        place: String::new(),
        languages: languages(row.languages_codes.as_ref()),
        claims: claims(&row, &mut notes),
        certifier: None,
        source: source(&code, site),
        form: SubjectForm::Record,
        making: None,
        fictional: false,
    };
    record.check().map_err(|e| dropped(Reason::OutOfBounds(e.to_string())))?;
    Ok((record, notes))
}

/// A code is a string, or in some exports a bare number; anything but 1 to 24 digits or letters is none.
fn code_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.as_u64()?.to_string(),
        _ => return None,
    };
    (1..=24).contains(&text.len()).then_some(())?;
    text.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(text)
}

/// Trimmed, inner runs of white space as one blank, control characters gone; `None` when nothing is left.
fn one_line(text: Option<&str>) -> Option<String> {
    let words = text?.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty());
    let text = words.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn subject_id(code: &str, site: Site, notes: &mut Vec<Reason>) -> String {
    let own_number = || match site {
        Site::Food => format!("openfoodfacts:{code}"),
        Site::Beauty => format!("openbeautyfacts:{code}"),
    };
    match Gtin::parse(code) {
        Ok(gtin) if is_restricted(&gtin.digits14()) => {
            notes.push(Reason::RestrictedNumber);
            own_number()
        }
        Ok(gtin) => format!("(01){gtin}"),
        Err(why) => {
            notes.push(Reason::NotAGtin(why.to_string()));
            own_number()
        }
    }
}

/// GS1 General Specifications, figure 1.4.2-1: GTIN-13 prefixes 020-029, 040-049 and 200-299 are for restricted circulation.
fn is_restricted(digits14: &str) -> bool {
    ["002", "004", "02"].iter().any(|prefix| digits14.starts_with(prefix))
}

fn languages(codes: Option<&BTreeMap<String, Value>>) -> Vec<String> {
    let known = |code: &&String| code.len() == 2 && *code != "xx" && code.bytes().all(|b| b.is_ascii_lowercase());
    codes.into_iter().flat_map(BTreeMap::keys).filter(known).take(super::MAX_LIST).cloned().collect()
}

fn claims(row: &Row, notes: &mut Vec<Reason>) -> Vec<ClaimRef> {
    let mut codes: Vec<String> = Vec::new();
    let mut say = |code: String, said: &str, notes: &mut Vec<Reason>| {
        if claim_def(&code).is_none() {
            notes.push(Reason::UnknownValue(said.chars().take(80).collect()));
        } else if !codes.contains(&code) && codes.len() < super::MAX_LIST {
            codes.push(code);
        }
    };
    for (scale, grade) in [("nutriscore", &row.nutriscore_grade), ("ecoscore", &row.ecoscore_grade)] {
        match grade.as_deref().map(str::trim) {
            None | Some("" | "unknown" | "not-applicable") => {}
            Some(grade) => say(format!("{scale}:{grade}"), grade, notes),
        }
    }
    match &row.nova_group {
        None | Some(Value::Null) => {}
        Some(Value::String(group)) => say(format!("nova:{group}"), group, notes),
        Some(group) => say(format!("nova:{group}"), &group.to_string(), notes),
    }
    for tag in row.ingredients_analysis_tags.iter().flatten().filter(|tag| !tag.ends_with("-unknown")) {
        say(format!("ingredients:{}", tag.strip_prefix("en:").unwrap_or(tag)), tag, notes);
    }
    for tag in row.labels_tags.iter().flatten() {
        match label_tags::meaning(tag) {
            Some(meant) => meant.iter().for_each(|code| say((*code).to_owned(), tag, notes)),
            None => notes.push(Reason::UnknownValue(tag.chars().take(80).collect())),
        }
    }
    let mut claims: Vec<ClaimRef> = codes.into_iter().map(|code| ClaimRef { code, state: ClaimState::SelfDeclared }).collect();
    mark_contradictions(&mut claims);
    claims
}

fn source(code: &str, site: Site) -> Source {
    let (name, host) = match site {
        Site::Food => ("Open Food Facts", "world.openfoodfacts.org"),
        Site::Beauty => ("Open Beauty Facts", "world.openbeautyfacts.org"),
    };
    Source {
        name: name.to_owned(),
        url: format!("https://{host}/product/{code}"),
        licence: "ODbL 1.0 (database), DbCL 1.0 (contents)".to_owned(),
        attribution: format!("(c) {name} contributors"),
    }
}
