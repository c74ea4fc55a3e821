//! What a device lends to the purse.

use crate::{
    exchange::ExchangeError,
    log::LogError,
    measure::Millis,
    state::ProofError,
    statement::StatementError,
    wallet::{AmountError, KeysError, OutboxError, RequestError, VaultError, WordsError},
};

/// Why the purse does not do something: a sentence for the person, without its full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurseError {
    /// The node cannot be reached, or is busy. What is on its way stays so.
    #[error("{0}")]
    Offline(String),
    /// The node says no.
    #[error("the node refuses: {0}")]
    Refused(String),
    /// What the node says is not proven by what it shows. Nothing of it was taken over.
    #[error("the node cannot prove what it says, so nothing of it was taken over: {0}")]
    Untrusted(String),
    /// It cannot be done so.
    #[error("{0}")]
    Usage(String),
    /// Nothing can be kept here.
    #[error("the wallet cannot be kept on this device: {0}")]
    Store(String),
    /// A vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Words.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// An account's number.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What is on its way.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// A request for payment.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// An amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// An order.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl From<LogError> for PurseError {
    fn from(why: LogError) -> Self {
        Self::Untrusted(why.to_string())
    }
}

impl From<ProofError> for PurseError {
    fn from(why: ProofError) -> Self {
        Self::Untrusted(why.to_string())
    }
}

/// Files, a node, time and randomness.
pub trait Device {
    /// Keeps other programs and tabs away from the files until [`Device::let_go`]: what one of them keeps, another must not write over.
    ///
    /// # Errors
    /// Another one has them.
    fn hold(&self) -> impl Future<Output = Result<(), PurseError>>;

    /// Lets others have the files.
    fn let_go(&self);

    /// The file of this name, if it is there.
    ///
    /// # Errors
    /// It cannot be read.
    fn load(&self, name: &str) -> impl Future<Output = Result<Option<Vec<u8>>, PurseError>>;

    /// Keeps a file. When this returns it is kept, even if the power goes; until then the old one is.
    ///
    /// # Errors
    /// It cannot be written.
    fn save(&self, name: &str, bytes: &[u8]) -> impl Future<Output = Result<(), PurseError>>;

    /// What the node has at a path.
    ///
    /// # Errors
    /// It cannot be reached ([`PurseError::Offline`]), or says no ([`PurseError::Refused`]).
    fn get(&self, path: &str) -> impl Future<Output = Result<Vec<u8>, PurseError>>;

    /// Posts JSON; gives what the node answers, whatever it is.
    ///
    /// # Errors
    /// It cannot be reached, or is busy.
    fn post(&self, path: &str, json: String) -> impl Future<Output = Result<String, PurseError>>;

    /// Waits.
    fn pause(&self, milliseconds: u32) -> impl Future<Output = ()>;

    /// The device's own time. The ledger's counts where there is one.
    fn now(&self) -> Millis;

    /// Random bytes.
    ///
    /// # Errors
    /// The system has none.
    fn random<const N: usize>(&self) -> Result<[u8; N], PurseError> {
        let mut bytes = [0; N];
        let none = |_| PurseError::Store("this system gives no random numbers".to_owned());
        getrandom04::fill(&mut bytes).map_err(none).map(|()| bytes)
    }
}
