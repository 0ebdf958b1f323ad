"""From a trace to the function that runs: its text, compiled, and its workspaces."""

from __future__ import annotations

import contextvars
import itertools
import linecache
import weakref
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

import numpy as np

from tinyflow.compiler.emit import emit
from tinyflow.compiler.spares import Spares, reader
from tinyflow.compiler.trace import Trace
from tinyflow.graph.operation import Operation

__all__ = ["Function"]

_numbers = itertools.count(1)


class Function:
    """A compiled run.

    A workspace, a `step` with buffers of its own, serves one run at a time; threads that run at once get
    one each.

    Attributes:
      text: the source that runs.
      states, spares, updates, reshapes: see `Program`.
      spare_arrays: where the Session that runs it keeps the spares.
      swaps: whether the states are those with spares, so that what is read becomes the spares.
      read: takes the states' values from the Session's mapping.
      idle: the workspaces that no run is using.
      operands: see `Program`.
    """

    def __init__(self, trace: Trace) -> None:
        program = emit(trace)
        self.text = program.text
        self.states = program.states
        self.spares = program.spares
        self.updates = program.updates
        self.reshapes = program.reshapes
        self.read = reader(program.states)
        self.swaps = tuple(program.states) == program.spares
        self._lines = program.lines
        self.operands = program.operands
        self._filename = f"<tinyflow run {next(_numbers)}>"
        names = {"np": np, **program.names}
        exec(compile(program.text, self._filename, "exec"), names)
        self._make_step: Callable[[], Callable[..., Any]] = names["make_step"]
        self.spare_arrays: Spares | None = None
        self.idle: list[Callable[..., Any]] = []
        # For tracebacks and debuggers.
        lines = program.text.splitlines(keepends=True)
        linecache.cache[self._filename] = (len(program.text), None, lines, self._filename)
        weakref.finalize(self, linecache.cache.pop, self._filename, None)

    def workspace(self) -> Callable[..., Any]:
        """A step with buffers of its own, in which floating-point errors are not reported."""
        # NumPy keeps its error handling in a context variable: running in a context of our own
        # costs a tenth of entering np.errstate each time.
        context = contextvars.copy_context()
        context.run(np.seterr, all="ignore")
        return partial(context.run, self._make_step())

    def operation_at(self, traceback: TracebackType | None) -> Operation | None:
        """The operation whose line was running when an exception was raised."""
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self._filename:
                return self._lines.get(traceback.tb_lineno)
            traceback = traceback.tb_next
        return None
