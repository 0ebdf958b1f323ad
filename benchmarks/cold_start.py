"""Cold start: from `import` to the end of the first step of the MLP, each time in a new process.

    python benchmarks/cold_start.py [--runs 15] [--hand] [--json cold_start.json]

Printed are the medians of: the seconds from the first import to the end of the first step, the
seconds of the whole process (with the start of Python), and the most memory the process held.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import report

TARGET = {"import to step s": 0.25, "peak MiB": 60}

CHILD = """
from time import perf_counter
start = perf_counter()
import sys
sys.path.insert(0, sys.argv[1])
import {package}
from contestants import {name}
from workloads import mlp
{name}.step("mlp", mlp())()
seconds = perf_counter() - start

from memory import peak
print([seconds, peak()])
"""


def main() -> None:
    options = parse()
    packages = {"hand": "numpy"} if options.hand else {"hand": "numpy", "tinyflow": "tinyflow"}
    taken: dict[str, list[list[float]]] = {name: [] for name in packages}
    for _ in range(options.runs + 1):
        for name, package in packages.items():
            taken[name].append(first_step(CHILD.format(package=package, name=name)))
    rows = []
    for name, runs in taken.items():
        inside, whole, peak = map(statistics.median, zip(*runs[1:], strict=True))  # the first warms up
        figures = {"import to step s": inside, "whole process s": whole, "peak MiB": peak}
        rows.append({"cold start": name} | {key: round(x, 3) for key, x in figures.items()})
    report.table(rows)
    report.save(options.json, {"target": TARGET, "runs": options.runs, "cold start": rows})


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--hand", action="store_true", help="only the hand-written step")
    parser.add_argument("--json", help="also write the figures to this file")
    return parser.parse_args()


def first_step(program: str) -> list[float]:
    """Seconds from import to step, seconds of the whole process, and its peak memory in MiB."""
    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    # Modules that were imported before are kept compiled, as those of an installed package are.
    env = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    whole = perf_counter() - start
    inside, peak = json.loads(done.stdout)
    return [inside, whole, peak]


if __name__ == "__main__":
    main()
