//! The organisation's key under a passphrase: the text that a browser keeps of it, and that is saved as a copy, says nothing without the passphrase.
//!
//! ```text
//! seed (32) --wallet's vault: Argon2id, XChaCha20-Poly1305--> file --lower-case hex--> kept in the browser, saved as a file
//! ```

use super::{
    publish::seed,
    wire::{Answer, Request, Secret},
};
use crate::wallet::{Effort, Opened, Vault};

/// What a vault takes of randomness: its salt, its nonce, the key of files beside it.
pub const RANDOM: usize = 16 + 24 + 32;

/// What is asked about keys; `None` for any other request. It takes a second and 64 MiB on purpose: a worker's matter.
#[must_use]
pub fn answer(request: &Request) -> Option<Answer> {
    let done = match request {
        Request::Lock { seed, passphrase, random } => lock(&seed.0, &passphrase.0, random, Effort::USUAL).map(Answer::Locked),
        Request::Unlock { locked, passphrase } => unlock(locked, &passphrase.0).map(|seed| Answer::Unlocked(Secret(seed))),
        _ => return None,
    };
    Some(done.unwrap_or_else(Answer::Refused))
}

/// Locks a key.
///
/// # Errors
/// A sentence: it is none, or the passphrase is empty, or there is no memory.
pub fn lock(key: &str, passphrase: &str, random: &[u8], effort: Effort) -> Result<String, String> {
    let seed = seed(key).ok_or("this is no key: its file holds 64 hex digits")?;
    let parts = random.split_first_chunk::<16>().and_then(|(salt, rest)| {
        let (nonce, rest) = rest.split_first_chunk::<24>()?;
        Some((*salt, *nonce, <[u8; 32]>::try_from(rest).ok()?))
    });
    let (salt, nonce, data_key) = parts.ok_or("this device gives no random numbers")?;
    let file = Vault { effort, salt, nonce }.seal(passphrase, &Opened::new(data_key, &seed)).map_err(|e| e.to_string())?;
    Ok(hex::encode(file))
}

/// Opens what [`lock`] locked; the seed as 64 hex digits.
///
/// # Errors
/// A sentence: the passphrase is wrong, or the text is damaged or no locked key.
pub fn unlock(locked: &str, passphrase: &str) -> Result<String, String> {
    let file = hex::decode(locked.trim()).map_err(|_| "this is no locked key")?;
    let opened = Vault::open(passphrase, &file).map_err(|e| e.to_string())?;
    let seed: [u8; 32] = opened.content.as_slice().try_into().map_err(|_| "this vault holds something else than an organisation's key")?;
    Ok(hex::encode(seed))
}

/// Whether a text is a locked key, by how it begins.
#[must_use]
pub fn is_locked(text: &str) -> bool {
    text.trim().starts_with(&hex::encode("ecosphere-vault\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_with_its_passphrase_alone_and_its_text_says_nothing() {
        let seed = "07".repeat(32);
        let locked = lock(&seed, "four plain words here", &[3; RANDOM], Effort::LEAST).unwrap();
        assert!(is_locked(&locked) && !is_locked(&seed) && !locked.contains(&seed));
        assert_eq!(unlock(&format!(" {locked}\n"), "four plain words here").unwrap(), seed);
        assert!(unlock(&locked, "four plain words").unwrap_err().contains("passphrase is wrong"));
        assert!(unlock(&seed, "x").unwrap_err().contains("not a vault"));
        assert!(unlock("zz", "x").is_err() && unlock(&locked[..200], "x").is_err());
        assert!(lock(&seed, " ", &[3; RANDOM], Effort::LEAST).unwrap_err().contains("empty passphrase"));
        assert!(lock("07", "x", &[3; RANDOM], Effort::LEAST).is_err() && lock(&seed, "x", &[3; 4], Effort::LEAST).is_err());
    }
}
