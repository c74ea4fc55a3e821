//! Spreadsheets (Office Open XML, ISO/IEC 29500): the first sheet, cell by cell.
//!
//! A spreadsheet keeps numbers as doubles; each is taken as the shortest decimal that gives its double back, which is what its author typed.

use super::tables::{TableError, TakeRow};
use crate::{
    measure::{Decimal, Millis},
    provenance::table::{Cell, MAX_COLUMNS},
};
use calamine::{DataRef, Reader as _, Xlsx};
use std::io::{BufReader, Read, Seek};

pub(super) fn read(file: &mut (impl Read + Seek), row: TakeRow<'_>) -> Result<(), TableError> {
    let bad = |e: calamine::XlsxError| TableError::Broken(e.to_string());
    let mut book = Xlsx::new(BufReader::new(file)).map_err(bad)?;
    let Some(sheet) = book.sheet_names().into_iter().next() else { return Err(TableError::Broken("the workbook has no sheet".to_owned())) };
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(bad)?;
    let (mut line, mut pending) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(bad)? {
        let (at, column) = cell.get_position();
        if u64::from(at) + 1 != line {
            if line > 0 && row(line, std::mem::take(&mut pending)).is_break() {
                return Ok(());
            }
            line = u64::from(at) + 1;
        }
        let column = column as usize;
        if column >= MAX_COLUMNS {
            continue;
        }
        if pending.len() <= column {
            pending.resize(column + 1, Cell::Empty);
        }
        pending[column] = read_cell(cell.get_value());
    }
    if line > 0 {
        let _ = row(line, pending);
    }
    Ok(())
}

fn read_cell(value: &DataRef<'_>) -> Cell {
    let text = |text: &str| if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(Decimal::from(*number)),
        DataRef::Float(number) => Decimal::parse(&number.to_string()).map_or_else(|_| Cell::Text(number.to_string()), Cell::Number),
        DataRef::String(said) => text(said),
        DataRef::SharedString(said) => text(said),
        DataRef::Bool(yes) => Cell::Text(yes.to_string()),
        DataRef::DateTime(time) => match time.as_datetime() {
            Some(local) => Cell::Time(Millis(local.and_utc().timestamp_millis())),
            None => Cell::Text(time.as_f64().to_string()),
        },
        DataRef::DateTimeIso(said) | DataRef::DurationIso(said) => text(said),
        DataRef::Error(e) => Cell::Text(e.to_string()),
    }
}
