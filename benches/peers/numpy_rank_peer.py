"""Ranking with NumPy: the best 50 of a market by one matrix product.

Usage: python3 numpy_rank_peer.py PRODUCTS TOPICS ROUNDS

Prints one JSON object: milliseconds, the median over the rounds, of float32 `A @ w` and `argpartition` on one thread.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import json
import sys
import time

import numpy as np

products, topics, rounds = map(int, sys.argv[1:4])
dice = np.random.default_rng(7)
evidence = dice.uniform(-1, 1, (products, topics)).astype(np.float32)
weights = dice.uniform(0, 3, topics).astype(np.float32)
times = []
for _ in range(rounds):
    started = time.perf_counter()
    fit = evidence @ weights
    best = np.argpartition(fit, products - 50)[products - 50 :]
    best = best[np.argsort(-fit[best])]
    times.append(time.perf_counter() - started)
print(json.dumps({"version": np.__version__, "ms": 1000 * sorted(times)[rounds // 2]}))
