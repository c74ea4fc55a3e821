//! Made-up products, one for each state that a passport can be in.

use super::{
    FIRST_BATCH,
    cast::{ORCHARD, REGISTRAR, WITHDRAWN, key},
    scribe::{Issued, Scribe},
};
use crate::{
    measure::Millis,
    node::NodeError,
    provenance::{CategoryName, ClaimRef, ClaimState, Making, Record, made_up},
    statement::{Body, End, Ending, PassportStatus, Role, StatusChange, SubjectKind, Transfer, Withdrawal},
};

/// The retailer that bought the apron.
const BUYER: &str = "retailer:greenbasket";

/// The passports that the second batch changes.
pub(super) struct Examples {
    pub verified: Issued,
    pub revoked: Issued,
    pub suspended: Issued,
    pub superseded: Issued,
    pub successor: Issued,
    pub expired: Issued,
    pub withdrawn: Issued,
    /// One single piece, which its owner has recycled.
    pub ended: Issued,
}

struct Product {
    id: &'static str,
    name: &'static str,
    quantity: &'static str,
    about: &'static str,
    /// From general to specific, as Open Food Facts names them, so that real products stand beside it.
    categories: &'static [(&'static str, &'static str)],
    claims: &'static [&'static str],
}

const DRINKS: &[(&str, &str)] = &[
    ("en:plant-based-foods-and-beverages", "Plant-based foods and beverages"),
    ("en:beverages", "Beverages"),
    ("en:plant-based-beverages", "Plant-based beverages"),
];

const JUICE: Product = Product {
    id: "(01)09526001000012",
    name: "Orchard apple juice",
    quantity: "1 l",
    about: "Pressed from apples of one orchard, in a bottle that goes back.",
    categories: DRINKS,
    claims: &["label:organic", "own:returnable-pack", "own:local-sourcing", "own:plant-only"],
};
const VINEGAR: Product = Product {
    id: "(01)09526001000029",
    name: "Cider vinegar",
    quantity: "500 ml",
    about: "Its passport was taken back: the batch was mislabelled.",
    categories: &[("en:vinegars", "Vinegars")],
    claims: &["own:local-sourcing"],
};
const OATS: Product = Product {
    id: "(01)09526001000036",
    name: "Oat drink",
    quantity: "1 l",
    about: "Its passport is on hold while a laboratory checks for allergens.",
    categories: DRINKS,
    claims: &["own:plant-only", "own:local-sourcing"],
};
const TOWEL: Product = Product {
    id: "(01)09526001000043",
    name: "Linen tea towel",
    quantity: "1 piece",
    about: "Woven from flax that was grown nearby.",
    categories: &[("en:tea-towels", "Tea towels")],
    claims: &["own:local-sourcing"],
};
const TOWEL_AGAIN: Product = Product { claims: &["own:local-sourcing", "own:repair-service"], ..TOWEL };
const HONEY: Product = Product {
    id: "(01)09526001000050",
    name: "Summer honey",
    quantity: "250 g",
    about: "Its passport was issued for one season.",
    categories: &[("en:honeys", "Honeys")],
    claims: &["own:local-sourcing", "own:tested-batch"],
};
const BLANKET: Product = Product {
    id: "(01)09526001000067",
    name: "Wool blanket",
    quantity: "1 piece",
    about: "Its maker is no longer accredited.",
    categories: &[("en:blankets", "Blankets")],
    claims: &["own:repair-service"],
};

const APRON: Product = Product {
    id: "(01)09526001000081(21)17",
    name: "Linen apron no. 17",
    quantity: "1 piece",
    about: "One single piece. Whoever bought it last had it recycled.",
    categories: &[("en:aprons", "Aprons")],
    claims: &["own:local-sourcing", "own:repair-service"],
};

/// Issues all of them, in force for now.
pub(super) fn issue(scribe: &mut Scribe) -> Result<Examples, NodeError> {
    let mut make = |product: &Product, issuer: &str, valid_until| {
        let record = record(product, &scribe.name(issuer));
        scribe.issue(&record, issuer, None, valid_until)
    };
    let examples = Examples {
        verified: make(&JUICE, ORCHARD, None)?,
        revoked: make(&VINEGAR, ORCHARD, None)?,
        suspended: make(&OATS, ORCHARD, None)?,
        superseded: make(&TOWEL, ORCHARD, None)?,
        successor: make(&TOWEL_AGAIN, ORCHARD, None)?,
        // Two weeks after the first batch, two weeks before the second.
        expired: make(&HONEY, ORCHARD, Some(Millis(FIRST_BATCH.0 + 14 * Millis::DAY)))?,
        withdrawn: make(&BLANKET, WITHDRAWN, None)?,
        ended: make(&APRON, ORCHARD, None)?,
    };
    // The two kinds of subject that nothing else of the sample is.
    let pressing = Record {
        about: "How Orchard & Loom presses its apples: whole fruit, without heat, and the pomace goes to a farm nearby.".to_owned(),
        place: "Altmark, Germany".to_owned(),
        ..made_up(SubjectKind::Process, "process:cold-pressing", "Cold pressing of apples")
    };
    scribe.issue(&pressing, ORCHARD, None, None)?;
    let person = Record {
        about: "A passport of a person says that a registrar knows them, and nothing else: a person is never priced or scored.".to_owned(),
        ..made_up(SubjectKind::Person, "person:sample-member", "A member of the sample")
    };
    scribe.issue(&person, REGISTRAR, None, None)?;
    Ok(examples)
}

/// Revokes, suspends, supersedes, hands over and ends, and takes one issuer's standing.
pub(super) fn change(scribe: &mut Scribe, examples: &Examples) -> Result<(), NodeError> {
    let changes = [
        (&examples.revoked, PassportStatus::Revoked, None, "The batch was mislabelled."),
        (&examples.suspended, PassportStatus::Suspended, None, "A laboratory is checking this batch for allergens."),
        (&examples.superseded, PassportStatus::Superseded, Some(examples.successor.digest), "The maker now also repairs it."),
    ];
    for (passport, status, successor, reason) in changes {
        let change = StatusChange { digest: passport.digest, status, successor: successor.map(hex::encode), reason: reason.to_owned() };
        scribe.state(Body::ChangeStatus(change), &passport.issuer, None)?;
    }
    // Sold to a retailer, which took it back from a buyer and had it recycled.
    let apron = examples.ended.digest;
    scribe.state(Body::TransferOwnership(Transfer { digest: apron, to: key(BUYER).did() }), ORCHARD, Some(BUYER))?;
    scribe.state(Body::EndOfLife(Ending { digest: apron, how: End::Recycled }), BUYER, None)?;
    let withdrawal = Withdrawal { subject: key(WITHDRAWN).did(), role: Role::Supplier };
    scribe.state(Body::Withdraw(withdrawal), REGISTRAR, None)?;
    Ok(())
}

fn record(product: &Product, brand: &str) -> Record {
    let claim = |code: &&str| ClaimRef { code: (*code).to_owned(), state: ClaimState::SelfDeclared };
    let category = |(id, name): &(&str, &str)| CategoryName { id: (*id).to_owned(), name: (*name).to_owned() };
    Record {
        brand: brand.to_owned(),
        categories: product.categories.iter().map(category).collect(),
        quantity: product.quantity.to_owned(),
        about: product.about.to_owned(),
        claims: product.claims.iter().map(claim).collect(),
        making: Some(Making {
            facility: "https://ecosphere.example/facilities/orchard".to_owned(),
            facility_name: "The old press, Altmark".to_owned(),
            country: "DE".to_owned(),
            date: "2026-09-15".to_owned(),
        }),
        ..made_up(SubjectKind::Product, product.id, product.name)
    }
}
