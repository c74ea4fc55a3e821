//! The ledgers that a device holds: adding one once the person confirmed its fingerprint, bringing one or all up to date, removing one.
//!
//! *In:* an address and a policy. *Out:* a snapshot in the ledger's own file, and a line in `mine.db` that says whence and under which policy.
//! A policy that a server published is shown, never believed by itself. What goes wrong with one ledger is written beside it and stops no
//! other. A sync borrows the store only between two downloads, so that scans are answered meanwhile.

use super::{
    catalogue::Catalogue,
    service::{Engine, Fault, SAMPLE_SOURCE, snapshot},
    source::{self, Source},
    store::{ApplyError, Kept, Slot, Store, Witnessed},
    sync::{self, Fetched, SyncError, Synced, Terms},
    wire::{Answer, EngineError, Event, LedgerOffer, LedgerRow},
};
use crate::{
    log::{Handover, LogKey, Policy},
    measure::Millis,
    pack::SAMPLE_POLICY,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::cell::Cell;

/// Clears the flag however the sync ends, even when its future is dropped.
struct Syncing<'a>(&'a Cell<bool>);

impl Drop for Syncing<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Engine {
    /// Brings the app's own ledger up to date. Without a policy, the one this store trusts already holds, else the sample's. One that is given
    /// and is another ledger's replaces the snapshot: the person has said whom to trust.
    pub(super) async fn sync_home(&self, url: &str, trust: Option<&str>, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, Fault> {
        let _guard = self.begin()?;
        self.home(url, trust, now, events).await?;
        Ok(Answer::Status(self.status(now)?))
    }

    /// Brings every ledger up to date, each whatever becomes of the others.
    pub(super) async fn sync_all(&self, home: Option<&str>, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, Fault> {
        let _guard = self.begin()?;
        let kept = self.store.borrow().kept()?;
        if kept.is_empty() {
            self.home(home.unwrap_or(SAMPLE_SOURCE), None, now, events).await?;
        }
        for ledger in kept {
            let elsewhere = home.filter(|_| ledger.slot == Slot::HOME).unwrap_or(&ledger.source).to_owned();
            self.one(&Kept { source: elsewhere, ..ledger }, now, events).await;
        }
        Ok(Answer::Status(self.status(now)?))
    }

    /// Brings one ledger up to date.
    pub(super) async fn sync_one(&self, origin: &str, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, Fault> {
        let _guard = self.begin()?;
        let ledger = self.held(origin)?;
        self.one(&ledger, now, events).await;
        match self.troubles.borrow().get(&ledger.slot) {
            Some(trouble) => Err(trouble.clone().into()),
            None => Ok(Answer::Status(self.status(now)?)),
        }
    }

    /// What a ledger would be believed by.
    pub(super) async fn look_at(&self, url: &str, given: Option<&str>) -> Result<Answer, Fault> {
        let source = source::at(url).map_err(EngineError::from)?;
        let text = match given {
            Some(text) => text.to_owned(),
            None => sync::published_policy(&source).await?,
        };
        let policy = policy(&text)?;
        Ok(Answer::Offer(LedgerOffer {
            url: url.to_owned(),
            origin: origin(&policy)?.to_owned(),
            policy: policy.to_string(),
            fingerprint: hex::encode(policy.fingerprint()),
            witnesses: u32::try_from(policy.witnesses().len()).unwrap_or(u32::MAX),
            published: given.is_none(),
        }))
    }

    /// Adds a ledger under a policy whose fingerprint the person confirmed. If its snapshot cannot be fetched nothing of it is kept.
    pub(super) async fn add_ledger(&self, url: &str, text: &str, confirmed: &str, now: Millis, events: &dyn Fn(Event)) -> Result<Answer, Fault> {
        let _guard = self.begin()?;
        let policy = policy(text)?;
        // However it was written down: in groups, in capitals.
        let confirmed: String = confirmed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        if confirmed != hex::encode(policy.fingerprint()) {
            let why = "the fingerprint is not that of this ledger's policy, so nothing was added; compare it with whoever gave it to you";
            return Err(EngineError::BadInput(why.into()).into());
        }
        let origin = origin(&policy)?;
        let held = self.store.borrow().kept()?.into_iter().find(|k| k.origin == origin);
        if let Some(held) = held {
            // The same ledger at another address, with the same policy or after a hand-over that leads to it: nothing but that is believed.
            let own = self::policy(&held.policy)?;
            self.bring_from(held.slot, url, &own, now, events).await.or_else(|_| self.not_held(origin, None))?;
            let moved = self.held(origin)?;
            if moved.policy != policy.to_string() {
                // It holds, but not as the person confirmed it: it stays where it was.
                self.store.borrow_mut().keep(&Kept { source: held.source, ..moved })?;
                self.not_held(origin, None)?;
            }
            return Ok(Answer::Status(self.status(now)?));
        }
        let full = || EngineError::BadInput("this device holds as many ledgers as it can; remove one first".into());
        let slot = self.store.borrow_mut().add_ledger()?.ok_or_else(full)?;
        let brought = self.bring_from(slot, url, &policy, now, events).await;
        if brought.is_err() {
            self.store.borrow_mut().remove_ledger(slot)?;
            self.reload()?;
        }
        brought?;
        Ok(Answer::Status(self.status(now)?))
    }

    /// Removes a ledger and its snapshot. Which checkpoints of it were trusted is remembered: added again, it cannot go back behind them.
    pub(super) fn remove_ledger(&self, origin: &str, now: Millis) -> Result<Answer, Fault> {
        let _guard = self.begin()?;
        let ledger = self.held(origin)?;
        self.store.borrow_mut().remove_ledger(ledger.slot)?;
        self.troubles.borrow_mut().remove(&ledger.slot);
        self.reload()?;
        Ok(Answer::Status(self.status(now)?))
    }

    /// The ledgers as a screen lists them.
    pub(super) fn rows(&self, c: &Catalogue, store: &Store, now: Millis) -> Result<Vec<LedgerRow>, Fault> {
        let troubles = self.troubles.borrow();
        let row = |k: Kept| LedgerRow {
            fingerprint: fingerprint(&k.policy),
            synced: k.synced,
            snapshot: c.part(k.slot).map(|part| snapshot(c, part, now)),
            trouble: troubles.get(&k.slot).cloned(),
            origin: k.origin,
            url: k.source,
        };
        Ok(store.kept()?.into_iter().map(row).collect())
    }

    fn begin(&self) -> Result<Syncing<'_>, EngineError> {
        if self.syncing.replace(true) {
            return Err(EngineError::BadInput("the snapshot is being brought up to date already; wait until that is done".into()));
        }
        Ok(Syncing(&self.syncing))
    }

    /// The ledger of this name.
    fn held(&self, origin: &str) -> Result<Kept, Fault> {
        let found = self.store.borrow().kept()?.into_iter().find(|k| k.origin == origin);
        found.ok_or_else(|| EngineError::BadInput(format!("this device holds no ledger {origin}; ask for the list of ledgers")).into())
    }

    /// That no other place has this ledger.
    fn not_held(&self, origin: &str, but: Option<Slot>) -> Result<(), Fault> {
        if self.store.borrow().kept()?.iter().all(|k| k.origin != origin || Some(k.slot) == but) {
            return Ok(());
        }
        let why = format!("this device holds the ledger {origin} already; to believe it under another policy, remove it first");
        Err(EngineError::BadInput(why).into())
    }

    async fn home(&self, url: &str, trust: Option<&str>, now: Millis, events: &dyn Fn(Event)) -> Result<(), Fault> {
        let held = self.catalogue.borrow().part(Slot::HOME).map(|p| p.held.policy.clone());
        let known = self.store.borrow().kept()?.into_iter().find(|k| k.slot == Slot::HOME).map(|k| k.policy);
        let text = trust.map(str::to_owned).or(known).or(held).unwrap_or_else(|| SAMPLE_POLICY.to_owned());
        let policy = policy(&text)?;
        if let Ok(origin) = origin(&policy) {
            self.not_held(origin, Some(Slot::HOME))?;
        }
        self.bring_from(Slot::HOME, url, &policy, now, events).await
    }

    /// Brings a ledger that is held up to date, and writes down beside it what is wrong with it.
    async fn one(&self, ledger: &Kept, now: Millis, events: &dyn Fn(Event)) {
        let brought = match policy(&ledger.policy) {
            Ok(_) if ledger.source.is_empty() => {
                Err(EngineError::BadInput("where this ledger is fetched from was lost; remove it and add it again".into()).into())
            }
            Ok(policy) => self.bring_from(ledger.slot, &ledger.source, &policy, now, events).await,
            Err(e) => Err(e.into()),
        };
        if let Err(fault) = brought {
            let trouble = self.settle(fault);
            self.troubles.borrow_mut().insert(ledger.slot, trouble);
        }
    }

    async fn bring_from(&self, slot: Slot, url: &str, policy: &Policy, now: Millis, events: &dyn Fn(Event)) -> Result<(), Fault> {
        self.bring(slot, &source::at(url).map_err(EngineError::from)?, policy, now, events).await?;
        self.troubles.borrow_mut().remove(&slot);
        // The policy may be another one than it was: a log can be handed over.
        let held = self.catalogue.borrow().part(slot).map(|p| (p.held.origin.clone(), p.held.policy.clone()));
        let (origin, policy) = held.unwrap_or_default();
        self.store.borrow_mut().keep(&Kept { slot, origin, source: url.to_owned(), policy, synced: Some(now) })?;
        Ok(())
    }

    /// Fetches what is new and puts it in use; true when there was something.
    async fn bring<S: Source>(&self, slot: Slot, source: &S, policy: &Policy, now: Millis, events: &dyn Fn(Event)) -> Result<bool, Fault> {
        // Under another policy there is no snapshot to go on from; which checkpoints were trusted is remembered all the same.
        let held = self.catalogue.borrow().part(slot).map(|p| p.held.clone()).filter(|h| h.policy == policy.to_string());
        let ledger = self.store.borrow().ledger(slot)?;
        let market = self.store.borrow().market()?;
        for lean in [true, false] {
            let terms = Terms { policy, held: held.as_ref(), mine: &self.store, lean, market: &market };
            let fetched = match sync::fetch(source, &terms, &ledger, now, events).await {
                Ok(Synced::Unchanged) => return Ok(false),
                Ok(Synced::Pack(pack)) => pack,
                Err(SyncError::Plain(e)) => return Err(e.into()),
                Err(SyncError::Conflict(evidence)) => {
                    self.store.borrow_mut().keep_evidence(&evidence, now)?;
                    let told = "; both checkpoints are kept as evidence that you can export";
                    return Err(EngineError::Untrusted(format!("{}{told}", evidence.why)).into());
                }
            };
            let applied = ledger.borrow_mut().apply(&fetched).map_err(|e| e.in_ledger(slot));
            match applied {
                Ok(()) => {
                    self.applied(&fetched, policy, lean, now)?;
                    return Ok(true);
                }
                Err(ApplyError::Store(e)) => return Err(e.into()),
                // What it was to go on from, or the way from there, was not what it should be: once more, without either.
                Err(ApplyError::Pack(_)) if lean && fetched.leans_on_store() => {}
                Err(ApplyError::Pack(e)) => {
                    // What was downloaded is what the ledger promises by its digests, and still wrong: the next try is not to go on from it.
                    for (file, _) in &fetched.files {
                        ledger.borrow_mut().drop_parts(&file.sha256).map_err(|e| e.in_ledger(slot))?;
                    }
                    return Err(EngineError::from(e).into());
                }
            }
        }
        Err(EngineError::Untrusted("its pack does not hold".into()).into())
    }

    fn applied(&self, fetched: &Fetched, before: &Policy, lean: bool, now: Millis) -> Result<(), Fault> {
        if fetched.fell_back || !lean {
            let notice = "A short update that the ledger offered did not hold, so the whole snapshot was fetched instead. Nothing wrong was used.";
            self.notices.borrow_mut().push(notice.to_owned());
        }
        // Only now: a checkpoint whose pack does not hold must not lock out the one that comes after it.
        if !fetched.handovers.is_empty() {
            let origin = &fetched.held.origin;
            let (mut policy, mut steps) = (before.clone(), Vec::new());
            for note in &fetched.handovers {
                steps.push((policy.to_string(), note.as_str()));
                policy = Handover::open(note, &policy).map_or(policy, |(_, after)| after);
            }
            self.store.borrow_mut().handed_over(origin, &steps, &fetched.held.policy, now)?;
            let key = fetched.held.policy.lines().next().unwrap_or_default();
            let new = if policy.witnesses() == before.witnesses() { "a new operator" } else { "a new operator and new witnesses" };
            let notice = format!("The ledger {origin} has {new}: its witnesses handed it over, and your device follows ({key}).");
            self.notices.borrow_mut().push(notice);
        }
        self.store.borrow_mut().trust(&fetched.held.origin, &fetched.note)?;
        Ok(self.reload()?)
    }

    /// All evidence as a JSON text that stands alone: whoever knows the log's key can check both notes.
    pub(super) fn evidence(&self) -> Result<Answer, Fault> {
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

    /// As a sync of the app's own ledger, from any source. For tests with hostile ones.
    #[doc(hidden)]
    pub async fn sync_from<S: Source>(&self, source: &S, policy: &Policy, now: Millis) -> Result<bool, EngineError> {
        self.bring(Slot::HOME, source, policy, now, &|_| ()).await.map_err(|fault| self.settle(fault))
    }
}

/// A policy as text, or a log's vkey, which stands for "this log, without witnesses".
fn policy(text: &str) -> Result<Policy, EngineError> {
    let text = text.trim();
    let read = if text.lines().count() > 1 { Policy::parse(&format!("{text}\n")) } else { LogKey::parse(text).map(Policy::of_log) };
    read.map_err(|e| EngineError::BadInput(e.to_string()))
}

/// The one ledger that a policy is about.
fn origin(policy: &Policy) -> Result<&str, EngineError> {
    let mut names = policy.logs().map(LogKey::origin);
    let first = names.next().ok_or_else(|| EngineError::BadInput("this policy names no log; ask the ledger's operator for its policy".into()))?;
    if names.any(|other| other != first) {
        return Err(EngineError::BadInput("this policy names several ledgers; add each under a policy of its own".into()));
    }
    Ok(first)
}

/// The fingerprint of a policy, in hex; empty when it cannot be read any more.
pub(super) fn fingerprint(text: &str) -> String {
    policy(text).map(|p| hex::encode(p.fingerprint())).unwrap_or_default()
}
