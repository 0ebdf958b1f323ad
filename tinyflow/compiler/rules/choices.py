"""Rules of the last round: the cheaper of two calls, for the shapes at hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyflow.compiler.record import VIEWS, Expr, constant
from tinyflow.compiler.rules.rule import keeps, number_in, only_exprs, rule
from tinyflow.compiler.rules.shapes import ELEMENTWISE


@rule("np.matmul", last=True)
def product_of_matrices(x: Expr) -> Any:
    """matmul(a, b) -> dot(a, b), for two matrices: half the overhead, the same BLAS call"""
    a, b = x.args
    if x.known_shape is None or not only_exprs(x) or not (a.ndim == b.ndim == 2) or not x.size:
        return None
    if 1 in (a.size, b.size):  # np.dot takes that for a number, and skips it where the other has zeros
        return None
    if x.dtype.kind != "f" or not a.dtype == b.dtype == x.dtype or x.dtype.itemsize < 4:
        return None
    return Expr("np.dot", (a, b), (), x.known_shape, x.known_dtype)


@rule("np.vdot", last=True)
def flat_product(x: Expr) -> Any:
    """vdot(a, b) -> dot(flat a, flat b): flattening a buffer is done once, with the buffer"""
    a, b = x.args
    if x.dtype.kind == "c":
        return None  # vdot conjugates
    flat = [part if part.ndim == 1 else np.reshape(part, (part.size,)) for part in (a, b)]
    return Expr("np.dot", tuple(flat), (), (), x.known_dtype)


@rule("np.add.reduce", last=True)
def sum_by_product(x: Expr) -> Any:
    """sum(a, axis=1) -> dot(a, ones), sum(a, axis=0) -> dot(ones, a): a matrix-vector product is quicker"""
    a, kwargs = x.args[0], dict(x.kwargs)
    axis, keepdims = kwargs.get("axis"), kwargs.get("keepdims", False)
    if a.known_shape is None or a.ndim != 2 or axis not in (0, 1) or not a.size:
        return None
    if a.dtype not in (np.float32, np.float64) or x.dtype != a.dtype or a.shape[axis] > _SHORT:
        return None
    count = a.shape[axis]
    if axis == 1:
        ones = constant(np.ones((count, 1) if keepdims else count, a.dtype))
        return Expr("np.dot", (a, ones), (), x.known_shape, x.known_dtype)
    ones = constant(np.ones((1, count) if keepdims else count, a.dtype))
    return Expr("np.dot", (ones, a), (), x.known_shape, x.known_dtype)


_SHORT = 1 << 10  # terms; longer sums stay with NumPy, which adds pairwise and so rounds less


@rule("np.maximum.reduce", "np.minimum.reduce", last=True)
def extreme_of_columns(x: Expr) -> Any:
    """max([a, b], axis=1) -> maximum(a, b): NumPy reduces short rows one by one, columns at once"""
    a, kwargs = x.args[0], dict(x.kwargs)
    if a.known_shape is None or a.ndim != 2 or kwargs.get("axis") != 1:
        return None
    rows, columns = a.shape
    if not 2 <= columns <= 3 or rows < 16:
        return None
    ufunc = getattr(np, x.fn.split(".")[1])
    extreme = a[:, 0]
    for i in range(1, columns):
        extreme = ufunc(extreme, a[:, i])
    return np.reshape(extreme, x.known_shape)


@rule(*ELEMENTWISE, last=True)
def number_as_array(x: Expr) -> Any:
    """a * 0.5 -> a * array(0.5): NumPy would make that array anew in every call"""
    if not x.known_shape or x.known_dtype is None:
        return None
    for i, number in enumerate(x.args):
        if type(number) in (int, float):
            other = x.args[1 - i]
            if (
                isinstance(other, Expr)
                and other.known_dtype is not None
                and other.dtype.kind == "f"
            ):
                args = list(x.args)
                args[i] = constant(np.array(number, other.dtype))
                return Expr(x.fn, tuple(args), x.kwargs, x.known_shape, x.known_dtype)
    return None


@rule("np.maximum", "np.minimum", last=True)
def extreme_of_arrays(x: Expr) -> Any:
    """max(a, 0) -> max(a, zeros): with float32, NumPy's loop over two arrays is three times as quick"""
    if x.known_shape is None or x.known_dtype != np.float32 or x.size < 64:
        return None
    for i, number in enumerate(x.args):
        other = x.args[1 - i]
        if number_in(number) is not None and keeps(x, other) and not np.shape(number):
            shape = _trailing(x.shape, _ZEROS)
            whole = constant(np.broadcast_to(np.asarray(number_in(number), x.dtype), shape))
            pair = (other, whole) if i else (whole, other)
            return Expr(x.fn, pair, (), x.known_shape, x.known_dtype)
    return None


_ZEROS = 1 << 12  # that many are enough for a loop not to begin anew too often


def _trailing(shape: tuple[int, ...], least: int) -> tuple[int, ...]:
    """The shortest end of a shape that has so many elements."""
    count = len(shape)
    while count and math.prod(shape[-count:]) >= least:
        count -= 1
    return shape[-count - 1 :]


@rule("np.reciprocal", last=True)
def quotient_of_one(x: Expr) -> Any:
    """reciprocal(a) -> 1 / a: NumPy has the quicker loop for it"""
    a = x.args[0]
    if a.known_dtype not in (np.float32, np.float64) or not a.known_shape or a.size < 128:
        return None
    return constant(np.array(1, a.dtype)) / a


_MANY = 16  # rows, from which on NumPy's cost of beginning each row counts


@rule(*ELEMENTWISE, last=True)
def column_by_column(x: Expr) -> Any:
    """f([a, b], c) -> [f(a, c), f(b, c)], for a column c

    NumPy takes short rows one by one, but a column at once.
    """
    sides = _matrix_and(x, "column")
    if sides is None or not 2 <= x.shape[1] <= 3 or x.shape[0] < _MANY or x.size > _BROADCAST:
        return None
    rows = x.shape[0]

    def column(side: Expr, i: int) -> Any:
        return side[:, i] if side.shape == x.shape else np.reshape(side, (rows,))

    ufunc = getattr(np, x.fn.removeprefix("np."))
    return np.stack(
        [ufunc(*[column(side, i) for side in sides]) for i in range(x.shape[1])], axis=1
    )


@rule(*ELEMENTWISE, last=True)
def broadcast_first(x: Expr) -> Any:
    """f(a, row) -> f(a, spread(row)), and so for a column

    To copy it and call f on arrays of one shape is quicker than to broadcast.
    """
    sides = _matrix_and(x, "row") or _matrix_and(x, "column")
    if sides is None or x.size > _BROADCAST or x.shape[0] < 4:
        return None
    whole = [side if side.shape == x.shape else spread(side, x.shape) for side in sides]
    return Expr(x.fn, tuple(whole), x.kwargs, x.known_shape, x.known_dtype)


_BROADCAST = 1 << 11  # elements; in larger arrays the rows are long, or too many


def spread(x: Expr, shape: tuple[int, ...]) -> Any:
    """A row or column, copied to fill a buffer of its own."""
    rows, columns = shape
    if x.shape != (rows, 1) and columns <= 3 and x.dtype in (np.float32, np.float64):
        ones = constant(np.ones((rows, 1), x.dtype))  # short rows are copied one by one; BLAS is quicker
        return Expr("np.dot", (ones, np.reshape(x, (1, columns))), (), shape, x.dtype)
    return Expr("spread", (x, shape), (), shape, x.dtype)


def _matrix_and(x: Expr, other: str) -> list[Expr] | None:
    """The operands of an element-wise call if they are a whole matrix and a row, or a column."""
    if (
        x.known_shape is None
        or x.ndim != 2
        or 1 in x.shape
        or x.known_dtype is None
        or not only_exprs(x)
    ):
        return None
    rows, columns = x.shape
    thin = ((columns,), (1, columns)) if other == "row" else ((rows, 1),)
    shapes = [side.known_shape for side in x.args]
    matrix = [side for side in x.args if side.known_shape == x.shape]
    if len(matrix) != 1 or matrix[0].fn in VIEWS or not any(shape in thin for shape in shapes):
        return None
    return list(x.args)
