"""A chain of 100,000 multiplications: what one operation costs to build and to differentiate.

    python benchmarks/chain.py [--length 100000] [--json chain.json]

y = x * r * r * ... * r, so y = x * r**n and dy/dx = r**n, which is checked. Nothing on the way may
recurse. Memory is what the process grew by, divided by the operations that the graph then holds.
"""

from __future__ import annotations

import argparse
import math
from time import perf_counter
from typing import Any

import numpy as np
import report
from memory import resident

import tinyflow as tf

TARGET = {"build µs per op": 20, "differentiate µs per op": 50, "build KiB per op": 4}


def main() -> None:
    options = parse()
    figures = measure(options.length)
    rows = [{"chain": key, "measured": round(x, 2)} for key, x in figures.items()]
    report.table(rows)
    report.save(options.json, {"target": TARGET, "length": options.length, "chain": figures})


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--length", type=int, default=100_000)
    parser.add_argument("--json", help="also write the figures to this file")
    return parser.parse_args()


def measure(length: int) -> dict[str, float]:
    """Builds, differentiates and runs the chain, timing each; costs are per link of the chain."""
    ratio = 1.0 + 1.0 / length  # so that r**n is close to e
    figures = {}
    with tf.Graph().as_default() as graph:
        before = resident()
        start = perf_counter()
        x = tf.placeholder(tf.float64, [])
        y = chain(x, tf.constant(ratio, tf.float64), length)
        figures["build µs per op"] = 1e6 * (perf_counter() - start) / length
        figures["build KiB per op"] = 1024 * (resident() - before) / length

        start = perf_counter()
        (slope,) = tf.gradients(y, x)
        figures["differentiate µs per op"] = 1e6 * (perf_counter() - start) / length
        count = len(graph.get_operations())
        figures["KiB per op, gradient's included"] = 1024 * (resident() - before) / count

    session = tf.Session(graph=graph)
    for label in ("first run s", "second run s"):
        start = perf_counter()
        values = session.run([y, slope], feed_dict={x: 1.0})
        figures[label] = perf_counter() - start
    np.testing.assert_allclose(values, [math.exp(length * math.log1p(1 / length))] * 2, rtol=1e-9)
    return figures


def chain(y: Any, r: Any, length: int) -> Any:
    for _ in range(length):
        y = tf.multiply(y, r)
    return y


if __name__ == "__main__":
    main()
