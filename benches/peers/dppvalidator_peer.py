"""How many product passports a second dppvalidator holds against UNTP 0.7's JSON Schema.

Usage: python3 dppvalidator_peer.py <passport.json>     (needs the package dppvalidator)

Reads the JSON text anew each time, as the other side does, and prints one JSON object: per_second (of the median time), valid.
"""

import json
import pathlib
import statistics
import sys
import time

from dppvalidator.validators import ValidationEngine

ROUNDS = 201


def main(path: str) -> None:
    text = pathlib.Path(path).read_text("utf-8")
    engine = ValidationEngine(schema_version="0.7.0", layers=["schema"], load_plugins=False)
    times = []
    valid = True
    for _ in range(ROUNDS):
        start = time.perf_counter()
        valid = engine.validate(json.loads(text)).valid and valid
        times.append(time.perf_counter() - start)
    if not valid:
        sys.exit("dppvalidator refuses the passport")
    print(json.dumps({"per_second": 1 / statistics.median(times), "valid": valid}))


if __name__ == "__main__":
    main(sys.argv[1])
