//! Building a pack: a pure function of the state, the bodies and the log.

use super::{
    Actor, ActorKey, Category, DocumentProof, Dossier, Index, LeafProof, Listing, Manifest, PackError, PackFile, Place, Retailer, SubjectForm,
    SubjectRow, Tier, bucket_of, encode_dossiers, encode_index,
};
use crate::{
    measure::{Millis, Money},
    provenance::{CategoryName, ClaimState, Record, Sheet, claim_table},
    state::{Passport, State},
    statement::{self, DidKey, Digest, PassportStatus, Registration, Role, SubjectKind, json},
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The market, e.g. `world`.
    pub market: &'a str,
    /// True when the ledger's keys are public.
    pub sample: bool,
    /// Bodies, sheets and documents by digest.
    pub body: &'a dyn Fn(&Digest) -> Option<Vec<u8>>,
    /// Log entries by leaf.
    pub entry: &'a dyn Fn(u64) -> Option<Vec<u8>>,
    /// Inclusion proofs by leaf, to the tree of the covered leaves.
    pub proof: &'a dyn Fn(u64) -> Option<Vec<Digest>>,
}

/// A pack, ready to be published.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The manifest, whose digest goes into the `BatchClose`.
    pub manifest: Manifest,
    /// Its bytes.
    pub manifest_bytes: Vec<u8>,
    /// Files by digest, compressed.
    pub files: BTreeMap<Digest, Vec<u8>>,
    /// The index, as encoded.
    pub index: Index,
}

/// Builds the pack. `compress` makes one zstd frame of its input; auditors without the same compressor compare `raw_sha256`.
///
/// # Errors
/// Something that the log names is missing, or there is more of something than the format can hold.
pub fn build(source: &Source<'_>, compress: &dyn Fn(&[u8]) -> std::io::Result<Vec<u8>>) -> Result<Pack, PackError> {
    let records = read_records(source)?;
    let index = build_index(source, &records)?;
    let mut files = BTreeMap::new();
    let mut listed = Vec::new();
    let mut add = |tier, name, raw: &[u8], subjects: usize| {
        let packed = compress(raw).map_err(|e| PackError::Unreadable { what: "uncompressed file", why: e.to_string() })?;
        let file = PackFile {
            tier,
            name,
            sha256: Sha256::digest(&packed).into(),
            size: packed.len() as u64,
            raw_sha256: Sha256::digest(raw).into(),
            raw_size: raw.len() as u64,
            subjects: subjects as u64,
        };
        files.insert(file.sha256, packed);
        listed.push(file);
        Ok::<_, PackError>(())
    };
    add(Tier::Index, "index".to_owned(), &encode_index(&index)?, index.subjects.len())?;
    for (name, bucket) in build_dossiers(source)? {
        add(Tier::Dossier, name, &encode_dossiers(&bucket)?, bucket.len())?;
    }
    let manifest = Manifest {
        ledger: source.state.policy().origin.clone(),
        market: source.market.to_owned(),
        batch: source.batch,
        time_ms: source.time,
        log_size: source.state.next_leaf(),
        log_root: source.log_root,
        files: listed,
    };
    Ok(Pack { manifest_bytes: manifest.encode()?, manifest, files, index })
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
    if !signers.contains(&passport.signer) {
        return None;
    }
    let mut record = Record::from_credential(&credential).ok()?;
    if record.kind != passport.kind || record.id != passport.subject {
        return None;
    }
    // A certifier's signature counts if the key was its own when the passport was logged.
    let certifies = |key: &DidKey| state.signer_at(key, passport.leaf).is_some_and(|actor| state.in_standing(&actor, Role::Certifier));
    let certifiers: Vec<DidKey> = signers.into_iter().filter(certifies).collect();
    record.demote_unsigned(&certifiers);
    Some(record)
}

fn build_index(source: &Source<'_>, records: &[Option<Record>]) -> Result<Index, PackError> {
    let state = source.state;
    let mut changed = changed_keys(state);
    let actor = |(key, a): (&DidKey, &Registration)| Actor {
        key: *key,
        name: a.name.clone(),
        standing: state.roles(key),
        fictional: a.fictional,
        keys: changed.remove(key).unwrap_or_default(),
    };
    let actors: Vec<Actor> = state.actors().map(actor).collect();
    let actor_at: BTreeMap<DidKey, usize> = actors.iter().enumerate().map(|(i, a)| (a.key, i)).collect();
    let categories = Categories::of(records.iter().flatten())?;
    let claims = Claims::of(records.iter().flatten())?;
    let organisations = newest(state.passports().iter().filter(|p| p.kind == SubjectKind::Organisation));
    let mut subjects = Vec::with_capacity(records.len());
    for (p, record) in state.passports().iter().zip(records) {
        let issuer = actor_at.get(&p.issuer).copied().ok_or_else(|| missing("issuer", p.issuer.to_string()))?;
        let mut digest = [0; 16];
        digest.copy_from_slice(&p.digest[..16]);
        let owner = record.as_ref().and_then(|r| r.owner.as_deref()).and_then(|id| organisations.get(id)).copied();
        subjects.push(SubjectRow {
            kind: p.kind,
            id: p.subject.clone(),
            digest,
            issuer: u16::try_from(issuer).map_err(|_| PackError::TooMany("actors"))?,
            form: record.as_ref().map_or(SubjectForm::Own, |r| r.form),
            status: p.status,
            successor: p.successor,
            valid_until: p.valid_until,
            name: record.as_ref().map_or_else(|| p.subject.clone(), |r| r.name.clone()),
            brand: record.as_ref().map(|r| r.brand.clone()).unwrap_or_default(),
            owner: owner.filter(|o| *o != p.number),
            category: record.as_ref().and_then(|r| categories.most_specific(r)),
            quantity: record.as_ref().map(|r| r.quantity.clone()).unwrap_or_default(),
            claims: record.as_ref().map(|r| claims.rows_of(r)).unwrap_or_default(),
            fictional: record.as_ref().is_some_and(|r| r.fictional),
        });
    }
    let (retailers, listings) = build_listings(source)?;
    Ok(Index {
        origin: state.policy().origin.clone(),
        market: source.market.to_owned(),
        batch: source.batch,
        time: source.time,
        log_size: state.next_leaf(),
        sample: source.sample,
        actors,
        categories: categories.table,
        claims: claims.table,
        subjects,
        retailers,
        listings,
    })
}

/// The keys of actors that changed theirs, oldest first.
fn changed_keys(state: &State) -> BTreeMap<DidKey, Vec<ActorKey>> {
    let mut keys: Vec<_> = state.keys().filter(|(key, t)| **key != t.actor || t.until.is_some()).collect();
    keys.sort_by_key(|(_, t)| t.since);
    let mut out: BTreeMap<DidKey, Vec<ActorKey>> = BTreeMap::new();
    for (key, t) in keys {
        out.entry(t.actor).or_default().push(ActorKey { key: *key, until: t.until.map(|leaf| state.passports_before(leaf)) });
    }
    out
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

/// The category tree of a market. Sources give paths that are not quite a tree; the parent of a category is the one that most often stands
/// before it among those that are more widely used, so that no circle can arise and parents stand first.
struct Categories {
    table: Vec<Category>,
    at: BTreeMap<String, u16>,
}

impl Categories {
    fn of<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> Result<Self, PackError> {
        let mut uses: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for CategoryName { id, name } in records.clone().flat_map(|r| &r.categories) {
            let (n, title) = uses.entry(id).or_insert((0, name));
            *n += 1;
            *title = (*title).min(name.as_str());
        }
        let mut ranked: Vec<(&str, usize, &str)> = uses.iter().map(|(id, (n, name))| (*id, *n, *name)).collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let rank: BTreeMap<&str, usize> = ranked.iter().enumerate().map(|(i, r)| (r.0, i)).collect();
        let mut before: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for r in records.clone() {
            for (i, c) in r.categories.iter().enumerate() {
                let wider = r.categories.iter().take(i).rev().find(|p| rank.get(p.id.as_str()) < rank.get(c.id.as_str()));
                if let Some(p) = wider {
                    *before.entry(&c.id).or_default().entry(&p.id).or_default() += 1;
                }
            }
        }
        let parent = |id: &str| {
            let votes = before.get(id)?;
            votes.iter().max_by_key(|(p, n)| (**n, std::cmp::Reverse(rank.get(*p)))).map(|(p, _)| *p)
        };
        // Only what some subject lies in, and what lies above that.
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        for leaf in records.filter_map(|r| r.categories.last()) {
            let mut next = Some(leaf.id.as_str());
            while let Some(id) = next.filter(|id| wanted.insert(id)) {
                next = parent(id);
            }
        }
        let mut out = Self { table: Vec::new(), at: BTreeMap::new() };
        for (id, _, name) in ranked.into_iter().filter(|r| wanted.contains(r.0)) {
            let position = u16::try_from(out.table.len()).map_err(|_| PackError::TooMany("categories"))?;
            let parent = parent(id).and_then(|p| out.at.get(p).copied());
            out.table.push(Category { id: id.to_owned(), name: name.to_owned(), parent });
            out.at.insert(id.to_owned(), position);
        }
        Ok(out)
    }

    fn most_specific(&self, record: &Record) -> Option<u16> {
        self.at.get(&record.categories.last()?.id).copied()
    }
}

/// The rows of the claim table that some subject uses, in table order.
struct Claims {
    table: Vec<crate::provenance::ClaimDef>,
    at: BTreeMap<String, u16>,
}

impl Claims {
    fn of<'a>(records: impl Iterator<Item = &'a Record>) -> Result<Self, PackError> {
        let used: BTreeSet<&str> = records.flat_map(|r| r.claims.iter().map(|c| c.code.as_str())).collect();
        let table: Vec<_> = claim_table().iter().filter(|d| used.contains(d.code.as_str())).cloned().collect();
        let mut at = BTreeMap::new();
        for (i, d) in table.iter().enumerate() {
            at.insert(d.code.clone(), u16::try_from(i).map_err(|_| PackError::TooMany("claim rows"))?);
        }
        Ok(Self { table, at })
    }

    fn rows_of(&self, record: &Record) -> Vec<(u16, ClaimState)> {
        let rows: BTreeMap<u16, ClaimState> = record.claims.iter().filter_map(|c| Some((*self.at.get(&c.code)?, c.state))).collect();
        rows.into_iter().collect()
    }
}

fn build_listings(source: &Source<'_>) -> Result<(Vec<Retailer>, Vec<Listing>), PackError> {
    let state = source.state;
    let organisations = newest(state.passports().iter().filter(|p| p.kind == SubjectKind::Organisation));
    let products = newest(state.passports().iter().filter(|p| p.kind == SubjectKind::Product));
    // A sheet names a GTIN; where only lots or items of it carry passports, the newest of these stands for it.
    let product = |gtin: &str| {
        let whole = format!("(01){gtin}");
        let part = format!("{whole}(");
        let parts = || products.range(part.as_str()..).take_while(|(id, _)| id.starts_with(&part)).map(|(_, n)| *n).max();
        products.get(whole.as_str()).copied().or_else(parts)
    };
    let (mut retailers, mut listings) = (Vec::new(), Vec::new());
    for (id, listing) in state.listings() {
        let bytes = (source.body)(&listing.digest).ok_or_else(|| missing("listing sheet", hex::encode(listing.digest)))?;
        // A sheet that cannot be read, or is another retailer's, is as good as none.
        let sheet = json::parse(&bytes).ok().and_then(|v| Sheet::from_json(&v).ok()).filter(|s| s.retailer == id);
        let (Some(sheet), Some(subject)) = (sheet, organisations.get(id)) else { continue };
        let retailer = u16::try_from(retailers.len()).map_err(|_| PackError::TooMany("retailers"))?;
        let places = sheet.places.iter().map(|p| Place { name: p.name.clone(), lat: p.lat, lon: p.lon }).collect();
        retailers.push(Retailer { subject: *subject, places });
        for p in &sheet.prices {
            if let Some(product) = product(&p.gtin) {
                let price = Money { minor: p.minor, currency: sheet.currency };
                listings.push(Listing { retailer, product, price, stock: p.stock });
            }
        }
    }
    Ok((retailers, listings))
}

/// Buckets by the first bits of SHA-256 of the subject's id: as many as can be while each holds at least [`MIN_BUCKET`] subjects.
fn build_dossiers(source: &Source<'_>) -> Result<Vec<(String, Vec<Dossier>)>, PackError> {
    let passports = source.state.passports();
    let sizes = |bits: u32| {
        let mut n = vec![0_usize; 1 << bits];
        for p in passports {
            if let Some(slot) = n.get_mut(usize::from(bucket_of(&p.subject, bits))) {
                *slot += 1;
            }
        }
        n
    };
    let bits = (0..=MAX_BITS).rev().find(|b| *b == 0 || sizes(*b).iter().all(|n| *n >= MIN_BUCKET)).unwrap_or(0);
    let mut buckets: BTreeMap<u16, Vec<Dossier>> = BTreeMap::new();
    for p in passports {
        buckets.entry(bucket_of(&p.subject, bits)).or_default().push(build_dossier(source, p)?);
    }
    Ok(buckets.into_iter().map(|(i, d)| (format!("dossier/{bits}/{i}"), d)).collect())
}

fn build_dossier(source: &Source<'_>, p: &Passport) -> Result<Dossier, PackError> {
    let leaf = |leaf: u64| {
        let entry = (source.entry)(leaf).ok_or_else(|| missing("log entry", leaf.to_string()))?;
        let proof = (source.proof)(leaf).ok_or_else(|| missing("inclusion proof", leaf.to_string()))?;
        Ok(LeafProof { leaf, entry, proof })
    };
    let body = |digest: &Digest, what| (source.body)(digest).ok_or_else(|| missing(what, hex::encode(digest)));
    let document = |at, digest, what| Ok(DocumentProof { statement: leaf(at)?, document: body(digest, what)? });
    let listing = source.state.listing(&p.subject).filter(|l| l.actor == p.issuer && p.kind == SubjectKind::Organisation);
    Ok(Dossier {
        number: p.number,
        statement: leaf(p.leaf)?,
        body: body(&p.digest, "passport body")?,
        status: p.status_leaves.iter().map(|l| leaf(*l)).collect::<Result<_, _>>()?,
        stages: p.stages.iter().map(|s| document(s.leaf, &s.digest, "stage document")).collect::<Result<_, _>>()?,
        listing: listing.map(|l| document(l.leaf, &l.digest, "listing sheet")).transpose()?,
    })
}

const fn missing(what: &'static str, which: String) -> PackError {
    PackError::Missing { what, which }
}
