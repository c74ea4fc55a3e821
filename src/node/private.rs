//! Encrypting private attributes to their readers, and opening them: age v1 with X25519 keys.

use super::NodeError;
use crate::provenance::{Disclosure, Sealed};
use age::{
    Encryptor, Recipient,
    secrecy::ExposeSecret as _,
    x25519::{Identity, Recipient as Reader},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{io::Write as _, path::Path};

/// Encrypts disclosures to readers (`age1…`).
///
/// # Errors
/// A reader's name is not one, or there is none.
pub fn seal(disclosures: &[Disclosure], readers: &[String]) -> Result<Sealed, NodeError> {
    let parse = |name: &String| name.parse::<Reader>().map_err(|why| NodeError::Usage(format!("{name} is not a reader's age1… name: {why}")));
    let parsed = readers.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let failed = |why: &dyn std::fmt::Display| NodeError::Usage(format!("the private attributes could not be encrypted: {why}"));
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

/// The key in a file as `age-keygen` writes it: lines beginning with `#`, and one `AGE-SECRET-KEY-1…`.
///
/// # Errors
/// There is no such file or key.
pub fn read_key(path: &Path) -> Result<Identity, NodeError> {
    let text = std::fs::read_to_string(path).map_err(NodeError::file(path))?;
    let key = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    key.parse().map_err(|_| NodeError::Usage(format!("{} holds no age key (AGE-SECRET-KEY-1…)", path.display())))
}

/// A fresh key: its file's text, and the name to encrypt to.
#[must_use]
pub fn fresh_key() -> (String, String) {
    let key = Identity::generate();
    let name = key.to_public().to_string();
    (format!("# public key: {name}\n{}\n", key.to_string().expose_secret()), name)
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
    }

    #[test]
    fn a_key_file_is_read_as_age_keygen_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reader.key");
        let (text, name) = fresh_key();
        std::fs::write(&path, format!("# created: today\n{text}")).unwrap();
        assert_eq!(read_key(&path).unwrap().to_public().to_string(), name);
        std::fs::write(&path, "nothing").unwrap();
        assert!(read_key(&path).is_err());
    }
}
