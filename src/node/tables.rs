//! Files of tables on disk, of the kind their name ends in, read as on the desk ([`crate::organisation::tables`]).

pub use crate::organisation::Utf8;

use super::{NodeError, progress::Progress};
use crate::{
    organisation::{
        parquet_rows,
        tables::{self, Table, TableError},
    },
    provenance::{ColumnMap, Found},
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
    let file = File::open(path).map_err(NodeError::file(path))?;
    let done = if tables::is_parquet(&name) {
        let told = |line: u64, of: u64| {
            let part = u128::from(progress.total()) * u128::from(line) / u128::from(of);
            progress.set(u64::try_from(part).unwrap_or(u64::MAX));
        };
        let open = || file.try_clone().map_err(TableError::Io);
        tables::import(|row| parquet_rows::read(open()?, told, row), map, sink)
    } else {
        Table::new(&name, progress.watch(file)).import(map, sink)
    };
    done.map_err(|e| match e {
        TableError::Io(why) => NodeError::file(path)(why),
        other => other.into(),
    })
}
