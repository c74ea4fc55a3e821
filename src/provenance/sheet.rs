//! A listing sheet: a retailer's places, prices and stock.

use super::RecordError;
use crate::measure::Currency;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a retailer publishes. Its digest is in a `PublishListing` statement that the retailer signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The retailer's own subject, e.g. `retailer:greenbasket`.
    pub retailer: String,
    /// ISO 4217 code of every price.
    pub currency: Currency,
    /// Its shops.
    pub places: Vec<SheetPlace>,
    /// Prices and stock, by rising GTIN.
    pub prices: Vec<SheetPrice>,
}

/// A shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetPlace {
    /// Name and street for a person.
    pub name: String,
    /// Latitude in microdegrees, -90 000 000..=90 000 000.
    pub lat: i32,
    /// Longitude in microdegrees, -180 000 000..=180 000 000.
    pub lon: i32,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetPrice {
    /// 14 digits.
    pub gtin: String,
    /// In minor units of the sheet's currency: 320 is 3.20.
    pub minor: i64,
    /// Items in stock.
    pub stock: u32,
}

impl Sheet {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        todo!("filled within the hour")
    }

    /// Reads back what [`Sheet::to_json`] wrote, and checks every bound.
    ///
    /// # Errors
    /// The first member that is missing or wrong.
    pub fn from_json(sheet: &Value) -> Result<Self, RecordError> {
        let _ = sheet;
        todo!("filled within the hour")
    }
}
