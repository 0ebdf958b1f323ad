"""Buffers: where each call puts its result.

A fresh array costs an allocation, and a large one a page fault for every 4 KiB.  So results that do
not leave the function go to buffers that are made once, with the function, and are used again as
soon as nobody needs what is in them.  A variable's new value goes to its spare array, which
changes places with the old one when the run is committed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinyflow.compiler.record import Expr
from tinyflow.compiler.walk import operands, root_of
from tinyflow.foundation.kernels import KERNELS
from tinyflow.graph.operation import Operation

__all__ = ["Buffer", "Layout", "lay_out"]


class Buffer(NamedTuple):
    """A buffer as one of the shapes it is used in."""

    number: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class Layout:
    """Where results go: `out[id(expr)]` is a Buffer, or the state whose spare array it is."""

    def __init__(self) -> None:
        self.out: dict[int, Buffer | Operation] = {}
        self.buffers: dict[Buffer, None] = {}  # every (number, shape) in use, in order
        self.count = 0


def takes_out(expr: Expr) -> bool:
    """True if the call can write its result into a given array."""
    if expr.fn in ("np.where", "np.take", "np.argmax", "np.argmin", "astype"):
        return False
    return (
        (expr.fn.startswith("np.") or expr.fn in KERNELS)
        and expr.known_shape is not None
        and expr.known_dtype is not None
        and expr.known_dtype != object
        and root_of(expr) is expr
    )


def is_elementwise(expr: Expr) -> bool:
    """True for a ufunc called on whole arrays."""
    return isinstance(getattr(np, expr.fn.removeprefix("np."), None), np.ufunc) and expr.fn not in (
        "np.matmul",
        "np.dot",
    )


def like_old(expr: Expr, old: Any) -> bool:
    """True if a state's new value has the shape and dtype of the array it has now."""
    return old is not None and (expr.known_shape, expr.known_dtype) == (
        getattr(old, "shape", None),
        getattr(old, "dtype", None),
    )


def lay_out(
    calls: Sequence[Expr],
    fetches: Iterable[Expr],
    updates: dict[Operation, Expr],
    old: dict[Operation, Any],
) -> Layout:
    """Plans the buffers of a function.

    Args:
      calls: its calls in order.
      fetches: what it returns: fresh arrays, which belong to the caller.
      updates: the new values of states: a call that can, writes into the state's spare.
      old: the arrays that the states have now.
    """
    layout = Layout()
    for state, expr in updates.items():
        if takes_out(expr) and like_old(expr, old[state]) and id(expr) not in layout.out:
            layout.out[id(expr)] = state
    kept = {id(root_of(expr)) for expr in fetches}
    kept |= {id(root_of(expr)) for expr in updates.values()}
    last = _last_uses(calls)
    free: dict[Any, list[int]] = {}
    ends: dict[int, list[Expr]] = {}
    for expr in calls:
        ends.setdefault(last[id(root_of(expr))], []).append(expr)
    for i, expr in enumerate(calls):
        buffered = (
            takes_out(expr)
            and expr.shape != ()
            and id(expr) not in kept
            and id(expr) not in layout.out
        )
        dying = [x for x in ends.get(i, ()) if isinstance(layout.out.get(id(x)), Buffer)]
        inplace = _inplace(expr, dying, layout) if buffered else None
        if buffered:
            layout.out[id(expr)] = _place(expr, inplace, free, layout)
        for x in dying:
            if x is not inplace and x is not expr:
                buffer = layout.out[id(x)]
                assert isinstance(buffer, Buffer)
                free.setdefault(_kind(buffer), []).append(buffer.number)
    return layout


def _last_uses(calls: Sequence[Expr]) -> dict[int, int]:
    """For each root the index of the last call that looks at its memory."""
    last: dict[int, int] = {}
    for i, expr in enumerate(calls):
        last[id(root_of(expr))] = i
        for operand in operands(expr):
            last[id(root_of(operand))] = i
    return last


def _inplace(expr: Expr, dying: Sequence[Expr], layout: Layout) -> Expr | None:
    """An operand whose buffer the result may overwrite, element by element."""
    if not is_elementwise(expr):
        return None
    for operand in operands(expr):
        if (
            any(operand is x for x in dying)
            and operand.shape == expr.shape
            and operand.dtype == expr.dtype
            and all(x is operand or root_of(x) is not operand for x in operands(expr))
        ):
            return operand
    return None


def _kind(buffer: Buffer) -> Any:
    """What buffers share that may stand for each other."""
    return buffer.dtype, math.prod(buffer.shape)


def _place(expr: Expr, inplace: Expr | None, free: dict[Any, list[int]], layout: Layout) -> Buffer:
    buffer = Buffer(-1, expr.shape, expr.dtype)
    if inplace is not None:
        number = layout.out[id(inplace)].number
    elif free.get(_kind(buffer)):
        number = free[_kind(buffer)].pop()
    else:
        number = layout.count
        layout.count += 1
    buffer = buffer._replace(number=number)
    if buffer not in layout.buffers:
        layout.buffers[buffer] = None
    return buffer
