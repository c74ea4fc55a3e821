//! Lists of others that the person follows, and what they and the person's own block list come to, by number.
//!
//! *In:* signed lists ([`PublishedList`]) that the person brought as files. *Out:* who calls for what, and what is not to be offered. A list is only followed
//! when its signature holds and somebody the ledger trusts vouches for its publisher; both are looked at again with each snapshot. Nothing is
//! fetched, so nobody learns who follows what.

use super::{
    catalogue::Catalogue,
    service::{Engine, Fault},
    store::Followed,
    wire::{Answer, Call, EngineError, FollowedList, ListName},
};
use crate::{
    measure::Millis,
    passport::Outcome,
    statement::json,
    values::{ListError, PublishedList, Stance},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The most lists that are followed.
const MOST: usize = 50;

/// What is called for, by number.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// What is not to be offered: the person's own block list, and the boycotts they follow.
    blocked: BTreeSet<u32>,
    by_number: BTreeMap<u32, Vec<Call>>,
    /// When one of the lists ceases to hold.
    until: Option<Millis>,
}

impl Calls {
    /// Whether a subject, or one of those it belongs to, is not to be offered.
    pub(super) fn blocks(&self, c: &Catalogue, number: u32) -> bool {
        !self.blocked.is_empty() && std::iter::once(number).chain(c.owner_numbers(number)).any(|n| self.blocked.contains(&n))
    }

    /// Whether everything may be offered.
    pub(super) fn block_nothing(&self) -> bool {
        self.blocked.is_empty()
    }

    /// What is called for of a subject and of who owns it.
    pub(super) fn of(&self, c: &Catalogue, number: u32) -> Vec<Call> {
        std::iter::once(number).chain(c.owner_numbers(number)).filter_map(|n| self.by_number.get(&n)).flatten().cloned().collect()
    }
}

impl Engine {
    /// What is called for; worked out anew after a list or a snapshot has changed.
    pub(super) fn calls(&self) -> Result<Rc<Calls>, Fault> {
        if let Some(known) = self.calls.borrow().as_ref().filter(|c| c.until.is_none_or(|until| self.now.get() < until)) {
            return Ok(Rc::clone(known));
        }
        let made = Rc::new(self.work_out()?);
        self.calls.replace(Some(Rc::clone(&made)));
        Ok(made)
    }

    fn work_out(&self) -> Result<Calls, Fault> {
        let mut calls = Calls::default();
        let store = self.store.borrow();
        for mark in store.marks()?.iter().filter(|m| m.list == ListName::Blocked) {
            calls.blocked.extend(store.numbers_by_id(&mark.subject)?);
        }
        for followed in store.followed()? {
            let Ok((published, by)) = self.judge(&followed.json) else { continue };
            calls.until = [calls.until, published.until].into_iter().flatten().min();
            for (stance, call) in published.list.calls() {
                for number in store.numbers_by_id(&call.id)? {
                    calls.by_number.entry(number).or_default().push(Call { by: by.clone(), stance, whom: call.name.clone(), why: call.why.clone() });
                    if stance == Stance::Boycott {
                        calls.blocked.insert(number);
                    }
                }
            }
        }
        Ok(calls)
    }

    /// A list and who publishes it, when it is to be believed now.
    fn judge(&self, text: &str) -> Result<(PublishedList, String), Fault> {
        let bad = |why: String| Fault::from(EngineError::BadInput(why));
        let published = json::parse(text.as_bytes()).map_err(|e| bad(ListError::from(e).to_string()))?;
        let published = PublishedList::read(&published).map_err(|e| bad(e.to_string()))?;
        let said = self.check_credential(text.as_bytes(), self.now.get()).map_err(|e| bad(e.to_string()))?;
        if said.outcome == Outcome::Altered {
            return Err(bad(format!("this list is not to be believed: {}", said.message)));
        }
        let name = said.issuer_name.filter(|_| said.in_standing);
        let name = name.ok_or_else(|| bad("nobody your ledgers trust vouches for whoever signed this list, so it is not followed".into()))?;
        if !published.holds(self.now.get()) {
            return Err(bad("this list does not hold now: its time has passed or not come; ask its publisher for the newest".into()));
        }
        Ok((published, name))
    }

    pub(super) fn follow(&self, text: &str, now: Millis) -> Result<Answer, Fault> {
        let (published, _) = self.judge(text)?;
        let bad = |why: &str| Fault::from(EngineError::BadInput(why.to_owned()));
        let (issuer, name) = (published.issuer, published.list.name);
        let held = self.store.borrow().followed()?;
        match held.iter().find(|f| f.issuer == issuer && f.name == name) {
            Some(old) if read(old).is_some_and(|old| old.from > published.from) => {
                return Err(bad("you follow a newer version of this list already"));
            }
            None if held.len() >= MOST => return Err(bad("you follow as many lists as there is room for; leave one first")),
            _ => {}
        }
        self.store.borrow_mut().follow(&Followed { issuer, name, json: text.to_owned(), time: now })?;
        self.calls.replace(None);
        self.my_lists()
    }

    pub(super) fn unfollow(&self, issuer: &str, name: &str) -> Result<Answer, Fault> {
        self.store.borrow_mut().unfollow(issuer, name)?;
        self.calls.replace(None);
        self.my_lists()
    }

    /// The lists that are followed, as a screen shows them.
    pub(super) fn followed_lists(&self) -> Result<Vec<FollowedList>, Fault> {
        let held = self.store.borrow().followed()?;
        Ok(held
            .into_iter()
            .map(|f| {
                let judged = self.judge(&f.json);
                let trouble = judged.as_ref().err().map(|fault| match fault {
                    Fault::Final(e) => e.to_string(),
                    Fault::Store(e) => e.to_string(),
                });
                let (of, by) = judged.map_or_else(|_| (read(&f), String::new()), |(p, by)| (Some(p), by));
                let count = |calls: Option<usize>| calls.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
                FollowedList {
                    boycott: count(of.as_ref().map(|p| p.list.boycott.len())),
                    support: count(of.as_ref().map(|p| p.list.support.len())),
                    until: of.and_then(|p| p.until),
                    issuer: f.issuer,
                    name: f.name,
                    by,
                    trouble,
                }
            })
            .collect())
    }
}

fn read(followed: &Followed) -> Option<PublishedList> {
    PublishedList::read(&json::parse(followed.json.as_bytes()).ok()?).ok()
}
