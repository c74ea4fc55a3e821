//! What a statement can say about steward pools, and the voucher by which a community tells a pool its members apart.
//!
//! ```text
//! voucher   {"by": did:key of the community, "pseudonym": 32 bytes in hex, "signature": 64 bytes in hex}
//! signed    "ecosphere-voucher-v1\0" ‖ SHA-256(origin) ‖ pool ‖ account ‖ pseudonym      (Ed25519; the account by the key that signs the swap)
//! ```
//! A voucher names no person: the community gives each member one pseudonym for a pool, however many accounts they have, and only the community knows whose
//! it is. It is of use to nobody but the account it names.

use super::{DidKey, Digest, SigningKey, StatementError, Units};
use crate::measure::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

const VOUCHER: &[u8] = b"ecosphere-voucher-v1\0";
const PSEUDONYM: &[u8] = b"ecosphere-pseudonym-v1\0";

/// A new steward pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardOpening {
    /// The token it takes.
    #[serde(with = "hex::serde")]
    pub takes: Digest,
    /// The token it gives.
    #[serde(with = "hex::serde")]
    pub gives: Digest,
    /// Its rate: whole quote tokens for one whole base token of the two (base: the one with fewer decimals; of equal ones, the lower id).
    pub rate: Decimal,
    /// What its steward puts in, of the token it gives.
    pub amount: Units,
    /// What it gives out at most, over all time.
    pub total_cap: Units,
    /// What one member of a community gets at most; with it, nobody else gets anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonCap>,
}

/// A cap per person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonCap {
    /// The community that says who is a person: an actor.
    pub community: DidKey,
    /// What one of them gets at most, over all time.
    pub cap: Units,
}

/// More for a steward pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardFunding {
    /// The pool.
    #[serde(with = "hex::serde")]
    pub pool: Digest,
    /// What is put in; 0 to change the cap only.
    pub amount: Units,
    /// What it gives out at most from now on, over all time; never less than it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_cap: Option<Units>,
}

/// The end of a steward pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardClosing {
    /// The pool.
    #[serde(with = "hex::serde")]
    pub pool: Digest,
}

/// A swap with a steward pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardSwap {
    /// The pool.
    #[serde(with = "hex::serde")]
    pub pool: Digest,
    /// The token given: the one that the pool takes.
    #[serde(with = "hex::serde")]
    pub gives: Digest,
    /// The token wanted: the one that the pool gives.
    #[serde(with = "hex::serde")]
    pub takes: Digest,
    /// Of the token given.
    pub amount: Units,
    /// Of the token wanted, at least.
    pub least: Units,
    /// Where the pool has a cap per person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Voucher>,
}

/// A community's word that an account is a member's, known to the pool by a pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// The community's key.
    pub by: DidKey,
    /// The member, for this pool.
    #[serde(with = "hex::serde")]
    pub pseudonym: Digest,
    /// See above.
    #[serde(with = "hex::serde")]
    pub signature: [u8; 64],
}

impl Voucher {
    /// Made by a community for a member's account.
    #[must_use]
    pub fn new(community: &SigningKey, ledger: &str, pool: &Digest, account: &DidKey, pseudonym: Digest) -> Self {
        Self { by: community.did(), pseudonym, signature: community.sign(&signed(ledger, pool, account, &pseudonym)) }
    }

    /// The pseudonym of whom a community calls so, for a pool: always the same, and without the community's key nobody finds it from the name.
    #[must_use]
    pub fn pseudonym(community: &SigningKey, pool: &Digest, member: &str) -> Digest {
        // An Ed25519 signature is as good as random to whoever has not the key, and the same each time.
        Sha256::digest(community.sign(&[PSEUDONYM, pool, member.as_bytes()].concat())).into()
    }

    /// Whether its signature holds for a swap.
    ///
    /// # Errors
    /// It does not.
    pub(super) fn check(&self, ledger: &str, pool: &Digest, account: &DidKey) -> Result<(), StatementError> {
        if self.by.verifies(&signed(ledger, pool, account, &self.pseudonym), &self.signature) {
            return Ok(());
        }
        let why = "it was made for another pool, account or ledger, or altered; ask the community for one of your own".to_owned();
        Err(StatementError::Shape { member: "voucher", why })
    }
}

fn signed(ledger: &str, pool: &Digest, account: &DidKey, pseudonym: &Digest) -> Vec<u8> {
    [VOUCHER, &Sha256::digest(ledger), pool, account.public(), pseudonym].concat()
}

#[cfg(test)]
mod tests {
    use super::super::{Body, Draft, ExchangeAct, sign, verify};
    use super::*;
    use crate::measure::Millis;

    fn draft(act: ExchangeAct) -> Draft {
        Draft { ledger: "ecosphere.example/test".into(), nonce: [7; 16], expires: Millis(1_800_000_000_123), body: Body::Exchange(act) }
    }

    #[test]
    fn what_is_stated_about_steward_pools_is_read_as_it_was_signed() {
        let key = SigningKey::from_seed(&[1; 32]);
        let (takes, gives, pool) = ([1; 32], [2; 32], [3; 32]);
        let person = Some(PersonCap { community: key.did(), cap: Units(5) });
        let rate = Decimal::parse("2.5").unwrap();
        for act in [
            ExchangeAct::OpenSteward(StewardOpening { takes, gives, rate, amount: Units(9), total_cap: Units(9), person }),
            ExchangeAct::OpenSteward(StewardOpening { takes, gives, rate, amount: Units(9), total_cap: Units(9), person: None }),
            ExchangeAct::FundSteward(StewardFunding { pool, amount: Units(0), total_cap: Some(Units(4)) }),
            ExchangeAct::FundSteward(StewardFunding { pool, amount: Units(1), total_cap: None }),
            ExchangeAct::CloseSteward(StewardClosing { pool }),
            ExchangeAct::SwapSteward(StewardSwap { pool, gives: takes, takes: gives, amount: Units(1), least: Units(1), voucher: None }),
        ] {
            let entry = sign(&draft(act.clone()), Millis(0), &key, &[]).unwrap();
            assert_eq!(verify(&entry).unwrap().body, Body::Exchange(act));
        }
    }

    #[test]
    fn a_voucher_holds_for_its_pool_account_and_ledger_only() {
        let [member, other, community] = [1, 2, 3].map(|n| SigningKey::from_seed(&[n; 32]));
        let pool = [9; 32];
        let pseudonym = Voucher::pseudonym(&community, &pool, "Ana");
        assert_eq!(pseudonym, Voucher::pseudonym(&community, &pool, "Ana"));
        assert!(pseudonym != Voucher::pseudonym(&community, &[8; 32], "Ana") && pseudonym != Voucher::pseudonym(&other, &pool, "Ana"));
        let voucher = Voucher::new(&community, "ecosphere.example/test", &pool, &member.did(), pseudonym);
        let swap = |pool, voucher| {
            draft(ExchangeAct::SwapSteward(StewardSwap {
                pool,
                gives: [1; 32],
                takes: [2; 32],
                amount: Units(1),
                least: Units(1),
                voucher: Some(voucher),
            }))
        };
        let told = |draft: &Draft, by: &SigningKey| sign(draft, Millis(0), by, &[]).and_then(|entry| verify(&entry));
        assert!(told(&swap(pool, voucher), &member).is_ok());
        let refused = |draft: &Draft, by: &SigningKey| matches!(told(draft, by), Err(StatementError::Shape { member: "voucher", .. }));
        assert!(refused(&swap(pool, voucher), &other), "somebody else's account");
        assert!(refused(&swap([8; 32], voucher), &member), "another pool");
        assert!(refused(&Draft { ledger: "another.example/ledger".into(), ..swap(pool, voucher) }, &member), "another ledger");
        assert!(refused(&swap(pool, Voucher { pseudonym: [0; 32], ..voucher }), &member), "another member");
        assert!(refused(&swap(pool, Voucher { by: other.did(), ..voucher }), &member), "another community");
    }
}
