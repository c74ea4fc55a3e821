//! A payment request: a link that fits in a QR code, made by who is to be paid and read by who pays.
//!
//! ```text
//! ecosphere:<did:key of the recipient>?ledger=<origin>&token=<64 hex>[&amount=12.5][&reference=<32 hex>][&label=…][&message=…]
//! ```
//! Names come in this order, each at most once; values are percent-encoded UTF-8 (RFC 3986). `amount` is in whole tokens; without it the payer
//! chooses. `reference` is 16 bytes that the payee will see beside the payment; `label` says who asks, `message` what for. What is not named here is
//! refused, not skipped: a payer must not overlook a condition.
//!
//! A label is what the sender of the link *says* it is. Who is really paid is the recipient's key; the token is its id, since any token can bear any
//! symbol: show the issuer and the community flag beside it.

use super::{AmountError, read_amount, write_amount};
use crate::statement::{DidKey, Digest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

const SCHEME: &str = "ecosphere:";
/// Unreserved in RFC 3986; everything else is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// A request fits in one QR code with room to spare.
const MAX_BYTES: usize = 2_000;
const MAX_TEXT: usize = 200;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRequest {
    /// Who is to be paid.
    pub to: DidKey,
    /// On which ledger.
    pub ledger: String,
    /// In which token: the id of the statement that defined it.
    pub token: Digest,
    /// Minor units; none where the payer chooses.
    pub amount: Option<u64>,
    /// What the payee knows the payment by.
    pub reference: Option<[u8; 16]>,
    /// Who asks, in their own words.
    pub label: Option<String>,
    /// What for.
    pub message: Option<String>,
}

/// What a reader must know to judge a request.
pub trait Asked {
    /// The ledger that this wallet is on.
    fn ledger(&self) -> &str;
    /// A token's decimals, if it is defined on that ledger.
    fn decimals(&self, token: &Digest) -> Option<u8>;
}

/// Why a link is no payment request that can be paid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Something else.
    #[error("this is not a payment request; ask for one that begins with ecosphere:did:key:")]
    NotARequest,
    /// More than a request needs.
    #[error("this payment request is too long; ask for a shorter label or message")]
    TooLong,
    /// The recipient is no key.
    #[error("the recipient of this payment request is not a key that can be paid; ask for a new request")]
    BadRecipient,
    /// A member is missing.
    #[error("this payment request names no {0}; ask for a new one")]
    Missing(&'static str),
    /// A member is wrong, twice there or out of order.
    #[error("this payment request has a \"{0}\" that is unknown, there twice, out of order or badly written; ask for a new one")]
    BadMember(String),
    /// For another ledger.
    #[error("this payment request is for the ledger {0}; your wallet is on another one, where that money does not exist")]
    OtherLedger(String),
    /// Nobody defined that token here.
    #[error("this payment request asks for a token that is not on your ledger; update your data, and if it stays unknown, do not pay")]
    UnknownToken,
    /// The amount is none.
    #[error("the amount of this payment request is wrong: {0}")]
    Amount(#[from] AmountError),
}

impl PaymentRequest {
    /// Writes the link. `decimals` are the token's.
    #[must_use]
    pub fn to_uri(&self, decimals: u8) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
        let mut uri = format!("{SCHEME}{}?ledger={}&token={}", self.to, encoded(&self.ledger), hex::encode(self.token));
        let amount = self.amount.map(|units| write_amount(units, decimals));
        let reference = self.reference.map(hex::encode);
        let label = self.label.as_deref().map(encoded);
        let message = self.message.as_deref().map(encoded);
        for (name, value) in [("amount", amount), ("reference", reference), ("label", label), ("message", message)] {
            if let Some(value) = value {
                uri.push_str(&format!("&{name}={value}"));
            }
        }
        uri
    }

    /// Reads a link from outside.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(uri: &str, known: &impl Asked) -> Result<Self, RequestError> {
        if uri.len() > MAX_BYTES {
            return Err(RequestError::TooLong);
        }
        let rest = uri.strip_prefix(SCHEME).ok_or(RequestError::NotARequest)?;
        let (to, query) = rest.split_once('?').ok_or(RequestError::NotARequest)?;
        let to = DidKey::try_from(to.to_owned()).map_err(|_| RequestError::BadRecipient)?;
        let mut members = Members::new(query)?;
        let ledger = members.take("ledger").ok_or(RequestError::Missing("ledger"))?;
        let token = members.take("token").ok_or(RequestError::Missing("token"))?;
        let token: Digest = lower_hex(&token).ok_or_else(|| RequestError::BadMember("token".into()))?;
        let amount = members.take("amount");
        let reference = members.take("reference");
        let (label, message) = (members.take("label"), members.take("message"));
        members.done()?;
        for (name, text) in [("label", &label), ("message", &message)] {
            let fine = |t: &String| (1..=MAX_TEXT).contains(&t.chars().count()) && !t.chars().any(char::is_control);
            if text.as_ref().is_some_and(|t| !fine(t)) {
                return Err(RequestError::BadMember(name.into()));
            }
        }
        let reference = reference.map(|r| lower_hex(&r).ok_or_else(|| RequestError::BadMember("reference".into()))).transpose()?;
        if ledger != known.ledger() {
            return Err(RequestError::OtherLedger(ledger.chars().take(100).collect()));
        }
        let decimals = known.decimals(&token).ok_or(RequestError::UnknownToken)?;
        let amount = amount.map(|text| read_amount(&text, decimals)).transpose()?;
        Ok(Self { to, ledger, token, amount, reference, label, message })
    }
}

/// What stands on the ledger of a payment's message: only who knows the salt can tell that it is this one.
#[must_use]
pub fn memo(salt: &[u8; 16], message: &str) -> Digest {
    Sha256::new().chain_update(b"ecosphere-memo-v1\0").chain_update(salt).chain_update(message).finalize().into()
}

/// Exactly `N` bytes in lower-case hex.
fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}

/// Names and values that are not taken yet, in order.
struct Members<'a> {
    left: std::iter::Peekable<std::vec::IntoIter<(&'a str, String)>>,
}

impl<'a> Members<'a> {
    fn new(query: &'a str) -> Result<Self, RequestError> {
        let bad = |name: &str| RequestError::BadMember(name.chars().take(20).collect());
        let member = |part: &'a str| {
            let (name, value) = part.split_once('=').ok_or_else(|| bad(part))?;
            let decoded = percent_decode_str(value).decode_utf8().map_err(|_| bad(name))?.into_owned();
            Ok((name, decoded))
        };
        let all: Vec<(&str, String)> = query.split('&').map(member).collect::<Result<_, RequestError>>()?;
        Ok(Self { left: all.into_iter().peekable() })
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.left.next_if(|(there, _)| *there == name).map(|(_, value)| value)
    }

    fn done(mut self) -> Result<(), RequestError> {
        self.left.next().map_or(Ok(()), |(name, _)| Err(RequestError::BadMember(name.chars().take(20).collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEDGER: &str = "example.org/ledger";
    struct Known;

    impl Asked for Known {
        fn ledger(&self) -> &str {
            LEDGER
        }
        fn decimals(&self, token: &Digest) -> Option<u8> {
            (*token == [7; 32]).then_some(2)
        }
    }

    fn request() -> PaymentRequest {
        PaymentRequest {
            to: DidKey::from_public([1; 32]),
            ledger: LEDGER.into(),
            token: [7; 32],
            amount: Some(1_250),
            reference: Some([0xab; 16]),
            label: Some("Käserei & Söhne".into()),
            message: Some("3 × Emmentaler, 100%".into()),
        }
    }

    fn read(uri: &str) -> Result<PaymentRequest, RequestError> {
        PaymentRequest::read(uri, &Known)
    }

    #[test]
    fn what_is_asked_for_is_what_is_read() {
        let least = PaymentRequest { amount: None, reference: None, label: None, message: None, ..request() };
        for request in [request(), least] {
            let uri = request.to_uri(2);
            assert!(uri.is_ascii() && !uri.contains(' '));
            assert_eq!(read(&uri), Ok(request));
        }
        assert!(request().to_uri(2).contains("&amount=12.5&reference=abababababababababababababababab&label=K%C3%A4serei%20%26%20S%C3%B6hne&"));
    }

    #[test]
    fn each_thing_that_is_wrong_has_its_sentence() {
        use RequestError::{Amount, BadMember, BadRecipient, Missing, NotARequest, OtherLedger, TooLong, UnknownToken};
        let uri = request().to_uri(2);
        let with = |from: &str, to: &str| read(&uri.replacen(from, to, 1)).unwrap_err();
        assert_eq!(with("ecosphere:", "bitcoin:"), NotARequest);
        assert_eq!(with("?", "&"), NotARequest);
        assert_eq!(with("did:key:z6Mk", "did:key:z6Mm"), BadRecipient);
        assert_eq!(with("?ledger=example.org%2Fledger&", "?"), Missing("ledger"));
        assert_eq!(with("&token=", "&tok="), Missing("token"));
        assert_eq!(with("&token=07", "&token=0A"), BadMember("token".into()));
        assert_eq!(with("&amount=12.5", "&amount=12.5&amount=13"), BadMember("amount".into()));
        assert_eq!(with("&amount", "&fee=1&amount"), BadMember("fee".into()));
        assert_eq!(with("&amount", "&amount=1&ledger=x&a"), BadMember("ledger".into()));
        assert_eq!(with("&reference=ab", "&reference="), BadMember("reference".into()));
        assert_eq!(with("K%C3%A4", "K%FF"), BadMember("label".into()));
        assert_eq!(with("K%C3%A4", "K%0A"), BadMember("label".into()));
        assert_eq!(with("&amount=12.5", "&amount"), BadMember("amount".into()));
        assert_eq!(with("example.org", "elsewhere.org"), OtherLedger("elsewhere.org/ledger".into()));
        assert_eq!(with("&token=07", "&token=08"), UnknownToken);
        for (amount, why) in [
            ("12.505", AmountError::TooManyDecimals(2)),
            ("-1", AmountError::Negative),
            ("1e3", AmountError::Exponent),
            ("99999999999999999999", AmountError::TooLarge),
            ("%D9%A1", AmountError::OtherDigits),
            ("0", AmountError::Zero),
            ("", AmountError::NotAnAmount),
        ] {
            assert_eq!(with("amount=12.5", &format!("amount={amount}")), Amount(why), "{amount}");
        }
        assert_eq!(read(&format!("{uri}{}", "x".repeat(MAX_BYTES))), Err(TooLong));
    }

    #[test]
    fn a_memo_tells_nothing_without_its_salt() {
        assert_ne!(memo(&[1; 16], "rent"), memo(&[2; 16], "rent"));
        assert_ne!(memo(&[1; 16], "rent"), memo(&[1; 16], "Rent"));
    }

    proptest! {
        #[test]
        fn no_link_makes_the_reader_panic(tail in "\\PC{0,60}", cut in 0_usize..300) {
            let uri = request().to_uri(2);
            let _ = read(&tail);
            let _ = read(&format!("{}{tail}", uri.chars().take(cut).collect::<String>()));
        }
    }
}
