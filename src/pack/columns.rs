//! The index on the wire: the same rows column by column, because equal things side by side compress to almost nothing.
//!
//! ```text
//! postcard( Columns { head: origin, market, batch, time, log_size, sample; tables: actors, categories, claims;
//!           one array per member of SubjectRow; retailers; listings } )
//! ```
//! Texts of a column are one string and an array of lengths in bytes. A product id `(01)<14 digits>` is its number; any other id stands in
//! the texts, in row order. Digests are one run of 16-byte pieces.

use super::{Actor, Category, Index, Listing, PackError, Retailer, SubjectForm, SubjectRow};
use crate::{
    measure::{Currency, Millis, Money},
    provenance::{ClaimDef, ClaimState},
    statement::{PassportStatus, SubjectKind},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Columns {
    origin: String,
    market: String,
    batch: u64,
    time: Millis,
    log_size: u64,
    sample: bool,
    actors: Vec<Actor>,
    category_ids: Texts,
    category_names: Texts,
    category_parents: Vec<Option<u16>>,
    claim_rows: Vec<ClaimDef>,
    kinds: Vec<SubjectKind>,
    gtins: Vec<Option<u64>>,
    other_ids: Texts,
    digests: Vec<u8>,
    issuers: Vec<u16>,
    forms: Vec<SubjectForm>,
    status: Vec<PassportStatus>,
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
    retailers: Vec<Retailer>,
    listing_retailers: Vec<u16>,
    listing_products: Vec<u32>,
    listing_minor: Vec<i64>,
    listing_currencies: Vec<Currency>,
    listing_stock: Vec<u32>,
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

/// The wire form of an index, before compression.
///
/// # Errors
/// More of something than the format can hold.
pub fn encode_index(index: &Index) -> Result<Vec<u8>, PackError> {
    let rows = &index.subjects;
    let gtins: Vec<Option<u64>> = rows.iter().map(|r| gtin_number(&r.id)).collect();
    let mut claim_counts = Vec::with_capacity(rows.len());
    for r in rows {
        claim_counts.push(u16::try_from(r.claims.len()).map_err(|_| PackError::TooMany("claims on one subject"))?);
    }
    let columns = Columns {
        origin: index.origin.clone(),
        market: index.market.clone(),
        batch: index.batch,
        time: index.time,
        log_size: index.log_size,
        sample: index.sample,
        actors: index.actors.clone(),
        category_ids: Texts::of(index.categories.iter().map(|c| c.id.as_str()))?,
        category_names: Texts::of(index.categories.iter().map(|c| c.name.as_str()))?,
        category_parents: index.categories.iter().map(|c| c.parent).collect(),
        claim_rows: index.claims.clone(),
        kinds: rows.iter().map(|r| r.kind).collect(),
        other_ids: Texts::of(rows.iter().zip(&gtins).filter(|(_, g)| g.is_none()).map(|(r, _)| r.id.as_str()))?,
        gtins,
        digests: rows.iter().flat_map(|r| r.digest).collect(),
        issuers: rows.iter().map(|r| r.issuer).collect(),
        forms: rows.iter().map(|r| r.form).collect(),
        status: rows.iter().map(|r| r.status).collect(),
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
        retailers: index.retailers.clone(),
        listing_retailers: index.listings.iter().map(|l| l.retailer).collect(),
        listing_products: index.listings.iter().map(|l| l.product).collect(),
        listing_minor: index.listings.iter().map(|l| l.price.minor).collect(),
        listing_currencies: index.listings.iter().map(|l| l.price.currency).collect(),
        listing_stock: index.listings.iter().map(|l| l.stock).collect(),
    };
    postcard::to_stdvec(&columns).map_err(|e| PackError::Unreadable { what: "index", why: e.to_string() })
}

/// Reads an index. A length in it never allocates more than what is there, and every position in it points at something, so whoever uses it
/// may look up positions freely.
///
/// # Errors
/// Cut short, columns that do not fit together, or a position that points nowhere.
pub fn decode_index(bytes: &[u8]) -> Result<Index, PackError> {
    let c: Columns = match postcard::take_from_bytes(bytes) {
        Ok((columns, [])) => columns,
        Ok(_) => return Err(torn("last bytes")),
        Err(e) => return Err(PackError::Unreadable { what: "index", why: e.to_string() }),
    };
    let n = c.kinds.len();
    let same = [c.gtins.len(), c.issuers.len(), c.forms.len(), c.status.len(), c.successors.len(), c.valid_until.len(), c.owners.len()]
        .into_iter()
        .chain([c.categories.len(), c.claim_counts.len(), c.fictional.len()])
        .all(|len| len == n);
    let (digests, odd) = c.digests.as_chunks::<16>();
    if !same || digests.len() != n || !odd.is_empty() {
        return Err(torn("columns"));
    }
    let m = c.listing_retailers.len();
    if [c.listing_products.len(), c.listing_minor.len(), c.listing_currencies.len(), c.listing_stock.len()].iter().any(|len| *len != m) {
        return Err(torn("listings"));
    }
    if c.claims.len() != c.claim_states.len() {
        return Err(torn("claims"));
    }
    let mut other_ids = c.other_ids.read()?.into_iter();
    let mut claims = c.claims.into_iter().zip(c.claim_states);
    let (mut names, mut brands, mut quantities) = (c.names.read()?.into_iter(), c.brands.read()?.into_iter(), c.quantities.read()?.into_iter());
    let mut subjects = Vec::with_capacity(n);
    let rows = c.kinds.into_iter().zip(c.gtins).zip(digests).zip(c.issuers).zip(c.forms).zip(c.status).zip(c.successors);
    let rows = rows.zip(c.valid_until).zip(c.owners).zip(c.categories).zip(c.claim_counts).zip(c.fictional);
    for (((((((((((kind, gtin), digest), issuer), form), status), successor), valid_until), owner), category), count), fictional) in rows {
        let id = match gtin {
            Some(number) => format!("(01){number:014}"),
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
    let (ids, titles) = (c.category_ids.read()?, c.category_names.read()?);
    if ids.len() != titles.len() || ids.len() != c.category_parents.len() {
        return Err(torn("categories"));
    }
    let categories = ids.into_iter().zip(titles).zip(c.category_parents).map(|((id, name), parent)| Category { id, name, parent }).collect();
    let prices = c.listing_minor.into_iter().zip(c.listing_currencies).map(|(minor, currency)| Money { minor, currency });
    let listings = c.listing_retailers.into_iter().zip(c.listing_products).zip(prices).zip(c.listing_stock);
    let index = Index {
        origin: c.origin,
        market: c.market,
        batch: c.batch,
        time: c.time,
        log_size: c.log_size,
        sample: c.sample,
        actors: c.actors,
        categories,
        claims: c.claim_rows,
        subjects,
        retailers: c.retailers,
        listings: listings.map(|(((retailer, product), price), stock)| Listing { retailer, product, price, stock }).collect(),
    };
    check_positions(&index)?;
    Ok(index)
}

fn check_positions(index: &Index) -> Result<(), PackError> {
    let subject = |n: u32| usize::try_from(n).is_ok_and(|n| n < index.subjects.len());
    let rows = index.subjects.iter().all(|r| {
        usize::from(r.issuer) < index.actors.len()
            && r.successor.is_none_or(subject)
            && r.owner.is_none_or(subject)
            && r.category.is_none_or(|c| usize::from(c) < index.categories.len())
            && r.claims.iter().all(|c| usize::from(c.0) < index.claims.len())
    });
    let parents = index.categories.iter().enumerate().all(|(i, c)| c.parent.is_none_or(|p| usize::from(p) < i));
    let retailers = index.retailers.iter().all(|r| subject(r.subject));
    let listings = index.listings.iter().all(|l| usize::from(l.retailer) < index.retailers.len() && subject(l.product));
    if rows && parents && retailers && listings { Ok(()) } else { Err(torn("positions")) }
}

/// The number in `(01)<14 digits>`, when the id is that and nothing more.
fn gtin_number(id: &str) -> Option<u64> {
    let digits = id.strip_prefix("(01)").filter(|d| d.len() == 14 && d.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse().ok()
}
