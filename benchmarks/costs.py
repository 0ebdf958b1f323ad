"""What else tinyflow costs: compiling, memory, batches of many sizes, small and large fetches and feeds.

    python benchmarks/costs.py [--python torch=/path/to/python ...] [--contestants tinyflow,torch]
        [--json costs.json]

Everything is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import report
from contestants import TITLES
from contestants.graphs import build
from memory import resident
from peers import labelled, names_in
from processes import interpreters, start
from workloads import Workload, lenet, mlp

REPEATS = 3  # processes for each model: tinyflow's, as compiling has a target; one is enough for peers
STEPS = 20
MEASURED = {"lenet": "LeNet", "lstm": "LSTM"}
COSTS = ("first - second ms", "peak MiB")  # what a worker's `cost` tells
FIRST_STEP_HEADS = [f"{label}, {key}" for label in MEASURED.values() for key in COSTS]
TARGET = {
    "LeNet, first - second ms": 60,
    "LSTM, first - second ms": 300,
    "run([]) µs": 2,
}


def main() -> None:
    options = parse()
    if options.child:
        print(json.dumps(CHILDREN[options.child]()))
        return
    first = first_steps(options)
    report.table(first)
    ours = {key: figure for child in CHILDREN for key, figure in in_child(child).items()}
    print()
    rows = [{"tinyflow": key, "at most": TARGET.get(key, "-"), "measured": x} for key, x in ours.items()]
    report.table(rows)
    report.save(options.json, {"target": TARGET, "first steps": first, "tinyflow": ours})


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    everyone = list(TITLES)
    parser.add_argument("--contestants", type=names_in(TITLES), default=everyone, metavar="NAME,...")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    return parser.parse_args()


# Every contestant: the first step and the peak of memory ------------------------------------------


def first_steps(options: argparse.Namespace) -> list[dict[str, object]]:
    """What the first step takes more than the second, and the most memory that twenty steps held."""
    pythons = interpreters(options.python)
    return [first_step_row(name, pythons) for name in options.contestants]


def first_step_row(name: str, pythons: dict[str, str]) -> dict[str, object]:
    runs: dict[str, list[float]] = {head: [] for head in FIRST_STEP_HEADS}
    version = None
    for _ in range(REPEATS if name == "tinyflow" else 1):
        for workload, label in MEASURED.items():
            version, costs = first_step(name, workload, pythons)
            for key, figure in costs.items():
                runs[f"{label}, {key}"].append(figure)
    missing = "absent" if version is None else "-"
    cells = {head: round(statistics.median(found), 1) if found else missing for head, found in runs.items()}
    return {"contestant": labelled(TITLES[name], version), **cells}


def first_step(name: str, workload: str, pythons: dict[str, str]) -> tuple[str | None, dict[str, float]]:
    """The contestant's version and costs: none if it is absent, or offers no such model."""
    processes, versions = start([name], pythons)
    costs: dict[str, float] = {}
    for process in processes:
        costs = process.ask("cost", name, workload, STEPS)
        process.close()
    return versions[name], costs


# tinyflow alone: each of these runs in a new process -----------------------------------------------


def in_child(child: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", child]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def batches(name: str, workload: Workload) -> dict[str, float]:
    """The memory that is held after training on 100 and 1,000 different sizes of batch."""
    import tinyflow as tf

    session, inputs, fetches = build(tf, name, workload)
    compilations = count_compilations(session)
    head = f"{workload.label}, 1,000 batch sizes:"
    figures = {}
    for done in range(1, 1001):
        size = 1 + done * 387 % 1000  # each once, small and large ones among the first hundred
        feeds = [array[:size] for array in workload.feeds]
        session.run(fetches, dict(zip(inputs, feeds, strict=True)))
        if done in (100, 1000):
            figures[f"{head} MiB after {done:,}"] = round(resident(), 1)
    figures[f"{head} compilations"] = len(compilations)
    return figures


def count_compilations(session: Any) -> list[None]:
    """A list that grows by one with every function that the session compiles."""
    made: list[None] = []
    compile_function = session._compile

    def counted(*arguments: Any) -> Any:
        made.append(None)
        return compile_function(*arguments)

    session._compile = counted
    return made


def calls() -> dict[str, float]:
    """What a run costs that computes nothing."""
    import tinyflow as tf

    v = tf.Variable(np.zeros(3, "float32"))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    figures = {"run([]) µs": lambda: session.run([]), "run(variable of 3) µs": lambda: session.run(v)}
    return {head: round(1e6 * seconds_of(call, 2000), 2) for head, call in figures.items()}


def large() -> dict[str, float]:
    """Feeding and fetching an array of 64 MB, and copying one."""
    import tinyflow as tf

    array = np.ones(16_000_000, "float32")
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable(array)
    first, last = x[0], x[-1]
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    figures = {
        "np.copy of 64 MB ms": array.copy,
        "feed 64 MB, fetch two numbers ms": lambda: session.run([first, last], {x: array}),
        "fetch a variable of 64 MB ms": lambda: session.run(v),
        "feed 64 MB and fetch it ms": lambda: session.run(x, {x: array}),
    }
    return {head: round(1e3 * seconds_of(call, 1), 3) for head, call in figures.items()}


def seconds_of(call: Callable[[], Any], at_once: int, repeats: int = 15) -> float:
    """Seconds per call: the median over some repeats, after one that warms up."""
    taken = []
    for _ in range(repeats + 1):
        start = perf_counter()
        for _ in range(at_once):
            call()
        taken.append((perf_counter() - start) / at_once)
    return statistics.median(taken[1:])


CHILDREN: dict[str, Callable[[], dict[str, float]]] = {
    "mlp": lambda: batches("mlp", mlp(batch=1000)),
    "lenet": lambda: batches("lenet", lenet(batch=1000, side=4)),
    "calls": calls,
    "large": large,
}

if __name__ == "__main__":
    main()
