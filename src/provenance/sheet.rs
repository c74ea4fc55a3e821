//! A listing sheet: a retailer's places, prices and stock.

use super::{MAX_NAME, RecordError, stage::is_country};
use crate::{measure::Currency, passport::Gtin};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most places in one sheet.
const MAX_PLACES: usize = 10_000;
/// The most prices in one sheet.
const MAX_PRICES: usize = 200_000;
/// The most countries in one sheet: more than ISO 3166-1 has.
const MAX_COUNTRIES: usize = 300;
/// The highest price, in minor units: 1 000 000.00.
const MAX_MINOR: i64 = 100_000_000;

/// What a retailer publishes. Its digest is in a `PublishListing` statement that the retailer signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The retailer's own subject, e.g. `retailer:greenbasket`.
    pub retailer: String,
    /// ISO 4217 code of every price.
    pub currency: Currency,
    /// Where these prices hold: ISO 3166-1 alpha-2 codes in capital letters, rising; none = everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
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
        // Strings, integers and lists under string keys: serde_json always takes them.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Reads back what [`Sheet::to_json`] wrote, and checks every bound.
    ///
    /// # Errors
    /// The first member that is missing or wrong.
    pub fn from_json(sheet: &Value) -> Result<Self, RecordError> {
        let sheet = Self::deserialize(sheet).map_err(|e| RecordError::Shape { member: "sheet", why: e.to_string() })?;
        sheet.check()?;
        Ok(sheet)
    }

    /// Holds a sheet to its bounds: places on Earth, real GTINs in rising order, prices from 0 to 1 000 000.
    ///
    /// # Errors
    /// The first member that is out of bounds.
    pub fn check(&self) -> Result<(), RecordError> {
        let wrong = |member, why: String| Err(RecordError::Shape { member, why });
        if self.retailer.is_empty() || self.retailer.len() > MAX_NAME {
            return wrong("retailer", "it has 1 to 300 bytes".into());
        }
        if self.places.len() > MAX_PLACES || self.prices.len() > MAX_PRICES {
            return wrong("places", format!("a sheet has at most {MAX_PLACES} places and {MAX_PRICES} prices"));
        }
        let rising = self.countries.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        if !rising || self.countries.len() > MAX_COUNTRIES || !self.countries.iter().all(|c| is_country(c)) {
            return wrong("countries", "each is two capital letters, such as NL, and stands once, in rising order".into());
        }
        let on_earth = |p: &SheetPlace| (-90_000_000..=90_000_000).contains(&p.lat) && (-180_000_000..=180_000_000).contains(&p.lon);
        if let Some(place) = self.places.iter().find(|p| p.name.is_empty() || p.name.len() > MAX_NAME || !on_earth(p)) {
            return wrong("places", format!("\"{}\" needs a name and a point on Earth in microdegrees", place.name));
        }
        for price in &self.prices {
            if price.gtin.len() != 14 || Gtin::parse(&price.gtin).is_err() {
                return wrong("prices", format!("\"{}\" is not a GTIN of 14 digits", price.gtin));
            }
            if !(0..=MAX_MINOR).contains(&price.minor) {
                return wrong("prices", format!("the price of {} is not between 0 and 1 000 000", price.gtin));
            }
        }
        match self.prices.windows(2).find(|pair| matches!(pair, [a, b] if a.gtin >= b.gtin)) {
            Some(_) => wrong("prices", "each GTIN stands once, in rising order".into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        Sheet {
            retailer: "retailer:greenbasket".into(),
            currency: Currency::EUR,
            countries: vec!["DE".into(), "NL".into()],
            places: vec![SheetPlace { name: "GreenBasket Mitte".into(), lat: 52_520_000, lon: 13_405_000 }],
            prices: vec![
                SheetPrice { gtin: "03017620422003".into(), minor: 320, stock: 12 },
                SheetPrice { gtin: "09520000000011".into(), minor: 0, stock: 0 },
            ],
        }
    }

    #[test]
    fn a_sheet_reads_back_as_it_was_written() {
        assert_eq!(Sheet::from_json(&sheet().to_json()).unwrap(), sheet());
    }

    #[test]
    fn a_sheet_out_of_bounds_is_refused() {
        let cases: [fn(&mut Sheet); 9] = [
            |s| s.retailer.clear(),
            |s| s.places[0].lat = 90_000_001,
            |s| s.places[0].name.clear(),
            |s| s.prices[0].gtin = "03017620422004".into(),
            |s| s.prices[0].gtin = "3017620422003".into(),
            |s| s.prices[0].minor = -1,
            |s| s.prices.reverse(),
            |s| s.countries.reverse(),
            |s| s.countries[0] = "nl".into(),
        ];
        for spoil in cases {
            let mut spoilt = sheet();
            spoil(&mut spoilt);
            assert!(Sheet::from_json(&spoilt.to_json()).is_err(), "{spoilt:?}");
        }
        assert!(Sheet::from_json(&serde_json::json!({"retailer": "x"})).is_err());
    }
}
