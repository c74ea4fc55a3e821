"""How many photographs of codes zxing-cpp decodes, and how long one takes.

Usage: python3 zxing_peer.py <folder>     (needs the packages zxing-cpp and pillow)

Reads every picture below the folder that has a text of the same name beside it, decodes its grey values (reading the file is not
timed) and prints one JSON object: images, decoded (a code whose text equals the expected one was found), median_ms, p95_ms.
"""

import json
import pathlib
import statistics
import sys
import time

import zxingcpp
from PIL import Image

# The symbologies that the product reads, so that both do the same work. Everything else as zxing-cpp comes.
FORMATS = [
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCA,
    zxingcpp.BarcodeFormat.UPCE,
]
ROUNDS = 3


def expected_text(picture: pathlib.Path) -> str | None:
    text = picture.with_suffix(".txt")
    return text.read_bytes().decode("utf-8", "replace").rstrip("\r\n") if text.exists() else None


def main(folder: str) -> None:
    decoded = images = 0
    times = []
    names = []
    for picture in sorted(pathlib.Path(folder).rglob("*")):
        if picture.suffix not in {".png", ".jpg", ".jpeg", ".gif"}:
            continue
        expected = expected_text(picture)
        if expected is None:
            continue
        images += 1
        grey = Image.open(picture).convert("L")
        luma = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
        best = None
        found = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            found = zxingcpp.read_barcodes(luma, formats=FORMATS)
            took = (time.perf_counter() - start) * 1000
            best = took if best is None else min(best, took)
        times.append(best)
        texts = {code.text.rstrip("\r\n") for code in found}
        # An EAN-13 with a leading zero and the UPC-A without it are the same bars.
        if expected in texts or any(t.isdigit() and t.lstrip("0") == expected.lstrip("0") for t in texts):
            decoded += 1
            names.append(str(picture.relative_to(folder)))
    times.sort()
    print(json.dumps({
        "images": images,
        "decoded": decoded,
        "median_ms": round(statistics.median(times), 4) if times else None,
        "p95_ms": round(times[int(len(times) * 0.95)], 4) if times else None,
    }))
    if "--names" in sys.argv:
        print("\n".join(names), file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
