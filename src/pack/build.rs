//! Building a pack: a pure function of the state, the bodies and the log.

use super::{
    DocumentProof, Dossier, Head, Index, LeafProof, Listing, Manifest, MarketPack, PRICES_A_FILE, PackError, Place, ROWS_A_FILE, Retailer,
    StatusList, SubjectRow, Tier, bucket_of, encode_dossiers, encode_head, encode_prices, encode_rows,
    making::{Compress, Making},
    market::{Countries, Scope},
    rows::Rows,
    tree::Hashes,
};
use crate::{
    measure::{Millis, Money},
    provenance::Sheet,
    state::{Passport, State},
    statement::{Digest, PassportStatus, SubjectKind, json},
};
use sha2::{Digest as _, Sha256};
use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
};

/// A dossier bucket holds at least this many subjects, so that fetching one tells nobody which subject was meant.
const MIN_BUCKET: usize = 1_000;
/// At most `2^MAX_BITS` buckets.
const MAX_BITS: u32 = 12;

/// What a pack is made from.
pub struct Source<'a> {
    /// The state after all leaves that the pack covers.
    pub state: &'a State,
    /// Number of the batch that is being closed.
    pub batch: u64,
    /// Its time.
    pub time: Millis,
    /// Root of the tree of the covered leaves.
    pub log_root: Digest,
    /// True when the ledger's keys are public.
    pub sample: bool,
    /// Bodies, sheets and documents by digest.
    pub body: &'a dyn Fn(&Digest) -> Option<Vec<u8>>,
    /// Log entries by leaf.
    pub entry: &'a dyn Fn(u64) -> Option<Vec<u8>>,
    /// Leaf hashes by leaf.
    pub leaf: &'a dyn Fn(u64) -> Option<Digest>,
    /// The root of each full 256 leaves: of leaves 256 n to 256 n + 255 for n.
    pub piece: &'a dyn Fn(u64) -> Option<Digest>,
    /// The newest pack before this one, whose files need not be made again and which a delta begins at.
    pub previous: Option<Previous<'a>>,
}

/// An earlier pack, as it was published.
pub struct Previous<'a> {
    /// SHA-256 of its manifest.
    pub digest: Digest,
    /// Its manifest, the world's.
    pub manifest: &'a Manifest,
    /// Its files by SHA-256, compressed; and its markets' manifests.
    pub file: &'a dyn Fn(&Digest) -> Option<Vec<u8>>,
}

/// A pack, ready to be published: the world's, and those of the markets that its manifest names.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The world's manifest, whose digest goes into the `BatchClose`.
    pub manifest: Manifest,
    /// Its bytes.
    pub manifest_bytes: Vec<u8>,
    /// Files by digest, compressed, of all markets; and the manifests of all but the world.
    pub files: BTreeMap<Digest, Vec<u8>>,
}

impl Pack {
    /// The world's index, read from its files.
    ///
    /// # Errors
    /// The pack was altered since it was made.
    pub fn index(&self) -> Result<Index, PackError> {
        let file = |path: &str| self.files.get(&self.manifest.index().find(|f| f.path() == path)?.sha256).cloned();
        self.manifest.open_index(&file)
    }
}

/// Takes a pack's files as they are made, so that they need not all be in memory: the digest, and the bytes, or `None` of a file that the pack
/// before has, which is published already.
pub type Keep<'a, E> = dyn FnMut(Digest, Option<Vec<u8>>) -> Result<(), E> + 'a;

/// Builds the pack. Of `compress`: auditors without the same compressor compare `raw_sha256`.
///
/// # Errors
/// Something that the log names is missing, or there is more of something than the format can hold.
pub fn build(source: &Source<'_>, compress: &Compress) -> Result<Pack, PackError> {
    let mut files = BTreeMap::new();
    let manifest = build_to(source, compress, &mut |digest, made| {
        let earlier = || (source.previous.as_ref()?.file)(&digest);
        files.insert(digest, made.or_else(earlier).ok_or_else(|| missing("earlier pack file", hex::encode(digest)))?);
        Ok::<_, PackError>(())
    })?;
    Ok(Pack { manifest_bytes: manifest.encode()?, manifest, files })
}

/// The same, but its files are kept elsewhere, all but the world's manifest, which is returned.
///
/// # Errors
/// As [`build`], and what `keep` says.
pub fn build_to<E: From<PackError>>(source: &Source<'_>, compress: &Compress, keep: &mut Keep<'_, E>) -> Result<Manifest, E> {
    let rows = Rows::of(source)?;
    let hashes = Hashes::new(source.state.next_leaf(), source.leaf, source.piece);
    let tree = hashes.file().ok_or_else(|| missing("leaf hash", "some leaf".to_owned()))?;
    let work = Work { source, hashes, tree };
    let mut countries = Countries::default();
    let world = Market::of(source, Scope::world(), &mut countries)?;
    let (mut all, mut earlier) = (vec![world], vec![]);
    for id in countries.markets() {
        all.push(Market::of(source, Scope::of(&id, source)?, &mut Countries::default())?);
        earlier.push(earlier_of(source, &id)?);
    }
    let before = |at: usize| match at.checked_sub(1) {
        None => source.previous.as_ref().map(|p| (p.digest, p.manifest)),
        Some(at) => earlier.get(at)?.as_ref().map(|(digest, manifest)| (*digest, manifest)),
    };
    let previous = |at: usize| before(at).zip(source.previous.as_ref()).map(|((digest, manifest), p)| Previous { digest, manifest, file: p.file });
    let previous: Vec<Option<Previous<'_>>> = (0..all.len()).map(previous).collect();
    let mut making: Vec<Making<'_>> = previous.iter().map(|previous| Making::new(previous.as_ref(), compress)).collect();
    for (market, making) in all.iter_mut().zip(&mut making) {
        let passports = source.state.passports().iter().filter(|p| market.scope.has(p.number)).count();
        let head = encode_head(&market.head(source, &rows)?)?;
        making.add(Tier::Index, "index/head".to_owned(), &head, passports, keep)?;
    }
    // The same rows go into the files of all markets, so they are read once for all.
    for (n, file) in rows.files().enumerate() {
        let file = file?;
        for (market, making) in all.iter().zip(&mut making) {
            making.add(Tier::Index, format!("index/rows/{n}"), &market.rows(n * ROWS_A_FILE, &file)?, 0, keep)?;
        }
    }
    drop(rows);
    let mut all = all.into_iter().zip(making);
    let world = all.next();
    let mut markets = Vec::new();
    for (market, making) in all {
        let id = market.scope.market.clone();
        let bytes = work.finish(market, making, keep)?.encode()?;
        let digest = Sha256::digest(&bytes).into();
        keep(digest, Some(bytes))?;
        markets.push(MarketPack { market: id, manifest: digest });
    }
    let (market, making) = world.ok_or_else(|| missing("market", super::WORLD.to_owned()))?;
    Ok(Manifest { markets, ..work.finish(market, making, keep)? })
}

/// A market's index but for its rows.
struct Market {
    scope: Scope,
    retailers: Vec<Retailer>,
    listings: Vec<Listing>,
}

impl Market {
    fn of(source: &Source<'_>, scope: Scope, countries: &mut Countries) -> Result<Self, PackError> {
        let (retailers, listings) = build_listings(source, &scope, countries)?;
        Ok(Self { scope, retailers, listings })
    }

    fn head(&mut self, source: &Source<'_>, rows: &Rows<'_>) -> Result<Head, PackError> {
        let state = source.state;
        let count = |n: usize, what| u32::try_from(n).map_err(|_| PackError::TooMany(what));
        Ok(Head {
            origin: state.policy().origin.clone(),
            market: self.scope.market.clone(),
            batch: source.batch,
            time: source.time,
            log_size: state.next_leaf(),
            sample: source.sample,
            subjects: count(state.passports().len(), "subjects")?,
            listings: count(self.listings.len(), "prices")?,
            actors: rows.actors.table.clone(),
            categories: rows.categories.table.clone(),
            claims: rows.claims.table.clone(),
            retailers: std::mem::take(&mut self.retailers),
            since: state.dated(source.time),
        })
    }

    /// A file of rows from passport `first` on; those of other markets are left empty.
    fn rows(&self, first: usize, file: &[SubjectRow]) -> Result<Vec<u8>, PackError> {
        let here = |at: usize| u32::try_from(first + at).is_ok_and(|number| self.scope.has(number));
        if (0..file.len()).all(here) {
            return encode_rows(file);
        }
        let own = |(at, row): (usize, &SubjectRow)| if here(at) { row.clone() } else { SubjectRow::elsewhere() };
        encode_rows(&file.iter().enumerate().map(own).collect::<Vec<_>>())
    }
}

/// A market's pack before this one, if it had one.
fn earlier_of(source: &Source<'_>, market: &str) -> Result<Option<(Digest, Manifest)>, PackError> {
    let Some(previous) = &source.previous else { return Ok(None) };
    let Some(named) = previous.manifest.market(market) else { return Ok(None) };
    let bytes = (previous.file)(&named.manifest).ok_or_else(|| missing("earlier manifest", market.to_owned()))?;
    let manifest = serde_json::from_slice(&bytes).map_err(|e| PackError::Unreadable { what: "earlier manifest", why: e.to_string() })?;
    Ok(Some((named.manifest, manifest)))
}

/// What the packs of all markets are made with.
struct Work<'a> {
    source: &'a Source<'a>,
    hashes: Hashes<'a>,
    tree: Vec<u8>,
}

impl Work<'_> {
    /// All but head and rows; gives a market's manifest, which names no other market yet.
    fn finish<E: From<PackError>>(&self, market: Market, mut making: Making<'_>, keep: &mut Keep<'_, E>) -> Result<Manifest, E> {
        let Market { scope, listings, .. } = market;
        let source = self.source;
        for (n, prices) in listings.chunks(PRICES_A_FILE).enumerate() {
            making.add(Tier::Index, format!("index/prices/{n}"), &encode_prices(prices)?, 0, keep)?;
        }
        drop(listings);
        making.add(Tier::Dossier, "dossier/tree".to_owned(), &self.tree, 0, keep)?;
        for (name, bucket) in bucketed(source.state.passports().iter().filter(|p| scope.has(p.number))) {
            let dossiers = bucket.iter().map(|p| build_dossier(source, &self.hashes, p)).collect::<Result<Vec<_>, _>>()?;
            making.add(Tier::Dossier, name, &encode_dossiers(&dossiers)?, dossiers.len(), keep)?;
        }
        let statuses: Vec<_> = source.state.passports().iter().map(|p| p.status).collect();
        making.add_status_list(&StatusList::of(statuses.into_iter()), keep)?;
        let deltas = making.deltas(keep)?;
        Ok(Manifest {
            ledger: source.state.policy().origin.clone(),
            market: scope.market,
            batch: source.batch,
            time_ms: source.time,
            log_size: source.state.next_leaf(),
            log_root: source.log_root,
            files: making.listed,
            deltas,
            markets: Vec::new(),
        })
    }
}

/// The passport that speaks for each subject: one in force before one that is not, then the newest.
pub(super) fn newest<'a>(passports: impl Iterator<Item = &'a Passport>) -> BTreeMap<&'a str, u32> {
    let mut best: BTreeMap<&str, &Passport> = BTreeMap::new();
    for p in passports {
        let rank = |p: &Passport| (p.status == PassportStatus::Valid, p.number);
        let held = best.entry(&p.subject).or_insert(p);
        if rank(p) > rank(held) {
            *held = p;
        }
    }
    best.into_iter().map(|(id, p)| (id, p.number)).collect()
}

fn build_listings(source: &Source<'_>, scope: &Scope, countries: &mut Countries) -> Result<(Vec<Retailer>, Vec<Listing>), PackError> {
    // Of a ledger without prices nobody asks for them.
    let products = LazyCell::new(|| newest(source.state.passports().iter().filter(|p| p.kind == SubjectKind::Product)));
    // A sheet names a GTIN; where only lots or items of it carry passports, the newest of these stands for it.
    let product = |gtin: &str| {
        let whole = format!("(01){gtin}");
        let part = format!("{whole}(");
        let parts = || products.range(part.as_str()..).take_while(|(id, _)| id.starts_with(&part)).map(|(_, n)| *n).max();
        products.get(whole.as_str()).copied().or_else(parts)
    };
    let (mut retailers, mut listings) = (Vec::new(), Vec::new());
    each_sheet(source, &mut |subject, sheet| {
        countries.see(&sheet);
        if !scope.takes(&sheet) {
            return Ok(());
        }
        let retailer = u16::try_from(retailers.len()).map_err(|_| PackError::TooMany("retailers"))?;
        let places = sheet.places.iter().map(|p| Place { name: p.name.clone(), lat: p.lat, lon: p.lon }).collect();
        retailers.push(Retailer { subject, places });
        for p in &sheet.prices {
            if let Some(product) = product(&p.gtin) {
                let price = Money { minor: p.minor, currency: sheet.currency };
                listings.push(Listing { retailer, product, price, stock: p.stock });
            }
        }
        Ok(())
    })?;
    Ok((retailers, listings))
}

/// Reads the newest sheet of each retailer that has a passport, by rising subject, with that passport's number.
pub(super) fn each_sheet(source: &Source<'_>, take: &mut dyn FnMut(u32, Sheet) -> Result<(), PackError>) -> Result<(), PackError> {
    let state = source.state;
    let organisations = newest(state.passports().iter().filter(|p| p.kind == SubjectKind::Organisation));
    for (id, listing) in state.listings() {
        let bytes = (source.body)(&listing.digest).ok_or_else(|| missing("listing sheet", hex::encode(listing.digest)))?;
        // A sheet that cannot be read, or is another retailer's, is as good as none.
        let sheet = json::parse(&bytes).ok().and_then(|v| Sheet::from_json(&v).ok()).filter(|s| s.retailer == id);
        if let (Some(sheet), Some(subject)) = (sheet, organisations.get(id)) {
            take(*subject, sheet)?;
        }
    }
    Ok(())
}

/// Buckets by the first bits of SHA-256 of the subject's id, by file name: as many as can be while each holds at least [`MIN_BUCKET`]
/// passports' subjects. Only a ledger that has fewer in all has a smaller one, its only one.
fn bucketed<'a>(passports: impl Iterator<Item = &'a Passport> + Clone) -> Vec<(String, Vec<&'a Passport>)> {
    let mut subjects: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for p in passports.clone() {
        subjects.entry(bucket_of(&p.subject, MAX_BITS)).or_default().insert(&p.subject);
    }
    // A subject with several passports is still one: whoever fetches its bucket must stay one of 1 000.
    let sizes = |bits: u32| {
        let mut n = vec![0_usize; 1 << bits];
        for (at, subjects) in &subjects {
            if let Some(slot) = n.get_mut(usize::from(at >> (MAX_BITS - bits))) {
                *slot += subjects.len();
            }
        }
        n
    };
    let bits = (0..=MAX_BITS).rev().find(|b| *b == 0 || sizes(*b).iter().all(|n| *n >= MIN_BUCKET)).unwrap_or(0);
    let mut buckets: BTreeMap<u16, Vec<&Passport>> = BTreeMap::new();
    for p in passports {
        buckets.entry(bucket_of(&p.subject, bits)).or_default().push(p);
    }
    buckets.into_iter().map(|(i, passports)| (format!("dossier/{bits}/{i}"), passports)).collect()
}

fn build_dossier(source: &Source<'_>, hashes: &Hashes<'_>, p: &Passport) -> Result<Dossier, PackError> {
    let leaf = |leaf: u64| {
        let entry = (source.entry)(leaf).ok_or_else(|| missing("log entry", leaf.to_string()))?;
        let proof = hashes.proof(leaf).ok_or_else(|| missing("inclusion proof", leaf.to_string()))?;
        Ok(LeafProof { leaf, entry, proof })
    };
    let body = |digest: &Digest, what| (source.body)(digest).ok_or_else(|| missing(what, hex::encode(digest)));
    let document = |at, digest, what| Ok(DocumentProof { statement: leaf(at)?, document: body(digest, what)? });
    let listing = source.state.listing(&p.subject).filter(|l| p.issuer == l.actor && p.kind == SubjectKind::Organisation);
    Ok(Dossier {
        number: p.number,
        statement: leaf(p.leaf)?,
        body: body(&p.digest, "passport body")?,
        status: p.status_leaves().iter().map(|l| leaf(*l)).collect::<Result<_, _>>()?,
        stages: p.stages().iter().map(|s| document(s.leaf, &s.digest, "stage document")).collect::<Result<_, _>>()?,
        listing: listing.map(|l| document(l.leaf, &l.digest, "listing sheet")).transpose()?,
    })
}

pub(super) const fn missing(what: &'static str, which: String) -> PackError {
    PackError::Missing { what, which }
}
