//! Writing to a ledger's file: a verified pack in the place of the old one, file by file, and pieces of downloads until a pack is whole.

use super::{
    LedgerFile, NONE, Slot, StoreError, blob, fault, int,
    ledger::{LEDGER, NEVER, gtin_of, read_head, read_prices, read_subjects},
    tag,
};
use crate::{
    engine::{
        fold::fold,
        sync::{Fetched, Way},
        wire::EngineError,
    },
    pack::{self, Head, Listing, PackError, PackFile, SubjectRow, Tier},
    statement::Digest,
};
use rusqlite::{CachedStatement, Connection, params};
use std::collections::{BTreeMap, BTreeSet};

/// Why a pack was not applied; the old snapshot is untouched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pack.
    #[error(transparent)]
    Pack(#[from] PackError),
}

impl ApplyError {
    /// The same, of this ledger's file.
    #[must_use]
    pub fn in_ledger(self, slot: Slot) -> Self {
        match self {
            Self::Store(e) => Self::Store(e.in_ledger(slot)),
            other => other,
        }
    }
}

impl From<ApplyError> for EngineError {
    fn from(e: ApplyError) -> Self {
        match e {
            ApplyError::Store(e) => e.into(),
            ApplyError::Pack(e) => e.into(),
        }
    }
}

impl LedgerFile {
    /// Puts a pack in the place of the old one, in one transaction: either all of it holds afterwards, or the old snapshot does. One file at a
    /// time is in memory. Parts of downloads are forgotten with it.
    ///
    /// # Errors
    /// The store fails, or a file does not come to what the manifest promises; the old snapshot is untouched.
    pub fn apply(&mut self, pack: &Fetched) -> Result<(), ApplyError> {
        if pack.head.subjects > Slot::PASSPORTS {
            return Err(PackError::Unreadable { what: "index", why: format!("it has more than {} passports", Slot::PASSPORTS) }.into());
        }
        let err = fault(LEDGER);
        let tx = self.ledger.transaction().map_err(err)?;
        let old = if pack.leans_on_store() { Some(read_head(&tx)?) } else { None };
        if let Some(old) = &old {
            check_growth(old, &pack.head)?;
        } else {
            for table in ["subject", "listing"] {
                tx.execute(&format!("DELETE FROM {table}"), []).map_err(err)?;
            }
            // Made anew over all rows at once, which takes a fraction of the time.
            tx.execute_batch("DROP INDEX subject_gtin; DROP INDEX subject_id;").map_err(err)?;
        }
        let mut tree = Vec::new();
        drop_other_buckets(&tx, pack)?;
        for (file, way) in &pack.files {
            match (file.tier, numbered(&file.name)) {
                (Tier::Index, Some(("rows", n))) => rows(&tx, pack, old.as_ref(), file, way, n)?,
                (Tier::Index, Some(("prices", n))) => prices(&tx, pack, old.as_ref(), file, way, n)?,
                (Tier::Dossier, _) if file.name == "dossier/tree" => {
                    tree = raw_in(&tx, file, way, old_tree)?;
                    pack::Tree::open(&tree, pack.manifest.log_size, &pack.manifest.log_root)?;
                }
                (Tier::Dossier, _) => bucket(&tx, file, way)?,
                // The head came with `pack`; the status list is for others.
                (Tier::Index | Tier::Status, _) => {}
            }
        }
        if old.is_none() {
            tx.execute_batch("CREATE INDEX subject_gtin ON subject (gtin) WHERE gtin >= 0; CREATE INDEX subject_id ON subject (id) WHERE gtin < 0;")
                .map_err(err)?;
        }
        tx.execute("DELETE FROM subject WHERE number >= ?1", [pack.head.subjects]).map_err(err)?;
        tx.execute("DELETE FROM listing WHERE position >= ?1", [pack.head.listings]).map_err(err)?;
        head(&tx, pack, &tree)?;
        tx.execute("DELETE FROM part", []).map_err(err)?;
        tx.commit().map_err(err)?;
        Ok(())
    }

    /// The bytes of a download so far, in order and without gaps.
    ///
    /// # Errors
    /// The store fails.
    pub fn parts(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        parts(&self.ledger, digest)
    }

    /// Keeps a piece of a download.
    ///
    /// # Errors
    /// The store fails.
    pub fn keep_part(&mut self, digest: &Digest, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.ledger
            .execute("INSERT OR REPLACE INTO part (digest, at, bytes) VALUES (?1, ?2, ?3)", params![digest, int(at)?, bytes])
            .map(drop)
            .map_err(fault(LEDGER))
    }

    /// Forgets what was downloaded of a file.
    ///
    /// # Errors
    /// The store fails.
    pub fn drop_parts(&mut self, digest: &Digest) -> Result<(), StoreError> {
        self.ledger.execute("DELETE FROM part WHERE digest = ?1", [digest]).map(drop).map_err(fault(LEDGER))
    }
}

/// What a file of a pack decompresses to, whichever way it came; `old` gives what the store holds of it.
///
/// # Errors
/// The store fails, or it is not what the manifest promises.
pub fn raw(
    store: &LedgerFile,
    file: &PackFile,
    way: &Way,
    old: impl FnOnce(&Connection) -> Result<Vec<u8>, ApplyError>,
) -> Result<Vec<u8>, ApplyError> {
    raw_in(&store.ledger, file, way, old)
}

/// The head that the store holds, as it stood in its pack.
///
/// # Errors
/// The store fails.
pub fn old_head(c: &Connection) -> Result<Vec<u8>, ApplyError> {
    Ok(pack::encode_head(&read_head(c)?)?)
}

fn raw_in(c: &Connection, file: &PackFile, way: &Way, old: impl FnOnce(&Connection) -> Result<Vec<u8>, ApplyError>) -> Result<Vec<u8>, ApplyError> {
    let patches = match way {
        Way::Whole => return Ok(file.open(&parts(c, &file.sha256)?)?),
        Way::Held => &[][..],
        Way::Patched(patches) => patches,
    };
    let mut raw = old(c)?;
    for patch in patches {
        raw = patch.apply(&raw)?;
    }
    file.check_raw(&raw)?;
    Ok(raw)
}

fn old_tree(c: &Connection) -> Result<Vec<u8>, ApplyError> {
    Ok(c.query_row("SELECT tree FROM snapshot WHERE id = 1", [], |r| r.get(0)).map_err(fault(LEDGER))?)
}

/// Rows that stay as they are point into the head's tables, which therefore may only grow.
fn check_growth(old: &Head, new: &Head) -> Result<(), PackError> {
    let grown = new.actors.len() >= old.actors.len()
        && new.categories.len() >= old.categories.len()
        && new.claims.len() >= old.claims.len()
        && new.retailers.len() >= old.retailers.len()
        && new.subjects >= old.subjects;
    if grown { Ok(()) } else { Err(PackError::Unreadable { what: "delta", why: "it begins at a larger pack than it leads to".to_owned() }) }
}

/// `rows` and 3 of `index/rows/3`.
fn numbered(name: &str) -> Option<(&str, u32)> {
    let (what, n) = name.strip_prefix("index/")?.split_once('/')?;
    Some((what, n.parse().ok()?))
}

fn rows(c: &Connection, pack: &Fetched, old: Option<&Head>, file: &PackFile, way: &Way, n: u32) -> Result<(), ApplyError> {
    if *way == Way::Held {
        return Ok(());
    }
    let err = fault(LEDGER);
    let range = pack.head.rows(n);
    let before = old.map(|old| read_subjects(c, range.clone(), old.subjects)).transpose()?.unwrap_or_default();
    let raw = raw_in(c, file, way, |_| Ok(pack::encode_rows(&before)?))?;
    let rows = pack::decode_rows(&raw, &pack.head, n)?;
    drop(raw);
    let mut put = c
        .prepare_cached(
            "INSERT OR REPLACE INTO subject (number, kind, id, gtin, digest, issuer, form, status, successor, valid_until, name, brand, folded, owner, category, quantity, claims, fictional)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )
        .map_err(err)?;
    let mut before = before.iter();
    for (number, row) in range.zip(&rows) {
        let was = before.next();
        // What the market does not have is not kept; but the last row is, for the store counts by it.
        let empty = row.is_elsewhere() && number.checked_add(1) != Some(pack.head.subjects);
        if empty && was.is_some_and(|was| !was.is_elsewhere()) {
            c.execute("DELETE FROM subject WHERE number = ?1", [number]).map_err(err)?;
        } else if !empty && (was != Some(row) || row.is_elsewhere()) {
            put_row(&mut put, number, row)?;
        }
    }
    Ok(())
}

fn put_row(put: &mut CachedStatement<'_>, number: u32, s: &SubjectRow) -> Result<(), StoreError> {
    put.execute(params![
        number,
        tag(&s.kind)?,
        s.id,
        gtin_of(&s.id),
        s.digest,
        s.issuer,
        tag(&s.form)?,
        tag(&s.status)?,
        s.successor.map_or(NONE, i64::from),
        s.valid_until.map_or(NEVER, |t| t.0),
        s.name,
        s.brand,
        fold(&format!("{} {}", s.name, s.brand)),
        s.owner.map_or(NONE, i64::from),
        s.category.map_or(NONE, i64::from),
        s.quantity,
        blob(&s.claims)?,
        s.fictional
    ])
    .map(drop)
    .map_err(fault(LEDGER))
}

fn prices(c: &Connection, pack: &Fetched, old: Option<&Head>, file: &PackFile, way: &Way, n: u32) -> Result<(), ApplyError> {
    if *way == Way::Held {
        return Ok(());
    }
    let err = fault(LEDGER);
    let range = pack.head.prices(n);
    let before = if old.is_some() { read_prices(c, range.clone())? } else { Vec::new() };
    let raw = raw_in(c, file, way, |_| Ok(pack::encode_prices(&before)?))?;
    let sql = "INSERT OR REPLACE INTO listing (position, retailer, product, minor, currency, stock) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut put = c.prepare_cached(sql).map_err(err)?;
    let mut before = before.iter();
    for (position, l) in range.zip(&pack::decode_prices(&raw, &pack.head, n)?) {
        if before.next() != Some(l) {
            let Listing { retailer, product, price, stock } = l;
            put.execute(params![position, retailer, product, price.minor, price.currency.code(), stock]).map_err(err)?;
        }
    }
    Ok(())
}

/// Dossiers whose file the new pack does not have any more, or that are not wanted any more.
fn drop_other_buckets(c: &Connection, pack: &Fetched) -> Result<(), StoreError> {
    let err = fault(LEDGER);
    let kept: BTreeSet<&str> = pack.files.iter().map(|(f, _)| f.name.as_str()).collect();
    let mut query = c.prepare("SELECT name FROM bucket").map_err(err)?;
    let names = query.query_map([], |r| r.get(0)).map_err(err)?.collect::<Result<Vec<String>, _>>().map_err(err)?;
    for name in names.iter().filter(|name| !kept.contains(name.as_str())) {
        c.execute("DELETE FROM bucket WHERE name = ?1", [name]).map_err(err)?;
    }
    Ok(())
}

fn bucket(c: &Connection, file: &PackFile, way: &Way) -> Result<(), ApplyError> {
    if *way == Way::Held {
        return Ok(());
    }
    let err = fault(LEDGER);
    let mut before: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    if *way != Way::Whole {
        let sql = "SELECT number, dossier.bytes FROM dossier JOIN bucket ON bucket.id = dossier.bucket WHERE bucket.name = ?1";
        let mut query = c.prepare_cached(sql).map_err(err)?;
        let found = query.query_map([&file.name], |r| Ok((r.get(0)?, r.get(1)?))).map_err(err)?;
        before = found.collect::<Result<_, _>>().map_err(err)?;
    } else {
        c.execute("DELETE FROM bucket WHERE name = ?1", [&file.name]).map_err(err)?;
    }
    // As `pack::encode_dossiers` writes them: how many, then one after the other by rising number.
    let raw = raw_in(c, file, way, |_| {
        let mut old = blob(&before.len())?;
        before.values().for_each(|dossier| old.extend_from_slice(dossier));
        Ok(old)
    })?;
    let dossiers = pack::decode_dossiers(&raw)?;
    drop(raw);
    let sql = "INSERT INTO bucket (name, digest) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET digest = excluded.digest RETURNING id";
    let id: i64 = c.query_row(sql, params![file.name, file.raw_sha256], |r| r.get(0)).map_err(err)?;
    let mut put = c.prepare_cached("INSERT OR REPLACE INTO dossier (number, bucket, bytes) VALUES (?1, ?2, ?3)").map_err(err)?;
    for d in &dossiers {
        let bytes = blob(d)?;
        if before.remove(&d.number).as_ref() != Some(&bytes) {
            put.execute(params![d.number, id, bytes]).map_err(err)?;
        }
    }
    for number in before.keys() {
        c.execute("DELETE FROM dossier WHERE number = ?1", [number]).map_err(err)?;
    }
    Ok(())
}

/// What the snapshot is, and the small tables.
fn head(c: &Connection, pack: &Fetched, tree: &[u8]) -> Result<(), StoreError> {
    let (held, head) = (&pack.held, &pack.head);
    let err = fault(LEDGER);
    let shelf = serde_json::to_string(&pack.shelf).map_err(|e| StoreError::Other(e.to_string()))?;
    for table in ["snapshot", "actor", "category", "claim", "retailer"] {
        c.execute(&format!("DELETE FROM {table}"), []).map_err(err)?;
    }
    c.execute(
        "INSERT INTO snapshot (id, origin, market, batch, time, log_size, sample, policy, tree_size, root, manifest, tree, shelf, markets, since) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![held.origin, held.market, int(held.batch)?, held.time.0, int(held.log_size)?, held.sample, held.policy, int(held.tree_size)?, held.root, pack.manifest_bytes, tree, shelf, held.markets.join(" "), blob(&head.since)?],
    )
    .map_err(err)?;
    let mut put = c.prepare("INSERT INTO actor (position, key, name, standing, fictional, keys) VALUES (?1, ?2, ?3, ?4, ?5, ?6)").map_err(err)?;
    for (i, a) in head.actors.iter().enumerate() {
        put.execute(params![i as i64, a.key.to_string(), a.name, blob(&a.standing)?, a.fictional, blob(&a.keys)?]).map_err(err)?;
    }
    let mut put = c.prepare("INSERT INTO category (position, id, name, parent) VALUES (?1, ?2, ?3, ?4)").map_err(err)?;
    for (i, category) in head.categories.iter().enumerate() {
        put.execute(params![i as i64, category.id, category.name, category.parent.map_or(NONE, i64::from)]).map_err(err)?;
    }
    let mut put = c.prepare("INSERT INTO claim (position, code, text, topics, lines) VALUES (?1, ?2, ?3, ?4, ?5)").map_err(err)?;
    for (i, claim) in head.claims.iter().enumerate() {
        put.execute(params![i as i64, claim.code, claim.text, blob(&claim.topics)?, blob(&claim.lines)?]).map_err(err)?;
    }
    let mut put = c.prepare("INSERT INTO retailer (position, subject, places) VALUES (?1, ?2, ?3)").map_err(err)?;
    for (i, r) in head.retailers.iter().enumerate() {
        put.execute(params![i as i64, r.subject, blob(&r.places)?]).map_err(err)?;
    }
    Ok(())
}

fn parts(c: &Connection, digest: &Digest) -> Result<Vec<u8>, StoreError> {
    let err = fault(LEDGER);
    let mut query = c.prepare_cached("SELECT at, bytes FROM part WHERE digest = ?1 ORDER BY at").map_err(err)?;
    let mut rows = query.query([digest]).map_err(err)?;
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(r) = rows.next().map_err(err)? {
        let at: i64 = r.get(0).map_err(err)?;
        if usize::try_from(at).ok() != Some(bytes.len()) {
            break;
        }
        bytes.extend_from_slice(r.get_ref(1).and_then(|v| Ok(v.as_blob()?)).map_err(err)?);
    }
    Ok(bytes)
}
