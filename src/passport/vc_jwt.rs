//! A credential in an envelope: `vc+jwt`, a compact JWS signed with Ed25519.
//!
//! W3C "Securing Verifiable Credentials using JOSE and COSE", 3.1 (headers, payload) and VC Data Model 2.0, 4.13 (`EnvelopedVerifiableCredential`);
//! RFC 7515, 3.1 (compact form), RFC 8037 and RFC 9864 (`EdDSA`, `Ed25519`).
//!
//! ```text
//! base64url(header) "." base64url(credential) "." base64url(signature)         without padding
//! header     = {"alg":"EdDSA","cty":"vc","kid":"did:key:z6Mk…#z6Mk…","typ":"vc+jwt"}
//! signature  = Ed25519 over the text before the last "."
//!
//! {"@context":"https://www.w3.org/ns/credentials/v2", "type":"EnvelopedVerifiableCredential", "id":"data:application/vc+jwt,eyJ…"}
//! ```
//! With private attributes that are shown along with it, the same is an SD-JWT (RFC 9901, 4; "vc+sd-jwt" of the first specification, 3.2):
//!
//! ```text
//! header "." credential "." signature "~" disclosure "~" … "~"                  "typ":"vc+sd-jwt"; nothing after the last "~": no key binding
//! ```
//!
//! The credential inside is the very text that the ledger has the digest of, its own proofs included: whoever takes it out of the envelope can
//! compare it with the ledger, and a certifier's proof is not lost.
//!
//! Stricter than the specifications where they leave a gap: header members that this code does not know are refused, never ignored, and so are
//! claims about the envelope's own validity (`exp`, `nbf`), since a credential says until when it is valid itself.

use crate::statement::{
    DidKey, SigningKey,
    json::{self, JsonError},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
const ENVELOPED: &str = "EnvelopedVerifiableCredential";
const DATA: &str = "data:application/vc+jwt,";
const SD_DATA: &str = "data:application/vc+sd-jwt,";
const TYPE: &str = "vc+jwt";
const SD_TYPE: &str = "vc+sd-jwt";

/// What was in an envelope whose signature holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Enveloped {
    /// Who signed the envelope.
    pub signer: DidKey,
    /// The credential.
    pub credential: Value,
    /// What is shown along with it, unread (RFC 9901, 4.2); whether each is the credential's is for `provenance::Private` to say.
    pub disclosures: Vec<String>,
}

/// Why an envelope is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not three parts of base64url.
    #[error("this is not a compact JWS: three parts of base64url without padding, separated by full stops. Copy the whole text")]
    Compact,
    /// An SD-JWT with more than disclosures.
    #[error("this SD-JWT does not end with \"~\": it was cut short, or carries a key binding, which is not read here. Ask for one without")]
    KeyBinding,
    /// A part is no JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A header that is wrong or asks for what this code does not do.
    #[error("the envelope's header is wrong: {0}. Ask its issuer for a vc+jwt signed with Ed25519")]
    Header(String),
    /// A payload that is no credential.
    #[error("the envelope's content is wrong: {0}")]
    Payload(String),
    /// The signature does not hold.
    #[error("the signature of {0} does not hold: the envelope was altered or signed by another key")]
    Signature(DidKey),
    /// Signed by somebody else than the issuer that the credential names.
    #[error("the envelope is signed by {signer}, but its credential names another issuer: whoever signed it speaks in another's name")]
    OtherIssuer {
        /// Who signed.
        signer: DidKey,
    },
}

/// Puts a credential, its JSON in whatever bytes are to be signed, into an envelope.
///
/// # Errors
/// The bytes are no JSON object.
pub fn seal_envelope(credential: &[u8], key: &SigningKey) -> Result<String, EnvelopeError> {
    seal_as(TYPE, credential, key)
}

/// The same as an SD-JWT that shows nothing yet: [`show`] adds disclosures.
///
/// # Errors
/// The bytes are no JSON object.
pub fn seal_sd_jwt(credential: &[u8], key: &SigningKey) -> Result<String, EnvelopeError> {
    Ok(seal_as(SD_TYPE, credential, key)? + "~")
}

/// An SD-JWT that shows these disclosures and no others, whatever it showed before.
///
/// # Errors
/// It is no SD-JWT.
pub fn show(sd_jwt: &str, disclosures: &[String]) -> Result<String, EnvelopeError> {
    let (jwt, _) = sd_jwt.trim().split_once('~').ok_or(EnvelopeError::KeyBinding)?;
    Ok(disclosures.iter().fold(format!("{jwt}~"), |text, disclosure| text + disclosure + "~"))
}

fn seal_as(kind: &str, credential: &[u8], key: &SigningKey) -> Result<String, EnvelopeError> {
    if !json::parse(credential)?.is_object() {
        return Err(EnvelopeError::Payload("a credential is a JSON object".into()));
    }
    let header = json!({ "alg": "EdDSA", "cty": "vc", "kid": method(&key.did()), "typ": kind });
    Ok(sign_jws(&json::canonical(&header)?, credential, key))
}

/// The JSON form of an envelope, which stands where a credential is expected.
#[must_use]
pub fn enveloped(jwt: &str) -> Value {
    let data = if jwt.contains('~') { SD_DATA } else { DATA };
    json!({ "@context": CONTEXT, "type": ENVELOPED, "id": format!("{data}{jwt}") })
}

/// The compact form that a text holds: itself, or what an `EnvelopedVerifiableCredential` carries; `None` when it is neither.
#[must_use]
pub fn compact_in(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.starts_with('{') {
        return text.starts_with("ey").then(|| text.to_owned());
    }
    let document = json::parse(text.as_bytes()).ok()?;
    let kind = document.get("type")?;
    let is = |value: &Value| value == ENVELOPED;
    (is(kind) || kind.as_array().is_some_and(|list| list.iter().any(is))).then_some(())?;
    let id = document.get("id")?.as_str()?;
    id.strip_prefix(DATA).or_else(|| id.strip_prefix(SD_DATA)).map(str::to_owned)
}

/// Opens an envelope: its signature holds, and whoever signed is the issuer that the credential names. `key_of` finds the key behind a `kid`
/// that is no `did:key`; without a network there is none.
///
/// # Errors
/// The first thing that is wrong.
pub fn open_envelope(jwt: &str, key_of: &dyn Fn(&str) -> Option<DidKey>) -> Result<Enveloped, EnvelopeError> {
    let (jwt, shown) = jwt.split_once('~').map_or((jwt, None), |(jwt, shown)| (jwt, Some(shown)));
    let disclosures = match shown {
        None | Some("") => Vec::new(),
        Some(shown) => shown.strip_suffix('~').ok_or(EnvelopeError::KeyBinding)?.split('~').map(str::to_owned).collect(),
    };
    let parts = parts(jwt)?;
    let kid = read_header(&json::parse(&parts.header)?, if shown.is_some() { SD_TYPE } else { TYPE })?;
    let unknown = || EnvelopeError::Header("its \"kid\" is not did:key:z6Mk…#z6Mk…, and no address is looked up for it".into());
    let signer = read_method(&kid).or_else(|| key_of(&kid)).ok_or_else(unknown)?;
    if !signer.verifies(parts.signed.as_bytes(), &parts.signature) {
        return Err(EnvelopeError::Signature(signer));
    }
    let credential = json::parse(&parts.payload)?;
    let wrong = |why: &str| EnvelopeError::Payload(why.into());
    for claim in ["vc", "vp", "exp", "nbf"] {
        if credential.get(claim).is_some() {
            return Err(EnvelopeError::Payload(format!("\"{claim}\" is of an older form; the credential itself is the content")));
        }
    }
    let issuer = credential.get("issuer").ok_or_else(|| wrong("it names no issuer"))?;
    let issuer = issuer.as_str().or_else(|| issuer.get("id")?.as_str()).ok_or_else(|| wrong("its issuer has no id"))?;
    if credential.get("iss").is_some_and(|iss| iss != issuer) {
        return Err(wrong("\"iss\" and \"issuer\" differ"));
    }
    // A did:key issuer is the key; any other must be the very identifier whose key was looked up.
    if kid.split('#').next() != Some(issuer) {
        return Err(EnvelopeError::OtherIssuer { signer });
    }
    Ok(Enveloped { signer, credential, disclosures })
}

/// `did:key:<k>#<k>`, by which a key is named in proofs and headers.
fn method(key: &DidKey) -> String {
    let did = key.to_string();
    format!("{did}#{}", did.trim_start_matches("did:key:"))
}

fn read_method(kid: &str) -> Option<DidKey> {
    let key = DidKey::try_from(kid.split('#').next()?.to_owned()).ok()?;
    (method(&key) == kid).then_some(key)
}

/// The `kid` of a header that asks for nothing else than what is done here.
fn read_header(header: &Value, kind: &str) -> Result<String, EnvelopeError> {
    let wrong = |why: String| EnvelopeError::Header(why);
    let members = header.as_object().ok_or_else(|| wrong("it is not a JSON object".into()))?;
    for (name, value) in members {
        let fits = match name.as_str() {
            "alg" => value == "EdDSA" || value == "Ed25519",
            "typ" => value == kind,
            "cty" => value == "vc",
            "kid" | "iss" => value.is_string(),
            other => {
                return Err(wrong(format!(
                    "\"{}\" is not known here, so what it asks for cannot be done",
                    other.chars().take(40).collect::<String>()
                )));
            }
        };
        if !fits {
            return Err(wrong(format!("its \"{name}\" is not that of a {kind} signed with Ed25519")));
        }
    }
    for needed in ["alg", "typ"] {
        if !members.contains_key(needed) {
            return Err(wrong(format!("it has no \"{needed}\"")));
        }
    }
    let kid = members.get("kid").and_then(Value::as_str).ok_or_else(|| wrong("it has no \"kid\"".into()))?;
    if members.get("iss").is_some_and(|iss| iss.as_str() != kid.split('#').next()) {
        return Err(wrong("\"iss\" and \"kid\" differ".into()));
    }
    Ok(kid.to_owned())
}

struct Parts<'a> {
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: [u8; 64],
    signed: &'a str,
}

/// RFC 7515, 5.2, steps 1 to 3 and 7. Base64url has one spelling here: no padding, no stray bits.
fn parts(jwt: &str) -> Result<Parts<'_>, EnvelopeError> {
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| EnvelopeError::Compact);
    let (signed, signature) = jwt.rsplit_once('.').ok_or(EnvelopeError::Compact)?;
    let (header, payload) = signed.split_once('.').ok_or(EnvelopeError::Compact)?;
    let signature = decode(signature)?.try_into().map_err(|_| EnvelopeError::Compact)?;
    Ok(Parts { header: decode(header)?, payload: decode(payload)?, signature, signed })
}

/// A compact JWS (RFC 7515, 3.1), signed with Ed25519 (RFC 8037, 3.1). The header's bytes are taken as they are; it should say `EdDSA`.
#[must_use]
pub fn sign_jws(header: &[u8], payload: &[u8], key: &SigningKey) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_seed(&[n; 32])
    }

    fn credential() -> Value {
        json!({ "@context": [CONTEXT], "type": ["VerifiableCredential"], "issuer": { "id": key(1).did().to_string() }, "name": "Käse" })
    }

    fn sealed(credential: &Value) -> String {
        seal_envelope(&json::canonical(credential).unwrap(), &key(1)).unwrap()
    }

    fn nobody(_: &str) -> Option<DidKey> {
        None
    }

    fn open(jwt: &str) -> Result<Enveloped, EnvelopeError> {
        open_envelope(jwt, &nobody)
    }

    /// An envelope with any header and content, properly signed, so that only these can be the reason for a refusal.
    fn forged(header: &Value, payload: &Value) -> Result<Enveloped, EnvelopeError> {
        open(&sign_jws(&serde_json::to_vec(header).unwrap(), &serde_json::to_vec(payload).unwrap(), &key(1)))
    }

    /// RFC 8037, appendices A.4 and A.5.
    #[test]
    fn the_signature_is_that_of_rfc_8037() {
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = SigningKey::from_seed(&seed.try_into().unwrap());
        let expected = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let made = sign_jws(br#"{"alg":"EdDSA"}"#, b"Example of Ed25519 signing", &key);
        assert_eq!(made, expected);
        let parts = parts(expected).unwrap();
        assert_eq!(parts.payload, b"Example of Ed25519 signing");
        assert!(key.did().verifies(parts.signed.as_bytes(), &parts.signature));
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let jwt = sealed(&credential());
        assert_eq!(open(&jwt), Ok(Enveloped { signer: key(1).did(), credential: credential(), disclosures: Vec::new() }));
        let header: Value = serde_json::from_slice(&parts(&jwt).unwrap().header).unwrap();
        assert_eq!((&header["typ"], &header["cty"], &header["alg"]), (&json!("vc+jwt"), &json!("vc"), &json!("EdDSA")));
        let json = enveloped(&jwt).to_string();
        assert_eq!(compact_in(&json), Some(jwt.clone()));
        assert_eq!(compact_in(&format!("{jwt}\n")), Some(jwt));
        assert_eq!(compact_in(&credential().to_string()), None);
        assert_eq!(compact_in("no envelope"), None);
    }

    #[test]
    fn an_sd_jwt_carries_what_is_shown_and_is_no_vc_jwt() {
        let bytes = json::canonical(&credential()).unwrap();
        let none = seal_sd_jwt(&bytes, &key(1)).unwrap();
        let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let both = show(&none, &texts(&["WyJh", "WyJi"])).unwrap();
        assert!(both.ends_with("~WyJh~WyJi~") && both.starts_with(&none));
        assert_eq!(open(&none).unwrap().disclosures, texts(&[]));
        assert_eq!(open(&both).unwrap().disclosures, texts(&["WyJh", "WyJi"]));
        assert_eq!(show(&both, &texts(&["WyJi"])).unwrap(), format!("{none}WyJi~"));
        assert_eq!(compact_in(&enveloped(&both).to_string()), Some(both.clone()));
        // RFC 9901, 4: what follows the last tilde is a key binding.
        assert_eq!(open(&format!("{both}eyJh.eyJh.AA")), Err(EnvelopeError::KeyBinding));
        assert_eq!(open(both.trim_end_matches('~')), Err(EnvelopeError::KeyBinding));
        assert!(matches!(open(none.trim_end_matches('~')), Err(EnvelopeError::Header(_))), "without its tilde it is neither");
        assert!(matches!(open(&format!("{}~", sealed(&credential()))), Err(EnvelopeError::Header(_))));
        assert_eq!(show(&sealed(&credential()), &[]), Err(EnvelopeError::KeyBinding));
    }

    #[test]
    fn a_changed_envelope_does_not_open() {
        let jwt = sealed(&credential());
        let dots: Vec<usize> = jwt.match_indices('.').map(|(i, _)| i).collect();
        let other = sealed(&json!({ "issuer": key(1).did().to_string(), "name": "Wurst" }));
        let other_dots: Vec<usize> = other.match_indices('.').map(|(i, _)| i).collect();
        let mixed = format!("{}{}{}", &jwt[..dots[0]], &other[other_dots[0]..other_dots[1]], &jwt[dots[1]..]);
        assert_eq!(open(&mixed), Err(EnvelopeError::Signature(key(1).did())));
        for text in [&jwt[..dots[1]], &jwt[dots[0] + 1..], "", "a.b.c", "..", &format!("{jwt}="), &format!("{jwt}.x"), &jwt.replace('.', ". ")] {
            assert_eq!(open(text), Err(EnvelopeError::Compact), "{text}");
        }
    }

    #[test]
    fn nobody_seals_an_envelope_in_anothers_name() {
        let mut foreign = credential();
        foreign["issuer"]["id"] = key(2).did().to_string().into();
        assert_eq!(open(&sealed(&foreign)), Err(EnvelopeError::OtherIssuer { signer: key(1).did() }));
    }

    #[test]
    fn a_header_that_asks_for_more_is_refused() {
        let good = json!({ "alg": "EdDSA", "cty": "vc", "kid": method(&key(1).did()), "typ": "vc+jwt" });
        assert!(forged(&good, &credential()).is_ok());
        let with = |name: &str, value: Value| {
            let mut header = good.clone();
            header[name] = value;
            header
        };
        let without = |name: &str| {
            let mut header = good.clone();
            header.as_object_mut().unwrap().remove(name);
            header
        };
        for header in [
            with("alg", json!("none")),
            with("alg", json!("HS256")),
            with("typ", json!("JWT")),
            with("cty", json!("jwt")),
            with("crit", json!(["b64"])),
            with("b64", json!(false)),
            with("jwk", json!({})),
            with("kid", json!(key(1).did())),
            with("kid", json!(format!("{}#{}", key(1).did(), &key(2).did().to_string()[8..]))),
            with("kid", json!("did:web:example.org#key-1")),
            with("iss", json!(key(2).did())),
            without("alg"),
            without("typ"),
            without("kid"),
            json!([]),
        ] {
            assert!(matches!(forged(&header, &credential()), Err(EnvelopeError::Header(_))), "{header}");
        }
        // A key that somebody looked up stands for its own identifier only.
        let looked_up = with("kid", json!("did:web:example.org#key-1"));
        let jwt = |issuer: &str| {
            let mut credential = credential();
            credential["issuer"] = issuer.into();
            sign_jws(&serde_json::to_vec(&looked_up).unwrap(), &serde_json::to_vec(&credential).unwrap(), &key(1))
        };
        let key_of = |kid: &str| (kid == "did:web:example.org#key-1").then(|| key(1).did());
        assert!(open_envelope(&jwt("did:web:example.org"), &key_of).is_ok());
        assert!(matches!(open_envelope(&jwt("did:web:example.com"), &key_of), Err(EnvelopeError::OtherIssuer { .. })));
    }

    #[test]
    fn a_content_of_an_older_form_is_refused() {
        let header = json!({ "alg": "Ed25519", "kid": method(&key(1).did()), "typ": "vc+jwt" });
        assert!(forged(&header, &credential()).is_ok(), "the newer name of the algorithm");
        for (name, value) in [("vc", json!({})), ("exp", json!(1)), ("nbf", json!(1)), ("iss", json!("did:key:z6Mk")), ("issuer", json!(7))] {
            let mut content = credential();
            content[name] = value;
            assert!(matches!(forged(&header, &content), Err(EnvelopeError::Payload(_))), "{name}");
        }
        for content in [json!([]), json!(1), json!({})] {
            assert!(forged(&header, &content).is_err(), "{content}");
        }
        let doubled = format!("{{\"issuer\":\"{0}\",\"issuer\":\"{0}\"}}", key(1).did());
        let jwt = sign_jws(&serde_json::to_vec(&header).unwrap(), doubled.as_bytes(), &key(1));
        assert!(matches!(open(&jwt), Err(EnvelopeError::Json(JsonError::DuplicateKey(_)))));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[A-Za-z0-9_.~{}\":,-]{0,200}") {
            let _ = (open(&text), compact_in(&text));
        }
    }
}
