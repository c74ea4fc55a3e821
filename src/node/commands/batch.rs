//! The rows of a batch: one serialised passport each, made from one record and a table.
//!
//! ```text
//! serial,lot,date,quantity          the first line names the columns; only "serial" is needed
//! 0001,L26,2026-11-20,350 g         each other member is the record's where a cell is empty
//! ```

use crate::{measure::Millis, node::NodeError, passport::DigitalLink, provenance::Record};
use std::{collections::BTreeSet, path::Path};

/// The most rows of a batch.
const MAX_ROWS: usize = 100_000;
/// The columns there can be.
const COLUMNS: [&str; 5] = ["serial", "lot", "date", "name", "quantity"];

/// The records of a batch, in the order of its rows.
///
/// # Errors
/// The record is not for a product type, or rows that cannot be used, each with its line: then nothing is issued.
pub fn read(path: &Path, record: &Record) -> Result<Vec<Record>, NodeError> {
    let bytes = std::fs::read(path).map_err(NodeError::file(path))?;
    rows(&bytes, record).map_err(|why| NodeError::Usage(format!("{}: {why}", path.display())))
}

fn rows(bytes: &[u8], record: &Record) -> Result<Vec<Record>, String> {
    let of_type = DigitalLink::parse_element_string(&record.id).ok().filter(|link| link.qualifiers().is_empty() && link.gtin().is_some());
    of_type.ok_or("a batch is made from a record of a product type, whose subject is (01) and its 14 digits")?;
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)).map_err(|_| "it is not UTF-8 text; save it as CSV UTF-8")?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    let mut table = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let head: Vec<String> = table.headers().map_err(|e| e.to_string())?.iter().map(str::to_lowercase).collect();
    if let Some(unknown) = head.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(format!("line 1: there is no column \"{unknown}\"; columns are {}", COLUMNS.join(", ")));
    }
    if !head.iter().any(|name| name == "serial") || head.iter().collect::<BTreeSet<_>>().len() != head.len() {
        return Err("line 1: it needs a column \"serial\", and no column twice".into());
    }
    let (mut records, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for row in table.records() {
        let row = match row {
            Ok(row) => row,
            Err(e) => {
                faults.push(e.to_string());
                break;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |name: &str| head.iter().position(|h| h == name).and_then(|at| row.get(at)).filter(|cell| !cell.is_empty());
        match one(record, &cell) {
            Ok(made) if !seen.insert(made.id.clone()) => faults.push(format!("line {line}: {} stands twice", made.id)),
            Ok(made) => records.push(made),
            Err(why) => faults.push(format!("line {line}: {why}")),
        }
        if records.len() > MAX_ROWS {
            return Err(format!("it has more than {MAX_ROWS} rows; split it"));
        }
    }
    if records.is_empty() && faults.is_empty() {
        return Err("it has no rows".into());
    }
    if faults.is_empty() { Ok(records) } else { Err(format!("nothing was issued.\n{}", faults.join("\n"))) }
}

fn one<'a>(record: &Record, cell: &dyn Fn(&str) -> Option<&'a str>) -> Result<Record, String> {
    let serial = cell("serial").ok_or("it has no serial number")?;
    let lot = cell("lot").map(|lot| format!("(10){lot}")).unwrap_or_default();
    let mut made = Record { id: format!("{}{lot}(21){serial}", record.id), ..record.clone() };
    // Read back, so that a bracket or a letter that GS1 does not allow cannot make another subject of it.
    let link = DigitalLink::parse_element_string(&made.id).map_err(|e| e.to_string())?;
    if link.element_string() != made.id || link.qualifiers().len() != 1 + usize::from(!lot.is_empty()) {
        return Err(format!("{} is not a lot and serial number that GS1 allows", made.id));
    }
    if let Some(name) = cell("name") {
        name.clone_into(&mut made.name);
    }
    if let Some(quantity) = cell("quantity") {
        quantity.clone_into(&mut made.quantity);
    }
    if let Some(date) = cell("date") {
        Millis::parse_day(date).map_err(|_| format!("\"{date}\" is not a date; write it like 2026-11-20"))?;
        let making = made.making.as_mut().ok_or("the record says nothing of its making, so it has no date")?;
        date.clone_into(&mut making.date);
    }
    made.check().map_err(|e| e.to_string())?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        provenance::{Making, made_up},
        statement::SubjectKind,
    };

    fn record() -> Record {
        let making = Making { facility: "https://a.example/f".into(), facility_name: "Mill".into(), country: "DE".into(), date: "2026-01-01".into() };
        Record { making: Some(making), quantity: "1 piece".into(), ..made_up(SubjectKind::Product, "(01)09526001000012", "Juice") }
    }

    #[test]
    fn each_row_is_a_passport_of_its_own() {
        let made = rows("\u{feff}Serial;lot;date;quantity\n1;L1;2026-11-20;\n2;;;2 pieces\n".as_bytes(), &record()).unwrap();
        assert_eq!(made[0].id, "(01)09526001000012(10)L1(21)1");
        assert_eq!((made[0].making.as_ref().unwrap().date.as_str(), made[0].quantity.as_str()), ("2026-11-20", "1 piece"));
        assert_eq!((made[1].id.as_str(), made[1].quantity.as_str()), ("(01)09526001000012(21)2", "2 pieces"));
        assert_eq!(rows(b"serial,name\n\"7\",\"Juice, cloudy\"\n", &record()).unwrap()[0].name, "Juice, cloudy");
    }

    #[test]
    fn every_row_that_cannot_be_used_is_named_by_its_line_and_nothing_is_issued() {
        let said = rows(b"serial,date\n1,\n1,\n,\nx(10)y,\n3,20.11.2026\n4,2026-02-30\n123456789012345678901,\n", &record()).unwrap_err();
        for line in ["line 3: ", "line 4: ", "line 5: ", "line 6: ", "line 7: ", "line 8: "] {
            assert_eq!(said.matches(line).count(), 1, "{line} in {said}");
        }
        for (table, why) in [
            (&b"lot\nL1\n"[..], "serial"),
            (b"serial,colour\n1,red\n", "colour"),
            (b"serial,serial\n1,1\n", "twice"),
            (b"serial\n", "no rows"),
            (b"", "serial"),
            (b"serial,lot\n1\n", "fields"),
            (b"serial\n\xff\n", "UTF-8"),
        ] {
            assert!(rows(table, &record()).unwrap_err().contains(why), "{why}");
        }
        let item = Record { id: "(01)09526001000012(21)1".into(), ..record() };
        assert!(rows(b"serial\n1\n", &item).is_err());
    }
}
