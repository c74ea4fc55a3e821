//! Whose a passport is, and how the life of a product ends.
//!
//! A passport has one owner at a time, at first the actor that issued it. It changes hands only with both signatures, and only while it is in
//! force. Ownership gives the right to hand it on and to say that the product is no more; what the passport says, and its status otherwise, stay
//! the issuer's word. A person's passport is nobody's to own.

use super::{Passport, Rejection, State, entry::Entry};
use crate::statement::{DidKey, End, Ending, PassportStatus, SubjectKind, Transfer};

/// What a passport's owners did with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    /// Whose it is: an actor's first key.
    pub owner: DidKey,
    /// How the product's life ended.
    pub ended: Option<End>,
}

impl Passport {
    /// Whose it is: the first key of that actor.
    #[must_use]
    pub fn owner(&self) -> DidKey {
        self.life().map_or(*self.issuer, |life| life.owner)
    }

    /// How its product's life ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        self.life()?.ended
    }
}

impl State {
    pub(super) fn transfer(&mut self, key: DidKey, leaf: u64, b: &Transfer) -> Result<(), Rejection> {
        let who = self.signer(key)?;
        let to = self.signer(b.to)?;
        let p = self.passport_by_digest(&b.digest).ok_or(Rejection::UnknownPassport(b.digest))?;
        if p.kind == SubjectKind::Person {
            return Err(Rejection::NobodysToOwn);
        }
        if let Some(how) = p.ended() {
            return Err(Rejection::Ended(how));
        }
        if p.owner() != who {
            return Err(Rejection::NotTheOwner(p.owner()));
        }
        if p.status != PassportStatus::Valid {
            return Err(Rejection::NotInForce(p.status));
        }
        if to == who {
            return Err(Rejection::OwnedAlready(to));
        }
        self.live(p.number, leaf, Life { owner: to, ended: None });
        Ok(())
    }

    pub(super) fn end(&mut self, key: DidKey, leaf: u64, b: &Ending) -> Result<(), Rejection> {
        let who = self.signer(key)?;
        let p = self.passport_by_digest(&b.digest).ok_or(Rejection::UnknownPassport(b.digest))?;
        if p.kind != SubjectKind::Product {
            return Err(Rejection::NotAProduct(p.kind));
        }
        if let Some(how) = p.ended() {
            return Err(Rejection::Ended(how));
        }
        if p.owner() != who {
            return Err(Rejection::NotTheOwner(p.owner()));
        }
        // A product may be gone while its passport is on hold; one that was taken back or replaced has nothing left to end.
        if !matches!(p.status, PassportStatus::Valid | PassportStatus::Suspended) {
            return Err(Rejection::NotInForce(p.status));
        }
        let number = p.number;
        self.live(number, leaf, Life { owner: who, ended: Some(b.how) });
        Ok(())
    }

    fn live(&mut self, number: u32, leaf: u64, life: Life) {
        self.changing(&Entry::Passport(number));
        if let Some(p) = self.passport_mut(number) {
            if life.ended.is_some() {
                p.status = PassportStatus::Superseded;
            }
            p.live(life);
            p.push_status_leaf(leaf);
        }
        self.changed(Entry::Passport(number));
    }
}
