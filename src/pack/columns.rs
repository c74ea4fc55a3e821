//! The index on the wire: the same rows column by column, because equal things side by side compress to almost nothing.
//!
//! ```text
//! index/head        postcard( origin, market, batch, time, log_size, sample, counts; tables: actors, categories, claims, retailers )
//! index/rows/<n>    postcard( one array per member of SubjectRow )      16 384 subjects, fewer in the last
//! index/prices/<n>  postcard( one array per member of Listing )         65 536 prices, fewer in the last
//! ```
//! Texts of a column are one string and an array of lengths in bytes. A product id `(01)<14 digits>` is its number without the check digit; any other id stands in
//! the texts, in row order. Digests are one run of 16-byte pieces. The status column is the file's part of the Token Status List, sparse
//! (`status_list.rs`). Several files rather than one, so that a device holds one in memory at a time, whatever the market's size.

use super::{
    Actor, Category, Head, Index, Listing, PRICES_A_FILE, PackError, ROWS_A_FILE, Retailer, SubjectForm, SubjectRow, parents_first,
    status_list::{decode_sparse, encode_sparse},
};
use crate::{
    measure::{Currency, Millis, Money},
    provenance::{ClaimDef, ClaimState},
    state::Since,
    statement::{PassportStatus, SubjectKind},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct HeadColumns {
    origin: String,
    market: String,
    batch: u64,
    time: Millis,
    log_size: u64,
    sample: bool,
    subjects: u32,
    listings: u32,
    actors: Vec<Actor>,
    category_ids: Texts,
    category_names: Texts,
    category_parents: Vec<Option<u16>>,
    claims: Vec<ClaimDef>,
    retailers: Vec<Retailer>,
    since: Vec<Since>,
}

#[derive(Serialize, Deserialize)]
struct RowColumns {
    kinds: Vec<SubjectKind>,
    gtins: Vec<Option<u64>>,
    other_ids: Texts,
    digests: Vec<u8>,
    issuers: Vec<u16>,
    forms: Vec<SubjectForm>,
    status: Vec<u8>,
    successors: Vec<Option<u32>>,
    valid_until: Vec<Option<Millis>>,
    names: Texts,
    brands: Texts,
    owners: Vec<Option<u32>>,
    categories: Vec<Option<u16>>,
    quantities: Texts,
    claim_counts: Vec<u16>,
    claims: Vec<u16>,
    claim_states: Vec<ClaimState>,
    fictional: Vec<bool>,
}

#[derive(Serialize, Deserialize)]
struct PriceColumns {
    retailers: Vec<u16>,
    products: Vec<u32>,
    minor: Vec<i64>,
    currencies: Vec<Currency>,
    stock: Vec<u32>,
}

/// Many short texts in one.
#[derive(Serialize, Deserialize, Default)]
struct Texts {
    all: String,
    bytes: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) -> Result<(), PackError> {
        self.all.push_str(text);
        self.bytes.push(u32::try_from(text.len()).map_err(|_| PackError::TooMany("characters in one text"))?);
        Ok(())
    }

    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, PackError> {
        let mut out = Self::default();
        for text in texts {
            out.push(text)?;
        }
        Ok(out)
    }

    fn read(self) -> Result<Vec<String>, PackError> {
        let mut rest = self.all.as_str();
        let mut out = Vec::with_capacity(self.bytes.len());
        for n in self.bytes {
            let n = usize::try_from(n).map_err(|_| torn("texts"))?;
            let (text, after) = rest.split_at_checked(n).ok_or_else(|| torn("texts"))?;
            out.push(text.to_owned());
            rest = after;
        }
        if rest.is_empty() { Ok(out) } else { Err(torn("texts")) }
    }
}

fn torn(column: &str) -> PackError {
    PackError::Unreadable { what: "index", why: format!("its {column} do not fit together") }
}

fn write<T: Serialize>(columns: &T) -> Result<Vec<u8>, PackError> {
    postcard::to_stdvec(columns).map_err(|e| PackError::Unreadable { what: "index", why: e.to_string() })
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, PackError> {
    match postcard::take_from_bytes(bytes) {
        Ok((columns, [])) => Ok(columns),
        Ok(_) => Err(torn("last bytes")),
        Err(e) => Err(PackError::Unreadable { what: "index", why: e.to_string() }),
    }
}

/// The index's files in order, by name, before compression.
///
/// # Errors
/// More of something than the format can hold.
pub fn encode_index(index: &Index) -> Result<Vec<(String, Vec<u8>)>, PackError> {
    let mut files = vec![("index/head".to_owned(), encode_head(&index.head)?)];
    for (n, rows) in index.subjects.chunks(ROWS_A_FILE).enumerate() {
        files.push((format!("index/rows/{n}"), encode_rows(rows)?));
    }
    for (n, prices) in index.listings.chunks(PRICES_A_FILE).enumerate() {
        files.push((format!("index/prices/{n}"), encode_prices(prices)?));
    }
    Ok(files)
}

/// Puts an index together from its files' bytes before compression, in order.
///
/// # Errors
/// A file is missing or too many, or as [`decode_head`], [`decode_rows`], [`decode_prices`].
pub fn decode_index<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> Result<Index, PackError> {
    let mut files = files.into_iter();
    let mut next = || files.next().ok_or_else(|| torn("files"));
    let head = decode_head(next()?)?;
    let (mut subjects, mut listings) = (Vec::new(), Vec::new());
    for n in (0..).take_while(|n| !head.rows(*n).is_empty()) {
        subjects.extend(decode_rows(next()?, &head, n)?);
    }
    for n in (0..).take_while(|n| !head.prices(*n).is_empty()) {
        listings.extend(decode_prices(next()?, &head, n)?);
    }
    if files.next().is_some() { Err(torn("files")) } else { Ok(Index { head, subjects, listings }) }
}

/// The wire form of the head, before compression.
///
/// # Errors
/// More of something than the format can hold.
pub fn encode_head(head: &Head) -> Result<Vec<u8>, PackError> {
    write(&HeadColumns {
        origin: head.origin.clone(),
        market: head.market.clone(),
        batch: head.batch,
        time: head.time,
        log_size: head.log_size,
        sample: head.sample,
        subjects: head.subjects,
        listings: head.listings,
        actors: head.actors.clone(),
        category_ids: Texts::of(head.categories.iter().map(|c| c.id.as_str()))?,
        category_names: Texts::of(head.categories.iter().map(|c| c.name.as_str()))?,
        category_parents: head.categories.iter().map(|c| c.parent).collect(),
        claims: head.claims.clone(),
        retailers: head.retailers.clone(),
        since: head.since.clone(),
    })
}

/// Reads a head. A length in it never allocates more than what is there, and every position in it points at something.
///
/// # Errors
/// Cut short, columns that do not fit together, a position that points nowhere, or parents that go in a circle.
pub fn decode_head(bytes: &[u8]) -> Result<Head, PackError> {
    let c: HeadColumns = read(bytes)?;
    let (ids, titles) = (c.category_ids.read()?, c.category_names.read()?);
    if ids.len() != titles.len() || ids.len() != c.category_parents.len() {
        return Err(torn("categories"));
    }
    let categories = ids.into_iter().zip(titles).zip(c.category_parents).map(|((id, name), parent)| Category { id, name, parent });
    let head = Head {
        origin: c.origin,
        market: c.market,
        batch: c.batch,
        time: c.time,
        log_size: c.log_size,
        sample: c.sample,
        subjects: c.subjects,
        listings: c.listings,
        actors: c.actors,
        categories: categories.collect(),
        claims: c.claims,
        retailers: c.retailers,
        since: c.since,
    };
    if parents_first(&head.categories).is_none() || head.retailers.iter().any(|r| r.subject >= head.subjects) {
        return Err(torn("positions"));
    }
    if !head.since.is_sorted_by(|a, b| a.first < b.first && a.time < b.time) {
        return Err(torn("dates"));
    }
    Ok(head)
}

/// The wire form of one file of rows, before compression.
///
/// # Errors
/// More of something than the format can hold.
pub fn encode_rows(rows: &[SubjectRow]) -> Result<Vec<u8>, PackError> {
    let gtins: Vec<Option<u64>> = rows.iter().map(|r| gtin_number(&r.id)).collect();
    let mut claim_counts = Vec::with_capacity(rows.len());
    for r in rows {
        claim_counts.push(u16::try_from(r.claims.len()).map_err(|_| PackError::TooMany("claims on one subject"))?);
    }
    let status: Vec<PassportStatus> = rows.iter().map(|r| r.status).collect();
    write(&RowColumns {
        kinds: rows.iter().map(|r| r.kind).collect(),
        other_ids: Texts::of(rows.iter().zip(&gtins).filter(|(_, g)| g.is_none()).map(|(r, _)| r.id.as_str()))?,
        gtins,
        digests: rows.iter().flat_map(|r| r.digest).collect(),
        issuers: rows.iter().map(|r| r.issuer).collect(),
        forms: rows.iter().map(|r| r.form).collect(),
        status: encode_sparse(&status),
        successors: rows.iter().map(|r| r.successor).collect(),
        valid_until: rows.iter().map(|r| r.valid_until).collect(),
        names: Texts::of(rows.iter().map(|r| r.name.as_str()))?,
        brands: Texts::of(rows.iter().map(|r| r.brand.as_str()))?,
        owners: rows.iter().map(|r| r.owner).collect(),
        categories: rows.iter().map(|r| r.category).collect(),
        quantities: Texts::of(rows.iter().map(|r| r.quantity.as_str()))?,
        claim_counts,
        claims: rows.iter().flat_map(|r| r.claims.iter().map(|c| c.0)).collect(),
        claim_states: rows.iter().flat_map(|r| r.claims.iter().map(|c| c.1)).collect(),
        fictional: rows.iter().map(|r| r.fictional).collect(),
    })
}

/// Reads file `file` of the rows. A length in it never allocates more than what is there, and every position in it points at something under
/// `head`, so whoever uses it may look up positions freely.
///
/// # Errors
/// Cut short, columns that do not fit together, another number of rows than the head says, or a position that points nowhere.
pub fn decode_rows(bytes: &[u8], head: &Head, file: u32) -> Result<Vec<SubjectRow>, PackError> {
    let c: RowColumns = read(bytes)?;
    let n = c.kinds.len();
    let same = [c.gtins.len(), c.issuers.len(), c.forms.len(), c.successors.len(), c.valid_until.len(), c.owners.len()]
        .into_iter()
        .chain([c.categories.len(), c.claim_counts.len(), c.fictional.len(), head.rows(file).len()])
        .all(|len| len == n);
    let (digests, odd) = c.digests.as_chunks::<16>();
    if !same || digests.len() != n || !odd.is_empty() {
        return Err(torn("columns"));
    }
    if c.claims.len() != c.claim_states.len() {
        return Err(torn("claims"));
    }
    let status = decode_sparse(&c.status, n)?;
    let mut other_ids = c.other_ids.read()?.into_iter();
    let mut claims = c.claims.into_iter().zip(c.claim_states);
    let (mut names, mut brands, mut quantities) = (c.names.read()?.into_iter(), c.brands.read()?.into_iter(), c.quantities.read()?.into_iter());
    let mut subjects = Vec::with_capacity(n);
    let rows = c.kinds.into_iter().zip(c.gtins).zip(digests).zip(c.issuers).zip(c.forms).zip(status).zip(c.successors);
    let rows = rows.zip(c.valid_until).zip(c.owners).zip(c.categories).zip(c.claim_counts).zip(c.fictional);
    for (((((((((((kind, gtin), digest), issuer), form), status), successor), valid_until), owner), category), count), fictional) in rows {
        let id = match gtin {
            Some(number) => gtin_id(number),
            None => other_ids.next().ok_or_else(|| torn("ids"))?,
        };
        let own: Vec<_> = claims.by_ref().take(usize::from(count)).collect();
        if own.len() != usize::from(count) {
            return Err(torn("claims"));
        }
        let text = |column: &mut std::vec::IntoIter<String>| column.next().ok_or_else(|| torn("texts"));
        subjects.push(SubjectRow {
            kind,
            id,
            digest: *digest,
            issuer,
            form,
            status,
            successor,
            valid_until,
            name: text(&mut names)?,
            brand: text(&mut brands)?,
            owner,
            category,
            quantity: text(&mut quantities)?,
            claims: own,
            fictional,
        });
    }
    if other_ids.next().is_some() || claims.next().is_some() || names.next().is_some() || brands.next().is_some() || quantities.next().is_some() {
        return Err(torn("columns"));
    }
    let points = |r: &SubjectRow| {
        usize::from(r.issuer) < head.actors.len()
            && r.successor.is_none_or(|n| n < head.subjects)
            && r.owner.is_none_or(|n| n < head.subjects)
            && r.category.is_none_or(|c| usize::from(c) < head.categories.len())
            && r.claims.iter().all(|c| usize::from(c.0) < head.claims.len())
    };
    if subjects.iter().all(points) { Ok(subjects) } else { Err(torn("positions")) }
}

/// The wire form of one file of prices, before compression.
///
/// # Errors
/// Never for what this crate builds.
pub fn encode_prices(prices: &[Listing]) -> Result<Vec<u8>, PackError> {
    write(&PriceColumns {
        retailers: prices.iter().map(|l| l.retailer).collect(),
        products: prices.iter().map(|l| l.product).collect(),
        minor: prices.iter().map(|l| l.price.minor).collect(),
        currencies: prices.iter().map(|l| l.price.currency).collect(),
        stock: prices.iter().map(|l| l.stock).collect(),
    })
}

/// Reads file `file` of the prices, as [`decode_rows`] reads rows.
///
/// # Errors
/// As [`decode_rows`].
pub fn decode_prices(bytes: &[u8], head: &Head, file: u32) -> Result<Vec<Listing>, PackError> {
    let c: PriceColumns = read(bytes)?;
    let n = head.prices(file).len();
    if [c.retailers.len(), c.products.len(), c.minor.len(), c.currencies.len(), c.stock.len()].iter().any(|len| *len != n) {
        return Err(torn("listings"));
    }
    let prices = c.minor.into_iter().zip(c.currencies).map(|(minor, currency)| Money { minor, currency });
    let listings = c.retailers.into_iter().zip(c.products).zip(prices).zip(c.stock);
    let listings: Vec<_> = listings.map(|(((retailer, product), price), stock)| Listing { retailer, product, price, stock }).collect();
    let points = listings.iter().all(|l| usize::from(l.retailer) < head.retailers.len() && l.product < head.subjects);
    if points { Ok(listings) } else { Err(torn("positions")) }
}

/// The number in `(01)<14 digits>` without its check digit, when the id is that and nothing more and the check digit is right.
fn gtin_number(id: &str) -> Option<u64> {
    let digits = id.strip_prefix("(01)").filter(|d| d.len() == 14 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let number = digits.parse::<u64>().ok()? / 10;
    (gtin_id(number) == id).then_some(number)
}

/// The id of a product by its GTIN without the check digit (GS1 General Specifications, section 7.9.1).
fn gtin_id(number: u64) -> String {
    let digits = format!("{number:013}");
    // From the right, every digit counts three times and one time in turn.
    let sum: u64 = digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(d, weight)| u64::from(d - b'0') * weight).sum();
    format!("(01){digits}{}", (10 - sum % 10) % 10)
}
