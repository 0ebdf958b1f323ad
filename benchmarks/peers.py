"""Five training steps: tinyflow beside NumPy by hand and the libraries that do such things.

    python benchmarks/peers.py [--python torch=/path/to/python ...] [--only blobs,lstm]
        [--contestants hand,tinyflow] [--rounds 6] [--json peers.json] [--plot peers.png]

Every contestant has a process of its own, but that `hand` and `tinyflow` share one, in the interpreter
that `--python` names for it or in this one; those that cannot be imported are absent.  First, ten steps
must give the losses of the hand-written NumPy to 1e-5.  Then contestants take turns, in alternating order.
Printed are the medians over the rounds, and the medians of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Iterable

import report
from contestants import TITLES
from processes import Process, interpreters, start
from timings import Times, scale_of
from workloads import WORKLOADS

SECONDS = 0.2  # that a turn takes, not counting its first steps
PAUSE = 0.2  # seconds after a turn, in which the threads of a library stop waiting for work
TOLERANCE = 1e-5

PEERS = [name for name in TITLES if name not in ("hand", "tinyflow", "torch_fused")]
TARGETS = [  # tinyflow's time over the fastest one's of these, at most
    ("blobs", ["hand"], 0.9),
    ("house", ["hand"], 0.9),
    ("mlp", ["hand"], 0.95),
    ("mlp", PEERS, 1.0),
    ("lenet", ["torch"], 1.3),
    ("lenet", ["jax", "tf1"], 0.5),
    ("lstm", ["torch"], 1.0),
]


def main() -> None:
    options = parse()
    warn_if_busy()
    processes, versions = start(options.contestants, interpreters(options.python))
    times = Times(versions)
    try:
        for workload in options.only:
            measure(processes, workload, options.rounds, times)
    finally:
        for process in processes:
            process.close()
    show(times)
    report.save(options.json, {"versions": versions, "rounds": options.rounds, "seconds": times.seconds})
    if options.plot:
        from chart import draw

        draw(times, options.plot)
    if times.failed:
        sys.exit("failed: " + ", ".join(f"{workload} by {name}" for workload, name in sorted(times.failed)))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--only", type=names_in(WORKLOADS), default=list(WORKLOADS), metavar="WORKLOAD,...")
    everyone = list(TITLES)
    parser.add_argument("--contestants", type=names_in(TITLES), default=everyone, metavar="NAME,...")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument("--plot", help="also draw the figures into this file (needs matplotlib)")
    options = parser.parse_args()
    # The measure is always there.
    options.contestants = [name for name in TITLES if name == "hand" or name in options.contestants]
    return options


def names_in(known: Iterable[str]) -> Callable[[str], list[str]]:
    """A parser of names with commas between them."""

    def names(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {', '.join(known)}")
        return chosen

    return names


def warn_if_busy() -> None:
    """Threads that wait for one another make a step many times slower where a processor is taken."""
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5:
        say(f"The machine is busy (load {os.getloadavg()[0]:.1f}): do not trust these figures.\n")


def measure(processes: list[Process], workload: str, rounds: int, times: Times) -> None:
    say(f"{workload}:")
    names = prepare(processes, workload, times)
    taken: dict[str, list[float]] = {name: [] for name in names}
    times.seconds[workload] = taken
    turns = [process for process in processes if not names.isdisjoint(process.names)]
    for _ in range(rounds):
        for process in turns:
            time.sleep(PAUSE)
            mine = [name for name in process.names if name in names]
            for name, seconds in process.ask("time", mine, SECONDS).items():
                taken[name].append(seconds)
        turns.reverse()
        say(".")
    say("\n")


def prepare(processes: list[Process], workload: str, times: Times) -> set[str]:
    """Has everyone take the first steps; the names of those whose losses are right."""
    expected: list[float] = []
    good = set()
    for process in processes:  # the first has the hand-written one
        for name, answer in process.ask("prepare", workload).items():
            losses = answer.get("losses", [])
            expected = losses if name == "hand" else expected
            if agree(losses, expected):
                good.add(name)
            else:
                times.failed.add((workload, name))
                say(f"\n{name} FAILED. {answer.get('error', f'Losses {losses}, not {expected}.')}\n")
    return good


def agree(losses: list[float], expected: list[float]) -> bool:
    """Whether they are the same step after step, and descend."""
    if not losses or not expected or losses[-1] >= losses[0]:
        return False
    return all(math.isclose(a, b, rel_tol=TOLERANCE) for a, b in zip(losses, expected, strict=True))


def show(times: Times) -> None:
    rows, ratios = [], []
    for name, title in TITLES.items():
        if name in times.versions:
            rows.append({"a step takes": labelled(title, times.versions[name])} | time_cells(times, name))
            ratios.append({"times": title} | ratio_cells(times, name))
    report.table(rows)
    print()
    report.table(ratios)
    targets = [row for target in TARGETS if (row := target_row(times, *target))]
    if targets:
        print()
        report.table(targets)


def labelled(title: str, version: str | None) -> str:
    number = (version or "").split("+")[0]
    return title if not number or title.endswith(number[:4]) else f"{title} {number}"


def time_cells(times: Times, name: str) -> dict[str, object]:
    cells: dict[str, object] = {}
    for workload in times.seconds:
        scale, unit = scale_of(times.median(workload, "hand"))
        seconds = times.median(workload, name)
        cells[f"{WORKLOADS[workload]().label} {unit}"] = (
            times.why_not(workload, name) if math.isnan(seconds) else float(f"{scale * seconds:.4g}")
        )
    return cells


def ratio_cells(times: Times, name: str) -> dict[str, object]:
    cells: dict[str, object] = {}
    for workload, taken in times.seconds.items():
        for other in ("hand", "torch") if workload in ("lenet", "lstm") else ("hand",):
            if other in taken:
                ratio = times.ratio(workload, name, other)
                head = f"{WORKLOADS[workload]().label} / {other}"
                cells[head] = times.why_not(workload, name) if math.isnan(ratio) else float(f"{ratio:.3g}")
    return cells


def target_row(times: Times, workload: str, others: list[str], most: float) -> dict[str, object]:
    """Empty if no one's there to compare with."""
    if workload not in times.seconds:
        return {}
    ratios = {other: times.ratio(workload, "tinyflow", other) for other in others if other in times.versions}
    ratios = {other: ratio for other, ratio in ratios.items() if not math.isnan(ratio)}
    if not ratios:
        return {}
    other = max(ratios, key=ratios.__getitem__)
    label = f"{WORKLOADS[workload]().label}: tinyflow / {TITLES[other]}"
    met = "yes" if ratios[other] <= most else "no"
    return {"target": label, "at most": most, "measured": round(ratios[other], 3), "met": met}


def say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
