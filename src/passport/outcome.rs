//! The one answer to "is this passport good?": exhaustive, in a fixed order, each with a plain sentence and a next step.

use serde::{Deserialize, Serialize};

/// What a check of a code came to: the first that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The code holds no product link or barcode.
    NotAPassport,
    /// The seal does not match what was signed.
    Altered,
    /// The seal belongs to another product.
    WrongProduct,
    /// Nobody known to the ledger signed it.
    UnknownIssuer,
    /// The signer is known, but has no standing.
    NotAccredited,
    /// The issuer took it back.
    Revoked,
    /// The issuer put it on hold.
    Suspended,
    /// A newer passport replaced it.
    Superseded,
    /// Its time has run out.
    Expired,
    /// Nothing known about it on this device.
    NotInSnapshot,
    /// Known product, but the code carries no seal.
    Unsealed,
    /// Sealed, in the snapshot, in standing.
    Verified,
}
