//! The column map: what each column of a supplier's table is. Drawn in [`super::table`].

use super::{MetricId, date::DateOrder, epcis, table::MAX_COLUMNS};
use crate::measure::{NumberStyle, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The supplier's own number of the event.
    Event,
    /// When it happened.
    Time,
    /// `transformation`, `object` and so on; mostly left to be seen from the goods.
    Kind,
    /// Business step of the Core Business Vocabulary.
    Step,
    /// Who did it, by identifier.
    Actor,
    /// By name.
    ActorName,
    /// Who handed over.
    Source,
    /// By name.
    SourceName,
    /// Who took over.
    Destination,
    /// By name.
    DestinationName,
    /// Where, by identifier.
    Place,
    /// By name.
    PlaceName,
    /// By code or name.
    Country,
    /// What went in.
    InputItem,
    /// How much of it.
    InputQuantity,
    /// In which unit.
    InputUnit,
    /// What came out, or the goods where there is only one side.
    OutputItem,
    /// How much of it.
    OutputQuantity,
    /// In which unit.
    OutputUnit,
    /// Numbers of certificates, parted by `;`, `|` or `,`.
    Certificates,
    /// Codes of the claim table, parted so too.
    Claims,
    /// What the actor paid for what went in.
    Paid,
    /// What it was paid for what came out.
    Received,
    /// Of both amounts.
    Currency,
    /// Kilograms that come out of each that goes in, as the actor states; in percent where the unit is `P1`.
    Yield,
    /// A process of the table of usual yields.
    Process,
    /// A metric; the column says which.
    Measurement,
    /// Left out on purpose.
    Ignore,
}

/// A column: its field, and for quantities and amounts what the heading tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    pub is: Field,
    /// Unit of every cell, where no other column says it: a code or a usual name.
    pub unit: Option<String>,
    /// Which metric, for [`Field::Measurement`].
    pub metric: Option<String>,
    /// Which money.
    pub currency: Option<String>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMap {
    /// 1
    pub version: u8,
    /// Whether a person has looked at it.
    #[serde(default)]
    pub confirmed: bool,
    /// How numbers are written.
    pub decimals: NumberStyle,
    /// How days are written.
    #[serde(default)]
    pub dates: DateOrder,
    /// Local time, like `+02:00`, for times without a zone.
    #[serde(default = "utc")]
    pub offset: String,
    /// Of amounts whose currency is said nowhere else.
    #[serde(default = "euro")]
    pub currency: String,
    /// What is the same in every row and stands in no column.
    #[serde(default)]
    pub constants: BTreeMap<Field, String>,
    /// By heading.
    pub columns: BTreeMap<String, Column>,
}

/// Why a map does not fit its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Not a map.
    #[error("this is not a column map ({0}); import the table without one, and it will be guessed")]
    Shape(String),
    /// A heading that the table does not have.
    #[error("the table has no column \"{0}\"; correct the map, or guess it anew")]
    NoColumn(String),
    /// Neither inputs nor outputs.
    #[error("no column holds goods; say in the map which column is output-item")]
    NoGoods,
    /// No time.
    #[error("no column holds a date; say in the map which column is time")]
    NoTime,
    /// A unit, metric or offset that is not known.
    #[error("\"{0}\" in the map is no known unit, metric or offset")]
    Unknown(String),
    /// Too many columns or two of the same name.
    #[error("the table's headings cannot be told apart: {0}")]
    Headings(String),
}

fn utc() -> String {
    "+00:00".to_owned()
}

fn euro() -> String {
    "EUR".to_owned()
}

impl ColumnMap {
    /// Reads a map's JSON.
    ///
    /// # Errors
    /// [`MapError::Shape`].
    pub fn read(json: &str) -> Result<Self, MapError> {
        let map: Self = serde_json::from_str(json).map_err(|e| MapError::Shape(e.to_string()))?;
        if map.version == 1 { Ok(map) } else { Err(MapError::Shape(format!("version {} is not known", map.version))) }
    }

    /// Guesses a map from headings in English, German, French, Italian or Spanish, and from the first rows. What is not understood is
    /// [`Field::Ignore`], for a person to set right.
    #[must_use]
    pub fn guess(headings: &[String], samples: &[Vec<String>]) -> Self {
        let cells = || samples.iter().flatten().map(String::as_str);
        let mut taken = BTreeSet::new();
        let columns: BTreeMap<String, Column> = headings.iter().map(|h| (h.trim().to_owned(), guess_column(h, &mut taken))).collect();
        let time = headings.iter().position(|h| columns.get(h.trim()).is_some_and(|c| c.is == Field::Time));
        let times = samples.iter().filter_map(|row| row.get(time?)).map(String::as_str);
        Self {
            version: 1,
            confirmed: false,
            decimals: super::table::seen_style(cells()),
            dates: super::date::seen_order(times).unwrap_or_default(),
            offset: utc(),
            currency: euro(),
            constants: BTreeMap::new(),
            columns,
        }
    }

    pub(super) fn offset_minutes(&self) -> i16 {
        epcis::offset(&self.offset).unwrap_or(0)
    }

    /// Whether it fits a table.
    pub(super) fn check(&self, headings: &[String]) -> Result<(), MapError> {
        let known: BTreeSet<&str> = headings.iter().map(|h| h.trim()).collect();
        if headings.len() > MAX_COLUMNS {
            return Err(MapError::Headings("there are more than 1 000".to_owned()));
        }
        let used = self.columns.iter().filter(|(_, c)| c.is != Field::Ignore);
        for (heading, column) in used {
            if !known.contains(heading.as_str()) {
                return Err(MapError::NoColumn(heading.clone()));
            }
            if headings.iter().filter(|h| h.trim() == heading).count() > 1 {
                return Err(MapError::Headings(format!("\"{heading}\" stands twice")));
            }
            if let Some(unit) = column.unit.as_ref().filter(|unit| Unit::from_name(unit).is_err()) {
                return Err(MapError::Unknown(unit.clone()));
            }
            if column.is == Field::Measurement && MetricId::from_name(column.metric.as_ref().unwrap_or(heading)).is_none() {
                return Err(MapError::Unknown(column.metric.clone().unwrap_or_else(|| heading.clone())));
            }
        }
        if epcis::offset(&self.offset).is_none() {
            return Err(MapError::Unknown(self.offset.clone()));
        }
        let has = |field| self.columns.values().any(|c| c.is == field) || self.constants.contains_key(&field);
        match () {
            () if !has(Field::Time) => Err(MapError::NoTime),
            () if !has(Field::InputItem) && !has(Field::OutputItem) => Err(MapError::NoGoods),
            () => Ok(()),
        }
    }
}

/// Words in headings, the more telling first; each is looked for as a whole run of words.
const WORDS: [(Field, &[&str]); 26] = [
    (Field::Event, &["event", "event id", "vorgang", "vorgangsnummer", "beleg", "movimento", "opération", "operación"]),
    (
        Field::InputQuantity,
        &["input quantity", "quantity in", "menge eingang", "eingangsmenge", "quantité entrée", "quantità entrata", "cantidad entrada"],
    ),
    (
        Field::OutputQuantity,
        &["output quantity", "quantity out", "quantity", "qty", "amount", "menge", "quantité", "quantità", "cantidad", "peso", "gewicht", "weight"],
    ),
    (Field::InputUnit, &["input unit", "einheit eingang"]),
    (Field::OutputUnit, &["output unit", "unit", "uom", "einheit", "unité", "unità", "unidad"]),
    (Field::InputItem, &["input lot", "input", "lot in", "eingangslos", "eingang", "rohstoff", "entrée", "lotto entrata", "entrada"]),
    (
        Field::OutputItem,
        &[
            "output lot",
            "output",
            "lot out",
            "ausgangslos",
            "item",
            "product",
            "gtin",
            "lot",
            "batch",
            "los",
            "charge",
            "lotto",
            "lote",
            "artikel",
            "produit",
            "prodotto",
            "producto",
        ],
    ),
    (Field::Time, &["event time", "time", "date", "datum", "zeit", "data", "fecha", "jour"]),
    (Field::DestinationName, &["recipient name", "empfänger name", "customer name"]),
    (
        Field::Destination,
        &["destination", "recipient", "receiver", "customer", "ship to", "empfänger", "kunde", "destinataire", "destinatario", "cliente"],
    ),
    (Field::SourceName, &["supplier name", "lieferant name"]),
    (Field::Source, &["source", "supplier", "sender", "ship from", "lieferant", "absender", "fournisseur", "fornitore", "proveedor"]),
    (Field::ActorName, &["company name", "actor name", "betrieb name"]),
    (Field::Actor, &["actor", "company", "operator", "betrieb", "firma", "entreprise", "azienda", "empresa"]),
    (Field::Country, &["country", "land", "pays", "paese", "país"]),
    (Field::PlaceName, &["place name", "place", "location", "site", "ort", "lieu", "luogo", "lugar"]),
    (Field::Place, &["place id", "gln", "facility", "standort"]),
    (Field::Step, &["step", "business step", "schritt", "étape", "fase", "paso"]),
    (Field::Certificates, &["certificate", "certificates", "zertifikat", "zertifikate", "certificat", "certificato", "certificado"]),
    (Field::Claims, &["claims", "claim", "label", "labels"]),
    (Field::Paid, &["paid", "cost", "kosten", "bezahlt", "coût", "costo", "coste"]),
    (Field::Received, &["received", "price", "revenue", "erlös", "preis", "prix", "prezzo", "precio"]),
    (Field::Currency, &["currency", "währung", "devise", "valuta", "moneda"]),
    (Field::Yield, &["yield", "ausbeute", "rendement", "resa", "rendimiento"]),
    (Field::Process, &["process", "verfahren", "procédé", "processo", "proceso"]),
    (Field::Kind, &["event type", "type", "kind"]),
];

/// Each field but measurements is given to one column only, the first that fits.
fn guess_column(heading: &str, taken: &mut BTreeSet<Field>) -> Column {
    let lower = heading.to_lowercase();
    let (name, bracket) = match lower.split_once(['(', '[']) {
        Some((name, rest)) => (name.to_owned(), rest.trim_end_matches([')', ']', ' ']).to_owned()),
        None => (lower, String::new()),
    };
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let plain = words.join(" ");
    let unit = Unit::from_name(&bracket).ok().map(|u| u.code().to_owned());
    let currency = (bracket.len() == 3 && unit.is_none()).then(|| bracket.to_uppercase()).filter(|c| c.bytes().all(|b| b.is_ascii_uppercase()));
    let column = |is| Column { is, unit: unit.clone(), metric: None, currency: currency.clone() };
    if let Some(metric) = MetricId::from_name(&plain) {
        return Column { metric: Some(metric.id().to_owned()), ..column(Field::Measurement) };
    }
    let spaced = format!(" {plain} ");
    let exact = WORDS.iter().find(|(field, names)| names.contains(&plain.as_str()) && !taken.contains(field));
    let within = || WORDS.iter().find(|(field, names)| !taken.contains(field) && names.iter().any(|n| spaced.contains(&format!(" {n} "))));
    match exact.or_else(within) {
        Some((field, _)) => {
            taken.insert(*field);
            column(*field)
        }
        None => Column { is: Field::Ignore, unit: None, metric: None, currency: None },
    }
}

/// A column that is only a field is written as that.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Bare(Field),
    Full(Full),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    is: Field,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { is, unit, metric, currency } = self.clone();
        let bare = unit.is_none() && metric.is_none() && currency.is_none();
        if bare { Written::Bare(is) } else { Written::Full(Full { is, unit, metric, currency }) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Bare(is) => Self { is, unit: None, metric: None, currency: None },
            Written::Full(Full { is, unit, metric, currency }) => Self { is, unit, metric, currency },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_guessed_from_headings_and_survives_its_file() {
        let headings =
            ["Datum", "Eingangslos", "Eingangsmenge (kg)", "Los", "Menge (kg)", "Water consumption (m3)", "Preis (CHF)", "Empfänger", "Bemerkung"]
                .map(str::to_owned);
        let samples = vec![vec!["20.08.2026".to_owned(), "F7".to_owned(), "1.200,5".to_owned(), "12,25".to_owned()]];
        let map = ColumnMap::guess(&headings, &samples);
        let is = |heading: &str| map.columns[heading].is;
        assert_eq!(
            headings.iter().map(|h| is(h)).collect::<Vec<_>>(),
            [
                Field::Time,
                Field::InputItem,
                Field::InputQuantity,
                Field::OutputItem,
                Field::OutputQuantity,
                Field::Measurement,
                Field::Received,
                Field::Destination,
                Field::Ignore
            ]
        );
        assert_eq!((map.decimals, map.dates, map.confirmed), (NumberStyle::Comma, DateOrder::DayFirst, false));
        assert_eq!(map.columns["Water consumption (m3)"].unit.as_deref(), Some("MTQ"));
        assert_eq!(map.columns["Preis (CHF)"].currency.as_deref(), Some("CHF"));
        assert_eq!(ColumnMap::read(&serde_json::to_string(&map).unwrap()).as_ref(), Ok(&map));
        assert_eq!(map.check(&headings), Ok(()));
        assert_eq!(map.check(&headings[1..]), Err(MapError::NoColumn("Datum".to_owned())));
        assert!(matches!(ColumnMap::read("{}"), Err(MapError::Shape(_))));
    }
}
