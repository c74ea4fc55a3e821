//! The index tier: what every verdict needs. On the wire (`columns.rs`): columns in postcard, then zstd.

use crate::{
    measure::{Millis, Money},
    passport::SubjectForm,
    provenance::{ClaimDef, ClaimState},
    statement::{DidKey, PassportStatus, Role, SubjectKind},
};
use serde::{Deserialize, Serialize};

/// The index of one market at one log size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// The ledger.
    pub origin: String,
    /// The market, e.g. `world`.
    pub market: String,
    /// The batch it was made after.
    pub batch: u64,
    /// Time of that batch.
    pub time: Millis,
    /// Log size it was made from.
    pub log_size: u64,
    /// True when the ledger's keys are public (a sample).
    pub sample: bool,
    /// Actors, referred to by position.
    pub actors: Vec<Actor>,
    /// Categories, referred to by position; a parent always stands before its children.
    pub categories: Vec<Category>,
    /// The claim rows used, referred to by position.
    pub claims: Vec<ClaimDef>,
    /// Subjects, by rising passport number. The passport number is the position of the row plus nothing: rows are dense.
    pub subjects: Vec<SubjectRow>,
    /// Retailers and where they are.
    pub retailers: Vec<Retailer>,
    /// Prices and stock.
    pub listings: Vec<Listing>,
}

/// An actor as a device needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its first key, which names it for ever.
    pub key: DidKey,
    /// Its name.
    pub name: String,
    /// Roles it is in standing for now; empty = known, but not accredited.
    pub standing: Vec<Role>,
    /// Made up, for the sample.
    pub fictional: bool,
    /// Every key it ever had, where that is more than its first, in force.
    pub keys: Vec<ActorKey>,
}

/// A key of an actor that changed its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorKey {
    /// The key.
    pub key: DidKey,
    /// How many passports the ledger had when the key went out of force: it speaks for those and for no later one. `None`: in force.
    pub until: Option<u32>,
}

impl Actor {
    /// Whether a key is or was this actor's.
    #[must_use]
    pub fn has(&self, key: &DidKey) -> bool {
        self.key == *key || self.keys.iter().any(|k| k.key == *key)
    }

    /// Its keys, the first one too.
    pub fn keys(&self) -> impl Iterator<Item = ActorKey> {
        let first = self.keys.is_empty().then_some(ActorKey { key: self.key, until: None });
        first.into_iter().chain(self.keys.iter().copied())
    }

    /// Whether a key of this actor may have signed a passport, and may seal it. What a key signed while it was in force stays good; a passport
    /// that was logged after it went out is none of its.
    #[must_use]
    pub fn speaks(&self, key: &DidKey, passport: u32) -> bool {
        self.keys().any(|k| k.key == *key && k.until.is_none_or(|until| passport < until))
    }
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Stable id, e.g. `en:chocolates`.
    pub id: String,
    /// Name for a person.
    pub name: String,
    /// Position of the parent.
    pub parent: Option<u16>,
}

/// A subject with its passport. Its position in [`Index::subjects`] is its passport number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRow {
    /// What kind.
    pub kind: SubjectKind,
    /// Which: the GS1 element string of a product, e.g. `(01)03017620422003`, else `<registry>:<id>`.
    pub id: String,
    /// First 16 bytes of the passport's digest.
    pub digest: [u8; 16],
    /// Position of the issuer among the actors.
    pub issuer: u16,
    /// Whose word it is.
    pub form: SubjectForm,
    /// From the status list.
    pub status: PassportStatus,
    /// Passport number of the successor.
    pub successor: Option<u32>,
    /// When it ceases to hold.
    pub valid_until: Option<Millis>,
    /// Name for a person.
    pub name: String,
    /// Brand name (products) or empty.
    pub brand: String,
    /// Passport number of the organisation that owns it (a product's brand, a brand's owner).
    pub owner: Option<u32>,
    /// Most specific category, by position.
    pub category: Option<u16>,
    /// Net quantity as printed, e.g. `350 g`.
    pub quantity: String,
    /// Claims: position of the row, how it was verified.
    pub claims: Vec<(u16, ClaimState)>,
    /// Made up, for the sample.
    pub fictional: bool,
}

/// A retailer and its shops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retailer {
    /// Passport number of the retailer's own passport.
    pub subject: u32,
    /// Its shops.
    pub places: Vec<Place>,
}

/// A shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Name and street for a person.
    pub name: String,
    /// Latitude in microdegrees.
    pub lat: i32,
    /// Longitude in microdegrees.
    pub lon: i32,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Position among the retailers.
    pub retailer: u16,
    /// Passport number of the product.
    pub product: u32,
    /// The price.
    pub price: Money,
    /// Items in stock.
    pub stock: u32,
}
