//! `ecosphere-node label` and `journey`: what a product's way, or what another subject reported, adds up to, from the ledger's signed stages or from a
//! file of events or answers. And `impact`: what changed between two of these.

use super::passport::open;
use crate::{
    label::{FactorTable, Label, LabelSubject, ProductLabel, SignedStage, Stage, Terms, label as make, proof_of_impact, subject_label},
    measure::{Currency, Decimal},
    node::{NodeError, cli::Outcome, sequencer::now},
    provenance::{
        ClaimState, Event, EventId, Journey, Lot, Measured, Split, StageDocument,
        check::{Others, verify},
        questionnaire,
    },
    statement::{self, Body, DidKey, Role, json},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Shown below the help of both commands.
pub const LABEL_EXAMPLE: &str = "Examples:
  ecosphere-node label 09520000000011
  ecosphere-node label 09520000000011 --json | jq '.label.ratio.central'
  ecosphere-node label 09520000000011 --factors my-factors.csv
  ecosphere-node journey events.json --item '(01)09520000000011(10)T1' --split value --value cheese=90 --value whey=10

The table in this program is assets/factors/factors.csv; its README says what each column is. A table with a fault, such as a row without a unit,
is refused with the line.

An organisation, project or process has a label of all it reported: answers to its form (assets/questionnaires) with the money of the year,

  { \"version\": 1, \"kind\": \"organisation\", \"subject\": \"org:1\", \"by\": { \"id\": \"org:1\" }, \"at\": \"2025-12-31T00:00:00Z\",
    \"paid\": { \"minor\": 600000, \"currency\": \"EUR\" }, \"received\": { \"minor\": 900000, \"currency\": \"EUR\" }, \"answers\": { \"energy\": \"1200\" } }

  ecosphere-node label answers.json
  ecosphere-node import --format answers answers.json --data DIR --key mine.key --passport org:1    # on the ledger: then anybody's device has it

A person has no label. What a file alone says was verified within it: what its own events disprove weighs as contradicted, the rest as self-declared;
only a ledger knows who signed.";

/// Shown below the help of `impact`.
pub const IMPACT_EXAMPLE: &str = "Example:
  ecosphere-node impact 2024.json 2025.json

Proof of Impact: the mean over the 17 Sustainable Development Goals at the later date less that at the earlier one, in the labels' money; above 0 is
positive. Both are labels of one subject, in one currency and by one factor table; a goal of which nothing is known counts as nothing.";

/// Options of `impact`.
#[derive(Debug, clap::Args)]
pub struct ImpactArgs {
    /// What was reported at the earlier date: a file of events or of answers, as for label.
    #[arg(value_name = "FILE")]
    pub before: String,
    /// The same at the later date.
    #[arg(value_name = "FILE")]
    pub after: String,
    /// A factor table of your own, instead of the one in this program.
    #[arg(long, value_name = "FILE")]
    pub factors: Option<PathBuf>,
    /// The money of both labels [default: the one last received].
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
}

/// Options of `label` and `journey`.
#[derive(Debug, clap::Args)]
pub struct LabelArgs {
    /// The digits under the barcode, the subject as `passport list` prints it, or a JSON file with an array of events or answers to a form.
    #[arg(value_name = "GTIN|SUBJECT|FILE")]
    pub subject: String,
    /// The ledger: a node's data folder, a folder of published files, or an address [default: the sample].
    #[arg(long, value_name = "DIR|URL")]
    pub data: Option<String>,
    /// A factor table of your own, instead of the one in this program.
    #[arg(long, value_name = "FILE")]
    pub factors: Option<PathBuf>,
    /// In a file of events: which goods to follow [default: the last that were put out].
    #[arg(long, value_name = "ITEM")]
    pub item: Option<String>,
    /// The money of the label, for a file of events [default: the one last received].
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// In a file of events: how an event with several outputs is split over them.
    #[arg(long, value_enum, default_value = "mass")]
    pub split: SplitBy,
    /// What a lot is worth in all, for --split value; once per item.
    #[arg(long, value_name = "ITEM=AMOUNT")]
    pub value: Vec<String>,
    /// In a file: the prices of which year, as far as the factor table can convert [default: those of its last event].
    #[arg(long, value_name = "YEAR")]
    pub price_year: Option<u16>,
}

/// How an event with several outputs is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SplitBy {
    /// By quantity.
    Mass,
    /// By worth, see --value.
    Value,
}

/// What both commands tell of.
struct Told {
    subject: String,
    name: String,
    events: Vec<Event>,
    journey: Journey,
    label: Result<Label, String>,
}

/// Prints a label.
///
/// # Errors
/// There is no such passport or file, its way cannot be followed, or it has no label.
pub fn label(args: &LabelArgs) -> Result<Outcome, NodeError> {
    let told = tell(args)?;
    let label = told.label.map_err(NodeError::Usage)?;
    let mut text = format!("{}\n{}\n", told.name, label.sentence());
    for topic in &label.topics {
        let (value, ratio) = (topic.value.central.to_fixed(4), topic.ratio.central.to_fixed(4));
        text.push_str(&format!("  {:<28} {value:>12} {}  {ratio:>9}\n", topic.topic.info().name, label.currency.code()));
    }
    let years: Vec<String> = label.price_years.iter().map(u16::to_string).collect();
    text.push_str(&format!(
        "Prices of {}. Method {}, factors {} ({})",
        years.join(" and "),
        label.version,
        label.table.version,
        label.table.digest.get(..16).unwrap_or_default()
    ));
    let goals: Vec<Value> = label.goals.iter().map(|(goal, value)| json!({ "goal": goal, "value": value })).collect();
    Ok(Outcome { text, json: json!({ "subject": told.subject, "name": told.name, "label": label, "goals": goals }), yes: true })
}

/// Prints a journey.
///
/// # Errors
/// There is no such passport or file, or its way cannot be followed.
pub fn journey(args: &LabelArgs) -> Result<Outcome, NodeError> {
    let told = tell(args)?;
    let mut text = format!("{}\n", told.name);
    let mut rows = Vec::new();
    for (n, stage) in told.journey.stages.iter().enumerate() {
        let Some(event) = told.events.get(stage.event) else { continue };
        let share = stage.share.of(Decimal::ONE).map_err(|e| NodeError::Data(e.to_string()))?;
        let actor = event.actor.as_ref().map_or("", |a| if a.name.is_empty() { &a.id } else { &a.name });
        let value = told.label.as_ref().ok().and_then(|l| l.stages.get(n));
        text.push_str(&format!("{}  {:<24} share {share:<12}", event.time.to_rfc3339(), actor));
        if let Some(v) = value {
            let added = v.financial.map_or_else(|| "?".to_owned(), |f| f.to_fixed(4));
            text.push_str(&format!("  +{added} price  {} good less harm", v.non_financial.central.to_fixed(4)));
        }
        text.push('\n');
        rows.push(json!({
            "event": stage.id, "kind": stage.kind, "time": event.time.to_rfc3339(), "actor": actor, "share": share, "value": value,
            "money": stage.money.iter().map(|(amount, currency)| json!({ "amount": amount, "currency": currency })).collect::<Vec<_>>(),
            "measured": stage.measured.iter().map(|(m, q, u)| json!({ "metric": m, "quantity": q, "unit": u })).collect::<Vec<_>>(),
        }));
    }
    let named = |list: &[(usize, String)]| list.iter().map(|(_, item)| item.clone()).collect::<Vec<_>>();
    let (origins, doubts) = (named(&told.journey.origins), named(&told.journey.doubts));
    let total = told.label.as_ref().ok().map(|l| l.total);
    match &told.label {
        Ok(label) => text.push_str(&format!("Total value {} {}", label.total.central.to_fixed(4), label.currency.code())),
        Err(why) => text.push_str(&format!("No total: {why}")),
    }
    let json = json!({
        "subject": told.subject, "name": told.name, "goods": told.journey.goods, "split": if args.split == SplitBy::Mass { "mass" } else { "value" },
        "stages": rows, "origins": origins, "doubts": doubts, "total": total,
    });
    Ok(Outcome { text, json, yes: true })
}

fn tell(args: &LabelArgs) -> Result<Told, NodeError> {
    let usage = |e: &dyn std::fmt::Display| NodeError::Usage(e.to_string());
    let table = match &args.factors {
        Some(file) => FactorTable::read(&std::fs::read_to_string(file).map_err(NodeError::file(file))?),
        None => FactorTable::builtin(),
    };
    let table = table.map_err(|e| usage(&e))?;
    let file = PathBuf::from(&args.subject);
    if file.is_file() {
        return of_file(args, &std::fs::read(&file).map_err(NodeError::file(&file))?, &table);
    }
    let passports = open(args.data.as_deref())?;
    let (number, row) = passports.find(&args.subject)?;
    LabelSubject::try_from(row.kind).map_err(|e| usage(&e))?;
    let mut documents = Vec::new();
    for stage in &passports.dossier(number)?.stages {
        let statement = statement::verify(&stage.statement.entry)?;
        let Body::RecordStage(event) = &statement.body else { continue };
        if event.digest != <[u8; 32]>::from(Sha256::digest(&stage.document)) {
            return Err(NodeError::Data(format!("step {} of passport {number} is not the one that was signed", event.step)));
        }
        let document = json::parse(&stage.document).map_err(statement::StatementError::from)?;
        let document = StageDocument::from_json(&document).map_err(|e| NodeError::Data(e.to_string()))?;
        let confirmed = event.receiver.as_ref().is_some_and(|key| statement.signers.contains(key));
        documents.push((event.digest, document, confirmed));
    }
    documents.sort_by_key(|(_, document, _)| document.step);
    let stages: Vec<SignedStage> =
        documents.iter().map(|(digest, document, confirmed)| SignedStage { digest: *digest, document, confirmed: *confirmed }).collect();
    let certified = |key: &DidKey| passports.index.head.actors.iter().any(|a| a.standing.contains(&Role::Certifier) && a.has(key));
    let told = subject_label(row.kind, &stages, &table, &certified).map_err(|e| usage(&e))?;
    let ProductLabel { events, journey, label, .. } =
        told.ok_or_else(|| NodeError::Usage(format!("nothing recorded of {} says what was paid and received, so it has no label", row.id)))?;
    Ok(Told { subject: row.id.clone(), name: row.name.clone(), events, journey, label: Ok(label) })
}

fn of_file(args: &LabelArgs, bytes: &[u8], table: &FactorTable) -> Result<Told, NodeError> {
    let usage = |e: &dyn std::fmt::Display| NodeError::Usage(e.to_string());
    let value: Value = serde_json::from_slice(bytes).map_err(|e| usage(&e))?;
    if value.get("answers").is_some() {
        return of_answers(args, bytes, table);
    }
    let list = value.get("events").cloned().unwrap_or(value);
    let events: Vec<Event> = serde_json::from_value(list).map_err(|e| usage(&format!("this is not an array of events: {e}")))?;
    let events: Vec<Event> = events.into_iter().map(|e| if e.id == EventId::default() { e.seal() } else { e }).collect();
    let last = events.iter().rev().flat_map(|e| &e.outputs).next().map(|lot| lot.item.clone());
    let item = args.item.clone().or(last).ok_or_else(|| usage(&"no event of this file puts anything out"))?;
    let split = match args.split {
        SplitBy::Mass => Split::Mass,
        SplitBy::Value => Split::Value(args.value.iter().map(|v| worth(v)).collect::<Result<BTreeMap<_, _>, _>>()?),
    };
    let journey = Journey::follow(&events, &Lot { item: item.clone(), quantity: None }, &split).map_err(|e| usage(&e))?;
    let asked = args.currency.clone().map(Currency::try_from).transpose().map_err(|e| usage(&e))?;
    let currency = asked.or_else(|| events.iter().rev().find_map(|e| e.received).map(|m| m.currency)).unwrap_or(Currency::EUR);
    let price_year = args.price_year.unwrap_or_else(|| events.iter().map(|e| e.time).max().unwrap_or_default().year());
    let stages = Stage::of_journey(&journey, &events, states(&events));
    let label = make(LabelSubject::Product, &stages, &Terms { table, currency, price_year }).map_err(|e| e.to_string());
    Ok(Told { subject: item.clone(), name: item, events, journey, label })
}

/// How each measurement of a file's events stands when nobody else has spoken.
fn states(events: &[Event]) -> impl Fn(&Event, &Measured) -> ClaimState + use<> {
    let states = verify(events, &[], &Others { now: now(), ..Others::default() }).measurement_states();
    move |event, measured| states.get(&(event.id, measured.metric)).copied().unwrap_or(ClaimState::SelfDeclared)
}

/// Answers to a form: one event, all of it the subject's.
fn of_answers(args: &LabelArgs, bytes: &[u8], table: &FactorTable) -> Result<Told, NodeError> {
    let usage = |e: &dyn std::fmt::Display| NodeError::Usage(e.to_string());
    let (kind, event) = questionnaire::report(bytes).map_err(|e| usage(&e))?;
    let subject = LabelSubject::try_from(kind).map_err(|e| usage(&e))?;
    let goods = event.outputs.first().cloned().ok_or_else(|| usage(&"the answers name no subject"))?;
    let asked = args.currency.clone().map(Currency::try_from).transpose().map_err(|e| usage(&e))?;
    let currency = asked.or_else(|| event.received.map(|m| m.currency)).unwrap_or(Currency::EUR);
    let (name, price_year, events) = (goods.item.clone(), args.price_year.unwrap_or_else(|| event.time.year()), vec![event]);
    let journey = Journey::whole(&events, goods).map_err(|e| usage(&e))?;
    let stages = Stage::of_journey(&journey, &events, states(&events));
    let label = make(subject, &stages, &Terms { table, currency, price_year }).map_err(|e| e.to_string());
    Ok(Told { subject: name.clone(), name, events, journey, label })
}

/// Says what changed between two reports.
///
/// # Errors
/// A file cannot be read, they are of two subjects or currencies, or in the wrong order.
pub fn impact(args: &ImpactArgs) -> Result<Outcome, NodeError> {
    let usage = |e: &dyn std::fmt::Display| NodeError::Usage(e.to_string());
    let told = |file: &String, price_year| {
        tell(&LabelArgs {
            subject: file.clone(),
            data: None,
            factors: args.factors.clone(),
            item: None,
            currency: args.currency.clone(),
            split: SplitBy::Mass,
            value: Vec::new(),
            price_year,
        })
    };
    // Both at the later one's prices: that everything costs more is no impact.
    let after = told(&args.after, None)?;
    let last = after.events.iter().map(|e| e.time).max().unwrap_or_default();
    let before = told(&args.before, Some(last.year()))?;
    if before.subject != after.subject {
        return Err(usage(&format!("these are of two subjects, {} and {}; impact is one subject's", before.subject, after.subject)));
    }
    let time = |told: &Told| told.events.iter().map(|e| e.time).max().unwrap_or_default();
    let times = (time(&before), last);
    let (before, after) = (before.label.map_err(NodeError::Usage)?, after.label.map_err(NodeError::Usage)?);
    if before.currency != after.currency {
        return Err(usage(&"these labels are in two currencies; choose one with --currency"));
    }
    let impact = proof_of_impact((times.0, &before.goals), (times.1, &after.goals)).map_err(|e| usage(&e))?;
    let mean = |label: &Label| label.goals.mean().map_err(|e| usage(&e));
    let reading = match impact.signum() {
        1 => "positive",
        0 => "none",
        _ => "negative",
    };
    let text = format!(
        "Impact from {} to {}: {} {} per goal ({reading}).\nMean over the 17 goals: {} before, {} after.",
        times.0.to_rfc3339(),
        times.1.to_rfc3339(),
        impact.to_fixed(4),
        after.currency.code(),
        mean(&before)?.to_fixed(4),
        mean(&after)?.to_fixed(4)
    );
    let json = json!({
        "from": times.0.to_rfc3339(), "to": times.1.to_rfc3339(), "currency": after.currency, "impact": impact, "reading": reading,
        "before": mean(&before)?, "after": mean(&after)?, "method": after.version, "table": after.table,
        "price_years": before.price_years.iter().chain(&after.price_years).collect::<BTreeSet<_>>(),
    });
    Ok(Outcome { text, json, yes: true })
}

/// `cheese=90`
fn worth(text: &str) -> Result<(String, Decimal), NodeError> {
    let wrong = || NodeError::Usage(format!("\"{text}\" is no worth; write it like --value cheese=90"));
    let (item, amount) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok((item.to_owned(), Decimal::parse(amount).map_err(|_| wrong())?))
}
