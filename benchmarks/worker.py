"""A process that takes steps for its contestants, as its parent asks it to.

    python worker.py NAME...

A line of JSON, a list of a method's name and its arguments, is a request; so is every answer.  Between
requests it waits for input, and needs no processor.  It runs on Python 3.7.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import traceback
from time import perf_counter
from typing import TYPE_CHECKING, Any

import contestants
from memory import peak
from workloads import WORKLOADS

if TYPE_CHECKING:
    from workloads import Step, Workload

CHECKED = 10  # steps whose losses are compared


class Worker:
    """The contestants of this process, and their steps of the workload that is measured now."""

    def __init__(self, names: list[str]) -> None:
        self._modules: dict[str, Any] = {}
        self._steps: dict[str, Step] = {}
        self._at_once = 1
        self._missing: dict[str, str] = {}
        for name in names:
            try:
                self._modules[name] = contestants.load(name)
            except ImportError as error:
                self._missing[name] = f"{type(error).__name__}: {error}"

    def versions(self) -> dict[str, str | None]:
        """None for what cannot be imported."""
        found = {name: str(module.VERSION) for name, module in self._modules.items()}
        return {**dict.fromkeys(self._missing), **found}

    def missing(self) -> dict[str, str]:
        """Why what cannot be imported cannot."""
        return self._missing

    def prepare(self, name: str) -> dict[str, Any]:
        """Builds the steps of a workload and takes the first; the losses, or what went wrong."""
        workload = WORKLOADS[name]()
        self._steps, self._at_once = {}, workload.at_once
        answers = {}
        for contestant, module in self._modules.items():
            if name in module.MODELS:
                answers[contestant] = self._prepared(contestant, name, workload)
        return answers

    def _prepared(self, contestant: str, name: str, workload: Workload) -> Any:
        try:
            step = self._modules[contestant].step(name, workload)
            losses = [float(step()) for _ in range(CHECKED)]
        except Exception:
            return {"error": traceback.format_exc()}
        self._steps[contestant] = step
        return {"losses": losses}

    def time(self, names: list[str], seconds: float) -> dict[str, float]:
        """Seconds per step, the median over a turn of about so many seconds for each contestant.

        Contestants alternate, a few steps at a time, so that what else the machine does falls on all.
        """
        turns = [(self._steps[name], []) for name in names if name in self._steps]  # type: Any
        for step, _ in turns:
            self._seconds(step)  # which wakes the threads and warms the caches
        end = perf_counter() + seconds * len(turns)
        while True:
            for step, taken in turns:
                taken.append(self._seconds(step))
            turns.reverse()
            if perf_counter() >= end:
                break
        medians = {step: statistics.median(taken) for step, taken in turns}
        return {name: medians[self._steps[name]] for name in names if name in self._steps}

    def _seconds(self, step: Step) -> float:
        start = perf_counter()
        for _ in range(self._at_once):
            step()
        return (perf_counter() - start) / self._at_once

    def cost(self, contestant: str, name: str, steps: int) -> dict[str, float]:
        """What the first step takes more than the second, and the most memory that the steps held.

        To be asked of a new process; empty if there is no such model.
        """
        module = self._modules[contestant]
        if name not in module.MODELS:
            return {}
        step = module.step(name, WORKLOADS[name]())
        taken = []
        for _ in range(steps):
            start = perf_counter()
            step()
            taken.append(perf_counter() - start)
        return {"first - second ms": 1e3 * (taken[0] - taken[1]), "peak MiB": peak()}


def serve(worker: Worker, answers: Any) -> None:
    for line in sys.stdin:
        method, *arguments = json.loads(line)
        answers.write(json.dumps(getattr(worker, method)(*arguments)) + "\n")
        answers.flush()


def own_output() -> Any:
    """The pipe to the parent, which what libraries print does not get into."""
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return pipe


if __name__ == "__main__":
    pipe = own_output()
    serve(Worker(sys.argv[1:]), pipe)
