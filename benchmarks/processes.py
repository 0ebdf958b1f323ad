"""The parent's side of the workers: one process for each contestant, and one for both of two.

NumPy by hand and tinyflow share a process, if they have the same interpreter: they then alternate every
few steps, and their ratio is good to a percent even where a step takes microseconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from contestants import TITLES

WORKER = Path(__file__).with_name("worker.py")
TOGETHER = ("hand", "tinyflow")
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "CUDA_VISIBLE_DEVICES": ""}


class Process:
    """A worker that runs, and the names of its contestants."""

    def __init__(self, python: str, names: Iterable[str]) -> None:
        self.names = list(names)
        self._process = subprocess.Popen(
            [python, str(WORKER), *self.names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | QUIET,
            text=True,
        )

    def ask(self, method: str, *arguments: Any) -> Any:
        """Has the worker do something, and waits for the answer; EOFError if the worker has ended."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps([method, *arguments]) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self._process.stdout.readline()
        if not line:
            raise EOFError(f"the process of {', '.join(self.names)} ended: {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def groups(names: Iterable[str], pythons: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Which contestants make up a process, each with its interpreter."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        python = pythons.get(name, sys.executable)
        found.setdefault((python, "" if name in TOGETHER else name), []).append(name)
    return [(python, members) for (python, _), members in found.items()]


def start(names: Iterable[str], pythons: Mapping[str, str]) -> tuple[list[Process], dict[str, str | None]]:
    """The processes with a contestant that can be imported; the versions of all, None for the others."""
    begun = []
    versions: dict[str, str | None] = {}
    for python, members in groups(names, pythons):
        versions |= dict.fromkeys(members)
        try:
            begun.append(Process(python, members))
        except OSError as error:
            print(f"{', '.join(members)}: {error}", file=sys.stderr)
    return [process for process in begun if _answers(process, versions)], versions


def _answers(process: Process, versions: dict[str, str | None]) -> bool:
    try:
        found = process.ask("versions")
        for name, reason in process.ask("missing").items():
            print(f"{name} is absent: {reason}", file=sys.stderr)
    except EOFError as error:
        print(error, file=sys.stderr)
        found = {}
    versions |= found
    if any(found.values()):
        return True
    process.close()
    return False


def interpreters(options: Iterable[str]) -> dict[str, str]:
    """The interpreters by contestant's name, from options like torch=/usr/bin/python."""
    pairs = [option.partition("=") for option in options]
    for name, _, python in pairs:
        if name not in TITLES or not python:
            sys.exit(f"--python {name}: expected NAME=PYTHON, where the names are {', '.join(TITLES)}")
    return {name: python for name, _, python in pairs}
