//! The registry of metrics: everything that can be measured of a subject, each with its unit, its direction and what it is evidence for.
//!
//! The columns: id; name; unit (UN/ECE Recommendation 20); whether more is good or bad; topic (which gives the SDGs, see [`Topic`]); the UNTP
//! conformity topic (UN Transparency Protocol 0.7, core taxonomies); how a source names the same metric (the last segment of a UNTP performance
//! metric, or a usual column heading); the reporting standards that ask for it (GRI Standards 2021, European Sustainability Reporting Standards
//! of Delegated Regulation (EU) 2023/2772); and the largest amount that one event can plausibly have, in the metric's unit.

use crate::{
    measure::{Decimal, MeasureError, Unit},
    values::Topic,
};
use serde::{Deserialize, Serialize};

/// Whether more of it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is a cost to people or planet.
    Harm,
    /// More is a benefit.
    Benefit,
}

/// A row of the registry. On the wire it is its id, e.g. `ghg-emissions`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct MetricId(u8);

/// What is known of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Stable id in kebab case.
    pub id: &'static str,
    /// For a person.
    pub name: &'static str,
    /// UN/ECE Recommendation 20 code of the unit it is kept in.
    pub unit: &'static str,
    /// Whether more is good.
    pub direction: Direction,
    /// What it is evidence for; [`crate::values::TopicInfo::sdgs`] gives the goals.
    pub topic: Topic,
    /// UNTP conformity topic code.
    pub untp: &'static str,
    /// Names in sources, in kebab case: UNTP performance metrics, headings of tables.
    pub names: &'static [&'static str],
    /// Which standards ask for it, e.g. `GRI 305-1`.
    pub standards: &'static [&'static str],
    /// More than this in one event is no measurement but a mistake.
    pub most: u64,
}

#[rustfmt::skip]
#[expect(clippy::too_many_arguments, reason = "a row of the table below, column by column")]
const fn row(
    id: &'static str, name: &'static str, unit: &'static str, direction: Direction, topic: Topic, untp: &'static str,
    names: &'static [&'static str], standards: &'static [&'static str], most: u64,
) -> Metric {
    Metric { id, name, unit, direction, topic, untp, names, standards, most }
}

use Direction::{Benefit, Harm};

/// Append only: a [`MetricId`] is its place in this table.
#[rustfmt::skip]
const TABLE: [Metric; 40] = [
    row("ghg-emissions", "Greenhouse gases, as CO2", "KGM", Harm, Topic::Climate, "greenhouse-gas-emissions", &["product-carbon-footprint", "carbon-footprint", "co2e", "co2-kg", "co2", "kg-co2e", "emissions-intensity"], &["GRI 305-1", "GRI 305-3", "ESRS E1-6"], 1_000_000_000),
    row("methane-emissions", "Methane", "KGM", Harm, Topic::Climate, "greenhouse-gas-emissions", &["methane", "ch4"], &["GRI 305-1", "ESRS E1-6"], 10_000_000),
    row("carbon-removed", "Carbon dioxide taken out of the air", "KGM", Benefit, Topic::Climate, "greenhouse-gas-emissions", &["carbon-removal", "co2-removed"], &["ESRS E1-7"], 1_000_000_000),
    row("energy-use", "Energy used", "KWH", Harm, Topic::Energy, "energy-optimization", &["energy-consumption", "energy", "kwh", "electricity"], &["GRI 302-1", "ESRS E1-5"], 1_000_000_000),
    row("energy-renewable", "Renewable energy used", "KWH", Benefit, Topic::Energy, "renewable-energy-use", &["renewable-energy", "renewable-energy-consumption"], &["GRI 302-1", "ESRS E1-5"], 1_000_000_000),
    row("energy-renewable-share", "Share of energy that is renewable", "P1", Benefit, Topic::Energy, "renewable-energy-use", &["renewable-energy-percentage", "renewable-share"], &["ESRS E1-5"], 100),
    row("water-use", "Fresh water used", "MTQ", Harm, Topic::Water, "water-conservation", &["water-consumption", "water", "water-withdrawal"], &["GRI 303-5", "ESRS E3-4"], 100_000_000),
    row("water-scarce-use", "Fresh water used where it is scarce", "MTQ", Harm, Topic::Water, "water-conservation", &["scarce-blue-water", "water-stress-consumption"], &["GRI 303-5", "ESRS E3-4"], 100_000_000),
    row("water-polluted", "Waste water let out untreated", "MTQ", Harm, Topic::Water, "water-conservation", &["untreated-effluent", "wastewater"], &["GRI 303-4", "ESRS E2-4"], 100_000_000),
    row("waste-total", "Waste", "KGM", Harm, Topic::Waste, "waste-minimization", &["waste-generated", "waste"], &["GRI 306-3", "ESRS E5-5"], 1_000_000_000),
    row("waste-landfilled", "Waste to landfill", "KGM", Harm, Topic::Waste, "end-of-life-management", &["landfill"], &["GRI 306-5", "ESRS E5-5"], 1_000_000_000),
    row("waste-recycled", "Waste recycled", "KGM", Benefit, Topic::Waste, "resource-circularity", &["recycled-waste"], &["GRI 306-4", "ESRS E5-5"], 1_000_000_000),
    row("recycled-content", "Recycled content", "P1", Benefit, Topic::Waste, "recycled-material-integration", &["recycled-content-percentage", "cobalt-recycled-content", "lithium-recycled-content", "nickel-recycled-content", "lead-recycled-content"], &["GRI 301-2", "ESRS E5-4"], 100),
    row("packaging-mass", "Packaging", "KGM", Harm, Topic::Waste, "waste-minimization", &["packaging"], &["GRI 301-1", "ESRS E5-4"], 100_000_000),
    row("land-use", "Land in use for a year", "MTK", Harm, Topic::Nature, "ecosystem-preservation", &["land-occupation"], &["GRI 101-6", "ESRS E4-5"], 100_000_000_000),
    row("land-converted", "Natural land turned into farm or site", "MTK", Harm, Topic::Nature, "ecosystem-preservation", &["land-use-change"], &["GRI 101-6", "ESRS E4-5"], 100_000_000_000),
    row("deforestation-area", "Forest cleared", "MTK", Harm, Topic::Nature, "forest-conservation", &["deforestation", "deforested-area"], &["GRI 101-6", "ESRS E4-5"], 100_000_000_000),
    row("habitat-restored", "Habitat restored", "MTK", Benefit, Topic::Nature, "ecosystem-preservation", &["restored-area"], &["GRI 101-2", "ESRS E4-3"], 100_000_000_000),
    row("pesticide-use", "Pesticides applied", "KGM", Harm, Topic::Pollution, "chemical-safety", &["pesticides", "plant-protection-products"], &["GRI 13.6", "ESRS E2-5"], 10_000_000),
    row("fertiliser-nitrogen", "Nitrogen fertiliser applied", "KGM", Harm, Topic::Pollution, "substance-control", &["nitrogen", "nitrogen-fertiliser"], &["GRI 13.5", "ESRS E2-4"], 100_000_000),
    row("hazardous-substances", "Substances of concern used", "KGM", Harm, Topic::Pollution, "chemical-safety", &["substances-of-concern"], &["ESRS E2-5"], 100_000_000),
    row("air-pollutants", "Pollutants let into the air", "KGM", Harm, Topic::Pollution, "air-quality-management", &["nox-sox", "air-emissions"], &["GRI 305-7", "ESRS E2-4"], 100_000_000),
    row("animals-confined", "Animals kept in confinement", "H87", Harm, Topic::AnimalWelfare, "sanitary-and-phytosanitary-measures", &["caged-animals"], &["GRI 13.11"], 100_000_000),
    row("antibiotics-use", "Antibiotics given to animals", "KGM", Harm, Topic::AnimalWelfare, "sanitary-and-phytosanitary-measures", &["antibiotics"], &["GRI 13.11"], 1_000_000),
    row("wellbeing-years", "Years of life lived one point happier", "ANN", Benefit, Topic::Health, "consumer-information", &["wellbys", "wellby"], &["ESRS S3-4"], 10_000_000),
    row("product-complaints", "Complaints about safety", "H87", Harm, Topic::Safety, "product-safety-standards", &["safety-complaints"], &["GRI 416-2", "ESRS S4-4"], 10_000_000),
    row("child-labour-hours", "Hours of child labour, not hazardous", "HUR", Harm, Topic::Freedom, "youth-protection", &["child-labour"], &["GRI 408-1", "ESRS S2-1"], 100_000_000),
    row("child-labour-hazardous-hours", "Hours of hazardous child labour", "HUR", Harm, Topic::Freedom, "youth-protection", &["hazardous-child-labour"], &["GRI 408-1", "ESRS S2-1"], 100_000_000),
    row("forced-labour-years", "Full-time years of forced labour", "ANN", Harm, Topic::Freedom, "forced-labor-elimination", &["forced-labour"], &["GRI 409-1", "ESRS S2-1"], 1_000_000),
    row("forced-labour-incidents", "Findings of forced labour", "H87", Harm, Topic::Freedom, "forced-labor-elimination", &["forced-labor-incidents"], &["GRI 409-1", "ESRS S1-17"], 1_000_000),
    row("work-hours", "Hours worked", "HUR", Benefit, Topic::DecentWork, "employment-opportunities", &["labour-hours", "hours-worked"], &["GRI 2-7", "ESRS S1-6"], 100_000_000),
    row("living-wage-hours", "Hours paid at a living wage", "HUR", Benefit, Topic::DecentWork, "decent-work-conditions", &["hours-at-living-wage"], &["GRI 202-1", "ESRS S1-10"], 100_000_000),
    row("wage-gap-below-minimum", "Wages missing to the legal minimum, EUR", "C62", Harm, Topic::DecentWork, "decent-work-conditions", &["minimum-wage-gap"], &["GRI 202-1", "ESRS S1-10"], 1_000_000_000),
    row("wage-gap-below-living", "Wages missing from the minimum to a living wage, EUR", "C62", Harm, Topic::DecentWork, "decent-work-conditions", &["living-wage-gap"], &["GRI 202-1", "ESRS S1-10"], 1_000_000_000),
    row("lost-time-injuries", "Injuries that cost working time", "H87", Harm, Topic::DecentWork, "workplace-safety", &["injuries", "recordable-injuries"], &["GRI 403-9", "ESRS S1-14"], 1_000_000),
    row("gender-pay-gap", "Pay gap between women and men", "P1", Harm, Topic::Equality, "gender-equity", &["pay-gap"], &["GRI 405-2", "ESRS S1-16"], 100),
    row("volunteer-hours", "Hours volunteered", "HUR", Benefit, Topic::Community, "community-empowerment", &["volunteering"], &["GRI 413-1", "ESRS S3-4"], 100_000_000),
    row("local-jobs", "Jobs for people from the place", "IE", Benefit, Topic::Community, "regional-economic-growth", &["local-employees"], &["GRI 202-2", "ESRS S3-4"], 1_000_000),
    row("fair-premium", "Fair trade premium paid, EUR", "C62", Benefit, Topic::FairTrade, "responsible-procurement", &["premium", "fairtrade-premium"], &["GRI 204-1", "ESRS G1-2"], 1_000_000_000),
    row("corruption-cases", "Confirmed cases of corruption", "H87", Harm, Topic::Ethics, "anti-corruption-measures", &["corruption-incidents"], &["GRI 205-3", "ESRS G1-4"], 100_000),
];

impl MetricId {
    /// Every metric, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len() as u8).map(Self)
    }

    /// The metric with this id.
    ///
    /// ```
    /// use ecosphere::provenance::MetricId;
    /// assert_eq!(MetricId::from_id("ghg-emissions").map(|m| m.unit().code()), Some("KGM"));
    /// assert_eq!(MetricId::from_id("Greenhouse gases"), None);
    /// ```
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|metric| metric.id() == id)
    }

    /// The metric that a source calls so: an id, one of the usual names in any capitals and with any separators, or the identifier of a UNTP
    /// performance metric, whose last segment counts.
    ///
    /// ```
    /// use ecosphere::provenance::MetricId;
    /// let untp = "https://vocabulary.uncefact.org/performance-metric/product-carbon-footprint";
    /// assert_eq!(MetricId::from_name(untp), MetricId::from_id("ghg-emissions"));
    /// assert_eq!(MetricId::from_name("Water consumption"), MetricId::from_id("water-use"));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let last = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
        let words: Vec<String> = last.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
        let name = words.join("-");
        Self::from_id(&name).or_else(|| Self::all().find(|metric| metric.info().names.contains(&name.as_str())))
    }

    /// Its row.
    #[must_use]
    pub const fn info(self) -> &'static Metric {
        &TABLE[self.0 as usize]
    }

    /// Its id, e.g. `ghg-emissions`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.info().id
    }

    /// The unit it is kept in.
    #[must_use]
    pub fn unit(self) -> Unit {
        Unit::from_code(self.info().unit).unwrap_or(Unit::PIECE)
    }

    /// Whether an amount, in the metric's unit, can be true of one event: not negative, and not more than [`Metric::most`].
    #[must_use]
    pub fn is_plausible(self, quantity: Decimal) -> bool {
        quantity.signum() >= 0 && quantity <= Decimal::from(self.info().most)
    }

    /// An amount in the metric's unit.
    ///
    /// # Errors
    /// [`MeasureError::Dimension`] where `unit` measures something else.
    pub fn convert(self, quantity: Decimal, unit: Unit) -> Result<Decimal, MeasureError> {
        unit.convert(quantity, self.unit())
    }
}

impl std::fmt::Debug for MetricId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

impl From<MetricId> for String {
    fn from(metric: MetricId) -> Self {
        metric.id().to_owned()
    }
}
impl TryFrom<String> for MetricId {
    type Error = String;
    fn try_from(id: String) -> Result<Self, String> {
        Self::from_id(&id).ok_or_else(|| format!("\"{id}\" is no metric of the registry; use an id such as ghg-emissions"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_metric_has_a_unit_a_topic_of_untp_and_a_standard_and_every_name_one_meaning() {
        let mut names = BTreeSet::new();
        for metric in MetricId::all() {
            let row = metric.info();
            assert_eq!(metric.unit().code(), row.unit, "{metric:?}");
            assert!(!row.standards.is_empty() && row.standards.iter().all(|s| s.starts_with("GRI ") || s.starts_with("ESRS ")), "{metric:?}");
            // The conformity topic belongs to the metric's own topic, but for work, which UNTP files under the community.
            assert!(Topic::from_untp(row.untp).is_some(), "{metric:?}: {}", row.untp);
            for name in row.names.iter().chain([&row.id]) {
                assert!(names.insert(*name), "{name} stands twice");
                assert_eq!(MetricId::from_name(name), Some(metric), "{name}");
            }
            assert_eq!(serde_json::from_str::<MetricId>(&serde_json::to_string(&metric).unwrap()).unwrap(), metric);
        }
        assert!(serde_json::from_str::<MetricId>("\"happiness\"").is_err());
    }

    #[test]
    fn absurd_and_negative_amounts_are_not_plausible() {
        let share = MetricId::from_id("recycled-content").unwrap();
        for (text, plausible) in [("0", true), ("100", true), ("100.000000001", false), ("-1", false)] {
            assert_eq!(share.is_plausible(Decimal::parse(text).unwrap()), plausible, "{text}");
        }
    }
}
