"""Kernels: functions of ours that a compiled run calls as it calls NumPy's own.

Where NumPy has no function for what an operation computes (a convolution, say), it is written here as
a function of arrays that takes `out`, and entered in a table.  The compiler can then write it as one
call among the others, `convolution.conv2d(x, filter, ..., out=buffer)`, plan its buffer, and look for it in
rules, which a method called as it is would hide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import update_wrapper
from typing import Any

import numpy as np

__all__ = ["KERNELS", "RESULT", "Kernel", "kernel"]

RESULT = -1  # its place among the operands

KERNELS: dict[str, Kernel] = {}  # by "module.name", as it stands in the text


class Kernel:
    """A function of arrays (its positional arguments) and plain values (those by keyword).

    Attributes:
      function: computes; takes `out`, an array to write the result to, of the dtype and shape that
        `result` says, which overlaps no operand; without it, the result is a new array.
      name: "module.name".
      result: of the same operands (anything with `shape` and `dtype`) and keywords the shape and
        dtype that come out; raises what the function would.
      by_place: of the same, the operands, by position, that had better lie by place (see windows.py),
        and RESULT if what comes out had.
    """

    def __init__(
        self, function: Callable[..., Any], result: Callable[..., Any], by_place: Callable[..., Any]
    ) -> None:
        self.function = function
        self.result = result
        self.by_place = by_place
        update_wrapper(self, function)
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        KERNELS[self.name] = self

    def __call__(self, *operands: Any, **plain: Any) -> Any:
        """Computes; what is no array but takes part in NumPy's dispatch (NEP 18) is asked, as NumPy would."""
        for operand in operands:
            if not isinstance(operand, np.ndarray) and hasattr(operand, "__array_function__"):
                return operand.__array_function__(self, (type(operand),), operands, plain)
        return self.function(*operands, **plain)


def kernel(
    result: Callable[..., Any], by_place: Callable[..., Collection[int]] | tuple[int, ...] = ()
) -> Callable[[Callable[..., Any]], Kernel]:
    """Makes a function a kernel; `result` and `by_place` (or always the same positions) are its own."""
    choose = by_place if callable(by_place) else lambda *_, **__: by_place
    return lambda function: Kernel(function, result, choose)
