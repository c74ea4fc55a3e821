//! Writing to `ledger.db`: a verified pack in the place of the old one, and pieces of downloads until a pack is whole.

use super::{File, NONE, Store, StoreError, blob, fault, int, ledger::NEVER, tag};
use crate::{
    engine::{fold::fold, sync::Fetched},
    statement::Digest,
};
use rusqlite::params;

impl Store {
    /// Puts a verified pack in the place of the old one, in one transaction: either all of it holds afterwards, or the old snapshot does.
    /// Parts of downloads are forgotten with it.
    ///
    /// # Errors
    /// The store fails; the old snapshot is untouched.
    pub fn apply(&mut self, pack: &Fetched) -> Result<(), StoreError> {
        let (held, index) = (&pack.held, &pack.index);
        let err = fault(File::Ledger);
        let shelf = serde_json::to_string(&pack.shelf).map_err(|e| StoreError::Other(e.to_string()))?;
        let tx = self.ledger.transaction().map_err(err)?;
        for table in ["snapshot", "actor", "category", "claim", "subject", "retailer", "listing", "part"] {
            tx.execute(&format!("DELETE FROM {table}"), []).map_err(err)?;
        }
        tx.execute(
            "INSERT INTO snapshot (id, origin, market, batch, time, log_size, sample, vkey, tree_size, root, manifest, shelf) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![held.origin, held.market, int(held.batch)?, held.time.0, int(held.log_size)?, held.sample, held.vkey, int(held.tree_size)?, held.root, pack.manifest, shelf],
        )
        .map_err(err)?;
        {
            let mut put =
                tx.prepare("INSERT INTO actor (position, key, name, standing, fictional, keys) VALUES (?1, ?2, ?3, ?4, ?5, ?6)").map_err(err)?;
            for (i, a) in index.actors.iter().enumerate() {
                put.execute(params![i as i64, a.key.to_string(), a.name, blob(&a.standing)?, a.fictional, blob(&a.keys)?]).map_err(err)?;
            }
            let mut put = tx.prepare("INSERT INTO category (position, id, name, parent) VALUES (?1, ?2, ?3, ?4)").map_err(err)?;
            for (i, c) in index.categories.iter().enumerate() {
                put.execute(params![i as i64, c.id, c.name, c.parent.map_or(NONE, i64::from)]).map_err(err)?;
            }
            let mut put = tx.prepare("INSERT INTO claim (position, code, text, topics, lines) VALUES (?1, ?2, ?3, ?4, ?5)").map_err(err)?;
            for (i, c) in index.claims.iter().enumerate() {
                put.execute(params![i as i64, c.code, c.text, blob(&c.topics)?, blob(&c.lines)?]).map_err(err)?;
            }
            let mut put = tx
                .prepare(
                    "INSERT INTO subject (number, kind, id, gtin, digest, issuer, form, status, successor, valid_until, name, brand, folded, owner, category, quantity, claims, fictional)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                )
                .map_err(err)?;
            for (i, s) in index.subjects.iter().enumerate() {
                put.execute(params![
                    i as i64,
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
                .map_err(err)?;
            }
            let mut put = tx.prepare("INSERT INTO retailer (position, subject, places) VALUES (?1, ?2, ?3)").map_err(err)?;
            for (i, r) in index.retailers.iter().enumerate() {
                put.execute(params![i as i64, r.subject, blob(&r.places)?]).map_err(err)?;
            }
            let mut put = tx.prepare("INSERT INTO listing (retailer, product, minor, currency, stock) VALUES (?1, ?2, ?3, ?4, ?5)").map_err(err)?;
            for l in &index.listings {
                put.execute(params![l.retailer, l.product, l.price.minor, l.price.currency.code(), l.stock]).map_err(err)?;
            }
            // Buckets are content-addressed: those of the old pack that the new one names too were not sent again.
            let mut old: Vec<Digest> = Vec::new();
            {
                let mut query = tx.prepare("SELECT digest FROM bucket").map_err(err)?;
                let mut rows = query.query([]).map_err(err)?;
                while let Some(r) = rows.next().map_err(err)? {
                    old.push(r.get(0).map_err(err)?);
                }
            }
            for digest in old.iter().filter(|d| !pack.named.contains(*d)) {
                tx.execute("DELETE FROM bucket WHERE digest = ?1", [digest]).map_err(err)?;
            }
            let mut put = tx.prepare("INSERT OR REPLACE INTO dossier (number, bucket, bytes) VALUES (?1, ?2, ?3)").map_err(err)?;
            for b in &pack.buckets {
                tx.execute("INSERT INTO bucket (digest) VALUES (?1)", [b.digest]).map_err(err)?;
                let id = tx.last_insert_rowid();
                for d in &b.dossiers {
                    put.execute(params![d.number, id, blob(d)?]).map_err(err)?;
                }
            }
        }
        tx.commit().map_err(err)
    }

    /// The bytes of a download so far, in order and without gaps.
    ///
    /// # Errors
    /// The store fails.
    pub fn parts(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let err = fault(File::Ledger);
        let mut query = self.ledger.prepare_cached("SELECT at, bytes FROM part WHERE digest = ?1 ORDER BY at").map_err(err)?;
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

    /// Keeps a piece of a download.
    ///
    /// # Errors
    /// The store fails.
    pub fn keep_part(&mut self, digest: &Digest, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.ledger
            .execute("INSERT OR REPLACE INTO part (digest, at, bytes) VALUES (?1, ?2, ?3)", params![digest, int(at)?, bytes])
            .map(drop)
            .map_err(fault(File::Ledger))
    }

    /// Forgets what was downloaded of a file.
    ///
    /// # Errors
    /// The store fails.
    pub fn drop_parts(&mut self, digest: &Digest) -> Result<(), StoreError> {
        self.ledger.execute("DELETE FROM part WHERE digest = ?1", [digest]).map(drop).map_err(fault(File::Ledger))
    }
}

/// The GTIN in an element string such as `(01)09506000134352(10)L1`, or nothing.
fn gtin_of(id: &str) -> &str {
    id.strip_prefix("(01)").and_then(|rest| rest.get(..14)).filter(|g| g.bytes().all(|b| b.is_ascii_digit())).unwrap_or_default()
}
