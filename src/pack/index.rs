//! The index tier: what every verdict needs. On the wire (`columns.rs`): columns in postcard, then zstd.

use crate::{
    measure::{Millis, Money},
    passport::SubjectForm,
    provenance::{ClaimDef, ClaimState},
    state::Since,
    statement::{DidKey, PassportStatus, Role, SubjectKind},
};
use serde::{Deserialize, Serialize};

/// Subjects in one file of the index, the last one excepted.
pub const ROWS_A_FILE: usize = 16_384;
/// Prices in one file of the index, the last one excepted.
pub const PRICES_A_FILE: usize = 65_536;

/// The index of one market at one log size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// What it is, and the tables that rows refer to.
    pub head: Head,
    /// Subjects, by rising passport number. The passport number is the position of the row plus nothing: rows are dense, and one that the market
    /// does not have is empty ([`SubjectRow::elsewhere`]).
    pub subjects: Vec<SubjectRow>,
    /// Prices and stock.
    pub listings: Vec<Listing>,
}

/// What an index is, and the tables that its rows refer to. Each table is in the order of first use, so that what comes later moves nothing:
/// a day's delta then holds what changed and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
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
    /// How many subjects there are.
    pub subjects: u32,
    /// How many prices there are.
    pub listings: u32,
    /// Actors, referred to by position: those that issued a passport first, by their first; then the others, by key.
    pub actors: Vec<Actor>,
    /// Categories, referred to by position; one with an empty id only keeps its place. Following parents never goes in a circle.
    pub categories: Vec<Category>,
    /// The claim rows used, referred to by position.
    pub claims: Vec<ClaimDef>,
    /// Retailers and where they are.
    pub retailers: Vec<Retailer>,
    /// When passports were issued: evidence fades with age.
    pub since: Vec<Since>,
}

impl Head {
    /// Numbers of the subjects in file `file` of the rows.
    #[must_use]
    pub fn rows(&self, file: u32) -> std::ops::Range<u32> {
        part(file, ROWS_A_FILE, self.subjects)
    }

    /// Positions of the prices in file `file` of the prices.
    #[must_use]
    pub fn prices(&self, file: u32) -> std::ops::Range<u32> {
        part(file, PRICES_A_FILE, self.listings)
    }
}

fn part(file: u32, size: usize, all: u32) -> std::ops::Range<u32> {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    let from = file.saturating_mul(size).min(all);
    from..from.saturating_add(size).min(all)
}

/// Positions of the categories, each after its parent; `None` when parents go in a circle or point nowhere.
#[must_use]
pub fn parents_first(categories: &[Category]) -> Option<Vec<u16>> {
    let mut order = Vec::with_capacity(categories.len());
    // 0 = not looked at, 1 = on the way up from a child, 2 = in the order.
    let mut seen = vec![0_u8; categories.len()];
    for start in 0..categories.len() {
        let (mut way, mut next) = (Vec::new(), Some(start));
        while let Some(at) = next {
            match seen.get_mut(at)? {
                2 => break,
                1 => return None,
                mark => *mark = 1,
            }
            way.push(at);
            next = categories.get(at)?.parent.map(usize::from);
        }
        for at in way.into_iter().rev() {
            *seen.get_mut(at)? = 2;
            order.push(u16::try_from(at).ok()?);
        }
    }
    Some(order)
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

impl SubjectRow {
    /// What stands in the place of a passport that the market does not have.
    #[must_use]
    pub const fn elsewhere() -> Self {
        Self {
            kind: SubjectKind::Product,
            id: String::new(),
            digest: [0; 16],
            issuer: 0,
            form: SubjectForm::Own,
            status: PassportStatus::Valid,
            successor: None,
            valid_until: None,
            name: String::new(),
            brand: String::new(),
            owner: None,
            category: None,
            quantity: String::new(),
            claims: Vec::new(),
            fictional: false,
        }
    }

    /// Whether the market does not have this passport: a subject has an id.
    #[must_use]
    pub const fn is_elsewhere(&self) -> bool {
        self.id.is_empty()
    }
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
