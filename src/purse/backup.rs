//! Everything personal in one file that a passphrase opens: what the engine exports, and the wallet's words and book.
//!
//! ```text
//! 17 B   "ecosphere-backup\n"
//! u8     version, 1
//! 8 B    the first of SHA-256 of all that follows
//! an age file (age-encryption.org/v1) to one passphrase (scrypt); in it, postcard of Backup
//! ```
//! What stands before the age file tells a damaged file from a wrong passphrase, which the age file alone cannot. `tail -c +27 FILE | age -d` opens
//! it without this program. Its two halves have versions of their own: the engine's export says its, the book says its.
//!
//! *Putting it back* is done so that nothing is half of it: the whole file is opened and both halves are read before anything is written; the engine takes
//! over its half in one transaction, which can be done again without harm; the wallet is there only once its last file is ([`Desk::make`]), and never
//! written over one that is there.

use super::{Desk, Device, PurseError, book::Book, till::Till, wire::Answer};
use crate::{
    measure::Millis,
    wallet::{VaultError, Words},
};
use age::{DecryptError, Decryptor, Encryptor, scrypt, secrecy::SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::{Read as _, Write as _};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

const MAGIC: &[u8; 17] = b"ecosphere-backup\n";
const VERSION: u8 = 1;
const CHECKSUM: usize = 8;
/// Work of scrypt for a new file, as the power of two of its N (r = 8, p = 1): 128 MiB (OWASP, Password Storage Cheat Sheet), which a phone has.
const WORK: u8 = 17;
/// The most that is done to open one: 256 MiB. A forged file could stop the device.
const MOST_WORK: u8 = 18;
/// The longest file that is opened, in bytes: the longest export, and a book that is as long as one.
const MOST: usize = 24 * 1024 * 1024;

/// Everything personal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Backup {
    /// When it was made, by the device's clock.
    pub made: Millis,
    /// What the engine exports (`Request::Export`): profile, history, prices, lists.
    pub personal: Option<String>,
    /// The wallet, if there is one.
    pub wallet: Option<Purse>,
}

/// A wallet in a backup. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Purse {
    entropy: Vec<u8>,
    book: Vec<u8>,
}

/// Why a backup stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// Something else.
    #[error("this is not a backup of EcoSphere; choose the file that was saved as one")]
    NotABackup,
    /// From a program of the past.
    #[error("this backup is of version {0}, which is no longer read; put it back with the version that made it, and make a new one there")]
    TooOld(u8),
    /// From a program of the future.
    #[error("this backup is of version {0}, made by a newer program; update this one and try again")]
    TooNew(u8),
    /// Bytes were lost or changed.
    #[error("this backup is damaged: bytes of it were lost or changed. Use another copy of it; nothing was put back")]
    Damaged,
    /// The passphrase does not open it.
    #[error(
        "the passphrase is not this backup\u{2019}s; check capitals, spaces and the keyboard\u{2019}s language, and try again. Nothing was put back"
    )]
    WrongPassphrase,
    /// There is none.
    #[error("an empty passphrase protects nothing; choose one of several words")]
    EmptyPassphrase,
    /// It would take too long.
    #[error("this backup asks for more memory than a phone should give to open it; open it on a computer with the program age, or use another copy")]
    TooMuch,
    /// It is longer than any can be.
    #[error("this is longer than a backup can be ({} MB)", MOST >> 20)]
    TooLong,
}

impl std::fmt::Debug for Purse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Purse(…)")
    }
}

impl Drop for Purse {
    fn drop(&mut self) {
        self.entropy.zeroize();
        self.book.zeroize();
    }
}

impl Purse {
    /// Words and book, as they go into a file.
    ///
    /// # Errors
    /// The book cannot be written.
    pub fn of<D: Device>(till: &Till<D>) -> Result<Self, PurseError> {
        Ok(Self { entropy: till.words().entropy().to_vec(), book: till.book.encode()? })
    }

    /// Read back, both.
    ///
    /// # Errors
    /// They are of a newer program, or none.
    pub fn read(&self) -> Result<(Words, Book), PurseError> {
        Ok((Words::from_entropy(&self.entropy)?, Book::decode(&self.book)?))
    }
}

impl Backup {
    /// As a file. age draws the salt and the key itself.
    ///
    /// # Errors
    /// The passphrase is empty, or it is too long.
    pub fn seal(&self, passphrase: &str) -> Result<Vec<u8>, BackupError> {
        self.seal_with(passphrase, WORK)
    }

    fn seal_with(&self, passphrase: &str, work: u8) -> Result<Vec<u8>, BackupError> {
        let mut recipient = scrypt::Recipient::new(secret(passphrase)?);
        recipient.set_work_factor(work);
        let plain = Zeroizing::new(postcard::to_stdvec(self).map_err(|_| BackupError::TooLong)?);
        if plain.len() > MOST / 2 {
            return Err(BackupError::TooLong);
        }
        let mut sealed = Vec::with_capacity(plain.len() + 1024);
        // Written to memory: there is nothing that could fail.
        let write = |sealed: &mut Vec<u8>| {
            let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).ok()?;
            let mut writer = encryptor.wrap_output(sealed).ok()?;
            writer.write_all(&plain).ok()?;
            writer.finish().ok().map(drop)
        };
        write(&mut sealed).ok_or(BackupError::TooLong)?;
        Ok([MAGIC.as_slice(), &[VERSION], &checksum(&sealed), &sealed].concat())
    }

    /// Opens a file.
    ///
    /// # Errors
    /// What it is instead of a backup, that it is damaged, or that the passphrase is wrong.
    pub fn open(passphrase: &str, file: &[u8]) -> Result<Self, BackupError> {
        if file.len() > MOST {
            return Err(BackupError::TooLong);
        }
        let rest = file.strip_prefix(MAGIC).ok_or(BackupError::NotABackup)?;
        let rest = match rest.split_first() {
            Some((&VERSION, rest)) => rest,
            Some((&old, _)) if old < VERSION => return Err(BackupError::TooOld(old)),
            Some((&new, _)) => return Err(BackupError::TooNew(new)),
            None => return Err(BackupError::Damaged),
        };
        let (sum, sealed) = rest.split_first_chunk::<CHECKSUM>().ok_or(BackupError::Damaged)?;
        if checksum(sealed) != *sum {
            return Err(BackupError::Damaged);
        }
        let mut identity = scrypt::Identity::new(secret(passphrase)?);
        identity.set_max_work_factor(MOST_WORK);
        let decryptor = Decryptor::new_buffered(sealed).map_err(|_| BackupError::Damaged)?;
        let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|why| match why {
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => BackupError::WrongPassphrase,
            DecryptError::ExcessiveWork { .. } => BackupError::TooMuch,
            _ => BackupError::Damaged,
        })?;
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
        reader.read_to_end(&mut plain).map_err(|_| BackupError::Damaged)?;
        postcard::from_bytes(&plain).map_err(|_| BackupError::Damaged)
    }
}

fn secret(passphrase: &str) -> Result<SecretString, BackupError> {
    if passphrase.trim().is_empty() {
        return Err(BackupError::EmptyPassphrase);
    }
    // As the vault does: the same passphrase from any keyboard.
    Ok(SecretString::from(passphrase.nfkd().collect::<String>()))
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(body));
    [a, b, c, d, e, f, g, h]
}

impl<D: Device + Clone> Desk<D> {
    /// A backup of this wallet, with what the engine exports.
    ///
    /// # Errors
    /// The wallet is locked, or the passphrase is empty.
    pub fn back_up(&mut self, passphrase: &str, personal: Option<String>) -> Result<Vec<u8>, PurseError> {
        let till = self.till()?;
        let backup = Backup { made: till.device.now(), personal, wallet: Some(Purse::of(till)?) };
        Ok(backup.seal(passphrase)?)
    }

    /// Opens a backup and looks whether all of it can be put back here; nothing is written yet.
    ///
    /// # Errors
    /// As [`Backup::open`]; a half of it is of a newer program; or there is a wallet here already.
    pub async fn unpack(&mut self, passphrase: &str, file: &[u8]) -> Result<&Backup, PurseError> {
        let backup = Backup::open(passphrase, file)?;
        if let Some(wallet) = &backup.wallet {
            wallet.read()?;
            self.vacant().await?;
        }
        Ok(self.unpacked.insert(backup))
    }

    /// Puts the wallet of the backup that was unpacked here, under a passphrase for this device. True: there was one in it.
    ///
    /// # Errors
    /// Nothing was unpacked, there is a wallet here already, or nothing can be kept.
    pub async fn adopt(&mut self, passphrase: &str) -> Result<bool, PurseError> {
        let backup = self.unpacked.take().ok_or_else(|| PurseError::Usage("no backup was opened; choose its file first".to_owned()))?;
        let Some(wallet) = &backup.wallet else { return Ok(false) };
        let (words, book) = wallet.read()?;
        self.make(words, passphrase, book).await?;
        Ok(true)
    }

    /// What is told of a backup that was unpacked.
    pub(super) fn told_of(backup: &Backup) -> Answer {
        Answer::Unpacked { personal: backup.personal.clone(), wallet: backup.wallet.is_some(), made: backup.made.0 }
    }
}

impl From<BackupError> for PurseError {
    fn from(why: BackupError) -> Self {
        match why {
            BackupError::EmptyPassphrase => Self::Vault(VaultError::EmptyPassphrase),
            other => Self::Usage(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wallet::Rule;

    const PHRASE: &str = "Cr\u{e8}me and three words";

    fn backup() -> Backup {
        let book = Book { accounts: 2, rule: Rule::default(), ..Book::default() };
        let words = Words::from_entropy(&[7; 16]).unwrap();
        let wallet = Purse { entropy: words.entropy().to_vec(), book: book.encode().unwrap() };
        Backup { made: Millis(1_800_000_000_000), personal: Some("{\"version\":3}".into()), wallet: Some(wallet) }
    }

    /// Little work, so that the test is about the format.
    fn sealed() -> Vec<u8> {
        backup().seal_with(PHRASE, 4).unwrap()
    }

    fn forged(sealed: &[u8]) -> Vec<u8> {
        [MAGIC.as_slice(), &[VERSION], &checksum(sealed), sealed].concat()
    }

    #[test]
    fn a_backup_opens_with_its_passphrase_in_either_way_of_writing_a_letter_and_with_no_other() {
        let file = backup().seal(PHRASE).unwrap();
        assert_eq!(Backup::open(PHRASE, &file), Ok(backup()));
        assert_eq!(Backup::open("Cre\u{300}me and three words", &file), Ok(backup()));
        assert_eq!(Backup::open("cr\u{e8}me and three words", &file), Err(BackupError::WrongPassphrase));
        assert_eq!((Backup::open(" ", &file), backup().seal("")), (Err(BackupError::EmptyPassphrase), Err(BackupError::EmptyPassphrase)));
        let header = String::from_utf8_lossy(&file[26..100]).into_owned();
        assert!(header.starts_with("age-encryption.org/v1\n-> scrypt ") && header.contains(" 17\n"), "{header}");
        for secret in [&[7_u8; 16][..], b"version", PHRASE.as_bytes()] {
            assert!(!file.windows(6).any(|bytes| secret.windows(6).any(|piece| piece == bytes)));
        }
    }

    #[test]
    fn another_file_an_old_a_new_a_damaged_and_a_cut_one_are_each_said() {
        let file = sealed();
        let with = |at: usize, byte: u8| {
            let mut other = file.clone();
            other[at] = byte;
            Backup::open(PHRASE, &other).unwrap_err()
        };
        assert_eq!((with(0, b'x'), with(17, 0), with(17, 2)), (BackupError::NotABackup, BackupError::TooOld(0), BackupError::TooNew(2)));
        for at in (18..file.len()).step_by(7) {
            assert_eq!(with(at, file[at] ^ 1), BackupError::Damaged, "{at}");
        }
        for length in (17..file.len()).step_by(5) {
            assert_eq!(Backup::open(PHRASE, &file[..length]), Err(BackupError::Damaged), "{length}");
        }
        assert_eq!(Backup::open(PHRASE, b"age-encryption.org/v1\n"), Err(BackupError::NotABackup));
        assert_eq!(Backup::open(PHRASE, &vec![0; MOST + 1]), Err(BackupError::TooLong));
    }

    #[test]
    fn a_forged_file_costs_no_more_than_it_may_and_says_what_it_is() {
        let file = sealed();
        let age = &file[26..];
        let text = String::from_utf8_lossy(&age[..80]).into_owned();
        let at = text.find(" 4\n").unwrap();
        let harder = [&age[..at], b" 30\n", &age[at + 3..]].concat();
        assert_eq!(Backup::open(PHRASE, &forged(&harder)), Err(BackupError::TooMuch));
        // Cut within the payload, its sum made anew.
        for length in [0, 10, at, age.len() - 1] {
            assert_eq!(Backup::open(PHRASE, &forged(&age[..length])), Err(BackupError::Damaged), "{length}");
        }
        // To somebody's key instead of a passphrase.
        let other = age::encrypt(&age::x25519::Identity::generate().to_public(), b"x").unwrap();
        assert!(Backup::open(PHRASE, &forged(&other)).is_err());
    }

    #[test]
    fn a_book_of_a_newer_program_is_not_taken_over() {
        let mut newer = backup();
        newer.wallet.as_mut().unwrap().book[0] = 99;
        let file = newer.seal_with(PHRASE, 4).unwrap();
        let why = Backup::open(PHRASE, &file).unwrap().wallet.as_ref().unwrap().read().unwrap_err().to_string();
        assert!(why.contains("version 99") && why.contains("update"), "{why}");
    }
}
