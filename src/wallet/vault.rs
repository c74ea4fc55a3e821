//! The vault: a file that says nothing without its passphrase, and the key behind it that seals the other personal files.
//!
//! ```text
//! "ecosphere-vault\n"  version 1 (1 byte)  memory in KiB (u32)  passes (u32)  lanes (1 byte)  salt (16)  nonce (24)
//! XChaCha20-Poly1305( Argon2id( passphrase, salt ), nonce, all before it, data key (32) ‖ content )
//! SHA-256 of all before it, its first 8 bytes
//! ```
//! Numbers are big-endian. The passphrase is taken in Unicode's NFKD form, so that two keyboards that write the same letter in two ways mean the
//! same. The checksum at the end is no secret and proves nothing against an attacker: it tells a damaged file from a wrong passphrase.
//!
//! The *data key* is random and stays the same when the passphrase changes, so that files sealed with it (contacts, history) need not be written
//! anew. Each of them is bound to its name: `nonce (24) ‖ XChaCha20-Poly1305( data key, nonce, name, content )`.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

const MAGIC: &[u8; 16] = b"ecosphere-vault\n";
const VERSION: u8 = 1;
/// Everything before the sealed part.
const HEAD: usize = 16 + 1 + 4 + 4 + 1 + 16 + 24;
const CHECKSUM: usize = 8;
const TAG: usize = 16;
const MIB: u32 = 1024;

/// How hard it is to try passphrases: memory and passes of Argon2id, on one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    memory_kib: u32,
    passes: u32,
}

impl Effort {
    /// 64 MiB, three passes: for every device that allows it.
    pub const USUAL: Self = Self { memory_kib: 64 * MIB, passes: 3 };
    /// 19 MiB, two passes: never less (OWASP, Password Storage Cheat Sheet).
    pub const LEAST: Self = Self { memory_kib: 19 * MIB, passes: 2 };
    /// Files that ask for more are not opened: a forged one could stop the device.
    const MOST: Self = Self { memory_kib: 1024 * MIB, passes: 32 };

    /// Any between the least and the most.
    ///
    /// # Errors
    /// Too little to be safe, or too much for a device.
    pub const fn new(memory_mib: u32, passes: u32) -> Result<Self, VaultError> {
        Self::checked(memory_mib.saturating_mul(MIB), passes)
    }

    const fn checked(memory_kib: u32, passes: u32) -> Result<Self, VaultError> {
        if memory_kib < Self::LEAST.memory_kib || passes < Self::LEAST.passes {
            Err(VaultError::TooWeak)
        } else if memory_kib > Self::MOST.memory_kib || passes > Self::MOST.passes {
            Err(VaultError::TooMuch)
        } else {
            Ok(Self { memory_kib, passes })
        }
    }
}

/// Why a vault stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Something else.
    #[error("this is not a vault; choose the file that was saved as one")]
    NotAVault,
    /// From a program of the past.
    #[error("this vault is of version {0}, which is no longer read; open it once with the version that wrote it, or restore from your words")]
    TooOld(u8),
    /// From a program of the future.
    #[error("this vault is of version {0}, made by a newer program; update this one and try again")]
    TooNew(u8),
    /// Bytes were lost or changed.
    #[error("this vault is damaged: bytes of it were lost or changed. Use a copy of it, or restore from your words")]
    Damaged,
    /// The passphrase does not open it.
    #[error("the passphrase is wrong; check capitals, spaces and the keyboard's language, and try again")]
    WrongPassphrase,
    /// There is none.
    #[error("an empty passphrase protects nothing; choose one of several words")]
    EmptyPassphrase,
    /// It would be too easy to guess.
    #[error("a vault takes at least 19 MiB of memory and two passes; less would make guessing cheap")]
    TooWeak,
    /// It would take too long.
    #[error("this asks for more memory or passes than any device should give")]
    TooMuch,
    /// The device has too little memory.
    #[error("there is not enough memory to open the vault; close other programs and try again")]
    NoMemory,
    /// Not sealed with this vault's key, under this name.
    #[error("this file was not sealed by this vault under that name, or was changed since")]
    NotOurs,
}

/// What a vault is made from: randomness comes from the caller.
#[derive(Clone, Copy)]
pub struct Vault {
    /// How hard it is to try passphrases.
    pub effort: Effort,
    /// 16 random bytes.
    pub salt: [u8; 16],
    /// 24 random bytes.
    pub nonce: [u8; 24],
}

/// An open vault. Wiped from memory when dropped.
pub struct Opened {
    pub(super) data_key: Zeroizing<[u8; 32]>,
    /// What was put in.
    pub content: Zeroizing<Vec<u8>>,
}

impl Vault {
    /// Seals content and the key for the other files.
    ///
    /// # Errors
    /// The passphrase is empty, or the device has too little memory.
    pub fn seal(&self, passphrase: &str, opened: &Opened) -> Result<Vec<u8>, VaultError> {
        let key = stretch(passphrase, &self.salt, self.effort)?;
        let mut file = Vec::with_capacity(HEAD + 32 + opened.content.len() + TAG + CHECKSUM);
        file.extend_from_slice(MAGIC);
        file.push(VERSION);
        file.extend_from_slice(&self.effort.memory_kib.to_be_bytes());
        file.extend_from_slice(&self.effort.passes.to_be_bytes());
        file.push(1);
        file.extend_from_slice(&self.salt);
        file.extend_from_slice(&self.nonce);
        let mut plain = Zeroizing::new(Vec::with_capacity(32 + opened.content.len()));
        plain.extend_from_slice(&*opened.data_key);
        plain.extend_from_slice(&opened.content);
        let sealed = encrypt(&key, &self.nonce, &file, &plain)?;
        file.extend_from_slice(&sealed);
        file.extend_from_slice(&checksum(&file));
        Ok(file)
    }

    /// Opens a file.
    ///
    /// # Errors
    /// What it is instead of a vault, that it is damaged, or that the passphrase is wrong.
    pub fn open(passphrase: &str, file: &[u8]) -> Result<Opened, VaultError> {
        let rest = file.strip_prefix(MAGIC).ok_or(VaultError::NotAVault)?;
        match rest.first() {
            Some(&VERSION) => {}
            Some(&old) if old < VERSION => return Err(VaultError::TooOld(old)),
            Some(&new) => return Err(VaultError::TooNew(new)),
            None => return Err(VaultError::Damaged),
        }
        let (body, sum) = file.split_last_chunk::<CHECKSUM>().ok_or(VaultError::Damaged)?;
        if checksum(body) != *sum {
            return Err(VaultError::Damaged);
        }
        let (head, sealed) = body.split_at_checked(HEAD).ok_or(VaultError::Damaged)?;
        let mut head_reader = Reader(head.get(17..).unwrap_or_default());
        let memory = u32::from_be_bytes(head_reader.take()?);
        let passes = u32::from_be_bytes(head_reader.take()?);
        let [lanes] = head_reader.take()?;
        let (salt, nonce) = (head_reader.take::<16>()?, head_reader.take::<24>()?);
        if lanes != 1 {
            return Err(VaultError::Damaged);
        }
        let key = stretch(passphrase, &salt, Effort::checked(memory, passes)?)?;
        let plain = decrypt(&key, &nonce, head, sealed).ok_or(VaultError::WrongPassphrase)?;
        let (data_key, content) = plain.split_first_chunk::<32>().ok_or(VaultError::Damaged)?;
        Ok(Opened { data_key: Zeroizing::new(*data_key), content: Zeroizing::new(content.to_vec()) })
    }
}

impl Opened {
    /// A new vault's content with a random data key.
    #[must_use]
    pub fn new(data_key: [u8; 32], content: &[u8]) -> Self {
        Self { data_key: Zeroizing::new(data_key), content: Zeroizing::new(content.to_vec()) }
    }

    /// Seals another personal file under its name, with 24 fresh random bytes.
    ///
    /// # Errors
    /// It is larger than the cipher takes (256 GiB).
    pub fn seal_file(&self, name: &str, nonce: [u8; 24], content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sealed = encrypt(&self.data_key, &nonce, name.as_bytes(), content)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a file that was sealed under this name.
    ///
    /// # Errors
    /// It was not, or was changed.
    pub fn open_file(&self, name: &str, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, sealed) = file.split_first_chunk::<24>().ok_or(VaultError::NotOurs)?;
        decrypt(&self.data_key, nonce, name.as_bytes(), sealed).ok_or(VaultError::NotOurs)
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(…)")
    }
}

/// Argon2id of the passphrase.
fn stretch(passphrase: &str, salt: &[u8; 16], effort: Effort) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    if passphrase.trim().is_empty() {
        return Err(VaultError::EmptyPassphrase);
    }
    let normal = Zeroizing::new(passphrase.nfkd().collect::<String>());
    let params = Params::new(effort.memory_kib, effort.passes, 1, Some(32)).map_err(|_| VaultError::TooMuch)?;
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(params.block_count()).map_err(|_| VaultError::NoMemory)?;
    memory.resize(params.block_count(), Block::default());
    let mut key = Zeroizing::new([0; 32]);
    let done =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(normal.as_bytes(), salt, &mut *key, &mut memory);
    memory.iter_mut().for_each(|block| block.zeroize());
    done.map(|()| key).map_err(|_| VaultError::TooMuch)
}

pub(super) fn encrypt(key: &[u8; 32], nonce: &[u8; 24], beside: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    XChaCha20Poly1305::new(key.into()).encrypt(XNonce::from_slice(nonce), Payload { msg: plain, aad: beside }).map_err(|_| VaultError::TooMuch)
}

pub(super) fn decrypt(key: &[u8; 32], nonce: &[u8; 24], beside: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let plain = XChaCha20Poly1305::new(key.into()).decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: beside });
    plain.ok().map(Zeroizing::new)
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(body));
    [a, b, c, d, e, f, g, h]
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], VaultError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(VaultError::Damaged)?;
        self.0 = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const WORDS: &[u8] = b"abandon abandon abandon and a secret history";

    fn vault() -> Vault {
        Vault { effort: Effort::LEAST, salt: [3; 16], nonce: [4; 24] }
    }

    fn sealed() -> Vec<u8> {
        vault().seal("correct horse", &Opened::new([9; 32], WORDS)).unwrap()
    }

    #[test]
    fn every_wycheproof_case_is_opened_or_refused_as_it_says() {
        let file: Value =
            serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/vectors/wycheproof/xchacha20_poly1305_test.json")))
                .unwrap();
        let mut tried = 0;
        for case in file["testGroups"].as_array().unwrap().iter().flat_map(|group| group["tests"].as_array().unwrap()) {
            let bytes = |name: &str| hex::decode(case[name].as_str().unwrap()).unwrap();
            tried += 1;
            // A nonce of another length can not be given to the cipher at all.
            let Ok(nonce) = <[u8; 24]>::try_from(bytes("iv")) else {
                assert_eq!(case["result"], "invalid");
                continue;
            };
            let key = <[u8; 32]>::try_from(bytes("key")).unwrap();
            let box_ = [bytes("ct"), bytes("tag")].concat();
            let opened = decrypt(&key, &nonce, &bytes("aad"), &box_);
            if case["result"] == "valid" {
                assert_eq!(opened.as_deref(), Some(&bytes("msg")), "{}", case["tcId"]);
                assert_eq!(encrypt(&key, &nonce, &bytes("aad"), &bytes("msg")), Ok(box_), "{}", case["tcId"]);
            } else {
                assert_eq!(opened, None, "{}", case["tcId"]);
            }
        }
        assert_eq!(tried, 315);
    }

    #[test]
    fn a_vault_opens_with_its_passphrase_in_either_way_of_writing_a_letter_and_with_no_other() {
        let file = vault().seal("Crème brûlée", &Opened::new([9; 32], WORDS)).unwrap();
        for same in ["Crème brûlée", "Cre\u{300}me bru\u{302}le\u{301}e"] {
            assert_eq!(&**Vault::open(same, &file).unwrap().content, WORDS);
        }
        assert_eq!(Vault::open("crème brûlée", &file).unwrap_err(), VaultError::WrongPassphrase);
        assert_eq!(Vault::open("", &file).unwrap_err(), VaultError::EmptyPassphrase);
    }

    #[test]
    fn nothing_of_the_content_nor_the_passphrase_stands_in_the_file() {
        let file = sealed();
        for secret in [WORDS, b"correct horse", &[9; 32]] {
            for piece in secret.windows(6) {
                assert!(!file.windows(6).any(|bytes| bytes == piece));
            }
        }
    }

    #[test]
    fn an_old_a_new_and_a_damaged_file_and_another_file_are_each_said() {
        let file = sealed();
        let with = |at: usize, byte: u8| {
            let mut other = file.clone();
            other[at] = byte;
            Vault::open("correct horse", &other).unwrap_err()
        };
        assert_eq!((with(16, 0), with(16, 2), with(0, b'x')), (VaultError::TooOld(0), VaultError::TooNew(2), VaultError::NotAVault));
        for at in [17, 25, 30, 50, HEAD, file.len() - 9, file.len() - 1] {
            assert_eq!(with(at, file[at] ^ 1), VaultError::Damaged, "{at}");
        }
        for length in [17, HEAD, HEAD + 8, file.len() - 1] {
            assert_eq!(Vault::open("correct horse", &file[..length]).unwrap_err(), VaultError::Damaged, "{length}");
        }
        assert_eq!(Vault::open("x", b"PK").unwrap_err(), VaultError::NotAVault);
        assert_eq!(Vault::open("x", &file[..16]).unwrap_err(), VaultError::Damaged);
    }

    #[test]
    fn a_file_that_asks_for_too_little_or_too_much_effort_is_not_opened() {
        let forged = |memory: u32, passes: u32| {
            let mut file = sealed();
            file[17..21].copy_from_slice(&memory.to_be_bytes());
            file[21..25].copy_from_slice(&passes.to_be_bytes());
            let end = file.len() - CHECKSUM;
            let sum = checksum(&file[..end]);
            file[end..].copy_from_slice(&sum);
            Vault::open("correct horse", &file).unwrap_err()
        };
        assert_eq!([forged(8 * MIB, 2), forged(19 * MIB, 1)], [VaultError::TooWeak; 2]);
        assert_eq!([forged(u32::MAX, 3), forged(64 * MIB, 1000)], [VaultError::TooMuch; 2]);
        assert_eq!((Effort::new(18, 3), Effort::new(64, 3)), (Err(VaultError::TooWeak), Ok(Effort::USUAL)));
    }

    #[test]
    fn files_of_the_vault_open_under_their_name_only_and_outlive_a_new_passphrase() {
        let file = sealed();
        let opened = Vault::open("correct horse", &file).unwrap();
        let contacts = opened.seal_file("contacts", [5; 24], b"Ana, Boris").unwrap();
        let again = Vault { nonce: [6; 24], ..vault() }.seal("battery staple", &opened).unwrap();
        let opened = Vault::open("battery staple", &again).unwrap();
        assert_eq!(&**opened.open_file("contacts", &contacts).unwrap(), b"Ana, Boris");
        assert_eq!(opened.open_file("history", &contacts), Err(VaultError::NotOurs));
        assert_eq!(opened.open_file("contacts", &contacts[..30]), Err(VaultError::NotOurs));
        assert!(!contacts.windows(3).any(|w| w == b"Ana"));
        assert_eq!(format!("{opened:?}"), "Opened(…)");
    }
}
