"""Rules about factors of whole gradients."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np

from tinyflow.compiler.record import Expr, constant
from tinyflow.compiler.rules.rule import keeps, number_in, rule_of_traces
from tinyflow.compiler.trace import Trace
from tinyflow.compiler.walk import operands

_CALL = 1500  # elements that an element-wise call could have computed in the time it takes to begin


@rule_of_traces
def scale_once_for_all(trace: Trace) -> dict[int, Expr]:
    """k * (a1 d), k * (a2 d) -> a1 (k d), a2 (k d): a learning rate scales one array, not all gradients

    It pays when d is smaller than the products, or when calls saved make up for its elements.
    """
    groups: dict[Any, list[tuple[Expr, Expr, Expr]]] = {}
    for expr in trace.calls:
        scaled = _scaled_product(expr)
        if scaled is not None:
            number, product, d = scaled
            key = (id(d), id(number) if isinstance(number, Expr) else number)
            groups.setdefault(key, []).append((expr, product, d))
    replaced = {}
    for group in groups.values():
        expr, _, d = group[0]
        saved = sum(product.size for _, product, _ in group) + _CALL * (len(group) - 1)
        if d.size >= saved or any(x.dtype != d.dtype for x, _, _ in group):
            continue
        number = next(arg for arg in expr.args if number_in(arg) is not None)
        scaled_d = Expr("np.multiply", (number, d), (), d.shape, d.dtype, None, expr.op)
        for x, product, _ in group:
            args = tuple([scaled_d if arg is d else arg for arg in product.args])
            replaced[id(x)] = Expr(product.fn, args, product.kwargs, x.shape, x.dtype, None, x.op)
    return replaced


def _scaled_product(expr: Expr) -> tuple[Any, Expr, Expr] | None:
    """For k * matmul(a, d) and k * sum(d, axis=0): the number, the product, and d."""
    if expr.fn != "np.multiply" or not expr.known_shape or expr.known_dtype is None:
        return None
    for number, product in (expr.args, expr.args[::-1]):
        if number_in(number) is None or not isinstance(product, Expr) or not keeps(expr, product):
            continue
        if isinstance(number, Expr) and number.known_shape != ():
            continue
        axis = dict(product.kwargs).get("axis")
        if product.fn == "np.matmul" or (product.fn == "np.add.reduce" and axis == 0):
            d = product.args[-1]
            if isinstance(d, Expr) and d.known_shape and d.known_dtype is not None:
                return number, product, d
    return None


# What a call is linear in: each of these operands, by itself, while the others stay.
_LINEAR = {
    "np.multiply": (0, 1), "np.divide": (0,), "np.negative": (0,), "np.add.reduce": (0,),
    "np.matmul": (0, 1), "np.dot": (0, 1),
    "np.reshape": (0,), "np.transpose": (0,), "np.expand_dims": (0,), "np.broadcast_to": (0,),
    "convolution.conv2d_backprop_input": (1,), "convolution.conv2d_backprop_filter": (1,),
    "pooling.max_pool_grad": (2,), "pooling.avg_pool_grad": (0,),
}  # fmt: skip
_SUMS = ("np.add", "np.subtract")  # linear in both operands together
_FACTORS = (2.0**-40, 2.0**40)  # those that bring no number near the ends of float32


@rule_of_traces
def scale_at_the_source(trace: Trace) -> dict[int, Expr]:
    """c * L(k * x) -> L((c k) * x), L linear: a learning rate meets the gradient where it begins

    It has to be so for all that becomes of k * x: every way through L ends at a factor c.
    """
    users: defaultdict[int, list[Expr]] = defaultdict(list)
    for expr in trace.calls:
        for operand in {id(x): x for x in operands(expr)}.values():
            users[id(operand)].append(expr)
    leaving = {id(x) for x in trace.roots}
    replaced: dict[int, Expr] = {}
    for expr in trace.calls:
        scaled = _scaled(expr)
        if scaled is None or id(expr) in replaced:
            continue
        k, x = scaled
        scaled_again = _scaled_again(expr, users, leaving)
        c = _common_factor(scaled_again)
        if c is None or not _FACTORS[0] < abs(c * k) < _FACTORS[1]:
            continue
        if any(id(again) in replaced for again in scaled_again):
            continue  # (k1 x) (k2 y) takes c once
        factor = constant(expr.dtype.type(c * k), expr.op)
        source = Expr("np.multiply", (factor, x), (), x.shape, x.dtype, None, expr.op)
        replaced[id(expr)] = source
        for again, (_, part) in scaled_again.items():
            replaced[id(again)] = source if part is expr else part
    return replaced


def _scaled(expr: Expr) -> tuple[float, Expr] | None:
    """For k * x, of floats that have room for small factors: the number and x, which is no single number."""
    if expr.fn != "np.multiply" or not expr.known_shape or expr.known_dtype is None:
        return None
    if expr.known_dtype not in (np.float32, np.float64):
        return None
    for number, x in (expr.args, expr.args[::-1]):
        k = number_in(number)
        if k is not None and keeps(expr, x) and math.isfinite(k) and k != 0:
            return float(k), x
    return None


def _scaled_again(
    source: Expr, users: dict[int, list[Expr]], leaving: set[int]
) -> dict[Expr, tuple[float, Expr]]:
    """The c * y, as c and y, that all ways from a call through linear calls end at; none if any does not."""
    ends: dict[Expr, tuple[float, Expr]] = {}
    region, pending = {id(source): source}, [source]
    while pending:
        part = pending.pop()
        if id(part) in leaving or part.known_dtype != source.known_dtype:
            return {}
        for user in users[id(part)]:
            again = _scaled(user)
            if again is not None:
                ends[user] = again
            elif user.fn not in _LINEAR and user.fn not in _SUMS:
                return {}
            elif id(user) not in region:
                region[id(user)] = user
                pending.append(user)
    linear = all(_is_linear(part, region) for part in region.values() if part is not source)
    return ends if linear else {}


def _is_linear(call: Expr, region: dict[int, Expr]) -> bool:
    """Whether a call is linear in what it takes from the region: a product of two of it is not."""
    inside = [i for i, arg in enumerate(call.args) if id(arg) in region]
    if call.fn in _SUMS:
        return len(inside) == len(call.args)
    return len(inside) == 1 and inside[0] in _LINEAR[call.fn]


def _common_factor(ends: dict[Expr, tuple[float, Expr]]) -> float | None:
    factors = {c for c, _ in ends.values()}
    return factors.pop() if len(factors) == 1 else None
