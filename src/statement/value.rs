//! What a statement can say about tokens and on the exchange.
//!
//! ```text
//! {"kind": "Token",    "body": {"define" | "award" | "pay": { … }}}
//! {"kind": "Exchange", "body": {"open-pair" | "forbid-pair" | "place" | "cancel" | "add-liquidity" | "remove-liquidity": { … }}}
//! {"kind": "Exchange", "body": {"open-steward" | "fund-steward" | "close-steward" | "swap-steward": { … }}}      see `steward`
//! ```
//! A token is named by the id of the statement that defined it, an order by that of the statement that placed it, in hex. Amounts are whole minor
//! units as decimal strings, since JSON's numbers end at 2^53; prices are decimals as strings.

use super::{DidKey, Digest, StewardClosing, StewardFunding, StewardOpening, StewardSwap};
use crate::measure::{Decimal, Millis};
use serde::{Deserialize, Serialize};

/// An amount in minor units of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Units(pub u64);

impl From<Units> for String {
    fn from(units: Units) -> Self {
        units.0.to_string()
    }
}

impl TryFrom<String> for Units {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let units = text.parse().map_err(|_| "an amount is a whole number of minor units in quotes, below 2^64")?;
        if Self(units).0.to_string() == text { Ok(Self(units)) } else { Err("an amount has one spelling: no sign, no zeros in front") }
    }
}

/// About tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenAct {
    /// A new token. Signer: its issuer, an actor in standing.
    Define(TokenDefinition),
    /// New units for somebody. Signer: the token's issuer.
    Award(Award),
    /// Units change hands. Signer: who pays.
    Pay(Pay),
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenDefinition {
    /// 2 to 12 capitals and digits; no other token need respect it.
    pub symbol: String,
    /// Name for people, 1 to 60 characters.
    pub name: String,
    /// What it stands for.
    pub value: TokenValue,
    /// Decimals that people see, 0 to 9.
    pub decimals: u8,
    /// At most so many units ever; without it, as many as there can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Units>,
    /// The association flag: a token of a community.
    pub community: bool,
    /// What holding it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demurrage: Option<Demurrage>,
    /// Whether it may be swapped for other tokens.
    pub tradable: bool,
}

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenValue {
    /// Money's worth.
    Financial,
    /// A good deed, a membership, loyalty: no claim on money.
    NonFinancial,
}

/// Holding costs: `floor(balance × bps / 10 000)` per full 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demurrage {
    /// Basis points, 1 to 10 000.
    pub bps: u16,
    /// Who gets it; without it, it is gone for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DidKey>,
}

/// New units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// Of which token.
    #[serde(with = "hex::serde")]
    pub token: Digest,
    /// For whom.
    pub to: DidKey,
    /// How many.
    pub amount: Units,
    /// What for, as a salted digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<HexDigest>,
}

/// Units that change hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// Of which token.
    #[serde(with = "hex::serde")]
    pub token: Digest,
    /// To whom.
    pub to: DidKey,
    /// How many.
    pub amount: Units,
    /// What the payee knows it by, 16 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The message, as a salted digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<HexDigest>,
}

/// 32 bytes in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HexDigest(#[serde(with = "hex::serde")] pub Digest);

/// 16 bytes in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(#[serde(with = "hex::serde")] pub [u8; 16]);

/// On the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExchangeAct {
    /// Two tokens can be swapped from now on. Signer: the issuer of one of them; where issuers forbade it, each of these.
    OpenPair(PairOpening),
    /// Two tokens can not be swapped from now on. Signer: the issuer of one of them.
    ForbidPair(PairForbidding),
    /// An order. Signer: who gives.
    Place(Placing),
    /// An order is taken back. Signer: who placed it.
    Cancel(Cancelling),
    /// Tokens go into a pair's pool. Signer: who gives them.
    AddLiquidity(Adding),
    /// Shares go out of a pair's pool. Signer: whose they are.
    RemoveLiquidity(Removing),
    /// A new steward pool; its id is that of the statement. Signer: its steward, whose tokens it gives.
    OpenSteward(StewardOpening),
    /// More for a steward pool, or another cap. Signer: its steward.
    FundSteward(StewardFunding),
    /// A steward pool ends; what is left goes back. Signer: its steward.
    CloseSteward(StewardClosing),
    /// A swap with a steward pool. Signer: who gives.
    SwapSteward(StewardSwap),
}

/// A new pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairOpening {
    /// The token with fewer decimals; of equal ones, the lower id.
    #[serde(with = "hex::serde")]
    pub base: Digest,
    /// The other one.
    #[serde(with = "hex::serde")]
    pub quote: Digest,
    /// What its pool keeps of its input, in basis points.
    pub fee_bps: u16,
}

/// A pair that an issuer forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairForbidding {
    /// The token with fewer decimals; of equal ones, the lower id.
    #[serde(with = "hex::serde")]
    pub base: Digest,
    /// The other one.
    #[serde(with = "hex::serde")]
    pub quote: Digest,
}

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placing {
    /// The token given.
    #[serde(with = "hex::serde")]
    pub gives: Digest,
    /// The token wanted.
    #[serde(with = "hex::serde")]
    pub takes: Digest,
    /// Of the token given.
    pub amount: Units,
    /// The worst price accepted: whole quote tokens for one whole base token of the pair. Without it, any, for one batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Decimal>,
    /// After this time it is over; at most 30 days after the batch that takes it.
    pub until: Millis,
}

/// An order that is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancelling {
    /// The order.
    #[serde(with = "hex::serde")]
    pub order: Digest,
}

/// Tokens for a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adding {
    /// The pair's base token.
    #[serde(with = "hex::serde")]
    pub base: Digest,
    /// Its quote token.
    #[serde(with = "hex::serde")]
    pub quote: Digest,
    /// Base units at most.
    pub base_amount: Units,
    /// Quote units at most.
    pub quote_amount: Units,
    /// Shares at least.
    pub least_shares: Units,
}

/// Shares out of a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removing {
    /// The pair's base token.
    #[serde(with = "hex::serde")]
    pub base: Digest,
    /// Its quote token.
    #[serde(with = "hex::serde")]
    pub quote: Digest,
    /// How many.
    pub shares: Units,
    /// Base units at least.
    pub least_base: Units,
    /// Quote units at least.
    pub least_quote: Units,
}

#[cfg(test)]
mod tests {
    use super::super::{Body, Draft, SigningKey, StatementError, json, sign, verify};
    use super::*;

    fn draft(body: Body) -> Draft {
        Draft { ledger: "ecosphere.example/test".into(), nonce: [7; 16], expires: Millis(1_800_000_000_123), body }
    }

    #[test]
    fn what_is_stated_about_tokens_and_orders_is_read_as_it_was_signed() {
        let key = SigningKey::from_seed(&[1; 32]);
        let to = SigningKey::from_seed(&[2; 32]).did();
        let token = [0xab; 32];
        let definition = TokenDefinition {
            symbol: "DEED".into(),
            name: "Good deed".into(),
            value: TokenValue::NonFinancial,
            decimals: 2,
            cap: Some(Units(u64::MAX)),
            community: true,
            demurrage: Some(Demurrage { bps: 50, to: Some(to) }),
            tradable: false,
        };
        let pay = Pay { token, to, amount: Units(1), reference: Some(Reference([3; 16])), memo: Some(HexDigest([4; 32])) };
        let placing = Placing { gives: token, takes: [1; 32], amount: Units(5), limit: Decimal::parse("1.25").ok(), until: Millis(9) };
        let zero = Units(0);
        for body in [
            Body::Token(TokenAct::Define(definition)),
            Body::Token(TokenAct::Award(Award { token, to, amount: Units(u64::MAX), memo: None })),
            Body::Token(TokenAct::Pay(pay)),
            Body::Exchange(ExchangeAct::OpenPair(PairOpening { base: token, quote: [1; 32], fee_bps: 30 })),
            Body::Exchange(ExchangeAct::ForbidPair(PairForbidding { base: token, quote: [1; 32] })),
            Body::Exchange(ExchangeAct::Place(placing)),
            Body::Exchange(ExchangeAct::Cancel(Cancelling { order: token })),
            Body::Exchange(ExchangeAct::AddLiquidity(Adding {
                base: token,
                quote: [1; 32],
                base_amount: zero,
                quote_amount: zero,
                least_shares: zero,
            })),
            Body::Exchange(ExchangeAct::RemoveLiquidity(Removing { base: token, quote: [1; 32], shares: zero, least_base: zero, least_quote: zero })),
        ] {
            let entry = sign(&draft(body.clone()), Millis(0), &key, &[]).unwrap();
            assert_eq!(verify(&entry).unwrap().body, body);
            let other = SigningKey::from_seed(&[2; 32]);
            assert!(matches!(sign(&draft(body), Millis(0), &key, &[&other]), Err(StatementError::Signers { .. })));
        }
    }

    #[test]
    fn an_amount_and_a_price_have_one_spelling() {
        let key = SigningKey::from_seed(&[1; 32]);
        let pay = Pay { token: [1; 32], to: key.did(), amount: Units(77), reference: None, memo: None };
        let right = sign(&draft(Body::Token(TokenAct::Pay(pay))), Millis(0), &key, &[]).unwrap();
        let forged = |amount: serde_json::Value| {
            let mut document = json::parse(&right).unwrap();
            document.as_object_mut().unwrap().remove("proof");
            document["body"]["pay"]["amount"] = amount;
            let signed = super::super::add_proof(&document, &key, Millis(0)).unwrap();
            verify(&json::canonical(&signed).unwrap())
        };
        assert!(forged("78".into()).is_ok());
        for wrong in ["078", "+78", "-78", "7.8", "1e3", "", "\u{661}", "18446744073709551616"] {
            assert!(matches!(forged(wrong.into()), Err(StatementError::Shape { .. })), "{wrong}");
        }
        assert!(matches!(forged(78.into()), Err(StatementError::Shape { .. })));
    }
}
