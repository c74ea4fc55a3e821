#!/usr/bin/env python3
"""Cuts the exports of Open Food Facts, Open Beauty Facts and WikiRate down to the members that src/provenance reads.

    python3 trim.py <folder with openfoodfacts/ and wikirate/> <this folder>

All rows stay, also those that the importers leave out, so that what is left out, and why, can be seen on real data.
Each line or item keeps its order. The same input gives the same bytes (no time stamps, fixed key order).
"""

import gzip
import json
import pathlib
import sys

ROW = [
    "code", "product_name", "brands", "quantity", "languages_codes", "categories_tags", "labels_tags",
    "ingredients_analysis_tags", "nutriscore_grade", "ecoscore_grade", "nova_group",
]
ANSWER = ["company", "metric", "year", "value"]
RELATION = ["year", "value", "subject_company_id", "subject_company", "object_company_id", "object_company"]
SCORE = ["id", "company", "year", "value"]


def pick(source, members):
    return {m: source[m] for m in members if source.get(m) not in (None, "", [], {})}


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(path, text):
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())
    print(path.name, path.stat().st_size)


def main(source, out):
    for name in ("openfoodfacts", "openbeautyfacts"):
        with gzip.open(source / f"openfoodfacts/{name}-700.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [dump(pick(json.loads(line), ROW)) for line in lines]
        write(out / f"{name}.jsonl.gz", "".join(row + "\n" for row in rows))

    wikirate = source / "wikirate"
    answers = json.loads((wikirate / "brand_answers.json").read_text(encoding="utf-8"))
    write(out / "wikirate_brand_answers.json.gz", dump({
        "url": answers["url"], "requested_at": answers["requested_at"],
        "companies": answers["companies"], "metrics": answers["metrics"],
        "answers": {key: pick(answer, ANSWER) for key, answer in answers["answers"].items()},
    }))
    for name, members in (("sub_brands", RELATION), ("living_wage_scores", SCORE)):
        listed = json.loads((wikirate / f"{name}.json").read_text(encoding="utf-8"))
        write(out / f"wikirate_{name}.json.gz", dump({
            "url": listed["url"], "requested_at": listed["requested_at"],
            "items": [pick(item, members) for item in listed["items"]],
        }))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
