//! A table of serial numbers: one passport for each row, made from one record of a product type.
//!
//! ```text
//! serial,lot,date,quantity          the first line names the columns; only "serial" is needed
//! 0001,L26,2026-11-20,350 g         each other member is the record's where a cell is empty
//! ```
//! It is read twice: once to find every row that cannot be used, for then nothing is issued, and once to issue. Of the rows themselves nothing is
//! kept but their numbers, so that what a table needs of memory hardly grows with it.

use super::Utf8;
use crate::{measure::Millis, passport::DigitalLink, provenance::Record};
use std::{
    collections::BTreeSet,
    io::{self, BufRead as _, BufReader, Read, Seek},
};

/// The most rows of a table.
pub const MAX_ROWS: u64 = 100_000;
/// The most faulty rows that are told.
const MAX_TOLD: usize = 50;
/// The columns there can be.
const COLUMNS: [&str; 5] = ["serial", "lot", "date", "name", "quantity"];

/// Whether passports for serial numbers can be made from a record: it is for a product type.
#[must_use]
pub fn fits(record: &Record) -> bool {
    DigitalLink::parse_element_string(&record.id).is_ok_and(|link| link.qualifiers().is_empty() && link.gtin().is_some())
}

/// A table whose every row can be used.
pub struct Serials<'a, R: Read> {
    record: &'a Record,
    head: Vec<String>,
    rows: csv::StringRecordsIntoIter<BufReader<Utf8<BufReader<R>>>>,
}

impl<'a, R: Read + Seek> Serials<'a, R> {
    /// Looks at every row of a table, then begins it anew. Returns how many rows it has, too.
    ///
    /// # Errors
    /// A sentence: the record is not for a product type, or rows that cannot be used, each with its line.
    pub fn new(mut file: R, record: &'a Record) -> Result<(Self, u64), String> {
        if !fits(record) {
            return Err("a batch is made from a record of a product type, whose subject is (01) and its 14 digits".to_owned());
        }
        let rows = looked_at(&mut file, record)?;
        file.rewind().map_err(|e| e.to_string())?;
        Ok((Self::open(file, record)?, rows))
    }
}

impl<'a, R: Read> Serials<'a, R> {
    fn open(file: R, record: &'a Record) -> Result<Self, String> {
        let unread = |e: io::Error| format!("it cannot be read: {e}");
        let mut text = BufReader::new(Utf8::new(BufReader::new(file)).map_err(unread)?);
        let first = text.fill_buf().map_err(unread)?;
        let first = first.split(|b| *b == b'\n').next().unwrap_or_default();
        let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
        let mut table = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
        let head: Vec<String> = table.headers().map_err(|e| format!("line 1: {}", said(&e)))?.iter().map(str::to_lowercase).collect();
        if let Some(unknown) = head.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
            return Err(format!("line 1: there is no column \"{unknown}\"; columns are {}", COLUMNS.join(", ")));
        }
        if !head.iter().any(|name| name == "serial") || head.iter().collect::<BTreeSet<_>>().len() != head.len() {
            return Err("line 1: it needs a column \"serial\", and no column twice".into());
        }
        Ok(Self { record, head, rows: table.into_records() })
    }
}

/// All records of a table, in the order of its rows.
///
/// # Errors
/// As [`Serials::new`].
pub fn all(file: impl Read + Seek, record: &Record) -> Result<Vec<Record>, String> {
    Serials::new(file, record)?.0.map(|(line, row)| row.map_err(|why| format!("line {line}: {why}"))).collect()
}

impl<R: Read> Iterator for Serials<'_, R> {
    /// A row's line, and its record or why there is none.
    type Item = (u64, Result<Record, String>);

    fn next(&mut self) -> Option<Self::Item> {
        let row = match self.rows.next()? {
            Ok(row) => row,
            Err(e) => return Some((e.position().map_or(0, csv::Position::line), Err(said(&e)))),
        };
        let cell = |name: &str| self.head.iter().position(|h| h == name).and_then(|at| row.get(at)).filter(|cell| !cell.is_empty());
        Some((row.position().map_or(0, csv::Position::line), one(self.record, &cell)))
    }
}

fn looked_at(file: impl Read, record: &Record) -> Result<u64, String> {
    let (mut rows, mut faults, mut seen) = (0, Vec::new(), BTreeSet::new());
    for (line, row) in Serials::open(file, record)? {
        rows += 1;
        match row {
            // The product's own number is the same in each.
            Ok(made) => {
                let own = made.id.strip_prefix(&record.id).unwrap_or(&made.id);
                if !seen.insert(own.to_owned()) {
                    faults.push(format!("line {line}: {} stands twice", made.id));
                }
            }
            Err(why) => faults.push(format!("line {line}: {why}")),
        }
        if rows > MAX_ROWS {
            return Err(format!("it has more than {MAX_ROWS} rows; split it"));
        }
        if faults.len() >= MAX_TOLD {
            faults.push("There may be more.".to_owned());
            break;
        }
    }
    if rows == 0 {
        return Err("it has no rows".into());
    }
    if faults.is_empty() { Ok(rows) } else { Err(format!("nothing was issued.\n{}", faults.join("\n"))) }
}

fn said(e: &csv::Error) -> String {
    match e.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8 text; save it as CSV UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("it has {len} fields, and the first line {expected_len}"),
        _ => e.to_string(),
    }
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

    fn rows(bytes: &[u8], record: &Record) -> Result<Vec<Record>, String> {
        all(io::Cursor::new(bytes.to_vec()), record)
    }

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
