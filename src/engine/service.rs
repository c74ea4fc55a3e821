//! The engine: every request in, its answer out.
//!
//! *In:* a [`Request`], bytes beside it, the device's time. *Out:* an [`Answer`] or an [`EngineError`] whose sentence says what to do. It owns
//! the store and the snapshot in memory; a sync borrows them only between two downloads, so that scans are answered meanwhile.

use super::{
    calls::Calls,
    catalogue::{Catalogue, Part},
    dossier::{self, Verified},
    store::{File, Slot, Storage, Store, StoreError},
    wire::{Answer, EngineError, Event, Request, Snapshot, Status},
};
use crate::{measure::Millis, pack::is_market, statement::SubjectKind};
use std::{
    cell::{Cell, Ref, RefCell},
    collections::BTreeMap,
    rc::Rc,
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
    pub(super) notices: RefCell<Vec<String>>,
    /// Dossiers that were verified since the snapshots were loaded.
    verified: RefCell<BTreeMap<u32, Verified>>,
    /// What was wrong with a ledger when it was last asked.
    pub(super) troubles: RefCell<BTreeMap<Slot, EngineError>>,
    pub(super) syncing: Cell<bool>,
    /// What is called for, while nothing that it rests on has changed.
    pub(super) calls: RefCell<Option<Rc<Calls>>>,
    /// The time of the request that is being answered.
    pub(super) now: Cell<Millis>,
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
        let catalogue = load(&mut store, &mut notices)?;
        Ok(Self {
            store: RefCell::new(store),
            catalogue: RefCell::new(catalogue),
            notices: RefCell::new(notices),
            verified: RefCell::default(),
            troubles: RefCell::default(),
            syncing: Cell::new(false),
            calls: RefCell::default(),
            now: Cell::new(Millis(0)),
        })
    }

    /// Answers a request. `payload` holds the bytes that travel beside it, `now` is the device's clock, `events` hears how far a sync is.
    ///
    /// # Errors
    /// Each says in a sentence what to do.
    pub async fn handle(&self, request: Request, payload: Option<&[u8]>, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, EngineError> {
        self.now.set(now);
        let result = match request {
            Request::Sync { url, key } => self.sync_home(&url, key.as_deref(), now, events).await,
            Request::SyncAll { home } => self.sync_all(home.as_deref(), now, events).await,
            Request::SyncLedger(origin) => self.sync_one(&origin, now, events).await,
            Request::LookAtLedger { url, policy } => self.look_at(&url, policy.as_deref()).await,
            Request::AddLedger { url, policy, fingerprint } => self.add_ledger(&url, &policy, &fingerprint, now, events).await,
            Request::RemoveLedger(origin) => self.remove_ledger(&origin, now),
            Request::Open => self.opened(now).await,
            other => self.answer(other, payload.unwrap_or_default(), now),
        };
        match result {
            Ok(answer) => Ok(answer),
            Err(fault) => {
                let lost = matches!(fault, Fault::Store(StoreError::Corrupt { file: File::Ledger(Slot::HOME), .. }));
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
    pub(super) fn settle(&self, fault: Fault) -> EngineError {
        match fault {
            Fault::Final(e) => e,
            Fault::Store(StoreError::Corrupt { file, why }) => {
                let replaced = self.store.borrow_mut().replace(file, &why);
                match replaced.and_then(|notice| self.reload().map(|()| notice)) {
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
            let lost = self.catalogue.borrow().part(Slot::HOME).is_none();
            let from_sample = |store: &Store| Ok::<_, StoreError>(store.kept()?.iter().any(|k| k.slot == Slot::HOME && k.source == SAMPLE_SOURCE));
            if lost && from_sample(&self.store.borrow())? {
                self.sync_home(SAMPLE_SOURCE, None, now, &|_| ()).await?;
            }
        }
        Ok(Answer::Status(self.status(now)?))
    }

    fn answer(&self, request: Request, payload: &[u8], now: Millis) -> Result<Answer, Fault> {
        match request {
            Request::Open
            | Request::Status
            | Request::Sync { .. }
            | Request::SyncAll { .. }
            | Request::SyncLedger(_)
            | Request::LookAtLedger { .. }
            | Request::AddLedger { .. }
            | Request::RemoveLedger(_) => Ok(Answer::Status(self.status(now)?)),
            Request::ScanText(text) => self.scan_text(&text, now),
            Request::ScanFrame(shape) => self.scan_frame(&shape, payload, now),
            Request::ReadFrame(shape) => Ok(super::scan::read_frame(&shape, payload)?),
            Request::ScanPicture => self.scan_picture(payload, now),
            Request::Subject(number) => self.again(number, now),
            Request::Story(number) => self.story(number),
            Request::Options { subject, category } => self.options(subject, category.as_deref()),
            Request::Rank { kind, category, limit } => self.rank(kind, category.as_deref(), limit),
            Request::Search { text, limit } => self.search(&text, limit),
            Request::Choices { subject, category, near, by } => self.choices(subject, category.as_deref(), near, by),
            Request::Compare { numbers, near, by } => self.compare(&numbers, near, by),
            Request::Basket { money, items } => self.basket(money, &items),
            Request::Ask { text, about, limit } => self.ask(&text, about, limit, now),
            Request::Categories => Ok(Answer::Categories(self.categories())),
            Request::Profile => Ok(Answer::Profile(self.store.borrow().profile()?)),
            Request::SetProfile(profile) => self.set_profile(&profile),
            Request::Learn(what) => self.learn(what, now),
            Request::Turns(number) => self.turns(number),
            Request::Regard(who) => self.regard(&who),
            Request::History => Ok(Answer::History(self.history(now)?)),
            Request::Forget(id) => {
                self.store.borrow_mut().forget(id)?;
                Ok(Answer::History(self.history(now)?))
            }
            Request::Months => self.months(),
            Request::Ours(what) => self.ours(what),
            Request::SetMarket(market) => self.set_market(&market, now),
            Request::SetPrice { subject, price } => self.set_price(subject, price),
            Request::Lists => self.my_lists(),
            Request::Mark { id, list, on } => self.mark(&id, list, on, now),
            Request::Follow(text) => self.follow(&text, now),
            Request::Unfollow { issuer, name } => self.unfollow(&issuer, &name),
            Request::Shelf => Ok(Answer::Shelf(self.store.borrow().shelf()?)),
            Request::Qr(text) => super::scan::draw(&text),
            Request::Export => self.export(),
            Request::Import(text) => self.import(&text),
            Request::Evidence => self.evidence(),
            Request::EraseMine => {
                self.store.borrow_mut().erase_mine()?;
                self.calls.replace(None);
                Ok(Answer::Done)
            }
            Request::Panic => panic!("a panic was asked for"),
        }
    }

    fn set_market(&self, market: &str, now: Millis) -> Result<Answer, Fault> {
        let market = market.trim().to_ascii_lowercase();
        if !is_market(&market) {
            let why = "a market is \"world\" or a country's two letters (ISO 3166-1), such as nl";
            return Err(EngineError::BadInput(why.into()).into());
        }
        self.store.borrow_mut().set_market(&market)?;
        Ok(Answer::Status(self.status(now)?))
    }

    /// What the device holds.
    pub(super) fn status(&self, now: Millis) -> Result<Status, Fault> {
        let store = self.store.borrow();
        let c = self.catalogue.borrow();
        Ok(Status {
            snapshot: c.parts.first().map(|part| snapshot(&c, part, now)),
            ledgers: self.rows(&c, &store, now)?,
            market: store.market()?,
            has_profile: store.profile()?.is_some(),
            speaks: store.ours()?.filter(|ours| ours.speaks).map(|ours| ours.name),
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
        let slot = Slot::of(number).0;
        let ledger = self.store.borrow().ledger(slot)?;
        let verified = dossier::verify(&self.catalogue.borrow(), &ledger.borrow(), number).map_err(|e| e.in_ledger(slot))?;
        self.verified.borrow_mut().insert(number, verified.clone());
        Ok(verified)
    }

    /// Puts in use what the store holds now.
    pub(super) fn reload(&self) -> Result<(), StoreError> {
        let loaded = load(&mut self.store.borrow_mut(), &mut self.notices.borrow_mut())?;
        self.catalogue.replace(loaded);
        self.verified.borrow_mut().clear();
        self.calls.replace(None);
        Ok(())
    }

    /// Bytes in all ledgers' databases, and in the person's.
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

/// The snapshots of the store; one that cannot be read is moved aside and said, and the others are not affected.
fn load(store: &mut Store, notices: &mut Vec<String>) -> Result<Catalogue, StoreError> {
    // A file that was just made anew can be read, so each is replaced once at most.
    for _ in Slot::all() {
        match Catalogue::load(store) {
            Err(StoreError::Corrupt { file: file @ File::Ledger(_), why }) => notices.push(store.replace(file, &why)?),
            other => return other,
        }
    }
    Catalogue::load(store)
}

/// A snapshot as a screen shows it.
pub(super) fn snapshot(c: &Catalogue, part: &Part, now: Millis) -> Snapshot {
    let h = &part.held;
    Snapshot {
        origin: h.origin.clone(),
        market: h.market.clone(),
        markets: h.markets.clone(),
        log_size: h.log_size,
        batch: h.batch,
        time: h.time,
        sample: h.sample,
        stale: is_stale(part, now),
        days: days_old(part, now),
        policy: super::ledgers::fingerprint(&h.policy),
        products: c.count(part, SubjectKind::Product),
        organisations: c.count(part, SubjectKind::Organisation),
        projects: c.count(part, SubjectKind::Project),
        retailers: part.retailers,
    }
}

/// True when the snapshot is older than [`STALE_DAYS`] and not a sample.
pub(super) const fn is_stale(part: &Part, now: Millis) -> bool {
    !part.held.sample && now.0.saturating_sub(part.held.time.0) > STALE_DAYS * Millis::DAY
}

/// How many days ago the snapshot's batch was closed; 0 for a sample.
fn days_old(part: &Part, now: Millis) -> u32 {
    let age = if part.held.sample { 0 } else { now.0.saturating_sub(part.held.time.0) };
    u32::try_from(age / Millis::DAY).unwrap_or(0)
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
