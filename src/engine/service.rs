//! The engine: every request in, its answer out.
//!
//! *In:* a [`Request`], bytes beside it, the device's time. *Out:* an [`Answer`] or an [`EngineError`] whose sentence says what to do. It owns
//! the store and the snapshot in memory; a sync borrows them only between two downloads, so that scans are answered meanwhile.

use super::{
    catalogue::Catalogue,
    dossier::{self, Verified},
    source::Source,
    store::{ApplyError, File, Settings, Storage, Store, StoreError, Witnessed},
    sync::{self, Fetched, SyncError, Synced},
    wire::{Answer, EngineError, Event, Request, Snapshot, Status},
};
use crate::{
    log::{LogKey, Policy},
    measure::Millis,
    pack::SAMPLE_POLICY,
    statement::SubjectKind,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    cell::{Cell, Ref, RefCell},
    collections::BTreeMap,
};

/// A snapshot is old after this many days: prices and standing move, revocations arrive late. Never for a sample, which has one batch for ever.
pub const STALE_DAYS: i64 = 7;

/// What goes wrong inside: a store that can be mended, or an answer that is final.
#[derive(Debug)]
pub(super) enum Fault {
    Store(StoreError),
    Final(EngineError),
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<EngineError> for Fault {
    fn from(e: EngineError) -> Self {
        Self::Final(e)
    }
}

/// The on-device service.
#[derive(Debug)]
pub struct Engine {
    pub(super) store: RefCell<Store>,
    pub(super) catalogue: RefCell<Catalogue>,
    notices: RefCell<Vec<String>>,
    /// Dossiers that were verified since the snapshot was loaded.
    verified: RefCell<BTreeMap<u32, Verified>>,
    syncing: Cell<bool>,
}

impl Engine {
    /// Opens the store in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be used, the disk is full, or a newer app wrote the person's own file.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn open_folder(folder: &std::path::Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(folder).map_err(|e| EngineError::Store(format!("the folder {} cannot be made: {e}", folder.display())))?;
        Self::open(Storage::Folder(folder.to_owned()))
    }

    /// Opens a store in memory: gone when the engine is dropped.
    ///
    /// # Errors
    /// Out of memory.
    pub fn open_memory() -> Result<Self, EngineError> {
        Self::open(Storage::Memory)
    }

    /// Opens the store in the browser's private file system. Only in a dedicated worker that holds the Web Lock.
    ///
    /// # Errors
    /// The browser gives no such storage, another tab holds it, or it is full.
    #[cfg(target_arch = "wasm32")]
    pub async fn open_opfs() -> Result<Self, EngineError> {
        Self::open(Storage::opfs().await?)
    }

    /// Opens a store wherever it lives. A damaged file is moved aside, and the status says so.
    ///
    /// # Errors
    /// The storage fails.
    pub fn open(storage: Storage) -> Result<Self, EngineError> {
        let (mut store, mut notices) = Store::open(storage)?;
        let catalogue = match Catalogue::load(&store) {
            Err(StoreError::Corrupt { file: File::Ledger, why }) => {
                notices.push(store.replace(File::Ledger, &why)?);
                Catalogue::default()
            }
            other => other?,
        };
        Ok(Self {
            store: RefCell::new(store),
            catalogue: RefCell::new(catalogue),
            notices: RefCell::new(notices),
            verified: RefCell::default(),
            syncing: Cell::new(false),
        })
    }

    /// Answers a request. `payload` holds the bytes that travel beside it, `now` is the device's clock, `events` hears how far a sync is.
    ///
    /// # Errors
    /// Each says in a sentence what to do.
    pub async fn handle(&self, request: Request, payload: Option<&[u8]>, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, EngineError> {
        let result = match request {
            Request::Sync { url, key } => self.sync(&url, key.as_deref(), now, events).await,
            Request::Open => self.opened(now).await,
            other => self.answer(other, payload.unwrap_or_default(), now),
        };
        match result {
            Ok(answer) => Ok(answer),
            Err(fault) => {
                let lost = matches!(fault, Fault::Store(StoreError::Corrupt { file: File::Ledger, .. }));
                let error = self.settle(fault);
                if lost {
                    // What cannot be had at once comes with the next sync; what is wrong is said either way.
                    drop(self.opened(now).await);
                }
                Err(error)
            }
        }
    }

    /// What to tell the person; a file that turned out to be damaged is replaced first.
    fn settle(&self, fault: Fault) -> EngineError {
        match fault {
            Fault::Final(e) => e,
            Fault::Store(StoreError::Corrupt { file, why }) => {
                let replaced = self.store.borrow_mut().replace(file, &why);
                if file == File::Ledger {
                    self.show(Catalogue::default());
                }
                match replaced {
                    Ok(notice) => {
                        self.notices.borrow_mut().push(notice.clone());
                        EngineError::Store(notice)
                    }
                    Err(e) => e.into(),
                }
            }
            Fault::Store(e) => e.into(),
        }
    }

    /// The first request of a session: natively a snapshot that was lost and came from inside the app is there again at once.
    async fn opened(&self, now: Millis) -> Result<Answer, Fault> {
        #[cfg(not(target_arch = "wasm32"))]
        {
            let lost = self.catalogue.borrow().held.is_none();
            if lost && self.store.borrow().settings()?.is_some_and(|s| s.source == SAMPLE_SOURCE) {
                self.sync(SAMPLE_SOURCE, None, now, &|_| ()).await?;
            }
        }
        Ok(Answer::Status(self.status(now)?))
    }

    fn answer(&self, request: Request, payload: &[u8], now: Millis) -> Result<Answer, Fault> {
        match request {
            Request::Open | Request::Status | Request::Sync { .. } => Ok(Answer::Status(self.status(now)?)),
            Request::ScanText(text) => self.scan_text(&text, now),
            Request::ScanFrame(shape) => self.scan_frame(&shape, payload, now),
            Request::ScanPicture => self.scan_picture(payload, now),
            Request::Subject(number) => self.again(number, now),
            Request::Options { subject, category } => self.options(subject, category.as_deref()),
            Request::Rank { kind, category, limit } => self.rank(kind, category.as_deref(), limit),
            Request::Search { text, limit } => self.search(&text, limit),
            Request::Categories => Ok(Answer::Categories(self.categories())),
            Request::Profile => Ok(Answer::Profile(self.store.borrow().profile()?)),
            Request::SetProfile(profile) => self.set_profile(&profile),
            Request::History => Ok(Answer::History(self.history(now)?)),
            Request::Forget(id) => {
                self.store.borrow_mut().forget(id)?;
                Ok(Answer::History(self.history(now)?))
            }
            Request::SetPrice { subject, price } => self.set_price(subject, price),
            Request::Shelf => Ok(Answer::Shelf(self.store.borrow().shelf()?)),
            Request::Qr(text) => super::scan::draw(&text),
            Request::Export => self.export(),
            Request::Import(text) => self.import(&text),
            Request::Evidence => self.evidence(),
            Request::EraseMine => {
                self.store.borrow_mut().erase_mine()?;
                Ok(Answer::Done)
            }
            Request::Panic => panic!("a panic was asked for"),
        }
    }

    /// What the device holds.
    pub(super) fn status(&self, now: Millis) -> Result<Status, Fault> {
        let store = self.store.borrow();
        let c = self.catalogue.borrow();
        let snapshot = c.held.as_ref().map(|h| Snapshot {
            origin: h.origin.clone(),
            log_size: h.log_size,
            batch: h.batch,
            time: h.time,
            sample: h.sample,
            stale: is_stale(&c, now),
            days: days_old(&c, now),
            policy: policy(&h.policy).map(|p| hex::encode(p.fingerprint())).unwrap_or_default(),
            products: c.count(SubjectKind::Product),
            organisations: c.count(SubjectKind::Organisation),
            projects: c.count(SubjectKind::Project),
            retailers: u32::try_from(c.retailers.len()).unwrap_or(u32::MAX),
        });
        Ok(Status {
            snapshot,
            has_profile: store.profile()?.is_some(),
            history: store.seen_count()?,
            durable: store.is_durable(),
            notices: self.notices.borrow().clone(),
            evidence: u32::try_from(store.evidence()?.len()).unwrap_or(u32::MAX),
        })
    }

    /// What this device itself verifies of a subject, done once per snapshot.
    pub(super) fn verified(&self, number: u32) -> Result<Verified, Fault> {
        if let Some(known) = self.verified.borrow().get(&number) {
            return Ok(known.clone());
        }
        let verified = dossier::verify(&self.catalogue.borrow(), &self.store.borrow(), number)?;
        self.verified.borrow_mut().insert(number, verified.clone());
        Ok(verified)
    }

    /// Puts another snapshot in use.
    fn show(&self, catalogue: Catalogue) {
        self.catalogue.replace(catalogue);
        self.verified.borrow_mut().clear();
    }

    /// Bytes in each database, ledger first.
    ///
    /// # Errors
    /// The store fails.
    pub fn store_sizes(&self) -> Result<(u64, u64), EngineError> {
        Ok(self.store.borrow().sizes()?)
    }

    /// The store, for tests of a full disk.
    #[doc(hidden)]
    pub fn store_for_tests(&self) -> Ref<'_, Store> {
        self.store.borrow()
    }
}

/// The source's name for the ledger inside the app.
pub const SAMPLE_SOURCE: &str = "sample";

/// The device's clock, for a caller that has no better one.
#[must_use]
pub fn clock() -> Millis {
    #[cfg(target_arch = "wasm32")]
    return Millis(js_sys::Date::now() as i64);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// True when the snapshot is older than [`STALE_DAYS`] and not a sample.
pub(super) fn is_stale(c: &Catalogue, now: Millis) -> bool {
    c.held.as_ref().is_some_and(|h| !h.sample && now.0.saturating_sub(h.time.0) > STALE_DAYS * Millis::DAY)
}

/// How many days ago the snapshot's batch was closed; 0 for a sample.
fn days_old(c: &Catalogue, now: Millis) -> u32 {
    let age = c.held.as_ref().filter(|h| !h.sample).map_or(0, |h| now.0.saturating_sub(h.time.0));
    u32::try_from(age / Millis::DAY).unwrap_or(0)
}

/// Clears the flag however the sync ends, even when its future is dropped.
struct Syncing<'a>(&'a Cell<bool>);

impl Drop for Syncing<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Engine {
    /// Brings the snapshot up to date. Without a policy, the one this store trusts already holds, else the sample's. One that is given and is
    /// another ledger's replaces the snapshot: the person has said whom to trust.
    async fn sync(&self, url: &str, trust: Option<&str>, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, Fault> {
        if self.syncing.replace(true) {
            return Err(EngineError::BadInput("the snapshot is being brought up to date already; wait until that is done".into()).into());
        }
        let _guard = Syncing(&self.syncing);
        let held = self.catalogue.borrow().held.as_ref().map(|h| h.policy.clone());
        let known = self.store.borrow().settings()?.map(|s| s.key);
        let text = trust.map(str::to_owned).or(held).or(known).unwrap_or_else(|| SAMPLE_POLICY.to_owned());
        let policy = policy(&text)?;
        self.sync_any(url, &policy, now, events).await?;
        let settings = Settings { source: url.to_owned(), key: policy.to_string() };
        if self.store.borrow().settings()?.as_ref() != Some(&settings) {
            self.store.borrow_mut().set_settings(&settings)?;
        }
        Ok(Answer::Status(self.status(now)?))
    }

    #[cfg(target_arch = "wasm32")]
    async fn sync_any(&self, url: &str, policy: &Policy, now: Millis, events: &dyn Fn(Event)) -> Result<bool, Fault> {
        self.bring(&super::source::Http::new(url).map_err(EngineError::from)?, policy, now, events).await
    }

    #[cfg(not(target_arch = "wasm32"))]
    async fn sync_any(&self, url: &str, policy: &Policy, now: Millis, events: &dyn Fn(Event)) -> Result<bool, Fault> {
        use super::source::{Folder, Http, Sample};
        if url == SAMPLE_SOURCE {
            self.bring(&Sample, policy, now, events).await
        } else if std::path::Path::new(url).is_dir() {
            self.bring(&Folder::new(url.into()), policy, now, events).await
        } else {
            self.bring(&Http::new(url).map_err(EngineError::from)?, policy, now, events).await
        }
    }

    /// Fetches what is new and puts it in use; true when there was something.
    async fn bring<S: Source>(&self, source: &S, policy: &Policy, now: Millis, events: &dyn Fn(Event)) -> Result<bool, Fault> {
        // Under another policy there is no snapshot to go on from; which checkpoints were trusted is remembered all the same.
        let held = self.catalogue.borrow().held.clone().filter(|h| h.policy == policy.to_string());
        for lean in [true, false] {
            let fetched = match sync::fetch(source, policy, held.as_ref(), &self.store, lean, now, events).await {
                Ok(Synced::Unchanged) => return Ok(false),
                Ok(Synced::Pack(pack)) => pack,
                Err(SyncError::Plain(e)) => return Err(e.into()),
                Err(SyncError::Conflict(evidence)) => {
                    self.store.borrow_mut().keep_evidence(&evidence, now)?;
                    let told = "; both checkpoints are kept as evidence that you can export";
                    return Err(EngineError::Untrusted(format!("{}{told}", evidence.why)).into());
                }
            };
            let applied = self.store.borrow_mut().apply(&fetched);
            match applied {
                Ok(()) => {
                    self.applied(&fetched, lean)?;
                    return Ok(true);
                }
                Err(ApplyError::Store(e)) => return Err(e.into()),
                // What it was to go on from, or the way from there, was not what it should be: once more, without either.
                Err(ApplyError::Pack(_)) if lean && fetched.leans_on_store() => {}
                Err(ApplyError::Pack(e)) => {
                    self.forget_parts(&fetched)?;
                    return Err(EngineError::from(e).into());
                }
            }
        }
        Err(EngineError::Untrusted("its pack does not hold".into()).into())
    }

    fn applied(&self, fetched: &Fetched, lean: bool) -> Result<(), Fault> {
        if fetched.fell_back || !lean {
            let notice = "A short update that the ledger offered did not hold, so the whole snapshot was fetched instead. Nothing wrong was used.";
            self.notices.borrow_mut().push(notice.to_owned());
        }
        // Only now: a checkpoint whose pack does not hold must not lock out the one that comes after it.
        self.store.borrow_mut().trust(&fetched.held.origin, &fetched.note)?;
        let loaded = Catalogue::load(&self.store.borrow())?;
        self.show(loaded);
        Ok(())
    }

    /// What was downloaded is what the ledger promises by its digests, and still wrong: the next try is not to go on from it.
    fn forget_parts(&self, fetched: &Fetched) -> Result<(), Fault> {
        for (file, _) in &fetched.files {
            self.store.borrow_mut().drop_parts(&file.sha256)?;
        }
        Ok(())
    }

    /// All evidence as a JSON text that stands alone: whoever knows the log's key can check both notes.
    fn evidence(&self) -> Result<Answer, Fault> {
        let rows = self.store.borrow().evidence()?;
        let rows: Vec<_> = rows
            .into_iter()
            .map(|Witnessed { time, evidence: e }| {
                let proof: Vec<String> = e.proof.iter().map(|hash| STANDARD.encode(hash)).collect();
                serde_json::json!({
                    "ledger": e.origin, "seen": time.to_rfc3339(), "why": e.why, "trusted": e.trusted, "offered": e.offered, "consistency_proof": proof
                })
            })
            .collect();
        serde_json::to_string_pretty(&rows).map(Answer::Text).map_err(|e| EngineError::Store(e.to_string()).into())
    }

    /// As a sync, from any source. For tests with hostile ones.
    #[doc(hidden)]
    pub async fn sync_from<S: Source>(&self, source: &S, policy: &Policy, now: Millis) -> Result<bool, EngineError> {
        match self.bring(source, policy, now, &|_| ()).await {
            Ok(new) => Ok(new),
            Err(fault) => Err(self.settle(fault)),
        }
    }
}

/// A policy as text, or a log's vkey, which stands for "this log, without witnesses".
fn policy(text: &str) -> Result<Policy, EngineError> {
    let text = text.trim();
    let read = if text.lines().count() > 1 { Policy::parse(&format!("{text}\n")) } else { LogKey::parse(text).map(Policy::of_log) };
    read.map_err(|e| EngineError::BadInput(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Profile;

    fn ask(engine: &Engine, request: Request) -> Result<Answer, EngineError> {
        futures_util::FutureExt::now_or_never(engine.handle(request, None, Millis(0), &|_| ())).expect("nothing but a sync waits")
    }

    #[test]
    fn an_engine_without_a_snapshot_answers_and_saves_what_was_scanned_for_later() {
        let engine = Engine::open_memory().unwrap();
        let Answer::Scan(results) = ask(&engine, Request::ScanText("3017620422003".into())).unwrap() else { panic!() };
        assert_eq!(results[0].outcome, crate::passport::Outcome::NotInSnapshot);
        assert_eq!(results[0].gtin.as_deref(), Some("03017620422003"));
        let Answer::History(rows) = ask(&engine, Request::History).unwrap() else { panic!() };
        assert!(rows.len() == 1 && rows[0].saved_for_later);
        let Answer::Status(status) = ask(&engine, Request::Open).unwrap() else { panic!() };
        assert_eq!((status.snapshot, status.history, status.durable, status.has_profile), (None, 1, false, false));
    }

    #[test]
    fn what_is_exported_can_be_taken_back_after_everything_was_erased() {
        let engine = Engine::open_memory().unwrap();
        ask(&engine, Request::SetProfile(Profile::default())).unwrap();
        ask(&engine, Request::ScanText("3017620422003".into())).unwrap();
        let Answer::Text(text) = ask(&engine, Request::Export).unwrap() else { panic!() };
        ask(&engine, Request::EraseMine).unwrap();
        assert_eq!(ask(&engine, Request::Profile).unwrap(), Answer::Profile(None));
        ask(&engine, Request::Import(text)).unwrap();
        assert!(matches!(ask(&engine, Request::Profile).unwrap(), Answer::Profile(Some(_))));
        let Answer::History(rows) = ask(&engine, Request::History).unwrap() else { panic!() };
        assert_eq!(rows[0].code, "3017620422003");
        assert!(matches!(ask(&engine, Request::Import("{}".into())), Err(EngineError::BadInput(_))));
    }
}
