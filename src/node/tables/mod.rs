//! Files of tables on disk, of the kind their name ends in. CSV and spreadsheets are read as on the desk ([`crate::organisation::tables`]), Parquet
//! only here.

mod parquet_rows;

pub use crate::organisation::Utf8;

use super::{NodeError, progress::Progress};
use crate::{
    organisation::tables::{self, Table, TableError, TakeRow},
    provenance::{ColumnMap, Found, table::Cell},
};
use std::{fs::File, path::Path};

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
pub fn import_watched(path: &Path, map: Option<ColumnMap>, progress: &Progress, sink: impl FnMut(Found)) -> Result<ColumnMap, NodeError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if ["parquet", "parq", "pq"].iter().any(|ending| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))) {
        return tables::import(|row| parquet_rows::read(path, progress, row), map, sink);
    }
    let file = progress.watch(File::open(path).map_err(NodeError::file(path))?);
    Table::new(&name, file).import(map, sink).map_err(|e| match e {
        TableError::Io(why) => NodeError::file(path)(why),
        other => other.into(),
    })
}
