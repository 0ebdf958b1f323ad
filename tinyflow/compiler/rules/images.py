"""Rules about pools and what stands before them: biases, relus and their gradients.

What is done to every pixel before a pool is work for the pixels that are dropped as well, three in four
mostly.  Adding a bias and cutting off at a number are monotone, and so can wait until after the pool:
the largest stays the largest, also once it is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinyflow.compiler.record import VIEWS, Expr
from tinyflow.compiler.rules.rule import keeps, number_in, only_exprs, rule, rule_of_traces
from tinyflow.compiler.trace import Trace
from tinyflow.compiler.walk import operands
from tinyflow.foundation.pooling import sum_of_pixels

POOL, POOL_GRAD = "pooling.max_pool", "pooling.max_pool_grad"


@rule_of_traces
def relu_after_pool(trace: Trace) -> dict[int, Expr]:
    """max_pool(maximum(u, 0)) -> maximum(max_pool(u), 0), and its gradient likewise: with y = max_pool,
    max_pool_grad(relu(u), relu(y), g) * (relu(u) > 0) -> max_pool_grad(u, y, g * (relu(y) > 0))

    Where a pool is positive, the same pixel is the first largest.  Where it is not, a zero is sent; an
    infinite gradient, which would be NaN there, may be NaN at another pixel of the window.
    """
    users, replaced = _Users(trace), {}
    for pool in users.pools:
        relu = pool.args[0]
        if relu.fn != "np.maximum" or not _is_zero(relu.args[1]) or not keeps(relu, relu.args[0]):
            continue
        sent = _masked_gradients(users, pool)
        if sent is None:
            continue
        small = _pool_of(pool, relu.args[0])
        cut = _like(relu, (small, relu.args[1]), pool)
        replaced[id(pool)] = cut
        for product, grad, mask in sent:
            positive = _like(mask, (cut, mask.args[1]), pool)
            passed = _like(product, (grad.args[2], positive), grad.args[2])
            replaced[id(product)] = _like(grad, (small.args[0], small, passed), grad)
    return replaced


@rule_of_traces
def bias_after_pool(trace: Trace) -> dict[int, Expr]:
    """max_pool(a + b) -> max_pool(a) + b, and max_pool_grad(a + b, y + b, g) -> max_pool_grad(a, y, g),
    for biases b that are the same for all pixels

    Where rounding a + b makes equal what is not equal in a, or b is not finite, the gradient goes to the
    largest of a.
    """
    users, replaced = _Users(trace), {}
    for pool in users.pools:
        total = pool.args[0]
        if total.fn != "np.add" or not _adds_a_bias(pool, total):
            continue
        grads = _gradients(users, pool)
        if not users.are_only((pool, *grads), total):
            continue
        small = _pool_of(pool, total.args[0])
        replaced[id(pool)] = _like(total, (small, total.args[1]), pool)
        for grad in grads:
            replaced[id(grad)] = _like(grad, (small.args[0], small, grad.args[2]), grad)
    return replaced


class _Users:
    """Which calls use which, and which of them are pools."""

    def __init__(self, trace: Trace) -> None:
        calls = trace.calls
        self.kept = {id(root) for root in trace.roots}
        self.pools = [
            x for x in calls if x.fn == POOL and x.known_dtype is not None and x.dtype.kind == "f"
        ]
        self.users: dict[int, list[Expr]] = {}
        for expr in calls if self.pools else ():
            for operand in operands(expr):
                self.users.setdefault(id(operand), []).append(expr)

    def of(self, expr: Expr) -> list[Expr]:
        """Who uses it."""
        return self.users.get(id(expr), [])

    def are_only(self, known: Iterable[Expr], expr: Expr) -> bool:
        """True if nobody else uses it."""
        theirs = set(map(id, known))
        return id(expr) not in self.kept and all(id(user) in theirs for user in self.of(expr))


def _is_zero(x: Any) -> bool:
    number = number_in(x)
    return number is not None and number == 0 and not (isinstance(x, Expr) and x.known_shape)


def _gradients(users: _Users, pool: Expr) -> list[Expr]:
    """The gradients of a pool."""
    x = pool.args[0]
    return [g for g in users.of(x) if _is_gradient(g) and g.args[0] is x and g.args[1] is pool]


def _is_gradient(x: Expr) -> bool:
    """True for the gradient of a pool of the same images, by the same window."""
    return (
        x.fn == POOL_GRAD
        and x.args[1].fn == POOL
        and (x.args[1].args[0] is x.args[0] and x.args[1].kwargs == x.kwargs)
    )


def _masked_gradients(users: _Users, pool: Expr) -> list[tuple[Expr, Expr, Expr]] | None:
    """grad * mask, grad and mask, for each gradient of the pool of a relu; None if it has other uses."""
    relu = pool.args[0]
    found = []
    for grad in _gradients(users, pool):
        for product in users.of(grad):
            mask = product.args[1] if product.args[0] is grad else product.args[0]
            if product.fn != "np.multiply" or not keeps(product, grad) or not _is_mask(mask, relu):
                return None
            found.append((product, grad, mask))
    products = [product for product, _, _ in found]
    grads = [grad for _, grad, _ in found]
    masks = [mask for _, _, mask in found]
    alone = users.are_only((pool, *grads, *masks), relu)
    alone = alone and all(users.are_only(products, part) for part in (*grads, *masks))
    return found if alone else None


def _is_mask(x: Any, relu: Expr) -> bool:
    return (
        isinstance(x, Expr) and x.fn == "np.greater" and x.args[0] is relu and _is_zero(x.args[1])
    )


def _adds_a_bias(pool: Expr, total: Expr) -> bool:
    """True if every pixel gets the same, channel by channel."""
    a, b = total.args
    if not only_exprs(total) or not keeps(total, a) or b.known_shape is None:
        return False
    shape = (1,) * (4 - b.ndim) + b.shape
    data_format = dict(pool.kwargs).get("data_format", "NHWC")
    return all(shape[data_format.index(axis)] == 1 for axis in "HW")


def _pool_of(pool: Expr, x: Expr) -> Expr:
    return _like(pool, (x,), pool)


def _like(call: Expr, args: tuple[Any, ...], form: Expr) -> Expr:
    """The same call of other operands, its result of the shape of `form`."""
    return Expr(call.fn, args, call.kwargs, form.known_shape, call.known_dtype, None, call.op)


@rule("np.add.reduce", last=True)
def sum_of_pool_gradient(x: Expr) -> Any:
    """sum(max_pool_grad(u, max_pool(u), g), axis=(0, 1, 2)) -> sum(g, axis=(0, 1, 2)): each is sent once"""
    grad = x.args[0]
    if not _is_gradient(grad) or dict(x.kwargs).get("axis") != _pixels(grad):
        return None
    sent = grad.args[2]
    return (
        Expr(x.fn, (sent,), x.kwargs, x.known_shape, x.known_dtype)
        if sent.dtype == grad.dtype
        else None
    )


def _pixels(call: Expr) -> tuple[int, ...]:
    """The axes but for that of the channels."""
    return (0, 1, 2) if dict(call.kwargs).get("data_format", "NHWC") == "NHWC" else (0, 2, 3)


@rule("np.add.reduce", last=True)
def sum_over_pixels(x: Expr) -> Any:
    """sum(a, axis=(0, 1, 2)) -> sum_of_pixels(a), by products with ones

    NumPy would add up the channels of one pixel at a time, a few numbers in each step.
    """
    a, kwargs = x.args[0], dict(x.kwargs)
    if kwargs != {"axis": (0, 1, 2)} or a.ndim != 4 or not a.size or a.fn in VIEWS:
        return None
    if a.dtype not in (np.float32, np.float64) or x.dtype != a.dtype:
        return None
    return sum_of_pixels(a)
