#!/usr/bin/env python3
"""Makes retailers.json: three made-up retailers with prices and stock for 200 real products.

    python3 make_retailers.py        (in this folder, after trim.py)

Prices and stock are made up too, from SHA-256 of the GTIN, so that every run gives the same bytes. The products are those with a name,
a category and a GTIN of their own (the importer's rule), two or more of a category, taken in turn from each category, so that
alternatives have prices.
"""

import collections
import gzip
import hashlib
import json

NO_KIND = {
    "en:groceries", "fr:open-beauty-facts", "fr:non-food-products", "fr:non-alimentaire", "fr:produits-marketes-pour-les-hommes",
    "fr:bebe", "fr:enfant",
}
RETAILERS = [
    {
        "id": "retailer:greenbasket", "name": "GreenBasket Co-op", "place": "Utrecht, Netherlands",
        "about": "A food co-operative owned by its customers. It sells little, and says of everything where it comes from.",
        "claims": ["own:member-owned", "own:local-sourcing", "own:renewable-power", "own:returnable-pack", "own:no-tracking", "own:equal-pay"],
        "places": [("GreenBasket Voorstraat, Utrecht", 52094300, 5120100), ("GreenBasket Lombok, Utrecht", 52089900, 5098700)],
        "factor": 115,
    },
    {
        "id": "retailer:harbour", "name": "Harbour Discount", "place": "Antwerp, Belgium",
        "about": "A discounter with low prices and a loyalty card.",
        "claims": ["own:throwaway-pack", "own:loyalty-tracking", "own:no-collective-agreement", "own:fossil-heat", "own:open-tax"],
        "places": [
            ("Harbour Discount Eilandje, Antwerp", 51231700, 4405900), ("Harbour Discount Dampoort, Ghent", 51056200, 3740600),
            ("Harbour Discount Kanaalstraat, Utrecht", 52090800, 5096500),
        ],
        "factor": 85,
    },
    {
        "id": "retailer:lantern", "name": "Lantern Stores", "place": "Leipzig, Germany",
        "about": "Department stores. They say nothing of themselves, so what they sell speaks for them.",
        "claims": [],
        "places": [("Lantern Petersstrasse, Leipzig", 51337600, 12374400), ("Lantern Mariahilf, Vienna", 48197900, 16348300)],
        "factor": 105,
    },
]
MADE_UP = {"09520000000011": ("retailer:greenbasket", 420, 96), "09520000000028": ("retailer:lantern", 18900, 7)}


def gtin(code):
    if not code.isdigit() or len(code) not in (8, 12, 13, 14) or not int(code):
        return None
    number = code.zfill(14)
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(number[:13]))
    restricted = number.startswith(("002", "004", "02"))
    return number if (10 - total % 10) % 10 == int(number[13]) and not restricted else None


def rows(name, base):
    with gzip.open(name, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            kinds = [tag for tag in row.get("categories_tags", []) if tag not in NO_KIND]
            number = gtin(row["code"])
            if row.get("product_name", "").strip() and kinds and number:
                yield kinds[-1], number, base, "en:organic" in row.get("labels_tags", [])


def chosen(count):
    by_kind = collections.defaultdict(list)
    for row in [*rows("openfoodfacts.jsonl.gz", 179), *rows("openbeautyfacts.jsonl.gz", 299)]:
        by_kind[row[0]].append(row)
    shelves = sorted((s for s in by_kind.values() if len(s) > 1), key=lambda s: (-len(s), s[0][0]))
    turns = [shelf[turn] for turn in range(max(map(len, shelves))) for shelf in shelves if turn < len(shelf)]
    return turns[:count]


def main():
    sheets = {r["id"]: {} for r in RETAILERS}
    for _, number, base, organic in chosen(200):
        seed = hashlib.sha256(number.encode()).digest()
        # Each product is in two of the three shops; organic ones never only at the discounter.
        missing = seed[0] % 3 if not organic else 1 + seed[0] % 2
        for at, retailer in enumerate(RETAILERS):
            if at != missing:
                cents = (base + int.from_bytes(seed[1:3], "big") % 400) * (130 if organic else 100) * retailer["factor"] // 10000
                sheets[retailer["id"]][number] = (cents - cents % 10 + 9, seed[3 + at] % 60)
    for number, (retailer, cents, stock) in MADE_UP.items():
        sheets[retailer][number] = (cents, stock)

    out = []
    for retailer in RETAILERS:
        dump = lambda value: json.dumps(value, ensure_ascii=False)
        prices = sheets[retailer["id"]]
        lines = lambda items: ",\n          ".join(dump(item) for item in items)
        claims = [{"code": code, "state": "self-declared"} for code in retailer["claims"]]
        places = [{"name": name, "lat": lat, "lon": lon} for name, lat, lon in retailer["places"]]
        listed = [{"gtin": number, "minor": prices[number][0], "stock": prices[number][1]} for number in sorted(prices)]
        out.append(f"""    {{
      "id": {dump(retailer["id"])},
      "name": {dump(retailer["name"])},
      "about": {dump(retailer["about"])},
      "place": {dump(retailer["place"])},
      "claims": {dump(claims)},
      "sheet": {{
        "retailer": {dump(retailer["id"])},
        "currency": "EUR",
        "places": [
          {lines(places)}
        ],
        "prices": [
          {lines(listed)}
        ]
      }}
    }}""")
    notice = "The retailers, their shops, prices and stock are made up; most products are real. GTINs that begin with 952 are made up too."
    with open("retailers.json", "w", encoding="utf-8") as file:
        file.write("{\n  \"notice\": " + json.dumps(notice) + ",\n  \"retailers\": [\n" + ",\n".join(out) + "\n  ]\n}\n")


main()
