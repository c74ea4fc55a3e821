"""Writes the cannery's good table (../good/conserve-tre-torri.csv) as Parquet, once as DuckDB does and once as pyarrow does.

Run with Python 3, duckdb and pyarrow in this folder. Everything in the table is fictional.

duckdb.parquet    snappy, one row group; local timestamps in microseconds, quantities as doubles, money as decimals
pyarrow.parquet   zstd, a row group for every two rows; local timestamps in nanoseconds, quantities as decimals of 128 bits, dictionaries
"""

import csv
import datetime
import decimal

import duckdb
import pyarrow
import pyarrow.parquet

NUMBERS = ("Eingangsmenge (kg)", "Menge (kg)", "Energy (kWh)", "CO2 (kg)", "Erlös (EUR)")


def cell(name, text):
    if not text:
        return None
    if name == "Datum":
        return datetime.datetime.strptime(text, "%d.%m.%Y %H:%M" if ":" in text else "%d.%m.%Y")
    return decimal.Decimal(text.replace(".", "").replace(",", ".")) if name in NUMBERS else text


with open("../good/conserve-tre-torri.csv", encoding="cp1252", newline="") as file:
    rows = [{name: cell(name, text) for name, text in row.items()} for row in csv.DictReader(file, delimiter=";")]

kinds = {"Datum": pyarrow.timestamp("us"), **{name: pyarrow.decimal128(38, 9) for name in NUMBERS}}
table = pyarrow.Table.from_pylist(rows, pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in rows[0]]))

doubles = ", ".join(f'"{name}"::DOUBLE AS "{name}"' for name in NUMBERS if "EUR" not in name)
duckdb.sql(f"""COPY (SELECT * REPLACE ({doubles}, "Erlös (EUR)"::DECIMAL(12, 2) AS "Erlös (EUR)") FROM "table")
    TO 'duckdb.parquet' (FORMAT parquet, COMPRESSION snappy)""")
nanos = table.set_column(table.schema.get_field_index("Datum"), "Datum", table["Datum"].cast(pyarrow.timestamp("ns")))
pyarrow.parquet.write_table(nanos, "pyarrow.parquet", compression="zstd", row_group_size=2)
