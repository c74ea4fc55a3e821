//! Lists that others publish: an NGO's calls to boycott or to support, signed by it, for whoever chooses to follow them.
//!
//! ```json
//! { "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "ValuesListCredential"],
//!   "issuer": { "id": "did:key:z6Mk…" }, "validFrom": "2026-11-01T00:00:00Z", "validUntil": "2027-05-01T00:00:00Z",
//!   "credentialSubject": { "name": "Fair chocolate",
//!     "boycott": [{ "id": "brand:x", "name": "X", "why": "It buys from farms where children work." }], "support": [] },
//!   "proof": { … } }
//! ```
//! A W3C Verifiable Credential 2.0 with a Data Integrity proof. Whom it names is a subject id of a ledger; what is called for holds for all that belongs to
//! it. Names and reasons are the publisher's own words. This reads what it says; that its signature holds is checked where it is followed.

use crate::{measure::Millis, statement::json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The type beside `VerifiableCredential`.
const TYPE: &str = "ValuesListCredential";

/// What is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    /// Not to buy it.
    Boycott,
    /// To prefer it.
    Support,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallFor {
    /// Whom it is about: a subject id.
    pub id: String,
    /// The name, as the publisher writes it.
    pub name: String,
    /// Why, in a sentence.
    #[serde(default)]
    pub why: String,
}

/// A published list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValuesList {
    /// What it is called.
    pub name: String,
    /// Whom not to buy from.
    #[serde(default)]
    pub boycott: Vec<CallFor>,
    /// Whom to prefer.
    #[serde(default)]
    pub support: Vec<CallFor>,
}

/// A published list as its credential has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedList {
    /// What it says.
    pub list: ValuesList,
    /// Its issuer, as it names itself; a `did:key`.
    pub issuer: String,
    /// From when on it holds; of two with one name and issuer the later one counts.
    pub from: Millis,
    /// Until when it holds.
    pub until: Option<Millis>,
}

/// Why a list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Not JSON that a signature can cover.
    #[error("this is no list that can be followed: {0}")]
    Json(#[from] json::JsonError),
    /// JSON of something else.
    #[error("this is no list that can be followed ({0}); ask its publisher for the signed file")]
    Shape(String),
    /// Too much in it.
    #[error("this list is too long: at most {} calls, names of {} characters and reasons of {}", ValuesList::MOST, ValuesList::NAME, ValuesList::WHY)]
    TooLong,
    /// Nothing in it.
    #[error("this list calls for nothing")]
    Empty,
}

impl ValuesList {
    /// The most calls in a list.
    pub const MOST: usize = 2_000;
    /// The longest name and id, in characters.
    pub const NAME: usize = 200;
    /// The longest reason, in characters.
    pub const WHY: usize = 500;

    /// Every call with its stance, boycotts first.
    pub fn calls(&self) -> impl Iterator<Item = (Stance, &CallFor)> {
        let of = |stance| move |call| (stance, call);
        self.boycott.iter().map(of(Stance::Boycott)).chain(self.support.iter().map(of(Stance::Support)))
    }

    /// Checks how much is in it.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn check(&self) -> Result<(), ListError> {
        let long = |text: &str, most: usize| text.chars().count() > most;
        if self.calls().next().is_none() {
            return Err(ListError::Empty);
        }
        let sound = |c: &CallFor| !c.id.is_empty() && !long(&c.id, Self::NAME) && !long(&c.name, Self::NAME) && !long(&c.why, Self::WHY);
        if self.calls().count() > Self::MOST || self.name.is_empty() || long(&self.name, Self::NAME) || !self.calls().all(|(_, c)| sound(c)) {
            return Err(ListError::TooLong);
        }
        Ok(())
    }

    /// The credential that its publisher signs.
    #[must_use]
    pub fn credential(&self, issuer: &str, from: Millis, until: Option<Millis>) -> Value {
        let mut credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", TYPE],
            "issuer": { "id": issuer }, "validFrom": from.to_rfc3339(), "credentialSubject": self,
        });
        if let Some(until) = until {
            credential["validUntil"] = until.to_rfc3339().into();
        }
        credential
    }
}

impl PublishedList {
    /// Reads a credential; its signature is not checked here.
    ///
    /// # Errors
    /// It is no such list, or too long.
    pub fn read(credential: &Value) -> Result<Self, ListError> {
        let shape = |why: &str| ListError::Shape(why.to_owned());
        if !credential.get("type").and_then(Value::as_array).is_some_and(|types| types.iter().any(|t| t == TYPE)) {
            return Err(shape("it is not of the type ValuesListCredential"));
        }
        let issuer =
            credential.get("issuer").and_then(|i| i.as_str().or_else(|| i.get("id")?.as_str())).ok_or_else(|| shape("it names no issuer"))?;
        let time = |member: &str| match credential.get(member) {
            None => Ok(None),
            Some(time) => {
                time.as_str().and_then(|t| Millis::parse_rfc3339(t).ok()).map(Some).ok_or_else(|| shape(&format!("its {member} is no time")))
            }
        };
        let from = time("validFrom")?.ok_or_else(|| shape("it has no validFrom"))?;
        let subject = credential.get("credentialSubject").cloned().unwrap_or_default();
        let list: ValuesList = serde_json::from_value(subject).map_err(|e| ListError::Shape(e.to_string()))?;
        list.check()?;
        Ok(Self { list, issuer: issuer.to_owned(), from, until: time("validUntil")? })
    }

    /// True when it holds at this time.
    #[must_use]
    pub fn holds(&self, now: Millis) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> ValuesList {
        let call = |id: &str| CallFor { id: id.into(), name: id.to_uppercase(), why: "For a reason.".into() };
        ValuesList { name: "Fair chocolate".into(), boycott: vec![call("brand:x")], support: vec![call("brand:y")] }
    }

    #[test]
    fn what_is_written_reads_back_and_holds_from_one_day_to_the_other() {
        let credential = list().credential("did:key:z6Mk", Millis(1_000), Some(Millis(5_000)));
        let read = PublishedList::read(&credential).unwrap();
        assert_eq!((&read.list, read.issuer.as_str()), (&list(), "did:key:z6Mk"));
        assert_eq!([999, 1_000, 4_999, 5_000].map(|now| read.holds(Millis(now))), [false, true, true, false]);
        assert!(PublishedList::read(&list().credential("x", Millis(0), None)).unwrap().holds(Millis(i64::MAX)));
    }

    #[test]
    fn what_is_no_list_or_too_long_is_refused_with_what_is_wrong() {
        let written = list().credential("did:key:z6Mk", Millis(0), None);
        let with = |member: &str, value: Value| {
            let mut changed = written.clone();
            changed[member] = value;
            PublishedList::read(&changed).unwrap_err()
        };
        assert!(matches!(with("type", json!(["VerifiableCredential"])), ListError::Shape(why) if why.contains("type")));
        assert!(matches!(with("validFrom", json!("yesterday")), ListError::Shape(why) if why.contains("validFrom")));
        assert!(matches!(with("issuer", json!(5)), ListError::Shape(_)));
        assert!(matches!(with("credentialSubject", json!({ "name": "a", "hate": [] })), ListError::Shape(why) if why.contains("hate")));
        assert_eq!(with("credentialSubject", json!({ "name": "a" })), ListError::Empty);
        let long = ValuesList { boycott: vec![list().boycott[0].clone(); ValuesList::MOST + 1], ..list() };
        assert_eq!(long.check(), Err(ListError::TooLong));
        let wordy = ValuesList { name: "a".repeat(ValuesList::NAME + 1), ..list() };
        assert_eq!(wordy.check(), Err(ListError::TooLong));
    }
}
