"""One training step of three models: tinyflow beside the same step by hand in NumPy.

    python benchmarks/step.py [--rounds 200] [--dtype float32] [--hand] [--json step.json]

The contestants take turns: every round times a few steps of each, in alternating order, so
that what else the machine does falls on both. Printed are the medians over the rounds and the
median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from time import perf_counter

import numpy as np
import report
from workloads import Step, Workload, blobs, house, mlp

TARGET = 1.1  # times the hand-written step


def main() -> None:
    options = parse()
    chosen = [options.dtype] if options.dtype else []
    rows = []
    for workload in (blobs(*chosen), house(*chosen), mlp(*chosen)):
        steps = {"hand": workload.hand_step}
        if not options.hand:
            steps["tinyflow"] = workload.tinyflow_step
            check_same_losses(workload)
        times = interleave([make() for make in steps.values()], workload.at_once, options.rounds)
        rows.append(summary(workload.title, dict(zip(steps, times, strict=True))))
    report.table(rows)
    report.save(options.json, {"target": TARGET, "rounds": options.rounds, "steps": rows})


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--dtype", choices=["float32", "float64"], help="for all three models")
    parser.add_argument("--hand", action="store_true", help="only the hand-written steps")
    parser.add_argument("--json", help="also write the figures to this file")
    return parser.parse_args()


def check_same_losses(workload: Workload, steps: int = 10) -> None:
    """Both ways of training must lose the same, step after step."""
    hand, tinyflow = workload.hand_step(), workload.tinyflow_step()
    expected = [hand() for _ in range(steps)]
    np.testing.assert_allclose([tinyflow() for _ in range(steps)], expected, rtol=1e-5)
    if not expected[-1] < expected[0]:
        raise AssertionError(f"{workload.title}: ten steps did not lower the loss: {expected}")


def interleave(steps: Sequence[Step], at_once: int, rounds: int) -> list[list[float]]:
    """Seconds per step of each contestant, one figure a round; the first round warms up."""
    times: list[list[float]] = [[] for _ in steps]
    turns = list(zip(steps, times, strict=True))
    for _ in range(rounds + 1):
        for step, taken in turns:
            start = perf_counter()
            for _ in range(at_once):
                step()
            taken.append((perf_counter() - start) / at_once)
        turns.reverse()
    return [taken[1:] for taken in times]


def summary(title: str, times: dict[str, list[float]]) -> dict[str, object]:
    row: dict[str, object] = {"step": title}
    for name, taken in times.items():
        row[f"{name} µs"] = round(1e6 * statistics.median(taken), 2)
    if "tinyflow" in times:
        pairs = zip(times["tinyflow"], times["hand"], strict=True)
        row["ratio"] = round(statistics.median(ours / hand for ours, hand in pairs), 3)
    return row


if __name__ == "__main__":
    main()
