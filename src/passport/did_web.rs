//! `did:web`: an identifier that is a web address, and the keys that the document there names.
//!
//! did:web Method Specification (W3C Credentials Community Group), 2.5.2 "Read (Resolve)"; W3C DID Core 1.0, 5.2 and 5.3; W3C Controlled
//! Identifiers 1.0, 2.2.2 and 2.2.3 (`Multikey`, `JsonWebKey`).
//!
//! ```text
//! did:web:example.org                    https://example.org/.well-known/did.json
//! did:web:example.org%3A8443:u:alice     https://example.org:8443/u/alice/did.json
//! ```
//! Nothing here opens a connection. Asking a web server says that somebody looks at one of its products just now, so it happens only where a
//! person asks for it, never on a scan. This host's own address (`localhost`, `127.0.0.1`) is read over http, as browsers treat it.

use crate::statement::{
    DidKey,
    json::{self, JsonError},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The largest document that is read, in bytes.
pub const MAX_DID_DOCUMENT: usize = 64 * 1024;
/// The longest identifier, in bytes.
const MAX_DID: usize = 500;

/// A `did:web` identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidWeb {
    did: String,
    url: String,
}

/// The keys with which a `did:web` signs claims, as its document named them when it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    did: String,
    keys: Vec<(String, DidKey)>,
}

/// Why an identifier or its document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DidWebError {
    /// Not a `did:web`.
    #[error("\"{0}\" is not a did:web; it should look like did:web:example.org or did:web:example.org:people:alice")]
    NotADidWeb(String),
    /// No JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The document is another identifier's.
    #[error("the document there is {0}'s, not that of the identifier that was asked for")]
    OtherSubject(String),
    /// No key that can be used.
    #[error("the document names no Ed25519 key for assertions")]
    NoKey,
}

impl DidWeb {
    /// Reads an identifier.
    ///
    /// # Errors
    /// It is not a `did:web`, or one that could lead to another host than it names.
    pub fn parse(text: &str) -> Result<Self, DidWebError> {
        let wrong = || DidWebError::NotADidWeb(text.chars().take(60).collect());
        let mut parts = text.strip_prefix("did:web:").filter(|_| text.len() <= MAX_DID).ok_or_else(wrong)?.split(':');
        let authority = percent_decode_str(parts.next().unwrap_or_default()).decode_utf8().map_err(|_| wrong())?.into_owned();
        let (host, port) = authority.split_once(':').map_or((authority.as_str(), None), |(host, port)| (host, Some(port)));
        let named = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')) && !host.starts_with(['.', '-']);
        if !named || port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
            return Err(wrong());
        }
        let path: Vec<&str> = parts.collect();
        // What stands here goes into the address as it is: a percent sign, a slash or dots would make another one of it.
        let plain = |part: &&str| {
            !part.is_empty() && **part != *"." && **part != *".." && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        if !path.iter().all(plain) {
            return Err(wrong());
        }
        let scheme = if matches!(host, "localhost" | "127.0.0.1") { "http" } else { "https" };
        let folder = if path.is_empty() { ".well-known".to_owned() } else { path.join("/") };
        Ok(Self { did: text.to_owned(), url: format!("{scheme}://{authority}/{folder}/did.json") })
    }

    /// Where its document lies.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Reads the document that lay there.
    ///
    /// # Errors
    /// It is another identifier's, or names no key of use.
    pub fn read(&self, document: &[u8]) -> Result<Resolved, DidWebError> {
        let document = json::parse(document)?;
        let subject = document.get("id").and_then(Value::as_str).unwrap_or("nobody");
        if subject != self.did {
            return Err(DidWebError::OtherSubject(subject.chars().take(60).collect()));
        }
        let list = |name: &str| document.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let listed = list("verificationMethod");
        // A method counts if it is for assertions: referred to there, or written out there.
        let asserted = list("assertionMethod").iter().filter_map(|method| match method {
            Value::String(id) => listed.iter().find(|m| m.get("id").and_then(Value::as_str).is_some_and(|m| self.absolute(m) == self.absolute(id))),
            written => Some(written),
        });
        let keys: Vec<_> = asserted.filter_map(|method| self.key(method)).collect();
        if keys.is_empty() { Err(DidWebError::NoKey) } else { Ok(Resolved { did: self.did.clone(), keys }) }
    }

    fn key(&self, method: &Value) -> Option<(String, DidKey)> {
        let text = |name: &str| method.get(name).and_then(Value::as_str);
        (text("controller")? == self.did).then_some(())?;
        let key = match text("type")? {
            "Multikey" | "Ed25519VerificationKey2020" => DidKey::try_from(format!("did:key:{}", text("publicKeyMultibase")?)).ok()?,
            "JsonWebKey" | "JsonWebKey2020" => {
                let jwk = method.get("publicKeyJwk")?;
                let is = |name: &str, value: &str| jwk.get(name).is_some_and(|v| v == value);
                (is("kty", "OKP") && is("crv", "Ed25519") && jwk.get("d").is_none()).then_some(())?;
                let bytes = URL_SAFE_NO_PAD.decode(jwk.get("x")?.as_str()?).ok()?;
                // Through its name, which refuses what is no key.
                DidKey::try_from(DidKey::from_public(bytes.try_into().ok()?).to_string()).ok()?
            }
            _ => return None,
        };
        Some((self.absolute(text("id")?), key))
    }

    fn absolute(&self, id: &str) -> String {
        if id.starts_with('#') { format!("{}{id}", self.did) } else { id.to_owned() }
    }
}

impl Resolved {
    /// The key behind the name of a verification method.
    #[must_use]
    pub fn key(&self, method: &str) -> Option<DidKey> {
        let own = method.strip_prefix(self.did.as_str()).is_some_and(|rest| rest.starts_with('#'));
        self.keys.iter().find(|(id, _)| own && id == method).map(|(_, key)| *key)
    }

    /// Whether a key is one of this identifier's.
    #[must_use]
    pub fn has(&self, did: &str, key: &DidKey) -> bool {
        self.did == did && self.keys.iter().any(|(_, k)| k == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::SigningKey;
    use serde_json::json;

    fn key() -> DidKey {
        SigningKey::from_seed(&[1; 32]).did()
    }

    fn document(methods: Value, assertions: Value) -> Vec<u8> {
        json!({ "id": "did:web:example.org", "verificationMethod": methods, "assertionMethod": assertions }).to_string().into_bytes()
    }

    fn multikey(id: &str) -> Value {
        json!({ "id": id, "type": "Multikey", "controller": "did:web:example.org", "publicKeyMultibase": &key().to_string()[8..] })
    }

    #[test]
    fn an_identifier_leads_to_the_address_that_the_specification_gives() {
        for (did, url) in [
            ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
            ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
            ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
            ("did:web:127.0.0.1%3A8080", "http://127.0.0.1:8080/.well-known/did.json"),
        ] {
            assert_eq!(DidWeb::parse(did).unwrap().url(), url);
        }
    }

    #[test]
    fn an_identifier_that_could_lead_elsewhere_is_refused() {
        for did in [
            "did:web:",
            "did:key:z6Mk",
            "did:web::x",
            "did:web:example.org:",
            "did:web:example.org:..:x",
            "did:web:example.org:a%2Fb",
            "did:web:example.org/evil",
            "did:web:user%40example.org",
            "did:web:example.org%2Fevil",
            "did:web:example.org%3Ax",
            "did:web:example.org%3A99999",
            "did:web:ex ample.org",
            "did:web:example.org:x?y",
            "did:web:example.org#key",
        ] {
            assert!(DidWeb::parse(did).is_err(), "{did}");
        }
        assert!(DidWeb::parse(&format!("did:web:{}", "a".repeat(1_000))).is_err());
    }

    #[test]
    fn keys_for_assertions_are_read_in_every_usual_form() {
        let did = DidWeb::parse("did:web:example.org").unwrap();
        let x = URL_SAFE_NO_PAD.encode(key().public());
        let jwk = json!({ "id": "#k", "type": "JsonWebKey", "controller": "did:web:example.org", "publicKeyJwk": { "kty": "OKP", "crv": "Ed25519", "x": x } });
        for document in [
            document(json!([multikey("#k")]), json!(["#k"])),
            document(json!([multikey("did:web:example.org#k")]), json!(["#k"])),
            document(json!([]), json!([multikey("#k")])),
            document(json!([jwk]), json!(["did:web:example.org#k"])),
        ] {
            let resolved = did.read(&document).unwrap();
            assert_eq!(resolved.key("did:web:example.org#k"), Some(key()));
            assert_eq!(resolved.key("did:web:example.org#other"), None);
            assert_eq!(resolved.key("did:web:example.com#k"), None);
            assert!(resolved.has("did:web:example.org", &key()) && !resolved.has("did:web:example.com", &key()));
        }
    }

    #[test]
    fn a_document_of_another_or_without_a_key_for_assertions_is_refused() {
        let did = DidWeb::parse("did:web:example.org").unwrap();
        let mut foreign = multikey("#k");
        foreign["controller"] = "did:web:example.com".into();
        let mut curve = multikey("#k");
        curve["type"] = "EcdsaSecp256k1VerificationKey2019".into();
        for document in
            [document(json!([multikey("#k")]), json!([])), document(json!([foreign]), json!(["#k"])), document(json!([curve]), json!(["#k"]))]
        {
            assert_eq!(did.read(&document), Err(DidWebError::NoKey));
        }
        let other = DidWeb::parse("did:web:example.com").unwrap();
        assert_eq!(other.read(&document(json!([]), json!([]))), Err(DidWebError::OtherSubject("did:web:example.org".into())));
        assert!(matches!(did.read(b"<html>"), Err(DidWebError::Json(_))));
    }
}
