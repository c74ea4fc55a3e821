//! Why a statement may not be applied.

use crate::{
    measure::Millis,
    statement::{DidKey, End, PassportStatus, Role, SubjectKind},
};

/// Why a statement may not be applied to the state. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The leaf is not the next one.
    #[error("leaf {got} was given where leaf {next} comes next; apply the log in order, without gaps")]
    WrongLeaf {
        /// The leaf that was given.
        got: u64,
        /// The leaf that comes next.
        next: u64,
    },
    /// The statement is for another ledger.
    #[error("this statement is for the ledger {0}; send it there, or sign it again for this one")]
    WrongLedger(String),
    /// Its time has run out.
    #[error("this statement expired at {}; sign it again with a later expiry", .0.to_rfc3339())]
    Expired(Millis),
    /// It would have to be remembered for too long.
    #[error("this statement expires at {}, more than 30 days after the batch; sign it again with an earlier expiry", .0.to_rfc3339())]
    ExpiresTooLate(Millis),
    /// The same statement was applied before.
    #[error("this statement is on the ledger already; to state the same again, sign it with a new nonce")]
    Replayed,
    /// The actor never introduced itself.
    #[error("{0} is not registered on this ledger; send a RegisterActor statement first")]
    UnknownActor(DidKey),
    /// The key was rotated out, recovered from or retired.
    #[error("{key} signs nothing since leaf {leaf}, where its actor changed it; sign with the actor's key in force")]
    KeyOutOfForce {
        /// The key that signed.
        key: DidKey,
        /// The leaf that put it out of force.
        leaf: u64,
    },
    /// A new key belongs or belonged to somebody.
    #[error("{0} is or was somebody's key on this ledger; make a fresh one")]
    KeyTaken(DidKey),
    /// A lost key is recovered by the actor's own registrar only.
    #[error("you are not the registrar of {0}; its key is recovered by a registrar in the chain of its oldest accreditation")]
    NotItsRegistrar(DidKey),
    /// A reason that people could not read.
    #[error("say why in 1 to 200 characters, none of them control characters")]
    BadReason,
    /// The actor introduced itself before.
    #[error("{0} is registered already")]
    AlreadyRegistered(DidKey),
    /// A name that people could not read.
    #[error("a name has 1 to 120 characters, none of them control characters")]
    BadName,
    /// Nobody with standing vouches for the actor in a role that this kind of statement needs.
    #[error("{actor} has no standing as {}; ask a registrar of this ledger for accreditation", needs.iter().map(|r| r.id()).collect::<Vec<_>>().join(" or "))]
    NoStanding {
        /// Who.
        actor: DidKey,
        /// Any one of these would do.
        needs: &'static [Role],
    },
    /// It vouched for this already.
    #[error("{0} is accredited by you for this role already")]
    AlreadyAccredited(DidKey),
    /// There is no such accreditation by this actor.
    #[error("you have not accredited {0} for this role, so there is nothing to withdraw")]
    NothingToWithdraw(DidKey),
    /// The passport's body was issued before.
    #[error("this passport is on the ledger already, as number {0}")]
    AlreadyIssued(u32),
    /// The subject's name is not one.
    #[error("the subject of a {0:?} passport is a GS1 element string such as (01)09506000134352 or <registry>:<id>, of at most 200 characters")]
    BadSubject(SubjectKind),
    /// Passport numbers have run out.
    #[error("this ledger has no passport numbers left")]
    NumbersExhausted,
    /// No passport with this digest.
    #[error("there is no passport with the digest {} on this ledger", hex::encode(.0))]
    UnknownPassport([u8; 32]),
    /// Only the issuer may change a passport's status.
    #[error("only {0}, who issued this passport, may change its status")]
    NotTheIssuer(DidKey),
    /// The status cannot change like this.
    #[error("a passport that is {from:?} cannot become {to:?}")]
    BadTransition {
        /// What it is.
        from: PassportStatus,
        /// What it was to become.
        to: PassportStatus,
    },
    /// The successor is not one.
    #[error(
        "a successor is named only when a passport is superseded; it is the digest of another passport of the same kind by the same issuer, and belongs to the same owner"
    )]
    BadSuccessor,
    /// Only the owner hands a passport over or ends it.
    #[error("this passport belongs to {0}; only its owner hands it over or says that the product is no more")]
    NotTheOwner(DidKey),
    /// It is theirs.
    #[error("this passport belongs to {0} already")]
    OwnedAlready(DidKey),
    /// Only what is in force changes hands or ends.
    #[error("a passport that is {0:?} is not in force, so it does not change hands and does not end; ask its issuer")]
    NotInForce(PassportStatus),
    /// The product is no more.
    #[error("this product was {}; nothing more is stated about it", .0.id())]
    Ended(End),
    /// Persons are not owned.
    #[error("a person's passport is nobody's to own; it is not handed over")]
    NobodysToOwn,
    /// Only products are recycled or destroyed.
    #[error("a {0:?} passport is for nothing that could be recycled or destroyed; its issuer ends it with ChangeStatus")]
    NotAProduct(SubjectKind),
    /// The step does not follow.
    #[error("step {got} was given where step {next} comes next on this product's way")]
    WrongStep {
        /// The step that was given.
        got: u16,
        /// The step that comes next.
        next: u16,
    },
    /// The goods are with somebody else.
    #[error("the goods are with {0} after the step before; the next step is theirs to record")]
    NotTheHolder(DidKey),
    /// The retailer's own passport is missing.
    #[error("{0} has no organisation passport in force issued by the signer; issue one first")]
    NotYourRetailer(String),
    /// Only the log closes batches.
    #[error("only the log itself closes a batch")]
    NotTheLog,
    /// Batch numbers are dense.
    #[error("batch {got} was given where batch {next} comes next")]
    WrongBatchNumber {
        /// The number that was given.
        got: u64,
        /// The number that comes next.
        next: u64,
    },
    /// The batch's first leaf is another one.
    #[error("the batch starts at leaf {start}, not at leaf {got}")]
    WrongFirstLeaf {
        /// What the statement says.
        got: u64,
        /// What it is.
        start: u64,
    },
    /// Batch time strictly rises.
    #[error("the batch's time {} does not lie after the last one's, {}", got.to_rfc3339(), last.to_rfc3339())]
    TimeNotRising {
        /// The time that was given.
        got: Millis,
        /// The last batch's time.
        last: Millis,
    },
    /// A statement was applied with another time than its batch has.
    #[error("a batch is folded with its own time; {} was given", .0.to_rfc3339())]
    WrongTime(Millis),
    /// The operator's root does not follow from the statements.
    #[error("the state root {} does not follow from the log, which gives {}; keep both as evidence", hex::encode(claimed), hex::encode(computed))]
    WrongStateRoot {
        /// What the operator claims.
        claimed: [u8; 32],
        /// What the statements give.
        computed: [u8; 32],
    },
    /// Not a SHA-256 digest in lower-case hex.
    #[error("\"{0}\" is not a SHA-256 digest in lower-case hex")]
    BadDigest(String),
    /// Tokens lie in the key, and would be out of reach.
    #[cfg(feature = "value")]
    #[error("tokens, orders or shares lie in the key {0} itself; move them first, or make a fresh key")]
    KeyHoldsTokens(DidKey),
    /// About tokens, or on the exchange.
    #[cfg(feature = "value")]
    #[error(transparent)]
    Value(#[from] super::ValueRejection),
    /// A batch ends with its `BatchClose`.
    #[error("these leaves do not end with a BatchClose, so they have no time yet")]
    NotClosed,
}

impl Rejection {
    /// Its name, for programs: that of the variant, e.g. `KeyOutOfForce`.
    #[must_use]
    pub fn name(&self) -> String {
        #[cfg(feature = "value")]
        let variant = match self {
            Self::Value(super::ValueRejection::Exchange(why)) => format!("{why:?}"),
            Self::Value(why) => format!("{why:?}"),
            other => format!("{other:?}"),
        };
        #[cfg(not(feature = "value"))]
        let variant = format!("{self:?}");
        variant.chars().take_while(char::is_ascii_alphanumeric).collect()
    }
}
