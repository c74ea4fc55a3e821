//! A credential that somebody hands over as a file: are its proofs good, who issued it, and is it the one on the ledger?

use super::{
    choose::{self, Said},
    service::{Engine, Fault},
    store::Slot,
    view::View,
    wire::EngineError,
};
use crate::{
    measure::Millis,
    passport::{DidWeb, EnvelopeError, KnownPassport, Outcome, Resolved, SnapshotView as _, compact_in, open_envelope},
    provenance::Private,
    statement::{self, DidKey, PassportStatus, StatementError, json},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The largest credential that is looked at, in bytes.
pub const MAX_CREDENTIAL: usize = 4 * 1024 * 1024;

/// What came of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialCheck {
    /// As for a code: altered, unknown issuer, not accredited, revoked, suspended, superseded, expired, not in snapshot, verified.
    pub outcome: Outcome,
    /// In a plain sentence.
    pub message: String,
    /// What to do next.
    pub next_step: String,
    /// The key it names as its issuer, when that is a `did:key` or was looked up.
    pub issuer: Option<DidKey>,
    /// The issuer's name on the ledger.
    pub issuer_name: Option<String>,
    /// True when somebody the ledger trusts vouches for the issuer now.
    pub in_standing: bool,
    /// The keys whose proofs hold.
    pub signers: Vec<DidKey>,
    /// True when it is the very body that the ledger has a passport for.
    pub logged: bool,
    /// The number on this device of that.
    pub number: Option<u32>,
    /// Name of the subject on the ledger.
    pub name: Option<String>,
    /// How many attributes it has that it says to named readers only.
    pub private: usize,
    /// Those of them that were shown along with it, and are what was signed.
    pub disclosed: Vec<Disclosed>,
}

/// A private attribute that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disclosed {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub value: Value,
}

/// Why a file is no credential that could be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The text cannot be read as JSON that a signature can cover.
    #[error("{0}")]
    Json(#[from] json::JsonError),
    /// JSON, but not a signed credential.
    #[error("this is not a signed credential: {0}")]
    Shape(String),
    /// Too large.
    #[error("this file is larger than any credential (at most 4 MB)")]
    TooLarge,
    /// The store failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl CredentialError {
    /// A stable name for scripts, e.g. `duplicate-key`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Json(json::JsonError::Syntax(_)) => "not-json",
            Self::Json(json::JsonError::DuplicateKey(_)) => "duplicate-key",
            Self::Json(json::JsonError::Number(_)) => "number",
            Self::Json(json::JsonError::TooDeep) => "too-deep",
            Self::Shape(_) => "not-a-credential",
            Self::TooLarge => "too-large",
            Self::Engine(_) => "store",
        }
    }
}

impl Engine {
    /// Judges a credential, as JSON, in a `vc+jwt` envelope or as an SD-JWT: its proofs, its issuer's standing in the snapshot, and whether it is the body on the ledger.
    ///
    /// # Errors
    /// The text is not JSON that JCS can carry, or no signed credential. A proof that does not hold is an answer, not an error.
    pub fn check_credential(&self, text: &[u8], now: Millis) -> Result<CredentialCheck, CredentialError> {
        self.check_credential_of(text, &Resolved::default(), now)
    }

    /// The same for a credential whose issuer is a `did:web` that a person had looked up ([`did_web_issuer`]).
    ///
    /// # Errors
    /// As [`Self::check_credential`].
    pub fn check_credential_of(&self, text: &[u8], known: &Resolved, now: Millis) -> Result<CredentialCheck, CredentialError> {
        if text.len() > MAX_CREDENTIAL {
            return Err(CredentialError::TooLarge);
        }
        let shown;
        let (document, envelope) = match std::str::from_utf8(text).ok().and_then(compact_in) {
            None => {
                let (credential, disclosures) = apart(json::parse(text)?)?;
                shown = disclosures;
                (credential, None)
            }
            Some(jwt) => match open_envelope(&jwt, &|method| known.key(method)) {
                Ok(opened) => {
                    shown = opened.disclosures;
                    (opened.credential, Some(opened.signer))
                }
                Err(e @ EnvelopeError::Signature(key)) => return Ok(answer(Outcome::Altered, format!("{e}."), Some(key))),
                Err(e @ EnvelopeError::OtherIssuer { signer }) => {
                    let mut said = answer(Outcome::Altered, format!("{e}."), None);
                    said.signers = vec![signer];
                    return Ok(said);
                }
                Err(EnvelopeError::Json(e)) => return Err(e.into()),
                Err(e) => return Err(CredentialError::Shape(e.to_string())),
            },
        };
        let issuer = issuer_of(&document).ok_or_else(|| CredentialError::Shape("it names no issuer".into()))?;
        let mut signers: Vec<DidKey> = envelope.into_iter().collect();
        // What an envelope holds may have proofs of its own, for instance a certifier's; without an envelope it must.
        if envelope.is_none() || document.get("proof").is_some() {
            match statement::verify_proofs_with(&document, &|method| known.key(method)) {
                Ok(keys) => signers.extend(keys.into_iter().filter(|key| Some(*key) != envelope)),
                Err(e @ StatementError::Proof { .. }) => return Ok(answer(Outcome::Altered, format!("{e}."), did(issuer))),
                Err(StatementError::Shape { why, .. }) => return Err(CredentialError::Shape(why)),
                Err(e) => return Err(CredentialError::Shape(e.to_string())),
            }
        }
        let Some(issuer) = did(issuer).or_else(|| signers.iter().find(|key| known.has(issuer, key)).copied()) else {
            return Err(CredentialError::Shape(format!(
                "its issuer {issuer} is not an Ed25519 did:key, and no address is looked up for it unless you ask (verify --resolve)"
            )));
        };
        if !signers.contains(&issuer) {
            let mut said = answer(
                Outcome::Altered,
                "It is signed, but not by the issuer it names: whoever signed it speaks in another's name.".into(),
                Some(issuer),
            );
            said.signers = signers;
            return Ok(said);
        }
        let digest: [u8; 32] = Sha256::digest(json::canonical(&document)?).into();
        let mut said = self.standing(issuer, &digest, now).map_err(|fault| match fault {
            Fault::Final(e) => e,
            Fault::Store(e) => e.into(),
        })?;
        said.signers = signers;
        let private = Private::of(&document);
        match private.open(&shown) {
            Ok(disclosed) => said.disclosed = disclosed.into_iter().map(|d| Disclosed { name: d.name, value: d.value }).collect(),
            Err(e) => return Ok(answer(Outcome::Altered, format!("{e}."), Some(issuer))),
        }
        said.private = private.digests.len();
        Ok(said)
    }

    /// What the ledger that knows most of it says.
    fn standing(&self, issuer: DidKey, digest: &[u8; 32], now: Millis) -> Result<CredentialCheck, Fault> {
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let said = choose::best(&c, &store, |view, slot| {
            let answer = standing(view, slot, issuer, digest, now);
            Ok(Said { slot, outcome: answer.outcome, number: answer.number, answer })
        })?;
        Ok(said.answer)
    }
}

/// A credential by itself, or with private attributes that are shown along with it: `{"credential": {…}, "disclosures": ["…"]}`.
fn apart(document: Value) -> Result<(Value, Vec<String>), CredentialError> {
    match document {
        Value::Object(mut members) if members.len() == 2 && members.contains_key("credential") && members.contains_key("disclosures") => {
            let shown = members.remove("disclosures").unwrap_or_default();
            let shown = Vec::deserialize(shown).map_err(|_| CredentialError::Shape("its disclosures are not a list of texts".into()))?;
            Ok((members.remove("credential").unwrap_or_default(), shown))
        }
        document => Ok((document, Vec::new())),
    }
}

/// The `did:web` that a credential names as its issuer, if it is one: what would have to be looked up. Nothing is looked up here.
#[must_use]
pub fn did_web_issuer(text: &[u8]) -> Option<DidWeb> {
    let compact = std::str::from_utf8(text).ok().and_then(compact_in);
    let payload = compact.map(|jwt| URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap_or_default()).unwrap_or_default());
    let document = json::parse(payload.as_deref().unwrap_or(text)).ok()?;
    DidWeb::parse(issuer_of(&document)?).ok()
}

fn standing(view: &View<'_>, slot: Slot, issuer: DidKey, digest: &[u8; 32], now: Millis) -> CredentialCheck {
    let actor = view.actors().iter().find(|a| a.has(&issuer));
    let head = digest.first_chunk::<16>().copied().unwrap_or_default();
    let logged = view.by_digest(&head).and_then(|n| Some((n, view.passport(u64::from(n))?))).filter(|(_, p)| p.issuer_keys.contains(&issuer));
    let in_standing = actor.is_some_and(|a| !a.standing.is_empty());
    let (outcome, message) = match (actor, &logged) {
        (None, _) => (Outcome::UnknownIssuer, "The signature holds, but nobody on the ledger has the key that made it.".to_owned()),
        (Some(a), _) if !in_standing => (Outcome::NotAccredited, format!("Signed by {}, whom nobody the ledger trusts vouches for now.", a.name)),
        (Some(a), None) if a.keys().any(|k| k.key == issuer && k.until.is_some()) => {
            (Outcome::NotAccredited, format!("Signed with a key that {} had and no longer uses, and not on the ledger of this snapshot.", a.name))
        }
        (Some(a), None) => (Outcome::NotInSnapshot, format!("Signed by {}, but this very text is not on the ledger of this snapshot.", a.name)),
        (Some(a), Some((_, passport))) => {
            let outcome = status(passport, view.clock(now));
            (outcome, format!("Signed by {} and on the ledger, for {}. {}", a.name, passport.name, outcome.sentence()))
        }
    };
    let mut said = answer(outcome, message, Some(issuer));
    said.issuer_name = actor.map(|a| a.name.clone());
    said.in_standing = in_standing;
    said.logged = logged.is_some();
    said.number = logged.as_ref().map(|l| slot.number(l.0));
    said.name = logged.map(|l| l.1.name);
    said
}

fn answer(outcome: Outcome, message: String, issuer: Option<DidKey>) -> CredentialCheck {
    let next_step = outcome.next_step().to_owned();
    CredentialCheck {
        outcome,
        message,
        next_step,
        issuer,
        issuer_name: None,
        in_standing: false,
        signers: Vec::new(),
        logged: false,
        number: None,
        name: None,
        private: 0,
        disclosed: Vec::new(),
    }
}

fn status(passport: &KnownPassport, now: Millis) -> Outcome {
    match passport.status {
        PassportStatus::Revoked => Outcome::Revoked,
        PassportStatus::Suspended => Outcome::Suspended,
        PassportStatus::Superseded => Outcome::Superseded,
        PassportStatus::Valid if passport.valid_until.is_some_and(|until| now >= until) => Outcome::Expired,
        PassportStatus::Valid => Outcome::Verified,
    }
}

/// The issuer's identifier: W3C VC 2.0, 4.7, allows a string or an object with an `id`.
fn issuer_of(document: &Value) -> Option<&str> {
    let issuer = document.get("issuer")?;
    issuer.as_str().or_else(|| issuer.get("id")?.as_str())
}

fn did(text: &str) -> Option<DidKey> {
    DidKey::try_from(text.to_owned()).ok()
}
