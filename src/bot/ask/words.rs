//! The words that the grammar knows; everything else is taken for a name. All of it in small letters, one blank between two words.

use super::Kind;
use crate::values::{HardLine, Topic};

/// What a thing that keeps a line is called.
pub(super) const KEPT: [(&str, HardLine); 13] = [
    ("vegan", HardLine::Vegan),
    ("plant based", HardLine::Vegan),
    ("vegetarian", HardLine::Vegetarian),
    ("meatless", HardLine::Vegetarian),
    ("organic", HardLine::Organic),
    ("bio", HardLine::Organic),
    ("fair trade", HardLine::FairTrade),
    ("fairtrade", HardLine::FairTrade),
    ("living wage", HardLine::LivingWage),
    ("living wages", HardLine::LivingWage),
    ("halal", HardLine::Halal),
    ("kosher", HardLine::Kosher),
    ("cruelty free", HardLine::NoAnimalTesting),
];

/// What a thing that keeps a line is without.
pub(super) const WITHOUT: [(&str, HardLine); 17] = [
    ("palm oil", HardLine::NoPalmOil),
    ("gluten", HardLine::GlutenFree),
    ("lactose", HardLine::LactoseFree),
    ("alcohol", HardLine::AlcoholFree),
    ("gmo", HardLine::NoGmo),
    ("gmos", HardLine::NoGmo),
    ("genetic engineering", HardLine::NoGmo),
    ("animal testing", HardLine::NoAnimalTesting),
    ("animal tests", HardLine::NoAnimalTesting),
    ("forced labour", HardLine::NoForcedLabour),
    ("forced labor", HardLine::NoForcedLabour),
    ("child labour", HardLine::NoForcedLabour),
    ("child labor", HardLine::NoForcedLabour),
    ("slavery", HardLine::NoForcedLabour),
    ("animal products", HardLine::Vegan),
    ("animal ingredients", HardLine::Vegan),
    ("meat", HardLine::Vegetarian),
];

/// What stands before or behind what a thing is without.
pub(super) const NO: [&str; 7] = ["without", "with no", "no", "free of", "free from", "not tested with", "not containing"];
pub(super) const FREE: &str = "free";

/// What turns the next word into its opposite, which this grammar cannot ask for.
pub(super) const NOT: [&str; 4] = ["not", "non", "never", "except"];

/// Topics as people name them, behind one of [`FOR`].
pub(super) const TOPICS: [(&str, Topic); 24] = [
    ("climate", Topic::Climate),
    ("energy", Topic::Energy),
    ("water", Topic::Water),
    ("waste", Topic::Waste),
    ("packaging", Topic::Waste),
    ("nature", Topic::Nature),
    ("forests", Topic::Nature),
    ("environment", Topic::Nature),
    ("pollution", Topic::Pollution),
    ("animals", Topic::AnimalWelfare),
    ("animal welfare", Topic::AnimalWelfare),
    ("health", Topic::Health),
    ("safety", Topic::Safety),
    ("freedom", Topic::Freedom),
    ("workers", Topic::DecentWork),
    ("wages", Topic::DecentWork),
    ("decent work", Topic::DecentWork),
    ("equality", Topic::Equality),
    ("community", Topic::Community),
    ("fairness", Topic::FairTrade),
    ("transparency", Topic::Transparency),
    ("ethics", Topic::Ethics),
    ("privacy", Topic::Privacy),
    ("data protection", Topic::Privacy),
];
pub(super) const FOR: [&str; 10] =
    ["good for the", "good for", "best for the", "best for", "better for the", "better for", "kind to the", "kind to", "for the", "for"];
/// Words that name their topic alone.
pub(super) const GOOD: [(&str, Topic); 4] =
    [("healthy", Topic::Health), ("healthiest", Topic::Health), ("healthier", Topic::Health), ("climate friendly", Topic::Climate)];

pub(super) const AT_MOST: [&str; 9] = ["under", "below", "less than", "cheaper than", "at most", "up to", "no more than", "not more than", "max"];
/// What is done to a basket.
pub(super) const FILL: [&str; 8] = ["fill", "make", "buy", "pack", "put", "together", "what", "in"];
pub(super) const AT_LEAST: [&str; 5] = ["over", "above", "more than", "at least", "from"];
pub(super) const MONEY: [&str; 4] = ["euros", "euro", "eur", "\u{20ac}"];
pub(super) const CHEAP: [&str; 3] = ["cheapest", "cheap", "cheaper"];

pub(super) const KINDS: [(&str, Kind); 14] = [
    ("shops", Kind::Retailer),
    ("shop", Kind::Retailer),
    ("stores", Kind::Retailer),
    ("retailers", Kind::Retailer),
    ("supermarkets", Kind::Retailer),
    ("projects", Kind::Project),
    ("project", Kind::Project),
    ("brands", Kind::Organisation),
    ("brand", Kind::Organisation),
    ("companies", Kind::Organisation),
    ("company", Kind::Organisation),
    ("organisations", Kind::Organisation),
    ("products", Kind::Product),
    ("product", Kind::Product),
];

/// What stands for what is on the screen.
pub(super) const THIS: [&str; 6] = ["this", "that", "it", "these", "one", "thing"];

/// Words that say nothing of their own here.
pub(super) const FILLERS: [&str; 48] = [
    "show",
    "me",
    "find",
    "give",
    "get",
    "list",
    "search",
    "look",
    "looking",
    "please",
    "i",
    "want",
    "would",
    "like",
    "need",
    "a",
    "an",
    "the",
    "some",
    "any",
    "something",
    "anything",
    "is",
    "are",
    "does",
    "do",
    "was",
    "with",
    "and",
    "or",
    "for",
    "of",
    "in",
    "which",
    "best",
    "good",
    "most",
    "there",
    "my",
    "can",
    "that",
    "to",
    "what",
    "buy",
    "from",
    "by",
    "at",
    "one",
];

/// Words about a verdict, which a question why holds: what it says, and whether that is good or bad.
pub(super) const JUDGED: [(&str, Option<bool>); 22] = [
    ("red", Some(false)),
    ("bad", Some(false)),
    ("against", Some(false)),
    ("poor", Some(false)),
    ("low", Some(false)),
    ("crossed", Some(false)),
    ("green", Some(true)),
    ("good", Some(true)),
    ("recommended", Some(true)),
    ("fits", Some(true)),
    ("fit", Some(true)),
    ("orange", None),
    ("yellow", None),
    ("grey", None),
    ("gray", None),
    ("mixed", None),
    ("values", None),
    ("judged", None),
    ("rated", None),
    ("so", None),
    ("shown", None),
    ("me", None),
];
