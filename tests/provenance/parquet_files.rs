//! Parquet files as DuckDB and pyarrow write them, through the same map as the table they were made from, and one that is larger than memory should be.

#[cfg(target_os = "linux")]
use super::large::{MOST_KB, import, size};
use super::{cannery_map, folder};
use ecosphere::{
    node::tables,
    provenance::{Collected, ColumnMap, Event, Field},
};

/// The events of a file through a map, none of whose rows was dropped or noted.
fn events(file: &str, map: Option<ColumnMap>) -> (Vec<Event>, ColumnMap) {
    let mut all = Collected::default();
    let map = tables::import(&folder(file), map, |f| all.take(f)).unwrap();
    assert_eq!((all.dropped.as_slice(), all.notes.as_slice()), (&[][..], &[][..]), "{file}");
    (all.events, map)
}

fn local(mut map: ColumnMap) -> ColumnMap {
    map.offset = "+02:00".to_owned();
    map
}

#[test]
fn a_table_is_the_same_events_in_csv_and_in_the_parquet_of_two_writers() {
    let map = local(cannery_map());
    let (csv, _) = events("good/conserve-tre-torri.csv", Some(map.clone()));
    assert_eq!(csv.len(), 3);
    for file in ["parquet/duckdb.parquet", "parquet/pyarrow.parquet"] {
        assert_eq!(events(file, Some(map.clone())).0, csv, "{file}: the map of the CSV serves");
        let (_, guessed) = events(file, None);
        assert_eq!(guessed.columns, map.columns, "{file}: and it is guessed alike");
        assert_eq!(guessed.columns["Bemerkung"].is, Field::Ignore);
        assert_eq!(events(file, Some(local(guessed))).0, csv);
    }
}

#[test]
fn what_is_no_parquet_file_or_a_damaged_one_is_refused() {
    let temporary = tempfile::tempdir().unwrap();
    let whole = std::fs::read(folder("parquet/duckdb.parquet")).unwrap();
    let path = temporary.path().join("t.parquet");
    for bytes in
        [&b""[..], b"PAR1", b"a;b\n1;2\n", &whole[..whole.len() / 2], &whole[100..], &std::fs::read(folder("parquet/damaged.parquet")).unwrap()]
    {
        std::fs::write(&path, bytes).unwrap();
        let error = tables::import(&path, None, |_| {}).unwrap_err().to_string();
        assert!(error.contains("is not a Parquet file that can be read"), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_parquet_file_of_any_size_is_read_in_bounded_memory() {
    use parquet::{
        data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type},
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };
    use std::{fs::File, sync::Arc};
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("rows.parquet");
    let schema = "message rows { required int64 date (TIMESTAMP(MILLIS,false)); required binary lot (STRING); required double \"quantity\"; required binary remarks (STRING); }";
    let schema = Arc::new(parse_message_type(&schema.replace('"', "")).unwrap());
    let plain = WriterProperties::builder().set_dictionary_enabled(false).set_data_page_size_limit(1 << 18).build();
    let mut file = SerializedFileWriter::new(File::create(&path).unwrap(), schema, Arc::new(plain)).unwrap();
    let (group, mut rows) = (5_000_u64, 0);
    while rows * 1_000 < size() {
        let mut columns = file.next_row_group().unwrap();
        let dates = vec![1_787_184_000_000; group as usize];
        let lots: Vec<ByteArray> = (rows..rows + group).map(|n| format!("L{n}").as_bytes().to_vec().into()).collect();
        let quantities: Vec<f64> = (rows..rows + group).map(|n| if n % 5 == 0 { -1.5 } else { 1.5 }).collect();
        let remarks: Vec<ByteArray> = (0..group).map(|n| format!("{n}{}", "x".repeat(980)).into_bytes().into()).collect();
        let mut column = columns.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&dates, None, None).unwrap();
        column.close().unwrap();
        let mut column = columns.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&lots, None, None).unwrap();
        column.close().unwrap();
        let mut column = columns.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&quantities, None, None).unwrap();
        column.close().unwrap();
        let mut column = columns.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&remarks, None, None).unwrap();
        column.close().unwrap();
        columns.close().unwrap();
        rows += group;
    }
    file.close().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() >= size());
    let (answer, said, peak) = import("table", &path, &["--no-check"]);
    assert_eq!((answer["events"].as_u64(), answer["dropped_count"].as_u64()), (Some(rows / 5 * 4), Some(rows / 5)), "{}", answer["dropped"][0]);
    assert!(said.lines().next_back().unwrap_or_default().starts_with("100 % ("), "{said}");
    assert!(peak > 0 && peak < MOST_KB, "{peak} kB for {rows} rows");
}
