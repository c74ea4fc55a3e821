//! Private attributes: what a passport says to named readers only, and what its holder may show one piece at a time.
//!
//! RFC 9901 (SD-JWT), 4.2.1 (disclosures for object properties), 4.2.3 (hashing), 4.2.4.1 (`_sd`), 7.1 (verification); the encryption to readers is
//! age v1 (<https://age-encryption.org/v1>, X25519), done where there is randomness (`crate::node`).
//!
//! ```text
//! disclosure = base64url( JSON [salt, name, value] )            salt: 16 random bytes, base64url
//! digest     = base64url( SHA-256(disclosure) )
//! "_sd":    [digest, …]                                         sorted, so that the order says nothing
//! "sealed": [{"readers": ["age1…"], "data": base64url( age file of the JSON list of disclosures )}]
//! ```
//! Both members lie in the credential's subject (in a UNTP passport in its `characteristics`, which are the issuer's to fill), so they are signed,
//! and the ledger's digest of the passport covers them. Whoever has a reader's key opens all disclosures and finds each digest in the credential;
//! anybody else sees how many there are. Whoever has opened them can show one without the others: without its salt a digest gives nothing away.

use super::credential::has_type;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// The most private attributes of one passport.
pub const MAX_PRIVATE: usize = 64;
/// The longest disclosure, in bytes.
const MAX_DISCLOSURE: usize = 16 * 1024;

/// A private attribute, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosure {
    text: String,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub value: Value,
}

/// Disclosures, encrypted to readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// To whom: age recipients, `age1…`.
    pub readers: Vec<String>,
    /// An age file, base64url without padding.
    pub data: String,
}

/// What a credential says of its private attributes to everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Private {
    /// A digest for each.
    pub digests: Vec<String>,
    /// Their encrypted disclosures.
    pub sealed: Vec<Sealed>,
}

/// Why a private attribute is not to be believed, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrivateError {
    /// Not a disclosure.
    #[error("this is not a disclosure: base64url of a JSON list of salt, name and value")]
    Form,
    /// A name that could be taken for something else.
    #[error("a private attribute cannot be called \"{0}\"; give each a name of its own, of 1 to 100 characters")]
    Name(String),
    /// The credential does not have it.
    #[error("the passport has no private attribute with this name, value and salt: \"{0}\" was altered or belongs to another passport")]
    NotInCredential(String),
    /// Disclosed twice.
    #[error("\"{0}\" is disclosed twice")]
    Twice(String),
    /// More than a passport carries.
    #[error("a passport carries at most {MAX_PRIVATE} private attributes")]
    TooMany,
}

impl Disclosure {
    /// Makes one; the caller brings the randomness.
    ///
    /// # Errors
    /// The name is empty, too long, or reserved.
    pub fn new(salt: [u8; 16], name: &str, value: Value) -> Result<Self, PrivateError> {
        let text = URL_SAFE_NO_PAD.encode(json!([URL_SAFE_NO_PAD.encode(salt), name, value]).to_string());
        Self::parse(&text)
    }

    /// Reads one.
    ///
    /// # Errors
    /// It is none, or has a name that is reserved.
    pub fn parse(text: &str) -> Result<Self, PrivateError> {
        let bytes = Some(text).filter(|t| t.len() <= MAX_DISCLOSURE).and_then(|t| URL_SAFE_NO_PAD.decode(t).ok()).ok_or(PrivateError::Form)?;
        let parts = crate::statement::json::parse(&bytes).map_err(|_| PrivateError::Form)?;
        let Some([Value::String(_), Value::String(name), value]) = parts.as_array().map(Vec::as_slice) else { return Err(PrivateError::Form) };
        // RFC 9901, 7.1, 3.c.ii.3: these two names stand for something in the format itself.
        if matches!(name.as_str(), "_sd" | "..." | "sealed" | "") || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(PrivateError::Name(name.chars().take(40).collect()));
        }
        Ok(Self { text: text.to_owned(), name: name.clone(), value: value.clone() })
    }

    /// Its text, as it is shown to somebody.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its digest, as it stands in the credential.
    #[must_use]
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.text))
    }
}

/// Writes private attributes into a credential that is not signed yet.
///
/// # Errors
/// There are too many, or two of one name, or one has the name of something that is said openly.
pub fn conceal(credential: &mut Value, disclosures: &[Disclosure], sealed: Option<Sealed>) -> Result<(), PrivateError> {
    if disclosures.len() > MAX_PRIVATE {
        return Err(PrivateError::TooMany);
    }
    let members = holder(credential).and_then(|at| credential.pointer_mut(at)).and_then(Value::as_object_mut).ok_or(PrivateError::Form)?;
    let mut names = BTreeSet::new();
    for Disclosure { name, .. } in disclosures {
        if members.contains_key(name) || !names.insert(name) {
            return Err(PrivateError::Name(name.clone()));
        }
    }
    let digests: BTreeSet<String> = disclosures.iter().map(Disclosure::digest).collect();
    members.insert("_sd".into(), digests.into_iter().collect());
    if let Some(sealed) = sealed {
        members.insert("sealed".into(), json!([sealed]));
    }
    Ok(())
}

impl Private {
    /// What a credential says openly of its private attributes.
    #[must_use]
    pub fn of(credential: &Value) -> Self {
        let at = |name: &str| holder(credential).and_then(|at| credential.pointer(at)).and_then(|members| members.get(name));
        let digests = at("_sd").and_then(|list| Vec::deserialize(list).ok()).unwrap_or_default();
        let sealed = at("sealed").and_then(|list| Vec::deserialize(list).ok()).unwrap_or_default();
        Self { digests, sealed }
    }

    /// Verifies disclosures: each is one of this credential's, and none comes twice.
    ///
    /// # Errors
    /// The first that is not.
    pub fn open(&self, disclosures: &[String]) -> Result<Vec<Disclosure>, PrivateError> {
        let mut names = BTreeSet::new();
        let one = |text: &String| {
            let disclosure = Disclosure::parse(text)?;
            let digest = disclosure.digest();
            match self.digests.iter().filter(|d| **d == digest).count() {
                1 if names.insert(disclosure.name.clone()) => Ok(disclosure),
                0 => Err(PrivateError::NotInCredential(disclosure.name)),
                _ => Err(PrivateError::Twice(disclosure.name)),
            }
        };
        disclosures.iter().map(one).collect()
    }
}

/// Where in a credential its private attributes lie.
fn holder(credential: &Value) -> Option<&'static str> {
    let untp = has_type(credential.get("type")?, "DigitalProductPassport");
    Some(if untp { "/credentialSubject/characteristics" } else { "/credentialSubject" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential() -> Value {
        json!({ "type": ["VerifiableCredential", "ProductPassport"], "credentialSubject": { "name": "Bag" } })
    }

    fn three() -> Vec<Disclosure> {
        let one = |n: u8, name: &str| Disclosure::new([n; 16], name, json!(n)).unwrap();
        vec![one(1, "supplier"), one(2, "price"), one(3, "margin")]
    }

    /// RFC 9901, 4.2.3 and 5.1.
    #[test]
    fn digests_are_those_of_the_rfc() {
        for (text, name, value, digest) in [
            (
                "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
                "family_name",
                "Möbius",
                "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
            ),
            ("WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd", "given_name", "John", "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"),
        ] {
            let read = Disclosure::parse(text).unwrap();
            assert_eq!((read.name.as_str(), &read.value, read.digest().as_str()), (name, &json!(value), digest));
        }
    }

    #[test]
    fn one_attribute_is_shown_without_the_others_and_no_other_can_be_shown() {
        let mut passport = credential();
        let all = three();
        conceal(&mut passport, &all, None).unwrap();
        let private = Private::of(&passport);
        assert_eq!(private.digests.len(), 3);
        assert!(!passport.to_string().contains("supplier") && private.digests.is_sorted());
        let shown = private.open(&[all[1].text().to_owned()]).unwrap();
        assert_eq!((shown.len(), shown[0].name.as_str(), &shown[0].value), (1, "price", &json!(2)));
        // Another value, or the same with another salt, is not what was signed.
        for other in [Disclosure::new([2; 16], "price", json!(9)).unwrap(), Disclosure::new([9; 16], "price", json!(2)).unwrap()] {
            assert_eq!(private.open(&[other.text().to_owned()]), Err(PrivateError::NotInCredential("price".into())));
        }
        assert_eq!(private.open(&[all[0].text().to_owned(), all[0].text().to_owned()]), Err(PrivateError::Twice("supplier".into())));
        assert_eq!(Private::of(&credential()), Private::default());
    }

    #[test]
    fn a_name_stands_for_one_thing() {
        let one = |name: &str| Disclosure::new([1; 16], name, json!(1));
        for name in ["", "_sd", "...", "sealed", "a\nb", &"x".repeat(101)] {
            assert!(matches!(one(name), Err(PrivateError::Name(_))), "{name}");
        }
        let twice = [one("a").unwrap(), Disclosure::new([2; 16], "a", json!(2)).unwrap()];
        assert_eq!(conceal(&mut credential(), &twice, None), Err(PrivateError::Name("a".into())));
        assert_eq!(conceal(&mut credential(), &[one("name").unwrap()], None), Err(PrivateError::Name("name".into())), "it is said openly");
        let many: Vec<_> = (0..65).map(|n| one(&n.to_string()).unwrap()).collect();
        assert_eq!(conceal(&mut credential(), &many, None), Err(PrivateError::TooMany));
        assert_eq!(conceal(&mut json!({}), &[], None), Err(PrivateError::Form));
    }

    #[test]
    fn what_is_no_disclosure_is_refused() {
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for text in ["", "{", &encoded("[]"), &encoded(r#"["s","n"]"#), &encoded(r#"["s",1,2]"#), &encoded(r#"["s","n",1,2]"#), &encoded("x")] {
            assert_eq!(Disclosure::parse(text), Err(PrivateError::Form), "{text}");
        }
        assert_eq!(Disclosure::parse(&encoded(&format!("[\"s\",\"n\",\"{}\"]", "x".repeat(20_000)))), Err(PrivateError::Form));
    }
}
