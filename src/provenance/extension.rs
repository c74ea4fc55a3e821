//! What suppliers add to an EPCIS event for EcoSphere: names, country, measurements, money, claims. Drawn in [`super::epcis`].

use super::{Agent, Claim, ClaimCode, Event, Measured, MetricId, Reason, Site, UsualYield, claim_def, country};
use crate::measure::{Currency, Decimal, Money, Unit};
use serde_json::{Map, Value};

/// What [`read`] found besides what it set in the event.
#[derive(Default)]
pub(super) struct Extra {
    pub odd: Vec<Reason>,
    codes: Vec<ClaimCode>,
}

/// Sets in `event` what its extension says; what cannot be understood is left out and told.
pub(super) fn read(object: &Map<String, Value>, event: &mut Event) -> Extra {
    let mut extra = Extra::default();
    let names = object.get("ecosphere:parties").and_then(Value::as_object);
    let name = |id: &str| names.and_then(|n| n.get(id)).and_then(Value::as_str).unwrap_or_default().chars().take(300).collect::<String>();
    if let Some(actor) = object.get("ecosphere:actor") {
        match actor.get("id").and_then(Value::as_str).filter(|id| !id.is_empty() && id.len() <= 2_000) {
            Some(id) => event.actor = Some(Agent { id: id.to_owned(), name: text(actor, "name") }),
            None => extra.invalid("ecosphere:actor.id", "it must be a text"),
        }
    }
    for agent in [&mut event.actor, &mut event.source, &mut event.destination].into_iter().flatten().filter(|a| a.name.is_empty()) {
        agent.name = name(&agent.id);
    }
    if let Some(place) = object.get("ecosphere:place") {
        let site = event.place.get_or_insert_with(Site::default);
        site.name = text(place, "name");
        match (text(place, "country"), country::code(&text(place, "country"))) {
            (said, _) if said.is_empty() => {}
            (_, Some(code)) => site.country = code.to_owned(),
            (said, None) => extra.odd.push(Reason::UnknownValue(said)),
        }
    }
    for (n, entry) in list(object, "ecosphere:measurements") {
        match measured(entry) {
            Ok(measured) => event.measurements.push(measured),
            Err(why) => extra.invalid(&format!("ecosphere:measurements[{n}]"), &why),
        }
    }
    for (member, slot) in [("ecosphere:paid", &mut event.paid), ("ecosphere:received", &mut event.received)] {
        match object.get(member).map(money) {
            None => {}
            Some(Ok(amount)) => *slot = Some(amount),
            Some(Err(why)) => extra.invalid(member, &why),
        }
    }
    if let Some(said) = object.get("ecosphere:yield") {
        match number(Some(said)).ok_or_else(|| "it must be a number".to_owned()).and_then(to_yield) {
            Ok(stated) => event.stated_yield = Some(stated),
            Err(why) => extra.invalid("ecosphere:yield", &why),
        }
    }
    if let Some(said) = object.get("ecosphere:process") {
        match to_process(said.as_str().unwrap_or_default()) {
            Ok(process) => event.process = process,
            Err(why) => extra.invalid("ecosphere:process", &why),
        }
    }
    for (n, entry) in list(object, "ecosphere:claims") {
        match entry.as_str().filter(|code| claim_def(code).is_some()) {
            Some(code) => extra.codes.push(code.to_owned()),
            None => extra.invalid(&format!("ecosphere:claims[{n}]"), "it is no row of the claim table"),
        }
    }
    for (n, element) in list(object, "sensorElementList") {
        for (m, report) in element.get("sensorReport").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let kind = text(report, "type");
            match sensor(report, &kind) {
                Some(measured) => event.measurements.push(measured),
                None => {
                    extra.invalid(&format!("sensorElementList[{n}].sensorReport[{m}]"), &format!("\"{kind}\" is no metric of the registry; left out"))
                }
            }
        }
    }
    extra
}

impl Extra {
    fn invalid(&mut self, path: &str, why: &str) {
        self.odd.push(Reason::Invalid { path: path.to_owned(), why: why.to_owned() });
    }

    /// The claims it states, of everything the event gave.
    pub fn claims(self, event: &Event) -> Vec<Claim> {
        let subject = event.outputs.first().or(event.inputs.first()).map(|lot| lot.item.clone());
        let claims = self.codes.into_iter().filter_map(|code| Some(Claim::with_event(event, subject.clone()?, Some(code), None)));
        claims.collect()
    }
}

impl Claim {
    /// What an event's own supplier claims with it, resting on the event's certificates.
    #[must_use]
    pub fn with_event(event: &Event, subject: String, code: Option<ClaimCode>, measured: Option<Measured>) -> Self {
        let named = measured.as_ref().map(|m| m.evidence.clone()).filter(|e| !e.is_empty());
        let evidence = named.map_or_else(|| event.certificates.clone(), |e| vec![e]);
        let of_metric = measured.as_ref().map(|m| m.metric.info().untp.to_owned());
        let of_code = code.as_ref().and_then(|c| claim_def(c)).into_iter().flat_map(|def| &def.topics);
        let topics = of_code.flat_map(|(topic, ..)| topic.info().untp).map(|t| (*t).to_owned()).chain(of_metric).collect();
        Self {
            id: String::new(),
            subject,
            code,
            measured,
            topics,
            criteria: Vec::new(),
            event: Some(event.id),
            by: event.actor.clone(),
            place: event.place.as_ref().map(|p| p.id.clone()).unwrap_or_default(),
            at: event.time,
            evidence,
            inferred: false,
        }
    }
}

/// A metric's value in its own unit.
pub(super) fn in_metric(name: &str, quantity: Decimal, unit: Unit, evidence: String) -> Result<Measured, String> {
    let metric =
        MetricId::from_name(name).ok_or_else(|| format!("\"{}\" is no metric of the registry", name.chars().take(80).collect::<String>()))?;
    let quantity = metric.convert(quantity, unit).map_err(|e| e.to_string())?;
    Ok(Measured { metric, quantity, unit: metric.unit(), evidence })
}

fn measured(entry: &Value) -> Result<Measured, String> {
    let quantity = number(entry.get("quantity")).ok_or("the quantity must be a number")?;
    let unit = Unit::from_name(&text(entry, "unit")).map_err(|e| e.to_string())?;
    in_metric(&text(entry, "metric"), quantity, unit, text(entry, "evidence"))
}

fn sensor(report: &Value, kind: &str) -> Option<Measured> {
    let value = number(report.get("value").or_else(|| report.get("meanValue")))?;
    let unit = Unit::from_code(&text(report, "uom")).ok()?;
    in_metric(kind, value, unit, String::new()).ok()
}

fn number(value: Option<&Value>) -> Option<Decimal> {
    match value? {
        Value::Number(number) => Decimal::parse(&number.to_string()).ok(),
        Value::String(text) => Decimal::parse(text).ok(),
        _ => None,
    }
}

fn money(value: &Value) -> Result<Money, String> {
    let amount = number(value.get("amount")).ok_or("the amount must be a number")?;
    let currency = Currency::try_from(text(value, "currency")).map_err(|e| e.to_string())?;
    to_money(amount, currency)
}

/// An amount in whole units as money; at most two decimals, not negative.
pub(super) fn to_money(amount: Decimal, currency: Currency) -> Result<Money, String> {
    let cent = Decimal::NANOS / 100;
    let minor = i64::try_from(amount.nanos() / cent).ok().filter(|m| *m >= 0 && amount.nanos() % cent == 0);
    minor
        .map(|minor| Money { minor, currency })
        .ok_or_else(|| format!("{amount} {} is no price: it has at most two decimals and is not negative", currency.code()))
}

/// What an actor may say comes out of one mass of what goes in.
pub(super) fn to_yield(stated: Decimal) -> Result<Decimal, String> {
    if Event::is_yield(stated) { Ok(stated) } else { Err(format!("{stated} is no yield: it is above 0 and at most {}", Event::MOST_YIELD)) }
}

/// A process of the table of usual yields, by its name there.
pub(super) fn to_process(said: &str) -> Result<String, String> {
    let name = said.trim().to_lowercase().replace([' ', '_'], "-");
    let known = || UsualYield::all().map(|row| row.process).collect::<Vec<_>>().join(", ");
    UsualYield::of(&name).map(|row| row.process.to_owned()).ok_or_else(|| format!("it is no process of the table of yields; those are {}", known()))
}

fn list<'a>(object: &'a Map<String, Value>, member: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    object.get(member).and_then(Value::as_array).into_iter().flatten().take(1_000).enumerate()
}

/// A text member, at most 300 characters of it, or empty.
fn text(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or_default().chars().take(300).collect()
}
