"""Buffers: where each call puts its result.

A fresh array costs an allocation, and a large one a page fault for every 4 KiB.  So results that do
not leave the function go to buffers that are made once, with the function, and are used again as
soon as nobody needs what is in them.  What is to be joined with other results is computed in its
place among them, so that joining costs nothing.  A variable's new value goes to its spare array,
which changes places with the old one when the run is committed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tinyflow.compiler.places import lying_by_place
from tinyflow.compiler.record import Expr
from tinyflow.compiler.trace import Trace
from tinyflow.compiler.walk import is_elementwise, operands, root_of
from tinyflow.foundation.kernels import KERNELS
from tinyflow.graph.operation import Operation

__all__ = ["Buffer", "Layout", "Part", "lay_out"]

_RUN = 16  # numbers in one piece; writing shorter ones into their places one by one is slow,
_FEW = 1 << 12  # unless there are no more than this


class Buffer(NamedTuple):
    """A buffer as one of the shapes it is used in; images may lie by place (see foundation/windows.py)."""

    number: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    by_place: bool = False


class Part(NamedTuple):
    """A place in the result of a call that joins arrays."""

    whole: Expr
    key: tuple[slice | int, ...]


Place: TypeAlias = Buffer | Part | Operation


class Layout:
    """Where results go.

    Attributes:
      out: by the id of a call its place: a Buffer, a Part, or the state whose spare array it is.
      joins: by the id of a call that joins arrays, and of which some are in their places already, the
        places of the others, with what to copy there.
      buffers: every (number, shape) in use, in order.
    """

    def __init__(self) -> None:
        self.out: dict[int, Place] = {}
        self.joins: dict[int, list[tuple[Part, Expr]]] = {}
        self.buffers: dict[Buffer, None] = {}
        self.by_place: set[int] = set()  # ids of results
        self._count = 0
        self._free: dict[Any, list[int]] = {}

    def base(self, expr: Expr) -> Expr:
        """The call in whose memory a result is: a view is in its operand's, a part in the whole's."""
        while True:
            expr = root_of(expr)
            part = self.out.get(id(expr))
            if not isinstance(part, Part):
                return expr
            expr = part.whole

    def place(self, expr: Expr, inplace: Expr | None = None) -> None:
        """Gives a result a buffer: that of `inplace`, one that nobody needs, or a new one."""
        buffer = Buffer(-1, expr.shape, expr.dtype, id(expr) in self.by_place)
        if inplace is not None:
            number = self.out[id(inplace)].number  # type: ignore[union-attr]
        elif self._free.get(_kind(buffer)):
            number = self._free[_kind(buffer)].pop()
        else:
            number = self._count
            self._count += 1
        buffer = buffer._replace(number=number)
        self.out[id(expr)] = buffer
        self.buffers.setdefault(buffer)

    def release(self, expr: Expr) -> None:
        """Nobody needs what is in a buffer any more."""
        buffer = self.out[id(expr)]
        assert isinstance(buffer, Buffer)
        self._free.setdefault(_kind(buffer), []).append(buffer.number)


def _kind(buffer: Buffer) -> Any:
    """What buffers share that may stand for each other."""
    return buffer.dtype, math.prod(buffer.shape)


def takes_out(expr: Expr) -> bool:
    """True if the call can write its result into a given array."""
    if expr.fn in ("np.where", "np.take", "np.argmax", "np.argmin", "astype"):
        return False
    return (
        (expr.fn.startswith("np.") or expr.fn == "spread" or expr.fn in KERNELS)
        and expr.known_shape is not None
        and expr.known_dtype is not None
        and expr.known_dtype != object
        and root_of(expr) is expr
        and not (expr.shape == () and expr.fn in ("np.dot", "np.vdot"))  # they return numbers
    )


def like_old(expr: Expr, old: Any) -> bool:
    """True if a state's new value has the shape and dtype of the array it has now."""
    return old is not None and (expr.known_shape, expr.known_dtype) == (
        getattr(old, "shape", None),
        getattr(old, "dtype", None),
    )


def lay_out(trace: Trace) -> Layout:
    """Plans the buffers of a function.

    What it returns are fresh arrays, which belong to the caller.  The new values of states are
    written into the states' spares, by the calls that can.
    """
    layout = Layout()
    for state, expr in trace.updates.items():
        if takes_out(expr) and like_old(expr, trace.old[state]) and id(expr) not in layout.out:
            layout.out[id(expr)] = state
    kept = {id(root_of(expr)) for expr in (*trace.fetches, *trace.updates.values())}

    def inner(expr: Expr) -> bool:
        """True if a result is an array that stays inside the function."""
        return takes_out(expr) and expr.shape != () and id(expr) not in kept

    _reach_back(trace, inner, layout)
    _join(trace.calls, inner, layout)
    given = {id(expr) for expr in trace.calls if id(expr) in layout.out or inner(expr)}
    layout.by_place = lying_by_place(trace.calls, given - layout.out.keys(), given)
    ends = _ends(trace.calls, layout)
    for i, expr in enumerate(trace.calls):
        dying = [x for x in ends.get(i, ()) if isinstance(layout.out.get(id(x)), Buffer)]
        inplace = None
        base = layout.base(expr)
        if inner(base) and id(base) not in layout.out:
            inplace = _inplace(expr, dying, layout) if base is expr else None
            layout.place(base, inplace)
        for x in dying:
            if x is not inplace and x is not expr:
                layout.release(x)
    return layout


def _ends(calls: Sequence[Expr], layout: Layout) -> dict[int, list[Expr]]:
    """For each call, by its index, the results in whose memory no later call looks."""
    last: dict[int, int] = {}
    for i, expr in enumerate(calls):
        for x in (expr, *operands(expr)):
            last[id(layout.base(x))] = i
    ends: dict[int, list[Expr]] = {}
    for expr in calls:
        if layout.base(expr) is expr:
            ends.setdefault(last[id(expr)], []).append(expr)
    return ends


def _inplace(expr: Expr, dying: Sequence[Expr], layout: Layout) -> Expr | None:
    """An operand whose buffer the result may overwrite, element by element."""
    if not is_elementwise(expr):
        return None
    for operand in operands(expr):
        if (
            any(operand is x for x in dying)
            and operand.shape == expr.shape
            and operand.dtype == expr.dtype
            and (id(operand) in layout.by_place) == (id(expr) in layout.by_place)
            and all(x is operand or layout.base(x) is not operand for x in operands(expr))
        ):
            return operand
    return None


def _reach_back(trace: Trace, inner: Callable[[Expr], bool], layout: Layout) -> None:
    """Lets what a new value is made of, element by element, be computed in the spare array already."""
    for expr in reversed(trace.calls):
        state = layout.out.get(id(expr))
        if state is None or not is_elementwise(expr):
            continue
        for operand in operands(expr):
            if (
                inner(operand)
                and trace.uses[id(operand)] == 1
                and (operand.shape, operand.dtype) == (expr.shape, expr.dtype)
                and id(operand) not in layout.out
            ):
                layout.out[id(operand)] = state
                break


# -- joining -----------------------------------------------------------------------------------------


def _join(calls: Sequence[Expr], inner: Callable[[Expr], bool], layout: Layout) -> None:
    """Finds results that can be computed in their places in what joins them."""
    joins = [expr for expr in calls if expr.fn in ("np.concatenate", "np.stack") and inner(expr)]
    times = Counter(id(piece) for whole in joins for piece in whole.args[0])
    in_one_piece: dict[int, bool] = {}  # whether the memory of a part is
    for whole in reversed(joins):  # a part of a part comes after it
        if id(whole) in layout.out and not isinstance(layout.out[id(whole)], Part):
            continue
        left = []
        for part, piece in _parts(whole):
            axis = dict(whole.kwargs)["axis"]
            together = in_one_piece.get(id(whole), True) and math.prod(whole.shape[:axis]) == 1
            if (
                inner(piece)
                and times[id(piece)] == 1
                and id(piece) not in layout.out
                and piece.dtype == whole.dtype
                and (together or piece.fn != "np.dot")  # np.dot writes only into whole arrays
                and (math.prod(piece.shape[axis:]) >= _RUN or piece.size <= _FEW)
            ):
                layout.out[id(piece)] = part
                in_one_piece[id(piece)] = together
            else:
                left.append((part, piece))
        if len(left) < len(whole.args[0]):
            layout.joins[id(whole)] = left


def _parts(whole: Expr) -> Iterable[tuple[Part, Expr]]:
    """Where each operand of a call that joins arrays is in its result."""
    axis = dict(whole.kwargs)["axis"]
    before = (slice(None),) * axis
    start = 0
    for i, piece in enumerate(whole.args[0]):
        if whole.fn == "np.stack":
            yield Part(whole, (*before, i)), piece
        else:
            stop = start + piece.shape[axis]
            yield Part(whole, (*before, slice(start, stop))), piece
            start = stop
