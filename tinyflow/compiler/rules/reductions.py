"""Rules about sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.compiler.record import VIEWS, Expr
from tinyflow.compiler.rules.rule import keeps, only_exprs, rule


@rule("np.add.reduce")
def sum_of_sum(x: Expr) -> Any:
    """sum(sum(a, axis)) -> sum(a), over all axes"""
    a = x.args[0]
    if a.fn in ("np.reshape", "np.transpose") and x.known_shape == ():
        a = a.args[0]
    if a.fn != "np.add.reduce" or x.known_shape != () or a.known_dtype != x.known_dtype:
        return None
    return np.add.reduce(a.args[0], axis=None, dtype=x.dtype)


@rule("np.add.reduce")
def sum_of_negative(x: Expr) -> Any:
    """sum(-a) -> -sum(a)"""
    a = x.args[0]
    if a.fn != "np.negative":
        return None
    return np.negative(Expr(x.fn, a.args, x.kwargs, x.known_shape, x.known_dtype))


@rule("np.add.reduce")
def sum_of_product(x: Expr) -> Any:
    """sum(a * b) -> vdot(a, b), for matrices of one shape"""
    a = x.args[0]
    if x.known_shape != () or a.fn != "np.multiply" or not only_exprs(a) or a.dtype.kind != "f":
        return None
    left, right = a.args
    if not (keeps(a, left) and keeps(a, right)) or a.dtype.itemsize < 4 or x.dtype != a.dtype:
        return None
    if {left.fn, right.fn} & VIEWS:
        return None  # vdot would copy what is not contiguous
    return Expr("np.vdot", (left, right), (), (), x.dtype)


@rule("np.reshape")
def sum_without_axis(x: Expr) -> Any:
    """reshape(sum(a, axis, keepdims=True), ...) -> sum(a, axis), where the axis is dropped"""
    a = x.args[0]
    if not a.fn.endswith(".reduce"):
        return None
    kwargs = dict(a.kwargs)
    if not kwargs.pop("keepdims", False):
        return None
    axes = range(a.ndim) if kwargs["axis"] is None else np.atleast_1d(kwargs["axis"]).tolist()
    dropped = tuple(size for i, size in enumerate(a.shape) if i not in axes)
    if dropped != x.known_shape:
        return None
    return Expr(a.fn, a.args, tuple(sorted(kwargs.items())), x.known_shape, x.known_dtype)
