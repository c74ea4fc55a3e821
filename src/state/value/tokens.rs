//! Tokens defined, awarded and paid; accounts, and the demurrage they owe when they are touched.

use super::{Holding, Token, ValueEntry, ValueRejection, aged};
use crate::{
    measure::Millis,
    state::{Rejection, State, entry::Entry},
    statement::{Award, DidKey, Digest, Pay, Role, TokenAct, TokenDefinition},
};

impl State {
    pub(in crate::state) fn token_act(&mut self, id: Digest, who: DidKey, leaf: u64, act: &TokenAct, now: Millis) -> Result<(), Rejection> {
        match act {
            TokenAct::Define(definition) => self.define(id, who, leaf, definition, now),
            TokenAct::Award(award) => self.award(who, award, now),
            TokenAct::Pay(pay) => self.pay(who, pay, now),
        }
    }

    fn define(&mut self, id: Digest, who: DidKey, leaf: u64, b: &TokenDefinition, now: Millis) -> Result<(), Rejection> {
        let issuer = self.needs(who, &Role::ALL)?;
        let symbol = (2..=12).contains(&b.symbol.len()) && b.symbol.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let name = (1..=60).contains(&b.name.chars().count()) && !b.name.chars().any(char::is_control) && b.name.trim() == b.name;
        let demurrage = b.demurrage.is_none_or(|d| (1..=10_000).contains(&d.bps));
        if !symbol || !name || !demurrage || b.decimals > 9 || b.cap.is_some_and(|cap| cap.0 == 0) {
            return Err(ValueRejection::BadToken.into());
        }
        let to = b.demurrage.and_then(|d| d.to).map(|key| self.actor_of(&key).unwrap_or(key));
        self.economy.tokens.push(Token { id, definition: b.clone(), issuer, since: now, leaf, issued: 0, destroyed: 0, to });
        self.changed(Entry::Value(ValueEntry::Token(id)));
        Ok(())
    }

    fn award(&mut self, who: DidKey, b: &Award, now: Millis) -> Result<(), Rejection> {
        let who = self.signer(who)?;
        let token = self.known(&b.token)?;
        if token.issuer != who {
            return Err(ValueRejection::NotItsIssuer(token.issuer).into());
        }
        if b.amount.0 == 0 {
            return Err(ValueRejection::Zero.into());
        }
        let left = token.definition.cap.map_or(u64::MAX, |cap| cap.0).saturating_sub(token.issued);
        if b.amount.0 > left {
            return Err(ValueRejection::SupplyCap { left }.into());
        }
        let to = self.account(b.to)?;
        self.change_token(&b.token, |token| token.issued = token.issued.saturating_add(b.amount.0));
        self.credit(&b.token, to, b.amount.0, now);
        Ok(())
    }

    fn pay(&mut self, who: DidKey, b: &Pay, now: Millis) -> Result<(), Rejection> {
        let (from, to) = (self.account(who)?, self.account(b.to)?);
        if from == to {
            return Err(ValueRejection::ToItself.into());
        }
        self.can_pay(&b.token, from, b.amount.0, now)?;
        self.debit(&b.token, from, b.amount.0, now);
        self.credit(&b.token, to, b.amount.0, now);
        Ok(())
    }

    pub(super) fn account(&self, key: DidKey) -> Result<DidKey, Rejection> {
        if self.actor_of(&key).is_some() { self.signer(key) } else { Ok(key) }
    }

    pub(super) fn known(&self, token: &Digest) -> Result<&Token, Rejection> {
        self.token(token).ok_or_else(|| ValueRejection::UnknownToken(*token).into())
    }

    pub(super) fn can_pay(&self, token: &Digest, from: DidKey, amount: u64, now: Millis) -> Result<(), Rejection> {
        let has = self.due(self.known(token)?, from, now).0;
        match amount {
            0 => Err(ValueRejection::Zero.into()),
            _ if amount > has => Err(ValueRejection::NotEnough { has }.into()),
            _ => Ok(()),
        }
    }

    /// What an account has at a time, and its anchor then.
    pub(super) fn due(&self, token: &Token, account: DidKey, now: Millis) -> (u64, Millis) {
        let grid = |since: Millis| aged(0, since, 0, now).1;
        match self.economy.holdings.find(&(token.id, account)).and_then(|at| self.economy.holdings.get(at)) {
            None => (0, grid(token.since)),
            Some(held) => {
                let bps = token.definition.demurrage.filter(|_| token.to != Some(account)).map_or(0, |d| d.bps);
                aged(held.amount, held.anchor, bps, now)
            }
        }
    }

    pub(super) fn credit(&mut self, token: &Digest, account: DidKey, amount: u64, now: Millis) {
        self.touch(token, account, now, |has| has.saturating_add(amount));
    }

    pub(super) fn debit(&mut self, token: &Digest, account: DidKey, amount: u64, now: Millis) {
        self.touch(token, account, now, |has| has.saturating_sub(amount));
    }

    /// Takes off what demurrage is due, then changes the balance.
    fn touch(&mut self, id: &Digest, account: DidKey, now: Millis, change: impl FnOnce(u64) -> u64) {
        let Some(token) = self.token(id) else { return };
        let to = token.to;
        let (has, anchor) = self.due(token, account, now);
        let place = self.economy.holdings.find(&(*id, account));
        let had = place.and_then(|at| self.economy.holdings.get(at)).map_or(0, |held| held.amount);
        let entry = Entry::Value(ValueEntry::Balance(*id, account));
        self.changing(&entry);
        let amount = change(has);
        match place.and_then(|at| self.economy.holdings.get_mut(at)) {
            Some(held) => (held.amount, held.anchor) = (amount, anchor),
            None => drop(self.economy.holdings.push(Holding { key: (*id, account), amount, anchor })),
        }
        self.changed(entry);
        let cut = had.saturating_sub(has);
        match to {
            _ if cut == 0 => {}
            // Whoever gets demurrage pays none, so this goes no deeper.
            Some(to) => self.credit(id, to, cut, now),
            None => self.change_token(id, |token| token.destroyed = token.destroyed.saturating_add(cut)),
        }
    }

    fn change_token(&mut self, id: &Digest, change: impl FnOnce(&mut Token)) {
        let entry = Entry::Value(ValueEntry::Token(*id));
        self.changing(&entry);
        if let Some(token) = self.economy.tokens.find(id).and_then(|at| self.economy.tokens.get_mut(at)) {
            change(token);
        }
        self.changed(entry);
    }
}
