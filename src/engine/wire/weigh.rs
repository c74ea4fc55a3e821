//! Options weighed against each other: on fit, price, way and how well they are known.

use super::OptionRow;
use crate::{
    bot::{UnitPrice, VerdictBand},
    measure::Money,
    values::Topic,
};
use serde::{Deserialize, Serialize};

/// A place on earth, in microdegrees. It stays on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Latitude.
    pub lat: i32,
    /// Longitude.
    pub lon: i32,
}

/// What options are put in order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// How they fit, as everywhere else.
    #[default]
    Fit,
    /// What 100 g or 100 ml cost.
    Price,
    /// How far the nearest shop is.
    Distance,
    /// How much is known of them.
    Known,
}

/// An option with all that it can be weighed by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// The option.
    pub row: OptionRow,
    /// What is in a pack, as printed, or empty.
    pub quantity: String,
    /// What 100 g or 100 ml cost; `None` when price or quantity is not known.
    pub unit: Option<UnitPrice>,
    /// How far the nearest shop is that has it, when it was said from where.
    pub metres: Option<u32>,
    /// Who has it, those that fit best first.
    pub shops: Vec<ShopRow>,
}

/// A retailer that has something in stock, and how it fits itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopRow {
    /// Its number on this device.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// How it fits.
    pub band: VerdictBand,
    /// What it asks.
    pub price: Money,
}

/// What there is instead of something, or in a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// What fits best.
    pub aligned: Vec<Weighed>,
    /// What nothing beats at once in fit, price, way and in how well it is known; those above left out.
    pub compromise: Vec<Weighed>,
    /// How many were weighed.
    pub weighed: u32,
    /// How many of them have no known price.
    pub unpriced: u32,
    /// How many have a price and no known quantity.
    pub unmeasured: u32,
}

/// One of a few side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// What it is and costs.
    pub option: Weighed,
    /// What is known of each topic that matters to the person: the score, -100..=100, and how sure, 0..=100.
    pub topics: Vec<(Topic, i8, u8)>,
}

/// The best basket that some money buys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Basket {
    /// What is in it, in the order that was given.
    pub places: Vec<BasketPlace>,
    /// What it costs.
    pub total: Money,
    /// What the things that were given cost, those without a price left out.
    pub before: Money,
}

/// A place in a basket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BasketPlace {
    /// What was given.
    pub given: OptionRow,
    /// What is in its place; the same when nothing better is worth its money.
    pub taken: OptionRow,
    /// How much better it fits, in points.
    pub gain: i16,
    /// What it costs more, in minor units; `None` when the price of what was given is not known.
    pub extra: Option<i64>,
}
