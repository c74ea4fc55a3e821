"""How fast DuckDB reads the files that the bench `provenance` wrote.

Usage: python3 duckdb_peer.py <openfoodfacts.jsonl> <epcis.jsonld>     (needs the package duckdb)

Reads the members that the importers read, on one thread, each file five times, and prints one JSON object: rows and events read, and the median
seconds of each.
"""

import json
import statistics
import sys
import time

import duckdb

ROUNDS = 5
PRODUCTS = """
    SELECT count(*), count(code), count(product_name), count(brands), count(quantity), count(categories_tags), count(labels_tags),
        count(ingredients_analysis_tags), count(nutriscore_grade), count(ecoscore_grade), count(nova_group)
    FROM read_json(?, format = 'newline_delimited', columns = {code: 'JSON', product_name: 'VARCHAR', brands: 'VARCHAR', quantity: 'VARCHAR',
        categories_tags: 'VARCHAR[]', labels_tags: 'VARCHAR[]', ingredients_analysis_tags: 'VARCHAR[]', nutriscore_grade: 'VARCHAR',
        ecoscore_grade: 'VARCHAR', nova_group: 'JSON'})
"""
EVENTS = """
    SELECT count(*), count(e->>'eventTime'), count(e->>'type'), count(e->>'bizStep'), count(e->'quantityList'), count(e->'sourceList')
    FROM (SELECT unnest(epcisBody.eventList) AS e
        FROM read_json(?, columns = {epcisBody: 'STRUCT(eventList JSON[])'}, maximum_object_size = 1000000000))
"""


def timed(query: str, path: str) -> tuple[int, float]:
    connection = duckdb.connect(config={"threads": 1})
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        rows = connection.execute(query, [path]).fetchone()[0]
        times.append(time.perf_counter() - started)
    return rows, statistics.median(times)


rows, rows_s = timed(PRODUCTS, sys.argv[1])
events, events_s = timed(EVENTS, sys.argv[2])
print(json.dumps({"rows": rows, "rows_s": rows_s, "events": events, "events_s": events_s}))
