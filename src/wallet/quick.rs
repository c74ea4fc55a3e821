//! A second way into a vault, beside its passphrase: by a secret that the device gives only to whoever unlocks it (WebAuthn's `prf` extension). The passphrase always works.
//!
//! ```text
//! 16 B   "ecosphere-quick\n"
//! u8     version, 1
//! u16    length of the credential's id, big-endian; then the id
//! 32 B   salt: what the device makes the secret from
//! 24 B   nonce
//! XChaCha20-Poly1305 under SHA-256("ecosphere-quick\n" ‖ secret), beside all before it: the vault's data key and content
//! ```

use super::{
    Opened, VaultError,
    vault::{decrypt, encrypt},
};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const QUICK: &[u8; 16] = b"ecosphere-quick\n";

/// What the device has to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quick {
    /// Which credential of the device.
    pub credential: Vec<u8>,
    /// What it makes the secret from.
    pub salt: [u8; 32],
}

/// See [`Quick::parts`].
type Parts<'a> = (Quick, [u8; 24], &'a [u8], &'a [u8]);

impl Quick {
    /// Seals an open vault under the device's secret.
    ///
    /// # Errors
    /// The credential's id is longer than any can be.
    pub fn seal(&self, secret: &[u8; 32], nonce: [u8; 24], opened: &Opened) -> Result<Vec<u8>, VaultError> {
        let length = u16::try_from(self.credential.len()).map_err(|_| VaultError::TooMuch)?;
        let mut file = [QUICK.as_slice(), &[VERSION], &length.to_be_bytes(), &self.credential, &self.salt, &nonce].concat();
        let plain = Zeroizing::new([opened.data_key.as_slice(), &opened.content].concat());
        let sealed = encrypt(&quick_key(secret), &nonce, &file, &plain)?;
        file.extend_from_slice(&sealed);
        Ok(file)
    }

    /// What the device has to be asked for; none where a file is no such file.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        Self::parts(file).map(|(quick, ..)| quick)
    }

    /// Opens it.
    ///
    /// # Errors
    /// It is no such file, or the device gave another secret.
    pub fn open(secret: &[u8; 32], file: &[u8]) -> Result<Opened, VaultError> {
        let (_, nonce, head, sealed) = Self::parts(file).ok_or(VaultError::NotOurs)?;
        let plain = decrypt(&quick_key(secret), &nonce, head, sealed).ok_or(VaultError::NotOurs)?;
        let (data_key, content) = plain.split_first_chunk::<32>().ok_or(VaultError::NotOurs)?;
        Ok(Opened::new(*data_key, content))
    }

    /// What it is, its nonce, what stands before what is sealed, and that.
    fn parts(file: &[u8]) -> Option<Parts<'_>> {
        let (version, rest) = file.strip_prefix(QUICK)?.split_first()?;
        let (length, rest) = rest.split_first_chunk::<2>().filter(|_| *version == VERSION)?;
        let (credential, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        let (salt, rest) = rest.split_first_chunk::<32>()?;
        let (nonce, sealed) = rest.split_first_chunk::<24>()?;
        let head = file.get(..file.len().checked_sub(sealed.len())?)?;
        Some((Self { credential: credential.to_vec(), salt: *salt }, *nonce, head, sealed))
    }
}

fn quick_key(secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(Sha256::new().chain_update(QUICK).chain_update(secret).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &[u8] = b"abandon abandon abandon and a secret history";

    #[test]
    fn the_device_opens_the_same_vault_with_its_secret_and_with_no_other() {
        let quick = Quick { credential: vec![5; 40], salt: [6; 32] };
        let file = quick.seal(&[1; 32], [2; 24], &Opened::new([9; 32], WORDS)).unwrap();
        assert_eq!(Quick::read(&file), Some(quick));
        let opened = Quick::open(&[1; 32], &file).unwrap();
        assert_eq!((&**opened.content, *opened.data_key), (WORDS, [9; 32]));
        assert_eq!(Quick::open(&[3; 32], &file).unwrap_err(), VaultError::NotOurs);
        for at in 0..file.len() {
            let mut other = file.clone();
            other[at] ^= 1;
            assert!(Quick::open(&[1; 32], &other).is_err(), "{at}");
            assert!(Quick::open(&[1; 32], &file[..at]).is_err(), "{at}");
        }
        for piece in WORDS.windows(6) {
            assert!(!file.windows(6).any(|bytes| bytes == piece));
        }
    }
}
