//! What the ledger holds, and how each kind of statement changes it.

use super::{
    MAX_LIFETIME, Rejection,
    standing::{LISTING_ROLES, STAGE_ROLES, issuing_roles},
};
use crate::{
    measure::Millis,
    statement::{
        Accreditation, BatchClose, Body, DidKey, Digest, ListingSheet, PassportIssue, PassportStatus, Registration, Role, StageEvent, Statement,
        StatusChange, SubjectKind, Withdrawal,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// What a device or an auditor takes on trust: the ledger's name, its log's key and its registrars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The ledger.
    pub origin: String,
    /// The log's key; it signs `BatchClose`.
    pub log: DidKey,
    /// Registrars trusted by name; every accreditation must lead up to one of them.
    pub registrars: Vec<DidKey>,
}

/// A passport as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passport {
    /// Passport number: dense, in log order, from 0.
    pub number: u32,
    /// What kind of subject.
    pub kind: SubjectKind,
    /// Which.
    pub subject: String,
    /// SHA-256 of the body's JCS.
    pub digest: Digest,
    /// Whose word it is.
    pub issuer: DidKey,
    /// Leaf of the `IssuePassport` statement.
    pub leaf: u64,
    /// When it ceases to hold.
    pub valid_until: Option<Millis>,
    /// In force or not.
    pub status: PassportStatus,
    /// Number of the passport that replaces it.
    pub successor: Option<u32>,
    /// Leaves of its status changes, oldest first.
    pub status_leaves: Vec<u64>,
    /// Steps of its way, in order.
    pub stages: Vec<Stage>,
}

/// A step of a product's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// 1 = first; dense.
    pub step: u16,
    /// Who did it.
    pub actor: DidKey,
    /// Who took the goods over and signed too.
    pub receiver: Option<DidKey>,
    /// SHA-256 of the step's document.
    pub digest: Digest,
    /// Leaf of the `RecordStage` statement.
    pub leaf: u64,
}

/// A retailer's newest sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Who published it.
    pub actor: DidKey,
    /// SHA-256 of the sheet.
    pub digest: Digest,
    /// Leaf of the `PublishListing` statement.
    pub leaf: u64,
}

/// The last closed batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// 1, 2, 3, …
    pub number: u64,
    /// Its time, the only clock of the fold.
    pub time: Millis,
    /// Leaf of its `BatchClose`.
    pub leaf: u64,
    /// Digest of the newest pack manifest.
    pub manifest: Option<Digest>,
}

/// Everything the log's statements add up to.
#[derive(Debug, Clone)]
pub struct State {
    pub(super) policy: Policy,
    pub(super) actors: BTreeMap<DidKey, Registration>,
    pub(super) accreditations: BTreeMap<(DidKey, Role), BTreeSet<DidKey>>,
    pub(super) passports: Vec<Passport>,
    pub(super) by_digest: BTreeMap<Digest, u32>,
    pub(super) listings: BTreeMap<String, Listing>,
    pub(super) seen: BTreeMap<Digest, Millis>,
    pub(super) batch: Option<Batch>,
    pub(super) next_leaf: u64,
    /// The root, once somebody asked for it and until something changes.
    pub(super) root: OnceLock<Digest>,
}

impl State {
    /// The state of an empty log.
    #[must_use]
    pub const fn new(policy: Policy) -> Self {
        Self {
            policy,
            actors: BTreeMap::new(),
            accreditations: BTreeMap::new(),
            passports: Vec::new(),
            by_digest: BTreeMap::new(),
            listings: BTreeMap::new(),
            seen: BTreeMap::new(),
            batch: None,
            next_leaf: 0,
            root: OnceLock::new(),
        }
    }

    /// Applies one statement, or changes nothing. `now` is the time of the batch that takes it (for a `BatchClose`, its own).
    ///
    /// # Errors
    /// Why it may not be applied.
    pub fn apply(&mut self, leaf: u64, statement: &Statement, now: Millis) -> Result<(), Rejection> {
        self.admit(leaf, statement, now)?;
        let who = statement.actor;
        match &statement.body {
            Body::RegisterActor(b) => self.register(who, b)?,
            Body::Accredit(b) => self.accredit(who, b)?,
            Body::Withdraw(b) => self.withdraw(who, b)?,
            Body::IssuePassport(b) => self.issue(who, leaf, b)?,
            Body::ChangeStatus(b) => self.change_status(who, leaf, b)?,
            Body::RecordStage(b) => self.record_stage(who, leaf, b)?,
            Body::PublishListing(b) => self.publish_listing(who, leaf, b, now)?,
            Body::BatchClose(b) => self.close(who, leaf, b, now)?,
        }
        self.seen.insert(statement.id, statement.expires);
        self.root = OnceLock::new();
        self.next_leaf = leaf.saturating_add(1);
        Ok(())
    }

    /// Folds the leaves of one batch, of which the last is its `BatchClose`, at that batch's time.
    ///
    /// # Errors
    /// The leaf that may not be applied, and why. The state is then of no use any more.
    pub fn fold_batch(&mut self, first_leaf: u64, batch: &[Statement]) -> Result<(), (u64, Rejection)> {
        let Some(Body::BatchClose(close)) = batch.last().map(|s| &s.body) else {
            return Err((first_leaf, Rejection::NotClosed));
        };
        for (leaf, statement) in (first_leaf..).zip(batch) {
            self.apply(leaf, statement, close.time_ms).map_err(|why| (leaf, why))?;
        }
        Ok(())
    }

    /// Checks what holds for every kind: order, ledger, expiry, replay, time.
    fn admit(&self, leaf: u64, s: &Statement, now: Millis) -> Result<(), Rejection> {
        if leaf != self.next_leaf {
            return Err(Rejection::WrongLeaf { got: leaf, next: self.next_leaf });
        }
        if s.ledger != self.policy.origin {
            return Err(Rejection::WrongLedger(s.ledger.chars().take(100).collect()));
        }
        if let Some(last) = self.batch.map(|b| b.time)
            && now <= last
        {
            return Err(Rejection::TimeNotRising { got: now, last });
        }
        if s.expires < now {
            return Err(Rejection::Expired(s.expires));
        }
        if s.expires.0 > now.0.saturating_add(MAX_LIFETIME) {
            return Err(Rejection::ExpiresTooLate(s.expires));
        }
        if self.seen.contains_key(&s.id) {
            return Err(Rejection::Replayed);
        }
        Ok(())
    }

    fn known(&self, who: DidKey) -> Result<(), Rejection> {
        if self.actors.contains_key(&who) { Ok(()) } else { Err(Rejection::UnknownActor(who)) }
    }

    fn needs(&self, actor: DidKey, needs: &'static [Role]) -> Result<(), Rejection> {
        self.known(actor)?;
        if needs.iter().any(|r| self.in_standing(&actor, *r)) { Ok(()) } else { Err(Rejection::NoStanding { actor, needs }) }
    }

    fn register(&mut self, who: DidKey, b: &Registration) -> Result<(), Rejection> {
        if self.actors.contains_key(&who) {
            return Err(Rejection::AlreadyRegistered(who));
        }
        if !(1..=120).contains(&b.name.chars().count()) || b.name.chars().any(char::is_control) || b.name.trim() != b.name {
            return Err(Rejection::BadName);
        }
        self.actors.insert(who, b.clone());
        Ok(())
    }

    fn accredit(&mut self, who: DidKey, b: &Accreditation) -> Result<(), Rejection> {
        self.known(who)?;
        self.known(b.subject)?;
        if !self.in_standing(&who, Role::Registrar) && !self.in_standing(&who, b.role) {
            return Err(Rejection::NoStanding { actor: who, needs: &[Role::Registrar] });
        }
        if !self.accreditations.entry((b.subject, b.role)).or_default().insert(who) {
            return Err(Rejection::AlreadyAccredited(b.subject));
        }
        Ok(())
    }

    fn withdraw(&mut self, who: DidKey, b: &Withdrawal) -> Result<(), Rejection> {
        self.known(who)?;
        let vouchers = self.accreditations.get_mut(&(b.subject, b.role)).filter(|v| v.contains(&who));
        let vouchers = vouchers.ok_or(Rejection::NothingToWithdraw(b.subject))?;
        vouchers.remove(&who);
        Ok(())
    }

    fn issue(&mut self, who: DidKey, leaf: u64, b: &PassportIssue) -> Result<(), Rejection> {
        self.needs(who, issuing_roles(b.kind))?;
        let named = (1..=200).contains(&b.subject.chars().count()) && !b.subject.chars().any(char::is_control);
        if !named || !(b.subject.starts_with('(') || b.subject.contains(':')) {
            return Err(Rejection::BadSubject(b.kind));
        }
        if let Some(number) = self.by_digest.get(&b.digest) {
            return Err(Rejection::AlreadyIssued(*number));
        }
        let number = u32::try_from(self.passports.len()).map_err(|_| Rejection::NumbersExhausted)?;
        self.by_digest.insert(b.digest, number);
        self.passports.push(Passport {
            number,
            kind: b.kind,
            subject: b.subject.clone(),
            digest: b.digest,
            issuer: who,
            leaf,
            valid_until: b.valid_until,
            status: PassportStatus::Valid,
            successor: None,
            status_leaves: Vec::new(),
            stages: Vec::new(),
        });
        Ok(())
    }

    fn change_status(&mut self, who: DidKey, leaf: u64, b: &StatusChange) -> Result<(), Rejection> {
        use PassportStatus::{Revoked, Superseded, Suspended, Valid};
        self.known(who)?;
        let target = self.passport_by_digest(&b.digest).ok_or(Rejection::UnknownPassport(b.digest))?;
        if target.issuer != who {
            return Err(Rejection::NotTheIssuer(target.issuer));
        }
        let allowed = matches!((target.status, b.status), (Valid, Revoked | Suspended | Superseded) | (Suspended, Valid | Revoked | Superseded));
        if !allowed {
            return Err(Rejection::BadTransition { from: target.status, to: b.status });
        }
        let number = target.number;
        let successor = match &b.successor {
            None => None,
            Some(text) => {
                let next = self.passport_by_digest(&digest(text)?).ok_or(Rejection::BadSuccessor)?;
                let fits = b.status == Superseded && next.number != number && next.kind == target.kind && next.issuer == who;
                Some(if fits { next.number } else { return Err(Rejection::BadSuccessor) })
            }
        };
        if let Some(p) = self.passport_mut(number) {
            p.status = b.status;
            p.successor = successor;
            p.status_leaves.push(leaf);
        }
        Ok(())
    }

    /// Steps follow one another, and goods change hands only with both signatures: a step is recorded by whoever holds
    /// the goods after the step before. The first holder answers for itself by its accreditation.
    fn record_stage(&mut self, who: DidKey, leaf: u64, b: &StageEvent) -> Result<(), Rejection> {
        self.needs(who, STAGE_ROLES)?;
        if let Some(receiver) = b.receiver {
            self.needs(receiver, STAGE_ROLES)?;
        }
        let number = self.passport_by_digest(&b.passport).ok_or(Rejection::UnknownPassport(b.passport))?.number;
        let Some(p) = self.passport_mut(number) else { return Err(Rejection::UnknownPassport(b.passport)) };
        let next = p.stages.last().map_or(1, |s| s.step.saturating_add(1));
        if b.step != next {
            return Err(Rejection::WrongStep { got: b.step, next });
        }
        if let Some(holder) = p.stages.last().map(|s| s.receiver.unwrap_or(s.actor))
            && holder != who
        {
            return Err(Rejection::NotTheHolder(holder));
        }
        p.stages.push(Stage { step: b.step, actor: who, receiver: b.receiver, digest: b.digest, leaf });
        Ok(())
    }

    fn publish_listing(&mut self, who: DidKey, leaf: u64, b: &ListingSheet, now: Millis) -> Result<(), Rejection> {
        self.needs(who, LISTING_ROLES)?;
        let own = self.passports.iter().any(|p| {
            p.subject == b.retailer
                && p.kind == SubjectKind::Organisation
                && p.issuer == who
                && p.status == PassportStatus::Valid
                && p.valid_until.is_none_or(|t| t >= now)
        });
        if !own {
            return Err(Rejection::NotYourRetailer(b.retailer.chars().take(100).collect()));
        }
        self.listings.insert(b.retailer.clone(), Listing { actor: who, digest: b.digest, leaf });
        Ok(())
    }

    fn close(&mut self, who: DidKey, leaf: u64, b: &BatchClose, now: Millis) -> Result<(), Rejection> {
        if who != self.policy.log {
            return Err(Rejection::NotTheLog);
        }
        let next = self.batch.map_or(1, |last| last.number.saturating_add(1));
        if b.number != next {
            return Err(Rejection::WrongBatchNumber { got: b.number, next });
        }
        let start = self.batch_start();
        if b.first_leaf != start {
            return Err(Rejection::WrongFirstLeaf { got: b.first_leaf, start });
        }
        if b.time_ms != now {
            return Err(Rejection::WrongTime(now));
        }
        let manifest = b.manifest.as_deref().map(digest).transpose()?;
        let computed = self.root();
        if b.state_root != computed {
            return Err(Rejection::WrongStateRoot { claimed: b.state_root, computed });
        }
        self.batch = Some(Batch { number: b.number, time: b.time_ms, leaf, manifest });
        // The next batch's time lies after this one, so what expires by now can never be taken again.
        self.seen.retain(|_, expires| *expires > b.time_ms);
        Ok(())
    }

    fn passport_mut(&mut self, number: u32) -> Option<&mut Passport> {
        self.passports.get_mut(usize::try_from(number).ok()?)
    }
}

fn digest(text: &str) -> Result<Digest, Rejection> {
    let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut out = [0; 32];
    match hex::decode_to_slice(text, &mut out) {
        Ok(()) if lower => Ok(out),
        _ => Err(Rejection::BadDigest(text.chars().take(80).collect())),
    }
}
