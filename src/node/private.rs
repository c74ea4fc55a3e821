//! Readers' keys in files, for the terminal; the encryption itself is the desk's ([`crate::organisation::readers`]).

use super::NodeError;
use crate::{
    organisation::readers,
    provenance::{Disclosure, Sealed},
};
pub use readers::{fresh_key, open};
use std::path::Path;

/// Encrypts disclosures to readers (`age1…`).
///
/// # Errors
/// A reader's name is not one, or there is none.
pub fn seal(disclosures: &[Disclosure], names: &[String]) -> Result<Sealed, NodeError> {
    readers::seal(disclosures, names).map_err(NodeError::Usage)
}

/// The key in a file as `age-keygen` writes it: lines beginning with `#`, and one `AGE-SECRET-KEY-1…`.
///
/// # Errors
/// There is no such file or key.
pub fn read_key(path: &Path) -> Result<age::x25519::Identity, NodeError> {
    let text = std::fs::read_to_string(path).map_err(NodeError::file(path))?;
    readers::key_in(&text).ok_or_else(|| NodeError::Usage(format!("{} holds no age key (AGE-SECRET-KEY-1…)", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

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
