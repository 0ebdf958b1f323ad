"""Rules of arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.compiler.record import Expr
from tinyflow.compiler.rules.rule import keeps, number_in, only_exprs, rule


@rule("np.multiply")
def times_one(x: Expr) -> Any:
    """a * 1 -> a, and a * -1 -> -a"""
    for a, b in (x.args, x.args[::-1]):
        number = number_in(b)
        if number is not None and keeps(x, a):
            if number == 1:
                return a
            if number == -1 and x.dtype.kind in "fi":
                return np.negative(a)
    return None


@rule("np.divide")
def over_one(x: Expr) -> Any:
    """a / 1 -> a"""
    return x.args[0] if number_in(x.args[1]) == 1 and keeps(x, x.args[0]) else None


@rule("np.subtract")
def minus_zero(x: Expr) -> Any:
    """a - 0 -> a"""
    number = number_in(x.args[1])
    return x.args[0] if number is not None and number == 0 and keeps(x, x.args[0]) else None


@rule("np.power")
def small_powers(x: Expr) -> Any:
    """a ** 1 -> a, a ** 2 -> a * a, a ** 3 -> a * a * a: a product costs a fortieth of a power"""
    a, number = x.args[0], number_in(x.args[1])
    if number is None or not keeps(x, a):
        return None
    if number == 1:
        return a
    if number == 2:
        return a * a
    return a * a * a if number == 3 else None


@rule("np.negative")
def minus_difference(x: Expr) -> Any:
    """-(-a) -> a, and -(a - b) -> b - a"""
    a = x.args[0]
    if a.fn == "np.negative":
        return a.args[0]
    return a.args[1] - a.args[0] if a.fn == "np.subtract" and only_exprs(a) else None


@rule("np.negative")
def minus_sum(x: Expr) -> Any:
    """-(a + k) -> (-k) - a, for a number k"""
    a = x.args[0]
    if a.fn != "np.add" or a.known_dtype is None or a.dtype.kind != "f":
        return None
    for this, other in (a.args, a.args[::-1]):
        number = number_in(other)
        if number is not None and keeps(x, this) and np.shape(number) == ():
            return np.asarray(-number, a.dtype) - this
    return None


@rule("np.add", "np.subtract")
def plus_minus(x: Expr) -> Any:
    """a + (-b) -> a - b, (-a) + b -> b - a, and a - (-b) -> a + b"""
    a, b = x.args
    if not only_exprs(x):
        return None
    if b.fn == "np.negative":
        return a - b.args[0] if x.fn == "np.add" else a + b.args[0]
    return b - a.args[0] if a.fn == "np.negative" and x.fn == "np.add" else None


@rule("np.multiply", "np.divide", "np.matmul")
def minus_outside(x: Expr) -> Any:
    """(-a) * b -> -(a * b), likewise for / and matmul, where that is no more work"""
    a, b = x.args
    if x.known_shape is None or not only_exprs(x):
        return None
    for this, other in ((a, b), (b, a)):
        if (
            this.fn == "np.negative"
            and this.known_shape is not None
            and (x.fn != "np.matmul" or x.size <= this.size)
        ):
            inner = this.args[0]
            pair = (inner, other) if this is a else (other, inner)
            return np.negative(Expr(x.fn, pair, x.kwargs, x.known_shape, x.known_dtype))
    return None
