//! Building a pack: a pure function of the state, the bodies and the log.

use super::{
    DeltaStep, DocumentProof, Dossier, Head, Index, LeafProof, Listing, Manifest, MarketPack, PackError, PackFile, Patch, Place, Retailer,
    StatusList, SubjectForm, SubjectRow, Tier, bucket_of, encode_delta, encode_dossiers, encode_index,
    market::{Countries, Scope},
    tables::{Actors, Categories, Claims},
    tree::Hashes,
};
use crate::{
    measure::{Millis, Money},
    provenance::{Record, Sheet},
    state::{Passport, State},
    statement::{self, DidKey, Digest, PassportStatus, Role, SubjectKind, json},
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A dossier bucket holds at least this many subjects, so that fetching one tells nobody which subject was meant.
const MIN_BUCKET: usize = 1_000;
/// At most `2^MAX_BITS` buckets.
const MAX_BITS: u32 = 12;
/// The most steps that a manifest lists.
const MAX_STEPS: usize = 64;

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

/// Builds the pack. `compress` makes one zstd frame of its input; auditors without the same compressor compare `raw_sha256`.
///
/// # Errors
/// Something that the log names is missing, or there is more of something than the format can hold.
pub fn build(source: &Source<'_>, compress: &dyn Fn(&[u8]) -> std::io::Result<Vec<u8>>) -> Result<Pack, PackError> {
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
pub fn build_to<E: From<PackError>>(
    source: &Source<'_>,
    compress: &dyn Fn(&[u8]) -> std::io::Result<Vec<u8>>,
    keep: &mut Keep<'_, E>,
) -> Result<Manifest, E> {
    let records = read_records(source)?;
    let tables = Tables::of(source.state, &records)?;
    let hashes = Hashes::new(source.state.next_leaf(), source.leaf, source.piece);
    let tree = hashes.file().ok_or_else(|| missing("leaf hash", "some leaf".to_owned()))?;
    let work = Work { source, compress, hashes, tree };
    let (world, mut countries) = (Scope::world(), Countries::default());
    let index = build_index(source, &records, &tables, &world, &mut countries)?;
    let mut markets = Vec::new();
    for id in countries.markets() {
        let scope = Scope::of(&id, source)?;
        let index = build_index(source, &records, &tables, &scope, &mut Countries::default())?;
        let earlier = earlier_of(source, &id)?;
        let previous =
            earlier.as_ref().zip(source.previous.as_ref()).map(|((digest, manifest), p)| Previous { digest: *digest, manifest, file: p.file });
        let bytes = work.pack(&scope, index, previous.as_ref(), keep)?.encode()?;
        let digest = Sha256::digest(&bytes).into();
        keep(digest, Some(bytes))?;
        markets.push(MarketPack { market: id, manifest: digest });
    }
    drop((records, tables));
    Ok(Manifest { markets, ..work.pack(&world, index, source.previous.as_ref(), keep)? })
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
    compress: &'a dyn Fn(&[u8]) -> std::io::Result<Vec<u8>>,
    hashes: Hashes<'a>,
    tree: Vec<u8>,
}

impl Work<'_> {
    /// A market's manifest, which names no other market yet.
    fn pack<E: From<PackError>>(&self, scope: &Scope, index: Index, previous: Option<&Previous<'_>>, keep: &mut Keep<'_, E>) -> Result<Manifest, E> {
        let (source, compress) = (self.source, self.compress);
        let mut making = Making { previous, compress, keep, listed: Vec::new(), patches: BTreeMap::new() };
        let (raw, here) = (encode_index(&index)?, index.subjects.iter().filter(|row| !row.is_elsewhere()).count());
        drop(index);
        for (n, (name, raw)) in raw.into_iter().enumerate() {
            making.add(Tier::Index, name, &raw, if n == 0 { here } else { 0 })?;
        }
        making.add(Tier::Dossier, "dossier/tree".to_owned(), &self.tree, 0)?;
        for (name, bucket) in bucketed(source.state.passports().iter().filter(|p| scope.has(p.number))) {
            let dossiers = bucket.iter().map(|p| build_dossier(source, &self.hashes, p)).collect::<Result<Vec<_>, _>>()?;
            making.add(Tier::Dossier, name, &encode_dossiers(&dossiers)?, dossiers.len())?;
        }
        let statuses: Vec<_> = source.state.passports().iter().map(|p| p.status).collect();
        making.add_status_list(&StatusList::of(statuses.into_iter()))?;
        let deltas = making.deltas()?;
        Ok(Manifest {
            ledger: source.state.policy().origin.clone(),
            market: scope.market.clone(),
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

/// The tables that rows refer to, the same in every market.
struct Tables {
    actors: Actors,
    categories: Categories,
    claims: Claims,
}

impl Tables {
    fn of(state: &State, records: &[Option<Record>]) -> Result<Self, PackError> {
        let records = records.iter().flatten();
        Ok(Self { actors: Actors::of(state)?, categories: Categories::of(records.clone())?, claims: Claims::of(records)? })
    }
}

/// What becomes of a pack's files while they are made.
struct Making<'a, 'k, E> {
    previous: Option<&'a Previous<'a>>,
    compress: &'a dyn Fn(&[u8]) -> std::io::Result<Vec<u8>>,
    keep: &'a mut Keep<'k, E>,
    listed: Vec<PackFile>,
    patches: BTreeMap<Tier, Vec<Patch>>,
}

impl<E: From<PackError>> Making<'_, '_, E> {
    /// Adds a file. One that is as it was in the pack before is taken over, one that is not is also described as a patch of what it was.
    fn add(&mut self, tier: Tier, name: String, raw: &[u8], subjects: usize) -> Result<(), E> {
        let raw_sha256: Digest = Sha256::digest(raw).into();
        if let Some(previous) = self.previous {
            let mut old = Vec::new();
            if let Some(file) = previous.manifest.file(&name) {
                if file.raw_sha256 == raw_sha256 {
                    self.listed.push(PackFile { subjects: subjects as u64, ..file.clone() });
                    return (self.keep)(file.sha256, None);
                }
                let packed = (previous.file)(&file.sha256).ok_or_else(|| missing("earlier pack file", name.clone()))?;
                old = file.open(&packed)?;
            }
            self.patches.entry(tier).or_default().push(Patch::between(&name, &old, raw));
        }
        let (file, packed) = self.packed(tier, name, raw, subjects)?;
        let digest = file.sha256;
        self.listed.push(file);
        (self.keep)(digest, Some(packed))
    }

    fn packed(&self, tier: Tier, name: String, raw: &[u8], subjects: usize) -> Result<(PackFile, Vec<u8>), PackError> {
        let packed = (self.compress)(raw).map_err(|e| PackError::Unreadable { what: "uncompressed file", why: e.to_string() })?;
        let file = PackFile {
            tier,
            name,
            sha256: Sha256::digest(&packed).into(),
            size: packed.len() as u64,
            raw_sha256: Sha256::digest(raw).into(),
            raw_size: raw.len() as u64,
            subjects: subjects as u64,
        };
        Ok((file, packed))
    }

    /// The draft's own compressed form, which is no zstd frame.
    #[cfg(feature = "node")]
    fn add_status_list(&mut self, list: &StatusList) -> Result<(), E> {
        let (raw, packed) = (list.bytes(), list.to_zlib());
        let sha256 = Sha256::digest(&packed).into();
        self.listed.push(PackFile {
            tier: Tier::Status,
            name: "status-list".to_owned(),
            sha256,
            size: packed.len() as u64,
            raw_sha256: Sha256::digest(raw).into(),
            raw_size: raw.len() as u64,
            subjects: 0,
        });
        (self.keep)(sha256, Some(packed))
    }

    /// Only a node builds what it publishes.
    #[cfg(not(feature = "node"))]
    fn add_status_list(&mut self, _: &StatusList) -> Result<(), E> {
        Ok(())
    }

    /// The steps that lead here: the earlier pack's and one from it. Those that would cost more than half of a whole tier are left out.
    fn deltas(&mut self) -> Result<Vec<DeltaStep>, E> {
        let Some(previous) = self.previous else { return Ok(Vec::new()) };
        let (mut files, mut bytes) = (Vec::new(), Vec::new());
        for (tier, patches) in std::mem::take(&mut self.patches) {
            let name = if tier == Tier::Index { "delta/index" } else { "delta/dossier" };
            let (file, packed) = self.packed(tier, name.to_owned(), &encode_delta(&patches)?, patches.len())?;
            bytes.push((file.sha256, packed));
            files.push(file);
        }
        let mut steps = previous.manifest.deltas.clone();
        steps.push(DeltaStep { base: previous.digest, files });
        let cost = |steps: &[DeltaStep], tier| steps.iter().flat_map(|s| &s.files).filter(|f| f.tier == tier).map(|f| f.size).sum::<u64>();
        let whole = |tier| self.listed.iter().filter(|f| f.tier == tier).map(|f| f.size).sum::<u64>();
        while let Some((_, rest)) = steps.split_first() {
            let dear = [Tier::Index, Tier::Dossier].into_iter().any(|tier| cost(&steps, tier) > whole(tier) / 2);
            if !dear && steps.len() <= MAX_STEPS {
                break;
            }
            steps = rest.to_vec();
        }
        // What the earlier pack's steps need is published already.
        let needed: BTreeSet<Digest> = steps.iter().flat_map(|s| &s.files).map(|f| f.sha256).collect();
        for (digest, packed) in bytes.into_iter().filter(|(digest, _)| needed.contains(digest)) {
            (self.keep)(digest, Some(packed))?;
        }
        Ok(steps)
    }
}

/// What the body of each passport says, by passport number. A body that is there but cannot be believed or read gives `None`: its row then
/// carries only what the log itself says, and no claims.
fn read_records(source: &Source<'_>) -> Result<Vec<Option<Record>>, PackError> {
    let read = |p: &Passport| {
        let body = (source.body)(&p.digest).ok_or_else(|| missing("passport body", hex::encode(p.digest)))?;
        Ok(read_record(source.state, p, &body))
    };
    source.state.passports().iter().map(read).collect()
}

fn read_record(state: &State, passport: &Passport, body: &[u8]) -> Option<Record> {
    let credential = json::parse(body).ok()?;
    let signers = statement::verify_proofs(&credential).ok()?;
    if !signers.contains(&passport.signer()) {
        return None;
    }
    let mut record = Record::from_credential(&credential).ok()?;
    if record.kind != passport.kind || passport.subject != record.id {
        return None;
    }
    // A certifier's signature counts if the key was its own when the passport was logged.
    let certifies = |key: &DidKey| state.signer_at(key, passport.leaf).is_some_and(|actor| state.in_standing(&actor, Role::Certifier));
    let certifiers: Vec<DidKey> = signers.into_iter().filter(certifies).collect();
    record.demote_unsigned(&certifiers);
    Some(record)
}

fn build_index(
    source: &Source<'_>,
    records: &[Option<Record>],
    tables: &Tables,
    scope: &Scope,
    countries: &mut Countries,
) -> Result<Index, PackError> {
    let state = source.state;
    let Tables { actors, categories, claims } = tables;
    let organisations = newest(state.passports().iter().filter(|p| p.kind == SubjectKind::Organisation));
    let mut subjects = Vec::with_capacity(records.len());
    for (p, record) in state.passports().iter().zip(records) {
        if !scope.has(p.number) {
            subjects.push(SubjectRow::elsewhere());
            continue;
        }
        let issuer = actors.position(&p.issuer).ok_or_else(|| missing("issuer", p.issuer.to_string()))?;
        let mut digest = [0; 16];
        digest.copy_from_slice(&p.digest[..16]);
        let owner = record.as_ref().and_then(|r| r.owner.as_deref()).and_then(|id| organisations.get(id)).copied();
        subjects.push(SubjectRow {
            kind: p.kind,
            id: p.subject.to_string(),
            digest,
            issuer,
            form: record.as_ref().map_or(SubjectForm::Own, |r| r.form),
            status: p.status,
            successor: p.successor(),
            valid_until: p.valid_until(),
            name: record.as_ref().map_or_else(|| p.subject.to_string(), |r| r.name.clone()),
            brand: record.as_ref().map(|r| r.brand.clone()).unwrap_or_default(),
            owner: owner.filter(|o| *o != p.number),
            category: record.as_ref().and_then(|r| categories.most_specific(r)),
            quantity: record.as_ref().map(|r| r.quantity.clone()).unwrap_or_default(),
            claims: record.as_ref().map(|r| claims.rows_of(r)).unwrap_or_default(),
            fictional: record.as_ref().is_some_and(|r| r.fictional),
        });
    }
    let (retailers, listings) = build_listings(source, scope, countries)?;
    let count = |n: usize, what| u32::try_from(n).map_err(|_| PackError::TooMany(what));
    let head = Head {
        origin: state.policy().origin.clone(),
        market: scope.market.clone(),
        batch: source.batch,
        time: source.time,
        log_size: state.next_leaf(),
        sample: source.sample,
        subjects: count(subjects.len(), "subjects")?,
        listings: count(listings.len(), "prices")?,
        actors: actors.table.clone(),
        categories: categories.table.clone(),
        claims: claims.table.clone(),
        retailers,
    };
    Ok(Index { head, subjects, listings })
}

/// The passport that speaks for each subject: one in force before one that is not, then the newest.
fn newest<'a>(passports: impl Iterator<Item = &'a Passport>) -> BTreeMap<&'a str, u32> {
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
    let products = newest(source.state.passports().iter().filter(|p| p.kind == SubjectKind::Product));
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

const fn missing(what: &'static str, which: String) -> PackError {
    PackError::Missing { what, which }
}
