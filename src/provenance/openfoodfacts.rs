//! Open Food Facts and Open Beauty Facts: JSON Lines as these databases export them.
//!
//! *In:* lines, one product each, any number of them. *Out:* a [`Record`] for each product that has a name and a category.
//!
//! **The rule for a row.** It is a JSON object of at most [`MAX_LINE`] bytes with a `code`, a non-blank `product_name` and at least one
//! non-blank entry in `categories_tags`; of two rows with one code the first is used. Of the 1 400 rows of the sample, 824 pass (570 food, 254 beauty).
//!
//! **The rule for its members.** Of several brands the first is the record's; any of them may tie it to an organisation. A member of the wrong kind,
//! a label or grade that is not known, or more of something than a product has is left out, with a [`Note`]; `unknown` and `xx` say nothing and are
//! passed over. A line that is not UTF-8 is read as windows-1252.
//!
//! **The rule for its number.** A `code` that is a GTIN with a right check digit gives `(01)<14 digits>`. Contributors also enter products without a
//! barcode, or with a wrong digit, and numbers with which a shop marks its own goods (GS1 prefixes 02, 04 and 2 in GTIN-13: "restricted circulation",
//! also used by the databases themselves for products without a barcode). Nothing is invented for these: they are recorded as `openfoodfacts:<code>` or
//! `openbeautyfacts:<code>`, can be found and ranked, and are never the answer to a scan. GTIN-8s that begin with 2 are a retailer's own brands, printed
//! on the pack by its maker and stable; they stay GTINs.

use super::{
    BrandIndex, ClaimRef, ClaimState, Found, Import, Note, Reason, Record, Source, category_tags, claim_def, label_tags,
    lenient::{Names, Text, Texts},
    mark_contradictions, text_of,
};
use crate::{
    passport::{Gtin, SubjectForm},
    statement::SubjectKind,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    borrow::Cow,
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

/// Reads every line and keeps what became of it. Brands are tied to the organisations in `brands` where the normalised names are equal.
///
/// # Errors
/// Only what `reader` itself reports; a bad line is a [`Note`], never an error.
pub fn import(reader: impl BufRead, site: Site, brands: &BrandIndex) -> io::Result<Import> {
    let mut import = Import::default();
    read(reader, site, brands, |found| import.take(found))?;
    Ok(import)
}

/// The same for a file of any size: hands on each record and note as it comes, the notes of a line before its record. Of what was read only the
/// codes are remembered, some 25 bytes a product, so that a second row of one product is known.
///
/// # Errors
/// As [`import`].
pub fn read(mut reader: impl BufRead, site: Site, brands: &BrandIndex, mut sink: impl FnMut(Found)) -> io::Result<()> {
    let mut seen = Seen::default();
    let mut buffer = Vec::new();
    let mut notes = Vec::new();
    for line in 1.. {
        notes.clear();
        let outcome = match next_line(&mut reader, &mut buffer)? {
            None => break,
            Some(length) if length > MAX_LINE => Err((String::new(), Reason::TooLarge(length))),
            Some(_) if buffer.trim_ascii().is_empty() => continue,
            Some(_) => read_row(buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&buffer), site, brands, &mut notes),
        };
        let outcome = outcome.and_then(|record| match seen.before(&record.id, line) {
            Some(first) => Err((record.id, Reason::Duplicate(first))),
            None => Ok(record),
        });
        match outcome {
            Err((id, reason)) => sink(Found::Dropped(Note { line, id, reason })),
            Ok(record) => {
                notes.drain(..).for_each(|reason| sink(Found::Noted(Note { line, id: record.id.clone(), reason })));
                sink(Found::Record(Box::new(record)));
            }
        }
    }
    Ok(())
}

/// The subjects that were read, each with its line.
#[derive(Default)]
struct Seen {
    /// By number: most subjects by far are `(01)` and 14 digits.
    gtins: BTreeMap<u64, u64>,
    others: BTreeMap<String, u64>,
}

impl Seen {
    /// The line in which this subject stood before, if it did; else this line is remembered.
    fn before(&mut self, id: &str, line: u64) -> Option<u64> {
        let known = match id.strip_prefix("(01)").and_then(|digits| digits.parse().ok()) {
            Some(gtin) => *self.gtins.entry(gtin).or_insert(line),
            None => match self.others.get(id) {
                Some(first) => *first,
                None => *self.others.entry(id.to_owned()).or_insert(line),
            },
        };
        (known != line).then_some(known)
    }
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

/// The members that are read, borrowed from the line where it has them without escapes; each may be missing, null or of any kind.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Row<'a> {
    code: Option<Value>,
    #[serde(borrow)]
    product_name: Text<'a>,
    #[serde(borrow)]
    brands: Text<'a>,
    #[serde(borrow)]
    quantity: Text<'a>,
    #[serde(borrow)]
    languages_codes: Names<'a>,
    #[serde(borrow)]
    categories_tags: Texts<'a>,
    #[serde(borrow)]
    labels_tags: Texts<'a>,
    #[serde(borrow)]
    ingredients_analysis_tags: Texts<'a>,
    #[serde(borrow)]
    nutriscore_grade: Text<'a>,
    #[serde(borrow)]
    ecoscore_grade: Text<'a>,
    nova_group: Option<Value>,
}

impl Row<'_> {
    /// The members that are not of the kind they should be: left out, and told.
    fn odd(&self) -> impl Iterator<Item = &'static str> {
        [
            ("product_name", self.product_name == Text::Odd),
            ("brands", self.brands == Text::Odd),
            ("quantity", self.quantity == Text::Odd),
            ("languages_codes", self.languages_codes.odd),
            ("categories_tags", self.categories_tags.odd),
            ("labels_tags", self.labels_tags.odd),
            ("ingredients_analysis_tags", self.ingredients_analysis_tags.odd),
            ("nutriscore_grade", self.nutriscore_grade == Text::Odd),
            ("ecoscore_grade", self.ecoscore_grade == Text::Odd),
        ]
        .into_iter()
        .filter_map(|(member, odd)| odd.then_some(member))
    }
}

type Dropped = (String, Reason);

fn left_out(path: &str, why: impl Into<String>) -> Reason {
    Reason::Invalid { path: path.to_owned(), why: why.into() }
}

fn read_row(line: &[u8], site: Site, brands: &BrandIndex, notes: &mut Vec<Reason>) -> Result<Record, Dropped> {
    let text = text_of(line);
    // Only an object: a list of the same values would be read too.
    if !text.trim_start().starts_with('{') {
        return Err((String::new(), Reason::NotJson("it does not begin with a brace".to_owned())));
    }
    let row: Row<'_> = serde_json::from_str(&text).map_err(|e| (String::new(), Reason::NotJson(e.to_string())))?;
    let code = row.code.as_ref().and_then(code_text).ok_or((String::new(), Reason::NoCode))?;
    let dropped = |reason| (code.clone(), reason);
    let name = one_line(row.product_name.get()).ok_or_else(|| dropped(Reason::NoName))?.into_owned();
    let (categories, beyond) = category_tags::chain(row.categories_tags.said.iter().map(AsRef::as_ref));
    if categories.is_empty() {
        return Err(dropped(Reason::NoCategory));
    }
    if matches!(text, Cow::Owned(_)) {
        notes.push(Reason::NotUtf8);
    }
    notes.extend(row.odd().map(|member| left_out(member, "it is not of the kind it should be; left out")));
    if beyond > 0 {
        notes.push(left_out("categories_tags", format!("{beyond} are longer than 300 bytes, or beyond the 64th; left out")));
    }
    let brand_names: Vec<Cow<'_, str>> = row.brands.get().unwrap_or_default().split(',').filter_map(|b| one_line(Some(b))).collect();
    let record = Record {
        kind: SubjectKind::Product,
        id: subject_id(&code, site, notes),
        name,
        brand: brand_names.first().map(|b| b.to_string()).unwrap_or_default(),
        owner: if brands.is_empty() { None } else { brand_names.iter().find_map(|b| brands.find(b)).map(str::to_owned) },
        categories,
        quantity: quantity(&row, notes),
        about: String::new(),
        place: String::new(),
        languages: languages(&row.languages_codes, notes),
        claims: claims(&row, notes),
        certifier: None,
        source: source(&code, site),
        form: SubjectForm::Record,
        making: None,
        fictional: false,
    };
    record.check().map_err(|e| dropped(Reason::OutOfBounds(e.to_string())))?;
    Ok(record)
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
fn one_line(text: Option<&str>) -> Option<Cow<'_, str>> {
    let text = text?.trim_matches(is_blank);
    let mut before = ' ';
    let is_clean = text.chars().all(|c| {
        let fine = !is_blank(c) || (c == ' ' && before != ' ');
        before = c;
        fine
    });
    let words = || text.split(is_blank).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let text = if is_clean { Cow::Borrowed(text) } else { Cow::Owned(words()) };
    (!text.is_empty()).then_some(text)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
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

/// As printed; nothing weighs less than nothing.
fn quantity(row: &Row<'_>, notes: &mut Vec<Reason>) -> String {
    let said = one_line(row.quantity.get()).unwrap_or_default();
    let negative = said.strip_prefix(['-', '\u{2212}']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if negative {
        notes.push(left_out("quantity", format!("\"{}\" is negative; left out", said.chars().take(40).collect::<String>())));
        return String::new();
    }
    said.into_owned()
}

fn languages(codes: &Names<'_>, notes: &mut Vec<Reason>) -> Vec<String> {
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
    // xx: the contributor did not say.
    let said = codes.said.iter().map(AsRef::as_ref).filter(|code| *code != "xx");
    let (mut known, unknown): (Vec<&str>, Vec<&str>) = said.partition(|code| is_code(code));
    known.sort_unstable();
    known.dedup();
    let beyond = known.len().saturating_sub(super::MAX_LIST);
    known.truncate(super::MAX_LIST);
    if beyond > 0 || !unknown.is_empty() {
        let first: String = unknown.first().map(|c| c.chars().take(20).collect()).unwrap_or_default();
        let why = format!("{} are no languages of two letters (\"{first}\" and the like) or beyond the 64th; left out", beyond + unknown.len());
        notes.push(left_out("languages_codes", why));
    }
    known.into_iter().map(str::to_owned).collect()
}

fn claims(row: &Row<'_>, notes: &mut Vec<Reason>) -> Vec<ClaimRef> {
    let mut codes: Vec<String> = Vec::new();
    let mut say = |code: String, said: &str, notes: &mut Vec<Reason>| {
        if claim_def(&code).is_none() {
            notes.push(Reason::UnknownValue(said.chars().take(80).collect()));
        } else if codes.contains(&code) {
            // Several tags of one meaning.
        } else if codes.len() < super::MAX_LIST {
            codes.push(code);
        } else {
            notes.push(Reason::OutOfBounds(format!("more than 64 claims; {code} is left out")));
        }
    };
    for (scale, grade) in [("nutriscore", &row.nutriscore_grade), ("ecoscore", &row.ecoscore_grade)] {
        match grade.get().map(str::trim) {
            None | Some("" | "unknown" | "not-applicable") => {}
            Some(grade) => say(format!("{scale}:{grade}"), grade, notes),
        }
    }
    match &row.nova_group {
        None | Some(Value::Null) => {}
        Some(Value::String(group)) => say(format!("nova:{group}"), group, notes),
        Some(group) => say(format!("nova:{group}"), &group.to_string(), notes),
    }
    for tag in row.ingredients_analysis_tags.said.iter().filter(|tag| !tag.ends_with("-unknown")) {
        say(format!("ingredients:{}", tag.strip_prefix("en:").unwrap_or(tag)), tag, notes);
    }
    for tag in &row.labels_tags.said {
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
