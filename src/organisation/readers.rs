//! Private attributes at the desk and in the terminal: encrypted to named readers (age v1, X25519), and opened with a reader's key.
//!
//! ```text
//! names and values --salted--> disclosures --age, to each reader--> Concealed --conceal()--> in the credential, then signed
//! body, a reader's key --age--> disclosures, each found in the signed credential --> names and values
//! ```
//! What disclosures and digests are is drawn in [`crate::provenance`]'s `private`.

use super::wire::{Answer, Concealed, Readable, Request, Secret};
use crate::{
    provenance::{Disclosure, MAX_PRIVATE, Private, Sealed},
    statement,
};
use age::{
    Encryptor, Recipient,
    secrecy::ExposeSecret as _,
    x25519::{Identity, Recipient as Reader},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;

/// The most readers of one passport: each adds about 130 bytes to it.
pub const MAX_READERS: usize = 20;

/// Encrypts disclosures to readers (`age1…`).
///
/// # Errors
/// A sentence: a reader's name is not one, or there is none or too many.
pub fn seal(disclosures: &[Disclosure], readers: &[String]) -> Result<Sealed, String> {
    if readers.len() > MAX_READERS {
        return Err(format!("a passport has at most {MAX_READERS} readers"));
    }
    let parse = |name: &String| name.parse::<Reader>().map_err(|why| format!("{name} is not a reader's age1… name: {why}"));
    let parsed = readers.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let failed = |why: &dyn std::fmt::Display| format!("the private attributes could not be encrypted: {why}");
    let texts: Vec<&str> = disclosures.iter().map(Disclosure::text).collect();
    let plain = serde_json::to_vec(&texts).map_err(|e| failed(&e))?;
    let encryptor = Encryptor::with_recipients(parsed.iter().map(|r| r as &dyn Recipient)).map_err(|e| failed(&e))?;
    let mut data = Vec::new();
    let mut writer = encryptor.wrap_output(&mut data).map_err(|e| failed(&e))?;
    writer.write_all(&plain).and_then(|()| writer.finish().map(|_| ())).map_err(|e| failed(&e))?;
    Ok(Sealed { readers: readers.to_vec(), data: URL_SAFE_NO_PAD.encode(data) })
}

/// Opens what was encrypted to this reader; `None` when it was not. The disclosures are not verified yet.
#[must_use]
pub fn open(sealed: &Sealed, reader: &Identity) -> Option<Vec<String>> {
    let data = URL_SAFE_NO_PAD.decode(&sealed.data).ok()?;
    serde_json::from_slice(&age::decrypt(reader, &data).ok()?).ok()
}

/// The key in a file's text as `age-keygen` writes it: lines beginning with `#`, and one `AGE-SECRET-KEY-1…`.
#[must_use]
pub fn key_in(text: &str) -> Option<Identity> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?.parse().ok()
}

/// A fresh key: its file's text, and the name to encrypt to.
#[must_use]
pub fn fresh_key() -> (String, String) {
    let key = Identity::generate();
    let name = key.to_public().to_string();
    (format!("# public key: {name}\n{}\n", key.to_string().expose_secret()), name)
}

/// What is asked about private attributes; `None` for any other request.
#[must_use]
pub fn answer(request: &Request) -> Option<Answer> {
    let done = match request {
        Request::Conceal { attributes, readers, random } => conceal(attributes, readers, random).map(Answer::Concealed),
        Request::Reveal { body, digest, key } => reveal(body, digest, key.as_ref()).map(Answer::Revealed),
        Request::ReaderKey => {
            let (file, name) = fresh_key();
            Ok(Answer::ReaderKey { file: Secret(file), name })
        }
        _ => return None,
    };
    Some(done.unwrap_or_else(Answer::Refused))
}

/// Salts attributes and encrypts them to their readers; `random` has 16 bytes for each.
///
/// # Errors
/// A sentence: there are none or too many, a name stands twice or cannot be one, a reader is none, or too little is random.
pub fn conceal(attributes: &[(String, String)], readers: &[String], random: &[u8]) -> Result<Concealed, String> {
    if attributes.is_empty() || readers.is_empty() {
        return Err("private attributes need at least one line like \u{201c}price: 9.50 EUR\u{201d}, and at least one reader".to_owned());
    }
    if attributes.len() > MAX_PRIVATE {
        return Err(format!("a passport carries at most {MAX_PRIVATE} private attributes"));
    }
    let mut salts = random.chunks_exact(16).filter_map(|salt| <[u8; 16]>::try_from(salt).ok());
    let mut disclosures = Vec::with_capacity(attributes.len());
    for (name, value) in attributes {
        let salt = salts.next().ok_or("this device gives no random numbers")?;
        disclosures.push(Disclosure::new(salt, name, value.as_str().into()).map_err(|e| e.to_string())?);
    }
    let sealed = seal(&disclosures, readers)?;
    Ok(Concealed { disclosures: disclosures.iter().map(|d| d.text().to_owned()).collect(), sealed })
}

/// What a passport says to whoever has this key, and to everybody of its private attributes. The body must be the one of this digest (hex), and
/// signed; each attribute is found in it.
///
/// # Errors
/// A sentence: the body is another, altered, or none, the key is no key, or what was encrypted is not what was signed.
pub fn reveal(body: &str, digest: &str, key: Option<&Secret>) -> Result<Readable, String> {
    if hex::encode(Sha256::digest(body)) != digest {
        return Err("the node gave another text than the ledger names for this passport; try another node".to_owned());
    }
    let credential = statement::json::parse(body.as_bytes()).map_err(|e| e.to_string())?;
    statement::verify_proofs(&credential).map_err(|e| e.to_string())?;
    let private = Private::of(&credential);
    let readers = private.sealed.iter().flat_map(|sealed| sealed.readers.clone()).collect();
    let said = match key {
        None => None,
        Some(Secret(text)) => {
            let key = key_in(text).ok_or("this holds no reader's key (AGE-SECRET-KEY-1…)")?;
            let texts = private.sealed.iter().find_map(|sealed| open(sealed, &key));
            let texts = texts.ok_or("none of this passport's private attributes is for the reader with this key")?;
            let opened = private.open(&texts).map_err(|e| e.to_string())?;
            // A text is shown as it is; anything else as it is written in JSON.
            let plain = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(opened.into_iter().map(|d| (d.name, plain(d.value))).collect())
        }
    };
    Ok(Readable { count: private.digests.len() as u64, readers, said })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_named_reader_opens_what_was_sealed_and_nobody_else() {
        let all = vec![Disclosure::new([1; 16], "price", json!("9.50 EUR")).unwrap(), Disclosure::new([2; 16], "supplier", json!("Mill")).unwrap()];
        let keys: Vec<Identity> = (0..3).map(|_| Identity::generate()).collect();
        let readers: Vec<String> = keys[..2].iter().map(|key| key.to_public().to_string()).collect();
        let sealed = seal(&all, &readers).unwrap();
        assert_eq!(sealed.readers, readers);
        let texts: Vec<String> = all.iter().map(|d| d.text().to_owned()).collect();
        for key in &keys[..2] {
            assert_eq!(open(&sealed, key), Some(texts.clone()));
        }
        assert_eq!(open(&sealed, &keys[2]), None);
        let mut altered = sealed.clone();
        altered.data.replace_range(sealed.data.len() - 2.., if sealed.data.ends_with("AA") { "BA" } else { "AA" });
        assert_eq!(open(&altered, &keys[0]), None, "an age file is authenticated");
        assert!(seal(&all, &[]).is_err() && seal(&all, &["age1x".into()]).is_err());
        assert!(seal(&all, &vec![readers[0].clone(); MAX_READERS + 1]).is_err());
    }

    #[test]
    fn what_cannot_be_concealed_is_said_in_a_sentence() {
        let name = fresh_key().1;
        let one = |name: &str| (name.to_owned(), "x".to_owned());
        let done = |all: &[(String, String)], readers: &[String], random: usize| conceal(all, readers, &vec![7; random]).map(|c| c.disclosures.len());
        assert_eq!(done(&[one("a"), one("b")], std::slice::from_ref(&name), 32), Ok(2));
        for (all, readers, random, why) in [
            (vec![], vec![name.clone()], 16, "at least one line"),
            (vec![one("a")], vec![], 16, "at least one reader"),
            (vec![one("a")], vec!["bob".to_owned()], 16, "bob is not a reader"),
            (vec![one("_sd")], vec![name.clone()], 16, "cannot be called"),
            (vec![one("a"), one("b")], vec![name.clone()], 16, "random"),
            ((0..65).map(|n| one(&n.to_string())).collect(), vec![name.clone()], 16 * 65, "at most 64"),
        ] {
            let said = done(&all, &readers, random).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
