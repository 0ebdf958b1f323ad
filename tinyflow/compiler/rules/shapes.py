"""Rules about shapes: what only looks at the same numbers differently."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.compiler.record import Expr, constant
from tinyflow.compiler.rules.rule import number_in, rule

ELEMENTWISE = (
    "np.add", "np.subtract", "np.multiply", "np.divide", "np.maximum", "np.minimum", "np.power",
    "np.greater", "np.greater_equal", "np.less", "np.less_equal", "np.equal", "np.not_equal",
)  # fmt: skip


@rule(*ELEMENTWISE)
def needless_broadcast(x: Expr) -> Any:
    """f(a, broadcast_to(b, s)) -> f(a, b), where broadcasting a and b gives s anyhow."""
    if x.known_shape is None:
        return None
    a, b = (_narrow(arg) for arg in x.args)
    if a is x.args[0] and b is x.args[1]:
        return None
    for left, right in ((a, b), (a, x.args[1]), (x.args[0], b)):
        if (left is not x.args[0] or right is not x.args[1]) and _gives(x, left, right):
            return Expr(x.fn, (left, right), x.kwargs, x.known_shape, x.known_dtype)
    return None


def _narrow(arg: Any) -> Any:
    if isinstance(arg, Expr) and arg.fn == "np.broadcast_to":
        return arg.args[0]
    number = number_in(arg)
    if isinstance(arg, Expr) and number is not None and arg.ndim:
        return constant(np.asarray(number, arg.dtype))
    return arg


def _gives(x: Expr, a: Any, b: Any) -> bool:
    shapes = [part.shape if isinstance(part, Expr) else () for part in (a, b)]
    return np.broadcast_shapes(*shapes) == x.known_shape


@rule("np.reshape", last=True)
@rule("np.reshape")
def reshape_twice(x: Expr) -> Any:
    """reshape(reshape(a, s), t) -> reshape(a, t), and reshape(a, shape of a) -> a"""
    inner = x.args[0]
    if inner.known_shape == x.known_shape:
        return inner
    if inner.fn == "np.reshape":
        return Expr("np.reshape", (inner.args[0], x.args[1]), (), x.known_shape, x.known_dtype)
    return None


@rule("np.transpose")
def transpose_twice(x: Expr) -> Any:
    """transpose(transpose(a, p), q) -> transpose(a, p[q]), and nothing for the identity"""
    inner, axes = x.args
    if axes == tuple(range(len(axes))):
        return inner
    if inner.fn == "np.transpose":
        return np.transpose(inner.args[0], [inner.args[1][axis] for axis in axes])
    return None


@rule("np.broadcast_to")
def broadcast_to_itself(x: Expr) -> Any:
    """broadcast_to(a, shape of a) -> a"""
    return x.args[0] if x.args[0].known_shape == x.known_shape else None


@rule("astype")
def astype_itself(x: Expr) -> Any:
    """a.astype(dtype of a) -> a"""
    return x.args[0] if x.args[0].known_dtype == x.known_dtype else None
