//! Files of tables as rows of cells: CSV of any encoding and delimiter, spreadsheets, and what others read ([`import`]). What the columns mean is
//! [`crate::provenance::table`]'s.
//!
//! *In:* a file that can be read twice. *Out:* its rows, one at a time, so that a file of any size is read in constant memory (of a spreadsheet,
//! its shared texts are kept). The first row that is not empty holds the headings.

use super::{csv_rows, wire::ColumnRow, xlsx_rows};
use crate::provenance::{
    ColumnMap, Found, MapError,
    table::{Cell, Rows},
};
use std::{
    io::{self, Read, Seek},
    ops::ControlFlow,
};

/// How many rows a map is guessed from.
const SAMPLES: usize = 50;
/// How many of them a person is shown.
const SHOWN: usize = 3;

/// Takes a row with its 1-based line; says whether to go on.
pub type TakeRow<'a> = &'a mut dyn FnMut(u64, Vec<Cell>) -> ControlFlow<()>;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The device or disk.
    #[error("the file could not be read: {0}")]
    Io(#[from] io::Error),
    /// Nothing in it.
    #[error("the file is empty; of a table, the first row must hold the headings")]
    Empty,
    /// A quote that swallows the rest.
    #[error("the row in line {0} has more than 1 MiB; a quote is not closed")]
    Row(u64),
    /// No table after all.
    #[error("this is not a table that can be read ({0}); save it anew as CSV or XLSX")]
    Broken(String),
    /// No Parquet after all.
    #[error("this is not a Parquet file that can be read: {0}; save it anew, or as CSV")]
    Parquet(String),
    /// No kind of file that is known.
    #[error("this is neither JSON nor a table; bring an EPCIS or UNTP document, or a table as CSV, XLSX or Parquet")]
    Unknown,
    /// The map does not fit.
    #[error(transparent)]
    Map(#[from] MapError),
}

/// A table in a file.
pub struct Table<R> {
    file: R,
    is_workbook: bool,
}

impl<R: Read + Seek> Table<R> {
    /// A table whose file bears this name.
    pub fn new(name: &str, file: R) -> Self {
        Self { file, is_workbook: ends(name, &["xlsx", "xlsm"]) }
    }

    /// Its columns, each with what stands in its first cells.
    ///
    /// # Errors
    /// The file cannot be read as a table.
    pub fn columns(&mut self) -> Result<Vec<ColumnRow>, TableError> {
        columns(|row| self.read(row))
    }

    /// Reads its rows through a map, or through one that is guessed. Returns the map used.
    ///
    /// # Errors
    /// The file cannot be read as a table, or the map does not fit it. A bad row is a [`Found::Dropped`], never an error.
    pub fn import(&mut self, map: Option<ColumnMap>, sink: impl FnMut(Found)) -> Result<ColumnMap, TableError> {
        import(|row| self.read(row), map, sink)
    }

    fn read(&mut self, row: TakeRow<'_>) -> Result<(), TableError> {
        self.file.rewind()?;
        if self.is_workbook { xlsx_rows::read(&mut self.file, row) } else { csv_rows::read(&mut self.file, row) }
    }
}

/// True of the name of a Parquet file, which not every build of this crate can read.
#[must_use]
pub fn is_parquet(name: &str) -> bool {
    ends(name, &["parquet", "parq", "pq"])
}

fn ends(name: &str, known: &[&str]) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    known.iter().any(|one| ending.eq_ignore_ascii_case(one))
}

/// The columns of what `read` gives, each with what stands in its first cells.
///
/// # Errors
/// Those of `read`, or there is nothing.
pub fn columns(mut read: impl FnMut(TakeRow<'_>) -> Result<(), TableError>) -> Result<Vec<ColumnRow>, TableError> {
    let (headings, samples) = top(&mut read)?;
    let cells = |at: usize| samples.iter().filter_map(|row| row.get(at)).map(shown).filter(|cell| !cell.is_empty()).take(SHOWN).collect();
    Ok(headings.into_iter().enumerate().map(|(at, heading)| ColumnRow { heading: heading.trim().to_owned(), samples: cells(at) }).collect())
}

/// Reads rows that `read` gives, each time from the first, through a map, or through one that is guessed. Returns the map used.
///
/// # Errors
/// Those of `read`, or the map does not fit. A bad row is a [`Found::Dropped`], never an error.
pub fn import(
    mut read: impl FnMut(TakeRow<'_>) -> Result<(), TableError>,
    map: Option<ColumnMap>,
    mut sink: impl FnMut(Found),
) -> Result<ColumnMap, TableError> {
    let (headings, samples) = top(&mut read)?;
    let texts = || samples.iter().map(|row| row.iter().map(text).collect()).collect::<Vec<_>>();
    let map = map.unwrap_or_else(|| ColumnMap::guess(&headings, &texts()));
    let mut rows = Rows::new(&map, &headings)?;
    let mut first = true;
    read(&mut |line, cells| {
        if first {
            first = is_empty(&cells);
        } else {
            rows.row(line, &cells, &mut sink);
        }
        ControlFlow::Continue(())
    })?;
    rows.finish(&mut sink);
    Ok(map)
}

/// The headings, and the first rows.
fn top(read: &mut dyn FnMut(TakeRow<'_>) -> Result<(), TableError>) -> Result<(Vec<String>, Vec<Vec<Cell>>), TableError> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    read(&mut |_, cells| {
        if !is_empty(&cells) {
            rows.push(cells);
        }
        if rows.len() > SAMPLES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if rows.is_empty() {
        return Err(TableError::Empty);
    }
    let headings = rows.remove(0).iter().map(text).collect();
    Ok((headings, rows))
}

/// Only texts tell how numbers and days are written.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Empty | Cell::Number(_) | Cell::Time(_) => String::new(),
    }
}

/// A cell for a person.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Time(time) => time.to_rfc3339(),
    }
}

fn is_empty(cells: &[Cell]) -> bool {
    cells.iter().all(|c| matches!(c, Cell::Empty))
}
