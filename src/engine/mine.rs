//! What is the person's own: profile, history, typed prices, and taking all of it along.

use super::{
    calls::Calls,
    choose,
    options::Lists,
    scan::believed,
    service::{Engine, Fault},
    store::{Deed, Followed, MAX_MARKS, Mark, Seen, Taken},
    wire::{Answer, EngineError, HistoryRow},
};
use crate::{
    measure::{Millis, Money},
    passport::Outcome,
    values::{Ours, Profile, ProfileError},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest export that is read back, in bytes.
const MAX_IMPORT: usize = 8 * 1024 * 1024;
/// The longest code and name that an import may bring.
const MAX_TEXT: usize = 8 * 1024;

/// Everything personal, as `Export` writes it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Personal {
    /// Format version; this code writes [`VERSION`] and reads all up to it. The first had no deeds, the second no lists, the third no organisation.
    version: u32,
    #[serde(default)]
    profile: Option<serde_json::Value>,
    #[serde(default)]
    history: Vec<PastScan>,
    #[serde(default)]
    prices: BTreeMap<String, Money>,
    #[serde(default)]
    deeds: Vec<Deed>,
    #[serde(default)]
    lists: Vec<Mark>,
    #[serde(default)]
    followed: Vec<Followed>,
    #[serde(default)]
    ours: Option<OursFile>,
}

const VERSION: u32 = 4;

/// The profile of an organisation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OursFile {
    name: String,
    profile: serde_json::Value,
    speaks: bool,
}

/// The profile in a text: one that stands alone, or the one in an export of everything personal.
pub(super) fn profile_in(text: &str) -> Result<Profile, ProfileError> {
    match serde_json::from_str::<Personal>(text) {
        Ok(Personal { profile: Some(profile), .. }) if text.len() <= MAX_IMPORT => Profile::import(&profile.to_string()),
        _ => Profile::import(text),
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PastScan {
    time: String,
    code: String,
    #[serde(default)]
    name: String,
}

impl Engine {
    pub(super) fn set_profile(&self, profile: &Profile) -> Result<Answer, Fault> {
        let mut store = self.store.borrow_mut();
        let before = store.profile()?.unwrap_or_default();
        if profile.choices == before.choices {
            store.set_profile(profile)?
        } else {
            store.replace_profile(profile)?
        }
        Ok(Answer::Profile(store.profile()?))
    }

    pub(super) fn set_price(&self, subject: u32, price: Option<Money>) -> Result<Answer, Fault> {
        let mut store = self.store.borrow_mut();
        let known = store.subject(subject)?.ok_or_else(|| EngineError::BadInput("this snapshot has no such product; scan it again".into()))?;
        store.set_my_price(&known.id, price)?;
        Ok(Answer::Done)
    }

    /// Past scans, each judged anew with today's snapshot and profile, so that they never disagree with the other screens. A product that
    /// was unknown when it was scanned is resolved as soon as a snapshot knows it.
    pub(super) fn history(&self, now: Millis) -> Result<Vec<HistoryRow>, Fault> {
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let profile = store.judging()?;
        let lists = Lists { catalogue: &c, store: &store, profile: &profile, typed: &BTreeMap::new(), calls: &Calls::default() };
        let rows = store.seen()?.into_iter().map(|seen| {
            let said = choose::check(&c, &store, &seen.code, now)?;
            let (number, check) = (said.number, said.answer);
            let fit = number.filter(|_| believed(check.outcome)).map(|n| lists.fit(n));
            let name = number.map(|n| c.name(n)).filter(|n| !n.is_empty()).or(Some(seen.name.as_str())).filter(|n| !n.is_empty());
            Ok(HistoryRow {
                id: seen.id,
                time: seen.time,
                name: name.map_or_else(|| check.gtin.map_or_else(|| seen.code.clone(), |g| g.to_string()), str::to_owned),
                outcome: check.outcome,
                number,
                band: fit.map(|f| f.1),
                alignment: fit.map(|f| f.0),
                saved_for_later: check.outcome == Outcome::NotInSnapshot,
                code: seen.code,
            })
        });
        rows.collect()
    }

    pub(super) fn export(&self) -> Result<Answer, Fault> {
        let store = self.store.borrow();
        let personal = Personal {
            version: VERSION,
            // The same text that a profile alone is exported as, so that either can be read.
            profile: store.profile()?.and_then(|p| serde_json::from_str(&p.export()).ok()),
            history: store.seen()?.into_iter().map(|s| PastScan { time: s.time.to_rfc3339(), code: s.code, name: s.name }).collect(),
            prices: store.my_prices()?,
            deeds: store.deeds()?,
            lists: store.marks()?,
            followed: store.followed()?,
            ours: store
                .ours()?
                .and_then(|o| Some(OursFile { profile: serde_json::from_str(&o.profile.export()).ok()?, name: o.name, speaks: o.speaks })),
        };
        let text = serde_json::to_string_pretty(&personal).map_err(|e| EngineError::Store(e.to_string()))?;
        Ok(Answer::Text(text))
    }

    pub(super) fn import(&self, text: &str) -> Result<Answer, Fault> {
        let bad = |why: String| Fault::from(EngineError::BadInput(format!("this is not an export of EcoSphere ({why}); nothing was taken over")));
        if text.len() > MAX_IMPORT {
            return Err(bad("it is too large".into()));
        }
        let personal: Personal = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
        if !(1..=VERSION).contains(&personal.version) {
            return Err(bad(format!("it is of version {}; update the app", personal.version)));
        }
        let mine = self.store.borrow().profile()?.unwrap_or_default();
        let profile = personal.profile.map(|p| Profile::import_for(&p.to_string(), &mine).map_err(|e| bad(e.to_string()))).transpose()?;
        let ours = personal.ours.map(|o| {
            let profile = Profile::import(&o.profile.to_string()).map_err(|e| bad(e.to_string()))?;
            Ok::<_, Fault>(Ours { speaks: o.speaks, ..Ours::of(&o.name, &profile) })
        });
        let ours = ours.transpose()?;
        let mut seen = Vec::with_capacity(personal.history.len());
        for past in personal.history {
            if past.code.len() > MAX_TEXT || past.name.len() > MAX_TEXT {
                return Err(bad("a code in it is too long".into()));
            }
            seen.push(Seen { id: 0, time: Millis::parse_rfc3339(&past.time).map_err(|e| bad(e.to_string()))?, code: past.code, name: past.name });
        }
        if personal.prices.iter().any(|(id, p)| id.len() > MAX_TEXT || p.minor < 0) {
            return Err(bad("a price in it cannot be one".into()));
        }
        if personal.deeds.iter().any(|d| d.subject.len() > MAX_TEXT || d.name.len() > MAX_TEXT || d.choices.len() > 2) {
            return Err(bad("something that was taken in it is too long".into()));
        }
        if personal.lists.len() > MAX_MARKS || personal.lists.iter().any(|m| m.subject.len() > MAX_TEXT || m.name.len() > MAX_TEXT) {
            return Err(bad("a list in it is too long".into()));
        }
        let taken = Taken {
            profile: profile.as_ref(),
            seen: &seen,
            prices: &personal.prices,
            deeds: &personal.deeds,
            marks: &personal.lists,
            followed: &personal.followed,
            ours: ours.as_ref(),
        };
        self.store.borrow_mut().import(&taken)?;
        self.calls.replace(None);
        Ok(Answer::Done)
    }
}
