//! The wallet: keys from words, the vault they lie in, and what a payment is before it is a statement.
//!
//! *In:* words, passphrases, files and links from outside; randomness and the time as arguments. *Out:* keys that sign, files that say nothing
//! without their passphrase, requests for payment that were read strictly; or a sentence.
//!
//! | file | what | specification |
//! |---|---|---|
//! | `words` | 12 to 24 English words for a seed | BIP-39 |
//! | `keys` | accounts, and the person's passport key | SLIP-0010, Ed25519 |
//! | `vault` | files that only a passphrase opens, drawn there | RFC 9106 (Argon2id), draft-irtf-cfrg-xchacha (XChaCha20-Poly1305) |
//! | `quick` | a second way into the vault, by a secret of the device | WebAuthn Level 3, `prf` |
//! | `amount` | amounts as people write them | here |
//! | `request` | a payment request as a link, drawn there | RFC 3986; in the manner of BIP-21 and Solana Pay |
//! | `outbox` | a payment from signed to logged | here |
//! | `check` | the value check before signing | here |
//!
//! Whoever has the words has everything that the keys sign for, on any device. Payments and identity are kept apart: they are signed by keys of
//! different branches, and nobody without the words can tell that one seed is behind both.

mod amount;
mod check;
mod keys;
mod outbox;
mod quick;
mod request;
mod vault;
mod words;

pub use amount::{AmountError, read_amount, write_amount};
pub use check::{Firmness, Judged, Regard, Rule};
pub use keys::{Branch, Keys, KeysError, MAX_INDEX};
pub use outbox::{Outbox, OutboxError, Payment, Progress};
pub use quick::Quick;
pub use request::{Asked, PaymentRequest, RequestError, memo};
pub use vault::{Effort, Opened, Vault, VaultError};
pub use words::{Words, WordsError};
