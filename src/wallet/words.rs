//! Words for a seed: BIP-39, in English.

use bip39::{Error, Language, Mnemonic};
use zeroize::Zeroizing;

/// The words that all of a person's keys come from. Wiped from memory when dropped.
///
/// ```
/// use ecosphere::wallet::Words;
/// let words = Words::from_entropy(&[0; 16]).unwrap();
/// assert!(words.iter().all(|word| word == "abandon" || word == "about"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Words(Mnemonic);

/// Why these are no words for a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not as many as there can be.
    #[error("these are {0} words; there are 12 or 24 (some wallets use 15, 18 or 21)")]
    Count(usize),
    /// Not one of the list's 2048.
    #[error("word {} is not one of the 2048 words; look for a slip of the pen", .0 + 1)]
    Unknown(usize),
    /// All are words, but they do not belong together.
    #[error("each is a word of the list, but together they do not fit; check their order, and that each is the one you wrote down")]
    Checksum,
    /// Too little or too much randomness.
    #[error("words are made from 16 or 32 random bytes; {0} were given")]
    Entropy(usize),
}

impl Words {
    /// New words from 16 random bytes (12 words) or 32 (24 words).
    ///
    /// # Errors
    /// Another number of bytes.
    pub fn from_entropy(entropy: &[u8]) -> Result<Self, WordsError> {
        match entropy.len() {
            16 | 32 => Mnemonic::from_entropy_in(Language::English, entropy).map(Self).map_err(|_| WordsError::Entropy(entropy.len())),
            other => Err(WordsError::Entropy(other)),
        }
    }

    /// Reads words that a person typed: any spaces, any case.
    ///
    /// # Errors
    /// Which word is wrong, or that they do not belong together.
    pub fn read(text: &str) -> Result<Self, WordsError> {
        let plain = Zeroizing::new(text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" "));
        Mnemonic::parse_in_normalized(Language::English, &plain).map(Self).map_err(|why| match why {
            Error::UnknownWord(at) => WordsError::Unknown(at),
            Error::InvalidChecksum => WordsError::Checksum,
            _ => WordsError::Count(plain.split_whitespace().count()),
        })
    }

    /// The words, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.word_count()
    }

    /// Three different places whose words a person is asked for, to see that they wrote them down; in rising order, from three random bytes.
    #[must_use]
    pub fn places_to_check(&self, random: [u8; 3]) -> [usize; 3] {
        let mut left: Vec<usize> = (0..self.count()).collect();
        let mut places = random.map(|byte| left.remove(usize::from(byte) % left.len().max(1)));
        places.sort_unstable();
        places
    }

    /// Whether a person knows the word at a place.
    #[must_use]
    pub fn is_word_at(&self, place: usize, answer: &str) -> bool {
        self.iter().nth(place).is_some_and(|word| word == answer.trim().to_lowercase())
    }

    /// What the words stand for, 16 to 32 bytes.
    #[must_use]
    pub fn entropy(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_entropy())
    }

    /// The seed (PBKDF2-HMAC-SHA512, 2048 rounds); the passphrase is BIP-39's own, mostly empty, and not that of a vault.
    #[must_use]
    pub fn seed(&self, passphrase: &str) -> Zeroizing<[u8; 64]> {
        Zeroizing::new(self.0.to_seed(passphrase))
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({} words)", self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_english_vector_gives_its_words_and_its_seed() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/vectors/bip39/english.json"))).unwrap();
        let cases = file["english"].as_array().unwrap();
        assert_eq!(cases.len(), 24);
        for case in cases {
            let [entropy, words, seed] = [0, 1, 2].map(|n| case[n].as_str().unwrap());
            let read = Words::read(words).unwrap();
            assert_eq!(read.iter().collect::<Vec<_>>().join(" "), words);
            assert_eq!((hex::encode(&*read.entropy()), hex::encode(*read.seed("TREZOR"))), (entropy.to_owned(), seed.to_owned()));
            let entropy = hex::decode(entropy).unwrap();
            match entropy.len() {
                16 | 32 => assert_eq!(Words::from_entropy(&entropy), Ok(read)),
                other => assert_eq!(Words::from_entropy(&entropy), Err(WordsError::Entropy(other))),
            }
        }
    }

    #[test]
    fn what_is_wrong_with_words_is_said() {
        let right = "  Legal winner THANK year wave sausage worth useful legal winner thank\tyellow ";
        assert_eq!(Words::read(right).unwrap().count(), 12);
        assert_eq!(Words::read("legal winner thank year"), Err(WordsError::Count(4)));
        assert_eq!(Words::read(""), Err(WordsError::Count(0)));
        assert_eq!(Words::read(&right.replace("wave", "wavy")), Err(WordsError::Unknown(4)));
        assert_eq!(Words::read(&right.replace("yellow", "year")), Err(WordsError::Checksum));
        assert_eq!(WordsError::Unknown(4).to_string(), "word 5 is not one of the 2048 words; look for a slip of the pen");
    }

    #[test]
    fn three_different_places_are_asked_for_and_debug_tells_no_word() {
        let words = Words::from_entropy(&[7; 32]).unwrap();
        for n in 0..=255 {
            let [a, b, c] = words.places_to_check([n, n, n.wrapping_mul(31)]);
            assert!(a < b && b < c && c < 24);
        }
        let third = words.iter().nth(2).unwrap();
        assert!(words.is_word_at(2, &format!(" {} ", third.to_uppercase())) && !words.is_word_at(2, "zoo") && !words.is_word_at(24, "zoo"));
        assert_eq!(format!("{words:?}"), "Words(24 words)");
    }
}
