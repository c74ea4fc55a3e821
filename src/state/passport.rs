//! A passport as the fold keeps it: what each has lies side by side, what few have lies apart.

use super::{Stage, State, life::Life, shared::Keyed, text::Text};
use crate::{
    measure::Millis,
    statement::{DidKey, Digest, PassportIssue, PassportStatus, SubjectKind},
};
use std::{ops::Deref, sync::Arc};

/// A passport as the ledger knows it.
#[derive(Debug, Clone)]
pub struct Passport {
    /// Passport number: dense, in log order, from 0.
    pub number: u32,
    /// What kind of subject.
    pub kind: SubjectKind,
    /// In force or not.
    pub status: PassportStatus,
    /// Which.
    pub subject: Text,
    /// SHA-256 of the body's JCS.
    pub digest: Digest,
    /// Whose word it is: the first key of the actor that issued it.
    pub issuer: Issuer,
    /// Leaf of the `IssuePassport` statement.
    pub leaf: u64,
    more: Option<Box<More>>,
}

/// What few passports have.
#[derive(Debug, Clone, Default)]
struct More {
    signer: Option<DidKey>,
    valid_until: Option<Millis>,
    successor: Option<u32>,
    status_leaves: Vec<u64>,
    life: Option<Life>,
    stages: Vec<Stage>,
}

/// An issuer's first key, of which all its passports share one copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(Arc<DidKey>);

impl Deref for Issuer {
    type Target = DidKey;
    fn deref(&self) -> &DidKey {
        &self.0
    }
}

impl PartialEq<DidKey> for Issuer {
    fn eq(&self, other: &DidKey) -> bool {
        **self == *other
    }
}

impl Keyed for Issuer {
    type Key = DidKey;
    fn key(&self) -> &DidKey {
        &self.0
    }
}

impl Keyed for Passport {
    type Key = Digest;
    fn key(&self) -> &Digest {
        &self.digest
    }
}

impl Passport {
    pub(super) fn new(number: u32, issuer: Issuer, signer: DidKey, leaf: u64, b: &PassportIssue) -> Self {
        let signer = Some(signer).filter(|key| issuer != *key);
        let more = (signer.is_some() || b.valid_until.is_some()).then(|| Box::new(More { signer, valid_until: b.valid_until, ..More::default() }));
        let subject = Text::from(b.subject.as_str());
        Self { number, kind: b.kind, status: PassportStatus::Valid, subject, digest: b.digest, issuer, leaf, more }
    }

    /// The key that signed; another than `issuer` where that was rotated out.
    #[must_use]
    pub fn signer(&self) -> DidKey {
        self.more.as_ref().and_then(|more| more.signer).unwrap_or(*self.issuer)
    }

    /// When it ceases to hold.
    #[must_use]
    pub fn valid_until(&self) -> Option<Millis> {
        self.more.as_ref()?.valid_until
    }

    /// Number of the passport that replaces it.
    #[must_use]
    pub fn successor(&self) -> Option<u32> {
        self.more.as_ref()?.successor
    }

    /// Leaves of its status changes, transfers and end, oldest first.
    #[must_use]
    pub fn status_leaves(&self) -> &[u64] {
        self.more.as_ref().map_or(&[], |more| &more.status_leaves)
    }

    /// Steps of its way, in order.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        self.more.as_ref().map_or(&[], |more| &more.stages)
    }

    /// What its owners did with it: nothing, for most.
    pub(super) fn life(&self) -> Option<Life> {
        self.more.as_ref()?.life
    }

    pub(super) fn set_successor(&mut self, successor: Option<u32>) {
        self.more_mut().successor = successor;
    }

    pub(super) fn push_status_leaf(&mut self, leaf: u64) {
        self.more_mut().status_leaves.push(leaf);
    }

    pub(super) fn push_stage(&mut self, stage: Stage) {
        self.more_mut().stages.push(stage);
    }

    pub(super) fn live(&mut self, life: Life) {
        self.more_mut().life = Some(life);
    }

    fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

impl State {
    /// The shared copy of an issuer's first key.
    pub(super) fn issuer(&mut self, key: DidKey) -> Issuer {
        if let Some(known) = self.issuers.find(&key).and_then(|at| self.issuers.get(at)) {
            return known.clone();
        }
        let issuer = Issuer(Arc::new(key));
        self.issuers.push(issuer.clone());
        issuer
    }
}
