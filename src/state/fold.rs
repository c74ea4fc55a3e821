//! What the ledger holds, and how each kind of statement changes it.

use super::{
    MAX_LIFETIME, Passport, Rejection,
    actor::{Link, Party},
    dated::Dated,
    entry::Entry,
    passport::Issuer,
    proof::Closed,
    replay::Due,
    shared::{List, Sorted},
    slot::Slot,
    standing::{LISTING_ROLES, STAGE_ROLES, issuing_roles},
    tree::Growing,
};
use crate::{
    measure::Millis,
    statement::{
        Accreditation, Body, DidKey, Digest, ListingSheet, PassportIssue, PassportStatus, Role, StageEvent, Statement, StatusChange, SubjectKind,
        Withdrawal,
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// What a device or an auditor takes on trust: the ledger's name, its log's key and its registrars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The ledger.
    pub origin: String,
    /// The log's key; it signs `BatchClose`.
    pub log: DidKey,
    /// Registrars trusted by name (their first keys); every accreditation must lead up to one of them.
    pub registrars: Vec<DidKey>,
}

/// When a key signs, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    /// The actor, named by its first key.
    pub actor: DidKey,
    /// Leaf of the statement that brought the key in.
    pub since: u64,
    /// Leaf of the statement that put it out; from there on it signs nothing.
    pub until: Option<u64>,
}

/// A step of a product's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// 1 = first; dense.
    pub step: u16,
    /// Who did it: the actor's first key, as everywhere in the state.
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

/// Everything the log's statements add up to. A copy shares what neither changes: `shared.rs`.
#[derive(Debug, Clone)]
pub struct State {
    pub(super) policy: Policy,
    /// Keys that closed batches before the log was handed over: up to which leaf, and which. Oldest first.
    pub(super) former: Vec<(u64, DidKey)>,
    /// Every key that any actor ever had, and the actors.
    pub(super) parties: Sorted<Party>,
    /// By position among the keys: what few have.
    pub(super) links: Arc<BTreeMap<u32, Link>>,
    /// (whom, for what) to by whom, and at which leaf.
    pub(super) accreditations: BTreeMap<(DidKey, Role), BTreeMap<DidKey, u64>>,
    pub(super) passports: Sorted<Passport>,
    /// Those who issued them: one copy for all passports of one issuer.
    pub(super) issuers: Sorted<Issuer>,
    /// Numbers of organisations' passports by their subject, oldest first.
    pub(super) organisations: BTreeMap<String, Vec<u32>>,
    pub(super) listings: BTreeMap<String, Listing>,
    /// Tokens and the exchange.
    #[cfg(feature = "value")]
    pub(super) economy: super::value::Economy,
    /// When the ids that must not come again expire, which lie in the tree; by hour: a close looks only at those whose time has come.
    pub(super) due: BTreeMap<i64, List<Due>>,
    pub(super) batch: Option<Batch>,
    /// When passports were issued.
    pub(super) dated: Dated,
    pub(super) next_leaf: u64,
    /// All entries: as the last close found them, and what changed since.
    pub(super) tree: Growing<Slot>,
    /// What proofs are made from.
    pub(super) closed: Option<Closed>,
}

impl State {
    /// The state of an empty log.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            former: Vec::new(),
            parties: Sorted::default(),
            links: Arc::default(),
            accreditations: BTreeMap::new(),
            passports: Sorted::default(),
            issuers: Sorted::default(),
            organisations: BTreeMap::new(),
            listings: BTreeMap::new(),
            #[cfg(feature = "value")]
            economy: super::value::Economy::default(),
            due: BTreeMap::new(),
            batch: None,
            dated: Dated::default(),
            next_leaf: 0,
            tree: Growing::default(),
            closed: None,
        }
    }

    /// The state of an empty log that had other operators before: up to which leaf each closed the batches, and its key, oldest first. The
    /// policy's key closes those from there on.
    #[must_use]
    pub fn handed_over(policy: Policy, former: Vec<(u64, DidKey)>) -> Self {
        Self { former, ..Self::new(policy) }
    }

    /// Applies one statement, or changes nothing. `now` is the time of the batch that takes it (for a `BatchClose`, its own).
    ///
    /// # Errors
    /// Why it may not be applied.
    pub fn apply(&mut self, leaf: u64, statement: &Statement, now: Millis) -> Result<(), Rejection> {
        self.admit(leaf, statement, now)?;
        let who = statement.actor;
        match &statement.body {
            Body::RegisterActor(b) => self.register(who, leaf, b)?,
            Body::Accredit(b) => self.accredit(who, leaf, b)?,
            Body::Withdraw(b) => self.withdraw(who, b)?,
            Body::RotateKey(b) => self.rotate(who, leaf, b)?,
            Body::RecoverKey(b) => self.recover(who, leaf, b)?,
            Body::RetireKey(b) => self.retire(who, leaf, b)?,
            Body::IssuePassport(b) => self.issue(who, leaf, b)?,
            Body::ChangeStatus(b) => self.change_status(who, leaf, b)?,
            Body::TransferOwnership(b) => self.transfer(who, leaf, b)?,
            Body::EndOfLife(b) => self.end(who, leaf, b)?,
            Body::RecordStage(b) => self.record_stage(who, leaf, b)?,
            Body::PublishListing(b) => self.publish_listing(who, leaf, b, now)?,
            Body::BatchClose(b) => self.close(who, leaf, b, now)?,
            #[cfg(feature = "value")]
            Body::Token(act) => self.token_act(statement.id, who, leaf, act, now)?,
            #[cfg(feature = "value")]
            Body::Exchange(act) => self.exchange_act(statement.id, who, act, now)?,
        }
        self.remember(statement);
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
        if self.remembers(&s.id) {
            return Err(Rejection::Replayed);
        }
        Ok(())
    }

    /// The actor for whom a key signs, if it has standing in one of these roles.
    pub(super) fn needs(&self, key: DidKey, needs: &'static [Role]) -> Result<DidKey, Rejection> {
        let actor = self.signer(key)?;
        if needs.iter().any(|r| self.in_standing(&actor, *r)) { Ok(actor) } else { Err(Rejection::NoStanding { actor, needs }) }
    }

    fn accredit(&mut self, who: DidKey, leaf: u64, b: &Accreditation) -> Result<(), Rejection> {
        let voucher = self.signer(who)?;
        let subject = self.named(b.subject)?;
        if !self.in_standing(&voucher, Role::Registrar) && !self.in_standing(&voucher, b.role) {
            return Err(Rejection::NoStanding { actor: voucher, needs: &[Role::Registrar] });
        }
        let vouchers = self.accreditations.entry((subject, b.role)).or_default();
        if vouchers.contains_key(&voucher) {
            return Err(Rejection::AlreadyAccredited(subject));
        }
        vouchers.insert(voucher, leaf);
        self.changed(Entry::Accreditation { subject, role: b.role, voucher });
        Ok(())
    }

    fn withdraw(&mut self, who: DidKey, b: &Withdrawal) -> Result<(), Rejection> {
        let voucher = self.signer(who)?;
        let subject = self.named(b.subject)?;
        let entry = Entry::Accreditation { subject, role: b.role, voucher };
        self.changing(&entry);
        let vouchers = self.accreditations.get_mut(&(subject, b.role));
        if vouchers.and_then(|v| v.remove(&voucher)).is_none() {
            return Err(Rejection::NothingToWithdraw(subject));
        }
        self.changed(entry);
        Ok(())
    }

    fn issue(&mut self, who: DidKey, leaf: u64, b: &PassportIssue) -> Result<(), Rejection> {
        let issuer = self.needs(who, issuing_roles(b.kind))?;
        let named = (1..=200).contains(&b.subject.chars().count()) && !b.subject.chars().any(char::is_control);
        if !named || !(b.subject.starts_with('(') || b.subject.contains(':')) {
            return Err(Rejection::BadSubject(b.kind));
        }
        if let Some(number) = self.passports.find(&b.digest) {
            return Err(Rejection::AlreadyIssued(number));
        }
        let number = u32::try_from(self.passports().len()).map_err(|_| Rejection::NumbersExhausted)?;
        if b.kind == SubjectKind::Organisation {
            self.organisations.entry(b.subject.clone()).or_default().push(number);
        }
        let issuer = self.issuer(issuer);
        self.passports.push(Passport::new(number, issuer, who, leaf, b));
        self.changed(Entry::Passport(number));
        Ok(())
    }

    fn change_status(&mut self, who: DidKey, leaf: u64, b: &StatusChange) -> Result<(), Rejection> {
        use PassportStatus::{Revoked, Superseded, Suspended, Valid};
        let who = self.signer(who)?;
        let target = self.passport_by_digest(&b.digest).ok_or(Rejection::UnknownPassport(b.digest))?;
        if *target.issuer != who {
            return Err(Rejection::NotTheIssuer(*target.issuer));
        }
        if let Some(how) = target.ended() {
            return Err(Rejection::Ended(how));
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
                // What belongs to somebody stays theirs: the newer passport is handed to its owner first, with both signatures.
                let owned_alike = next.owner() == target.owner();
                let fits = b.status == Superseded && next.number != number && next.kind == target.kind && *next.issuer == who && owned_alike;
                Some(if fits { next.number } else { return Err(Rejection::BadSuccessor) })
            }
        };
        self.changing(&Entry::Passport(number));
        if let Some(p) = self.passport_mut(number) {
            p.status = b.status;
            p.set_successor(successor);
            p.push_status_leaf(leaf);
        }
        self.changed(Entry::Passport(number));
        Ok(())
    }

    /// Steps follow one another, and goods change hands only with both signatures: a step is recorded by whoever holds
    /// the goods after the step before. The first holder answers for itself by its accreditation.
    fn record_stage(&mut self, who: DidKey, leaf: u64, b: &StageEvent) -> Result<(), Rejection> {
        let who = self.needs(who, STAGE_ROLES)?;
        let receiver = b.receiver.map(|key| self.needs(key, STAGE_ROLES)).transpose()?;
        let number = self.passport_by_digest(&b.passport).ok_or(Rejection::UnknownPassport(b.passport))?.number;
        let Some(p) = self.passport_mut(number) else { return Err(Rejection::UnknownPassport(b.passport)) };
        if let Some(how) = p.ended() {
            return Err(Rejection::Ended(how));
        }
        let next = p.stages().last().map_or(1, |s| s.step.saturating_add(1));
        if b.step != next {
            return Err(Rejection::WrongStep { got: b.step, next });
        }
        if let Some(holder) = p.stages().last().map(|s| s.receiver.unwrap_or(s.actor))
            && holder != who
        {
            return Err(Rejection::NotTheHolder(holder));
        }
        p.push_stage(Stage { step: b.step, actor: who, receiver, digest: b.digest, leaf });
        self.changed(Entry::Stage { passport: number, step: b.step });
        Ok(())
    }

    fn publish_listing(&mut self, who: DidKey, leaf: u64, b: &ListingSheet, now: Millis) -> Result<(), Rejection> {
        let who = self.needs(who, LISTING_ROLES)?;
        let passports = self.organisations.get(&b.retailer).into_iter().flatten().filter_map(|n| self.passport(*n));
        let own = passports.into_iter().any(|p| *p.issuer == who && p.status == PassportStatus::Valid && p.valid_until().is_none_or(|t| t >= now));
        if !own {
            return Err(Rejection::NotYourRetailer(b.retailer.chars().take(100).collect()));
        }
        let entry = Entry::Listing(b.retailer.clone());
        self.changing(&entry);
        self.listings.insert(b.retailer.clone(), Listing { actor: who, digest: b.digest, leaf });
        self.changed(entry);
        Ok(())
    }

    pub(super) fn passport_mut(&mut self, number: u32) -> Option<&mut Passport> {
        self.passports.get_mut(number)
    }
}

pub(super) fn digest(text: &str) -> Result<Digest, Rejection> {
    let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut out = [0; 32];
    match hex::decode_to_slice(text, &mut out) {
        Ok(()) if lower => Ok(out),
        _ => Err(Rejection::BadDigest(text.chars().take(80).collect())),
    }
}
