//! What a statement can say. One variant per kind; the JSON is `{"kind": "<variant>", "body": {…}}`.

use super::{DidKey, StatementError};
#[cfg(feature = "value")]
use super::{ExchangeAct, TokenAct};
use crate::measure::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is stated, by kind. Its two members in a statement are [`Body::to_members`]'s; serde alone knows it as `{"<kind>": {…}}`, from which a reader
/// is a third smaller than from two members that may come in either order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// An actor introduces itself and its key. Signer: the actor.
    RegisterActor(Registration),
    /// A registrar (or an actor with standing in the same role) vouches for another. Signer: the voucher.
    Accredit(Accreditation),
    /// The voucher takes an accreditation back. Signer: the voucher.
    Withdraw(Withdrawal),
    /// An actor changes its key: from this leaf on the new one signs and the old one signs nothing. Signers: the old key, then the new one.
    RotateKey(Rotation),
    /// A registrar in whose chain of vouchers an actor stands gives it a new key in the place of one that was lost. Signers: the registrar,
    /// then the new key.
    RecoverKey(Recovery),
    /// An actor gives its key up, for instance because it may be in other hands. Until a registrar recovers it, it can sign nothing. Signer:
    /// the key.
    RetireKey(Retirement),
    /// A passport is issued; its body lies beside the log under its digest. Signer: the issuer.
    IssuePassport(PassportIssue),
    /// Revoked, suspended, reinstated or superseded. Signer: the issuer of that passport.
    ChangeStatus(StatusChange),
    /// A passport changes hands with what it is for. Signers: the owner, then the new owner.
    TransferOwnership(Transfer),
    /// A product is no more. Signer: its passport's owner.
    EndOfLife(Ending),
    /// One step of a product's way, its document beside the log under its digest. Signers: the actor, then the receiver if goods change hands.
    RecordStage(StageEvent),
    /// A retailer's prices, places and stock, beside the log under its digest. Signer: the retailer.
    PublishListing(ListingSheet),
    /// The last leaf under every checkpoint. Signer: the log.
    BatchClose(BatchClose),
    /// About tokens. Signer: the actor alone. The browser's engine reads statements about passports only, and leaves the rest out to stay small.
    #[cfg(feature = "value")]
    Token(TokenAct),
    /// On the exchange. Signer: the actor alone.
    #[cfg(feature = "value")]
    Exchange(ExchangeAct),
}

impl Body {
    /// The members `kind` and `body`, as a statement has them.
    ///
    /// # Errors
    /// Something in it cannot be written as JSON.
    pub fn to_members(&self) -> Result<Map<String, Value>, StatementError> {
        let Ok(Value::Object(named)) = serde_json::to_value(self) else {
            return Err(StatementError::Shape { member: "body", why: "it cannot be written as JSON".into() });
        };
        Ok(named.into_iter().flat_map(|(kind, body)| [("kind".to_owned(), kind.into()), ("body".to_owned(), body)]).collect())
    }

    /// Reads the members `kind` and `body` of a statement.
    ///
    /// # Errors
    /// There is no such kind, or its body is not what that kind says.
    pub fn from_members(kind: String, body: Value) -> Result<Self, StatementError> {
        serde_json::from_value(Value::Object(Map::from_iter([(kind, body)])))
            .map_err(|e| StatementError::Shape { member: "body", why: e.to_string().chars().take(800).collect() })
    }
}

/// What an actor may be accredited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// May accredit others.
    Registrar,
    /// Records other people's products and organisations from public sources.
    DataSteward,
    /// Makes or handles products and signs their own passports.
    Supplier,
    /// Attests claims of others.
    Certifier,
    /// Publishes listings.
    Retailer,
    /// Publishes projects.
    Ngo,
}

/// An actor's name and role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Name for people, 1..=120 characters.
    pub name: String,
    /// What it wants to be accredited for.
    pub role: Role,
    /// True for made-up actors of a sample.
    #[serde(default)]
    pub fictional: bool,
}

/// Vouching for an actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accreditation {
    /// Who is vouched for.
    pub subject: DidKey,
    /// For what.
    pub role: Role,
}

/// Taking an accreditation back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Whose.
    pub subject: DidKey,
    /// Which.
    pub role: Role,
}

/// Changing the key that signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The key that signs from now on, and signs this too.
    pub new: DidKey,
}

/// A new key for an actor that lost its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// Whose: any key the actor ever had.
    pub subject: DidKey,
    /// The key that signs for it from now on, and signs this too.
    pub new: DidKey,
}

/// Giving a key up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retirement {
    /// Why, in a sentence for people, 1..=200 characters.
    pub reason: String,
}

/// The five kinds of subject that carry passports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A product (class, lot or item).
    Product,
    /// A company, brand owner, brand or retailer.
    Organisation,
    /// A project worth support.
    Project,
    /// A process, such as a tannery's tanning.
    Process,
    /// A person. Never priced, never scored in public.
    Person,
}

/// Issuing a passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassportIssue {
    /// What kind of subject.
    pub kind: SubjectKind,
    /// Which: a GS1 element string such as `(01)09506000134352(10)L1` for products, else `<registry>:<id>`, e.g. `wikirate:57356`.
    pub subject: String,
    /// SHA-256 of the JCS of the credential, lower-case hex.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// When it ceases to hold, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Millis>,
}

/// What a passport's status can be changed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum PassportStatus {
    /// In force (Token Status List 0).
    #[default]
    Valid = 0,
    /// Taken back, for good (1).
    Revoked = 1,
    /// On hold (2).
    Suspended = 2,
    /// Replaced or ended (3).
    Superseded = 3,
}

/// A change of status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    /// Digest of the passport.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// What it becomes.
    pub status: PassportStatus,
    /// The digest of the passport that replaces it, for `superseded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Why, in a sentence for people.
    pub reason: String,
}

/// Handing a passport over. Whoever issued a passport is its first owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Digest of the passport.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// Who owns it from now on, and signs this too.
    pub to: DidKey,
}

/// The end of a product's life; its passport's status is then that of one that is superseded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Digest of the passport.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// What became of the product.
    pub how: End,
}

/// What became of a product at the end of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Its material goes into something else.
    Recycled,
    /// It was thrown away, burnt, eaten up or lost.
    Destroyed,
}

/// One step of a product's way from farm to shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageEvent {
    /// Digest of the passport of the product it belongs to.
    #[serde(with = "hex::serde")]
    pub passport: [u8; 32],
    /// Position along the way, 1 = first.
    pub step: u16,
    /// Digest of the step's own document.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// Who takes the goods over and signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<DidKey>,
}

/// A retailer's sheet of prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingSheet {
    /// The retailer's own subject, e.g. `retailer:greenbasket`.
    pub retailer: String,
    /// Digest of the sheet.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
}

/// The end of a batch: the only clock of the fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchClose {
    /// 1, 2, 3, …
    pub number: u64,
    /// Leaf index of the batch's first statement.
    pub first_leaf: u64,
    /// Time of the batch; strictly rises.
    pub time_ms: Millis,
    /// Root of the state after the batch (Jellyfish Merkle tree), lower-case hex.
    #[serde(with = "hex::serde")]
    pub state_root: [u8; 32],
    /// SHA-256 of the newest pack manifest, lower-case hex; none before the first pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [Self::Registrar, Self::DataSteward, Self::Supplier, Self::Certifier, Self::Retailer, Self::Ngo];

    /// Stable id, as in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::DataSteward => "data-steward",
            Self::Supplier => "supplier",
            Self::Certifier => "certifier",
            Self::Retailer => "retailer",
            Self::Ngo => "ngo",
        }
    }
}

impl End {
    /// Both, as they are offered.
    pub const ALL: [Self; 2] = [Self::Recycled, Self::Destroyed];

    /// Stable id, as in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Recycled => "recycled",
            Self::Destroyed => "destroyed",
        }
    }
}

impl PassportStatus {
    /// Stable id, as in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Superseded => "superseded",
        }
    }
}

impl SubjectKind {
    /// Stable id, as in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Organisation => "organisation",
            Self::Project => "project",
            Self::Process => "process",
            Self::Person => "person",
        }
    }
}
