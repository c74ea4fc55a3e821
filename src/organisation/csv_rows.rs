//! CSV (RFC 4180) as it is found: any of four delimiters, UTF-8, UTF-16 or windows-1252, even mixed within a file.

use super::{
    Utf8,
    tables::{TableError, TakeRow},
};
use crate::provenance::{table::Cell, text_of};
use std::io::{BufRead as _, BufReader, Read};

/// The largest row that is kept, in bytes; a quote that is never closed would otherwise swallow the rest of the file.
const MAX_ROW: usize = 1 << 20;

pub(super) fn read(file: &mut impl Read, row: TakeRow<'_>) -> Result<(), TableError> {
    let mut reader = BufReader::new(Utf8::new(BufReader::with_capacity(1 << 16, file))?);
    let delimiter = delimiter(reader.fill_buf()?);
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(reader);
    let mut record = csv::ByteRecord::new();
    loop {
        match rows.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(e) => return Err(TableError::Broken(e.to_string())),
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.as_slice().len() > MAX_ROW {
            return Err(TableError::Row(line));
        }
        let cell = |field: &[u8]| if field.trim_ascii().is_empty() { Cell::Empty } else { Cell::Text(text_of(field).into_owned()) };
        if row(line, record.iter().map(cell).collect()).is_break() {
            return Ok(());
        }
    }
}

/// The one that stands most often in the first line.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|b| **b == delimiter).count();
    // Of equals, the last wins: a comma, where there is none at all.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|d| count(*d)).unwrap_or(b',')
}
