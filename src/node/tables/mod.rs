//! Files of tables as rows of cells: CSV of any encoding and delimiter, spreadsheets, and Parquet. What the columns mean is
//! [`crate::provenance::table`]'s.
//!
//! *In:* a file, of the kind its name ends in. *Out:* its rows, one at a time, so that a file of any size is read in constant memory (of a
//! spreadsheet, its shared texts are kept; of Parquet, the pages being read). The first row that is not empty holds the headings.

mod csv_rows;
mod encoding;
mod parquet_rows;
mod xlsx_rows;

pub use encoding::Utf8;

use super::{NodeError, progress::Progress};
use crate::provenance::{
    ColumnMap, Found,
    table::{Cell, Rows},
};
use std::{ops::ControlFlow, path::Path};

/// How many rows a map is guessed from.
const SAMPLES: usize = 50;

/// Takes a row with its 1-based line; says whether to go on.
type TakeRow<'a> = &'a mut dyn FnMut(u64, Vec<Cell>) -> ControlFlow<()>;

/// Reads a table's rows through a map, or through one that is guessed. Returns the map used.
///
/// # Errors
/// The file cannot be read, or the map does not fit it. A bad row is a [`Found::Dropped`], never an error.
pub fn import(path: &Path, map: Option<ColumnMap>, sink: impl FnMut(Found)) -> Result<ColumnMap, NodeError> {
    import_watched(path, map, &Progress::nothing(), sink)
}

/// The same, and says how far it is.
///
/// # Errors
/// As [`import`].
pub fn import_watched(path: &Path, map: Option<ColumnMap>, progress: &Progress, mut sink: impl FnMut(Found)) -> Result<ColumnMap, NodeError> {
    let (headings, samples) = top(path)?;
    let map = map.unwrap_or_else(|| ColumnMap::guess(&headings, &samples));
    let mut rows = Rows::new(&map, &headings)?;
    let mut first = true;
    read(path, progress, &mut |line, cells| {
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

/// The headings, and the first rows as texts.
fn top(path: &Path) -> Result<(Vec<String>, Vec<Vec<String>>), NodeError> {
    let mut texts: Vec<Vec<String>> = Vec::new();
    read(path, &Progress::nothing(), &mut |_, cells| {
        if !is_empty(&cells) {
            texts.push(cells.iter().map(text).collect());
        }
        if texts.len() > SAMPLES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if texts.is_empty() {
        return Err(NodeError::Unfit("the table is empty; its first row must hold the headings"));
    }
    let headings = texts.remove(0);
    Ok((headings, texts))
}

/// Only texts tell how numbers and days are written.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Empty | Cell::Number(_) | Cell::Time(_) => String::new(),
    }
}

fn is_empty(cells: &[Cell]) -> bool {
    cells.iter().all(|c| matches!(c, Cell::Empty))
}

fn read(path: &Path, progress: &Progress, row: TakeRow<'_>) -> Result<(), NodeError> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "xlsx" | "xlsm" => xlsx_rows::read(path, progress, row),
        "parquet" | "parq" | "pq" => parquet_rows::read(path, progress, row),
        _ => csv_rows::read(path, progress, row),
    }
}
