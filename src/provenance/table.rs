//! Tables of any supplier (CSV, spreadsheets, Parquet) as events, through a *column map* that the supplier writes once.
//!
//! ```text
//! { "version": 1, "confirmed": true, "decimals": "comma", "dates": "day-first", "offset": "+02:00", "currency": "EUR",
//!   "constants": { "actor": "https://…" },
//!   "columns": { "Datum": "time", "Los": "output-item", "Menge (kg)": { "is": "output-quantity", "unit": "KGM" },
//!                "Wasser m3": { "is": "measurement", "metric": "water-use", "unit": "MTQ" }, "Bemerkung": "ignore" } }
//! ```
//! A map is guessed from the headings ([`ColumnMap::guess`]) and holds once a person has said `confirmed`. A row is an event; rows that follow each
//! other with the same `event` are one event with several inputs and outputs. Which kind of event follows from its step, else from its goods:
//! inputs and outputs make a transformation, outputs alone a commissioning, a destination a shipment.
//!
//! *In:* rows of [`Cell`]s, from whatever reads the file. *Out:* [`Found`]. A row that lacks its time or its goods is dropped, a cell that cannot
//! be understood is left out, each with line and reason.

use super::{
    Action, Agent, Claim, Event, EventKind, Found, Lot, Note, Reason, Site, claim_def,
    column_map::{Column, ColumnMap, Field},
    country, date, extension,
};
use crate::{
    measure::{Currency, Decimal, Millis, NumberStyle, Unit},
    passport::Gtin,
};
use std::collections::BTreeMap;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text as the file has it.
    Text(String),
    /// A number that the file keeps as one.
    Number(Decimal),
    /// A time that the file keeps as one; local time where the file has no zone.
    Time(Millis),
}

/// The most columns of a table.
pub const MAX_COLUMNS: usize = 1_000;

/// Turns rows into events, one at a time.
pub struct Rows<'a> {
    map: &'a ColumnMap,
    columns: Vec<(String, Option<Column>)>,
    pending: Option<Draft>,
}

/// An event while its rows come in.
struct Draft {
    key: String,
    line: u64,
    event: Event,
    codes: Vec<String>,
    kind: Option<EventKind>,
}

impl<'a> Rows<'a> {
    /// Begins with the headings.
    ///
    /// # Errors
    /// A column of the map that the table does not have, or a map without a time or without goods.
    pub fn new(map: &'a ColumnMap, headings: &[String]) -> Result<Self, super::MapError> {
        map.check(headings)?;
        let columns = headings.iter().map(|h| (h.clone(), map.columns.get(h.trim()).cloned().filter(|c| c.is != Field::Ignore)));
        Ok(Self { map, columns: columns.collect(), pending: None })
    }

    /// Takes a row; hands on the event before it once this row is not part of it.
    pub fn row(&mut self, line: u64, cells: &[Cell], sink: &mut impl FnMut(Found)) {
        if cells.iter().all(|c| matches!(c, Cell::Empty) || matches!(c, Cell::Text(t) if t.trim().is_empty())) {
            return;
        }
        let row = Row { map: self.map, line, fields: fields(&self.columns, cells) };
        let key = row.text(Field::Event).unwrap_or_default();
        if self.pending.as_ref().is_some_and(|d| key.is_empty() || d.key != key) {
            self.pending.take().into_iter().for_each(|draft| draft.hand_on(sink));
        }
        if cells.len() > self.columns.len() {
            let extra = Reason::OutOfBounds(format!("{} cells under {} headings", cells.len(), self.columns.len()));
            return sink(Found::Dropped(Note { line, id: key, reason: extra }));
        }
        let mut odd = Vec::new();
        let outcome = match &mut self.pending {
            Some(draft) => row.goods(&mut draft.event, &mut odd),
            None => row.begin(key.clone(), &mut odd).map(|draft| self.pending = Some(draft)),
        };
        sink_notes(line, &key, odd, sink);
        if let Err(reason) = outcome {
            sink(Found::Dropped(Note { line, id: key, reason }));
        }
    }

    /// Hands on the last event.
    pub fn finish(&mut self, sink: &mut impl FnMut(Found)) {
        self.pending.take().into_iter().for_each(|draft| draft.hand_on(sink));
    }
}

impl Draft {
    fn hand_on(self, sink: &mut impl FnMut(Found)) {
        let Self { line, mut event, codes, kind, .. } = self;
        if event.inputs.is_empty() && event.outputs.is_empty() {
            let reason = Reason::Invalid { path: "output-item".to_owned(), why: "the row names no goods".to_owned() };
            return sink(Found::Dropped(Note { line, id: event.source_id, reason }));
        }
        settle_kind(&mut event, kind);
        let event = event.settle_actor().seal();
        let subject = event.outputs.first().or(event.inputs.first()).map(|lot| lot.item.clone()).unwrap_or_default();
        for code in codes {
            sink(Found::Claim(Claim::with_event(&event, subject.clone(), Some(code), None)));
        }
        sink(Found::Event(event));
    }
}

fn fields<'c>(columns: &'c [(String, Option<Column>)], cells: &'c [Cell]) -> Vec<(&'c str, &'c Column, &'c Cell)> {
    columns.iter().zip(cells).filter_map(|((name, column), cell)| Some((name.as_str(), column.as_ref()?, cell))).collect()
}

fn sink_notes(line: u64, id: &str, odd: Vec<Reason>, sink: &mut impl FnMut(Found)) {
    odd.into_iter().for_each(|reason| sink(Found::Noted(Note { line, id: id.to_owned(), reason })));
}

/// Kind and action from step and goods.
fn settle_kind(event: &mut Event, kind: Option<EventKind>) {
    let (has_in, has_out) = (!event.inputs.is_empty(), !event.outputs.is_empty());
    event.kind = kind.unwrap_or(if has_in && has_out { EventKind::Transformation } else { EventKind::Object });
    if event.kind == EventKind::Transformation {
        event.action = None;
        if event.step.is_empty() {
            event.step = "commissioning".to_owned();
        }
        return;
    }
    let moves = event.source.is_some() || event.destination.is_some();
    let begins = ["commissioning", "creating_class_instance"].contains(&event.step.as_str()) || (event.step.is_empty() && !moves);
    let ends = ["destroying", "decommissioning", "retail_selling"].contains(&event.step.as_str());
    event.action = event.action.or(Some(match (begins, ends) {
        (true, _) => Action::Add,
        (_, true) => Action::Delete,
        _ => Action::Observe,
    }));
    if event.step.is_empty() {
        event.step = if moves { "shipping" } else { "commissioning" }.to_owned();
    }
    let goods = if has_out { std::mem::take(&mut event.outputs) } else { std::mem::take(&mut event.inputs) };
    (event.inputs, event.outputs) = match event.action {
        Some(Action::Add) => (Vec::new(), goods),
        Some(Action::Delete) => (goods, Vec::new()),
        _ => (goods.clone(), goods),
    };
}

/// A row with what its cells are.
struct Row<'a> {
    map: &'a ColumnMap,
    line: u64,
    fields: Vec<(&'a str, &'a Column, &'a Cell)>,
}

impl Row<'_> {
    fn begin(&self, key: String, odd: &mut Vec<Reason>) -> Result<Draft, Reason> {
        let time = self.time()?;
        let kind = self.kind()?;
        let mut event = Event::at(EventKind::Object, None, time);
        event.offset = self.map.offset_minutes();
        event.source_id.clone_from(&key);
        event.step = self.text(Field::Step).map(|t| t.to_lowercase().replace([' ', '-'], "_")).unwrap_or_default();
        event.actor = self.agent(Field::Actor, Field::ActorName);
        event.source = self.agent(Field::Source, Field::SourceName);
        event.destination = self.agent(Field::Destination, Field::DestinationName);
        if event.source.is_none() && event.destination.is_some() {
            event.source.clone_from(&event.actor);
        }
        event.place = self.place(odd);
        event.certificates = self.list(Field::Certificates);
        let codes = self.list(Field::Claims);
        let (known, unknown): (Vec<_>, Vec<_>) = codes.into_iter().partition(|code| claim_def(code).is_some());
        odd.extend(unknown.into_iter().map(Reason::UnknownValue));
        for (field, slot) in [(Field::Paid, &mut event.paid), (Field::Received, &mut event.received)] {
            for (name, column, cell) in self.filled(field) {
                let currency = column.currency.clone().or_else(|| self.text(Field::Currency)).unwrap_or_else(|| self.map.currency.clone());
                let money = self.number(cell).and_then(|amount| {
                    let currency = Currency::try_from(currency.to_uppercase()).map_err(|e| e.to_string())?;
                    extension::to_money(amount, currency)
                });
                match money {
                    Ok(money) => *slot = Some(money),
                    Err(why) => odd.push(Reason::Invalid { path: name.to_owned(), why }),
                }
            }
        }
        for (name, column, cell) in self.filled(Field::Yield) {
            let stated = self
                .number(cell)
                .and_then(|n| if column.unit.as_deref() == Some("P1") { n.scaled(1, 100).map_err(|e| e.to_string()) } else { Ok(n) });
            match stated.and_then(extension::to_yield) {
                Ok(stated) => event.stated_yield = Some(stated),
                Err(why) => odd.push(Reason::Invalid { path: name.to_owned(), why }),
            }
        }
        match self.text(Field::Process).as_deref().map(extension::to_process) {
            None => {}
            Some(Ok(process)) => event.process = process,
            Some(Err(why)) => odd.push(Reason::Invalid { path: "process".to_owned(), why }),
        }
        let mut draft = Draft { key, line: self.line, event, codes: known, kind };
        self.goods(&mut draft.event, odd)?;
        Ok(draft)
    }

    /// Lots and measurements: what each row of an event adds.
    fn goods(&self, event: &mut Event, odd: &mut Vec<Reason>) -> Result<(), Reason> {
        let sides = [
            (Field::InputItem, Field::InputQuantity, Field::InputUnit, &mut event.inputs),
            (Field::OutputItem, Field::OutputQuantity, Field::OutputUnit, &mut event.outputs),
        ];
        for (item, quantity, unit, lots) in sides {
            let Some(item) = self.text(item).map(|text| item_of(&text)) else { continue };
            let mut lot = Lot { item, quantity: None };
            if let Some((name, column, cell)) = self.filled(quantity).next() {
                let wrong = |why: String| Reason::Invalid { path: name.to_owned(), why };
                let amount = self.number(cell).map_err(wrong)?;
                if amount.signum() < 0 {
                    return Err(wrong(format!("{amount} is negative; nothing weighs or counts less than nothing")));
                }
                let unit = column.unit.clone().or_else(|| self.text(unit)).unwrap_or_else(|| "H87".to_owned());
                lot.quantity = Some((amount, Unit::from_name(&unit).map_err(|e| wrong(e.to_string()))?));
            }
            if !lots.contains(&lot) {
                lots.push(lot);
            }
        }
        for (name, column, cell) in self.filled(Field::Measurement) {
            let metric = column.metric.clone().unwrap_or_else(|| name.to_owned());
            let measured = self.number(cell).and_then(|quantity| {
                let default = super::MetricId::from_name(&metric).map(|m| m.unit().code().to_owned()).unwrap_or_default();
                let unit = Unit::from_name(column.unit.as_deref().unwrap_or(&default)).map_err(|e| e.to_string())?;
                extension::in_metric(&metric, quantity, unit, event.certificates.first().cloned().unwrap_or_default())
            });
            match measured {
                Ok(measured) if event.measurements.contains(&measured) => {}
                Ok(measured) => event.measurements.push(measured),
                Err(why) => odd.push(Reason::Invalid { path: name.to_owned(), why }),
            }
        }
        Ok(())
    }

    fn time(&self) -> Result<Millis, Reason> {
        let wrong = |name: &str, why: String| Reason::Invalid { path: name.to_owned(), why };
        match self.filled(Field::Time).next() {
            None => Err(wrong("time", "the row has no date".to_owned())),
            Some((_, _, Cell::Time(local))) => Ok(Millis(local.0 - i64::from(self.map.offset_minutes()) * 60_000)),
            Some((name, _, cell)) => {
                let text = cell_text(cell).unwrap_or_default();
                date::parse(&text, self.map.dates, self.map.offset_minutes()).map_err(|why| wrong(name, why))
            }
        }
    }

    fn kind(&self) -> Result<Option<EventKind>, Reason> {
        let Some(text) = self.text(Field::Kind) else { return Ok(None) };
        Ok(Some(match text.to_lowercase().trim_end_matches("event") {
            "object" => EventKind::Object,
            "aggregation" => EventKind::Aggregation,
            "transformation" => EventKind::Transformation,
            "transaction" => EventKind::Transaction,
            "association" => EventKind::Association,
            _ => return Err(Reason::UnknownValue(text)),
        }))
    }

    fn place(&self, odd: &mut Vec<Reason>) -> Option<Site> {
        let (id, name) = (self.text(Field::Place).unwrap_or_default(), self.text(Field::PlaceName).unwrap_or_default());
        let country = self.text(Field::Country).and_then(|said| {
            let code = country::code(&said);
            if code.is_none() {
                odd.push(Reason::UnknownValue(said));
            }
            code
        });
        let site = Site { id, name, country: country.unwrap_or_default().to_owned() };
        (site != Site::default()).then_some(site)
    }

    fn agent(&self, id: Field, name: Field) -> Option<Agent> {
        let name = self.text(name).unwrap_or_default();
        let id = self.text(id).or_else(|| (!name.is_empty()).then(|| name.clone()))?;
        Some(Agent { id, name })
    }

    fn filled(&self, field: Field) -> impl Iterator<Item = (&str, &Column, &Cell)> {
        self.fields.iter().filter(move |(_, column, cell)| column.is == field && cell_text(cell).is_some()).copied()
    }

    /// The cell, or the map's constant for the field.
    fn text(&self, field: Field) -> Option<String> {
        self.filled(field).find_map(|(_, _, cell)| cell_text(cell)).or_else(|| self.map.constants.get(&field).cloned())
    }

    fn list(&self, field: Field) -> Vec<String> {
        let text = self.text(field).unwrap_or_default();
        text.split([';', '|', ',']).map(str::trim).filter(|t| !t.is_empty()).take(100).map(str::to_owned).collect()
    }

    fn number(&self, cell: &Cell) -> Result<Decimal, String> {
        match cell {
            Cell::Number(number) => Ok(*number),
            Cell::Text(text) => self.map.decimals.parse(text).map_err(|e| e.to_string()),
            Cell::Time(_) => Err("it is a date, not a number".to_owned()),
            Cell::Empty => Err("it is empty".to_owned()),
        }
    }
}

/// Trimmed, at most 2 000 characters; `None` when nothing is left.
fn cell_text(cell: &Cell) -> Option<String> {
    let text = match cell {
        Cell::Empty => return None,
        Cell::Text(text) => text.trim().chars().take(2_000).collect::<String>(),
        Cell::Number(number) => number.to_string(),
        Cell::Time(time) => time.to_rfc3339(),
    };
    (!text.is_empty()).then_some(text)
}

/// A bare GTIN as an element string, and anything else as [`super::epcis_id::item`] reads it.
fn item_of(text: &str) -> String {
    match Gtin::parse(text) {
        Ok(gtin) => format!("(01){gtin}"),
        Err(_) => super::epcis_id::item(text),
    }
}

/// How the numbers of a table are written, seen from some of its cells: the style that any cell allows alone; a point where none tells.
#[must_use]
pub fn seen_style<'a>(cells: impl Iterator<Item = &'a str>) -> NumberStyle {
    let mut votes = BTreeMap::new();
    for style in cells.filter_map(NumberStyle::seen_in) {
        *votes.entry(style == NumberStyle::Comma).or_insert(0_u32) += 1;
    }
    let count = |comma| votes.get(&comma).copied().unwrap_or(0);
    if count(true) > count(false) { NumberStyle::Comma } else { NumberStyle::Point }
}
