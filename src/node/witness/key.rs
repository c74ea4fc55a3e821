//! A cosigner's private key in a file: one line, as others who sign notes write theirs.
//!
//! ```text
//! PRIVATE+KEY+<name>+<key id, 8 hex digits>+<base64 of: 0x04 ‖ seed, 32 bytes>
//! ```

use crate::{
    log::Cosigner,
    node::{NodeError, folder::secret},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::path::Path;

const PREFIX: &str = "PRIVATE+KEY+";
/// C2SP tlog-cosignature: Ed25519.
const KIND: u8 = 4;

/// Makes a key and writes it to a file that did not exist.
///
/// # Errors
/// There is such a file, it cannot be written, or the name cannot be one.
pub fn new_key(path: &Path, name: &str, seed: &[u8; 32]) -> Result<Cosigner, NodeError> {
    let cosigner = Cosigner::from_seed(name, seed)?;
    if path.exists() {
        return Err(NodeError::Usage(format!("{} exists already; a key is never overwritten", path.display())));
    }
    secret(path, format!("{}\n", text(&cosigner, seed)).as_bytes())?;
    Ok(cosigner)
}

/// Reads a key.
///
/// # Errors
/// There is no such file, or it holds no key.
pub fn read_key(path: &Path) -> Result<Cosigner, NodeError> {
    let file = std::fs::read_to_string(path).map_err(NodeError::file(path))?;
    parse(file.trim_end()).ok_or_else(|| {
        NodeError::Usage(format!(
            "{} is not the key of a witness; make one with: ecosphere-node witness --new-key witness.example/w1 --key {0}",
            path.display()
        ))
    })
}

fn text(cosigner: &Cosigner, seed: &[u8; 32]) -> String {
    let public = cosigner.key().to_string();
    // The key's own base64 may hold a "+" too.
    let id = public.split('+').nth(1).unwrap_or_default();
    format!("{PREFIX}{}+{id}+{}", cosigner.key().name(), STANDARD.encode([&[KIND], &seed[..]].concat()))
}

fn parse(line: &str) -> Option<Cosigner> {
    let mut parts = line.strip_prefix(PREFIX)?.splitn(3, '+');
    let (name, _id, data) = (parts.next()?, parts.next()?, STANDARD.decode(parts.next()?).ok()?);
    let (_, seed) = data.split_first().filter(|(kind, _)| **kind == KIND)?;
    let seed = seed.try_into().ok()?;
    let cosigner = Cosigner::from_seed(name, seed).ok()?;
    (text(&cosigner, seed) == line).then_some(cosigner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back() {
        for n in 0..100 {
            let cosigner = Cosigner::from_seed("witness.example/w1", &[n; 32]).unwrap();
            assert_eq!(parse(&text(&cosigner, &[n; 32])).unwrap().key(), cosigner.key());
        }
    }

    #[test]
    fn a_key_is_written_once_for_its_owner_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness.key");
        let made = new_key(&path, "witness.example/w1", &[7; 32]).unwrap();
        assert_eq!(read_key(&path).unwrap().key(), made.key());
        assert!(new_key(&path, "witness.example/w1", &[8; 32]).is_err());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        let line = std::fs::read_to_string(&path).unwrap();
        for bad in [line.replace("w1", "w2"), line.replace("PRIVATE", "PUBLIC"), line.replacen("+BA", "+AQ", 1), String::new()] {
            std::fs::write(&path, bad).unwrap();
            assert!(read_key(&path).is_err());
        }
    }
}
