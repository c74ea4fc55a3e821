//! Apache Parquet, row by row: one row group after the other, of each column the page that is being read.
//!
//! Columns keep their names as headings. Numbers of any kind are decimals (a double as the shortest decimal that gives it back), days and
//! timestamps are times; a timestamp that is said to be UTC keeps its zone, one that is not is local (Parquet format, LogicalTypes.md). Columns that
//! hold lists, maps or structures are told as the text of what they hold.
//!
//! In a browser this is part of a wasm of its own (`ecosphere-parquet`), the desk's worker once more: only who brings such a file downloads it.

use super::tables::{TableError, TakeRow};
use crate::{
    measure::{Decimal, Millis},
    provenance::{
        table::{Cell, MAX_COLUMNS},
        text_of,
    },
};
use bytes::Bytes;
use parquet::{
    basic::{LogicalType, TimeUnit},
    data_type::Decimal as Scaled,
    errors::ParquetError,
    file::reader::{ChunkReader, FileReader as _, Length, SerializedFileReader},
    record::Field,
    schema::types::Type,
};
use std::{
    io::{self, Read, Seek, SeekFrom},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

/// How often the progress is told, in rows.
const EVERY: u64 = 1_000;

/// Gives the headings and every row; tells now and then how many rows of how many were read.
///
/// # Errors
/// It is no Parquet file, or a damaged one.
pub fn read(file: impl ChunkReader + 'static, progress: impl FnMut(u64, u64), row: TakeRow<'_>) -> Result<(), TableError> {
    // The reader panics on some damaged files; to whoever brought the file that is the same as an error. (A browser's worker ends instead, and the
    // page says so.)
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| rows(file, progress, row)));
    let bad = |why: &dyn std::fmt::Display| TableError::Parquet(why.to_string());
    outcome.map_err(|_| bad(&"it is damaged"))?.map_err(|e| bad(&e))
}

fn rows(file: impl ChunkReader + 'static, mut progress: impl FnMut(u64, u64), row: TakeRow<'_>) -> Result<(), ParquetError> {
    let reader = SerializedFileReader::new(file)?;
    let about = reader.metadata().file_metadata();
    let columns = about.schema().get_fields();
    let of_columns: Vec<Clock> = columns.iter().take(MAX_COLUMNS).map(|column| clock(column)).collect();
    let headings = columns.iter().take(MAX_COLUMNS).map(|column| Cell::Text(column.name().to_owned())).collect();
    let total = u64::try_from(about.num_rows()).unwrap_or_default().max(1);
    if row(0, headings).is_break() {
        return Ok(());
    }
    for (line, found) in (1_u64..).zip(reader.get_row_iter(None)?) {
        let fields = found?.into_columns();
        let cells = fields.into_iter().zip(&of_columns).map(|((_, field), clock)| cell(field, *clock)).collect();
        if row(line, cells).is_break() {
            return Ok(());
        }
        if line % EVERY == 0 {
            progress(line, total);
        }
    }
    Ok(())
}

/// A file that can only be read from one place at a time, for a reader that asks for many.
pub struct Shared<R> {
    file: Arc<Mutex<R>>,
    size: u64,
}

impl<R: Seek> Shared<R> {
    /// Of this file.
    ///
    /// # Errors
    /// Its end cannot be found.
    pub fn new(mut file: R) -> io::Result<Self> {
        let size = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: Arc::new(Mutex::new(file)), size })
    }
}

impl<R> Clone for Shared<R> {
    fn clone(&self) -> Self {
        Self { file: Arc::clone(&self.file), size: self.size }
    }
}

impl<R> Length for Shared<R> {
    fn len(&self) -> u64 {
        self.size
    }
}

impl<R: Read + Seek + Send> ChunkReader for Shared<R> {
    type T = io::BufReader<Onward<R>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(io::BufReader::new(Onward { shared: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // A damaged file may ask for more than there is; that much memory is not taken.
        if start.checked_add(length as u64).is_none_or(|end| end > self.size) {
            return Err(ParquetError::EOF("it is cut off".to_owned()));
        }
        let mut bytes = vec![0; length];
        Onward { shared: self.clone(), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// Such a file from some place on.
pub struct Onward<R> {
    shared: Shared<R>,
    at: u64,
}

impl<R: Read + Seek> Read for Onward<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut file = self.shared.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(out)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

/// How a column's times are meant, as far as it says so.
#[derive(Clone, Copy)]
struct Clock {
    /// In local time, of wherever.
    local: bool,
    /// In nanoseconds.
    nanos: bool,
}

fn clock(column: &Type) -> Clock {
    match column.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(stamp)) => Clock { local: !stamp.is_adjusted_to_u_t_c, nanos: stamp.unit == TimeUnit::NANOS },
        _ => Clock { local: false, nanos: false },
    }
}

fn cell(field: Field, clock: Clock) -> Cell {
    let number = |text: String| Decimal::parse(&text).map_or_else(|_| Cell::Text(text), Cell::Number);
    let text = |text: String| if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text) };
    let stamp = |millis: i64| if clock.local { Cell::Time(Millis(millis)) } else { Cell::Text(Millis(millis).to_rfc3339()) };
    match field {
        Field::Null => Cell::Empty,
        Field::Long(nanos) if clock.nanos => stamp(nanos.div_euclid(1_000_000)),
        Field::TimestampMillis(millis) => stamp(millis),
        Field::TimestampMicros(micros) => stamp(micros.div_euclid(1_000)),
        // A day is a day in whatever zone.
        Field::Date(days) => Cell::Time(Millis(i64::from(days) * Millis::DAY)),
        Field::TimeMillis(millis) => Cell::Text(time_of_day(i64::from(millis))),
        Field::TimeMicros(micros) => Cell::Text(time_of_day(micros.div_euclid(1_000))),
        Field::Byte(n) => Cell::Number(Decimal::from(i64::from(n))),
        Field::Short(n) => Cell::Number(Decimal::from(i64::from(n))),
        Field::Int(n) => Cell::Number(Decimal::from(i64::from(n))),
        Field::Long(n) => Cell::Number(Decimal::from(n)),
        Field::UByte(n) => Cell::Number(Decimal::from(i64::from(n))),
        Field::UShort(n) => Cell::Number(Decimal::from(i64::from(n))),
        Field::UInt(n) => Cell::Number(Decimal::from(i64::from(n))),
        Field::ULong(n) => number(n.to_string()),
        Field::Float(n) => number(n.to_string()),
        Field::Double(n) => number(n.to_string()),
        Field::Decimal(scaled) => number(plain(&scaled).unwrap_or_else(|| "a decimal of more than 38 digits".to_owned())),
        Field::Str(said) => text(said),
        Field::Bytes(bytes) => text(text_of(bytes.data()).into_owned()),
        other @ (Field::Bool(_) | Field::Float16(_) | Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_)) => text(other.to_string()),
    }
}

/// A whole number in two's complement, highest byte first, of which the last `scale` digits stand behind the point.
fn plain(scaled: &Scaled) -> Option<String> {
    let bytes = scaled.data();
    let negative = bytes.first().is_some_and(|b| *b >= 0x80);
    let mut wide = [if negative { 0xff } else { 0 }; 16];
    wide.get_mut(16_usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    let value = i128::from_be_bytes(wide);
    let scale = usize::try_from(scaled.scale()).ok().filter(|scale| *scale <= 38)?;
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if negative { "-" } else { "" };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

fn time_of_day(millis: i64) -> String {
    let seconds = millis.div_euclid(1_000);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::data_type::ByteArray;

    #[test]
    fn numbers_and_times_of_every_kind_are_the_decimals_and_instants_they_mean() {
        let (utc, local) = (Clock { local: false, nanos: false }, Clock { local: true, nanos: true });
        let number = |text: &str| Cell::Number(Decimal::parse(text).unwrap());
        let bytes = |b: &[u8], scale| Field::Decimal(Scaled::from_bytes(ByteArray::from(b.to_vec()), 38, scale));
        for (field, cell_) in [
            (Field::Null, Cell::Empty),
            (Field::Double(1234.5), number("1234.5")),
            (Field::Double(1e300), Cell::Text(1e300_f64.to_string())),
            (Field::Float(0.1), number("0.1")),
            (Field::ULong(u64::MAX), number("18446744073709551615")),
            (Field::Decimal(Scaled::from_i32(-5, 9, 2)), number("-0.05")),
            (Field::Decimal(Scaled::from_i64(1_234_500, 18, 3)), number("1234.5")),
            (bytes(&[0xff, 0x38], 0), number("-200")),
            (bytes(&[0x30, 0x39], 4), number("1.2345")),
            (Field::Date(20_685), Cell::Time(Millis(20_685 * Millis::DAY))),
            (Field::TimestampMicros(1_787_184_000_000_000), Cell::Text("2026-08-20T00:00:00Z".to_owned())),
            (Field::TimeMillis(45_296_000), Cell::Text("12:34:56".to_owned())),
            (Field::Str(" ".to_owned()), Cell::Empty),
            (Field::Bytes(ByteArray::from(b"Gr\xf6\xdfe".to_vec())), Cell::Text("Größe".to_owned())),
            (Field::Bool(true), Cell::Text("true".to_owned())),
        ] {
            assert_eq!(cell(field, utc), cell_);
        }
        assert_eq!(cell(Field::Long(1_787_184_000_000_000_000), local), Cell::Time(Millis(1_787_184_000_000)));
        assert_eq!(cell(bytes(&[1; 17], 0), utc), Cell::Text("a decimal of more than 38 digits".to_owned()));
    }
}
