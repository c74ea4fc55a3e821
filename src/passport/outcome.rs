//! The one answer to "is this passport good?": exhaustive, in a fixed order, each with a plain sentence and a next step.

use crate::statement::End;
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
    /// A newer passport replaced it, or it has ended, for instance because the product is no more.
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

impl Outcome {
    /// Every outcome, in the order in which they are tried.
    pub const ALL: [Self; 12] = [
        Self::NotAPassport,
        Self::Altered,
        Self::WrongProduct,
        Self::UnknownIssuer,
        Self::NotAccredited,
        Self::Revoked,
        Self::Suspended,
        Self::Superseded,
        Self::Expired,
        Self::NotInSnapshot,
        Self::Unsealed,
        Self::Verified,
    ];

    /// A stable name for scripts, e.g. `wrong-product`; the same as in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotAPassport => "not-a-passport",
            Self::Altered => "altered",
            Self::WrongProduct => "wrong-product",
            Self::UnknownIssuer => "unknown-issuer",
            Self::NotAccredited => "not-accredited",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
            Self::NotInSnapshot => "not-in-snapshot",
            Self::Unsealed => "unsealed",
            Self::Verified => "verified",
        }
    }

    /// Two or three words for a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotAPassport => "Not a passport",
            Self::Altered => "Passport altered",
            Self::WrongProduct => "Wrong product",
            Self::UnknownIssuer => "Unknown signer",
            Self::NotAccredited => "Signer not accredited",
            Self::Revoked => "Passport revoked",
            Self::Suspended => "Passport on hold",
            Self::Superseded => "Replaced or ended",
            Self::Expired => "Passport expired",
            Self::NotInSnapshot => "Not in your snapshot",
            Self::Unsealed => "No seal",
            Self::Verified => "Passport verified",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotAPassport => "This code holds no product passport and no barcode number.",
            Self::Altered => "The seal in this code does not match what was signed: the code was changed or forged.",
            Self::WrongProduct => "The seal is real, but it belongs to another product than this code names.",
            Self::UnknownIssuer => "Nobody known to the ledger signed this passport.",
            Self::NotAccredited => "The signer of this passport is known, but nobody the ledger trusts vouches for it now.",
            Self::Revoked => "Whoever issued this passport has taken it back for good.",
            Self::Suspended => "Whoever issued this passport has put it on hold.",
            Self::Superseded => "This passport has ended or was replaced by a newer one.",
            Self::Expired => "This passport was valid only until a date that has passed.",
            Self::NotInSnapshot => "Your device's snapshot of the ledger knows nothing about this product.",
            Self::Unsealed => "The product is known, but this code carries no seal: it only says which product it is.",
            Self::Verified => "The passport is sealed, on the ledger, in force, and signed by an issuer in standing.",
        }
    }

    /// What a person can do now.
    #[must_use]
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::NotAPassport => "Look for another code on the package, or type the digits under the barcode.",
            Self::Altered => "Do not rely on what this code says. Tell the shop, and scan the barcode for what is known of the product.",
            Self::WrongProduct => "Do not rely on this code: the seal may have been copied from another product. Tell the shop.",
            Self::UnknownIssuer => "Treat what this passport says as unproven. Scan the barcode for what is known of the product.",
            Self::NotAccredited => "Treat what this passport says as the signer's own word, and nothing more.",
            Self::Revoked => "Do not rely on this passport. Ask the shop or the maker why it was taken back.",
            Self::Suspended => "Wait until the issuer has settled the matter, or choose another product.",
            Self::Superseded => "Open the newer passport if there is one; what is shown here may be out of date.",
            Self::Expired => "Ask for a current passport; what is shown here may be out of date.",
            Self::NotInSnapshot => "It is saved for later. Bring the snapshot up to date when you are online, and look at the alternatives.",
            Self::Unsealed => "Read what is known of the product; only a sealed passport can be verified.",
            Self::Verified => "Read how it fits. A seal can be copied: this proves the passport, not that this very item is genuine.",
        }
    }

    /// What a terminal command ends with: 1 for the outcomes that say "do not rely on this" (altered to suspended), else 0.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Altered | Self::WrongProduct | Self::UnknownIssuer | Self::NotAccredited | Self::Revoked | Self::Suspended => 1,
            _ => 0,
        }
    }
}

/// What [`Outcome::Superseded`] means where the owner has said what became of the product.
#[must_use]
pub const fn end_sentence(how: End) -> &'static str {
    match how {
        End::Recycled => "Its owner has ended this passport: the product was recycled.",
        End::Destroyed => "Its owner has ended this passport: the product was destroyed.",
    }
}

/// What a person can do then.
pub const END_NEXT_STEP: &str =
    "If you hold a product with this code, it is not the one the passport was for. Do not rely on the code, and tell the shop.";

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.title())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_listed_once_in_the_order_of_trying() {
        assert!(Outcome::ALL.windows(2).all(|w| matches!(w, [a, b] if a < b)));
    }

    #[test]
    fn the_id_is_the_name_in_json() {
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.id());
        }
    }

    #[test]
    fn altered_to_suspended_end_with_status_one() {
        for outcome in Outcome::ALL {
            let bad = (Outcome::Altered..=Outcome::Suspended).contains(&outcome);
            assert_eq!(outcome.exit_code(), u8::from(bad), "{outcome}");
        }
    }

    #[test]
    fn every_outcome_says_what_it_means_and_what_to_do() {
        for outcome in Outcome::ALL {
            for text in [outcome.sentence(), outcome.next_step()] {
                assert!(text.ends_with('.') && text.len() > 30, "{text}");
            }
        }
    }
}
